//! Origin–destination table whose row and column sums are known.
//!
//! Suppressed cells are edges between the row and the column that they stand in. A cell
//! follows from the sums exactly if its edge is a bridge: if no cycle of suppressed edges
//! contains it. The sums are cells of one more row and column, so that a small sum is
//! suppressed like a small cell.

use std::collections::HashMap;

/// Cells of a table of places by places, and their sums.
#[derive(Debug)]
pub(super) struct FlowTable {
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
pub(super) struct SuppressedMargins {
    pub(super) from: Vec<bool>,
    pub(super) to: Vec<bool>,
}

/// The cheapest path found so far.
struct Cheapest {
    cost: f64,
    path: Option<[u32; 3]>,
}

impl Default for Cheapest {
    fn default() -> Self {
        Self { cost: f64::INFINITY, path: None }
    }
}

/// Pairs of edges that are examined for each edge at the ends of a bridge.
const LOOKS: usize = 64;

/// Costs of suppressing a zero and a sum: more than any number of movements.
const OF_NOTHING: f64 = 1e12;
const OF_A_SUM: f64 = 1e15;

impl FlowTable {
    /// Builds the table of these pairs of places; each pair occurs once.
    pub(super) fn new(ends: &[[u32; 2]], places: usize) -> Self {
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
    pub(super) fn small_sums(&self, measures: &[f64], least: u32) -> SuppressedMargins {
        let mut sums = vec![0.0; 2 * self.places];
        for (&[from, to], measure) in self.edges.iter().zip(measures) {
            if *measure > 0.0 {
                sums[from as usize] += measure;
                sums[to as usize] += measure;
            }
        }
        let small = |sum: &f64| *sum > 0.0 && *sum < f64::from(least);
        let (from, to) = sums.split_at(self.places);
        SuppressedMargins {
            from: from.iter().map(small).collect(),
            to: to.iter().map(small).collect(),
        }
    }

    /// Suppresses more until no cell follows from the sums; returns whether any was
    /// added.
    pub(super) fn protect(
        &self,
        held: &mut [bool],
        sums: &mut SuppressedMargins,
        measures: &[f64],
    ) -> bool {
        let mut kept: Vec<bool> = held.iter().chain(&sums.from).chain(&sums.to).copied().collect();
        let mut more = false;
        loop {
            let bridges = self.bridges(&kept);
            let mut changed = false;
            for bridge in bridges {
                let Some(path) = self.around_bridge(bridge, &kept, measures) else { continue };
                for edge in path {
                    changed |= !std::mem::replace(&mut kept[edge as usize], true);
                }
            }
            if !changed {
                break;
            }
            more = true;
        }
        held.copy_from_slice(&kept[..self.cells]);
        let (from, to) = kept[self.cells..].split_at(self.places);
        *sums = SuppressedMargins { from: from.to_vec(), to: to.to_vec() };
        more
    }

    /// The bridges: suppressed edges that no cycle of suppressed edges contains.
    fn bridges(&self, kept: &[bool]) -> Vec<u32> {
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
            // Vertex, the edge to it, and how many of its edges were looked at.
            let mut way: Vec<(usize, Option<u32>, usize)> = vec![(start, None, 0)];
            while let Some((vertex, through, next)) = way.last_mut() {
                let (vertex, through) = (*vertex, *through);
                if let Some(&edge) = self.around[vertex].get(*next) {
                    *next += 1;
                    if !kept[edge as usize] || through == Some(edge) {
                        continue;
                    }
                    let other = self.other(edge, vertex);
                    if reached[other] == 0 {
                        time += 1;
                        (reached[other], earliest[other]) = (time, time);
                        way.push((other, Some(edge), 0));
                    } else {
                        earliest[vertex] = earliest[vertex].min(reached[other]);
                    }
                    continue;
                }
                way.pop();
                if let (Some(edge), Some(&(before, ..))) = (through, way.last()) {
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
    fn cost(&self, edge: u32, kept: &[bool], measures: &[f64]) -> Option<f64> {
        let at = edge as usize;
        match measures.get(at) {
            _ if kept[at] => Some(0.0),
            None => Some(OF_A_SUM),
            Some(measure) if *measure > 0.0 => Some(measure.min(OF_NOTHING)),
            Some(measure) => (*measure == 0.0).then_some(OF_NOTHING),
        }
    }

    /// The cheapest path of three edges from one end of a bridge to the other, else any
    /// path.
    ///
    /// Paths through sums come first, one for each edge at an end; then those through
    /// cells, the cheap ones first and no more than [`LOOKS`] for each edge at an end.
    fn around_bridge(&self, bridge: u32, kept: &[bool], measures: &[f64]) -> Option<Vec<u32>> {
        let [row, column] = self.edges[bridge as usize];
        let [firsts, lasts] = [row, column].map(|end| self.by_cost(end, bridge, kept, measures));
        let mut best = Cheapest::default();
        let is_sum = |&&(_, edge): &&(f64, u32)| edge as usize >= self.cells;
        for first in firsts.iter().filter(is_sum).take(1) {
            lasts.iter().for_each(|last| self.through(first, last, kept, measures, &mut best));
        }
        for last in lasts.iter().filter(is_sum).take(1) {
            firsts.iter().for_each(|first| self.through(first, last, kept, measures, &mut best));
        }
        let mut looks = LOOKS * (firsts.len() + lasts.len());
        for first in &firsts {
            for last in &lasts {
                if looks == 0 || first.0 + last.0 > best.cost {
                    break;
                }
                looks -= 1;
                self.through(first, last, kept, measures, &mut best);
            }
        }
        best.path.map(|path| path.to_vec()).or_else(|| self.detour(bridge, kept, measures))
    }

    /// The edges at a vertex without `but`, the cheapest first.
    fn by_cost(&self, at: u32, but: u32, kept: &[bool], measures: &[f64]) -> Vec<(f64, u32)> {
        let others = self.around[at as usize].iter().filter(|&&edge| edge != but);
        let mut edges: Vec<(f64, u32)> =
            others.filter_map(|&edge| Some((self.cost(edge, kept, measures)?, edge))).collect();
        edges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        edges
    }

    /// Replaces the best path by that through these two edges if it is cheaper.
    fn through(
        &self,
        &(start, first): &(f64, u32),
        &(end, last): &(f64, u32),
        kept: &[bool],
        measures: &[f64],
        best: &mut Cheapest,
    ) {
        let (over, up) = (self.edges[first as usize][1], self.edges[last as usize][0]);
        let middle = self.by_ends.get(&[up, over]).copied();
        let Some((middle, between)) =
            middle.and_then(|edge| Some((edge, self.cost(edge, kept, measures)?)))
        else {
            return;
        };
        let cost = start + between + end;
        let earlier = |[a, _, b]: [u32; 3]| (first, last) < (a, b);
        if cost < best.cost || cost == best.cost && best.path.is_none_or(earlier) {
            *best = Cheapest { cost, path: Some([first, middle, last]) };
        }
    }

    /// A path of the fewest edges from one end of a bridge to the other.
    fn detour(&self, bridge: u32, kept: &[bool], measures: &[f64]) -> Option<Vec<u32>> {
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
                    if self.cost(edge, kept, measures).is_some() {
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The cost of the cheapest three edges around a bridge, by exhaustive search.
    fn cheapest(table: &FlowTable, bridge: u32, kept: &[bool], measures: &[f64]) -> Option<f64> {
        let [row, column] = table.edges[bridge as usize];
        let costs = table.around[row as usize].iter().flat_map(|&first| {
            table.around[column as usize].iter().filter_map(move |&last| {
                let ends = [table.edges[last as usize][0], table.edges[first as usize][1]];
                let middle = *table.by_ends.get(&ends)?;
                let edges = [first, middle, last];
                let cost = |edge: &u32| table.cost(*edge, kept, measures);
                let costs: Option<Vec<f64>> = edges.iter().map(cost).collect();
                costs.filter(|_| !edges.contains(&bridge)).map(|costs| costs.iter().sum())
            })
        });
        costs.min_by(f64::total_cmp)
    }

    proptest! {
        #[test]
        fn the_way_around_a_bridge_is_as_cheap_as_if_all_pairs_were_looked_at(
            cells in prop::collection::vec((0u32..4, 0u32..30, any::<bool>()), 64..65),
            bridge in 0usize..64,
        ) {
            let found: Vec<_> = cells.iter().enumerate().filter(|(_, (gap, ..))| *gap > 0).collect();
            let ends: Vec<[u32; 2]> =
                found.iter().map(|(at, _)| [*at as u32 / 8, *at as u32 % 8]).collect();
            let measures: Vec<f64> = found.iter().map(|(_, cell)| f64::from(cell.1)).collect();
            prop_assume!(!ends.is_empty());
            let table = FlowTable::new(&ends, 8);
            let mut kept: Vec<bool> = found.iter().map(|(_, cell)| cell.2).collect();
            kept.resize(table.edges.len(), false);
            let bridge = (bridge % ends.len()) as u32;
            let path = table.around_bridge(bridge, &kept, &measures).unwrap();
            let cost = |edges: &[u32]| -> f64 {
                edges.iter().filter_map(|&edge| table.cost(edge, &kept, &measures)).sum()
            };
            match cheapest(&table, bridge, &kept, &measures) {
                Some(least) => prop_assert_eq!((path.len(), cost(&path)), (3, least)),
                None => prop_assert!(path.len() > 3),
            }
        }
    }

    /// Two places have movements with 3,000 others each: nine million pairs of edges.
    #[test]
    fn two_places_of_very_many_flows_are_looked_at_a_few_times_for_each_flow() {
        let places = 3000;
        let mut ends: Vec<[u32; 2]> = (1..places).map(|to| [0, to]).collect();
        ends.extend((2..places).map(|from| [from, 1]));
        ends.sort_unstable();
        let measures = vec![9.0; ends.len()];
        let table = FlowTable::new(&ends, places as usize);
        let bridge = ends.iter().position(|ends| *ends == [0, 1]).unwrap();
        let mut held = vec![false; ends.len()];
        held[bridge] = true;
        let none = || vec![false; places as usize];
        let mut sums = SuppressedMargins { from: none(), to: none() };
        assert!(table.protect(&mut held, &mut sums, &measures));
        let kept: Vec<bool> = held.iter().chain(&sums.from).chain(&sums.to).copied().collect();
        assert_eq!(table.bridges(&kept), [] as [u32; 0]);
        assert!(held.iter().filter(|held| **held).count() <= 3, "no more than a circle");
    }
}
