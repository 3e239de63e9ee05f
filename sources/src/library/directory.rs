//! The data directory itself: opened once, looked at again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::Snapshot;
use super::datasets::{Datasets, Wanted, list};
use super::publish::{Files, plan};
use crate::catalog::{Catalog, CatalogFaults};
use crate::workers::TileWorkers;

/// How a data directory is published.
#[derive(Clone)]
pub struct LibraryOptions {
    /// Whether files that no catalog mentions are public. Elsewhere than on
    /// loopback an operator must ask for it: a private file does not become
    /// public by lying in a folder.
    pub publish_uncatalogued: bool,
    /// Where tiles are encoded.
    pub workers: Arc<TileWorkers>,
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
    /// Its catalog has faults.
    #[error("{}: {faults}", path.display())]
    Catalog {
        /// The catalog's folder.
        path: PathBuf,
        /// All of them.
        faults: CatalogFaults,
    },
}

/// A folder with `<dataset>.fgb` files and, where it is catalogued, `catalog/`.
///
/// [`snapshot`](Self::snapshot) never blocks. [`refresh`](Self::refresh) reads
/// files and is called from a blocking thread.
pub struct DataDirectory {
    path: PathBuf,
    options: LibraryOptions,
    current: ArcSwap<Snapshot>,
    /// Held during a refresh; requests never wait for it.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    datasets: Datasets,
    catalog: Arc<Catalog>,
    catalog_fault: Option<String>,
    /// What the last look saw, and what the current snapshot was made from.
    seen: Look,
    published: Look,
}

/// Everything whose change makes a new snapshot.
#[derive(Debug, Clone, PartialEq, Default)]
struct Look {
    files: Files,
    catalog: Files,
}

impl DataDirectory {
    /// Opens a directory and loads everything in it. Blocks.
    ///
    /// A dataset that can't be read does not stop it: its layers are
    /// unavailable until the file is mended.
    ///
    /// # Errors
    /// [`LibraryError`] when the folder can't be listed or the catalog has faults.
    pub fn open(path: &Path, options: LibraryOptions) -> Result<Self, LibraryError> {
        let unreadable = |error| LibraryError::Unreadable { path: path.to_owned(), error };
        let directory = Self {
            path: path.to_owned(),
            options,
            current: ArcSwap::default(),
            state: Mutex::default(),
        };
        let look = directory.look().map_err(unreadable)?;
        {
            let mut state = directory.state.lock();
            if !look.catalog.is_empty() {
                let folder = directory.catalog_folder();
                let catalog = Catalog::load(&folder)
                    .map_err(|faults| LibraryError::Catalog { path: folder, faults })?;
                state.catalog = Arc::new(catalog);
            }
            state.seen = look.clone();
            directory.publish(&mut state, look);
        }
        Ok(directory)
    }

    /// What is published now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Looks at the folder and publishes a new snapshot when it has changed;
    /// returns whether it did. Blocks.
    ///
    /// A change counts once two looks in a row agree on it, so that a file
    /// being copied in is not read half-way. A catalog with faults changes
    /// nothing: its faults are logged and kept in the snapshot.
    pub fn refresh(&self) -> bool {
        let look = match self.look() {
            Ok(look) => look,
            Err(error) => {
                tracing::error!(path = %self.path.display(), %error, "data directory can't be read");
                return false;
            }
        };
        let mut state = self.state.lock();
        let settled = state.seen == look;
        if !settled || state.published == look {
            state.seen = look;
            return false;
        }
        if state.published.catalog != look.catalog {
            self.reload_catalog(&mut state, &look);
        }
        self.publish(&mut state, look);
        true
    }

    fn reload_catalog(&self, state: &mut State, look: &Look) {
        state.catalog_fault = None;
        if look.catalog.is_empty() {
            state.catalog = Arc::default();
            return;
        }
        match Catalog::load(&self.catalog_folder()) {
            Ok(catalog) => state.catalog = Arc::new(catalog),
            Err(faults) => {
                tracing::error!(%faults, "the changed catalog is not used");
                state.catalog_fault = Some(faults.to_string());
            }
        }
    }

    fn publish(&self, state: &mut State, look: Look) {
        let plans =
            plan(&state.catalog, &look.files, &self.path, self.options.publish_uncatalogued);
        let wanted: Vec<Wanted> = plans.iter().filter_map(|plan| plan.wanted().cloned()).collect();
        state.datasets.refresh(&wanted);
        let layers =
            plans.into_iter().map(|plan| plan.publish(&state.datasets, &self.options.workers));
        let faults = state
            .catalog_fault
            .iter()
            .cloned()
            .chain(state.datasets.faults().map(str::to_owned))
            .collect();
        let snapshot =
            Snapshot::new(Arc::clone(&state.catalog), layers.collect()).with_faults(faults);
        tracing::info!(
            layers = snapshot.all_layers().len(),
            faults = snapshot.faults().len(),
            "snapshot published"
        );
        self.current.store(Arc::new(snapshot));
        state.published = look;
    }

    fn look(&self) -> std::io::Result<Look> {
        let files = list(&self.path, ".fgb")?;
        let folder = self.catalog_folder();
        let mut catalog = Files::new();
        if folder.is_dir() {
            for sub in ["", "datasets", "layers"] {
                let listed = list(&folder.join(sub), ".toml").unwrap_or_default();
                catalog
                    .extend(listed.into_iter().map(|(stem, file)| (format!("{sub}/{stem}"), file)));
            }
        }
        Ok(Look { files, catalog })
    }

    fn catalog_folder(&self) -> PathBuf {
        self.path.join("catalog")
    }
}
