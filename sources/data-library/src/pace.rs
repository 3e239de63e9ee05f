//! When what is made anew whenever something changes may be made.

use std::time::{Duration, Instant};

use super::backoff::Backoff;

/// What changes all the time is made again after a rest of this many times as long as
/// making it took, so that it can't keep a core busy alone.
const REST: u32 = 2;

/// When one thing may be made again: after a failure that may pass ever more rarely, after
/// a success when it has rested.
#[derive(Debug, Default)]
pub(super) struct Pace {
    retry: Option<Backoff>,
    rested: Option<Instant>,
    /// Whether it has changed and is made when it has rested.
    waiting: bool,
}

impl Pace {
    pub(super) const NEW: Self = Self { retry: None, rested: None, waiting: false };

    /// Whether it is to be made though nothing has changed since the last look.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.retry.is_some_and(|retry| retry.is_due(now)) || self.waiting && self.has_rested(now)
    }

    /// Whether it is to be made, `changed` or not. What has changed and not rested waits.
    pub(super) fn is_due(&mut self, changed: bool, now: Instant) -> bool {
        self.waiting = changed && !self.has_rested(now);
        self.is_overdue(now) || changed && !self.waiting
    }

    fn has_rested(&self, now: Instant) -> bool {
        self.rested.is_none_or(|rested| rested <= now)
    }

    /// It was made, well or not, and took so long.
    pub(super) fn rest(&mut self, took: Duration, now: Instant) {
        self.rested = Some(now + took * REST);
    }

    /// Nothing is to be tried again, or what failed is, as it may pass.
    pub(super) fn settle(&mut self, failed: bool, now: Instant) {
        let retry = self.retry.take();
        self.retry = failed.then(|| Backoff::after(retry, now));
    }

    /// What failed waits no longer.
    pub(super) fn retry_now(&mut self, now: Instant) {
        if self.retry.is_some() {
            self.retry = Some(Backoff::due_at(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_during_a_rest_waits_for_its_end() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::NEW;
        assert!(pace.is_due(true, start));
        pace.rest(Duration::from_secs(10), start);
        assert!(!pace.is_due(true, after(5)) && !pace.is_overdue(after(19)));
        assert!(pace.is_overdue(after(20)));
        // Not where it turned out to be as it was.
        assert!(!pace.is_due(false, after(6)) && !pace.is_overdue(after(20)));
    }

    #[test]
    fn what_failed_is_tried_again_later_or_when_it_is_told() {
        let start = Instant::now();
        let mut pace = Pace::NEW;
        pace.settle(true, start);
        assert!(!pace.is_due(false, start));
        pace.retry_now(start);
        assert!(pace.is_due(false, start));
        pace.settle(false, start);
        assert!(!pace.is_due(false, start + Duration::from_secs(1000)));
    }
}
