//! A database: its current inventory, and connections to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use parking_lot::{Condvar, Mutex};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_postgres::Client;

use super::budget::ByteBudget;
use super::connector::DatabaseConnector;
use super::crs::CrsList;
use super::fault::describe;
use super::options::{self, DatabaseError, DatabaseOptions};
use super::row_reports::RowReports;
use super::table::GeometryTable;
use super::transaction::StatementLimits;
use super::values::{RelationName, ValuesTable};
use super::watch;

/// Longest use of a connection of live tiles: its server process keeps memory for each table
/// that it ever read.
const CONNECTION_AGE: Duration = Duration::from_secs(600);

/// Availability of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseState {
    /// The database has not been looked at yet.
    Starting,
    /// The database answers.
    Up,
    /// The database can't be used now.
    Lost {
        /// Reason, and what to do; without address or credentials.
        reason: String,
    },
}

/// Inventory of a database at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseLook {
    /// Availability of the database.
    pub state: DatabaseState,
    /// Whether the database ever answered; if not, its tables are not known.
    pub complete: bool,
    /// Tables, by schema in the order of the options, then by name and by position of the
    /// geometry column in the table. While the database is lost, the tables of before. A table
    /// that has not changed is the same object in the next look.
    pub tables: Vec<Arc<GeometryTable>>,
    /// Requested tables without geometry, by schema in the order of the options, then by name.
    /// Never published by themselves.
    pub values: Vec<Arc<ValuesTable>>,
    /// Names requested in the last successful look: `values` are all tables of these names, and
    /// nothing is known of other names.
    pub asked: Arc<BTreeSet<RelationName>>,
    /// Notes on parts that can't be used while the rest can, such as a missing schema, and what
    /// to do. Empty while the database is lost.
    pub notes: Vec<String>,
}

/// A PostGIS database, watched in the background.
///
/// Dropping the database ends the watching.
pub struct PostgisDatabase {
    inner: Arc<SharedState>,
    watcher: tokio::task::AbortHandle,
}

impl std::fmt::Debug for PostgisDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("place", &self.inner.place).finish_non_exhaustive()
    }
}

/// Result of one look at the catalogs.
pub(super) struct CatalogPoll {
    pub(super) tables: Vec<Arc<GeometryTable>>,
    pub(super) values: Vec<Arc<ValuesTable>>,
    /// Names by which `values` were looked for.
    pub(super) asked: Arc<BTreeSet<RelationName>>,
    pub(super) notes: Vec<String>,
}

/// State that the watcher and the users of a database share.
pub(super) struct SharedState {
    pub(super) options: DatabaseOptions,
    pub(super) connector: DatabaseConnector,
    /// Host and database, for logs.
    place: String,
    pub(super) runtime: Handle,
    look: ArcSwap<DatabaseLook>,
    /// Held while the look is replaced.
    changing: Mutex<()>,
    looked: Condvar,
    /// Wakes the watcher.
    pub(super) poll_now: Notify,
    pub(super) crs: Mutex<CrsList>,
    /// Names of the requested tables without geometry.
    asked: ArcSwap<BTreeSet<RelationName>>,
    /// Connections of live tiles.
    pub(super) pool: Pool,
    /// Bytes that the rows of all live tiles may take together.
    pub(super) budget: ByteBudget,
    /// Faults of rows of live tables.
    pub(super) rows: Arc<RowReports>,
    /// Time of the last answer to a query of a tile.
    answered: Mutex<Option<Instant>>,
    /// Whether the server can check that its client is still connected.
    pub(super) checks_client: AtomicBool,
    /// Whether queries are ended by closing their connection, not by a request to cancel:
    /// behind a pooler of which some releases (PgBouncer 1.18 and 1.19.0) exit at such a
    /// request.
    pub(super) closes_to_cancel: AtomicBool,
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
        let look = DatabaseLook {
            state: DatabaseState::Starting,
            complete: false,
            tables: Vec::new(),
            values: Vec::new(),
            asked: Arc::default(),
            notes: Vec::new(),
        };
        let pool = pool(&connector, &options)?;
        let budget = ByteBudget::new(options.live_bytes);
        let inner = Arc::new(SharedState {
            place: options::place(connector.config()),
            options,
            connector,
            runtime: runtime.clone(),
            look: ArcSwap::from_pointee(look),
            changing: Mutex::new(()),
            looked: Condvar::new(),
            poll_now: Notify::new(),
            crs: Mutex::default(),
            asked: ArcSwap::default(),
            pool,
            budget,
            rows: Arc::default(),
            answered: Mutex::default(),
            checks_client: AtomicBool::new(false),
            closes_to_cancel: AtomicBool::new(false),
        });
        let watcher = runtime.spawn(watch::watch(Arc::clone(&inner))).abort_handle();
        Ok(Arc::new(Self { inner, watcher }))
    }

    /// Current inventory. Never blocks.
    #[must_use]
    pub fn look(&self) -> Arc<DatabaseLook> {
        self.inner.look.load_full()
    }

    /// Sets the names of tables without geometry to look for, from the next look on. The next
    /// look comes at once if the names have changed. Never blocks.
    pub fn ask_for_values(&self, names: BTreeSet<RelationName>) {
        if *self.inner.asked() != names {
            self.inner.asked.store(Arc::new(names));
            self.inner.poll_now.notify_one();
        }
    }

    /// Waits for the first look, successful or not, that covers the tables [asked
    /// for](Self::ask_for_values) by then, at most `patience`. Blocks, and must not be called
    /// from an async worker.
    #[must_use]
    pub fn wait_for_first_look(&self, patience: Duration) -> Arc<DatabaseLook> {
        let until = Instant::now() + patience;
        let mut changing = self.inner.changing.lock();
        while self.inner.is_to_be_looked_at() {
            if self.inner.looked.wait_until(&mut changing, until).timed_out() {
                break;
            }
        }
        self.look()
    }

    /// Host, port and database, for people; nothing to log in with.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.inner.place
    }

    /// Options that the database was started with.
    #[must_use]
    pub fn options(&self) -> &DatabaseOptions {
        &self.inner.options
    }

    pub(super) fn inner(&self) -> &Arc<SharedState> {
        &self.inner
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.inner.runtime
    }

    pub(super) fn crs_list(&self) -> &Mutex<CrsList> {
        &self.inner.crs
    }

    /// Opens a connection of its own.
    pub(super) async fn connect(&self) -> Result<Client, String> {
        self.inner.connect().await
    }
}

