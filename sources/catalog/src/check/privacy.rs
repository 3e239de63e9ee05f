//! Checks of privacy rules: restricted features are never published, and nothing that is
//! hidden, banded or suppressed reaches the public.

use super::Checker;
use crate::read::{DeclaredDataset, DeclaredLayer, KeyLocation};
use crate::{
    Dataset, FlowDefinition, LayerContent, LogicalType, PrivacyRule, RowFilter, Sensitivity,
    Visibility,
};
use data_model::DatasetId;

pub(super) fn is_coarsened(dataset: &Dataset) -> bool {
    dataset.coarsened().is_some()
}

/// The smallest areas by which measures of an `aggregate_only` dataset may be published;
/// `None` for others.
pub(super) fn smallest_unit(dataset: &Dataset) -> Option<&DatasetId> {
    dataset.all_rules().find_map(|rule| match rule {
        PrivacyRule::AggregateOnly { smallest_areas } => Some(smallest_areas),
        _ => None,
    })
}

/// The privacy rule that forbids tiles of a dataset's features, if any.
pub(super) fn kept_from_tiles(dataset: &Dataset) -> Option<&'static str> {
    dataset.all_rules().find_map(|rule| match rule {
        PrivacyRule::AggregateOnly { .. } => Some("aggregate_only"),
        PrivacyRule::NotTileable => Some("not_tileable"),
        _ => None,
    })
}

impl<'c> Checker<'c> {
    pub(super) fn privacy(&self, declared: &'c DeclaredLayer) {
        let DeclaredLayer { place, layer, measures, public_measures, .. } = declared;
        let public = layer.visibility == Visibility::Public;
        // The public gets none of this content if the layer has a public form.
        let shown = public && layer.public_form.is_none();
        match &layer.content {
            LayerContent::Features { filter } => {
                let at = place.at("dataset");
                self.tileable(&at, &layer.dataset);
                if let Some(dataset) = self.datasets.get(layer.dataset.as_str())
                    && shown
                {
                    self.public_features(&at, dataset);
                    self.public_filter(&place.at("where"), dataset, filter);
                    if let Some(value) = &layer.value {
                        self.public_layer_value(&place.at("value"), &dataset.dataset, value);
                    }
                    let at = place.at("columns");
                    for (i, name) in layer.columns.iter().flatten().enumerate() {
                        self.public_column(&at.item(i), dataset, name, true);
                    }
                    if layer.columns.is_none() {
                        for column in &dataset.dataset.columns {
                            self.public_column(&at, dataset, &column.name, false);
                        }
                    }
                }
            }
            LayerContent::Union(parts) => {
                for (part, place) in parts.iter().zip(&declared.parts) {
                    let at = place.at("dataset");
                    self.tileable(&at, &part.dataset);
                    let Some(dataset) = self.datasets.get(part.dataset.as_str()) else { continue };
                    if shown {
                        self.public_features(&at, dataset);
                        self.public_filter(&place.at("where"), dataset, &part.filter);
                        for (name, from) in &part.columns {
                            self.public_column(&place.at("columns").at(name), dataset, from, true);
                        }
                    }
                }
            }
            LayerContent::Measures(set) => {
                self.carried(set, measures, &place.at("carrier"));
                if shown {
                    self.public_set(place, set, measures, &place.at("carrier"));
                }
            }
            LayerContent::Flow(flow, set) => {
                let at = place.at("flow").at("between");
                self.carried(set, measures, &at);
                if shown {
                    self.public_ends(&place.at("flow"), flow);
                    self.public_set(place, set, measures, &at);
                }
            }
            LayerContent::Prepared { .. } => {
                if shown {
                    for (i, id) in layer.datasets.iter().enumerate() {
                        if let Some(dataset) = self.datasets.get(id.as_str()) {
                            let at = place.at("datasets").item(i);
                            self.public_features(&at, dataset);
                            self.coarsened_result(&at, &dataset.dataset);
                        }
                    }
                }
            }
        }
        if let Some(set) = &layer.public_form {
            let place = place.at("public");
            // Keys that the public form lacks are inherited from the layer.
            let over = if layer.content.measures().is_some_and(|own| own.carrier == set.carrier) {
                declared.place.at("carrier")
            } else {
                place.at("carrier")
            };
            self.carried(set, public_measures, &over);
            if public {
                // The public measures are over the same movements.
                if let LayerContent::Flow(flow, _) = &layer.content {
                    self.public_ends(&declared.place.at("flow"), flow);
                }
                self.public_set(&place, set, public_measures, &over);
            }
        }
    }

