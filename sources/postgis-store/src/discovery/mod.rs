//! Discovery of tables from the catalogs, which takes no lock on a table.
//!
//! | module | content |
//! |---|---|
//! | `discover` | one poll of the catalogs |
//! | `discovery_result` | its result |
//! | `catalog_queries` | the server, schemas and geometry columns |
//! | `geometry_column`, `type_modifier` | a geometry column and its declared content |
//! | `values_query` | requested tables without geometry |
//! | `readable_columns` | columns that the role may read |
//! | `change_tokens` | the tokens of discovered tables |
//! | `left_out` | notices of tables that are left out |
//! | `unchanged_tables` | reuse of what is known of tables that have not changed |

mod catalog_queries;
mod change_tokens;
pub(crate) mod discover;
pub(crate) mod discovery_result;
mod geometry_column;
mod left_out;
mod readable_columns;
mod type_modifier;
pub(crate) mod unchanged_tables;
mod values_query;
