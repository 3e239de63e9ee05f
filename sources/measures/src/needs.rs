//! Parts and columns that a layer's figures are computed from.

use std::collections::BTreeMap;

use super::cells::Want;
use super::flow::part_of;
use super::kept_back::flows_needed;
use super::reference::{JoinBy, Reference, Unresolved, dataset};
use super::rows::Wants;
use super::{DeriveError, Form, Part, figures_of};
use catalog::{AggregateKind, Catalog, Dataset, FigureSet, Flow, Layer, Operation, PrivacyRule};
use data_model::DatasetId;

/// Parts of datasets, and the columns and geometry that are needed of each.
pub(super) type Needs = BTreeMap<(DatasetId, Part), Wants>;

pub(super) fn add(needs: &mut Needs, dataset: &DatasetId, part: Part, wants: &Wants) {
    needs.entry((dataset.clone(), part)).or_default().add(wants);
}

/// The needs of a figure set.
pub(super) fn of_figures(
    catalog: &Catalog,
    layer: &Layer,
    set: &FigureSet,
    flow: Option<&Flow>,
) -> Result<Needs, DeriveError> {
    let unresolved = |figure: &str, unresolved| match unresolved {
        Unresolved::Dataset(dataset) => DeriveError::NoDataset { layer: layer.id.clone(), dataset },
        Unresolved::Key => DeriveError::Declaration {
            layer: layer.id.clone(),
            figure: figure.to_owned(),
            problem: "its rows have no key of the features; name one".to_owned(),
        },
    };
    let find = |id| dataset(catalog, id).map_err(|fault| unresolved("", fault));
    let over = find(&set.over)?;
    let mut needs = Needs::new();
    let mut carrier = Wants::default();
    set.columns.iter().for_each(|column| carrier.column(column, Want::OWN));
    let mut flow_part = None;
    if let Some(flow) = flow {
        let movements = find(&flow.dataset)?;
        let part = part_of(flow, movements);
        flow_part = Some(part);
        let mut wants = Wants::default();
        wants.column(&flow.from, Want::TEXT);
        wants.column(&flow.to, Want::TEXT);
        add(&mut needs, &flow.dataset, part, &wants);
        over.key.iter().for_each(|key| carrier.column(key, Want::TEXT));
        carrier.geometry = true;
    }
    for figure in &set.figures {
        let named = |fault| unresolved(&figure.name, fault);
        let reference =
            |rows, weight| Reference::new(catalog, rows, weight, over, flow_part).map_err(named);
        match &figure.operation {
            Operation::Aggregate(aggregate) => {
                let reference = reference(&aggregate.rows, aggregate.weight.as_deref())?;
                let want = match aggregate.how {
                    AggregateKind::Most => Want::TEXT,
                    _ => Want::NUMBER,
                };
                let located = reference.is_located() && flow.is_none();
                reference.needs(want, located, &mut |id, part, wants| {
                    add(&mut needs, id, part, wants);
                });
                carrier.geometry |= located;
                if matches!(reference.join, JoinBy::Key(_)) {
                    over.key.iter().for_each(|key| carrier.column(key, Want::TEXT));
                }
                if let Some(link) = reference.link.filter(|_| reference.dataset.guards(aggregate)) {
                    let mut wants = Wants::default();
                    wants.column(link, Want::TEXT);
                    add(&mut needs, &reference.dataset.id, reference.part, &wants);
                }
                for flow in flows_needed(catalog, aggregate, &reference, &over.id) {
                    let mut wants = Wants::default();
                    wants.column(&flow.from, Want::TEXT);
                    wants.column(&flow.to, Want::TEXT);
                    add(&mut needs, &flow.dataset, reference.part, &wants);
                    carrier.geometry = true;
                }
            }
            Operation::Nearest(rows) | Operation::NearestValue(rows) | Operation::At(rows) => {
                // They are not joined, whatever would be a key of theirs.
                let reference = Reference { join: JoinBy::Inside, ..reference(rows, None)? };
                reference.needs(Want::OWN, true, &mut |id, part, wants| {
                    add(&mut needs, id, part, wants);
                });
                carrier.geometry = true;
            }
            Operation::Own(column) => carrier.column(column, Want::OWN),
            Operation::PerKm2(_) => carrier.geometry = true,
            _ => {}
        }
    }
    add(&mut needs, &set.over, Part::Features, &carrier);
    Ok(needs)
}

/// The needs of a layer's figures in a form; empty if it has none.
pub(super) fn of_layer(catalog: &Catalog, layer: &Layer, form: Form) -> Result<Needs, DeriveError> {
    let Some((set, flow)) = figures_of(layer, form) else { return Ok(Needs::new()) };
    let mut needs = of_figures(catalog, layer, set, flow)?;
    let areas = catalog.district.stats_over.as_ref().filter(|areas| **areas != set.over);
    // Small numbers must not follow from the sums of the areas in which they lie.
    if let Some(areas) = areas.filter(|_| form == Form::Public && flow.is_none())
        && least(catalog, set).is_some()
    {
        let located = Wants { geometry: true, ..Wants::default() };
        add(&mut needs, areas, Part::Features, &located);
        add(&mut needs, &set.over, Part::Features, &located);
    }
    Ok(needs)
}

/// The smallest number of these figures that the public may see; `None` for no limit.
pub(super) fn least(catalog: &Catalog, set: &FigureSet) -> Option<u32> {
    let datasets = set.datasets();
    let datasets = datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    datasets.filter_map(Dataset::suppress_below).max().max(set.suppress)
}

/// Number of earlier slices that changes refer to, added up for changes of changes.
pub(super) fn looks_back(figures: &[catalog::Figure]) -> u32 {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    for figure in figures {
        let inputs = figure.operation.inputs().into_iter();
        let inputs = inputs.map(|name| known.get(name).copied().unwrap_or(0)).max().unwrap_or(0);
        let back = match figure.operation {
            Operation::Change { back, .. } => inputs.saturating_add(back),
            _ => inputs,
        };
        known.insert(&figure.name, back);
    }
    known.into_values().max().unwrap_or(0)
}

/// Visibility of a dataset's column to the public.
pub(super) enum Shown {
    AsItIs,
    /// As bands of this width.
    Banded(u32),
    Hidden,
}

/// Visibility of a column to the public by the dataset's privacy rules.
pub(super) fn shown(dataset: &Dataset, name: &str) -> Shown {
    let mut shown = Shown::AsItIs;
    for rule in &dataset.privacy {
        match rule {
            PrivacyRule::Hide { column, .. } if column == name => return Shown::Hidden,
            PrivacyRule::Band { column, width } if column == name => {
                shown = Shown::Banded(*width);
            }
            _ => {}
        }
    }
    shown
}
