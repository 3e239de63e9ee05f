//! Listeners and their connections.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::audience::ListenerKind;
use crate::net::activity::{self, ConnectionActivity};
use crate::net::connection_limits::ConnectionLimits;
use crate::net::connection_slots::{ConnectionSlot, ConnectionSlots};
use crate::net::guarded_io::GuardedIo;
use crate::net::local_request::LocalConnection;
use crate::net::refusals::{CrowdLog, RefusalAnswers};
use crate::net::request_origin::RequestOrigin;
use crate::server_state::ServerState;
use crate::service;

/// Connections of the admin listener: enough for probes and scrapers.
const ADMIN_CONNECTIONS: usize = 64;

/// Bound sockets, not yet served.
pub struct BoundServer {
    listeners: Vec<(ListenerKind, TcpListener)>,
    state: Arc<ServerState>,
    limits: ConnectionLimits,
}

impl BoundServer {
    /// Binds every address, or none.
    ///
    /// # Errors
    /// The system's error for the first address that can't be bound.
    pub async fn bind(
        state: Arc<ServerState>,
        limits: ConnectionLimits,
        addresses: &[(ListenerKind, SocketAddr)],
    ) -> Result<Self, BindError> {
        let mut listeners = Vec::new();
        for &(listener, address) in addresses {
            let fault = |error| BindError { listener, address, error };
            listeners.push((listener, listen(address).map_err(fault)?));
        }
        Ok(Self { listeners, state, limits })
    }

    /// The addresses in use, with the port that the system chose for a port 0.
    pub fn addresses(&self) -> impl Iterator<Item = (ListenerKind, io::Result<SocketAddr>)> {
        self.listeners.iter().map(|(listener, socket)| (*listener, socket.local_addr()))
    }

    /// Serves until `stop` ends, then drains: no new connection, idle ones closed, requests in
    /// flight finished within the limit. The admin listener stays up meanwhile, so that
    /// `/readyz` can report it.
    ///
    /// Returns the number of connections that had to be cut off.
    pub async fn run(self, stop: impl Future<Output = ()>) -> usize {
        let (phase, _) = watch::channel(Phase::Serving);
        let refresher = tokio::spawn(refresh(Arc::clone(&self.state), phase.subscribe()));
        let mut pools = Vec::new();
        let mut acceptors = Vec::new();
        let mut admin = Vec::new();
        for (listener, socket) in self.listeners {
            let is_admin = listener == ListenerKind::Admin;
            let most = if is_admin { ADMIN_CONNECTIONS } else { self.limits.connections };
            let trusted = self.state.options.base_urls.trusted.clone();
            let slots = Arc::new(ConnectionSlots::new(most, self.limits.per_peer, trusted));
            let acceptor = Acceptor {
                listener,
                state: Arc::clone(&self.state),
                limits: self.limits,
                slots: Arc::clone(&slots),
                refusals: RefusalAnswers::default(),
                crowd_log: CrowdLog::default(),
                phase: phase.subscribe(),
                leaves_at: if is_admin { Phase::Stopped } else { Phase::Draining },
            };
            let task = tokio::spawn(acceptor.run(socket));
            if is_admin {
                admin.push(task);
            } else {
                pools.push(slots);
                acceptors.push(task);
            }
        }
        stop.await;
        tracing::info!("draining");
        self.state.drain();
        phase.send_replace(Phase::Draining);
        let all_closed = async {
            for task in acceptors {
                // An acceptor ends by itself; a panic in it is no reason to wait.
                let _ = task.await;
            }
            for slots in &pools {
                slots.all_closed().await;
            }
        };
        let closed = tokio::time::timeout(self.limits.drain, all_closed).await;
        let cut_off = match closed {
            Ok(()) => 0,
            Err(_) => pools.iter().map(|slots| slots.open()).sum(),
        };
        phase.send_replace(Phase::Stopped);
        for task in admin {
            let _ = task.await;
        }
        // It may be reading a disk that hangs: nobody waits for that.
        refresher.abort();
        cut_off
    }
}

/// Bytes of an answer that the system may hold for one client. Without a bound it takes
/// megabytes each, and reports so little of their progress that a slow client and one that has
/// stopped look alike.
const SEND_BUFFER: u32 = 256 << 10;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Listens with a bounded send buffer, which accepted connections inherit.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As `TcpListener::bind` does: a restart must not wait for old connections.
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// An address that can't be bound.
#[derive(Debug, thiserror::Error)]
#[error(
    "{address} (--listen{}) can't be bound: {error}; stop what listens there or choose another port",
    match listener { ListenerKind::Public => "", ListenerKind::Staff => "-staff", ListenerKind::Admin => "-admin" }
)]
pub struct BindError {
    listener: ListenerKind,
    address: SocketAddr,
    error: io::Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    Draining,
    Stopped,
}

/// Waits for a phase. The guard that the channel returns is dropped at once: it is a lock, and
/// must not live across an await.
async fn reached(phase: &mut watch::Receiver<Phase>, at: Phase) {
    // Fails only where the sender is gone, which is the end as well.
    let _ = phase.wait_for(|phase| *phase >= at).await;
}

