//! Converts shapes of the plane to geometries in degrees.

use data_model::feature::{Geometry, ShapeKind};

use crate::geometry::plane::{PlanePoint, to_degrees};

/// Point geometry.
#[must_use]
pub(crate) fn point(p: PlanePoint) -> Geometry {
    Geometry {
        kind: Some(ShapeKind::Point),
        coordinates: vec![to_degrees(p)],
        ..Geometry::default()
    }
}

/// Line geometry; equal consecutive positions become one.
#[must_use]
pub(crate) fn line(points: &[PlanePoint]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
    geometry.coordinates.extend(points.iter().map(|p| to_degrees(*p)));
    geometry.coordinates.dedup();
    geometry.end_part();
    geometry
}

/// Polygon of one open ring, closed as simple features require.
#[must_use]
pub(crate) fn polygon(ring: &[PlanePoint]) -> Geometry {
    polygon_with_holes(ring, &[])
}

/// Polygon of an open ring with holes, which are open rings too.
#[must_use]
pub(crate) fn polygon_with_holes(ring: &[PlanePoint], holes: &[Vec<PlanePoint>]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    for ring in std::iter::once(ring).chain(holes.iter().map(Vec::as_slice)) {
        let closed = ring.iter().chain(ring.first());
        let start = geometry.coordinates.len();
        for p in closed {
            let p = to_degrees(*p);
            // Vertices that round to the same position are stored once.
            if geometry.coordinates.len() == start || geometry.coordinates.last() != Some(&p) {
                geometry.coordinates.push(p);
            }
        }
        geometry.end_part();
    }
    geometry.end_polygon();
    geometry
}
