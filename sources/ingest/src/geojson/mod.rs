//! GeoJSON (RFC 7946, and the `crs` member of GeoJSON 2008).

mod coordinates;
mod crs;
mod document;
mod fault;
mod geometry_members;
mod members;
mod number_tokens;
mod properties;
mod raw_feature;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use data_model::feature::{AttributeValue, ColumnType};

use crate::IngestError;
use crate::crs::crs_fault::CrsSource;
use crate::input::file_fault::{FileFault, FileLocation, JsonCause};
use crate::input::row_source::{
    FileSurvey, PositionSample, RawColumn, RowSink, RowSource, StatedCrs, joint_kind,
};
use crate::summary::import_note::ImportNote;
use document::{DocumentMembers, FeatureReceiver, ReadingStopped};
use fault::sentence;
use korean_text::bilingual::Bilingual as _;
use members::MAX_PROPERTIES;
use number_tokens::NumberTokens;
use properties::{PropertyStatistics, RowValue};
use raw_feature::RawFeature;

/// A GeoJSON file that can be read as rows.
pub struct GeoJson<R> {
    reader: Option<R>,
    path: PathBuf,
    /// Property name and type of each column; the last may be the feature's own id.
    columns: Vec<(String, ColumnType)>,
    /// Column of each property.
    index: HashMap<String, usize>,
    has_id: bool,
}

impl<R: Read + Seek> GeoJson<R> {
    /// Creates a source for a document; `path` is for errors.
    #[must_use]
    pub fn new(reader: R, path: &Path) -> Self {
        Self {
            reader: Some(reader),
            path: path.to_owned(),
            columns: Vec::new(),
            index: HashMap::new(),
            has_id: false,
        }
    }

    /// Reads the document from its start, calling `visit` for each feature.
    fn each(
        &mut self,
        visit: &mut dyn FnMut(u64, &mut RawFeature) -> Result<(), IngestError>,
    ) -> Result<DocumentMembers, IngestError> {
        let Some(mut reader) = self.reader.take() else {
            return Err(IngestError::whole(&self.path, FileFault::Changed));
        };
        let mut failed = None;
        let mut row = 0u64;
        let result = match start(&mut reader, &self.path) {
            Err(error) => Err(error),
            Ok(buffered) => {
                let mut take = |feature: &mut RawFeature| {
                    row += 1;
                    visit(row, feature).map_err(|error| {
                        failed = Some(error);
                        ReadingStopped
                    })
                };
                let take: &mut FeatureReceiver<'_> = &mut take;
                let tokens = NumberTokens::new(BufReader::new(buffered));
                document::read(BufReader::new(tokens), take).map_err(|error| self.fault(&error))
            }
        };
        self.reader = Some(reader);
        failed.map_or(result, Err)
    }

    fn fault(&self, error: &serde_json::Error) -> IngestError {
        let location = FileLocation::Line(error.line(), error.column());
        let message = sentence(error);
        let cause = if message.en().contains("invalid unicode code point") {
            Some(JsonCause::Encoding)
        } else {
            error.is_eof().then_some(JsonCause::CutShort)
        };
        IngestError::at(&self.path, location, FileFault::Json { message, cause })
    }
}

/// Seeks to the start of the text, after a byte order mark.
fn start<'r, R: Read + Seek>(
    reader: &'r mut R,
    path: &Path,
) -> Result<Sequence<BufReader<&'r mut R>>, IngestError> {
    let io = |error| IngestError::io(path, error);
    reader.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let first = reader.fill_buf().map_err(io)?;
    if first.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    } else if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Err(IngestError::at(path, FileLocation::Start, FileFault::Utf16));
    } else if first.is_empty() {
        return Err(IngestError::at(path, FileLocation::Start, FileFault::Empty));
    }
    let separated = reader.buffer().first() == Some(&RECORD_SEPARATOR);
    Ok(Sequence { reader, separated })
}

/// First byte of each text of a GeoJSON text sequence (RFC 8142).
const RECORD_SEPARATOR: u8 = 0x1E;

/// A text that replaces record separators by blanks if it begins with one.
struct Sequence<R> {
    reader: R,
    separated: bool,
}

impl<R: Read> Read for Sequence<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(into)?;
        if self.separated {
            let marks = into[..count].iter_mut().filter(|byte| **byte == RECORD_SEPARATOR);
            marks.for_each(|byte| *byte = b' ');
        }
        Ok(count)
    }
}

