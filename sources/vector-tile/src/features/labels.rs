//! Label points of polygons: one point for each feature, several for a long one.
//!
//! A tile holds the part of a polygon inside it, so a label drawn from polygons is
//! repeated in every tile that the polygon intersects. A label drawn from these points
//! appears once.
//!
//! The point is the one farthest from every edge of the largest polygon (its pole of
//! inaccessibility), found by subdivision of squares in best-first order. A polygon much longer
//! than wide, such as a river, has points along its length instead: one feature of several points,
//! each of which lies in one tile.

use std::collections::BinaryHeap;
use std::sync::Arc;

use super::index::HilbertIndex;
use super::row_geometries::{GeometryPart, RowGeometries};
use super::{FeatureTable, PartShapes};
use data_model::feature::{GeometryKind, ShapeKind};
use data_model::tile::{WorldPoint, WorldRect};

/// Maximum number of edges examined for one feature, so that a huge one ends too: the
/// best point found by then is inside, if not the pole.
const MOST_EDGES: usize = 4_000_000;

/// Length over width from which a polygon has several points.
const LONG: f64 = 12.0;

/// Distance of two points along a polygon, in widths of it.
const SPACING: f64 = 10.0;

/// Most points of one feature.
const MOST_POINTS: f64 = 8.0;

impl FeatureTable {
    /// The same features as points, each inside its polygon. A line is represented by its
    /// middle vertex, several points by the first.
    #[must_use]
    pub fn label_points(&self) -> Self {
        let shapes = match &*self.shapes {
            RowGeometries::Points(points) => RowGeometries::Points(points.clone()),
            RowGeometries::Parts(shapes) => points_of(shapes),
        };
        let index = match &shapes {
            RowGeometries::Points(points) => HilbertIndex::new(points.len(), |row| WorldRect {
                min: points[row],
                max: points[row],
            }),
            RowGeometries::Parts(shapes) => {
                HilbertIndex::new(shapes.kinds.len(), |row| *shapes.rect(row))
            }
        };
        Self {
            index: Arc::new(index),
            shapes: Arc::new(shapes),
            geometry: GeometryKind::Point,
            ..self.clone()
        }
    }
}

/// The label points of rows, in the most compact form that fits.
fn points_of(shapes: &PartShapes) -> RowGeometries {
    let rows: Vec<Vec<WorldPoint>> =
        (0..shapes.kinds.len()).map(|row| label_points(shapes, row)).collect();
    if rows.iter().all(|points| points.len() == 1) {
        return RowGeometries::Points(rows.into_iter().flatten().collect());
    }
    let mut found = PartShapes::default();
    for points in rows {
        let mut rect = WorldRect::EMPTY;
        points.iter().for_each(|&point| rect.extend(point));
        found.coordinates.extend(points);
        // Fewer points than the polygons have vertices: the table is not full.
        let _ = found.end_part(false);
        found.end_row(ShapeKind::Point, rect);
    }
    RowGeometries::Parts(found)
}

/// The label points of one row; at least one.
fn label_points(shapes: &PartShapes, row: usize) -> Vec<WorldPoint> {
    let parts: Vec<GeometryPart<'_>> = shapes.parts(row).collect();
    let first = parts.iter().find_map(|part| part.points.first()).copied().unwrap_or_default();
    match shapes.kind(row) {
        ShapeKind::Point => vec![first],
        ShapeKind::Line => {
            let longest = parts.iter().max_by_key(|part| part.points.len());
            let middle = longest.and_then(|part| part.points.get(part.points.len() / 2));
            vec![middle.copied().unwrap_or(first)]
        }
        ShapeKind::Polygon => largest(&parts).map_or_else(
            || vec![first],
            |rings| match pole(rings) {
                None => vec![first],
                Some(pole) => {
                    let points = along(rings, 2.0 * pole.depth);
                    if points.is_empty() { vec![pole.point] } else { points }
                }
            },
        ),
    }
}

