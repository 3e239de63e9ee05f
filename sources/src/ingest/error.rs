//! Why a file is not imported.

use std::path::{Path, PathBuf};

use crate::flatgeobuf::WriteError;
use crate::postgis::writer::PostgisError;
use crate::source::StoreError;

/// Why a file is not imported. The data directory, or the database, is as it was.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file can't be read, is damaged, or can't be used as it is.
    #[error(transparent)]
    File(#[from] StoreError),
    /// The CRS is unknown, or puts the data where it can't be.
    #[error("{}: {reason}", path.display())]
    Crs {
        /// The file.
        path: PathBuf,
        /// What is wrong, and which CRS would fit.
        reason: String,
    },
    /// Rows could not be kept, and the caller wanted all of them.
    #[error("{}: {rows} row(s) can't be kept, the first is {first}; nothing was replaced", path.display())]
    Strict {
        /// The file.
        path: PathBuf,
        /// How many.
        rows: u64,
        /// The first one and its reason.
        first: String,
    },
    /// The result can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The table can't be written.
    #[error(transparent)]
    Database(#[from] PostgisError),
}

impl IngestError {
    pub(super) fn io(path: &Path, error: std::io::Error) -> Self {
        StoreError::Io { path: path.to_owned(), error }.into()
    }

    pub(super) fn corrupt(
        path: &Path,
        place: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        StoreError::Corrupt { path: path.to_owned(), place: place.into(), reason: reason.into() }
            .into()
    }

    pub(super) fn unsupported(path: &Path, reason: impl Into<String>) -> Self {
        StoreError::Unsupported { path: path.to_owned(), reason: reason.into() }.into()
    }
}
