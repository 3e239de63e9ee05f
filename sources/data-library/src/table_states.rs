//! Cache of the feature tables of all datasets, reloaded when the data changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::feature_origin::{ChangeToken, LoadRequest, TableKey};
use super::loading::{LoadFault, LoadedDataset, load};
use super::parallel::on_all_cores;
use super::refresh_schedule::RefreshSchedule;
use super::table_loader::{LoadFunction, TableLoader};

/// Last good table of each origin, and the fault of its current state.
///
/// Files are loaded immediately, on all cores; database tables in the background
/// ([`TableLoader`]), available from a later refresh on.
pub(super) struct TableStates {
    entries: BTreeMap<TableKey, Entry>,
    loader: TableLoader,
    /// Memory that each table took, or would have taken, when it was last loaded.
    ///
    /// Kept when the table is dropped, so that a table that did not fit is not tried
    /// repeatedly.
    costs: BTreeMap<TableKey, Cost>,
    /// Whether the database was reachable at the last refresh.
    reachable: bool,
}

/// Measured and expected memory of a table in bytes, at the time of the last load.
#[derive(Debug, Clone, Copy)]
struct Cost {
    bytes: u64,
    expected: u64,
}

#[derive(Debug)]
struct Entry {
    /// Signature of the state that was read last.
    sign: Option<ChangeToken>,
    loaded: Option<LoadedDataset>,
    fault: Option<String>,
    /// Whether the table is being loaded in the background.
    loading: bool,
    refresh_schedule: RefreshSchedule,
    /// Whether loading requires the database.
    is_table: bool,
}

impl Entry {
    const NEW: Self = Self {
        sign: None,
        loaded: None,
        fault: None,
        loading: false,
        refresh_schedule: RefreshSchedule::NEW,
        is_table: false,
    };

    /// Whether a load is due although the data has not changed.
    fn is_overdue(&self, now: Instant) -> bool {
        !self.loading && self.refresh_schedule.is_overdue(now)
    }

    /// Whether a load is due for the state with this signature.
    fn is_due(&mut self, sign: ChangeToken, now: Instant) -> bool {
        !self.loading && self.refresh_schedule.is_due(self.sign != Some(sign), now)
    }

    fn settle(
        &mut self,
        sign: ChangeToken,
        result: Result<LoadedDataset, LoadFault>,
        now: Instant,
    ) {
        self.sign = Some(sign);
        self.refresh_schedule.settle(matches!(result, Err(LoadFault::System(_))), now);
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
        let kept =
            if self.loaded.is_some() { "its last good state is kept" } else { "it is not served" };
        if self.fault.as_ref() != Some(&reason) {
            tracing::error!(reason, "dataset can't be read; {kept}");
        }
        self.fault = Some(reason);
    }
}

impl TableStates {
    /// An empty cache; `load` loads a database table.
    pub(super) fn new(load: Arc<LoadFunction>) -> Self {
        Self {
            entries: BTreeMap::new(),
            loader: TableLoader::new(load),
            costs: BTreeMap::new(),
            reachable: false,
        }
    }

    /// Loads new and changed origins and drops the rest, except the memory costs of the
    /// tables in `live`.
    ///
    /// An origin that can't be read keeps its last good table. While the database is not
    /// `reachable`, its tables stay as they are.
    pub(super) fn refresh(
        &mut self,
        wanted: &[LoadRequest],
        live: &[LoadRequest],
        reachable: bool,
    ) {
        let now = Instant::now();
        let known: BTreeSet<TableKey> = wanted.iter().chain(live).map(LoadRequest::key).collect();
        self.costs.retain(|key, _| known.contains(key));
        if reachable && !self.reachable {
            self.retry_tables(now);
        }
        self.reachable = reachable;
        self.refresh_with(wanted, now, |wanted| load(wanted, None));
    }

