//! Cache of measures, computed in the background and stored in files.
//!
//! The version of a result is a digest of its inputs: the engine, the declarations and the
//! change tokens of the stored parts. It is read from `derived/` in the data directory, or
//! computed and written there. A restart thus computes nothing, and a change recomputes
//! only what depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::compute_job::ComputeJob;
use super::joined_measures::CarrierTable;
use super::measure_worker::{JobBatch, MeasureWorker};
use super::result_entry::{JoinedMeasures, MeasuresUnavailable, ResultEntry, ShownMeasures};
use super::result_name::{ResultKind, ResultName, ResultVersion};
use crate::load_plan::layer_plan::MeasuresPlan;
use crate::load_plan::stored_inputs::StoredInputs;
use crate::parallel::on_all_cores;
use crate::tables::loaded_dataset::LoadedDataset;
use catalog::Catalog;
use data_model::LayerId;
use measures::{DeclaredMeasures, LayerMeasures, LeftOut, ResultAudience};

/// Folder in the data directory for results.
const FOLDER: &str = "derived";

/// Newest result of each name, and the fault of its newest state.
pub(crate) struct MeasureResults {
    folder: PathBuf,
    entries: BTreeMap<ResultName, ResultEntry>,
    worker: MeasureWorker,
    /// Whether the database was reachable at the last refresh.
    reachable: bool,
}

