//! Small numbers that the public must not see.

use super::aggregate::Made;
use super::join::Lists;
use super::series::{Figure, Series};
use crate::catalog::AggregateKind;

/// What is compared with the smallest number that may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The value itself, a number of things.
    Value,
    /// The number of rows that it was made of.
    Rows,
}

impl Measure {
    /// What is compared of an aggregate. `counts_things` says whether its column is a
    /// whole number, `things` whether its rows are things rather than figures.
    pub(super) fn of(how: AggregateKind, counts_things: bool, things: bool) -> Option<Self> {
        match how {
            AggregateKind::Count => Some(Self::Value),
            AggregateKind::Sum if counts_things => Some(Self::Value),
            // A sum of amounts: of few things it tells what each of them has.
            AggregateKind::Sum => things.then_some(Self::Rows),
            _ => Some(Self::Rows),
        }
    }
}

/// Which values are held back: those whose measure is below `least` and not zero, and
/// where that is one of a slice only, the next smallest too, as the total would give it
/// away otherwise.
pub(super) fn held(made: &Made<f64>, measure: Measure, least: u32) -> Series<bool> {
    match measure {
        Measure::Value => made.values.map(|values| slice(values, least)),
        Measure::Rows => of_rows(&made.rows, least),
    }
}

/// Which values are held back by the number of rows of each.
pub(super) fn of_rows(rows: &Series<u32>, least: u32) -> Series<bool> {
    rows.map(|rows| {
        let rows: Vec<f64> = rows.iter().map(|&rows| f64::from(rows)).collect();
        slice(&rows, least)
    })
}

fn slice(measures: &[f64], least: u32) -> Vec<bool> {
    let small = |measure: f64| measure > 0.0 && measure < f64::from(least);
    let mut held: Vec<bool> = measures.iter().map(|&measure| small(measure)).collect();
    hold_next(&mut held, measures);
    held
}

/// Where one value alone is held back, holds the next smallest back too.
fn hold_next(held: &mut [bool], measures: &[f64]) {
    if held.iter().filter(|&&held| held).count() != 1 {
        return;
    }
    // One without anything hides nothing; it is taken where there is no other.
    let others = measures.iter().enumerate().filter(|(at, measure)| !held[*at] && **measure >= 0.0);
    let next = others.min_by(|(_, a), (_, b)| (**a == 0.0).cmp(&(**b == 0.0)).then(a.total_cmp(b)));
    if let Some(next) = next.map(|(at, _)| at) {
        held[next] = true;
    }
}

/// Holds more values of a figure back, and where it is one of a slice only, the next
/// smallest too.
pub(super) fn hold(figure: &mut Figure, more: &Series<bool>) {
    let Some(held) = union(&[figure.held.as_ref(), Some(more)]) else { return };
    let numbers = figure.as_numbers();
    let slices = held.lists().len().max(numbers.map_or(1, |numbers| numbers.lists().len()));
    let list = |slice| {
        let mut list = held.of(slice).to_vec();
        if let Some(numbers) = numbers {
            hold_next(&mut list, numbers.of(slice));
        }
        list
    };
    figure.held = Some(Series::sliced((0..slices).map(list).collect()));
    figure.guarded = true;
}

/// In which areas exactly one feature is held back: what is told of such an area would
/// give that one away, as the others of it are told too.
pub(super) fn lone(held: &Series<bool>, lists: &Lists, areas: usize) -> Series<bool> {
    held.map(|held| {
        let mut counts = vec![0u32; areas];
        for feature in (0..held.len()).filter(|&feature| held[feature]) {
            lists.of(feature).iter().for_each(|&area| counts[area as usize] += 1);
        }
        counts.into_iter().map(|count| count == 1).collect()
    })
}

/// What is held of a figure that is made of others.
pub(super) fn union(parts: &[Option<&Series<bool>>]) -> Option<Series<bool>> {
    let parts: Vec<_> = parts.iter().copied().flatten().collect();
    let longest = parts.iter().map(|part| part.lists().len()).max()?;
    let list = |slice| {
        let mut list = parts[0].of(slice).to_vec();
        for part in &parts[1..] {
            list.iter_mut().zip(part.of(slice)).for_each(|(held, more)| *held |= more);
        }
        list
    };
    Some(Series::sliced((0..longest).map(list).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[0.0, 1.0, 4.0, 5.0, 60.0], &[false, true, true, false, false])]
    #[case(&[0.0, 3.0, 9.0, 7.0, 7.0], &[false, true, false, true, false])]
    #[case(&[3.0, 0.0, 0.0], &[true, true, false])]
    #[case(&[3.0, f64::NAN], &[true, false])]
    #[case(&[5.0, 6.0], &[false, false])]
    #[case(&[], &[])]
    fn one_alone_takes_the_next_smallest_with_it(#[case] values: &[f64], #[case] held: &[bool]) {
        assert_eq!(slice(values, 5), held);
    }

    #[rstest]
    #[case(AggregateKind::Count, false, false, Some(Measure::Value))]
    #[case(AggregateKind::Sum, true, false, Some(Measure::Value))]
    #[case(AggregateKind::Sum, false, true, Some(Measure::Rows))]
    #[case(AggregateKind::Sum, false, false, None)]
    #[case(AggregateKind::Mean, true, false, Some(Measure::Rows))]
    #[case(AggregateKind::Most, false, false, Some(Measure::Rows))]
    fn what_is_compared(
        #[case] how: AggregateKind,
        #[case] counts_things: bool,
        #[case] things: bool,
        #[case] measure: Option<Measure>,
    ) {
        assert_eq!(Measure::of(how, counts_things, things), measure);
    }
}
