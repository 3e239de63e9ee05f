//! Reuse of what is known of a table that has not changed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::relation::geometry_table::GeometryTable;
use crate::relation::values_table::ValuesTable;

/// Carries over what costs more than a poll of the catalogs: size, bounds, exactness of ids.
pub(crate) fn carry_over(new: &mut GeometryTable, old: &GeometryTable) {
    new.bytes_on_disk = old.bytes_on_disk;
    new.estimated_bounds = old.estimated_bounds;
    new.ids_are_exact = old.ids_are_exact.filter(|_| new.change_token == old.change_token);
}

/// Keeps the objects of tables that have not changed.
pub(crate) fn shared_values(
    found: Vec<ValuesTable>,
    before: &[Arc<ValuesTable>],
) -> Vec<Arc<ValuesTable>> {
    let known = |table: &ValuesTable| before.iter().find(|old| ***old == *table).cloned();
    found.into_iter().map(|table| known(&table).unwrap_or_else(|| Arc::new(table))).collect()
}

/// Keeps the objects of tables that have not changed.
pub(crate) fn shared(
    found: Vec<GeometryTable>,
    before: &[Arc<GeometryTable>],
) -> Vec<Arc<GeometryTable>> {
    let known: HashMap<_, _> = before
        .iter()
        .map(|table| ((&table.schema, &table.name, &table.geometry_column), table))
        .collect();
    found
        .into_iter()
        .map(|table| match known.get(&(&table.schema, &table.name, &table.geometry_column)) {
            Some(old) if ***old == table => Arc::clone(old),
            _ => Arc::new(table),
        })
        .collect()
}
