//! Options of a data library, and errors of opening one.

use std::path::PathBuf;
use std::sync::Arc;

use super::database::watched_database::DatabaseTables;
use catalog::CatalogFaults;
use tile_source::workers::TileWorkers;

/// Options of a data library.
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

/// Error of opening a data library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The directory is missing or can't be listed.
    #[error("data directory {}: {error}; create it or name another with --data", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        #[source]
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
        #[source]
        faults: CatalogFaults,
    },
}
