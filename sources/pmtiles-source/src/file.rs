//! An archive's bytes: read into memory, or mapped and sent unchanged.
//!
//! Truncating a file that is mapped turns access to its lost pages by *this program* into
//! a signal that ends the process. So everything that is parsed or inflated is read with
//! `pread`, which gives an error instead; mapped bytes are only passed to a socket, where
//! the kernel accesses them and a lost page ends one connection. Archives are replaced by
//! renaming a new file over the old one, whose bytes remain as long as they are mapped.
//! Overwriting a file in place all the same is detected by its length and modification
//! time, after anything is read and before anything mapped is returned.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use memmap2::Mmap;

use data_model::{BoxError, StoreError};

/// A range of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileSection {
    /// Offset from the start of the file in bytes.
    pub(super) start: u64,
    /// Length in bytes.
    pub(super) length: u64,
}

/// An open file and its mapping.
#[derive(Debug)]
pub(super) struct ArchiveFile {
    path: PathBuf,
    file: File,
    length: u64,
    modified: Option<SystemTime>,
    /// The whole file. Must never be read by this program: see the module.
    mapped: Bytes,
}

impl ArchiveFile {
    /// Opens and maps a regular file.
    pub(super) fn open(path: &Path) -> Result<(Self, Metadata), StoreError> {
        let fault = |error| StoreError::Io { path: path.to_owned(), error };
        // Before it is opened: opening a pipe would wait for its writer.
        if !std::fs::metadata(path).map_err(fault)?.is_file() {
            let reason = "it is not a regular file".into();
            return Err(StoreError::Unsupported { path: path.to_owned(), reason });
        }
        let file = File::open(path).map_err(fault)?;
        let metadata = file.metadata().map_err(fault)?;
        let length = metadata.len();
        let mapped = map(&file).map_err(fault)?;
        if mapped.len() as u64 != length {
            return Err(fault(io::Error::other("its length changed while it was opened")));
        }
        let modified = metadata.modified().ok();
        Ok((Self { path: path.to_owned(), file, length, modified, mapped }, metadata))
    }

    /// Whether the open file is as it was when opened, whatever is at its path now.
    pub(super) fn is_unchanged(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| {
            metadata.len() == self.length && metadata.modified().ok() == self.modified
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Length in bytes when it was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads a section of at most `most` bytes into memory. Blocks.
    pub(super) fn read(
        &self,
        section: FileSection,
        most: usize,
        what: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let length = usize::try_from(section.length).ok().filter(|&length| length <= most);
        let Some(length) = length else {
            let reason = format!("it takes {} bytes; the most is {most}", section.length);
            return Err(self.corrupt(what, section, reason));
        };
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, section.start).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                self.corrupt(what, section, "the file has been cut short")
            }
            _ => StoreError::Io { path: self.path.clone(), error },
        })?;
        self.expect_unchanged(what, section)?;
        Ok(bytes)
    }

    /// Checks that the file's length and modification time are those of its opening.
    fn expect_unchanged(&self, what: &str, section: FileSection) -> Result<(), StoreError> {
        let metadata = self.file.metadata();
        let now = metadata.map_err(|error| StoreError::Io { path: self.path.clone(), error })?;
        let reason = match now.len() {
            now if now != self.length => {
                format!("the file has gone from {} to {now} bytes", self.length)
            }
            _ if now.modified().ok() != self.modified => "the file was overwritten".to_owned(),
            _ => return Ok(()),
        };
        let reason = format!("{reason} since it was opened; replace archives by renaming");
        Err(self.corrupt(what, section, reason))
    }

    /// A section of the mapping, without a copy: to be sent, not to be read.
    pub(super) fn mapped(&self, section: FileSection) -> Result<Bytes, StoreError> {
        self.expect_unchanged("mapping", section)?;
        let end = section.start.checked_add(section.length).filter(|&end| end <= self.length);
        let Some(end) = end else {
            let reason = format!("{} bytes from there end past the file's end", section.length);
            return Err(self.corrupt("mapping", section, reason));
        };
        // Both fit: the mapping has the file's length.
        Ok(self.mapped.slice(section.start as usize..end as usize))
    }

    /// Creates an error at a section.
    pub(super) fn corrupt(
        &self,
        what: &str,
        section: FileSection,
        reason: impl Into<BoxError>,
    ) -> StoreError {
        let place = format!("{what} at byte {}", section.start);
        StoreError::Corrupt { path: self.path.clone(), place, reason: reason.into() }
    }
}

/// Maps a whole file, read-only. The one unsafe function in the workspace.
#[allow(unsafe_code, reason = "there is no safe way to map a file that others may write to")]
fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: the mapping must not change while a slice of it is read. Nothing in
    // this program reads it: see the module's documentation. Slices are handed to
    // the kernel by address, which copes with any change.
    let mapping = unsafe { Mmap::map(file)? };
    Ok(Bytes::from_owner(mapping))
}
