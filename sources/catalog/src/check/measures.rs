//! Checks of measures: references to earlier measures, and operand types.

use std::collections::BTreeMap;

use super::columns::ValueKind;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation, MeasureLocations};
use crate::{FlowDefinition, IndexPart, Measure, MeasureOperation, MeasureSet};
use data_model::feature::GeometryKind;

/// Reserved column: whether the value is suppressed for the public.
const SUPPRESSED: &str = "suppressed";
/// Most decimals of a published number.
const MAX_DECIMALS: u8 = 9;

/// Features that carry the measures of a set.
#[derive(Clone, Copy)]
pub(super) struct CarrierFeatures<'c> {
    /// The carrier dataset; `None` if unknown.
    pub(super) dataset: Option<&'c DeclaredDataset>,
    /// The flow whose places the carrier dataset holds; `None` for other measures.
    pub(super) flow: Option<&'c FlowDefinition>,
}

impl CarrierFeatures<'_> {
    /// Whether the features are of the geometry kind `wanted`, or may be.
    pub(super) fn may_be(&self, wanted: GeometryKind) -> bool {
        self.dataset.is_none_or(|declared| {
            let geometry = declared.dataset.geometry;
            geometry == wanted || geometry == GeometryKind::Mixed
        })
    }

    pub(super) fn id(&self) -> &str {
        self.dataset.map_or("the carrier", |declared| declared.dataset.id.as_str())
    }
}

impl<'c> Checker<'c> {
    /// Checks a set of measures declared in the table `place`.
    pub(super) fn measure_set(
        &self,
        place: &KeyLocation,
        set: &'c MeasureSet,
        places: &MeasureLocations,
        flow: Option<&'c FlowDefinition>,
    ) {
        let at = match flow {
            None => place.at("carrier"),
            Some(_) => place.at("flow").at("between"),
        };
        let dataset = self.find(&at, &set.carrier);
        if let Some(declared) = dataset
            && let Some(carrier) = &declared.dataset.feature_dataset
        {
            let problem = format!("{} has no features of its own", set.carrier);
            self.add(&at, problem, format!("name those that it uses: {carrier}"));
        }
        let carrier = CarrierFeatures { dataset, flow };
        if let Some(flow) = flow {
            self.flow(place, flow, dataset);
        }
        let at = place.at("columns");
        self.no_repeats(&at, set.columns.iter().map(String::as_str));
        if let Some(dataset) = dataset {
            for (i, name) in set.columns.iter().enumerate() {
                self.column(&at.item(i), dataset, Among::Features, name);
            }
        }
        self.measures(set, places, carrier);
        if flow.is_none() {
            self.by_area(set, places);
        }
        self.set_value(place, set, places);
        if let Some(below) = set.suppression_threshold {
            self.suppress(&place.at("suppression_threshold"), below);
        }
        self.measure_times(place, set, places);
    }

    fn flow(
        &self,
        place: &KeyLocation,
        flow: &'c FlowDefinition,
        between: Option<&'c DeclaredDataset>,
    ) {
        let place = place.at("flow");
        if let Some(between) = between
            && between.dataset.key.is_empty()
            && between.dataset.has_features()
        {
            let problem = format!("{} has no key", flow.between);
            self.add(&place.at("between"), problem, "declare key = [\"…\"] of it");
        }
        let at = place.at("from");
        let Some(dataset) = self.find(&at, &flow.dataset) else { return };
        for (name, column) in [("from", &flow.from), ("to", &flow.to)] {
            let at = place.at(name);
            if let Found::Column(column) = self.column(&at, dataset, Among::Both, column)
                && let Some(between) = between
                && !between.dataset.key.is_empty()
            {
                self.key_fits(&at, column, between);
            }
        }
    }

