//! Prepares scanned shapes for a table: importance, order, compact form.

use std::collections::HashSet;
use std::sync::Arc;

use crate::features::row_geometries::{PartShapes, RowGeometries};
use crate::features::{NO_ID, coverage, importance};
use data_model::feature::{GeometryKind, ShapeKind};

/// The common kind of all shapes; `Mixed` if they differ or there are none.
pub(super) fn geometry_kind(shapes: &PartShapes) -> GeometryKind {
    let mut kinds = shapes.kinds.iter();
    let Some(&first) = kinds.next() else {
        return GeometryKind::Mixed;
    };
    if kinds.any(|&kind| kind != first) {
        return GeometryKind::Mixed;
    }
    match first {
        ShapeKind::Point => GeometryKind::Point,
        ShapeKind::Line => GeometryKind::Line,
        ShapeKind::Polygon => GeometryKind::Polygon,
    }
}

/// Computes every vertex's importance; does nothing for a table of points only.
pub(super) fn measure(shapes: &mut PartShapes, together: bool) {
    if shapes.kinds.iter().all(|&kind| kind == ShapeKind::Point) {
        return;
    }
    let mut found = vec![0; shapes.coordinates.len()];
    if together {
        coverage::simplify_together(shapes, &mut found);
    } else {
        let mut at = 0;
        for row in 0..shapes.kinds.len() {
            for part in shapes.parts(row) {
                let here = &mut found[at..at + part.points.len()];
                match shapes.kind(row) {
                    ShapeKind::Polygon => importance::ring(part.points, here),
                    ShapeKind::Line => importance::line(part.points, here),
                    ShapeKind::Point => here.fill(0),
                }
                at += part.points.len();
            }
        }
    }
    shapes.importance = found;
}

/// The shapes in the order of `drawn`, in the most compact form that fits.
pub(super) fn ordered(shapes: &PartShapes, drawn: &[u32]) -> RowGeometries {
    let single_points = shapes.coordinates.len() == drawn.len()
        && shapes.kinds.iter().all(|&kind| kind == ShapeKind::Point);
    if single_points {
        return RowGeometries::Points(
            drawn.iter().map(|&shape| shapes.coordinates[shape as usize]).collect(),
        );
    }
    let mut out = PartShapes {
        coordinates: Vec::with_capacity(shapes.coordinates.len()),
        importance: Vec::with_capacity(shapes.importance.len()),
        part_ends: Vec::with_capacity(shapes.part_ends.len()),
        row_ends: Vec::with_capacity(drawn.len()),
        kinds: Vec::with_capacity(drawn.len()),
        boxes: Vec::with_capacity(drawn.len()),
    };
    for &shape in drawn {
        let row = shape as usize;
        for part in shapes.parts(row) {
            out.coordinates.extend_from_slice(part.points);
            out.importance.extend_from_slice(part.importance);
            // The copy is no longer than the original, which fitted.
            let _ = out.end_part(part.exterior);
        }
        out.end_row(shapes.kinds[row], shapes.boxes[row]);
    }
    RowGeometries::Parts(out)
}

/// Tile ids by row: the first row of an id keeps it, further rows have [`NO_ID`].
/// `scanned` are the same ids in the order of the scan, a quick test for ascending ids.
pub(super) fn unique_ids(ids: &Arc<[u64]>, scanned: &[u64]) -> Arc<[u64]> {
    if scanned.is_sorted_by(|one, next| one < next) {
        return Arc::clone(ids);
    }
    let mut sorted: Vec<u64> = scanned.iter().copied().filter(|&id| id != NO_ID).collect();
    sorted.sort_unstable();
    if sorted.is_sorted_by(|one, next| one < next) {
        return Arc::clone(ids);
    }
    let mut seen = HashSet::new();
    let unique = |&id: &u64| id == NO_ID || seen.insert(id);
    let repeated: Vec<bool> = ids.iter().map(unique).map(|first| !first).collect();
    ids.iter().zip(repeated).map(|(&id, repeated)| if repeated { NO_ID } else { id }).collect()
}
