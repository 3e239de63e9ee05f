//! Figures of layers, computed in the background and kept in files.
//!
//! What a figure depends on is a key: the engine, the declarations, and the signs of
//! the stored parts. A result of that key is read from `derived/` in the data
//! directory, or computed and written there; so a restart computes nothing, and a
//! change only what depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::figure_worker::{Batch, Failure, FigureWorker, Job, Version};
use super::figures::on_features;
use super::inputs::StoredInputs;
use super::loading::Loaded;
use super::no_data::NoData;
use super::origin::Wanted;
use super::pace::Pace;
use super::parallel::on_all_cores;
use catalog::{Catalog, Layer};
use data_model::{DatasetId, LayerId};
use measures::{Derived, Form, InputError, LeftOut};
use tile_source::time_slices::TimeSlices;
use vector_tile::features::ValueSummary;

/// The folder in the data directory that results are kept in.
pub(super) const FOLDER: &str = "derived";
/// How the names of files with results end.
const ENDING: &str = ".figures";

/// A layer whose figures are wanted.
#[derive(Clone)]
pub(super) struct FiguresPlan {
    pub(super) layer: Layer,
    pub(super) form: Form,
    /// What they depend on.
    pub(super) key: u128,
    /// The features that carry them; none where they are lines of their own.
    pub(super) carrier: Option<Wanted>,
}

/// What is computed of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Product {
    /// Figures over its features.
    Figures,
    /// Figures over the areas that the district counts by.
    Stats,
}

/// A result on its features.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) slices: TimeSlices,
    /// What the figures are like that the map is about.
    pub(super) summary: Option<ValueSummary>,
}

/// Names one result.
pub(super) type ResultName = (LayerId, Form, Product);

/// The newest result of each, and the fault of its newest state.
pub(super) struct Derivations {
    folder: PathBuf,
    entries: BTreeMap<ResultName, Entry>,
    worker: FigureWorker,
    /// Whether the database could be asked when it was last looked at.
    reachable: bool,
}

#[derive(Default)]
struct Entry {
    /// What the last try was for.
    key: Option<u128>,
    /// What is declared of it: a result of another declaration is not shown.
    declaration: u128,
    derived: Option<Arc<Derived>>,
    fault: Option<String>,
    /// What is queued or being computed.
    pending: Option<Version>,
    pace: Pace,
    asks_database: bool,
    /// The result on its features, with the digest of those.
    shown: Mutex<Option<(u128, bool, Shown)>>,
}

