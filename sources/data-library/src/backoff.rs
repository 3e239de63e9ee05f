//! Exponential backoff for failures that may pass by themselves.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Time of the next attempt; the delay starts at 1 s, doubles after each failure, at most
/// 60 s.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    delay: Duration,
    due: Instant,
}

impl Backoff {
    /// Backoff after one more failure at `now`.
    pub(crate) fn after(previous: Option<Self>, now: Instant) -> Self {
        let delay = previous.map_or(FIRST, |backoff| (2 * backoff.delay).min(LONGEST));
        Self { delay, due: now + delay }
    }

    /// Backoff due at `now`, with the delay reset.
    pub(crate) fn due_at(now: Instant) -> Self {
        Self { delay: FIRST, due: now }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.due <= now
    }
}
