//! Parts and columns that a layer's measures are computed from.

use std::collections::BTreeMap;

use super::column_cells::ColumnForm;
use super::flow::part_of;
use super::kept_back::flows_needed;
use super::resolved_rows::{JoinBy, ResolveError, ResolvedRows, dataset};
use super::rows::RowNeeds;
use super::{DatasetPart, DeriveError, ResultAudience, measures_of};
use catalog::{
    AggregateKind, Catalog, Dataset, FlowDefinition, Layer, MeasureOperation, MeasureSet,
    PrivacyRule,
};
use data_model::DatasetId;

/// Parts of datasets, and the columns and geometry that are needed of each.
pub(super) type PartNeeds = BTreeMap<(DatasetId, DatasetPart), RowNeeds>;

pub(super) fn add(needs: &mut PartNeeds, dataset: &DatasetId, part: DatasetPart, wants: &RowNeeds) {
    needs.entry((dataset.clone(), part)).or_default().add(wants);
}

/// The needs of a measure set.
pub(super) fn of_measures(
    catalog: &Catalog,
    layer: &Layer,
    set: &MeasureSet,
    flow: Option<&FlowDefinition>,
) -> Result<PartNeeds, DeriveError> {
    let unresolved = |measure: &str, unresolved| match unresolved {
        ResolveError::Dataset(dataset) => {
            DeriveError::NoDataset { layer: layer.id.clone(), dataset }
        }
        ResolveError::Key => DeriveError::Declaration {
            layer: layer.id.clone(),
            measure: measure.to_owned(),
            problem: "its rows have no key of the features; name one".to_owned(),
        },
    };
    let find = |id| dataset(catalog, id).map_err(|fault| unresolved("", fault));
    let over = find(&set.over)?;
    let mut needs = PartNeeds::new();
    let mut carrier = RowNeeds::default();
    set.columns.iter().for_each(|column| carrier.column(column, ColumnForm::OWN));
    let mut flow_part = None;
    if let Some(flow) = flow {
        let movements = find(&flow.dataset)?;
        let part = part_of(flow, movements);
        flow_part = Some(part);
        let mut wants = RowNeeds::default();
        wants.column(&flow.from, ColumnForm::TEXT);
        wants.column(&flow.to, ColumnForm::TEXT);
        add(&mut needs, &flow.dataset, part, &wants);
        over.key.iter().for_each(|key| carrier.column(key, ColumnForm::TEXT));
        carrier.geometry = true;
    }
    for measure in &set.measures {
        let named = |fault| unresolved(&measure.name, fault);
        let reference =
            |rows, weight| ResolvedRows::new(catalog, rows, weight, over, flow_part).map_err(named);
        match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => {
                let reference = reference(&aggregate.rows, aggregate.weight.as_deref())?;
                let want = match aggregate.how {
                    AggregateKind::Most => ColumnForm::TEXT,
                    _ => ColumnForm::NUMBER,
                };
                let located = reference.is_located() && flow.is_none();
                reference.needs(want, located, &mut |id, part, wants| {
                    add(&mut needs, id, part, wants);
                });
                carrier.geometry |= located;
                if matches!(reference.join, JoinBy::Key(_)) {
                    over.key.iter().for_each(|key| carrier.column(key, ColumnForm::TEXT));
                }
                if let Some(link) = reference.link.filter(|_| reference.dataset.guards(aggregate)) {
                    let mut wants = RowNeeds::default();
                    wants.column(link, ColumnForm::TEXT);
                    add(&mut needs, &reference.dataset.id, reference.part, &wants);
                }
                for flow in flows_needed(catalog, aggregate, &reference, &over.id) {
                    let mut wants = RowNeeds::default();
                    wants.column(&flow.from, ColumnForm::TEXT);
                    wants.column(&flow.to, ColumnForm::TEXT);
                    add(&mut needs, &flow.dataset, reference.part, &wants);
                    carrier.geometry = true;
                }
            }
            MeasureOperation::Nearest(rows)
            | MeasureOperation::NearestValue(rows)
            | MeasureOperation::At(rows) => {
                // They are not joined, whatever would be a key of theirs.
                let reference = ResolvedRows { join: JoinBy::Inside, ..reference(rows, None)? };
                reference.needs(ColumnForm::OWN, true, &mut |id, part, wants| {
                    add(&mut needs, id, part, wants);
                });
                carrier.geometry = true;
            }
            MeasureOperation::Own(column) => carrier.column(column, ColumnForm::OWN),
            MeasureOperation::PerKm2(_) => carrier.geometry = true,
            _ => {}
        }
    }
    add(&mut needs, &set.over, DatasetPart::Features, &carrier);
    Ok(needs)
}

/// The needs of a layer's measures in a form; empty if it has none.
pub(super) fn of_layer(
    catalog: &Catalog,
    layer: &Layer,
    form: ResultAudience,
) -> Result<PartNeeds, DeriveError> {
    let Some((set, flow)) = measures_of(layer, form) else { return Ok(PartNeeds::new()) };
    let mut needs = of_measures(catalog, layer, set, flow)?;
    let areas = catalog.district.stats_over.as_ref().filter(|areas| **areas != set.over);
    // Small numbers must not follow from the sums of the areas in which they lie.
    if let Some(areas) = areas.filter(|_| form == ResultAudience::Public && flow.is_none())
        && least(catalog, set).is_some()
    {
        let located = RowNeeds { geometry: true, ..RowNeeds::default() };
        add(&mut needs, areas, DatasetPart::Features, &located);
        add(&mut needs, &set.over, DatasetPart::Features, &located);
    }
    Ok(needs)
}

/// The smallest number of these measures that the public may see; `None` for no limit.
pub(super) fn least(catalog: &Catalog, set: &MeasureSet) -> Option<u32> {
    let datasets = set.datasets();
    let datasets = datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    datasets.filter_map(Dataset::suppress_below).max().max(set.suppress)
}

/// Number of earlier slices that changes refer to, added up for changes of changes.
pub(super) fn looks_back(measures: &[catalog::Measure]) -> u32 {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    for measure in measures {
        let inputs = measure.operation.inputs().into_iter();
        let inputs = inputs.map(|name| known.get(name).copied().unwrap_or(0)).max().unwrap_or(0);
        let back = match measure.operation {
            MeasureOperation::Change { back, .. } => inputs.saturating_add(back),
            _ => inputs,
        };
        known.insert(&measure.name, back);
    }
    known.into_values().max().unwrap_or(0)
}

/// Visibility of a dataset's column to the public.
pub(super) enum ColumnVisibility {
    AsItIs,
    /// As bands of this width.
    Banded(u32),
    Hidden,
}

/// Visibility of a column to the public by the dataset's privacy rules.
pub(super) fn shown(dataset: &Dataset, name: &str) -> ColumnVisibility {
    let mut shown = ColumnVisibility::AsItIs;
    for rule in &dataset.privacy {
        match rule {
            PrivacyRule::Hide { column, .. } if column == name => return ColumnVisibility::Hidden,
            PrivacyRule::Band { column, width } if column == name => {
                shown = ColumnVisibility::Banded(*width);
            }
            _ => {}
        }
    }
    shown
}
