//! Rows, as sent, to features: geometry projected, values typed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::column::{TableColumn, WireFormat};
use super::copy::CopyRow;
use super::crs::SridCrs;
use super::ewkb::EwkbShapes;
use super::stored_text::StoredEncoding;
use super::table::GeometryTable;
use data_model::feature::{AttributeValue, ColumnType, FeatureVisitor, Geometry};

/// A row whose position has no place on earth; its attributes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MisplacedRow {
    /// Number of the row in the scan, from 0.
    pub row: u64,
    /// Value of the id column, if there is one.
    pub id: Option<i64>,
    /// Fault of the position.
    pub reason: String,
}

/// Values whose bytes are no text, which are null instead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnreadTexts {
    /// Number of values in all.
    pub values: u64,
    /// Row (from 0) and column of the first value.
    pub first: Option<(u64, String)>,
}

impl UnreadTexts {
    /// Texts of a row's fields, by column; `None` for a field that is null or no text.
    fn texts<'r>(
        &mut self,
        number: u64,
        columns: &[(String, ColumnType, WireFormat)],
        row: CopyRow<'r>,
        encoding: StoredEncoding,
    ) -> Vec<Option<Cow<'r, str>>> {
        let text = |(field, (name, _, wire)): (usize, &(String, ColumnType, WireFormat))| {
            let bytes = row.field(field + 1).filter(|_| *wire == WireFormat::Text)?;
            let text = encoding.text(bytes);
            if text.is_none() {
                self.values += 1;
                self.first.get_or_insert_with(|| (number, name.clone()));
            }
            text
        };
        columns.iter().enumerate().map(text).collect()
    }

    /// Notice of the unread values of `table`; `None` if there are none.
    #[must_use]
    pub fn note(&self, table: &str) -> Option<String> {
        let (row, column) = self.first.as_ref()?;
        Some(format!(
            "table {table}: {} value(s) are text neither of UTF-8 nor of CP949 and are left out; \
             the first is in row {row}, column {column:?}: correct them, or convert the database to \
             UTF8",
            self.values
        ))
    }
}

impl MisplacedRow {
    /// Describes the row: its id, if there is one, and the fault of its position.
    pub(super) fn named(&self) -> String {
        match self.id {
            Some(id) => format!("the one of key {id}: {}", self.reason),
            None => self.reason.clone(),
        }
    }
}

/// Reads rows of a table: its geometry and some of its columns.
#[derive(Debug)]
pub(super) struct RowReader {
    columns: Vec<(String, ColumnType, WireFormat)>,
    id: Option<usize>,
    /// SRID of values that carry none.
    srid: u32,
    crs: HashMap<u32, Arc<SridCrs>>,
    shapes: EwkbShapes,
    nothing: Geometry,
    encoding: StoredEncoding,
    /// Values that were left out.
    pub(super) unread: UnreadTexts,
}

/// Result of reading a row.
#[derive(Debug)]
pub(super) enum RowRead {
    /// The row was passed on as a feature.
    Feature,
    /// The row was passed on without its geometry, which has no place on earth.
    Misplaced(MisplacedRow),
    /// The CRS of this SRID is needed first: add it and read the row again.
    NeedsCrs(u32),
}

/// Reason for which a row can't be read.
#[derive(Debug)]
pub(super) struct RowError {
    /// Place in the row; empty for the row as a whole.
    pub(super) place: String,
    pub(super) reason: String,
}

