//! A packed Hilbert R-tree over rows in Hilbert order.
//!
//! As the rows themselves are sorted, a node is the bounding rectangle of [`NODE_SIZE`]
//! consecutive rows (or nodes) and nothing else: no row numbers are stored, and a query
//! returns contiguous ranges of rows.

use data_model::tile::{WorldPoint, WorldRect};

/// Rows or nodes under one node.
const NODE_SIZE: usize = 16;

/// The index of a table: rectangles only, immutable.
#[derive(Debug, Default)]
pub struct HilbertIndex {
    rows: usize,
    /// Rectangles by level: `levels[0]` those of the lowest nodes, the last level the
    /// root's.
    levels: Vec<Vec<WorldRect>>,
}

/// A range of consecutive rows, found by a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    /// The first row.
    pub start: u32,
    /// One past the last row.
    pub end: u32,
    /// Whether all rows lie inside the query; otherwise some may lie outside.
    pub inside: bool,
}

impl HilbertIndex {
    /// Builds the index of `rows` rows from their rectangles.
    pub(super) fn new(rows: usize, rect: impl Fn(usize) -> WorldRect) -> Self {
        let mut levels: Vec<Vec<WorldRect>> = Vec::new();
        if rows == 0 {
            return Self { rows, levels };
        }
        let around = |range: std::ops::Range<usize>, child: &dyn Fn(usize) -> WorldRect| {
            range.fold(WorldRect::EMPTY, |mut sum, i| {
                sum.union(&child(i));
                sum
            })
        };
        let mut below = rows;
        loop {
            let count = below.div_ceil(NODE_SIZE);
            let level = (0..count)
                .map(|node| {
                    let children = node * NODE_SIZE..below.min((node + 1) * NODE_SIZE);
                    match levels.last() {
                        None => around(children, &rect),
                        Some(level) => around(children, &|i| level[i]),
                    }
                })
                .collect();
            levels.push(level);
            if count == 1 {
                return Self { rows, levels };
            }
            below = count;
        }
    }

    /// The bounding rectangle of all rows; `None` if there are none.
    #[must_use]
    pub fn bounds(&self) -> Option<WorldRect> {
        self.levels.last().map(|root| root[0])
    }

    /// Finds the rows whose rectangles may intersect `query`, in row order.
    ///
    /// Every row that intersects is found; a range that is not
    /// [`inside`](RowRange::inside) may contain others too. `found` is cleared first and
    /// is the only memory used.
    pub fn query(&self, query: &WorldRect, found: &mut Vec<RowRange>) {
        found.clear();
        if !self.levels.is_empty() {
            self.descend(self.levels.len() - 1, 0, query, found);
        }
    }

    /// Visits a node and its children. The depth is the number of levels, 8 for 2³² rows.
    fn descend(&self, level: usize, node: usize, query: &WorldRect, found: &mut Vec<RowRange>) {
        let rect = &self.levels[level][node];
        if !query.intersects(rect) {
            return;
        }
        let inside = query.contains(rect);
        if inside || level == 0 {
            let width = NODE_SIZE.pow(level as u32 + 1);
            let start = (node * width) as u32;
            let end = ((node + 1) * width).min(self.rows) as u32;
            match found.last_mut() {
                Some(last) if last.end == start && last.inside == inside => last.end = end,
                _ => found.push(RowRange { start, end, inside }),
            }
            return;
        }
        let children = &self.levels[level - 1];
        for child in node * NODE_SIZE..children.len().min((node + 1) * NODE_SIZE) {
            self.descend(level - 1, child, query, found);
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.levels.iter().map(|level| level.capacity() * 16).sum()
    }
}

/// The position of a point along the Hilbert curve of order 32.
///
/// Points that are close along the curve are close on the map.
#[must_use]
pub fn hilbert(point: WorldPoint) -> u64 {
    let (mut x, mut y) = (point.x, point.y);
    let mut position = 0u64;
    let mut side = 1u32 << 31;
    while side > 0 {
        let right = x & side != 0;
        let below = y & side != 0;
        let quadrant = (u64::from(right) * 3) ^ u64::from(below);
        position = position << 2 | quadrant;
        // Turn the quadrant so that the curve enters and leaves where it must.
        if !below {
            if right {
                x = !x;
                y = !y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        side >>= 1;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_curve_visits_neighbours_one_after_the_other() {
        // All cells of a 16 x 16 grid, in curve order, are one step apart.
        let mut cells: Vec<(u32, u32)> = (0..256).map(|i| (i % 16, i / 16)).collect();
        cells.sort_by_key(|&(x, y)| hilbert(WorldPoint { x: x << 28, y: y << 28 }));
        for pair in cells.windows(2) {
            let distance = pair[0].0.abs_diff(pair[1].0) + pair[0].1.abs_diff(pair[1].1);
            assert_eq!(distance, 1, "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn a_query_finds_what_a_scan_finds(
            points in prop::collection::vec((0u32..1000, 0u32..1000), 0..400),
            a in (0u32..1000, 0u32..1000), b in (0u32..1000, 0u32..1000),
        ) {
            let mut points: Vec<_> = points.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
            points.sort_by_key(|&point| hilbert(point));
            let rect = |i: usize| WorldRect { min: points[i], max: points[i] };
            let index = HilbertIndex::new(points.len(), rect);
            let query = WorldRect {
                min: WorldPoint { x: a.0.min(b.0), y: a.1.min(b.1) },
                max: WorldPoint { x: a.0.max(b.0), y: a.1.max(b.1) },
            };
            let mut found = Vec::new();
            index.query(&query, &mut found);
            let mut rows = Vec::new();
            for range in &found {
                for row in range.start..range.end {
                    let hit = query.contains(&rect(row as usize));
                    prop_assert!(hit || !range.inside);
                    if hit {
                        rows.push(row as usize);
                    }
                }
            }
            let expected: Vec<usize> =
                (0..points.len()).filter(|&i| query.contains(&rect(i))).collect();
            prop_assert_eq!(rows, expected);
        }
    }
}
