//! Repairs invalid polygons, the same way for every store and import.
//!
//! A valid polygon keeps every vertex. Rings are closed; repeated points, spikes and
//! rings without extent are removed; loose rings are sorted into exteriors and holes by
//! containment; and polygons that cross themselves are rebuilt: positions that a ring
//! runs around, however often and in either direction, are inside it, positions inside a
//! hole are not, and the crossing becomes a vertex.

mod boxes;
mod crossings;
mod error;
mod rings;
mod spikes;

use std::time::Instant;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::overlay::{FloatOverlay, OverlayOptions};

use data_model::feature::{Geometry, ShapeKind};

use boxes::{EMPTY, meets, union};
use crossings::{EdgeCrossings, crossings, tolerance};
pub use error::RepairError;
pub use rings::{OpenRing, ring_area, sort_rings};
use rings::{bounds, lies_in};
use spikes::remove_spikes;

/// Minimum width of an area, as a multiple of the rounding error of its corners.
const SLIVER: f64 = 16.0;

/// Repairs of one geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GeometryRepairs {
    /// A ring did not end where it began.
    pub closed: bool,
    /// A ring or line without extent was left out.
    pub dropped_parts: bool,
    /// A ring had a spike: it ran out and back on one line, enclosing nothing.
    pub spikes: bool,
    /// A ring was repeated.
    pub duplicates: bool,
    /// A polygon crossed itself and was rebuilt.
    pub rebuilt: bool,
    /// Rings were wound against the format's rule for exteriors and holes.
    pub rewound: bool,
    /// A point at 0, 0, which programs write for no coordinates.
    pub nowhere: bool,
}

/// Whether a polygon cut by a tile can be rebuilt in the time of making a tile.
pub(crate) fn is_quickly_rebuilt(rings: impl Iterator<Item = Vec<[f64; 2]>>) -> bool {
    let ring = |points: Vec<[f64; 2]>| OpenRing { area: ring_area(&points), points };
    crossings::is_quickly_rebuilt(&rings.map(ring).collect::<Vec<_>>())
}

/// The points without those that equal the preceding one.
pub fn distinct(part: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut part = part.to_vec();
    part.dedup();
    part
}

/// Repairs a polygon in place; `loose` rings are first sorted into polygons.
///
/// Stops at `deadline`: that of a tile, or `None` for an import.
///
/// # Errors
/// Returns [`RepairError`] if the polygon has no area or its repair takes too long.
pub fn polygons(
    geometry: &mut Geometry,
    loose: bool,
    deadline: Option<Instant>,
    fixes: &mut GeometryRepairs,
) -> Result<(), RepairError> {
    let mut groups: Vec<Vec<OpenRing>> = Vec::new();
    if loose {
        let rings: Vec<OpenRing> = geometry.parts().filter_map(|part| ring(part, fixes)).collect();
        let sorted = sort_rings(rings)?;
        fixes.rewound |= sorted.against_the_rule;
        fixes.duplicates |= sorted.duplicates;
        groups = sorted.polygons;
    } else {
        let mut parts = geometry.parts();
        let mut first = 0;
        for &end in &geometry.polygon_ends {
            let count = end.saturating_sub(first) as usize;
            first = end;
            let mut rings: Vec<Option<OpenRing>> =
                parts.by_ref().take(count).map(|part| ring(part, fixes)).collect();
            // Without its exterior a polygon's holes are holes in nothing.
            if matches!(rings.first(), Some(Some(_))) {
                groups.push(rings.drain(..).flatten().collect());
            }
        }
    }
    let mut kept = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    for polygon in groups {
        append_sound(polygon, deadline, &mut kept, fixes)?;
    }
    if kept.polygon_ends.is_empty() {
        return Err(RepairError::NoArea);
    }
    *geometry = kept;
    Ok(())
}

/// A closed ring of at least three corners; `None` without extent.
fn ring(part: &[[f64; 2]], fixes: &mut GeometryRepairs) -> Option<OpenRing> {
    let mut points = distinct(part);
    let Some(&first) = points.first() else {
        fixes.dropped_parts = true;
        return None;
    };
    if points.len() > 1 && points.last() == Some(&first) {
        points.pop();
    } else {
        fixes.closed = true;
    }
    if !has_extent(&points) {
        fixes.dropped_parts = true;
        return None;
    }
    let tolerance = tolerance(bounds(&points));
    fixes.spikes |= remove_spikes(&mut points, tolerance);
    let area = ring_area(&points);
    Some(OpenRing { points, area })
}

/// Whether the corners are not all on one line. The area is no test: the two halves of a
/// ring that crosses itself can cancel out.
fn has_extent(points: &[[f64; 2]]) -> bool {
    let Some((&[ax, ay], rest)) = points.split_first() else { return false };
    let Some(&[bx, by]) = rest.iter().find(|&&point| point != [ax, ay]) else { return false };
    rest.iter().any(|&[x, y]| (bx - ax) * (y - ay) != (by - ay) * (x - ax))
}

