//! Suppression of sums by place that disclose the pairs of a public flow.

use super::public_measures::{FlowEnd, SummedFlow, summed_flows};
use super::suppression::{PublicGroups, suppressed_margins, union};
use crate::aggregating::series::SliceSeries;
use crate::audience::ResultAudience;
use crate::error::{DeclarationFault, EvaluationError};
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::joining::bound_rows::BoundRows;
use crate::joining::flow_pairs::{FlowPairs, part_of};
use crate::joining::resolved_rows::ResolvedRows;
use catalog::RowAggregation;

impl LayerEvaluation<'_> {
    /// Sums of public flows that are suppressed together with their pairs; `None` if the
    /// aggregate is no such sum.
    pub(crate) fn margins_suppressed_with_flows(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<Option<SliceSeries<bool>>, EvaluationError> {
        if self.audience == ResultAudience::Full || self.carrier.pairs.is_some() {
            return Ok(None);
        }
        let over = self.carrier.dataset;
        let mut all: Option<SliceSeries<bool>> = None;
        for summed in summed_flows(self.catalog, aggregate, resolved, &over.id) {
            let of_dataset = resolved.dataset.suppress_below();
            let threshold = of_dataset.max(summed.threshold).max(self.set.suppression_threshold);
            let same_rows = part_of(summed.flow, resolved.dataset) == resolved.part;
            if let Some(threshold) = threshold.filter(|_| same_rows) {
                let suppressed =
                    self.margins_of_flow(name, aggregate, (resolved, bound), summed, threshold)?;
                all = union(&[all.as_ref(), Some(&suppressed)]);
            }
        }
        Ok(all)
    }

    /// Sums that are suppressed together with the pairs of one flow.
    fn margins_of_flow(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        (resolved, bound): (&ResolvedRows<'_>, &BoundRows<'_>),
        SummedFlow { flow, end, .. }: SummedFlow<'_>,
        threshold: u32,
    ) -> Result<SliceSeries<bool>, EvaluationError> {
        let (over, places) = (self.carrier.dataset, &self.carrier.rows);
        let pairs = FlowPairs::new(flow, resolved.part, bound.rows, (over, places))
            .map_err(|fault| self.too_many_pairs(fault))?;
        let Some(pairs) = pairs else {
            return Err(self.declaration_error(name, DeclarationFault::FlowEndsNotRead));
        };
        let membership = pairs.membership().map_err(|fault| self.too_many_pairs(fault))?;
        let plan = self.slice_plan(resolved, bound);
        let mut task = self.aggregation_task(resolved, &membership, &plan);
        task.features = pairs.len();
        let column = resolved.column.and_then(|column| bound.numbers(column));
        let cells = task.numbers(aggregate.how, column.as_ref(), None, bound.rows.len).values;
        let groups = PublicGroups::of_ends(&pairs.ends, places.len);
        Ok(cells.map(|cells| match (suppressed_margins(cells, threshold, &groups), end) {
            (Some(margins), FlowEnd::From) => margins.from,
            (Some(margins), FlowEnd::To) => margins.to,
            (None, _) => vec![false; places.len],
        }))
    }
}
