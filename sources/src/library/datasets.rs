//! The dataset files of a data directory, loaded once and again when they change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::Mutex;

use super::backoff::Backoff;
use super::look::Signature;
use crate::features::{FeatureTable, TableBuilder, TableOptions};
use crate::flatgeobuf::FlatGeobuf;
use crate::source::StoreError;

/// A loaded dataset.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) table: Arc<FeatureTable>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// Digest of the file's bytes.
    pub(super) digest: u128,
}

/// One file and how it is to be loaded.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) path: PathBuf,
    pub(super) signature: Signature,
    pub(super) options: TableOptions,
}

/// The last good table of every file, and the fault of its newest state.
#[derive(Debug, Default)]
pub(super) struct Datasets {
    entries: BTreeMap<(PathBuf, TableKey), Entry>,
}

type TableKey = (Option<String>, bool);

#[derive(Debug)]
struct Entry {
    signature: Signature,
    loaded: Option<Loaded>,
    fault: Option<String>,
    /// Set where reading failed for a reason that lies outside the file: it may
    /// work the next time, though the file stays as it is.
    retry: Option<Backoff>,
}

/// Why a file has no table.
enum LoadFault {
    /// The system could not read it now: too many open files, a disk error.
    System(String),
    /// The file is at fault, and stays so until it changes.
    File(String),
}

impl Datasets {
    /// Loads what is new or has changed, on all cores, and forgets the rest.
    /// A file that can't be read keeps its last good table.
    pub(super) fn refresh(&mut self, wanted: &[Wanted]) {
        self.refresh_with(wanted, Instant::now(), load);
    }

    /// Whether a file is to be read again though it has not changed.
    pub(super) fn retry_due(&self, now: Instant) -> bool {
        self.entries.values().any(|entry| entry.retry.is_some_and(|retry| retry.is_due(now)))
    }

    fn refresh_with(
        &mut self,
        wanted: &[Wanted],
        now: Instant,
        load: impl Fn(&Wanted) -> Result<Loaded, LoadFault> + Sync,
    ) {
        let key = |wanted: &Wanted| {
            let options = &wanted.options;
            (wanted.path.clone(), (options.id_column.clone(), options.coverage))
        };
        let keys: std::collections::BTreeSet<_> = wanted.iter().map(key).collect();
        self.entries.retain(|key, _| keys.contains(key));

        let changed: Vec<&Wanted> = wanted
            .iter()
            .filter(|wanted| {
                self.entries.get(&key(wanted)).is_none_or(|entry| {
                    entry.signature != wanted.signature
                        || entry.retry.is_some_and(|retry| retry.is_due(now))
                })
            })
            .collect();
        let results = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(changed.len()) {
                scope.spawn(|| {
                    while let Some(wanted) = changed.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = load(wanted);
                        results.lock().push((key(wanted), wanted.signature, result));
                    }
                });
            }
        });
        for (key, signature, result) in results.into_inner() {
            let new = Entry { signature, loaded: None, fault: None, retry: None };
            let entry = self.entries.entry(key).or_insert(new);
            entry.signature = signature;
            let retry = entry.retry.take();
            match result {
                Ok(loaded) => {
                    entry.loaded = Some(loaded);
                    entry.fault = None;
                }
                Err(fault) => {
                    let reason = match fault {
                        LoadFault::File(reason) => reason,
                        LoadFault::System(reason) => {
                            entry.retry = Some(Backoff::after(retry, now));
                            reason
                        }
                    };
                    let kept = if entry.loaded.is_some() {
                        "its last good state is kept"
                    } else {
                        "it is not served"
                    };
                    tracing::error!(reason, "dataset can't be read; {kept}");
                    entry.fault = Some(reason);
                }
            }
        }
    }

    /// The last good state of a file, or why there is none.
    pub(super) fn get(&self, wanted: &Wanted) -> Result<&Loaded, &str> {
        let options = &wanted.options;
        let key = (wanted.path.clone(), (options.id_column.clone(), options.coverage));
        match self.entries.get(&key) {
            Some(Entry { loaded: Some(loaded), .. }) => Ok(loaded),
            Some(Entry { fault: Some(fault), .. }) => Err(fault),
            _ => Err("it has not been loaded"),
        }
    }

    /// The faults of the files as they are now.
    pub(super) fn faults(&self) -> impl Iterator<Item = &str> {
        self.entries.values().filter_map(|entry| entry.fault.as_deref())
    }
}

