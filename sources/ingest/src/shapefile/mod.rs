//! Shapefile: shapes and their table, read together row by row.

mod column;
pub mod dbf;
mod encoding;
mod fault;
mod index;
mod record;
pub mod shp;
mod shp_header;

use std::io::{Read, Seek};
use std::path::PathBuf;

use data_model::feature::{AttributeValue, ColumnType, GeometryKind};

use crate::IngestError;
use crate::input::file_fault::FileLocation;
use crate::input::row_source::{
    FileSurvey, PositionSample, RawColumn, RawGeometry, RowSink, RowSource, StatedCrs,
};
use crate::summary::import_note::{ImportNote, ValueReplacement};
use crate::text::dbf_encoding::DbfEncoding;
pub use fault::{CountedItem, ShapefileFault};

use column::{FieldStatistics, value};
use dbf::{DbfField, DbfTable, is_deleted};
use shp::ShapeReader;

/// The parts of one Shapefile, each with its path for errors.
pub struct ShapefileParts<R> {
    /// The shapes.
    pub shp: (R, PathBuf),
    /// The index of the shapes.
    pub shx: Option<(R, PathBuf)>,
    /// The attributes.
    pub dbf: Option<(R, PathBuf)>,
    /// The text of `.prj`.
    pub prj: Option<String>,
    /// The text of `.cpg`.
    pub cpg: Option<String>,
}

/// A Shapefile that can be read as rows.
pub struct Shapefile<R> {
    path: PathBuf,
    shapes: ShapeReader<R>,
    table: Option<DbfTable<R>>,
    prj: Option<String>,
    /// The encoding that the user chose for the table's text.
    wanted: Option<DbfEncoding>,
    cpg: Option<String>,
    /// The encoding of the table's text, valid after the survey.
    encoding: DbfEncoding,
    /// Each field with a column, and the column's type.
    fields: Vec<(DbfField, ColumnType)>,
}

impl<R: Read + Seek> Shapefile<R> {
    /// Opens the parts. `encoding` is the user's choice for the table's text, which
    /// overrides all others.
    ///
    /// # Errors
    /// Returns [`IngestError`] for a damaged part.
    pub fn open(
        parts: ShapefileParts<R>,
        encoding: Option<DbfEncoding>,
    ) -> Result<Self, IngestError> {
        let (shp, path) = parts.shp;
        let shx = parts.shx.as_ref().map(|(_, path)| path.clone());
        let index = match (parts.shx, &shx) {
            (Some((reader, _)), Some(path)) => Some((reader, path.as_path())),
            _ => None,
        };
        let shapes = ShapeReader::open(shp, &path, index)?;
        let table = parts.dbf.map(|(dbf, path)| DbfTable::open(dbf, &path)).transpose()?;
        // A table without a field and without a row does not describe the shapes.
        let table = table.filter(|table| !table.fields().is_empty() || table.records() > 0);
        Ok(Self {
            path,
            shapes,
            table,
            prj: parts.prj,
            wanted: encoding,
            cpg: parts.cpg,
            encoding: DbfEncoding::Utf8,
            fields: Vec::new(),
        })
    }
}

