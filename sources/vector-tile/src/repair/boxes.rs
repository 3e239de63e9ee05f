//! A packed tree of boxes, for intersection queries.

use crate::features::index::hilbert;
use data_model::tile::WorldPoint;

/// West, south, east, north.
pub(super) type BoundingBox = [f64; 4];

/// Boxes or nodes under one node.
const NODE: usize = 8;

/// The empty box.
pub(super) const EMPTY: BoundingBox =
    [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

pub(super) fn meets(a: BoundingBox, b: BoundingBox) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

pub(super) fn union(a: BoundingBox, b: BoundingBox) -> BoundingBox {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The bounding box of two positions.
pub(super) fn between([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> BoundingBox {
    [ax.min(bx), ay.min(by), ax.max(bx), ay.max(by)]
}

/// An index of boxes, by their numbers in the input.
pub(super) struct BoxIndex {
    /// Box numbers along the Hilbert curve.
    order: Vec<u32>,
    /// Boxes by level: `levels[0]` those of the input, the last level one node.
    levels: Vec<Vec<BoundingBox>>,
}

impl BoxIndex {
    pub(super) fn new(boxes: &[BoundingBox]) -> Self {
        let [west, south, east, north] = boxes.iter().copied().fold(EMPTY, union);
        let scale = |low: f64, high: f64| {
            if high > low { f64::from(u32::MAX) / (high - low) } else { 0.0 }
        };
        let (across, up) = (scale(west, east), scale(south, north));
        let mut order: Vec<(u64, u32)> = boxes
            .iter()
            .enumerate()
            .map(|(number, of)| {
                // A cast of what lies beyond stays at the edge.
                let x = ((of[0] + of[2]) / 2.0 - west) * across;
                let y = ((of[1] + of[3]) / 2.0 - south) * up;
                (hilbert(WorldPoint { x: x as u32, y: y as u32 }), number as u32)
            })
            .collect();
        order.sort_unstable();
        let order: Vec<u32> = order.into_iter().map(|(_, number)| number).collect();
        let mut levels = vec![order.iter().map(|&at| boxes[at as usize]).collect::<Vec<_>>()];
        while levels.last().is_some_and(|level| level.len() > 1) {
            let below = levels.last().map_or(&[][..], |level| level);
            let level =
                below.chunks(NODE).map(|nodes| nodes.iter().copied().fold(EMPTY, union)).collect();
            levels.push(level);
        }
        Self { order, levels }
    }

    /// Calls `visit` with the number of every box that intersects `query`.
    pub(super) fn query(&self, query: BoundingBox, visit: &mut dyn FnMut(usize)) {
        if !self.order.is_empty() {
            self.descend(self.levels.len() - 1, 0, query, visit);
        }
    }

    /// Visits a node and its children. The depth is the number of levels, 11 for 2³²
    /// boxes.
    fn descend(&self, level: usize, node: usize, query: BoundingBox, visit: &mut dyn FnMut(usize)) {
        if !meets(self.levels[level][node], query) {
            return;
        }
        if level == 0 {
            visit(self.order[node] as usize);
            return;
        }
        let last = self.levels[level - 1].len().min((node + 1) * NODE);
        for child in node * NODE..last {
            self.descend(level - 1, child, query, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_query_finds_what_a_scan_finds(
            corners in prop::collection::vec((-50i32..50, -50i32..50, 0i32..9, 0i32..9), 0..200),
            at in (-60i32..60, -60i32..60, 0i32..30, 0i32..30),
        ) {
            let make = |&(x, y, w, h): &(i32, i32, i32, i32)| {
                [f64::from(x), f64::from(y), f64::from(x + w), f64::from(y + h)]
            };
            let boxes: Vec<BoundingBox> = corners.iter().map(make).collect();
            let query = make(&at);
            let mut found = Vec::new();
            BoxIndex::new(&boxes).query(query, &mut |number| found.push(number));
            found.sort_unstable();
            let expected: Vec<usize> =
                (0..boxes.len()).filter(|&number| meets(boxes[number], query)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
