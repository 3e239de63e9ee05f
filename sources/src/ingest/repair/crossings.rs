//! How often the edges of a polygon cross each other.
//!
//! Rebuilding a polygon takes memory for every crossing, and n edges can cross
//! n² times: so they are counted first, within bounds.

use super::rings::Ring;

/// Crossings that are repaired, however few edges a polygon has.
const ALWAYS: usize = 10_000;
/// Comparisons of two edges that a polygon is worth, for each edge.
const COMPARISONS_PER_EDGE: usize = 4_000;
/// And however few edges it has.
const COMPARISONS: usize = 20_000_000;

struct Edge {
    a: [f64; 2],
    b: [f64; 2],
    /// Smallest and largest x and y.
    x: [f64; 2],
    y: [f64; 2],
}

/// The number of pairs of edges that cross, not counting those that touch.
///
/// # Errors
/// Where there are more than can be repaired.
pub(super) fn crossings(polygon: &[Ring]) -> Result<usize, String> {
    let mut edges: Vec<Edge> = Vec::new();
    for ring in polygon {
        let next = ring.points.iter().cycle().skip(1);
        edges.extend(ring.points.iter().zip(next).map(|(&a, &b)| Edge {
            a,
            b,
            x: [a[0].min(b[0]), a[0].max(b[0])],
            y: [a[1].min(b[1]), a[1].max(b[1])],
        }));
    }
    // A sweep from left to right over the edges that the line x meets.
    edges.sort_by(|a, b| a.x[0].total_cmp(&b.x[0]));
    let most = ALWAYS.max(edges.len());
    let mut left = COMPARISONS.max(edges.len().saturating_mul(COMPARISONS_PER_EDGE));
    let too_many = || format!("its {} edges cross too often to be repaired", edges.len());
    let mut active: Vec<usize> = Vec::new();
    let mut found = 0;
    for (index, edge) in edges.iter().enumerate() {
        active.retain(|&other| edges[other].x[1] >= edge.x[0]);
        left = left.checked_sub(active.len()).ok_or_else(too_many)?;
        for &other in &active {
            let other = &edges[other];
            if other.y[0] <= edge.y[1] && other.y[1] >= edge.y[0] && cross(edge, other) {
                found += 1;
            }
        }
        if found > most {
            return Err(too_many());
        }
        active.push(index);
    }
    Ok(found)
}

/// Whether the insides of two edges meet in one point.
fn cross(one: &Edge, two: &Edge) -> bool {
    let side = |a: [f64; 2], b: [f64; 2], p: [f64; 2]| {
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    };
    let (c, d) = (side(one.a, one.b, two.a), side(one.a, one.b, two.b));
    let (a, b) = (side(two.a, two.b, one.a), side(two.a, two.b, one.b));
    (c > 0.0) != (d > 0.0) && (a > 0.0) != (b > 0.0) && [a, b, c, d].iter().all(|side| *side != 0.0)
}