/// Appends a valid polygon unchanged, any other rebuilt.
fn append_sound(
    polygon: Vec<OpenRing>,
    deadline: Option<Instant>,
    into: &mut Geometry,
    fixes: &mut GeometryRepairs,
) -> Result<(), RepairError> {
    let crossings = crossings(&polygon, deadline)?;
    // An area that is a line but for the rounding of its corners is none.
    let extent = polygon.iter().fold(EMPTY, |sum, ring| union(sum, ring.bounds()));
    let sliver = SLIVER * tolerance(extent) * (extent[2] - extent[0]).max(extent[3] - extent[1]);
    let rebuilt = rebuild(&polygon, sliver);
    if rebuilt.is_empty() {
        // Its holes take all of it away.
        fixes.dropped_parts = true;
        return Ok(());
    }
    // Every part of the plane inside counts once in the rebuilt polygon, and in
    // a sound one the exterior less its holes is just that.
    let inside: f64 = rebuilt.iter().flatten().map(|ring| ring_area(ring)).sum();
    let exterior = polygon.first().map_or(0.0, |ring| ring.area.abs());
    let holes: f64 = polygon.iter().skip(1).map(|ring| ring.area.abs()).sum();
    let near = 1e-6 * exterior + sliver;
    let sound = crossings != EdgeCrossings::Some && (inside - (exterior - holes)).abs() <= near;
    if sound {
        for (index, ring) in polygon.iter().enumerate() {
            append_ring(&ring.points, index == 0, into);
        }
        into.end_polygon();
        return Ok(());
    }
    fixes.rebuilt = true;
    for shape in &rebuilt {
        for (index, points) in shape.iter().enumerate() {
            append_ring(points, index == 0, into);
        }
        into.end_polygon();
    }
    Ok(())
}

/// Appends a closed ring, an exterior counter-clockwise and a hole clockwise (RFC 7946,
/// section 3.1.6).
fn append_ring(points: &[[f64; 2]], exterior: bool, into: &mut Geometry) {
    let forward = (ring_area(points) > 0.0) == exterior;
    let start = into.coordinates.len();
    if forward {
        into.coordinates.extend_from_slice(points);
    } else {
        // The other way round from the same corner.
        into.coordinates.extend(points.first());
        into.coordinates.extend(points.iter().skip(1).rev());
    }
    into.coordinates.push(into.coordinates[start]);
    into.end_part();
}

/// The area of the exterior less that of the holes, as polygons of exteriors and holes,
/// each larger than a sliver.
fn rebuild(polygon: &[OpenRing], sliver: f64) -> Vec<Vec<Vec<[f64; 2]>>> {
    let rings: Vec<&[[f64; 2]]> = polygon.iter().map(|ring| &ring.points[..]).collect();
    let (exterior, holes) = rings.split_at(rings.len().min(1));
    // Rings that wind against each other would cancel out where they overlap.
    let holes: Vec<Vec<[f64; 2]>> = holes
        .iter()
        .map(|ring| match ring_area(ring) > 0.0 {
            true => ring.to_vec(),
            false => ring.iter().rev().copied().collect(),
        })
        .collect();
    let options = OverlayOptions::<f64, i64>::ogc();
    let mut shapes = FloatOverlay::<[f64; 2], i64>::from_subj_and_clip_custom(
        exterior,
        &holes,
        options,
        Default::default(),
    )
    .overlay(OverlayRule::Difference, FillRule::NonZero);
    // Where rings ran along each other to the rounding, the overlay leaves spikes.
    shapes.iter_mut().flatten().for_each(|ring| {
        let tolerance = tolerance(bounds(ring));
        remove_spikes(ring, tolerance);
    });
    let large = |ring: &Vec<[f64; 2]>| ring_area(ring).abs() > sliver;
    shapes.retain(|shape| shape.first().is_some_and(large));
    shapes.iter_mut().for_each(|shape| shape.retain(large));
    put_holes_right(&mut shapes);
    shapes
}

/// Moves misplaced holes to the exterior that contains them: if many rings touch, the
/// overlay sometimes adds a hole to an exterior whose box it leaves.
pub(crate) fn put_holes_right(shapes: &mut [Vec<Vec<[f64; 2]>>]) {
    let mut astray = Vec::new();
    for shape in &mut *shapes {
        let Some((exterior, _)) = shape.split_first() else { continue };
        let around = bounds(exterior);
        astray.extend(shape.extract_if(1.., |hole| !meets(around, bounds(hole))));
    }
    for hole in astray {
        let inside = |shape: &&mut Vec<Vec<[f64; 2]>>| {
            // There are as few of these holes that nothing need count the tests.
            let mut left = u64::MAX;
            shape.first().is_some_and(|exterior| lies_in(&hole, exterior, None, &mut left))
        };
        let area = |shape: &Vec<Vec<[f64; 2]>>| shape.first().map_or(0.0, |ring| ring_area(ring));
        let smallest = shapes.iter_mut().filter(inside);
        let smallest = smallest.min_by(|a, b| area(a).total_cmp(&area(b)));
        if let Some(shape) = smallest {
            shape.push(hole);
        }
    }
}
