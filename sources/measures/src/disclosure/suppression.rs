//! Primary and secondary suppression of small numbers for the public.
//!
//! Primary suppression: values whose quantity is below the threshold and not zero.
//! Secondary suppression: further values, so that no primary one follows from a sum.

use super::flow_table::{FlowTable, SuppressedMargins};
use crate::aggregating::aggregate::AggregatedValues;
use crate::aggregating::series::{MeasureSeries, SliceSeries};
use crate::joining::join::FeatureLists;
use catalog::AggregateKind;

/// Quantity that is compared with the suppression threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThresholdQuantity {
    /// The value, which is a number of things.
    Value,
    /// The number of rows of the value.
    Rows,
    /// Both.
    Both,
}

/// Kind of an aggregate's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// Numbers about areas.
    Statistics,
    /// Things that are public.
    Things,
    /// Persons, firms or things whose amounts are not all public.
    Amounts,
}

impl ThresholdQuantity {
    /// The quantity to compare of an aggregate, `None` for no suppression.
    /// `counts_things` is whether its column is an integer.
    pub(crate) fn of(how: AggregateKind, counts_things: bool, rows: RowKind) -> Option<Self> {
        match (how, rows) {
            (AggregateKind::Count, _) => Some(Self::Value),
            // A sum of amounts of few things discloses them, however large it is.
            (AggregateKind::Sum, RowKind::Amounts) if counts_things => Some(Self::Both),
            (AggregateKind::Sum, RowKind::Amounts) => Some(Self::Rows),
            (AggregateKind::Sum, _) if counts_things => Some(Self::Value),
            (AggregateKind::Sum, RowKind::Things) => Some(Self::Rows),
            (AggregateKind::Sum, RowKind::Statistics) => None,
            _ => Some(Self::Rows),
        }
    }
}

/// Sets of features whose sums may be public elsewhere: those in each area of the
/// district, for a flow those from and those to each place. All features together are
/// always such a set.
#[derive(Debug, Default)]
pub(crate) struct PublicGroups {
    groups: Vec<Vec<u32>>,
    /// For a flow, the table whose rows and columns the sets are.
    table: Option<FlowTable>,
}

impl PublicGroups {
    /// The features in each of so many areas.
    pub(crate) fn of_areas(lists: &FeatureLists, areas: usize, features: usize) -> Self {
        let mut groups = vec![Vec::new(); areas];
        for feature in 0..features as u32 {
            let areas = lists.of(feature as usize).iter();
            areas.for_each(|&area| groups[area as usize].push(feature));
        }
        Self { groups, table: None }
    }

    /// The pairs from each place and to each place.
    pub(crate) fn of_ends(ends: &[[u32; 2]], places: usize) -> Self {
        let mut groups = vec![Vec::new(); 2 * places];
        for (pair, &[from, to]) in (0..).zip(ends) {
            groups[from as usize].push(pair);
            groups[places + to as usize].push(pair);
        }
        Self { groups, table: Some(FlowTable::new(ends, places)) }
    }

    /// Secondary suppression: suppresses more until no value follows from the sum of a
    /// group. Returns the suppressed sums of a flow (`None` without one), and whether any
    /// value was added.
    fn suppress_secondary(
        &self,
        suppressed: &mut [bool],
        quantities: &[f64],
        threshold: u32,
    ) -> (Option<SuppressedMargins>, bool) {
        let all: Vec<u32> = (0..quantities.len() as u32).collect();
        let areas = self.suppressed_areas(quantities, threshold);
        let mut sums = self.table.as_ref().map(|table| table.small_sums(quantities, threshold));
        // A value suppressed for one group may be the only suppressed one of another.
        let mut any = false;
        loop {
            let mut more = false;
            let groups = self.groups.iter().chain([&all]);
            for (group, &sum_is_suppressed) in groups.zip(areas.iter().chain([&false])) {
                more |= suppress_in_group(
                    suppressed,
                    quantities,
                    threshold,
                    (group, sum_is_suppressed),
                );
            }
            if let (Some(table), Some(sums)) = (&self.table, &mut sums) {
                more |= table.suppress_secondary(suppressed, sums, quantities);
            }
            if !more {
                return (sums, any);
            }
            any = true;
        }
    }

    /// Areas whose own published value is suppressed. The features in them must not add
    /// up to that value.
    fn suppressed_areas(&self, quantities: &[f64], threshold: u32) -> Vec<bool> {
        if self.table.is_some() {
            return vec![false; self.groups.len()];
        }
        let known = |&at: &u32| Some(quantities[at as usize]).filter(|quantity| *quantity > 0.0);
        let sums: Vec<f64> =
            self.groups.iter().map(|group| group.iter().filter_map(known).sum()).collect();
        if sums.is_empty() {
            return Vec::new();
        }
        suppressed_in_slice(&[&sums], threshold, &Self::default())
    }
}

