//! Shapes (`.shp`): a header of 100 bytes, then one record per row (ESRI
//! Shapefile Technical Description, July 1998).

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::feature::GeometryKind;
use crate::ingest::IngestError;
use crate::ingest::file_fault::FilePlace;
use crate::ingest::note::Note;
use crate::ingest::reject_reason::RejectReason;
use crate::ingest::row::RawGeometry;

use super::fault::ShapefileFault;
use super::record::{Shape, parse, shape};

/// Bytes of the header of `.shp` and `.shx`.
const HEADER: u64 = 100;
/// Bytes before the content of a record.
const RECORD_HEADER: u64 = 8;
/// Bytes of an entry of `.shx`.
const INDEX_ENTRY: u64 = 8;
/// A record with more is not read: what comes of it would have no place either.
const MAX_RECORD: u64 = 256 << 20;
/// The first four bytes of both files.
const FILE_CODE: i32 = 9994;

/// Where a record is, and the bytes of its content.
#[derive(Debug, Clone, Copy)]
struct Entry {
    offset: u64,
    content: u64,
}

/// The shapes of a file, read one after the other.
pub struct Shapes<R> {
    reader: BufReader<R>,
    path: PathBuf,
    length: u64,
    shape: Shape,
    /// Where each record is, where there is a `.shx`.
    index: Option<Vec<Entry>>,
    position: u64,
    /// Bytes of records read since the first.
    consumed: u64,
    row: u64,
    content: Vec<u8>,
}

impl<R: Read + Seek> Shapes<R> {
    /// Reads the header, and the whole index where there is one. `path` names
    /// the file in errors.
    ///
    /// # Errors
    /// [`IngestError::File`] for what is no Shapefile or shorter than it
    /// says, for multipatches, and for what can't be read.
    pub fn open(
        mut reader: R,
        path: &Path,
        index: Option<(R, &Path)>,
    ) -> Result<Self, IngestError> {
        let length = length(&mut reader, path)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let code = header(&mut reader, path, length)?;
        let Some((shape, _)) = shape(code) else {
            return Err(match code {
                31 => IngestError::whole(path, ShapefileFault::Multipatch),
                code => IngestError::at(path, FilePlace::Header, ShapefileFault::NoShapeType(code)),
            });
        };
        let index = match index {
            Some((reader, of)) => Some(read_index(reader, of, path, length)?),
            None => None,
        };
        let path = path.to_owned();
        let content = Vec::new();
        Ok(Self {
            reader,
            path,
            length,
            shape,
            index,
            position: HEADER,
            consumed: 0,
            row: 0,
            content,
        })
    }

    /// What the file's shapes are; `None` where all are null.
    #[must_use]
    pub fn kind(&self) -> Option<GeometryKind> {
        match self.shape {
            Shape::Null => None,
            Shape::Point | Shape::MultiPoint => Some(GeometryKind::Point),
            Shape::Line => Some(GeometryKind::Line),
            Shape::Polygon => Some(GeometryKind::Polygon),
        }
    }

    /// Compares the index with what stands in each record: its number must be its
    /// row and its length the index's. An index of other shapes would give rows
    /// the geometry of others, so it is left out; returns a note of that.
    ///
    /// # Errors
    /// [`IngestError::File`].
    pub(super) fn check_index(&mut self) -> Result<Option<Note>, IngestError> {
        self.rewind()?;
        let Some(index) = self.index.take() else { return Ok(None) };
        for (row, entry) in (1..).zip(&index) {
            let step = entry.offset as i64 - self.position as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position = entry.offset;
            let mut head = [0; RECORD_HEADER as usize];
            self.read(&mut head)?;
            let (number, bytes) = record_header(head);
            if i64::from(number) != row || bytes != Ok(entry.content) {
                let bytes = bytes.map_or_else(
                    |NegativeWords(words)| (2 * i64::from(words)).to_string(),
                    |bytes| bytes.to_string(),
                );
                return Ok(Some(Note::ForeignIndex {
                    row: row as u64,
                    found: (number, bytes),
                    expected: entry.content,
                }));
            }
        }
        self.index = Some(index);
        Ok(None)
    }

    /// Goes back to the first shape.
    ///
    /// # Errors
    /// [`IngestError::File`].
    pub fn rewind(&mut self) -> Result<(), IngestError> {
        (self.position, self.consumed, self.row) = (HEADER, 0, 0);
        let start = self.reader.seek(SeekFrom::Start(HEADER));
        start.map(|_| ()).map_err(|error| IngestError::io(&self.path, error))
    }

