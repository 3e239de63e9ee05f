//! Record of the declared data that has been present in this process.

use std::collections::BTreeSet;
use std::path::Path;

use super::no_data::NoData;
use catalog::{Dataset, Layer, TableName};
use data_model::{DatasetId, LayerId};
use measures::DatasetPart;

/// Stored data of a declaration: part of a dataset, or a prepared result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DeclaredData {
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
    pub(crate) fn features(dataset: &Dataset) -> Self {
        let table = dataset.table.as_ref().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), DatasetPart::Features, table)
    }

    pub(crate) fn values(dataset: &Dataset) -> Self {
        let table = dataset.values_table().map(TableName::to_string);
        Self::Dataset(dataset.id.clone(), DatasetPart::Values, table)
    }

    pub(crate) fn tiles(dataset: &Dataset) -> Self {
        Self::Tiles(dataset.id.clone())
    }

    pub(crate) fn tile_layer(layer: &Layer) -> Self {
        Self::TileLayer(layer.id.clone(), layer.archive_layer.clone())
    }
}

/// Declared data that has been present since the start of the process.
///
/// Data that goes away while the server runs is *unavailable*: a file that is replaced by a
/// removal and a copy must not make tiles that silently lack it. After a restart the same
/// data is *missing*, and its layers are absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct PresenceHistory(BTreeSet<DeclaredData>);

impl PresenceHistory {
    /// Records data that is present now.
    pub(crate) fn record(&mut self, present: impl IntoIterator<Item = DeclaredData>) {
        self.0.extend(present);
    }

    /// Turns a missing fault into unavailable if any of `alternatives` was present earlier.
    pub(crate) fn classify(&self, alternatives: &[DeclaredData], fault: NoData) -> NoData {
        match fault {
            NoData::Missing(reason) if alternatives.iter().any(|data| self.0.contains(data)) => {
                NoData::Unavailable(format!(
                    "{reason}; it was there since the start: put it back, or restart to go on \
                     without it"
                ))
            }
            fault => fault,
        }
    }

    /// Fault of features of which only tiles are stored; `restriction` explains why tiles do
    /// not suffice.
    pub(crate) fn tiles_only(
        &self,
        dataset: &Dataset,
        archive: &Path,
        restriction: &str,
    ) -> NoData {
        let archive = archive.display();
        let reason = format!("{archive} holds tiles{restriction}; store the features too");
        self.classify(&[DeclaredData::features(dataset)], NoData::Missing(reason))
    }
}
