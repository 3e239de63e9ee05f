//! Repairs a row's geometry, and records the repairs.
//!
//! Polygons are repaired by [`vector_tile::repair`], as everywhere.

use data_model::feature::{Geometry, ShapeKind};
pub(super) use vector_tile::repair::GeometryRepairs;
use vector_tile::repair::{distinct, polygons};

use crate::input::row_source::RawGeometry;
use crate::rejects::reject_reason::RejectReason;

/// Largest coordinate of any CRS of the Earth, in any unit.
const FARTHEST: f64 = 1e9;

/// Repairs a geometry in place. A row without geometry needs no repair.
///
/// # Errors
/// Returns the [`RejectReason`] if the geometry is invalid or can't be repaired.
pub(super) fn repair(raw: &mut RawGeometry) -> Result<GeometryRepairs, RejectReason> {
    if let Some(fault) = raw.fault.take() {
        return Err(fault);
    }
    let mut fixes = GeometryRepairs::default();
    let geometry = &mut raw.geometry;
    for (index, [x, y]) in geometry.coordinates.iter().enumerate() {
        if !x.is_finite() || !y.is_finite() {
            return Err(RejectReason::NotANumber { position: index + 1 });
        }
        if x.abs() > FARTHEST || y.abs() > FARTHEST {
            let at = format!("{x} {y}");
            return Err(RejectReason::BeyondAnyMap { position: index + 1, at });
        }
    }
    match geometry.kind {
        None => {}
        Some(_) if geometry.coordinates.is_empty() => geometry.clear(),
        Some(ShapeKind::Point)
            if geometry.coordinates.iter().all(|position| *position == [0.0, 0.0]) =>
        {
            fixes.nowhere = true;
            geometry.clear();
        }
        Some(ShapeKind::Point) => {}
        Some(ShapeKind::Line) => lines(geometry, &mut fixes)?,
        Some(ShapeKind::Polygon) => polygons(geometry, raw.loose_rings, None, &mut fixes)?,
    }
    raw.loose_rings = false;
    Ok(fixes)
}

fn lines(geometry: &mut Geometry, fixes: &mut GeometryRepairs) -> Result<(), RejectReason> {
    let mut kept = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
    for part in geometry.parts() {
        let part = distinct(part);
        if part.len() < 2 {
            fixes.dropped_parts = true;
            continue;
        }
        kept.coordinates.extend_from_slice(&part);
        kept.end_part();
    }
    if kept.ends.is_empty() {
        return Err(RejectReason::NoLength);
    }
    *geometry = kept;
    Ok(())
}

#[cfg(test)]
mod tests;
