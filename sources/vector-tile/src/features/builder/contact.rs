//! Detects polygons whose edges meet other than at shared corners, or whose holes may be
//! misplaced.
//!
//! Valid polygons rarely do, and invalid ones always: a cheap test that selects the
//! polygons to examine with [`crate::repair`].

use std::time::Instant;

use data_model::tile::{WorldPoint, WorldRect};

/// Edges up to which all pairs are compared without grouping.
const FEW: usize = 24;
/// Edges of a group, and groups of a larger group. Consecutive edges of a ring are close
/// together, so no sorting is needed.
const GROUP: usize = 8;
/// Limit of comparisons for each edge: more are needed if many long edges are side by
/// side, and such a polygon is drawn as stored.
const COMPARISONS: usize = 1024;
/// Holes up to which all pairs of boxes are compared.
const FEW_HOLES: usize = 64;
/// Pairs of groups between two checks of the deadline.
const PAIRS_PER_CHECK: usize = 1 << 16;

/// The deadline passed before the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeadlinePassed;

/// Finds contacts in one polygon after the other, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct ContactFinder {
    edges: Vec<Edge>,
    /// Bounding boxes of groups of edges, then of groups of groups.
    levels: Vec<Vec<WorldRect>>,
    /// Bounding boxes of the rings, the exterior ring's first.
    rings: Vec<WorldRect>,
    left: usize,
    pairs: usize,
    deadline: Option<Instant>,
    is_late: bool,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    a: WorldPoint,
    b: WorldPoint,
    around: WorldRect,
    /// The edge that begins at the end of this one.
    next: u32,
}

impl ContactFinder {
    /// Removes the previous polygon.
    pub(super) fn clear(&mut self) {
        self.edges.clear();
        self.rings.clear();
    }

    /// Adds a ring, without its closing vertex.
    pub(super) fn add(&mut self, ring: &[WorldPoint]) {
        let first = self.edges.len() as u32;
        for (index, &a) in ring.iter().enumerate() {
            let last = index + 1 == ring.len();
            let b = if last { ring[0] } else { ring[index + 1] };
            let (mut around, next) = (WorldRect { min: a, max: a }, first + index as u32 + 1);
            around.extend(b);
            self.edges.push(Edge { a, b, around, next: if last { first } else { next } });
        }
        self.rings.push(around(self.edges[first as usize..].iter().map(|edge| &edge.around)));
    }

    /// Whether two non-consecutive edges of the rings touch or cross, or a hole may lie
    /// outside of the exterior ring or in another hole.
    ///
    /// # Errors
    /// Returns [`DeadlinePassed`] if the deadline passes first.
    pub(super) fn find(&mut self, deadline: Option<Instant>) -> Result<bool, DeadlinePassed> {
        (self.deadline, self.is_late) = (deadline, false);
        let found = self.holes_stray() || self.edges_meet();
        if self.is_late { Err(DeadlinePassed) } else { Ok(found) }
    }

    fn holes_stray(&self) -> bool {
        let Some((exterior, holes)) = self.rings.split_first() else { return false };
        let nested = |hole: &WorldRect| holes.iter().filter(|other| other.contains(hole)).count();
        holes.iter().any(|hole| !exterior.contains(hole))
            || (holes.len() <= FEW_HOLES && holes.iter().any(|hole| nested(hole) > 1))
    }

    fn edges_meet(&mut self) -> bool {
        let count = self.edges.len();
        if count <= FEW {
            return (1..count).any(|two| (0..two).any(|one| self.meet(one, two)));
        }
        let groups = |level: &[WorldRect]| -> Vec<WorldRect> {
            level.chunks(GROUP).map(|group| around(group.iter())).collect()
        };
        self.levels.clear();
        let lowest = self.edges.chunks(GROUP);
        self.levels.push(lowest.map(|group| around(group.iter().map(|e| &e.around))).collect());
        while let Some(level) = self.levels.last().filter(|level| level.len() > GROUP) {
            let above = groups(level);
            self.levels.push(above);
        }
        self.left = count.saturating_mul(COMPARISONS);
        self.pairs = 0;
        let (top, nodes) = (self.levels.len() - 1, self.levels.last().map_or(0, Vec::len));
        (0..nodes).any(|two| (0..=two).any(|one| self.descend(top, one, two)))
    }

