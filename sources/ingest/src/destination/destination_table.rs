//! Destination table in a database.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use data_model::feature::AttributeValue;
use data_model::id::DatasetId;
use flatgeobuf_store::{FlatGeobuf, LEFTOVER_PREFIX};
use postgis_store::writer::{
    BlockingSession, LoadSummary, RowKind, TableComments, WriteOutcome, WriteRequest, check, load,
    unfit_text,
};

use super::import_destination::{
    DatasetLocation, FinishedDataset, ImportDestination, WrittenDataset,
};
use super::leftovers::LEFTOVER_FOLDER;
use crate::error::IngestError;
use crate::rejects::reject_reason::RejectReason;
use crate::summary::import_note::ImportNote;

/// Destination table in a schema, named after the dataset.
#[derive(Debug)]
pub struct DestinationTable<'a> {
    database: &'a mut BlockingSession,
    schema: String,
    labels: TableComments,
    /// Temporary folder of the file; removed after the import.
    folder: Option<TempDir>,
}

impl<'a> DestinationTable<'a> {
    /// Creates a destination for tables of this schema.
    #[must_use]
    pub fn new(database: &'a mut BlockingSession, schema: &str) -> Self {
        Self { database, schema: schema.to_owned(), labels: TableComments::default(), folder: None }
    }
}

/// Request to write the features of a dataset.
fn request<'a>(schema: &'a str, labels: &'a TableComments, id: &'a DatasetId) -> WriteRequest<'a> {
    WriteRequest { schema, id, labels, rows: RowKind::Features, recorded: false }
}

impl ImportDestination for DestinationTable<'_> {
    fn check(&mut self, id: &DatasetId) -> Result<(), IngestError> {
        Ok(check(self.database, &request(&self.schema, &self.labels, id))?)
    }

    fn file(&mut self, data: &Path, id: &DatasetId) -> Result<PathBuf, IngestError> {
        let folder = tempfile::Builder::new()
            .prefix(LEFTOVER_PREFIX)
            .suffix(LEFTOVER_FOLDER)
            .tempdir_in(data)
            .map_err(|error| IngestError::io(data, error))?;
        // A file of its own name, which is a title where it has no other.
        Ok(self.folder.insert(folder).path().join(format!("{id}.fgb")))
    }

    fn refuses(&self, values: &[AttributeValue<'_>]) -> Option<RejectReason> {
        let unfit = |value: &AttributeValue<'_>| matches!(value, AttributeValue::Text(text) if unfit_text(text).is_some());
        values.iter().any(unfit).then_some(RejectReason::ZeroCharacter)
    }

    fn write(
        &mut self,
        finished: FinishedDataset<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<WrittenDataset, IngestError> {
        let path = finished.writer.path().to_owned();
        finished.writer.finish()?;
        let Self { database, schema, labels, .. } = self;
        let request = request(schema, labels, finished.id);
        let loaded = load(database, &FlatGeobuf::new(path), &request, progress)?;
        self.folder = None;
        let location = DatasetLocation::Table {
            database: self.database.address().to_owned(),
            name: format!("{}.{}", self.schema, finished.id),
        };
        let replaced = loaded.outcome != WriteOutcome::Created;
        Ok(WrittenDataset {
            location,
            features: loaded.features,
            replaced,
            notes: load_notes(&loaded),
        })
    }
}

/// Notes on what a load into PostGIS changed: renamed columns, missing and lost indexes.
#[must_use]
pub fn load_notes(loaded: &LoadSummary) -> Vec<ImportNote> {
    let renamed = loaded.renamed.iter().cloned();
    let mut notes: Vec<ImportNote> =
        renamed.map(|(file, table)| ImportNote::ColumnRenamed { file, table }).collect();
    if !loaded.unindexed.is_empty() {
        notes.push(ImportNote::NotIndexed { columns: loaded.unindexed.clone() });
    }
    if !loaded.lost_indexes.is_empty() {
        notes.push(ImportNote::IndexesLost { indexes: loaded.lost_indexes.clone() });
    }
    notes
}
