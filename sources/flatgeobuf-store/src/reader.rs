//! Reads a whole file, feature by feature, in bounded memory.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flatgeobuf::{size_prefixed_root_as_feature, size_prefixed_root_as_header};

use super::frame::{FrameError, FrameReader};
use super::{geometry, header, properties};
use data_model::feature::{AttributeValue, FeatureVisitor, Geometry, GeometryKind};
use data_model::{BoxError, ContentDigest, FeatureStore, StoreError, StoreLocation};
use projection::{Projection, ProjectionError, onto_earth};

/// A FlatGeobuf file as a feature store.
#[derive(Debug, Clone)]
pub struct FlatGeobuf {
    path: PathBuf,
}

/// Summary of a completed scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanSummary {
    /// Number of features read; equals the count in the header if there is one.
    pub features: u64,
    /// XXH3 of the file's bytes.
    pub digest: ContentDigest,
    /// Geometry kind declared in the header; [`GeometryKind::Mixed`] if none is declared, as
    /// for rows without geometry.
    pub declared: GeometryKind,
}

impl FlatGeobuf {
    /// Creates a store of the file at `path`, which each scan opens anew.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Scans the file and digests its bytes. Blocks.
    ///
    /// # Errors
    /// [`StoreError`]; features seen before it are not to be used.
    pub fn scan_and_digest(
        &self,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<ScanSummary, StoreError> {
        let io = |error| StoreError::Io { path: self.path.clone(), error };
        let file = File::open(&self.path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        scan(BufReader::with_capacity(1 << 16, file), length, &self.path, visitor)
    }
}

impl FeatureStore for FlatGeobuf {
    fn scan(&self, visitor: &mut dyn FeatureVisitor) -> Result<(), StoreError> {
        self.scan_and_digest(visitor).map(|_| ())
    }
}

/// Scans `length` bytes of FlatGeobuf; `path` names them in errors.
///
/// Holds one feature at a time, at most 256 MiB, and never more than the file
/// has left.
///
/// # Errors
/// [`StoreError::Corrupt`] with the place, [`StoreError::Unsupported`], or
/// [`StoreError::Io`].
pub fn scan(
    input: impl Read,
    length: u64,
    path: &Path,
    visitor: &mut dyn FeatureVisitor,
) -> Result<ScanSummary, StoreError> {
    let corrupt = |place: String, reason: BoxError| StoreError::Corrupt {
        path: path.to_owned(),
        place,
        reason,
    };
    let unsupported = |reason: BoxError| StoreError::Unsupported { path: path.to_owned(), reason };
    let frame_error = |error| match error {
        FrameError::Io(error) => StoreError::Io { path: path.to_owned(), error },
        FrameError::Corrupt { place, reason } => corrupt(place, reason.into()),
    };

    let mut frames = FrameReader::open(input, length).map_err(frame_error)?;
    let header = {
        let frame = frames.header().map_err(frame_error)?;
        let header = size_prefixed_root_as_header(frame)
            .map_err(|error| corrupt("header".to_owned(), first_line(&error.to_string()).into()))?;
        header::read(header).map_err(|fault| corrupt("header".to_owned(), fault.into()))?
    };
    let projection = header.crs.projection().map_err(|error| unsupported(error.into()))?;
    frames.skip_index(header.features, header.node_size).map_err(frame_error)?;

    visitor.begin(&header.schema);
    let mut shape = Geometry::default();
    let mut memory = Vec::with_capacity(header.stored.len());
    let mut row = 0;
    loop {
        let start = frames.position();
        let Some(frame) = frames.feature(row).map_err(frame_error)? else {
            break;
        };
        let number = row;
        let location = || format!("feature {number} at byte {start}");
        let feature = size_prefixed_root_as_feature(frame)
            .map_err(|error| corrupt(location(), first_line(&error.to_string()).into()))?;
        if feature.columns().is_some_and(|columns| !columns.is_empty()) {
            let reason = "features with columns of their own are not supported; write the file \
                          anew with ogr2ogr";
            return Err(unsupported(format!("{}: {reason}", location()).into()));
        }
        match feature.geometry() {
            None => shape.clear(),
            Some(stored) => geometry::read(stored, header.geometry, &mut shape)
                .map_err(|fault| corrupt(location(), fault.into()))?,
        }
        if let Err([x, y]) = project(projection.as_ref(), &mut shape.coordinates) {
            let crs = header.crs.name();
            let reason =
                format!("{x} {y} is no longitude and latitude, and {crs}; import it with --crs");
            return Err(corrupt(location(), reason.into()));
        }
        let mut values = emptied(memory);
        values.resize(header.stored.len(), AttributeValue::Null);
        if let Some(records) = feature.properties() {
            properties::read(records.bytes(), &header.stored, &mut values)
                .map_err(|fault| corrupt(location(), fault.into()))?;
        }
        visitor.feature(row, &shape, &values).map_err(|error| StoreError::Refused {
            store: StoreLocation::File(path.to_owned()),
            place: location(),
            error,
        })?;
        memory = emptied(values);
        row += 1;
        if header.features > 0 && row > header.features {
            let reason = format!("the header promises {} features", header.features);
            return Err(corrupt(location(), reason.into()));
        }
    }
    if header.features > 0 && row != header.features {
        let reason = format!("{row} features, but the header promises {}", header.features);
        return Err(corrupt("end of file".to_owned(), reason.into()));
    }
    Ok(ScanSummary { features: row, digest: frames.digest(), declared: header.kind() })
}

/// Projects positions to longitude and latitude.
///
/// # Errors
/// The first position without longitude and latitude, as stored.
fn project(projection: Option<&Projection>, positions: &mut [[f64; 2]]) -> Result<(), [String; 2]> {
    if let Some(projection) = projection {
        return projection.to_lon_lat(positions).map_err(|error| match error {
            ProjectionError::Position { x, y, .. } => [x, y],
            other => [other.to_string(), String::new()],
        });
    }
    for position in positions {
        *position = onto_earth(*position).ok_or_else(|| position.map(|part| part.to_string()))?;
    }
    Ok(())
}

/// Empties a list of values and keeps its memory for another feature: collecting an iterator
/// over a vector into one of the same layout allocates nothing.
fn emptied<'a>(mut values: Vec<AttributeValue<'_>>) -> Vec<AttributeValue<'a>> {
    values.clear();
    values.into_iter().map(|_| AttributeValue::Null).collect()
}

/// First line of a FlatBuffers error, which states the fault; a trace of many lines follows.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
