//! Any bytes as a PMTiles archive: its tiles and some past its last zoom, or errors.
//! Where they begin with `T`, the rest is the one tile of a sound archive.
#![no_main]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use data_model::{Audience, Extent, LayerId, TileCoord, Zoom};
use libfuzzer_sys::fuzz_target;
use pmtiles_source::{PmtilesArchive, ArchiveSource, WholeArchive};
use tile_source::workers::{WorkerPermit, TileWorkers, WorkerOptions};
use tile_source::{Selection, TileRequest, TileSource};
use vector_tile::fragment::DeflateLevel;

fn path() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a temporary folder"));
    folder.path().join("fuzz.pmtiles")
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().max_blocking_threads(1).build().expect("a runtime")
    })
}

/// An archive of one plain tile at zoom 0.
fn around(tile: &[u8]) -> Vec<u8> {
    let mut directory = vec![1, 0, 1];
    let mut length = tile.len();
    while length >= 0x80 {
        directory.push(length as u8 | 0x80);
        length >>= 7;
    }
    directory.extend([length as u8, 1]);
    let root = directory.len() as u64;
    let tiles = 127 + root;
    let mut out = b"PMTiles\x03".to_vec();
    for number in [127, root, tiles, 0, tiles, 0, tiles, tile.len() as u64, 1, 1, 1] {
        out.extend(u64::to_le_bytes(number));
    }
    out.extend([1, 1, 1, 1, 0, 0]);
    out.resize(127, 0);
    [out.as_slice(), &directory, tile].concat()
}

fuzz_target!(|bytes: &[u8]| {
    let archive = match bytes.split_first() {
        Some((b'T', tile)) => around(tile),
        _ => bytes.to_vec(),
    };
    std::fs::write(path(), archive).expect("a temporary file");
    let Ok(archive) = PmtilesArchive::open(&path()) else { return };
    let archive = Arc::new(archive);
    let (first, last) = archive.zooms();
    let deflate_level = DeflateLevel::DEFAULT;
    let workers =
        Arc::new(TileWorkers::new(WorkerOptions { concurrent: 1, queued: 9, deflate_level }));
    let (Ok(id), extent) = (LayerId::new("fuzz"), Extent::DEFAULT) else { return };
    let whole = WholeArchive { id, min_zoom: None, max_zoom: Some(Zoom::MAX), extent, buffer: 64 };
    let Ok(source) = ArchiveSource::whole(archive, whole, workers) else { return };
    for zoom in [first.get(), last.get(), last.get().saturating_add(3).min(24)] {
        for (x, y) in [(0, 0), ((1 << zoom) / 2, (1 << zoom) / 2)] {
            let Ok(tile) = TileCoord::new(zoom, x, y) else { continue };
            let request = TileRequest {
                tile,
                audience: Audience::Public,
                selection: Selection::default(),
                deadline: Instant::now() + Duration::from_secs(60),
                permit: WorkerPermit::default(),
            };
            let _ = runtime().block_on(source.fragment(&request));
            if let Some(stored) = source.stored(&request) {
                let _ = runtime().block_on(stored);
            }
        }
    }
});
