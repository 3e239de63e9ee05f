//! Bounded pool of threads for CPU work, so that async workers never encode or deflate.
//!
//! The workers are threads of their own with one queue. A thread that ends a job takes the next
//! at once, without the runtime: with a permit and a blocking thread for each job, a third of
//! two cores was idle or switching threads. The results of a request's jobs are delivered
//! together, when the last of its queued jobs has ended: its task, which needs them all, is
//! woken once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::SourceError;
use data_model::LayerId;
use vector_tile::fragment::{DeflateLevel, Deflater};
use vector_tile::mvt::EncoderScratch;

/// Limits of the workers, and the deflate level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Layers of tiles made at the same time; 0 counts as 1.
    pub concurrent: usize,
    /// Tiles, of one layer or many, that may wait for their turn; the next one is refused.
    pub queued: usize,
    /// Deflate level of tiles.
    pub deflate_level: DeflateLevel,
}

/// Runs jobs on threads of its own, a bounded number at once.
///
/// At most `concurrent` jobs run, and jobs of at most `concurrent + queued` requests run or
/// wait. A caller that gives up leaves its running job running to its end; a waiting job is
/// dropped when its turn comes.
#[derive(Debug)]
pub struct TileWorkers {
    options: WorkerOptions,
    queue: Arc<JobQueue>,
    /// Requests with a job running or waiting.
    admitted: Arc<AtomicUsize>,
}

/// Queue of the jobs that wait, and the threads that wait for jobs.
#[derive(Debug, Default)]
struct JobQueue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that wait for a job.
    idle: usize,
    closed: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("threads", &self.threads).finish_non_exhaustive()
    }
}

struct Job {
    /// Does the work unless its result is no longer awaited.
    work: Work,
    batch: Arc<Batch>,
}

type Work = Box<dyn FnOnce(&mut WorkerState) -> Option<Delivery> + Send>;

/// Delivers a result to the caller that awaits it.
type Delivery = Box<dyn FnOnce() + Send>;

/// The jobs of one request.
#[derive(Default)]
struct Batch {
    /// Number of jobs that wait or run.
    open: AtomicUsize,
    ended: Mutex<Vec<Delivery>>,
}

impl Batch {
    /// Adds a job's result, and delivers all results if the job was the last one.
    fn end(&self, delivery: Option<Delivery>) {
        self.ended.lock().extend(delivery);
        if self.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            let ended = std::mem::take(&mut *self.ended.lock());
            for delivery in ended {
                delivery();
            }
        }
    }
}

/// Working memory of a job; reused by later jobs.
#[derive(Debug)]
pub struct WorkerState {
    /// Buffers of the encoder, kept from tile to tile.
    pub scratch: EncoderScratch,
    /// The compressor, with its tables.
    pub deflater: Deflater,
}

impl WorkerState {
    fn new(level: DeflateLevel) -> Self {
        Self { scratch: EncoderScratch::default(), deflater: Deflater::new(level) }
    }
}

impl JobQueue {
    /// Runs jobs on the current thread until the queue is closed.
    fn work(&self, level: DeflateLevel) {
        let mut state = WorkerState::new(level);
        while let Some(job) = self.next() {
            let Job { work, batch } = job;
            let result = catch_unwind(AssertUnwindSafe(|| work(&mut state)));
            let delivery = result.unwrap_or_else(|_| {
                // A state that is half-used is not used again.
                state = WorkerState::new(level);
                None
            });
            batch.end(delivery);
        }
    }

    /// Waits for the next job; `None` once the queue is closed.
    fn next(&self) -> Option<Job> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state.idle += 1;
            self.arrived.wait(&mut state);
            state.idle -= 1;
        }
    }

    fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        // A dropped job closes the channel of the caller that awaits it.
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        drop(jobs);
        self.arrived.notify_all();
    }
}

/// Reason for which a job was not run, or has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerError {
    /// Too many requests were waiting.
    Overloaded,
    /// The deadline passed before the job had its turn or ended.
    Deadline,
    /// The job panicked, or the runtime is shutting down.
    Lost,
}

impl WorkerError {
    /// The error of the layer that the job belongs to.
    pub fn of_layer(self, layer: &LayerId) -> SourceError {
        let layer = layer.clone();
        match self {
            Self::Overloaded => SourceError::Overloaded,
            Self::Deadline => SourceError::DeadlineExceeded { layer },
            Self::Lost => {
                SourceError::Internal { layer, reason: "encoding ended without a result".into() }
            }
        }
    }
}

impl TileWorkers {
    /// Creates workers with these limits. Threads are started as they are needed.
    #[must_use]
    pub fn new(options: WorkerOptions) -> Self {
        Self { options, queue: Arc::default(), admitted: Arc::default() }
    }