    /// Compares the subtrees of two nodes of a level. The depth is the number of levels,
    /// 11 for 2³² edges.
    fn descend(&mut self, level: usize, one: usize, two: usize) -> bool {
        self.pairs += 1;
        if self.pairs.is_multiple_of(PAIRS_PER_CHECK)
            && self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
        {
            (self.left, self.is_late) = (0, true);
        }
        if self.left == 0 || !self.levels[level][one].intersects(&self.levels[level][two]) {
            return false;
        }
        let below = |node: usize, count: usize| node * GROUP..count.min((node + 1) * GROUP);
        if level == 0 {
            return self.compare(one, two);
        }
        let count = self.levels[level - 1].len();
        below(two, count).any(|b| {
            below(one, count).take_while(|&a| a <= b).any(|a| self.descend(level - 1, a, b))
        })
    }

    /// Compares the edges of two groups.
    fn compare(&mut self, one: usize, two: usize) -> bool {
        let range = |group: usize| group * GROUP..self.edges.len().min((group + 1) * GROUP);
        let (ones, twos) = (range(one), range(two));
        self.left = self.left.saturating_sub(GROUP);
        let around = self.levels[0][one];
        for b in twos.filter(|&b| around.intersects(&self.edges[b].around)) {
            self.left = self.left.saturating_sub(GROUP);
            if ones.clone().take_while(|&a| a < b).any(|a| self.meet(a, b)) {
                return true;
            }
        }
        false
    }

    /// Whether two edges have a common point other than a shared corner.
    fn meet(&self, one: usize, two: usize) -> bool {
        let (a, b) = (&self.edges[one], &self.edges[two]);
        a.around.intersects(&b.around)
            && a.next != two as u32
            && b.next != one as u32
            && !apart(a, b)
            && !apart(b, a)
    }
}

/// Whether a ring without its closing vertex is convex: the same turn at each corner, and
/// one round. Its edges don't meet and need no comparison; many cells and buildings are
/// convex.
pub(super) fn is_convex(ring: &[WorldPoint]) -> bool {
    let [.., before_last, last] = ring else { return false };
    let origin = ring[0];
    // Products of longer edges do not fit.
    let far = |point: &WorldPoint| {
        point.x.abs_diff(origin.x) >= 1 << 30 || point.y.abs_diff(origin.y) >= 1 << 30
    };
    if ring.iter().any(far) {
        return false;
    }
    let step = |from: &WorldPoint, to: &WorldPoint| {
        [i64::from(to.x) - i64::from(from.x), i64::from(to.y) - i64::from(from.y)]
    };
    // Eastward and straight north are one half of all directions.
    let half = |[x, y]: [i64; 2]| x > 0 || (x == 0 && y > 0);
    let (mut before, mut from) = (step(before_last, last), last);
    let (mut turn, mut reversals) = (0, 0);
    for to in ring {
        let here = step(from, to);
        let side = (before[0] * here[1] - before[1] * here[0]).signum();
        if side == 0 || side == -turn {
            return false;
        }
        turn = side;
        reversals += usize::from(half(before) != half(here));
        (before, from) = (here, to);
    }
    reversals == 2
}

fn around<'a>(boxes: impl Iterator<Item = &'a WorldRect>) -> WorldRect {
    boxes.fold(WorldRect::EMPTY, |mut sum, rect| {
        sum.union(rect);
        sum
    })
}

