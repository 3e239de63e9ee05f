//! dBASE tables (`.dbf`): a header of fixed fields, then records of fixed length.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::IngestError;
use crate::input::file_fault::FileLocation;
use crate::shapefile::fault::ShapefileFault;
use crate::summary::import_note::ImportNote;
use crate::text::dbf_encoding::DbfEncoding;
use korean_text::hangul_bytes::{KoreanEvidence, is_rather_cp949};

/// Bytes of the table header before its field descriptors.
const HEADER: usize = 32;
/// Bytes of a field descriptor.
const DESCRIPTOR: usize = 32;
/// Bytes that end the field descriptors; a few programs write the second one.
const TERMINATORS: [u8; 2] = [0x0D, 0x0A];
/// The mark of a deleted record.
const DELETED: u8 = b'*';

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbfField {
    /// Name in the table's encoding.
    pub name: Vec<u8>,
    /// Type: `C`, `N`, `F`, `D`, `L` and others.
    pub kind: u8,
    /// Offset of the field in a record in bytes.
    pub start: usize,
    /// Length of the field in bytes.
    pub length: usize,
    /// Digits after the decimal point.
    pub decimals: u8,
}

impl DbfField {
    /// The field's bytes in a record, without the blanks and zero bytes around them.
    #[must_use]
    pub fn bytes<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        let bytes = record.get(self.start..self.start + self.length).unwrap_or_default();
        // Bytes behind a zero byte are left over from an older, longer value.
        let bytes = bytes.split(|&b| b == 0).next().unwrap_or_default();
        bytes.trim_ascii()
    }

    /// All of the field's bytes in a record, for binary types.
    #[must_use]
    pub fn raw<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        record.get(self.start..self.start + self.length).unwrap_or_default()
    }
}

/// A table, read record by record.
pub struct DbfTable<R> {
    reader: BufReader<R>,
    path: PathBuf,
    fields: Vec<DbfField>,
    records: u64,
    header_length: u64,
    language_driver: u8,
    /// Note of an unusual end of the header; `None` if there is none.
    note: Option<ImportNote>,
    record: Vec<u8>,
    next: u64,
}

impl<R: Read + Seek> DbfTable<R> {
    /// Reads the header. `path` is for errors.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the header is inconsistent, the file is shorter than
    /// declared, or can't be read.
    pub fn open(mut reader: R, path: &Path) -> Result<Self, IngestError> {
        let io = |error| IngestError::io(path, error);
        let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let corrupt = |fault: ShapefileFault| IngestError::at(path, FileLocation::Header, fault);
        if length < HEADER as u64 {
            return Err(corrupt(ShapefileFault::TableTooShort(length)));
        }
        let mut head = [0; HEADER];
        reader.read_exact(&mut head).map_err(io)?;
        let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header_length = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let record_length = usize::from(u16::from_le_bytes([head[10], head[11]]));
        if header_length < HEADER as u64 || header_length > length {
            let header = header_length;
            return Err(corrupt(ShapefileFault::TableHeader { header, length }));
        }
        let mut descriptors = vec![0; header_length as usize - HEADER];
        reader.read_exact(&mut descriptors).map_err(io)?;
        let Fields { list: fields, ending } =
            fields(&descriptors, record_length).map_err(corrupt)?;
        let needed = header_length + records * record_length as u64;
        if needed > length {
            // It is longer than no bytes at all, so its rows have some.
            let there = (length - header_length) / record_length.max(1) as u64;
            let fault = ShapefileFault::TableCutShort { rows: records, needed, length };
            return Err(IngestError::at(path, FileLocation::Row(there + 1), fault));
        }
        Ok(Self {
            reader,
            path: path.to_owned(),
            fields,
            records,
            header_length,
            language_driver: head[29],
            note: ending.map(|byte| ImportNote::TableHeaderEnding { byte }),
            record: vec![0; record_length],
            next: 0,
        })
    }

