//! Suppressed values beside small numbers: those of few contributors, and sums that
//! disclose pairs of a flow.

use super::aggregate::{AggregatedValues, AggregationTask, ColumnLookup};
use super::evaluate::LayerEvaluation;
use super::flow::{FlowPairs, part_of};
use super::resolved_rows::{JoinBy, ResolvedRows};
use super::series::SliceSeries;
use super::suppress::{PublicGroups, RowKind, held_sums, union};
use super::tables::{BoundRows, membership};
use super::{DatasetPart, DeriveError, ResultAudience, measures_of};
use catalog::{
    AggregateKind, Catalog, FlowDefinition, MeasureOperation, MeasureSet, RowAggregation,
    Visibility,
};
use data_model::DatasetId;

/// End of a flow that an aggregate sums by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    From,
    To,
}

/// Public flows whose sums by place the aggregate equals, with their own limits.
fn flows_of<'c>(
    catalog: &'c Catalog,
    aggregate: &RowAggregation,
    reference: &ResolvedRows<'_>,
    over: &DatasetId,
) -> Vec<(&'c FlowDefinition, Option<u32>, End)> {
    let JoinBy::Key(key) = reference.join else { return Vec::new() };
    let mut found: Vec<(&FlowDefinition, Option<u32>, End)> = Vec::new();
    for (set, flow) in public_sets(catalog) {
        let same = |operation: &MeasureOperation| match operation {
            MeasureOperation::Aggregate(other) => {
                other.how == aggregate.how
                    && other.rows.column == aggregate.rows.column
                    && other.rows.filter == aggregate.rows.filter
            }
            _ => false,
        };
        let Some(flow) = flow.filter(|flow| {
            flow.dataset == reference.dataset.id
                && flow.between == *over
                && set.measures.iter().any(|measure| same(&measure.operation))
        }) else {
            continue;
        };
        let end = match key {
            key if key == flow.from => End::From,
            key if key == flow.to => End::To,
            _ => continue,
        };
        if !found.contains(&(flow, set.suppress, end)) {
            found.push((flow, set.suppress, end));
        }
    }
    found
}

/// Public flows whose sums by place the aggregate equals; their columns are needed.
pub(super) fn flows_needed<'c>(
    catalog: &'c Catalog,
    aggregate: &RowAggregation,
    reference: &ResolvedRows<'_>,
    over: &DatasetId,
) -> impl Iterator<Item = &'c FlowDefinition> {
    flows_of(catalog, aggregate, reference, over).into_iter().map(|(flow, ..)| flow)
}

/// Public measure sets, with their flows.
pub(super) fn public_sets(
    catalog: &Catalog,
) -> impl Iterator<Item = (&MeasureSet, Option<&FlowDefinition>)> {
    let public = catalog.layers.iter().filter(|layer| layer.visibility == Visibility::Public);
    public.filter_map(|layer| measures_of(layer, ResultAudience::Public))
}

/// Index of the feature that each row of values is about: all rows of one person, firm,
/// thing or area are one contribution.
fn owners<'t>(reference: &ResolvedRows<'_>, bound: &BoundRows<'t>) -> Option<&'t [u32]> {
    let link = reference.link.filter(|_| reference.part == DatasetPart::Values)?;
    let texts = bound.rows.columns.get(link)?.texts.as_ref()?;
    Some(&texts.rows)
}

/// The smaller of two counts of each value.
pub(super) fn fewest(one: &SliceSeries<u32>, other: &SliceSeries<u32>) -> SliceSeries<u32> {
    let slices = one.lists().len().max(other.lists().len());
    let least = |at| one.of(at).iter().zip(other.of(at)).map(|(a, b)| *a.min(b)).collect();
    SliceSeries::sliced((0..slices).map(least).collect())
}

/// The sums of which `made` holds the means.
pub(super) fn sums_of(made: &AggregatedValues<f64>) -> SliceSeries<f64> {
    let slices = made.values.lists().len().max(made.rows.lists().len());
    let sums = |at| {
        let pairs = made.values.of(at).iter().zip(made.rows.of(at));
        pairs.map(|(mean, &rows)| mean * f64::from(rows)).collect()
    };
    SliceSeries::sliced((0..slices).map(sums).collect())
}

