//! Numbers of contributors to a value, which the suppression threshold is compared with.

use super::suppression::RowKind;
use crate::aggregating::aggregate::{AggregatedValues, AggregationTask};
use crate::aggregating::series::SliceSeries;
use crate::audience::ResultAudience;
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::joining::bound_rows::BoundRows;
use crate::joining::column_lookup::ColumnLookup;
use crate::joining::resolved_rows::ResolvedRows;
use crate::reading::dataset_reader::DatasetPart;
use catalog::{AggregateKind, RowAggregation};

/// The smaller of two counts of each value.
pub(crate) fn smaller_counts(one: &SliceSeries<u32>, other: &SliceSeries<u32>) -> SliceSeries<u32> {
    let slices = one.lists().len().max(other.lists().len());
    let smaller = |at| one.of(at).iter().zip(other.of(at)).map(|(a, b)| *a.min(b)).collect();
    SliceSeries::sliced((0..slices).map(smaller).collect())
}

/// The sums that follow from means and their numbers of rows.
pub(crate) fn sums_from_means(means: &AggregatedValues<f64>) -> SliceSeries<f64> {
    let slices = means.values.lists().len().max(means.rows.lists().len());
    let sums = |at| {
        let pairs = means.values.of(at).iter().zip(means.rows.of(at));
        pairs.map(|(mean, &rows)| mean * f64::from(rows)).collect()
    };
    SliceSeries::sliced((0..slices).map(sums).collect())
}

/// Index of the feature that each row of values is about: all rows of one person, firm,
/// thing or area are one contribution.
fn owners<'t>(resolved: &ResolvedRows<'_>, bound: &BoundRows<'t>) -> Option<&'t [u32]> {
    let link = resolved.link.filter(|_| resolved.part == DatasetPart::Values)?;
    let texts = bound.rows.columns.get(link)?.texts.as_ref()?;
    Some(&texts.rows)
}

impl LayerEvaluation<'_> {
    /// Kind of an aggregate's rows, for disclosure control.
    pub(crate) fn row_kind(
        &self,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
    ) -> RowKind {
        let dataset = resolved.dataset;
        let columns = aggregate.rows.column.iter().chain(&aggregate.weight);
        let hidden = columns.into_iter().any(|name| dataset.hides(name));
        let of_values = resolved.part == DatasetPart::Values;
        let amounts = dataset.guards(aggregate) && dataset.holds_amounts(of_values);
        match resolved.part {
            _ if hidden || amounts => RowKind::Amounts,
            DatasetPart::Features => RowKind::Things,
            DatasetPart::Values => RowKind::Statistics,
        }
    }

    /// Numbers of contributing persons, firms, things or areas of each value; `None` if
    /// the numbers of rows are these. The columns are those of values and of weights.
    pub(crate) fn contributors(
        &self,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        task: &AggregationTask<'_>,
        [column, weight]: [Option<&ColumnLookup<'_, f64>>; 2],
    ) -> Option<SliceSeries<u32>> {
        if self.audience == ResultAudience::Full || aggregate.how == AggregateKind::Count {
            return None;
        }
        // A sum of numbers of things is compared itself.
        let is_sum = aggregate.how == AggregateKind::Sum;
        let is_protected = resolved.dataset.guards(aggregate);
        let areas = resolved.part == DatasetPart::Values && is_protected && !is_sum;
        if self.row_kind(aggregate, resolved) != RowKind::Amounts && !areas {
            return None;
        }
        // A row that adds nothing, or has no weight, does not contribute.
        let contribution = if is_sum { column } else { weight };
        Some(task.contributors(contribution, column, owners(resolved, bound)))
    }
}
