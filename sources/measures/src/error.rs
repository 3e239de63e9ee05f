//! Errors of evaluating measures and of keeping results in files.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::reading::dataset_reader::{DatasetPart, InputError};
use data_model::id::InvalidId;
use data_model::{DatasetId, LayerId};

/// Error of evaluating a layer's measures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A dataset can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The layer has no measures for this audience.
    #[error("layer {0} declares no measures in this form")]
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
    #[error("dataset {dataset}: {fault}")]
    Ids {
        /// The dataset.
        dataset: DatasetId,
        /// The fault of the ids.
        #[source]
        fault: IdFault,
    },
    /// The layer exceeds a limit of in-memory evaluation.
    #[error("layer {layer}: {limit}; keep fewer slices or choose larger areas")]
    TooLarge {
        /// The layer.
        layer: LayerId,
        /// The exceeded limit.
        #[source]
        limit: ExceededLimit,
    },
    /// A declaration that passes the catalog's checks and can't be evaluated.
    #[error("layer {layer}, measure {measure:?}: {fault}")]
    Declaration {
        /// The layer.
        layer: LayerId,
        /// The measure.
        measure: String,
        /// The fault of the declaration.
        #[source]
        fault: DeclarationFault,
    },
}

/// Fault of the feature ids of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// Two features have the same id.
    #[error("two features have the id {0}; make ids unique")]
    Duplicate(u64),
    /// A row has no id.
    #[error(
        "row {row} has no whole number from 0 to 2^53 - 1 in its id column {column:?}; declare \
         another id_column, or number the rows"
    )]
    NoInteger {
        /// Number of the row.
        row: u64,
        /// The id column.
        column: String,
    },
    /// The dataset has no such column.
    #[error("there is no id column {0:?}")]
    NoColumn(String),
}

/// Limit of in-memory evaluation that a layer exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExceededLimit {
    /// Pairs of rows and features that are joined.
    #[error("more than 67 million rows within the distance")]
    JoinedPairs,
    /// Pairs of places of a flow.
    #[error("more than a million pairs of places")]
    FlowPairs,
    /// Pairs of features and areas.
    #[error("more than 67 million features in areas")]
    FeaturesInAreas,
    /// Time slices.
    #[error("more than 25,600 slices")]
    Slices,
    /// Values of all measures, features and slices.
    #[error("{0} values of measures")]
    Values(usize),
    /// Encoded distinct values.
    #[error("4 GiB of distinct values")]
    DistinctValues,
}

/// Fault of a measure's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationFault {
    /// The rows have no column with the key of the carrier's features.
    #[error("its rows have no key of the features; name one")]
    NoCarrierKey,
    /// The rows have no column with the key of the features that they belong to.
    #[error("its rows have no key of their features")]
    NoFeatureKey,
    /// A measure of a flow uses rows of another dataset.
    #[error("it is not over the dataset of the flow")]
    NotOverFlow,
    /// The dataset lacks the part that the rows are in.
    #[error("the dataset has no such part")]
    NoPart,
    /// The dataset has no features.
    #[error("the dataset has no features")]
    NoFeatures,
    /// The columns or geometry of the join were not read.
    #[error("its rows can't be joined")]
    NotJoinable,
    /// The columns of origin and destination were not read.
    #[error("the ends of its movements have not been read")]
    FlowEndsNotRead,
    /// The operation needs a column, and none is named.
    #[error("it names no column")]
    NoColumnNamed,
    /// The column was not read.
    #[error("its column has not been read")]
    ColumnNotRead,
    /// The features that carry the measure lack its column.
    #[error("its features have no such column")]
    NoCarrierColumn,
    /// Lines of a flow have no nearest features.
    #[error("lines between places have nothing near")]
    NearFlow,
    /// A density uses a measure that is not evaluated before it.
    #[error("it uses a later measure")]
    LaterMeasure,
    /// A density uses a text.
    #[error("it uses a text")]
    TextMeasure,
    /// A calculation uses a measure that is not evaluated before it.
    #[error("it uses a measure that is not declared before it")]
    UndeclaredOperand,
    /// A calculation uses a text.
    #[error("it calculates with a text")]
    TextOperand,
    /// The operation does not calculate from measures.
    #[error("it is not made of measures")]
    NotArithmetic,
}

/// Error of reading or writing a result file.
#[derive(Debug, thiserror::Error)]
pub enum ResultFileError {
    /// An operation on the file failed.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
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
        #[source]
        error: std::io::Error,
    },
    /// The file is damaged; after its deletion the measures are evaluated again.
    #[error("{}: {error}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The fault and its section.
        #[source]
        error: DecodeError,
    },
}

/// Error of decoding a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{section}: {fault}")]
pub struct DecodeError {
    /// Section of the file.
    pub section: &'static str,
    /// The fault.
    #[source]
    pub fault: DecodeFault,
}

/// Fault of the bytes of a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeFault {
    /// The size or the header is wrong.
    #[error("{0}")]
    Header(Cow<'static, str>),
    /// The content after the header is malformed.
    #[error("{problem}, {left} bytes before the end")]
    Malformed {
        /// The malformed item.
        problem: Cow<'static, str>,
        /// Number of bytes after it.
        left: usize,
    },
    /// An id of a dataset is invalid.
    #[error(transparent)]
    Id(#[from] InvalidId),
}
