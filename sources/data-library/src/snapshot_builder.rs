//! Builds snapshots from the directory, the database and the catalog.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::catalog_state::CatalogState;
use super::database::watched_database::{DatabaseTables, WatchedDatabase};
use super::directory::data_directory::DataDirectory;
use super::inventory::archive_states::ArchiveStates;
use super::inventory::declaration_history::DeclarationHistory;
use super::inventory::discovered_tables::DiscoveredTables;
use super::inventory::presence_history::PresenceHistory;
use super::inventory::store_inventory::StoreInventory;
use super::load_plan::layer_plan::{LayerPlan, present_tile_layers};
use super::load_plan::load_request::LoadRequest;
use super::load_plan::memory_budget::fit_into_memory;
use super::load_plan::planning_state::PlanningState;
use super::load_plan::stored_inputs::StoredInputs;
use super::load_plan::{declared_layers, undeclared_layers};
use super::measure_results::compute_job::ComputeJob;
use super::measure_results::measure_cache::MeasureResults;
use super::published_layers::archive_downloads::archive_downloads;
use super::published_layers::layer_sources::PublishContext;
use super::published_layers::notices::{database_fault, notes_of};
use super::published_layers::published_layer::PublishedLayer;
use super::snapshot::Snapshot;
use super::tables::dataset_loader::load;
use super::tables::table_states::TableStates;
use data_model::ContentDigest;
use postgis_store::DatabaseState;
use resilience::LogOnce;
use tile_source::workers::TileWorkers;

/// The polled parts that a snapshot is built from.
#[derive(Clone, Copy)]
pub(crate) struct LibraryParts<'p> {
    pub(crate) directory: &'p DataDirectory,
    pub(crate) database: Option<&'p WatchedDatabase>,
    pub(crate) catalog: &'p CatalogState,
}

impl<'p> LibraryParts<'p> {
    fn inventory(&self, presence: &'p PresenceHistory) -> StoreInventory<'p> {
        let listing = self.directory.listing();
        let database = self.database.map(|database| DiscoveredTables {
            poll: database.poll(),
            schemas: database.schemas(),
        });
        StoreInventory {
            folder: self.directory.path(),
            files: &listing.files,
            archives: &listing.archives,
            database,
            unreadable: &listing.unreadable,
            presence,
        }
    }

    fn database_is_up(&self) -> bool {
        self.database.is_some_and(WatchedDatabase::is_up)
    }

    /// Reason that the database may have undiscovered layers.
    fn undiscovered(&self) -> Option<String> {
        let poll = self.database?.poll();
        (!poll.complete).then(|| match &poll.state {
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            DatabaseState::Starting | DatabaseState::Up => {
                "the database has not been polled yet".to_owned()
            }
        })
    }

    /// Whether the database has not answered yet.
    fn database_is_starting(&self) -> bool {
        let poll = self.database.map(WatchedDatabase::poll);
        poll.is_some_and(|poll| matches!(poll.state, DatabaseState::Starting))
    }
}

/// Runs the stages of a snapshot, and keeps their results for the next one.
pub(crate) struct SnapshotBuilder {
    workers: Arc<TileWorkers>,
    archives: ArchiveStates,
    tables: TableStates,
    measures: MeasureResults,
    declarations: DeclarationHistory,
    presence: PresenceHistory,
    log_once: LogOnce,
}

impl SnapshotBuilder {
    /// A builder without results, for the data directory `folder`.
    pub(crate) fn new(
        folder: &Path,
        workers: Arc<TileWorkers>,
        database: Option<&DatabaseTables>,
    ) -> Self {
        let database = database.map(|tables| Arc::clone(&tables.database));
        let load_table = move |request: &LoadRequest| load(request, database.as_deref());
        Self {
            workers,
            archives: ArchiveStates::default(),
            tables: TableStates::new(Arc::new(load_table)),
            measures: MeasureResults::new(folder),
            declarations: DeclarationHistory::default(),
            presence: PresenceHistory::default(),
            log_once: LogOnce::default(),
        }
    }

    /// Whether another snapshot would differ although no polled part has changed.
    pub(crate) fn has_news(&self, now: Instant) -> bool {
        self.tables.has_news(now) || self.measures.has_news(now) || self.archives.retry_due(now)
    }

    pub(crate) fn has_new_measures(&self, now: Instant) -> bool {
        self.measures.has_news(now)
    }

    /// Waits for background loads, until `deadline` at the latest. Blocks.
    pub(crate) fn wait_for_tables(&self, deadline: Instant) {
        self.tables.wait(deadline);
    }

    /// Waits for running computations, until `deadline` at the latest. Blocks.
    pub(crate) fn wait_for_measures(&self, deadline: Instant) {
        self.measures.wait(deadline);
    }

    pub(crate) fn log_once(&self) -> &LogOnce {
        &self.log_once
    }

