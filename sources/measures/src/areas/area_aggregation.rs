//! Aggregates measures of features into measures of the areas that contain them.

use crate::aggregating::aggregate::{AggregatedValues, AggregationTask};
use crate::aggregating::series::{MeasureSeries, SeriesData, SliceSeries};
use crate::aggregating::slices::{RowTimes, SliceAxis, SlicePlan};
use crate::disclosure::suppression::{
    PublicGroups, ThresholdQuantity, suppress_more, suppressed_values,
};
use crate::joining::column_lookup::ColumnLookup;
use crate::joining::join::RowMembership;
use catalog::AggregateKind;

/// Aggregates a measure of features over `areas` areas: the sum, the mean, or the most
/// frequent text. Suppressed values count in sums only.
pub(crate) fn aggregate_by_area(
    measure: &MeasureSeries,
    how: AggregateKind,
    membership: &RowMembership<'_>,
    axis: &SliceAxis,
    areas: usize,
    threshold: Option<u32>,
) -> MeasureSeries {
    let slices = if measure.is_constant() { 1 } else { axis.len() };
    let (mut series, aggregated) = match &measure.data {
        SeriesData::Texts(texts, distinct) => {
            let AggregatedValues { values, rows } = by_slice(slices, |slice| {
                let texts = public_texts(measure, texts, slice);
                with_task(membership, areas, texts.len(), |task| {
                    task.most(&ColumnLookup::Own(&texts), distinct)
                })
            });
            let no_numbers = rows.map(|rows| vec![f64::NAN; rows.len()]);
            let series = MeasureSeries::texts(values, distinct.clone());
            (series, AggregatedValues { values: no_numbers, rows })
        }
        SeriesData::Numbers(numbers) | SeriesData::Flags(numbers) => {
            let aggregated = by_slice(slices, |slice| {
                let numbers = match how {
                    AggregateKind::Sum => numbers.of(slice).to_vec(),
                    _ => measure.public_numbers(slice),
                };
                with_task(membership, areas, numbers.len(), |task| {
                    task.numbers(how, Some(&ColumnLookup::Own(&numbers)), None, numbers.len())
                })
            });
            let is_mean = how == AggregateKind::Mean;
            let decimals = measure.decimals.map(|most| if is_mean { most.max(1) } else { most });
            let values = aggregated.values.clone();
            (MeasureSeries::numbers(values, decimals.or(Some(2))), aggregated)
        }
    };
    let quantity = match how {
        AggregateKind::Sum => ThresholdQuantity::Value,
        _ => ThresholdQuantity::Rows,
    };
    let no_groups = PublicGroups::default();
    series.suppressed = threshold
        .map(|threshold| suppressed_values(&aggregated, quantity, threshold, &no_groups, &[]));
    series.has_threshold = measure.has_threshold || threshold.is_some();
    if measure.amounts
        && let Some(suppressed) = &measure.suppressed
    {
        // The number of contributors to the sum of an area is not known here.
        suppress_more(&mut series, &areas_with_suppressed(suppressed, membership, areas));
    }
    series
}

/// Aggregates each slice on its own.
fn by_slice<T: Clone>(
    slices: usize,
    aggregate: impl Fn(usize) -> AggregatedValues<T>,
) -> AggregatedValues<T> {
    let (mut values, mut rows) = (Vec::new(), Vec::new());
    for aggregated in (0..slices).map(aggregate) {
        values.push(aggregated.values.of(0).to_vec());
        rows.push(aggregated.rows.of(0).to_vec());
    }
    AggregatedValues { values: SliceSeries::sliced(values), rows: SliceSeries::sliced(rows) }
}

/// Calls `aggregate` with the task of all features of one slice.
fn with_task<T>(
    membership: &RowMembership<'_>,
    areas: usize,
    features: usize,
    aggregate: impl FnOnce(&AggregationTask<'_>) -> AggregatedValues<T>,
) -> AggregatedValues<T> {
    let timed = RowTimes { times: None, newest: None, last_months: None, rows: features };
    let plan = SlicePlan::new(&SliceAxis::timeless(), &timed, |_| true);
    aggregate(&AggregationTask {
        membership,
        plan: &plan,
        features: areas,
        zero_without_rows: None,
        can_have_rows: None,
    })
}

/// Indexes of the texts of a slice; 0 for suppressed ones.
fn public_texts(measure: &MeasureSeries, texts: &SliceSeries<u32>, slice: usize) -> Vec<u32> {
    let public = |(feature, &text): (usize, &u32)| {
        if measure.is_suppressed(slice, feature) { 0 } else { text }
    };
    texts.of(slice).iter().enumerate().map(public).collect()
}

/// Areas in which any feature is suppressed.
fn areas_with_suppressed(
    suppressed: &SliceSeries<bool>,
    membership: &RowMembership<'_>,
    areas: usize,
) -> SliceSeries<bool> {
    suppressed.map(|suppressed| {
        let mut any = vec![false; areas];
        for feature in (0..suppressed.len()).filter(|&feature| suppressed[feature]) {
            membership.of(feature).iter().for_each(|&area| any[area as usize] = true);
        }
        any
    })
}
