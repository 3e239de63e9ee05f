//! Cache of measures, computed in the background and stored in files.
//!
//! A result is keyed by a digest of its inputs: the engine, the declarations and the
//! signatures of the stored parts. It is read from `derived/` in the data directory, or
//! computed and written there. A restart thus computes nothing, and a change recomputes
//! only what depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::feature_origin::LoadRequest;
use super::inputs::StoredInputs;
use super::loading::LoadedDataset;
use super::measure_tables::on_features;
use super::measure_worker::{ComputeFailure, ComputeJob, JobBatch, MeasureWorker, ResultVersion};
use super::no_data::NoData;
use super::parallel::on_all_cores;
use super::refresh_schedule::RefreshSchedule;
use catalog::{Catalog, Layer};
use data_model::{DatasetId, LayerId};
use measures::{DeclaredMeasures, InputError, LayerMeasures, LeftOut, ResultAudience};
use tile_source::time_slices::TimeSlices;
use vector_tile::features::ValueSummary;

/// Folder in the data directory for results.
pub(super) const FOLDER: &str = "derived";
/// File name suffix of results.
const ENDING: &str = ".figures";

/// A layer of measures to publish.
#[derive(Clone)]
pub(super) struct MeasuresPlan {
    pub(super) layer: Layer,
    pub(super) form: ResultAudience,
    /// Digest of the measures' inputs.
    pub(super) key: u128,
    /// The features that carry the measures; `None` for measures on lines of their own.
    pub(super) carrier: Option<LoadRequest>,
}

/// Kind of result that is computed for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ResultKind {
    /// Measures over the layer's features.
    Measures,
    /// Measures over the areas of the district's `stats_over`.
    Stats,
}

/// A result joined to its features.
#[derive(Clone)]
pub(super) struct JoinedResult {
    pub(super) slices: TimeSlices,
    /// Summary of the measure that the map shows.
    pub(super) summary: Option<ValueSummary>,
}

/// Identifies a result: layer, form and product.
pub(super) type ResultName = (LayerId, ResultAudience, ResultKind);

/// Newest result of each name, and the fault of its newest state.
pub(super) struct MeasureResults {
    folder: PathBuf,
    entries: BTreeMap<ResultName, Entry>,
    worker: MeasureWorker,
    /// Whether the database was reachable at the last refresh.
    reachable: bool,
}

#[derive(Default)]
struct Entry {
    /// Input digest of the last attempt.
    key: Option<u128>,
    /// Digest of the declarations; a result of other declarations is not published.
    declaration: u128,
    derived: Option<Arc<LayerMeasures>>,
    fault: Option<String>,
    /// Version that is queued or being computed.
    pending: Option<ResultVersion>,
    refresh_schedule: RefreshSchedule,
    asks_database: bool,
    /// The result joined to its features: their digest, whether there are label points, and
    /// the slices.
    shown: Mutex<Option<(u128, bool, JoinedResult)>>,
}

