//! Relations as discovered: tables with and without geometry, their columns and CRS.
//!
//! | module | content |
//! |---|---|
//! | `relation`, `relation_kind`, `relation_name` | properties that all tables share |
//! | `geometry_table` | a geometry column of a table: a feature store |
//! | `values_table` | a table without geometry |
//! | `table_column` | attributes, by PostgreSQL type |
//! | `srid_crs` | projections by SRID |
//! | `stored_text` | text of databases that are not in UTF-8 |
//! | `column_naming`, `sql_name` | relations and columns in SQL |

pub(crate) mod column_naming;
pub(crate) mod geometry_table;
#[allow(clippy::module_inception, reason = "the folder is named after its main type")]
pub(crate) mod relation;
pub(crate) mod relation_kind;
pub(crate) mod relation_name;
pub(crate) mod sql_name;
pub(crate) mod srid_crs;
pub(crate) mod stored_text;
pub(crate) mod table_column;
pub(crate) mod values_table;
