//! A real Shapefile of Statistics Korea, with text in CP949 and a CRS without its datum
//! shift, compared with boundaries published in WGS 84.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use data_model::FeatureStore;
use data_model::feature::GeometryKind;
use data_model::tile::WorldPoint;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use flatgeobuf_store::FlatGeobuf;
use ingest::{ImportOptions, ImportSummary, import, inputs};
use testing::decode::{self, DecodedValue};
use testing::import_folder::import_options;
use testing::{FeatureCollector, OwnedValue, TestFeature};
use vector_tile::features::{TableBuilder, TableOptions};
use vector_tile::mvt::{EncoderScratch, LayerView, encode_layer};

/// The folder of real data; without it, prints that the test is skipped.
fn shared_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SHARED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("kostat-2013").is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: ../shared/data is absent");
    None
}

fn imported(file: &Path, options: &ImportOptions) -> (ImportSummary, Vec<TestFeature>) {
    let input = inputs(file, &options.data).unwrap().remove(0);
    let imported = import(input, options, &mut |_| ()).unwrap();
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(imported.location.file().unwrap()).scan(&mut found).unwrap();
    (imported, found.features)
}

/// Area-weighted centroids over exteriors and holes, by code.
fn centroids(imported: &ImportSummary, features: &[TestFeature]) -> BTreeMap<String, [f64; 2]> {
    let code = imported.columns.iter().position(|column| column.name == "code").unwrap();
    features
        .iter()
        .map(|feature| {
            let OwnedValue::Text(code) = &feature.values[code] else { panic!("codes are text") };
            let [ox, oy] = feature.geometry.coordinates[0];
            let (mut twice, mut sum) = (0.0, [0.0; 2]);
            for ring in feature.geometry.parts() {
                for pair in ring.windows(2) {
                    let [[ax, ay], [bx, by]] =
                        [[pair[0][0] - ox, pair[0][1] - oy], [pair[1][0] - ox, pair[1][1] - oy]];
                    let cross = ax * by - bx * ay;
                    twice += cross;
                    sum = [sum[0] + (ax + bx) * cross, sum[1] + (ay + by) * cross];
                }
            }
            (code.clone(), [ox + sum[0] / (3.0 * twice), oy + sum[1] / (3.0 * twice)])
        })
        .collect()
}

fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let dx = (a[0] - b[0]) * 111_320.0 * a[1].to_radians().cos();
    ((a[1] - b[1]) * 110_950.0).hypot(dx)
}

#[test]
#[ignore = "needs SHARED_DATA: see CONTRIBUTING"]
fn the_dongs_lie_where_they_were_published() {
    let Some(shared) = shared_data("the_dongs_lie_where_they_were_published") else { return };
    let data = tempfile::tempdir().unwrap();
    let options = import_options(data.path());
    let shapefile = shared.join("kostat-2013/seoul_submunicipalities.shp");
    let (old, features) = imported(&shapefile, &options);
    assert_eq!((old.features, old.kind), (423, GeometryKind::Polygon));
    assert_eq!((old.rejected.clone(), old.without_geometry), (None, 0));
    assert!(old.crs.starts_with("EPSG:5174"), "{}", old.crs);
    let name = old.columns.iter().position(|column| column.name == "name").unwrap();
    let names: Vec<_> = features.iter().map(|feature| feature.values[name].clone()).collect();
    for expected in ["왕십리2동", "성수1가1동", "응봉동"] {
        assert!(names.contains(&OwnedValue::Text(expected.to_owned())), "{expected} is missing");
    }
    for name in &names {
        let OwnedValue::Text(name) = name else { panic!("a dong without a name") };
        assert!(
            name.chars()
                .all(|c| ('가'..='힣').contains(&c) || c.is_ascii_digit() || "·.,".contains(c)),
            "{name} is not readable"
        );
    }

    let published = shared.join("boundaries/seongdong_dong_2018.geojson");
    let (new, published) = imported(&published, &options);
    assert_eq!(new.features, 17);
    let here = centroids(&old, &features);
    let mut off: Vec<f64> = centroids(&new, &published)
        .iter()
        // The district's codes are the same in both years.
        .map(|(code, &truth)| metres(here[code], truth))
        .collect();
    off.sort_by(f64::total_cmp);
    assert_eq!(off.len(), 17);
    assert_eq!(off[8].round(), 23.0, "median of {off:?}");
    assert_eq!(off.iter().filter(|&&metres| metres < 15.0).count(), 6, "{off:?}");
}

#[test]
#[ignore = "needs SHARED_DATA: see CONTRIBUTING"]
fn all_dongs_are_in_the_tile_that_covers_seoul() {
    let Some(shared) = shared_data("all_dongs_are_in_the_tile_that_covers_seoul") else { return };
    let data = tempfile::tempdir().unwrap();
    let options = import_options(data.path());
    let shapefile = shared.join("kostat-2013/seoul_submunicipalities.shp");
    let input = inputs(&shapefile, data.path()).unwrap().remove(0);
    let imported = import(input, &options, &mut |_| ()).unwrap();
    for coverage in [false, true] {
        let mut builder = TableBuilder::new(TableOptions { coverage, ..TableOptions::default() });
        FlatGeobuf::new(imported.location.file().unwrap()).scan(&mut builder).unwrap();
        let table = builder.finish().unwrap();
        let id = LayerId::new("dongs").unwrap();
        let view = LayerView::new(&id, &table, None, Extent::DEFAULT, 64);
        let seoul = WorldPoint::from_lon_lat(127.0, 37.55);
        let tile = TileCoord::covering(Zoom::new(8).unwrap(), seoul);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let mut scratch = EncoderScratch::default();
        let bytes = encode_layer(&table, &view, tile, deadline, &mut scratch).unwrap();
        let layer = decode::tile(bytes).remove(0);
        let codes: std::collections::BTreeSet<_> = layer
            .features
            .iter()
            .map(|feature| match &feature.tags["code"] {
                DecodedValue::Text(code) => code.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!((layer.features.len(), codes.len()), (423, 423), "coverage = {coverage}");
    }
}
