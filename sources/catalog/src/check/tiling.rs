//! Checks of `tiling`: rules fit the features, and name columns that tiles hold.

use std::collections::BTreeSet;

use super::Checker;
use super::columns::ValueKind;
use crate::read::{DeclaredLayer, KeyLocation};
use crate::{AggregateKind, Layer, LayerContent, MeasureOperation, MeasureSet, PrivacyRule};
use data_model::Zoom;
use data_model::feature::GeometryKind;
use data_model::tiling::{Reduction, Tiling, added_columns};

/// One form of a layer, as its tiles have it.
struct TiledForm<'c> {
    layer: &'c Layer,
    /// Measures of the form, if it has some.
    measures: Option<&'c MeasureSet>,
    /// Kinds of its features; `Mixed` where unknown.
    geometries: Vec<GeometryKind>,
    /// Published columns with their kinds; `None` if they are not all known.
    columns: Option<Vec<(String, ValueKind)>>,
    /// Column that the map shows.
    value: Option<&'c str>,
}

impl<'c> Checker<'c> {
    /// Checks the tiling of a layer, and of its public form.
    pub(super) fn tiling(&self, declared: &'c DeclaredLayer) {
        let layer = &declared.layer;
        let place = declared.place.at("tiling");
        let measures = layer.content.measures();
        if !layer.tiling.is_default() {
            let form = TiledForm {
                layer,
                measures,
                geometries: self.content_geometries(layer),
                columns: self.content_columns(layer),
                value: layer.value.as_deref(),
            };
            self.tiling_of(&place, &layer.tiling, &form);
        }
        let Some(set) = &layer.public_form else { return };
        let (tiling, place) = match &layer.public_tiling {
            Some(own) => (own, declared.place.at("public").at("tiling")),
            None => (&layer.tiling, place),
        };
        if !tiling.is_default() {
            let form = TiledForm {
                layer,
                measures: Some(set),
                geometries: vec![self.geometry_of(set.carrier.as_str())],
                columns: self.measure_columns(set),
                value: Some(set.value.as_str()),
            };
            self.tiling_of(&place, tiling, &form);
        }
    }

    fn tiling_of(&self, place: &KeyLocation, tiling: &Tiling, form: &TiledForm<'c>) {
        let layer = form.layer;
        if let Some(rule) = &tiling.reduction {
            match rule {
                Reduction::Cluster(rule) => {
                    let place = place.at("cluster");
                    self.reduced_zoom(&place, layer, rule.below_zoom);
                    self.only_of(&place, form, &[GeometryKind::Point], "points");
                    self.no_repeats(&place.at("sums"), rule.sums.iter().map(String::as_str));
                    for (i, name) in rule.sums.iter().enumerate() {
                        self.summed(&place.at("sums").item(i), form, name);
                    }
                }
                Reduction::Thin(rule) => {
                    let place = place.at("thin");
                    self.reduced_zoom(&place, layer, rule.below_zoom);
                    if let Some(rank) = &rule.rank {
                        self.tiled_number(&place.at("rank"), form, &rank.column);
                    }
                    self.not_shared(&place, layer);
                }
                Reduction::Merge(rule) => {
                    let place = place.at("merge");
                    self.reduced_zoom(&place, layer, rule.below_zoom);
                    let kinds = [GeometryKind::Line, GeometryKind::Polygon];
                    self.only_of(&place, form, &kinds, "lines or polygons");
                    if let Some(by) = &rule.by {
                        let _ = self.tiled_column(&place.at("by"), form, by);
                    }
                    self.not_shared(&place, layer);
                    if layer.labels {
                        let problem = "merged features have no names to label";
                        self.add(&place, problem, "remove it, or remove labels");
                    }
                }
            }
            self.free_names(place, rule, form);
        }
        self.attribute_zooms(place, tiling, form);
    }

    fn reduced_zoom(&self, place: &KeyLocation, layer: &Layer, below: Zoom) {
        if below <= layer.min_zoom || below > layer.max_zoom {
            let problem = format!("{below} is outside of the zooms that have tiles");
            let (from, to) = (layer.min_zoom.get() + 1, layer.max_zoom);
            let remedy = format!("write {from} to {to}, the last zoom having all features");
            self.add(&place.at("below_zoom"), problem, remedy);
        }
    }

