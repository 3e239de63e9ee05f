//! Snapshots of the layers of a data directory and a database.
//!
//! A [`DataLibrary`] polls a directory, a database and a catalog, and publishes an immutable
//! [`Snapshot`] after each change, so that a request sees one state from start to end. A
//! snapshot is built in these stages:
//!
//! | module | stage |
//! |---|---|
//! | `directory` | lists the data directory |
//! | `database` | takes the newest poll of the database |
//! | `catalog_state` | reloads the catalog |
//! | `inventory` | locates the declared data in files, archives and tables |
//! | `load_plan` | decides the published layers and the data that each requires |
//! | `tables` | loads features, from files at once and from tables in the background |
//! | `measure_results` | computes measures in the background |
//! | `published_layers` | creates the source of each layer |
//! | `snapshot` | looks layers up by id, theme and audience |
//!
//! `library` polls, `snapshot_builder` runs the stages. The other modules schedule retries,
//! run work in parallel, and keep the log free of repetitions.

#![forbid(unsafe_code)]

mod directory;

mod database;

mod catalog_state;

mod inventory;

mod load_plan;

mod tables;

mod measure_results;

mod published_layers;

mod snapshot;

mod library;
mod options;
mod snapshot_builder;

mod parallel;
mod refresh_schedule;

pub use database::schemas::DatabaseSchemas;
pub use database::watched_database::DatabaseTables;
pub use library::DataLibrary;
pub use options::{LibraryError, LibraryOptions};
pub use published_layers::archive_downloads::{ArchiveDownload, ArchiveUnavailable};
pub use published_layers::published_layer::{
    AreaMeasures, LayerAudience, LayerState, PublishedLayer, ValueDistributions,
};
pub use snapshot::Snapshot;
