//! Directories: locations of tiles (PMTiles 3, "Directory Serialization").

use super::file::FileSection;

/// Maximum number of entries of one directory. Writers make leaves of some ten thousand.
const MAX_ENTRIES: usize = 1 << 20;

/// Error of reading a directory.
#[derive(Debug, thiserror::Error)]
pub(super) enum DirectoryError {
    /// A number can't be read.
    #[error("{0}")]
    Number(#[from] NumberError),
    /// The directory declares more entries than its bytes can hold, or than the limit.
    #[error("it says that it has {count} entries; its bytes hold at most {most}")]
    EntryCount {
        /// The declared number.
        count: u64,
        /// The largest possible number.
        most: usize,
    },
    /// The directory has no entry.
    #[error("it is empty")]
    Empty,
    /// Index of an entry whose tile id is too large.
    #[error("entry {0} is of a tile past the last one of zoom 31")]
    PastLastTile(usize),
    /// An entry has the tile id of the entry before it.
    #[error("entries {before} and {index} are of the same tile", before = index - 1)]
    SameTile {
        /// Index of the second of the two entries.
        index: usize,
    },
    /// One entry is invalid.
    #[error("entry {index}: {fault}")]
    Entry {
        /// Index of the entry.
        index: usize,
        /// Fault of the entry.
        #[source]
        fault: EntryFault,
    },
}

/// Fault of one entry of a directory.
#[derive(Debug, thiserror::Error)]
pub(super) enum EntryFault {
    /// A number can't be read.
    #[error("{0}")]
    Number(#[from] NumberError),
    /// The length is 0.
    #[error("it has no bytes")]
    NoBytes,
    /// The first entry has no entry before it whose end it could begin at.
    #[error("it follows an entry that is not there")]
    FollowsNothing,
    /// The named section ends before the entry.
    #[error("it lies past the end of the {0}")]
    PastSection(&'static str),
    /// The run of tiles overlaps the next entry.
    #[error("its run of tiles reaches into the next entry")]
    RunOverlaps,
}

/// Error of reading a varint.
#[derive(Debug, thiserror::Error)]
pub(super) enum NumberError {
    /// The bytes end within a number, or it exceeds 64 bits.
    #[error("it is cut off, or has a number of over 64 bits")]
    Unreadable,
    /// The number exceeds 32 bits.
    #[error("{0} is past 32 bits")]
    Past32Bits(u64),
}

/// One entry: a run of tiles with the same content, or a leaf directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct DirectoryEntry {
    /// The first tile's id: its position along the Hilbert curves of all zooms.
    pub(super) tile_id: u64,
    /// Offset from the start of the tile data, or of the leaf directories.
    pub(super) offset: u64,
    pub(super) length: u32,
    /// Number of tiles that share the content; 0 for a leaf directory.
    pub(super) run_length: u32,
}

impl DirectoryEntry {
    /// Location of the entry's bytes in `section`; `None` past its end.
    pub(super) fn within(&self, section: FileSection) -> Option<FileSection> {
        let length = u64::from(self.length);
        let end = self.offset.checked_add(length)?;
        (end <= section.length).then(|| FileSection { start: section.start + self.offset, length })
    }
}

/// A directory whose entries are in order, do not overlap, are not empty, and lie within
/// their sections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TileDirectory {
    entries: Vec<DirectoryEntry>,
}

impl TileDirectory {
    /// Reads an inflated directory with its tiles in `tiles` and its leaves in `leaves`.
    pub(super) fn read(
        bytes: &[u8],
        tiles: FileSection,
        leaves: FileSection,
    ) -> Result<Self, DirectoryError> {
        let mut numbers = Numbers(bytes);
        let count = numbers.next()?;
        // Each entry takes at least one byte for each of its four numbers.
        let most = (numbers.0.len() / 4).min(MAX_ENTRIES);
        let count = usize::try_from(count)
            .ok()
            .filter(|&count| count <= most)
            .ok_or(DirectoryError::EntryCount { count, most })?;
        if count == 0 {
            return Err(DirectoryError::Empty);
        }
        let mut entries = vec![DirectoryEntry::default(); count];
        let mut id = 0u64;
        for (index, entry) in entries.iter_mut().enumerate() {
            let step = numbers.next()?;
            id = id
                .checked_add(step)
                .filter(|&id| id <= ::pmtiles::MAX_TILE_ID)
                .ok_or(DirectoryError::PastLastTile(index))?;
            if index > 0 && step == 0 {
                return Err(DirectoryError::SameTile { index });
            }
            entry.tile_id = id;
        }
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.run_length = numbers.next_u32().map_err(|error| at(index, error.into()))?;
        }
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.length = numbers.next_u32().map_err(|error| at(index, error.into()))?;
            if entry.length == 0 {
                return Err(at(index, EntryFault::NoBytes));
            }
        }
        let mut follows = None;
        for (index, entry) in entries.iter_mut().enumerate() {
            let offset = match (numbers.next()?, follows) {
                (0, Some(end)) => end,
                (0, None) => return Err(at(index, EntryFault::FollowsNothing)),
                (offset, _) => offset - 1,
            };
            entry.offset = offset;
            let section = if entry.run_length == 0 { leaves } else { tiles };
            let inside = entry.within(section);
            let what = if entry.run_length == 0 { "leaf directories" } else { "tile data" };
            let Some(_) = inside else {
                return Err(at(index, EntryFault::PastSection(what)));
            };
            follows = Some(offset + u64::from(entry.length));
        }
        for (index, pair) in entries.windows(2).enumerate() {
            if pair[1].tile_id - pair[0].tile_id < u64::from(pair[0].run_length) {
                return Err(at(index, EntryFault::RunOverlaps));
            }
        }
        Ok(Self { entries })
    }

    /// The entry for a tile: its own, a run that covers it, or the leaf directory that
    /// must contain it if any does (PMTiles 3, "Entries").
    pub(super) fn find(&self, tile_id: u64) -> Option<DirectoryEntry> {
        let after = self.entries.partition_point(|entry| entry.tile_id <= tile_id);
        let entry = self.entries[..after].last()?;
        let covered =
            entry.run_length == 0 || tile_id - entry.tile_id < u64::from(entry.run_length);
        covered.then_some(*entry)
    }

    /// At most `count` entries, evenly spaced from the first on.
    pub(super) fn spread(&self, count: usize) -> impl Iterator<Item = DirectoryEntry> {
        let step = self.entries.len().div_ceil(count.max(1)).max(1);
        self.entries.iter().copied().step_by(step)
    }

    /// Bytes of memory used.
    pub(super) fn memory_bytes(&self) -> u64 {
        (self.entries.capacity() * size_of::<DirectoryEntry>()) as u64
    }
}

fn at(index: usize, fault: EntryFault) -> DirectoryError {
    DirectoryError::Entry { index, fault }
}

/// The unread varints of a directory.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> Result<u64, NumberError> {
        let mut value = 0;
        for (index, &byte) in self.0.iter().take(10).enumerate() {
            if index == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.0 = &self.0[index + 1..];
                return Ok(value);
            }
        }
        Err(NumberError::Unreadable)
    }

    fn next_u32(&mut self) -> Result<u32, NumberError> {
        let number = self.next()?;
        u32::try_from(number).map_err(|_| NumberError::Past32Bits(number))
    }
}
