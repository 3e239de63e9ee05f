//! Listing of the data directory at one moment, and detection of settled changes.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Change token of a file: its metadata. A difference in any field is a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileToken {
    inode: u64,
    length: u64,
    /// Time of modification in seconds and nanoseconds since 1970.
    modified: (i64, i64),
}

impl FileToken {
    fn new(meta: &std::fs::Metadata) -> Self {
        Self { inode: meta.ino(), length: meta.len(), modified: (meta.mtime(), meta.mtime_nsec()) }
    }
}

impl fmt::Display for FileToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanoseconds) = self.modified;
        write!(f, "{} {} {seconds}.{nanoseconds:09}", self.inode, self.length)
    }
}

/// File name suffixes of feature files and tile archives.
const FEATURES: &str = ".fgb";
const TILES: &str = ".pmtiles";

/// Files by stem.
pub(crate) type FilesByStem = BTreeMap<String, (PathBuf, FileToken)>;

/// Listing of a catalog folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum CatalogListing {
    /// Missing, or an empty folder.
    #[default]
    Absent,
    /// The catalog's files.
    Files(FilesByStem),
    /// Can't be listed; must not be taken for absent.
    Unreadable(String),
}

/// Listing of everything whose change makes a new snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DirectoryListing {
    /// FlatGeobuf files.
    pub(crate) files: FilesByStem,
    /// PMTiles archives.
    pub(crate) archives: FilesByStem,
    /// Files that can't be examined, by name, with the reason.
    pub(crate) unreadable: BTreeMap<String, String>,
    pub(crate) catalog: CatalogListing,
}

impl DirectoryListing {
    /// Lists a data directory.
    ///
    /// # Errors
    /// Returns the system's error if the directory itself can't be listed.
    pub(crate) fn read(folder: &Path, catalog: &Path) -> io::Result<Self> {
        let (files, failed) = list(folder, FEATURES)?;
        let (archives, failed_archives) = list(folder, TILES)?;
        let named = |ending: &'static str| {
            move |(stem, error): (String, io::Error)| (format!("{stem}{ending}"), error.to_string())
        };
        let failed = failed.into_iter().map(named(FEATURES));
        let unreadable = failed.chain(failed_archives.into_iter().map(named(TILES))).collect();
        let catalog = catalog_at(catalog).unwrap_or_else(|error| {
            CatalogListing::Unreadable(format!("{}: {error}", catalog.display()))
        });
        Ok(Self { files, archives, unreadable, catalog })
    }

    /// The entries that two consecutive listings, `before` and `self`, agree on.
    ///
    /// A file being copied in is thus not read half-way. Each file settles independently:
    /// one that keeps changing retains its entry in `published` and delays no other.
    /// Removed files are dropped at once.
    pub(crate) fn settled(&self, before: &Self, published: &Self) -> Self {
        let settle = |ending, now: &FilesByStem, before: &FilesByStem, published: &FilesByStem| {
            let mut files = FilesByStem::new();
            for (stem, file) in now {
                let old = published.get(stem);
                let entry = if before.get(stem) == Some(file) { Some(file) } else { old };
                files.extend(entry.map(|file| (stem.clone(), file.clone())));
            }
            for stem in self.unreadable.keys().filter_map(|name| name.strip_suffix(ending)) {
                files.extend(published.get(stem).map(|file| (stem.to_owned(), file.clone())));
            }
            files
        };
        let files = settle(FEATURES, &self.files, &before.files, &published.files);
        let archives = settle(TILES, &self.archives, &before.archives, &published.archives);
        let is_settled = self.catalog == before.catalog;
        let catalog = if is_settled { &self.catalog } else { &published.catalog };
        Self { files, archives, unreadable: self.unreadable.clone(), catalog: catalog.clone() }
    }
}

fn catalog_at(folder: &Path) -> io::Result<CatalogListing> {
    let mut files = FilesByStem::new();
    for sub in ["", "datasets", "layers"] {
        let (listed, failed) = match list(&folder.join(sub), ".toml") {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if let Some((_, error)) = failed.into_iter().next() {
            return Err(error);
        }
        files.extend(listed.into_iter().map(|(stem, file)| (format!("{sub}/{stem}"), file)));
    }
    Ok(if files.is_empty() { CatalogListing::Absent } else { CatalogListing::Files(files) })
}

/// Lists the files of a folder with a suffix, by stem, and those that can't be examined.
///
/// Skips hidden files and files being written under a temporary name.
fn list(folder: &Path, ending: &str) -> io::Result<(FilesByStem, Vec<(String, io::Error)>)> {
    let mut files = FilesByStem::new();
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let Some(stem) = name.strip_suffix(ending) else {
            continue;
        };
        if name.starts_with('.') || stem.is_empty() {
            continue;
        }
        // Follows links, so that the replacement of a link's target is a change.
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_file() => {
                files.insert(stem.to_owned(), (path.clone(), FileToken::new(&meta)));
            }
            Ok(_) => {}
            // Gone since the folder was read, or a link to nothing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => failed.push((stem.to_owned(), error)),
        }
    }
    Ok((files, failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(length: u64) -> FileToken {
        FileToken { inode: 1, length, modified: (0, 0) }
    }

    fn listing(files: &[(&str, u64)]) -> DirectoryListing {
        let files = files
            .iter()
            .map(|&(stem, length)| (stem.to_owned(), (stem.into(), token(length))))
            .collect();
        DirectoryListing { files, ..DirectoryListing::default() }
    }

    #[test]
    fn each_file_settles_by_itself() {
        let published = listing(&[("busy", 1), ("gone", 1), ("calm", 1)]);
        let before = listing(&[("busy", 2), ("gone", 1), ("calm", 2), ("new", 1)]);
        let now = listing(&[("busy", 3), ("calm", 2), ("new", 2)]);
        let settled = now.settled(&before, &published);
        assert_eq!(settled, listing(&[("busy", 1), ("calm", 2)]));
        let later = now.settled(&now, &settled);
        assert_eq!(later, now);
    }

    #[test]
    fn a_file_that_can_not_be_examined_keeps_its_entry() {
        let published = listing(&[("a", 1)]);
        let unreadable = [("a.fgb", "denied"), ("b.fgb", "denied")]
            .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
            .into();
        let now = DirectoryListing { unreadable, ..DirectoryListing::default() };
        assert_eq!(now.settled(&now, &published).files, published.files);
    }
}
