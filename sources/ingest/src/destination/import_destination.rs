//! Destination of an import: a file of the data directory, or a table.

use std::fmt;
use std::path::{Path, PathBuf};

use data_model::feature::AttributeValue;
use data_model::id::DatasetId;
use flatgeobuf_store::FlatGeobufWriter;

use crate::error::IngestError;
use crate::rejects::reject_reason::RejectReason;
use crate::summary::import_note::ImportNote;

/// Destination of an import: all rows, or nothing.
///
/// The features are first written to a FlatGeobuf file, which orders them. So they have
/// the same ids in every destination.
pub trait ImportDestination {
    /// Checks early what [`write`](Self::write) would refuse.
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

    /// Writes the dataset. `progress` is called with the loaded and the total
    /// number of rows, if loading takes long.
    ///
    /// # Errors
    /// Returns [`IngestError`] if it fails; the former dataset is then unchanged.
    fn write(
        &mut self,
        finished: FinishedDataset<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<WrittenDataset, IngestError>;
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

/// A written dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenDataset {
    /// Location of the dataset.
    pub location: DatasetLocation,
    /// Number of features.
    pub features: u64,
    /// Whether a dataset was replaced.
    pub replaced: bool,
    /// Notes for the user.
    pub notes: Vec<ImportNote>,
}

/// Location of a dataset.
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
