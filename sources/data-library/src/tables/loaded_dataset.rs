//! A loaded feature table, or the fault for which there is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;

use data_model::{ContentDigest, StoreError};
use vector_tile::features::{ColumnDistribution, FeatureTable, TableOptions, ValueSummary};

/// A loaded dataset.
#[derive(Debug, Clone)]
pub(crate) struct LoadedDataset {
    pub(crate) table: Arc<FeatureTable>,
    /// Options that the table was built with: without the id column if its values can't be
    /// ids.
    pub(crate) options: TableOptions,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// Digest of the data as the view shows it.
    pub(crate) digest: ContentDigest,
    /// Warnings for the operator about data that is served.
    pub(crate) note: Option<String>,
    pub(crate) summaries: ColumnSummaries,
    pub(crate) distributions: ColumnDistributions,
}

/// Summaries of a table's columns, computed on first use.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnSummaries(Arc<Mutex<BTreeMap<String, Option<ValueSummary>>>>);

/// Distributions of a table's columns, computed on first use.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnDistributions(
    Arc<Mutex<BTreeMap<String, Option<Arc<ColumnDistribution>>>>>,
);

impl LoadedDataset {
    /// Distribution of a column's values; `None` if there is no such column.
    pub(crate) fn distribution(&self, column: &str) -> Option<Arc<ColumnDistribution>> {
        let mut known = self.distributions.0.lock();
        let compute = || ColumnDistribution::new([&*self.table].into_iter(), column).map(Arc::new);
        known.entry(column.to_owned()).or_insert_with(compute).clone()
    }

    /// Summary of a column's values; `None` if it has none.
    pub(crate) fn summary(&self, column: &str) -> Option<ValueSummary> {
        let mut summaries = self.summaries.0.lock();
        let compute = || ValueSummary::new([&*self.table].into_iter(), column);
        summaries.entry(column.to_owned()).or_insert_with(compute).clone()
    }
}

/// Fault of an origin that can't be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoadFault {
    /// A transient failure, such as too many open files or a lost connection.
    #[error("{0}")]
    System(String),
    /// A fault of the data, which persists until the data changes.
    #[error("{0}")]
    Data(String),
    /// The table exceeds its memory limit; the value is its size in bytes.
    #[error("the table takes {0} bytes, which is more than the memory for tables")]
    TooLarge(u64),
}

impl From<StoreError> for LoadFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Io { .. } | StoreError::Unreachable { .. } => {
                Self::System(error.to_string())
            }
            StoreError::Corrupt { .. }
            | StoreError::Unsupported { .. }
            | StoreError::Table { .. }
            | StoreError::Refused { .. } => Self::Data(error.to_string()),
        }
    }
}

/// Reason that an origin has no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableUnavailable {
    /// The last load failed.
    #[error("{0}")]
    Fault(String),
    /// The first load is running.
    #[error("it is being loaded")]
    Loading,
    /// No load has been started.
    #[error("it has not been loaded")]
    NotLoaded,
}

pub(crate) fn log_loaded(origin: &str, table: &FeatureTable, start: Instant) {
    tracing::info!(
        origin,
        features = table.feature_count(),
        memory_bytes = table.memory_bytes(),
        seconds = start.elapsed().as_secs_f64(),
        "dataset loaded"
    );
}
