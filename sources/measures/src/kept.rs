//! Computed measures in files, reused after a restart.
//!
//! A file is a 56-byte header (magic, version, key, length and XXH3 of the rest), then
//! slices, features, columns, dictionary, value ids in the fewest bytes that fit the
//! largest of a column, and the rows that were left out. All numbers are little-endian.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use resilience::{AtomicFile, LeftoverKind, LeftoverPattern, TemporaryFile, sweep_leftovers};
use xxhash_rust::xxh3::xxh3_128;

use super::bytes::{read_derived, write_derived};
use super::{KeptError, LayerMeasures};

const MAGIC: [u8; 8] = *b"derived\0";
const VERSION: u32 = 2;
const HEAD: usize = 56;

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
const LEFT_FOR: Duration = Duration::from_secs(3600);

/// Removes the temporary files of killed writers from a folder of results.
pub fn sweep(folder: &Path) {
    let pattern =
        LeftoverPattern { prefix: TEMPORARY.prefix, suffix: "", kind: LeftoverKind::File };
    sweep_leftovers(folder, &[pattern], LEFT_FOR);
}

/// Creates a folder of results that only this account can enter, if it does not exist.
///
/// # Errors
/// Returns the system's error if the folder can't be created.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    // With its rights from the first moment: nobody opens it before they are narrowed.
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && folder.is_dir() => {
            Ok(())
        }
        made => made,
    }
}

/// Removes the rights of other accounts from a folder of results and from every file in
/// it. Returns those whose rights could not be removed, with the reasons. A missing
/// folder is no error: [`make_folder`] creates it with these rights.
#[must_use]
pub fn narrow(folder: &Path) -> Vec<KeptError> {
    let mut faults = Vec::new();
    let mut narrow_one = |path: &Path, mode| {
        if let Err(error) = narrow_path(path, mode)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            faults.push(KeptError::Rights { path: path.to_owned(), mode, error });
        }
    };
    // First, so that nothing is opened by a wide file's name any more.
    narrow_one(folder, FOLDER_MODE);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            narrow_one(&entry.path(), FILE_MODE);
        }
    }
    faults
}

fn narrow_path(path: &Path, most: u32) -> std::io::Result<()> {
    let is_wider = || std::fs::metadata(path).map(|found| found.permissions().mode() & 0o077 != 0);
    if !is_wider()? {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(most))?;
    // A file system without rights of its own accepts the call and keeps what it shows.
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
    /// Returns [`KeptError::Io`] if writing fails; the former content of `path` is then
    /// unchanged.
    pub fn write(&self, path: &Path, key: u128) -> Result<(), KeptError> {
        let write = || {
            let mut file = AtomicFile::create(path, TEMPORARY)?;
            file.write_all(&self.to_bytes(key))?;
            file.replace_unsynced()
        };
        write().map_err(|error| KeptError::Io { path: path.to_owned(), error })
    }

    /// Reads the result of this key; `None` if there is no file, or if its key or format
    /// version differs.
    ///
    /// # Errors
    /// Returns [`KeptError`] if the file can't be read or is damaged.
    pub fn read(path: &Path, key: u128) -> Result<Option<Self>, KeptError> {
        let io = |error| KeptError::Io { path: path.to_owned(), error };
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        let corrupt = |(place, reason): (&'static str, String)| KeptError::Corrupt {
            path: path.to_owned(),
            place,
            reason,
        };
        let length = file.metadata().map_err(io)?.len();
        if length > MOST_BYTES {
            return Err(corrupt(("size", format!("{length} bytes are more than any result has"))));
        }
        let mut head = [0; HEAD];
        let known = length >= HEAD as u64;
        if known {
            file.read_exact(&mut head).map_err(io)?;
            if !is_of(&head, key) {
                return head_fault(&head).map_or(Ok(None), |fault| Err(corrupt(fault)));
            }
        }
        let mut bytes = Vec::with_capacity(length as usize);
        bytes.extend_from_slice(if known { &head } else { &[] });
        // A file that grows meanwhile is not read on and on.
        file.take(length).read_to_end(&mut bytes).map_err(io)?;
        Self::from_bytes(&bytes, key).map_err(corrupt)
    }

    /// Encodes the content of a file.
    #[must_use]
    pub fn to_bytes(&self, key: u128) -> Vec<u8> {
        let mut bytes = vec![0; HEAD];
        write_derived(self, &mut bytes);
        let (head, rest) = bytes.split_at_mut(HEAD);
        let digest = xxh3_128(rest);
        head[..8].copy_from_slice(&MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[16..32].copy_from_slice(&key.to_le_bytes());
        head[32..40].copy_from_slice(&(rest.len() as u64).to_le_bytes());
        head[40..56].copy_from_slice(&digest.to_le_bytes());
        bytes
    }

    /// Decodes the content of a file; `None` if its key or format version differs.
    ///
    /// # Errors
    /// Returns the section and the fault if the bytes are damaged.
    pub fn from_bytes(bytes: &[u8], key: u128) -> Result<Option<Self>, (&'static str, String)> {
        let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else {
            return Err(("head", format!("it ends after {} of {HEAD} bytes", bytes.len())));
        };
        if let Some(fault) = head_fault(head) {
            return Err(fault);
        }
        if !is_of(head, key) {
            return Ok(None);
        }
        let length = u64::from_le_bytes(part(head, 32));
        if length != rest.len() as u64 {
            return Err(("head", format!("{length} bytes are to follow, and {} do", rest.len())));
        }
        if xxh3_128(rest).to_le_bytes() != part::<16>(head, 40) {
            return Err(("content", "its digest differs from the one in its head".to_owned()));
        }
        read_derived(rest).map(Some)
    }
}

fn part<const N: usize>(head: &[u8; HEAD], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&head[at..at + N]);
    part
}

fn head_fault(head: &[u8; HEAD]) -> Option<(&'static str, String)> {
    (head[..8] != MAGIC).then(|| ("head", "it does not begin as kept figures do".to_owned()))
}

fn is_of(head: &[u8; HEAD], key: u128) -> bool {
    head[..8] == MAGIC
        && head[8..12] == VERSION.to_le_bytes()
        && part::<16>(head, 16) == key.to_le_bytes()
}
