//! Layers of the data directory and the database, with their sources.
//!
//! [`DataDirectory`] reads the catalog and loads every dataset, from files immediately and
//! from database tables in the background. [`Snapshot`] is its immutable state at one
//! moment, so that a request sees one state from start to end. [`DataDirectory::refresh`]
//! checks for changes and publishes a new snapshot if there are any.

#![forbid(unsafe_code)]

mod archive_downloads;
mod archives;
mod backoff;
mod catalogued;
mod datasets;
mod declared;
mod derivations;
mod directory;
mod directory_listing;
mod figure_worker;
mod figures;
mod inputs;
mod inventory;
mod load_plan;
mod loading;
mod log_once;
mod no_data;
mod notices;
mod options;
mod origin;
mod parallel;
mod publish;
mod refresh_schedule;
mod schemas;
mod snapshot;
mod table_loader;
mod union;
mod view;

pub use directory::DataDirectory;
pub use options::{DatabaseTables, LibraryError, LibraryOptions};
pub use schemas::DatabaseSchemas;
pub use snapshot::{LayerForm, LayerState, PublishedLayer, RawArchive, Snapshot};

pub use data_model::time_label::{form_of, slice_at};
