//! Checks of a dataset's values: their key, their time and the number of retained periods.

use super::columns::type_name;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{DatasetColumn, LogicalType, TimeValues};
use data_model::Period;

impl<'c> Checker<'c> {
    pub(super) fn values(&self, declared: &'c DeclaredDataset) {
        let (place, dataset) = (declared.place.at("values"), &declared.dataset);
        let Some(values) = &dataset.values else { return };
        self.declared_columns(&place.at("column"), &values.columns);
        if values.columns.is_empty() {
            if !declared.torn {
                self.add(&place.at("column"), "there are none", "declare its columns");
            }
            return;
        }
        if !values.key.is_empty() {
            let at = place.at("key");
            if let Found::Column(key) = self.column(&at, declared, Among::Values, &values.key) {
                self.joins(&at, key, declared);
            }
        }
        self.times(&place, declared, values);
    }

    /// Checks that the values' key can identify a feature.
    fn joins(&self, place: &KeyLocation, key: &DatasetColumn, declared: &'c DeclaredDataset) {
        let dataset = &declared.dataset;
        let carrier = match &dataset.feature_dataset {
            None => declared,
            // An unknown one has its fault at `place`.
            Some(id) => match self.datasets.get(id.as_str()) {
                Some(carrier) => carrier,
                None => return,
            },
        };
        if carrier.dataset.key.is_empty() {
            // For another dataset's features, the fault is reported at `place`.
            if dataset.has_features() {
                let problem = format!("the features of {} have no key", dataset.id);
                self.add(&declared.place.at("key"), problem, "declare key = [\"…\"]");
            }
            return;
        }
        self.key_fits(place, key, carrier);
    }

    /// Checks that `key` can equal a key of `carrier`: numbers never equal codes.
    pub(super) fn key_fits(
        &self,
        place: &KeyLocation,
        key: &DatasetColumn,
        carrier: &DeclaredDataset,
    ) {
        let Some(kind) = key.kind else { return };
        let dataset = &carrier.dataset;
        let of_key = |name: &String| match dataset.column(name) {
            Some(column) => column.kind,
            None => None,
        };
        let class = |kind| match kind {
            LogicalType::Int | LogicalType::Float => 0,
            LogicalType::Bool | LogicalType::Json => 1,
            _ => 2,
        };
        let fits = dataset
            .key
            .iter()
            .any(|name| of_key(name).is_none_or(|other| class(other) == class(kind)));
        if !fits {
            let names = dataset.key.join(", ");
            let problem = format!("{} is of type {}", key.name, type_name(kind));
            let remedy = format!("make it of the type of {names} in {}", dataset.id);
            self.add(place, problem, remedy);
        }
    }

    fn times(&self, place: &KeyLocation, declared: &'c DeclaredDataset, values: &TimeValues) {
        let Some(time) = &values.time else {
            let without = [
                ("hour", values.hour.is_some()),
                ("period", values.period.is_some()),
                ("retained_periods", values.retained_periods.is_some()),
            ];
            for (name, given) in without {
                if given {
                    self.add(&place.at(name), "there is no time", "name the time column too");
                }
            }
            return;
        };
        let at = place.at("time");
        let found = self.column(&at, declared, Among::Values, time);
        match values.period {
            None => {
                let remedy = "write year, half-year, quarter, month, week or day";
                self.add(&place.at("period"), "is missing beside time", remedy);
            }
            Some(period) => {
                if let Found::Column(column) = found {
                    self.time_column(place, column, period);
                }
            }
        }
        if values.retained_periods == Some(0) {
            self.add(&place.at("retained_periods"), "keeps nothing", "make it 1 at least");
        }
        let Some(hour) = &values.hour else {
            if values.period == Some(Period::MonthHour) {
                let remedy = "name the hour column, and make the period month";
                self.add(&place.at("hour"), "is missing", remedy);
            }
            return;
        };
        let at = place.at("hour");
        if let Found::Column(column) = self.column(&at, declared, Among::Values, hour)
            && column.kind.is_some_and(|kind| kind != LogicalType::Int)
        {
            self.add(&at, format!("{hour} is no whole number"), "name an int column, 0 to 23");
        }
        if values.period.is_some_and(|period| !matches!(period, Period::Month | Period::Day)) {
            let problem = "hours belong to days, or to typical days of months";
            self.add(&place.at("period"), problem, "make it day or month, or remove hour");
        }
    }

    /// Checks that a column's type is fine enough to distinguish periods.
    fn time_column(&self, place: &KeyLocation, column: &DatasetColumn, period: Period) {
        let Some(kind) = column.kind else { return };
        let finest = match kind {
            LogicalType::Year => Period::Year,
            LogicalType::Quarter => Period::Quarter,
            LogicalType::Month => Period::Month,
            LogicalType::Date => Period::Day,
            LogicalType::DateTime | LogicalType::Code | LogicalType::Text => Period::Hour,
            LogicalType::Enum
            | LogicalType::Int
            | LogicalType::Float
            | LogicalType::Bool
            | LogicalType::Time
            | LogicalType::Json => {
                let problem = format!("{} is of type {}", column.name, type_name(kind));
                let remedy = "name a column of type year, quarter, month or date";
                return self.add(&place.at("time"), problem, remedy);
            }
        };
        // A half-year differs from a year in its text alone.
        let fits = finest.fits(period) || (kind == LogicalType::Year && period == Period::HalfYear);
        if !fits && period != Period::MonthHour {
            let problem = format!("{} is of type {}", column.name, type_name(kind));
            let remedy = format!("make the period {}, or longer", finest.name());
            self.add(&place.at("period"), problem, remedy);
        }
    }
}
