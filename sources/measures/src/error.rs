//! Errors of computing measures and of keeping them in files.

use std::path::PathBuf;

use super::dataset_reader::{DatasetPart, InputError};
use data_model::{DatasetId, LayerId};

/// Error of computing a layer's measures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// A dataset can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The layer has no measures in this form.
    #[error("layer {0} declares no figures in this form")]
    NoMeasures(LayerId),
    /// The catalog has no such dataset.
    #[error("layer {layer}: the catalog has no dataset {dataset}; declare it")]
    NoDataset {
        /// The layer.
        layer: LayerId,
        /// The missing dataset.
        dataset: DatasetId,
    },
    /// A part of a dataset lacks a declared column.
    #[error(
        "dataset {dataset}, its {part}: there is no column {column:?}; store it, or change the catalog"
    )]
    NoColumn {
        /// The dataset.
        dataset: DatasetId,
        /// The part.
        part: DatasetPart,
        /// The missing column.
        column: String,
    },
    /// The features that carry the measures have no usable ids.
    #[error("dataset {dataset}: {problem}")]
    Ids {
        /// The dataset.
        dataset: DatasetId,
        /// The fault and its remedy.
        problem: String,
    },
    /// The layer exceeds a limit of in-memory computation.
    #[error("layer {layer}: {what}; keep fewer slices or choose larger areas")]
    TooLarge {
        /// The layer.
        layer: LayerId,
        /// Quantity that exceeds the limit.
        what: String,
    },
    /// A declaration that passes the catalog's checks and can't be computed.
    #[error("layer {layer}, figure {measure:?}: {problem}")]
    Declaration {
        /// The layer.
        layer: LayerId,
        /// The measure.
        measure: String,
        /// The fault of the declaration.
        problem: String,
    },
}

/// Error of reading or writing kept measures.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// An operation on the file failed.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// Other accounts of the machine can read the file, and its mode can't be narrowed.
    #[error(
        "{}: other accounts may read it, and its rights can't be narrowed: {error}; give it to \
         the server's account and set mode {mode:o}, or keep the data directory where only that \
         account gets in",
        path.display()
    )]
    Rights {
        /// The file or folder.
        path: PathBuf,
        /// Required mode.
        mode: u32,
        /// The system's error.
        error: std::io::Error,
    },
    /// The file is damaged; after its deletion the measures are computed again.
    #[error("{}: {place}: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Section of the file.
        place: &'static str,
        /// The fault.
        reason: String,
    },
}
