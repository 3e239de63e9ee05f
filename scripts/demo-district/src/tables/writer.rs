//! Receives the rows of one file and checks them against the catalog.

use std::io;
use std::path::Path;

use catalog::{DatasetColumn, LogicalType};
use data_model::feature::{Geometry, GeometryKind, ShapeKind};

use crate::tables::cell::CellValue;
use crate::tables::flatgeobuf_files::{FeatureFileWriter, ValueFileWriter};
use crate::tables::schema::TableSchema;

/// Row that does not fit its table.
#[derive(Debug, thiserror::Error)]
#[error("{stem}, row {row}: {fault}; mend the catalog or the generator")]
pub(crate) struct RowError {
    stem: String,
    row: u64,
    #[source]
    fault: RowFault,
}

/// Fault of a row.
#[derive(Debug, thiserror::Error)]
enum RowFault {
    /// Geometry of another kind than the table's, or none.
    #[error("a geometry of {found}, expected {expected:?}")]
    Geometry { found: String, expected: Option<GeometryKind> },
    /// Line of fewer than two positions.
    #[error("a line of a single position")]
    SinglePosition,
    /// Number of cells that is not the number of columns.
    #[error("{cells} cells for {columns} columns")]
    CellCount { cells: usize, columns: usize },
    /// Cell that its column can't hold.
    #[error("column {column} of type {kind:?} can't hold {cell}")]
    Cell { column: String, kind: Option<LogicalType>, cell: String },
}

/// Row kept in memory.
pub(crate) type TableRow = (Option<Geometry>, Vec<CellValue<'static>>);

enum RowSink {
    Features(Box<FeatureFileWriter>),
    Values(Box<ValueFileWriter>),
    Memory(Vec<TableRow>),
    #[cfg(test)]
    Nowhere,
}

/// Sink for the rows of one file.
pub(crate) struct TableWriter<'a> {
    table: &'a TableSchema,
    rows: u64,
    sink: RowSink,
}

impl<'a> TableWriter<'a> {
    /// Creates a writer of a FlatGeobuf file.
    ///
    /// Features with an index, values one row after the other.
    ///
    /// # Errors
    /// Errors of the system or the encoder.
    pub(crate) fn create(table: &'a TableSchema, path: &Path) -> io::Result<Self> {
        let sink = match table.geometry {
            Some(kind) => {
                RowSink::Features(Box::new(FeatureFileWriter::create(table, kind, path)?))
            }
            None => RowSink::Values(Box::new(ValueFileWriter::create(table, path)?)),
        };
        Ok(Self { table, rows: 0, sink })
    }

    /// Creates a writer that keeps its rows in memory.
    #[must_use]
    pub(crate) fn in_memory(table: &'a TableSchema) -> Self {
        Self { table, rows: 0, sink: RowSink::Memory(Vec::new()) }
    }

    /// Creates a writer that only checks and counts its rows.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn discarding(table: &'a TableSchema) -> Self {
        Self { table, rows: 0, sink: RowSink::Nowhere }
    }

    /// Schema of the table.
    #[must_use]
    pub(crate) fn schema(&self) -> &TableSchema {
        self.table
    }

    /// Number of rows added.
    #[must_use]
    pub(crate) const fn row_count(&self) -> u64 {
        self.rows
    }

    /// Adds a row: geometry if the table has one, and a cell for each column.
    ///
    /// # Errors
    /// A row that does not fit its table, or errors of the system.
    pub(crate) fn write_row(
        &mut self,
        geometry: Option<&Geometry>,
        cells: &[CellValue<'_>],
    ) -> io::Result<()> {
        if let Some(fault) = self.row_fault(geometry, cells) {
            let stem = self.table.stem.clone();
            return Err(io::Error::other(RowError { stem, row: self.rows, fault }));
        }
        self.rows += 1;
        match &mut self.sink {
            RowSink::Features(file) => file.write_row(geometry, cells),
            RowSink::Values(file) => file.write_row(cells),
            RowSink::Memory(rows) => {
                let cells = cells.iter().map(|cell| cell.clone().into_owned()).collect();
                rows.push((geometry.cloned(), cells));
                Ok(())
            }
            #[cfg(test)]
            RowSink::Nowhere => Ok(()),
        }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// Errors of the system or the encoder.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.sink {
            RowSink::Features(file) => file.finish(),
            RowSink::Values(file) => file.finish(self.rows),
            RowSink::Memory(_) => Ok(()),
            #[cfg(test)]
            RowSink::Nowhere => Ok(()),
        }
    }

    /// Rows of a writer in memory; empty for other writers.
    #[must_use]
    pub(crate) fn into_rows(self) -> Vec<TableRow> {
        match self.sink {
            RowSink::Memory(rows) => rows,
            _ => Vec::new(),
        }
    }

    /// Fault of a row; `None` if the row fits.
    fn row_fault(&self, geometry: Option<&Geometry>, cells: &[CellValue<'_>]) -> Option<RowFault> {
        let columns = &self.table.columns;
        if geometry.is_some_and(Geometry::is_empty)
            || geometry.is_some() != self.table.geometry.is_some()
        {
            let found = format!("{:?}", geometry.map(|g| g.kind));
            return Some(RowFault::Geometry { found, expected: self.table.geometry });
        }
        if let Some(Geometry { kind: Some(ShapeKind::Line), coordinates, .. }) = geometry
            && coordinates.len() < 2
        {
            return Some(RowFault::SinglePosition);
        }
        if cells.len() != columns.len() {
            return Some(RowFault::CellCount { cells: cells.len(), columns: columns.len() });
        }
        let mut pairs = columns.iter().zip(cells);
        let (column, cell) = pairs.find(|(column, cell)| !self.cell_fits(column, cell))?;
        Some(RowFault::Cell {
            column: column.name.clone(),
            kind: column.kind,
            cell: format!("{cell:?}"),
        })
    }

    fn cell_fits(&self, column: &DatasetColumn, cell: &CellValue<'_>) -> bool {
        // Without a declared type a column is stored as text.
        let kind = column.kind.unwrap_or(LogicalType::Text);
        match (kind, cell) {
            (_, CellValue::Null) => !self.table.key.contains(&column.name),
            (LogicalType::Int, CellValue::Int(_)) | (LogicalType::Bool, CellValue::Bool(_)) => true,
            (LogicalType::Float, CellValue::Double(number)) => number.is_finite(),
            (LogicalType::Int | LogicalType::Bool | LogicalType::Float, _) => false,
            (LogicalType::Enum, CellValue::Text(text)) => {
                column.values.is_empty() || column.values.iter().any(|value| value.ko == *text)
            }
            (LogicalType::Year, CellValue::Text(text)) => is_digits(text, 4),
            (LogicalType::Quarter, CellValue::Text(text)) => is_digits(text, 5),
            (LogicalType::Month, CellValue::Text(text)) => is_digits(text, 6),
            (LogicalType::Date, CellValue::Text(text)) => text.len() == 10,
            (LogicalType::DateTime, CellValue::Text(text)) => text.len() >= 16,
            (LogicalType::Time, CellValue::Text(text)) => text.len() == 5,
            (_, CellValue::Text(_)) => true,
            (_, _) => false,
        }
    }
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}
