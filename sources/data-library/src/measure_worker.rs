//! Computes measures on a background thread.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::inputs::StoredInputs;
use super::measure_results::{ResultKind, ResultName, path};
use catalog::{Catalog, Layer};
use measures::{EvaluationError, LayerMeasures, MeasureEvaluator, ResultAudience};

/// Digests that identify the state of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResultVersion {
    /// Digest of the declarations.
    pub(super) declaration: u128,
    /// Digest of the declarations and all inputs.
    pub(super) key: u128,
}

/// A result to compute.
#[derive(Clone)]
pub(super) struct ComputeJob {
    pub(super) name: ResultName,
    pub(super) layer: Layer,
    pub(super) version: ResultVersion,
    /// Whether computing requires the database.
    pub(super) asks_database: bool,
}

/// Failure of a computation.
pub(super) struct ComputeFailure {
    pub(super) reason: String,
    /// Whether the failure may pass by itself.
    pub(super) again: bool,
}

/// Outcome of a job.
pub(super) struct ComputeOutcome {
    pub(super) name: ResultName,
    pub(super) version: ResultVersion,
    pub(super) result: Result<LayerMeasures, ComputeFailure>,
    pub(super) took: Duration,
}

/// Jobs on one state of catalog and stores.
pub(super) struct JobBatch {
    pub(super) catalog: Arc<Catalog>,
    pub(super) inputs: StoredInputs,
    pub(super) jobs: Vec<ComputeJob>,
    /// Folder for results.
    pub(super) folder: PathBuf,
}

/// A queue of batches, and their outcomes.
#[derive(Default)]
pub(super) struct MeasureWorker {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when the queue is empty.
    idle: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<JobBatch>,
    working: bool,
    outcomes: Vec<ComputeOutcome>,
    /// The version last requested of each result; older jobs are skipped.
    newest: BTreeMap<ResultName, ResultVersion>,
}

impl MeasureWorker {
    /// Queues a batch.
    pub(super) fn submit(&self, batch: JobBatch) {
        let mut state = self.shared.state.lock();
        state.newest.extend(batch.jobs.iter().map(|job| (job.name.clone(), job.version)));
        state.queue.push_back(batch);
        if state.working {
            return;
        }
        state.working = true;
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name("figures".to_owned());
        if let Err(error) = thread.spawn(move || work(&shared)) {
            // The queue stays: the next submission starts a thread for it.
            tracing::error!(%error, "no thread can be started to compute figures");
            state.working = false;
        }
    }

    /// Drops queued jobs for results other than `names`.
    pub(super) fn retain(&self, names: &BTreeSet<&ResultName>) {
        self.shared.state.lock().newest.retain(|name, _| names.contains(name));
    }

    /// Whether there are outcomes to [`take`](Self::take).
    pub(super) fn has_outcomes(&self) -> bool {
        !self.shared.state.lock().outcomes.is_empty()
    }

    /// Takes the outcomes since the last call.
    pub(super) fn take(&self) -> Vec<ComputeOutcome> {
        std::mem::take(&mut self.shared.state.lock().outcomes)
    }

    /// Waits until the queue is empty, until `deadline` at the latest. Blocks.
    pub(super) fn wait(&self, deadline: Instant) {
        let mut state = self.shared.state.lock();
        while state.working {
            if self.shared.idle.wait_until(&mut state, deadline).timed_out() {
                return;
            }
        }
    }
}

fn work(shared: &Shared) {
    loop {
        let Some(batch) = ({
            let mut state = shared.state.lock();
            let next = state.queue.pop_front();
            if next.is_none() {
                state.working = false;
                shared.idle.notify_all();
            }
            next
        }) else {
            return;
        };
        compute(&batch, shared);
    }
}

fn compute(batch: &JobBatch, shared: &Shared) {
    let start = Instant::now();
    let layers = batch.jobs.iter().map(|job| (&job.layer, job.name.1));
    let mut evaluator = MeasureEvaluator::new(&batch.catalog, &batch.inputs, layers);
    for job in &batch.jobs {
        if shared.state.lock().newest.get(&job.name) != Some(&job.version) {
            continue;
        }
        let began = Instant::now();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let (layer, form, product) = (&job.layer, job.name.1, job.name.2);
            let result = one(&mut evaluator, layer, form, product).map_err(ComputeFailure::from);
            if let Ok(derived) = &result {
                keep(batch, job, derived);
            }
            result
        }));
        // A panic must not leave a layer "being computed" for ever.
        let result = result.unwrap_or_else(|_| {
            evaluator = MeasureEvaluator::new(&batch.catalog, &batch.inputs, []);
            let reason = "computing its figures ended without a result".to_owned();
            Err(ComputeFailure { reason, again: false })
        });
        let ComputeJob { name, version, .. } = job.clone();
        let took = began.elapsed();
        shared.state.lock().outcomes.push(ComputeOutcome { name, version, result, took });
    }
    tracing::info!(
        results = batch.jobs.len(),
        seconds = start.elapsed().as_secs_f64(),
        "figures computed"
    );
}

impl From<EvaluationError> for ComputeFailure {
    /// Marks failures of a store as transient.
    ///
    /// Other failures persist until the declaration or the data changes.
    fn from(error: EvaluationError) -> Self {
        Self { reason: error.to_string(), again: matches!(error, EvaluationError::Input(_)) }
    }
}

fn one(
    evaluator: &mut MeasureEvaluator<'_>,
    layer: &Layer,
    form: ResultAudience,
    product: ResultKind,
) -> Result<LayerMeasures, EvaluationError> {
    match product {
        ResultKind::Measures => evaluator.evaluate(layer, form),
        ResultKind::Stats => evaluator
            .stats(layer, form)?
            .ok_or_else(|| EvaluationError::NoMeasures(layer.id.clone())),
    }
}

/// Writes a result for the next start; after a failure it is computed again then.
fn keep(batch: &JobBatch, job: &ComputeJob, derived: &LayerMeasures) {
    // An optional data directory that is missing is not created for results.
    if !batch.folder.parent().is_some_and(std::path::Path::is_dir) {
        return;
    }
    let made = measures::create_folder(&batch.folder).map_err(|error| error.to_string());
    let written = made.and_then(|()| {
        derived
            .write(&path(&batch.folder, &job.name), job.version.key)
            .map_err(|error| error.to_string())
    });
    if let Err(error) = written {
        tracing::warn!(error, "figures can't be kept; they are computed at each start");
    }
}
