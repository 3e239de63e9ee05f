//! A database: its current inventory, kept up to date by a watcher.
//!
//! | module | content |
//! |---|---|
//! | `database` | start, current inventory, connections |
//! | `inventory` | tables of a database, and its availability |
//! | `shared_state` | state that the watcher shares with scans and live tiles |
//! | `watcher` | polls the catalogs again and again |
//! | `measurements` | sizes, ids and bounds of tables |
//! | `row_reports` | reports on rows that can't be drawn |
//! | `byte_budget` | memory that all live tiles share |

pub(crate) mod byte_budget;
#[allow(clippy::module_inception, reason = "the folder is named after its main type")]
mod database;
pub(crate) mod inventory;
mod measurements;
pub(crate) mod row_reports;
pub(crate) mod shared_state;
mod watcher;

pub use database::PostgisDatabase;
