//! The data directory and the database beside it, polled for changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::Snapshot;
use super::archive_downloads::raw_archives;
use super::archive_states::ArchiveStates;
use super::catalogued::PlanningState;
use super::declaration_history::DeclarationHistory;
use super::directory_listing::{CatalogLook, DirectoryListing};
use super::feature_origin::LoadRequest;
use super::inputs::StoredInputs;
use super::inventory::Inventory;
use super::load_plan::{LoadPlan, fit_into_memory, plan};
use super::loading::load;
use super::measure_results::{MeasureResults, ResultKind, stats_job};
use super::measure_worker::ComputeJob;
use super::no_data::DataFound;
use super::notices::{database_fault, notes_of, warn_of_absent, warn_of_undeclared};
use super::options::{DatabaseTables, LibraryError, LibraryOptions};
use super::publish::PublishContext;
use super::refresh_schedule::RETRY_POLICY;
use super::table_states::TableStates;
use catalog::Catalog;
use postgis_store::{DatabaseInventory, DatabaseState};
use resilience::{Backoff, LogOnce};

/// Folder in the data directory with the catalog.
const CATALOG: &str = "catalog";
/// Timeouts at the start: for the database to answer, then for its tables to be loaded.
/// Later arrivals are published by a refresh.
const FIRST_LOOK: Duration = Duration::from_secs(2);
const FIRST_TABLES: Duration = Duration::from_secs(5);
/// Timeout at the start for measures that have to be computed.
const FIRST_FIGURES: Duration = Duration::from_secs(3);

/// A folder with `<dataset>.fgb` files and, if it is catalogued, `catalog/`.
///
/// [`snapshot`](Self::snapshot) never blocks. [`refresh`](Self::refresh) reads files and is
/// called from a blocking thread.
pub struct DataDirectory {
    path: PathBuf,
    options: LibraryOptions,
    current: ArcSwap<Snapshot>,
    /// Held during a refresh; requests never wait for it.
    state: Mutex<State>,
}

struct State {
    datasets: TableStates,
    derivations: MeasureResults,
    archives: ArchiveStates,
    catalog: Arc<Catalog>,
    /// Whether a catalog is in force; if so, its absence is a fault.
    catalogued: bool,
    catalog_fault: Option<String>,
    catalog_retry: Option<Backoff>,
    declared: DeclarationHistory,
    found: DataFound,
    log_once: LogOnce,
    /// The last listing, and the one that the current snapshot was made from.
    seen: DirectoryListing,
    published: DirectoryListing,
    /// State of the database that the current snapshot was made from.
    published_database: Option<Arc<DatabaseInventory>>,
    /// Error of the last listing, to log it once.
    blind: Option<String>,
}

impl State {
    fn new(folder: &Path, database: Option<&DatabaseTables>) -> Self {
        let database = database.cloned();
        let load = move |wanted: &LoadRequest| {
            load(wanted, database.as_ref().map(|tables| tables.database.as_ref()))
        };
        Self {
            datasets: TableStates::new(Arc::new(load)),
            derivations: MeasureResults::new(folder),
            archives: ArchiveStates::default(),
            catalog: Arc::default(),
            catalogued: false,
            catalog_fault: None,
            catalog_retry: None,
            declared: DeclarationHistory::default(),
            found: DataFound::default(),
            log_once: LogOnce::default(),
            seen: DirectoryListing::default(),
            published: DirectoryListing::default(),
            published_database: None,
            blind: None,
        }
    }

    fn enforce(&mut self, catalog: Catalog) {
        self.declared.add_catalog(&catalog);
        self.catalog = Arc::new(catalog);
        self.catalogued = true;
        self.catalog_fault = None;
        self.catalog_retry = None;
    }

    /// Keeps the catalog in force and records the fault of the changed one.
    fn reject(&mut self, reason: String) {
        if self.catalog_fault.as_ref() != Some(&reason) {
            tracing::error!(reason, "the changed catalog is not used");
        }
        self.catalog_fault = Some(reason);
        self.catalog_retry = Some(RETRY_POLICY.after_failure(self.catalog_retry, Instant::now()));
    }
}

