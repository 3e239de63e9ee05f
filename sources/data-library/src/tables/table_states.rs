//! Cache of the feature tables of all datasets, reloaded when the data changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::background_loader::{BackgroundLoader, LoadFunction};
use super::dataset_loader::load;
use super::loaded_dataset::{LoadFault, LoadedDataset, TableUnavailable};
use crate::load_plan::change_token::ChangeToken;
use crate::load_plan::load_request::{LoadRequest, TableKey};
use crate::parallel::on_all_cores;
use crate::refresh_schedule::RefreshSchedule;

/// Last good table of each origin, and the fault of its current state.
///
/// Files are loaded immediately, on all cores; database tables in the background
/// ([`BackgroundLoader`]), available from a later refresh on.
pub(crate) struct TableStates {
    entries: BTreeMap<TableKey, TableEntry>,
    loader: BackgroundLoader,
    /// Memory that each table took, or would have taken, when it was last loaded.
    ///
    /// Kept when the table is dropped, so that a table that did not fit is not tried
    /// repeatedly.
    costs: BTreeMap<TableKey, MemoryCost>,
    /// Whether the database was reachable at the last refresh.
    reachable: bool,
}

/// Measured and expected memory of a table in bytes, at the time of the last load.
#[derive(Debug, Clone, Copy)]
struct MemoryCost {
    bytes: u64,
    expected: u64,
}

#[derive(Debug)]
struct TableEntry {
    /// Change token of the state that was read last.
    token: Option<ChangeToken>,
    loaded: Option<LoadedDataset>,
    fault: Option<String>,
    /// Whether the table is being loaded in the background.
    loading: bool,
    schedule: RefreshSchedule,
    /// Whether loading requires the database.
    needs_database: bool,
}

impl TableEntry {
    const NEW: Self = Self {
        token: None,
        loaded: None,
        fault: None,
        loading: false,
        schedule: RefreshSchedule::NEW,
        needs_database: false,
    };

    /// Whether a load is due although the data has not changed.
    fn is_overdue(&self, now: Instant) -> bool {
        !self.loading && self.schedule.is_overdue(now)
    }

    /// Whether a load is due for the state with this change token.
    fn is_due(&mut self, token: ChangeToken, now: Instant) -> bool {
        !self.loading && self.schedule.is_due(self.token != Some(token), now)
    }

    fn settle(
        &mut self,
        token: ChangeToken,
        result: Result<LoadedDataset, LoadFault>,
        now: Instant,
    ) {
        self.token = Some(token);
        self.schedule.settle(matches!(result, Err(LoadFault::System(_))), now);
        let reason = match result {
            Ok(loaded) => {
                self.loaded = Some(loaded);
                self.fault = None;
                return;
            }
            // A system fault may pass although the data does not change.
            Err(LoadFault::Data(reason) | LoadFault::System(reason)) => reason,
            // It will be a live table from the next plan on.
            Err(LoadFault::TooLarge(bytes)) => {
                tracing::info!(bytes, "a table does not fit into the memory for tables");
                self.loaded = None;
                return;
            }
        };
        let outcome =
            if self.loaded.is_some() { "its last good state is kept" } else { "it is not served" };
        if self.fault.as_ref() != Some(&reason) {
            tracing::error!(reason, "dataset can't be read; {outcome}");
        }
        self.fault = Some(reason);
    }
}

impl TableStates {
    /// An empty cache; `load` loads a database table.
    pub(crate) fn new(load: Arc<LoadFunction>) -> Self {
        Self {
            entries: BTreeMap::new(),
            loader: BackgroundLoader::new(load),
            costs: BTreeMap::new(),
            reachable: false,
        }
    }

    /// Loads new and changed origins and drops all others, except the memory costs of the
    /// tables in `live`.
    ///
    /// An origin that can't be read keeps its last good table. While the database is not
    /// `reachable`, its tables stay as they are.
    pub(crate) fn refresh(
        &mut self,
        requests: &[LoadRequest],
        live: &[LoadRequest],
        reachable: bool,
    ) {
        let now = Instant::now();
        let known: BTreeSet<TableKey> = requests.iter().chain(live).map(LoadRequest::key).collect();
        self.costs.retain(|key, _| known.contains(key));
        if reachable && !self.reachable {
            self.retry_database(now);
        }
        self.reachable = reachable;
        self.refresh_with(requests, now, |request| load(request, None));
    }

