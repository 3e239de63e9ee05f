//! Shapes (`.shp`): a header of 100 bytes, then one record per row (ESRI
//! Shapefile Technical Description, July 1998).

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::feature::{Geometry, GeometryKind, ShapeKind};
use crate::ingest::IngestError;
use crate::ingest::row::RawGeometry;

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

/// The shape types, without what they carry beside x and y.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Null,
    Point,
    Line,
    Polygon,
    MultiPoint,
}

/// A type code as shape and whether it carries heights or measures.
fn shape(code: i32) -> Option<(Shape, bool)> {
    Some(match code {
        0 => (Shape::Null, false),
        1 => (Shape::Point, false),
        3 => (Shape::Line, false),
        5 => (Shape::Polygon, false),
        8 => (Shape::MultiPoint, false),
        11 | 21 => (Shape::Point, true),
        13 | 23 => (Shape::Line, true),
        15 | 25 => (Shape::Polygon, true),
        18 | 28 => (Shape::MultiPoint, true),
        _ => return None,
    })
}

/// The shapes of a file, read one after the other.
pub struct Shapes<R> {
    reader: BufReader<R>,
    path: PathBuf,
    length: u64,
    shape: Shape,
    /// Where each record is, where there is a `.shx`.
    index: Option<Vec<u64>>,
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
    /// [`IngestError::Corrupt`] for what is no Shapefile or shorter than it
    /// says, [`IngestError::Unsupported`] for multipatches, [`IngestError::Io`].
    pub fn open(
        mut reader: R,
        path: &Path,
        index: Option<(R, &Path)>,
    ) -> Result<Self, IngestError> {
        let length = length(&mut reader, path)?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let code = header(&mut reader, path, length)?;
        let Some((shape, _)) = shape(code) else {
            return Err(if code == 31 {
                let reason = "multipatches (3D models) have no place on a map; \
                              export their footprints as polygons";
                IngestError::unsupported(path, reason)
            } else {
                IngestError::corrupt(path, "header", format!("{code} is no shape type"))
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

    /// Goes back to the first shape.
    ///
    /// # Errors
    /// [`IngestError::Io`].
    pub fn rewind(&mut self) -> Result<(), IngestError> {
        (self.position, self.consumed, self.row) = (HEADER, 0, 0);
        let start = self.reader.seek(SeekFrom::Start(HEADER));
        start.map(|_| ()).map_err(|error| IngestError::io(&self.path, error))
    }

    /// Reads the next shape into `into`; `false` after the last one.
    ///
    /// # Errors
    /// [`IngestError::Corrupt`] for a record that contradicts the file's length
    /// or its own; [`IngestError::Io`].
    pub(in crate::ingest) fn next(&mut self, into: &mut RawGeometry) -> Result<bool, IngestError> {
        into.clear();
        if let Some(index) = &self.index {
            let Some(&offset) = index.get(self.row as usize) else { return Ok(false) };
            let step = offset as i64 - self.position as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position = offset;
        } else if self.position == self.length {
            return Ok(false);
        }
        self.row += 1;
        let place = format!("row {} at byte {}", self.row, self.position);
        let left = self.length - self.position;
        if left < RECORD_HEADER {
            return Err(IngestError::corrupt(&self.path, place, "the file ends within a record"));
        }
        let mut head = [0; RECORD_HEADER as usize];
        self.read(&mut head)?;
        // In 16-bit words, without the record's header.
        let words = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let bytes = u64::try_from(words).unwrap_or(u64::MAX).saturating_mul(2);
        if bytes > left - RECORD_HEADER {
            let reason =
                format!("the record says it has {words} words, but the file ends before that");
            return Err(IngestError::corrupt(&self.path, place, reason));
        }
        // An index can point at one record again and again.
        self.consumed += RECORD_HEADER + bytes;
        if self.consumed > self.length {
            let reason = "its .shx points at the same bytes more than once";
            return Err(IngestError::corrupt(&self.path, place, reason));
        }
        if bytes > MAX_RECORD {
            let step = bytes as i64;
            self.reader.seek_relative(step).map_err(|error| IngestError::io(&self.path, error))?;
            self.position += bytes;
            into.fault =
                Some(format!("its record has {bytes} bytes, more than a feature may have"));
            return Ok(true);
        }
        let mut content = std::mem::take(&mut self.content);
        content.resize(bytes as usize, 0);
        let read = self.read(&mut content);
        let parsed = parse(&content, self.shape, into);
        self.content = content;
        read?;
        parsed.map_err(|reason| IngestError::corrupt(&self.path, place, reason))?;
        Ok(true)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), IngestError> {
        self.position += into.len() as u64;
        self.reader.read_exact(into).map_err(|error| IngestError::io(&self.path, error))
    }
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
    let corrupt = |reason: String| IngestError::corrupt(path, "header", reason);
    if length < HEADER {
        return Err(corrupt(format!("{length} bytes are too few for a Shapefile")));
    }
    let mut head = [0; HEADER as usize];
    reader.read_exact(&mut head).map_err(|error| IngestError::io(path, error))?;
    let big = |at: usize| i32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if big(0) != FILE_CODE {
        return Err(corrupt("it does not begin like a Shapefile".to_owned()));
    }
    let stated = u64::try_from(big(24)).unwrap_or(u64::MAX).saturating_mul(2);
    if stated > length {
        return Err(corrupt(format!(
            "it says it has {stated} bytes and has {length}: it is cut short; copy it again"
        )));
    }
    Ok(i32::from_le_bytes([head[32], head[33], head[34], head[35]]))
}

/// Reads `.shx`: where each row's record lies in a `.shp` of `shp_length` bytes.
fn read_index<R: Read + Seek>(
    mut reader: R,
    path: &Path,
    shp: &Path,
    shp_length: u64,
) -> Result<Vec<u64>, IngestError> {
    let length = length(&mut reader, path)?;
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    header(&mut reader, path, length)?;
    if !(length - HEADER).is_multiple_of(INDEX_ENTRY) {
        let reason = format!("{length} bytes are no whole number of entries; it is cut short");
        return Err(IngestError::corrupt(path, "end", reason));
    }
    let mut entries = Vec::new();
    for row in 1..=(length - HEADER) / INDEX_ENTRY {
        let mut entry = [0; INDEX_ENTRY as usize];
        reader.read_exact(&mut entry).map_err(|error| IngestError::io(path, error))?;
        let words = |at: usize| {
            let word = i32::from_be_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]);
            u64::try_from(word).unwrap_or(u64::MAX).saturating_mul(2)
        };
        let (offset, content) = (words(0), words(4));
        let end = offset.saturating_add(RECORD_HEADER).saturating_add(content);
        if offset < HEADER || end > shp_length {
            let reason = format!(
                "it points at bytes {offset} to {end}, but {} has {shp_length}; \
                 remove the .shx if it is another file's",
                shp.display()
            );
            return Err(IngestError::corrupt(path, format!("row {row}"), reason));
        }
        entries.push(offset);
    }
    Ok(entries)
}

/// Little-endian numbers of a record, checked against its end.
struct Content<'a>(&'a [u8]);

impl Content<'_> {
    fn int(&mut self) -> Result<i32, String> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or("the record is too short")?;
        self.0 = rest;
        Ok(i32::from_le_bytes(*bytes))
    }

    fn position(&mut self) -> Result<[f64; 2], String> {
        let (x, rest) = self.0.split_first_chunk().ok_or("the record is too short")?;
        let (y, rest) = rest.split_first_chunk().ok_or("the record is too short")?;
        self.0 = rest;
        Ok([f64::from_le_bytes(*x), f64::from_le_bytes(*y)])
    }

    fn skip(&mut self, bytes: usize) -> Result<(), String> {
        self.0 = self.0.get(bytes..).ok_or("the record is too short")?;
        Ok(())
    }

    /// A count of things of `size` bytes that the record has room for.
    fn count(&mut self, of: &str) -> Result<usize, String> {
        let count = self.int()?;
        usize::try_from(count).map_err(|_| format!("it says it has {count} {of}"))
    }

    fn room(&self, count: usize, size: usize, of: &str) -> Result<(), String> {
        if count > self.0.len() / size {
            let bytes = self.0.len();
            return Err(format!("it says it has {count} {of}, but only {bytes} bytes are left"));
        }
        Ok(())
    }
}

