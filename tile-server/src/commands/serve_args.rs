//! Flags of `serve`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::commands::data_args::DataArgs;

/// Settings of `serve`. A flag wins over its environment variable
/// (`TILE_SERVER_` and the flag's name in capitals), which wins over the file.
///
/// Values are texts here: they are checked together with those of the file, so
/// that every fault is listed at once.
#[derive(Debug, Args, Default)]
#[command(after_help = "Each setting can also be given as an environment variable, \
    TILE_SERVER_ and its flag in capitals (TILE_SERVER_LISTEN_STAFF), or in the file \
    (listen_staff; basemap.vworld_key; log.format, log.filter; tiles.deflate_level, tiles.workers, tiles.queue, \
    tiles.cache_megabytes; \
    limits.header_bytes and so on). Flags win over the environment, the environment over the file.\n\n\
    Signals: SIGTERM and SIGINT drain and end, a second one ends at once; SIGHUP looks for changed \
    data, catalog and styles.\n\n\
    Exit codes: 0 ended by a signal, 1 could not start or run, 2 wrong usage, or faults of settings, \
    catalog or styles.")]
pub struct ServeArgs {
    /// Read settings from this TOML file [env: TILE_SERVER_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Serve the public at this address [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Serve staff, who see every layer, at this address [default: off]
    #[arg(long, value_name = "ADDRESS")]
    listen_staff: Option<String>,
    /// Serve health with the reasons, and metrics, at this address [default: off]
    #[arg(long, value_name = "ADDRESS")]
    listen_admin: Option<String>,
    /// The data directory: *.fgb, *.pmtiles, catalog/ and styles/ [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// A PostgreSQL database with PostGIS: postgresql://USER:PASSWORD@HOST/NAME.
    /// A password is better given by the environment variable
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Publish every table with a geometry in these schemas, separated by commas;
    /// to everyone who reaches the public listener
    #[arg(long, value_name = "SCHEMAS")]
    publish_schema: Option<String>,
    /// Look for the catalog's datasets in these schemas too, without publishing
    /// anything else there [default: those published, else public]
    #[arg(long, value_name = "SCHEMAS")]
    dataset_schema: Option<String>,
    /// Memory for tables that are shown as they are, in MiB; larger ones are asked for the
    /// rows of each tile [default: 1024]
    #[arg(long, value_name = "MEGABYTES")]
    table_memory: Option<String>,
    /// Connections for rows of tiles [default: 8]
    #[arg(long, value_name = "COUNT")]
    database_connections: Option<String>,
    /// Time for the rows of one tile; past it the answer is 504 [default: 10]
    #[arg(long, value_name = "SECONDS")]
    database_query_seconds: Option<String>,
    /// Time for one poll of the tables of the database; what is known is served meanwhile
    /// [default: 60]
    #[arg(long, value_name = "SECONDS")]
    database_poll_seconds: Option<String>,
    /// Time for loading one table into memory [default: 600]
    #[arg(long, value_name = "SECONDS")]
    database_scan_seconds: Option<String>,
    /// Time that a tile or a load waits for a locked table [default: 2]
    #[arg(long, value_name = "SECONDS")]
    database_lock_seconds: Option<String>,
    /// Time for connecting to the database and logging in [default: 3]
    #[arg(long, value_name = "SECONDS")]
    database_login_seconds: Option<String>,
    /// The URL under which clients see this server, with its path prefix
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The URL under which staff reach the staff listener [default: by Host]
    #[arg(long, value_name = "URL")]
    staff_url: Option<String>,
    /// Believe X-Forwarded-* of these addresses or networks, separated by commas
    #[arg(long, value_name = "NETWORKS")]
    trust_proxy: Option<String>,
    /// Publish every file to everyone while there is no catalog
    #[arg(long)]
    publish_uncatalogued: bool,
    /// Sites that may embed the public page, separated by commas [default: 'self']
    #[arg(long, value_name = "ORIGINS")]
    frame_ancestors: Option<String>,
    /// Sites that may embed the staff page, separated by commas [default: 'none']
    #[arg(long, value_name = "ORIGINS")]
    staff_frame_ancestors: Option<String>,
    /// Draw styles over the tiles of VWorld, the Ministry of Land's map, with this key of yours;
    /// browsers then load them from there [default: none]
    #[arg(long, value_name = "KEY")]
    vworld_key: Option<String>,
    /// text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Log lines to write, such as info,access=warn [default: info]
    #[arg(long, value_name = "FILTER")]
    log_filter: Option<String>,
    /// Deflate level of tiles, 1 to 9 [default: 2]
    #[arg(long, value_name = "LEVEL")]
    deflate_level: Option<String>,
    /// Tiles made at the same time [default: one a core]
    #[arg(long, value_name = "COUNT")]
    workers: Option<String>,
    /// Tiles that may wait to be made; past it requests get 503 [default: 2048]
    #[arg(long, value_name = "COUNT")]
    queue: Option<String>,
    /// Memory for tiles made before, in MiB; 0 for none [default: 256]
    #[arg(long, value_name = "MEGABYTES")]
    cache_megabytes: Option<String>,
    /// Bytes of a request's head [default: 32768]
    #[arg(long, value_name = "BYTES")]
    limit_header_bytes: Option<String>,
    /// Time for a request's head [default: 10]
    #[arg(long, value_name = "SECONDS")]
    limit_header_seconds: Option<String>,
    /// Time that a connection may idle [default: 60]
    #[arg(long, value_name = "SECONDS")]
    limit_idle_seconds: Option<String>,
    /// Time in which a client must read something [default: 30]
    #[arg(long, value_name = "SECONDS")]
    limit_write_seconds: Option<String>,
    /// Time for one request; past it the answer is 504 [default: 15]
    #[arg(long, value_name = "SECONDS")]
    limit_request_seconds: Option<String>,
    /// Open connections of one listener [default: 4096]
    #[arg(long, value_name = "COUNT")]
    limit_connections: Option<String>,
    /// Open connections of one client, a trusted proxy aside [default: 256]
    #[arg(long, value_name = "COUNT")]
    limit_connections_per_peer: Option<String>,
    /// Time for requests in flight when the server stops [default: 20]
    #[arg(long, value_name = "SECONDS")]
    limit_drain_seconds: Option<String>,
}