impl Derivations {
    /// None yet; results are kept in the data directory `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        let folder = folder.join(FOLDER);
        measures::sweep(&folder);
        for error in measures::narrow(&folder) {
            tracing::warn!(%error, "kept figures can be read by other accounts");
        }
        Self { folder, entries: BTreeMap::new(), worker: FigureWorker::default(), reachable: false }
    }

    /// Reads or begins to compute what is new or depends on something that changed,
    /// and forgets what is not wanted any more. While the database is not `reachable`,
    /// nothing asks it.
    pub(super) fn refresh(
        &mut self,
        catalog: &Arc<Catalog>,
        inputs: &StoredInputs,
        wanted: &[Job],
        reachable: bool,
        now: Instant,
    ) {
        self.settle(now);
        if reachable && !self.reachable {
            self.retry_tables(now);
        }
        self.reachable = reachable;
        let names: BTreeSet<&ResultName> = wanted.iter().map(|job| &job.name).collect();
        self.entries.retain(|name, _| names.contains(name));
        self.worker.retain(&names);
        let mut due = Vec::new();
        for job in wanted {
            let entry = self.entries.entry(job.name.clone()).or_default();
            let Version { declaration, key } = job.version;
            if entry.declaration != declaration {
                *entry = Entry { declaration, ..Entry::default() };
            }
            entry.asks_database = job.asks_database;
            // What is being computed comes first, or what changes all the time would
            // never be done.
            if entry.pending.is_none() {
                let is_new = entry.key != Some(key);
                let overdue = entry.pace.is_due(is_new, now);
                // Kept results are read without the database.
                if overdue && (is_new || reachable || !entry.asks_database) {
                    due.push(job);
                }
            }
        }
        if due.is_empty() {
            return;
        }
        let folder = &self.folder;
        let read =
            on_all_cores(&due, |job| Derived::read(&path(folder, &job.name), job.version.key));
        let mut missing = Vec::new();
        for (job, kept) in read {
            let entry = self.entries.entry(job.name.clone()).or_default();
            match kept {
                Ok(Some(derived)) => entry.settle(job.version.key, Ok(derived), now),
                Ok(None) => missing.push((*job).clone()),
                Err(error) => {
                    tracing::warn!(%error, "kept figures can't be used and are computed anew");
                    missing.push((*job).clone());
                }
            }
        }
        missing.retain(|job| reachable || !job.asks_database);
        if missing.is_empty() {
            return;
        }
        // Figures of maps before those of their panels.
        missing.sort_by_key(|job| job.name.2);
        for job in &missing {
            if let Some(entry) = self.entries.get_mut(&job.name) {
                entry.pending = Some(job.version);
            }
        }
        tracing::info!(results = missing.len(), "figures are being computed");
        self.worker.submit(Batch {
            catalog: Arc::clone(catalog),
            inputs: inputs.clone(),
            jobs: missing,
            folder: self.folder.clone(),
        });
    }

    /// Takes over what was computed since the last time.
    fn settle(&mut self, now: Instant) {
        for outcome in self.worker.take() {
            // Of what is declared otherwise by now, nothing is shown.
            if let Some(entry) = self.entries.get_mut(&outcome.name)
                && entry.pending == Some(outcome.version)
            {
                entry.pace.rest(outcome.took, now);
                entry.settle(outcome.version.key, outcome.result, now);
            }
        }
    }

    /// Nothing that failed while the database was away waits any longer.
    fn retry_tables(&mut self, now: Instant) {
        for entry in self.entries.values_mut().filter(|entry| entry.asks_database) {
            entry.pace.retry_now(now);
        }
    }

    /// Whether a refresh would change anything though nothing wanted has.
    pub(super) fn has_news(&self, now: Instant) -> bool {
        let due = |entry: &Entry| entry.is_overdue(now, self.reachable);
        self.worker.has_outcomes() || self.entries.values().any(due)
    }

    /// Waits for what is being computed, at most until `deadline`. Blocks.
    pub(super) fn wait(&self, deadline: Instant) {
        self.worker.wait(deadline);
    }

    /// A layer's figures on its features, or why there are none.
    pub(super) fn slices(
        &self,
        plan: &FiguresPlan,
        carrier: Option<&Loaded>,
        labels: bool,
    ) -> Result<Shown, String> {
        let name = (plan.layer.id.clone(), plan.form, Product::Figures);
        let entry = self.entries.get(&name).ok_or("its figures have not been computed")?;
        let derived = entry.get()?;
        let digest = carrier.map_or(0, |loaded| loaded.digest);
        let mut shown = entry.shown.lock();
        if let Some((of, with_labels, slices)) = &*shown
            && (*of, *with_labels) == (digest, labels)
        {
            return Ok(slices.clone());
        }
        let carrier = carrier.map(|loaded| (loaded.table.as_ref(), loaded.digest));
        let slices = on_features(derived, carrier, labels)?;
        let set = measures::figures_of(&plan.layer, plan.form).map(|(set, _)| set);
        let summary = set.and_then(|set| ValueSummary::new(slices.tables(), &set.value));
        let now = Shown { slices, summary };
        *shown = Some((digest, labels, now.clone()));
        Ok(now)
    }

    /// A layer's figures by area, or why they are missing for now; `None` where it has
    /// none.
    pub(super) fn stats(
        &self,
        layer: &LayerId,
        form: Form,
    ) -> Option<Result<Arc<Derived>, String>> {
        let entry = self.entries.get(&(layer.clone(), form, Product::Stats))?;
        Some(entry.get().cloned())
    }

    /// Number of results that are being computed and were never there: neither an older
    /// one nor a failure.
    pub(super) fn awaited(&self) -> usize {
        let new = |entry: &&Entry| {
            entry.pending.is_some() && entry.derived.is_none() && entry.fault.is_none()
        };
        self.entries.values().filter(new).count()
    }

    /// Rows that no figure counts, each reason once.
    pub(super) fn left_out(&self) -> BTreeSet<&LeftOut> {
        let derived = self.entries.values().filter_map(|entry| entry.derived.as_ref());
        derived.flat_map(|derived| &derived.left_out).collect()
    }

    /// What can't be computed, and why.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|((layer, ..), entry)| {
            Some(format!("layer {layer}: {}", entry.fault.as_ref()?))
        })
    }
}

