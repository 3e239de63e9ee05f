//! Intersection area of two polygons.

use crate::geometry::row_outline::{PointPosition, RowOutline};

/// A polygon as triangles, to measure its intersections with others.
///
/// Areas are in square degrees about the polygon's corner: only shares of one small
/// polygon are compared, within which a degree has the same length everywhere.
pub(crate) struct TriangulatedPolygon<'a> {
    outline: RowOutline<'a>,
    origin: [f64; 2],
    bounds: [f64; 4],
    triangles: Vec<Triangle>,
    area: f64,
}

/// A triangle that is added to, or subtracted from, a polygon.
struct Triangle {
    /// Counter-clockwise.
    corners: [[f64; 2]; 3],
    sign: f64,
}

/// Shares that differ by less than this are equal.
const EQUAL: f64 = 1e-9;

impl<'a> TriangulatedPolygon<'a> {
    /// Triangulates a polygon; `None` if it has no area.
    pub(crate) fn new(outline: RowOutline<'a>) -> Option<Self> {
        let bounds = outline.bounds();
        let origin = [bounds[0], bounds[1]];
        let mut triangles = Vec::new();
        let mut area = 0.0;
        for (ring, exterior) in outline.parts() {
            let ring: Vec<[f64; 2]> = ring.iter().map(|&at| about(origin, at)).collect();
            let whole = signed_area(&ring);
            let sign = if exterior { whole.signum() } else { -whole.signum() };
            area += sign * whole;
            let Some(&first) = ring.first() else { continue };
            for pair in ring.get(1..).unwrap_or_default().windows(2) {
                let corners = [first, pair[0], pair[1]];
                let turned = signed_area(&corners);
                if turned > 0.0 {
                    triangles.push(Triangle { corners, sign });
                } else if turned < 0.0 {
                    let corners = [first, pair[1], pair[0]];
                    triangles.push(Triangle { corners, sign: -sign });
                }
            }
        }
        (area > 0.0).then_some(Self { outline, origin, bounds, triangles, area })
    }

    /// The bounding box of the polygon.
    pub(crate) const fn bounds(&self) -> &[f64; 4] {
        &self.bounds
    }

    /// Collects the areas of `near` that the polygon belongs to: each that covers more
    /// than half of it, otherwise the first of those that cover most of it.
    pub(crate) fn push_areas<'o>(
        &self,
        near: &[u32],
        outline: impl Fn(u32) -> Option<RowOutline<'o>>,
        found: &mut Vec<u32>,
    ) {
        found.clear();
        let mut most: Option<(u32, f64)> = None;
        for &row in near {
            let share = outline(row).map_or(0.0, |area| self.share(area));
            if share > 0.5 + EQUAL {
                found.push(row);
            }
            if share > most.map_or(EQUAL, |(_, most)| most + EQUAL) {
                most = Some((row, share));
            }
        }
        if found.is_empty() {
            found.extend(most.map(|(row, _)| row));
        }
    }

    /// The share of the polygon that lies in an area, from 0 to 1.
    fn share(&self, area: RowOutline<'_>) -> f64 {
        let apart = |[a, b]: [[f64; 2]; 2]| {
            let [west, south, east, north] = self.bounds;
            a[0].max(b[0]) < west
                || a[0].min(b[0]) > east
                || a[1].max(b[1]) < south
                || a[1].min(b[1]) > north
        };
        // No border comes near most polygons.
        if area.edges().all(apart) {
            let first = self.outline.coordinates.first().copied().unwrap_or(self.origin);
            return f64::from(u8::from(area.locate(first) == PointPosition::Inside));
        }
        let (mut ring, mut clipped) = (Vec::new(), Vec::new());
        let mut common = 0.0;
        for (part, exterior) in area.parts() {
            let whole: Vec<[f64; 2]> = part.iter().map(|&at| about(self.origin, at)).collect();
            let turned = signed_area(&whole).signum() * if exterior { 1.0 } else { -1.0 };
            for triangle in &self.triangles {
                ring.clear();
                ring.extend_from_slice(&whole);
                triangle.clip(&mut ring, &mut clipped);
                common += turned * triangle.sign * signed_area(&ring);
            }
        }
        (common / self.area).clamp(0.0, 1.0)
    }
}

impl Triangle {
    /// Clips a ring to the triangle (Sutherland and Hodgman, 1974). Several resulting
    /// pieces stay joined by lines without area.
    fn clip(&self, ring: &mut Vec<[f64; 2]>, spare: &mut Vec<[f64; 2]>) {
        let [a, b, c] = self.corners;
        for [from, to] in [[a, b], [b, c], [c, a]] {
            let side = |at: [f64; 2]| {
                (to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0])
            };
            spare.clear();
            let Some(&last) = ring.last() else { return };
            let (mut before, mut before_side) = (last, side(last));
            for &at in ring.iter() {
                let at_side = side(at);
                if (before_side < 0.0) != (at_side < 0.0) {
                    let part = before_side / (before_side - at_side);
                    let along = |axis: usize| before[axis] + (at[axis] - before[axis]) * part;
                    spare.push([along(0), along(1)]);
                }
                if at_side >= 0.0 {
                    spare.push(at);
                }
                (before, before_side) = (at, at_side);
            }
            std::mem::swap(ring, spare);
        }
    }
}

