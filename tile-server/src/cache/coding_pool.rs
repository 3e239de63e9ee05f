//! A bounded pool for deflating and inflating answers off the async workers.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;

use crate::http::problem::{Problem, ProblemKind};

/// Runs jobs on the runtime's blocking threads, a bounded number at once.
#[derive(Debug)]
pub struct CodingPool {
    running: Arc<Semaphore>,
    /// Jobs that run or wait.
    admitted: Arc<Semaphore>,
}

impl CodingPool {
    /// A pool of `concurrent` jobs at once and `queued` more that wait.
    #[must_use]
    pub fn new(concurrent: usize, queued: usize) -> Self {
        let concurrent = concurrent.clamp(1, Semaphore::MAX_PERMITS / 2);
        let queued = queued.min(Semaphore::MAX_PERMITS / 2);
        Self {
            running: Arc::new(Semaphore::new(concurrent)),
            admitted: Arc::new(Semaphore::new(concurrent + queued)),
        }
    }

    /// Runs `job` when its turn comes. The job holds its permit to its end, also after its
    /// caller is gone: the bound is on running work, not on waiting callers.
    ///
    /// # Errors
    /// A [`Problem`] where too much is queued, the deadline passes, or the job
    /// panics.
    pub async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(permit) = Arc::clone(&self.admitted).try_acquire_owned() else {
            let detail = "Too many answers are being coded at once; try again in a second.";
            return Err(Problem::new(ProblemKind::Overloaded, detail));
        };
        let turn = Arc::clone(&self.running).acquire_owned();
        let turn = tokio::time::timeout_at(deadline.into(), turn).await;
        let Ok(Ok(turn)) = turn else { return Err(Problem::deadline_exceeded(None)) };
        let running = tokio::task::spawn_blocking(move || {
            let result = job();
            drop((turn, permit));
            result
        });
        match tokio::time::timeout_at(deadline.into(), running).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => {
                let problem = Problem::new(ProblemKind::Internal, "The answer could not be coded.");
                Err(problem.with_cause(error.to_string()))
            }
            Err(_) => Err(Problem::deadline_exceeded(None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[tokio::test]
    async fn a_job_keeps_its_permit_when_its_caller_is_gone() {
        let pool = CodingPool::new(1, 1);
        let soon = || Instant::now() + Duration::from_secs(20);
        let (release, held) = mpsc::channel::<()>();
        let (ended, end) = mpsc::channel();
        let job = move || {
            let released = held.recv().is_ok();
            let _ = ended.send(released);
        };
        let late = pool.run(Instant::now() + Duration::from_millis(50), job).await;
        assert_eq!(late.unwrap_err().kind, ProblemKind::DeadlineExceeded);
        // The second waits behind the first, the third is refused.
        let second = pool.run(soon(), || 2);
        let third = async {
            let refused = pool.run(soon(), || 3).await;
            release.send(()).unwrap();
            refused
        };
        let (second, third) = tokio::join!(second, third);
        assert_eq!(third.unwrap_err().kind, ProblemKind::Overloaded);
        assert_eq!(second, Ok(2));
        assert!(end.recv().unwrap());
        assert_eq!(pool.run(soon(), || 4).await, Ok(4));
    }
}
