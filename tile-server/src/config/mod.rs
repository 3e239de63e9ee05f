//! Configuration: from flags, environment, file and defaults to one checked value.
//!
//! | stage | what it does |
//! |---|---|
//! | [`keys`] | the one table of settings: key, flag, variable, default |
//! | [`file`] | TOML to raw values; unknown keys are faults |
//! | [`merge`] | which of the raw values wins, and where it came from |
//! | [`check`] | raw values to a [`Config`], listing every fault at once |

pub mod check;
pub mod file;
pub mod keys;
pub mod merge;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use data_library::Schemas;
use postgis_store::DatabaseOptions;
use tile_source::workers::WorkerOptions;

use crate::http::base_url::BaseUrls;
use crate::logging::LogFormat;
use crate::net::server::ConnectionLimits;

pub use merge::{Origin, Raw, RawValues};

/// A database and what of it is published, checked.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// How it is reached.
    pub options: DatabaseOptions,
    /// Which of its schemas are looked at.
    pub schemas: Schemas,
    /// Bytes of memory for its tables.
    pub table_memory: u64,
}

/// The whole configuration of `tile-server serve`, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the public is served.
    pub listen: SocketAddr,
    /// Where staff are served, if at all.
    pub listen_staff: Option<SocketAddr>,
    /// Where health and metrics are served, besides the other listeners.
    pub listen_admin: Option<SocketAddr>,
    /// The database whose tables are published, if any.
    pub database: Option<DatabaseConfig>,
    /// Whether nobody named the data directory: beside a database it may be missing.
    pub data_is_default: bool,
    /// The data directory.
    pub data: PathBuf,
    /// How links are made absolute.
    pub base_urls: BaseUrls,
    /// Whether files are public while there is no catalog.
    pub publish_uncatalogued: bool,
    /// Whether the server's own user sees them on the public listener.
    pub local_files: bool,
    /// Sites that may frame the public page.
    pub frame_ancestors: Vec<String>,
    /// Sites that may frame the staff page.
    pub staff_frame_ancestors: Vec<String>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written, in the syntax of `EnvFilter`.
    pub log_filter: String,
    /// How much encoding is taken on.
    pub workers: WorkerOptions,
    /// Bytes of fragments that are kept; 0 for none.
    pub cache_bytes: u64,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// Bounds on connections.
    pub connections: ConnectionLimits,
}

/// One fault: where the value came from, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where the value came from.
    pub origin: Origin,
    /// What is wrong.
    pub problem: String,
    /// What to do about it; empty where the problem says so.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.problem)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", self.remedy) }
    }
}
