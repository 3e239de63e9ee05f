//! A data library opened for a test.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use data_library::{DataLibrary, LibraryOptions};
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::fragment::DeflateLevel;

/// Options of a library of files only; datasets without a catalog entry are published
/// too.
pub fn options() -> LibraryOptions {
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 1, queued: 1, deflate_level });
    LibraryOptions {
        publish_uncatalogued: true,
        folder_is_optional: false,
        workers: Arc::new(workers),
        database: None,
    }
}

pub fn open(folder: &Path) -> DataLibrary {
    DataLibrary::open(folder, options()).unwrap()
}