impl MeasureResults {
    /// An empty cache of results in the data directory `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        let folder = folder.join(FOLDER);
        measures::sweep_leftovers(&folder);
        for error in measures::narrow_permissions(&folder) {
            tracing::warn!(%error, "kept figures can be read by other accounts");
        }
        Self {
            folder,
            entries: BTreeMap::new(),
            worker: MeasureWorker::default(),
            reachable: false,
        }
    }

    /// Reads or computes results that are new or have changed inputs, and drops those no
    /// longer wanted.
    ///
    /// Nothing uses the database while it is not `reachable`.
    pub(super) fn refresh(
        &mut self,
        catalog: &Arc<Catalog>,
        inputs: &StoredInputs,
        wanted: &[ComputeJob],
        reachable: bool,
        now: Instant,
    ) {
        self.settle(now);
        if reachable && !self.reachable {
            self.retry_tables(now);
        }
        self.reachable = reachable;
        let names: BTreeSet<&ResultName> = wanted.iter().map(|job| &job.name).collect();
        self.entries.retain(|name, _| names.contains(name));
        self.worker.retain(&names);
        let mut due = Vec::new();
        for job in wanted {
            let entry = self.entries.entry(job.name.clone()).or_default();
            let ResultVersion { declaration, key } = job.version;
            if entry.declaration != declaration {
                *entry = Entry { declaration, ..Entry::default() };
            }
            entry.asks_database = job.asks_database;
            // A running computation is completed first; otherwise inputs that change all the
            // time would never get a result.
            if entry.pending.is_none() {
                let is_new = entry.key != Some(key);
                let overdue = entry.refresh_schedule.is_due(is_new, now);
                // Kept results are read without the database.
                if overdue && (is_new || reachable || !entry.asks_database) {
                    due.push(job);
                }
            }
        }
        if due.is_empty() {
            return;
        }
        let folder = &self.folder;
        let read = on_all_cores(&due, |job| {
            LayerMeasures::read(&path(folder, &job.name), job.version.key)
        });
        let mut missing = Vec::new();
        for (job, kept) in read {
            let entry = self.entries.entry(job.name.clone()).or_default();
            match kept {
                Ok(Some(derived)) => entry.settle(job.version.key, Ok(derived), now),
                Ok(None) => missing.push((*job).clone()),
                Err(error) => {
                    tracing::warn!(%error, "kept figures can't be used and are computed anew");
                    missing.push((*job).clone());
                }
            }
        }
        missing.retain(|job| reachable || !job.asks_database);
        if missing.is_empty() {
            return;
        }
        // Measures of maps before measures by area.
        missing.sort_by_key(|job| job.name.2);
        for job in &missing {
            if let Some(entry) = self.entries.get_mut(&job.name) {
                entry.pending = Some(job.version);
            }
        }
        tracing::info!(results = missing.len(), "figures are being computed");
        self.worker.submit(JobBatch {
            catalog: Arc::clone(catalog),
            inputs: inputs.clone(),
            jobs: missing,
            folder: self.folder.clone(),
        });
    }

    /// Collects the results computed since the last call.
    fn settle(&mut self, now: Instant) {
        for outcome in self.worker.take() {
            // Results of outdated declarations are discarded.
            if let Some(entry) = self.entries.get_mut(&outcome.name)
                && entry.pending == Some(outcome.version)
            {
                entry.refresh_schedule.cool_down(outcome.took, now);
                entry.settle(outcome.version.key, outcome.result, now);
            }
        }
    }

    /// Makes failed results that use the database due now.
    fn retry_tables(&mut self, now: Instant) {
        for entry in self.entries.values_mut().filter(|entry| entry.asks_database) {
            entry.refresh_schedule.retry_now(now);
        }
    }

    /// Whether a refresh would change anything although no input has changed.
    pub(super) fn has_news(&self, now: Instant) -> bool {
        let due = |entry: &Entry| entry.is_overdue(now, self.reachable);
        self.worker.has_outcomes() || self.entries.values().any(due)
    }

    /// Waits for running computations, until `deadline` at the latest. Blocks.
    pub(super) fn wait(&self, deadline: Instant) {
        self.worker.wait(deadline);
    }

    /// A layer's measures joined to its features, or the reason that there are none.
    pub(super) fn slices(
        &self,
        plan: &MeasuresPlan,
        carrier: Option<&LoadedDataset>,
        labels: bool,
    ) -> Result<JoinedResult, String> {
        let name = (plan.layer.id.clone(), plan.form, ResultKind::Measures);
        let entry = self.entries.get(&name).ok_or("its figures have not been computed")?;
        let derived = entry.get()?;
        let digest = carrier.map_or(0, |loaded| loaded.digest);
        let mut shown = entry.shown.lock();
        if let Some((of, with_labels, slices)) = &*shown
            && (*of, *with_labels) == (digest, labels)
        {
            return Ok(slices.clone());
        }
        let carrier = carrier.map(|loaded| (loaded.table.as_ref(), loaded.digest));
        let slices = on_features(derived, carrier, labels)?;
        let set = DeclaredMeasures::of(&plan.layer, plan.form).map(|declared| declared.set);
        let summary = set.and_then(|set| ValueSummary::new(slices.tables(), &set.value));
        let now = JoinedResult { slices, summary };
        *shown = Some((digest, labels, now.clone()));
        Ok(now)
    }

    /// A layer's measures by area, or the reason that they are missing for now; `None` if
    /// the layer has none.
    pub(super) fn stats(
        &self,
        layer: &LayerId,
        form: ResultAudience,
    ) -> Option<Result<Arc<LayerMeasures>, String>> {
        let entry = self.entries.get(&(layer.clone(), form, ResultKind::Stats))?;
        Some(entry.get().cloned())
    }

    /// Number of results that are being computed for the first time, with neither an older
    /// result nor a failure.
    pub(super) fn awaited(&self) -> usize {
        let new = |entry: &&Entry| {
            entry.pending.is_some() && entry.derived.is_none() && entry.fault.is_none()
        };
        self.entries.values().filter(new).count()
    }

    /// Rows that no measure counts, each reason once.
    pub(super) fn left_out(&self) -> BTreeSet<&LeftOut> {
        let derived = self.entries.values().filter_map(|entry| entry.derived.as_ref());
        derived.flat_map(|derived| &derived.left_out).collect()
    }

    /// Faults of measures that can't be computed.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|((layer, ..), entry)| {
            Some(format!("layer {layer}: {}", entry.fault.as_ref()?))
        })
    }
}

