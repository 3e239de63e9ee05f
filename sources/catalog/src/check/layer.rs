//! Checks of one layer: its content, drawing and tiling.

use super::columns::ValueKind;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, DeclaredLayer, KeyLocation};
use crate::{Layer, LayerContent, LogicalType, MapKind, MeasureSet, UnionPart, Visibility};
use data_model::feature::GeometryKind;

/// Whether features of kind `geometry` may be `wanted`; `Mixed` means unknown.
fn has(geometry: GeometryKind, wanted: GeometryKind) -> bool {
    geometry == wanted || geometry == GeometryKind::Mixed
}

impl<'c> Checker<'c> {
    pub(super) fn layer(&self, declared: &'c DeclaredLayer) {
        let DeclaredLayer { place, layer, measures, public_measures, .. } = declared;
        match &layer.content {
            LayerContent::Features { filter } => {
                if let Some(dataset) = self.own_features(&place.at("dataset"), layer) {
                    self.filter(&place.at("where"), dataset, Among::Features, filter);
                    self.published(place, layer, dataset);
                }
            }
            LayerContent::Union(parts) => self.union(declared, parts),
            LayerContent::Measures(set) => self.measure_set(place, set, measures, None),
            LayerContent::Flow(flow, set) => self.measure_set(place, set, measures, Some(flow)),
            LayerContent::Prepared { columns, .. } => {
                self.declared_columns(&place.at("column"), columns);
                for (i, id) in layer.datasets.iter().enumerate() {
                    self.find(&place.at("datasets").item(i), id);
                }
                let known = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
                self.value_is_among(place, layer, &known);
            }
        }
        if let Some(set) = &layer.public_form {
            let place = place.at("public");
            self.measure_set(&place, set, public_measures, None);
            if matches!(layer.content, LayerContent::Flow(..)) {
                let problem = "a flow has no other form for the public";
                self.add(&place, problem, "make it a layer of its own, and the flow staff");
            }
            if layer.visibility == Visibility::Staff {
                let remedy = "remove it, or make the layer public";
                self.add(&place, "the public does not see this layer", remedy);
            }
            self.public_drawing(&place.at("kind"), layer, set);
        }
        if layer.archive_layer.is_some() && !matches!(layer.content, LayerContent::Features { .. })
        {
            let problem = "only a dataset's features may lie in an archive";
            self.add(&place.at("archive_layer"), problem, "remove it");
        }
        self.drawing(declared);
        self.tiles(place, layer);
        self.tiling(declared);
        self.themes(place, layer);
    }

