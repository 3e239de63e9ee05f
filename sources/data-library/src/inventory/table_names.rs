//! Names of the tables that contain a catalog's data.

use std::collections::BTreeSet;

use catalog::{Catalog, Dataset, Layer, LayerContent, TableName, VALUES_SUFFIX};
use postgis_store::{GeometryTable, RelationName};

/// Names of the tables that may contain the values of a catalog's datasets.
pub(crate) fn values_tables(catalog: &Catalog) -> BTreeSet<RelationName> {
    let table = |dataset: &Dataset| {
        let name = dataset.values_name()?;
        let by_name = RelationName { schema: None, table: name };
        Some(dataset.values_table().map_or(by_name, relation_name))
    };
    catalog.all_datasets().filter_map(table).collect()
}

/// Whether a table contains a declared dataset's values, by its name; such a table is never
/// a layer.
pub(crate) fn is_values_table(catalog: &Catalog, table: &GeometryTable) -> bool {
    let by_name = |dataset: &Dataset| {
        let stem = dataset.values_name();
        stem.is_some_and(|stem| stem == table.name)
            || dataset.values_table().is_some_and(|name| names_table(name, table))
    };
    table.name.strip_suffix(VALUES_SUFFIX).is_some_and(|id| catalog.dataset(id).is_some())
        || catalog.all_datasets().any(by_name)
}

/// Whether a declared name, with or without a schema, is that of a table.
pub(crate) fn names_table(name: &TableName, table: &GeometryTable) -> bool {
    name.table == table.name && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
}

/// The name as the database watcher takes it.
pub(crate) fn relation_name(name: &TableName) -> RelationName {
    RelationName { schema: name.schema.clone(), table: name.table.clone() }
}

/// Whether a layer shows a result that was prepared outside this program.
pub(crate) fn is_prepared(layer: &Layer) -> bool {
    matches!(layer.content, LayerContent::Prepared { .. })
}

/// Table name of a prepared layer: its id, as `load` names a table after its file.
pub(crate) fn prepared_table(layer: &Layer) -> TableName {
    TableName { schema: None, table: layer.id.as_str().to_owned(), column: None }
}
