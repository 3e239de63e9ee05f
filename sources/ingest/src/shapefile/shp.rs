//! Shapes (`.shp`): a header of 100 bytes, then one record per row (ESRI
//! Shapefile Technical Description, July 1998).

use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::IngestError;
use crate::input::file_fault::FileLocation;
use crate::input::row_source::RawGeometry;
use crate::rejects::reject_reason::RejectReason;
use crate::summary::import_note::ImportNote;
use data_model::feature::GeometryKind;

use crate::shapefile::fault::ShapefileFault;
use crate::shapefile::index::{IndexEntry, IndexedFile, ShapeIndex};
use crate::shapefile::record::{ShapeType, parse, shape};
use crate::shapefile::shp_header::{
    HEADER, NegativeWords, RECORD_HEADER, bytes_of_words, file_length, read_header,
};

/// Maximum length of a record that is read: larger ones exceed a feature's limit too.
const MAX_RECORD: u64 = 256 << 20;
/// The shapes of a file, read one after the other.
pub struct ShapeReader<R> {
    reader: BufReader<R>,
    path: PathBuf,
    /// Length in bytes, without bytes after the last record.
    length: u64,
    /// Length in the header in bytes.
    stated: u64,
    shape: ShapeType,
    /// Location of each record; `None` without a `.shx`.
    index: Option<Vec<IndexEntry>>,
    /// Notes of ignored bytes, for the summary.
    notes: Vec<ImportNote>,
    position: u64,
    /// Bytes of records read since the first.
    consumed: u64,
    row: u64,
    content: Vec<u8>,
}

impl<R: Read + Seek> ShapeReader<R> {
    /// Reads the header, and the whole index if there is one. `path` is for errors.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file is no Shapefile, is shorter than declared,
    /// contains multipatches, or can't be read.
    pub fn open(
        mut reader: R,
        path: &Path,
        index: Option<(R, &Path)>,
    ) -> Result<Self, IngestError> {
        let length = file_length(&mut reader, path)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let header = read_header(&mut reader, path, length)?;
        header.check(path)?;
        let (code, stated) = (header.shape, header.stated);
        let Some((shape, _)) = shape(code) else {
            return Err(match code {
                31 => IngestError::whole(path, ShapefileFault::Multipatch),
                code => {
                    IngestError::at(path, FileLocation::Header, ShapefileFault::NoShapeType(code))
                }
            });
        };
        let shp = IndexedFile { path, length, stated };
        let index = index.map(|(reader, of)| ShapeIndex::read(reader, of, &shp)).transpose()?;
        let (index, note) = index.map_or((None, None), |index| (Some(index.entries), index.note));
        let (path, notes) = (path.to_owned(), note.into_iter().collect());
        let content = Vec::new();
        Ok(Self {
            reader,
            path,
            length,
            stated,
            shape,
            index,
            notes,
            position: HEADER,
            consumed: 0,
            row: 0,
            content,
        })
    }

    /// Geometry kind of the shapes; `None` if all are null.
    #[must_use]
    pub fn kind(&self) -> Option<GeometryKind> {
        match self.shape {
            ShapeType::Null => None,
            ShapeType::Point | ShapeType::MultiPoint => Some(GeometryKind::Point),
            ShapeType::Line => Some(GeometryKind::Line),
            ShapeType::Polygon => Some(GeometryKind::Polygon),
        }
    }

