//! Counts the crossings of a polygon's edges.
//!
//! Rebuilding a polygon takes memory for every crossing, and n edges can cross n² times:
//! so crossings are counted first, within bounds.

use std::time::Instant;

use super::RepairError;
use super::boxes::{BoundingBox, BoxIndex, EMPTY, between, meets, union};
use super::rings::OpenRing;

/// Number of crossings that are repaired, however few edges a polygon has.
const ALWAYS: usize = 10_000;
/// Maximum number of comparisons of edges whose boxes intersect, before estimating the
/// rest.
const COMPARISONS: usize = 50_000_000;
/// Maximum number of pairs of edges with intersecting boxes in a polygon to rebuild.
const PATIENCE: f64 = 1e9;
/// The same limits for a polygon cut by one tile.
const TILE_COMPARISONS: usize = 2_000_000;
const TILE_PATIENCE: f64 = 2e7;
/// Edges below which comparing all pairs is quicker than an index.
const FEW: usize = 48;
/// Limits of overlap below which edges touch, and do not cross: a part of the polygon's
/// extent, and a multiple of the rounding error of its coordinates. A rebuilt polygon's
/// corners are rounded, and it must not be rebuilt again.
const TOUCH: f64 = 1e-12;
const ROUNDINGS: f64 = 4.0;

/// Comparisons between two checks of the deadline.
const COMPARISONS_PER_CHECK: usize = 1 << 18;
/// Maximum ratio of the time of rebuilding a polygon to that of counting its crossings.
/// Rebuilding can't be interrupted.
const REBUILD_FACTOR: u32 = 4;

struct Edge {
    a: [f64; 2],
    b: [f64; 2],
    around: BoundingBox,
}

/// Whether a polygon's edges cross; touching does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeCrossings {
    None,
    Some,
    /// None in a sample of the edges: so many are side by side that comparing all takes
    /// too long. The crossings are few enough to be repaired.
    NoneFound,
}

/// Looks for edges that cross.
///
/// # Errors
/// Returns [`RepairError`] if there are more crossings than can be repaired, or so many
/// edges side by side that repairing takes too long; with a `deadline`, also if that
/// would pass before the polygon is rebuilt.
pub(super) fn crossings(
    polygon: &[OpenRing],
    deadline: Option<Instant>,
) -> Result<EdgeCrossings, RepairError> {
    let Some(deadline) = deadline else {
        return crossings_within(polygon, COMPARISONS, PATIENCE, None);
    };
    let start = Instant::now();
    // Of a sample nobody knows how long rebuilding takes. What is too much does not
    // depend on the clock: a tile of one version has but one content.
    let most_pairs = COMPARISONS as f64 / 2.0;
    let found = crossings_within(polygon, COMPARISONS, most_pairs, Some(deadline))?;
    // Rebuilding goes over the same pairs of edges.
    if Instant::now() + start.elapsed().saturating_mul(REBUILD_FACTOR) >= deadline {
        let edges = polygon.iter().map(|ring| ring.points.len()).sum();
        return Err(RepairError::OutOfTime { edges });
    }
    Ok(found)
}

/// Whether a polygon cut by a tile has so few crossings that rebuilding it is a small
/// part of making the tile.
pub(super) fn is_quickly_rebuilt(polygon: &[OpenRing]) -> bool {
    crossings_within(polygon, TILE_COMPARISONS, TILE_PATIENCE, None).is_ok()
}

fn crossings_within(
    polygon: &[OpenRing],
    comparisons: usize,
    patience: f64,
    deadline: Option<Instant>,
) -> Result<EdgeCrossings, RepairError> {
    let mut edges: Vec<Edge> = Vec::new();
    for ring in polygon {
        let next = ring.points.iter().cycle().skip(1);
        let pairs = ring.points.iter().zip(next);
        edges.extend(pairs.map(|(&a, &b)| Edge { a, b, around: between(a, b) }));
    }
    let extent = edges.iter().fold(EMPTY, |sum, edge| union(sum, edge.around));
    let tolerance = tolerance(extent);
    if edges.len() <= FEW {
        let crossed = edges.iter().enumerate().any(|(index, edge)| {
            edges[..index].iter().any(|other| compare(edge, other, tolerance))
        });
        return Ok(if crossed { EdgeCrossings::Some } else { EdgeCrossings::None });
    }
    let count = edges.len();
    let most = ALWAYS.max(count);
    let boxes: Vec<BoundingBox> = edges.iter().map(|edge| edge.around).collect();
    let index = BoxIndex::new(&boxes);
    let (mut compared, mut found, mut next_check) = (0usize, 0usize, 0);
    // Edges from all over the polygon, so that those seen first stand for the rest.
    let step = step(count);
    let mut number = 0;
    for seen in 1..=count {
        let edge = &edges[number];
        number = (number + step) % count;
        index.query(edge.around, &mut |other| {
            compared += 1;
            found += usize::from(compare(edge, &edges[other], tolerance));
        });
        if compared >= next_check {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(RepairError::OutOfTime { edges: count });
            }
            next_check = compared + COMPARISONS_PER_CHECK;
        }
        // Each crossing is found from both of its edges.
        if found / 2 > most {
            return Err(RepairError::TooManyCrossings { edges: count });
        }
        if compared > comparisons && seen < count {
            let share = 2.0 * seen as f64 / count as f64;
            if compared as f64 / share > patience {
                return Err(RepairError::TooManyEdges { edges: count });
            }
            return match found {
                0 => Ok(EdgeCrossings::NoneFound),
                _ if found as f64 / share <= most as f64 => Ok(EdgeCrossings::Some),
                _ => Err(RepairError::TooManyCrossings { edges: count }),
            };
        }
    }
    Ok(if found > 0 { EdgeCrossings::Some } else { EdgeCrossings::None })
}

