//! Checks of the rows of a measure, and of their join to features.

use super::columns::{ValueKind, type_name};
use super::measures::CarrierFeatures;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{AggregateKind, DatasetColumn, JoinedRows, MeasureOperation, RowAggregation, RowJoin};
use data_model::feature::GeometryKind;

/// Largest plausible distance in metres; a larger one was written in another unit.
const MAX_METRES: f64 = 100_000.0;

impl<'c> Checker<'c> {
    /// Checks an aggregate declared in the measure `place`; returns the kind of its result.
    pub(super) fn aggregate(
        &self,
        place: &KeyLocation,
        aggregate: &'c RowAggregation,
        carrier: CarrierFeatures<'c>,
    ) -> ValueKind {
        let RowAggregation { how, rows, weight } = aggregate;
        let most = *how == AggregateKind::MostFrequent;
        let made = if most { ValueKind::Text } else { ValueKind::Number };
        let at = place.at(MeasureOperation::Aggregate(aggregate.clone()).key());
        let Some(dataset) = self.find(&at, &rows.dataset) else { return made };
        if let Some(flow) = carrier.flow {
            if rows.dataset != flow.dataset {
                let problem = format!("a flow is of {} alone", flow.dataset);
                self.add(&at, problem, format!("name a column of {}", flow.dataset));
            }
            for (name, given) in [("join", rows.join.is_some()), ("key", rows.key.is_some())] {
                if given {
                    let remedy = "remove it";
                    self.add(&place.at(name), "movements belong to pairs of places", remedy);
                }
            }
        }
        if let Some(name) = &rows.column {
            let found = self.column(&at, dataset, Among::Both, name);
            if let Found::Column(column) = found
                && !ValueKind::of(column).may_be(made)
            {
                let kind = column.kind.map_or("", type_name);
                let problem = format!("{name} is of type {kind}");
                let remedy = if most {
                    "name a column of texts, or take the mean or median"
                } else {
                    "name a number, or count rows with where"
                };
                self.add(&at, problem, remedy);
            }
        }
        if let Some(weight) = weight {
            let at = place.at("weight");
            if let Found::Column(column) = self.column(&at, dataset, Among::Both, weight)
                && !ValueKind::of(column).may_be(ValueKind::Number)
            {
                self.add(&at, format!("{weight} is no number"), "name a number");
            }
        }
        self.which_rows(place, dataset, rows);
        if carrier.flow.is_none() {
            self.belonging(place, &at, dataset, rows, carrier);
        }
        made
    }