    /// Refuses tiles of features that a privacy rule keeps out of tiles.
    pub(super) fn tileable(&self, place: &KeyLocation, id: &DatasetId) {
        let Some(declared) = self.datasets.get(id.as_str()) else { return };
        let Some(rule) = kept_from_tiles(&declared.dataset) else { return };
        let remedy = match smallest_unit(&declared.dataset) {
            Some(unit) => format!("write carrier = \"{unit}\" and measures of {id}"),
            None => format!("write carrier = \"…\" and measures of {id}"),
        };
        self.add(place, format!("{id} is {rule}: nobody sees its features"), remedy);
    }

    /// Checks that a dataset whose features are published is public.
    fn public_features(&self, place: &KeyLocation, declared: &DeclaredDataset) {
        let dataset = &declared.dataset;
        if dataset.sensitivity != Sensitivity::Public {
            let problem = format!("{} is not public", dataset.id);
            let remedy = "make the layer staff, or give it a [layer.public] of suppressed measures";
            self.add(place, problem, remedy);
        }
    }

    /// Refuses filters by hidden or banded columns.
    ///
    /// A condition on a hidden column discloses its value for every feature shown; one on a
    /// banded column is narrower than its band.
    fn public_filter(&self, place: &KeyLocation, declared: &DeclaredDataset, filter: &RowFilter) {
        let dataset = &declared.dataset;
        for name in filter.keys().filter(|name| dataset.hides(name) || dataset.bands(name)) {
            let kept = if dataset.hides(name) { "hidden" } else { "shown in bands" };
            let problem = format!("{name} is {kept}, and the filter discloses it of every feature");
            self.add(&place.at(name), problem, "make the layer staff, or filter by another column");
        }
    }

    /// Refuses to shade a map of features by a hidden column.
    fn public_layer_value(&self, at: &KeyLocation, dataset: &Dataset, name: &str) {
        if dataset.hides(name) {
            let problem = format!("{name} of {} is hidden from the public", dataset.id);
            self.add(at, problem, "name another column, or make the layer staff");
        }
    }

    /// Checks a flow's columns of origins and destinations, which every line discloses.
    fn public_ends(&self, place: &KeyLocation, flow: &FlowDefinition) {
        let Some(declared) = self.datasets.get(flow.dataset.as_str()) else { return };
        for (name, column) in [("from", &flow.from), ("to", &flow.to)] {
            self.public_grouping(&place.at(name), &declared.dataset, column);
        }
    }

    fn public_column(
        &self,
        place: &KeyLocation,
        declared: &DeclaredDataset,
        name: &str,
        listed: bool,
    ) {
        let dataset = &declared.dataset;
        // Columns that are not listed are left out anyway.
        if dataset.hides(name) {
            if listed {
                let problem = format!("{name} of {} is hidden from the public", dataset.id);
                self.add(place, problem, "remove it, or make the layer staff");
            }
            return;
        }
        let number = dataset.column(name).and_then(|column| column.kind) == Some(LogicalType::Int);
        let in_key = dataset.key.iter().any(|key| key == name);
        if number
            && !in_key
            && let Some(below) = dataset.suppress_below()
        {
            let problem = format!("{name} of {} may be below {below}", dataset.id);
            let remedy = "make it a measure, which is suppressed, or make the layer staff";
            self.add(place, problem, remedy);
        }
    }
}