    /// Builds a snapshot: inventory, plans, tables and measures, layers.
    pub(crate) fn build(&mut self, parts: LibraryParts<'_>) -> Snapshot {
        let now = Instant::now();
        let catalog = parts.catalog.catalog();
        let presence = self.presence.clone();
        let inventory = parts.inventory(&presence);
        self.presence.record(inventory.present_data(catalog));
        self.archives.refresh(inventory.archives, now);
        self.tables.settle(now);
        let connection = parts.database.map(WatchedDatabase::connection);
        let inputs = StoredInputs::new(catalog, &inventory, connection);
        let plans = self.plan(parts, &inventory, &inputs);
        self.presence.record(present_tile_layers(catalog, &plans));
        self.load(parts, &inputs, &plans, now);
        self.declarations.add_catalog(catalog);
        self.declarations.add_inventory(catalog, &inventory);
        self.declarations.add_contents(declared_contents(&plans, &self.tables));
        let faults = self.faults(parts, &inventory, &plans);
        let layers = self.layers(parts, &inputs, &plans);
        self.snapshot(parts, layers).with_faults(faults)
    }

    /// Plans the declared layers, then those of undeclared files, archives and tables.
    fn plan(
        &self,
        parts: LibraryParts<'_>,
        inventory: &StoreInventory<'_>,
        inputs: &StoredInputs,
    ) -> Vec<LayerPlan> {
        let catalog = parts.catalog.catalog();
        let state = PlanningState { catalog, inventory, archives: &self.archives, inputs };
        let mut plans = declared_layers::plan(state);
        let is_public = parts.catalog.publishes_undeclared();
        undeclared_layers::add(state, is_public, &self.log_once, &mut plans);
        let memory = parts.database.map_or(0, WatchedDatabase::memory);
        fit_into_memory(&mut plans, &self.tables, memory);
        plans
    }

    /// Loads the planned tables and computes the planned measures, or starts to.
    fn load(
        &mut self,
        parts: LibraryParts<'_>,
        inputs: &StoredInputs,
        plans: &[LayerPlan],
        now: Instant,
    ) {
        let (catalog, is_up) = (parts.catalog.catalog(), parts.database_is_up());
        let requests: Vec<LoadRequest> =
            plans.iter().filter_map(LayerPlan::table_request).cloned().collect();
        let live: Vec<LoadRequest> =
            plans.iter().filter_map(LayerPlan::live_request).cloned().collect();
        self.tables.refresh(&requests, &live, is_up);
        let jobs = ComputeJob::for_plans(catalog, inputs, plans);
        self.measures.refresh(catalog, inputs, &jobs, is_up, now);
    }

    /// Creates the sources of the planned layers.
    fn layers(
        &self,
        parts: LibraryParts<'_>,
        inputs: &StoredInputs,
        plans: &[LayerPlan],
    ) -> Vec<PublishedLayer> {
        let context = PublishContext {
            tables: &self.tables,
            measures: &self.measures,
            catalog: parts.catalog.catalog(),
            inputs,
            declarations: &self.declarations,
            workers: &self.workers,
            database: parts.database.map(WatchedDatabase::connection),
            log_once: &self.log_once,
        };
        plans.iter().map(|plan| context.layer(plan)).collect()
    }

    /// Faults and warnings for operators, of all stages.
    fn faults(
        &self,
        parts: LibraryParts<'_>,
        inventory: &StoreInventory<'_>,
        plans: &[LayerPlan],
    ) -> Vec<String> {
        let unreadable = inventory.unreadable.iter();
        let datasets = parts.catalog.catalog().all_datasets();
        let poll = parts.database.map(WatchedDatabase::poll);
        parts
            .catalog
            .fault()
            .into_iter()
            .chain(self.tables.faults())
            .chain(self.archives.faults())
            .map(str::to_owned)
            .chain(self.measures.faults())
            .chain(unreadable.map(|(name, reason)| format!("{name}: {reason}")))
            .chain(datasets.flat_map(|dataset| inventory.duplicates_of(dataset)))
            .chain(poll.and_then(|poll| database_fault(poll, plans)))
            .chain(poll.into_iter().flat_map(|poll| poll.notes.iter().cloned()))
            .collect()
    }

    fn snapshot(&self, parts: LibraryParts<'_>, layers: Vec<PublishedLayer>) -> Snapshot {
        let LibraryParts { directory, database, catalog } = parts;
        let notes = notes_of(&self.measures, &layers, &self.log_once);
        let downloads = archive_downloads(
            catalog.catalog(),
            &directory.listing().archives,
            &self.archives,
            catalog.publishes_undeclared(),
        );
        let awaited = self.tables.awaited()
            + self.measures.awaited()
            + usize::from(parts.database_is_starting());
        Snapshot::new(Arc::clone(catalog.catalog()), layers)
            .with_awaited(awaited)
            .with_archives(downloads)
            .with_catalog_in_force(catalog.is_in_force())
            .with_notes(notes)
            .with_undiscovered(parts.undiscovered())
            .with_database_up(database.map(WatchedDatabase::is_up))
    }
}

/// Digests of the loaded tables of declared layers.
fn declared_contents(plans: &[LayerPlan], tables: &TableStates) -> Vec<ContentDigest> {
    let declared = plans.iter().filter(|plan| plan.layer.theme.is_some());
    let loaded = declared.filter_map(|plan| tables.get(plan.table_request()?).ok());
    loaded.map(|loaded| loaded.digest).collect()
}
