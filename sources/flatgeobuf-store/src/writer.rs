//! Writer of a file, whole or not at all.
//!
//! Features go to a temporary file as they come. [`FlatGeobufWriter::finish`] sorts them along the
//! Hilbert curve, writes header, index and features to a second temporary file in the target's
//! folder, and renames it into place: readers of the target see the old file or the new one,
//! never a part. On an error, or when the writer is dropped, both temporary files are gone and
//! the target is as it was.
//!
//! If no feature has a geometry, features stay in the order written, without an index.

use korean_text::Bilingual;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column as StoredColumn, ColumnArgs, ColumnType as StoredType, Crs, CrsArgs, GeometryType,
    Header, HeaderArgs,
};

use resilience::{AtomicFile, TemporaryFile};

use super::encode::{FeatureEncoder, FeatureMismatch, UnencodableFeature};
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, Geometry, GeometryKind};

/// `fgb`, major version 3, `fgb`, patch version 0.
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

/// Prefix of temporary files beside the target, by which files that a killed process leaves
/// behind are recognized.
pub const LEFTOVER_PREFIX: &str = ".import-";

/// The file under a temporary name: as an ordinary new file, so that a server of another user
/// reads it.
const TEMPORARY: TemporaryFile =
    TemporaryFile { prefix: LEFTOVER_PREFIX, suffix: ".fgb.tmp", mode: 0o666 };

/// Error of writing a file. The target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The target.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        error: std::io::Error,
    },
    /// A feature does not fit the schema or the geometry kind.
    #[error("feature {row}: {source}")]
    Feature {
        /// Number of the feature, from 0.
        row: u64,
        /// The mismatch.
        source: FeatureMismatch,
    },
    /// A feature is larger than any reader takes.
    #[error("feature {row}: about {bytes} bytes are more than the 256 MiB that a feature may have")]
    TooLarge {
        /// Number of the feature, from 0.
        row: u64,
        /// Approximate size of the encoded feature in bytes.
        bytes: u64,
    },
}

/// Writes features in longitude and latitude (EPSG:4326), or rows without geometry, to
/// a FlatGeobuf file.
pub struct FlatGeobufWriter {
    path: PathBuf,
    schema: FeatureSchema,
    /// Geometry kind of the features; `None` for rows without geometry.
    kind: Option<GeometryKind>,
    features: BufWriter<File>,
    /// Length of each feature in `features`, in the order written.
    lengths: Vec<u32>,
    /// Bounding box of each feature; empty before the first feature with a geometry.
    nodes: Vec<NodeItem>,
    encoder: FeatureEncoder,
}

impl FlatGeobufWriter {
    /// Creates a writer for the file `path`. Title and description of the schema go into the
    /// header; its feature count is not used.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the folder can't be written to.
    pub fn create(
        path: &Path,
        schema: &FeatureSchema,
        kind: GeometryKind,
    ) -> Result<Self, WriteError> {
        Self::of_kind(path, schema, Some(kind))
    }

    /// Creates a writer for the file `path` of rows without geometry, which stay in the order
    /// written.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the folder can't be written to.
    pub fn create_values(path: &Path, schema: &FeatureSchema) -> Result<Self, WriteError> {
        Self::of_kind(path, schema, None)
    }

    fn of_kind(
        path: &Path,
        schema: &FeatureSchema,
        kind: Option<GeometryKind>,
    ) -> Result<Self, WriteError> {
        let features = tempfile::tempfile_in(folder_of(path))
            .map_err(|error| WriteError::Io { path: path.to_owned(), error })?;
        Ok(Self {
            path: path.to_owned(),
            schema: schema.clone(),
            kind,
            features: BufWriter::with_capacity(1 << 16, features),
            lengths: Vec::new(),
            nodes: Vec::new(),
            encoder: FeatureEncoder::new(kind),
        })
    }

    /// Path of the finished file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a row without geometry: one value per column of the schema.
    ///
    /// # Errors
    /// As [`feature`](Self::feature).
    pub fn row(&mut self, values: &[AttributeValue<'_>]) -> Result<(), WriteError> {
        self.feature(&Geometry::default(), values)
    }

    /// Appends a feature: one value per column of the schema, and a geometry of
    /// the layer's kind or none. Coordinates are written as they are.
    ///
    /// # Errors
    /// [`WriteError::Feature`] when a value or the geometry does not fit,
    /// [`WriteError::TooLarge`] for more than a reader takes; the feature is then not in
    /// the file and writing may go on.
    pub fn feature(
        &mut self,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), WriteError> {
        let row = self.lengths.len() as u64;
        let bytes =
            self.encoder.feature(&self.schema.columns, geometry, values).map_err(|unfit| {
                match unfit {
                    UnencodableFeature::Mismatch(source) => WriteError::Feature { row, source },
                    UnencodableFeature::TooLarge(bytes) => WriteError::TooLarge { row, bytes },
                }
            })?;
        self.features
            .write_all(bytes)
            .map_err(|error| WriteError::Io { path: self.path.clone(), error })?;
        self.lengths.push(bytes.len() as u32);
        // Millions of rows without geometry take no memory for places they don't have.
        if !self.nodes.is_empty() || !geometry.coordinates.is_empty() {
            let known = self.nodes.len() as u64;
            self.nodes.extend((known..row).map(NodeItem::create));
            let mut node = NodeItem::create(row);
            for &[x, y] in &geometry.coordinates {
                node.expand_xy(x, y);
            }
            self.nodes.push(node);
        }
        Ok(())
    }

    /// Moves the finished file into place and returns its number of features.
    ///
    /// # Errors
    /// [`WriteError::Io`]; the target is then as it was.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        let path = self.path.clone();
        self.write_sorted().map_err(|error| WriteError::Io { path, error })
    }