impl<R: Read + Seek> RowSource for Shapefile<R> {
    fn survey(&mut self, progress: &mut dyn FnMut(u64)) -> Result<FileSurvey, IngestError> {
        let mut notes: Vec<ImportNote> = self.shapes.check_index()?.into_iter().collect();
        let mut encoding_notes = Vec::new();
        if let Some(table) = &mut self.table {
            let decided = encoding::decide(table, self.wanted, self.cpg.as_deref())?;
            self.encoding = decided.encoding;
            encoding_notes = decided.notes;
        }
        let encoding = self.encoding;

        let mut observed = vec![FieldStatistics::default(); self.fields_of_table().len()];
        let mut sample = PositionSample::default();
        let mut seen = [false; 3];
        let (mut rows, mut deleted) = (0u64, 0u64);
        self.each(&mut |row, shape, record, fields| {
            let Some(record) = record else {
                deleted += 1;
                return Ok(());
            };
            rows += 1;
            progress(rows);
            sample.add(&shape.geometry);
            if let Some(kind) = shape.geometry.kind {
                seen[kind as usize - 1] = true;
            }
            for (field, observed) in fields.iter().zip(&mut observed) {
                observed.observe(field, row, record, encoding);
            }
            Ok(())
        })?;

        let mut columns = Vec::new();
        self.fields.clear();
        for (field, observed) in self.fields_of_table().iter().zip(&observed) {
            let name = encoding.decode(&field.name).0.into_owned();
            let Some(kind) = observed.column_type(field) else {
                notes.push(ImportNote::ColumnNotRead { column: name, kind: field.kind.into() });
                continue;
            };
            if observed.unreadable > 0 {
                notes.push(ImportNote::UnreadableValues {
                    column: name.clone(),
                    values: observed.unreadable,
                    first_row: observed.first_unreadable,
                    replacement: match (field.kind, kind) {
                        (b'C', _) => ValueReplacement::Replaced,
                        (_, ColumnType::Text) => ValueReplacement::Text,
                        _ => ValueReplacement::Empty,
                    },
                });
            }
            columns.push(RawColumn { name, kind });
            self.fields.push((field.clone(), kind));
        }
        if self.fields_of_table().is_empty() {
            notes.push(ImportNote::NoAttributes);
        } else {
            notes.extend(encoding_notes);
        }
        if deleted > 0 {
            notes.push(ImportNote::Deleted { rows: deleted });
        }
        notes.extend(self.shapes.take_notes());
        notes.extend(self.table.iter_mut().filter_map(DbfTable::take_note));
        let kind = self.shapes.kind().unwrap_or(GeometryKind::Point);
        let crs = self.prj.clone().map_or(StatedCrs::Nothing, StatedCrs::Wkt);
        Ok(FileSurvey { columns, kind, rows, sample, crs, notes })
    }

    fn rows(&mut self, sink: &mut dyn RowSink) -> Result<(), IngestError> {
        let encoding = self.encoding;
        let columns = std::mem::take(&mut self.fields);
        let mut buffers = vec![String::new(); columns.len()];
        let result = self.each(&mut |row, shape, record, _| {
            let Some(record) = record else { return Ok(()) };
            let values: Vec<AttributeValue<'_>> = columns
                .iter()
                .zip(&mut buffers)
                .map(|((field, kind), buffer)| value(field, *kind, record, encoding, buffer))
                .collect();
            sink.row(row, shape, &values)
        });
        self.fields = columns;
        result
    }
}

/// Receives a row's number, shape, record (`None` if it is deleted) and the table's
/// fields.
type EachRow<'a> =
    dyn FnMut(u64, &mut RawGeometry, Option<&[u8]>, &[DbfField]) -> Result<(), IngestError> + 'a;

impl<R: Read + Seek> Shapefile<R> {
    fn fields_of_table(&self) -> Vec<DbfField> {
        self.table.as_ref().map_or_else(Vec::new, |table| table.fields().to_vec())
    }

    /// Calls `visit` with every shape and its record.
    fn each(&mut self, visit: &mut EachRow<'_>) -> Result<(), IngestError> {
        let fields = self.fields_of_table();
        let mut shape = RawGeometry::default();
        let mut row = 0u64;
        self.shapes.rewind()?;
        if let Some(table) = &mut self.table {
            table.rewind()?;
        }
        while self.shapes.next(&mut shape)? {
            row += 1;
            let record = match &mut self.table {
                None => Some(&[][..]),
                Some(table) => match table.record()? {
                    Some(record) if is_deleted(record) => None,
                    Some(record) => Some(record),
                    None => return Err(self.unequal(row)),
                },
            };
            visit(row, &mut shape, record, &fields)?;
        }
        match &self.table {
            Some(table) if table.records() != row => Err(self.unequal(row)),
            _ => Ok(()),
        }
    }

    fn unequal(&self, shapes: u64) -> IngestError {
        let records = self.table.as_ref().map_or(0, DbfTable::records);
        let fault =
            ShapefileFault::OtherRows { records, shapes: (shapes <= records).then_some(shapes) };
        IngestError::at(&self.path, FileLocation::Row(shapes.min(records) + 1), fault)
    }
}