    fn only_of(
        &self,
        place: &KeyLocation,
        form: &TiledForm<'c>,
        kinds: &[GeometryKind],
        words: &str,
    ) {
        let fits = |kind: &GeometryKind| *kind == GeometryKind::Mixed || kinds.contains(kind);
        if !form.geometries.iter().all(fits) {
            let remedy = "use cluster for points, merge for lines and polygons, or thin";
            self.add(place, format!("its features are not {words}"), remedy);
        }
    }

    /// Adds a fault for a rule that would tear a coverage apart.
    fn not_shared(&self, place: &KeyLocation, layer: &Layer) {
        if layer.coverage {
            let problem = "leaves gaps between areas that share borders";
            self.add(place, problem, "remove it, or remove coverage");
        }
    }

    /// Looks up a published column; a fault if there is none.
    fn tiled_column(
        &self,
        place: &KeyLocation,
        form: &TiledForm<'c>,
        name: &str,
    ) -> Option<ValueKind> {
        let known = form.columns.as_ref()?;
        let found = known.iter().find(|(column, _)| column == name);
        if found.is_none() {
            let names = known.iter().map(|(column, _)| column.as_str());
            let remedy = self.near(name, names, || "name a published column".to_owned());
            self.add(place, format!("{name:?} is not published"), remedy);
        }
        found.map(|(_, kind)| *kind)
    }

    fn tiled_number(&self, place: &KeyLocation, form: &TiledForm<'c>, name: &str) {
        let kind = self.tiled_column(place, form, name);
        if kind.is_some_and(|kind| !kind.may_be(ValueKind::Number)) {
            self.add(place, format!("{name:?} is no number"), "name a number");
        }
    }

    /// Checks a column whose sum clusters keep: a number that may be added up.
    fn summed(&self, place: &KeyLocation, form: &TiledForm<'c>, name: &str) {
        self.tiled_number(place, form, name);
        let Some(measure) = form.measures.and_then(|set| set.measure(name)) else { return };
        if !adds_up(&measure.operation, form.measures) {
            let problem =
                format!("{name:?} is a {}, whose sum means nothing", measure.operation.key());
            self.add(place, problem, "sum counts and amounts, and calculate the rest from them");
        }
    }

    /// Adds a fault for a published column named like an attribute that the rule adds.
    fn free_names(&self, place: &KeyLocation, rule: &Reduction, form: &TiledForm<'c>) {
        let Some(columns) = &form.columns else { return };
        let names: BTreeSet<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        for column in added_columns(rule, GeometryKind::Mixed) {
            if names.contains(column.name.as_str()) {
                let problem = format!("tiles have an attribute {:?} of their own", column.name);
                self.add(place, problem, "publish the column by another name");
            }
        }
    }

    fn attribute_zooms(&self, place: &KeyLocation, tiling: &Tiling, form: &TiledForm<'c>) {
        let place = place.at("attributes");
        for (name, &zoom) in &tiling.attributes {
            let at = place.at(name);
            let _ = self.tiled_column(&at, form, name);
            if zoom > form.layer.max_zoom {
                let problem = format!("{zoom} is past max_zoom {}", form.layer.max_zoom);
                self.add(&at, problem, "lower it, or leave the column out of the layer");
            }
            let used_by = match &tiling.reduction {
                Some(Reduction::Cluster(rule)) if rule.sums.contains(name) => Some("sums"),
                Some(Reduction::Merge(rule)) if rule.by.as_ref() == Some(name) => Some("by"),
                _ if form.value == Some(name) => Some("value"),
                _ => None,
            };
            if let Some(key) = used_by {
                let problem = format!("is {key} of the map, which it needs at every zoom");
                self.add(&at, problem, "remove it here");
            }
        }
    }

    fn geometry_of(&self, id: &str) -> GeometryKind {
        self.datasets.get(id).map_or(GeometryKind::Mixed, |declared| declared.dataset.geometry)
    }

    fn content_geometries(&self, layer: &Layer) -> Vec<GeometryKind> {
        match &layer.content {
            LayerContent::Features { .. } => vec![self.geometry_of(layer.dataset.as_str())],
            LayerContent::Union(parts) => {
                parts.iter().map(|part| self.geometry_of(part.dataset.as_str())).collect()
            }
            LayerContent::Measures(set) => vec![self.geometry_of(set.carrier.as_str())],
            LayerContent::Flow(..) => vec![GeometryKind::Line],
            LayerContent::Prepared { geometry, .. } => vec![*geometry],
        }
    }