/// Points along a polygon much longer than `width`, evenly spaced and inside; empty for any
/// other polygon.
///
/// Each is the middle of the widest stretch of the polygon across its longer side.
fn along(rings: &[GeometryPart<'_>], width: f64) -> Vec<WorldPoint> {
    let mut rect = WorldRect::EMPTY;
    rings.iter().flat_map(|ring| ring.points).for_each(|&point| rect.extend(point));
    let size = [f64::from(rect.max.x - rect.min.x), f64::from(rect.max.y - rect.min.y)];
    let axis = usize::from(size[1] > size[0]);
    let length = size[axis];
    if width <= 0.0 || length < LONG * width {
        return Vec::new();
    }
    let count = (length / (SPACING * width)).clamp(2.0, MOST_POINTS).floor();
    let origin = rect.min;
    let edges: Vec<[[f64; 2]; 2]> = rings
        .iter()
        .flat_map(|ring| edges(ring.points))
        .map(|(a, b)| [from(origin, a), from(origin, b)])
        .collect();
    let place = |base: u32, by: f64| (f64::from(base) + by).clamp(0.0, f64::from(u32::MAX)) as u32;
    let point = |number: u32| {
        let at = length * (f64::from(number) + 0.5) / count;
        let across = middle_across(&edges, axis, at)?;
        let [x, y] = if axis == 0 { [at, across] } else { [across, at] };
        Some(WorldPoint { x: place(origin.x, x), y: place(origin.y, y) })
    };
    (0..count as u32).filter_map(point).collect()
}

/// Middle of the widest stretch inside, on the line at `at` of an axis.
fn middle_across(edges: &[[[f64; 2]; 2]], axis: usize, at: f64) -> Option<f64> {
    let mut crossings: Vec<f64> = edges
        .iter()
        .filter(|[a, b]| (a[axis] > at) != (b[axis] > at))
        .map(|[a, b]| {
            let part = (at - a[axis]) / (b[axis] - a[axis]);
            a[1 - axis] + (b[1 - axis] - a[1 - axis]) * part
        })
        .collect();
    crossings.sort_by(f64::total_cmp);
    let stretches = crossings.chunks_exact(2).map(|ends| (ends[1] - ends[0], ends[0]));
    let widest = stretches.max_by(|a, b| a.0.total_cmp(&b.0));
    widest.map(|(width, start)| start + width / 2.0)
}

/// The point of a polygon farthest from its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pole {
    point: WorldPoint,
    /// Distance from the nearest edge in world units.
    depth: f64,
}

/// The rings of the polygon with the largest exterior.
fn largest<'p, 'a>(parts: &'p [GeometryPart<'a>]) -> Option<&'p [GeometryPart<'a>]> {
    let starts: Vec<usize> =
        parts.iter().enumerate().filter(|(_, part)| part.exterior).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([parts.len()]);
    let polygons = starts.iter().zip(ends).map(|(&start, end)| &parts[start..end]);
    polygons.max_by(|a, b| area(a[0].points).total_cmp(&area(b[0].points)))
}

fn area(ring: &[WorldPoint]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    edges(ring)
        .map(|(a, b)| {
            let ([ax, ay], [bx, by]) = (from(origin, a), from(origin, b));
            ax * by - bx * ay
        })
        .sum::<f64>()
        .abs()
}

fn edges(ring: &[WorldPoint]) -> impl Iterator<Item = (WorldPoint, WorldPoint)> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(&a, &b)| (a, b))
}

/// A position relative to `origin`, exact in a double.
fn from(origin: WorldPoint, point: WorldPoint) -> [f64; 2] {
    [f64::from(point.x) - f64::from(origin.x), f64::from(point.y) - f64::from(origin.y)]
}

/// A square that may contain the pole.
#[derive(Debug, PartialEq)]
struct Square {
    centre: [f64; 2],
    half: f64,
    /// Distance of the centre from the nearest edge; negative outside.
    depth: f64,
    /// Upper bound of the depth of any point in the square.
    hope: f64,
}

impl Eq for Square {}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.hope.total_cmp(&other.hope)
    }
}

