//! `tile-server serve`: check everything, then open the ports.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use data_library::{DatabaseTables, LibraryOptions};
use postgis_store::{DatabaseError, PostgisDatabase};
use tile_source::workers::TileWorkers;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::audience::ListenerKind;
use crate::commands::serve_args::ServeArgs;
use crate::config::{DatabaseConfig, RawValues, ServeConfig, check, file, keys, merge};
use crate::layer_library::LibraryDirectory;
use crate::logging::{self, report};
use crate::net::connection_limits::ConnectionLimits;
use crate::net::open_files;
use crate::net::server::BoundServer;
use crate::server_state::{ServerOptions, ServerState};

/// Exit codes of `serve`.
pub mod exit {
    /// The server could not start or run.
    pub const FAILED: u8 = 1;
    /// The configuration, catalog or styles have faults.
    pub const MISCONFIGURED: u8 = 2;
}

/// Reads and checks the configuration: from the file, the environment and flags.
///
/// # Errors
/// Every fault, as text; those of the catalog and the styles as well, where the
/// data directory is known, so that all can be mended at once.
pub fn configure(
    args: &ServeArgs,
    variables: &BTreeMap<String, String>,
) -> Result<ServeConfig, Vec<String>> {
    let path = args.config.clone();
    let path = path.or_else(|| variables.get(keys::CONFIG_VARIABLE).map(PathBuf::from));
    let (values, mut faults) = match path {
        Some(path) => file::read(&path),
        None => (BTreeMap::new(), Vec::new()),
    };
    faults.extend(merge::unknown_variables(variables.keys().map(String::as_str)));
    let merged = RawValues::merge(&args.given(), |name| variables.get(name).cloned(), values);
    let config = check::check(&merged);
    match config {
        Ok(config) if faults.is_empty() => Ok(config),
        other => {
            faults.extend(other.err().into_iter().flatten());
            let data = merged.get("data").map(|raw| PathBuf::from(raw.text()));
            let documents = data.filter(|data| data.is_dir());
            let documents =
                documents.map(|data| LibraryDirectory::faults_at(&data)).unwrap_or_default();
            Err(faults.iter().map(ToString::to_string).chain(documents).collect())
        }
    }
}

/// Environment variables of the program. One that is not UTF-8 is reported like any other bad
/// value.
pub(crate) fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| [name, value].map(|text| text.to_string_lossy().into_owned()))
        .filter(|[name, _]| name.starts_with(keys::PREFIX))
        .map(|[name, value]| (name, value))
        .collect()
}

/// Runs the server until SIGTERM or SIGINT; a second one ends it at once.
#[must_use]
pub fn run(args: &ServeArgs) -> ExitCode {
    let config = match configure(args, &environment()) {
        Ok(config) => config,
        Err(faults) => return misconfigured(&faults),
    };
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let _log = logging::start(config.log_format, filter);
    open_files::raise_limit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("threads can't be started: {error}")),
    };
    // Before anything is loaded, which may take long: the signal ends no process here.
    let hangup = {
        let _context = runtime.enter();
        match signal(SignalKind::hangup()) {
            Ok(hangup) => hangup,
            Err(error) => return failed(&format!("signals can't be handled: {error}")),
        }
    };
    let database = config.database.clone().map(|database| open_database(database, &runtime));
    let database = match database.transpose() {
        Ok(database) => database,
        Err(error) => return misconfigured(&[format!("--database-url: {error}")]),
    };
    let options = LibraryOptions {
        publish_uncatalogued: config.publish_uncatalogued,
        folder_is_optional: config.data_is_default && database.is_some(),
        workers: Arc::new(TileWorkers::new(config.workers)),
        database,
    };
    let library = match LibraryDirectory::open(&config.data, options) {
        Ok(library) => library,
        Err(faults) => return misconfigured(&faults),
    };
    let state = ServerState::new(
        Arc::new(library),
        ServerOptions {
            base_urls: config.base_urls.clone(),
            request_timeout: config.request_timeout,
            coding: config.workers.concurrent,
            coding_queue: config.workers.queued,
            cache_bytes: config.cache_bytes,
            frame_ancestors: config.frame_ancestors.clone(),
            staff_frame_ancestors: config.staff_frame_ancestors.clone(),
            local_files: config.local_files,
            vworld_key: config.vworld_key.clone(),
        },
    );
    let code = runtime.block_on(serve(&config, Arc::new(state), hangup));
    // Jobs of clients that are gone may still run; nobody waits for them.
    runtime.shutdown_background();
    code
}

fn open_database(
    config: DatabaseConfig,
    runtime: &Runtime,
) -> Result<DatabaseTables, DatabaseError> {
    let DatabaseConfig { options, schemas, table_memory } = config;
    let database = PostgisDatabase::start(options, runtime.handle().clone())?;
    Ok(DatabaseTables { database, schemas, memory: table_memory })
}

