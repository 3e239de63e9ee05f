//! dBASE tables (`.dbf`): a header of fixed fields, then records of fixed length.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::ingest::IngestError;
use crate::ingest::text::{Encoding, may_be_utf8};

/// Bytes of the table header before its field descriptors.
const HEADER: usize = 32;
/// Bytes of a field descriptor.
const DESCRIPTOR: usize = 32;
/// Ends the field descriptors.
const TERMINATOR: u8 = 0x0D;
/// Marks a record as deleted.
const DELETED: u8 = b'*';

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name's bytes, in the table's encoding.
    pub name: Vec<u8>,
    /// Its type: `C`, `N`, `F`, `D`, `L` and others.
    pub kind: u8,
    /// Where its bytes begin in a record.
    pub start: usize,
    /// How many there are.
    pub length: usize,
    /// Digits after the decimal point.
    pub decimals: u8,
}

impl Field {
    /// Its bytes in a record, without the blanks and zero bytes around them.
    #[must_use]
    pub fn bytes<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        let bytes = record.get(self.start..self.start + self.length).unwrap_or_default();
        // What follows a zero byte is left over from an older, longer value.
        let bytes = bytes.split(|&b| b == 0).next().unwrap_or_default();
        bytes.trim_ascii()
    }

    /// Its bytes as they lie in a record, for the binary types.
    #[must_use]
    pub fn raw<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        record.get(self.start..self.start + self.length).unwrap_or_default()
    }
}

/// A table, read record by record.
pub struct Table<R> {
    reader: BufReader<R>,
    path: PathBuf,
    fields: Vec<Field>,
    records: u64,
    header_length: u64,
    record: Vec<u8>,
    next: u64,
}

impl<R: Read + Seek> Table<R> {
    /// Reads the header. `path` names the file in errors.
    ///
    /// # Errors
    /// [`IngestError::File`] where the header contradicts itself or the file
    /// is shorter than it says, or can't be read.
    pub fn open(mut reader: R, path: &Path) -> Result<Self, IngestError> {
        let io = |error| IngestError::io(path, error);
        let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let corrupt = |reason: String| IngestError::corrupt(path, "header", reason);
        if length < HEADER as u64 {
            return Err(corrupt(format!("{length} bytes are too few for a DBF")));
        }
        let mut head = [0; HEADER];
        reader.read_exact(&mut head).map_err(io)?;
        let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header_length = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let record_length = usize::from(u16::from_le_bytes([head[10], head[11]]));
        if header_length < HEADER as u64 + 1 || header_length > length {
            return Err(corrupt(format!(
                "a header of {header_length} bytes in a file of {length}; this is no DBF"
            )));
        }
        let mut descriptors = vec![0; header_length as usize - HEADER];
        reader.read_exact(&mut descriptors).map_err(io)?;
        let fields = fields(&descriptors, record_length).map_err(corrupt)?;
        let needed = header_length + records * record_length as u64;
        if needed > length {
            let there = (length - header_length) / record_length as u64;
            return Err(IngestError::corrupt(
                path,
                format!("row {}", there + 1),
                format!(
                    "the file ends here: {records} rows need {needed} bytes and it has {length}; \
                     copy it again"
                ),
            ));
        }
        Ok(Self {
            reader,
            path: path.to_owned(),
            fields,
            records,
            header_length,
            record: vec![0; record_length],
            next: 0,
        })
    }

    /// The fields, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many records there are, deleted ones too.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Goes back to the first record.
    ///
    /// # Errors
    /// [`IngestError::File`].
    pub fn rewind(&mut self) -> Result<(), IngestError> {
        self.next = 0;
        match self.reader.seek(SeekFrom::Start(self.header_length)) {
            Ok(_) => Ok(()),
            Err(error) => Err(IngestError::io(&self.path, error)),
        }
    }

    /// The next record, `None` after the last one. Its first byte tells whether
    /// it is [deleted](is_deleted).
    ///
    /// # Errors
    /// [`IngestError::File`] for a record that does not begin like one,
    /// also where the file was cut while it was read.
    pub fn record(&mut self) -> Result<Option<&[u8]>, IngestError> {
        if self.next == self.records {
            return Ok(None);
        }
        self.reader
            .read_exact(&mut self.record)
            .map_err(|error| IngestError::io(&self.path, error))?;
        self.next += 1;
        if let Some(&mark) = self.record.first().filter(|&&b| b != b' ' && b != DELETED) {
            let reason = format!(
                "it begins with {mark:#04x}, where a blank or * marks it as there or deleted: the \
                 header's record length of {} bytes is wrong, or the file is damaged",
                self.record.len()
            );
            return Err(IngestError::corrupt(&self.path, format!("row {}", self.next), reason));
        }
        Ok(Some(&self.record))
    }

