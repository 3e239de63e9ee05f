//! Cache of the data directory's open archives, reopened when their files are replaced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::directory::directory_listing::{FileToken, FilesByStem};
use crate::refresh_schedule::RETRY_POLICY;
use catalog::Layer;
use data_model::StoreError;
use pmtiles_source::PmtilesArchive;
use resilience::Backoff;

/// Last good state of each archive, and the fault of its current file.
#[derive(Default)]
pub(crate) struct ArchiveStates {
    entries: BTreeMap<PathBuf, Entry>,
}

struct Entry {
    token: FileToken,
    archive: Option<Arc<PmtilesArchive>>,
    fault: Option<String>,
    /// Set if opening failed for a reason outside the file.
    retry: Option<Backoff>,
}

impl ArchiveStates {
    /// Opens new and replaced archives and drops all others that are not in `files`. Blocks.
    ///
    /// An archive that is replaced by an invalid file keeps its last good state, as the
    /// mapped file still exists. An archive that is overwritten in place does not: its
    /// mapping has the new bytes.
    pub(crate) fn refresh(&mut self, files: &FilesByStem, now: Instant) {
        self.entries.retain(|path, _| files.values().any(|(file, _)| file == path));
        for (path, token) in files.values() {
            let entry = self.entries.get(path);
            let due = entry.is_none_or(|entry| {
                entry.token != *token || entry.retry.is_some_and(|retry| retry.is_due(now))
            });
            if due {
                let previous = self.entries.remove(path);
                self.entries.insert(path.clone(), open(path, *token, previous, now));
            }
        }
    }

    /// Whether an unchanged archive is due to be opened again.
    pub(crate) fn retry_due(&self, now: Instant) -> bool {
        self.entries.values().any(|entry| entry.retry.is_some_and(|retry| retry.is_due(now)))
    }

    /// The open archive of a file, or the reason that there is none.
    pub(crate) fn get(&self, path: &Path) -> Result<&Arc<PmtilesArchive>, &str> {
        match self.entries.get(path) {
            Some(Entry { archive: Some(archive), .. }) => Ok(archive),
            Some(Entry { fault: Some(fault), .. }) => Err(fault),
            _ => Err("it has not been opened"),
        }
    }

    /// Faults of the current files.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &str> {
        self.entries.values().filter_map(|entry| entry.fault.as_deref())
    }
}

fn open(path: &Path, token: FileToken, previous: Option<Entry>, now: Instant) -> Entry {
    let error = match PmtilesArchive::open(path) {
        Ok(archive) => {
            tracing::info!(file = %path.display(), bytes = archive.length(), "archive opened");
            let archive = Some(Arc::new(archive));
            return Entry { token, archive, fault: None, retry: None };
        }
        Err(error) => error,
    };
    let (last_good, retry) = previous.map_or((None, None), |entry| (entry.archive, entry.retry));
    let archive = last_good.filter(|archive| archive.is_unchanged());
    let outcome =
        if archive.is_some() { "its last good state is kept" } else { "it is not served" };
    let retry =
        matches!(error, StoreError::Io { .. }).then(|| RETRY_POLICY.after_failure(retry, now));
    let reason = error.to_string();
    tracing::error!(reason, "archive can't be read; {outcome}");
    Entry { token, archive, fault: Some(reason), retry }
}

/// Name of a declared layer in its archive.
///
/// The declared name, else the layer's id, else its dataset's id, else the archive's only
/// layer.
pub(crate) fn inner_layer(archive: &PmtilesArchive, layer: &Layer) -> String {
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
