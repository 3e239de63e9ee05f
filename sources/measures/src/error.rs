//! Why figures can't be computed or kept.

use std::path::PathBuf;

use super::inputs::{InputError, Part};
use data_model::{DatasetId, LayerId};

/// Why a layer's figures can't be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// A dataset can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The layer has no figures in this form.
    #[error("layer {0} declares no figures in this form")]
    NoFigures(LayerId),
    /// The catalog has no such dataset.
    #[error("layer {layer}: the catalog has no dataset {dataset}; declare it")]
    NoDataset {
        /// The layer.
        layer: LayerId,
        /// The missing dataset.
        dataset: DatasetId,
    },
    /// A part lacks a column that is declared.
    #[error(
        "dataset {dataset}, its {part}: there is no column {column:?}; store it, or change the catalog"
    )]
    NoColumn {
        /// The dataset.
        dataset: DatasetId,
        /// The part.
        part: Part,
        /// The missing column.
        column: String,
    },
    /// The features that carry the figures have no usable ids.
    #[error("dataset {dataset}: {problem}")]
    Ids {
        /// The dataset.
        dataset: DatasetId,
        /// What is wrong and what to do.
        problem: String,
    },
    /// More than is computed in memory.
    #[error("layer {layer}: {what}; keep fewer slices or choose larger areas")]
    TooLarge {
        /// The layer.
        layer: LayerId,
        /// What there is too much of.
        what: String,
    },
    /// A declaration that the catalog's checks let pass and that has no meaning here.
    #[error("layer {layer}, figure {figure:?}: {problem}")]
    Declaration {
        /// The layer.
        layer: LayerId,
        /// The figure.
        figure: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Why kept figures can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Other accounts of the machine may read it, and can't be kept from that.
    #[error(
        "{}: other accounts may read it, and its rights can't be narrowed: {error}; give it to \
         the server's account and set mode {mode:o}, or keep the data directory where only that \
         account gets in",
        path.display()
    )]
    Rights {
        /// The file or folder.
        path: PathBuf,
        /// The rights that it should have.
        mode: u32,
        /// The system's error.
        error: std::io::Error,
    },
    /// The file is damaged; it can be deleted and is then computed anew.
    #[error("{}: {place}: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where in it.
        place: &'static str,
        /// What is wrong.
        reason: String,
    },
}
