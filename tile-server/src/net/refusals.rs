//! Answers to connections that find no slot, and log messages about them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::audience::ListenerKind;
use crate::net::activity::ConnectionPhase;
use crate::net::connection_slots::SlotLimit;

/// Answers clients without a slot, a bounded number at once.
#[derive(Debug)]
pub struct RefusalAnswers(Arc<Semaphore>);

/// Number of refusals on their way at once; past it connections are just closed.
const MOST_REFUSALS: usize = 128;
/// Time for a client to read the refusal.
const PATIENCE: Duration = Duration::from_secs(2);

impl Default for RefusalAnswers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_REFUSALS)))
    }
}

impl RefusalAnswers {
    /// Answers a connection with `503` and closes it, in the background. `id` names the
    /// refusal in the answer.
    pub fn refuse(&self, stream: TcpStream, id: String) {
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else { return };
        tokio::spawn(async move {
            // Whoever does not read it in time is just closed.
            let _ = tokio::time::timeout(PATIENCE, send_refusal(stream, &id)).await;
            drop(permit);
        });
    }
}

/// The body of a refusal, as [`Problem::reply`](crate::http::problem::Problem::reply) makes it.
fn body(id: &str) -> String {
    format!(
        "{{\"type\":\"tag:tile-server,2026:problem/overloaded\",\
         \"title\":\"Too busy\",\"status\":503,\
         \"detail\":\"Too many connections are open; close some, or try again in a few seconds.\",\
         \"request_id\":\"{id}\"}}"
    )
}

/// Writes the refusal without reading the request: the answer is always the same.
async fn send_refusal(mut stream: TcpStream, id: &str) -> std::io::Result<()> {
    let body = body(id);
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
         content-type: application/problem+json\r\ncache-control: no-store\r\n\
         access-control-allow-origin: *\r\nx-request-id: {id}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // A socket closed over bytes that came in is reset, and a reset takes the
    // answer with it: the client closes first.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Least time between two log lines about a crowded listener.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Counts refused and closed connections of a crowded listener, and logs the sums.
///
/// A line for each connection would be a second attack.
#[derive(Debug, Default)]
pub struct CrowdLog {
    logged: Option<Instant>,
    refused: u64,
    evicted: u64,
}

impl CrowdLog {
    /// Counts a refused connection.
    pub fn refused(
        &mut self,
        listener: ListenerKind,
        peer: SocketAddr,
        limit: SlotLimit,
        id: &str,
    ) {
        tracing::debug!(listener = listener.as_str(), %peer, full = limit.as_str(), request = id, "connection refused");
        self.refused += 1;
        self.log(listener);
    }

    /// Counts a connection that was closed for another.
    pub fn evicted(&mut self, listener: ListenerKind, phase: ConnectionPhase) {
        tracing::debug!(
            listener = listener.as_str(),
            phase = phase.as_str(),
            "connection closed for another"
        );
        self.evicted += 1;
        self.log(listener);
    }

    fn log(&mut self, listener: ListenerKind) {
        let now = Instant::now();
        if self.logged.is_some_and(|at| now.duration_since(at) < LINE_EVERY) {
            return;
        }
        tracing::warn!(
            listener = listener.as_str(),
            refused = self.refused,
            closed = self.evicted,
            "connections are at a limit: idle ones are closed for new ones, and where all are \
             busy new ones get 503; see --limit-connections and --limit-connections-per-peer"
        );
        *self = Self { logged: Some(now), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_json() {
        let body: serde_json::Value = serde_json::from_str(&body("0123")).unwrap();
        assert_eq!((&body["status"], &body["request_id"]), (&503.into(), &"0123".into()));
    }
}
