//! Access to the stored datasets.

use data_model::feature::FeatureVisitor;
use data_model::{ContentDigest, DatasetId};

/// The two stored parts of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatasetPart {
    /// Geometry and columns, one row for each feature.
    Features,
    /// Rows without geometry: feature key, time, numbers.
    Values,
}

impl DatasetPart {
    /// Name of the part, for messages and digests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Values => "values",
        }
    }
}

impl std::fmt::Display for DatasetPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Access to the stored datasets. Blocks.
pub trait DatasetReader: Sync {
    /// Passes every row of a part to `visitor`, in the order of row numbers, which are
    /// the feature ids of a dataset without an id column. Rows of values have an empty
    /// geometry.
    ///
    /// # Errors
    /// Returns [`InputError`] if the part can't be read; rows passed before it must not
    /// be used.
    fn scan(
        &self,
        dataset: &DatasetId,
        part: DatasetPart,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError>;

    /// The integer column of a dataset's feature ids. `None` for row numbers as ids, as
    /// in
    /// [`TableOptions`](vector_tile::features::TableOptions::id_column).
    fn id_column(&self, dataset: &DatasetId) -> Option<String>;

    /// Digest of the stored content of a part; equal digests mean equal rows. The part is
    /// not read again if its digest is known.
    ///
    /// # Errors
    /// Returns [`InputError`] if the part can't be read.
    fn digest(&self, dataset: &DatasetId, part: DatasetPart) -> Result<ContentDigest, InputError>;
}

/// Error of reading a part of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("dataset {dataset}, its {part}: {reason}")]
pub struct InputError {
    /// The dataset.
    pub dataset: DatasetId,
    /// The part.
    pub part: DatasetPart,
    /// The reason, without addresses or credentials.
    pub reason: String,
}