/// A step, modulo `count`, that visits all of `count` numbers, consecutive ones far
/// apart.
fn step(count: usize) -> usize {
    let common = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let golden = (count as f64 * 0.618) as usize;
    (golden..count).find(|&step| common(step, count) == 1).unwrap_or(1)
}

/// Distance below which positions of this extent are equal.
pub(super) fn tolerance(extent: BoundingBox) -> f64 {
    let largest = extent.iter().fold(0.0, |sum: f64, number| sum.max(number.abs()));
    let longer = (extent[2] - extent[0]).max(extent[3] - extent[1]);
    TOUCH * longer + ROUNDINGS * f64::EPSILON * largest
}

fn compare(one: &Edge, two: &Edge, tolerance: f64) -> bool {
    meets(one.around, two.around) && cross(one, two, tolerance)
}

/// Whether the interiors of two edges meet in one point.
fn cross(one: &Edge, two: &Edge, tolerance: f64) -> bool {
    straddles(one, two, tolerance) && straddles(two, one, tolerance)
}

/// Whether the ends of an edge lie on opposite sides of another's line.
fn straddles(one: &Edge, two: &Edge, tolerance: f64) -> bool {
    let along = [two.b[0] - two.a[0], two.b[1] - two.a[1]];
    let side = |p: [f64; 2]| along[0] * (p[1] - two.a[1]) - along[1] * (p[0] - two.a[0]);
    let (a, b) = (side(one.a), side(one.b));
    // A side is the distance times the length.
    let near = tolerance * along[0].hypot(along[1]);
    (a > 0.0) != (b > 0.0) && a.abs() > near && b.abs() > near
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn of_many_edges_side_by_side_a_sample_is_compared() {
        // A star whose rays are so long that the boxes of many meet.
        let points = (0..2000)
            .map(|n| {
                let angle = f64::from(n) / 2000.0 * std::f64::consts::TAU;
                let radius = if n % 2 == 0 { 1000.0 } else { 500.0 };
                [radius * angle.cos(), radius * angle.sin()]
            })
            .collect();
        let mut star = [OpenRing { points, area: 1.0 }];
        assert_eq!(crossings(&star, None), Ok(EdgeCrossings::None));
        assert_eq!(crossings_within(&star, 10_000, 1e9, None), Ok(EdgeCrossings::NoneFound));
        let error = crossings_within(&star, 10_000, 1e4, None).unwrap_err();
        assert!(matches!(error, RepairError::TooManyEdges { .. }), "{error:?}");
        // As soon as every other corner is elsewhere, the sample shows it.
        star[0].points.iter_mut().step_by(2).for_each(|point| point[0] = -point[0]);
        let error = crossings_within(&star, 10_000, 1e9, None).unwrap_err();
        assert!(matches!(error, RepairError::TooManyCrossings { .. }), "{error:?}");
    }

    #[test]
    fn a_polygon_that_crosses_itself_is_not_compared_past_its_deadline() {
        let zigzag = |n: u32| [f64::from(n), if n.is_multiple_of(2) { 0.0 } else { 1.0 }];
        let mut points: Vec<[f64; 2]> = (0..2000).map(zigzag).collect();
        points.extend((0..2000).rev().map(|n| [f64::from(n) + 0.25, zigzag(n)[1] * 0.5]));
        let polygon = [OpenRing { points, area: 1.0 }];
        assert_eq!(crossings(&polygon, None), Ok(EdgeCrossings::Some));
        let late = crossings(&polygon, Some(Instant::now())).unwrap_err();
        assert_eq!(late, RepairError::OutOfTime { edges: 4000 });
        let soon = Instant::now() + std::time::Duration::from_secs(600);
        assert_eq!(crossings(&polygon, Some(soon)), Ok(EdgeCrossings::Some));
    }

    #[rstest]
    fn a_step_visits_all(#[values(1, 2, 49, 60, 997, 1000)] count: usize) {
        let step = step(count);
        let mut seen: Vec<usize> = (0..count).map(|n| n * step % count).collect();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..count));
    }
}