/// Bytes of the bounding box in lines, polygons and multipoints.
const BOX: usize = 32;

fn parse(content: &[u8], expected: Shape, into: &mut RawGeometry) -> Result<(), String> {
    let mut content = Content(content);
    let code = content.int()?;
    let Some((shape, heights)) = shape(code) else {
        return Err(format!("{code} is no shape type"));
    };
    if shape == Shape::Null {
        return Ok(());
    }
    if shape != expected {
        return Err(format!("it is a {shape:?}, in a file of {expected:?}s"));
    }
    into.heights = heights;
    let geometry = &mut into.geometry;
    match shape {
        Shape::Null => {}
        Shape::Point => {
            geometry.kind = Some(ShapeKind::Point);
            geometry.coordinates.push(content.position()?);
        }
        Shape::MultiPoint => {
            geometry.kind = Some(ShapeKind::Point);
            content.skip(BOX)?;
            let points = content.count("points")?;
            positions(&mut content, points, geometry)?;
        }
        Shape::Line | Shape::Polygon => {
            content.skip(BOX)?;
            let parts = content.count("parts")?;
            let points = content.count("points")?;
            content.room(parts, 4, "parts")?;
            let mut starts = Vec::with_capacity(parts);
            for _ in 0..parts {
                starts.push(content.int()?);
            }
            positions(&mut content, points, geometry)?;
            ends(&starts, points, &mut geometry.ends)?;
            geometry.kind =
                Some(if shape == Shape::Line { ShapeKind::Line } else { ShapeKind::Polygon });
            into.loose_rings = shape == Shape::Polygon;
        }
    }
    Ok(())
}

fn positions(content: &mut Content<'_>, count: usize, into: &mut Geometry) -> Result<(), String> {
    content.room(count, 16, "points")?;
    into.coordinates.reserve(count);
    for _ in 0..count {
        into.coordinates.push(content.position()?);
    }
    Ok(())
}

/// The starts of parts as ends; empty parts are left out.
fn ends(starts: &[i32], points: usize, into: &mut Vec<u32>) -> Result<(), String> {
    let mut last = 0;
    for (part, &start) in starts.iter().enumerate() {
        let start = usize::try_from(start).ok().filter(|&start| start <= points && start >= last);
        let Some(start) = start.filter(|&start| part > 0 || start == 0) else {
            return Err(format!("part {} begins at a point that is none", part + 1));
        };
        if start > last {
            into.push(start as u32);
        }
        last = start;
    }
    if points > last {
        into.push(points as u32);
    }
    Ok(())
}
