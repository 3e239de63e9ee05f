//! Computes measures on a background thread.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::compute_job::ComputeJob;
use super::result_name::{ResultKind, ResultName, ResultVersion};
use crate::load_plan::stored_inputs::StoredInputs;
use catalog::Catalog;
use measures::{EvaluationError, LayerMeasures, MeasureEvaluator, ResultFileError};

/// Failure of a computation.
pub(crate) struct ComputeFailure {
    pub(crate) reason: String,
    /// Whether the failure may pass by itself.
    pub(crate) may_pass: bool,
}

/// Outcome of a job.
pub(crate) struct ComputeOutcome {
    pub(crate) name: ResultName,
    pub(crate) version: ResultVersion,
    pub(crate) result: Result<LayerMeasures, ComputeFailure>,
    pub(crate) duration: Duration,
}

/// Jobs on one state of catalog and stores.
pub(crate) struct JobBatch {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) inputs: StoredInputs,
    pub(crate) jobs: Vec<ComputeJob>,
    /// Folder for results.
    pub(crate) folder: PathBuf,
}

/// A queue of batches, and their outcomes.
#[derive(Default)]
pub(crate) struct MeasureWorker {
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
    pub(crate) fn submit(&self, batch: JobBatch) {
        let mut state = self.shared.state.lock();
        state.newest.extend(batch.jobs.iter().map(|job| (job.name.clone(), job.version)));
        state.queue.push_back(batch);
        if state.working {
            return;
        }
        state.working = true;
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name("measures".to_owned());
        if let Err(error) = thread.spawn(move || work(&shared)) {
            // The queue stays: the next submission starts a thread for it.
            tracing::error!(%error, "no thread can be started to compute measures");
            state.working = false;
        }
    }

    /// Drops queued jobs for results other than `names`.
    pub(crate) fn retain(&self, names: &BTreeSet<&ResultName>) {
        self.shared.state.lock().newest.retain(|name, _| names.contains(name));
    }

    /// Whether there are outcomes to [`take`](Self::take).
    pub(crate) fn has_outcomes(&self) -> bool {
        !self.shared.state.lock().outcomes.is_empty()
    }

    /// Takes the outcomes since the last call.
    pub(crate) fn take(&self) -> Vec<ComputeOutcome> {
        std::mem::take(&mut self.shared.state.lock().outcomes)
    }

    /// Waits until the queue is empty, until `deadline` at the latest. Blocks.
    pub(crate) fn wait(&self, deadline: Instant) {
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
    let layers = batch.jobs.iter().map(|job| (&job.layer, job.name.audience));
    let mut evaluator = MeasureEvaluator::new(&batch.catalog, &batch.inputs, layers);
    for job in &batch.jobs {
        if shared.state.lock().newest.get(&job.name) != Some(&job.version) {
            continue;
        }
        let began = Instant::now();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let result = evaluate(&mut evaluator, job).map_err(ComputeFailure::from);
            if let Ok(measures) = &result {
                keep(batch, job, measures);
            }
            result
        }));
        // A panic must not leave a layer "being computed" for ever.
        let result = result.unwrap_or_else(|_| {
            evaluator = MeasureEvaluator::new(&batch.catalog, &batch.inputs, []);
            let reason = "computing its measures ended without a result".to_owned();
            Err(ComputeFailure { reason, may_pass: false })
        });
        let ComputeJob { name, version, .. } = job.clone();
        let duration = began.elapsed();
        shared.state.lock().outcomes.push(ComputeOutcome { name, version, result, duration });
    }
    tracing::info!(
        results = batch.jobs.len(),
        seconds = start.elapsed().as_secs_f64(),
        "measures computed"
    );
}

impl From<EvaluationError> for ComputeFailure {
    /// Marks failures of a store as transient.
    ///
    /// Other failures persist until the declaration or the data changes.
    fn from(error: EvaluationError) -> Self {
        Self { reason: error.to_string(), may_pass: matches!(error, EvaluationError::Input(_)) }
    }
}

fn evaluate(
    evaluator: &mut MeasureEvaluator<'_>,
    job: &ComputeJob,
) -> Result<LayerMeasures, EvaluationError> {
    let (layer, audience) = (&job.layer, job.name.audience);
    match job.name.kind {
        ResultKind::Measures => evaluator.evaluate(layer, audience),
        ResultKind::Stats => {
            let measures = evaluator.stats(layer, audience)?;
            measures.ok_or_else(|| EvaluationError::NoMeasures(layer.id.clone()))
        }
    }
}

/// Writes a result for the next start; after a failure it is computed again then.
fn keep(batch: &JobBatch, job: &ComputeJob, measures: &LayerMeasures) {
    // An optional data directory that is missing is not created for results.
    if !batch.folder.parent().is_some_and(std::path::Path::is_dir) {
        return;
    }
    let path = job.name.path(&batch.folder);
    let written = measures::create_folder(&batch.folder)
        .map_err(|error| ResultFileError::Io { path: batch.folder.clone(), error })
        .and_then(|()| measures.write(&path, job.version.inputs));
    if let Err(error) = written {
        tracing::warn!(%error, "measures can't be kept; they are computed at each start");
    }
}
