//! Stored datasets of a catalog, as input of the measure engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::change_token::ChangeToken;
use super::declared_columns::id_column;
use crate::inventory::no_data::NoData;
use crate::inventory::store_inventory::{FeatureStorage, StoreInventory, ValuesStorage};
use catalog::{Catalog, Dataset};
use data_model::feature::FeatureVisitor;
use data_model::{ContentDigest, DatasetId, FeatureStore};
use flatgeobuf_store::FlatGeobuf;
use measures::{DatasetPart, DatasetReader, InputError};
use postgis_store::{GeometryTable, PostgisDatabase, ValuesTable};

/// Stored parts of all datasets at one moment.
#[derive(Clone, Default)]
pub(crate) struct StoredInputs {
    parts: BTreeMap<(DatasetId, DatasetPart), Result<StoredPart, NoData>>,
    database: Option<Arc<PostgisDatabase>>,
}

/// A stored part, with its change token.
#[derive(Debug, Clone)]
struct StoredPart {
    rows: RowStorage,
    token: ChangeToken,
    id_column: Option<String>,
}

/// Location of a part's rows.
#[derive(Debug, Clone)]
enum RowStorage {
    File(PathBuf),
    Table(Arc<GeometryTable>),
    /// A table without geometry.
    Values(Arc<ValuesTable>),
}

impl StoredInputs {
    /// Collects the stored parts of a catalog's datasets.
    pub(crate) fn new(
        catalog: &Catalog,
        inventory: &StoreInventory<'_>,
        database: Option<&Arc<PostgisDatabase>>,
    ) -> Self {
        let mut parts = BTreeMap::new();
        for dataset in catalog.all_datasets() {
            if dataset.has_features() {
                let features = stored_features(dataset, inventory);
                parts.insert((dataset.id.clone(), DatasetPart::Features), features);
            }
            if dataset.values.is_some() {
                let values = stored_values(inventory.values_of(dataset));
                parts.insert((dataset.id.clone(), DatasetPart::Values), values);
            }
        }
        Self { parts, database: database.cloned() }
    }

    /// Whether any part of a dataset is a database table.
    pub(crate) fn are_in_database(&self, dataset: &DatasetId) -> bool {
        [DatasetPart::Features, DatasetPart::Values].into_iter().any(|part| {
            let rows = self.part(dataset, part).map(|part| &part.rows);
            matches!(rows, Ok(RowStorage::Table(_) | RowStorage::Values(_)))
        })
    }

    /// The fault of a declared part that can't be read; `None` if it can, as far as is
    /// known.
    pub(crate) fn fault(&self, dataset: &DatasetId, part: DatasetPart) -> Option<NoData> {
        let fault = self.parts.get(&(dataset.clone(), part))?.as_ref().err()?;
        let reword = |reason| InputError { dataset: dataset.clone(), part, reason }.to_string();
        Some(fault.clone().map_reason(reword))
    }

    fn part(&self, dataset: &DatasetId, part: DatasetPart) -> Result<&StoredPart, InputError> {
        let error =
            |reason: &str| InputError { dataset: dataset.clone(), part, reason: reason.to_owned() };
        match self.parts.get(&(dataset.clone(), part)) {
            Some(Ok(stored)) => Ok(stored),
            Some(Err(fault)) => Err(error(&fault.to_string())),
            None => Err(error("the catalog declares none")),
        }
    }
}

fn stored_features(
    dataset: &Dataset,
    inventory: &StoreInventory<'_>,
) -> Result<StoredPart, NoData> {
    match inventory.features_of(dataset) {
        FeatureStorage::File(path, token) => Ok(StoredPart {
            rows: RowStorage::File(path.to_owned()),
            token: ChangeToken::File(token),
            id_column: dataset.id_column.clone(),
        }),
        FeatureStorage::Table(table) => Ok(StoredPart {
            rows: RowStorage::Table(Arc::clone(table)),
            token: ChangeToken::Table(table.change_token),
            id_column: id_column(dataset, table),
        }),
        FeatureStorage::Archive(path) => {
            let restriction = ", from which nothing can be computed";
            Err(inventory.presence.tiles_only(dataset, path, restriction))
        }
        FeatureStorage::Nowhere(fault) => Err(fault),
    }
}

fn stored_values(values: ValuesStorage<'_>) -> Result<StoredPart, NoData> {
    let (rows, token) = match values {
        ValuesStorage::File(path, token) => {
            (RowStorage::File(path.to_owned()), ChangeToken::File(token))
        }
        ValuesStorage::Table(table) => {
            (RowStorage::Values(Arc::clone(table)), ChangeToken::Table(table.change_token))
        }
        ValuesStorage::Nowhere(fault) => return Err(fault),
    };
    Ok(StoredPart { rows, token, id_column: None })
}

impl DatasetReader for StoredInputs {
    fn scan(
        &self,
        dataset: &DatasetId,
        part: DatasetPart,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError> {
        let error = |reason: String| InputError { dataset: dataset.clone(), part, reason };
        let scanned = match (&self.part(dataset, part)?.rows, &self.database) {
            (RowStorage::File(path), _) => FlatGeobuf::new(path).scan(visitor),
            (RowStorage::Table(table), Some(database)) => database.scan(table, visitor).map(|_| ()),
            (RowStorage::Values(table), Some(database)) => {
                database.scan_values(table, visitor).map(|_| ())
            }
            (RowStorage::Table(_) | RowStorage::Values(_), None) => {
                return Err(error("there is no database".to_owned()));
            }
        };
        scanned.map_err(|fault| error(fault.to_string()))
    }

    fn id_column(&self, dataset: &DatasetId) -> Option<String> {
        self.part(dataset, DatasetPart::Features).ok()?.id_column.clone()
    }

    /// Digest of the part's change token: of a file's metadata, or of a table's change
    /// counters. Reads no data.
    fn digest(&self, dataset: &DatasetId, part: DatasetPart) -> Result<ContentDigest, InputError> {
        Ok(self.part(dataset, part)?.token.digest())
    }
}
