//! Checks of measures against privacy rules: the areas that they are published by, and the
//! values that the public may see.

use super::Checker;
use super::privacy::{is_coarsened, kept_from_tiles, smallest_unit};
use crate::read::{DeclaredDataset, KeyLocation, MeasureLocations};
use crate::{
    ColumnCondition, Dataset, JoinedRows, LogicalType, MeasureOperation, MeasureSet, PrivacyRule,
    RowAggregation, ScalarValue, Sensitivity, ValueRange,
};
use data_model::feature::GeometryKind;

/// Whether small numbers of rows are suppressed.
pub(super) fn is_suppressed(set: &MeasureSet, dataset: &Dataset) -> bool {
    set.suppression_threshold.is_some() || dataset.suppress_below().is_some()
}

/// Whether a condition on an integer column selects whole bands: all values of a band, or
/// none.
fn holds_whole_bands(dataset: &Dataset, name: &str, condition: &ColumnCondition) -> bool {
    let widths = dataset.all_rules().filter_map(|rule| match rule {
        PrivacyRule::Band { column, width } if column == name => Some(i64::from(*width)),
        _ => None,
    });
    let column = dataset.values_column(name).or_else(|| dataset.column(name));
    let whole = column.and_then(|column| column.kind) == Some(LogicalType::Int);
    let (Some(width), ColumnCondition::Between(ValueRange { from, to })) =
        (widths.max(), condition)
    else {
        return false;
    };
    let begins = |number: i64| width > 0 && number.rem_euclid(width) == 0;
    let from = match from {
        None => true,
        Some(ScalarValue::Int(from)) => begins(*from),
        Some(_) => false,
    };
    let to = match to {
        None => true,
        Some(ScalarValue::Int(to)) => to.checked_add(1).is_some_and(begins),
        Some(_) => false,
    };
    whole && from && to
}

impl<'c> Checker<'c> {
    /// Checks the rules that bind staff and the public.
    ///
    /// Features of datasets that are kept out of tiles carry no measures, and measures of
    /// such datasets are published by areas that are not too small.
    pub(super) fn carried(
        &self,
        set: &'c MeasureSet,
        places: &MeasureLocations,
        over_at: &KeyLocation,
    ) {
        self.tileable(over_at, &set.carrier);
        let over = self.datasets.get(set.carrier.as_str()).copied();
        for (measure, place) in set.measures.iter().zip(&places.places) {
            let Some(rows) = measure.operation.rows() else { continue };
            let Some(declared) = self.datasets.get(rows.dataset.as_str()) else { continue };
            let dataset = &declared.dataset;
            if kept_from_tiles(dataset).is_none() {
                continue;
            }
            let at = place.at(measure.operation.key());
            let MeasureOperation::Aggregate(_) = &measure.operation else {
                let problem = format!(
                    "{} tells of single features of {}",
                    measure.operation.key(),
                    dataset.id
                );
                self.add(&at, problem, "use an aggregate by areas");
                continue;
            };
            if let (Some(unit), Some(over)) = (smallest_unit(dataset), over) {
                self.areas(&at, dataset, unit.as_str(), over);
            }
        }
    }

    /// Checks that the carrier's areas are no smaller than those of `unit`.
    pub(super) fn areas(
        &self,
        at: &KeyLocation,
        dataset: &Dataset,
        unit: &str,
        over: &DeclaredDataset,
    ) {
        let over = &over.dataset;
        let remedy = || format!("write carrier = \"{unit}\", or larger areas");
        if !matches!(over.geometry, GeometryKind::Polygon | GeometryKind::Mixed) {
            let problem =
                format!("{} may be published by areas only, and {} has none", dataset.id, over.id);
            return self.add(at, problem, remedy());
        }
        let count =
            |id: &str| self.datasets.get(id).and_then(|declared| declared.dataset.expected_count);
        if over.id.as_str() == unit {
            return;
        }
        let allowed = format!("{} may be published by {unit} or larger", dataset.id);
        match (over.expected_count, count(unit)) {
            (Some(areas), Some(units)) if areas > units => {
                self.add(at, format!("{allowed}, and {} is smaller", over.id), remedy());
            }
            (Some(_), Some(_)) => {}
            (areas, _) => {
                let which = if areas.is_none() { over.id.as_str() } else { unit };
                let problem = format!("{allowed}, and it is not known how many {which} there are");
                self.add(
                    at,
                    problem,
                    format!("write expected_count = … in {which}, or {}", remedy()),
                );
            }
        }
    }

