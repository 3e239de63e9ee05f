//! Layers of the data directory and the database, with their sources.
//!
//! [`DataDirectory`] reads the catalog and loads every dataset, from files immediately and
//! from database tables in the background. [`Snapshot`] is its immutable state at one
//! moment, so that a request sees one state from start to end. [`DataDirectory::refresh`]
//! checks for changes and publishes a new snapshot if there are any.

#![forbid(unsafe_code)]

mod archive_downloads;
mod archive_states;
mod catalogued;
mod declaration_history;
mod directory;
mod directory_listing;
mod feature_origin;
mod inputs;
mod inventory;
mod load_plan;
mod loading;
mod measure_results;
mod measure_tables;
mod measure_worker;
mod no_data;
mod notices;
mod options;
mod parallel;
mod publish;
mod published_view;
mod refresh_schedule;
mod schemas;
mod snapshot;
mod table_loader;
mod table_states;
mod union;

pub use directory::DataDirectory;
pub use options::{DatabaseTables, LibraryError, LibraryOptions};
pub use schemas::DatabaseSchemas;
pub use snapshot::{LayerForm, LayerState, PublishedLayer, RawArchive, Snapshot};
