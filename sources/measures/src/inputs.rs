//! Where measures read datasets from.

use data_model::DatasetId;
use data_model::feature::FeatureVisitor;

/// The two stored parts of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Geometry and columns, one row for each feature.
    Features,
    /// Rows without geometry: the key of a feature, a time, figures.
    Values,
}

impl Part {
    /// A word for messages and digests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Values => "values",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The stored datasets. Its functions block.
pub trait Inputs: Sync {
    /// Hands every row of a part to `visitor`, in the order that feature ids of rows
    /// without an id column count. Rows of values have an empty geometry.
    ///
    /// # Errors
    /// [`InputError`]; rows seen before it are not to be used.
    fn scan(
        &self,
        dataset: &DatasetId,
        part: Part,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError>;

    /// The integer column that holds the ids of a dataset's features; their row
    /// numbers where `None`, as for
    /// [`TableOptions`](vector_tile::features::TableOptions::id_column).
    fn id_column(&self, dataset: &DatasetId) -> Option<String>;

    /// A digest of the stored content of a part, without reading it again where it is
    /// known: equal digests mean equal rows.
    ///
    /// # Errors
    /// [`InputError`] where the part can't be read.
    fn digest(&self, dataset: &DatasetId, part: Part) -> Result<u128, InputError>;
}

/// A part of a dataset that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("dataset {dataset}, its {part}: {reason}")]
pub struct InputError {
    /// Which dataset.
    pub dataset: DatasetId,
    /// Which part of it.
    pub part: Part,
    /// Why, without addresses or credentials.
    pub reason: String,
}
