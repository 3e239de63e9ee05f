//! A schema for each test in the database of `$TEST_DATABASE_URL`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use postgis_store::{
    DatabaseInventory, DatabaseOptions, DatabaseState, GeometryTable, PostgisDatabase, ScanSummary,
};
use tokio::runtime::{Handle, Runtime};
use tokio_postgres::{Client, NoTls};

use super::FeatureCollector;

/// Maximum time that a test waits for an expected event.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A schema, dropped with all its content at the end.
pub struct ScratchSchema {
    runtime: Runtime,
    client: Client,
    url: String,
    pub schema: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Creates a schema for the test of this name; `None` without a database, with a message
/// that the test is skipped.
pub fn scratch(test: &str) -> Option<ScratchSchema> {
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
        eprintln!("skipped: {test}: $TEST_DATABASE_URL names no PostGIS database");
        return None;
    };
    let runtime = Runtime::new().unwrap();
    let client = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    });
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let schema = format!("t_{}_{number}", std::process::id());
    let scratch = ScratchSchema { runtime, client, url, schema };
    // Two tests may come at once.
    scratch.sql(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock(4711); CREATE EXTENSION IF NOT EXISTS postgis; COMMIT; \
         DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}; SET client_min_messages = error; \
         SELECT set_config('search_path', '{0}, public, ' || extnamespace::regnamespace, false) \
         FROM pg_extension WHERE extname = 'postgis'",
        scratch.schema
    ));
    Some(scratch)
}

impl ScratchSchema {
    /// Runs statements, and flushes their statistics immediately.
    pub fn sql(&self, statements: &str) {
        self.runtime.block_on(async {
            self.client.batch_execute(statements).await.unwrap();
            self.client.batch_execute("SELECT pg_stat_force_next_flush()").await.unwrap();
        });
    }

    /// The only value of the only row of a query.
    pub fn ask<T: for<'a> tokio_postgres::types::FromSql<'a>>(&self, query: &str) -> T {
        self.runtime.block_on(self.client.query_one(query, &[])).unwrap().get(0)
    }

    /// All rows of a query.
    pub fn rows(&self, query: &str) -> Vec<tokio_postgres::Row> {
        self.runtime.block_on(self.client.query(query, &[])).unwrap()
    }

    pub fn handle(&self) -> Handle {
        self.runtime.handle().clone()
    }

    /// The URL, with more parameters.
    pub fn url(&self, parameters: &str) -> String {
        if parameters.is_empty() {
            return self.url.clone();
        }
        let separator = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{separator}{parameters}", self.url)
    }

    pub fn options(&self) -> DatabaseOptions {
        DatabaseOptions {
            schemas: vec![self.schema.clone()],
            poll_interval: Duration::from_millis(50),
            ..DatabaseOptions::new(self.url(""))
        }
    }

    /// A database watcher for the tables of the schema.
    pub fn database(&self) -> Arc<PostgisDatabase> {
        self.database_with(self.options())
    }

    pub fn database_with(&self, options: DatabaseOptions) -> Arc<PostgisDatabase> {
        let database = PostgisDatabase::start(options, self.handle()).unwrap();
        let inventory = database.wait_for_first_poll(PATIENCE);
        assert_ne!(inventory.state, DatabaseState::Starting);
        database
    }

    /// Scans a table by name, with its first geometry column.
    pub fn scan(&self, name: &str) -> (FeatureCollector, ScanSummary) {
        let database = self.database();
        let table = table(&database, name);
        let mut collector = FeatureCollector::default();
        let summary = database.scan(&table, &mut collector).unwrap();
        (collector, summary)
    }
}

impl Drop for ScratchSchema {
    fn drop(&mut self) {
        let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema);
        let _ = self.runtime.block_on(self.client.batch_execute(&drop));
    }
}

/// The currently known table of a name.
pub fn table(database: &PostgisDatabase, name: &str) -> Arc<GeometryTable> {
    let inventory = database.inventory();
    let found = inventory.tables.iter().find(|table| table.name == name);
    let known = || inventory.tables.iter().map(|table| table.full_name()).collect::<Vec<_>>();
    Arc::clone(
        found.unwrap_or_else(|| panic!("{name} is not among {:?}: {:?}", known(), inventory.state)),
    )
}

/// Waits until a condition holds.
pub fn wait_until(what: &str, wanted: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !wanted() {
        assert!(Instant::now() < until, "{what} has not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a poll meets a condition.
pub fn wait_for(
    database: &PostgisDatabase,
    what: &str,
    wanted: impl Fn(&DatabaseInventory) -> bool,
) {
    let until = Instant::now() + PATIENCE;
    while !wanted(&database.inventory()) {
        assert!(Instant::now() < until, "{what} has not come: {:?}", database.inventory());
        std::thread::sleep(Duration::from_millis(10));
    }
}
