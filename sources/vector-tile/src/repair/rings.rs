//! Rings: area, and sorting by containment.

use super::RepairError;
use super::boxes::{BoundingBox, BoxIndex, EMPTY, between, union};

/// A ring without its closing point.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRing {
    pub(crate) points: Vec<[f64; 2]>,
    /// Signed area, positive for a counter-clockwise ring.
    pub(crate) area: f64,
}

impl OpenRing {
    pub(crate) fn bounds(&self) -> BoundingBox {
        bounds(&self.points)
    }
}

pub(crate) fn bounds(points: &[[f64; 2]]) -> BoundingBox {
    points.iter().fold(EMPTY, |sum, &point| union(sum, between(point, point)))
}

/// The signed area of a ring, closed or open.
pub fn ring_area(points: &[[f64; 2]]) -> f64 {
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
pub struct SortedRings {
    pub(crate) polygons: Vec<Vec<OpenRing>>,
    /// An exterior ran counter-clockwise or a hole clockwise, against the rule of
    /// Shapefiles.
    pub(crate) against_the_rule: bool,
    /// A ring was repeated.
    pub(crate) duplicates: bool,
}

/// Maximum number of tests of a point against an edge for a single feature.
const MOST_TESTS: u64 = 2_000_000_000;
/// Edges above which a ring is indexed for tests.
const MANY_EDGES: usize = 64;

/// Sorts rings by containment: a ring in nothing or in a hole is an exterior, one in an
/// exterior its hole. If every outermost ring runs clockwise, as Shapefiles require, a
/// clockwise ring in an exterior is no hole but a polygon of its own.
///
/// # Errors
/// Returns [`RepairError::TooManyRings`] if there are too many rings to be sorted in
/// time.
pub fn sort_rings(mut rings: Vec<OpenRing>) -> Result<SortedRings, RepairError> {
    // Exteriors come before what lies in them; equal areas keep their order.
    rings.sort_by(|a, b| b.area.abs().total_cmp(&a.area.abs()));
    let duplicates = drop_duplicates(&mut rings);
    let parents = parents(&rings)?;
    let outermost = || rings.iter().zip(&parents).filter(|(_, parent)| parent.is_none());
    let winding_is_kept = outermost().all(|(ring, _)| ring.area < 0.0);
    let mut against_the_rule = false;
    let mut placed: Vec<(bool, usize)> = Vec::with_capacity(rings.len());
    let mut polygons: Vec<Vec<OpenRing>> = Vec::new();
    for (ring, parent) in rings.into_iter().zip(parents) {
        let clockwise = ring.area < 0.0;
        let hole_of = match parent.map(|parent| placed[parent]) {
            Some((true, polygon)) if !(winding_is_kept && clockwise) => Some(polygon),
            _ => None,
        };
        against_the_rule |= clockwise == hole_of.is_some();
        match hole_of {
            Some(polygon) => {
                placed.push((false, polygon));
                polygons[polygon].push(ring);
            }
            None => {
                placed.push((true, polygons.len()));
                polygons.push(vec![ring]);
            }
        }
    }
    Ok(SortedRings { polygons, against_the_rule, duplicates })
}

/// The smallest ring around each ring. Input is in descending order of area.
fn parents(rings: &[OpenRing]) -> Result<Vec<Option<usize>>, RepairError> {
    let boxes: Vec<BoundingBox> = rings.iter().map(OpenRing::bounds).collect();
    let index = BoxIndex::new(&boxes);
    let mut edges: Vec<Option<BoxIndex>> = rings.iter().map(|_| None).collect();
    let mut left = MOST_TESTS;
    let mut candidates = Vec::new();
    let mut parents = Vec::with_capacity(rings.len());
    for (inner, ring) in rings.iter().enumerate() {
        candidates.clear();
        let mut met = 0;
        index.query(boxes[inner], &mut |outer| {
            met += 1;
            if outer < inner && covers(boxes[outer], boxes[inner]) {
                candidates.push(outer);
            }
        });
        left = left.saturating_sub(met);
        // The smallest first: the first that it lies in is the one.
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        let mut parent = None;
        for &outer in &candidates {
            if left == 0 {
                return Err(RepairError::TooManyRings { rings: rings.len() });
            }
            let other = &rings[outer].points;
            if other.len() > MANY_EDGES && edges[outer].is_none() {
                edges[outer] = Some(edge_index(other));
            }
            if lies_in(&ring.points, other, edges[outer].as_ref(), &mut left) {
                parent = Some(outer);
                break;
            }
        }
        parents.push(parent);
    }
    Ok(parents)
}

/// Removes rings whose edges equal those of another; returns whether there were any.
fn drop_duplicates(rings: &mut Vec<OpenRing>) -> bool {
    // Whether a ring is met from another corner or the other way round, its
    // edges are the same, and its corners sorted are its name.
    let mut names: std::collections::HashMap<Vec<[[u64; 2]; 2]>, ()> = Default::default();
    let boxes: Vec<BoundingBox> = rings.iter().map(OpenRing::bounds).collect();
    let mut same_box: std::collections::HashMap<([u64; 4], usize), u32> = Default::default();
    let key = |of: &BoundingBox, ring: &OpenRing| (of.map(f64::to_bits), ring.points.len());
    for (of, ring) in boxes.iter().zip(&*rings) {
        *same_box.entry(key(of, ring)).or_default() += 1;
    }
    let before = rings.len();
    let mut at = 0;
    rings.retain(|ring| {
        at += 1;
        same_box[&key(&boxes[at - 1], ring)] == 1 || names.insert(edge_set(ring), ()).is_none()
    });
    rings.len() < before
}

fn edge_set(ring: &OpenRing) -> Vec<[[u64; 2]; 2]> {
    let bits = |point: &[f64; 2]| point.map(|number| (number + 0.0).to_bits());
    let next = ring.points.iter().cycle().skip(1);
    let mut edges: Vec<_> = ring
        .points
        .iter()
        .zip(next)
        .map(|(a, b)| {
            let mut edge = [bits(a), bits(b)];
            edge.sort_unstable();
            edge
        })
        .collect();
    edges.sort_unstable();
    edges
}

fn covers(outer: BoundingBox, inner: BoundingBox) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// The index of a ring's edges: edge n ends at corner n.
fn edge_index(points: &[[f64; 2]]) -> BoxIndex {
    let previous = points.iter().cycle().skip(points.len() - 1);
    let boxes: Vec<BoundingBox> =
        points.iter().zip(previous).map(|(&b, &a)| between(a, b)).collect();
    BoxIndex::new(&boxes)
}

/// Whether a ring lies in another. Rings may touch: the first corner or middle of an edge
/// that is not on the other's border decides.
pub(crate) fn lies_in(
    ring: &[[f64; 2]],
    other: &[[f64; 2]],
    index: Option<&BoxIndex>,
    left: &mut u64,
) -> bool {
    let next = ring.iter().cycle().skip(1);
    let candidates = ring
        .iter()
        .zip(next)
        .take(64)
        .flat_map(|(&[ax, ay], &[bx, by])| [[ax, ay], [(ax + bx) / 2.0, (ay + by) / 2.0]]);
    for point in candidates {
        if let Some(inside) = inside(point, other, index, left) {
            return inside;
        }
    }
    false
}

/// Whether a point lies in a ring; `None` on its border. `left` is reduced by the number
/// of edges examined.
fn inside(
    [x, y]: [f64; 2],
    ring: &[[f64; 2]],
    index: Option<&BoxIndex>,
    left: &mut u64,
) -> Option<bool> {
    let (mut inside, mut border, mut looked) = (false, false, 0);
    let mut look = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| {
        looked += 1;
        let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let between = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
        border |= side == 0.0 && between;
        if (ay > y) != (by > y) && (side > 0.0) == (by > ay) {
            inside = !inside;
        }
    };
    match index {
        // Only the edges that a ray to the east can meet.
        Some(index) => index.query([x, y, f64::INFINITY, y], &mut |edge| {
            let previous = edge.checked_sub(1).unwrap_or(ring.len() - 1);
            look(ring[previous], ring[edge]);
        }),
        None => {
            let mut previous = *ring.last()?;
            for &corner in ring {
                look(previous, corner);
                previous = corner;
            }
        }
    }
    *left = left.saturating_sub(looked);
    (!border).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of half a unit, clockwise, its first corner repeated.
    fn square(x: f64, y: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x, y + 0.5], [x + 0.5, y + 0.5], [x + 0.5, y], [x, y]]
    }

    #[test]
    fn many_rings_are_sorted() {
        let apart: Vec<Vec<[f64; 2]>> =
            (0..40_000).map(|n| square(f64::from(n % 200), f64::from(n / 200))).collect();
        let rings: Vec<OpenRing> = apart
            .iter()
            .map(|ring| OpenRing { points: ring[..4].to_vec(), area: ring_area(ring) })
            .collect();
        assert_eq!(sort_rings(rings.clone()).unwrap().polygons.len(), 40_000);
        // The same as holes of a ring of many corners.
        let exterior: Vec<[f64; 2]> = (0..50_000)
            .rev()
            .map(|n| {
                let angle = f64::from(n) / 50_000.0 * std::f64::consts::TAU;
                [100.0 + 200.0 * angle.cos(), 100.0 + 200.0 * angle.sin()]
            })
            .collect();
        let area = ring_area(&exterior);
        let mut all: Vec<OpenRing> = rings
            .into_iter()
            .map(|OpenRing { mut points, area }| {
                points.reverse();
                OpenRing { points, area: -area }
            })
            .collect();
        all.push(OpenRing { points: exterior, area });
        let sorted = sort_rings(all).unwrap();
        assert_eq!((sorted.polygons.len(), sorted.polygons[0].len()), (1, 40_001));
        assert!(!sorted.against_the_rule);
    }
}
