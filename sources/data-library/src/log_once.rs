//! De-duplicates log messages across snapshots.

use std::collections::BTreeSet;

use parking_lot::Mutex;

/// Messages of the last snapshot and of the one being made.
#[derive(Debug, Default)]
pub(crate) struct LogOnce(Mutex<Rounds>);

#[derive(Debug, Default)]
struct Rounds {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl LogOnce {
    /// Whether the message is new to the last snapshot and to this one; records it.
    pub(crate) fn first_time(&self, message: String) -> bool {
        let mut rounds = self.0.lock();
        let known = rounds.before.contains(&message);
        rounds.now.insert(message) && !known
    }

    /// Ends a snapshot: messages that it did not repeat are new again.
    pub(crate) fn next(&self) {
        let mut rounds = self.0.lock();
        rounds.before = std::mem::take(&mut rounds.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_message_is_logged_once_and_a_returning_one_again() {
        let log_once = LogOnce::default();
        let mut logged = Vec::new();
        for round in [&["a", "a"][..], &["a", "b"], &["b"], &["a", "b"]] {
            logged.extend(
                round.iter().copied().filter(|message| log_once.first_time((*message).to_owned())),
            );
            log_once.next();
        }
        assert_eq!(logged, ["a", "b", "a"]);
    }
}
