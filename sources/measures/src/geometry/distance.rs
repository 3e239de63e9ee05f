//! Distance between two features on the plane.

use crate::geometry::bounding_box::{BoundingBox, apart};
use crate::geometry::plane::stretch;
use crate::geometry::row_outline::{PointPosition, RowOutline};
use data_model::feature::ShapeKind;

/// Distance between two features, 0 where they meet; `None` if it exceeds `limit`, in
/// metres on the plane.
///
/// The result is on the plane, with the easting at which it was measured: see
/// [`on_ground`](PlaneDistance::on_ground).
pub(crate) fn between(
    (a, a_bounds): (RowOutline<'_>, &BoundingBox),
    (b, b_bounds): (RowOutline<'_>, &BoundingBox),
    limit: f64,
) -> Option<PlaneDistance> {
    if apart(a_bounds, b_bounds) > limit {
        return None;
    }
    let east = f64::midpoint(a_bounds[0].max(b_bounds[0]), a_bounds[2].min(b_bounds[2]));
    if contains_vertex(a, b) || contains_vertex(b, a) {
        return Some(PlaneDistance { metres: 0.0, east });
    }
    // The one with fewer vertices is gone through for each piece of the other that is
    // near enough.
    let (many, few, few_bounds) = if a.coordinates.len() >= b.coordinates.len() {
        (a, b, b_bounds)
    } else {
        (b, a, a_bounds)
    };
    let mut best = PlaneDistance { metres: limit, east: f64::NAN };
    for_pieces(many, |piece| {
        let [p, q] = piece;
        let bounds = [p[0].min(q[0]), p[1].min(q[1]), p[0].max(q[0]), p[1].max(q[1])];
        if best.metres == 0.0 || apart(&bounds, few_bounds) > best.metres {
            return;
        }
        for_pieces(few, |other| {
            let metres = pieces(piece, other);
            if metres < best.metres || metres == best.metres && best.east.is_nan() {
                best = PlaneDistance { metres, east: f64::midpoint(p[0], q[0]) };
            }
        });
    });
    (!best.east.is_nan()).then_some(best)
}

/// A distance on the plane, and the easting of its measurement; both in metres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlaneDistance {
    pub(crate) metres: f64,
    pub(crate) east: f64,
}

impl PlaneDistance {
    /// Distance on the ground in metres.
    pub(crate) fn on_ground(self) -> f64 {
        self.metres / stretch(self.east)
    }
}

/// Whether a vertex of `b` lies in the polygon `a`. If none does, the two are disjoint or
/// their borders cross.
fn contains_vertex(a: RowOutline<'_>, b: RowOutline<'_>) -> bool {
    if a.kind != ShapeKind::Polygon {
        return false;
    }
    match b.kind {
        // Each of them may be the one inside.
        ShapeKind::Point => b.coordinates.iter().any(|&at| a.locate(at) != PointPosition::Outside),
        // One of each line or ring: the others are with it, or a border is crossed.
        _ => b.parts().any(|(part, _)| {
            part.first().is_some_and(|&at| a.locate(at) != PointPosition::Outside)
        }),
    }
}

fn for_pieces(outline: RowOutline<'_>, mut each: impl FnMut([[f64; 2]; 2])) {
    match outline.kind {
        ShapeKind::Point => outline.coordinates.iter().for_each(|&at| each([at, at])),
        _ => {
            for (part, _) in outline.parts() {
                if let [only] = part {
                    each([*only, *only]);
                }
            }
            outline.edges().for_each(each);
        }
    }
}

/// Distance between two segments, each of which may be a point.
fn pieces([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> f64 {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| {
        (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    };
    if a != b && c != d {
        let crosses = side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0;
        if crosses {
            return 0.0;
        }
    }
    let ends = [to_piece(a, [c, d]), to_piece(b, [c, d]), to_piece(c, [a, b]), to_piece(d, [a, b])];
    ends.into_iter().fold(f64::INFINITY, f64::min)
}

fn to_piece(at: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 {
        (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (at[0] - a[0] - along * dx).hypot(at[1] - a[1] - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::row_outline::PartOutlines;
    use data_model::feature::Geometry;
    use rstest::rstest;

    fn shape(kind: ShapeKind, parts: &[&[[f64; 2]]]) -> Geometry {
        let mut geometry = Geometry { kind: Some(kind), ..Geometry::default() };
        for part in parts {
            geometry.coordinates.extend_from_slice(part);
            if kind != ShapeKind::Point {
                geometry.end_part();
            }
        }
        if kind == ShapeKind::Polygon {
            geometry.end_polygon();
        }
        geometry
    }

    const SQUARE: &[[f64; 2]] = &[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]];
    const HOLE: &[[f64; 2]] = &[[2.0, 2.0], [8.0, 2.0], [8.0, 8.0], [2.0, 8.0]];

    #[rstest]
    #[case(shape(ShapeKind::Point, &[&[[3.0, 4.0]]]), shape(ShapeKind::Point, &[&[[0.0, 0.0]]]), 5.0)]
    #[case(shape(ShapeKind::Point, &[&[[5.0, 3.0]]]), shape(ShapeKind::Line, &[&[[0.0, 0.0], [9.0, 0.0]]]), 3.0)]
    #[case(shape(ShapeKind::Point, &[&[[-3.0, 4.0]]]), shape(ShapeKind::Line, &[&[[0.0, 0.0], [9.0, 0.0]]]), 5.0)]
    #[case(shape(ShapeKind::Point, &[&[[5.0, 5.0]]]), shape(ShapeKind::Polygon, &[SQUARE]), 0.0)]
    #[case(shape(ShapeKind::Point, &[&[[5.0, 5.5]]]), shape(ShapeKind::Polygon, &[SQUARE, HOLE]), 2.5)]
    #[case(shape(ShapeKind::Point, &[&[[13.0, 14.0]]]), shape(ShapeKind::Polygon, &[SQUARE]), 5.0)]
    #[case(shape(ShapeKind::Line, &[&[[-5.0, 5.0], [15.0, 5.0]]]), shape(ShapeKind::Polygon, &[SQUARE]), 0.0)]
    #[case(shape(ShapeKind::Line, &[&[[0.0, 0.0], [4.0, 4.0]]]), shape(ShapeKind::Line, &[&[[0.0, 4.0], [4.0, 0.0]]]), 0.0)]
    #[case(shape(ShapeKind::Line, &[&[[0.0, 0.0], [4.0, 0.0]]]), shape(ShapeKind::Line, &[&[[5.0, 1.0], [5.0, 9.0]]]), 2f64.sqrt())]
    #[case(shape(ShapeKind::Polygon, &[SQUARE]), shape(ShapeKind::Polygon, &[HOLE]), 0.0)]
    #[case(shape(ShapeKind::Line, &[&[[4.0, 4.0], [6.0, 6.0]]]), shape(ShapeKind::Polygon, &[SQUARE, HOLE]), 2.0)]
    fn distances(#[case] a: Geometry, #[case] b: Geometry, #[case] metres: f64) {
        let mut outlines = PartOutlines::default();
        assert!(outlines.push(&a) && outlines.push(&b));
        let of = |row| outlines.get(row).unwrap();
        let bounds = [of(0).bounds(), of(1).bounds()];
        for (a, b) in [(0, 1), (1, 0)] {
            let limited = |limit| between((of(a), &bounds[a]), (of(b), &bounds[b]), limit);
            let found = limited(f64::INFINITY).unwrap();
            assert!((found.metres - metres).abs() < 1e-12, "{found:?}");
            assert!(limited(metres + 1e-9).is_some());
            assert!(metres == 0.0 || limited(metres - 1e-9).is_none());
        }
    }
}
