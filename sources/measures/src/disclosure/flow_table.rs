//! Origin–destination table whose row and column sums are known.
//!
//! Suppressed cells are edges between their row and their column. A cell follows from the
//! sums exactly if its edge is a bridge: if no cycle of suppressed edges contains it. The
//! sums are cells of one more row and column, so that a small sum is suppressed like a
//! small cell.

use std::collections::HashMap;

/// Cells of a table of places by places, and their sums.
#[derive(Debug)]
pub(crate) struct FlowTable {
    /// Ends of each edge: cells first, then row sums, then column sums.
    edges: Vec<[u32; 2]>,
    cells: usize,
    places: usize,
    /// Edges at each row, each column, the row of sums and the column of sums.
    around: Vec<Vec<u32>>,
    by_ends: HashMap<[u32; 2], u32>,
}

/// Row sums and column sums that are suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuppressedMargins {
    pub(crate) from: Vec<bool>,
    pub(crate) to: Vec<bool>,
}

/// A step of a depth-first search.
#[derive(Clone, Copy)]
struct PathStep {
    vertex: usize,
    /// Edge that led to the vertex; `None` at the start.
    through: Option<u32>,
    /// Number of edges of the vertex that were visited.
    visited: usize,
}

/// An edge at an end of a bridge, and the cost of suppressing it.
#[derive(Clone, Copy)]
struct CostedEdge {
    cost: f64,
    edge: u32,
}

/// The cheapest path found so far.
struct CheapestPath {
    cost: f64,
    path: Option<[u32; 3]>,
}

impl Default for CheapestPath {
    fn default() -> Self {
        Self { cost: f64::INFINITY, path: None }
    }
}

/// Pairs of edges that are examined for each edge at the ends of a bridge.
const MOST_PATHS: usize = 64;

/// Costs of suppressing a zero and a sum: more than any number of movements.
const COST_OF_ZERO: f64 = 1e12;
const COST_OF_SUM: f64 = 1e15;

impl FlowTable {
    /// Builds the table of these pairs of places; each pair occurs once.
    pub(crate) fn new(ends: &[[u32; 2]], places: usize) -> Self {
        let columns = places as u32;
        let (sum_row, sum_column) = (2 * columns, 2 * columns + 1);
        let mut edges: Vec<[u32; 2]> =
            ends.iter().map(|&[from, to]| [from, columns + to]).collect();
        edges.extend((0..columns).map(|row| [row, sum_column]));
        edges.extend((0..columns).map(|column| [sum_row, columns + column]));
        let mut around = vec![Vec::new(); 2 * places + 2];
        for (edge, ends) in (0..).zip(&edges) {
            ends.iter().for_each(|&end| around[end as usize].push(edge));
        }
        let by_ends = (0..).zip(&edges).map(|(edge, &ends)| (ends, edge)).collect();
        Self { edges, cells: ends.len(), places, around, by_ends }
    }

    /// The sums that are small.
    pub(crate) fn small_sums(&self, movements: &[f64], threshold: u32) -> SuppressedMargins {
        let mut sums = vec![0.0; 2 * self.places];
        for (&[from, to], moved) in self.edges.iter().zip(movements) {
            if *moved > 0.0 {
                sums[from as usize] += moved;
                sums[to as usize] += moved;
            }
        }
        let small = |sum: &f64| *sum > 0.0 && *sum < f64::from(threshold);
        let (from, to) = sums.split_at(self.places);
        SuppressedMargins {
            from: from.iter().map(small).collect(),
            to: to.iter().map(small).collect(),
        }
    }

    /// Secondary suppression: suppresses more until no cell follows from the sums; returns
    /// whether any was added.
    pub(crate) fn suppress_secondary(
        &self,
        suppressed_cells: &mut [bool],
        sums: &mut SuppressedMargins,
        movements: &[f64],
    ) -> bool {
        let mut suppressed: Vec<bool> =
            suppressed_cells.iter().chain(&sums.from).chain(&sums.to).copied().collect();
        let mut more = false;
        loop {
            let bridges = self.bridges(&suppressed);
            let mut changed = false;
            for bridge in bridges {
                let Some(path) = self.detour_of_bridge(bridge, &suppressed, movements) else {
                    continue;
                };
                for edge in path {
                    changed |= !std::mem::replace(&mut suppressed[edge as usize], true);
                }
            }
            if !changed {
                break;
            }
            more = true;
        }
        suppressed_cells.copy_from_slice(&suppressed[..self.cells]);
        let (from, to) = suppressed[self.cells..].split_at(self.places);
        *sums = SuppressedMargins { from: from.to_vec(), to: to.to_vec() };
        more
    }

    /// The bridges: suppressed edges that no cycle of suppressed edges contains.
    fn bridges(&self, suppressed: &[bool]) -> Vec<u32> {
        // The time at which each vertex was reached, and the earliest that is reached from
        // there without the edge that led to it.
        let mut reached = vec![0u32; self.around.len()];
        let mut earliest = vec![0u32; self.around.len()];
        let (mut time, mut bridges) = (0, Vec::new());
        for start in 0..self.around.len() {
            if reached[start] != 0 {
                continue;
            }
            time += 1;
            (reached[start], earliest[start]) = (time, time);
            let mut path = vec![PathStep { vertex: start, through: None, visited: 0 }];
            while let Some(step) = path.last_mut() {
                let PathStep { vertex, through, visited } = *step;
                if let Some(&edge) = self.around[vertex].get(visited) {
                    step.visited += 1;
                    if !suppressed[edge as usize] || through == Some(edge) {
                        continue;
                    }
                    let other = self.other(edge, vertex);
                    if reached[other] == 0 {
                        time += 1;
                        (reached[other], earliest[other]) = (time, time);
                        path.push(PathStep { vertex: other, through: Some(edge), visited: 0 });
                    } else {
                        earliest[vertex] = earliest[vertex].min(reached[other]);
                    }
                    continue;
                }
                path.pop();
                if let (Some(edge), Some(&PathStep { vertex: before, .. })) = (through, path.last())
                {
                    earliest[before] = earliest[before].min(earliest[vertex]);
                    if earliest[vertex] > reached[before] {
                        bridges.push(edge);
                    }
                }
            }
        }
        bridges
    }