impl MeasureResults {
    /// An empty cache of results in the data directory `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        let folder = folder.join(FOLDER);
        measures::sweep_leftovers(&folder);
        for error in measures::narrow_permissions(&folder) {
            tracing::warn!(%error, "result files of measures can be read by other accounts");
        }
        Self {
            folder,
            entries: BTreeMap::new(),
            worker: MeasureWorker::default(),
            reachable: false,
        }
    }

    /// Reads or computes results that are new or have changed inputs, and drops those
    /// without a job.
    ///
    /// Nothing uses the database while it is not `reachable`.
    pub(crate) fn refresh(
        &mut self,
        catalog: &Arc<Catalog>,
        inputs: &StoredInputs,
        jobs: &[ComputeJob],
        reachable: bool,
        now: Instant,
    ) {
        self.settle(now);
        if reachable && !self.reachable {
            self.retry_database(now);
        }
        self.reachable = reachable;
        let names: BTreeSet<&ResultName> = jobs.iter().map(|job| &job.name).collect();
        self.entries.retain(|name, _| names.contains(name));
        self.worker.retain(&names);
        let due = self.due_jobs(jobs, now);
        let mut missing = self.read_kept(&due, now);
        missing.retain(|job| reachable || !job.needs_database);
        if missing.is_empty() {
            return;
        }
        // Measures of maps before measures by area.
        missing.sort_by_key(|job| job.name.kind);
        for job in &missing {
            if let Some(entry) = self.entries.get_mut(&job.name) {
                entry.pending = Some(job.version);
            }
        }
        tracing::info!(results = missing.len(), "measures are being computed");
        self.worker.submit(JobBatch {
            catalog: Arc::clone(catalog),
            inputs: inputs.clone(),
            jobs: missing,
            folder: self.folder.clone(),
        });
    }

    /// The jobs whose results are new, have changed inputs, or are to be tried again.
    fn due_jobs<'j>(&mut self, jobs: &'j [ComputeJob], now: Instant) -> Vec<&'j ComputeJob> {
        let mut due = Vec::new();
        for job in jobs {
            let entry = self.entries.entry(job.name.clone()).or_default();
            let ResultVersion { declaration, inputs } = job.version;
            if entry.declaration != Some(declaration) {
                *entry = ResultEntry { declaration: Some(declaration), ..ResultEntry::default() };
            }
            entry.needs_database = job.needs_database;
            // A running computation is completed first; otherwise inputs that change all the
            // time would never get a result.
            if entry.pending.is_none() {
                let is_new = entry.inputs != Some(inputs);
                let is_due = entry.schedule.is_due(is_new, now);
                // Kept results are read without the database.
                if is_due && (is_new || self.reachable || !entry.needs_database) {
                    due.push(job);
                }
            }
        }
        due
    }

    /// Reads the kept results of `jobs`; returns the jobs that have none.
    fn read_kept(&mut self, jobs: &[&ComputeJob], now: Instant) -> Vec<ComputeJob> {
        let folder = &self.folder;
        let results = on_all_cores(jobs, |job| {
            LayerMeasures::read(&job.name.path(folder), job.version.inputs)
        });
        let mut missing = Vec::new();
        for (job, kept) in results {
            let entry = self.entries.entry(job.name.clone()).or_default();
            match kept {
                Ok(Some(measures)) => entry.settle(job.version.inputs, Ok(measures), now),
                Ok(None) => missing.push((*job).clone()),
                Err(error) => {
                    tracing::warn!(%error, "a result file of measures can't be used; they are computed anew");
                    missing.push((*job).clone());
                }
            }
        }
        missing
    }

    /// Collects the results computed since the last call.
    fn settle(&mut self, now: Instant) {
        for outcome in self.worker.take() {
            // Results of outdated declarations are discarded.
            if let Some(entry) = self.entries.get_mut(&outcome.name)
                && entry.pending == Some(outcome.version)
            {
                entry.schedule.cool_down(outcome.duration, now);
                entry.settle(outcome.version.inputs, outcome.result, now);
            }
        }
    }

    /// Makes failed results that use the database due now.
    fn retry_database(&mut self, now: Instant) {
        for entry in self.entries.values_mut().filter(|entry| entry.needs_database) {
            entry.schedule.retry_now(now);
        }
    }

    /// Whether a refresh would change anything although no input has changed.
    pub(crate) fn has_news(&self, now: Instant) -> bool {
        let due = |entry: &ResultEntry| entry.is_overdue(now, self.reachable);
        self.worker.has_outcomes() || self.entries.values().any(due)
    }

    /// Waits for running computations, until `deadline` at the latest. Blocks.
    pub(crate) fn wait(&self, deadline: Instant) {
        self.worker.wait(deadline);
    }

    /// A layer's measures joined to its features.
    ///
    /// # Errors
    /// Returns the reason that there are none now.
    pub(crate) fn joined(
        &self,
        plan: &MeasuresPlan,
        carrier: Option<&LoadedDataset>,
        has_labels: bool,
    ) -> Result<JoinedMeasures, MeasuresUnavailable> {
        let name = ResultName {
            layer: plan.layer.id.clone(),
            audience: plan.audience,
            kind: ResultKind::Measures,
        };
        let entry = self.entries.get(&name).ok_or(MeasuresUnavailable::NotComputed)?;
        let carrier =
            carrier.map(|loaded| CarrierTable { table: &loaded.table, digest: loaded.digest });
        let set = DeclaredMeasures::of(&plan.layer, plan.audience).map(|declared| declared.set);
        let cartography = plan.layer.cartography_of(plan.audience == ResultAudience::Public);
        let shown = ShownMeasures {
            value: set.map(|set| set.value.as_str()),
            second_value: cartography.second_value.as_deref(),
        };
        entry.joined(carrier, has_labels, shown)
    }

    /// A layer's measures by area, or the reason that they are missing for now; `None` if
    /// the layer has none.
    pub(crate) fn stats(
        &self,
        layer: &LayerId,
        audience: ResultAudience,
    ) -> Option<Result<Arc<LayerMeasures>, MeasuresUnavailable>> {
        let name = ResultName { layer: layer.clone(), audience, kind: ResultKind::Stats };
        Some(self.entries.get(&name)?.measures().cloned())
    }

    /// Number of results that are being computed for the first time, with neither an older
    /// result nor a failure.
    pub(crate) fn awaited(&self) -> usize {
        let is_awaited = |entry: &&ResultEntry| {
            entry.pending.is_some() && entry.measures.is_none() && entry.fault.is_none()
        };
        self.entries.values().filter(is_awaited).count()
    }

    /// Rows that no measure counts, each reason once.
    pub(crate) fn left_out(&self) -> BTreeSet<&LeftOut> {
        let results = self.entries.values().filter_map(|entry| entry.measures.as_ref());
        results.flat_map(|measures| &measures.left_out).collect()
    }

    /// Faults of measures that can't be computed.
    pub(crate) fn faults(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|(name, entry)| {
            Some(format!("layer {}: {}", name.layer, entry.fault.as_ref()?))
        })
    }
}
