//! Limit of open files: raised to its maximum, and respected by connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::net::connection_limits::ConnectionLimits;

/// Number of open files that are no connections of clients: data, database, log, admin
/// listener.
const RESERVED: u64 = 320;

/// Raises the limit of open files to the most that this process may ask for. Many systems
/// start programs with 1024 and let them ask for more.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        // A refused request leaves the limit unchanged.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    }
}

/// Number of files that this process may open at most; `None` without a limit.
#[must_use]
pub fn limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Number of open files; `None` where the system does not list them.
#[must_use]
pub fn count() -> Option<u64> {
    // The listing has itself open.
    let listed = std::fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    Some(listed.saturating_sub(1))
}

/// Lowers the connections of each of `listeners` to fit all open files into `limit`. A listener
/// without a free slot answers its clients so, and one that can open no socket can't answer.
#[must_use]
pub fn fitting(limits: ConnectionLimits, listeners: usize, limit: Option<u64>) -> ConnectionLimits {
    let Some(limit) = limit else { return limits };
    let each = limit.saturating_sub(RESERVED) / listeners.max(1) as u64;
    // However low the limit is, some clients must be served.
    let each = usize::try_from(each).unwrap_or(usize::MAX).max(16);
    ConnectionLimits { connections: limits.connections.min(each), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case::none(4096, 2, None, 4096)]
    #[case::ample(4096, 2, Some(1 << 20), 4096)]
    #[case::usual(4096, 2, Some(1024), 352)]
    #[case::one_listener(4096, 1, Some(1024), 704)]
    #[case::tiny(4096, 2, Some(64), 16)]
    #[case::fewer_asked_for(100, 2, Some(1024), 100)]
    fn connections_leave_file_descriptors_for_data(
        #[case] asked: usize,
        #[case] listeners: usize,
        #[case] limit: Option<u64>,
        #[case] expected: usize,
    ) {
        let second = Duration::from_secs(1);
        let limits = ConnectionLimits {
            header_bytes: 1,
            header: second,
            idle: second,
            write: second,
            connections: asked,
            per_peer: 1,
            drain: second,
        };
        let fitted = fitting(limits, listeners, limit);
        assert_eq!(fitted, ConnectionLimits { connections: expected, ..limits });
    }

    #[test]
    fn an_opened_file_is_counted() {
        let before = count().unwrap();
        let files: Vec<_> = (0..50).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
        assert!(count().unwrap() + 20 > before + files.len() as u64);
        assert!(limit().is_none_or(|limit| limit >= 64));
    }
}