    /// Collects the tables loaded in the background.
    ///
    /// Call before planning layers: a table's memory cost decides how it is served.
    pub(super) fn settle(&mut self, now: Instant) {
        for outcome in self.loader.take() {
            let key = outcome.wanted.key();
            let bytes = match &outcome.result {
                Ok(loaded) => Some(loaded.table.memory_bytes() as u64),
                Err(LoadFault::TooLarge(bytes)) => Some(*bytes),
                Err(_) => None,
            };
            let expected = outcome.wanted.expected_bytes();
            self.costs.extend(bytes.map(|bytes| (key.clone(), Cost { bytes, expected })));
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.loading = false;
                entry.refresh_schedule.cool_down(outcome.took, now);
                entry.settle(outcome.wanted.sign, outcome.result, now);
            }
        }
    }

    /// Makes failed loads from the database due now.
    fn retry_tables(&mut self, now: Instant) {
        for entry in self.entries.values_mut().filter(|entry| entry.is_table) {
            entry.refresh_schedule.retry_now(now);
        }
    }

    /// Whether a refresh would change anything although no origin has changed.
    pub(super) fn has_news(&self, now: Instant) -> bool {
        let overdue = |entry: &Entry| (self.reachable || !entry.is_table) && entry.is_overdue(now);
        self.loader.has_outcomes() || self.entries.values().any(overdue)
    }

    /// Number of tables that are being loaded for the first time, with neither an older
    /// state nor a failure.
    pub(super) fn awaited(&self) -> usize {
        let new = |entry: &&Entry| entry.loading && entry.loaded.is_none() && entry.fault.is_none();
        self.entries.values().filter(new).count()
    }

    /// Waits for background loads, until `deadline` at the latest. Blocks.
    pub(super) fn wait_for_tables(&self, deadline: Instant) {
        self.loader.wait(deadline);
    }

    fn refresh_with(
        &mut self,
        wanted: &[LoadRequest],
        now: Instant,
        load: impl Fn(&LoadRequest) -> Result<LoadedDataset, LoadFault> + Sync,
    ) {
        let keys: BTreeSet<TableKey> = wanted.iter().map(LoadRequest::key).collect();
        self.entries.retain(|key, _| keys.contains(key));
        self.loader.retain(|queued| keys.contains(&queued.key()));
        // Many layers may want one table.
        let mut asked = BTreeSet::new();
        let due: Vec<&LoadRequest> = wanted
            .iter()
            .filter(|wanted| {
                let key = wanted.key();
                let entry = self.entries.entry(key.clone()).or_insert(Entry::NEW);
                entry.is_table = wanted.is_in_database();
                entry.is_due(wanted.sign, now) && asked.insert(key)
            })
            .collect();
        let (files, tables): (Vec<&LoadRequest>, Vec<&LoadRequest>) =
            due.into_iter().partition(|wanted| !wanted.is_in_database());
        for wanted in tables.into_iter().filter(|_| self.reachable) {
            self.entries.entry(wanted.key()).or_insert(Entry::NEW).loading = true;
            self.loader.submit(wanted.clone());
        }
        for (wanted, result) in on_all_cores(&files, |wanted| load(wanted)) {
            let entry = self.entries.entry(wanted.key()).or_insert(Entry::NEW);
            entry.settle(wanted.sign, result, now);
        }
    }

    /// The last good table of an origin, or the reason that there is none.
    pub(super) fn get(&self, wanted: &LoadRequest) -> Result<&LoadedDataset, &str> {
        match self.entries.get(&wanted.key()) {
            Some(Entry { loaded: Some(loaded), .. }) => Ok(loaded),
            Some(Entry { fault: Some(fault), .. }) => Err(fault),
            Some(Entry { loading: true, .. }) => Err("it is being loaded"),
            _ => Err("it has not been loaded"),
        }
    }

    /// Memory in bytes that an origin's table takes, or is expected to take.
    pub(super) fn cost(&self, wanted: &LoadRequest) -> u64 {
        let expected = wanted.expected_bytes();
        match self.costs.get(&wanted.key()) {
            // A table that has shrunk by half since then is tried again.
            Some(cost) if expected >= cost.expected / 2 => cost.bytes,
            _ => expected,
        }
    }

    /// Faults of the current data, and warnings about loaded data.
    pub(super) fn faults(&self) -> impl Iterator<Item = &str> {
        self.entries.values().flat_map(|entry| {
            let note = entry.loaded.as_ref().and_then(|loaded| loaded.note.as_deref());
            entry.fault.as_deref().into_iter().chain(note)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;
    use vector_tile::features::{TableBuilder, TableOptions};

    fn wanted() -> LoadRequest {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.fgb");
        std::fs::write(&file, "a").unwrap();
        let look = super::super::directory_listing::DirectoryListing::at(
            dir.path(),
            &dir.path().join("catalog"),
        )
        .unwrap();
        let (path, signature) = look.files["a"].clone();
        LoadRequest::file(path, signature, TableOptions::default())
    }

    fn datasets() -> TableStates {
        TableStates::new(Arc::new(|_| Err(LoadFault::System("no database".to_owned()))))
    }

    fn loaded() -> Result<LoadedDataset, LoadFault> {
        let mut builder = TableBuilder::new(TableOptions::default());
        data_model::feature::FeatureVisitor::begin(
            &mut builder,
            &data_model::feature::FeatureSchema::default(),
        );
        let table = builder.finish().map_err(|error| LoadFault::Data(error.to_string()))?;
        Ok(LoadedDataset {
            table: Arc::new(table),
            options: TableOptions::default(),
            title: None,
            description: None,
            digest: 0,
            note: None,
            summaries: crate::loading::ColumnSummaries::default(),
        })
    }

    #[test]
    fn what_the_system_could_not_read_is_read_again_and_ever_more_rarely() {
        let wanted = [wanted()];
        let mut datasets = datasets();
        let tries = AtomicU32::new(0);
        let start = Instant::now();
        let failing = |_: &LoadRequest| {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(LoadFault::System("too many open files".to_owned()))
        };
        for second in 0..200 {
            datasets.refresh_with(&wanted, start + Duration::from_secs(second), failing);
        }
        // At 0, 1, 3, 7, 15, 31, 63, 123, 183 seconds.
        assert_eq!(tries.load(Ordering::Relaxed), 9);
        assert_eq!(datasets.faults().collect::<Vec<_>>(), ["too many open files"]);
        let later = start + Duration::from_secs(300);
        assert!(datasets.has_news(later));
        datasets.refresh_with(&wanted, later, |_| loaded());
        assert!(datasets.get(&wanted[0]).is_ok() && datasets.faults().next().is_none());
        assert!(!datasets.has_news(later + Duration::from_secs(1000)));
    }

    #[test]
    fn a_file_at_fault_is_not_read_again_until_it_changes() {
        let wanted = [wanted()];
        let mut datasets = datasets();
        let start = Instant::now();
        datasets.refresh_with(&wanted, start, |_| Err(LoadFault::Data("damaged".to_owned())));
        assert!(!datasets.has_news(start + Duration::from_secs(1000)));
    }
}
