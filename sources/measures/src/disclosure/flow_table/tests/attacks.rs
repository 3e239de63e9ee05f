//! Attacks on flow tables with the published cells and sums.

use proptest::prelude::*;

use crate::disclosure::flow_table::FlowTable;
use crate::disclosure::suppression::{PublicGroups, suppressed_cells, suppressed_margins};

const PRIME: u64 = 2_147_483_647;

/// A table: number of places, ends of its pairs, movements of each.
#[derive(Debug, Clone)]
struct Table {
    places: usize,
    ends: Vec<[u32; 2]>,
    movements: Vec<f64>,
}

impl Table {
    fn of(rows: &[&[u32]]) -> Self {
        let places = rows.len().max(rows[0].len());
        let cells = rows.iter().enumerate().flat_map(|(from, row)| {
            row.iter()
                .enumerate()
                .map(move |(to, &movements)| ([from as u32, to as u32], movements))
        });
        let found: Vec<_> = cells.filter(|(_, movements)| *movements > 0).collect();
        let (ends, movements) = found.into_iter().map(|(e, m)| (e, f64::from(m))).unzip();
        Self { places, ends, movements }
    }
}

/// The cells that follow from all published numbers: visible cells, visible sums of rows
/// and columns, and the total.
///
/// Each cell and each sum is an unknown; each visible one is an equation, and so is each
/// row and column. An unknown with a unique solution is disclosed.
fn determined(table: &Table, suppressed: &[bool], from: &[bool], to: &[bool]) -> Vec<usize> {
    let (cells, places) = (table.ends.len(), table.places);
    let count = cells + 2 * places;
    let mut equations: Vec<Vec<u64>> = Vec::new();
    let shown =
        suppressed.iter().chain(from).chain(to).enumerate().filter(|(_, suppressed)| !**suppressed);
    for (unknown, _) in shown {
        let mut equation = vec![0; count];
        equation[unknown] = 1;
        equations.push(equation);
    }
    for place in 0..places {
        for end in 0..2 {
            let mut equation = vec![0; count];
            let members = table.ends.iter().enumerate();
            members.filter(|(_, ends)| ends[end] as usize == place).for_each(|(cell, _)| {
                equation[cell] = 1;
            });
            equation[cells + end * places + place] = PRIME - 1;
            equations.push(equation);
        }
    }
    for end in 0..2 {
        let mut equation = vec![0; count];
        equation[cells + end * places..cells + (end + 1) * places].fill(1);
        equations.push(equation);
    }
    let reduced = reduce(equations, count);
    let unique = reduced.iter().filter_map(|equation| {
        let mut named = (0..count).filter(|&unknown| equation[unknown] != 0);
        named.next().filter(|_| named.next().is_none())
    });
    unique.filter(|&unknown| unknown < cells && suppressed[unknown]).collect()
}

/// Gauss–Jordan elimination modulo a prime.
fn reduce(mut equations: Vec<Vec<u64>>, count: usize) -> Vec<Vec<u64>> {
    let mut done = 0;
    for unknown in 0..count {
        let Some(pivot) = (done..equations.len()).find(|&at| equations[at][unknown] != 0) else {
            continue;
        };
        equations.swap(done, pivot);
        let by = power(equations[done][unknown], PRIME - 2);
        equations[done].iter_mut().for_each(|part| *part = *part * by % PRIME);
        let known = equations[done].clone();
        for (at, equation) in equations.iter_mut().enumerate() {
            let times = equation[unknown];
            if at != done && times != 0 {
                for (part, from) in equation.iter_mut().zip(&known) {
                    *part = (*part + (PRIME - times) * from) % PRIME;
                }
            }
        }
        done += 1;
    }
    equations.truncate(done);
    equations
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

/// Attacks the published table: number of suppressed cells, and those
/// disclosed.
fn attack(table: &Table, threshold: u32) -> (usize, Vec<usize>) {
    let groups = PublicGroups::of_ends(&table.ends, table.places);
    let suppressed = suppressed_cells(&table.movements, threshold, &groups);
    let sums = suppressed_margins(&table.movements, threshold, &groups).unwrap();
    for (at, &movements) in table.movements.iter().enumerate() {
        assert!(suppressed[at] || movements >= f64::from(threshold), "a small number is shown");
    }
    let count = suppressed.iter().filter(|suppressed| **suppressed).count();
    (count, determined(table, &suppressed, &sums.from, &sums.to))
}

/// Two pairs of places that are each suppressed in their rows and columns, and one cell
/// between them that is the only one suppressed there.
#[test]
fn a_suppressed_cell_that_is_a_bridge_does_not_follow_from_the_sums() {
    let table = Table::of(&[&[9, 2, 30, 3], &[2, 3, 40, 50], &[60, 70, 2, 3], &[80, 90, 3, 2]]);
    // Without more than two of each row and column, the bridge follows.
    let chosen = [0, 1, 3, 4, 5, 10, 11, 14, 15];
    let mut suppressed: Vec<bool> = (0..16).map(|cell| chosen.contains(&cell)).collect();
    assert_eq!(determined(&table, &suppressed, &[false; 4], &[false; 4]), [3]);
    let flow = FlowTable::new(&table.ends, table.places);
    let mut sums = flow.small_sums(&table.movements, 5);
    assert!(flow.suppress_secondary(&mut suppressed, &mut sums, &table.movements));
    assert_eq!(determined(&table, &suppressed, &sums.from, &sums.to), [] as [usize; 0]);
    let (_, follow) = attack(&table, 5);
    assert_eq!(follow, [] as [usize; 0]);
}

#[test]
fn the_sum_of_a_place_with_a_single_pair_is_suppressed() {
    let table = Table::of(&[&[0, 2, 0, 0], &[0, 0, 50, 60], &[0, 70, 0, 80], &[90, 10, 20, 0]]);
    let groups = PublicGroups::of_ends(&table.ends, table.places);
    let sums = suppressed_margins(&table.movements, 5, &groups).unwrap();
    assert!(sums.from[0], "{sums:?}");
    assert!(sums.from.iter().filter(|suppressed| **suppressed).count() > 1, "{sums:?}");
    assert_eq!(attack(&table, 5).1, [] as [usize; 0]);
}

fn tables() -> impl Strategy<Value = Table> {
    (3usize..9, 0u32..6).prop_flat_map(|(places, density)| {
        let cell = prop_oneof![
            (5 - density.min(4)) => Just(0u32),
            2 => 1u32..5,
            3 => 5u32..80,
        ];
        prop::collection::vec(cell, places * places).prop_map(move |cells| {
            let rows: Vec<&[u32]> = cells.chunks(places).collect();
            Table::of(&rows)
        })
    })
}

proptest! {
    #[test]
    fn no_suppressed_cell_of_a_flow_follows_from_rows_columns_and_sums(table in tables()) {
        // One pair alone is the sum of all.
        prop_assume!(table.ends.len() > 1);
        let (_, follow) = attack(&table, 5);
        prop_assert_eq!(follow, Vec::<usize>::new());
    }
}
