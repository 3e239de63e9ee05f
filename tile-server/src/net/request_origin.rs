//! Origin of a request: its listener and both ends of its connection.

use std::net::{IpAddr, SocketAddr};

use crate::audience::ListenerKind;

/// Origin of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestOrigin {
    /// Listener that accepted the connection.
    pub listener: ListenerKind,
    /// Address of the other end of the connection.
    pub peer: IpAddr,
    /// Address of this end of the connection.
    pub local: SocketAddr,
}
