//! Connections: listeners, limits, time-outs, and the program at the other end.

pub mod activity;
pub mod client_address;
pub mod connection_limits;
pub mod connection_slots;
pub mod guarded_io;
pub mod local_request;
pub mod network;
pub mod open_files;
pub mod peer_program;
pub(crate) mod proxy_headers;
pub mod proxy_hints;
pub mod refusals;
pub mod request_origin;
pub mod server;
