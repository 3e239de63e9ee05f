//! Errors of an import.

use std::path::{Path, PathBuf};

use crate::crs::crs_fault::CrsFault;
use crate::input::file_fault::{FileFault, FileLocation};
use crate::rejects::reject_reason::RejectReason;
use data_model::StoreError;
use flatgeobuf_store::WriteError;
use korean_text::bilingual::Bilingual;
use postgis_store::writer::PostgisError;

/// Error of an import. The data directory, or the database, is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file can't be opened, read or written.
    #[error(transparent)]
    File(#[from] StoreError),
    /// A file is damaged or unusable.
    #[error("{}: {}", path.display(), located(location, fault.en(), location.en()))]
    Input {
        /// The file.
        path: PathBuf,
        /// The location in the file.
        location: FileLocation,
        /// The fault and its remedy.
        fault: Box<FileFault>,
    },
    /// The CRS is unknown or implausible.
    #[error("{}: {}", path.display(), fault.en())]
    Crs {
        /// The file.
        path: PathBuf,
        /// The fault, and the CRS that would fit.
        fault: Box<CrsFault>,
    },
    /// Rows could not be kept in strict mode.
    #[error("{}: {rows} row(s) can't be kept, the first is row {row}: {}; nothing was replaced", path.display(), reason.en())]
    Strict {
        /// The file.
        path: PathBuf,
        /// Number of rows.
        rows: u64,
        /// The first one, from 1.
        row: u64,
        /// The first one's reason.
        reason: RejectReason,
    },
    /// No row could be kept.
    #[error("{}: not one of its rows can be kept; row {row}: {}", path.display(), reason.en())]
    NothingKept {
        /// The file.
        path: PathBuf,
        /// The first row, from 1.
        row: u64,
        /// The first row's reason.
        reason: RejectReason,
    },
    /// The result can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The table can't be written.
    #[error(transparent)]
    Database(#[from] PostgisError),
}

/// The message, prefixed with its location unless that is the whole file.
fn located(location: &FileLocation, message: String, at: String) -> String {
    if *location == FileLocation::Whole { message } else { format!("{at}: {message}") }
}

impl IngestError {
    pub(crate) fn io(path: &Path, error: std::io::Error) -> Self {
        StoreError::Io { path: path.to_owned(), error }.into()
    }

    /// Creates an error at a location in a file.
    pub(crate) fn at(path: &Path, location: FileLocation, fault: impl Into<FileFault>) -> Self {
        Self::Input { path: path.to_owned(), location, fault: Box::new(fault.into()) }
    }

    /// Creates an error of a file as a whole.
    pub(crate) fn whole(path: &Path, fault: impl Into<FileFault>) -> Self {
        Self::at(path, FileLocation::Whole, fault)
    }
}

impl Bilingual for IngestError {
    fn ko(&self) -> String {
        match self {
            Self::File(error) => error.ko(),
            Self::Input { path, location, fault } => {
                format!("{}: {}", path.display(), located(location, fault.ko(), location.ko()))
            }
            Self::Crs { path, fault } => format!("{}: {}", path.display(), fault.ko()),
            Self::Strict { path, rows, row, reason } => format!(
                "{}: 담을 수 없는 행이 {rows}개입니다. 처음은 {row}행: {}. 아무것도 바꾸지 않았습니다",
                path.display(),
                reason.ko()
            ),
            Self::NothingKept { path, row, reason } => format!(
                "{}: 담을 수 있는 행이 하나도 없습니다. {row}행: {}",
                path.display(),
                reason.ko()
            ),
            Self::Write(error) => error.ko(),
            Self::Database(error) => error.ko(),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