/// Whether an edge lies strictly on one side of another's line.
fn apart(edge: &Edge, other: &Edge) -> bool {
    let from = |p: WorldPoint| {
        let step = |to: u32, from: u32| f64::from(to) - f64::from(from);
        [step(p.x, other.a.x), step(p.y, other.a.y)]
    };
    let along = from(other.b);
    // Exact but for products past 2⁵³, of edges that are hundreds of kilometres long.
    let side = |p: WorldPoint| {
        let [x, y] = from(p);
        along[0] * y - along[1] * x
    };
    let (a, b) = (side(edge.a), side(edge.b));
    (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rings(rings: &[&[(u32, u32)]]) -> bool {
        let mut finder = ContactFinder::default();
        for ring in rings {
            let ring: Vec<WorldPoint> = ring.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
            finder.add(&ring);
        }
        finder.find(None).unwrap()
    }

    #[test]
    fn a_triangle_has_no_contacts() {
        assert!(!rings(&[&[(0, 0), (10, 0), (10, 10)]]));
    }

    #[test]
    fn edges_that_cross_are_found() {
        assert!(rings(&[&[(0, 0), (10, 10), (10, 0), (0, 10)]]));
    }

    #[test]
    fn a_corner_that_is_passed_twice_is_found() {
        assert!(rings(&[&[(0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10)]]));
    }

    #[test]
    fn a_hole_that_crosses_its_exterior_is_found() {
        let exterior = [(0, 0), (10, 0), (10, 10), (0, 10)];
        assert!(rings(&[&exterior, &[(8, 2), (8, 4), (12, 3)]]));
        assert!(!rings(&[&exterior, &[(6, 2), (6, 4), (9, 3)]]));
    }

    #[test]
    fn holes_that_take_nothing_away_are_found() {
        let exterior = [(0, 0), (10, 0), (10, 10), (0, 10)];
        let hole = [(2, 2), (2, 8), (8, 8), (8, 2)];
        assert!(!rings(&[&exterior, &hole]));
        assert!(rings(&[&exterior, &hole, &[(4, 4), (4, 6), (6, 6), (6, 4)]]));
        assert!(rings(&[&exterior, &[(12, 2), (12, 8), (18, 8), (18, 2)]]));
    }

    /// A ring around a centre, with the given radius in each direction.
    fn star(radii: &[u32]) -> Vec<WorldPoint> {
        let place = |angle: f64, radius: u32| WorldPoint {
            x: (2e6 + f64::from(radius) * angle.cos()) as u32,
            y: (2e6 + f64::from(radius) * angle.sin()) as u32,
        };
        let angle = |at: usize| at as f64 / radii.len() as f64 * std::f64::consts::TAU;
        radii.iter().enumerate().map(|(at, &radius)| place(angle(at), radius)).collect()
    }

    fn by_pairs(finder: &ContactFinder) -> bool {
        let count = finder.edges.len();
        (1..count).any(|two| (0..two).any(|one| finder.meet(one, two)))
    }

    proptest! {
        #[test]
        fn groups_find_what_all_pairs_do(
            radii in prop::collection::vec(900_000u32..1_000_000, 25..400),
            swapped in prop::collection::vec((0usize..400, 0usize..400), 0..2),
        ) {
            let mut ring = star(&radii);
            ring.dedup();
            let count = ring.len();
            for (a, b) in swapped {
                ring.swap(a % count, b % count);
            }
            let mut finder = ContactFinder::default();
            finder.add(&ring);
            let found = finder.edges_meet();
            prop_assert_eq!(found, by_pairs(&finder));
            prop_assert!(!(is_convex(&ring) && found));
        }
    }

    proptest! {
        #[test]
        fn edges_of_a_convex_ring_never_meet(
            corners in prop::collection::vec((0u32..12, 0u32..12), 3..8),
        ) {
            let mut ring: Vec<_> = corners.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
            ring.dedup();
            prop_assume!(ring.len() > 2 && ring[0] != ring[ring.len() - 1]);
            let mut finder = ContactFinder::default();
            finder.add(&ring);
            prop_assert!(!(is_convex(&ring) && by_pairs(&finder)));
        }
    }

    #[test]
    fn a_hostile_polygon_ends() {
        let radii: Vec<u32> = (0..200_000).map(|n| 1000 + n % 2 * 1_900_000).collect();
        let mut finder = ContactFinder::default();
        finder.add(&star(&radii));
        // It ends, and the polygon is left to the repair.
        assert_eq!(finder.find(None), Ok(true));
    }

    #[test]
    fn edges_side_by_side_are_not_compared_past_the_deadline() {
        // Rays whose boxes meet, and that do not.
        let radii: Vec<u32> = (0..20_000).map(|n| 1_000_000 + n % 2 * 900_000).collect();
        let mut finder = ContactFinder::default();
        finder.add(&star(&radii));
        assert_eq!(finder.find(Some(Instant::now())), Err(DeadlinePassed));
        // The next polygon is looked at anew.
        finder.clear();
        finder.add(&star(&[900_000; 100]));
        assert_eq!(finder.find(None), Ok(false));
    }

    #[test]
    fn a_ring_that_goes_round_twice_is_not_taken_for_a_convex_one() {
        let turns = |times: usize, corners: usize| {
            let mut finder = ContactFinder::default();
            let ring = star(&vec![1_000_000; corners]);
            let ring: Vec<_> = (0..corners).map(|n| ring[n * times % corners]).collect();
            finder.add(&ring);
            (is_convex(&ring), finder.find(None).unwrap())
        };
        assert_eq!(turns(1, 5), (true, false));
        assert_eq!(turns(1, 400), (true, false));
        assert_eq!(turns(4, 5), (true, false));
        assert_eq!(turns(2, 5), (false, true));
        assert_eq!(turns(3, 7), (false, true));
    }
}
