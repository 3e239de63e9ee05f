//! Activity of one connection, as its socket, its service and its listener share it.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionPhase {
    /// No complete head has come since the connection was opened.
    Headless,
    /// Every request was answered, and the next one is waited for.
    Idle,
    /// The client does not take the bytes of its answer.
    Stalled,
    /// A request is being answered.
    Busy,
}

impl ConnectionPhase {
    const ALL: [Self; 4] = [Self::Headless, Self::Idle, Self::Stalled, Self::Busy];

    /// Name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Headless => "headless",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
            Self::Busy => "busy",
        }
    }
}

/// A phase and its beginning, as one word of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseSince(u64);

impl PhaseSince {
    fn now(phase: ConnectionPhase) -> Self {
        Self(microseconds() << 2 | phase as u64)
    }

    /// The phase.
    #[must_use]
    pub const fn phase(self) -> ConnectionPhase {
        ConnectionPhase::ALL[(self.0 & 3) as usize]
    }

    /// Beginning of the phase: microseconds since a moment before the first connection.
    #[must_use]
    pub const fn began(self) -> u64 {
        self.0 >> 2
    }

    /// Time since the phase began.
    #[must_use]
    pub fn age(self) -> Duration {
        Duration::from_micros(microseconds().saturating_sub(self.began()))
    }
}

fn microseconds() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_micros()).unwrap_or(u64::MAX >> 2)
}

/// Activity of one connection. Written by the task of the connection alone, and read by
/// the listener that looks for connections to close.
#[derive(Debug, Clone)]
pub struct ConnectionActivity(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    phase: AtomicU64,
    /// Number of complete heads. A counter and not only a flag, because an answer may begin
    /// and end between two looks of the socket.
    heads: AtomicU64,
    answering: AtomicBool,
}

impl Default for ConnectionActivity {
    /// Activity of a fresh connection.
    fn default() -> Self {
        Self(Arc::new(Shared {
            phase: AtomicU64::new(PhaseSince::now(ConnectionPhase::Headless).0),
            heads: AtomicU64::new(0),
            answering: AtomicBool::new(false),
        }))
    }
}

impl ConnectionActivity {
    /// Notes a complete head: the client is no longer waited for.
    pub fn begin(&self) {
        self.set(ConnectionPhase::Busy);
        self.0.answering.store(true, Ordering::Release);
        self.0.heads.fetch_add(1, Ordering::Release);
    }

    /// Notes that the answer is made: bytes that come now are a new head. The answer's own
    /// bytes have yet to be sent.
    pub fn end(&self) {
        self.0.answering.store(false, Ordering::Release);
    }

    /// Whether an answer is being made.
    #[must_use]
    pub fn is_answering(&self) -> bool {
        self.0.answering.load(Ordering::Acquire)
    }

    /// Number of complete heads so far.
    #[must_use]
    pub fn heads(&self) -> u64 {
        self.0.heads.load(Ordering::Acquire)
    }

    /// Notes that the client took none of the bytes it was sent.
    pub fn stall(&self) {
        if self.since().phase() == ConnectionPhase::Busy {
            self.set(ConnectionPhase::Stalled);
        }
    }

    /// Notes that the client took some bytes.
    pub fn progress(&self) {
        if self.since().phase() == ConnectionPhase::Stalled {
            self.set(ConnectionPhase::Busy);
        }
    }

    /// Notes that every byte so far has left this process.
    pub fn flushed(&self) {
        let sent = matches!(self.since().phase(), ConnectionPhase::Busy | ConnectionPhase::Stalled);
        if sent && !self.is_answering() {
            self.set(ConnectionPhase::Idle);
        }
    }

    /// The present phase and its beginning.
    #[must_use]
    pub fn since(&self) -> PhaseSince {
        PhaseSince(self.0.phase.load(Ordering::Acquire))
    }

    fn set(&self, phase: ConnectionPhase) {
        self.0.phase.store(PhaseSince::now(phase).0, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_under_way_until_its_last_byte_is_sent() {
        let activity = ConnectionActivity::default();
        let phase = || activity.since().phase();
        activity.flushed();
        assert_eq!(phase(), ConnectionPhase::Headless, "there was nothing to send");
        activity.begin();
        activity.flushed();
        assert_eq!(phase(), ConnectionPhase::Busy, "the answer is not made yet");
        activity.end();
        assert_eq!(phase(), ConnectionPhase::Busy, "the answer is not sent yet");
        activity.stall();
        let stalled = activity.since();
        activity.stall();
        assert_eq!(
            (phase(), activity.since()),
            (ConnectionPhase::Stalled, stalled),
            "it began before"
        );
        activity.progress();
        assert_eq!(phase(), ConnectionPhase::Busy);
        activity.flushed();
        assert_eq!(phase(), ConnectionPhase::Idle);
        let idle = activity.since();
        activity.flushed();
        assert_eq!(activity.since(), idle);
        activity.begin();
        assert_eq!((phase(), activity.heads()), (ConnectionPhase::Busy, 2));
    }
}
