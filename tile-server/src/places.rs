//! Who may hold how many connections, and what the others are told.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::network::Network;

/// The connections of one listener.
#[derive(Debug)]
pub struct Places {
    all: Arc<Semaphore>,
    most: usize,
    per_peer: usize,
    /// Proxies, behind which many clients are one peer.
    trusted: Vec<Network>,
    peers: Mutex<HashMap<IpAddr, usize>>,
}

/// The most permits that can be asked of a semaphore at once.
const MOST_CONNECTIONS: usize = 1 << 20;

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    peer: Option<(Arc<Places>, IpAddr)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((places, peer)) = &self.peer else { return };
        let mut peers = places.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = peers.get_mut(peer) {
            *count -= 1;
            if *count == 0 {
                peers.remove(peer);
            }
        }
    }
}

impl Places {
    /// Places for `most` connections, `per_peer` of them for one peer.
    #[must_use]
    pub fn new(most: usize, per_peer: usize, trusted: Vec<Network>) -> Self {
        let most = most.clamp(1, MOST_CONNECTIONS);
        let peers = Mutex::default();
        Self { all: Arc::new(Semaphore::new(most)), most, per_peer, trusted, peers }
    }

    /// A place for a connection, where there is one.
    #[must_use]
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        if self.trusted.iter().any(|network| network.contains(peer)) {
            return Some(Place { _permit: permit, peer: None });
        }
        let peer = household(peer);
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let count = peers.entry(peer).or_insert(0);
        if *count >= self.per_peer {
            return None;
        }
        *count += 1;
        drop(peers);
        Some(Place { _permit: permit, peer: Some((Arc::clone(self), peer)) })
    }

    /// Waits until every connection is closed.
    pub async fn all_closed(&self) {
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        // Fails only where the semaphore is closed, which it never is.
        let _ = self.all.acquire_many(all).await;
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.most - self.all.available_permits()
    }
}

/// What counts as one peer: an IPv4 address, or the /64 that an IPv6 customer
/// has to choose from.
fn household(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        address => address,
    }
}

/// Tells clients without a place so, a bounded number at once.
#[derive(Debug)]
pub struct Refusals(Arc<Semaphore>);

/// Refusals on their way at once; past them connections are just closed.
const MOST_REFUSALS: usize = 128;
/// How long a client may take to read that there is no place.
const PATIENCE: Duration = Duration::from_secs(2);

const BODY: &str = "{\"type\":\"tag:tile-server,2026:problem/overloaded\",\
    \"title\":\"Too busy\",\"status\":503,\
    \"detail\":\"Too many connections are open; close some, or try again in a few seconds.\"}";

impl Default for Refusals {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_REFUSALS)))
    }
}

impl Refusals {
    /// Answers a connection with `503` and closes it, in the background.
    pub fn refuse(&self, stream: TcpStream, peer: SocketAddr) {
        tracing::debug!(%peer, "no place for a connection");
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else { return };
        tokio::spawn(async move {
            // Whoever does not read it in time is just closed.
            let _ = tokio::time::timeout(PATIENCE, tell(stream)).await;
            drop(permit);
        });
    }
}

/// Reads nothing before it answers: the answer is the same to whatever is asked.
async fn tell(mut stream: TcpStream) -> std::io::Result<()> {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
         content-type: application/problem+json\r\ncache-control: no-store\r\n\
         access-control-allow-origin: *\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // A socket closed over bytes that came in is reset, and a reset takes the
    // answer with it: the client closes first.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_peer_has_its_share_and_a_proxy_all_there_is() {
        let trusted = vec!["10.0.0.1".parse().unwrap()];
        let places = Arc::new(Places::new(5, 2, trusted));
        let held = [places.take(ip("1.1.1.1")), places.take(ip("::ffff:1.1.1.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(ip("1.1.1.1")).is_none());
        let others = [places.take(ip("10.0.0.1")), places.take(ip("10.0.0.1"))];
        let third = places.take(ip("10.0.0.1"));
        assert!(others.iter().all(Option::is_some) && third.is_some());
        assert!(places.take(ip("2.2.2.2")).is_none(), "all five are taken");
        assert_eq!(places.open(), 5);
        drop((held, others, third));
        assert_eq!(places.open(), 0);
        assert!(places.peers.lock().unwrap().is_empty());
        assert!(places.take(ip("1.1.1.1")).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        let places = Arc::new(Places::new(5, 1, Vec::new()));
        let first = places.take(ip("2001:db8::1"));
        assert!(first.is_some());
        assert!(places.take(ip("2001:db8::2")).is_none());
        assert!(places.take(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn the_refusal_is_json() {
        let body: serde_json::Value = serde_json::from_str(BODY).unwrap();
        assert_eq!(body["status"], 503);
    }
}
