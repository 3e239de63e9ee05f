//! The data directory: which layers it holds now, and their sources.
//!
//! [`DataDirectory`] reads the catalog and loads every dataset; [`Snapshot`] is
//! what it found at one moment, immutable, so that a request sees one state
//! from start to end. [`DataDirectory::refresh`] looks again and publishes a new
//! snapshot when something changed.

mod backoff;
mod datasets;
mod directory;
mod look;
mod publish;
mod snapshot;

pub use directory::{DataDirectory, LibraryError, LibraryOptions};
pub use snapshot::{LayerState, PublishedLayer, Snapshot};
