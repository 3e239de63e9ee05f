//! A library of layers: opened once, polled for changes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::catalog_state::CatalogState;
use super::database::watched_database::WatchedDatabase;
use super::directory::data_directory::{self, DataDirectory};
use super::options::{LibraryError, LibraryOptions};
use super::published_layers::notices::{warn_of_absent, warn_of_undeclared};
use super::snapshot::Snapshot;
use super::snapshot_builder::{LibraryParts, SnapshotBuilder};

/// Timeouts at the start: for the database to answer, then for its tables to be loaded.
/// Later arrivals are published by a refresh.
const FIRST_POLL: Duration = Duration::from_secs(2);
const FIRST_TABLES: Duration = Duration::from_secs(5);
/// Timeout at the start for measures that have to be computed.
const FIRST_MEASURES: Duration = Duration::from_secs(3);

/// Layers of a data directory, and of a database if there is one.
///
/// [`snapshot`](Self::snapshot) never blocks. [`refresh`](Self::refresh) reads files and is
/// called from a blocking thread.
///
/// ```
/// use std::sync::Arc;
///
/// use data_library::{DataLibrary, LibraryOptions};
/// use data_model::Audience;
/// use tile_source::workers::{TileWorkers, WorkerOptions};
/// use vector_tile::fragment::DeflateLevel;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("roads.fgb"), "not a FlatGeobuf file")?;
/// let options = LibraryOptions {
///     publish_uncatalogued: true,
///     folder_is_optional: false,
///     workers: Arc::new(TileWorkers::new(WorkerOptions {
///         concurrent: 2,
///         queued: 100,
///         deflate_level: DeflateLevel::DEFAULT,
///     })),
///     database: None,
/// };
/// let library = DataLibrary::open(folder.path(), options)?;
///
/// // The damaged file is published as a layer that is unavailable.
/// let snapshot = library.snapshot();
/// let layer = snapshot.layer("roads", Audience::Public).ok_or("no layer")?;
/// assert!(layer.source().is_none());
/// assert_eq!(snapshot.faults().len(), 1);
///
/// // Nothing has changed, so no other snapshot is published.
/// assert!(!library.refresh());
/// assert!(Arc::ptr_eq(&snapshot, &library.snapshot()));
/// # Ok(())
/// # }
/// ```
pub struct DataLibrary {
    current: ArcSwap<Snapshot>,
    /// Locked during a refresh; requests never wait for the lock.
    state: Mutex<LibraryState>,
}

/// The polled parts of a library, and the builder of its snapshots.
struct LibraryState {
    directory: DataDirectory,
    database: Option<WatchedDatabase>,
    catalog: CatalogState,
    builder: SnapshotBuilder,
}

impl DataLibrary {
    /// Opens a data directory and loads everything in it. Blocks.
    ///
    /// A dataset that can't be read is not an error: its layers are unavailable until the
    /// file is corrected. Neither is an unreachable database, for which opening waits a few
    /// seconds.
    ///
    /// # Errors
    /// Returns [`LibraryError`] if the folder can't be listed or the catalog has faults.
    pub fn open(path: &Path, options: LibraryOptions) -> Result<Self, LibraryError> {
        let directory = DataDirectory::open(path, options.folder_is_optional)
            .map_err(|error| LibraryError::Unreadable { path: path.to_owned(), error })?;
        let catalog = CatalogState::open(
            directory.catalog_folder(),
            &directory.listing().catalog,
            options.publish_uncatalogued,
        )?;
        let builder = SnapshotBuilder::new(path, options.workers, options.database.as_ref());
        let open = |tables| WatchedDatabase::open(tables, catalog.catalog(), FIRST_POLL);
        let database = options.database.map(open);
        let library = Self {
            current: ArcSwap::default(),
            state: Mutex::new(LibraryState { directory, database, catalog, builder }),
        };
        library.publish_first();
        Ok(library)
    }

    /// Publishes what can be loaded within the timeouts of the start.
    fn publish_first(&self) {
        let mut state = self.state.lock();
        if state.database.is_some() {
            // The first call starts loading the tables, the second publishes them.
            self.publish(&mut state);
            state.builder.wait_for_tables(Instant::now() + FIRST_TABLES);
        }
        self.publish(&mut state);
        // Kept measures are there by now; those computed for the first time come later.
        state.builder.wait_for_measures(Instant::now() + FIRST_MEASURES);
        if state.builder.has_new_measures(Instant::now()) {
            self.publish(&mut state);
        }
    }

    /// Whether the data directory `path` has a catalog, valid or not. Blocks.
    #[must_use]
    pub fn has_catalog(path: &Path) -> bool {
        data_directory::has_catalog(path)
    }

    /// The current snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Polls the folder, the catalog and the database, and publishes a new snapshot if
    /// anything has changed; returns whether it did. Blocks.
    ///
    /// A changed file counts once two consecutive listings agree on it, so that a file
    /// being copied in is not read half-way and delays no other. A catalog with faults
    /// changes nothing: its faults are logged and kept in the snapshot. A catalog that
    /// vanishes changes nothing either, as the absence of a folder must not publish layers
    /// that are for staff.
    pub fn refresh(&self) -> bool {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let Some(mut changed) = state.directory.poll() else { return false };
        let now = Instant::now();
        changed |= state.builder.has_news(now);
        changed |= state.database.as_ref().is_some_and(WatchedDatabase::has_changed);
        changed |= state.catalog.poll(&state.directory.listing().catalog, now);
        if changed {
            self.publish(state);
        }
        changed
    }

    /// Builds a snapshot of the polled parts and makes it the current one.
    fn publish(&self, state: &mut LibraryState) {
        let LibraryState { directory, database, catalog, builder } = state;
        if let Some(database) = database {
            database.update(catalog.catalog());
        }
        let parts = LibraryParts { directory, database: database.as_ref(), catalog };
        let snapshot = builder.build(parts);
        warn_of_undeclared(&snapshot, &self.current.load());
        warn_of_absent(&snapshot, builder.log_once());
        builder.log_once().next_round();
        tracing::info!(
            layers = snapshot.all_layers().len(),
            faults = snapshot.faults().len(),
            "snapshot published"
        );
        self.current.store(Arc::new(snapshot));
    }
}