    /// Checks a look-up of features around the carrier's; returns the kind of its result.
    pub(super) fn looked_up(
        &self,
        place: &KeyLocation,
        operation: &MeasureOperation,
        rows: &'c JoinedRows,
        carrier: CarrierFeatures<'c>,
    ) -> ValueKind {
        let at = place.at(operation.key());
        if carrier.flow.is_some() {
            let remedy = "use an aggregate of the movements";
            self.add(&at, "a line of a flow is at no place", remedy);
        }
        let metres = matches!(rows.join, Some(RowJoin::Within { .. }));
        for (name, given) in [
            ("join", rows.join.is_some() && !metres),
            ("max_distance_m", metres),
            ("key", rows.key.is_some()),
        ] {
            if given {
                let problem = format!("says nothing to {}", operation.key());
                self.add(&place.at(name), problem, "remove it");
            }
        }
        let unknown = match operation {
            MeasureOperation::Nearest(_) => ValueKind::Number,
            _ => ValueKind::Unknown,
        };
        let Some(dataset) = self.find(&at, &rows.dataset) else { return unknown };
        let areas = matches!(dataset.dataset.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
        if matches!(operation, MeasureOperation::ContainingValue(_)) && !areas {
            let problem = format!("{} has no areas to be in", rows.dataset);
            self.add(&at, problem, "use nearest_value, or name polygons");
        }
        self.which_rows(place, dataset, rows);
        let Some(name) = &rows.column else { return unknown };
        match self.column(&at, dataset, Among::Both, name) {
            Found::Column(column) => ValueKind::of(column),
            Found::Unknown | Found::Missing => ValueKind::Unknown,
        }
    }

    fn which_rows(&self, place: &KeyLocation, dataset: &'c DeclaredDataset, rows: &JoinedRows) {
        self.filter(&place.at("where"), dataset, Among::Both, &rows.filter);
        let Some(months) = rows.last_months else { return };
        let at = place.at("last_months");
        if months == 0 {
            self.add(&at, "leaves no rows", "make it 1 at least, or remove it");
        }
        let declared = &dataset.dataset;
        let timed = declared.values.as_ref().is_some_and(|values| values.time.is_some());
        if declared.time.is_none() && !timed {
            let problem = format!("{} has no time", declared.id);
            self.add(&at, problem, "remove it, or declare the time of the dataset");
        }
    }

    /// Checks that the rows can be joined to the carrier's features as declared.
    fn belonging(
        &self,
        place: &KeyLocation,
        at: &KeyLocation,
        rows_of: &'c DeclaredDataset,
        rows: &JoinedRows,
        carrier: CarrierFeatures<'c>,
    ) {
        let Some(over) = carrier.dataset else { return };
        let (dataset, over_id) = (&rows_of.dataset, &over.dataset.id);
        let same = dataset.feature_dataset.as_ref().unwrap_or(&dataset.id) == over_id;
        if let Some(name) = &rows.key {
            let at = place.at("key");
            if matches!(rows.join, Some(RowJoin::Inside | RowJoin::Within { .. })) {
                self.add(&at, "counts only by key", "remove it, or join");
            } else if over.dataset.key.is_empty() {
                let problem = format!("{over_id} has no key");
                self.add(&at, problem, format!("declare key = [\"…\"] of {over_id}"));
            } else if let Found::Column(column) = self.column(&at, rows_of, Among::Both, name) {
                self.key_fits(&at, column, over);
            }
            return;
        }
        match rows.join {
            Some(RowJoin::Within { metres }) => {
                if !metres.is_finite() || metres <= 0.0 || metres > MAX_METRES {
                    let remedy =
                        format!("give max_distance_m, more than 0 and {MAX_METRES} at most");
                    self.add(
                        &place.at("max_distance_m"),
                        format!("{metres} is no distance"),
                        remedy,
                    );
                }
            }
            Some(RowJoin::Key) if !same => self.by_key(place, rows_of, over),
            Some(RowJoin::Key) => {}
            Some(RowJoin::Inside) | None if same && rows.join.is_none() => {}
            Some(RowJoin::Inside) | None => {
                if !carrier.may_be(GeometryKind::Polygon) {
                    let problem = format!("{} has no areas that {} lie in", over_id, dataset.id);
                    let remedy = "add max_distance_m = …, or key = \"…\"";
                    let at = if rows.join.is_some() { &place.at("join") } else { at };
                    self.add(at, problem, remedy);
                }
            }
        }
    }

    /// Checks `by = "key"` without a key: the values' own key is used, or a column of the
    /// same name.
    fn by_key(&self, place: &KeyLocation, rows_of: &'c DeclaredDataset, over: &'c DeclaredDataset) {
        let (dataset, at) = (&rows_of.dataset, place.at("join"));
        if over.dataset.key.is_empty() {
            let problem = format!("{} has no key", over.dataset.id);
            return self.add(&at, problem, "declare it, or use join = \"inside\"");
        }
        let own: Option<&DatasetColumn> =
            dataset.values.as_ref().and_then(|values| dataset.values_column(&values.key));
        match own {
            Some(key) => self.key_fits(&at, key, over),
            None => {
                let shared = over.dataset.key.iter().any(|key| dataset.column(key).is_some());
                if !shared && !rows_of.torn && !dataset.columns.is_empty() {
                    let problem = format!("{} has no key of {}", dataset.id, over.dataset.id);
                    self.add(&at, problem, "name the column that holds it: key = \"…\"");
                }
            }
        }
    }
}
