//! Writes a file whole or not at all.
//!
//! Features go to a temporary file as they come. [`Writer::finish`] sorts them
//! along the Hilbert curve, writes header, index and features to a second
//! temporary file in the target's folder, and renames it into place: whoever
//! reads the target sees the old file or the new one, never a part. On an error,
//! or when the writer is dropped, both are gone and the target is as it was.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column as StoredColumn, ColumnArgs, ColumnType as StoredType, Crs, CrsArgs, Feature,
    FeatureArgs, Geometry as Stored, GeometryArgs, GeometryType, Header, HeaderArgs,
};

use crate::feature::{ColumnType, Geometry, GeometryKind, Schema, ShapeKind, Value};

/// `fgb`, major version 3, `fgb`, patch version 0.
const MAGIC: [u8; 8] = *b"fgb\x03fgb\0";

/// Why a file could not be written. The target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The target.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A feature does not fit the schema or the geometry kind.
    #[error("feature {row}: {reason}")]
    Feature {
        /// Which feature, from 0.
        row: u64,
        /// What does not fit.
        reason: String,
    },
}

/// Writes features in longitude and latitude (EPSG:4326) to a FlatGeobuf file.
pub struct Writer {
    path: PathBuf,
    schema: Schema,
    kind: GeometryKind,
    features: BufWriter<File>,
    /// Length of each feature in `features`, in the order written.
    lengths: Vec<u32>,
    nodes: Vec<NodeItem>,
    /// Whether a feature has more than one point.
    multipoints: bool,
    builder: FlatBufferBuilder<'static>,
    properties: Vec<u8>,
}

impl Writer {
    /// Starts a file that will stand at `path`. Title and description of the
    /// schema go into the header; its feature count is not used.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the folder can't be written to.
    pub fn create(path: &Path, schema: &Schema, kind: GeometryKind) -> Result<Self, WriteError> {
        let features = tempfile::tempfile_in(folder_of(path))
            .map_err(|error| WriteError::Io { path: path.to_owned(), error })?;
        Ok(Self {
            path: path.to_owned(),
            schema: schema.clone(),
            kind,
            features: BufWriter::with_capacity(1 << 16, features),
            lengths: Vec::new(),
            nodes: Vec::new(),
            multipoints: false,
            builder: FlatBufferBuilder::new(),
            properties: Vec::new(),
        })
    }

    /// Appends a feature: one value per column of the schema, and a geometry of
    /// the layer's kind or none. Coordinates are written as they are.
    ///
    /// # Errors
    /// [`WriteError::Feature`] when a value or the geometry does not fit; the
    /// feature is then not in the file and writing may go on.
    pub fn feature(&mut self, geometry: &Geometry, values: &[Value<'_>]) -> Result<(), WriteError> {
        let row = self.lengths.len() as u64;
        let fault = |reason: String| WriteError::Feature { row, reason };
        self.encode_properties(values).map_err(fault)?;
        self.builder.reset();
        let stored = match geometry.kind {
            Some(kind) if !geometry.coordinates.is_empty() => {
                self.check_geometry(geometry, kind).map_err(fault)?;
                Some(self.encode_geometry(geometry, kind))
            }
            _ => None,
        };
        let properties = self.builder.create_vector(&self.properties);
        let feature = Feature::create(
            &mut self.builder,
            &FeatureArgs { geometry: stored, properties: Some(properties), columns: None },
        );
        self.builder.finish_size_prefixed(feature, None);
        let bytes = self.builder.finished_data();
        let length = u32::try_from(bytes.len())
            .map_err(|_| fault(format!("{} bytes are 4 GiB or more", bytes.len())))?;
        self.features
            .write_all(bytes)
            .map_err(|error| WriteError::Io { path: self.path.clone(), error })?;
        let mut node = NodeItem::create(row);
        for &[x, y] in &geometry.coordinates {
            node.expand_xy(x, y);
        }
        self.lengths.push(length);
        self.nodes.push(node);
        Ok(())
    }

    /// Puts the finished file into place and returns how many features it has.
    ///
    /// # Errors
    /// [`WriteError::Io`]; the target is then as it was.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        let path = self.path.clone();
        self.put_into_place().map_err(|error| WriteError::Io { path, error })
    }

