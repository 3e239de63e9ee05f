//! The generalize stage: selects vertices by zoom and snaps them to the tile's grid.
//!
//! These functions prepare a part for the clip stage. A part that lies inside the
//! buffered tile, as most do, is generalized and written in one pass by
//! [`GeometryCursor`](super::geometry::GeometryCursor).

use crate::features::GeometryPart;
use data_model::tile::{Extent, TileGrid, Zoom};

/// A position in tile units, which may be far from the tile.
pub(super) type TileUnit = [i64; 2];

/// The highest importance of vertices that are kept.
///
/// Importance is measured for 4096 units a tile; a finer tile has at zoom z the vertices
/// of a 4096-unit tile at a deeper zoom.
pub(super) fn threshold(zoom: Zoom, extent: Extent) -> u8 {
    (i32::from(zoom.get()) + i32::from(extent.log2()) - 12).clamp(0, 254) as u8
}

/// Snaps the kept vertices of a line or ring to the tile's grid, and removes repeats.
/// `out` is cleared first.
pub(super) fn snap(
    part: &GeometryPart<'_>,
    threshold: u8,
    grid: TileGrid,
    out: &mut Vec<TileUnit>,
) {
    out.clear();
    // A position that no vertex has, so that the first one is always kept.
    let mut last = [i64::MIN; 2];
    for (&point, &importance) in part.points.iter().zip(part.importance) {
        if importance > threshold {
            continue;
        }
        let (x, y) = grid.to_tile(point);
        let here = [x, y];
        if here != last {
            out.push(here);
            last = here;
        }
    }
}

/// Removes the last vertices of a ring that equal its first.
pub(super) fn open_ring(ring: &mut Vec<TileUnit>) {
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
}

/// Removes vertices equal to the preceding one.
pub(super) fn drop_repeats(points: &mut Vec<TileUnit>) {
    points.dedup();
}
