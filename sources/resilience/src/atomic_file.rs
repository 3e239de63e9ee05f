//! A file that replaces another whole or not at all.
//!
//! # Guarantees
//! * The target has its old content or the new one at any time, never a part: the content goes
//!   to a temporary file in the target's folder, which a rename puts in its place.
//! * A writer that is dropped, or that fails, leaves the target as it was and removes the
//!   temporary file. One that is killed leaves the temporary file, for
//!   [`sweep_leftovers`](crate::sweep_leftovers).
//! * After [`AtomicFile::complete`] the content is on disk: only the rename can fail.
//! * After [`CompleteFile::replace`] the rename is on disk too, where the file system can say
//!   so of a folder.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Bytes that are collected before they are written.
const BUFFER_BYTES: usize = 1 << 16;

/// Name and permissions of a temporary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemporaryFile {
    /// Beginning of the name, by which leftovers are recognized.
    pub prefix: &'static str,
    /// End of the name.
    pub suffix: &'static str,
    /// Permissions of the new file, such as `0o600`, before the umask.
    pub mode: u32,
}

/// Writer of a file under a temporary name.
///
/// ```
/// use std::io::Write as _;
/// use resilience::{AtomicFile, TemporaryFile};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("report.csv");
/// const TEMPORARY: TemporaryFile =
///     TemporaryFile { prefix: ".report-", suffix: ".tmp", mode: 0o644 };
/// let mut file = AtomicFile::create(&path, TEMPORARY)?;
/// file.write_all(b"a,b\n")?;
/// assert!(!path.exists());
/// file.complete()?.replace()?;
/// assert_eq!(std::fs::read(&path)?, b"a,b\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    out: BufWriter<NamedTempFile>,
}

/// A file whose content is on disk, under a temporary name.
#[derive(Debug)]
pub struct CompleteFile {
    target: PathBuf,
    file: NamedTempFile,
}

/// Error of the rename that puts a file in place; the target is as it was.
#[derive(Debug)]
pub struct ReplaceError {
    /// Error of the operating system.
    pub error: io::Error,
    file: NamedTempFile,
}

impl AtomicFile {
    /// Creates the temporary file in the folder of `target`.
    ///
    /// # Errors
    /// The system's error if the folder can't be written to.
    pub fn create(target: &Path, temporary: TemporaryFile) -> io::Result<Self> {
        let file = tempfile::Builder::new()
            .prefix(temporary.prefix)
            .suffix(temporary.suffix)
            .permissions(Permissions::from_mode(temporary.mode))
            .tempfile_in(folder_of(target))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(Self { target: target.to_owned(), out })
    }

    /// Writes the content to disk.
    ///
    /// # Errors
    /// The system's error.
    pub fn complete(self) -> io::Result<CompleteFile> {
        let complete = self.flush_buffer()?;
        complete.file.as_file().sync_all()?;
        Ok(complete)
    }

    /// Puts the file in place without waiting for the disk: for content that is checked when
    /// read and can be made again.
    ///
    /// # Errors
    /// The system's error; the target is as it was.
    pub fn replace_unsynced(self) -> io::Result<()> {
        let CompleteFile { target, file } = self.flush_buffer()?;
        file.persist(target).map(|_| ()).map_err(|error| error.error)
    }

    fn flush_buffer(self) -> io::Result<CompleteFile> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(CompleteFile { target: self.target, file })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl CompleteFile {
    /// Checks early that the target is no folder, which [`replace`](Self::replace) would fail at.
    ///
    /// # Errors
    /// [`io::ErrorKind::IsADirectory`].
    pub fn refuse_folder(self) -> io::Result<Self> {
        match std::fs::symlink_metadata(&self.target) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            _ => Ok(self),
        }
    }

    /// Puts the file in place.
    ///
    /// # Errors
    /// [`ReplaceError`], which still has the content.
    pub fn replace(self) -> Result<(), ReplaceError> {
        let Self { target, file } = self;
        file.persist(&target)
            .map_err(|error| ReplaceError { error: error.error, file: error.file })?;
        // The rename itself survives a crash once its folder is on disk. Where that
        // can't be had, the file is in place all the same.
        let _ = File::open(folder_of(&target)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl ReplaceError {
    /// Keeps the content under its temporary name, and returns the path; `None` if it is lost.
    #[must_use]
    pub fn keep(self) -> Option<PathBuf> {
        self.file.keep().ok().map(|(_, path)| path)
    }
}

impl std::fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ReplaceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<ReplaceError> for io::Error {
    fn from(error: ReplaceError) -> Self {
        error.error
    }
}

/// Folder of a file; the current one for a bare name.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPORARY: TemporaryFile =
        TemporaryFile { prefix: ".test-", suffix: ".tmp", mode: 0o600 };

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_target_keeps_its_old_content_until_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path, TEMPORARY).unwrap();
        file.write_all(b"new").unwrap();
        let complete = file.complete().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let temporary = names(folder.path()).remove(0);
        assert!(temporary.starts_with(".test-") && temporary.ends_with(".tmp"), "{temporary}");
        assert_eq!(std::fs::read(folder.path().join(temporary)).unwrap(), b"new");
        complete.replace().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a"]);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_dropped_writer_leaves_the_target_as_it_was_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "old").unwrap();
        for complete in [false, true] {
            let mut file = AtomicFile::create(&path, TEMPORARY).unwrap();
            file.write_all(b"new").unwrap();
            assert_eq!(names(folder.path()).len(), 2);
            if complete {
                drop(file.complete().unwrap());
            } else {
                drop(file);
            }
            assert_eq!(names(folder.path()), ["a"]);
            assert_eq!(std::fs::read(&path).unwrap(), b"old");
        }
    }

    #[test]
    fn content_can_be_kept_where_the_rename_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = AtomicFile::create(&path, TEMPORARY).unwrap();
        file.write_all(b"new").unwrap();
        let complete = file.complete().unwrap();
        std::fs::create_dir(&path).unwrap();
        let kept = complete.replace().unwrap_err().keep().unwrap();
        assert_eq!(std::fs::read(kept).unwrap(), b"new");
    }

    #[test]
    fn a_folder_is_no_target() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::create_dir(&path).unwrap();
        let file = AtomicFile::create(&path, TEMPORARY).unwrap();
        let error = file.complete().unwrap().refuse_folder().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn unsynced_content_is_put_in_place_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = AtomicFile::create(&path, TEMPORARY).unwrap();
        // More than the buffer, and a rest in it.
        let content = vec![7; BUFFER_BYTES + 1];
        file.write_all(&content).unwrap();
        file.replace_unsynced().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), content);
        assert_eq!(names(folder.path()), ["a"]);
    }
}
