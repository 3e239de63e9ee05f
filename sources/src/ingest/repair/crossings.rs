//! How often the edges of a polygon cross each other.
//!
//! Rebuilding a polygon takes memory for every crossing, and n edges can cross
//! n² times: so they are counted first, within bounds.

use super::boxes::{Box4, BoxIndex, EMPTY, between, meets, union};
use super::rings::Ring;

/// Crossings that are repaired, however few edges a polygon has.
const ALWAYS: usize = 10_000;
/// Comparisons of two edges whose boxes meet that a polygon is worth, for each
/// edge.
const COMPARISONS_PER_EDGE: usize = 4_000;
/// And however few edges it has.
const COMPARISONS: usize = 200_000_000;
/// With fewer edges an index takes longer than comparing them all.
const FEW: usize = 48;
/// Edges that overlap by less than this part of the polygon's extent touch, and
/// by less than so many times what its coordinates are rounded by: a rebuilt
/// polygon's corners are rounded, and it must not be rebuilt again.
const TOUCH: f64 = 1e-12;
const ROUNDINGS: f64 = 4.0;

struct Edge {
    a: [f64; 2],
    b: [f64; 2],
    around: Box4,
}

/// The number of pairs of edges that cross, not counting those that touch.
///
/// # Errors
/// Where there are more than can be repaired, or nobody would wait for an answer.
pub(super) fn crossings(polygon: &[Ring]) -> Result<usize, String> {
    let mut edges: Vec<Edge> = Vec::new();
    for ring in polygon {
        let next = ring.points.iter().cycle().skip(1);
        let pairs = ring.points.iter().zip(next);
        edges.extend(pairs.map(|(&a, &b)| Edge { a, b, around: between(a, b) }));
    }
    let extent = edges.iter().fold(EMPTY, |sum, edge| union(sum, edge.around));
    let mut search = Search {
        tolerance: tolerance(extent),
        most: ALWAYS.max(edges.len()),
        left: COMPARISONS.max(edges.len().saturating_mul(COMPARISONS_PER_EDGE)),
        found: 0,
    };
    if edges.len() <= FEW {
        for (index, edge) in edges.iter().enumerate() {
            edges[..index].iter().for_each(|other| search.compare(edge, other));
        }
        return Ok(search.found);
    }
    let boxes: Vec<Box4> = edges.iter().map(|edge| edge.around).collect();
    let index = BoxIndex::new(&boxes);
    for (number, edge) in edges.iter().enumerate() {
        index.query(edge.around, &mut |other| {
            if other < number && search.left > 0 {
                search.left -= 1;
                search.compare(edge, &edges[other]);
            }
        });
        if search.found > search.most {
            let count = edges.len();
            return Err(format!("its {count} edges cross too often to be repaired"));
        }
        if search.left == 0 {
            let count = edges.len();
            return Err(format!(
                "its {count} edges lie so close that looking for crossings takes too long; \
                 split or simplify it"
            ));
        }
    }
    Ok(search.found)
}

/// How far apart positions of this extent are the same.
pub(super) fn tolerance(extent: Box4) -> f64 {
    let largest = extent.iter().fold(0.0, |sum: f64, number| sum.max(number.abs()));
    let longer = (extent[2] - extent[0]).max(extent[3] - extent[1]);
    TOUCH * longer + ROUNDINGS * f64::EPSILON * largest
}

struct Search {
    tolerance: f64,
    most: usize,
    left: usize,
    found: usize,
}

impl Search {
    fn compare(&mut self, one: &Edge, two: &Edge) {
        if meets(one.around, two.around) && cross(one, two, self.tolerance) {
            self.found += 1;
        }
    }
}

/// Whether the insides of two edges meet in one point.
fn cross(one: &Edge, two: &Edge, tolerance: f64) -> bool {
    straddles(one, two, tolerance) && straddles(two, one, tolerance)
}

/// Whether the ends of an edge lie on either side of another's line.
fn straddles(one: &Edge, two: &Edge, tolerance: f64) -> bool {
    let along = [two.b[0] - two.a[0], two.b[1] - two.a[1]];
    let side = |p: [f64; 2]| along[0] * (p[1] - two.a[1]) - along[1] * (p[0] - two.a[0]);
    let (a, b) = (side(one.a), side(one.b));
    // A side is the distance times the length.
    let near = tolerance * along[0].hypot(along[1]);
    (a > 0.0) != (b > 0.0) && a.abs() > near && b.abs() > near
}