impl RowReader {
    /// Creates a reader of rows of `table`: the geometry, then these columns.
    pub(super) fn new<'a>(
        table: &GeometryTable,
        columns: impl Iterator<Item = &'a TableColumn>,
    ) -> Self {
        let columns: Vec<_> = columns
            .map(|column| (column.column.name.clone(), column.column.kind, column.wire))
            .collect();
        let id = table
            .id_column
            .as_ref()
            .and_then(|id| columns.iter().position(|(name, _, _)| name == id));
        let mut reader = Self {
            columns,
            id,
            srid: table.srid.unwrap_or_default(),
            crs: HashMap::new(),
            shapes: EwkbShapes::default(),
            nothing: Geometry::default(),
            encoding: table.fetching.encoding,
            unread: UnreadTexts::default(),
        };
        if let Some(crs) = &table.crs {
            reader.add_crs(Arc::clone(crs));
        }
        reader
    }

    /// Creates a reader of rows without geometry, which have a null in its place.
    pub(super) fn without_geometry(columns: &[TableColumn], encoding: StoredEncoding) -> Self {
        let named =
            |column: &TableColumn| (column.column.name.clone(), column.column.kind, column.wire);
        Self {
            columns: columns.iter().map(named).collect(),
            id: None,
            srid: 0,
            crs: HashMap::new(),
            shapes: EwkbShapes::default(),
            nothing: Geometry::default(),
            encoding,
            unread: UnreadTexts::default(),
        }
    }

    /// Number of fields of a row.
    pub(super) fn fields(&self) -> usize {
        self.columns.len() + 1
    }

    /// Adds a CRS that rows may be in.
    pub(super) fn add_crs(&mut self, crs: Arc<SridCrs>) {
        self.crs.insert(crs.srid, crs);
    }

    /// Number of CRS that have been added.
    pub(super) fn crs_count(&self) -> usize {
        self.crs.len()
    }

    /// SRIDs that were needed, with their definitions in the database.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (u32, &str)> {
        self.crs.iter().map(|(srid, crs)| (*srid, crs.definition.as_str()))
    }

    /// Passes one row to `visitor`.
    pub(super) fn read(
        &mut self,
        number: u64,
        row: CopyRow<'_>,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<RowRead, RowError> {
        let Self { columns, id, srid, crs, shapes, nothing, encoding, unread } = self;
        shapes.clear();
        let mut misplaced = None;
        if let Some(geometry) = row.field(0) {
            shapes.read(geometry).map_err(|error| RowError {
                place: "geometry".to_owned(),
                reason: error.to_string(),
            })?;
            let srid = shapes.srid().unwrap_or(*srid);
            let Some(crs) = crs.get(&srid) else { return Ok(RowRead::NeedsCrs(srid)) };
            let placed = match &crs.projection {
                Err(reason) if shapes.drawn().is_some() => Err(reason.clone()),
                Err(_) => Ok(()),
                Ok(projection) => shapes
                    .drawn_mut()
                    .map_or(Ok(()), |shape| projection.to_lon_lat(&mut shape.coordinates))
                    .map_err(|error| error.to_string()),
            };
            if let Err(reason) = placed {
                shapes.clear();
                misplaced = Some(reason);
            }
        }
        let texts = match encoding {
            StoredEncoding::Converted => Vec::new(),
            _ => unread.texts(number, columns, row, *encoding),
        };
        let mut values = Vec::with_capacity(columns.len());
        for (field, (name, kind, wire)) in columns.iter().enumerate() {
            if let Some(text) = texts.get(field).filter(|_| *wire == WireFormat::Text) {
                values.push(text.as_deref().map_or(AttributeValue::Null, AttributeValue::Text));
                continue;
            }
            let value = wire.value(row.field(field + 1), *kind);
            values.push(
                value.map_err(|reason| RowError { place: format!("column {name:?}"), reason })?,
            );
        }
        let refused = |reason| RowError { place: String::new(), reason };
        let shape = shapes.drawn().unwrap_or(nothing);
        visitor.feature(number, shape, &values).map_err(refused)?;
        Ok(match misplaced {
            None => RowRead::Feature,
            Some(reason) => {
                let id = id.and_then(|id| match values.get(id) {
                    Some(AttributeValue::Int(id)) => Some(*id),
                    _ => None,
                });
                RowRead::Misplaced(MisplacedRow { row: number, id, reason })
            }
        })
    }
}
