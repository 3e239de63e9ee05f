//! A packed R-tree: intersection and nearest-neighbour queries on rectangles.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// West, south, east, north, in degrees or in metres on a plane.
pub(crate) type BoundingBox = [f64; 4];

const NODE: usize = 16;

/// An immutable R-tree of the rows' rectangles, built by sort-tile-recursive packing.
#[derive(Debug, Default)]
pub(crate) struct BoxTree {
    rows: Vec<u32>,
    /// Rectangles by level: those of the rows first, the root's last.
    levels: Vec<Vec<BoundingBox>>,
}

impl BoxTree {
    /// Builds the tree; rows with empty rectangles are left out.
    pub(crate) fn new(items: impl Iterator<Item = (u32, BoundingBox)>) -> Self {
        let mut items: Vec<(u32, BoundingBox)> =
            items.filter(|(_, b)| b[0] <= b[2] && b[1] <= b[3]).collect();
        if items.is_empty() {
            return Self::default();
        }
        // Sort-tile-recursive: strips by x, within them by y.
        let middle = |b: &BoundingBox, axis: usize| b[axis] + b[axis + 2];
        items.sort_by(|(m, a), (n, b)| middle(a, 0).total_cmp(&middle(b, 0)).then(m.cmp(n)));
        let nodes = items.len().div_ceil(NODE);
        let strip = (nodes as f64).sqrt().ceil() as usize * NODE;
        for strip in items.chunks_mut(strip) {
            strip.sort_by(|(m, a), (n, b)| middle(a, 1).total_cmp(&middle(b, 1)).then(m.cmp(n)));
        }
        let rows = items.iter().map(|&(row, _)| row).collect();
        let mut levels = vec![items.into_iter().map(|(_, bounds)| bounds).collect::<Vec<_>>()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            levels.push(level.chunks(NODE).map(around).collect());
        }
        Self { rows, levels }
    }

    /// Calls `found` for each row whose rectangle intersects `query`.
    pub(crate) fn query(&self, query: &BoundingBox, mut found: impl FnMut(u32)) {
        let Some(top) = self.levels.len().checked_sub(1) else { return };
        let mut waiting = vec![(top, 0)];
        while let Some((level, node)) = waiting.pop() {
            if !self.levels[level].get(node).is_some_and(|bounds| meet(bounds, query)) {
                continue;
            }
            match level.checked_sub(1) {
                None => found(self.rows[node]),
                Some(below) => {
                    let end = ((node + 1) * NODE).min(self.levels[below].len());
                    waiting.extend((node * NODE..end).map(|child| (below, child)));
                }
            }
        }
    }

    /// The nearest row and its distance; the smallest row number of equally near ones.
    /// `distance` returns a row's distance if that is at most its second argument; a
    /// distance must be no less than that of the rectangles.
    pub(crate) fn nearest(
        &self,
        to: &BoundingBox,
        mut distance: impl FnMut(u32, f64) -> Option<f64>,
    ) -> Option<(u32, f64)> {
        let top = self.levels.len().checked_sub(1)?;
        let mut waiting = BinaryHeap::from([Waiting { apart: 0.0, level: top, node: 0 }]);
        let mut best: Option<(u32, f64)> = None;
        while let Some(next) = waiting.pop() {
            let limit = best.map_or(f64::INFINITY, |(_, distance)| distance);
            if next.apart > limit {
                break;
            }
            let Some(below) = next.level.checked_sub(1) else {
                let row = self.rows[next.node];
                if let Some(found) = distance(row, limit)
                    && best.is_none_or(|(known, shortest)| {
                        found < shortest || found == shortest && row < known
                    })
                {
                    best = Some((row, found));
                }
                continue;
            };
            let end = ((next.node + 1) * NODE).min(self.levels[below].len());
            for node in next.node * NODE..end {
                let apart = apart(&self.levels[below][node], to);
                if apart <= limit {
                    waiting.push(Waiting { apart, level: below, node });
                }
            }
        }
        best
    }

    /// The rectangle around all rows; `None` if there are none.
    pub(crate) fn bounds(&self) -> Option<BoundingBox> {
        self.levels.last().and_then(|root| root.first()).copied()
    }
}

fn around(children: &[BoundingBox]) -> BoundingBox {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    children
        .iter()
        .fold(none, |a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

fn meet(a: &BoundingBox, b: &BoundingBox) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// Distance between two rectangles; 0 if they intersect.
pub(crate) fn apart(a: &BoundingBox, b: &BoundingBox) -> f64 {
    let x = (a[0] - b[2]).max(b[0] - a[2]).max(0.0);
    let y = (a[1] - b[3]).max(b[1] - a[3]).max(0.0);
    x.hypot(y)
}

/// A node or row in the queue of a search, ordered by distance.
#[derive(PartialEq)]
struct Waiting {
    apart: f64,
    level: usize,
    node: usize,
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        other.apart.total_cmp(&self.apart).then(other.node.cmp(&self.node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn queries_find_the_rows_that_a_scan_finds(
            boxes in prop::collection::vec((0.0..100.0, 0.0..100.0, 0.0..9.0, 0.0..9.0), 0..300),
            at in (0.0..100.0, 0.0..100.0, 0.0..30.0, 0.0..30.0),
        ) {
            let bounds = |(x, y, w, h): (f64, f64, f64, f64)| [x, y, x + w, y + h];
            let boxes: Vec<BoundingBox> = boxes.into_iter().map(bounds).collect();
            let query = bounds(at);
            let tree = BoxTree::new((0..).zip(boxes.iter().copied()));
            let mut found = Vec::new();
            tree.query(&query, |row| found.push(row));
            found.sort_unstable();
            let expected: Vec<u32> =
                (0..).zip(&boxes).filter(|(_, b)| meet(b, &query)).map(|(row, _)| row).collect();
            prop_assert_eq!(found, expected);
            let near = tree.nearest(&query, |row, _| Some(apart(&boxes[row as usize], &query)));
            let scan = (0..).zip(boxes.iter().map(|b| apart(b, &query)));
            let nearest = scan.reduce(|a: (u32, f64), b| if b.1 < a.1 { b } else { a });
            prop_assert_eq!(near, nearest);
        }
    }
}