    /// Reads the next shape into `into`; `false` after the last one.
    ///
    /// # Errors
    /// [`IngestError::File`] for a record that contradicts the file's length
    /// or its own, and for what can't be read.
    pub(in crate::ingest) fn next(&mut self, into: &mut RawGeometry) -> Result<bool, IngestError> {
        into.clear();
        if let Some(index) = &self.index {
            let Some(&Entry { offset, .. }) = index.get(self.row as usize) else {
                return Ok(false);
            };
            let step = offset as i64 - self.position as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position = offset;
        } else if self.position == self.length {
            return Ok(false);
        }
        self.row += 1;
        let place = FilePlace::Record(self.row, self.position);
        let left = self.length - self.position;
        if left < RECORD_HEADER {
            return Err(IngestError::at(&self.path, place, ShapefileFault::EndsWithinRecord));
        }
        let mut head = [0; RECORD_HEADER as usize];
        self.read(&mut head)?;
        let bytes = match record_header(head).1 {
            Ok(bytes) => bytes,
            Err(NegativeWords(words)) => {
                let fault = ShapefileFault::NegativeLength(words);
                return Err(IngestError::at(&self.path, place, fault));
            }
        };
        if bytes > left - RECORD_HEADER {
            let fault = ShapefileFault::RecordPastEnd(bytes);
            return Err(IngestError::at(&self.path, place, fault));
        }
        // An index can point at one record again and again.
        self.consumed += RECORD_HEADER + bytes;
        if self.consumed > self.length {
            return Err(IngestError::at(&self.path, place, ShapefileFault::IndexRepeats));
        }
        if bytes > MAX_RECORD {
            let step = bytes as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position += bytes;
            into.fault = Some(RejectReason::RecordTooLarge { bytes });
            return Ok(true);
        }
        let mut content = std::mem::take(&mut self.content);
        content.resize(bytes as usize, 0);
        let read = self.read(&mut content);
        let parsed = parse(&content, self.shape, into);
        self.content = content;
        read?;
        parsed.map_err(|fault| IngestError::at(&self.path, place, fault))?;
        Ok(true)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), IngestError> {
        self.position += into.len() as u64;
        self.reader.read_exact(into).map_err(|error| IngestError::io(&self.path, error))
    }
}

/// A count of 16-bit words that is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NegativeWords(i32);

/// The bytes of a count of 16-bit words.
fn bytes_of_words(words: i32) -> Result<u64, NegativeWords> {
    u64::try_from(words).map(|words| words * 2).map_err(|_| NegativeWords(words))
}

/// The number of a record and the bytes of its content, without the header itself.
fn record_header(head: [u8; RECORD_HEADER as usize]) -> (i32, Result<u64, NegativeWords>) {
    let [a, b, c, d, e, f, g, h] = head;
    (i32::from_be_bytes([a, b, c, d]), bytes_of_words(i32::from_be_bytes([e, f, g, h])))
}

fn length<R: Seek>(reader: &mut R, path: &Path) -> Result<u64, IngestError> {
    let end = reader.seek(SeekFrom::End(0)).and_then(|end| {
        reader.seek(SeekFrom::Start(0))?;
        Ok(end)
    });
    end.map_err(|error| IngestError::io(path, error))
}

/// Reads the header that `.shp` and `.shx` share; returns the shape type.
fn header<R: Read>(reader: &mut R, path: &Path, length: u64) -> Result<i32, IngestError> {
    let corrupt = |fault: ShapefileFault| IngestError::at(path, FilePlace::Header, fault);
    if length < HEADER {
        return Err(corrupt(ShapefileFault::TooShort(length)));
    }
    let mut head = [0; HEADER as usize];
    reader.read_exact(&mut head).map_err(|error| IngestError::io(path, error))?;
    let big = |at: usize| i32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if big(0) != FILE_CODE {
        return Err(corrupt(ShapefileFault::NoShapefile));
    }
    let stated = bytes_of_words(big(24))
        .map_err(|NegativeWords(words)| corrupt(ShapefileFault::NegativeLength(words)))?;
    if stated > length {
        return Err(corrupt(ShapefileFault::CutShort { stated, length }));
    }
    Ok(i32::from_le_bytes([head[32], head[33], head[34], head[35]]))
}

/// Reads `.shx`: where each row's record lies in a `.shp` of `shp_length` bytes.
fn read_index<R: Read + Seek>(
    mut reader: R,
    path: &Path,
    shp: &Path,
    shp_length: u64,
) -> Result<Vec<Entry>, IngestError> {
    let length = length(&mut reader, path)?;
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    header(&mut reader, path, length)?;
    if !(length - HEADER).is_multiple_of(INDEX_ENTRY) {
        return Err(IngestError::at(path, FilePlace::End, ShapefileFault::IndexCutShort(length)));
    }
    let mut entries = Vec::new();
    for row in 1..=(length - HEADER) / INDEX_ENTRY {
        let mut entry = [0; INDEX_ENTRY as usize];
        reader.read_exact(&mut entry).map_err(|error| IngestError::io(path, error))?;
        let bytes = |at: usize| {
            let word = i32::from_be_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]);
            bytes_of_words(word).map_err(|NegativeWords(words)| {
                IngestError::at(path, FilePlace::Row(row), ShapefileFault::NegativeIndex(words))
            })
        };
        let (offset, content) = (bytes(0)?, bytes(4)?);
        let end = offset.saturating_add(RECORD_HEADER).saturating_add(content);
        if offset < HEADER || end > shp_length {
            let (shp, length) = (shp.to_owned(), shp_length);
            let fault = ShapefileFault::IndexPastEnd { offset, end, shp, length };
            return Err(IngestError::at(path, FilePlace::Row(row), fault));
        }
        entries.push(Entry { offset, content });
    }
    Ok(entries)
}
