//! Reasons for missing data, and the record of data found earlier.

use std::collections::BTreeSet;
use std::path::Path;

use super::inventory::{FeatureStorage, HeldValues, Inventory, prepared_name};
use super::load_plan::{DatasetNeeds, LoadPlan};
use catalog::{Catalog, Dataset, Layer, LayerContent, TableName};
use data_model::{DatasetId, LayerId};
use measures::DatasetPart;
use postgis_store::DatabaseState;

/// Reason that declared data can't be published now; for operators, may name files and
/// tables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoData {
    /// In none of the places that may hold the data.
    #[error("{0}")]
    Missing(String),
    /// Present but unusable, present earlier, or not known yet.
    #[error("{0}")]
    Unavailable(String),
}

impl NoData {
    /// Fault of a table if no database is configured.
    pub(super) fn no_database(name: &TableName) -> Self {
        Self::Missing(format!(
            "table {name} is in a database, and none is named; start with --database-url"
        ))
    }

    /// Fault of a table that is not known to exist or not.
    pub(super) fn not_known(database: &DatabaseState) -> Self {
        Self::Unavailable(match database {
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            DatabaseState::Starting | DatabaseState::Up => {
                "the database has not been looked at yet".to_owned()
            }
        })
    }

    /// Rewords the reason, as for a larger whole.
    pub(super) fn map(self, words: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Missing(reason) => Self::Missing(words(reason)),
            Self::Unavailable(reason) => Self::Unavailable(words(reason)),
        }
    }

    /// Combines the faults of two parts: missing data takes precedence, as the whole can't
    /// be had by waiting.
    pub(super) fn or_missing(self, other: Self) -> Self {
        if matches!(self, Self::Missing(_)) { self } else { other }
    }
}

/// Stored data of a declaration: part of a dataset, or a prepared result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DeclaredData {
    /// A dataset's part, with its declared table.
    Dataset(DatasetId, DatasetPart, Option<String>),
    /// Tiles of a dataset, which lack some of its features' data.
    Tiles(DatasetId),
    /// A layer's inner layer in an archive, with its declared name.
    TileLayer(LayerId, Option<String>),
    /// Result of a prepared layer.
    Prepared(LayerId),
}

impl DeclaredData {
    pub(super) fn features(dataset: &Dataset) -> Self {
        let table = dataset.table.as_ref().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), DatasetPart::Features, table)
    }

    pub(super) fn values(dataset: &Dataset) -> Self {
        let table = dataset.values_table().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), DatasetPart::Values, table)
    }

    pub(super) fn tiles(dataset: &Dataset) -> Self {
        Self::Tiles(dataset.id.clone())
    }

    pub(super) fn tile_layer(layer: &Layer) -> Self {
        Self::TileLayer(layer.id.clone(), layer.archive_layer.clone())
    }
}

/// Declared data found since the start of the process.
///
/// Data that goes away while the server runs is *unavailable*: a file that is replaced by a
/// removal and a copy must not make tiles that silently lack it. After a restart the same
/// data is *missing*, and its layers are absent.
#[derive(Debug, Clone, Default)]
pub(super) struct DataFound(BTreeSet<DeclaredData>);

impl DataFound {
    /// Records the data that is present now.
    pub(super) fn add(&mut self, catalog: &Catalog, inventory: &Inventory<'_>) {
        for dataset in &catalog.datasets {
            match inventory.of(dataset) {
                FeatureStorage::File(..) | FeatureStorage::Table(_) => {
                    _ = self.0.insert(DeclaredData::features(dataset))
                }
                FeatureStorage::Archive(_) => _ = self.0.insert(DeclaredData::tiles(dataset)),
                FeatureStorage::Nowhere(_) => {}
            }
            if !matches!(inventory.values_of(dataset), HeldValues::Nowhere(_)) {
                self.0.insert(DeclaredData::values(dataset));
            }
        }
        for layer in &catalog.layers {
            if matches!(layer.content, LayerContent::Prepared { .. })
                && (inventory.table(&prepared_name(layer)).is_ok()
                    || inventory.files.contains_key(layer.id.as_str()))
            {
                self.0.insert(DeclaredData::Prepared(layer.id.clone()));
            }
        }
    }

    /// Records the declared layers whose tiles are in an archive now.
    pub(super) fn add_tile_layers(&mut self, catalog: &Catalog, plans: &[LoadPlan]) {
        let of_tiles = plans.iter().filter(|plan| matches!(plan.needs, DatasetNeeds::Tiles(..)));
        let layers = of_tiles.filter_map(|plan| catalog.layer(plan.layer.id.as_str()));
        self.0.extend(layers.map(DeclaredData::tile_layer));
    }

    /// Turns a missing fault into unavailable if any of `stored` was found earlier.
    pub(super) fn judge(&self, stored: &[DeclaredData], fault: NoData) -> NoData {
        match fault {
            NoData::Missing(reason) if stored.iter().any(|stored| self.0.contains(stored)) => {
                NoData::Unavailable(format!(
                    "{reason}; it was there since the start: put it back, or restart to go on \
                     without it"
                ))
            }
            fault => fault,
        }
    }

    /// Fault of features of which only tiles are stored; `lack` explains why tiles do not
    /// suffice.
    pub(super) fn tiles_only(&self, dataset: &Dataset, archive: &Path, lack: &str) -> NoData {
        let reason = format!("{} holds tiles{lack}; store the features too", archive.display());
        self.judge(&[DeclaredData::features(dataset)], NoData::Missing(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_faults_the_missing_part_decides() {
        let missing = || NoData::Missing("gone".to_owned());
        let away = || NoData::Unavailable("away".to_owned());
        assert_eq!(missing().or_missing(away()), missing());
        assert_eq!(away().or_missing(missing()), missing());
        assert_eq!(away().or_missing(away()), away());
    }
}
