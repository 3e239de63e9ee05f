//! Tables of a PostGIS database as feature stores.
//!
//! A [`PostgisDatabase`] is watched in the background: its tables, and whether their rows may have
//! changed, are known at any moment without a query, as a [`DatabaseInventory`]. A [`GeometryTable`] is one
//! geometry column of a table, view, materialized view, foreign or partitioned table.
//! [`PostgisDatabase::scan`] reads one as a whole into a feature table; a [`LiveSource`] queries the
//! rows of each tile anew.
//!
//! A [`ValuesTable`] has no geometry: its rows refer to features by a key. Such a table is
//! found only if its name is requested ([`PostgisDatabase::request_values`]), and is never one of the
//! tables that may become layers.
//!
//! Only catalogs, rows and their geometry as stored are queried: projecting, simplifying and
//! encoding are done here, the same for tables as for files. Nothing is written but by the
//! [`writer`], and no raster is read.
//!
//! | module | content |
//! |---|---|
//! | [`connection`] | the URL, TLS, transactions, errors of the server |
//! | [`relation`] | tables, columns, CRS and texts as discovered |
//! | [`discovery`] | tables, from the catalogs |
//! | [`change_token`] | detection of changes |
//! | [`database`] | the inventory of a database, kept up to date |
//! | [`rows`] | the binary formats of rows and geometry |
//! | [`scan`] | a table read as a whole |
//! | [`live`] | tiles of a table as it is now |
//! | [`writer`] | datasets into tables |

#![forbid(unsafe_code)]
#![allow(rustdoc::private_intra_doc_links, reason = "the table of contents names private rooms")]

pub mod change_token;
mod connection;
mod database;
mod discovery;
pub mod live;
mod relation;
mod rows;
mod scan;
pub mod writer;

pub use change_token::TableChangeToken;
pub use connection::connection_fault;
pub use connection::options::{DatabaseError, DatabaseOptions};
pub use database::PostgisDatabase;
pub use database::inventory::{DatabaseInventory, DatabaseState};
pub use live::{LiveError, LiveSource};
pub use relation::column_naming::FetchOptions;
pub use relation::geometry_table::{GeometryTable, SpatialType};
pub use relation::relation::Relation;
pub use relation::relation_kind::TableKind;
pub use relation::relation_name::RelationName;
pub use relation::table_column::TableColumn;
pub use relation::values_table::ValuesTable;
pub use rows::row_reader::{MisplacedRow, UnreadTexts};
pub use rows::{copy, ewkb};
pub use scan::ScanSummary;
