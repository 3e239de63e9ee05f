//! The program at the other end of a loopback connection, from Linux's `/proc`.
//!
//! A proxy that passes a request on unchanged can't be distinguished from its operator by anything in
//! the request. Unlike a client, it accepts connections itself.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process};
use rustix::process::geteuid;
use tokio::sync::Mutex;

/// Reason for which a connection may carry requests of others than the server's own user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UntrustedPeer {
    /// The system does not list the connection's other end.
    #[error("the program that asks can't be found in /proc/net/tcp")]
    Unlisted,
    /// A user other than the server's owns the other end.
    #[error("the program that asks runs as another user than the server")]
    OtherUser,
    /// No process with the other end open can be examined.
    #[error("the program that asks can't be examined in /proc")]
    Hidden,
    /// The program accepts connections, as a proxy does.
    #[error("the program that asks accepts connections itself, as a proxy does")]
    AcceptsConnections,
    /// The thread that reads `/proc` failed.
    #[error("/proc can't be read")]
    NotExamined,
}

/// Least time from one scan of `/proc` to the next: however many connections come, scanning
/// takes a small part of one core.
const LEAST_INTERVAL: Duration = Duration::from_millis(50);

/// Examines programs at the other ends of connections, many with one scan of `/proc`.
#[derive(Debug, Default)]
pub struct PeerExaminer {
    /// Number of scans that began.
    begun: AtomicU64,
    last: Mutex<LastLook>,
}

/// The scan that ended last, and the beginning of the last scan. A caller may have given up
/// that one.
#[derive(Debug, Default)]
struct LastLook {
    began: Option<Instant>,
    ended: Option<(u64, LocalPrograms)>,
}

impl PeerExaminer {
    /// Checks the program at the other end of the connection from `peer` to `local`: the
    /// server's own user runs it, and it accepts no connections.
    ///
    /// Waits for a scan of `/proc` that begins after this call: an earlier one may have come
    /// before the connection. All callers that wait meanwhile share it.
    ///
    /// # Errors
    /// [`UntrustedPeer`] where that is not so or can't be found out.
    pub async fn examine(&self, peer: SocketAddr, local: SocketAddr) -> Result<(), UntrustedPeer> {
        let begun_before = self.begun.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if let Some((number, programs)) = &last.ended
            && *number > begun_before
        {
            return programs.examine(peer, local);
        }
        if let Some(began) = last.began {
            tokio::time::sleep_until((began + LEAST_INTERVAL).into()).await;
        }
        last.began = Some(Instant::now());
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let programs = tokio::task::spawn_blocking(LocalPrograms::scan).await;
        let programs = programs.map_err(|_| UntrustedPeer::NotExamined)?;
        let found = programs.examine(peer, local);
        last.ended = Some((number, programs));
        found
    }
}

/// Two ends of a connection, the examined program's first.
type Ends = (SocketAddr, SocketAddr);

/// TCP connections of this machine and the programs that hold them, at one moment.
#[derive(Debug)]
struct LocalPrograms {
    /// User and inode of each socket, by its ends.
    sockets: HashMap<Ends, (u32, u64)>,
    /// Whether a holder accepts connections, by the inode of each socket that a process holds.
    held: HashMap<u64, bool>,
}

impl LocalPrograms {
    /// Reads `/proc`, which takes milliseconds. Blocks.
    fn scan() -> Self {
        let sockets = sockets();
        let accepting = accepting(&sockets);
        let mut held = HashMap::new();
        // If processes can't be listed, no socket has a known holder.
        for process in procfs::process::all_processes().into_iter().flatten().flatten() {
            let of_process = held_sockets(&process);
            let accepts = of_process.iter().any(|inode| accepting.contains(inode));
            for inode in of_process {
                *held.entry(inode).or_insert(false) |= accepts;
            }
        }
        let ends = |socket: &TcpNetEntry| {
            (canonical(socket.local_address), canonical(socket.remote_address))
        };
        let sockets = sockets.iter().map(|socket| (ends(socket), (socket.uid, socket.inode)));
        Self { sockets: sockets.collect(), held }
    }

    fn examine(&self, peer: SocketAddr, local: SocketAddr) -> Result<(), UntrustedPeer> {
        let ends = (canonical(peer), canonical(local));
        let (user, inode) = self.sockets.get(&ends).ok_or(UntrustedPeer::Unlisted)?;
        if *user != geteuid().as_raw() {
            return Err(UntrustedPeer::OtherUser);
        }
        match self.held.get(inode) {
            None => Err(UntrustedPeer::Hidden),
            Some(true) => Err(UntrustedPeer::AcceptsConnections),
            Some(false) => Ok(()),
        }
    }
}

/// Every TCP socket of this machine. A missing table (of IPv6, say) counts as empty.
fn sockets() -> Vec<TcpNetEntry> {
    let tables = [procfs::net::tcp(), procfs::net::tcp6()];
    tables.into_iter().filter_map(Result::ok).flatten().collect()
}

