//! Stored datasets of a catalog, as input of the measure engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::catalogued::id_column;
use super::feature_origin::ChangeToken;
use super::inventory::{FeatureStorage, HeldValues, Inventory};
use super::no_data::NoData;
use catalog::{Catalog, Dataset};
use data_model::feature::FeatureVisitor;
use data_model::{DatasetId, FeatureStore};
use flatgeobuf_store::FlatGeobuf;
use measures::{DatasetPart, DatasetReader, InputError};
use postgis_store::{GeometryTable, PostgisDatabase, ValuesTable};

/// Stored parts of all datasets at one moment.
#[derive(Clone, Default)]
pub(super) struct StoredInputs {
    parts: BTreeMap<(DatasetId, DatasetPart), Result<Stored, NoData>>,
    database: Option<Arc<PostgisDatabase>>,
}

/// A stored part, with its change signature.
#[derive(Debug, Clone)]
struct Stored {
    place: Place,
    sign: ChangeToken,
    id_column: Option<String>,
}

/// Location of a part's rows.
#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Table(Arc<GeometryTable>),
    /// A table without geometry.
    Values(Arc<ValuesTable>),
}

impl StoredInputs {
    /// Collects the stored parts of a catalog's datasets.
    pub(super) fn of(
        catalog: &Catalog,
        inventory: &Inventory<'_>,
        database: Option<&Arc<PostgisDatabase>>,
    ) -> Self {
        let mut parts = BTreeMap::new();
        for dataset in &catalog.datasets {
            if dataset.has_features() {
                let held = stored(dataset, inventory);
                parts.insert((dataset.id.clone(), DatasetPart::Features), held);
            }
            if dataset.values.is_some() {
                let held = stored_values(inventory.values_of(dataset));
                parts.insert((dataset.id.clone(), DatasetPart::Values), held);
            }
        }
        Self { parts, database: database.cloned() }
    }

    /// Whether any part of a dataset is a database table.
    pub(super) fn are_in_database(&self, dataset: &DatasetId) -> bool {
        [DatasetPart::Features, DatasetPart::Values].into_iter().any(|part| {
            let place = self.part(dataset, part).map(|stored| &stored.place);
            matches!(place, Ok(Place::Table(_) | Place::Values(_)))
        })
    }

    /// The fault of a declared part that can't be read; `None` if it can, as far as is
    /// known.
    pub(super) fn fault(&self, dataset: &DatasetId, part: DatasetPart) -> Option<NoData> {
        let fault = self.parts.get(&(dataset.clone(), part))?.as_ref().err()?;
        let words = |reason| InputError { dataset: dataset.clone(), part, reason }.to_string();
        Some(fault.clone().map(words))
    }

    fn part(&self, dataset: &DatasetId, part: DatasetPart) -> Result<&Stored, InputError> {
        let error =
            |reason: &str| InputError { dataset: dataset.clone(), part, reason: reason.to_owned() };
        match self.parts.get(&(dataset.clone(), part)) {
            Some(Ok(stored)) => Ok(stored),
            Some(Err(fault)) => Err(error(&fault.to_string())),
            None => Err(error("the catalog declares none")),
        }
    }
}

fn stored(dataset: &Dataset, inventory: &Inventory<'_>) -> Result<Stored, NoData> {
    match inventory.of(dataset) {
        FeatureStorage::File(path, signature) => Ok(Stored {
            place: Place::File(path.to_owned()),
            sign: ChangeToken::File(signature),
            id_column: dataset.id_column.clone(),
        }),
        FeatureStorage::Table(table) => Ok(Stored {
            place: Place::Table(Arc::clone(table)),
            sign: ChangeToken::Table(table.change_token),
            id_column: id_column(dataset, table),
        }),
        FeatureStorage::Archive(path) => {
            Err(inventory.found.tiles_only(dataset, path, ", from which nothing can be computed"))
        }
        FeatureStorage::Nowhere(fault) => Err(fault),
    }
}

fn stored_values(held: HeldValues<'_>) -> Result<Stored, NoData> {
    let (place, sign) = match held {
        HeldValues::File(path, signature) => {
            (Place::File(path.to_owned()), ChangeToken::File(signature))
        }
        HeldValues::Table(table) => {
            (Place::Values(Arc::clone(table)), ChangeToken::Table(table.change_token))
        }
        HeldValues::Nowhere(fault) => return Err(fault),
    };
    Ok(Stored { place, sign, id_column: None })
}

impl DatasetReader for StoredInputs {
    fn scan(
        &self,
        dataset: &DatasetId,
        part: DatasetPart,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError> {
        let error = |reason: String| InputError { dataset: dataset.clone(), part, reason };
        let scanned = match (&self.part(dataset, part)?.place, &self.database) {
            (Place::File(path), _) => FlatGeobuf::new(path).scan(visitor),
            (Place::Table(table), Some(database)) => database.scan(table, visitor).map(|_| ()),
            (Place::Values(table), Some(database)) => {
                database.scan_values(table, visitor).map(|_| ())
            }
            (Place::Table(_) | Place::Values(_), None) => {
                return Err(error("there is no database".to_owned()));
            }
        };
        scanned.map_err(|fault| error(fault.to_string()))
    }

    fn id_column(&self, dataset: &DatasetId) -> Option<String> {
        self.part(dataset, DatasetPart::Features).ok()?.id_column.clone()
    }

    /// Digest of the part's signature: of a file's metadata, or of a table's change
    /// counters. Reads no data.
    fn digest(&self, dataset: &DatasetId, part: DatasetPart) -> Result<u128, InputError> {
        Ok(self.part(dataset, part)?.sign.digest())
    }
}