    fn put_into_place(&mut self) -> std::io::Result<u64> {
        let folder = folder_of(&self.path).to_owned();
        let target = tempfile::Builder::new()
            .prefix(".")
            .suffix(".fgb.tmp")
            // As an ordinary new file, so that a server of another user reads it.
            .permissions(std::fs::Permissions::from_mode(0o666))
            .tempfile_in(&folder)?;
        let mut out = BufWriter::with_capacity(1 << 16, target);
        let extent = calc_extent(&self.nodes);
        out.write_all(&MAGIC)?;
        out.write_all(&self.header(&extent))?;

        let mut starts = Vec::with_capacity(self.lengths.len());
        let mut start = 0u64;
        for &length in &self.lengths {
            starts.push(start);
            start += u64::from(length);
        }
        if !self.nodes.is_empty() {
            hilbert_sort(&mut self.nodes, &extent);
            let mut offset = 0;
            let placed: Vec<NodeItem> = self
                .nodes
                .iter()
                .map(|node| {
                    let mut placed = node.clone();
                    placed.offset = offset;
                    offset += u64::from(self.lengths[node.offset as usize]);
                    placed
                })
                .collect();
            PackedRTree::build(&placed, &extent, PackedRTree::DEFAULT_NODE_SIZE)
                .map_err(|error| std::io::Error::other(error.to_string()))?
                .stream_write(&mut out)?;
        }

        self.features.flush()?;
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
        let target = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        target.as_file().sync_all()?;
        target.persist(&self.path).map_err(|error| error.error)?;
        // The rename itself survives a crash once its folder is on disk.
        File::open(&folder)?.sync_all()?;
        Ok(self.lengths.len() as u64)
    }

    fn geometry_type(&self) -> GeometryType {
        match self.kind {
            GeometryKind::Point if !self.multipoints => GeometryType::Point,
            GeometryKind::Point => GeometryType::MultiPoint,
            GeometryKind::Line => GeometryType::MultiLineString,
            GeometryKind::Polygon => GeometryType::MultiPolygon,
            GeometryKind::Mixed => GeometryType::Unknown,
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
        let crs = {
            let args = CrsArgs {
                org: Some(builder.create_string("EPSG")),
                code: 4326,
                name: Some(builder.create_string("WGS 84")),
                ..CrsArgs::default()
            };
            Crs::create(&mut builder, &args)
        };
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
            crs: Some(crs),
            title: self.schema.title.as_ref().map(|text| builder.create_string(text)),
            description: self.schema.description.as_ref().map(|text| builder.create_string(text)),
            ..HeaderArgs::default()
        };
        let header = Header::create(&mut builder, &args);
        builder.finish_size_prefixed(header, None);
        builder.finished_data().to_vec()
    }

