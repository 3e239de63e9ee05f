//! Inventory of the data directory and the database at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::discovered_tables::{DiscoveredTables, PublishedTable};
use super::no_data::NoData;
use super::presence_history::{DeclaredData, PresenceHistory};
use super::table_names::{is_prepared, prepared_table};
use crate::directory::directory_listing::{FileToken, FilesByStem};
use catalog::{Catalog, Dataset, Layer, TableName};
use postgis_store::{GeometryTable, ValuesTable};

/// Files by stem, and database tables.
pub(crate) struct StoreInventory<'h> {
    pub(crate) folder: &'h Path,
    pub(crate) files: &'h FilesByStem,
    pub(crate) archives: &'h FilesByStem,
    pub(crate) database: Option<DiscoveredTables<'h>>,
    /// Files that can't be examined, by name, with the reason.
    pub(crate) unreadable: &'h BTreeMap<String, String>,
    /// Data that was present earlier in this process.
    pub(crate) presence: &'h PresenceHistory,
}

/// Location of a dataset's features.
pub(crate) enum FeatureStorage<'h> {
    File(&'h Path, FileToken),
    Archive(&'h Path),
    Table(&'h Arc<GeometryTable>),
    /// Not found, with the reason.
    Nowhere(NoData),
}

/// Location of a dataset's values.
#[derive(Debug)]
pub(crate) enum ValuesStorage<'h> {
    File(&'h Path, FileToken),
    Table(&'h Arc<ValuesTable>),
    /// Not found, with the reason.
    Nowhere(NoData),
}

impl<'h> StoreInventory<'h> {
    /// Locates a dataset's features.
    ///
    /// In the table that the dataset names; otherwise, by id, in a table, a FlatGeobuf file
    /// or an archive, in this order: a database with the dataset takes precedence.
    pub(crate) fn features_of(&self, dataset: &Dataset) -> FeatureStorage<'h> {
        if let Some(place) = &dataset.feature_dataset {
            let id = &dataset.id;
            let reason = format!("the features of dataset {id} are those of {place}");
            return FeatureStorage::Nowhere(NoData::Unavailable(reason));
        }
        let nowhere = |alternatives: &[DeclaredData], fault| {
            FeatureStorage::Nowhere(self.presence.classify(alternatives, fault))
        };
        let features = DeclaredData::features(dataset);
        if let Some(name) = &dataset.table {
            return self
                .geometry_table(name)
                .map_or_else(|fault| nowhere(&[features], fault), FeatureStorage::Table);
        }
        let id = dataset.id.as_str();
        let name = TableName { schema: None, table: id.to_owned(), column: None };
        let table = self.geometry_table(&name);
        match (table, self.files.get(id), self.archives.get(id)) {
            (Ok(table), ..) => FeatureStorage::Table(table),
            (_, Some((path, token)), _) => FeatureStorage::File(path, *token),
            (_, _, Some((path, _))) => FeatureStorage::Archive(path),
            (Err(fault), None, None) => {
                nowhere(&[features, DeclaredData::tiles(dataset)], self.nor_in_file(fault, id))
            }
        }
    }

    /// Locates a dataset's values.
    ///
    /// In the table named for them; otherwise under [`values_name`](Dataset::values_name)
    /// in a table or a file, in this order.
    pub(crate) fn values_of(&self, dataset: &Dataset) -> ValuesStorage<'h> {
        let Some(name) = dataset.values_name() else {
            let reason = format!("dataset {} declares no values", dataset.id);
            return ValuesStorage::Nowhere(NoData::Unavailable(reason));
        };
        let nowhere = |fault| {
            let values = DeclaredData::values(dataset);
            ValuesStorage::Nowhere(self.presence.classify(&[values], fault))
        };
        if let Some(table) = dataset.values_table() {
            return self.values_table(table).map_or_else(nowhere, ValuesStorage::Table);
        }
        let table = TableName { schema: None, table: name.clone(), column: None };
        match (self.values_table(&table), self.files.get(&name)) {
            (Ok(table), _) => ValuesStorage::Table(table),
            (_, Some((path, token))) => ValuesStorage::File(path, *token),
            (Err(fault), None) => nowhere(self.nor_in_file(fault, &name)),
        }
    }

    /// Locates the result of a prepared layer: in a table, else in a file.
    pub(crate) fn prepared_result(&self, layer: &Layer) -> FeatureStorage<'h> {
        let id = layer.id.as_str();
        match (self.geometry_table(&prepared_table(layer)), self.files.get(id)) {
            (Ok(table), _) => FeatureStorage::Table(table),
            (Err(_), Some((path, token))) => FeatureStorage::File(path, *token),
            (Err(fault), None) => {
                let result = DeclaredData::Prepared(layer.id.clone());
                let fault = self.nor_in_file(fault, id);
                FeatureStorage::Nowhere(self.presence.classify(&[result], fault))
            }
        }
    }

    /// The declared data that is present.
    pub(crate) fn present_data(&self, catalog: &Catalog) -> BTreeSet<DeclaredData> {
        let mut present = BTreeSet::new();
        for dataset in catalog.all_datasets() {
            match self.features_of(dataset) {
                FeatureStorage::File(..) | FeatureStorage::Table(_) => {
                    present.insert(DeclaredData::features(dataset));
                }
                FeatureStorage::Archive(_) => {
                    present.insert(DeclaredData::tiles(dataset));
                }
                FeatureStorage::Nowhere(_) => {}
            }
            if !matches!(self.values_of(dataset), ValuesStorage::Nowhere(_)) {
                present.insert(DeclaredData::values(dataset));
            }
        }
        for layer in catalog.layers.iter().filter(|layer| is_prepared(layer)) {
            if self.geometry_table(&prepared_table(layer)).is_ok()
                || self.files.contains_key(layer.id.as_str())
            {
                present.insert(DeclaredData::Prepared(layer.id.clone()));
            }
        }
        present
    }

    /// Combines a table's fault with that of a missing or unreadable file.
    fn nor_in_file(&self, of_table: NoData, stem: &str) -> NoData {
        let names = ["fgb", "pmtiles"].map(|ending| format!("{stem}.{ending}"));
        let unreadable = names.iter().find_map(|name| self.unreadable.get_key_value(name));
        if let Some((name, reason)) = unreadable {
            return NoData::Unavailable(format!("{}: {reason}", self.folder.join(name).display()));
        }
        let missing = format!("{} is missing", self.feature_file(stem).display());
        match self.database {
            Some(_) => of_table.map_reason(|reason| format!("{reason}, and {missing}")),
            None => NoData::Missing(missing),
        }
    }

    /// Notices of a dataset that is stored more than once, with the copy that is served.
    pub(crate) fn duplicates_of(&self, dataset: &Dataset) -> impl Iterator<Item = String> {
        let id = dataset.id.as_str();
        let features = match self.features_of(dataset) {
            FeatureStorage::Table(table) => {
                self.other_copies(id, format!("table {}", table.full_name()), "table")
            }
            FeatureStorage::File(path, _) => {
                self.other_copies(id, path.display().to_string(), "first")
            }
            FeatureStorage::Archive(_) | FeatureStorage::Nowhere(_) => None,
        };
        let values = match (self.values_of(dataset), dataset.values_name()) {
            (ValuesStorage::Table(table), Some(name)) => {
                self.other_copies(&name, format!("table {}", table.full_name()), "table")
            }
            _ => None,
        };
        features.into_iter().chain(values)
    }

    /// Notice of the files with a dataset's stem beside the copy that is served.
    fn other_copies(&self, id: &str, served: String, kind: &str) -> Option<String> {
        let files = [&self.files, &self.archives].into_iter().filter_map(|files| files.get(id));
        let others: Vec<String> = files
            .map(|(path, _)| path.display().to_string())
            .filter(|path| *path != served)
            .collect();
        if others.is_empty() {
            return None;
        }
        Some(format!(
            "dataset {id} is stored in {served} and in {}; the {kind} is served: remove the other, \
             or rename one of them",
            others.join(" and by ")
        ))
    }

    /// Tables that are published without a catalog: see
    /// [`DiscoveredTables::published_tables`].
    pub(crate) fn published_tables(
        &self,
        claimed: impl Fn(&GeometryTable) -> bool,
    ) -> Vec<PublishedTable<'h>> {
        self.database.map_or_else(Vec::new, |database| database.published_tables(claimed))
    }

    /// Finds a table with a geometry column.
    pub(crate) fn geometry_table(
        &self,
        name: &TableName,
    ) -> Result<&'h Arc<GeometryTable>, NoData> {
        self.database.ok_or_else(|| NoData::no_database(name))?.geometry_table(name)
    }

    /// Finds a table without geometry.
    fn values_table(&self, name: &TableName) -> Result<&'h Arc<ValuesTable>, NoData> {
        self.database.ok_or_else(|| NoData::no_database(name))?.values_table(name)
    }

    fn feature_file(&self, stem: &str) -> PathBuf {
        self.folder.join(format!("{stem}.fgb"))
    }
}

#[cfg(test)]
mod tests;
