//! When to try again what may work by itself the next time.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// The time of the next attempt; twice as long after each failure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    delay: Duration,
    due: Instant,
}

impl Backoff {
    /// After one more failure at `now`.
    pub(super) fn after(previous: Option<Self>, now: Instant) -> Self {
        let delay = previous.map_or(FIRST, |backoff| (2 * backoff.delay).min(LONGEST));
        Self { delay, due: now + delay }
    }

    /// The next attempt is at `now`, and after it as if it were the first.
    pub(super) fn due_at(now: Instant) -> Self {
        Self { delay: FIRST, due: now }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.due <= now
    }
}
