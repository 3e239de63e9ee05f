//! Checks of one dataset: its columns, keys, terms and privacy rules.

use std::collections::BTreeSet;

use super::aggregates::LEAST_BOUND;
use super::filter::starts_with_date;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{LogicalType, PrivacyRule, Sensitivity};
use data_model::DatasetId;
use data_model::feature::GeometryKind;

impl<'c> Checker<'c> {
    pub(super) fn dataset(&self, declared: &'c DeclaredDataset) {
        let (place, dataset) = (&declared.place, &declared.dataset);
        self.declared_columns(&place.at("column"), &dataset.columns);
        self.terms(declared);
        if dataset.feature_dataset.is_some() {
            self.placed(declared);
        } else {
            self.features(declared);
            self.address(declared);
        }
        if dataset.values.is_some() {
            self.values(declared);
        }
        self.rules(declared);
        self.within(place, dataset);
        if dataset.min_width_m == Some(0) {
            self.add(&place.at("min_width_m"), "areas of no width", "give metres, 1 at least");
        }
        let kept_back = dataset.sensitivity != Sensitivity::Public || !dataset.privacy.is_empty();
        if dataset.offer_archive && kept_back {
            let problem =
                format!("an archive holds all of {}, also what is not public", dataset.id);
            self.add(&place.at("offer_archive"), problem, "remove it");
        }
    }

