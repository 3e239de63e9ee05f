//! Slots of a listener's connections: their number, and the choice of those to close.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::net::activity::{ConnectionActivity, ConnectionPhase, PhaseSince};
use crate::net::network::TrustedNetwork;

/// Time without progress after which an answer's client has stopped reading.
const STALLED_FOR: Duration = Duration::from_secs(5);

/// Least time between two fruitless looks at all connections: each takes time in proportion to
/// their number.
const FRUITLESS: Duration = Duration::from_millis(10);

/// Places for the connections of one listener.
///
/// A connection that comes when all places are taken, or all of its peer, gets the place of a
/// connection that nobody waits for: the oldest that has sent no complete head, else the
/// longest idle one, else one whose client has stopped reading. So no client can keep others
/// out by connections that ask for nothing. Where every request is being answered, the new
/// connection is refused.
#[derive(Debug)]
pub struct ConnectionSlots {
    most: usize,
    per_peer: usize,
    /// Trusted proxies, behind which many clients are one peer.
    trusted: Vec<TrustedNetwork>,
    held: Mutex<Held>,
    /// Notified when the last connection is closed.
    emptied: Notify,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    all: HashMap<u64, Arc<Holder>>,
    peers: HashMap<IpAddr, BTreeMap<u64, Arc<Holder>>>,
    /// Connections without a head, in order of arrival. Those that have sent a head since, or
    /// are closed, are passed over.
    headless: VecDeque<Arc<Holder>>,
    /// Idle and stalled connections as of the last look, the first to close in front. Those
    /// that have changed since are passed over.
    resting: VecDeque<(PhaseSince, Arc<Holder>)>,
    /// Time of a look at all connections that found none to close.
    fruitless: Option<Instant>,
}

#[derive(Debug)]
struct Holder {
    number: u64,
    /// Peer of the connection; `None` for a trusted proxy.
    peer: Option<IpAddr>,
    activity: ConnectionActivity,
    is_open: AtomicBool,
    evicted: Notify,
}

/// Slot of one connection; given back when dropped.
#[derive(Debug)]
pub struct ConnectionSlot {
    slots: Arc<ConnectionSlots>,
    holder: Arc<Holder>,
}

/// Slot of a new connection, and the phase of a connection that was closed for it.
#[derive(Debug)]
pub struct SlotAdmission {
    /// The new connection's place.
    pub slot: ConnectionSlot,
    /// Phase of the closed connection; `None` where none was closed.
    pub evicted: Option<ConnectionPhase>,
}

/// Limit that a refused connection met; no place under it could be freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotLimit {
    /// All places of the listener.
    Listener,
    /// All places of one peer.
    Peer,
}

impl SlotLimit {
    /// Name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Peer => "peer",
        }
    }
}

impl ConnectionSlot {
    /// Activity of the connection, for its socket and its service to keep.
    #[must_use]
    pub fn activity(&self) -> &ConnectionActivity {
        &self.holder.activity
    }

    /// Waits until the place is given to another connection.
    pub async fn evicted(&self) {
        self.holder.evicted.notified().await;
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut held = self.slots.lock();
        held.remove(&self.holder);
        if held.all.is_empty() {
            self.slots.emptied.notify_waiters();
        }
    }
}

impl ConnectionSlots {
    /// Places for `most` connections, `per_peer` of them for one peer.
    #[must_use]
    pub fn new(most: usize, per_peer: usize, trusted: Vec<TrustedNetwork>) -> Self {
        Self {
            most: most.max(1),
            per_peer: per_peer.max(1),
            trusted,
            held: Mutex::default(),
            emptied: Notify::new(),
        }
    }

