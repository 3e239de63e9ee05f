//! State of the library from which layers are planned.

use super::declared_columns::id_column;
use super::load_request::LoadRequest;
use super::stored_inputs::StoredInputs;
use crate::inventory::archive_states::ArchiveStates;
use crate::inventory::no_data::NoData;
use crate::inventory::store_inventory::{FeatureStorage, StoreInventory};
use catalog::{Catalog, Dataset, PrivacyRule};
use data_model::DatasetId;
use vector_tile::features::TableOptions;

/// Catalog and stored data at one moment.
#[derive(Clone, Copy)]
pub(crate) struct PlanningState<'s> {
    pub(crate) catalog: &'s Catalog,
    pub(crate) inventory: &'s StoreInventory<'s>,
    pub(crate) archives: &'s ArchiveStates,
    pub(crate) inputs: &'s StoredInputs,
}

impl PlanningState<'_> {
    /// The declared dataset `id`.
    pub(crate) fn dataset(&self, id: &DatasetId) -> Result<&Dataset, NoData> {
        let dataset = self.catalog.dataset(id.as_str());
        dataset.ok_or_else(|| NoData::Unavailable(format!("there is no dataset {id}")))
    }

    /// Load request for a dataset's features.
    pub(crate) fn request(
        &self,
        dataset: &Dataset,
        options: TableOptions,
    ) -> Result<LoadRequest, NoData> {
        match self.inventory.features_of(dataset) {
            FeatureStorage::File(path, token) => {
                Ok(LoadRequest::file(path.to_owned(), token, options))
            }
            FeatureStorage::Table(table) => {
                let id_declared = options.id_column.is_some();
                let options = TableOptions { id_column: id_column(dataset, table), ..options };
                Ok(LoadRequest::table(table, options, id_declared))
            }
            FeatureStorage::Archive(path) => {
                Err(self.inventory.presence.tiles_only(dataset, path, ""))
            }
            FeatureStorage::Nowhere(fault) => Err(fault),
        }
    }
}

/// The fault of a dataset whose single features are never published; `None` for other
/// datasets.
pub(crate) fn measures_only(dataset: &Dataset) -> Option<NoData> {
    let is_measures_only = dataset
        .privacy
        .iter()
        .any(|rule| matches!(rule, PrivacyRule::AggregateOnly { .. } | PrivacyRule::NotTileable));
    is_measures_only.then(|| {
        NoData::Unavailable(format!("dataset {} may be shown in measures only", dataset.id))
    })
}
