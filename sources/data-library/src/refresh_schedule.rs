//! Schedule of rebuilds that changes trigger.

use std::time::{Duration, Instant};

use resilience::{Backoff, BackoffPolicy};

/// Delays after failures that may pass by themselves.
pub(super) const RETRY_POLICY: BackoffPolicy =
    BackoffPolicy { first: Duration::from_secs(1), longest: Duration::from_secs(60) };

/// Rest after a rebuild, as a multiple of its duration; frequent changes can't keep a core
/// busy alone.
const REST: u32 = 2;

/// Schedules rebuilds: backs off after failures, rests after successes.
#[derive(Debug, Default)]
pub(super) struct RefreshSchedule {
    retry: Option<Backoff>,
    rested: Option<Instant>,
    /// Whether there is a change to build after the rest.
    waiting: bool,
}

impl RefreshSchedule {
    pub(super) const NEW: Self = Self { retry: None, rested: None, waiting: false };

    /// Whether a rebuild is due although nothing has changed since the last check.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.retry.is_some_and(|retry| retry.is_due(now)) || self.waiting && self.has_rested(now)
    }

    /// Whether a rebuild is due; a change during the rest waits for its end.
    pub(super) fn is_due(&mut self, changed: bool, now: Instant) -> bool {
        self.waiting = changed && !self.has_rested(now);
        self.is_overdue(now) || changed && !self.waiting
    }

    fn has_rested(&self, now: Instant) -> bool {
        self.rested.is_none_or(|rested| rested <= now)
    }

    /// Starts the rest after a rebuild that took `took`, successful or not.
    pub(super) fn cool_down(&mut self, took: Duration, now: Instant) {
        self.rested = Some(now + took * REST);
    }

    /// Clears the retry, or schedules the next one if the rebuild `failed` in a way that
    /// may pass.
    pub(super) fn settle(&mut self, failed: bool, now: Instant) {
        let retry = self.retry.take();
        self.retry = failed.then(|| RETRY_POLICY.after_failure(retry, now));
    }

    /// Makes a scheduled retry due now.
    pub(super) fn retry_now(&mut self, now: Instant) {
        if self.retry.is_some() {
            self.retry = Some(RETRY_POLICY.due_at(now));
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
        let mut refresh_schedule = RefreshSchedule::NEW;
        assert!(refresh_schedule.is_due(true, start));
        refresh_schedule.cool_down(Duration::from_secs(10), start);
        assert!(
            !refresh_schedule.is_due(true, after(5)) && !refresh_schedule.is_overdue(after(19))
        );
        assert!(refresh_schedule.is_overdue(after(20)));
        // Not if the change has been reverted.
        assert!(
            !refresh_schedule.is_due(false, after(6)) && !refresh_schedule.is_overdue(after(20))
        );
    }

    #[test]
    fn what_failed_is_tried_again_later_or_when_it_is_told() {
        let start = Instant::now();
        let mut refresh_schedule = RefreshSchedule::NEW;
        refresh_schedule.settle(true, start);
        assert!(!refresh_schedule.is_due(false, start));
        refresh_schedule.retry_now(start);
        assert!(refresh_schedule.is_due(false, start));
        refresh_schedule.settle(false, start);
        assert!(!refresh_schedule.is_due(false, start + Duration::from_secs(1000)));
    }
}
