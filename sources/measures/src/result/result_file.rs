//! Results in files, reused after a restart.
//!
//! A file is a 56-byte header (magic, version, key, length and XXH3 of the rest), then
//! slices, features, columns, dictionary, value ids in the fewest bytes that fit the
//! largest of a column, and the rows that were left out. All numbers are little-endian.

use std::borrow::Cow;
use std::fs::{DirBuilder, File, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use data_model::ContentDigest;
use resilience::{AtomicFile, LeftoverKind, LeftoverPattern, TemporaryFile};
use xxhash_rust::xxh3::xxh3_128;

use super::encoding::{read_measures, write_measures};
use super::layer_measures::LayerMeasures;
use crate::error::{DecodeError, DecodeFault, ResultFileError};

const MAGIC: [u8; 8] = *b"derived\0";
const VERSION: u32 = 2;
const HEADER_BYTES: usize = 56;

/// Maximum size of a file: 64 million values at 4 bytes, and as much again.
const MOST_BYTES: u64 = 1 << 29;

/// Temporary files beside the target.
const TEMPORARY: TemporaryFile =
    TemporaryFile { prefix: ".derived-", suffix: ".tmp", mode: FILE_MODE };

/// Modes of the folder of results and of its files: staff measures are readable by no
/// other account of the machine.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Minimum age of a leftover to be removed: another process may be writing.
const LEFTOVER_AGE: Duration = Duration::from_secs(3600);

/// Removes the temporary files of killed writers from a folder of results.
pub fn sweep_leftovers(folder: &Path) {
    let pattern =
        LeftoverPattern { prefix: TEMPORARY.prefix, suffix: "", kind: LeftoverKind::File };
    resilience::sweep_leftovers(folder, &[pattern], LEFTOVER_AGE);
}

/// Creates a folder of results that only this account can enter, if it does not exist.
///
/// # Errors
/// Returns the system's error if the folder can't be created.
pub fn create_folder(folder: &Path) -> std::io::Result<()> {
    // Created with its mode: nobody can open the folder before it is narrowed.
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && folder.is_dir() => {
            Ok(())
        }
        result => result,
    }
}

/// Removes the rights of other accounts from a folder of results and from every file in
/// it. Returns those whose rights could not be removed, with the reasons. A missing
/// folder is no error: [`create_folder`] creates it with these rights.
#[must_use]
pub fn narrow_permissions(folder: &Path) -> Vec<ResultFileError> {
    let mut faults = Vec::new();
    let mut narrow_one = |path: &Path, mode| {
        if let Err(error) = narrow_path(path, mode)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            faults.push(ResultFileError::Rights { path: path.to_owned(), mode, error });
        }
    };
    // The folder first, so that no wide file in it can be opened any more.
    narrow_one(folder, FOLDER_MODE);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            narrow_one(&entry.path(), FILE_MODE);
        }
    }
    faults
}

fn narrow_path(path: &Path, mode: u32) -> std::io::Result<()> {
    let is_wider = || std::fs::metadata(path).map(|found| found.permissions().mode() & 0o077 != 0);
    if !is_wider()? {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode))?;
    // A file system without permissions accepts the call without effect.
    if is_wider()? {
        return Err(std::io::Error::other("the file system gives all files the same rights"));
    }
    Ok(())
}

impl LayerMeasures {
    /// Writes the result to a temporary file and renames it to `path`, readable by this
    /// account only.
    ///
    /// # Errors
    /// Returns [`ResultFileError::Io`] if writing fails; the former content of `path` is then
    /// unchanged.
    pub fn write(&self, path: &Path, key: ContentDigest) -> Result<(), ResultFileError> {
        let write = || {
            let mut file = AtomicFile::create(path, TEMPORARY)?;
            file.write_all(&self.to_bytes(key))?;
            file.replace_unsynced()
        };
        write().map_err(|error| ResultFileError::Io { path: path.to_owned(), error })
    }

    /// Reads the result of this key; `None` if there is no file, or if its key or format
    /// version differs.
    ///
    /// # Errors
    /// Returns [`ResultFileError`] if the file can't be read or is damaged.
    pub fn read(path: &Path, key: ContentDigest) -> Result<Option<Self>, ResultFileError> {
        let io = |error| ResultFileError::Io { path: path.to_owned(), error };
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        let corrupt = |error| ResultFileError::Corrupt { path: path.to_owned(), error };
        let length = file.metadata().map_err(io)?.len();
        if length > MOST_BYTES {
            let fault = format!("{length} bytes are more than any result has");
            return Err(corrupt(header_error("size", fault)));
        }
        let mut header = [0; HEADER_BYTES];
        let has_header = length >= HEADER_BYTES as u64;
        if has_header {
            file.read_exact(&mut header).map_err(io)?;
            if !has_key(&header, key) {
                return magic_error(&header).map_or(Ok(None), |fault| Err(corrupt(fault)));
            }
        }
        let mut bytes = Vec::with_capacity(length as usize);
        bytes.extend_from_slice(if has_header { &header } else { &[] });
        // A file that grows meanwhile is read to its first length.
        file.take(length).read_to_end(&mut bytes).map_err(io)?;
        Self::from_bytes(&bytes, key).map_err(corrupt)
    }

    /// Encodes the content of a file.
    #[must_use]
    pub fn to_bytes(&self, key: ContentDigest) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        write_measures(self, &mut bytes);
        let (header, rest) = bytes.split_at_mut(HEADER_BYTES);
        let digest = xxh3_128(rest);
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[16..32].copy_from_slice(&key.to_le_bytes());
        header[32..40].copy_from_slice(&(rest.len() as u64).to_le_bytes());
        header[40..56].copy_from_slice(&digest.to_le_bytes());
        bytes
    }

    /// Decodes the content of a file; `None` if its key or format version differs.
    ///
    /// # Errors
    /// Returns [`DecodeError`] if the bytes are damaged.
    pub fn from_bytes(bytes: &[u8], key: ContentDigest) -> Result<Option<Self>, DecodeError> {
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            let fault = format!("it ends after {} of {HEADER_BYTES} bytes", bytes.len());
            return Err(header_error("head", fault));
        };
        if let Some(fault) = magic_error(header) {
            return Err(fault);
        }
        if !has_key(header, key) {
            return Ok(None);
        }
        let length = u64::from_le_bytes(part(header, 32));
        if length != rest.len() as u64 {
            let fault = format!("{length} bytes are to follow, and {} do", rest.len());
            return Err(header_error("head", fault));
        }
        if xxh3_128(rest).to_le_bytes() != part::<16>(header, 40) {
            return Err(header_error("content", "its digest differs from the one in its head"));
        }
        read_measures(rest).map(Some)
    }
}

fn part<const N: usize>(header: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&header[at..at + N]);
    part
}

fn magic_error(header: &[u8; HEADER_BYTES]) -> Option<DecodeError> {
    let fault = "it does not begin as a result file does";
    (header[..8] != MAGIC).then(|| header_error("head", fault))
}

fn header_error(section: &'static str, fault: impl Into<Cow<'static, str>>) -> DecodeError {
    DecodeError { section, fault: DecodeFault::Header(fault.into()) }
}

fn has_key(header: &[u8; HEADER_BYTES], key: ContentDigest) -> bool {
    header[..8] == MAGIC
        && header[8..12] == VERSION.to_le_bytes()
        && part::<16>(header, 16) == key.to_le_bytes()
}