fn about(origin: [f64; 2], at: [f64; 2]) -> [f64; 2] {
    [at[0] - origin[0], at[1] - origin[1]]
}

fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let doubled: f64 = ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
    doubled / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::row_outline::PartOutlines;
    use data_model::feature::{Geometry, ShapeKind};
    use proptest::prelude::*;

    fn outlines(polygons: &[&[&[[f64; 2]]]]) -> PartOutlines {
        let mut outlines = PartOutlines::default();
        for rings in polygons {
            let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
            for ring in *rings {
                geometry.coordinates.extend_from_slice(ring);
                geometry.end_part();
            }
            geometry.end_polygon();
            assert!(outlines.push(&geometry));
        }
        outlines
    }

    fn square(x: f64, y: f64, side: f64) -> [[f64; 2]; 4] {
        [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
    }

    fn belongs(cell: &[&[[f64; 2]]], areas: &[&[&[[f64; 2]]]]) -> Vec<u32> {
        let (cells, areas) = (outlines(&[cell]), outlines(areas));
        let overlap = TriangulatedPolygon::new(cells.get(0).unwrap()).unwrap();
        let near: Vec<u32> = (0..areas.len() as u32).collect();
        let mut found = Vec::new();
        overlap.push_areas(&near, |row| areas.get(row as usize), &mut found);
        found
    }

    #[test]
    fn a_cell_whose_middle_is_in_no_area_belongs_to_the_one_that_covers_most_of_it() {
        let cell = square(127.0, 37.5, 1.0);
        let (narrow, wide) = (
            [[126.0, 37.0], [127.1, 37.0], [127.1, 39.0], [126.0, 39.0]],
            [[127.8, 37.0], [129.0, 37.0], [129.0, 39.0], [127.8, 39.0]],
        );
        assert_eq!(belongs(&[&cell], &[&[&narrow], &[&wide]]), [1]);
        assert_eq!(belongs(&[&cell], &[&[&narrow]]), [0]);
    }

    #[test]
    fn halves_belong_to_the_first_and_what_only_touches_to_none() {
        let cell = square(127.0, 37.5, 1.0);
        let (west, east) = (square(126.5, 37.5, 1.0), square(127.5, 37.5, 1.0));
        assert_eq!(belongs(&[&cell], &[&[&east], &[&west]]), [0]);
        assert_eq!(belongs(&[&cell], &[&[&square(128.0, 37.5, 1.0)]]), [0u32; 0]);
        assert_eq!(belongs(&[&cell], &[&[&square(130.0, 37.5, 1.0)]]), [0u32; 0]);
    }

    #[test]
    fn overlapping_areas_that_each_hold_most_of_a_polygon_both_have_it() {
        let cell = square(127.0, 37.5, 1.0);
        let areas = [square(126.9, 37.4, 2.0), square(127.1, 37.5, 2.0), square(127.6, 37.5, 2.0)];
        assert_eq!(belongs(&[&cell], &[&[&areas[0]], &[&areas[1]], &[&areas[2]]]), [0, 1]);
    }

    #[test]
    fn holes_and_bends_count_for_what_they_are() {
        let cell = square(0.0, 0.0, 4.0);
        let hole = square(0.5, 0.5, 3.0);
        // All but a hole of nine sixteenths, which another area fills.
        let around = square(-1.0, -1.0, 6.0);
        assert_eq!(belongs(&[&cell], &[&[&around, &hole], &[&hole]]), [1]);
        // A cell with that hole lies in the first alone.
        assert_eq!(belongs(&[&cell, &hole], &[&[&hole], &[&around, &hole]]), [1]);
        // A bent cell: an L, most of which is in the left half.
        let bent = [[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [2.0, 1.0], [2.0, 4.0], [0.0, 4.0]];
        let (left, right) = (square(-8.0, -4.0, 10.0), square(2.0, -4.0, 10.0));
        assert_eq!(belongs(&[&bent], &[&[&right], &[&left]]), [1]);
    }

    proptest! {
        /// A gapless grid of areas covers all of a polygon, whatever its shape and the
        /// direction of its ring.
        #[test]
        fn shares_of_areas_without_gaps_are_the_whole(
            radii in prop::collection::vec(0.1f64..2.0, 3..12),
            turned in any::<bool>(),
        ) {
            let count = radii.len() as f64;
            let mut ring: Vec<[f64; 2]> = radii.iter().enumerate().map(|(i, radius)| {
                let angle = i as f64 / count * std::f64::consts::TAU;
                [127.0 + radius * angle.cos(), 37.5 + radius * angle.sin()]
            }).collect();
            if turned {
                ring.reverse();
            }
            let cells = outlines(&[&[&ring]]);
            let Some(overlap) = TriangulatedPolygon::new(cells.get(0).unwrap()) else { return Ok(()) };
            let mut whole = 0.0;
            for x in -3..3 {
                for y in -3..3 {
                    let area = square(127.0 + f64::from(x), 37.5 + f64::from(y), 1.0);
                    let areas = outlines(&[&[&area]]);
                    whole += overlap.share(areas.get(0).unwrap());
                }
            }
            prop_assert!((whole - 1.0).abs() < 1e-9, "{whole}");
        }
    }
}
