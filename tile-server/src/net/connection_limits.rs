//! Limits on connections.

use std::time::Duration;

/// Limits on the resources of one client, and of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Bytes of a request's head.
    pub header_bytes: usize,
    /// Time for a head, from its first byte.
    pub header: Duration,
    /// Time that a kept-alive connection may idle.
    pub idle: Duration,
    /// Time in which a write must make progress.
    pub write: Duration,
    /// Open connections of one listener; past it idle ones are closed for new ones.
    pub connections: usize,
    /// Open connections of one peer that is no trusted proxy.
    pub per_peer: usize,
    /// Time for requests in flight to end when the server stops.
    pub drain: Duration,
}
