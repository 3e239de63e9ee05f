//! Clusters of points, from the deepest zoom to the shallowest.
//!
//! The points of a zoom are the clusters of the next deeper one. In row order each point that is
//! in no cluster yet gathers those within the radius that are in none either; two or more are a
//! cluster, at the mean position of all rows in it. Supercluster works the same way.

use std::sync::OnceLock;

use super::cells::world_units;
use super::groups::{GroupForm, RowGroup};
use crate::features::{FeatureTable, RowGeometries};
use data_model::Zoom;
use data_model::tile::WorldPoint;
use data_model::tiling::PointClustering;

/// Clusters of a table's points at every zoom below a rule's, each found when first needed.
#[derive(Debug)]
pub struct ClusterHierarchy {
    rule: Option<PointClustering>,
    rows: Vec<ClusterNode>,
    /// Levels by zoom, from 0 to the last that the rule holds at.
    levels: Vec<OnceLock<ClusterLevel>>,
}

/// Points and clusters of one zoom.
#[derive(Debug)]
struct ClusterLevel {
    nodes: Vec<ClusterNode>,
    /// Node of each node of the next deeper zoom, or of each row.
    parents: Vec<u32>,
}

/// One point or cluster.
#[derive(Debug, Clone, Copy)]
struct ClusterNode {
    /// Sums of the rows' coordinates.
    sums: [u64; 2],
    /// Number of rows; below 2³¹.
    count: u32,
}

impl ClusterNode {
    /// Mean position of the rows, rounded down.
    fn position(&self) -> WorldPoint {
        let [x, y] = self.sums.map(|sum| (sum / u64::from(self.count.max(1))) as u32);
        WorldPoint { x, y }
    }
}

impl ClusterHierarchy {
    /// Prepares the clusters of `table`'s points; of several points of one row the first counts.
    #[must_use]
    pub fn new(table: &FeatureTable, rule: &PointClustering) -> Self {
        let node =
            |point: WorldPoint| ClusterNode { sums: [point.x.into(), point.y.into()], count: 1 };
        let first = |row: usize| {
            let RowGeometries::Parts(shapes) = table.shapes() else { return WorldPoint::default() };
            shapes.parts(row).find_map(|part| part.points.first().copied()).unwrap_or_default()
        };
        let rows = match table.shapes() {
            RowGeometries::Points(points) => points.iter().copied().map(node).collect(),
            RowGeometries::Parts(shapes) => {
                (0..shapes.kinds.len()).map(|row| node(first(row))).collect()
            }
        };
        let levels = (0..rule.below_zoom.get()).map(|_| OnceLock::new()).collect();
        Self { rule: Some(rule.clone()), rows, levels }
    }

    /// No clusters, for rules of other kinds.
    #[must_use]
    pub const fn none() -> Self {
        Self { rule: None, rows: Vec::new(), levels: Vec::new() }
    }

    /// Bytes of memory held, without allocator overhead.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let node = size_of::<ClusterNode>();
        let level = |level: &ClusterLevel| level.nodes.len() * node + level.parents.len() * 4;
        let levels: usize = self.levels.iter().filter_map(OnceLock::get).map(level).sum();
        self.rows.len() * node + levels
    }

    fn level(&self, zoom: usize) -> Option<&ClusterLevel> {
        let rule = self.rule.as_ref()?;
        // From the deepest zoom on, so that no level waits for another within its own making.
        for at in (zoom..self.levels.len()).rev() {
            let deeper = self.levels.get(at + 1).and_then(OnceLock::get);
            let nodes = deeper.map_or(&self.rows, |level| &level.nodes);
            let zoom = Zoom::new(at as u8).unwrap_or(Zoom::MAX);
            self.levels[at].get_or_init(|| cluster(nodes, world_units(rule.radius_px, zoom)));
        }
        self.levels.get(zoom).and_then(OnceLock::get)
    }

    /// The rows by cluster at `zoom`; single points are groups of one.
    pub(super) fn groups(&self, zoom: Zoom) -> Vec<RowGroup> {
        let zoom = usize::from(zoom.get());
        let Some(level) = self.level(zoom) else { return Vec::new() };
        let mut of_row: Vec<u32> = (0..self.rows.len() as u32).collect();
        for deeper in self.levels[zoom..].iter().rev().filter_map(OnceLock::get) {
            for node in &mut of_row {
                *node = deeper.parents[*node as usize];
            }
        }
        let mut groups: Vec<RowGroup> = level
            .nodes
            .iter()
            .map(|node| RowGroup {
                rows: Vec::with_capacity(node.count as usize),
                form: GroupForm::Cluster(node.position()),
            })
            .collect();
        for (row, &node) in of_row.iter().enumerate() {
            groups[node as usize].rows.push(row as u32);
        }
        for group in &mut groups {
            if let [only] = group.rows[..] {
                group.form = GroupForm::Row(only);
            }
        }
        groups
    }
}