    fn encode_properties(&mut self, values: &[Value<'_>]) -> Result<(), String> {
        self.properties.clear();
        let columns = &self.schema.columns;
        if values.len() != columns.len() {
            return Err(format!("{} values for {} columns", values.len(), columns.len()));
        }
        for (number, (value, column)) in values.iter().zip(columns).enumerate() {
            if *value == Value::Null {
                continue;
            }
            let number = u16::try_from(number).map_err(|_| "more than 65,536 columns")?;
            self.properties.extend_from_slice(&number.to_le_bytes());
            let out = &mut self.properties;
            let counted = |bytes: &[u8], out: &mut Vec<u8>| {
                let count = u32::try_from(bytes.len()).map_err(|_| "a value of 4 GiB or more")?;
                out.extend_from_slice(&count.to_le_bytes());
                out.extend_from_slice(bytes);
                Ok::<(), String>(())
            };
            match (column.kind, *value) {
                (ColumnType::Bool, Value::Bool(flag)) => out.push(u8::from(flag)),
                (ColumnType::Int, Value::Int(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::UInt, Value::UInt(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::Float, Value::Float(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::Double, Value::Double(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::Text | ColumnType::Json | ColumnType::DateTime, Value::Text(text)) => {
                    counted(text.as_bytes(), out)?;
                }
                (ColumnType::Binary, Value::Binary(bytes)) => counted(bytes, out)?,
                (kind, value) => {
                    return Err(format!("column {:?} is {kind:?}, not {value:?}", column.name));
                }
            }
        }
        Ok(())
    }

    fn check_geometry(&self, geometry: &Geometry, kind: ShapeKind) -> Result<(), String> {
        let fits = match self.kind {
            GeometryKind::Mixed => true,
            GeometryKind::Point => kind == ShapeKind::Point,
            GeometryKind::Line => kind == ShapeKind::Line,
            GeometryKind::Polygon => kind == ShapeKind::Polygon,
        };
        if !fits {
            return Err(format!("a {kind:?} in a layer of {:?}", self.kind));
        }
        let ordered = |ends: &[u32], count: usize| {
            ends.is_sorted() && ends.last().is_none_or(|&end| end as usize == count)
        };
        let parts = geometry.ends.len();
        let sound = match kind {
            ShapeKind::Point => parts == 0,
            ShapeKind::Line => parts > 0 && ordered(&geometry.ends, geometry.coordinates.len()),
            ShapeKind::Polygon => {
                parts > 0
                    && !geometry.polygon_ends.is_empty()
                    && ordered(&geometry.ends, geometry.coordinates.len())
                    && ordered(&geometry.polygon_ends, parts)
            }
        };
        if !sound {
            return Err("its part ends do not fit its coordinates".to_owned());
        }
        match geometry.coordinates.iter().find(|[x, y]| !x.is_finite() || !y.is_finite()) {
            Some([x, y]) => Err(format!("the position {x} {y} is not finite")),
            None => Ok(()),
        }
    }

    /// Lines and polygons are multi throughout, so that a layer has one type
    /// whatever its features are. A point and a multipoint of one are the same
    /// bytes: the header says which they are.
    fn encode_geometry(
        &mut self,
        geometry: &Geometry,
        kind: ShapeKind,
    ) -> flatbuffers::WIPOffset<Stored<'static>> {
        match kind {
            ShapeKind::Point => {
                let single = geometry.coordinates.len() == 1;
                self.multipoints |= !single;
                let type_ = if single { GeometryType::Point } else { GeometryType::MultiPoint };
                self.flat(type_, &geometry.coordinates, &[])
            }
            ShapeKind::Line => {
                self.flat(GeometryType::MultiLineString, &geometry.coordinates, &geometry.ends)
            }
            ShapeKind::Polygon => {
                let mut polygons = Vec::with_capacity(geometry.polygon_ends.len());
                let (mut ring, mut vertex) = (0, 0);
                let mut closed = Vec::new();
                let mut ends = Vec::new();
                for &last_ring in &geometry.polygon_ends {
                    closed.clear();
                    ends.clear();
                    for &end in &geometry.ends[ring..last_ring as usize] {
                        let points = &geometry.coordinates[vertex..end as usize];
                        closed.extend_from_slice(points);
                        // Stored rings repeat their first vertex.
                        if let (Some(first), Some(last)) = (points.first(), points.last())
                            && first != last
                        {
                            closed.push(*first);
                        }
                        ends.push(closed.len() as u32);
                        vertex = end as usize;
                    }
                    ring = last_ring as usize;
                    let (closed, ends) = (std::mem::take(&mut closed), std::mem::take(&mut ends));
                    polygons.push(self.flat(GeometryType::Polygon, &closed, &ends));
                }
                let parts = self.builder.create_vector(&polygons);
                Stored::create(
                    &mut self.builder,
                    &GeometryArgs {
                        type_: GeometryType::MultiPolygon,
                        parts: Some(parts),
                        ..GeometryArgs::default()
                    },
                )
            }
        }
    }

    fn flat(
        &mut self,
        type_: GeometryType,
        coordinates: &[[f64; 2]],
        ends: &[u32],
    ) -> flatbuffers::WIPOffset<Stored<'static>> {
        let ends = (!ends.is_empty()).then(|| self.builder.create_vector(ends));
        let xy = self.builder.create_vector(coordinates.as_flattened());
        Stored::create(
            &mut self.builder,
            &GeometryArgs { ends, xy: Some(xy), type_, ..GeometryArgs::default() },
        )
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
