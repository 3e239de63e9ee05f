//! Schedule of rebuilds that changes trigger.

use std::time::{Duration, Instant};

use resilience::{Backoff, BackoffPolicy};

/// Delays after failures that may pass by themselves.
pub(crate) const RETRY_POLICY: BackoffPolicy =
    BackoffPolicy { first: Duration::from_secs(1), longest: Duration::from_secs(60) };

/// Pause after a rebuild, as a multiple of its duration, so that frequent changes don't keep a
/// core busy.
const PAUSE_FACTOR: u32 = 2;

/// Schedules rebuilds: backs off after failures, pauses after successes.
#[derive(Debug, Default)]
pub(crate) struct RefreshSchedule {
    retry: Option<Backoff>,
    /// End of the pause after the last rebuild.
    pause_end: Option<Instant>,
    /// Whether there is a change to build after the pause.
    is_waiting: bool,
}

impl RefreshSchedule {
    pub(crate) const NEW: Self = Self { retry: None, pause_end: None, is_waiting: false };

    /// Whether a rebuild is due although nothing has changed since the last check.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        self.retry.is_some_and(|retry| retry.is_due(now)) || self.is_waiting && !self.is_paused(now)
    }

    /// Whether a rebuild is due; a change during the pause waits for its end.
    pub(crate) fn is_due(&mut self, changed: bool, now: Instant) -> bool {
        self.is_waiting = changed && self.is_paused(now);
        self.is_overdue(now) || changed && !self.is_waiting
    }

    fn is_paused(&self, now: Instant) -> bool {
        self.pause_end.is_some_and(|end| end > now)
    }

    /// Starts the pause after a rebuild of this duration, successful or not.
    pub(crate) fn cool_down(&mut self, duration: Duration, now: Instant) {
        self.pause_end = Some(now + duration * PAUSE_FACTOR);
    }

    /// Clears the retry, or schedules the next one if the rebuild `failed` in a way that
    /// may pass.
    pub(crate) fn settle(&mut self, failed: bool, now: Instant) {
        let retry = self.retry.take();
        self.retry = failed.then(|| RETRY_POLICY.after_failure(retry, now));
    }

    /// Makes a scheduled retry due now.
    pub(crate) fn retry_now(&mut self, now: Instant) {
        if self.retry.is_some() {
            self.retry = Some(RETRY_POLICY.due_at(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_during_a_pause_waits_for_its_end() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut schedule = RefreshSchedule::NEW;
        assert!(schedule.is_due(true, start));
        schedule.cool_down(Duration::from_secs(10), start);
        assert!(!schedule.is_due(true, after(5)) && !schedule.is_overdue(after(19)));
        assert!(schedule.is_overdue(after(20)));
        // Not if the change has been reverted.
        assert!(!schedule.is_due(false, after(6)) && !schedule.is_overdue(after(20)));
    }

    #[test]
    fn a_failed_rebuild_is_due_later_or_on_request() {
        let start = Instant::now();
        let mut schedule = RefreshSchedule::NEW;
        schedule.settle(true, start);
        assert!(!schedule.is_due(false, start));
        schedule.retry_now(start);
        assert!(schedule.is_due(false, start));
        schedule.settle(false, start);
        assert!(!schedule.is_due(false, start + Duration::from_secs(1000)));
    }
}
