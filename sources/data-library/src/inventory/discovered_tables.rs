//! Tables of the database at one moment.

use std::sync::Arc;

use super::no_data::NoData;
use super::table_names::{names_table, relation_name};
use crate::database::schemas::DatabaseSchemas;
use catalog::TableName;
use postgis_store::{DatabaseInventory, GeometryTable, ValuesTable};

/// Result of the last poll of the database, and the schemas to look tables up in.
#[derive(Clone, Copy)]
pub(crate) struct DiscoveredTables<'h> {
    pub(crate) poll: &'h DatabaseInventory,
    pub(crate) schemas: &'h DatabaseSchemas,
}

/// A table that is published without a catalog, with the names to derive ids from.
pub(crate) struct PublishedTable<'h> {
    pub(crate) table: &'h Arc<GeometryTable>,
    /// Name of the layer: the dataset's, and the column unless it is the table's first
    /// geometry.
    pub(crate) layer: String,
    /// Name of the dataset: the table's in the first published schema, prefixed by the
    /// schema in others.
    pub(crate) dataset: String,
}

impl<'h> DiscoveredTables<'h> {
    /// Finds a table with a geometry column.
    ///
    /// A table that the role may not read is missing too, as the database does not list it.
    pub(crate) fn geometry_table(
        &self,
        name: &TableName,
    ) -> Result<&'h Arc<GeometryTable>, NoData> {
        let order = self.schemas.lookup_order(name)?;
        let matches = |table: &&Arc<GeometryTable>| {
            names_table(name, table)
                && name.column.as_ref().is_none_or(|column| *column == table.geometry_column)
        };
        // Geometry columns are in table order: the first match is used.
        let rank =
            |table: &&Arc<GeometryTable>| order.iter().position(|schema| *schema == table.schema);
        let table = self.poll.tables.iter().filter(matches).min_by_key(rank);
        table.ok_or_else(|| match self.poll.complete {
            true => NoData::Missing(format!(
                "the database has no table {name} with a geometry that may be read"
            )),
            false => NoData::not_discovered(&self.poll.state),
        })
    }

    /// Finds a table without geometry.
    pub(crate) fn values_table(&self, name: &TableName) -> Result<&'h Arc<ValuesTable>, NoData> {
        let order = self.schemas.lookup_order(name)?;
        let poll = self.poll;
        let matches = |schema: &String, table: &String| {
            *table == name.table && name.schema.as_ref().is_none_or(|named| named == schema)
        };
        let tables = poll.values.iter().filter(|table| matches(&table.schema, &table.name));
        let rank = |table: &&Arc<ValuesTable>| order.iter().position(|s| *s == table.schema);
        tables.min_by_key(rank).ok_or_else(|| {
            if !poll.requested.contains(&relation_name(name)) {
                return NoData::not_discovered(&poll.state);
            }
            if poll.tables.iter().any(|table| matches(&table.schema, &table.name)) {
                return NoData::Unavailable(format!(
                    "table {name} has a geometry column, and values have none; name another, or \
                     drop that column"
                ));
            }
            let reason =
                format!("the database has no table {name} without geometry that may be read");
            NoData::Missing(reason)
        })
    }

    /// Tables that are published without a catalog, in the order of the published schemas.
    ///
    /// A layer keeps its name when other tables appear.
    pub(crate) fn published_tables(
        &self,
        claimed: impl Fn(&GeometryTable) -> bool,
    ) -> Vec<PublishedTable<'h>> {
        let mut ranked: Vec<(usize, PublishedTable<'h>)> = Vec::new();
        for table in self.poll.tables.iter().filter(|table| !claimed(table)) {
            let mut schemas = self.schemas.publish.iter();
            let Some(rank) = schemas.position(|schema| *schema == table.schema) else {
                continue;
            };
            let is_first = ranked.iter().all(|(_, other)| {
                (&other.table.schema, &other.table.name) != (&table.schema, &table.name)
            });
            let dataset = match rank {
                0 => table.name.clone(),
                _ => format!("{}-{}", table.schema, table.name),
            };
            let column = &table.geometry_column;
            let layer = if is_first { dataset.clone() } else { format!("{dataset}-{column}") };
            ranked.push((rank, PublishedTable { table, layer, dataset }));
        }
        ranked.sort_by_key(|&(rank, _)| rank);
        ranked.into_iter().map(|(_, table)| table).collect()
    }
}
