//! Columns, with or without geometry, that a table scan requests.

use super::column::TableColumn;
use super::row::RowReader;
use super::stored_text::StoredEncoding;
use super::table::{GeometryTable, select};
use super::values::ValuesTable;
use data_model::feature::FeatureSchema;

/// Relation, query and columns of a scan.
pub(super) struct ScanQuery<'a> {
    /// Schema and table, for people.
    pub(super) name: String,
    /// Query for the geometry, or a null for none, and then the columns.
    pub(super) query: String,
    pub(super) schema: FeatureSchema,
    pub(super) columns: &'a [TableColumn],
    pub(super) encoding: StoredEncoding,
    /// The table; `None` without geometry.
    table: Option<&'a GeometryTable>,
    /// Whether the digest is independent of the rows' order.
    pub(super) unordered: bool,
}

impl<'a> ScanQuery<'a> {
    pub(super) fn of(table: &'a GeometryTable) -> Self {
        let (list, relation) = (table.select_list(table.columns.iter()), table.source_sql());
        Self {
            name: table.full_name(),
            query: format!("SELECT {list} FROM {relation}"),
            schema: table.scan_schema(),
            columns: &table.columns,
            encoding: table.fetching.encoding,
            table: Some(table),
            unordered: table.id_column.is_some(),
        }
    }

    pub(super) fn of_values(table: &'a ValuesTable) -> Self {
        let nothing = "NULL::bytea".to_owned();
        let list = select(nothing, table.columns.iter());
        Self {
            name: table.full_name(),
            query: format!("SELECT {list} FROM {}", table.source_sql()),
            schema: table.scan_schema(),
            columns: &table.columns,
            encoding: table.fetching.encoding,
            table: None,
            unordered: true,
        }
    }

    pub(super) fn reader(&self) -> RowReader {
        match self.table {
            Some(table) => RowReader::new(table, self.columns.iter()),
            None => RowReader::without_geometry(self.columns, self.encoding),
        }
    }

    /// Quoted name of the schema of PostGIS; empty without geometry.
    pub(super) fn extension(&self) -> &str {
        self.table.map_or("", |table| &table.extension)
    }
}