/// Looks for changed data every second and on request, off the async workers.
async fn refresh(state: Arc<ServerState>, mut phase: watch::Receiver<Phase>) {
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => false,
            () = state.refresh_requested() => true,
            () = reached(&mut phase, Phase::Draining) => return,
        };
        let state = Arc::clone(&state);
        let look = move || {
            let changed = state.refresh();
            // A change counts once two looks agree on it.
            (asked && state.refresh()) || changed
        };
        match tokio::task::spawn_blocking(look).await {
            Ok(true) if asked => tracing::info!("changes were found and are published"),
            Ok(false) if asked => tracing::info!("nothing has changed"),
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "looking for changed data failed; the old data is served");
            }
        }
    }
}

/// Accepts the connections of one listener.
struct Acceptor {
    listener: ListenerKind,
    state: Arc<ServerState>,
    limits: ConnectionLimits,
    slots: Arc<ConnectionSlots>,
    refusals: RefusalAnswers,
    crowd_log: CrowdLog,
    phase: watch::Receiver<Phase>,
    leaves_at: Phase,
}

impl Acceptor {
    async fn run(mut self, socket: TcpListener) {
        let mut phase = self.phase.clone();
        let leaves_at = self.leaves_at;
        // One waiter for all rounds: an end that comes while a connection is
        // being set up is not missed.
        let end = reached(&mut phase, leaves_at);
        tokio::pin!(end);
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                () = &mut end => return,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer),
                Err(error) if is_of_one_connection(&error) => {}
                // Out of file descriptors: a connection that nobody waits for gives its own.
                Err(error) if is_out_of_files(&error) && self.evict() => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => {
                    tracing::error!(%error, "connections can't be accepted");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    /// Serves a new connection. Past the limits its client is answered `503`: waiting in the
    /// backlog, it would take the server for dead.
    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) {
        match self.slots.take(peer.ip()) {
            Ok(admission) => {
                if let Some(phase) = admission.evicted {
                    self.note_evicted(phase);
                }
                self.spawn(stream, peer, admission.slot);
            }
            Err(limit) => {
                let id = self.state.next_request().to_string();
                self.state.metrics.refused(self.listener, limit);
                self.crowd_log.refused(self.listener, peer, limit, &id);
                self.refusals.refuse(stream, id);
            }
        }
    }

    /// Closes the connection that is first to make way; returns whether there was one.
    fn evict(&mut self) -> bool {
        let phase = self.slots.evict();
        if let Some(phase) = phase {
            self.note_evicted(phase);
        }
        phase.is_some()
    }

    fn note_evicted(&mut self, phase: activity::ConnectionPhase) {
        self.state.metrics.evicted(self.listener, phase);
        self.crowd_log.evicted(self.listener, phase);
    }

    fn spawn(&self, stream: TcpStream, peer: SocketAddr, slot: ConnectionSlot) {
        // A tile is written at once: waiting for more only delays it.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "TCP_NODELAY can't be set");
        }
        let Ok(local) = stream.local_addr() else { return };
        let origin = RequestOrigin { listener: self.listener, peer: peer.ip(), local };
        let ends = Arc::new(LocalConnection::new(peer, local));
        let state = Arc::clone(&self.state);
        let limits = self.limits;
        let phase = self.phase.clone();
        let leaves_at = self.leaves_at;
        tokio::spawn(async move {
            let _open = state.metrics.connect(origin.listener);
            let activity = slot.activity().clone();
            let served =
                connection(state, stream, (origin, ends), limits, activity, phase, leaves_at);
            tokio::select! {
                () = served => {}
                () = slot.evicted() => {}
            }
            drop(slot);
        });
    }
}

/// Whether an accept failed because its connection was already gone.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Whether an accept failed because this process or the system has too many open files.
fn is_out_of_files(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let of = |errno: Errno| error.raw_os_error() == Some(errno.raw_os_error());
    of(Errno::MFILE) || of(Errno::NFILE)
}

/// Serves one connection to its end.
async fn connection(
    state: Arc<ServerState>,
    stream: TcpStream,
    (origin, ends): (RequestOrigin, Arc<LocalConnection>),
    limits: ConnectionLimits,
    activity: ConnectionActivity,
    mut phase: watch::Receiver<Phase>,
    leaves_at: Phase,
) {
    let io = TokioIo::new(GuardedIo::new(stream, activity.clone(), limits.header, limits.write));
    let service = service_fn(|request: Request<Incoming>| {
        let (state, ends) = (Arc::clone(&state), Arc::clone(&ends));
        let activity = activity.clone();
        async move {
            activity.begin();
            let response = service::answer(&state, origin, &ends, request).await;
            activity.end();
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Runs from the end of the last answer, so it is the idle time.
        .header_read_timeout(limits.idle.max(limits.header))
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER))
        // Bodies go to the kernel as they lie in memory: mapped ones must not be
        // copied by this program (`pmtiles_source`).
        .writev(true)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let mut leaving = phase.clone();
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = reached(&mut leaving, leaves_at) => {
            // Finish the request in flight, then close; cut it off where the
            // drain's time is over.
            connection.as_mut().graceful_shutdown();
            let patient = leaves_at != Phase::Stopped;
            tokio::select! {
                ended = connection => ended,
                () = reached(&mut phase, Phase::Stopped), if patient => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        // The client's doing: gone, too slow, or not speaking HTTP.
        tracing::debug!(peer = %origin.peer, %error, "connection ended early");
    }
}

/// The smallest buffer that hyper takes.
const SMALLEST_BUFFER: usize = 8192;
