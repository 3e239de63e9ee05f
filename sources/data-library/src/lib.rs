//! The data directory and the database: which layers they hold now, and their sources.
//!
//! [`DataDirectory`] reads the catalog and loads every dataset, from files at once
//! and from tables of the database in the background; [`Snapshot`] is
//! what it found at one moment, immutable, so that a request sees one state
//! from start to end. [`DataDirectory::refresh`] looks again and publishes a new
//! snapshot when something changed.

#![forbid(unsafe_code)]

mod archives;
mod backoff;
mod catalogued;
mod datasets;
mod declared;
mod derivations;
mod directory;
mod figure_worker;
mod figures;
mod holdings;
mod inputs;
mod loading;
mod look;
mod no_data;
mod notices;
mod options;
mod origin;
mod pace;
mod parallel;
mod plan;
mod publish;
mod raw;
mod said;
mod schemas;
mod snapshot;
mod table_loader;
mod union;
mod view;

pub use directory::DataDirectory;
pub use options::{DatabaseTables, LibraryError, LibraryOptions};
pub use schemas::Schemas;
pub use snapshot::{LayerForm, LayerState, PublishedLayer, RawArchive, Snapshot};

pub use data_model::time_label::{form_of, slice_at};
