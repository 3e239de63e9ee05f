//! Measures that the public sees beside a measure, and flows whose sums equal it.

use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::joining::resolved_rows::{JoinBy, ResolvedRows};
use catalog::{Catalog, FlowDefinition, MeasureOperation, RowAggregation, Visibility};
use data_model::DatasetId;

/// End of a flow that an aggregate sums by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowEnd {
    From,
    To,
}

/// A public flow whose sums by place an aggregate equals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SummedFlow<'c> {
    pub(crate) flow: &'c FlowDefinition,
    /// Suppression threshold of the flow's measures; `None` for the dataset's alone.
    pub(crate) threshold: Option<u32>,
    /// End whose sums the aggregate equals.
    pub(crate) end: FlowEnd,
}

/// Measures of all layers that the public sees.
pub(crate) fn public_measures(catalog: &Catalog) -> impl Iterator<Item = DeclaredMeasures<'_>> {
    let public = catalog.layers.iter().filter(|layer| layer.visibility == Visibility::Public);
    public.filter_map(|layer| DeclaredMeasures::of(layer, ResultAudience::Public))
}

/// Public flows whose sums by place the aggregate equals.
pub(crate) fn summed_flows<'c>(
    catalog: &'c Catalog,
    aggregate: &RowAggregation,
    resolved: &ResolvedRows<'_>,
    over: &DatasetId,
) -> Vec<SummedFlow<'c>> {
    let JoinBy::Key(key) = resolved.join else { return Vec::new() };
    let is_same = |operation: &MeasureOperation| match operation {
        MeasureOperation::Aggregate(other) => {
            other.how == aggregate.how
                && other.rows.column == aggregate.rows.column
                && other.rows.filter == aggregate.rows.filter
        }
        _ => false,
    };
    let mut found = Vec::new();
    for public in public_measures(catalog) {
        let Some(flow) = public.flow.filter(|flow| {
            flow.dataset == resolved.dataset.id
                && flow.between == *over
                && public.set.measures.iter().any(|measure| is_same(&measure.operation))
        }) else {
            continue;
        };
        let end = match key {
            key if key == flow.from => FlowEnd::From,
            key if key == flow.to => FlowEnd::To,
            _ => continue,
        };
        let summed = SummedFlow { flow, threshold: public.set.suppression_threshold, end };
        if !found.contains(&summed) {
            found.push(summed);
        }
    }
    found
}