    fn other(&self, edge: u32, vertex: usize) -> usize {
        let [a, b] = self.edges[edge as usize];
        if a as usize == vertex { b as usize } else { a as usize }
    }

    /// Cost of suppressing an edge; 0 if it is suppressed already. `None` if it has no
    /// number.
    fn cost(&self, edge: u32, suppressed: &[bool], movements: &[f64]) -> Option<f64> {
        let at = edge as usize;
        match movements.get(at) {
            _ if suppressed[at] => Some(0.0),
            None => Some(COST_OF_SUM),
            Some(moved) if *moved > 0.0 => Some(moved.min(COST_OF_ZERO)),
            Some(moved) => (*moved == 0.0).then_some(COST_OF_ZERO),
        }
    }

    /// The cheapest path of three edges from one end of a bridge to the other, else any
    /// path.
    ///
    /// Paths through sums come first, one for each edge at an end; then those through
    /// cells, the cheap ones first and no more than [`MOST_PATHS`] for each edge at an end.
    fn detour_of_bridge(
        &self,
        bridge: u32,
        suppressed: &[bool],
        movements: &[f64],
    ) -> Option<Vec<u32>> {
        let [row, column] = self.edges[bridge as usize];
        let [firsts, lasts] =
            [row, column].map(|end| self.edges_by_cost(end, bridge, suppressed, movements));
        let mut best = CheapestPath::default();
        let is_sum = |first: &&CostedEdge| first.edge as usize >= self.cells;
        for first in firsts.iter().filter(is_sum).take(1) {
            lasts
                .iter()
                .for_each(|last| self.try_path(first, last, suppressed, movements, &mut best));
        }
        for last in lasts.iter().filter(is_sum).take(1) {
            firsts
                .iter()
                .for_each(|first| self.try_path(first, last, suppressed, movements, &mut best));
        }
        let mut paths_left = MOST_PATHS * (firsts.len() + lasts.len());
        for first in &firsts {
            for last in &lasts {
                if paths_left == 0 || first.cost + last.cost > best.cost {
                    break;
                }
                paths_left -= 1;
                self.try_path(first, last, suppressed, movements, &mut best);
            }
        }
        best.path
            .map(|path| path.to_vec())
            .or_else(|| self.shortest_detour(bridge, suppressed, movements))
    }

    /// The edges at a vertex without `except`, the cheapest first.
    fn edges_by_cost(
        &self,
        at: u32,
        except: u32,
        suppressed: &[bool],
        movements: &[f64],
    ) -> Vec<CostedEdge> {
        let others = self.around[at as usize].iter().filter(|&&edge| edge != except);
        let mut edges: Vec<CostedEdge> = others
            .filter_map(|&edge| {
                Some(CostedEdge { cost: self.cost(edge, suppressed, movements)?, edge })
            })
            .collect();
        edges.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost).then(a.edge.cmp(&b.edge)));
        edges
    }

    /// Replaces the best path by that through these two edges if it is cheaper.
    fn try_path(
        &self,
        &CostedEdge { cost: start, edge: first }: &CostedEdge,
        &CostedEdge { cost: end, edge: last }: &CostedEdge,
        suppressed: &[bool],
        movements: &[f64],
        best: &mut CheapestPath,
    ) {
        let (over, up) = (self.edges[first as usize][1], self.edges[last as usize][0]);
        let middle = self.by_ends.get(&[up, over]).copied();
        let Some((middle, between)) =
            middle.and_then(|edge| Some((edge, self.cost(edge, suppressed, movements)?)))
        else {
            return;
        };
        let cost = start + between + end;
        let earlier = |[a, _, b]: [u32; 3]| (first, last) < (a, b);
        if cost < best.cost || cost == best.cost && best.path.is_none_or(earlier) {
            *best = CheapestPath { cost, path: Some([first, middle, last]) };
        }
    }

    /// A path of the fewest edges from one end of a bridge to the other.
    fn shortest_detour(
        &self,
        bridge: u32,
        suppressed: &[bool],
        movements: &[f64],
    ) -> Option<Vec<u32>> {
        let [row, column] = self.edges[bridge as usize].map(|end| end as usize);
        let mut through: Vec<Option<u32>> = vec![None; self.around.len()];
        let mut wave = vec![row];
        while !wave.is_empty() && through[column].is_none() {
            let mut next = Vec::new();
            for vertex in wave {
                for &edge in self.around[vertex].iter().filter(|&&edge| edge != bridge) {
                    let other = self.other(edge, vertex);
                    if other == row || through[other].is_some() {
                        continue;
                    }
                    if self.cost(edge, suppressed, movements).is_some() {
                        through[other] = Some(edge);
                        next.push(other);
                    }
                }
            }
            wave = next;
        }
        let (mut path, mut at) = (Vec::new(), column);
        while at != row {
            let edge = through[at]?;
            path.push(edge);
            at = self.other(edge, at);
        }
        Some(path)
    }
}

#[cfg(test)]
mod tests;