    fn terms(&self, declared: &DeclaredDataset) {
        let Some(terms) = &declared.dataset.attribution else { return };
        let place = declared.place.at("attribution");
        for (language, agency) in [("ko", &terms.agency.ko), ("en", &terms.agency.en)] {
            if agency.trim().is_empty() {
                let place = place.at("agency").at(language);
                self.add(&place, "empty text", "write it in this language");
            }
        }
        if terms.licence.trim().is_empty() {
            self.add(&place.at("licence"), "empty text", "name it, such as KOGL-1");
        }
        if let Some(as_of) = &terms.as_of
            && !starts_with_date(as_of)
        {
            self.add(&place.at("as_of"), format!("{as_of:?} is no date"), "write \"2026-10-31\"");
        }
        if let Some(url) = &terms.url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            self.add(&place.at("url"), format!("{url:?} is no URL"), "begin it with https://");
        }
    }

    /// Checks a dataset whose values belong to another dataset's features.
    fn placed(&self, declared: &'c DeclaredDataset) {
        let (place, dataset) = (&declared.place, &declared.dataset);
        let Some(id) = &dataset.feature_dataset else { return };
        if dataset.values.is_none() {
            let problem = format!("{} has neither features nor values", dataset.id);
            self.add(&place.at("values"), problem, "declare its values, or remove feature_dataset");
        }
        let own = [
            ("column", dataset.columns.is_empty()),
            ("key", dataset.key.is_empty()),
            ("search", dataset.search.is_empty()),
            ("search_en", dataset.search_en.is_empty()),
            ("address", dataset.address.is_none()),
            ("time", dataset.time.is_none()),
            ("id_column", dataset.id_column.is_none()),
        ];
        for (name, absent) in own {
            if !absent {
                let problem =
                    format!("{} has a feature_dataset, and so no features of its own", dataset.id);
                self.add(&place.at(name), problem, "move it to values, or remove feature_dataset");
            }
        }
        let place = place.at("feature_dataset");
        if *id == dataset.id {
            self.add(&place, "names itself", "name the dataset whose features it uses");
            return;
        }
        let Some(carrier) = self.find(&place, id) else { return };
        let carrier = &carrier.dataset;
        if !carrier.has_features() {
            let problem = format!("{id} has no features of its own");
            self.add(&place, problem, "name the dataset that has them");
        } else if carrier.key.is_empty() {
            let problem = format!("{id} has no key");
            self.add(&place, problem, format!("declare key = [\"…\"] of {id}"));
        }
        // Movements between places are drawn as lines.
        if carrier.geometry != dataset.geometry && dataset.geometry != GeometryKind::Line {
            let problem = format!("differs from that of {id}, whose features it uses");
            self.add(&declared.place.at("geometry"), problem, "make it the same");
        }
    }

    /// Checks a dataset with features of its own.
    fn features(&self, declared: &'c DeclaredDataset) {
        let (place, dataset) = (&declared.place, &declared.dataset);
        let listed =
            [("key", &dataset.key), ("search", &dataset.search), ("search_en", &dataset.search_en)];
        for (name, columns) in listed {
            let place = place.at(name);
            self.no_repeats(&place, columns.iter().map(String::as_str));
            for (i, column) in columns.iter().enumerate() {
                let place = place.item(i);
                let found = self.column(&place, declared, Among::Features, column);
                let Found::Column(column) = found else { continue };
                let text = !matches!(
                    column.kind,
                    Some(
                        LogicalType::Int
                            | LogicalType::Float
                            | LogicalType::Bool
                            | LogicalType::Json
                    )
                );
                // The numbers of an address are read by their role, whatever they are.
                if name != "key" && !text && !self.is_of_address(declared, &column.name) {
                    let problem = format!("{} holds no text", column.name);
                    self.add(&place, problem, "name a column of texts or codes");
                }
                let bad_key = matches!(
                    column.kind,
                    Some(LogicalType::Float | LogicalType::Bool | LogicalType::Json)
                );
                if name == "key" && bad_key {
                    let problem = format!("{} can't name a feature", column.name);
                    self.add(&place, problem, "name a column of codes");
                }
            }
        }
        if let Some(name) = &dataset.id_column {
            let place = place.at("id_column");
            if dataset.hides(name) || dataset.bands(name) {
                let problem =
                    format!("{name} is hidden from the public or banded, and ids are public");
                self.add(&place, problem, "leave it to row numbers");
            }
            if let Found::Column(column) = self.column(&place, declared, Among::Features, name)
                && column.kind.is_some_and(|kind| kind != LogicalType::Int)
            {
                let problem = format!("{name} is no whole number");
                self.add(&place, problem, "name an int column, or leave it to row numbers");
            }
        }
        if let Some(name) = &dataset.time {
            let place = place.at("time");
            if let Found::Column(column) = self.column(&place, declared, Among::Features, name)
                && column.kind.is_some_and(|kind| !kind.is_time())
            {
                let problem = format!("{name} says not when");
                self.add(&place, problem, "name a date, datetime, year, quarter or month");
            }
        }
    }

    fn rules(&self, declared: &'c DeclaredDataset) {
        let (place, dataset) = (declared.place.at("privacy"), &declared.dataset);
        let mut seen = BTreeSet::new();
        for (i, rule) in dataset.privacy.iter().enumerate() {
            let place = place.item(i);
            let (name, about) = match rule {
                PrivacyRule::Suppress { .. } => ("suppress", ""),
                PrivacyRule::Hide { column, .. } => ("hide", column.as_str()),
                PrivacyRule::Band { column, .. } => ("band", column.as_str()),
                PrivacyRule::Coarsen { .. } => ("coarsen", ""),
                PrivacyRule::AggregateOnly { .. } => ("aggregate_only", ""),
                PrivacyRule::NoDownload => ("no_download", ""),
                PrivacyRule::NotTileable => ("not_tileable", ""),
            };
            if !seen.insert((name, about)) {
                self.add(&place, format!("{name} is declared twice"), "keep the stricter one");
            }
            self.rule(&place, declared, rule);
        }
    }

    fn rule(&self, place: &KeyLocation, declared: &'c DeclaredDataset, rule: &PrivacyRule) {
        let dataset = &declared.dataset;
        match rule {
            PrivacyRule::Suppress { threshold, columns } => {
                self.suppress(&place.at("threshold"), *threshold);
                let secret = dataset.sensitivity != Sensitivity::Public;
                if secret && (2..LEAST_BOUND).contains(threshold) {
                    let problem = format!(
                        "numbers of {threshold} are shown, and of two each knows the other's part"
                    );
                    let remedy = format!("write {LEAST_BOUND} at least, such as 5");
                    self.add(&place.at("threshold"), problem, remedy);
                }
                for (i, name) in columns.iter().enumerate() {
                    let at = place.at("columns").item(i);
                    if let Found::Column(column) = self.column(&at, declared, Among::Both, name)
                        && column.kind.is_some_and(|kind| !kind.is_number())
                    {
                        self.add(&at, format!("{} is no number", column.name), "remove it");
                    }
                }
            }
            PrivacyRule::Hide { column, smallest_areas } => {
                self.column(&place.at("column"), declared, Among::Both, column);
                if let Some(areas) = smallest_areas {
                    self.smallest_areas(&place.at("smallest_areas"), areas);
                }
            }
            PrivacyRule::Band { column, width } => {
                let at = place.at("column");
                let found = self.column(&at, declared, Among::Both, column);
                if let Found::Column(column) = found
                    && column.kind.is_some_and(|kind| !kind.is_number())
                {
                    self.add(&at, format!("{} is no number", column.name), "hide it instead");
                }
                if *width == 0 {
                    self.add(&place.at("width"), "a band of no width", "make it 1 at least");
                }
            }
            PrivacyRule::Coarsen { cell_size_m } => {
                if *cell_size_m == 0 {
                    self.add(&place.at("cell_size_m"), "moves nothing", "make it 1 at least");
                }
                if !matches!(dataset.geometry, GeometryKind::Point | GeometryKind::Mixed)
                    || !dataset.has_features()
                {
                    let problem = format!("{} has no points of its own", dataset.id);
                    self.add(place, problem, "only points can be moved; use aggregate_only");
                }
            }
            PrivacyRule::AggregateOnly { smallest_areas } => {
                self.smallest_areas(&place.at("smallest_areas"), smallest_areas);
            }
            PrivacyRule::NoDownload | PrivacyRule::NotTileable => {}
        }
    }

    /// Checks the dataset named at `place` as the smallest areas that measures are published
    /// by.
    fn smallest_areas(&self, place: &KeyLocation, areas: &DatasetId) {
        let Some(areas) = self.find(place, areas) else { return };
        let polygons =
            matches!(areas.dataset.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
        if !areas.dataset.has_features() || !polygons {
            let problem = format!("{} has no areas", areas.dataset.id);
            self.add(place, problem, "name a dataset of polygons");
        }
    }

    /// Checks the suppression threshold at `place`: at least 2.
    pub(super) fn suppress(&self, place: &KeyLocation, below: u32) {
        if below < 2 {
            let problem = format!("no number of things is from 1 to below {below}");
            self.add(place, problem, "make it 2 at least, such as 5");
        }
    }
}
