//! Inventory of a database, and its availability.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::relation::geometry_table::GeometryTable;
use crate::relation::relation_name::RelationName;
use crate::relation::values_table::ValuesTable;

/// Availability of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseState {
    /// The database has not been polled yet.
    Starting,
    /// The database answers.
    Up,
    /// The database can't be used now.
    Lost {
        /// Reason, and what to do; without address or credentials.
        reason: String,
    },
}

/// Inventory of a database at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseInventory {
    /// Availability of the database.
    pub state: DatabaseState,
    /// Whether the database ever answered; if not, its tables are not known.
    pub complete: bool,
    /// Tables, by schema in the order of the options, then by name and by position of the
    /// geometry column in the table. While the database is lost, the tables of before. A table
    /// that has not changed is the same object in the next inventory.
    pub tables: Vec<Arc<GeometryTable>>,
    /// Requested tables without geometry, by schema in the order of the options, then by name.
    /// Never published by themselves.
    pub values: Vec<Arc<ValuesTable>>,
    /// Names requested in the last successful poll: `values` are all tables of these names, and
    /// nothing is known of other names.
    pub requested: Arc<BTreeSet<RelationName>>,
    /// Notes on parts that can't be used while the rest can, such as a missing schema, and what
    /// to do. Empty while the database is lost.
    pub notes: Vec<String>,
}

/// Result of one poll of the catalogs.
pub(crate) struct CatalogPoll {
    pub(crate) tables: Vec<Arc<GeometryTable>>,
    pub(crate) values: Vec<Arc<ValuesTable>>,
    /// Names by which `values` were looked for.
    pub(crate) requested: Arc<BTreeSet<RelationName>>,
    pub(crate) notes: Vec<String>,
}