    fn write_sorted(&mut self) -> std::io::Result<u64> {
        let mut out = AtomicFile::create(&self.path, TEMPORARY)?;
        let extent = calc_extent(&self.nodes);
        out.write_all(&MAGIC)?;
        out.write_all(&self.header(&extent))?;

        self.features.flush()?;
        if self.nodes.is_empty() {
            let mut features = self.features.get_ref();
            features.seek(SeekFrom::Start(0))?;
            std::io::copy(&mut features, &mut out)?;
        } else {
            self.sort_into(&mut out, &extent)?;
        }
        out.complete()?.replace()?;
        Ok(self.lengths.len() as u64)
    }

    /// Writes the index, and the features in the order of the index.
    fn sort_into(&mut self, out: &mut impl Write, extent: &NodeItem) -> std::io::Result<()> {
        let mut starts = Vec::with_capacity(self.lengths.len());
        let mut start = 0u64;
        for &length in &self.lengths {
            starts.push(start);
            start += u64::from(length);
        }
        hilbert_sort(&mut self.nodes, extent);
        let mut offset = 0;
        let sorted: Vec<NodeItem> = self
            .nodes
            .iter()
            .map(|node| {
                let mut sorted = node.clone();
                sorted.offset = offset;
                offset += u64::from(self.lengths[node.offset as usize]);
                sorted
            })
            .collect();
        PackedRTree::build(&sorted, extent, PackedRTree::DEFAULT_NODE_SIZE)
            .map_err(|error| std::io::Error::other(error.to_string()))?
            .stream_write(out)?;

        let mut features = BufReader::with_capacity(1 << 16, self.features.get_ref());
        let mut position = 0u64;
        features.seek(SeekFrom::Start(0))?;
        let mut feature = Vec::new();
        for node in &self.nodes {
            let row = node.offset as usize;
            // A relative seek keeps the buffer where neighbours were written together.
            features.seek_relative(starts[row] as i64 - position as i64)?;
            feature.resize(self.lengths[row] as usize, 0);
            features.read_exact(&mut feature)?;
            position = starts[row] + u64::from(self.lengths[row]);
            out.write_all(&feature)?;
        }
        Ok(())
    }

    fn geometry_type(&self) -> GeometryType {
        match self.kind {
            Some(GeometryKind::Point) if !self.encoder.multipoints => GeometryType::Point,
            Some(GeometryKind::Point) => GeometryType::MultiPoint,
            Some(GeometryKind::Line) => GeometryType::MultiLineString,
            Some(GeometryKind::Polygon) => GeometryType::MultiPolygon,
            Some(GeometryKind::Mixed) | None => GeometryType::Unknown,
        }
    }

    fn header(&self, extent: &NodeItem) -> Vec<u8> {
        let mut builder = FlatBufferBuilder::new();
        let columns: Vec<_> = self
            .schema
            .columns
            .iter()
            .map(|column| {
                let args = ColumnArgs {
                    name: Some(builder.create_string(&column.name)),
                    type_: stored_type(column.kind),
                    title: column.title.as_ref().map(|text| builder.create_string(text)),
                    description: column
                        .description
                        .as_ref()
                        .map(|text| builder.create_string(text)),
                    ..ColumnArgs::default()
                };
                StoredColumn::create(&mut builder, &args)
            })
            .collect();
        let columns = builder.create_vector(&columns);
        let crs = self.kind.map(|_| {
            let args = CrsArgs {
                org: Some(builder.create_string("EPSG")),
                code: 4326,
                name: Some(builder.create_string("WGS 84")),
                ..CrsArgs::default()
            };
            Crs::create(&mut builder, &args)
        });
        let name = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let bounded = extent.min_x <= extent.max_x;
        let envelope = bounded.then(|| {
            builder.create_vector(&[extent.min_x, extent.min_y, extent.max_x, extent.max_y])
        });
        let args = HeaderArgs {
            name: name.map(|name| builder.create_string(&name)),
            envelope,
            geometry_type: self.geometry_type(),
            columns: Some(columns),
            features_count: self.lengths.len() as u64,
            index_node_size: if self.nodes.is_empty() { 0 } else { PackedRTree::DEFAULT_NODE_SIZE },
            crs,
            title: self.schema.title.as_ref().map(|text| builder.create_string(text)),
            description: self.schema.description.as_ref().map(|text| builder.create_string(text)),
            ..HeaderArgs::default()
        };
        let header = Header::create(&mut builder, &args);
        builder.finish_size_prefixed(header, None);
        builder.finished_data().to_vec()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn stored_type(kind: ColumnType) -> StoredType {
    match kind {
        ColumnType::Bool => StoredType::Bool,
        ColumnType::Int => StoredType::Long,
        ColumnType::UInt => StoredType::ULong,
        ColumnType::Float => StoredType::Float,
        ColumnType::Double => StoredType::Double,
        ColumnType::Text => StoredType::String,
        ColumnType::Json => StoredType::Json,
        ColumnType::DateTime => StoredType::DateTime,
        ColumnType::Binary => StoredType::Binary,
    }
}

impl Bilingual for WriteError {
    fn ko(&self) -> String {
        match self {
            Self::Io { path, error } => {
                format!("{}: 결과를 쓸 수 없습니다. {}", path.display(), error.ko())
            }
            Self::Feature { row, .. } => {
                format!("{}번째 피처가 열이나 도형의 종류에 맞지 않습니다", row + 1)
            }
            Self::TooLarge { row, bytes } => format!(
                "{}번째 피처가 약 {bytes}바이트로, 피처 하나의 한도인 256 MiB를 넘습니다",
                row + 1
            ),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
