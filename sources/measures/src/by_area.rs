//! Aggregates measures of features into measures of the areas that contain them.

use super::aggregate::{AggregatedValues, AggregationTask, ColumnLookup};
use super::join::RowMembership;
use super::series::{MeasureSeries, SeriesData, SliceSeries};
use super::slices::{RowTimes, SliceAxis, SlicePlan};
use super::suppress::{PublicGroups, ThresholdQuantity, held, hold};
use catalog::AggregateKind;

/// Aggregates a measure of features over `areas` areas: the sum, the mean, or the most
/// frequent text. Suppressed values count in sums only.
pub(super) fn by_area(
    measure: &MeasureSeries,
    how: AggregateKind,
    membership: &RowMembership<'_>,
    axis: &SliceAxis,
    areas: usize,
    least: Option<u32>,
) -> MeasureSeries {
    let slices = if measure.is_constant() { 1 } else { axis.len() };
    let (mut numbers, mut texts, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for slice in 0..slices {
        let features = features(measure, slice);
        let timed = RowTimes { times: None, newest: None, last_months: None, rows: features };
        let plan = SlicePlan::new(&SliceAxis::timeless(), &timed, |_| true);
        let task =
            AggregationTask { membership, plan: &plan, features: areas, present: None, able: None };
        if let SeriesData::Texts(series, distinct) = &measure.data {
            let shown = |(feature, &text): (usize, &u32)| {
                if measure.is_held(slice, feature) { 0 } else { text }
            };
            let shown: Vec<u32> = series.of(slice).iter().enumerate().map(shown).collect();
            let made = task.most(&ColumnLookup::Own(&shown), distinct);
            texts.push(made.values.of(0).to_vec());
            rows.push(made.rows.of(0).to_vec());
        } else {
            let values = match (how, measure.as_numbers()) {
                (AggregateKind::Sum, Some(numbers)) => numbers.of(slice).to_vec(),
                _ => measure.known(slice),
            };
            let made = task.numbers(how, Some(&ColumnLookup::Own(&values)), None, features);
            numbers.push(made.values.of(0).to_vec());
            rows.push(made.rows.of(0).to_vec());
        }
    }
    let (quantity, rows) = (
        if how == AggregateKind::Sum { ThresholdQuantity::Value } else { ThresholdQuantity::Rows },
        SliceSeries::sliced(rows),
    );
    let (mut made, measured) = match &measure.data {
        SeriesData::Texts(_, distinct) => {
            let none = rows.map(|rows| vec![f64::NAN; rows.len()]);
            (MeasureSeries::texts(SliceSeries::sliced(texts), distinct.clone()), none)
        }
        _ => {
            let mean = how == AggregateKind::Mean;
            let decimals = measure.decimals.map(|most| if mean { most.max(1) } else { most });
            let numbers = SliceSeries::sliced(numbers);
            (MeasureSeries::numbers(numbers.clone(), decimals.or(Some(2))), numbers)
        }
    };
    let measured = AggregatedValues { values: measured, rows };
    made.held = least.map(|least| held(&measured, quantity, least, &PublicGroups::default(), &[]));
    made.guarded = measure.guarded || least.is_some();
    if measure.amounts
        && let Some(few) = &measure.held
    {
        // How many have part in the sum of an area is not known here.
        hold(&mut made, &any_held(few, membership, areas));
    }
    made
}

/// Areas in which any feature is suppressed.
fn any_held(
    held: &SliceSeries<bool>,
    membership: &RowMembership<'_>,
    areas: usize,
) -> SliceSeries<bool> {
    held.map(|held| {
        let mut any = vec![false; areas];
        for feature in (0..held.len()).filter(|&feature| held[feature]) {
            membership.of(feature).iter().for_each(|&area| any[area as usize] = true);
        }
        any
    })
}

/// Number of features that a measure has values of in a slice.
fn features(measure: &MeasureSeries, slice: usize) -> usize {
    match &measure.data {
        SeriesData::Texts(series, _) => series.of(slice).len(),
        SeriesData::Numbers(series) | SeriesData::Flags(series) => series.of(slice).len(),
    }
}