    /// Compares the index with the records: each record's number must be its row and its
    /// length the index's. A foreign index would give rows the geometry of others, so it
    /// is ignored; returns a note of that.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file can't be read.
    pub(super) fn check_index(&mut self) -> Result<Option<ImportNote>, IngestError> {
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
                return Ok(Some(ImportNote::ForeignIndex {
                    row: row as u64,
                    found: (number, bytes),
                    expected: entry.content,
                }));
            }
        }
        self.index = Some(index);
        Ok(None)
    }

    /// Returns the notes of ignored bytes once.
    pub(super) fn take_notes(&mut self) -> Vec<ImportNote> {
        std::mem::take(&mut self.notes)
    }

    /// Seeks to the first shape.
    ///
    /// # Errors
    /// Returns [`IngestError::File`] if the file can't be read.
    pub fn rewind(&mut self) -> Result<(), IngestError> {
        (self.position, self.consumed, self.row) = (HEADER, 0, 0);
        let start = self.reader.seek(SeekFrom::Start(HEADER));
        start.map(|_| ()).map_err(|error| IngestError::io(&self.path, error))
    }

    /// Reads the next shape into `into`; `false` after the last one.
    ///
    /// # Errors
    /// Returns [`IngestError`] for a record that contradicts the file's length or its
    /// own, and if the file can't be read.
    pub(crate) fn next(&mut self, into: &mut RawGeometry) -> Result<bool, IngestError> {
        into.clear();
        if let Some(index) = &self.index {
            let Some(&IndexEntry { offset, .. }) = index.get(self.row as usize) else {
                return Ok(false);
            };
            let step = offset as i64 - self.position as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position = offset;
        } else if self.position == self.length || self.ends_here()? {
            return Ok(false);
        }
        self.row += 1;
        let location = FileLocation::Record(self.row, self.position);
        let left = self.length - self.position;
        if left < RECORD_HEADER {
            return Err(IngestError::at(&self.path, location, ShapefileFault::EndsWithinRecord));
        }
        let mut head = [0; RECORD_HEADER as usize];
        self.read(&mut head)?;
        let bytes = match record_header(head).1 {
            Ok(bytes) => bytes,
            Err(NegativeWords(words)) => {
                let fault = ShapefileFault::NegativeLength(words);
                return Err(IngestError::at(&self.path, location, fault));
            }
        };
        if bytes > left - RECORD_HEADER {
            let fault = ShapefileFault::RecordPastEnd(bytes);
            return Err(IngestError::at(&self.path, location, fault));
        }
        // An index can point at one record again and again.
        self.consumed += RECORD_HEADER + bytes;
        if self.consumed > self.length {
            return Err(IngestError::at(&self.path, location, ShapefileFault::IndexRepeats));
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
        parsed.map_err(|fault| IngestError::at(&self.path, location, fault))?;
        Ok(true)
    }

    /// Whether there is no further record: only zeros are left, or the bytes after the
    /// declared end are not the next record. The file's length is then reduced to this
    /// position.
    fn ends_here(&mut self) -> Result<bool, IngestError> {
        let io = |error| IngestError::io(&self.path, error);
        let next = self.reader.fill_buf().map_err(io)?;
        let next_number = (self.row as u32 + 1).to_be_bytes();
        let is_past_end = self.position >= self.stated && !next.starts_with(&next_number);
        let may_be_zeros = next.iter().take(RECORD_HEADER as usize).all(|&byte| byte == 0);
        if !(is_past_end || may_be_zeros && self.is_zero_to_the_end()?) {
            return Ok(false);
        }
        let bytes = self.length - self.position;
        self.notes.push(ImportNote::BytesBehindShapes { bytes, row: self.row });
        self.length = self.position;
        Ok(true)
    }

    /// Whether all remaining bytes are zero; the reader's position is unchanged.
    fn is_zero_to_the_end(&mut self) -> Result<bool, IngestError> {
        let io = |error| IngestError::io(&self.path, error);
        let all = loop {
            let chunk = self.reader.fill_buf().map_err(io)?;
            if chunk.is_empty() || chunk.iter().any(|&byte| byte != 0) {
                break chunk.is_empty();
            }
            let length = chunk.len();
            self.reader.consume(length);
        };
        self.reader.seek(SeekFrom::Start(self.position)).map_err(io)?;
        Ok(all)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), IngestError> {
        self.position += into.len() as u64;
        self.reader.read_exact(into).map_err(|error| IngestError::io(&self.path, error))
    }
}

/// Number of a record, and the length of its content in bytes, without the header.
fn record_header(head: [u8; RECORD_HEADER as usize]) -> (i32, Result<u64, NegativeWords>) {
    let [a, b, c, d, e, f, g, h] = head;
    (i32::from_be_bytes([a, b, c, d]), bytes_of_words(i32::from_be_bytes([e, f, g, h])))
}
