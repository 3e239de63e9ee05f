//! Tables of a PostGIS database as feature stores.
//!
//! A [`PostgisDatabase`] is watched in the background: its tables, and whether their rows may have
//! changed, are known at any moment without a query, as a [`DatabaseLook`]. A [`GeometryTable`] is one
//! geometry column of a table, view, materialized view, foreign or partitioned table.
//! [`PostgisDatabase::scan`] reads one as a whole into a feature table; a [`LiveSource`] queries the
//! rows of each tile anew.
//!
//! A [`ValuesTable`] has no geometry: its rows refer to features by a key. Such a table is
//! found only if its name is requested ([`PostgisDatabase::ask_for_values`]), and is never one of the
//! tables that may become layers.
//!
//! Only catalogs, rows and their geometry as stored are queried: projecting, simplifying and
//! encoding are done here, the same for tables as for files. Nothing is written but by the
//! [`writer`], and no raster is read.
//!
//! | module | content |
//! |---|---|
//! | `options` | the URL and limits |
//! | `connector`, `tls`, `url`, `parameters` | connections, and their TLS |
//! | `database`, `watch`, `fault` | inventory of a database, kept up to date |
//! | `discover`, `catalog_queries` | tables, from the catalogs |
//! | `attributes`, `column`, `modifier`, `crs` | attributes and SRIDs, from the catalogs |
//! | `values` | tables without geometry |
//! | [`sign`] | detection of changes |
//! | `stored_text` | text of databases that are not in UTF-8 |
//! | `transaction` | read-only transactions, safe behind a pooler |
//! | `scan`, `selection`, `row` | a table read as a whole |
//! | [`live`], `query`, `budget`, `row_reports` | tiles of a table as it is now |
//! | [`copy`], [`ewkb`] | the two binary formats |
//! | [`writer`] | datasets into tables |

#![forbid(unsafe_code)]

mod attributes;
mod budget;
mod catalog_queries;
pub mod change_token;
mod column;
pub mod connection_fault;
mod connector;
pub mod copy;
mod crs;
mod database;
mod discover;
pub mod ewkb;
mod fault;
pub mod live;
mod measurements;
mod modifier;
mod options;
mod parameters;
mod query;
mod row;
mod row_reports;
mod scan;
mod scan_query;
mod stored_text;
mod table;
mod tls;
mod transaction;
mod url;
mod values;
mod watch;
pub mod writer;

pub use column::TableColumn;
pub use database::{DatabaseLook, DatabaseState, PostgisDatabase};
pub use live::{LiveError, LiveSource};
pub use options::{DatabaseError, DatabaseOptions};
pub use row::{MisplacedRow, UnreadTexts};
pub use scan::ScanSummary;
pub use table::{FetchOptions, GeometryTable, SpatialType, TableKind, TableSign};
pub use values::{RelationName, ValuesTable};