    /// Checks the measures of the public form.
    pub(super) fn public_set(
        &self,
        place: &KeyLocation,
        set: &'c MeasureSet,
        places: &MeasureLocations,
        over_at: &KeyLocation,
    ) {
        let over = self.datasets.get(set.carrier.as_str()).copied();
        if let Some(over) = over {
            self.public_carrier(place, set, over, over_at);
        }
        self.public_times(place, set);
        self.public_bound(place, set);
        for (measure, place) in set.measures.iter().zip(&places.places) {
            let at = place.at(measure.operation.key());
            if let (MeasureOperation::CarrierColumn(name), Some(over)) = (&measure.operation, over)
            {
                self.public_value(&at, &over.dataset, name, "carrier_column");
                self.public_number(&at, &over.dataset, name);
            }
            let Some(rows) = measure.operation.rows() else { continue };
            let Some(declared) = self.datasets.get(rows.dataset.as_str()) else { continue };
            let dataset = &declared.dataset;
            match &measure.operation {
                MeasureOperation::Aggregate(aggregate) => {
                    self.public_aggregate(&at, set, aggregate, dataset, over);
                    self.public_rows(place, set, aggregate, dataset, over);
                    self.public_link(&at, aggregate, dataset);
                    self.public_sum(&at, set, measure, aggregate, dataset);
                    self.coarsened_rows(&at, set, aggregate, dataset);
                }
                operation => {
                    self.public_look(&at, operation, rows, dataset);
                }
            }
        }
    }

    /// Checks that the features that carry public measures are public.
    fn public_carrier(
        &self,
        place: &KeyLocation,
        set: &MeasureSet,
        over: &DeclaredDataset,
        over_at: &KeyLocation,
    ) {
        let dataset = &over.dataset;
        if dataset.sensitivity != Sensitivity::Public {
            let problem =
                format!("{} is not public, and its features carry the measures", set.carrier);
            let remedy = "make the layer staff, or give it a [layer.public] over public areas";
            self.add(over_at, problem, remedy);
        }
        if is_coarsened(dataset) {
            let problem =
                format!("positions of {} are coarsened, those of measures are not", set.carrier);
            let remedy = "publish its features, or measures over areas";
            self.add(over_at, problem, remedy);
        }
        for (i, name) in set.columns.iter().enumerate() {
            let at = place.at("columns").item(i);
            self.public_value(&at, dataset, name, "the layer");
            if !dataset.key.contains(name) {
                self.public_number(&at, dataset, name);
            }
        }
    }

    /// Refuses a stored value that is published unchanged although it is hidden or banded.
    pub(super) fn public_value(&self, at: &KeyLocation, dataset: &Dataset, name: &str, by: &str) {
        let kept = if dataset.hides(name) {
            "hidden from the public"
        } else if dataset.bands(name) {
            "shown to the public in bands only"
        } else {
            return;
        };
        let problem = format!("{name} of {} is {kept}, and {by} discloses it", dataset.id);
        self.add(at, problem, "use another column, or make the layer staff");
    }

    /// Refuses a count that is published unchanged although small ones are suppressed.
    fn public_number(&self, at: &KeyLocation, dataset: &Dataset, name: &str) {
        let column = dataset.values_column(name).or_else(|| dataset.column(name));
        let number = column.and_then(|column| column.kind) == Some(LogicalType::Int);
        if number && let Some(below) = dataset.suppress_below() {
            let problem = format!("{name} of {} may be below {below}", dataset.id);
            self.add(at, problem, "take its sum, which is suppressed, or make the layer staff");
        }
    }

