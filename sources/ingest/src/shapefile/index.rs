//! Index of a Shapefile (`.shx`): location of each record of the `.shp`.

use std::io::{BufReader, Read, Seek};
use std::path::Path;

use crate::IngestError;
use crate::input::file_fault::FileLocation;
use crate::summary::import_note::ImportNote;

use crate::shapefile::fault::ShapefileFault;
use crate::shapefile::shp_header::{
    HEADER, NegativeWords, RECORD_HEADER, bytes_of_words, file_length, read_header,
};

/// Length of an entry of a `.shx` in bytes.
const ENTRY: u64 = 8;

/// Offset of a record, and the length of its content, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexEntry {
    pub(super) offset: u64,
    pub(super) content: u64,
}

impl IndexEntry {
    fn end(self) -> u64 {
        self.offset.saturating_add(RECORD_HEADER).saturating_add(self.content)
    }
}

/// The `.shp` that an index belongs to.
pub(super) struct IndexedFile<'a> {
    pub(super) path: &'a Path,
    /// Length of the file in bytes, and the length in its header.
    pub(super) length: u64,
    pub(super) stated: u64,
}

/// The entries of an index.
#[derive(Debug)]
pub(super) struct ShapeIndex {
    pub(super) entries: Vec<IndexEntry>,
    /// Note of an inconsistent length in the header, or of bytes after the last entry.
    pub(super) note: Option<ImportNote>,
}

impl ShapeIndex {
    /// Reads a `.shx`.
    ///
    /// An index with another length than in its header, or with zeros after its last
    /// entry, is accepted if the last entry's record ends with the `.shp`: then no entry
    /// is missing.
    ///
    /// # Errors
    /// Returns [`IngestError`] for an index that is truncated or refers past the end of
    /// the `.shp`.
    pub(super) fn read<R: Read + Seek>(
        mut reader: R,
        path: &Path,
        shp: &IndexedFile<'_>,
    ) -> Result<Self, IngestError> {
        let length = file_length(&mut reader, path)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let header = read_header(&mut reader, path, length)?;
        let whole = (length - HEADER) / ENTRY;
        let mut entries = Vec::new();
        // Behind this entry there is nothing but zeros.
        let mut last = 0;
        for row in 1..=whole {
            let mut entry = [0; ENTRY as usize];
            reader.read_exact(&mut entry).map_err(|error| IngestError::io(path, error))?;
            if entry != [0; ENTRY as usize] {
                last = row;
            }
            entries.push(entry);
        }
        let mut tail = Vec::new();
        reader.read_to_end(&mut tail).map_err(|error| IngestError::io(path, error))?;
        let is_padded = last < whole || !tail.is_empty() && tail.iter().all(|&byte| byte == 0);
        let kept = if is_padded { last } else { whole };
        let entries = entries.into_iter().take(kept as usize).zip(1..);
        let entries = entries.map(|(entry, row)| parse(entry, row, path, shp));
        let entries: Vec<IndexEntry> = entries.collect::<Result<_, _>>()?;
        let end = entries.last().map_or(HEADER, |entry| entry.end());
        let is_complete = end == shp.length || end == shp.stated;
        if is_complete && (is_padded || header.stated > length) {
            let (stated, kept) = (header.stated, HEADER + kept * ENTRY);
            return Ok(Self { entries, note: Some(ImportNote::IndexLength { stated, kept }) });
        }
        header.check(path)?;
        if !tail.is_empty() {
            let fault = ShapefileFault::IndexCutShort(length);
            return Err(IngestError::at(path, FileLocation::End, fault));
        }
        if is_padded {
            let (offset, end) = (0, RECORD_HEADER);
            let fault = ShapefileFault::IndexPastEnd {
                offset,
                end,
                shp: shp.path.to_owned(),
                length: shp.length,
            };
            return Err(IngestError::at(path, FileLocation::Row(last + 1), fault));
        }
        Ok(Self { entries, note: None })
    }
}

/// Parses the entry of a row.
fn parse(
    entry: [u8; ENTRY as usize],
    row: u64,
    path: &Path,
    shp: &IndexedFile<'_>,
) -> Result<IndexEntry, IngestError> {
    let [a, b, c, d, e, f, g, h] = entry;
    let bytes = |word: i32| {
        bytes_of_words(word).map_err(|NegativeWords(words)| {
            IngestError::at(path, FileLocation::Row(row), ShapefileFault::NegativeIndex(words))
        })
    };
    let offset = bytes(i32::from_be_bytes([a, b, c, d]))?;
    let entry = IndexEntry { offset, content: bytes(i32::from_be_bytes([e, f, g, h]))? };
    if offset < HEADER || entry.end() > shp.length {
        let (end, shp, length) = (entry.end(), shp.path.to_owned(), shp.length);
        let fault = ShapefileFault::IndexPastEnd { offset, end, shp, length };
        return Err(IngestError::at(path, FileLocation::Row(row), fault));
    }
    Ok(entry)
}
