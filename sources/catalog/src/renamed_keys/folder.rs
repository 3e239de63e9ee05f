//! Rewriting of a catalog folder, whole or not at all.

use std::fmt;
use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::key_table::TableKind;
use super::text::{apply_edits, key_edits};
use super::tree::rename_table;
use crate::read::KeyLocation;

/// Prefix of the temporary files that are renamed to catalog files.
const TEMPORARY_PREFIX: &str = ".renamed-keys-";

/// A key that was renamed, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The file, relative to the catalog's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The old name.
    pub old: String,
    /// The new name.
    pub new: &'static str,
}

impl fmt::Display for KeyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, old, new } = self;
        write!(f, "{file}:{line}: {old} -> {new}")
    }
}

/// A catalog whose keys were not renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameKeysError {
    /// A file or folder can't be read.
    #[error("{}: {source}; name a catalog folder whose files can be read", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// A file is no regular file, or a folder is a symbolic link.
    #[error("{}: is a symbolic link or no regular file; rewrite the original", path.display())]
    Irregular {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file is not TOML.
    #[error("{}:{line}: {}; correct the TOML first", path.display(), source.message().trim())]
    Toml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The error of the parser.
        source: Box<toml::de::Error>,
    },
    /// A table has a key by its old name and by its new name.
    #[error("{}: {key}: has both {old} and {new}; remove one of them", path.display())]
    Clash {
        /// The file.
        path: PathBuf,
        /// The table.
        key: String,
        /// The old name.
        old: &'static str,
        /// The new name.
        new: &'static str,
    },
    /// The rewritten text would not declare the same.
    #[error("{}: can't be rewritten without loss; rename its keys by hand", path.display())]
    Unfaithful {
        /// The file.
        path: PathBuf,
    },
    /// A file can't be written; every file is as it was.
    #[error("{}: {source}; nothing was changed: make the folder writable", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// A file can't be written, and a file that had been written can't be restored.
    #[error("{}: {source}; it has new keys while others have old ones: run this again", path.display())]
    Torn {
        /// The file with the new keys.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

/// A file and its new text.
struct RewrittenFile {
    path: PathBuf,
    metadata: Metadata,
    old: String,
    new: String,
}

/// Gives the keys of the catalog in `folder` their current names.
///
/// Only the bytes of the keys change. The files are written to temporary files first and
/// then renamed; if one of them can't be, those before it are restored. Returns the changes
/// by file and line; none if the keys have their current names. Blocks.
///
/// # Errors
/// [`RenameKeysError`]; every file is then as it was, except for [`RenameKeysError::Torn`].
pub fn rename_keys(folder: &Path) -> Result<Vec<KeyChange>, RenameKeysError> {
    let (mut changes, mut files) = (Vec::new(), Vec::new());
    for file in catalog_files(folder)? {
        let Some((rewritten, found)) = rewrite(folder, &file)? else { continue };
        files.push(rewritten);
        changes.extend(found);
    }
    replace_all(&files)?;
    Ok(changes)
}

/// The catalog's files, relative to its folder.
fn catalog_files(folder: &Path) -> Result<Vec<String>, RenameKeysError> {
    let mut files = vec!["district.toml".to_owned()];
    for sub in ["datasets", "layers"] {
        let path = folder.join(sub);
        let read = |source| RenameKeysError::Read { path: path.clone(), source };
        if fs::symlink_metadata(&path).map_err(read)?.is_symlink() {
            return Err(RenameKeysError::Irregular { path });
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(read)? {
            names.extend(entry.map_err(read)?.file_name().into_string().ok());
        }
        names.retain(|name| name.ends_with(".toml") && !name.starts_with('.'));
        names.sort();
        files.extend(names.iter().map(|name| format!("{sub}/{name}")));
    }
    Ok(files)
}

/// A file with its new text and the changes; `None` if no key of it has an old name.
fn rewrite(
    folder: &Path,
    file: &str,
) -> Result<Option<(RewrittenFile, Vec<KeyChange>)>, RenameKeysError> {
    let path = folder.join(file);
    let read = |source| RenameKeysError::Read { path: path.clone(), source };
    let metadata = fs::symlink_metadata(&path).map_err(read)?;
    if !metadata.is_file() {
        return Err(RenameKeysError::Irregular { path });
    }
    let old = fs::read_to_string(&path).map_err(read)?;
    let kind = TableKind::of_file(file);
    let mut table = parse(&old, &path)?;
    let mut found = Vec::new();
    rename_table(&mut table, kind, &KeyLocation::file(file), &mut found);
    if let Some(clash) = found.iter().find(|old| old.clashes) {
        let (old, new) = (clash.renamed.old, clash.renamed.new);
        return Err(RenameKeysError::Clash { path, key: clash.table.key().to_owned(), old, new });
    }
    if found.is_empty() {
        return Ok(None);
    }
    let edits = key_edits(&old, kind);
    let new = apply_edits(&old, &edits);
    // Compared as text: a number that is not a number does not equal itself.
    if new.parse::<toml::Table>().is_ok_and(|new| format!("{new:?}") == format!("{table:?}")) {
        let changes = edits.into_iter().map(|edit| KeyChange {
            file: file.to_owned(),
            line: edit.line,
            old: edit.old,
            new: edit.new,
        });
        let changes = changes.collect();
        return Ok(Some((RewrittenFile { path, metadata, old, new }, changes)));
    }
    Err(RenameKeysError::Unfaithful { path })
}

fn parse(text: &str, path: &Path) -> Result<toml::Table, RenameKeysError> {
    text.parse::<toml::Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |text| text.matches('\n').count() + 1);
        RenameKeysError::Toml { path: path.to_owned(), line, source: Box::new(error) }
    })
}

