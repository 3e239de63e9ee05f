//! De-duplicates log messages across snapshots.

use std::collections::BTreeSet;

use parking_lot::Mutex;

/// Messages of the last snapshot and of the one being made.
#[derive(Debug, Default)]
pub(super) struct LogOnce(Mutex<Rounds>);

#[derive(Debug, Default)]
struct Rounds {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl LogOnce {
    /// Whether the message is new to the last snapshot and to this one; records it.
    pub(super) fn first_time(&self, what: String) -> bool {
        let mut rounds = self.0.lock();
        let known = rounds.before.contains(&what);
        rounds.now.insert(what) && !known
    }

    /// Ends a snapshot: messages that it did not repeat are new again.
    pub(super) fn next(&self) {
        let mut rounds = self.0.lock();
        rounds.before = std::mem::take(&mut rounds.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_said_once_and_what_comes_again_is_said_again() {
        let log_once = LogOnce::default();
        let mut news = Vec::new();
        for round in [&["a", "a"][..], &["a", "b"], &["b"], &["a", "b"]] {
            news.extend(
                round.iter().copied().filter(|what| log_once.first_time((*what).to_owned())),
            );
            log_once.next();
        }
        assert_eq!(news, ["a", "b", "a"]);
    }
}