impl DataDirectory {
    /// Opens a data directory and loads everything in it. Blocks.
    ///
    /// A dataset that can't be read is not an error: its layers are unavailable until the
    /// file is corrected. Neither is an unreachable database, for which opening waits a few
    /// seconds.
    ///
    /// # Errors
    /// Returns [`LibraryError`] if the folder can't be listed or the catalog has faults.
    pub fn open(path: &Path, options: LibraryOptions) -> Result<Self, LibraryError> {
        let unreadable = |error| LibraryError::Unreadable { path: path.to_owned(), error };
        let directory = Self {
            path: path.to_owned(),
            current: ArcSwap::default(),
            state: Mutex::new(State::new(path, options.database.as_ref())),
            options,
        };
        let folder = directory.catalog_folder();
        let listing = directory.look().map_err(unreadable)?;
        {
            let mut state = directory.state.lock();
            match &listing.catalog {
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
            state.seen = listing.clone();
            if let Some(tables) = &directory.options.database {
                tables.look(&state.catalog);
                let first = tables.database.wait_for_first_poll(FIRST_LOOK);
                tracing::debug!(state = ?first.state, "first look at the database");
                // The first call starts loading the tables, the second publishes them.
                directory.publish(&mut state, listing.clone());
                state.datasets.wait_for_tables(Instant::now() + FIRST_TABLES);
            }
            directory.publish(&mut state, listing.clone());
            // Kept measures are there by now; those computed for the first time come later.
            state.derivations.wait(Instant::now() + FIRST_FIGURES);
            if state.derivations.has_news(Instant::now()) {
                directory.publish(&mut state, listing);
            }
        }
        Ok(directory)
    }

    /// Whether the data directory `path` has a catalog, valid or not. Blocks.
    #[must_use]
    pub fn has_catalog(path: &Path) -> bool {
        let listing = DirectoryListing::at(path, &path.join(CATALOG));
        listing.is_ok_and(|listing| listing.catalog != CatalogLook::Absent)
    }

    /// The current snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Lists the folder and publishes a new snapshot if anything has changed; returns
    /// whether it did. Blocks.
    ///
    /// A changed file counts once two consecutive listings agree on it, so that a file
    /// being copied in is not read half-way and delays no other. A catalog with faults
    /// changes nothing: its faults are logged and kept in the snapshot. A catalog that
    /// vanishes changes nothing either, as the absence of a folder must not publish layers
    /// that are for staff.
    pub fn refresh(&self) -> bool {
        let listing = self.look();
        let mut state = self.state.lock();
        let listing = match listing {
            Ok(listing) => listing,
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
        let settled = listing.settled(&state.seen, &state.published);
        state.seen = listing;
        let now = Instant::now();
        let catalog_changed = settled.catalog != state.published.catalog;
        let again = state.catalog_retry.is_some_and(|retry| retry.is_due(now));
        let fault = state.catalog_fault.clone();
        let mut changed = settled != state.published || state.datasets.has_news(now);
        changed |= state.derivations.has_news(now);
        changed |= state.archives.retry_due(now) || !self.database_is_published(&state);
        if catalog_changed || again {
            self.reload_catalog(&mut state, &settled.catalog);
            changed |= catalog_changed || state.catalog_fault != fault;
        }
        if changed {
            self.publish(&mut state, settled);
        }
        changed
    }

    fn look(&self) -> std::io::Result<DirectoryListing> {
        match DirectoryListing::at(&self.path, &self.catalog_folder()) {
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    && self.options.folder_is_optional =>
            {
                Ok(DirectoryListing::default())
            }
            listing => listing,
        }
    }

    fn reload_catalog(&self, state: &mut State, look: &CatalogLook) {
        let folder = self.catalog_folder();
        match look {
            CatalogLook::Files(_) => match Catalog::load(&folder) {
                Ok(catalog) => {
                    if self.options.publish_uncatalogued && !state.catalogued {
                        tracing::warn!(
                            "a catalog is in force now: files that it does not declare are for \
                             staff only, in spite of --publish-uncatalogued; remove the flag"
                        );
                    }
                    state.enforce(catalog);
                }
                Err(faults) => state.reject(faults.to_string()),
            },
            CatalogLook::Unreadable(reason) => state.reject(reason.clone()),
            CatalogLook::Absent if state.catalogued => state.reject(format!(
                "{} has vanished; put it back, or restart without a catalog",
                folder.display()
            )),
            // A catalog that appeared with faults has been removed again.
            CatalogLook::Absent => {
                state.catalog_fault = None;
                state.catalog_retry = None;
            }
        }
    }

    /// Whether the current snapshot was made from the newest state of the database.
    fn database_is_published(&self, state: &State) -> bool {
        let look = self.options.database.as_ref().map(|tables| tables.database.inventory());
        match (&look, &state.published_database) {
            (Some(look), Some(published)) => Arc::ptr_eq(look, published),
            (None, None) => true,
            _ => false,
        }
    }

    fn publish(&self, state: &mut State, listing: DirectoryListing) {
        let tables = self.options.database.as_ref();
        let database = tables.map(|tables| (tables.look(&state.catalog), &tables.schemas));
        let found = state.found.clone();
        let inventory = Inventory {
            folder: &self.path,
            files: &listing.files,
            archives: &listing.archives,
            database: database.as_ref().map(|(look, schemas)| (look.as_ref(), *schemas)),
            obscure: &listing.obscure,
            found: &found,
        };
        state.found.add(&state.catalog, &inventory);
        let now = Instant::now();
        state.archives.refresh(&listing.archives, now);
        state.datasets.settle(now);
        // With a catalog in force, only declared layers are public.
        let public = self.options.publish_uncatalogued && !state.catalogued;
        let catalog = Arc::clone(&state.catalog);
        let tables_of = tables.map(|tables| &tables.database);
        let inputs = StoredInputs::of(&catalog, &inventory, tables_of);
        let (archives, holds) = (&state.archives, &inventory);
        let store =
            PlanningState { catalog: &catalog, inventory: holds, archives, inputs: &inputs };
        let mut plans = plan(store, public, &state.log_once);
        state.found.add_tile_layers(&catalog, &plans);
        let memory = tables.map_or(0, |tables| tables.memory);
        fit_into_memory(&mut plans, &state.datasets, memory);
        let wanted: Vec<LoadRequest> =
            plans.iter().filter_map(|plan| plan.wanted().cloned()).collect();
        let seen = database.as_ref().map(|(look, _)| look);
        let reachable = seen.is_some_and(|look| matches!(look.state, DatabaseState::Up));
        let live: Vec<LoadRequest> = plans.iter().filter_map(|plan| plan.live().cloned()).collect();
        state.datasets.refresh(&wanted, &live, reachable);
        let jobs = jobs(&catalog, &inputs, &plans);
        state.derivations.refresh(&catalog, &inputs, &jobs, reachable, now);
        let State { declared, catalog, .. } = &mut *state;
        declared.add_inventory(catalog, &inventory);
        for plan in &plans {
            state.declared.add_content(plan, &state.datasets);
        }
        let State { datasets, derivations, archives, declared, log_once, .. } = &*state;
        let faults = state
            .catalog_fault
            .iter()
            .cloned()
            .chain(datasets.faults().chain(archives.faults()).map(str::to_owned))
            .chain(derivations.faults())
            .chain(listing.obscure.iter().map(|(name, reason)| format!("{name}: {reason}")))
            .chain(state.catalog.datasets.iter().flat_map(|dataset| inventory.twice(dataset)))
            .chain(seen.and_then(|look| database_fault(look, &plans)))
            .chain(seen.into_iter().flat_map(|look| look.notes.iter().cloned()))
            .collect();
        let context = PublishContext {
            datasets,
            derivations,
            catalog: &state.catalog,
            inputs: &inputs,
            declared,
            workers: &self.options.workers,
            database: tables.map(|tables| &tables.database),
            log_once,
        };
        let layers: Vec<_> = plans.iter().map(|plan| plan.publish(&context)).collect();
        let notes = notes_of(derivations, &layers, log_once);
        let raw = raw_archives(&state.catalog, &listing.archives, archives, public);
        let undiscovered = seen.filter(|look| !look.complete).map(|look| match &look.state {
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            _ => "the database has not been looked at yet".to_owned(),
        });
        let unseen = seen.is_some_and(|look| matches!(look.state, DatabaseState::Starting));
        let awaited = datasets.awaited() + derivations.awaited() + usize::from(unseen);
        let snapshot = Snapshot::new(Arc::clone(&state.catalog), layers)
            .with_awaited(awaited)
            .with_archives(raw)
            .with_catalog_in_force(state.catalogued)
            .with_faults(faults)
            .with_notes(notes)
            .with_undiscovered(undiscovered)
            .with_database_up(seen.map(|_| reachable));
        warn_of_undeclared(&snapshot, &self.current.load());
        warn_of_absent(&snapshot, log_once);
        tracing::info!(
            layers = snapshot.all_layers().len(),
            faults = snapshot.faults().len(),
            "snapshot published"
        );
        self.current.store(Arc::new(snapshot));
        state.log_once.next_round();
        state.published = listing;
        state.published_database = database.map(|(look, _)| look);
    }

    fn catalog_folder(&self) -> PathBuf {
        self.path.join(CATALOG)
    }
}

/// Jobs for the measures of the planned layers, on maps and by area.
fn jobs(catalog: &Catalog, inputs: &StoredInputs, plans: &[LoadPlan]) -> Vec<ComputeJob> {
    let mut jobs = Vec::new();
    for plan in plans {
        jobs.extend(plan.measures().map(|measures| {
            let kind = (measures.form, ResultKind::Measures);
            ComputeJob::new(catalog, inputs, &measures.layer, kind, measures.key)
        }));
        if let Some(layer) = catalog.layer(plan.layer.id.as_str()) {
            jobs.extend(stats_job(catalog, inputs, layer, plan.layer.form.measures()));
        }
    }
    jobs
}
