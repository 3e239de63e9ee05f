//! Measures that aggregate rows by feature and slice.

use super::layer_evaluation::LayerEvaluation;
use crate::aggregating::aggregate::{AggregatedValues, AggregationTask};
use crate::aggregating::series::{MeasureSeries, SliceSeries};
use crate::disclosure::contributors::{smaller_counts, sums_from_means};
use crate::disclosure::suppression::{
    RowKind, ThresholdQuantity, suppressed_by_rows, suppressed_values, union,
};
use crate::error::{DeclarationFault, EvaluationError};
use crate::joining::bound_rows::BoundRows;
use crate::joining::column_lookup::ColumnLookup;
use crate::joining::resolved_rows::ResolvedRows;
use crate::reading::column_cells::{ColumnCells, is_integer};
use catalog::{AggregateKind, RowAggregation};

/// A measure that aggregates rows, with the rows.
#[derive(Clone, Copy)]
struct AggregateMeasure<'m> {
    name: &'m str,
    aggregate: &'m RowAggregation,
    resolved: &'m ResolvedRows<'m>,
    bound: &'m BoundRows<'m>,
}

impl LayerEvaluation<'_> {
    /// Aggregates rows.
    pub(crate) fn aggregate(
        &self,
        name: &str,
        aggregate: &RowAggregation,
    ) -> Result<MeasureSeries, EvaluationError> {
        let weight = aggregate.weight.as_deref();
        let resolved = self.resolve_rows(name, &aggregate.rows, weight)?;
        let bound = self.bind_rows(name, &resolved)?;
        let membership = self.membership(name, &resolved, &bound)?;
        self.note_left_out(&resolved, &bound, &membership);
        let plan = self.slice_plan(&resolved, &bound);
        let mut task = self.aggregation_task(&resolved, &membership, &plan);
        task.zero_without_rows = self
            .zero_without_rows(aggregate, &resolved, &bound, &membership)
            .map_err(|fault| self.too_many_pairs(fault))?;
        let measure = AggregateMeasure { name, aggregate, resolved: &resolved, bound: &bound };
        match aggregate.how {
            AggregateKind::MostFrequent => self.most_frequent(measure, &task),
            _ => self.aggregated_numbers(measure, &task),
        }
    }

    /// The most frequent text of each feature's rows.
    fn most_frequent(
        &self,
        measure: AggregateMeasure<'_>,
        task: &AggregationTask<'_>,
    ) -> Result<MeasureSeries, EvaluationError> {
        let AggregateMeasure { name, aggregate, resolved, bound } = measure;
        let error = |fault| self.declaration_error(name, fault);
        let column = resolved.column.ok_or_else(|| error(DeclarationFault::NoColumnNamed))?;
        let texts = bound.texts(column);
        let texts = texts.ok_or_else(|| error(DeclarationFault::ColumnNotRead))?;
        let AggregatedValues { values, rows } = task.most(&texts.rows, texts.distinct);
        let rows = match self.contributors(aggregate, resolved, bound, task, [None, None]) {
            Some(contributors) => smaller_counts(&rows, &contributors),
            None => rows,
        };
        let mut series = MeasureSeries::texts(values, texts.distinct.to_vec());
        let threshold = self.threshold(resolved.dataset);
        series.suppressed =
            threshold.map(|threshold| suppressed_by_rows(&rows, threshold, &self.groups));
        series.has_threshold = threshold.is_some();
        Ok(series)
    }

    fn aggregated_numbers(
        &self,
        measure: AggregateMeasure<'_>,
        task: &AggregationTask<'_>,
    ) -> Result<MeasureSeries, EvaluationError> {
        let AggregateMeasure { name, aggregate, resolved, bound } = measure;
        let error = |fault| self.declaration_error(name, fault);
        let numbers =
            |column| bound.numbers(column).ok_or_else(|| error(DeclarationFault::ColumnNotRead));
        let column = resolved.column.map(numbers).transpose()?;
        let weight = resolved.weight.map(numbers).transpose()?;
        if column.is_none() && aggregate.how != AggregateKind::Count {
            return Err(error(DeclarationFault::NoColumnNamed));
        }
        let mut aggregated =
            task.numbers(aggregate.how, column.as_ref(), weight.as_ref(), bound.rows.len);
        let cells = resolved.column.and_then(|column| bound.column(column));
        let whole = is_whole(resolved, cells);
        let columns = [column.as_ref(), weight.as_ref()];
        let suppressed = self.suppressed(measure, task, &mut aggregated, columns, whole)?;
        let decimals = match aggregate.how {
            AggregateKind::Count => 0,
            AggregateKind::Sum | AggregateKind::Min | AggregateKind::Max if whole => 0,
            _ => 2,
        };
        let mut series = MeasureSeries::numbers(aggregated.values, Some(decimals));
        series.has_threshold = suppressed.is_some();
        series.suppressed = suppressed;
        let is_of_amounts = self.row_kind(aggregate, resolved) == RowKind::Amounts;
        series.amounts = is_of_amounts && aggregate.how == AggregateKind::Sum;
        Ok(series)
    }

    /// Suppressed values of aggregated numbers; `None` if none can be. The columns are
    /// those of values and of weights. Replaces the numbers of rows by those of
    /// contributors, which are compared with the threshold.
    fn suppressed(
        &self,
        measure: AggregateMeasure<'_>,
        task: &AggregationTask<'_>,
        aggregated: &mut AggregatedValues<f64>,
        columns: [Option<&ColumnLookup<'_, f64>>; 2],
        whole: bool,
    ) -> Result<Option<SliceSeries<bool>>, EvaluationError> {
        let AggregateMeasure { name, aggregate, resolved, bound } = measure;
        let column = aggregate.rows.column.as_deref();
        let counts_things =
            whole || column.is_some_and(|column| resolved.dataset.counts_things(column));
        let row_kind = self.row_kind(aggregate, resolved);
        let quantity = ThresholdQuantity::of(aggregate.how, counts_things, row_kind);
        let small = match self.threshold(resolved.dataset).zip(quantity) {
            None => None,
            Some((threshold, quantity)) => {
                let mut remainders =
                    self.public_remainders(name, aggregate, resolved, bound, &aggregated.values)?;
                let [_, weight] = columns;
                let is_mean = aggregate.how == AggregateKind::Mean && weight.is_none();
                if is_mean && counts_things && row_kind == RowKind::Statistics {
                    // A mean and its number of rows disclose the number of things.
                    remainders.push(sums_from_means(aggregated));
                }
                if let Some(contributors) =
                    self.contributors(aggregate, resolved, bound, task, columns)
                {
                    aggregated.rows = contributors;
                }
                let groups = &self.groups;
                Some(suppressed_values(aggregated, quantity, threshold, groups, &remainders))
            }
        };
        let margins = self.margins_suppressed_with_flows(name, aggregate, resolved, bound)?;
        Ok(union(&[small.as_ref(), margins.as_ref()]))
    }
}

/// Whether the numbers of a column are integers: as declared, otherwise as stored.
fn is_whole(resolved: &ResolvedRows<'_>, cells: Option<&ColumnCells>) -> bool {
    match resolved.column_kind() {
        Some(kind) => kind == catalog::LogicalType::Int,
        None => cells.is_some_and(|cells| is_integer(cells.kind)),
    }
}
