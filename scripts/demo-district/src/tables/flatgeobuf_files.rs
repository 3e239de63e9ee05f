//! FlatGeobuf encoding of tables, in longitude and latitude on WGS 84.
//!
//! Uses the `flatgeobuf` crate and not the writer of `flatgeobuf-store`: the demo is a
//! file of another program, as most of an operator's files are, and every check of it
//! reads one.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use catalog::LogicalType;
use data_model::feature::{Geometry, GeometryKind, ShapeKind};
use flatbuffers::FlatBufferBuilder;
use flatgeobuf::{
    Column, ColumnArgs, ColumnType as FgbType, Crs, CrsArgs, Feature, FeatureArgs, FgbCrs,
    FgbWriter, FgbWriterOptions, GeometryType, Header, HeaderArgs,
};
use geozero::error::Result as GeozeroResult;
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor as _};

use crate::tables::cell::CellValue;
use crate::tables::schema::TableSchema;

/// Description of every file.
pub(crate) const NOTICE: &str = "Synthetic demonstration data, made up by a program; \
    not the real district. 시연용 합성 자료이며 실제 성동구의 자료가 아닙니다.";

/// The first bytes of a FlatGeobuf file of version 3.
const MAGIC: [u8; 8] = [0x66, 0x67, 0x62, 0x03, 0x66, 0x67, 0x62, 0x00];

fn column_type(kind: Option<LogicalType>) -> FgbType {
    match kind {
        Some(LogicalType::Int) => FgbType::Long,
        Some(LogicalType::Float) => FgbType::Double,
        Some(LogicalType::Bool) => FgbType::Bool,
        Some(LogicalType::Json) => FgbType::Json,
        _ => FgbType::String,
    }
}

/// Writer of a FlatGeobuf file of features with a spatial index.
pub(crate) struct FeatureFileWriter {
    writer: FgbWriter<'static>,
    names: Vec<String>,
    path: PathBuf,
}

impl FeatureFileWriter {
    /// Begins the file at `path`.
    ///
    /// # Errors
    /// Errors of the system or the encoder.
    pub(crate) fn create(table: &TableSchema, kind: GeometryKind, path: &Path) -> io::Result<Self> {
        let kind = match kind {
            GeometryKind::Point => GeometryType::Point,
            GeometryKind::Line => GeometryType::LineString,
            GeometryKind::Polygon => GeometryType::Polygon,
            GeometryKind::Mixed => GeometryType::Unknown,
        };
        let options = FgbWriterOptions {
            crs: FgbCrs { org: Some("EPSG"), code: 4326, ..FgbCrs::default() },
            title: Some(&table.title),
            description: Some(NOTICE),
            promote_to_multi: false,
            detect_type: false,
            ..FgbWriterOptions::default()
        };
        let mut writer =
            FgbWriter::create_with_options(&table.stem, kind, options).map_err(io::Error::other)?;
        for column in &table.columns {
            writer.add_column(&column.name, column_type(column.kind), |builder, arguments| {
                arguments.title = Some(builder.create_string(&column.title.ko));
                arguments.nullable = !table.key.contains(&column.name);
            });
        }
        let names = table.columns.iter().map(|column| column.name.clone()).collect();
        Ok(Self { writer, names, path: path.to_owned() })
    }

    /// Adds a feature.
    ///
    /// # Errors
    /// Errors of the system or the encoder.
    pub(crate) fn write_row(
        &mut self,
        geometry: Option<&Geometry>,
        cells: &[CellValue<'_>],
    ) -> io::Result<()> {
        let mut result = Ok(false);
        self.writer
            .add_feature_geom(GeometryParts(geometry), |feature| {
                for (i, (name, cell)) in self.names.iter().zip(cells).enumerate() {
                    let value = match cell {
                        CellValue::Null => continue,
                        CellValue::Text(text) => ColumnValue::String(text),
                        CellValue::Int(number) => ColumnValue::Long(*number),
                        CellValue::Double(number) => ColumnValue::Double(*number),
                        CellValue::Bool(yes) => ColumnValue::Bool(*yes),
                    };
                    let written = feature.property(i, name, &value);
                    if written.is_err() {
                        result = written;
                    }
                }
            })
            .map_err(io::Error::other)?;
        result.map(drop).map_err(io::Error::other)
    }

    /// Sorts the features and writes the file.
    ///
    /// # Errors
    /// Errors of the system or the encoder.
    pub(crate) fn finish(self) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&self.path)?);
        self.writer.write(&mut out).map_err(io::Error::other)?;
        out.flush()
    }
}

