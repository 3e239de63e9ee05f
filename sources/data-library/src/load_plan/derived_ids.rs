//! Ids of undeclared layers and datasets, derived from names of files and tables.

use std::collections::{BTreeMap, BTreeSet};

use super::layer_plan::LayerPlan;
use catalog::{BaseMap, Catalog};
use data_model::{DatasetId, LayerId};
use postgis_store::GeometryTable;
use resilience::LogOnce;

/// Layer and theme ids in use.
pub(crate) struct LayerIds<'s> {
    taken: BTreeSet<String>,
    log_once: &'s LogOnce,
}

impl<'s> LayerIds<'s> {
    /// The ids of a catalog's themes and base map, and of the planned layers.
    pub(crate) fn new(catalog: &Catalog, plans: &[LayerPlan], log_once: &'s LogOnce) -> Self {
        let layers = plans.iter().map(|plan| plan.layer.id.as_str().to_owned());
        let themes = catalog.themes.iter().map(|theme| theme.id.as_str().to_owned());
        let base = (!catalog.base.is_empty()).then(|| BaseMap::ID.to_owned());
        Self { taken: layers.chain(themes).chain(base).collect(), log_once }
    }

    /// An unused id derived from `name`, or from `longer_name` if that is taken.
    ///
    /// `longer_name` is not a valid id itself, which makes the id derived from it unique.
    pub(crate) fn take(&mut self, name: &str, longer_name: &str, origin: &str) -> LayerId {
        let mut id = LayerId::derived(name);
        let mut number = 1;
        // Two names may differ in composition alone, which an id does not tell apart.
        while !self.taken.insert(id.as_str().to_owned()) {
            let suffix = if number == 1 { String::new() } else { format!(" ({number})") };
            id = LayerId::derived(&format!("{longer_name}{suffix}"));
            number += 1;
        }
        if id.as_str() != name && self.log_once.first_time(format!("{origin} is {id}")) {
            tracing::info!(origin, layer = %id, "published under a derived id");
        }
        id
    }
}

/// Dataset ids of undeclared tables: one for each table, whatever its schema.
pub(crate) struct TableDatasetIds {
    taken: BTreeSet<String>,
    /// By relation id (`oid`); a relation may have several geometry columns.
    by_relation: BTreeMap<u32, DatasetId>,
}

impl TableDatasetIds {
    /// The ids of a catalog's datasets and of the planned layers' datasets are taken.
    pub(crate) fn new(catalog: &Catalog, plans: &[LayerPlan]) -> Self {
        let declared = catalog.all_datasets().map(|dataset| dataset.id.as_str().to_owned());
        let files = plans.iter().map(|plan| plan.layer.dataset.as_str().to_owned());
        Self { taken: declared.chain(files).collect(), by_relation: BTreeMap::new() }
    }

    /// The id of a table's dataset, derived from `name`.
    pub(crate) fn take(&mut self, table: &GeometryTable, name: &str) -> DatasetId {
        if let Some(id) = self.by_relation.get(&table.oid) {
            return id.clone();
        }
        let mut id = DatasetId::derived(name);
        let mut number = 1;
        while !self.taken.insert(id.as_str().to_owned()) {
            // A name with a point is no id itself: a digest makes it one.
            id = DatasetId::derived(&format!("{}.{number}", table.full_name()));
            number += 1;
        }
        self.by_relation.insert(table.oid, id.clone());
        id
    }
}