    /// Checks the columns that filter and group the rows.
    fn public_rows(
        &self,
        place: &KeyLocation,
        set: &MeasureSet,
        aggregate: &RowAggregation,
        dataset: &Dataset,
        over: Option<&DeclaredDataset>,
    ) {
        let rows = &aggregate.rows;
        if let Some(name) = &rows.key {
            self.public_grouping(&place.at("key"), dataset, name);
        }
        if rows.last_months.is_some() {
            self.public_time(&place.at("last_months"), dataset);
        }
        for (name, condition) in &rows.filter {
            let at = place.at("where").at(name);
            if dataset.bands(name) && !dataset.hides(name) {
                if !holds_whole_bands(dataset, name, condition) {
                    let problem = format!(
                        "{name} of {} is shown to the public in bands, and the filter tells more",
                        dataset.id
                    );
                    let remedy = "write from and to where bands begin and end, or leave it out";
                    self.add(&at, problem, remedy);
                }
            } else if dataset.hides(name) {
                match dataset.counted_by(name).zip(over) {
                    Some((unit, over)) if is_suppressed(set, dataset) => {
                        self.areas(&at, dataset, unit.as_str(), over);
                    }
                    Some(_) => {
                        let problem = format!(
                            "{name} of {} is hidden, and the filter tells small numbers of it",
                            dataset.id
                        );
                        self.add(
                            &at,
                            problem,
                            "add suppression_threshold = 5, or make the layer staff",
                        );
                    }
                    None => {
                        let problem = format!(
                            "{name} of {} is hidden, and the filter discloses it",
                            dataset.id
                        );
                        let remedy = "leave it out, make the layer staff, or write smallest_areas = \"…\" in \
                                      the rule hide: the areas by which the number of rows may be published";
                        self.add(&at, problem, remedy);
                    }
                }
            }
        }
    }

    /// Checks a column that groups rows: the features that carry the groups disclose its
    /// value.
    pub(super) fn public_grouping(&self, at: &KeyLocation, dataset: &Dataset, name: &str) {
        self.public_value(at, dataset, name, "what rows are put together by");
    }

    /// Checks the time columns: slices disclose the time of their rows.
    fn public_times(&self, place: &KeyLocation, set: &MeasureSet) {
        if set.period.is_none() {
            return;
        }
        let mut named: Vec<&str> = Vec::new();
        for rows in set.measures.iter().filter_map(|measure| measure.operation.rows()) {
            let id = rows.dataset.as_str();
            if let Some(declared) = self.datasets.get(id)
                && !named.contains(&id)
            {
                named.push(id);
                self.public_time(&place.at("period"), &declared.dataset);
            }
        }
    }

    fn public_time(&self, at: &KeyLocation, dataset: &Dataset) {
        let of_values = dataset.values.as_ref().and_then(|values| values.time.as_deref());
        for name in dataset.time.as_deref().into_iter().chain(of_values) {
            self.public_value(at, dataset, name, "the time of the rows");
        }
    }

    /// Checks a value of, or a distance to, a single feature.
    fn public_look(
        &self,
        at: &KeyLocation,
        operation: &MeasureOperation,
        rows: &JoinedRows,
        dataset: &Dataset,
    ) {
        let how = operation.key();
        if dataset.sensitivity != Sensitivity::Public {
            let problem =
                format!("{} is not public, and {how} tells of single features", dataset.id);
            self.add(at, problem, "use a suppressed aggregate, or make the layer staff");
        } else if is_coarsened(dataset) {
            let problem =
                format!("positions of {} are coarsened, and {how} tells them", dataset.id);
            self.add(at, problem, "use an aggregate by areas, or make the layer staff");
        }
        if let Some(name) = &rows.column {
            self.public_value(at, dataset, name, how);
            self.public_number(at, dataset, name);
        }
        let kept = |name: &&String| dataset.hides(name) || dataset.bands(name);
        for name in rows.filter.keys().filter(kept) {
            let how = if dataset.hides(name) { "hidden" } else { "shown in bands" };
            let problem = format!("{name} of {} is {how}, and its filter discloses it", dataset.id);
            self.add(at, problem, "filter by another column, or make the layer staff");
        }
    }
}
