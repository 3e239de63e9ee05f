//! Rows, as sent, to features: geometry projected, values typed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::relation::geometry_table::GeometryTable;
use crate::relation::srid_crs::SridCrs;
use crate::relation::stored_text::StoredEncoding;
use crate::relation::table_column::{FieldFault, TableColumn, WireFormat};
use crate::rows::copy::CopyRow;
use crate::rows::ewkb::{EwkbError, EwkbShapes};
use data_model::VisitError;
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
    pub(crate) fn named(&self) -> String {
        match self.id {
            Some(id) => format!("the one of key {id}: {}", self.reason),
            None => self.reason.clone(),
        }
    }
}

/// Reads rows of a table: its geometry and some of its columns.
#[derive(Debug)]
pub(crate) struct RowReader {
    columns: Vec<(String, ColumnType, WireFormat)>,
    id: Option<usize>,
    /// SRID of values that carry none.
    srid: u32,
    crs: HashMap<u32, Arc<SridCrs>>,
    shapes: EwkbShapes,
    no_geometry: Geometry,
    encoding: StoredEncoding,
    /// Values that were left out.
    pub(crate) unread: UnreadTexts,
}

/// Result of reading a row.
#[derive(Debug)]
pub(crate) enum RowRead {
    /// The row was passed on as a feature.
    Feature,
    /// The row was passed on without its geometry, which has no place on earth.
    Misplaced(MisplacedRow),
    /// The CRS of this SRID is needed first: add it and read the row again.
    NeedsCrs(u32),
}

/// Reason for which a row can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    /// The geometry is not EWKB.
    #[error("geometry {0}")]
    Geometry(#[source] EwkbError),
    /// A field's bytes are not of its type.
    #[error("column {name:?} {fault}")]
    Column {
        /// Name of the column.
        name: String,
        /// Fault of the bytes.
        #[source]
        fault: FieldFault,
    },
    /// The visitor refused the feature.
    #[error("{0}")]
    Refused(#[source] VisitError),
}

impl RowError {
    /// Part of the row: the geometry or a column; empty for the row as a whole.
    pub(crate) fn part(&self) -> String {
        match self {
            Self::Geometry(_) => "geometry".to_owned(),
            Self::Column { name, .. } => format!("column {name:?}"),
            Self::Refused(_) => String::new(),
        }
    }

    /// Fault of the part.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Geometry(error) => error.to_string(),
            Self::Column { fault, .. } => fault.to_string(),
            Self::Refused(error) => error.to_string(),
        }
    }
}

impl RowReader {
    /// Creates a reader of rows of `table`: the geometry, then these columns.
    pub(crate) fn new<'a>(
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
            no_geometry: Geometry::default(),
            encoding: table.fetching.encoding,
            unread: UnreadTexts::default(),
        };
        if let Some(crs) = &table.crs {
            reader.add_crs(Arc::clone(crs));
        }
        reader
    }

    /// Creates a reader of rows without geometry, which have a null in its place.
    pub(crate) fn without_geometry(columns: &[TableColumn], encoding: StoredEncoding) -> Self {
        let named =
            |column: &TableColumn| (column.column.name.clone(), column.column.kind, column.wire);
        Self {
            columns: columns.iter().map(named).collect(),
            id: None,
            srid: 0,
            crs: HashMap::new(),
            shapes: EwkbShapes::default(),
            no_geometry: Geometry::default(),
            encoding,
            unread: UnreadTexts::default(),
        }
    }

    /// Number of fields of a row.
    pub(crate) fn fields(&self) -> usize {
        self.columns.len() + 1
    }

    /// Adds a CRS that rows may be in.
    pub(crate) fn add_crs(&mut self, crs: Arc<SridCrs>) {
        self.crs.insert(crs.srid, crs);
    }

    /// Number of CRS that have been added.
    pub(crate) fn crs_count(&self) -> usize {
        self.crs.len()
    }

    /// SRIDs that were needed, with their definitions in the database.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (u32, &str)> {
        self.crs.iter().map(|(srid, crs)| (*srid, crs.definition.as_str()))
    }

    /// Passes one row to `visitor`.
    pub(crate) fn read(
        &mut self,
        number: u64,
        row: CopyRow<'_>,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<RowRead, RowError> {
        let Self { columns, id, srid, crs, shapes, no_geometry, encoding, unread } = self;
        shapes.clear();
        let mut misplaced = None;
        if let Some(geometry) = row.field(0) {
            shapes.read(geometry).map_err(RowError::Geometry)?;
            let srid = shapes.srid().unwrap_or(*srid);
            let Some(crs) = crs.get(&srid) else { return Ok(RowRead::NeedsCrs(srid)) };
            let projected = match &crs.projection {
                Err(unusable) if shapes.drawn().is_some() => Err(unusable.to_string()),
                Err(_) => Ok(()),
                Ok(projection) => shapes
                    .drawn_mut()
                    .map_or(Ok(()), |shape| projection.to_lon_lat(&mut shape.coordinates))
                    .map_err(|error| error.to_string()),
            };
            if let Err(reason) = projected {
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
            values.push(value.map_err(|fault| RowError::Column { name: name.clone(), fault })?);
        }
        let shape = shapes.drawn().unwrap_or(no_geometry);
        visitor.feature(number, shape, &values).map_err(RowError::Refused)?;
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
