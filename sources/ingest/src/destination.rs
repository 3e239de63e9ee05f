//! Destination of an import: a file of the data directory, or a table.

use std::fmt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use postgis_store::writer::LoadSummary;

use super::error::IngestError;
use super::import_note::ImportNote;
use super::leftovers::{LEFTOVER_FOLDER, refuse_loss};
use super::reject_reason::RejectReason;
use data_model::feature::AttributeValue;
use data_model::id::DatasetId;
use flatgeobuf_store::{FlatGeobuf, FlatGeobufWriter, LEFTOVER_PREFIX};
use postgis_store::writer::{
    BlockingSession, RowKind, TableComments, WriteOutcome, WriteRequest, check, load, unfit_text,
};

/// Destination of an import: all rows, or nothing.
///
/// The features are first written to a FlatGeobuf file, which orders them. So they have
/// the same ids in every destination.
pub trait ImportDestination {
    /// Checks early what [`put`](Self::put) would refuse.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the dataset would be refused.
    fn check(&mut self, id: &DatasetId) -> Result<(), IngestError>;

    /// Path of the file to write; the data directory exists.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file's folder can't be created.
    fn file(&mut self, data: &Path, id: &DatasetId) -> Result<PathBuf, IngestError>;

    /// The reason for which a row can't be kept here; `None` if it can.
    fn refuses(&self, values: &[AttributeValue<'_>]) -> Option<RejectReason>;

    /// Puts the dataset into place. `progress` is called with the loaded and the total
    /// number of rows, if loading takes long.
    ///
    /// # Errors
    /// Returns [`IngestError`] if it fails; the former dataset is then unchanged.
    fn put(
        &mut self,
        finished: FinishedDataset<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<PlacedDataset, IngestError>;
}

/// A dataset with all its rows written to the file.
pub struct FinishedDataset<'a> {
    /// The input file.
    pub input: &'a Path,
    /// The dataset's id.
    pub id: &'a DatasetId,
    /// The writer of the FlatGeobuf file.
    pub writer: FlatGeobufWriter,
    /// Number of features.
    pub features: u64,
    /// Number of features with a geometry.
    pub with_geometry: u64,
}

/// A dataset in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedDataset {
    /// The place.
    pub place: DatasetLocation,
    /// Number of features.
    pub features: u64,
    /// Whether a dataset was replaced.
    pub replaced: bool,
    /// Notes for the user.
    pub notes: Vec<ImportNote>,
}

/// Place of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasetLocation {
    /// A FlatGeobuf file.
    File(PathBuf),
    /// A table: its database without a password, and its name with its schema.
    Table {
        /// Address, such as `postgresql://user@host/database`.
        database: String,
        /// Name, such as `public.roads`.
        name: String,
    },
}

impl DatasetLocation {
    /// The file; `None` for a table.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Table { .. } => None,
        }
    }
}

impl fmt::Display for DatasetLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Table { database, name } => write!(f, "{database} {name}"),
        }
    }
}

/// Destination `<id>.fgb` in the data directory.
#[derive(Debug, Clone, Default)]
pub struct DataFile {
    path: PathBuf,
}

impl ImportDestination for DataFile {
    fn check(&mut self, _: &DatasetId) -> Result<(), IngestError> {
        Ok(())
    }

    fn file(&mut self, data: &Path, id: &DatasetId) -> Result<PathBuf, IngestError> {
        self.path = data.join(format!("{id}.fgb"));
        Ok(self.path.clone())
    }

    fn refuses(&self, _: &[AttributeValue<'_>]) -> Option<RejectReason> {
        None
    }

    fn put(
        &mut self,
        finished: FinishedDataset<'_>,
        _: &mut dyn FnMut(u64, u64),
    ) -> Result<PlacedDataset, IngestError> {
        refuse_loss(finished.input, &self.path, finished.features, finished.with_geometry)?;
        let replaced = self.path.exists();
        let features = finished.writer.finish()?;
        let place = DatasetLocation::File(self.path.clone());
        Ok(PlacedDataset { place, features, replaced, notes: Vec::new() })
    }
}

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

    fn request<'b>(&'b self, id: &'b DatasetId) -> WriteRequest<'b> {
        WriteRequest {
            schema: &self.schema,
            id,
            labels: &self.labels,
            rows: RowKind::Features,
            recorded: false,
        }
    }
}

impl ImportDestination for DestinationTable<'_> {
    fn check(&mut self, id: &DatasetId) -> Result<(), IngestError> {
        Ok(check(self.database, &self.request(id))?)
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

    fn put(
        &mut self,
        finished: FinishedDataset<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<PlacedDataset, IngestError> {
        let path = finished.writer.path().to_owned();
        finished.writer.finish()?;
        let request = WriteRequest {
            schema: &self.schema,
            id: finished.id,
            labels: &self.labels,
            rows: RowKind::Features,
            recorded: false,
        };
        let loaded = load(self.database, &FlatGeobuf::new(path), &request, progress)?;
        self.folder = None;
        let place = DatasetLocation::Table {
            database: self.database.address().to_owned(),
            name: format!("{}.{}", self.schema, finished.id),
        };
        let replaced = loaded.outcome != WriteOutcome::Created;
        Ok(PlacedDataset { place, features: loaded.features, replaced, notes: load_notes(&loaded) })
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
