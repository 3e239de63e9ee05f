//! Disclosure by random catalogs: all public numbers as one system of equations, solved.
//!
//! The unknowns are the numbers of firms of each kind in each cell. Each public number,
//! of cells and of the areas that contain them, is an equation; a zero means none of any
//! of its kinds. No small number of any kinds of a cell or an area may follow.

use catalog::{AggregateKind, MeasureSet};
use measures::ResultAudience;
use proptest::prelude::*;

use super::parts::{four_kinds, of_kinds};
use super::{name, stats};
use catalog::{LayerContent, LogicalType};
use data_model::feature::GeometryKind;
use testing::OwnedValue;
use testing::areas::square;
use testing::test_datasets::{TestDatasets, column, id, layer, plain, text};

const PRIME: u64 = 2_147_483_647;
const KINDS: [&str; 4] = ["a", "b", "c", "d"];
const THRESHOLD: usize = 5;

/// Equations in reduced form, without their right-hand sides: a value is determined
/// whatever the numbers are.
#[derive(Default)]
struct System(Vec<(usize, Vec<u64>)>);

impl System {
    fn reduce(&self, mut equation: Vec<u64>) -> Vec<u64> {
        for (pivot, known) in &self.0 {
            let times = equation[*pivot];
            if times != 0 {
                for (part, from) in equation.iter_mut().zip(known) {
                    *part = (*part + (PRIME - times) * from) % PRIME;
                }
            }
        }
        equation
    }

    fn add(&mut self, equation: Vec<u64>) {
        let mut equation = self.reduce(equation);
        let Some(pivot) = equation.iter().position(|&part| part != 0) else { return };
        let by = power(equation[pivot], PRIME - 2);
        equation.iter_mut().for_each(|part| *part = *part * by % PRIME);
        self.0.push((pivot, equation));
    }

    fn follows(&self, equation: Vec<u64>) -> bool {
        self.reduce(equation).iter().all(|&part| part == 0)
    }
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

/// Cells in areas, two each.
fn in_areas(counts: &[[usize; 4]]) -> TestDatasets {
    let mut world = four_kinds(counts);
    let areas = (0..counts.len().div_ceil(2)).map(|n| {
        let west = 127.0 + 0.02 * n as f64;
        (square(west, 37.5, 0.02), vec![OwnedValue::Int(n as i64 + 1), text(&format!("d{n}"))])
    });
    let columns = [("id", LogicalType::Int), ("code", LogicalType::Code)];
    world.features("dong", GeometryKind::Polygon, &columns, areas.collect()).key =
        vec![name("code")];
    world.catalog.district.stats_areas = Some(id("dong"));
    world
}

/// Kinds that layers count beside all: disjoint, or one in another, and never all.
fn layers() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    prop::sample::select(vec![
        vec![vec![], vec!["a"], vec!["b"]],
        vec![vec![], vec!["a"], vec!["b"], vec!["c"]],
        vec![vec![], vec!["a", "b"], vec!["c"]],
        vec![vec![], vec!["a", "b"], vec!["b"]],
        vec![vec![], vec!["a", "b", "c"], vec!["c"], vec!["a"]],
        vec![vec!["a", "b", "c"], vec!["a"], vec!["b"]],
        vec![vec![], vec!["d"]],
    ])
}

/// Small numbers that follow from all public numbers.
fn follow(counts: &[[usize; 4]], layers: &[Vec<&'static str>]) -> Vec<String> {
    let mut world = in_areas(counts);
    let sets: Vec<MeasureSet> =
        layers.iter().map(|kinds| of_kinds(kinds, AggregateKind::Count)).collect();
    let public = sets.iter().enumerate().map(|(at, set)| {
        plain(&format!("layer-{at}"), &set.carrier, LayerContent::Measures(set.clone()), None)
    });
    world.catalog.layers = public.collect();
    let count = counts.len() * 4;
    let unknown = |cells: &[usize], kinds: &[usize]| {
        let mut equation = vec![0; count];
        for cell in cells {
            kinds.iter().for_each(|kind| equation[cell * 4 + kind] = 1);
        }
        equation
    };
    let areas: Vec<Vec<usize>> = (0..counts.len()).map(|cell| vec![cell]).collect::<Vec<_>>();
    let dongs: Vec<Vec<usize>> = (0..counts.len().div_ceil(2))
        .map(|dong| (dong * 2..(dong * 2 + 2).min(counts.len())).collect())
        .collect();
    let mut system = System::default();
    for (kinds, set) in layers.iter().zip(&sets) {
        let of: Vec<usize> =
            (0..4).filter(|&at| kinds.is_empty() || kinds.contains(&KINDS[at])).collect();
        let cells = column(&world.evaluate(set, ResultAudience::Public), "v");
        let by_dong = column(&stats(&world, &layer(set)), "v");
        for (published, members) in
            cells.split(' ').zip(&areas).chain(by_dong.split(' ').zip(&dongs))
        {
            let sum: usize = members
                .iter()
                .flat_map(|&cell| of.iter().map(move |&kind| counts[cell][kind]))
                .sum();
            match published {
                "-" => {}
                "0" => members.iter().for_each(|&cell| {
                    of.iter().for_each(|&kind| system.add(unknown(&[cell], &[kind])));
                }),
                published => {
                    assert_eq!(published, sum.to_string());
                    assert!(sum >= THRESHOLD, "a small number is published");
                    system.add(unknown(members, &of));
                }
            }
        }
    }
    let mut found = Vec::new();
    for members in areas.iter().chain(&dongs) {
        for mask in 1..16usize {
            let kinds: Vec<usize> = (0..4).filter(|kind| mask >> kind & 1 == 1).collect();
            let sum: usize = members
                .iter()
                .flat_map(|&cell| kinds.iter().map(move |&kind| counts[cell][kind]))
                .sum();
            if (1..THRESHOLD).contains(&sum) && system.follows(unknown(members, &kinds)) {
                found.push(format!("{sum} of kinds {kinds:?} in cells {members:?}"));
            }
        }
    }
    found
}

fn counts() -> impl Strategy<Value = Vec<[usize; 4]>> {
    let count = || prop_oneof![2 => Just(0usize), 3 => 1usize..5, 4 => 5usize..14];
    prop::collection::vec([count(), count(), count(), count()], 4..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_small_number_of_any_kinds_follows_from_the_public_numbers(
        counts in counts(),
        layers in layers(),
    ) {
        prop_assert_eq!(follow(&counts, &layers), Vec::<String>::new());
    }
}
