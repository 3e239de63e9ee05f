//! Configuration: from flags, environment, file and defaults to one checked value.
//!
//! | stage | content |
//! |---|---|
//! | [`keys`] | the one table of settings: key, flag, variable, default |
//! | [`renamed_settings`] | former names of settings |
//! | [`file`] | TOML to raw values; unknown keys are faults |
//! | [`merge`] | the winning raw value of each setting, with its source |
//! | [`check`] | raw values to a [`ServeConfig`], listing every fault at once |

pub mod check;
pub mod file;
pub mod keys;
pub mod merge;
pub mod renamed_settings;
mod setting_fault;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use data_library::DatabaseSchemas;
use postgis_store::DatabaseOptions;
use tile_source::workers::WorkerOptions;

use crate::http::base_url::BaseUrls;
use crate::logging::LogFormat;
use crate::net::connection_limits::ConnectionLimits;
use crate::vworld::VworldKey;

pub use merge::{RawSetting, RawValues};
pub use setting_fault::{SettingFault, SettingOrigin};

/// A database and its published tables, checked.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Connection options.
    pub options: DatabaseOptions,
    /// Schemas to discover tables in.
    pub schemas: DatabaseSchemas,
    /// Bytes of memory for tables that are loaded.
    pub table_memory: u64,
}

/// Whole configuration of `tile-server serve`, checked.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Address of the public listener.
    pub listen: SocketAddr,
    /// Address of the staff listener; `None` for no such listener.
    pub listen_staff: Option<SocketAddr>,
    /// Address of the admin listener, for health and metrics; `None` for no such listener.
    pub listen_admin: Option<SocketAddr>,
    /// The database whose tables are published; `None` for none.
    pub database: Option<DatabaseConfig>,
    /// Whether the data directory is the default one: beside a database it may be missing.
    pub data_is_default: bool,
    /// The data directory.
    pub data: PathBuf,
    /// Rules for making links absolute.
    pub base_urls: BaseUrls,
    /// Whether files are public while there is no catalog.
    pub publish_uncatalogued: bool,
    /// Whether the server's own user sees undeclared files on the public listener.
    pub local_files: bool,
    /// Sites that may frame the public page.
    pub frame_ancestors: Vec<String>,
    /// Sites that may frame the staff page.
    pub staff_frame_ancestors: Vec<String>,
    /// Key for the tiles of VWorld beneath every map; `None` for the district's own base alone.
    pub vworld_key: Option<VworldKey>,
    /// Format of log lines.
    pub log_format: LogFormat,
    /// Filter of log lines, in the syntax of `EnvFilter`.
    pub log_filter: String,
    /// Limits on encoding work.
    pub workers: WorkerOptions,
    /// Bytes of the tile caches; 0 for none.
    pub cache_bytes: u64,
    /// Time limit of one request.
    pub request_timeout: Duration,
    /// Bounds on connections.
    pub connections: ConnectionLimits,
}
