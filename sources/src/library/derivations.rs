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

use super::backoff::Backoff;
use super::figure_worker::{Batch, FigureWorker, Job};
use super::figures::on_features;
use super::inputs::StoredInputs;
use super::loading::Loaded;
use super::origin::Wanted;
use super::parallel::on_all_cores;
use crate::catalog::{Catalog, Layer};
use crate::derive::{self, Derived, Form};
use crate::features::ValueSummary;
use crate::time_slices::TimeSlices;
use crate::{DatasetId, LayerId};

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
}

#[derive(Default)]
struct Entry {
    /// What the last try was for.
    key: Option<u128>,
    /// What is declared of it: a result of another declaration is not shown.
    declaration: u128,
    derived: Option<Arc<Derived>>,
    fault: Option<String>,
    retry: Option<Backoff>,
    computing: bool,
    /// The result on its features, with the digest of those.
    shown: Mutex<Option<(u128, bool, Shown)>>,
}

impl Derivations {
    /// None yet; results are kept in the data directory `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
            entries: BTreeMap::new(),
            worker: FigureWorker::default(),
        }
    }

    /// Reads or begins to compute what is new or depends on something that changed,
    /// and forgets what is not wanted any more.
    pub(super) fn refresh(
        &mut self,
        catalog: &Arc<Catalog>,
        inputs: &StoredInputs,
        wanted: &[Job],
        now: Instant,
    ) {
        self.settle(now);
        let names: BTreeSet<&ResultName> = wanted.iter().map(|job| &job.name).collect();
        self.entries.retain(|name, _| names.contains(name));
        let mut due = Vec::new();
        for job in wanted {
            let entry = self.entries.entry(job.name.clone()).or_default();
            let declaration = declaration(catalog, &job.layer);
            if entry.declaration != declaration {
                *entry = Entry { declaration, ..Entry::default() };
            }
            let again = entry.retry.is_some_and(|retry| retry.is_due(now));
            if !entry.computing && (entry.key != Some(job.key) || again) {
                due.push(job);
            }
        }
        if due.is_empty() {
            return;
        }
        let folder = &self.folder;
        let read = on_all_cores(&due, |job| Derived::read(&path(folder, &job.name), job.key));
        let mut missing = Vec::new();
        for (job, kept) in read {
            let entry = self.entries.entry(job.name.clone()).or_default();
            match kept {
                Ok(Some(derived)) => entry.settle(job.key, Ok(derived), now),
                Ok(None) => missing.push((*job).clone()),
                Err(error) => {
                    tracing::warn!(%error, "kept figures can't be used and are computed anew");
                    missing.push((*job).clone());
                }
            }
        }
        if missing.is_empty() {
            return;
        }
        // Figures of maps before those of their panels.
        missing.sort_by_key(|job| job.name.2);
        for job in &missing {
            if let Some(entry) = self.entries.get_mut(&job.name) {
                entry.computing = true;
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
            if let Some(entry) = self.entries.get_mut(&outcome.name) {
                entry.computing = false;
                // Of what is declared otherwise by now, nothing is shown.
                if entry.declaration == outcome.declaration {
                    entry.settle(outcome.key, outcome.result, now);
                }
            }
        }
    }

    /// Whether a refresh would change anything though nothing wanted has.
    pub(super) fn has_news(&self, now: Instant) -> bool {
        let due = |entry: &Entry| entry.retry.is_some_and(|retry| retry.is_due(now));
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
        let set = derive::figures_of(&plan.layer, plan.form).map(|(set, _)| set);
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

    /// What can't be computed, and why.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|((layer, ..), entry)| {
            Some(format!("layer {layer}: {}", entry.fault.as_ref()?))
        })
    }
}

impl Entry {
    fn get(&self) -> Result<&Arc<Derived>, String> {
        match (&self.derived, &self.fault, self.computing) {
            (Some(derived), ..) => Ok(derived),
            (None, Some(fault), _) => Err(fault.clone()),
            (None, None, true) => Err("its figures are being computed".to_owned()),
            (None, None, false) => Err("its figures have not been computed".to_owned()),
        }
    }

    fn settle(&mut self, key: u128, result: Result<Derived, String>, now: Instant) {
        self.key = Some(key);
        let retry = self.retry.take();
        match result {
            Ok(derived) => {
                self.derived = Some(Arc::new(derived));
                self.fault = None;
                *self.shown.get_mut() = None;
            }
            Err(reason) => {
                self.retry = Some(Backoff::after(retry, now));
                if self.fault.as_ref() != Some(&reason) {
                    tracing::error!(reason, "figures can't be computed");
                }
                self.fault = Some(reason);
            }
        }
    }
}

/// A digest of what the catalog declares of a layer and its datasets.
pub(super) fn declaration(catalog: &Catalog, layer: &Layer) -> u128 {
    let dataset = |id: &DatasetId| catalog.dataset(id.as_str());
    let datasets: Vec<_> = layer.datasets.iter().map(dataset).collect();
    xxh3_128(format!("{layer:?}{datasets:?}{:?}", catalog.district.stats_over).as_bytes())
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

/// The jobs for a layer's figures by area, in the forms that it is published in.
pub(super) fn stats_job(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    form: Form,
) -> Option<Job> {
    catalog.district.stats_over.as_ref()?;
    let key = derive::stats_key(layer, form, catalog, inputs).ok().filter(|key| *key != 0)?;
    Some(Job {
        name: (layer.id.clone(), form, Product::Stats),
        layer: layer.clone(),
        declaration: declaration(catalog, layer),
        key,
    })
}