    /// Requests that have a job running or waiting.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.admitted.load(Ordering::Relaxed)
    }

    /// Deflate level of tiles.
    #[must_use]
    pub fn deflate_level(&self) -> DeflateLevel {
        self.options.deflate_level
    }

    /// Runs `job` when its turn comes. Must be called within a tokio runtime.
    pub async fn run<T: Send + 'static>(
        &self,
        permit: &WorkerPermit,
        deadline: Instant,
        job: impl FnOnce(&mut WorkerState) -> T + Send + 'static,
    ) -> Result<T, WorkerError> {
        self.admit(permit)?;
        let (result, ended) = oneshot::channel();
        let work = move |state: &mut WorkerState| -> Option<Delivery> {
            if result.is_closed() {
                return None;
            }
            let made = job(state);
            // Fails where the caller has gone away meanwhile.
            Some(Box::new(move || drop(result.send(made))))
        };
        self.enqueue(Job { work: Box::new(work), batch: Arc::clone(&permit.batch) })?;
        match tokio::time::timeout_at(deadline.into(), ended).await {
            Err(_) => Err(WorkerError::Deadline),
            Ok(Err(_)) => Err(WorkerError::Lost),
            Ok(Ok(made)) => Ok(made),
        }
    }

    /// Appends a job to the queue, and wakes or starts a thread for it.
    fn enqueue(&self, job: Job) -> Result<(), WorkerError> {
        job.batch.open.fetch_add(1, Ordering::AcqRel);
        let mut state = self.queue.state.lock();
        state.jobs.push_back(job);
        if state.idle > 0 {
            drop(state);
            self.queue.arrived.notify_one();
            return Ok(());
        }
        if state.threads < self.options.concurrent.max(1) {
            let (queue, level) = (Arc::clone(&self.queue), self.options.deflate_level);
            let started = std::thread::Builder::new()
                .name("tile-worker".to_owned())
                .spawn(move || queue.work(level));
            match started {
                Ok(_) => state.threads += 1,
                // The running threads take the job.
                Err(_) if state.threads > 0 => {}
                Err(_) => {
                    let jobs = std::mem::take(&mut state.jobs);
                    drop(state);
                    drop(jobs);
                    return Err(WorkerError::Lost);
                }
            }
        }
        Ok(())
    }

    /// Admits the request unless it has been admitted. Its layers share the permit: counted by
    /// layer, a request for more layers than the limit would be refused even if the workers are
    /// idle.
    fn admit(&self, permit: &WorkerPermit) -> Result<(), WorkerError> {
        let mut admission = permit.admitted.lock();
        if admission.is_some() {
            return Ok(());
        }
        let limit = self.options.concurrent.max(1) + self.options.queued;
        let before = self.admitted.fetch_add(1, Ordering::Relaxed);
        let admitted = Admitted(Arc::clone(&self.admitted));
        if before >= limit {
            return Err(WorkerError::Overloaded);
        }
        *admission = Some(admitted);
        Ok(())
    }
}

/// Admission of a request to the workers: taken by the first of its layers that needs one,
/// shared by the others, released when the last clone is dropped.
#[derive(Clone, Default)]
pub struct WorkerPermit {
    admitted: Arc<Mutex<Option<Admitted>>>,
    batch: Arc<Batch>,
}

impl std::fmt::Debug for WorkerPermit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerPermit").field("admitted", &self.admitted).finish_non_exhaustive()
    }
}

/// One admitted request; released when dropped, also if the caller goes away.
#[derive(Debug)]
struct Admitted(Arc<AtomicUsize>);

impl Drop for TileWorkers {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    fn workers(concurrent: usize, queued: usize) -> TileWorkers {
        let deflate_level = DeflateLevel::DEFAULT;
        TileWorkers::new(WorkerOptions { concurrent, queued, deflate_level })
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[tokio::test]
    async fn past_the_queue_work_is_refused_at_once_and_taken_on_again_later() {
        let workers = workers(1, 0);
        let (release, released) = mpsc::channel::<()>();
        let permit = WorkerPermit::default();
        let first = workers.run(&permit, soon(), move |_| released.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let refused = workers.run(&WorkerPermit::default(), soon(), |_| ()).await;
            release.send(()).unwrap();
            refused
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!(first, Ok(true));
        drop(permit);
        assert_eq!(second, Err(WorkerError::Overloaded));
        assert_eq!(workers.run(&WorkerPermit::default(), soon(), |_| 3).await, Ok(3));
        assert_eq!(workers.in_flight(), 0);
    }

    #[tokio::test]
    async fn layers_of_one_request_share_its_permit() {
        let workers = workers(1, 1);
        let permit = WorkerPermit::default();
        let layer = || workers.run(&permit, soon(), |_| ());
        let layers = tokio::join!(layer(), layer(), layer(), layer());
        assert_eq!(layers, (Ok(()), Ok(()), Ok(()), Ok(())));
        assert_eq!(workers.in_flight(), 1);
        let other = WorkerPermit::default();
        assert_eq!(workers.run(&other, soon(), |_| ()).await, Ok(()));
        // Both permits last until they are dropped.
        let third = workers.run(&WorkerPermit::default(), soon(), |_| ()).await;
        assert_eq!(third, Err(WorkerError::Overloaded));
        drop((permit, other));
        assert_eq!(workers.in_flight(), 0);
    }

    #[tokio::test]
    async fn a_deadline_ends_the_wait_for_a_turn() {
        let workers = workers(1, 5);
        let (release, released) = mpsc::channel::<()>();
        let permit = WorkerPermit::default();
        let first = workers.run(&permit, soon(), move |_| released.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let late = workers
                .run(&WorkerPermit::default(), Instant::now() + Duration::from_millis(30), |_| ())
                .await;
            release.send(()).unwrap();
            late
        };
        let (_, second) = tokio::join!(first, second);
        assert_eq!(second, Err(WorkerError::Deadline));
    }

    #[tokio::test]
    async fn a_panicking_job_releases_its_permit() {
        let workers = workers(1, 0);
        let lost =
            workers.run(&WorkerPermit::default(), soon(), |_| assert_eq!(1, 2, "on purpose")).await;
        assert_eq!(lost, Err(WorkerError::Lost));
        assert_eq!(workers.run(&WorkerPermit::default(), soon(), |_| 1).await, Ok(1));
    }
}
