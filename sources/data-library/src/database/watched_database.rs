//! The database whose tables are datasets, and its last poll.

use std::sync::Arc;
use std::time::Duration;

use super::schemas::DatabaseSchemas;
use crate::inventory::table_names::values_tables;
use catalog::Catalog;
use postgis_store::{DatabaseInventory, DatabaseState, PostgisDatabase};

/// A database whose tables are datasets.
#[derive(Clone)]
pub struct DatabaseTables {
    /// The database.
    pub database: Arc<PostgisDatabase>,
    /// Schemas to discover tables in.
    pub schemas: DatabaseSchemas,
    /// Memory limit in bytes for feature tables of the database.
    ///
    /// The largest tables, from the first that does not fit, are queried for each tile
    /// instead.
    pub memory: u64,
}

/// The database and the poll that the current snapshot was made from.
///
/// The store polls the database by itself, in the background; nothing here waits for it
/// but the start.
pub(crate) struct WatchedDatabase {
    tables: DatabaseTables,
    poll: Arc<DatabaseInventory>,
}

impl WatchedDatabase {
    /// Waits for the first poll with a catalog's tables, until `timeout` at the latest. Blocks.
    pub(crate) fn open(tables: DatabaseTables, catalog: &Catalog, timeout: Duration) -> Self {
        tables.database.request_values(values_tables(catalog));
        let poll = tables.database.wait_for_first_poll(timeout);
        tracing::debug!(state = ?poll.state, "first poll of the database");
        Self { tables, poll }
    }

    /// Whether a newer poll has another result.
    pub(crate) fn has_changed(&self) -> bool {
        !Arc::ptr_eq(&self.tables.database.inventory(), &self.poll)
    }

    /// Takes the result of the newest poll.
    ///
    /// Also requests the values of a catalog's datasets; newly requested ones are known
    /// after the next poll.
    pub(crate) fn update(&mut self, catalog: &Catalog) {
        self.tables.database.request_values(values_tables(catalog));
        self.poll = self.tables.database.inventory();
    }

    /// Result of the poll taken last.
    pub(crate) fn poll(&self) -> &DatabaseInventory {
        &self.poll
    }

    /// Whether the database was reachable.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.poll.state, DatabaseState::Up)
    }

    pub(crate) fn schemas(&self) -> &DatabaseSchemas {
        &self.tables.schemas
    }

    /// Memory limit in bytes for feature tables.
    pub(crate) fn memory(&self) -> u64 {
        self.tables.memory
    }

    pub(crate) fn connection(&self) -> &Arc<PostgisDatabase> {
        &self.tables.database
    }
}
