//! The archives of a data directory, opened once and again when they are replaced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::backoff::Backoff;
use super::look::{Files, Signature};
use catalog::Layer;
use data_model::StoreError;
use pmtiles_source::Archive;

/// The last good state of every archive, and the fault of its newest one.
#[derive(Default)]
pub(super) struct Archives {
    entries: BTreeMap<PathBuf, Entry>,
}

struct Entry {
    signature: Signature,
    archive: Option<Arc<Archive>>,
    fault: Option<String>,
    /// Set where opening failed for a reason that lies outside the file.
    retry: Option<Backoff>,
}

impl Archives {
    /// Opens what is new or was replaced and forgets the rest. Blocks.
    ///
    /// An archive that was replaced by a bad one keeps its last good state: the
    /// file that is mapped still exists. One that was overwritten in place does
    /// not: its mapping is what was overwritten.
    pub(super) fn refresh(&mut self, files: &Files, now: Instant) {
        self.entries.retain(|path, _| files.values().any(|(known, _)| known == path));
        for (path, signature) in files.values() {
            let known = self.entries.get(path);
            let due = known.is_none_or(|entry| {
                entry.signature != *signature || entry.retry.is_some_and(|retry| retry.is_due(now))
            });
            if due {
                let known = self.entries.remove(path);
                self.entries.insert(path.clone(), open(path, *signature, known, now));
            }
        }
    }

    /// Whether an archive is to be opened again though it has not changed.
    pub(super) fn retry_due(&self, now: Instant) -> bool {
        self.entries.values().any(|entry| entry.retry.is_some_and(|retry| retry.is_due(now)))
    }

    /// The archive of a file, or why there is none.
    pub(super) fn get(&self, path: &Path) -> Result<&Arc<Archive>, &str> {
        match self.entries.get(path) {
            Some(Entry { archive: Some(archive), .. }) => Ok(archive),
            Some(Entry { fault: Some(fault), .. }) => Err(fault),
            _ => Err("it has not been opened"),
        }
    }

    /// What is wrong with the files as they are now.
    pub(super) fn faults(&self) -> impl Iterator<Item = &str> {
        self.entries.values().filter_map(|entry| entry.fault.as_deref())
    }
}

fn open(path: &Path, signature: Signature, known: Option<Entry>, now: Instant) -> Entry {
    let error = match Archive::open(path) {
        Ok(archive) => {
            tracing::info!(file = %path.display(), bytes = archive.length(), "archive opened");
            let archive = Some(Arc::new(archive));
            return Entry { signature, archive, fault: None, retry: None };
        }
        Err(error) => error,
    };
    let (last_good, retry) = known.map_or((None, None), |entry| (entry.archive, entry.retry));
    let archive = last_good.filter(|archive| archive.is_unchanged());
    let kept = if archive.is_some() { "its last good state is kept" } else { "it is not served" };
    let retry = matches!(error, StoreError::Io { .. }).then(|| Backoff::after(retry, now));
    let reason = error.to_string();
    tracing::error!(reason, "archive can't be read; {kept}");
    Entry { signature, archive, fault: Some(reason), retry }
}

/// The name of a declared layer in its archive: the one it names, else the one named
/// like it or like its dataset, else the only one.
pub(super) fn inner_layer(archive: &Archive, layer: &Layer) -> String {
    let names = || archive.layers().iter().map(|inner| inner.name.as_str());
    let named = |name: &str| names().find(|inner| *inner == name);
    let only = || names().next().filter(|_| archive.layers().len() == 1);
    match &layer.archive_layer {
        Some(name) => name.clone(),
        None => named(layer.id.as_str())
            .or_else(|| named(layer.dataset.as_str()))
            .or_else(only)
            .unwrap_or(layer.dataset.as_str())
            .to_owned(),
    }
}
