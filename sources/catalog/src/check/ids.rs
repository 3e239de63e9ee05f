//! Checks of unique ids and theme orders, and of the district's references.

use std::collections::BTreeMap;

use super::Checker;
use crate::read::KeyLocation;
use crate::{AddressColumns, LayerContent, Sensitivity, TableName, VALUES_SUFFIX};
use data_model::feature::GeometryKind;
use data_model::id::MAX_ID_LENGTH;

impl Checker<'_> {
    pub(super) fn ids(&self) {
        self.dataset_ids();
        self.tables();
        let layers = self.layer_ids();
        self.reserved_ids();
        for (place, theme) in &self.declared.themes {
            // `/tiles/{layers}` takes either kind of id, so they share one name space.
            if let Some(other) = layers.get(theme.id.as_str()) {
                let file = other.file_name();
                let problem = format!("theme {} has the id of a layer in {file}", theme.id);
                self.add(place, problem, "rename one of them");
            }
        }
    }

    fn dataset_ids(&self) {
        let mut first: BTreeMap<&str, &KeyLocation> = BTreeMap::new();
        for declared in &self.declared.datasets {
            let (id, place) = (declared.dataset.id.as_str(), declared.place.at("id"));
            if let Some(first) = first.get(id) {
                let problem = format!("dataset {id} is declared in {} already", first.file_name());
                self.add(&place, problem, "give each dataset an id of its own");
                continue;
            }
            first.insert(id, &declared.place);
            let base = id.strip_suffix(VALUES_SUFFIX);
            if let Some(base) = base.filter(|base| self.datasets.contains_key(base)) {
                let problem = format!("{id} is the name of the values of {base}");
                self.add(&place, problem, format!("rename it so that it is not called {id}"));
            }
            let longest = MAX_ID_LENGTH - VALUES_SUFFIX.len();
            let has_both = declared.dataset.has_features() && declared.dataset.values.is_some();
            if has_both && id.len() > longest {
                let problem = format!("{id}{VALUES_SUFFIX}, the name of its values, is too long");
                self.add(&place, problem, format!("shorten the id to {longest} characters"));
            }
        }
    }

    /// Checks that no table holds two datasets: the rules of one would not bind the other.
    ///
    /// A table without a schema may be found in any.
    fn tables(&self) {
        let mut seen: Vec<(TableName, &str)> = Vec::new();
        for declared in &self.declared.datasets {
            let dataset = &declared.dataset;
            let by_id =
                || TableName { schema: None, table: dataset.id.as_str().to_owned(), column: None };
            let table = dataset.table.clone().unwrap_or_else(by_id);
            let same = |(other, _): &&(TableName, &str)| {
                other.table == table.table
                    && (other.schema.is_none()
                        || table.schema.is_none()
                        || other.schema == table.schema)
            };
            let twin = seen.iter().find(same).filter(|(_, id)| *id != dataset.id.as_str());
            if let Some((_, other)) = twin {
                let problem = format!("the table {table} is that of {other} too");
                let remedy = "declare it once, with the stricter rules, and make layers of that";
                self.add(&declared.place.at("table"), problem, remedy);
            }
            seen.push((table, dataset.id.as_str()));
        }
    }

    /// Checks the layers' ids; returns the place at which each is first declared.
    fn layer_ids(&self) -> BTreeMap<&str, &KeyLocation> {
        let mut first: BTreeMap<&str, &KeyLocation> = BTreeMap::new();
        for declared in &self.declared.layers {
            let (id, place) = (declared.layer.id.as_str(), declared.place.at("id"));
            if let Some(first) = first.get(id) {
                let problem = format!("layer {id:?} is declared in {} already", first.file_name());
                self.add(&place, problem, "give each layer an id of its own");
                continue;
            }
            first.insert(id, &declared.place);
            if !matches!(declared.layer.content, LayerContent::Prepared { .. }) {
                continue;
            }
            // The file and the table of a prepared layer are named after it.
            if self.is_stored(id) {
                let problem = format!("{id} is the name of a dataset's file or table too");
                self.add(&place, problem, "rename the layer or the dataset");
            }
        }
        first
    }

    /// Whether a dataset's features or values are stored under `name`.
    fn is_stored(&self, name: &str) -> bool {
        let base = name.strip_suffix(VALUES_SUFFIX);
        self.datasets.contains_key(name)
            || base.is_some_and(|base| self.datasets.contains_key(base))
    }

    pub(super) fn district(&self) {
        if let Some(id) = &self.declared.district.addresses {
            let place = KeyLocation::file("district.toml").at("addresses");
            if let Some(declared) = self.find(&place, id)
                && declared.dataset.search.is_empty()
                && !declared.torn
                && AddressColumns::of(&declared.dataset, &self.declared.district).is_none()
            {
                let problem = format!("{id} names no columns to search");
                let remedy = "write search = [\"…\"] or address = { road = \"…\", number = \"…\" } \
                     in the dataset";
                self.add(&place, problem, remedy);
            }
        }
        self.search_areas();
        let Some(id) = &self.declared.district.stats_areas else { return };
        let place = KeyLocation::file("district.toml").at("stats_areas");
        if let Some(declared) = self.find(&place, id) {
            let dataset = &declared.dataset;
            let areas = matches!(dataset.geometry, GeometryKind::Polygon | GeometryKind::Mixed);
            if !dataset.has_features() || !areas {
                let problem = format!("{id} has no areas of its own");
                self.add(&place, problem, "name a dataset of polygons, such as the dongs");
            }
            // Every layer's measures by area publish the areas' keys and names.
            if dataset.sensitivity != Sensitivity::Public {
                let problem =
                    format!("{id} is not public, and its areas are published to everybody");
                self.add(&place, problem, "name areas that are public");
            }
            for name in dataset.key.iter().chain(&dataset.search).chain(&dataset.search_en) {
                if dataset.hides(name) || dataset.bands(name) {
                    let problem = format!(
                        "{name} of {id} is hidden from the public, and identifies its areas"
                    );
                    self.add(&place, problem, "name areas whose keys and names are public");
                }
            }
        }
    }
}
