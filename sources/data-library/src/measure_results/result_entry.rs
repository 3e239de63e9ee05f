//! Newest state of one result, and its join to the features that carry it.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;

use super::joined_measures::{CarrierTable, JoinError, join};
use super::measure_worker::ComputeFailure;
use super::result_name::ResultVersion;
use crate::published_layers::published_layer::ValueDistributions;
use crate::refresh_schedule::RefreshSchedule;
use data_model::ContentDigest;
use measures::LayerMeasures;
use tile_source::time_slices::TimeSlices;
use vector_tile::features::{ColumnDistribution, ValueSummary};

/// Newest result, and the fault of its newest state.
#[derive(Default)]
pub(crate) struct ResultEntry {
    /// Digest of the declarations; a result of other declarations is not published.
    /// `None` before the first request.
    pub(super) declaration: Option<ContentDigest>,
    /// Digest of the inputs of the last attempt.
    pub(super) inputs: Option<ContentDigest>,
    pub(super) measures: Option<Arc<LayerMeasures>>,
    pub(super) fault: Option<String>,
    /// Version that is queued or being computed.
    pub(super) pending: Option<ResultVersion>,
    pub(super) schedule: RefreshSchedule,
    pub(super) needs_database: bool,
    /// The last join of the result.
    pub(super) joined: Mutex<Option<CachedJoin>>,
}

/// A result joined to its features.
#[derive(Clone)]
pub(crate) struct JoinedMeasures {
    pub(crate) slices: TimeSlices,
    /// Summary of the measure that the map shows.
    pub(crate) summary: Option<ValueSummary>,
    /// Values of the measures that the map shows.
    pub(crate) distributions: ValueDistributions,
}

/// Measures that a map shows.
#[derive(Clone, Copy)]
pub(super) struct ShownMeasures<'m> {
    /// The value; `None` without any.
    pub(super) value: Option<&'m str>,
    /// The second value of a bivariate map.
    pub(super) second_value: Option<&'m str>,
}

pub(super) struct CachedJoin {
    /// Digest of the carrier; `None` for measures on lines of their own.
    carrier: Option<ContentDigest>,
    has_labels: bool,
    /// Names of the values that the join describes.
    shown: [Option<String>; 2],
    joined: JoinedMeasures,
}

/// Reason that a layer has no measures now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MeasuresUnavailable {
    /// The computation is queued or running.
    #[error("its measures are being computed")]
    Pending,
    /// No computation has been started.
    #[error("its measures have not been computed")]
    NotComputed,
    /// The last computation failed.
    #[error("{0}")]
    Failed(String),
    /// The measures don't match their features.
    #[error(transparent)]
    Join(#[from] JoinError),
}

impl ResultEntry {
    pub(super) fn measures(&self) -> Result<&Arc<LayerMeasures>, MeasuresUnavailable> {
        match (&self.measures, &self.fault, self.pending) {
            (Some(measures), ..) => Ok(measures),
            (None, Some(fault), _) => Err(MeasuresUnavailable::Failed(fault.clone())),
            (None, None, Some(_)) => Err(MeasuresUnavailable::Pending),
            (None, None, None) => Err(MeasuresUnavailable::NotComputed),
        }
    }

    /// The result joined to `carrier`, with distributions of the measures `shown`.
    ///
    /// The last join is kept, as most snapshots change neither of the two.
    pub(super) fn joined(
        &self,
        carrier: Option<CarrierTable<'_>>,
        has_labels: bool,
        shown: ShownMeasures<'_>,
    ) -> Result<JoinedMeasures, MeasuresUnavailable> {
        let measures = self.measures()?;
        let digest = carrier.map(|carrier| carrier.digest);
        let names = [shown.value, shown.second_value].map(|name| name.map(str::to_owned));
        let mut cached = self.joined.lock();
        if let Some(cached) = &*cached
            && (cached.carrier, cached.has_labels) == (digest, has_labels)
            && cached.shown == names
        {
            return Ok(cached.joined.clone());
        }
        let slices = join(measures, carrier, has_labels)?;
        let summary = shown.value.and_then(|column| ValueSummary::new(slices.tables(), column));
        let distribution =
            |column: Option<&str>| ColumnDistribution::new(slices.tables(), column?).map(Arc::new);
        let distributions = ValueDistributions {
            value: distribution(shown.value),
            second_value: distribution(shown.second_value),
        };
        let joined = JoinedMeasures { slices, summary, distributions };
        let cache = CachedJoin { carrier: digest, has_labels, shown: names, joined };
        let joined = cache.joined.clone();
        *cached = Some(cache);
        Ok(joined)
    }

    /// Whether a computation is due although the inputs have not changed.
    pub(super) fn is_overdue(&self, now: Instant, reachable: bool) -> bool {
        let can_run = self.pending.is_none() && (reachable || !self.needs_database);
        can_run && self.schedule.is_overdue(now)
    }

    /// Takes the outcome of an attempt.
    pub(super) fn settle(
        &mut self,
        inputs: ContentDigest,
        result: Result<LayerMeasures, ComputeFailure>,
        now: Instant,
    ) {
        self.inputs = Some(inputs);
        self.pending = None;
        let may_pass = matches!(result, Err(ComputeFailure { may_pass: true, .. }));
        self.schedule.settle(may_pass, now);
        match result {
            Ok(measures) => {
                self.measures = Some(Arc::new(measures));
                self.fault = None;
                *self.joined.get_mut() = None;
            }
            Err(ComputeFailure { reason, .. }) => {
                if self.fault.as_ref() != Some(&reason) {
                    tracing::error!(reason, "measures can't be computed");
                }
                self.fault = Some(reason);
            }
        }
    }
}
