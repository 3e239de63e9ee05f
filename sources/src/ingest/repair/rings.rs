//! Rings: their area, and which lies in which.

/// A ring without its closing point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ring {
    pub(super) points: Vec<[f64; 2]>,
    /// Positive where it runs counter-clockwise.
    pub(super) area: f64,
}

/// The signed area of a ring, whether or not it is closed.
pub(super) fn ring_area(points: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = points.first() else { return 0.0 };
    // Relative to the first point: the products of large coordinates would
    // swallow the area of a small ring.
    let mut twice = 0.0;
    for pair in points.windows(2) {
        let [[ax, ay], [bx, by]] = [pair[0], pair[1]];
        twice += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
    }
    twice / 2.0
}

/// Rings sorted into polygons, each an exterior and its holes.
#[derive(Debug)]
pub(super) struct Sorted {
    pub(super) polygons: Vec<Vec<Ring>>,
    /// An exterior ran counter-clockwise or a hole clockwise, which in a
    /// Shapefile is the wrong way round.
    pub(super) against_the_rule: bool,
}

/// Tests of a point against an edge that a single feature is worth.
const MOST_TESTS: u64 = 2_000_000_000;

/// Sorts rings by how they lie in each other: a ring in an even number of others
/// is an exterior, one in an odd number a hole of the smallest around it.
///
/// # Errors
/// Where there are so many rings that nobody would wait for it.
pub(super) fn sort_rings(mut rings: Vec<Ring>) -> Result<Sorted, String> {
    // Exteriors come before what lies in them; equal areas keep their order.
    rings.sort_by(|a, b| b.area.abs().total_cmp(&a.area.abs()));
    let boxes: Vec<[f64; 4]> = rings.iter().map(|ring| bounds(&ring.points)).collect();
    let mut tests = 0u64;
    // For each ring: how many lie around it, and the smallest of them.
    let mut nesting: Vec<(usize, Option<usize>)> = Vec::with_capacity(rings.len());
    for (inner, ring) in rings.iter().enumerate() {
        let mut around = (0, None);
        for outer in 0..inner {
            tests += 1;
            if !covers(boxes[outer], boxes[inner]) {
                continue;
            }
            tests += rings[outer].points.len() as u64;
            if tests > MOST_TESTS {
                return Err(format!("its {} rings are too many to be sorted", rings.len()));
            }
            if lies_in(ring, &rings[outer]) {
                around = (around.0 + 1, Some(outer));
            }
        }
        nesting.push(around);
    }
    let mut against_the_rule = false;
    let mut polygon_of: Vec<usize> = vec![0; rings.len()];
    let mut polygons: Vec<Vec<Ring>> = Vec::new();
    for (index, ring) in rings.into_iter().enumerate() {
        let (depth, parent) = nesting[index];
        let exterior = depth % 2 == 0;
        against_the_rule |= (ring.area > 0.0) == exterior;
        match parent {
            Some(parent) if !exterior => {
                polygon_of[index] = polygon_of[parent];
                polygons[polygon_of[parent]].push(ring);
            }
            _ => {
                polygon_of[index] = polygons.len();
                polygons.push(vec![ring]);
            }
        }
    }
    Ok(Sorted { polygons, against_the_rule })
}

fn bounds(points: &[[f64; 2]]) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for &[x, y] in points {
        bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
    }
    bounds
}

fn covers(outer: [f64; 4], inner: [f64; 4]) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// Whether a ring lies in another. Rings may touch: the first corner or middle
/// of an edge that is not on the other's border decides.
fn lies_in(ring: &Ring, other: &Ring) -> bool {
    let next = ring.points.iter().cycle().skip(1);
    let candidates = ring
        .points
        .iter()
        .zip(next)
        .take(64)
        .flat_map(|(&[ax, ay], &[bx, by])| [[ax, ay], [(ax + bx) / 2.0, (ay + by) / 2.0]]);
    for point in candidates {
        if let Some(inside) = inside(point, &other.points) {
            return inside;
        }
    }
    false
}

/// Whether a point lies in a ring; `None` on its border.
fn inside([x, y]: [f64; 2], ring: &[[f64; 2]]) -> Option<bool> {
    let mut inside = false;
    let mut previous = *ring.last()?;
    for &corner in ring {
        let ([ax, ay], [bx, by]) = (previous, corner);
        previous = corner;
        let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let between = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
        if side == 0.0 && between {
            return None;
        }
        if (ay > y) != (by > y) && (side > 0.0) == (by > ay) {
            inside = !inside;
        }
    }
    Some(inside)
}
