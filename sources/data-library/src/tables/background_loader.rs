//! Loads database tables in the background.
//!
//! A database can be slow or hang, and changed files must not wait for it. Outcomes are
//! collected by the library's next refresh.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::loaded_dataset::{LoadFault, LoadedDataset};
use crate::load_plan::load_request::LoadRequest;

/// Loads one table. Blocks.
pub(crate) type LoadFunction =
    dyn Fn(&LoadRequest) -> Result<LoadedDataset, LoadFault> + Send + Sync;

/// Outcome of a load.
#[derive(Debug)]
pub(crate) struct LoadOutcome {
    pub(crate) request: LoadRequest,
    pub(crate) result: Result<LoadedDataset, LoadFault>,
    pub(crate) duration: Duration,
}

/// Number of concurrent loads; each takes a connection and a core.
const THREADS: usize = 2;

/// A queue of tables to load, and their outcomes.
pub(crate) struct BackgroundLoader {
    load: Arc<LoadFunction>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when a load has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<LoadRequest>,
    threads: usize,
    outcomes: Vec<LoadOutcome>,
}

impl BackgroundLoader {
    pub(crate) fn new(load: Arc<LoadFunction>) -> Self {
        Self { load, shared: Arc::default() }
    }

    /// Queues a table.
    pub(crate) fn submit(&self, request: LoadRequest) {
        let mut state = self.shared.state.lock();
        state.queue.push_back(request);
        if state.threads == THREADS {
            return;
        }
        state.threads += 1;
        let (load, shared) = (Arc::clone(&self.load), Arc::clone(&self.shared));
        let name = "table-loader".to_owned();
        let thread = std::thread::Builder::new().name(name).spawn(move || work(&*load, &shared));
        if let Err(error) = thread {
            // The queue stays: the next submission starts a thread for it.
            tracing::error!(%error, "no thread can be started to load tables");
            state.threads -= 1;
        }
    }

    /// Drops queued tables for which `keep` does not hold.
    pub(crate) fn retain(&self, keep: impl Fn(&LoadRequest) -> bool) {
        self.shared.state.lock().queue.retain(keep);
    }

    /// Whether there are outcomes to [`take`](Self::take).
    pub(crate) fn has_outcomes(&self) -> bool {
        !self.shared.state.lock().outcomes.is_empty()
    }

    /// Takes the outcomes since the last call.
    pub(crate) fn take(&self) -> Vec<LoadOutcome> {
        std::mem::take(&mut self.shared.state.lock().outcomes)
    }

    /// Waits until nothing is being loaded, until `deadline` at the latest. Blocks.
    pub(crate) fn wait(&self, deadline: Instant) {
        let mut state = self.shared.state.lock();
        while state.threads > 0 {
            if self.shared.ended.wait_until(&mut state, deadline).timed_out() {
                return;
            }
        }
    }
}

fn work(load: &LoadFunction, shared: &Shared) {
    loop {
        let Some(request) = ({
            let mut state = shared.state.lock();
            // The small ones first: they are many, and must not wait for a large one.
            let queue = state.queue.iter().enumerate();
            let smallest = queue.min_by_key(|(_, request)| request.expected_bytes());
            let next = smallest.map(|(index, _)| index).and_then(|index| state.queue.remove(index));
            if next.is_none() {
                state.threads -= 1;
                shared.ended.notify_all();
            }
            next
        }) else {
            return;
        };
        let start = Instant::now();
        // A panic must not leave the table "being loaded" for ever.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| load(&request)));
        let result = result.unwrap_or_else(|_| {
            Err(LoadFault::System("loading it ended without a result".to_owned()))
        });
        let duration = start.elapsed();
        shared.state.lock().outcomes.push(LoadOutcome { request, result, duration });
    }
}