impl<R: Read + Seek> RowSource for GeoJson<R> {
    fn survey(&mut self, progress: &mut dyn FnMut(u64)) -> Result<FileSurvey, IngestError> {
        let path = self.path.clone();
        let mut names: Vec<String> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut observed: Vec<PropertyStatistics> = Vec::new();
        let mut ids = PropertyStatistics::default();
        let mut sample = PositionSample::default();
        let mut seen = [false; 3];
        let (mut rows, mut not_numbers) = (0, 0);
        let preamble = self.each(&mut |row, feature| {
            rows = row;
            not_numbers += feature.not_numbers;
            progress(row);
            sample.add(&feature.geometry.geometry);
            if let Some(kind) = feature.geometry.geometry.kind {
                seen[kind as usize - 1] = true;
            }
            if let Some(id) = &feature.id {
                ids.observe(id);
            }
            for (name, value) in &feature.properties {
                let at = match index.get(name) {
                    Some(&at) => at,
                    None if names.len() == MAX_PROPERTIES => {
                        let fault = FileFault::TooManyProperties(MAX_PROPERTIES);
                        return Err(IngestError::at(&path, FileLocation::Row(row), fault));
                    }
                    None => {
                        index.insert(name.clone(), names.len());
                        names.push(name.clone());
                        observed.push(PropertyStatistics::default());
                        names.len() - 1
                    }
                };
                observed[at].observe(value);
            }
            Ok(())
        })?;
        self.index = index;
        self.columns = names
            .into_iter()
            .zip(&observed)
            .map(|(name, seen)| (name, seen.column_type()))
            .collect();
        self.has_id = ids.any();
        if self.has_id {
            let taken = self.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case("id"));
            let name = if taken { "feature_id" } else { "id" };
            self.columns.push((name.to_owned(), ids.column_type()));
        }
        let columns = self.columns.iter();
        let columns =
            columns.map(|(name, kind)| RawColumn { name: name.clone(), kind: *kind }).collect();
        let crs = stated_crs(preamble.crs.as_deref());
        let notes = (not_numbers > 0).then_some(ImportNote::NotNumbers { values: not_numbers });
        let notes = notes.into_iter().collect();
        Ok(FileSurvey { columns, kind: joint_kind(seen), rows, sample, crs, notes })
    }

    fn rows(&mut self, sink: &mut dyn RowSink) -> Result<(), IngestError> {
        let (columns, index) = (std::mem::take(&mut self.columns), std::mem::take(&mut self.index));
        let properties = columns.len() - usize::from(self.has_id);
        let mut slots = vec![RowValue::default(); columns.len()];
        let result = self.each(&mut |row, feature| {
            slots.iter_mut().for_each(RowValue::clear);
            // A name that comes twice has the last value, as JSON is read elsewhere.
            for (name, value) in &feature.properties {
                if let Some(&at) = index.get(name) {
                    slots[at].set(value, columns[at].1);
                }
            }
            if let (Some((_, kind)), Some(slot), Some(id)) =
                (columns.get(properties), slots.get_mut(properties), &feature.id)
            {
                slot.set(id, *kind);
            }
            let values: Vec<AttributeValue<'_>> = slots.iter().map(RowValue::value).collect();
            sink.row(row, &mut feature.geometry, &values)
        });
        (self.columns, self.index) = (columns, index);
        result.map(|_| ())
    }
}

/// The CRS of the member `crs`; WGS 84 without the member (RFC 7946, section 4).
fn stated_crs(name: Option<&str>) -> StatedCrs {
    let Some(name) = name else { return StatedCrs::Epsg(4326, CrsSource::Rfc7946) };
    let upper = name.to_ascii_uppercase();
    // With heights too, which are left out.
    if upper.ends_with("CRS84") || upper.ends_with("CRS84H") {
        return StatedCrs::Epsg(4326, CrsSource::Member);
    }
    let code = upper.rsplit([':', '/']).next().and_then(|code| code.parse().ok());
    match code.filter(|_| upper.contains("EPSG")) {
        Some(code) => StatedCrs::Epsg(code, CrsSource::Member),
        None => StatedCrs::Unknown(name.chars().take(80).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_text_sequence_is_many_documents() {
        let text = "\u{1e}{\"type\": \"Point\", \"coordinates\": [127, 37]}\n\
                    \u{1e}{\"type\": \"Point\", \"coordinates\": [128, 37]}\n";
        let mut sequence = GeoJson::new(Cursor::new(text), Path::new("s.geojsons"));
        assert_eq!(sequence.survey(&mut |_| ()).unwrap().rows, 2);
        // In any other text it is what it is: no blank.
        let mut other = GeoJson::new(Cursor::new(&text[1..]), Path::new("s.geojson"));
        assert!(other.survey(&mut |_| ()).is_err());
    }
}