impl Entry {
    fn get(&self) -> Result<&Arc<LayerMeasures>, String> {
        match (&self.derived, &self.fault, self.pending) {
            (Some(derived), ..) => Ok(derived),
            (None, Some(fault), _) => Err(fault.clone()),
            (None, None, Some(_)) => Err("its figures are being computed".to_owned()),
            (None, None, None) => Err("its figures have not been computed".to_owned()),
        }
    }

    /// Whether a computation is due although the inputs have not changed.
    fn is_overdue(&self, now: Instant, reachable: bool) -> bool {
        let can_be = self.pending.is_none() && (reachable || !self.asks_database);
        can_be && self.refresh_schedule.is_overdue(now)
    }

    fn settle(&mut self, key: u128, result: Result<LayerMeasures, ComputeFailure>, now: Instant) {
        self.key = Some(key);
        self.pending = None;
        self.refresh_schedule
            .settle(matches!(result, Err(ComputeFailure { again: true, .. })), now);
        match result {
            Ok(derived) => {
                self.derived = Some(Arc::new(derived));
                self.fault = None;
                *self.shown.get_mut() = None;
            }
            Err(ComputeFailure { reason, .. }) => {
                if self.fault.as_ref() != Some(&reason) {
                    tracing::error!(reason, "figures can't be computed");
                }
                self.fault = Some(reason);
            }
        }
    }
}

impl ComputeJob {
    /// A job for a layer's result of this form and product.
    pub(super) fn new(
        catalog: &Catalog,
        inputs: &StoredInputs,
        layer: &Layer,
        (form, product): (ResultAudience, ResultKind),
        key: u128,
    ) -> Self {
        let mut datasets = layer.datasets.iter().chain(&catalog.district.stats_over);
        Self {
            name: (layer.id.clone(), form, product),
            layer: layer.clone(),
            version: ResultVersion { declaration: declaration(catalog, layer), key },
            asks_database: datasets.any(|dataset| inputs.are_in_database(dataset)),
        }
    }
}

/// Digest of the declarations of a layer and its datasets.
fn declaration(catalog: &Catalog, layer: &Layer) -> u128 {
    let dataset = |id: &DatasetId| catalog.dataset(id.as_str());
    let mut datasets: Vec<_> =
        layer.datasets.iter().chain(&catalog.district.stats_over).map(dataset).collect();
    // Rows of values stand for features of another dataset.
    let places: Vec<_> =
        datasets.iter().flatten().filter_map(|held| held.place.as_ref()).map(dataset).collect();
    datasets.extend(places);
    xxh3_128(format!("{layer:?}{datasets:?}").as_bytes())
}

/// File path of a result.
pub(super) fn path(folder: &Path, (layer, form, product): &ResultName) -> PathBuf {
    let form = match form {
        ResultAudience::Full => "full",
        ResultAudience::Public => "public",
    };
    let product = match product {
        ResultKind::Measures => "map",
        ResultKind::Stats => "stats",
    };
    folder.join(format!("{layer}.{form}.{product}{ENDING}"))
}

/// The dataset for want of which a layer has no measures by area, and the reason.
pub(super) fn stats_fault(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    form: ResultAudience,
) -> Option<(DatasetId, NoData)> {
    let InputError { dataset, part, .. } =
        measures::stats_key(layer, form, catalog, inputs).err()?;
    let fault = inputs.fault(&dataset, part)?;
    Some((dataset, fault))
}

/// The job for a layer's measures by area in this form; `None` if it has none, or if inputs
/// are missing.
pub(super) fn stats_job(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    form: ResultAudience,
) -> Option<ComputeJob> {
    catalog.district.stats_over.as_ref()?;
    let key = measures::stats_key(layer, form, catalog, inputs).ok().filter(|key| *key != 0)?;
    Some(ComputeJob::new(catalog, inputs, layer, (form, ResultKind::Stats), key))
}