/// Writer of a FlatGeobuf file of values without geometry and index.
///
/// Rows are written one by one; the header, which holds their number, is written again at the end.
pub(crate) struct ValueFileWriter {
    table: TableSchema,
    out: BufWriter<File>,
    builder: FlatBufferBuilder<'static>,
    properties: Vec<u8>,
}

impl ValueFileWriter {
    /// Begins the file at `path`.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn create(table: &TableSchema, path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
        // Any number but 0, which would not be stored: the header's size must not
        // depend on it.
        out.write_all(&encode_header(table, 1))?;
        let builder = FlatBufferBuilder::with_capacity(1 << 10);
        Ok(Self { table: table.clone(), out, builder, properties: Vec::new() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn write_row(&mut self, cells: &[CellValue<'_>]) -> io::Result<()> {
        self.properties.clear();
        for (i, cell) in cells.iter().enumerate() {
            if *cell != CellValue::Null {
                self.properties.extend_from_slice(&(i as u16).to_le_bytes());
            }
            match cell {
                CellValue::Null => {}
                CellValue::Text(text) => {
                    self.properties.extend_from_slice(&(text.len() as u32).to_le_bytes());
                    self.properties.extend_from_slice(text.as_bytes());
                }
                CellValue::Int(number) => self.properties.extend_from_slice(&number.to_le_bytes()),
                CellValue::Double(number) => {
                    self.properties.extend_from_slice(&number.to_le_bytes());
                }
                CellValue::Bool(yes) => self.properties.push(u8::from(*yes)),
            }
        }
        self.builder.reset();
        let properties = Some(self.builder.create_vector(&self.properties));
        let arguments = FeatureArgs { properties, ..FeatureArgs::default() };
        let feature = Feature::create(&mut self.builder, &arguments);
        self.builder.finish_size_prefixed(feature, None);
        self.out.write_all(self.builder.finished_data())
    }

    /// Writes the number of rows into the header.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn finish(mut self, rows: u64) -> io::Result<()> {
        self.out.seek(SeekFrom::Start(0))?;
        let head = encode_header(&self.table, rows);
        self.out.write_all(&head)?;
        self.out.flush()?;
        if rows == 0 {
            self.out.get_ref().set_len(head.len() as u64)?;
        }
        Ok(())
    }
}

/// Magic bytes and header of a file of `rows` values.
fn encode_header(table: &TableSchema, rows: u64) -> Vec<u8> {
    let mut builder = FlatBufferBuilder::new();
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let arguments = ColumnArgs {
                name: Some(builder.create_string(&column.name)),
                title: Some(builder.create_string(&column.title.ko)),
                type_: column_type(column.kind),
                nullable: !table.key.contains(&column.name),
                ..ColumnArgs::default()
            };
            Column::create(&mut builder, &arguments)
        })
        .collect();
    let columns = Some(builder.create_vector(&columns));
    let org = Some(builder.create_string("EPSG"));
    let crs = Crs::create(&mut builder, &CrsArgs { org, code: 4326, ..CrsArgs::default() });
    let arguments = HeaderArgs {
        name: Some(builder.create_string(&table.stem)),
        title: Some(builder.create_string(&table.title)),
        description: Some(builder.create_string(NOTICE)),
        crs: Some(crs),
        columns,
        features_count: rows,
        index_node_size: 0,
        ..HeaderArgs::default()
    };
    let header = Header::create(&mut builder, &arguments);
    builder.finish_size_prefixed(header, None);
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(builder.finished_data());
    head
}

/// Adapter that passes the parts of one geometry to a writer.
struct GeometryParts<'a>(Option<&'a Geometry>);

impl GeozeroGeometry for GeometryParts<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> GeozeroResult<()> {
        let Self(Some(geometry)) = self else { return Ok(()) };
        match geometry.kind {
            None => Ok(()),
            Some(ShapeKind::Point) => {
                to.point_begin(0)?;
                for (i, [x, y]) in geometry.coordinates.iter().take(1).enumerate() {
                    to.xy(*x, *y, i)?;
                }
                to.point_end(0)
            }
            Some(ShapeKind::Line) => {
                to.linestring_begin(true, geometry.coordinates.len(), 0)?;
                for (i, [x, y]) in geometry.coordinates.iter().enumerate() {
                    to.xy(*x, *y, i)?;
                }
                to.linestring_end(true, 0)
            }
            Some(ShapeKind::Polygon) => {
                to.polygon_begin(true, geometry.ends.len(), 0)?;
                for (ring, part) in geometry.parts().enumerate() {
                    to.linestring_begin(false, part.len(), ring)?;
                    for (i, [x, y]) in part.iter().enumerate() {
                        to.xy(*x, *y, i)?;
                    }
                    to.linestring_end(false, ring)?;
                }
                to.polygon_end(true, 0)
            }
        }
    }
}

#[cfg(test)]
mod tests;
