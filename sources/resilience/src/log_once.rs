//! De-duplication of log messages across rounds of a repeated task.

use std::collections::BTreeSet;

use parking_lot::Mutex;

/// Messages of the last round of a task and of the current one.
///
/// ```
/// let log_once = resilience::LogOnce::default();
/// assert!(log_once.first_time("the disk is full".to_owned()));
/// log_once.next_round();
/// assert!(!log_once.first_time("the disk is full".to_owned()));
/// ```
#[derive(Debug, Default)]
pub struct LogOnce(Mutex<MessageRounds>);

#[derive(Debug, Default)]
struct MessageRounds {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl LogOnce {
    /// Whether the message is new to the last round and to this one; records it.
    #[must_use]
    pub fn first_time(&self, message: String) -> bool {
        let mut rounds = self.0.lock();
        let known = rounds.before.contains(&message);
        rounds.now.insert(message) && !known
    }

    /// Ends a round: messages that it did not repeat are new again.
    pub fn next_round(&self) {
        let mut rounds = self.0.lock();
        rounds.before = std::mem::take(&mut rounds.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasting_messages_are_logged_once_and_returning_ones_again() {
        let log_once = LogOnce::default();
        let mut logged = Vec::new();
        for round in [&["a", "a"][..], &["a", "b"], &["b"], &["a", "b"]] {
            logged.extend(
                round.iter().copied().filter(|message| log_once.first_time((*message).to_owned())),
            );
            log_once.next_round();
        }
        assert_eq!(logged, ["a", "b", "a"]);
    }
}