    /// Collects the tables loaded in the background.
    ///
    /// Call before planning layers: a table's memory cost decides how it is served.
    pub(crate) fn settle(&mut self, now: Instant) {
        for outcome in self.loader.take() {
            let key = outcome.request.key();
            let bytes = match &outcome.result {
                Ok(loaded) => Some(loaded.table.memory_bytes() as u64),
                Err(LoadFault::TooLarge(bytes)) => Some(*bytes),
                Err(_) => None,
            };
            let expected = outcome.request.expected_bytes();
            self.costs.extend(bytes.map(|bytes| (key.clone(), MemoryCost { bytes, expected })));
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.loading = false;
                entry.schedule.cool_down(outcome.duration, now);
                entry.settle(outcome.request.token, outcome.result, now);
            }
        }
    }

    /// Makes failed loads from the database due now.
    fn retry_database(&mut self, now: Instant) {
        for entry in self.entries.values_mut().filter(|entry| entry.needs_database) {
            entry.schedule.retry_now(now);
        }
    }

    /// Whether a refresh would change anything although no origin has changed.
    pub(crate) fn has_news(&self, now: Instant) -> bool {
        let overdue =
            |entry: &TableEntry| (self.reachable || !entry.needs_database) && entry.is_overdue(now);
        self.loader.has_outcomes() || self.entries.values().any(overdue)
    }

    /// Number of tables that are being loaded for the first time, with neither an older
    /// state nor a failure.
    pub(crate) fn awaited(&self) -> usize {
        let new =
            |entry: &&TableEntry| entry.loading && entry.loaded.is_none() && entry.fault.is_none();
        self.entries.values().filter(new).count()
    }

    /// Waits for background loads, until `deadline` at the latest. Blocks.
    pub(crate) fn wait(&self, deadline: Instant) {
        self.loader.wait(deadline);
    }

    fn refresh_with(
        &mut self,
        requests: &[LoadRequest],
        now: Instant,
        load: impl Fn(&LoadRequest) -> Result<LoadedDataset, LoadFault> + Sync,
    ) {
        let keys: BTreeSet<TableKey> = requests.iter().map(LoadRequest::key).collect();
        self.entries.retain(|key, _| keys.contains(key));
        self.loader.retain(|queued| keys.contains(&queued.key()));
        // Several layers may share a table.
        let mut due_keys = BTreeSet::new();
        let due: Vec<&LoadRequest> = requests
            .iter()
            .filter(|request| {
                let key = request.key();
                let entry = self.entries.entry(key.clone()).or_insert(TableEntry::NEW);
                entry.needs_database = request.is_in_database();
                entry.is_due(request.token, now) && due_keys.insert(key)
            })
            .collect();
        let (files, tables): (Vec<&LoadRequest>, Vec<&LoadRequest>) =
            due.into_iter().partition(|request| !request.is_in_database());
        for request in tables.into_iter().filter(|_| self.reachable) {
            self.entries.entry(request.key()).or_insert(TableEntry::NEW).loading = true;
            self.loader.submit(request.clone());
        }
        for (request, result) in on_all_cores(&files, |request| load(request)) {
            let entry = self.entries.entry(request.key()).or_insert(TableEntry::NEW);
            entry.settle(request.token, result, now);
        }
    }

    /// The last good table of an origin, or the reason that there is none.
    pub(crate) fn get(&self, request: &LoadRequest) -> Result<&LoadedDataset, TableUnavailable> {
        match self.entries.get(&request.key()) {
            Some(TableEntry { loaded: Some(loaded), .. }) => Ok(loaded),
            Some(TableEntry { fault: Some(fault), .. }) => {
                Err(TableUnavailable::Fault(fault.clone()))
            }
            Some(TableEntry { loading: true, .. }) => Err(TableUnavailable::Loading),
            _ => Err(TableUnavailable::NotLoaded),
        }
    }

    /// Memory in bytes that an origin's table takes, or is expected to take.
    pub(crate) fn cost(&self, request: &LoadRequest) -> u64 {
        let expected = request.expected_bytes();
        match self.costs.get(&request.key()) {
            // A table that has shrunk by half since then is tried again.
            Some(cost) if expected >= cost.expected / 2 => cost.bytes,
            _ => expected,
        }
    }

    /// Faults of the current data, and warnings about loaded data.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &str> {
        self.entries.values().flat_map(|entry| {
            let note = entry.loaded.as_ref().and_then(|loaded| loaded.note.as_deref());
            entry.fault.as_deref().into_iter().chain(note)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::directory_listing::DirectoryListing;
    use crate::tables::loaded_dataset::ColumnDistributions;
    use data_model::ContentDigest;
    use data_model::feature::{FeatureSchema, FeatureVisitor};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;
    use vector_tile::features::{TableBuilder, TableOptions};

    fn request() -> LoadRequest {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.fgb");
        std::fs::write(&file, "a").unwrap();
        let catalog = folder.path().join("catalog");
        let listing = DirectoryListing::read(folder.path(), &catalog).unwrap();
        let (path, token) = listing.files["a"].clone();
        LoadRequest::file(path, token, TableOptions::default())
    }

    fn tables() -> TableStates {
        TableStates::new(Arc::new(|_| Err(LoadFault::System("no database".to_owned()))))
    }

    fn loaded() -> Result<LoadedDataset, LoadFault> {
        let mut builder = TableBuilder::new(TableOptions::default());
        builder.begin(&FeatureSchema::default());
        let table = builder.finish().map_err(|error| LoadFault::Data(error.to_string()))?;
        Ok(LoadedDataset {
            table: Arc::new(table),
            options: TableOptions::default(),
            title: None,
            description: None,
            digest: ContentDigest::new(0),
            note: None,
            distributions: ColumnDistributions::default(),
        })
    }

    #[test]
    fn what_the_system_could_not_read_is_read_again_and_ever_more_rarely() {
        let requests = [request()];
        let mut tables = tables();
        let tries = AtomicU32::new(0);
        let start = Instant::now();
        let failing = |_: &LoadRequest| {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(LoadFault::System("too many open files".to_owned()))
        };
        for second in 0..200 {
            tables.refresh_with(&requests, start + Duration::from_secs(second), failing);
        }
        // At 0, 1, 3, 7, 15, 31, 63, 123, 183 seconds.
        assert_eq!(tries.load(Ordering::Relaxed), 9);
        assert_eq!(tables.faults().collect::<Vec<_>>(), ["too many open files"]);
        let later = start + Duration::from_secs(300);
        assert!(tables.has_news(later));
        tables.refresh_with(&requests, later, |_| loaded());
        assert!(tables.get(&requests[0]).is_ok() && tables.faults().next().is_none());
        assert!(!tables.has_news(later + Duration::from_secs(1000)));
    }

    #[test]
    fn a_file_at_fault_is_not_read_again_until_it_changes() {
        let requests = [request()];
        let mut tables = tables();
        let start = Instant::now();
        tables.refresh_with(&requests, start, |_| Err(LoadFault::Data("damaged".to_owned())));
        assert!(!tables.has_news(start + Duration::from_secs(1000)));
    }
}
