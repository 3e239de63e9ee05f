//! Writes the district into a data directory, without overwriting other files.
//!
//! A marker file lists the written files with a digest of each. It is written before the
//! first file and completed after the last, so an interrupted run is simply repeated, and
//! a file that was changed since is recognised.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::fields::all_makers;
use crate::fields::table_maker::TableMaker;
use crate::numbers::rng::digest;
use crate::tables::catalog_files;
use crate::tables::schema::{CatalogSchema, SchemaError, TableSchema};
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Name of the marker file in the data directory.
pub(crate) const MARKER: &str = ".demo-district";

/// Version of the output; changes whenever the same seed would give other files.
pub(crate) const VERSION: u32 = 7;

/// Outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The district was written.
    Written {
        /// Number of features in all datasets.
        features: u64,
        /// Number of rows of values.
        values: u64,
    },
    /// The district was there already, complete and of this version and seed.
    Present,
}

/// Reasons for not writing the district.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The directory holds other files.
    #[error(
        "{}: the directory is not empty and holds no demo ({example} is there); \
         choose another directory, or add --force to write the demo beside it", path.display()
    )]
    Foreign {
        /// Data directory.
        path: PathBuf,
        /// One of the other files.
        example: String,
    },
    /// Files of an earlier demo were changed.
    #[error(
        "{}: changed since the demo was written: {}; move what you want to keep, \
         or add --force to write over it", path.display(), files.join(", ")
    )]
    Changed {
        /// Data directory.
        path: PathBuf,
        /// Changed files.
        files: Vec<String>,
    },
    /// The catalog can't be read.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The catalog does not declare a file that the program makes.
    #[error("{id}: made by the generator, but not declared in sources/catalog; declare its {part}")]
    Undeclared {
        /// Id of the dataset.
        id: &'static str,
        /// Name of the part.
        part: &'static str,
    },
    /// A file can't be read or written.
    #[error("{}: {error}; check that the directory is writable and the disk has space", path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Error of the system.
        #[source]
        error: io::Error,
    },
}

/// Options of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WriteOptions {
    /// Seed of the district.
    pub seed: u64,
    /// Factor on the usual number of point features and events.
    pub scale: f64,
    /// Whether to write over other or changed files.
    pub force: bool,
}

/// Writes the district of a plan into `directory`.
///
/// `progress` receives the number of completed steps, the number of all steps, and the
/// name of the next step.
///
/// # Errors
/// [`OutputError`]; files that were complete before stay complete, since each is written
/// to a temporary file and renamed.
pub fn write_district(
    directory: &Path,
    plan: WriteOptions,
    progress: impl FnMut(usize, usize, &str) + Send,
) -> Result<WriteOutcome, OutputError> {
    let head = marker_head(plan);
    let marker = directory.join(MARKER);
    let old = MarkerFile::read(&marker)?;
    if let Some(old) = &old
        && old.head == head
        && old.complete
        && !plan.force
        && old.files.keys().all(|file| directory.join(file).is_file())
    {
        return Ok(WriteOutcome::Present);
    }
    if !plan.force {
        refuse_to_harm(directory, old.as_ref())?;
    }
    fs::create_dir_all(directory).map_err(|error| io_error(directory, error))?;

    let schema = CatalogSchema::built_in()?;
    let jobs = tables_to_make(&schema)?;
    let files = jobs.iter().map(|(_, table)| format!("{}.fgb", table.stem));
    let files = files.chain(catalog_files::FILES.iter().map(|file| format!("catalog/{}", file.0)));
    let mut new = MarkerFile { head, complete: false, files: files.map(|f| (f, 0)).collect() };
    new.write(&marker)?;

    let steps = ProgressReport {
        progress: Mutex::new(progress),
        done: AtomicUsize::new(0),
        all: jobs.len() + catalog_files::FILES.len(),
    };
    steps.announce("district");
    let world = World::new(plan.seed, plan.scale);
    let (mut features, mut values) = (0, 0);
    for written in write_tables(directory, &world, &jobs, &steps)? {
        new.files.insert(format!("{}.fgb", written.table.stem), written.sum);
        *if written.table.geometry.is_some() { &mut features } else { &mut values } += written.rows;
    }
    // The catalog goes last: a server that watches the directory then finds the
    // data that it declares.
    for (name, text) in catalog_files::FILES {
        let name = format!("catalog/{name}");
        steps.announce(&name);
        let path = directory.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
        }
        let sum = replace_file(&path, |path| {
            fs::write(path, text).map_err(|error| io_error(path, error))
        })?;
        new.files.insert(name, sum);
        steps.done.fetch_add(1, Ordering::Relaxed);
    }
    new.complete = true;
    new.write(&marker)?;
    steps.announce("done");
    Ok(WriteOutcome::Written { features, values })
}

/// Pairs each maker with the table to fill.
fn tables_to_make(schema: &CatalogSchema) -> Result<Vec<(TableMaker, &TableSchema)>, OutputError> {
    let jobs = all_makers().into_iter().map(|maker| match schema.table(maker.id, maker.part) {
        Some(table) => Ok((maker, table)),
        None => Err(OutputError::Undeclared { id: maker.id, part: maker.part.name() }),
    });
    jobs.collect()
}

