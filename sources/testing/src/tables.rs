//! A data library with the tables of a test.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_library::Snapshot;
use data_library::{DataLibrary, DatabaseSchemas, DatabaseTables, LibraryOptions};
use data_model::Audience;
use postgis_store::PostgisDatabase;
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::fragment::DeflateLevel;

use super::database::{PATIENCE, ScratchSchema};

pub const MEMORY: u64 = 64 << 20;

pub fn workers() -> Arc<TileWorkers> {
    let deflate_level = DeflateLevel::DEFAULT;
    Arc::new(TileWorkers::new(WorkerOptions { concurrent: 1, queued: 1, deflate_level }))
}

pub fn open(
    folder: &Path,
    database: Arc<PostgisDatabase>,
    schemas: DatabaseSchemas,
    memory: u64,
) -> DataLibrary {
    let options = LibraryOptions {
        publish_uncatalogued: false,
        folder_is_optional: true,
        workers: workers(),
        database: Some(DatabaseTables { database, schemas, memory }),
    };
    DataLibrary::open(folder, options).unwrap()
}

/// The library with every table of the scratch schema published.
pub fn published(scratch: &ScratchSchema, folder: &Path, memory: u64) -> DataLibrary {
    let schemas = DatabaseSchemas { publish: vec![scratch.schema.clone()], datasets: Vec::new() };
    open(folder, scratch.database(), schemas, memory)
}

pub fn ids(snapshot: &Snapshot, audience: Audience) -> Vec<String> {
    snapshot.layers(audience).map(|layer| layer.id.as_str().to_owned()).collect()
}

/// Refreshes until the snapshot meets a condition.
pub fn wait(library: &DataLibrary, what: &str, wanted: impl Fn(&Snapshot) -> bool) {
    let until = Instant::now() + PATIENCE;
    while !wanted(&library.snapshot()) {
        let known = ids(&library.snapshot(), Audience::Staff);
        let faults = library.snapshot().faults().to_vec();
        assert!(Instant::now() < until, "{what} has not come: {known:?} {faults:?}");
        library.refresh();
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn features(snapshot: &Snapshot, id: &str) -> Option<u64> {
    snapshot.layer(id, Audience::Staff)?.source()?.description().feature_count
}