    /// Columns of a layer as all its audiences get them; `None` if they are not all known.
    fn content_columns(&self, layer: &'c Layer) -> Option<Vec<(String, ValueKind)>> {
        match &layer.content {
            LayerContent::Features { .. } => {
                let dataset = &self.datasets.get(layer.dataset.as_str())?.dataset;
                let is_published =
                    |name: &String| layer.columns.as_ref().is_none_or(|list| list.contains(name));
                let banded = |name: &String| {
                    dataset.privacy.iter().any(
                        |rule| matches!(rule, PrivacyRule::Band { column, .. } if column == name),
                    )
                };
                let columns = dataset.columns.iter().filter(|column| is_published(&column.name));
                let columns = columns.map(|column| {
                    // The public's bands are texts.
                    let kind = match banded(&column.name) {
                        true => ValueKind::Text,
                        false => ValueKind::of(column),
                    };
                    (column.name.clone(), kind)
                });
                (!dataset.columns.is_empty()).then(|| columns.collect())
            }
            LayerContent::Union(_) => {
                let names = layer.content.union_columns()?;
                Some(names.into_iter().map(|name| (name, ValueKind::Unknown)).collect())
            }
            LayerContent::Prepared { columns, .. } => {
                let kinds =
                    columns.iter().map(|column| (column.name.clone(), ValueKind::of(column)));
                Some(kinds.collect())
            }
            LayerContent::Measures(set) => self.measure_columns(set),
            LayerContent::Flow(_, set) => Some(flow_columns(set)),
        }
    }

    fn measure_columns(&self, set: &'c MeasureSet) -> Option<Vec<(String, ValueKind)>> {
        let carrier = &self.datasets.get(set.carrier.as_str())?.dataset;
        let kind = |name: &str| match set.measure(name).map(|measure| &measure.operation) {
            Some(MeasureOperation::Class { .. }) => ValueKind::Text,
            Some(MeasureOperation::Aggregate(aggregate)) => match aggregate.how {
                AggregateKind::MostFrequent => ValueKind::Text,
                _ => ValueKind::Number,
            },
            Some(
                MeasureOperation::CarrierColumn(_)
                | MeasureOperation::NearestValue(_)
                | MeasureOperation::ContainingValue(_),
            ) => ValueKind::Unknown,
            Some(_) => ValueKind::Number,
            None => carrier.column(name).map_or(ValueKind::Unknown, ValueKind::of),
        };
        Some(set.published().map(|name| (name.to_owned(), kind(name))).collect())
    }
}

/// Columns of a flow: its ends with the columns of the places at both, and the measures.
fn flow_columns(set: &MeasureSet) -> Vec<(String, ValueKind)> {
    let ends = ["from".to_owned(), "to".to_owned()];
    let places = set.columns.iter().flat_map(|name| [format!("from_{name}"), format!("to_{name}")]);
    let texts = ends.into_iter().chain(places).map(|name| (name, ValueKind::Unknown));
    let measures = set.measures.iter().filter(|measure| measure.publish);
    texts.chain(measures.map(|measure| (measure.name.clone(), ValueKind::Unknown))).collect()
}

/// Whether values of an operation may be added up over features.
fn adds_up(operation: &MeasureOperation, set: Option<&MeasureSet>) -> bool {
    let each = |names: &[&str]| {
        names.iter().all(|name| {
            let measure = set.and_then(|set| set.measure(name));
            measure.is_none_or(|measure| adds_up(&measure.operation, set))
        })
    };
    match operation {
        MeasureOperation::Aggregate(aggregate) => {
            matches!(aggregate.how, AggregateKind::Count | AggregateKind::Sum)
        }
        MeasureOperation::CarrierColumn(_) | MeasureOperation::ShareOfTotal(_) => true,
        MeasureOperation::Plus(_)
        | MeasureOperation::Minus(..)
        | MeasureOperation::Scale { .. } => each(&operation.inputs()),
        MeasureOperation::Change { percent, .. } => !percent && each(&operation.inputs()),
        MeasureOperation::Ratio { .. }
        | MeasureOperation::PerKm2(_)
        | MeasureOperation::Times(..)
        | MeasureOperation::Index(_)
        | MeasureOperation::Nearest(_)
        | MeasureOperation::NearestValue(_)
        | MeasureOperation::ContainingValue(_)
        | MeasureOperation::Class { .. } => false,
    }
}
