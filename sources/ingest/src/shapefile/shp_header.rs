//! The header that `.shp` and `.shx` share, and lengths in 16-bit words.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::fault::ShapefileFault;
use crate::IngestError;
use crate::input::file_fault::FileLocation;

/// Bytes of the header of `.shp` and `.shx`.
pub(super) const HEADER: u64 = 100;
/// Bytes before the content of a record.
pub(super) const RECORD_HEADER: u64 = 8;
/// The first four bytes of both files.
const FILE_CODE: i32 = 9994;

/// A negative count of 16-bit words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NegativeWords(pub(super) i32);

/// Converts a count of 16-bit words to bytes.
pub(super) fn bytes_of_words(words: i32) -> Result<u64, NegativeWords> {
    u64::try_from(words).map(|words| words * 2).map_err(|_| NegativeWords(words))
}

/// Length of a file in bytes; the reader is then at the start.
pub(super) fn file_length<R: Seek>(reader: &mut R, path: &Path) -> Result<u64, IngestError> {
    let end = reader.seek(SeekFrom::End(0)).and_then(|end| {
        reader.seek(SeekFrom::Start(0))?;
        Ok(end)
    });
    end.map_err(|error| IngestError::io(path, error))
}

/// The common header of `.shp` and `.shx`.
pub(super) struct ShapefileHeader {
    /// Number of the shape type.
    pub(super) shape: i32,
    /// Length in the header in bytes.
    pub(super) stated: u64,
    /// Length of the file in bytes.
    length: u64,
}

impl ShapefileHeader {
    /// # Errors
    /// Returns [`IngestError`] if the file is shorter than the header declares.
    pub(super) fn check(&self, path: &Path) -> Result<(), IngestError> {
        let Self { stated, length, .. } = *self;
        if stated > length {
            let fault = ShapefileFault::CutShort { stated, length };
            return Err(IngestError::at(path, FileLocation::Header, fault));
        }
        Ok(())
    }
}

/// Reads the header of a file of `length` bytes.
///
/// # Errors
/// Returns [`IngestError`] if the file is no Shapefile.
pub(super) fn read_header<R: Read>(
    reader: &mut R,
    path: &Path,
    length: u64,
) -> Result<ShapefileHeader, IngestError> {
    let corrupt = |fault: ShapefileFault| IngestError::at(path, FileLocation::Header, fault);
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
    let shape = i32::from_le_bytes([head[32], head[33], head[34], head[35]]);
    Ok(ShapefileHeader { shape, stated, length })
}