impl LayerEvaluation<'_> {
    /// Kind of an aggregate's rows, for disclosure control.
    pub(super) fn row_kind(
        &self,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
    ) -> RowKind {
        let dataset = reference.dataset;
        let columns = aggregate.rows.column.iter().chain(&aggregate.weight);
        let hidden = columns.into_iter().any(|name| dataset.hides(name));
        let of_values = reference.part == DatasetPart::Values;
        let amounts = dataset.guards(aggregate) && dataset.holds_amounts(of_values);
        match reference.part {
            _ if hidden || amounts => RowKind::Amounts,
            DatasetPart::Features => RowKind::Things,
            DatasetPart::Values => RowKind::Statistics,
        }
    }

    /// Numbers of contributing persons, firms, things or areas of each value; `None` if
    /// the numbers of rows are these. The columns are those of values and of weights.
    pub(super) fn parts(
        &self,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        task: &AggregationTask<'_>,
        [column, weight]: [Option<&ColumnLookup<'_, f64>>; 2],
    ) -> Option<SliceSeries<u32>> {
        if self.form == ResultAudience::Full || aggregate.how == AggregateKind::Count {
            return None;
        }
        // A sum of numbers of things is compared itself.
        let adds = aggregate.how == AggregateKind::Sum;
        let guarded = reference.dataset.guards(aggregate);
        let areas = reference.part == DatasetPart::Values && guarded && !adds;
        if self.row_kind(aggregate, reference) != RowKind::Amounts && !areas {
            return None;
        }
        // A row that adds nothing, or has no weight, is no part of a few.
        let part = if adds { column } else { weight };
        Some(task.contributors(part, column, owners(reference, bound)))
    }

    /// Aggregates the numbers of these rows.
    pub(super) fn numbers(
        &self,
        name: &str,
        how: AggregateKind,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<SliceSeries<f64>, DeriveError> {
        let over = (self.carrier.dataset, &*self.carrier.rows);
        let membership = match &self.carrier.pairs {
            Some(pairs) => pairs.membership().map(Some),
            None => membership(bound, reference, over, &self.spatial, self.plane),
        };
        let membership = membership.map_err(|fault| self.too_many(fault))?;
        let membership = membership.ok_or_else(|| self.fault(name, "its rows can't be joined"))?;
        let plan = self.plan(reference, bound, false);
        let task = self.task(reference, &membership, &plan);
        let column = reference.column.and_then(|column| bound.numbers(column));
        Ok(task.numbers(how, column.as_ref(), None, bound.rows.len).values)
    }

    /// Sums of public flows that are suppressed together with their pairs; `None` if the
    /// aggregate is no such sum.
    pub(super) fn held_sums(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<Option<SliceSeries<bool>>, DeriveError> {
        if self.form == ResultAudience::Full || self.carrier.pairs.is_some() {
            return Ok(None);
        }
        let over = self.carrier.dataset;
        let mut all: Option<SliceSeries<bool>> = None;
        for (flow, own, end) in flows_of(self.catalog, aggregate, reference, &over.id) {
            let least = reference.dataset.suppress_below().max(own).max(self.set.suppress);
            let same_rows = part_of(flow, reference.dataset) == reference.part;
            if let Some(least) = least.filter(|_| same_rows) {
                let flow = (flow, end, least);
                let held = self.held_sums_of(name, aggregate, reference, bound, flow)?;
                all = union(&[all.as_ref(), Some(&held)]);
            }
        }
        Ok(all)
    }

    /// Sums that are suppressed together with the pairs of one flow.
    fn held_sums_of(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        (flow, end, least): (&FlowDefinition, End, u32),
    ) -> Result<SliceSeries<bool>, DeriveError> {
        let (over, places) = (self.carrier.dataset, &self.carrier.rows);
        let pairs = FlowPairs::new(flow, reference.part, bound.rows, (over, places))
            .map_err(|fault| self.too_many(fault))?;
        let Some(pairs) = pairs else {
            return Err(self.fault(name, "the ends of its movements have not been read"));
        };
        let membership = pairs.membership().map_err(|fault| self.too_many(fault))?;
        let plan = self.plan(reference, bound, false);
        let mut task = self.task(reference, &membership, &plan);
        task.features = pairs.len();
        let column = reference.column.and_then(|column| bound.numbers(column));
        let cells = task.numbers(aggregate.how, column.as_ref(), None, bound.rows.len).values;
        let groups = PublicGroups::of_ends(&pairs.ends, places.len);
        Ok(cells.map(|cells| match (held_sums(cells, least, &groups), end) {
            (Some(sums), End::From) => sums.from,
            (Some(sums), End::To) => sums.to,
            (None, _) => vec![false; places.len],
        }))
    }
}