    /// UTF-8 where every name and text is, else CP949. Reads the whole table.
    ///
    /// # Errors
    /// [`IngestError::File`].
    pub fn guess_encoding(&mut self) -> Result<Encoding, IngestError> {
        let utf8 = self.every_text(&may_be_utf8)?;
        Ok(if utf8 { Encoding::Utf8 } else { Encoding::Cp949 })
    }

    /// What an encoding that a `.cpg` names turns out to be: CP949 where not
    /// every name and text is of that encoding but of CP949. Programs write
    /// UTF-8 into a `.cpg` without converting the table.
    ///
    /// # Errors
    /// [`IngestError::File`].
    pub fn check_encoding(&mut self, stated: Encoding) -> Result<Encoding, IngestError> {
        let is = |encoding: Encoding| move |bytes: &[u8]| !encoding.decode(bytes).1;
        let wrong = !self.every_text(&is(stated))? && self.every_text(&is(Encoding::Cp949))?;
        Ok(if wrong { Encoding::Cp949 } else { stated })
    }

    /// Whether every name, and every text that is not deleted, fulfils a condition.
    fn every_text(&mut self, holds: &dyn Fn(&[u8]) -> bool) -> Result<bool, IngestError> {
        let fields = self.fields.clone();
        if !fields.iter().all(|field| holds(&field.name)) {
            return Ok(false);
        }
        self.rewind()?;
        while let Some(record) = self.record()? {
            let mut texts = fields.iter().filter(|field| field.kind == b'C');
            if !is_deleted(record) && !texts.all(|field| holds(field.bytes(record))) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a record carries the mark of deletion.
#[must_use]
pub fn is_deleted(record: &[u8]) -> bool {
    record.first() == Some(&DELETED)
}

fn fields(descriptors: &[u8], record_length: usize) -> Result<Vec<Field>, String> {
    let plain = layout(descriptors, false)?;
    // The first byte of a record is the mark of deletion.
    let end = |fields: &[Field]| fields.last().map_or(1, |field| field.start + field.length);
    if end(&plain) == record_length {
        return Ok(plain);
    }
    // Texts of more than 255 bytes: some programs keep the upper byte of the
    // length where others keep the count of decimals.
    let long = layout(descriptors, true)?;
    if end(&long) == record_length {
        return Ok(long);
    }
    if end(&plain) > record_length {
        let end = end(&plain);
        return Err(format!("its fields take {end} bytes of a record of {record_length}"));
    }
    Ok(plain)
}

fn layout(descriptors: &[u8], long_texts: bool) -> Result<Vec<Field>, String> {
    let mut fields = Vec::new();
    let mut start = 1;
    for descriptor in descriptors.chunks(DESCRIPTOR) {
        if descriptor[0] == TERMINATOR {
            return Ok(fields);
        }
        let number = fields.len() + 1;
        if descriptor.len() < DESCRIPTOR {
            return Err(format!("the header ends within field {number}"));
        }
        let name = descriptor[..11].split(|&b| b == 0).next().unwrap_or_default();
        let name = name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name);
        let kind = descriptor[11];
        if !kind.is_ascii_alphabetic() && !matches!(kind, b'@' | b'+' | b'0') {
            return Err(format!("field {number} has the type {kind:#04x}, which is none"));
        }
        let mut length = usize::from(descriptor[16]);
        if kind == b'C' && long_texts {
            length += usize::from(descriptor[17]) << 8;
        }
        if length == 0 {
            return Err(format!("field {number} has no length"));
        }
        let decimals = if kind == b'C' { 0 } else { descriptor[17] };
        fields.push(Field { name: name.trim_ascii().to_vec(), kind, start, length, decimals });
        start += length;
    }
    // Some programs leave out the byte that ends them.
    if fields.is_empty() { Err("it has no fields".to_owned()) } else { Ok(fields) }
}