impl Drop for PostgisDatabase {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

impl SharedState {
    /// Opens a connection.
    pub(super) async fn connect(&self) -> Result<Client, String> {
        let connecting = async {
            let (client, _) = self.connector.connect().await?;
            Ok(client)
        };
        match tokio::time::timeout(self.options.login_timeout, connecting).await {
            Err(_) => Err("it does not answer in time".to_owned()),
            Ok(connected) => connected.map_err(|error: tokio_postgres::Error| describe(&error)),
        }
    }

    /// Limits of a transaction with these timeouts.
    pub(super) fn limits(&self, statement: Duration, lock: Duration) -> StatementLimits {
        StatementLimits {
            statement,
            lock,
            checks_client: self.checks_client.load(Ordering::Relaxed),
        }
    }

    pub(super) fn look(&self) -> Arc<DatabaseLook> {
        self.look.load_full()
    }

    /// Names of the requested tables without geometry.
    pub(super) fn asked(&self) -> Arc<BTreeSet<RelationName>> {
        self.asked.load_full()
    }

    fn is_to_be_looked_at(&self) -> bool {
        let look = self.look();
        match look.state {
            DatabaseState::Starting => true,
            DatabaseState::Up => look.asked != self.asked(),
            DatabaseState::Lost { .. } => false,
        }
    }

    /// Marks the database as up, with the result of a look.
    pub(super) fn found(&self, seen: CatalogPoll) {
        let CatalogPoll { tables, values, asked, notes } = seen;
        let mut changing = self.changing.lock();
        let before = self.look();
        let was_up = before.state == DatabaseState::Up;
        if !was_up {
            tracing::info!(database = self.place, tables = tables.len(), "the database is there");
            // Connections of before it was lost are of no use, whether they know it or not.
            self.pool.retain(|_, _| false);
        }
        let state = DatabaseState::Up;
        let look = DatabaseLook { state, complete: true, tables, values, asked, notes };
        self.put(look, &before, &mut changing);
    }

    /// Records that a query of a tile was answered.
    pub(super) fn note_answer(&self) {
        *self.answered.lock() = Some(Instant::now());
    }

    /// Whether the database answers: a query of a tile was answered since `since`, or else a
    /// query of no cost is, on a connection of the tiles or on a new one.
    pub(super) async fn answers(&self, since: tokio::time::Instant) -> bool {
        const NOTHING: &str = "SELECT 1";
        if self.answered.lock().is_some_and(|at| at >= since.into_std()) {
            return true;
        }
        let pooled = async {
            let client = self.pool.get().await.ok()?;
            client.batch_execute(NOTHING).await.ok()
        };
        let own = async {
            let client = self.connect().await.ok()?;
            client.batch_execute(NOTHING).await.ok()
        };
        let asking = async {
            tokio::select! {
                Some(()) = pooled => true,
                Some(()) = own => true,
                else => false,
            }
        };
        tokio::time::timeout(self.options.login_timeout, asking).await.unwrap_or(false)
    }

    /// Marks the database as up though its catalogs can't be read now, keeping the known
    /// tables. Marks it as lost if no tables are known yet.
    pub(super) fn unseen(&self, reason: String) {
        if !self.look().complete {
            self.lost(reason);
            return;
        }
        let mut changing = self.changing.lock();
        let before = self.look();
        let note = format!("new and changed tables are not noticed: {reason}");
        if !before.notes.contains(&note) {
            tracing::warn!(database = self.place, "{note}");
        }
        let look = DatabaseLook {
            state: DatabaseState::Up,
            notes: vec![note],
            ..DatabaseLook::clone(&before)
        };
        self.put(look, &before, &mut changing);
    }

    /// Marks the database as lost.
    pub(super) fn lost(&self, reason: String) {
        let mut changing = self.changing.lock();
        let before = self.look();
        if !matches!(before.state, DatabaseState::Lost { .. }) {
            tracing::warn!(database = self.place, reason, "the database can't be used");
        }
        let look = DatabaseLook {
            state: DatabaseState::Lost { reason },
            notes: Vec::new(),
            ..DatabaseLook::clone(&before)
        };
        self.put(look, &before, &mut changing);
    }

    fn put(
        &self,
        look: DatabaseLook,
        before: &DatabaseLook,
        _changing: &mut parking_lot::MutexGuard<'_, ()>,
    ) {
        if look != *before {
            self.look.store(Arc::new(look));
        }
        self.looked.notify_all();
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