    /// The dataset of a layer that publishes features unchanged; a fault if it has none of
    /// its own.
    fn own_features(&self, place: &KeyLocation, layer: &Layer) -> Option<&'c DeclaredDataset> {
        let found = self.find(place, &layer.dataset)?;
        if let Some(carrier) = &found.dataset.feature_dataset {
            let problem = format!("{} has no features of its own", layer.dataset);
            let remedy = format!("write carrier = \"{carrier}\" and measures of {}", layer.dataset);
            self.add(place, problem, remedy);
            return None;
        }
        Some(found)
    }

    fn published(&self, place: &KeyLocation, layer: &Layer, dataset: &'c DeclaredDataset) {
        let columns = place.at("columns");
        if let Some(names) = &layer.columns {
            self.no_repeats(&columns, names.iter().map(String::as_str));
            for (i, name) in names.iter().enumerate() {
                self.column(&columns.item(i), dataset, Among::Features, name);
            }
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            self.value_is_among(place, layer, &names);
        } else if let Some(value) = &layer.value {
            self.column(&place.at("value"), dataset, Among::Features, value);
        }
    }

    fn value_is_among(&self, place: &KeyLocation, layer: &Layer, known: &[&str]) {
        let Some(value) = &layer.value else { return };
        if !known.contains(&value.as_str()) {
            let remedy = self.near(value, known.iter().copied(), || {
                "publish it, or name one that is".to_owned()
            });
            let problem = format!("{value:?} is not published");
            self.add(&place.at("value"), problem, remedy);
        }
    }

    fn union(&self, declared: &'c DeclaredLayer, parts: &[UnionPart]) {
        let (layer, place) = (&declared.layer, &declared.place);
        if parts.len() < 2 {
            let remedy = "add another part, or write dataset = …";
            self.add(&place.at("union"), "one part is no union", remedy);
        }
        let mut kinds: Vec<(&str, ValueKind)> = Vec::new();
        for (part, place) in parts.iter().zip(&declared.parts) {
            let at = place.at("dataset");
            let Some(dataset) = self.find(&at, &part.dataset) else { continue };
            if let Some(carrier) = &dataset.dataset.feature_dataset {
                let problem = format!("{} has no features of its own", part.dataset);
                self.add(&at, problem, format!("name {carrier}, or make it measures"));
                continue;
            }
            self.filter(&place.at("where"), dataset, Among::Features, &part.filter);
            let at = place.at("columns");
            for (name, from) in &part.columns {
                let at = at.at(name);
                if name == LayerContent::UNION_DATASET {
                    let problem = "every feature has a column of this name that says its dataset";
                    self.add(&at, problem, "choose another name");
                }
                let found = self.column(&at, dataset, Among::Features, from);
                let Found::Column(column) = found else { continue };
                let kind = ValueKind::of(column);
                match kinds.iter().find(|(known, _)| known == name) {
                    Some((_, other)) if !other.may_be(kind) && !kind.may_be(*other) => {
                        let problem =
                            format!("{from:?} is of another type than in the part before");
                        self.add(&at, problem, "take a column of the same type, or leave it out");
                    }
                    Some(_) => {}
                    None => kinds.push((name, kind)),
                }
            }
        }
        let names = layer.content.union_columns().unwrap_or_default();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        self.value_is_among(place, layer, &names);
    }

    /// Geometry kinds of the staff form and the public form; `Mixed` where unknown.
    fn geometries(&self, layer: &Layer) -> Vec<GeometryKind> {
        let of = |id: &str| {
            let found = self.datasets.get(id);
            found.map_or(GeometryKind::Mixed, |declared| declared.dataset.geometry)
        };
        let own = match &layer.content {
            LayerContent::Features { .. } => vec![of(layer.dataset.as_str())],
            LayerContent::Union(parts) => {
                parts.iter().map(|part| of(part.dataset.as_str())).collect()
            }
            LayerContent::Measures(set) => vec![of(set.carrier.as_str())],
            LayerContent::Flow(..) => vec![GeometryKind::Line],
            LayerContent::Prepared { geometry, .. } => vec![*geometry],
        };
        let public = layer.public_form.iter().map(|set| of(set.carrier.as_str()));
        own.into_iter().chain(public).collect()
    }

    fn drawing(&self, declared: &'c DeclaredLayer) {
        let (place, layer) = (&declared.place, &declared.layer);
        let geometries = self.geometries(layer);
        let any = |wanted| geometries.iter().any(|&geometry| has(geometry, wanted));
        let polygons = any(GeometryKind::Polygon);
        for (name, given) in [("labels", layer.labels), ("coverage", layer.coverage)] {
            if given && !polygons {
                let problem = format!("{} holds no polygons", layer.dataset);
                self.add(&place.at(name), problem, "remove it");
            }
        }
        let Some(kind) = layer.kind else { return };
        let at = place.at("kind");
        let is_flow = matches!(layer.content, LayerContent::Flow(..));
        if is_flow != (kind == MapKind::Flow) {
            let problem = if is_flow { "a flow is drawn as one" } else { "it has no flow" };
            let remedy = if is_flow { "write flow" } else { "name another kind, or add flow" };
            return self.add(&at, problem, remedy);
        }
        let areas = [MapKind::Choropleth, MapKind::Grid, MapKind::Isochrone].contains(&kind);
        if areas && !polygons {
            self.add(&at, "there are no areas to shade", "draw points as symbol or circle");
        }
        if kind == MapKind::Line && !any(GeometryKind::Line) {
            self.add(&at, "there are no lines to draw", "name the kind of its geometry");
        }
        let by_value =
            [MapKind::Choropleth, MapKind::Grid, MapKind::Circle, MapKind::Flow].contains(&kind);
        if by_value && layer.value.is_none() && layer.content.measures().is_none() {
            let remedy = "name the column that the map is about";
            self.add(&place.at("value"), "is missing for a map of this kind", remedy);
        }
        if kind == MapKind::Circle && self.value_is_text(layer) {
            let remedy = "name a number, or draw it as symbol or category";
            self.add(&place.at("value"), "a circle's size is a number", remedy);
        }
    }

    /// Checks that the public form's measures can be drawn as its `kind` requires.
    fn public_drawing(&self, place: &KeyLocation, layer: &Layer, set: &MeasureSet) {
        let (Some(kind), Some(over)) =
            (layer.public_look.kind, self.datasets.get(set.carrier.as_str()))
        else {
            return;
        };
        let needed = match kind {
            MapKind::Choropleth | MapKind::Grid | MapKind::Isochrone => GeometryKind::Polygon,
            MapKind::Line | MapKind::Flow => GeometryKind::Line,
            MapKind::Symbol | MapKind::Category | MapKind::Circle | MapKind::Heat => return,
        };
        if kind == MapKind::Flow || !has(over.dataset.geometry, needed) {
            let problem = format!("{} is not drawn like that", set.carrier);
            self.add(place, problem, "name the kind of its geometry");
        }
    }

    fn value_is_text(&self, layer: &Layer) -> bool {
        let LayerContent::Features { .. } = &layer.content else { return false };
        let Some(value) = &layer.value else { return false };
        let column = self
            .datasets
            .get(layer.dataset.as_str())
            .and_then(|declared| declared.dataset.column(value));
        column.and_then(|column| column.kind).is_some_and(|kind: LogicalType| !kind.is_number())
    }

    fn tiles(&self, place: &KeyLocation, layer: &Layer) {
        let Layer { min_zoom, max_zoom, buffer, .. } = layer;
        if min_zoom > max_zoom {
            let problem = format!("{min_zoom} is past max_zoom {max_zoom}");
            self.add(&place.at("min_zoom"), problem, "swap or correct them");
        }
        if *buffer > Layer::MAX_BUFFER {
            let problem = format!("{buffer} tile units");
            self.add(&place.at("buffer"), problem, format!("use {} at most", Layer::MAX_BUFFER));
        }
    }

    fn themes(&self, place: &KeyLocation, layer: &Layer) {
        let place = place.at("other_themes");
        let lost = || self.declared.lost_themes.iter().map(String::as_str);
        let read = || self.declared.themes.iter().map(|(_, theme)| theme.id.as_str());
        let themes = || read().chain(lost());
        self.no_repeats(&place, layer.other_themes.iter().map(data_model::ThemeId::as_str));
        for (i, also) in layer.other_themes.iter().enumerate() {
            let place = place.item(i);
            if *also == layer.theme {
                self.add(&place, "is the theme that it belongs to", "remove it");
            } else if !themes().any(|known| known == also.as_str()) {
                let remedy = self.near(also.as_str(), themes(), || {
                    format!("there are {}", themes().collect::<Vec<_>>().join(", "))
                });
                self.add(&place, format!("no theme {:?} is declared", also.as_str()), remedy);
            }
        }
    }
}
