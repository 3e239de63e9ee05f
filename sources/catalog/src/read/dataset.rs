//! Parsing of `datasets/<field>.toml`: a field and its datasets.

use super::entry::{TomlTable, check_text};
use super::{CatalogDeclarations, DeclaredDataset};
use crate::declaration::SubjectField;
use crate::{Dataset, DatasetColumn, LocalizedText, TableName, TimeValues};
use data_model::feature::GeometryKind;
use data_model::{DatasetId, FieldId};

impl CatalogDeclarations {
    /// Parses a file of `datasets/`.
    pub(super) fn read_field(&mut self, field: FieldId, mut file: TomlTable<'_>) {
        let title = file.need_text("title").unwrap_or_default();
        for entry in file.tables("dataset") {
            self.datasets.extend(read_dataset(&field, entry));
        }
        file.finish();
        self.fields.push(SubjectField { id: field, title });
    }
}

/// Parses a dataset; `None` if it has no id.
pub(super) fn read_dataset(field: &FieldId, mut entry: TomlTable<'_>) -> Option<DeclaredDataset> {
    let place = entry.place().clone();
    let id = entry.need::<DatasetId>("id", "name the file that holds it, without .fgb");
    let title = entry.need_text("title").unwrap_or_else(|| LocalizedText::same("?"));
    let geometry = entry.need::<GeometryKind>("geometry", "write point, line or polygon");
    let table = table_name(&mut entry);
    let (columns, mut torn) = columns(&mut entry);
    let (values, values_torn) = entry.table("values").map(read_values).unzip();
    torn |= values_torn.unwrap_or_default();
    let dataset = id.map(|id| Dataset {
        description: entry.text("description"),
        table,
        offer_archive: entry.take("offer_archive").unwrap_or_default(),
        attribution: entry.take("attribution"),
        source: entry.text("source"),
        update: entry.take("update"),
        sensitivity: entry.take("sensitivity").unwrap_or_default(),
        privacy: entry.list("privacy").unwrap_or_default(),
        expected_count: entry.take("expected_count"),
        min_width_m: entry.take("min_width_m"),
        id_column: entry.take("id_column"),
        key: entry.list("key").unwrap_or_default(),
        search: entry.list("search").unwrap_or_default(),
        search_en: entry.list("search_en").unwrap_or_default(),
        address: entry.take("address"),
        time: entry.take("time"),
        feature_dataset: entry.take("feature_dataset"),
        parent_areas: entry.take("parent_areas"),
        columns,
        values,
        ..Dataset::new(id, field.clone(), title, geometry.unwrap_or(GeometryKind::Mixed))
    });
    // Without an id, the remaining keys have not been consumed.
    if dataset.is_some() {
        entry.finish();
    }
    dataset.map(|dataset| DeclaredDataset { place, dataset, torn })
}

fn read_values(mut entry: TomlTable<'_>) -> (TimeValues, bool) {
    let key = entry.need("key", "name the column that says which feature a row is about");
    let (columns, torn) = columns(&mut entry);
    let values = TimeValues {
        key: key.unwrap_or_default(),
        time: entry.take("time"),
        hour: entry.take("hour"),
        period: entry.take("period"),
        retained_periods: entry.take("retained_periods"),
        table: table_name(&mut entry),
        columns,
    };
    entry.finish();
    (values, torn)
}

fn table_name(entry: &mut TomlTable<'_>) -> Option<TableName> {
    let name = entry.take::<String>("table")?;
    match name.parse::<TableName>() {
        Ok(name) => Some(name),
        Err(error) => {
            let remedy = "write table, schema.table or schema.table.column";
            entry.fault("table", error.to_string(), remedy);
            None
        }
    }
}

/// Parses the columns of a table; returns whether one of them could not be read.
pub(super) fn columns(entry: &mut TomlTable<'_>) -> (Vec<DatasetColumn>, bool) {
    let (place, faults) = (entry.place().at("column"), entry.faults());
    let before = faults.count();
    let columns = entry.list::<DatasetColumn>("column").unwrap_or_default();
    let torn = faults.count() > before;
    for (i, column) in columns.iter().enumerate() {
        check_text(faults, &place.item(i).at("title"), &column.title);
        for (j, value) in column.values.iter().enumerate() {
            check_text(faults, &place.item(i).at("values").item(j), value);
        }
    }
    (columns, torn)
}
