//! Columns, with or without geometry, that a table scan requests.

use crate::relation::geometry_table::GeometryTable;
use crate::relation::stored_text::StoredEncoding;
use crate::relation::table_column::TableColumn;
use crate::relation::table_column::select_list;
use crate::relation::values_table::ValuesTable;
use crate::rows::row_reader::RowReader;
use data_model::feature::FeatureSchema;

/// Relation, query and columns of a scan.
pub(crate) struct ScanQuery<'a> {
    /// Schema and table, for people.
    pub(crate) name: String,
    /// Query for the geometry, or a null for none, and then the columns.
    pub(crate) sql: String,
    pub(crate) schema: FeatureSchema,
    pub(crate) columns: &'a [TableColumn],
    pub(crate) encoding: StoredEncoding,
    /// The table; `None` without geometry.
    table: Option<&'a GeometryTable>,
    /// Whether the digest is independent of the rows' order.
    pub(crate) unordered: bool,
}

impl<'a> ScanQuery<'a> {
    pub(crate) fn of(table: &'a GeometryTable) -> Self {
        let (list, relation) = (table.select_list(table.columns.iter()), table.source_sql());
        Self {
            name: table.full_name(),
            sql: format!("SELECT {list} FROM {relation}"),
            schema: table.scan_schema(),
            columns: &table.columns,
            encoding: table.fetching.encoding,
            table: Some(table),
            unordered: table.id_column.is_some(),
        }
    }

    pub(crate) fn of_values(table: &'a ValuesTable) -> Self {
        let no_geometry = "NULL::bytea".to_owned();
        let list = select_list(no_geometry, table.columns.iter());
        Self {
            name: table.full_name(),
            sql: format!("SELECT {list} FROM {}", table.source_sql()),
            schema: table.scan_schema(),
            columns: &table.columns,
            encoding: table.fetching.encoding,
            table: None,
            unordered: true,
        }
    }

    pub(crate) fn reader(&self) -> RowReader {
        match self.table {
            Some(table) => RowReader::new(table, self.columns.iter()),
            None => RowReader::without_geometry(self.columns, self.encoding),
        }
    }

    /// Quoted name of the schema of PostGIS; empty without geometry.
    pub(crate) fn extension(&self) -> &str {
        self.table.map_or("", |table| &table.extension)
    }
}