/// Progress report, shared by all threads.
struct ProgressReport<F> {
    progress: Mutex<F>,
    done: AtomicUsize,
    all: usize,
}

impl<F: FnMut(usize, usize, &str)> ProgressReport<F> {
    fn announce(&self, what: &str) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress(self.done.load(Ordering::Relaxed), self.all, what);
    }
}

/// One written file.
struct WrittenFile<'a> {
    table: &'a TableSchema,
    rows: u64,
    sum: u64,
}

/// Writes every writer, as many at a time as there are processors.
fn write_tables<'a, F: FnMut(usize, usize, &str) + Send>(
    directory: &Path,
    world: &World,
    jobs: &[(TableMaker, &'a TableSchema)],
    steps: &ProgressReport<F>,
) -> Result<Vec<WrittenFile<'a>>, OutputError> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<WrittenFile<'a>>, OutputError> {
        let mut written = Vec::new();
        while let Some((maker, table)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = format!("{}.fgb", table.stem);
            steps.announce(&name);
            let mut rows = 0;
            let sum = replace_file(&directory.join(&name), |path| {
                let mut fill = || {
                    let mut writer = TableWriter::create(table, path)?;
                    (maker.make)(world, &mut writer)?;
                    rows = writer.row_count();
                    writer.finish()
                };
                fill().map_err(|error| io_error(path, error))
            });
            match sum {
                Ok(sum) => written.push(WrittenFile { table, rows, sum }),
                Err(error) => {
                    // Other threads stop after their current file.
                    next.store(jobs.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
            steps.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(written)
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.min(8)).map(|_| scope.spawn(work)).collect();
        let mut written = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(result) => written.extend(result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(written)
    })
}

/// First line of the marker: equal lines mean equal files.
fn marker_head(plan: WriteOptions) -> String {
    let WriteOptions { seed, scale, .. } = plan;
    let catalog: Vec<u8> =
        catalog_files::FILES.iter().flat_map(|file| file.1.bytes().chain([0])).collect();
    format!(
        "demo-district version {VERSION} seed {seed} scale {scale} catalog {:016x}",
        digest(&catalog)
    )
}

/// Refuses to overwrite anything but an untouched demo.
fn refuse_to_harm(directory: &Path, old: Option<&MarkerFile>) -> Result<(), OutputError> {
    let path = directory.to_owned();
    let Some(old) = old else {
        let mut entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io_error(directory, error)),
        };
        return match entries.next() {
            None => Ok(()),
            Some(Err(error)) => Err(io_error(directory, error)),
            Some(Ok(entry)) => {
                let example = entry.file_name().to_string_lossy().into_owned();
                Err(OutputError::Foreign { path, example })
            }
        };
    };
    let mut files = Vec::new();
    for (name, sum) in &old.files {
        // 0 marks a file that an interrupted run did not write.
        let file = directory.join(name);
        if *sum != 0 && file.exists() && file_digest(&file)? != *sum {
            files.push(name.clone());
        }
    }
    if files.is_empty() { Ok(()) } else { Err(OutputError::Changed { path, files }) }
}

/// Writes a temporary file, renames it to `path`, and returns the digest.
///
/// The temporary name ends in `.partial`, so that nothing takes the file for a dataset.
fn replace_file(
    path: &Path,
    make: impl FnOnce(&Path) -> Result<(), OutputError>,
) -> Result<u64, OutputError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let made = make(&partial).and_then(|()| {
        let sum = file_digest(&partial)?;
        let file = fs::File::open(&partial).map_err(|error| io_error(&partial, error))?;
        file.sync_all().map_err(|error| io_error(&partial, error))?;
        fs::rename(&partial, path).map_err(|error| io_error(path, error))?;
        Ok(sum)
    });
    if made.is_err() {
        // The first error is reported; the partial file may not exist.
        let _ = fs::remove_file(&partial);
    }
    made
}

fn file_digest(path: &Path) -> Result<u64, OutputError> {
    let bytes = fs::read(path).map_err(|error| io_error(path, error))?;
    Ok(digest(&bytes).max(1))
}

fn io_error(path: &Path, error: io::Error) -> OutputError {
    OutputError::Io { path: path.to_owned(), error }
}

/// Content of the marker file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MarkerFile {
    head: String,
    complete: bool,
    files: BTreeMap<String, u64>,
}

impl MarkerFile {
    fn read(path: &Path) -> Result<Option<Self>, OutputError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error(path, error)),
        };
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default().to_owned();
        let complete = lines.next() == Some("complete");
        let files = lines
            .filter_map(|line| {
                let (sum, file) = line.split_once(' ')?;
                Some((file.to_owned(), u64::from_str_radix(sum, 16).ok()?))
            })
            .collect();
        Ok(Some(Self { head, complete, files }))
    }

    fn write(&self, path: &Path) -> Result<(), OutputError> {
        let state = if self.complete { "complete" } else { "incomplete" };
        let mut text = format!("{}\n{state}\n", self.head);
        for (file, sum) in &self.files {
            text.push_str(&format!("{sum:016x} {file}\n"));
        }
        replace_file(path, |path| {
            let mut file = fs::File::create(path).map_err(|error| io_error(path, error))?;
            file.write_all(text.as_bytes()).map_err(|error| io_error(path, error))
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