/// Suppresses more of a group if any value of it or its sum is suppressed: until at least
/// two are, measuring twice the threshold together, as the sum of a few small ones
/// discloses them. The next smallest are taken, and zeros if there are no others. Returns
/// whether any was added.
fn suppress_in_group(
    suppressed: &mut [bool],
    quantities: &[f64],
    threshold: u32,
    (group, sum_is_suppressed): (&[u32], bool),
) -> bool {
    let members = || group.iter().map(|&member| member as usize);
    let mut count = members().filter(|&at| suppressed[at]).count();
    if count == 0 && !sum_is_suppressed {
        return false;
    }
    let enough = 2.0 * f64::from(threshold);
    let mut sum: f64 = members().filter(|&at| suppressed[at]).map(|at| quantities[at]).sum();
    let mut others: Vec<usize> =
        members().filter(|&at| !suppressed[at] && quantities[at] >= 0.0).collect();
    others.sort_by(|&a, &b| {
        let zero = |at: usize| quantities[at] == 0.0;
        zero(a).cmp(&zero(b)).then(quantities[a].total_cmp(&quantities[b]))
    });
    let before = count;
    for at in others {
        let small = sum < enough && quantities[at] > 0.0;
        if count >= 2 && !small {
            break;
        }
        suppressed[at] = true;
        count += 1;
        sum += quantities[at];
    }
    count > before
}

/// Suppressed values by slice. `remainders` are other public wholes less the values: a
/// small remainder follows from the two.
pub(crate) fn suppressed_values(
    aggregated: &AggregatedValues<f64>,
    quantity: ThresholdQuantity,
    threshold: u32,
    groups: &PublicGroups,
    remainders: &[SliceSeries<f64>],
) -> SliceSeries<bool> {
    let rows = aggregated.rows.map(as_quantities);
    let mut quantities: Vec<&SliceSeries<f64>> = match quantity {
        ThresholdQuantity::Value => vec![&aggregated.values],
        ThresholdQuantity::Rows => vec![&rows],
        ThresholdQuantity::Both => vec![&aggregated.values, &rows],
    };
    quantities.extend(remainders);
    let slices = quantities.iter().map(|series| series.lists().len()).max().unwrap_or(1);
    let in_slice = |at| {
        let lists: Vec<&[f64]> = quantities.iter().map(|series| series.of(at)).collect();
        suppressed_in_slice(&lists, threshold, groups)
    };
    SliceSeries::sliced((0..slices).map(in_slice).collect())
}

/// Suppressed cells of a flow.
#[cfg(test)]
pub(crate) fn suppressed_cells(
    quantities: &[f64],
    threshold: u32,
    groups: &PublicGroups,
) -> Vec<bool> {
    suppressed_in_slice(&[quantities], threshold, groups)
}

/// Sums from each place and to each place that are suppressed with the cells of a flow.
pub(crate) fn suppressed_margins(
    quantities: &[f64],
    threshold: u32,
    groups: &PublicGroups,
) -> Option<SuppressedMargins> {
    let mut suppressed: Vec<bool> =
        quantities.iter().map(|&quantity| is_small(quantity, threshold)).collect();
    groups.suppress_secondary(&mut suppressed, quantities, threshold).0
}

/// Values that are suppressed by their numbers of rows.
pub(crate) fn suppressed_by_rows(
    rows: &SliceSeries<u32>,
    threshold: u32,
    groups: &PublicGroups,
) -> SliceSeries<bool> {
    rows.map(|rows| suppressed_in_slice(&[&as_quantities(rows)], threshold, groups))
}

fn as_quantities(rows: &[u32]) -> Vec<f64> {
    rows.iter().map(|&rows| f64::from(rows)).collect()
}

fn is_small(quantity: f64, threshold: u32) -> bool {
    quantity > 0.0 && quantity < f64::from(threshold)
}

/// Values of a slice that are suppressed because a quantity is small, or to protect
/// others.
fn suppressed_in_slice(quantities: &[&[f64]], threshold: u32, groups: &PublicGroups) -> Vec<bool> {
    let count = quantities.iter().map(|list| list.len()).min().unwrap_or(0);
    let any_small = |at: usize| quantities.iter().any(|list| is_small(list[at], threshold));
    let mut suppressed: Vec<bool> = (0..count).map(any_small).collect();
    loop {
        let mut more = false;
        for list in quantities {
            more |= groups.suppress_secondary(&mut suppressed, &list[..count], threshold).1;
        }
        // A single quantity needs no second pass.
        if !more || quantities.len() == 1 {
            return suppressed;
        }
    }
}

/// Suppresses more values of a measure, and the next smallest too if only one of a slice
/// is suppressed.
pub(crate) fn suppress_more(measure: &mut MeasureSeries, more: &SliceSeries<bool>) {
    let Some(suppressed) = union(&[measure.suppressed.as_ref(), Some(more)]) else { return };
    let numbers = measure.as_numbers();
    let slices = suppressed.lists().len().max(numbers.map_or(1, |numbers| numbers.lists().len()));
    let list = |slice| {
        let mut list = suppressed.of(slice).to_vec();
        if let Some(numbers) = numbers {
            PublicGroups::default().suppress_secondary(&mut list, numbers.of(slice), 0);
        }
        list
    };
    measure.suppressed = Some(SliceSeries::sliced((0..slices).map(list).collect()));
    measure.has_threshold = true;
}

