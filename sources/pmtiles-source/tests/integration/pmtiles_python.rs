//! Archives of real tiles, cut by GDAL and written by PyPI's `pmtiles`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_model::feature::GeometryKind;
use data_model::{Audience, Extent, LayerId, TileCoord, Zoom};
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive};
use rstest::rstest;
use testing::decode::{self, DecodedValue};
use testing::encode::{SEOUL, covering};
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, TileRequest, TileSource};
use vector_tile::fragment::{DeflateLevel, splice};

/// The exit code of a script without its Python packages.
const MISSING: i32 = 77;

fn skip(test: &str, reason: &str) {
    eprintln!("skipped: {test}: {reason}");
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Tiles of the district's dongs, zoom 10 to 13, as GDAL cuts them.
fn cut_tiles(folder: &Path) -> Result<PathBuf, String> {
    let data = std::env::var_os("SHARED_DATA").map(PathBuf::from);
    let data = data.unwrap_or_else(|| repository().join("../shared/data"));
    let file = data.join("boundaries/seongdong_dong_2018.geojson");
    if !file.is_file() {
        return Err("../shared/data is absent".to_owned());
    }
    let tiles = folder.join("tiles");
    let options = ["FORMAT=DIRECTORY", "COMPRESS=NO", "MINZOOM=10", "MAXZOOM=13"];
    let mut command = Command::new("ogr2ogr");
    command.args(["-f", "MVT"]).arg(&tiles).arg(&file).args(["-nln", "dongs"]);
    for option in options {
        command.args(["-dsco", option]);
    }
    match command.output() {
        Ok(done) if done.status.success() => Ok(tiles),
        Ok(done) => Err(format!("ogr2ogr: {}", String::from_utf8_lossy(&done.stderr))),
        Err(_) => Err("ogr2ogr is not installed".to_owned()),
    }
}

/// An archive of the tiles; `None` if Python lacks a package.
fn write(tiles: &Path, path: &Path, arguments: &[&str]) -> Option<PmtilesArchive> {
    let script = repository().join("scripts/check-clients/write-pmtiles.py");
    let done = Command::new("python3").arg(script).arg(tiles).arg(path).args(arguments).output();
    let done = done.ok()?;
    if done.status.code() == Some(MISSING) {
        return None;
    }
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(PmtilesArchive::open(path).unwrap_or_else(|error| panic!("{error}")))
}

/// The tiles that GDAL wrote, with their bytes.
fn written(tiles: &Path) -> Vec<(TileCoord, Vec<u8>)> {
    let number =
        |path: &Path| -> u32 { path.file_stem().unwrap().to_str().unwrap().parse().unwrap() };
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_none_or(|ending| ending != "json")).collect()
    };
    let mut found = Vec::new();
    for z in folders(tiles) {
        for x in folders(&z) {
            for y in folders(&x) {
                let tile = TileCoord::new(number(&z) as u8, number(&x), number(&y)).unwrap();
                found.push((tile, std::fs::read(y).unwrap()));
            }
        }
    }
    found
}

