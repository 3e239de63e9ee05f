//! A bounded place for CPU work, so that async workers never encode or deflate.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::fragment::{DeflateLevel, Deflater};
use crate::mvt::Scratch;

/// How much work is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Tiles made at the same time; 0 counts as 1.
    pub concurrent: usize,
    /// Tiles that may wait for their turn; the next one is refused.
    pub queued: usize,
    /// How hard tiles are deflated.
    pub deflate_level: DeflateLevel,
}

/// Runs jobs on the runtime's blocking threads, a bounded number at once.
///
/// At most `concurrent` jobs run and `queued` more wait. A caller that gives up
/// leaves its job running to its end, and the job keeps its place until then.
#[derive(Debug)]
pub struct TileWorkers {
    options: WorkerOptions,
    running: Arc<Semaphore>,
    /// Callers running or waiting.
    admitted: AtomicUsize,
    benches: Arc<Mutex<Vec<Bench>>>,
}

/// What a job works with; kept warm between jobs.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) scratch: Scratch,
    pub(crate) deflater: Deflater,
}

/// Why a job was not run, or has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkerError {
    /// Too many were waiting.
    Overloaded,
    /// The deadline passed before its turn came or before it ended.
    Deadline,
    /// It panicked, or the runtime is shutting down.
    Lost,
}

impl TileWorkers {
    /// Workers that take on this much.
    #[must_use]
    pub fn new(options: WorkerOptions) -> Self {
        Self {
            options,
            running: Arc::new(Semaphore::new(options.concurrent.max(1))),
            admitted: AtomicUsize::new(0),
            benches: Arc::new(Mutex::new(Vec::new())),
        }
    }

    /// Callers that have a job running or waiting.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.admitted.load(Ordering::Relaxed)
    }

    /// How hard tiles are deflated.
    #[must_use]
    pub fn deflate_level(&self) -> DeflateLevel {
        self.options.deflate_level
    }

    /// Runs `job` when its turn comes. Must be called within a tokio runtime.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        job: impl FnOnce(&mut Bench) -> T + Send + 'static,
    ) -> Result<T, WorkerError> {
        let _admitted = self.admit()?;
        let turn = Arc::clone(&self.running).acquire_owned();
        let permit = tokio::time::timeout_at(deadline.into(), turn)
            .await
            .map_err(|_| WorkerError::Deadline)?
            .map_err(|_| WorkerError::Lost)?;
        let level = self.options.deflate_level;
        let benches = Arc::clone(&self.benches);
        let running = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let idle = benches.lock().pop();
            let mut bench = idle.unwrap_or_else(|| Bench {
                scratch: Scratch::default(),
                deflater: Deflater::new(level),
            });
            let result = job(&mut bench);
            // After a panic the bench is dropped, not put back half-used.
            benches.lock().push(bench);
            result
        });
        match tokio::time::timeout_at(deadline.into(), running).await {
            Err(_) => Err(WorkerError::Deadline),
            Ok(Err(_)) => Err(WorkerError::Lost),
            Ok(Ok(result)) => Ok(result),
        }
    }

    fn admit(&self) -> Result<Admitted<'_>, WorkerError> {
        let limit = self.options.concurrent.max(1) + self.options.queued;
        let before = self.admitted.fetch_add(1, Ordering::Relaxed);
        let admitted = Admitted(&self.admitted);
        if before >= limit { Err(WorkerError::Overloaded) } else { Ok(admitted) }
    }
}

/// A caller's place; given back when dropped, also when the caller goes away.
struct Admitted<'a>(&'a AtomicUsize);

impl Drop for Admitted<'_> {
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
        let (release, held) = mpsc::channel::<()>();
        let first = workers.run(soon(), move |_| held.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let refused = workers.run(soon(), |_| ()).await;
            release.send(()).unwrap();
            refused
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!(first, Ok(true));
        assert_eq!(second, Err(WorkerError::Overloaded));
        assert_eq!(workers.run(soon(), |_| 3).await, Ok(3));
        assert_eq!(workers.in_flight(), 0);
    }

    #[tokio::test]
    async fn a_deadline_ends_the_wait_for_a_turn() {
        let workers = workers(1, 5);
        let (release, held) = mpsc::channel::<()>();
        let first = workers.run(soon(), move |_| held.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let late = workers.run(Instant::now() + Duration::from_millis(30), |_| ()).await;
            release.send(()).unwrap();
            late
        };
        let (_, second) = tokio::join!(first, second);
        assert_eq!(second, Err(WorkerError::Deadline));
    }

    #[tokio::test]
    async fn a_panicking_job_frees_its_place() {
        let workers = workers(1, 0);
        let lost = workers.run(soon(), |_| assert_eq!(1, 2, "on purpose")).await;
        assert_eq!(lost, Err(WorkerError::Lost));
        assert_eq!(workers.run(soon(), |_| 1).await, Ok(1));
    }
}
