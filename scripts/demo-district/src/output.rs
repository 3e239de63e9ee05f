//! Writes the district into a data directory, and never over somebody's work.
//!
//! A marker file lists what was written, with a digest of each file. It is laid
//! down before the first file and completed after the last, so an interrupted
//! run is simply repeated, and a file that was changed since is recognised.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::catalog;
use crate::datasets::datasets;
use crate::district::District;
use crate::encode::encode;
use crate::rng::digest;

/// The marker's name in the data directory.
pub const MARKER: &str = ".demo-district";

/// Changes whenever the same seed would give other files.
pub const VERSION: u32 = 2;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The district was written.
    Written {
        /// How many features all datasets hold.
        features: usize,
    },
    /// It was there already, complete and of this version and seed.
    Present,
}

/// Why the district was not written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The directory holds other files.
    #[error(
        "{}: the directory is not empty and holds no demo ({example} is there); \
         choose another directory, or add --force to write the demo beside it", path.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// One of the files in it.
        example: String,
    },
    /// Files of an earlier demo were changed.
    #[error(
        "{}: changed since the demo was written: {}; move what you want to keep, \
         or add --force to write over it", path.display(), files.join(", ")
    )]
    Changed {
        /// The directory.
        path: PathBuf,
        /// The changed files.
        files: Vec<String>,
    },
    /// A file can't be read or written.
    #[error("{}: {error}; check that the directory is writable and the disk has space", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Writes the district of `seed` into `directory`.
///
/// `progress` is told how many of how many steps are done and what comes next.
///
/// # Errors
/// [`OutputError`]; files that were complete before stay complete, since each
/// is written beside its place and renamed into it.
pub fn write(
    directory: &Path,
    seed: u64,
    force: bool,
    mut progress: impl FnMut(usize, usize, &str),
) -> Result<Outcome, OutputError> {
    let head = head(seed);
    let marker = directory.join(MARKER);
    let old = Marker::read(&marker)?;
    if let Some(old) = &old
        && old.head == head
        && old.complete
        && !force
        && old.files.keys().all(|file| directory.join(file).is_file())
    {
        return Ok(Outcome::Present);
    }
    if !force {
        refuse_to_harm(directory, old.as_ref())?;
    }
    fs::create_dir_all(directory).map_err(|error| at(directory, error))?;

    progress(0, 1, "district");
    let datasets = datasets(&District::new(seed));
    let steps = datasets.len() + catalog::FILES.len();
    let files = datasets.iter().map(|d| format!("{}.fgb", d.id));
    let files = files.chain(catalog::FILES.iter().map(|file| format!("catalog/{}", file.0)));
    let mut new = Marker { head, complete: false, files: files.map(|f| (f, 0)).collect() };
    new.write(&marker)?;

    // The catalog goes last: a server that watches the directory then finds the
    // data that it declares.
    let mut features = 0;
    for (i, dataset) in datasets.iter().enumerate() {
        let name = format!("{}.fgb", dataset.id);
        progress(i, steps, &name);
        let sum = replace(&directory.join(&name), |path| {
            encode(dataset, path).map_err(|error| at(path, error))
        })?;
        new.files.insert(name, sum);
        features += dataset.rows.len();
    }
    for (i, (name, text)) in catalog::FILES.iter().enumerate() {
        let name = format!("catalog/{name}");
        progress(datasets.len() + i, steps, &name);
        let path = directory.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
        }
        let sum = replace(&path, |path| fs::write(path, text).map_err(|error| at(path, error)))?;
        new.files.insert(name, sum);
    }
    new.complete = true;
    new.write(&marker)?;
    progress(steps, steps, "done");
    Ok(Outcome::Written { features })
}

/// The marker's first line: equal lines mean equal files.
fn head(seed: u64) -> String {
    let catalog: Vec<u8> =
        catalog::FILES.iter().flat_map(|file| file.1.bytes().chain([0])).collect();
    format!("demo-district version {VERSION} seed {seed} catalog {:016x}", digest(&catalog))
}

/// An error unless everything that would be overwritten is an untouched demo.
fn refuse_to_harm(directory: &Path, old: Option<&Marker>) -> Result<(), OutputError> {
    let path = directory.to_owned();
    let Some(old) = old else {
        let mut entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(at(directory, error)),
        };
        return match entries.next() {
            None => Ok(()),
            Some(Err(error)) => Err(at(directory, error)),
            Some(Ok(entry)) => {
                let example = entry.file_name().to_string_lossy().into_owned();
                Err(OutputError::Foreign { path, example })
            }
        };
    };
    let mut files = Vec::new();
    for (name, sum) in &old.files {
        // 0: announced by a run that was interrupted before it was written.
        let file = directory.join(name);
        if *sum != 0 && file.exists() && digest_of(&file)? != *sum {
            files.push(name.clone());
        }
    }
    if files.is_empty() { Ok(()) } else { Err(OutputError::Changed { path, files }) }
}

/// Makes a file beside its place and renames it into it; gives its digest.
///
/// The temporary name ends in `.partial`, so that nothing takes it for a dataset.
fn replace(
    path: &Path,
    make: impl FnOnce(&Path) -> Result<(), OutputError>,
) -> Result<u64, OutputError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let made = make(&partial).and_then(|()| {
        let sum = digest_of(&partial)?;
        let file = fs::File::open(&partial).map_err(|error| at(&partial, error))?;
        file.sync_all().map_err(|error| at(&partial, error))?;
        fs::rename(&partial, path).map_err(|error| at(path, error))?;
        Ok(sum)
    });
    if made.is_err() {
        // The first error is the one to report; the left-over may not even exist.
        let _ = fs::remove_file(&partial);
    }
    made
}

fn digest_of(path: &Path) -> Result<u64, OutputError> {
    let bytes = fs::read(path).map_err(|error| at(path, error))?;
    Ok(digest(&bytes).max(1))
}

fn at(path: &Path, error: io::Error) -> OutputError {
    OutputError::Io { path: path.to_owned(), error }
}

/// What the marker file says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Marker {
    head: String,
    complete: bool,
    files: BTreeMap<String, u64>,
}

impl Marker {
    fn read(path: &Path) -> Result<Option<Self>, OutputError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(path, error)),
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
        replace(path, |path| {
            let mut file = fs::File::create(path).map_err(|error| at(path, error))?;
            file.write_all(text.as_bytes()).map_err(|error| at(path, error))
        })?;
        Ok(())
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