fn load(wanted: &Wanted) -> Result<Loaded, LoadFault> {
    let start = Instant::now();
    let file = FlatGeobuf::new(&wanted.path);
    let mut visitor = Titled {
        builder: TableBuilder::new(wanted.options.clone()),
        title: None,
        description: None,
    };
    let summary = file.scan_and_digest(&mut visitor).map_err(|error| match error {
        StoreError::Io { .. } | StoreError::Unreachable { .. } => {
            LoadFault::System(error.to_string())
        }
        StoreError::Corrupt { .. } | StoreError::Unsupported { .. } | StoreError::Table { .. } => {
            LoadFault::File(error.to_string())
        }
    })?;
    let table = visitor
        .builder
        .finish()
        .map_err(|error| LoadFault::File(format!("{}: {error}", wanted.path.display())))?;
    tracing::info!(
        file = %wanted.path.display(),
        features = summary.features,
        memory_bytes = table.memory_bytes(),
        seconds = start.elapsed().as_secs_f64(),
        "dataset loaded"
    );
    Ok(Loaded {
        table: Arc::new(table),
        title: visitor.title,
        description: visitor.description,
        digest: summary.digest,
    })
}

/// A table builder that also keeps the file's title and description.
struct Titled {
    builder: TableBuilder,
    title: Option<String>,
    description: Option<String>,
}

impl crate::feature::FeatureVisitor for Titled {
    fn begin(&mut self, schema: &crate::feature::Schema) {
        self.title.clone_from(&schema.title);
        self.description.clone_from(&schema.description);
        self.builder.begin(schema);
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &crate::feature::Geometry,
        values: &[crate::feature::Value<'_>],
    ) -> Result<(), String> {
        self.builder.feature(row, geometry, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    fn wanted() -> Wanted {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.fgb");
        std::fs::write(&file, "a").unwrap();
        let look = super::super::look::Look::at(dir.path(), &dir.path().join("catalog")).unwrap();
        let (path, signature) = look.files["a"].clone();
        Wanted { path, signature, options: TableOptions::default() }
    }

    fn loaded() -> Result<Loaded, LoadFault> {
        let mut builder = TableBuilder::new(TableOptions::default());
        crate::feature::FeatureVisitor::begin(&mut builder, &crate::feature::Schema::default());
        let table = builder.finish().map_err(|error| LoadFault::File(error.to_string()))?;
        Ok(Loaded { table: Arc::new(table), title: None, description: None, digest: 0 })
    }

    #[test]
    fn what_the_system_could_not_read_is_read_again_and_ever_more_rarely() {
        let wanted = [wanted()];
        let mut datasets = Datasets::default();
        let tries = AtomicU32::new(0);
        let start = Instant::now();
        let failing = |_: &Wanted| {
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
        assert!(datasets.retry_due(later));
        datasets.refresh_with(&wanted, later, |_| loaded());
        assert!(datasets.get(&wanted[0]).is_ok() && datasets.faults().next().is_none());
        assert!(!datasets.retry_due(later + Duration::from_secs(1000)));
    }

    #[test]
    fn a_file_at_fault_is_not_read_again_until_it_changes() {
        let wanted = [wanted()];
        let mut datasets = Datasets::default();
        let start = Instant::now();
        datasets.refresh_with(&wanted, start, |_| Err(LoadFault::File("damaged".to_owned())));
        assert!(!datasets.retry_due(start + Duration::from_secs(1000)));
    }

    #[test]
    fn a_file_that_can_not_be_opened_is_the_systems_fault() {
        // The folder of `wanted` is gone by now.
        assert!(matches!(load(&wanted()), Err(LoadFault::System(_))));
    }
}