/// Sockets that listen, and connections that were accepted from one that does: a proxy
/// may give each connection to a process of its own, which no longer listens.
fn accepting(sockets: &[TcpNetEntry]) -> HashSet<u64> {
    let listening: Vec<SocketAddr> = sockets
        .iter()
        .filter(|socket| socket.state == TcpState::Listen)
        .map(|socket| canonical(socket.local_address))
        .collect();
    let accepts = |end: SocketAddr| {
        listening.iter().any(|listener| {
            let everywhere = listener.ip().is_unspecified();
            listener.port() == end.port() && (everywhere || listener.ip() == end.ip())
        })
    };
    let ends = sockets.iter().filter(|socket| accepts(canonical(socket.local_address)));
    // Sockets that no process holds any more have the number 0.
    ends.map(|socket| socket.inode).filter(|inode| *inode != 0).collect()
}

/// The sockets that a process has open; none where only its user may list them.
fn held_sockets(process: &Process) -> HashSet<u64> {
    let Ok(open) = process.fd() else { return HashSet::new() };
    let socket = |target| match target {
        FDTarget::Socket(inode) => Some(inode),
        _ => None,
    };
    open.filter_map(|file| socket(file.ok()?.target)).collect()
}

/// The address, with an IPv4-mapped IPv6 address as IPv4, so that both tables agree.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::process::{Command, Stdio};
    use std::sync::Arc;

    /// A connection made by a child process that accepts none.
    fn from_child(listener: &TcpListener) -> (std::process::Child, TcpStream) {
        let port = listener.local_addr().unwrap().port();
        let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; read -r line");
        let mut child = Command::new("bash");
        let child = child.args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        (child, listener.accept().unwrap().0)
    }

    #[test]
    fn a_program_that_accepts_connections_is_distinguished_from_one_that_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (mut child, stream) = from_child(&listener);
        let ends = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
        assert_eq!(LocalPrograms::scan().examine(ends.0, ends.1), Ok(()));
        child.kill().unwrap();
        child.wait().unwrap();

        // This process listens, as a proxy does.
        let mine = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_accepted, peer) = listener.accept().unwrap();
        let refused = Err(UntrustedPeer::AcceptsConnections);
        let programs = LocalPrograms::scan();
        assert_eq!(programs.examine(peer, mine.peer_addr().unwrap()), refused);
    }

    #[test]
    fn an_unknown_connection_is_not_trusted() {
        let [peer, local] = ["127.0.0.1:1", "127.0.0.1:2"].map(|text| text.parse().unwrap());
        assert_eq!(LocalPrograms::scan().examine(peer, local), Err(UntrustedPeer::Unlisted));
    }

    #[tokio::test]
    async fn many_connections_share_few_process_scans() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (mut child, stream) = from_child(&listener);
        let ends = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
        let examiner = Arc::new(PeerExaminer::default());
        let unknown = SocketAddr::new(ends.0.ip(), 1);
        let mut asked = tokio::task::JoinSet::new();
        for n in 0..1000 {
            let examiner = Arc::clone(&examiner);
            let (peer, expected) = match n % 2 {
                0 => (ends.0, Ok(())),
                _ => (unknown, Err(UntrustedPeer::Unlisted)),
            };
            asked.spawn(async move {
                assert_eq!(examiner.examine(peer, ends.1).await, expected, "{n}");
            });
        }
        while let Some(answered) = asked.join_next().await {
            answered.unwrap();
        }
        // All asked before the first scan ended; it and one more serve them all.
        let scans = examiner.begun.load(Ordering::Acquire);
        assert!(scans <= 2, "{scans} scans");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[tokio::test]
    async fn closed_connections_do_not_make_scans_more_frequent() {
        let examiner = PeerExaminer::default();
        let [peer, local] = ["127.0.0.1:1", "127.0.0.1:2"].map(|text| text.parse().unwrap());
        let start = Instant::now();
        let mut given_up = 0;
        while given_up < 200 {
            let mut asked = Box::pin(examiner.examine(peer, local));
            // Polled once, and dropped.
            let polled = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(asked.as_mut().poll(cx).is_ready())
            });
            polled.await;
            given_up += 1;
        }
        let most = 1 + start.elapsed().div_duration_f64(LEAST_INTERVAL) as u64;
        let scans = examiner.begun.load(Ordering::Acquire);
        assert!(scans <= most, "{scans} scans");
    }

    #[tokio::test]
    async fn a_scan_that_began_before_a_connection_does_not_count_for_it() {
        let examiner = PeerExaminer::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        for scans in 1..4 {
            let (mut child, stream) = from_child(&listener);
            let ends = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
            assert_eq!(examiner.examine(ends.0, ends.1).await, Ok(()));
            assert_eq!(examiner.begun.load(Ordering::Acquire), scans);
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}
