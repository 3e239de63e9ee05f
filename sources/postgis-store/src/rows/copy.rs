//! The binary stream of `COPY … TO STDOUT (FORMAT binary)`, row by row.
//!
//! As PostgreSQL documents it under COPY, "Binary Format": a signature, flags and
//! a header extension, then rows of a 16-bit field count and for each field a
//! 32-bit length (−1 is null) and its bytes, then a count of −1. Chunks may end
//! anywhere. Holds one row and the last chunk.

/// The longest row that is read, in bytes.
pub const MAX_ROW: usize = 256 << 20;

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// The longest header extension; none is defined to this day.
const MAX_EXTENSION: usize = 1 << 16;

/// A stream that is not as documented.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{location}: {fault}")]
pub struct CopyError {
    /// Location of the fault.
    pub location: CopyLocation,
    /// Fault of the stream.
    #[source]
    pub fault: CopyFault,
}

/// Part of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyLocation {
    /// The header.
    Header,
    /// A row by number, from 0.
    Row(u64),
}

impl std::fmt::Display for CopyLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// Fault of a stream or of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CopyFault {
    /// Bytes that do not begin as a binary `COPY` does.
    #[error("it is no binary COPY stream")]
    NoSignature,
    /// Flags that must be understood and are not.
    #[error("its flags {0:#x} are not known")]
    UnknownFlags(u32),
    /// A header extension of more bytes than are read.
    #[error("its extension of {0} bytes is too long")]
    LongExtension(usize),
    /// A row with another number of fields.
    #[error("{found} fields, not {expected}")]
    FieldCount {
        /// Number of fields in the row.
        found: i16,
        /// Number of requested columns.
        expected: usize,
    },
    /// A field with a negative length that is not null's.
    #[error("field {field} has a length of {length}")]
    FieldLength {
        /// Number of the field, from 0.
        field: usize,
        /// Its length.
        length: i32,
    },
    /// A row longer than [`MAX_ROW`].
    #[error("field {field} makes the row longer than {} MiB", MAX_ROW >> 20)]
    LongRow {
        /// Number of the field, from 0.
        field: usize,
    },
    /// Bytes that are not one whole row.
    #[error("it is not one whole row")]
    NoWholeRow,
    /// Bytes after the end mark.
    #[error("bytes follow the end mark")]
    BytesAfterEnd,
    /// A stream without an end mark.
    #[error("the stream ends before its end mark")]
    NoEndMark,
}

/// Byte range of each field in a row; `None` is null.
pub type FieldRanges = Vec<Option<std::ops::Range<usize>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Rows,
    Ended,
}

/// Reads rows from chunks of a stream.
#[derive(Debug)]
pub struct CopyReader {
    columns: usize,
    buffer: Vec<u8>,
    /// Offset of the first unread byte of `buffer`.
    at: usize,
    state: State,
    rows: u64,
    fields: FieldRanges,
}

/// One row: its bytes, and the ranges of its fields.
#[derive(Debug, Clone, Copy)]
pub struct CopyRow<'a> {
    bytes: &'a [u8],
    fields: &'a [Option<std::ops::Range<usize>>],
}

impl<'a> CopyRow<'a> {
    /// Parses bytes that are one whole row.
    ///
    /// # Errors
    /// [`CopyFault`].
    pub fn parse(
        bytes: &'a [u8],
        columns: usize,
        fields: &'a mut FieldRanges,
    ) -> Result<Self, CopyFault> {
        match parse(bytes, columns, fields)? {
            Parsed::Row(length) if length == bytes.len() => Ok(Self { bytes, fields }),
            _ => Err(CopyFault::NoWholeRow),
        }
    }

    /// The row as sent, its field count and lengths too.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// A field's bytes; `None` for null, and past the last one.
    #[must_use]
    pub fn field(&self, number: usize) -> Option<&'a [u8]> {
        self.bytes.get(self.fields.get(number)?.clone()?)
    }
}