    /// Takes a place for a new connection, if need be from one that nobody waits for.
    ///
    /// # Errors
    /// The limit that was met, where every connection under it is busy.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Result<SlotAdmission, SlotLimit> {
        let is_proxy = self.trusted.iter().any(|network| network.contains(peer));
        let peer = (!is_proxy).then(|| peer_prefix(peer));
        let mut held = self.lock();
        let mut evicted = None;
        if let Some(peer) = peer
            && held.peers.get(&peer).is_some_and(|own| own.len() >= self.per_peer)
        {
            evicted = Some(held.evict_of(peer).ok_or(SlotLimit::Peer)?);
        }
        if held.all.len() >= self.most {
            evicted = Some(held.evict().ok_or(SlotLimit::Listener)?);
        }
        let holder = held.insert(peer);
        drop(held);
        let slot = ConnectionSlot { slots: Arc::clone(self), holder };
        Ok(SlotAdmission { slot, evicted })
    }

    /// Closes the connection that is first to make way, for a system that is short of files;
    /// returns its phase, `None` where every connection is busy.
    pub fn evict(&self) -> Option<ConnectionPhase> {
        self.lock().evict()
    }

    /// Waits until every connection is closed.
    pub async fn all_closed(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            // Before the look, so that an end between the two is not missed.
            emptied.as_mut().enable();
            if self.open() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Number of open connections.
    #[must_use]
    pub fn open(&self) -> usize {
        self.lock().all.len()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn insert(&mut self, peer: Option<IpAddr>) -> Arc<Holder> {
        self.next += 1;
        let holder = Arc::new(Holder {
            number: self.next,
            peer,
            activity: ConnectionActivity::default(),
            is_open: AtomicBool::new(true),
            evicted: Notify::new(),
        });
        self.all.insert(holder.number, Arc::clone(&holder));
        if let Some(peer) = peer {
            self.peers.entry(peer).or_default().insert(holder.number, Arc::clone(&holder));
        }
        while self.headless.front().is_some_and(|first| !first.is_headless()) {
            self.headless.pop_front();
        }
        // One that stays headless in front must not keep all that came behind it.
        if self.headless.len() > 64 + 2 * self.all.len() {
            self.headless.retain(|holder| holder.is_headless());
        }
        self.headless.push_back(Arc::clone(&holder));
        holder
    }

    fn remove(&mut self, holder: &Holder) {
        if !holder.is_open.swap(false, Ordering::AcqRel) {
            return;
        }
        self.all.remove(&holder.number);
        if let Some(peer) = holder.peer
            && let Some(own) = self.peers.get_mut(&peer)
        {
            own.remove(&holder.number);
            if own.is_empty() {
                self.peers.remove(&peer);
            }
        }
    }

    /// Closes the connection that is first to make way; returns its phase.
    fn evict(&mut self) -> Option<ConnectionPhase> {
        let holder = self.first_headless().or_else(|| self.first_resting())?;
        Some(self.close(&holder))
    }

    /// Closes the connection of one peer that is first to make way; returns its phase.
    fn evict_of(&mut self, peer: IpAddr) -> Option<ConnectionPhase> {
        let own = self.peers.get(&peer)?.values();
        let (_, holder) = own
            .filter_map(|holder| Some((holder.rank()?, holder)))
            .min_by_key(|(rank, _)| *rank)?;
        let holder = Arc::clone(holder);
        Some(self.close(&holder))
    }

    fn close(&mut self, holder: &Arc<Holder>) -> ConnectionPhase {
        let phase = holder.activity.since().phase();
        self.remove(holder);
        holder.evicted.notify_one();
        phase
    }

    fn first_headless(&mut self) -> Option<Arc<Holder>> {
        std::iter::from_fn(|| self.headless.pop_front()).find(|holder| holder.is_headless())
    }

    fn first_resting(&mut self) -> Option<Arc<Holder>> {
        let next = |held: &mut Self| {
            let unchanged = |(seen, holder): &(PhaseSince, Arc<Holder>)| {
                holder.is_open() && holder.activity.since() == *seen
            };
            std::iter::from_fn(|| held.resting.pop_front()).find(unchanged)
        };
        if let Some((_, holder)) = next(self) {
            return Some(holder);
        }
        let now = Instant::now();
        if self.fruitless.is_some_and(|at| now.duration_since(at) < FRUITLESS) {
            return None;
        }
        let ranked = self.all.values().filter_map(|holder| Some((holder.rank()?, holder)));
        let mut found: Vec<_> = ranked
            .map(|(rank, holder)| (rank, holder.activity.since(), Arc::clone(holder)))
            .collect();
        found.sort_unstable_by_key(|(rank, ..)| *rank);
        self.resting = found.into_iter().map(|(_, seen, holder)| (seen, holder)).collect();
        let found = next(self);
        self.fruitless = found.is_none().then_some(now);
        found.map(|(_, holder)| holder)
    }
}

impl Holder {
    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    fn is_headless(&self) -> bool {
        self.is_open() && self.activity.since().phase() == ConnectionPhase::Headless
    }

    /// Rank among the connections that may be closed, the least first; `None` for a busy one.
    fn rank(&self) -> Option<(u8, u64, u64)> {
        let since = self.activity.since();
        let tier = match since.phase() {
            ConnectionPhase::Headless => 0,
            ConnectionPhase::Idle => 1,
            ConnectionPhase::Stalled if since.age() >= STALLED_FOR => 2,
            ConnectionPhase::Stalled | ConnectionPhase::Busy => return None,
        };
        Some((tier, since.began(), self.number))
    }
}

/// Prefix of the addresses that translators make of IPv4 addresses (RFC 6052, section 2.1).
const NAT64: u128 = 0x0064_ff9b << 96;

/// The first of the addresses that count as one peer: an IPv4 address, however it is written,
/// or the /56 that an IPv6 customer is given (RIPE-690, section 4.2) and can choose addresses
/// from.
fn peer_prefix(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if address.to_bits() >> 32 == NAT64 >> 32 =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "the low 32 bits are wanted")]
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() as u32))
        }
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - 56))))
        }
        address => address,
    }
}

#[cfg(test)]
#[path = "connection_slots/tests.rs"]
mod tests;
