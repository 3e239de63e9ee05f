//! Parts of datasets in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dataset_reader::DatasetPart;
use super::part_rows::PartRows;
use catalog::Dataset;
use data_model::DatasetId;

/// Rows that the measures of a layer need, by dataset and part.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartTables(BTreeMap<(DatasetId, DatasetPart), Arc<PartRows>>);

impl PartTables {
    pub(crate) fn insert(&mut self, dataset: &DatasetId, part: DatasetPart, rows: Arc<PartRows>) {
        self.0.insert((dataset.clone(), part), rows);
    }

    pub(crate) fn get(&self, dataset: &Dataset, part: DatasetPart) -> Option<&PartRows> {
        self.0.get(&(dataset.id.clone(), part)).map(Arc::as_ref)
    }

    /// The features of a dataset.
    pub(crate) fn features(&self, dataset: &DatasetId) -> Option<&Arc<PartRows>> {
        self.0.get(&(dataset.clone(), DatasetPart::Features))
    }
}
