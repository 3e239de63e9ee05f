//! How a data directory is published, and why it can't be opened.

use std::path::PathBuf;
use std::sync::Arc;

use super::holdings::values_names;
use super::schemas::Schemas;
use catalog::{Catalog, CatalogFaults};
use postgis_store::{Database, DatabaseLook};
use tile_source::workers::TileWorkers;

/// The database whose tables are datasets.
#[derive(Clone)]
pub struct DatabaseTables {
    /// The database.
    pub database: Arc<Database>,
    /// Which of its schemas are looked at.
    pub schemas: Schemas,
    /// Bytes of memory for its feature tables. The largest tables, from the one
    /// on that does not fit, are asked for the rows of each tile instead.
    pub memory: u64,
}

impl DatabaseTables {
    /// What is known of the database. It looks for the values of a catalog's datasets
    /// from now on: those asked for anew are there at its next look.
    pub(super) fn look(&self, catalog: &Catalog) -> Arc<DatabaseLook> {
        self.database.ask_for_values(values_names(catalog));
        self.database.look()
    }
}

/// How a data directory is published.
#[derive(Clone)]
pub struct LibraryOptions {
    /// Whether files are public while there is no catalog. An operator must ask for
    /// it: a private file does not become public by lying in a folder. Once a catalog
    /// is in force, files that it does not declare are for staff only.
    pub publish_uncatalogued: bool,
    /// Whether the folder may be missing, as it may beside a database.
    pub folder_is_optional: bool,
    /// Where tiles are encoded.
    pub workers: Arc<TileWorkers>,
    /// The database, where there is one.
    pub database: Option<DatabaseTables>,
}

/// Why a data directory can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It is missing or can't be listed.
    #[error("data directory {}: {error}; create it or name another with --data", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Its catalog is there and can't be listed.
    #[error("{reason}; make the catalog's folders readable")]
    CatalogUnreadable {
        /// Which folder, and what the system said.
        reason: String,
    },
    /// Its catalog has faults.
    #[error("{}: {faults}", path.display())]
    Catalog {
        /// The catalog's folder.
        path: PathBuf,
        /// All of them.
        faults: CatalogFaults,
    },
}