    fn measures(
        &self,
        set: &'c MeasureSet,
        places: &MeasureLocations,
        carrier: CarrierFeatures<'c>,
    ) {
        let mut known: BTreeMap<&str, ValueKind> = BTreeMap::new();
        let names: Vec<&str> = set.measures.iter().map(|measure| measure.name.as_str()).collect();
        for (measure, place) in set.measures.iter().zip(&places.places) {
            let name = measure.name.as_str();
            self.measure_name(&place.at("name"), name, set, carrier);
            if known.contains_key(name) {
                let problem = format!("{name:?} is a measure already");
                self.add(&place.at("name"), problem, "give each measure a name of its own");
            }
            self.inputs(place, measure, &known, &names, places);
            let kind = self.operation(place, measure, carrier);
            if measure.decimals.is_some() && matches!(kind, ValueKind::Text | ValueKind::Other) {
                self.add(&place.at("decimals"), "it is no number", "remove it");
            }
            if measure.decimals.is_some_and(|decimals| decimals > MAX_DECIMALS) {
                let remedy = format!("use {MAX_DECIMALS} at most");
                self.add(&place.at("decimals"), "more than a number is published with", remedy);
            }
            for (i, other) in measure.suppressed_with.iter().enumerate() {
                if !known.contains_key(other.as_str()) && !places.lost.contains(other) {
                    let at = place.at("suppressed_with").item(i);
                    self.add(
                        &at,
                        format!("there is no measure {other:?} before it"),
                        "name an earlier measure",
                    );
                }
            }
            known.insert(name, kind);
        }
        // Where none is published, that is the fault.
        let none = !set.measures.iter().any(|measure| measure.publish);
        for (measure, place) in set.measures.iter().zip(&places.places).filter(|_| !none) {
            let used = set.measures.iter().any(|other| {
                let named = other.suppressed_with.contains(&measure.name);
                other.name != measure.name
                    && (named || other.operation.inputs().contains(&&*measure.name))
            });
            // A measure that could not be read may use it.
            let unknown = !places.lost.is_empty() || places.nameless;
            if !measure.publish && !used && !unknown && measure.name != set.value {
                let problem = format!("{:?} is neither published nor used", measure.name);
                self.add(&place.at("publish"), problem, "publish it, or remove the measure");
            }
        }
    }