async fn serve(config: &ServeConfig, state: Arc<ServerState>, hangup: Signal) -> ExitCode {
    let addresses: Vec<_> = [
        (ListenerKind::Public, Some(config.listen)),
        (ListenerKind::Staff, config.listen_staff),
        (ListenerKind::Admin, config.listen_admin),
    ]
    .into_iter()
    .filter_map(|(listener, address)| Some((listener, address?)))
    .collect();
    let limits = connection_limits(config, addresses.len());
    let server = match BoundServer::bind(Arc::clone(&state), limits, &addresses).await {
        Ok(server) => server,
        Err(error) => return failed(&error.to_string()),
    };
    // Before the first connection is accepted, so that each is drained; after
    // everything that can fail, so that until then a signal ends the process.
    let signals = signal(SignalKind::terminate())
        .and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)));
    let (mut terminate, mut interrupt) = match signals {
        Ok(signals) => signals,
        Err(error) => return failed(&format!("signals can't be handled: {error}")),
    };
    for (listener, address) in server.addresses() {
        match address {
            Ok(address) => {
                tracing::info!(listener = listener.as_str(), url = %format!("http://{address}/"), "listening");
            }
            Err(error) => return failed(&format!("the address in use is unknown: {error}")),
        }
    }
    announce(config, &state);
    tokio::spawn(refresh_on_hangup(Arc::clone(&state), hangup));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(server.run(async {
        // A sender that is dropped ends the server too.
        let _ = stopped.await;
    }));
    tokio::pin!(running);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = &mut running => return finished(ended),
    }
    let _ = stop.send(());
    tokio::select! {
        ended = &mut running => finished(ended),
        // At once, and without a word: a write could block for ever.
        _ = terminate.recv() => std::process::exit(exit::FAILED.into()),
        _ = interrupt.recv() => std::process::exit(exit::FAILED.into()),
    }
}

/// Looks for changes at once on each SIGHUP, the signal that tools send for a reload. Settings
/// are read only at the start.
async fn refresh_on_hangup(state: Arc<ServerState>, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        tracing::info!(
            "SIGHUP: looking for changed data, catalog and styles; settings need a restart"
        );
        state.request_refresh();
    }
}

/// Limits on connections, lowered to the open files that the system allows.
fn connection_limits(config: &ServeConfig, listeners: usize) -> ConnectionLimits {
    let crowded = listeners - usize::from(config.listen_admin.is_some());
    let fitted = open_files::fitting(config.connections, crowded, open_files::limit());
    if fitted != config.connections {
        tracing::warn!(
            open_files = open_files::limit(),
            asked = config.connections.connections,
            connections = fitted.connections,
            "fewer connections than --limit-connections asks for: the system limits open \
             files; raise that (LimitNOFILE= of systemd, ulimit -n)"
        );
    }
    fitted
}

/// Logs undeclared layers and open listeners for the operator, then settles the start.
fn announce(config: &ServeConfig, state: &ServerState) {
    let published = state.published();
    let layers = published.snapshot.all_layers();
    for layer in layers.iter().filter(|layer| layer.theme.is_none()) {
        tracing::info!(
            layer = layer.id.as_str(),
            dataset = layer.dataset.as_str(),
            title = layer.title.ko,
            public = layer.visible_to(data_model::Audience::Public),
            "layer without a catalog entry"
        );
    }
    if !published.snapshot.catalog_in_force() && !config.publish_uncatalogued {
        if config.local_files {
            tracing::info!(
                url = %format!("http://{}/", config.listen),
                "there is no catalog: files are shown to programs of this user on this machine, \
                 and to nobody through a proxy"
            );
        } else {
            tracing::warn!(
                "there is no catalog: files are shown on the staff listener alone; declare what is \
                 public in catalog/, or publish every file with --publish-uncatalogued"
            );
        }
    }
    if config.listen_staff.is_some_and(|address| !address.ip().is_loopback()) {
        tracing::warn!(
            "the staff listener is open beyond this machine: everyone who reaches it sees every layer"
        );
    }
    if state.is_starting() {
        tracing::info!(
            awaited = published.snapshot.awaited(),
            "starting: what is there is served; /readyz is 503 until the rest is loaded and computed"
        );
    }
    state.log_once_ready();
}

fn finished(ended: Result<usize, tokio::task::JoinError>) -> ExitCode {
    match ended {
        Ok(0) => {
            tracing::info!("stopped");
            ExitCode::SUCCESS
        }
        Ok(cut_off) => {
            tracing::warn!(cut_off, "stopped; these connections did not end in time");
            ExitCode::SUCCESS
        }
        Err(error) => failed(&format!("the server ended unexpectedly: {error}")),
    }
}

fn failed(problem: &str) -> ExitCode {
    report(&format!("tile-server: {problem}"));
    ExitCode::from(exit::FAILED)
}

fn misconfigured(faults: &[String]) -> ExitCode {
    let list: String =
        faults.iter().map(|fault| format!("\n  {}", fault.replace('\n', "\n  "))).collect();
    report(&format!("tile-server: not started, {} fault(s):{list}", faults.len()));
    ExitCode::from(exit::MISCONFIGURED)
}
