//! Parts and columns that a layer's measures are evaluated from.

use std::collections::BTreeMap;

use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::disclosure::public_measures::summed_flows;
use crate::error::EvaluationError;
use crate::joining::flow_pairs::part_of;
use crate::joining::resolved_rows::{JoinBy, ResolveError, ResolvedRows, dataset};
use crate::reading::column_cells::CellRepresentations;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::row_needs::{PartNeeds, RowNeeds, add_needs};
use catalog::{
    AggregateKind, Catalog, Dataset, FlowDefinition, JoinedRows, Measure, MeasureOperation,
    MeasureSet, RowAggregation,
};
use data_model::DatasetId;

/// The needs of a layer's measures, and of the areas in which small numbers must not
/// follow from sums.
pub(crate) fn of_layer(
    catalog: &Catalog,
    declared: &DeclaredMeasures<'_>,
) -> Result<PartNeeds, EvaluationError> {
    let set = declared.set;
    let mut needs = of_measures(catalog, declared)?;
    let areas = catalog.district.stats_areas.as_ref().filter(|areas| **areas != set.carrier);
    let is_public = declared.audience == ResultAudience::Public && declared.flow.is_none();
    if let Some(areas) = areas.filter(|_| is_public)
        && set_threshold(catalog, set).is_some()
    {
        let located = RowNeeds { geometry: true, ..RowNeeds::default() };
        add_needs(&mut needs, areas, DatasetPart::Features, &located);
        add_needs(&mut needs, &set.carrier, DatasetPart::Features, &located);
    }
    Ok(needs)
}

/// The needs of a measure set.
pub(crate) fn of_measures(
    catalog: &Catalog,
    declared: &DeclaredMeasures<'_>,
) -> Result<PartNeeds, EvaluationError> {
    let set = declared.set;
    let find = |id: &DatasetId| {
        dataset(catalog, id).map_err(|error| error.of_measure(&declared.layer.id, ""))
    };
    let over = find(&set.carrier)?;
    let mut collector = NeedsCollector {
        catalog,
        over,
        flow_part: None,
        needs: PartNeeds::new(),
        carrier: RowNeeds::default(),
    };
    set.columns
        .iter()
        .for_each(|column| collector.carrier.add_column(column, CellRepresentations::OWN));
    if let Some(flow) = declared.flow {
        collector.add_flow(flow, find(&flow.dataset)?);
    }
    for measure in &set.measures {
        let added = collector.add_measure(measure);
        added.map_err(|error| error.of_measure(&declared.layer.id, &measure.name))?;
    }
    let NeedsCollector { mut needs, carrier, .. } = collector;
    add_needs(&mut needs, &set.carrier, DatasetPart::Features, &carrier);
    Ok(needs)
}

/// Collects the needs of the measures of a set.
struct NeedsCollector<'c> {
    catalog: &'c Catalog,
    /// Dataset of the features that carry the measures.
    over: &'c Dataset,
    /// Part with the movements of a flow; `None` without a flow.
    flow_part: Option<DatasetPart>,
    needs: PartNeeds,
    /// Needs of the carrier's features.
    carrier: RowNeeds,
}

impl NeedsCollector<'_> {
    fn add_flow(&mut self, flow: &FlowDefinition, movements: &Dataset) {
        let part = part_of(flow, movements);
        self.flow_part = Some(part);
        self.add_flow_ends(flow, part);
        self.add_carrier_keys();
    }

    fn add_flow_ends(&mut self, flow: &FlowDefinition, part: DatasetPart) {
        let mut ends = RowNeeds::default();
        ends.add_column(&flow.from, CellRepresentations::TEXT);
        ends.add_column(&flow.to, CellRepresentations::TEXT);
        add_needs(&mut self.needs, &flow.dataset, part, &ends);
        self.carrier.geometry = true;
    }

    fn add_carrier_keys(&mut self) {
        self.over
            .key
            .iter()
            .for_each(|key| self.carrier.add_column(key, CellRepresentations::TEXT));
    }

    fn add_measure(&mut self, measure: &Measure) -> Result<(), ResolveError> {
        match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => self.add_aggregate(aggregate)?,
            MeasureOperation::Nearest(rows)
            | MeasureOperation::NearestValue(rows)
            | MeasureOperation::ContainingValue(rows) => self.add_located(rows)?,
            MeasureOperation::CarrierColumn(column) => {
                self.carrier.add_column(column, CellRepresentations::OWN);
            }
            MeasureOperation::PerKm2(_) => self.carrier.geometry = true,
            _ => {}
        }
        Ok(())
    }

    fn add_aggregate(&mut self, aggregate: &RowAggregation) -> Result<(), ResolveError> {
        let weight = aggregate.weight.as_deref();
        let (catalog, over) = (self.catalog, self.over);
        let resolved = ResolvedRows::new(catalog, &aggregate.rows, weight, over, self.flow_part)?;
        let wanted = match aggregate.how {
            AggregateKind::MostFrequent => CellRepresentations::TEXT,
            _ => CellRepresentations::NUMBER,
        };
        let located = resolved.is_located() && self.flow_part.is_none();
        resolved.add_needs(wanted, located, &mut self.needs);
        self.carrier.geometry |= located;
        if matches!(resolved.join, JoinBy::Key(_)) {
            self.add_carrier_keys();
        }
        if let Some(link) = resolved.link.filter(|_| resolved.dataset.guards(aggregate)) {
            let mut linked = RowNeeds::default();
            linked.add_column(link, CellRepresentations::TEXT);
            add_needs(&mut self.needs, &resolved.dataset.id, resolved.part, &linked);
        }
        for summed in summed_flows(catalog, aggregate, &resolved, &over.id) {
            self.add_flow_ends(summed.flow, resolved.part);
        }
        Ok(())
    }

    /// Adds rows that are used by location, even if they have a key.
    fn add_located(&mut self, rows: &JoinedRows) -> Result<(), ResolveError> {
        let resolved = ResolvedRows::new(self.catalog, rows, None, self.over, self.flow_part)?;
        let resolved = ResolvedRows { join: JoinBy::Inside, ..resolved };
        resolved.add_needs(CellRepresentations::OWN, true, &mut self.needs);
        self.carrier.geometry = true;
        Ok(())
    }
}

/// Suppression threshold of a measure set: the largest of its own and its datasets';
/// `None` for no suppression.
pub(crate) fn set_threshold(catalog: &Catalog, set: &MeasureSet) -> Option<u32> {
    let datasets = set.datasets();
    let datasets = datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    datasets.filter_map(Dataset::suppress_below).max().max(set.suppression_threshold)
}

/// Number of earlier slices that changes refer to, added up for changes of changes.
pub(crate) fn change_lookback(measures: &[Measure]) -> u32 {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    for measure in measures {
        let inputs = measure.operation.inputs().into_iter();
        let inputs = inputs.map(|name| known.get(name).copied().unwrap_or(0)).max().unwrap_or(0);
        let lookback = match measure.operation {
            MeasureOperation::Change { back, .. } => inputs.saturating_add(back),
            _ => inputs,
        };
        known.insert(&measure.name, lookback);
    }
    known.into_values().max().unwrap_or(0)
}
