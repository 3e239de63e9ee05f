//! Errors of an import.

use std::path::{Path, PathBuf};

use super::crs_fault::CrsFault;
use super::file_fault::{FileFault, FilePlace};
use super::reject_reason::RejectReason;
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
    #[error("{}: {}", path.display(), located(place, fault.en(), place.en()))]
    Input {
        /// The file.
        path: PathBuf,
        /// The place in the file.
        place: FilePlace,
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

/// The message, prefixed with its place unless that is the whole file.
fn located(place: &FilePlace, message: String, at: String) -> String {
    if *place == FilePlace::Whole { message } else { format!("{at}: {message}") }
}

impl IngestError {
    pub(super) fn io(path: &Path, error: std::io::Error) -> Self {
        StoreError::Io { path: path.to_owned(), error }.into()
    }

    /// Creates an error at a place in a file.
    pub(super) fn at(path: &Path, place: FilePlace, fault: impl Into<FileFault>) -> Self {
        Self::Input { path: path.to_owned(), place, fault: Box::new(fault.into()) }
    }

    /// Creates an error of a file as a whole.
    pub(super) fn whole(path: &Path, fault: impl Into<FileFault>) -> Self {
        Self::at(path, FilePlace::Whole, fault)
    }
}

impl Bilingual for IngestError {
    fn ko(&self) -> String {
        match self {
            Self::File(error) => error.ko(),
            Self::Input { path, place, fault } => {
                format!("{}: {}", path.display(), located(place, fault.ko(), place.ko()))
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
