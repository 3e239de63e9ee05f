//! Columns of declared datasets: ids, forms and types.

use std::collections::BTreeMap;

use catalog::{Dataset, DatasetColumn, LogicalType};
use data_model::feature::{Column, ColumnType};
use postgis_store::GeometryTable;
use vector_tile::features::ColumnForm;

/// Primary key of the tables that this program writes: the row number in the source file.
pub(crate) const ROW_NUMBER: &str = "fid";

/// Feature id column of a table.
///
/// A key that is not declared, or that is hidden or banded for the public, is published
/// only if it is [`ROW_NUMBER`], the row number that `load` and `import` assign.
pub(crate) fn id_column(dataset: &Dataset, table: &GeometryTable) -> Option<String> {
    let key = table.id_column.as_ref().filter(|key| {
        let is_limited = dataset.hides(key) || dataset.bands(key);
        let is_declared = dataset.columns.is_empty() || dataset.column(key).is_some();
        *key == ROW_NUMBER || is_declared && !is_limited
    });
    dataset.id_column.clone().or_else(|| key.cloned())
}

/// Column form that the declared type requires, if any.
pub(crate) fn declared_form(column: &DatasetColumn) -> Option<ColumnForm> {
    match column.kind? {
        LogicalType::Code | LogicalType::Text | LogicalType::Enum => Some(ColumnForm::Text),
        kind if kind.is_number() => Some(ColumnForm::Number),
        // A year may be either.
        _ => None,
    }
}

/// Declared forms of the columns whose type requires one.
pub(crate) fn declared_forms(columns: &[DatasetColumn]) -> BTreeMap<String, ColumnForm> {
    let forms = columns.iter().filter_map(|column| {
        let form = declared_form(column)?;
        Some((column.name.clone(), form))
    });
    forms.collect()
}

/// A published column of a union, taken from the dataset's column `stored`.
pub(crate) fn union_column(dataset: &Dataset, name: &str, stored: &str) -> Column {
    let declared = dataset.column(stored);
    let kind = match declared.and_then(|column| column.kind) {
        Some(LogicalType::Int) => ColumnType::Int,
        Some(LogicalType::Float) => ColumnType::Double,
        Some(LogicalType::Bool) => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    let title = declared.map(|column| column.title.ko.clone());
    Column { name: name.to_owned(), kind, title, description: None }
}
