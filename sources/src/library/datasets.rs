//! The dataset files of a data directory, loaded once and again when they change.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::Mutex;

use crate::features::{FeatureTable, TableBuilder, TableOptions};
use crate::flatgeobuf::FlatGeobuf;
use crate::source::StoreError;

/// A file as the system describes it: a change of any of these is a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signature {
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

impl Signature {
    fn of(meta: &std::fs::Metadata) -> Self {
        Self { inode: meta.ino(), length: meta.len(), modified: (meta.mtime(), meta.mtime_nsec()) }
    }
}

/// The files of a folder with an ending, by stem. Hidden files, and files being
/// written under a temporary name, are passed over.
pub(super) fn list(
    folder: &Path,
    ending: &str,
) -> std::io::Result<BTreeMap<String, (PathBuf, Signature)>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let Some(stem) = name.strip_suffix(ending) else {
            continue;
        };
        if name.starts_with('.') || stem.is_empty() {
            continue;
        }
        // Through links, so that a link to a replaced file is seen to change.
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_file() => {
                files.insert(stem.to_owned(), (path.clone(), Signature::of(&meta)));
            }
            // Gone since the folder was read, or no file.
            _ => {}
        }
    }
    Ok(files)
}

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
}

impl Datasets {
    /// Loads what is new or has changed, on all cores, and forgets the rest.
    /// A file that can't be read keeps its last good table.
    pub(super) fn refresh(&mut self, wanted: &[Wanted]) {
        let key = |wanted: &Wanted| {
            let options = &wanted.options;
            (wanted.path.clone(), (options.id_column.clone(), options.coverage))
        };
        let keys: std::collections::BTreeSet<_> = wanted.iter().map(key).collect();
        self.entries.retain(|key, _| keys.contains(key));

        let changed: Vec<&Wanted> = wanted
            .iter()
            .filter(|wanted| {
                self.entries
                    .get(&key(wanted))
                    .is_none_or(|entry| entry.signature != wanted.signature)
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
            let entry =
                self.entries.entry(key).or_insert(Entry { signature, loaded: None, fault: None });
            entry.signature = signature;
            match result {
                Ok(loaded) => {
                    entry.loaded = Some(loaded);
                    entry.fault = None;
                }
                Err(reason) => {
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

fn load(wanted: &Wanted) -> Result<Loaded, String> {
    let start = Instant::now();
    let file = FlatGeobuf::new(&wanted.path);
    let mut visitor = Titled {
        builder: TableBuilder::new(wanted.options.clone()),
        title: None,
        description: None,
    };
    let summary =
        file.scan_and_digest(&mut visitor).map_err(|error: StoreError| error.to_string())?;
    let table =
        visitor.builder.finish().map_err(|error| format!("{}: {error}", wanted.path.display()))?;
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
