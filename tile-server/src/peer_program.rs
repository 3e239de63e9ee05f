//! The program at the other end of a loopback connection, as Linux knows it.
//!
//! A proxy that passes a request on unchanged can't be told from its operator by
//! anything in the request. It differs in what it is: it accepts connections itself.

use std::collections::HashSet;
use std::net::SocketAddr;

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process};
use rustix::process::geteuid;

/// Why a connection may carry requests of others than the server's own user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UntrustedPeer {
    /// The system does not list the connection's other end.
    #[error("the program that asks can't be found in /proc/net/tcp")]
    Unlisted,
    /// A user other than the server's owns the other end.
    #[error("the program that asks runs as another user than the server")]
    OtherUser,
    /// No process with the other end open can be looked into.
    #[error("the program that asks can't be looked into at /proc")]
    Hidden,
    /// The program accepts connections, as a proxy does.
    #[error("the program that asks accepts connections itself, as a proxy does")]
    AcceptsConnections,
    /// The thread that looks at `/proc` failed.
    #[error("/proc can't be looked at")]
    NotExamined,
}

/// Makes sure that a program of the server's own user, and none that accepts
/// connections, holds the other end of the connection from `peer` to `local`.
///
/// Reads `/proc`, which takes milliseconds. Blocks.
///
/// # Errors
/// [`UntrustedPeer`] where that is not so or can't be found out.
pub fn examine(peer: SocketAddr, local: SocketAddr) -> Result<(), UntrustedPeer> {
    let sockets = sockets();
    let ends = (canonical(peer), canonical(local));
    let other_end = |socket: &&TcpNetEntry| {
        ends == (canonical(socket.local_address), canonical(socket.remote_address))
    };
    let other_end = sockets.iter().find(other_end).ok_or(UntrustedPeer::Unlisted)?;
    if other_end.uid != geteuid().as_raw() {
        return Err(UntrustedPeer::OtherUser);
    }
    let accepting = accepting(&sockets);
    let processes = procfs::process::all_processes().map_err(|_| UntrustedPeer::Hidden)?;
    let holders = processes.filter_map(|process| Some(held_sockets(&process.ok()?)));
    let mut known = false;
    for held in holders.filter(|held| held.contains(&other_end.inode)) {
        if held.iter().any(|inode| accepting.contains(inode)) {
            return Err(UntrustedPeer::AcceptsConnections);
        }
        known = true;
    }
    if known { Ok(()) } else { Err(UntrustedPeer::Hidden) }
}

/// Every TCP socket of this machine. A table that is missing (IPv6 may be) is empty.
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

/// The sockets that a process has open; none where its user keeps them to himself.
fn held_sockets(process: &Process) -> HashSet<u64> {
    let Ok(open) = process.fd() else { return HashSet::new() };
    let socket = |target| match target {
        FDTarget::Socket(inode) => Some(inode),
        _ => None,
    };
    open.filter_map(|file| socket(file.ok()?.target)).collect()
}

/// IPv4 addresses are the same in IPv6's table.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::process::{Command, Stdio};

    /// A connection that was made by a child process which accepts none.
    fn from_child(listener: &TcpListener) -> (std::process::Child, TcpStream) {
        let port = listener.local_addr().unwrap().port();
        let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; read -r line");
        let mut child = Command::new("bash");
        let child = child.args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        (child, listener.accept().unwrap().0)
    }

    #[test]
    fn a_program_that_accepts_nothing_is_told_from_one_that_does() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (mut child, stream) = from_child(&listener);
        let ends = (stream.peer_addr().unwrap(), stream.local_addr().unwrap());
        assert_eq!(examine(ends.0, ends.1), Ok(()));
        child.kill().unwrap();
        child.wait().unwrap();

        // This process listens, as a proxy does.
        let mine = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_accepted, peer) = listener.accept().unwrap();
        let refused = Err(UntrustedPeer::AcceptsConnections);
        assert_eq!(examine(peer, mine.peer_addr().unwrap()), refused);
    }

    #[test]
    fn an_unknown_connection_is_not_trusted() {
        let [peer, local] = ["127.0.0.1:1", "127.0.0.1:2"].map(|text| text.parse().unwrap());
        assert_eq!(examine(peer, local), Err(UntrustedPeer::Unlisted));
    }
}