#[rstest]
#[ignore = "needs SHARED_DATA: see CONTRIBUTING"]
#[case::plain("none", false)]
#[case::gzip("gzip", false)]
#[case::brotli("brotli", false)]
#[case::zstd("zstd", false)]
#[case::leaf_directories("none", true)]
fn every_tile_is_as_gdal_cut_it(#[case] compression: &str, #[case] leaves: bool) {
    let folder = tempfile::tempdir().unwrap();
    let tiles = match cut_tiles(folder.path()) {
        Ok(tiles) => tiles,
        Err(reason) => return skip("every_tile_is_as_gdal_cut_it", &reason),
    };
    let path = folder.path().join("dongs.pmtiles");
    let mut arguments = vec!["--compression", compression];
    arguments.extend(leaves.then_some("--leaves"));
    let Some(archive) = write(&tiles, &path, &arguments) else {
        return skip("every_tile_is_as_gdal_cut_it", "a Python package is missing");
    };
    let expected = written(&tiles);
    assert!(expected.len() > 4);
    for (tile, bytes) in expected {
        assert_eq!(archive.tile(tile).unwrap(), Some(bytes), "{tile}");
    }
    assert_eq!(archive.tile(TileCoord::new(12, 0, 0).unwrap()).unwrap(), None);
    if leaves {
        let first = archive.tile(TileCoord::new(8, 0, 0).unwrap()).unwrap().unwrap();
        let last = archive.tile(TileCoord::new(8, 255, 0).unwrap()).unwrap().unwrap();
        assert_eq!((first[0], last[0]), (0x82, 0x82));
        assert_ne!(first, last);
    } else {
        let layer = &archive.layers()[0];
        assert_eq!((layer.name.as_str(), layer.geometry), ("dongs", GeometryKind::Polygon));
        assert_eq!((layer.min_zoom.get(), layer.max_zoom.get()), (10, 13));
        assert!(!layer.columns.is_empty());
    }
}

/// The attributes of each feature.
fn attributes(tile: &[u8]) -> BTreeSet<String> {
    let layers = decode::tile(tile);
    let of = |tags: &std::collections::BTreeMap<String, DecodedValue>| format!("{tags:?}");
    layers.iter().flat_map(|layer| &layer.features).map(|feature| of(&feature.tags)).collect()
}

#[tokio::test]
#[ignore = "needs SHARED_DATA: see CONTRIBUTING"]
async fn features_survive_with_all_they_have_at_every_zoom() {
    const NAME: &str = "features_survive_with_all_they_have_at_every_zoom";
    let folder = tempfile::tempdir().unwrap();
    let tiles = match cut_tiles(folder.path()) {
        Ok(tiles) => tiles,
        Err(reason) => return skip(NAME, &reason),
    };
    let Some(archive) = write(&tiles, &folder.path().join("dongs.pmtiles"), &[]) else {
        return skip(NAME, "a Python package is missing");
    };
    let archive = Arc::new(archive);
    let layer = ArchiveLayer {
        id: LayerId::new("district").unwrap(),
        inner: "dongs".to_owned(),
        columns: None,
        min_zoom: None,
        max_zoom: Zoom::new(16).ok(),
        extent: Extent::DEFAULT,
        buffer: 64,
    };
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 9, deflate_level });
    let source = ArchiveSource::layer(Arc::clone(&archive), layer, Arc::new(workers)).unwrap();
    let ask = async |tile: TileCoord| {
        let request = TileRequest {
            tile,
            audience: Audience::Public,
            selection: Selection::default(),
            deadline: Instant::now() + Duration::from_secs(60),
            permit: WorkerPermit::default(),
        };
        let fragment = source.fragment(&request).await.unwrap()?;
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&splice(&[fragment])[..]).read_to_end(&mut plain).unwrap();
        Some(plain)
    };
    for (tile, bytes) in written(&tiles) {
        assert_eq!(attributes(&ask(tile).await.unwrap()), attributes(&bytes), "{tile}");
    }
    // Below a tile of the last zoom its features, each in one of the tiles at least.
    let last = covering(13, SEOUL);
    let stored = attributes(&archive.tile(last).unwrap().unwrap());
    assert!(stored.len() > 3);
    let mut below = BTreeSet::new();
    for x in 0..8 {
        for y in 0..8 {
            let tile = TileCoord::new(16, last.x() * 8 + x, last.y() * 8 + y).unwrap();
            if let Some(bytes) = ask(tile).await {
                let found = attributes(&bytes);
                assert!(found.is_subset(&stored));
                below.extend(found);
            }
        }
    }
    // What lies in the stored tile's buffer alone is in no tile below it.
    assert!(below.len() + 3 >= stored.len(), "{} of {}", below.len(), stored.len());
}
