//! Why a layer has no data, and what was found before.

use std::collections::BTreeSet;
use std::path::Path;

use super::holdings::{Held, HeldValues, Holdings, prepared_name};
use super::plan::{Needs, Plan};
use catalog::{Catalog, Dataset, Layer, LayerContent, TableName};
use data_model::{DatasetId, LayerId};
use measures::Part;
use postgis_store::DatabaseState;

/// Why declared data can't be published now. The texts are for operators, and may name
/// files and tables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoData {
    /// All places that may hold it were looked at, and it is in none of them.
    #[error("{0}")]
    Missing(String),
    /// It is there and can't be used, it was there a moment ago, or nobody knows yet.
    #[error("{0}")]
    Unavailable(String),
}

impl NoData {
    /// Why a table is not there where no database is named.
    pub(super) fn no_database(name: &TableName) -> Self {
        Self::Missing(format!(
            "table {name} is in a database, and none is named; start with --database-url"
        ))
    }

    /// Why it is not known whether a table is there.
    pub(super) fn not_known(database: &DatabaseState) -> Self {
        Self::Unavailable(match database {
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            DatabaseState::Starting | DatabaseState::Up => {
                "the database has not been looked at yet".to_owned()
            }
        })
    }

    /// The same fault, of a larger whole or in other words.
    pub(super) fn map(self, words: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Missing(reason) => Self::Missing(words(reason)),
            Self::Unavailable(reason) => Self::Unavailable(words(reason)),
        }
    }

    /// The one of two faults that decides for something made of both: what lacks a part
    /// for good waits for no other.
    pub(super) fn or_missing(self, other: Self) -> Self {
        if matches!(self, Self::Missing(_)) { self } else { other }
    }
}

/// Whatever can be stored of a declaration: part of a dataset, or a prepared result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stored {
    /// A dataset's part, and the table that it is declared to be.
    Dataset(DatasetId, Part, Option<String>),
    /// Tiles of a dataset, which are less than its features.
    Tiles(DatasetId),
    /// A layer's own layer of an archive, and the name that is declared for it.
    TileLayer(LayerId, Option<String>),
    /// A layer's result.
    Prepared(LayerId),
}

impl Stored {
    pub(super) fn features(dataset: &Dataset) -> Self {
        let table = dataset.table.as_ref().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), Part::Features, table)
    }

    pub(super) fn values(dataset: &Dataset) -> Self {
        let table = dataset.values_table().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), Part::Values, table)
    }

    pub(super) fn tiles(dataset: &Dataset) -> Self {
        Self::Tiles(dataset.id.clone())
    }

    pub(super) fn tile_layer(layer: &Layer) -> Self {
        Self::TileLayer(layer.id.clone(), layer.archive_layer.clone())
    }
}

/// Declared data that was found since the start.
///
/// Data that goes away while the server runs is *unavailable*: a file that is replaced by
/// a removal and a copy must not make tiles that silently lack it. After a restart the
/// same data is *missing*, and its layers are absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(BTreeSet<Stored>);

impl Found {
    /// Remembers what is held now.
    pub(super) fn add(&mut self, catalog: &Catalog, holdings: &Holdings<'_>) {
        for dataset in &catalog.datasets {
            match holdings.of(dataset) {
                Held::File(..) | Held::Table(_) => _ = self.0.insert(Stored::features(dataset)),
                Held::Archive(_) => _ = self.0.insert(Stored::tiles(dataset)),
                Held::Nowhere(_) => {}
            }
            if !matches!(holdings.values_of(dataset), HeldValues::Nowhere(_)) {
                self.0.insert(Stored::values(dataset));
            }
        }
        for layer in &catalog.layers {
            if matches!(layer.content, LayerContent::Prepared { .. })
                && (holdings.table(&prepared_name(layer)).is_ok()
                    || holdings.files.contains_key(layer.id.as_str()))
            {
                self.0.insert(Stored::Prepared(layer.id.clone()));
            }
        }
    }

    /// Remembers the declared layers whose tiles are in an archive now.
    pub(super) fn add_tile_layers(&mut self, catalog: &Catalog, plans: &[Plan]) {
        let of_tiles = plans.iter().filter(|plan| matches!(plan.needs, Needs::Tiles(..)));
        let layers = of_tiles.filter_map(|plan| catalog.layer(plan.layer.id.as_str()));
        self.0.extend(layers.map(Stored::tile_layer));
    }

    /// The meaning of a fault by which none of `stored` can be used now.
    pub(super) fn judge(&self, stored: &[Stored], fault: NoData) -> NoData {
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

    /// The fault of features of which only tiles are stored. `lack` says why tiles do not do.
    pub(super) fn tiles_only(&self, dataset: &Dataset, archive: &Path, lack: &str) -> NoData {
        let reason = format!("{} holds tiles{lack}; store the features too", archive.display());
        self.judge(&[Stored::features(dataset)], NoData::Missing(reason))
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