impl ServeArgs {
    /// Settings of `serve` for reading data alone.
    pub(super) fn for_data(args: &DataArgs) -> Self {
        let DataArgs { config, data, database_url, dataset_schema } = args.clone();
        Self { config, data, database_url, dataset_schema, ..Self::default() }
    }

    /// The given flags, by setting.
    #[must_use]
    pub fn given(&self) -> BTreeMap<&'static str, String> {
        let switch = self.publish_uncatalogued.then(|| "true".to_owned());
        let flags = [
            ("listen", &self.listen),
            ("listen_staff", &self.listen_staff),
            ("listen_admin", &self.listen_admin),
            ("data", &self.data),
            ("database.url", &self.database_url),
            ("database.publish_schema", &self.publish_schema),
            ("database.dataset_schema", &self.dataset_schema),
            ("database.table_memory", &self.table_memory),
            ("database.connections", &self.database_connections),
            ("database.query_seconds", &self.database_query_seconds),
            ("database.poll_seconds", &self.database_poll_seconds),
            ("database.scan_seconds", &self.database_scan_seconds),
            ("database.lock_seconds", &self.database_lock_seconds),
            ("database.login_seconds", &self.database_login_seconds),
            ("public_url", &self.public_url),
            ("staff_url", &self.staff_url),
            ("trust_proxy", &self.trust_proxy),
            ("publish_uncatalogued", &switch),
            ("frame_ancestors", &self.frame_ancestors),
            ("staff_frame_ancestors", &self.staff_frame_ancestors),
            ("basemap.vworld_key", &self.vworld_key),
            ("log.format", &self.log_format),
            ("log.filter", &self.log_filter),
            ("tiles.deflate_level", &self.deflate_level),
            ("tiles.workers", &self.workers),
            ("tiles.queue", &self.queue),
            ("tiles.cache_megabytes", &self.cache_megabytes),
            ("limits.header_bytes", &self.limit_header_bytes),
            ("limits.header_seconds", &self.limit_header_seconds),
            ("limits.idle_seconds", &self.limit_idle_seconds),
            ("limits.write_seconds", &self.limit_write_seconds),
            ("limits.request_seconds", &self.limit_request_seconds),
            ("limits.connections", &self.limit_connections),
            ("limits.connections_per_peer", &self.limit_connections_per_peer),
            ("limits.drain_seconds", &self.limit_drain_seconds),
        ];
        flags.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}
