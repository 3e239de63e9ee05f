//! A bounded place for CPU work, so that async workers never encode or deflate.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::fragment::{DeflateLevel, Deflater};
use crate::mvt::Scratch;
use crate::{LayerId, SourceError};

/// How much work is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Layers of tiles made at the same time; 0 counts as 1.
    pub concurrent: usize,
    /// Tiles, of one layer or many, that may wait for their turn; the next one
    /// is refused.
    pub queued: usize,
    /// How hard tiles are deflated.
    pub deflate_level: DeflateLevel,
}

/// Runs jobs on the runtime's blocking threads, a bounded number at once.
///
/// At most `concurrent` jobs run, and jobs of at most `concurrent + queued`
/// requests run or wait. A caller that gives up leaves its job running to its
/// end, and the job counts as running until then.
#[derive(Debug)]
pub struct TileWorkers {
    options: WorkerOptions,
    running: Arc<Semaphore>,
    /// Requests with a job running or waiting.
    admitted: Arc<AtomicUsize>,
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

impl WorkerError {
    /// The error of the layer whose job it was.
    pub(crate) fn of_layer(self, layer: &LayerId) -> SourceError {
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
    /// Workers that take on this much.
    #[must_use]
    pub fn new(options: WorkerOptions) -> Self {
        Self {
            options,
            running: Arc::new(Semaphore::new(options.concurrent.max(1))),
            admitted: Arc::default(),
            benches: Arc::new(Mutex::new(Vec::new())),
        }
    }

    /// Requests that have a job running or waiting.
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
        place: &Place,
        deadline: Instant,
        job: impl FnOnce(&mut Bench) -> T + Send + 'static,
    ) -> Result<T, WorkerError> {
        self.admit(place)?;
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

    /// Gives the request a place unless it has one. Its layers share it: counted
    /// by layer, a request for more layers than there are places would be
    /// refused however idle the workers are.
    fn admit(&self, place: &Place) -> Result<(), WorkerError> {
        let mut place = place.0.lock();
        if place.is_some() {
            return Ok(());
        }
        let limit = self.options.concurrent.max(1) + self.options.queued;
        let before = self.admitted.fetch_add(1, Ordering::Relaxed);
        let admitted = Admitted(Arc::clone(&self.admitted));
        if before >= limit {
            return Err(WorkerError::Overloaded);
        }
        *place = Some(admitted);
        Ok(())
    }
}

/// A request's place among the workers: taken by the first of its layers that
/// needs one, shared by the others, given back when the last clone is dropped.
#[derive(Debug, Clone, Default)]
pub struct Place(Arc<Mutex<Option<Admitted>>>);

/// One of the places; given back when dropped, also when the caller goes away.
#[derive(Debug)]
struct Admitted(Arc<AtomicUsize>);

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
        let (release, held) = mpsc::channel::<()>();
        let place = Place::default();
        let first = workers.run(&place, soon(), move |_| held.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let refused = workers.run(&Place::default(), soon(), |_| ()).await;
            release.send(()).unwrap();
            refused
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!(first, Ok(true));
        drop(place);
        assert_eq!(second, Err(WorkerError::Overloaded));
        assert_eq!(workers.run(&Place::default(), soon(), |_| 3).await, Ok(3));
        assert_eq!(workers.in_flight(), 0);
    }

    #[tokio::test]
    async fn layers_of_one_request_share_its_place() {
        let workers = workers(1, 1);
        let place = Place::default();
        let layer = || workers.run(&place, soon(), |_| ());
        let layers = tokio::join!(layer(), layer(), layer(), layer());
        assert_eq!(layers, (Ok(()), Ok(()), Ok(()), Ok(())));
        assert_eq!(workers.in_flight(), 1);
        let other = Place::default();
        assert_eq!(workers.run(&other, soon(), |_| ()).await, Ok(()));
        // Both hold their places until they end.
        let third = workers.run(&Place::default(), soon(), |_| ()).await;
        assert_eq!(third, Err(WorkerError::Overloaded));
        drop((place, other));
        assert_eq!(workers.in_flight(), 0);
    }

    #[tokio::test]
    async fn a_deadline_ends_the_wait_for_a_turn() {
        let workers = workers(1, 5);
        let (release, held) = mpsc::channel::<()>();
        let place = Place::default();
        let first = workers.run(&place, soon(), move |_| held.recv().is_ok());
        let second = async {
            while workers.in_flight() == 0 {
                tokio::task::yield_now().await;
            }
            let late = workers
                .run(&Place::default(), Instant::now() + Duration::from_millis(30), |_| ())
                .await;
            release.send(()).unwrap();
            late
        };
        let (_, second) = tokio::join!(first, second);
        assert_eq!(second, Err(WorkerError::Deadline));
    }

    #[tokio::test]
    async fn a_panicking_job_frees_its_place() {
        let workers = workers(1, 0);
        let lost = workers.run(&Place::default(), soon(), |_| assert_eq!(1, 2, "on purpose")).await;
        assert_eq!(lost, Err(WorkerError::Lost));
        assert_eq!(workers.run(&Place::default(), soon(), |_| 1).await, Ok(1));
    }
}