/// Nodes by square cells as wide as the radius, so that neighbours lie in adjacent cells.
struct CellIndex {
    /// Cell and node, ascending: all nodes of a row of cells follow one another.
    cells: Vec<(u64, u32)>,
    side: u64,
}

impl CellIndex {
    fn new(positions: &[WorldPoint], side: u64) -> Self {
        let mut cells: Vec<(u64, u32)> = positions
            .iter()
            .enumerate()
            .map(|(node, point)| (Self::key(Self::cell(*point, side)), node as u32))
            .collect();
        cells.sort_unstable();
        Self { cells, side }
    }

    const fn cell(point: WorldPoint, side: u64) -> [u64; 2] {
        [point.x as u64 / side, point.y as u64 / side]
    }

    const fn key([column, row]: [u64; 2]) -> u64 {
        (row << 32) | column
    }

    /// Calls `visit` with each node in the nine cells around a point.
    fn around(&self, point: WorldPoint, mut visit: impl FnMut(u32)) {
        let [column, row] = Self::cell(point, self.side);
        for row in row.saturating_sub(1)..=row + 1 {
            let first = Self::key([column.saturating_sub(1), row]);
            let last = Self::key([column + 1, row]);
            let start = self.cells.partition_point(|&(cell, _)| cell < first);
            for &(_, node) in self.cells[start..].iter().take_while(|&&(cell, _)| cell <= last) {
                visit(node);
            }
        }
    }
}

const NO_PARENT: u32 = u32::MAX;

fn cluster(nodes: &[ClusterNode], radius: u64) -> ClusterLevel {
    let positions: Vec<WorldPoint> = nodes.iter().map(ClusterNode::position).collect();
    let index = CellIndex::new(&positions, radius);
    let reach = u128::from(radius) * u128::from(radius);
    let is_near = |a: WorldPoint, b: WorldPoint| {
        let [dx, dy] = [a.x.abs_diff(b.x), a.y.abs_diff(b.y)].map(u128::from);
        dx * dx + dy * dy <= reach
    };
    let mut parents = vec![NO_PARENT; nodes.len()];
    let mut level = Vec::new();
    for (node, &own) in nodes.iter().enumerate() {
        if parents[node] != NO_PARENT {
            continue;
        }
        let parent = level.len() as u32;
        let mut sum = ClusterNode { sums: [0, 0], count: 0 };
        index.around(positions[node], |other| {
            let other = other as usize;
            if parents[other] == NO_PARENT && is_near(positions[node], positions[other]) {
                parents[other] = parent;
                let ClusterNode { sums: [x, y], count } = nodes[other];
                sum = ClusterNode {
                    sums: [sum.sums[0] + x, sum.sums[1] + y],
                    count: sum.count + count,
                };
            }
        });
        debug_assert!(sum.count >= own.count);
        level.push(sum);
    }
    ClusterLevel { nodes: level, parents }
}
