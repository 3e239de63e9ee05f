//! Record of all names, tables and content that catalogs have declared in this process.

use std::collections::BTreeSet;

use super::store_inventory::{FeatureStorage, StoreInventory, ValuesStorage};
use super::table_names::{is_prepared, prepared_table};
use catalog::{Catalog, VALUES_SUFFIX};
use data_model::ContentDigest;
use postgis_store::GeometryTable;

/// Names, tables and content digests that a catalog has ever declared.
///
/// A table of a published schema with such a name or content stays hidden from the public
/// unless it is declared: a catalog that loses an entry, a backup copy and a renamed table
/// must not publish what the entry reserved for staff. Files without an entry are for staff
/// in any case once there is a catalog.
#[derive(Debug, Default)]
pub(crate) struct DeclarationHistory {
    stems: BTreeSet<String>,
    /// Schema, if one was named, and table.
    tables: BTreeSet<(Option<String>, String)>,
    /// Relation ids (`oid`), which persist when a table is renamed.
    relations: BTreeSet<u32>,
    contents: BTreeSet<ContentDigest>,
}

impl DeclarationHistory {
    /// Records the datasets of a catalog and the tables that it names.
    pub(crate) fn add_catalog(&mut self, catalog: &Catalog) {
        for dataset in catalog.all_datasets() {
            let id = dataset.id.as_str();
            self.stems.extend([id.to_owned(), format!("{id}{VALUES_SUFFIX}")]);
            let named = dataset.table.iter().chain(dataset.values_table());
            self.tables.extend(named.map(|name| (name.schema.clone(), name.table.clone())));
            self.tables.insert((None, format!("{id}{VALUES_SUFFIX}")));
            self.tables.extend(dataset.values_name().map(|name| (None, name)));
        }
        // A prepared result is named after its layer.
        for layer in catalog.layers.iter().filter(|layer| is_prepared(layer)) {
            self.stems.insert(layer.id.as_str().to_owned());
            self.tables.insert((None, prepared_table(layer).table));
        }
    }

    /// Records the tables that hold the datasets now, whether or not a layer uses them.
    pub(crate) fn add_inventory(&mut self, catalog: &Catalog, inventory: &StoreInventory<'_>) {
        for dataset in catalog.all_datasets() {
            if let FeatureStorage::Table(table) = inventory.features_of(dataset) {
                self.relations.insert(table.oid);
                self.tables.insert((Some(table.schema.clone()), table.name.clone()));
            }
            // Under another name, and with a geometry column, it could be a layer.
            if let ValuesStorage::Table(table) = inventory.values_of(dataset) {
                self.relations.insert(table.oid);
            }
        }
        for layer in &catalog.layers {
            if is_prepared(layer)
                && let Ok(table) = inventory.geometry_table(&prepared_table(layer))
            {
                self.relations.insert(table.oid);
                self.tables.insert((Some(table.schema.clone()), table.name.clone()));
            }
        }
    }

    /// Records the contents of declared layers.
    pub(crate) fn add_contents(&mut self, contents: impl IntoIterator<Item = ContentDigest>) {
        self.contents.extend(contents);
    }

    /// Whether a table of this name is for staff unless it is declared.
    pub(crate) fn reserves_name(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// Whether a table is for staff unless it is declared.
    pub(crate) fn reserves_table(&self, table: &GeometryTable) -> bool {
        self.relations.contains(&table.oid)
            || self.tables.contains(&(Some(table.schema.clone()), table.name.clone()))
            || self.tables.contains(&(None, table.name.clone()))
    }

    /// Whether content of this digest is for staff unless it is declared.
    pub(crate) fn reserves_content(&self, digest: ContentDigest) -> bool {
        self.contents.contains(&digest)
    }
}
