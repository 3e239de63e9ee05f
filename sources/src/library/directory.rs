//! The data directory itself: opened once, looked at again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::Snapshot;
use super::backoff::Backoff;
use super::datasets::{Datasets, Wanted};
use super::look::{CatalogLook, Look};
use super::publish::{Declared, plan};
use crate::Audience;
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
    /// Whether a catalog is in force. From then on its absence is a fault.
    catalogued: bool,
    catalog_fault: Option<String>,
    catalog_retry: Option<Backoff>,
    declared: Declared,
    /// What the last look saw, and what the current snapshot was made from.
    seen: Look,
    published: Look,
    /// Why the last look failed, so that it is logged once.
    blind: Option<String>,
}

impl State {
    fn enforce(&mut self, catalog: Catalog) {
        self.declared.add_catalog(&catalog);
        self.catalog = Arc::new(catalog);
        self.catalogued = true;
        self.catalog_fault = None;
        self.catalog_retry = None;
    }

    /// The catalog in force stays in force.
    fn reject(&mut self, reason: String) {
        if self.catalog_fault.as_ref() != Some(&reason) {
            tracing::error!(reason, "the changed catalog is not used");
        }
        self.catalog_fault = Some(reason);
        self.catalog_retry = Some(Backoff::after(self.catalog_retry, Instant::now()));
    }
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
        let folder = directory.catalog_folder();
        let look = Look::at(path, &folder).map_err(unreadable)?;
        {
            let mut state = directory.state.lock();
            match &look.catalog {
                CatalogLook::Absent => {}
                CatalogLook::Files(_) => {
                    let catalog = Catalog::load(&folder)
                        .map_err(|faults| LibraryError::Catalog { path: folder, faults })?;
                    state.enforce(catalog);
                }
                CatalogLook::Unreadable(reason) => {
                    return Err(LibraryError::CatalogUnreadable { reason: reason.clone() });
                }
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
    /// A change counts once two looks in a row agree on it, file by file, so
    /// that a file being copied in is not read half-way and holds up no other.
    /// A catalog with faults changes nothing: its faults are logged and kept in
    /// the snapshot. Nor does a catalog that vanishes: what it kept for staff
    /// must not become public by a folder's absence.
    pub fn refresh(&self) -> bool {
        let look = Look::at(&self.path, &self.catalog_folder());
        let mut state = self.state.lock();
        let look = match look {
            Ok(look) => look,
            Err(error) => {
                let error = error.to_string();
                if state.blind.as_ref() != Some(&error) {
                    tracing::error!(path = %self.path.display(), error, "data directory can't be read");
                }
                state.blind = Some(error);
                return false;
            }
        };
        state.blind = None;
        let settled = look.settled(&state.seen, &state.published);
        state.seen = look;
        let now = Instant::now();
        let catalog_changed = settled.catalog != state.published.catalog;
        let again = state.catalog_retry.is_some_and(|retry| retry.is_due(now));
        let fault = state.catalog_fault.clone();
        let mut changed = settled != state.published || state.datasets.retry_due(now);
        if catalog_changed || again {
            self.reload_catalog(&mut state, &settled.catalog);
            changed |= catalog_changed || state.catalog_fault != fault;
        }
        if changed {
            self.publish(&mut state, settled);
        }
        changed
    }

    fn reload_catalog(&self, state: &mut State, look: &CatalogLook) {
        let folder = self.catalog_folder();
        match look {
            CatalogLook::Files(_) => match Catalog::load(&folder) {
                Ok(catalog) => state.enforce(catalog),
                Err(faults) => state.reject(faults.to_string()),
            },
            CatalogLook::Unreadable(reason) => state.reject(reason.clone()),
            CatalogLook::Absent if state.catalogued => state.reject(format!(
                "{} has vanished; put it back, or restart without a catalog",
                folder.display()
            )),
            // The one that appeared and had faults is gone again.
            CatalogLook::Absent => {
                state.catalog_fault = None;
                state.catalog_retry = None;
            }
        }
    }

    fn publish(&self, state: &mut State, look: Look) {
        let plans =
            plan(&state.catalog, &look.files, &self.path, self.options.publish_uncatalogued);
        let wanted: Vec<Wanted> = plans.iter().filter_map(|plan| plan.wanted().cloned()).collect();
        state.datasets.refresh(&wanted);
        for plan in &plans {
            state.declared.add_content(plan, &state.datasets);
        }
        let State { datasets, declared, .. } = &*state;
        let workers = &self.options.workers;
        let layers = plans.into_iter().map(|plan| plan.publish(datasets, declared, workers));
        let faults = state
            .catalog_fault
            .iter()
            .cloned()
            .chain(state.datasets.faults().map(str::to_owned))
            .chain(look.obscure.iter().map(|(stem, reason)| format!("{stem}.fgb: {reason}")))
            .collect();
        let snapshot =
            Snapshot::new(Arc::clone(&state.catalog), layers.collect()).with_faults(faults);
        self.warn_of_public_files(&snapshot);
        tracing::info!(
            layers = snapshot.all_layers().len(),
            faults = snapshot.faults().len(),
            "snapshot published"
        );
        self.current.store(Arc::new(snapshot));
        state.published = look;
    }

    /// Says which files have just become public without a declaration: the
    /// listener may be reached by more people than its operator thinks.
    fn warn_of_public_files(&self, snapshot: &Snapshot) {
        let before = self.current.load();
        let undeclared = snapshot.layers(Audience::Public).filter(|layer| layer.theme.is_none());
        for layer in undeclared {
            if before.layer(layer.id.as_str(), Audience::Public).is_none() {
                tracing::warn!(
                    layer = %layer.id,
                    dataset = %layer.dataset,
                    "a file that no catalog mentions is public, with all its columns"
                );
            }
        }
    }

    fn catalog_folder(&self) -> PathBuf {
        self.path.join("catalog")
    }
}
