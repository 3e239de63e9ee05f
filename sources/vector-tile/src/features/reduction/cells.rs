//! Square cells of a zoom.

use crate::features::{FeatureTable, RowGeometries};
use data_model::Zoom;
use data_model::tile::{WorldPoint, WorldRect};

/// Pixels along a tile's edge: those of MapLibre's tiles.
pub const TILE_PIXELS: u32 = 512;

/// World units of this many pixels at a zoom; at least 1.
pub(super) fn world_units(pixels: u16, zoom: Zoom) -> u64 {
    ((u64::from(pixels) << (32 - u32::from(zoom.get()))) / u64::from(TILE_PIXELS)).max(1)
}

/// Number of the cell of this side that holds a point.
pub(super) const fn cell(point: WorldPoint, side: u64) -> u64 {
    ((point.y as u64 / side) << 32) | (point.x as u64 / side)
}

/// Middle of a row's bounding rectangle.
pub(super) fn row_centre(table: &FeatureTable, row: u32) -> WorldPoint {
    match table.shapes() {
        RowGeometries::Points(points) => points[row as usize],
        RowGeometries::Parts(shapes) => centre(shapes.rect(row as usize)),
    }
}

/// Middle of a rectangle.
pub(super) const fn centre(rect: &WorldRect) -> WorldPoint {
    WorldPoint {
        x: rect.min.x + (rect.max.x - rect.min.x) / 2,
        y: rect.min.y + (rect.max.y - rect.min.y) / 2,
    }
}