/// The pole of inaccessibility of a polygon; `None` if the polygon has no interior.
fn pole(rings: &[GeometryPart<'_>]) -> Option<Pole> {
    let origin = *rings.first()?.points.first()?;
    let edges: Vec<[[f64; 2]; 2]> = rings
        .iter()
        .flat_map(|ring| edges(ring.points))
        .map(|(a, b)| [from(origin, a), from(origin, b)])
        .collect();
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [[x, y], _] in &edges {
        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
    }
    let [west, north, east, south] = bounds;
    let size = (east - west).min(south - north);
    if size.is_nan() || size <= 0.0 {
        return None;
    }
    let square = |centre: [f64; 2], half: f64| {
        let depth = depth(centre, &edges);
        Square { centre, half, depth, hope: depth + half * std::f64::consts::SQRT_2 }
    };
    let mut waiting = BinaryHeap::new();
    let half = size / 2.0;
    let (columns, rows) = (((east - west) / size).ceil(), ((south - north) / size).ceil());
    // A long thin polygon is looked at in at most this many squares to begin with.
    let (columns, rows) = (columns.min(64.0) as u32, rows.min(64.0) as u32);
    for column in 0..columns {
        for row in 0..rows {
            let centre =
                [west + half + f64::from(column) * size, north + half + f64::from(row) * size];
            waiting.push(square(centre, half));
        }
    }
    let mut best = square([(west + east) / 2.0, (north + south) / 2.0], 0.0);
    // Fine enough for a name: a hundredth of the polygon.
    let precision = (size / 100.0).max(1.0);
    let mut left = MOST_EDGES;
    while let Some(next) = waiting.pop() {
        if next.depth > best.depth {
            best = Square { ..next };
        }
        if next.hope - best.depth <= precision {
            break;
        }
        left = left.saturating_sub(4 * edges.len());
        if left == 0 {
            break;
        }
        let half = next.half / 2.0;
        for [dx, dy] in [[-half, -half], [half, -half], [-half, half], [half, half]] {
            waiting.push(square([next.centre[0] + dx, next.centre[1] + dy], half));
        }
    }
    if best.depth < 0.0 {
        return None;
    }
    let place = |base: u32, by: f64| (f64::from(base) + by).clamp(0.0, f64::from(u32::MAX)) as u32;
    let point =
        WorldPoint { x: place(origin.x, best.centre[0]), y: place(origin.y, best.centre[1]) };
    Some(Pole { point, depth: best.depth })
}

/// The distance to the nearest edge, negative outside.
fn depth([x, y]: [f64; 2], edges: &[[[f64; 2]; 2]]) -> f64 {
    let (mut inside, mut nearest) = (false, f64::INFINITY);
    for &[[ax, ay], [bx, by]] in edges {
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            inside = !inside;
        }
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 {
            (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (px, py) = (x - ax - along * dx, y - ay - along * dy);
        nearest = nearest.min(px * px + py * py);
    }
    if inside { nearest.sqrt() } else { -nearest.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(points: &[(u32, u32)], exterior: bool) -> (Vec<WorldPoint>, bool) {
        (points.iter().map(|&(x, y)| WorldPoint { x, y }).collect(), exterior)
    }

    fn pole_of(parts: &[(Vec<WorldPoint>, bool)]) -> Option<WorldPoint> {
        let parts: Vec<GeometryPart<'_>> = parts
            .iter()
            .map(|(points, exterior)| GeometryPart { points, importance: &[], exterior: *exterior })
            .collect();
        largest(&parts).and_then(pole).map(|pole| pole.point)
    }

    fn along_of(parts: &[(Vec<WorldPoint>, bool)]) -> Vec<WorldPoint> {
        let parts: Vec<GeometryPart<'_>> = parts
            .iter()
            .map(|(points, exterior)| GeometryPart { points, importance: &[], exterior: *exterior })
            .collect();
        let rings = largest(&parts).unwrap();
        along(rings, 2.0 * pole(rings).unwrap().depth)
    }

    #[test]
    fn a_long_polygon_has_points_along_it_and_a_compact_one_has_none() {
        // A river of 100 by 6,000 units, with a bend and an island.
        let river = part(
            &[(0, 1000), (3000, 1000), (6000, 2000), (6000, 2100), (3000, 1100), (0, 1100)],
            true,
        );
        let island = part(&[(700, 1020), (700, 1040), (800, 1040), (800, 1020)], false);
        let points = along_of(&[river, island]);
        let places: Vec<u32> = points.iter().map(|point| point.x).collect();
        assert_eq!(places, [500, 1500, 2500, 3500, 4500, 5500]);
        assert_eq!(points[..3].iter().map(|point| point.y).collect::<Vec<_>>(), [1050; 3]);
        assert_eq!(points[5].y, 1883);
        let square = part(&[(1000, 1000), (3000, 1000), (3000, 3000), (1000, 3000)], true);
        assert_eq!(along_of(&[square]), []);
        let brick = part(&[(0, 0), (2000, 0), (2000, 300), (0, 300)], true);
        assert_eq!(along_of(&[brick]), []);
    }

    #[test]
    fn the_pole_of_a_square_is_its_middle() {
        let square = part(&[(1000, 1000), (3000, 1000), (3000, 3000), (1000, 3000)], true);
        assert_eq!(pole_of(&[square]), Some(WorldPoint { x: 2000, y: 2000 }));
    }

    #[test]
    fn a_hole_and_a_smaller_polygon_are_kept_clear_of() {
        let outer = part(&[(0, 0), (4000, 0), (4000, 2000), (0, 2000)], true);
        let hole = part(&[(200, 200), (200, 1800), (2600, 1800), (2600, 200)], false);
        let small = part(&[(9000, 0), (9100, 0), (9100, 100)], true);
        let pole = pole_of(&[outer, hole, small]).unwrap();
        // Right of the hole, halfway between it and the edge.
        assert!((3250..=3350).contains(&pole.x) && (690..=1310).contains(&pole.y), "{pole:?}");
    }

    #[test]
    fn what_has_no_inside_has_no_pole() {
        assert_eq!(pole_of(&[part(&[(5, 5), (9, 5), (7, 5)], true)]), None);
        assert_eq!(pole_of(&[]), None);
    }

    proptest! {
        #[test]
        fn the_pole_of_a_star_is_inside(radii in prop::collection::vec(50u32..100_000, 3..40)) {
            let count = radii.len() as f64;
            let ring: Vec<WorldPoint> = radii
                .iter()
                .enumerate()
                .map(|(at, &radius)| {
                    let angle = at as f64 / count * std::f64::consts::TAU;
                    let place = |part: f64| (1e6 + f64::from(radius) * part) as u32;
                    WorldPoint { x: place(angle.cos()), y: place(angle.sin()) }
                })
                .collect();
            let edges: Vec<_> = edges(&ring)
                .map(|(a, b)| [from(WorldPoint::default(), a), from(WorldPoint::default(), b)])
                .collect();
            if let Some(pole) = pole_of(&[(ring, true)]) {
                // On the grid of whole numbers a sliver's pole may be rounded out.
                let depth = depth([f64::from(pole.x), f64::from(pole.y)], &edges);
                prop_assert!(depth > -1.5, "{}", depth);
            }
        }
    }
}