    fn measure_name(
        &self,
        place: &KeyLocation,
        name: &str,
        set: &MeasureSet,
        carrier: CarrierFeatures<'_>,
    ) {
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            let problem = format!("{name:?} is no name of a column");
            return self.add(place, problem, "use letters, digits and '_'");
        }
        let taken = match carrier.flow {
            None => set.columns.iter().any(|column| column == name),
            Some(_) => {
                let ends = ["from", "to"];
                let end = |column: &String| {
                    ends.iter().any(|end| name.strip_prefix(end) == Some(&format!("_{column}")))
                };
                ends.contains(&name) || set.columns.iter().any(end)
            }
        };
        if taken || name == SUPPRESSED {
            let problem = format!("the layer has another column {name:?}");
            self.add(place, problem, "choose another name");
        }
    }

    /// Checks that the measures that `measure` uses come before it.
    fn inputs(
        &self,
        place: &KeyLocation,
        measure: &Measure,
        known: &BTreeMap<&str, ValueKind>,
        names: &[&str],
        places: &MeasureLocations,
    ) {
        let at = place.at(measure.operation.key());
        for (i, input) in measure.operation.inputs().into_iter().enumerate() {
            let at = match &measure.operation {
                MeasureOperation::PerKm2(_) | MeasureOperation::ShareOfTotal(_) => at.clone(),
                MeasureOperation::Scale { .. }
                | MeasureOperation::Change { .. }
                | MeasureOperation::Class { .. } => at.at("measure"),
                MeasureOperation::Index(_) => at.item(i).at("measure"),
                _ => at.item(i),
            };
            match known.get(input) {
                Some(kind) if !kind.may_be(ValueKind::Number) => {
                    let problem = format!("{input:?} is no number");
                    self.add(&at, problem, "name a measure that is a number");
                }
                Some(_) => {}
                None if places.lost.contains(input) || places.nameless => {}
                None if input == measure.name => {
                    self.add(&at, "a measure can't use itself", "name one before it");
                }
                None if names.contains(&input) => {
                    let problem = format!("{input:?} comes later");
                    self.add(&at, problem, "move that measure up");
                }
                None => {
                    let remedy = self.near(input, names.iter().copied(), || {
                        "declare it before this one".to_owned()
                    });
                    self.add(&at, format!("there is no measure {input:?}"), remedy);
                }
            }
        }
    }

    /// Checks an operation; returns the kind of its result.
    fn operation(
        &self,
        place: &KeyLocation,
        measure: &'c Measure,
        carrier: CarrierFeatures<'c>,
    ) -> ValueKind {
        let at = place.at(measure.operation.key());
        match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => self.aggregate(place, aggregate, carrier),
            MeasureOperation::Nearest(rows)
            | MeasureOperation::NearestValue(rows)
            | MeasureOperation::ContainingValue(rows) => {
                self.looked_up(place, &measure.operation, rows, carrier)
            }
            MeasureOperation::CarrierColumn(name) => {
                if carrier.flow.is_some() {
                    let remedy = "use an aggregate of the movements";
                    self.add(&at, "a line of a flow has no columns", remedy);
                    return ValueKind::Unknown;
                }
                let Some(dataset) = carrier.dataset else { return ValueKind::Unknown };
                match self.column(&at, dataset, Among::Features, name) {
                    Found::Column(column) => ValueKind::of(column),
                    Found::Unknown | Found::Missing => ValueKind::Unknown,
                }
            }
            MeasureOperation::PerKm2(_) => {
                if carrier.flow.is_some() || !carrier.may_be(GeometryKind::Polygon) {
                    let problem = format!("{} has no areas", carrier.id());
                    self.add(&at, problem, "remove it, or name polygons in carrier");
                }
                ValueKind::Number
            }
            MeasureOperation::Plus(names) => {
                if names.len() < 2 {
                    self.add(&at, "a sum of less than two measures", "name two or more");
                }
                ValueKind::Number
            }
            MeasureOperation::Scale { by, .. } => {
                if !by.is_finite() || *by == 0.0 {
                    let remedy = "give a number other than 0";
                    self.add(&at.at("factor"), format!("{by} makes all the same"), remedy);
                }
                ValueKind::Number
            }
            MeasureOperation::Index(parts) => {
                self.index(&at, parts);
                ValueKind::Number
            }
            MeasureOperation::Class { breaks, titles, .. } => {
                self.classes(&at, breaks, titles);
                ValueKind::Text
            }
            MeasureOperation::Ratio { .. }
            | MeasureOperation::Minus(..)
            | MeasureOperation::Times(..)
            | MeasureOperation::Change { .. }
            | MeasureOperation::ShareOfTotal(_) => ValueKind::Number,
        }
    }

    fn index(&self, place: &KeyLocation, parts: &[IndexPart]) {
        if parts.is_empty() {
            self.add(place, "has no parts", "write [{ measure = \"…\", weight = 1 }, …]");
        }
        for (i, part) in parts.iter().enumerate() {
            if !part.weight.is_finite() || part.weight <= 0.0 {
                let problem = format!("{} is no weight", part.weight);
                let remedy = "make it more than 0; invert turns a part round";
                self.add(&place.item(i).at("weight"), problem, remedy);
            }
            if parts[..i].iter().any(|other| other.measure == part.measure) {
                let problem = format!("{:?} is a part already", part.measure);
                self.add(&place.item(i).at("measure"), problem, "add the weights up");
            }
        }
    }

    fn classes(&self, place: &KeyLocation, breaks: &[f64], titles: &[crate::LocalizedText]) {
        let at = place.at("breaks");
        if breaks.is_empty() {
            self.add(&at, "there are none", "say where the classes part");
        }
        for (i, pair) in breaks.windows(2).enumerate() {
            if !matches!(pair[0].partial_cmp(&pair[1]), Some(std::cmp::Ordering::Less)) {
                let problem = format!("{} does not ascend after {}", pair[1], pair[0]);
                self.add(&at.item(i + 1), problem, "put them in ascending order");
            }
        }
        let at = place.at("titles");
        if titles.len() != breaks.len() + 1 {
            let (count, wanted) = (titles.len(), breaks.len() + 1);
            let problem = format!("{count} titles for {} breaks", breaks.len());
            self.add(&at, problem, format!("write {wanted}, one more than breaks"));
        }
        for (i, title) in titles.iter().enumerate() {
            if title.ko.trim().is_empty() || title.en.trim().is_empty() {
                self.add(&at.item(i), "empty text", "write it in both languages");
            }
            if titles[..i].iter().any(|other| other.ko == title.ko) {
                let problem = format!("{:?} is a class already", title.ko);
                self.add(&at.item(i), problem, "give each class a title of its own");
            }
        }
    }

    /// Checks that the set's `value` names a published measure.
    fn set_value(&self, place: &KeyLocation, set: &MeasureSet, places: &MeasureLocations) {
        let published = || set.measures.iter().filter(|measure| measure.publish);
        let unknown = !places.lost.is_empty() || places.nameless;
        if unknown && (set.value.is_empty() || set.measure(&set.value).is_none()) {
            return;
        }
        if published().next().is_none() {
            let at = place.at("measure");
            if set.measures.is_empty() {
                self.add(&at, "there are none", "declare the measures that the map shows");
            } else {
                self.add(&at, "none is published", "remove publish = false of one");
            }
            return;
        }
        let at = place.at("value");
        let names = || published().map(|measure| measure.name.as_str());
        if set.value.is_empty() {
            let remedy = format!("name one of {}", names().collect::<Vec<_>>().join(", "));
            self.add(&at, "is missing", remedy);
        } else if !names().any(|name| name == set.value) {
            let hidden = set.measure(&set.value).is_some();
            let problem = if hidden {
                format!("{:?} is not published", set.value)
            } else {
                format!("there is no measure {:?}", set.value)
            };
            let remedy = self.near(&set.value, names(), || {
                format!("name one of {}", names().collect::<Vec<_>>().join(", "))
            });
            self.add(&at, problem, remedy);
        }
    }
}