    /// The fields, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &[DbfField] {
        &self.fields
    }

    /// Number of records, deleted ones included.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Seeks to the first record.
    ///
    /// # Errors
    /// Returns [`IngestError::File`] if the file can't be read.
    pub fn rewind(&mut self) -> Result<(), IngestError> {
        self.next = 0;
        match self.reader.seek(SeekFrom::Start(self.header_length)) {
            Ok(_) => Ok(()),
            Err(error) => Err(IngestError::io(&self.path, error)),
        }
    }

    /// The next record, `None` after the last one. Its first byte marks whether it is
    /// [deleted](is_deleted).
    ///
    /// # Errors
    /// Returns [`IngestError`] for a record that does not begin like one, and if the file
    /// was truncated while it was read.
    pub fn record(&mut self) -> Result<Option<&[u8]>, IngestError> {
        if self.next == self.records {
            return Ok(None);
        }
        self.reader
            .read_exact(&mut self.record)
            .map_err(|error| IngestError::io(&self.path, error))?;
        self.next += 1;
        if let Some(&mark) = self.record.first().filter(|&&b| b != b' ' && b != DELETED) {
            let fault = ShapefileFault::NoRow { mark, length: self.record.len() };
            return Err(IngestError::at(&self.path, FileLocation::Row(self.next), fault));
        }
        Ok(Some(&self.record))
    }

    /// Returns the note of the header's end once.
    pub(super) fn take_note(&mut self) -> Option<ImportNote> {
        self.note.take()
    }

    /// Number of the language driver; 0 for none.
    #[must_use]
    pub fn language_driver(&self) -> u8 {
        self.language_driver
    }

    /// Number of names and undeleted texts that each of these encodings can't decode.
    /// Reads the whole table.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file can't be read.
    pub fn misfits<const N: usize>(
        &mut self,
        encodings: [DbfEncoding; N],
    ) -> Result<[u64; N], IngestError> {
        let mut misfits = [0; N];
        self.each_text(|bytes| {
            for (encoding, misfits) in encodings.iter().zip(&mut misfits) {
                *misfits += u64::from(encoding.decode(bytes).1);
            }
        })?;
        Ok(misfits)
    }

    /// Whether the names and texts beyond ASCII are Korean in CP949, although another
    /// East Asian encoding can decode them. Reads the whole table.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file can't be read.
    pub fn is_korean(&mut self) -> Result<bool, IngestError> {
        let mut evidence = KoreanEvidence::default();
        self.each_text(|bytes| evidence.add(bytes))?;
        Ok(evidence.is_korean())
    }

    /// Whether all names and texts beyond ASCII are more likely CP949 than UTF-8. Reads
    /// the whole table.
    ///
    /// # Errors
    /// Returns [`IngestError`] if the file can't be read.
    pub fn is_rather_cp949(&mut self) -> Result<bool, IngestError> {
        let (mut some, mut all) = (false, true);
        self.each_text(|bytes| {
            some = true;
            all &= is_rather_cp949(bytes.trim_ascii_end());
        })?;
        Ok(some && all)
    }

    /// Passes each name and undeleted text beyond ASCII to `visit`.
    fn each_text(&mut self, mut visit: impl FnMut(&[u8])) -> Result<(), IngestError> {
        let mut visit = |bytes: &[u8]| {
            if !bytes.is_ascii() {
                visit(bytes);
            }
        };
        let fields = self.fields.clone();
        fields.iter().for_each(|field| visit(&field.name));
        self.rewind()?;
        while let Some(record) = self.record()? {
            if is_deleted(record) {
                continue;
            }
            let texts = fields.iter().filter(|field| field.kind == b'C');
            texts.for_each(|field| visit(field.bytes(record)));
        }
        Ok(())
    }
}

/// Whether a record is marked as deleted.
#[must_use]
pub fn is_deleted(record: &[u8]) -> bool {
    record.first() == Some(&DELETED)
}

/// The fields of a header.
struct Fields {
    list: Vec<DbfField>,
    /// The byte after the fields, unless it is a terminator.
    ending: Option<u8>,
}

impl Fields {
    /// Length of a record in bytes, including the deletion mark.
    fn record_length(&self) -> usize {
        self.list.last().map_or(1, |field| field.start + field.length)
    }
}

fn fields(descriptors: &[u8], record_length: usize) -> Result<Fields, ShapefileFault> {
    let plain = layout(descriptors, record_length, false)?;
    if plain.record_length() == record_length {
        return Ok(plain);
    }
    // Texts of more than 255 bytes: some programs keep the upper byte of the
    // length where others keep the count of decimals.
    let long = layout(descriptors, record_length, true)?;
    if long.record_length() == record_length {
        return Ok(long);
    }
    let end = plain.record_length();
    if end > record_length {
        return Err(ShapefileFault::FieldsTooLong { fields: end, row: record_length });
    }
    Ok(plain)
}

fn layout(
    descriptors: &[u8],
    record_length: usize,
    long_texts: bool,
) -> Result<Fields, ShapefileFault> {
    let mut fields = Fields { list: Vec::new(), ending: None };
    for descriptor in descriptors.chunks(DESCRIPTOR) {
        if TERMINATORS.contains(&descriptor[0]) {
            return Ok(fields);
        }
        let start = fields.record_length();
        // Zeros, or what a program had in its memory, where a record has no room for a field.
        if start == record_length || descriptor.iter().all(|&byte| byte == 0) {
            fields.ending = Some(descriptor[0]);
            return Ok(fields);
        }
        let number = fields.list.len() + 1;
        fields.list.push(field(descriptor, number, start, long_texts)?);
    }
    // Some programs leave out the byte that ends them.
    Ok(fields)
}

/// The field of a descriptor, the `number`th from 1.
fn field(
    descriptor: &[u8],
    number: usize,
    start: usize,
    long_texts: bool,
) -> Result<DbfField, ShapefileFault> {
    if descriptor.len() < DESCRIPTOR {
        return Err(ShapefileFault::FieldCutShort(number));
    }
    let name = descriptor[..11].split(|&b| b == 0).next().unwrap_or_default();
    let name = name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name);
    let kind = descriptor[11];
    if !kind.is_ascii_alphabetic() && !matches!(kind, b'@' | b'+' | b'0') {
        return Err(ShapefileFault::FieldType(number, kind));
    }
    let mut length = usize::from(descriptor[16]);
    if kind == b'C' && long_texts {
        length += usize::from(descriptor[17]) << 8;
    }
    if length == 0 {
        return Err(ShapefileFault::FieldWithoutLength(number));
    }
    let decimals = if kind == b'C' { 0 } else { descriptor[17] };
    Ok(DbfField { name: name.trim_ascii().to_vec(), kind, start, length, decimals })
}