impl Entry {
    fn get(&self) -> Result<&Arc<Derived>, String> {
        match (&self.derived, &self.fault, self.pending) {
            (Some(derived), ..) => Ok(derived),
            (None, Some(fault), _) => Err(fault.clone()),
            (None, None, Some(_)) => Err("its figures are being computed".to_owned()),
            (None, None, None) => Err("its figures have not been computed".to_owned()),
        }
    }

    /// Whether it is to be computed though nothing has changed since the last look.
    fn is_overdue(&self, now: Instant, reachable: bool) -> bool {
        let can_be = self.pending.is_none() && (reachable || !self.asks_database);
        can_be && self.pace.is_overdue(now)
    }

    fn settle(&mut self, key: u128, result: Result<Derived, Failure>, now: Instant) {
        self.key = Some(key);
        self.pending = None;
        self.pace.settle(matches!(result, Err(Failure { again: true, .. })), now);
        match result {
            Ok(derived) => {
                self.derived = Some(Arc::new(derived));
                self.fault = None;
                *self.shown.get_mut() = None;
            }
            Err(Failure { reason, .. }) => {
                if self.fault.as_ref() != Some(&reason) {
                    tracing::error!(reason, "figures can't be computed");
                }
                self.fault = Some(reason);
            }
        }
    }
}

impl Job {
    /// A layer's result of this form and product.
    pub(super) fn new(
        catalog: &Catalog,
        inputs: &StoredInputs,
        layer: &Layer,
        (form, product): (Form, Product),
        key: u128,
    ) -> Self {
        let mut datasets = layer.datasets.iter().chain(&catalog.district.stats_over);
        Self {
            name: (layer.id.clone(), form, product),
            layer: layer.clone(),
            version: Version { declaration: declaration(catalog, layer), key },
            asks_database: datasets.any(|dataset| inputs.are_in_database(dataset)),
        }
    }
}

/// A digest of what the catalog declares of a layer and its datasets.
fn declaration(catalog: &Catalog, layer: &Layer) -> u128 {
    let dataset = |id: &DatasetId| catalog.dataset(id.as_str());
    let mut datasets: Vec<_> =
        layer.datasets.iter().chain(&catalog.district.stats_over).map(dataset).collect();
    // Rows of values stand for features of another dataset.
    let places: Vec<_> =
        datasets.iter().flatten().filter_map(|held| held.place.as_ref()).map(dataset).collect();
    datasets.extend(places);
    xxh3_128(format!("{layer:?}{datasets:?}").as_bytes())
}

/// Where a result is kept.
pub(super) fn path(folder: &Path, (layer, form, product): &ResultName) -> PathBuf {
    let form = match form {
        Form::Full => "full",
        Form::Public => "public",
    };
    let product = match product {
        Product::Figures => "map",
        Product::Stats => "stats",
    };
    folder.join(format!("{layer}.{form}.{product}{ENDING}"))
}

/// The dataset that a layer's figures by area are missing for, and the reason.
pub(super) fn stats_fault(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    form: Form,
) -> Option<(DatasetId, NoData)> {
    let InputError { dataset, part, .. } =
        measures::stats_key(layer, form, catalog, inputs).err()?;
    let fault = inputs.fault(&dataset, part)?;
    Some((dataset, fault))
}

/// The jobs for a layer's figures by area, in the forms that it is published in.
pub(super) fn stats_job(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    form: Form,
) -> Option<Job> {
    catalog.district.stats_over.as_ref()?;
    let key = measures::stats_key(layer, form, catalog, inputs).ok().filter(|key| *key != 0)?;
    Some(Job::new(catalog, inputs, layer, (form, Product::Stats), key))
}