/// Areas in which exactly one feature is suppressed (a singleton): a published value of the area would
/// disclose it, as the other features are published too.
pub(crate) fn areas_with_singleton(
    suppressed: &SliceSeries<bool>,
    lists: &FeatureLists,
    areas: usize,
) -> SliceSeries<bool> {
    suppressed.map(|suppressed| {
        let mut counts = vec![0u32; areas];
        for feature in (0..suppressed.len()).filter(|&feature| suppressed[feature]) {
            lists.of(feature).iter().for_each(|&area| counts[area as usize] += 1);
        }
        counts.into_iter().map(|count| count == 1).collect()
    })
}

/// The values suppressed in any of the parts; `None` if no part suppresses.
pub(crate) fn union(parts: &[Option<&SliceSeries<bool>>]) -> Option<SliceSeries<bool>> {
    let parts: Vec<_> = parts.iter().copied().flatten().collect();
    let longest = parts.iter().map(|part| part.lists().len()).max()?;
    let list = |slice| {
        let mut list = parts[0].of(slice).to_vec();
        for part in &parts[1..] {
            list.iter_mut().zip(part.of(slice)).for_each(|(suppressed, more)| *suppressed |= more);
        }
        list
    };
    Some(SliceSeries::sliced((0..longest).map(list).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[0.0, 1.0, 4.0, 5.0, 60.0], "-##%-")]
    #[case(&[0.0, 3.0, 9.0, 7.0, 8.0], "-#-%-")]
    #[case(&[0.0, 4.0, 4.0, 3.0, 9.0], "-###-")]
    #[case(&[1.0, 1.0, 2.0, 60.0], "###%")]
    #[case(&[3.0, 0.0, 0.0], "#%-")]
    #[case(&[3.0, f64::NAN], "#-")]
    #[case(&[5.0, 6.0], "--")]
    #[case(&[], "")]
    fn values_that_disclose_others_by_a_sum_are_suppressed(
        #[case] values: &[f64],
        #[case] expected: &str,
    ) {
        let suppressed = suppressed_in_slice(&[values], 5, &PublicGroups::default());
        let expected: Vec<bool> = expected.chars().map(|mark| mark != '-').collect();
        assert_eq!(suppressed, expected);
    }

    #[test]
    fn no_group_has_a_singleton() {
        // The first pair of each row of a table whose rows and columns have known sums.
        let places = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]];
        let groups = PublicGroups::of_ends(&places, 3);
        let quantities = [2.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0];
        let suppressed = suppressed_in_slice(&[&quantities], 5, &groups);
        for group in &groups.groups {
            let count = group.iter().filter(|&&at| suppressed[at as usize]).count();
            assert_ne!(count, 1, "{suppressed:?}");
        }
        assert!(suppressed[0] && suppressed.iter().any(|suppressed| !suppressed), "{suppressed:?}");
    }

    #[test]
    fn features_of_an_area_are_a_group() {
        let mut lists = FeatureLists::default();
        for areas in [&[0][..], &[0], &[0], &[1], &[]] {
            lists.push(areas).unwrap();
        }
        let groups = PublicGroups::of_areas(&lists, 2, 5);
        let suppressed = suppressed_in_slice(&[&[2.0, 9.0, 40.0, 50.0, 3.0]], 5, &groups);
        assert_eq!(suppressed, [true, true, false, false, true]);
    }

    #[rstest]
    #[case(AggregateKind::Count, false, RowKind::Statistics, Some(ThresholdQuantity::Value))]
    #[case(AggregateKind::Sum, true, RowKind::Statistics, Some(ThresholdQuantity::Value))]
    #[case(AggregateKind::Sum, true, RowKind::Things, Some(ThresholdQuantity::Value))]
    #[case(AggregateKind::Sum, true, RowKind::Amounts, Some(ThresholdQuantity::Both))]
    #[case(AggregateKind::Sum, false, RowKind::Things, Some(ThresholdQuantity::Rows))]
    #[case(AggregateKind::Sum, false, RowKind::Amounts, Some(ThresholdQuantity::Rows))]
    #[case(AggregateKind::Sum, false, RowKind::Statistics, None)]
    #[case(AggregateKind::Mean, true, RowKind::Statistics, Some(ThresholdQuantity::Rows))]
    #[case(AggregateKind::MostFrequent, false, RowKind::Statistics, Some(ThresholdQuantity::Rows))]
    fn the_quantity_compared_with_the_threshold(
        #[case] how: AggregateKind,
        #[case] counts_things: bool,
        #[case] rows: RowKind,
        #[case] quantity: Option<ThresholdQuantity>,
    ) {
        assert_eq!(ThresholdQuantity::of(how, counts_things, rows), quantity);
    }
}
