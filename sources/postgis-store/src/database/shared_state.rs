//! State that the watcher of a database shares with scans and live tiles.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use deadpool_postgres::Pool;
use parking_lot::{Condvar, Mutex};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_postgres::Client;

use super::byte_budget::ByteBudget;
use super::inventory::{CatalogPoll, DatabaseInventory, DatabaseState};
use super::row_reports::RowReports;
use crate::connection::connector::DatabaseConnector;
use crate::connection::options::DatabaseOptions;
use crate::connection::server_error::ConnectError;
use crate::connection::transaction::StatementLimits;
use crate::relation::relation_name::RelationName;
use crate::relation::srid_crs::CrsList;

/// State that the watcher and the users of a database share.
pub(crate) struct SharedState {
    pub(crate) options: DatabaseOptions,
    pub(crate) connector: DatabaseConnector,
    /// Host and database, for logs.
    pub(crate) address: String,
    pub(crate) runtime: Handle,
    pub(super) inventory: ArcSwap<DatabaseInventory>,
    /// Held while the inventory is replaced.
    pub(super) changing: Mutex<()>,
    pub(super) polled: Condvar,
    /// Wakes the watcher.
    pub(crate) poll_now: Notify,
    pub(crate) crs: Mutex<CrsList>,
    /// Names of the requested tables without geometry.
    pub(super) requested: ArcSwap<BTreeSet<RelationName>>,
    /// Connections of live tiles.
    pub(crate) pool: Pool,
    /// Bytes that the rows of all live tiles may take together.
    pub(crate) budget: ByteBudget,
    /// Faults of rows of live tables.
    pub(crate) rows: Arc<RowReports>,
    /// Time of the last answer to a query of a tile.
    pub(super) answered: Mutex<Option<Instant>>,
    /// Whether the server can check that its client is still connected.
    pub(crate) checks_client: AtomicBool,
    /// Whether queries are ended by closing their connection, not by a request to cancel:
    /// behind a pooler of which some releases (PgBouncer 1.18 and 1.19.0) exit at such a
    /// request.
    pub(crate) closes_to_cancel: AtomicBool,
}

impl SharedState {
    /// Opens a connection.
    pub(crate) async fn connect(&self) -> Result<Client, ConnectError> {
        let connecting = async {
            let (client, _) = self.connector.connect().await?;
            Ok(client)
        };
        match tokio::time::timeout(self.options.login_timeout, connecting).await {
            Err(elapsed) => Err(ConnectError::Timeout(elapsed)),
            Ok(connected) => connected.map_err(ConnectError::Server),
        }
    }

    /// Limits of a transaction with these timeouts.
    pub(crate) fn limits(&self, statement: Duration, lock: Duration) -> StatementLimits {
        StatementLimits {
            statement,
            lock,
            checks_client: self.checks_client.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn inventory(&self) -> Arc<DatabaseInventory> {
        self.inventory.load_full()
    }

    /// Names of the requested tables without geometry.
    pub(crate) fn requested(&self) -> Arc<BTreeSet<RelationName>> {
        self.requested.load_full()
    }

    pub(super) fn awaits_poll(&self) -> bool {
        let inventory = self.inventory();
        match inventory.state {
            DatabaseState::Starting => true,
            DatabaseState::Up => inventory.requested != self.requested(),
            DatabaseState::Lost { .. } => false,
        }
    }

    /// Marks the database as up, with the result of a inventory.
    pub(crate) fn found(&self, seen: CatalogPoll) {
        let CatalogPoll { tables, values, requested, notes } = seen;
        let mut changing = self.changing.lock();
        let before = self.inventory();
        let was_up = before.state == DatabaseState::Up;
        if !was_up {
            tracing::info!(database = self.address, tables = tables.len(), "the database is there");
            // Connections of before it was lost are of no use, whether they know it or not.
            self.pool.retain(|_, _| false);
        }
        let state = DatabaseState::Up;
        let inventory =
            DatabaseInventory { state, complete: true, tables, values, requested, notes };
        self.replace_inventory(inventory, &before, &mut changing);
    }

    /// Records that a query of a tile was answered.
    pub(crate) fn note_answer(&self) {
        *self.answered.lock() = Some(Instant::now());
    }

    /// Whether the database answers: a query of a tile was answered since `since`, or else a
    /// query of no cost is, on a connection of the tiles or on a new one.
    pub(crate) async fn answers(&self, since: tokio::time::Instant) -> bool {
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
    pub(crate) fn unseen(&self, reason: String) {
        if !self.inventory().complete {
            self.lost(reason);
            return;
        }
        let mut changing = self.changing.lock();
        let before = self.inventory();
        let note = format!("new and changed tables are not noticed: {reason}");
        if !before.notes.contains(&note) {
            tracing::warn!(database = self.address, "{note}");
        }
        let inventory = DatabaseInventory {
            state: DatabaseState::Up,
            notes: vec![note],
            ..DatabaseInventory::clone(&before)
        };
        self.replace_inventory(inventory, &before, &mut changing);
    }

    /// Marks the database as lost.
    pub(crate) fn lost(&self, reason: String) {
        let mut changing = self.changing.lock();
        let before = self.inventory();
        if !matches!(before.state, DatabaseState::Lost { .. }) {
            tracing::warn!(database = self.address, reason, "the database can't be used");
        }
        let inventory = DatabaseInventory {
            state: DatabaseState::Lost { reason },
            notes: Vec::new(),
            ..DatabaseInventory::clone(&before)
        };
        self.replace_inventory(inventory, &before, &mut changing);
    }

    fn replace_inventory(
        &self,
        inventory: DatabaseInventory,
        before: &DatabaseInventory,
        _changing: &mut parking_lot::MutexGuard<'_, ()>,
    ) {
        if inventory != *before {
            self.inventory.store(Arc::new(inventory));
        }
        self.polled.notify_all();
    }
}
