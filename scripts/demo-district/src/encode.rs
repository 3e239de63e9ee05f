//! A dataset as a FlatGeobuf file, in longitude and latitude on WGS 84.
//!
//! By the `flatgeobuf` crate's writer and not by that of `sources`: the demo is a
//! file of another program, as most of an operator's are, and every check of it
//! reads one.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use flatgeobuf::{ColumnType as FgbType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::error::Result as GeozeroResult;
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use sources::feature::{ColumnType, Geometry, GeometryKind, ShapeKind};

use crate::datasets::{Cell, Dataset, NOTICE};

/// Writes `dataset` to a new file at `path`.
///
/// # Errors
/// What the system or the encoder said.
pub fn encode(dataset: &Dataset, path: &Path) -> io::Result<()> {
    let kind = match dataset.kind {
        GeometryKind::Point => GeometryType::Point,
        GeometryKind::Line => GeometryType::LineString,
        GeometryKind::Polygon => GeometryType::Polygon,
        GeometryKind::Mixed => GeometryType::Unknown,
    };
    let options = FgbWriterOptions {
        crs: FgbCrs { org: Some("EPSG"), code: 4326, ..FgbCrs::default() },
        title: Some(dataset.title),
        description: Some(NOTICE),
        promote_to_multi: false,
        detect_type: false,
        ..FgbWriterOptions::default()
    };
    let mut writer =
        FgbWriter::create_with_options(dataset.id, kind, options).map_err(io::Error::other)?;
    for column in &dataset.columns {
        let kind = match column.kind {
            ColumnType::Bool => FgbType::Bool,
            ColumnType::Int => FgbType::Long,
            ColumnType::UInt => FgbType::ULong,
            ColumnType::Float => FgbType::Float,
            ColumnType::Double => FgbType::Double,
            ColumnType::Text => FgbType::String,
            ColumnType::Json => FgbType::Json,
            ColumnType::DateTime => FgbType::DateTime,
            ColumnType::Binary => FgbType::Binary,
        };
        writer.add_column(&column.name, kind, |builder, arguments| {
            arguments.title = column.title.as_deref().map(|title| builder.create_string(title));
            arguments.nullable = false;
        });
    }
    for (geometry, cells) in &dataset.rows {
        let mut result = Ok(false);
        writer
            .add_feature_geom(Shape(geometry), |feature| {
                for (i, (column, cell)) in dataset.columns.iter().zip(cells).enumerate() {
                    let value = match cell {
                        Cell::Text(text) => ColumnValue::String(text),
                        Cell::Int(number) => ColumnValue::Long(*number),
                        Cell::Double(number) => ColumnValue::Double(*number),
                        Cell::Bool(yes) => ColumnValue::Bool(*yes),
                    };
                    let written = feature.property(i, &column.name, &value);
                    if written.is_err() {
                        result = written;
                    }
                }
            })
            .map_err(io::Error::other)?;
        result.map_err(io::Error::other)?;
    }
    let mut out = BufWriter::new(File::create(path)?);
    writer.write(&mut out).map_err(io::Error::other)?;
    out.flush()
}

/// One geometry as its parts are announced to a writer.
struct Shape<'a>(&'a Geometry);

impl GeozeroGeometry for Shape<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> GeozeroResult<()> {
        let Self(geometry) = self;
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
