//! A database: its current inventory, and connections to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use parking_lot::{Condvar, Mutex};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_postgres::Client;

use super::byte_budget::ByteBudget;
use super::inventory::{DatabaseInventory, DatabaseState};
use super::shared_state::SharedState;
use super::watcher;
use crate::connection::connector::DatabaseConnector;
use crate::connection::options::{self, DatabaseError, DatabaseOptions};
use crate::connection::server_error::ConnectError;
use crate::relation::relation_name::RelationName;
use crate::relation::srid_crs::CrsList;

/// Longest use of a connection of live tiles: its server process keeps memory for each table
/// that it ever read.
const CONNECTION_AGE: Duration = Duration::from_secs(600);

/// A PostGIS database, watched in the background.
///
/// Dropping the database ends the watching.
pub struct PostgisDatabase {
    inner: Arc<SharedState>,
    watcher: tokio::task::AbortHandle,
}

impl std::fmt::Debug for PostgisDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgisDatabase")
            .field("address", &self.inner.address)
            .finish_non_exhaustive()
    }
}

impl PostgisDatabase {
    /// Reads the options and starts the watcher on `runtime`; returns before anything is
    /// connected.
    ///
    /// # Errors
    /// [`DatabaseError`] for invalid options. A database that does not answer is no error:
    /// connecting is tried until it does.
    pub fn start(options: DatabaseOptions, runtime: Handle) -> Result<Arc<Self>, DatabaseError> {
        let connector = options::connection(&options)?;
        let inventory = DatabaseInventory {
            state: DatabaseState::Starting,
            complete: false,
            tables: Vec::new(),
            values: Vec::new(),
            requested: Arc::default(),
            notes: Vec::new(),
        };
        let pool = pool(&connector, &options)?;
        let budget = ByteBudget::new(options.live_bytes);
        let inner = Arc::new(SharedState {
            address: options::server_address(connector.config()),
            options,
            connector,
            runtime: runtime.clone(),
            inventory: ArcSwap::from_pointee(inventory),
            changing: Mutex::new(()),
            polled: Condvar::new(),
            poll_now: Notify::new(),
            crs: Mutex::default(),
            requested: ArcSwap::default(),
            pool,
            budget,
            rows: Arc::default(),
            answered: Mutex::default(),
            checks_client: AtomicBool::new(false),
            closes_to_cancel: AtomicBool::new(false),
        });
        let watcher = runtime.spawn(watcher::watch(Arc::clone(&inner))).abort_handle();
        Ok(Arc::new(Self { inner, watcher }))
    }

    /// Current inventory. Never blocks.
    #[must_use]
    pub fn inventory(&self) -> Arc<DatabaseInventory> {
        self.inner.inventory.load_full()
    }

    /// Sets the names of tables without geometry to look for, from the next poll on. The next
    /// poll comes at once if the names have changed. Never blocks.
    pub fn request_values(&self, names: BTreeSet<RelationName>) {
        if *self.inner.requested() != names {
            self.inner.requested.store(Arc::new(names));
            self.inner.poll_now.notify_one();
        }
    }

    /// Waits for the first poll, successful or not, that covers the tables [asked
    /// for](Self::request_values) by then, at most `patience`. Blocks, and must not be called
    /// from an async worker.
    #[must_use]
    pub fn wait_for_first_poll(&self, patience: Duration) -> Arc<DatabaseInventory> {
        let until = Instant::now() + patience;
        let mut changing = self.inner.changing.lock();
        while self.inner.awaits_poll() {
            if self.inner.polled.wait_until(&mut changing, until).timed_out() {
                break;
            }
        }
        self.inventory()
    }

    /// Host, port and database, for people; nothing to log in with.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// Options that the database was started with.
    #[must_use]
    pub fn options(&self) -> &DatabaseOptions {
        &self.inner.options
    }

    pub(crate) fn inner(&self) -> &Arc<SharedState> {
        &self.inner
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.inner.runtime
    }

    pub(crate) fn crs_list(&self) -> &Mutex<CrsList> {
        &self.inner.crs
    }

    /// Opens a connection of its own.
    pub(crate) async fn connect(&self) -> Result<Client, ConnectError> {
        self.inner.connect().await
    }
}

impl Drop for PostgisDatabase {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

/// Pool of the connections of live tiles, which are opened on demand.
fn pool(connector: &DatabaseConnector, options: &DatabaseOptions) -> Result<Pool, DatabaseError> {
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let config = connector.config().clone();
    let manager = Manager::from_connect(config, connector.clone(), manager_config);
    Pool::builder(manager)
        .max_size(options.pool_size.max(1))
        .runtime(Runtime::Tokio1)
        .create_timeout(Some(options.login_timeout))
        .recycle_timeout(Some(options.login_timeout))
        .pre_recycle(Hook::sync_fn(|_, metrics| {
            let old = metrics.age() >= CONNECTION_AGE;
            if old { Err(HookError::message("it is old")) } else { Ok(()) }
        }))
        .build()
        .map_err(|error| DatabaseError::Url(error.to_string()))
}
