//! Result of one poll of the catalogs.

use std::collections::BTreeSet;

use crate::relation::geometry_table::GeometryTable;
use crate::relation::stored_text::OddTexts;
use crate::relation::values_table::ValuesTable;

/// Result of one poll of the catalogs.
#[derive(Debug, Default)]
pub(crate) struct DiscoveryResult {
    pub(crate) tables: Vec<DiscoveredTable>,
    /// Requested tables without geometry.
    pub(crate) values: Vec<ValuesTable>,
    /// Notices for the operator, logged once each: tables that may not be read, types that are
    /// left out.
    pub(crate) notices: BTreeSet<String>,
    /// Schemas, tables and texts that can't be used, and what to do: one line for each.
    pub(crate) notes: Vec<String>,
    /// Quoted name of the schema of PostGIS.
    pub(crate) extension: String,
}

/// A table, and the oid by which the server is asked about it.
#[derive(Debug)]
pub(crate) struct DiscoveredTable {
    pub(crate) oid: u32,
    pub(crate) table: GeometryTable,
    /// Texts of the table that are not UTF-8.
    pub(super) texts: OddTexts,
}
