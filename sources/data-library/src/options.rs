//! Options for publishing a data directory, and errors of opening one.

use std::path::PathBuf;
use std::sync::Arc;

use super::inventory::values_names;
use super::schemas::DatabaseSchemas;
use catalog::{Catalog, CatalogFaults};
use postgis_store::{DatabaseInventory, PostgisDatabase};
use tile_source::workers::TileWorkers;

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

impl DatabaseTables {
    /// The known state of the database.
    ///
    /// Also requests the values of a catalog's datasets; newly requested ones are known
    /// after the next look.
    pub(super) fn look(&self, catalog: &Catalog) -> Arc<DatabaseInventory> {
        self.database.request_values(values_names(catalog));
        self.database.inventory()
    }
}

/// Options for publishing a data directory.
#[derive(Clone)]
pub struct LibraryOptions {
    /// Whether files are public while there is no catalog.
    ///
    /// Must be requested by the operator: a private file does not become public by lying in
    /// a folder. Once a catalog is in force, undeclared files are for staff only.
    pub publish_uncatalogued: bool,
    /// Whether the folder may be missing, as beside a database.
    pub folder_is_optional: bool,
    /// Thread pool for encoding tiles.
    pub workers: Arc<TileWorkers>,
    /// The database, if any.
    pub database: Option<DatabaseTables>,
}

/// Error of opening a data directory.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The directory is missing or can't be listed.
    #[error("data directory {}: {error}; create it or name another with --data", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The catalog exists but can't be listed.
    #[error("{reason}; make the catalog's folders readable")]
    CatalogUnreadable {
        /// The folder and the system's error.
        reason: String,
    },
    /// The catalog has faults.
    #[error("{}: {faults}", path.display())]
    Catalog {
        /// The catalog's folder.
        path: PathBuf,
        /// All faults.
        faults: CatalogFaults,
    },
}
