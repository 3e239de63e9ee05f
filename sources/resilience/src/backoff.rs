//! Exponential backoff for failures that may pass by themselves.

use std::time::{Duration, Instant};

/// First and longest delay between two attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackoffPolicy {
    /// Delay after the first failure; doubled after each further one.
    pub first: Duration,
    /// Longest delay.
    pub longest: Duration,
}

/// Time of the next attempt.
///
/// ```
/// use std::time::{Duration, Instant};
/// use resilience::BackoffPolicy;
///
/// let second = Duration::from_secs(1);
/// let policy = BackoffPolicy { first: second, longest: 60 * second };
/// let now = Instant::now();
/// let first = policy.after_failure(None, now);
/// let next = policy.after_failure(Some(first), now);
/// assert_eq!(next.delay(), 2 * second);
/// assert!(!next.is_due(now + second) && next.is_due(now + 2 * second));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    delay: Duration,
    due: Instant,
}

impl BackoffPolicy {
    /// Backoff after one more failure at `now`; `previous` is that of the failure before.
    #[must_use]
    pub fn after_failure(self, previous: Option<Backoff>, now: Instant) -> Backoff {
        let delay = previous.map_or(self.first, |backoff| (2 * backoff.delay).min(self.longest));
        Backoff { delay, due: now + delay }
    }

    /// Backoff due at `now`, with the delay reset.
    #[must_use]
    pub fn due_at(self, now: Instant) -> Backoff {
        Backoff { delay: self.first, due: now }
    }
}

impl Backoff {
    /// Time between the failure and the next attempt.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// Whether the next attempt may be made at `now`.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.due <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest_and_begin_anew_after_a_reset() {
        let seconds = Duration::from_secs;
        let policy = BackoffPolicy { first: seconds(1), longest: seconds(5) };
        let now = Instant::now();
        let mut previous = None;
        let mut delays = Vec::new();
        for _ in 0..5 {
            let backoff = policy.after_failure(previous, now);
            assert!(backoff.is_due(now + backoff.delay()));
            assert!(!backoff.is_due(now + backoff.delay() - Duration::from_nanos(1)));
            delays.push(backoff.delay());
            previous = Some(backoff);
        }
        assert_eq!(delays, [1, 2, 4, 5, 5].map(seconds));
        let reset = policy.due_at(now);
        assert!(reset.is_due(now));
        assert_eq!(policy.after_failure(Some(reset), now).delay(), seconds(2));
    }
}