/// Content at the beginning of some bytes.
enum Parsed {
    /// Less than a row.
    Incomplete,
    /// A row of this length.
    Row(usize),
    /// The end mark.
    End,
}

fn parse(bytes: &[u8], columns: usize, fields: &mut FieldRanges) -> Result<Parsed, CopyFault> {
    let Some(count) = bytes.first_chunk::<2>() else { return Ok(Parsed::Incomplete) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Parsed::End);
    }
    if usize::try_from(count) != Ok(columns) {
        return Err(CopyFault::FieldCount { found: count, expected: columns });
    }
    fields.clear();
    let mut at = 2;
    for field in 0..columns {
        let Some(length) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else {
            return Ok(Parsed::Incomplete);
        };
        at += 4;
        match i32::from_be_bytes(*length) {
            -1 => fields.push(None),
            length => {
                let fault = CopyFault::FieldLength { field, length };
                let length = usize::try_from(length).map_err(|_| fault)?;
                if length > MAX_ROW - at.min(MAX_ROW) {
                    return Err(CopyFault::LongRow { field });
                }
                fields.push(Some(at..at + length));
                at += length;
            }
        }
    }
    Ok(if at > bytes.len() { Parsed::Incomplete } else { Parsed::Row(at) })
}

impl CopyReader {
    /// Creates a reader of rows of this many fields.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            buffer: Vec::new(),
            at: 0,
            state: State::Header,
            rows: 0,
            fields: Vec::new(),
        }
    }

    /// Appends the next chunk.
    pub fn push(&mut self, chunk: &[u8]) {
        // Bytes that were read are dropped; the rest is less than one row.
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next row; `None` if more chunks are needed, or the stream has ended.
    ///
    /// # Errors
    /// [`CopyError`]; the stream can't be read on.
    pub fn next_row(&mut self) -> Result<Option<CopyRow<'_>>, CopyError> {
        if self.state == State::Header && !self.header()? {
            return Ok(None);
        }
        let location = CopyLocation::Row(self.rows);
        let error = |fault| CopyError { location, fault };
        if self.state == State::Ended {
            return if self.at == self.buffer.len() {
                Ok(None)
            } else {
                Err(error(CopyFault::BytesAfterEnd))
            };
        }
        let bytes = &self.buffer[self.at..];
        match parse(bytes, self.columns, &mut self.fields).map_err(error)? {
            Parsed::Incomplete => Ok(None),
            Parsed::End => {
                self.at += 2;
                self.state = State::Ended;
                if self.at == self.buffer.len() {
                    return Ok(None);
                }
                Err(error(CopyFault::BytesAfterEnd))
            }
            Parsed::Row(length) => {
                let start = self.at;
                self.at += length;
                self.rows += 1;
                let bytes = &self.buffer[start..self.at];
                Ok(Some(CopyRow { bytes, fields: &self.fields }))
            }
        }
    }

    /// Ends the stream and returns its number of rows.
    ///
    /// # Errors
    /// [`CopyError`] if the end mark has not come.
    pub fn finish(self) -> Result<u64, CopyError> {
        if self.state == State::Ended {
            return Ok(self.rows);
        }
        Err(CopyError { location: CopyLocation::Row(self.rows), fault: CopyFault::NoEndMark })
    }

    /// Reads the header; `false` while it is incomplete.
    fn header(&mut self) -> Result<bool, CopyError> {
        let error = |fault| CopyError { location: CopyLocation::Header, fault };
        let bytes = &self.buffer[self.at..];
        let known = bytes.len().min(SIGNATURE.len());
        if bytes[..known] != SIGNATURE[..known] {
            return Err(error(CopyFault::NoSignature));
        }
        let number = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
        let (Some(flags), Some(length)) = (number(11), number(15)) else { return Ok(false) };
        // Bits 16 to 31 must be understood; none is in use by a server of today.
        let flags = u32::from_be_bytes(*flags);
        if flags >> 16 != 0 {
            return Err(error(CopyFault::UnknownFlags(flags)));
        }
        let length = u32::from_be_bytes(*length) as usize;
        if length > MAX_EXTENSION {
            return Err(error(CopyFault::LongExtension(length)));
        }
        if bytes.len() < 19 + length {
            return Ok(false);
        }
        self.at += 19 + length;
        self.state = State::Rows;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn header() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0; 8]);
        bytes
    }

    fn row(fields: &[Option<Vec<u8>>]) -> Vec<u8> {
        let mut bytes = (fields.len() as i16).to_be_bytes().to_vec();
        for field in fields {
            match field {
                None => bytes.extend((-1i32).to_be_bytes()),
                Some(value) => {
                    bytes.extend((value.len() as i32).to_be_bytes());
                    bytes.extend(value);
                }
            }
        }
        bytes
    }

    /// All rows, of chunks of any size.
    fn read(
        chunks: impl Iterator<Item = Vec<u8>>,
        columns: usize,
    ) -> Result<Vec<Vec<Option<Vec<u8>>>>, CopyError> {
        let mut reader = CopyReader::new(columns);
        let mut rows = Vec::new();
        for chunk in chunks {
            reader.push(&chunk);
            while let Some(row) = reader.next_row()? {
                rows.push((0..columns).map(|at| row.field(at).map(<[u8]>::to_vec)).collect());
            }
        }
        assert_eq!(reader.finish()?, rows.len() as u64);
        Ok(rows)
    }

    proptest! {
        #[test]
        fn rows_are_the_same_wherever_the_chunks_end(
            rows in prop::collection::vec(
                prop::collection::vec(
                    prop::option::of(prop::collection::vec(any::<u8>(), 0..20)),
                    3,
                ),
                0..8,
            ),
            size in 1usize..40,
        ) {
            let mut bytes = header();
            rows.iter().for_each(|fields| bytes.extend(row(fields)));
            bytes.extend((-1i16).to_be_bytes());
            let read = read(bytes.chunks(size).map(<[u8]>::to_vec), 3);
            prop_assert_eq!(read, Ok(rows));
        }

        #[test]
        fn any_bytes_are_rows_of_the_asked_fields_or_an_error_that_names_the_part(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            sound_header: bool,
        ) {
            let mut stream = if sound_header { header() } else { Vec::new() };
            stream.extend(bytes);
            match read(stream.chunks(7).map(<[u8]>::to_vec), 2) {
                Ok(rows) => {
                    let bytes: usize = rows.iter().flatten().flatten().map(Vec::len).sum();
                    // Each row has a count and two lengths, and the stream an end mark.
                    prop_assert!(header().len() + rows.len() * 10 + bytes + 2 == stream.len());
                }
                Err(error) => {
                    let text = error.to_string();
                    prop_assert!(text.starts_with("header: ") || text.starts_with("row "), "{text}");
                }
            }
        }
    }

    #[rstest]
    #[case::signature(b"PGCOPX".to_vec(), "header: it is no binary COPY stream")]
    #[case::flags([&SIGNATURE[..], &[0, 1, 0, 0, 0, 0, 0, 0]].concat(), "flags 0x10000")]
    #[case::extension([&SIGNATURE[..], &[0, 0, 0, 0, 127, 0, 0, 0]].concat(), "too long")]
    #[case::fields([header(), vec![0, 3]].concat(), "row 0: 3 fields, not 1")]
    #[case::length([header(), vec![0, 1, 0xff, 0, 0, 0]].concat(), "a length of -16777216")]
    #[case::long([header(), vec![0, 1, 0x7f, 0, 0, 0]].concat(), "longer than 256 MiB")]
    #[case::after([header(), vec![0xff, 0xff, 0]].concat(), "bytes follow the end mark")]
    #[case::cut([header(), row(&[None])].concat(), "row 1: the stream ends before its end mark")]
    fn what_can_not_be_is_named(#[case] bytes: Vec<u8>, #[case] message: &str) {
        let error = read([bytes].into_iter(), 1).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}