fn replace_all(files: &[RewrittenFile]) -> Result<(), RenameKeysError> {
    let write =
        |file: &RewrittenFile, source| RenameKeysError::Write { path: file.path.clone(), source };
    let mut written = Vec::with_capacity(files.len());
    for file in files {
        written.push(temporary(file, &file.new).map_err(|error| write(file, error))?);
    }
    for (i, (file, temporary)) in files.iter().zip(written).enumerate() {
        if let Err(error) = temporary.persist(&file.path) {
            restore(&files[..i])?;
            return Err(write(file, error.error));
        }
    }
    Ok(())
}

fn restore(files: &[RewrittenFile]) -> Result<(), RenameKeysError> {
    for file in files {
        let restored = temporary(file, &file.old)
            .and_then(|temporary| temporary.persist(&file.path).map_err(|error| error.error));
        restored.map_err(|source| RenameKeysError::Torn { path: file.path.clone(), source })?;
    }
    Ok(())
}

/// A temporary file beside `file`, with its owner and permissions, on the disk.
fn temporary(file: &RewrittenFile, text: &str) -> io::Result<NamedTempFile> {
    let folder = file.path.parent().unwrap_or(Path::new("."));
    let mut temporary =
        tempfile::Builder::new().prefix(TEMPORARY_PREFIX).suffix(".tmp").tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    let made = temporary.as_file().metadata()?;
    let (owner, group) = (file.metadata.uid(), file.metadata.gid());
    if (made.uid(), made.gid()) != (owner, group) {
        fchown(temporary.as_file(), Some(owner), Some(group))?;
    }
    temporary.as_file().set_permissions(file.metadata.permissions())?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder in the place of a file can't be replaced by one.
    #[test]
    fn files_are_restored_when_a_later_one_can_not_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["a.toml", "b.toml"].map(|name| folder.path().join(name));
        fs::write(&first, "over = 1").unwrap();
        let metadata = fs::metadata(&first).unwrap();
        fs::create_dir(&second).unwrap();
        let rewritten = |path: &Path| RewrittenFile {
            path: path.to_owned(),
            metadata: metadata.clone(),
            old: "over = 1".to_owned(),
            new: "carrier = 1".to_owned(),
        };
        let error = replace_all(&[rewritten(&first), rewritten(&second)]).unwrap_err();
        assert!(matches!(&error, RenameKeysError::Write { path, .. } if *path == second));
        assert_eq!(fs::read_to_string(&first).unwrap(), "over = 1");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "a temporary file is left");
    }
}
