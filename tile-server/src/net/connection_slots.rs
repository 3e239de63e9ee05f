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

/// Least time between two fruitless scans of all connections: each takes time in proportion to
/// their number.
const FRUITLESS_SCAN_PAUSE: Duration = Duration::from_millis(10);

/// Slots for the connections of one listener.
///
/// A new connection that finds all slots taken, or all of its peer, gets the slot of a
/// connection without a request: the oldest that has sent no complete head, else the longest
/// idle one, else one whose client has stopped reading. So connections without requests block
/// no client. Where every connection has a request, the new one is refused.
#[derive(Debug)]
pub struct ConnectionSlots {
    capacity: usize,
    per_peer: usize,
    /// Trusted proxies, behind which many clients are one peer.
    trusted: Vec<TrustedNetwork>,
    table: Mutex<SlotTable>,
    /// Notified when the last connection is closed.
    emptied: Notify,
}

#[derive(Debug, Default)]
struct SlotTable {
    next: u64,
    all: HashMap<u64, Arc<SlotHolder>>,
    peers: HashMap<IpAddr, BTreeMap<u64, Arc<SlotHolder>>>,
    /// Connections without a head, in order of arrival. Those that have sent a head since, or
    /// are closed, are skipped.
    headless: VecDeque<Arc<SlotHolder>>,
    /// Idle and stalled connections as of the last scan, the first to close in front. Those
    /// that have changed since are skipped.
    evictable: VecDeque<(PhaseSince, Arc<SlotHolder>)>,
    /// Time of a scan of all connections that found none to close.
    last_fruitless_scan: Option<Instant>,
}

#[derive(Debug)]
struct SlotHolder {
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
    holder: Arc<SlotHolder>,
}

/// Slot of a new connection, and the phase of the connection closed for it.
#[derive(Debug)]
pub struct SlotAdmission {
    /// The new connection's slot.
    pub slot: ConnectionSlot,
    /// Phase of the closed connection; `None` where none was closed.
    pub evicted: Option<ConnectionPhase>,
}

/// Limit that a refused connection met; no slot under it could be freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotLimit {
    /// All slots of the listener.
    Listener,
    /// All slots of one peer.
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

    /// Waits until the slot is given to another connection.
    pub async fn evicted(&self) {
        self.holder.evicted.notified().await;
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut table = self.slots.lock();
        table.remove(&self.holder);
        if table.all.is_empty() {
            self.slots.emptied.notify_waiters();
        }
    }
}

impl ConnectionSlots {
    /// Slots for `capacity` connections, `per_peer` of them for one peer.
    #[must_use]
    pub fn new(capacity: usize, per_peer: usize, trusted: Vec<TrustedNetwork>) -> Self {
        Self {
            capacity: capacity.max(1),
            per_peer: per_peer.max(1),
            trusted,
            table: Mutex::default(),
            emptied: Notify::new(),
        }
    }

    /// Takes a slot for a new connection, if need be from one without a request.
    ///
    /// # Errors
    /// The limit that was met, where every connection under it is busy.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Result<SlotAdmission, SlotLimit> {
        let is_proxy = self.trusted.iter().any(|network| network.contains(peer));
        let peer = (!is_proxy).then(|| peer_prefix(peer));
        let mut table = self.lock();
        let mut evicted = None;
        if let Some(peer) = peer
            && table.peers.get(&peer).is_some_and(|own| own.len() >= self.per_peer)
        {
            evicted = Some(table.evict_of(peer).ok_or(SlotLimit::Peer)?);
        }
        if table.all.len() >= self.capacity {
            evicted = Some(table.evict().ok_or(SlotLimit::Listener)?);
        }
        let holder = table.insert(peer);
        drop(table);
        let slot = ConnectionSlot { slots: Arc::clone(self), holder };
        Ok(SlotAdmission { slot, evicted })
    }

    /// Closes the first connection that may be closed; returns its phase.
    ///
    /// For a system that is short of file descriptors; `None` where every connection is busy.
    pub fn evict(&self) -> Option<ConnectionPhase> {
        self.lock().evict()
    }

    /// Waits until every connection is closed.
    pub async fn all_closed(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            // Before the count, so that an end between the two is not missed.
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

    fn lock(&self) -> MutexGuard<'_, SlotTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SlotTable {
    fn insert(&mut self, peer: Option<IpAddr>) -> Arc<SlotHolder> {
        self.next += 1;
        let holder = Arc::new(SlotHolder {
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

    fn remove(&mut self, holder: &SlotHolder) {
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

    /// Closes the first connection that may be closed; returns its phase.
    fn evict(&mut self) -> Option<ConnectionPhase> {
        let holder = self.first_headless().or_else(|| self.first_evictable())?;
        Some(self.close(&holder))
    }

    /// Closes the first connection of one peer that may be closed; returns its phase.
    fn evict_of(&mut self, peer: IpAddr) -> Option<ConnectionPhase> {
        let own = self.peers.get(&peer)?.values();
        let (_, holder) = own
            .filter_map(|holder| Some((holder.rank()?, holder)))
            .min_by_key(|(rank, _)| *rank)?;
        let holder = Arc::clone(holder);
        Some(self.close(&holder))
    }

    fn close(&mut self, holder: &Arc<SlotHolder>) -> ConnectionPhase {
        let phase = holder.activity.since().phase();
        self.remove(holder);
        holder.evicted.notify_one();
        phase
    }

    fn first_headless(&mut self) -> Option<Arc<SlotHolder>> {
        std::iter::from_fn(|| self.headless.pop_front()).find(|holder| holder.is_headless())
    }

    fn first_evictable(&mut self) -> Option<Arc<SlotHolder>> {
        let next = |table: &mut Self| {
            let unchanged = |(seen, holder): &(PhaseSince, Arc<SlotHolder>)| {
                holder.is_open() && holder.activity.since() == *seen
            };
            std::iter::from_fn(|| table.evictable.pop_front()).find(unchanged)
        };
        if let Some((_, holder)) = next(self) {
            return Some(holder);
        }
        let now = Instant::now();
        if self.last_fruitless_scan.is_some_and(|at| now.duration_since(at) < FRUITLESS_SCAN_PAUSE)
        {
            return None;
        }
        let ranked = self.all.values().filter_map(|holder| Some((holder.rank()?, holder)));
        let mut found: Vec<_> = ranked
            .map(|(rank, holder)| (rank, holder.activity.since(), Arc::clone(holder)))
            .collect();
        found.sort_unstable_by_key(|(rank, ..)| *rank);
        self.evictable = found.into_iter().map(|(_, seen, holder)| (seen, holder)).collect();
        let found = next(self);
        self.last_fruitless_scan = found.is_none().then_some(now);
        found.map(|(_, holder)| holder)
    }
}

impl SlotHolder {
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
mod tests;
