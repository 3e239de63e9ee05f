//! A second district: islands with holes in another place, CRS and time zone, and in other
//! words. Its catalog is in `tests/data/veddersund/`.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use data_model::feature::{AttributeValue, Column, ColumnType, FeatureSchema};
use flatgeobuf_store::FlatGeobufWriter;
use serde_json::{Value as Json, json};

/// Bounds of the district, as its catalog declares them.
pub const BOUNDS: [f64; 4] = [13.0, 54.65, 13.4, 54.9];

/// Ids of its layers, and the number of features of each.
pub const LAYERS: [(&str, usize); 7] = [
    ("isle-outlines", 4),
    ("isle-residents", 4),
    ("isle-reserves", 2),
    ("sea-quays", 6),
    ("sea-routes", 3),
    ("sea-arrivals", 4),
    ("sea-berths", 4),
];

/// Quays: name, berths, metres in EPSG:32633, and degrees as PROJ converts them. The second
/// but one lies in the lagoon of the first island, on none.
pub const QUAYS: [(&str, i64, [f64; 2], [f64; 2]); 6] = [
    ("Ostmole", 4, [378_600.0, 6_072_000.0], [13.112_367_938_957_3, 54.780_499_163_130_3]),
    ("Nordkai", 3, [377_000.0, 6_073_700.0], [13.086_784_107_865_4, 54.795_378_619_600_7]),
    ("Veersteg", 6, [385_200.0, 6_066_300.0], [13.217_185_335_443_4, 54.730_852_098_422]),
    ("Sandbrücke", 5, [391_000.0, 6_076_500.0], [13.303_381_802_272_4, 54.823_767_402_748]),
    ("Bodden", 100, [377_000.0, 6_072_000.0], [13.087_505_068_397_7, 54.780_109_685_644_5]),
    ("Klifftreppe", 0, [380_000.0, 6_080_000.0], [13.130_807_478_334_7, 54.852_691_116_541_8]),
];

/// Arrivals: metres in EPSG:32633, and the time. Of the first two one is in July and one in
/// June by the district's clock; in UTC both are in June, further east both in July.
const ARRIVALS: [([f64; 2], &str); 4] = [
    ([378_600.0, 6_072_100.0], "2026-06-30T22:30:00Z"),
    ([378_600.0, 6_072_200.0], "2026-06-30T16:00:00Z"),
    ([378_600.0, 6_072_300.0], "2026-07-10T10:00:00+02:00"),
    ([385_200.0, 6_066_400.0], "2026-06-15T12:00:00Z"),
];

/// Residents: island, month, persons. The newest number of the fourth island is small.
const RESIDENTS: [(&str, &str, i64); 8] = [
    ("k1", "202605", 408),
    ("k2", "202605", 40),
    ("k3", "202605", 12),
    ("k4", "202605", 9),
    ("k1", "202606", 410),
    ("k2", "202606", 38),
    ("k3", "202606", 12),
    ("k4", "202606", 3),
];

/// A ring of eight corners about a middle, in metres.
fn ring([x, y]: [f64; 2], radius: f64) -> Vec<[f64; 2]> {
    let corner = |n: usize| {
        let angle = (n % 8) as f64 * std::f64::consts::FRAC_PI_4;
        // Whole metres, so that the last corner is the first.
        [(x + radius * angle.cos()).round(), (y + radius * angle.sin()).round()]
    };
    (0..=8).map(corner).collect()
}

fn feature(properties: Json, kind: &str, coordinates: Json) -> Json {
    let geometry = json!({ "type": kind, "coordinates": coordinates });
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}

fn islands() -> Vec<Json> {
    let named = |id: &str, name: &str, english: &str| json!({ "island_id": id, "name": name, "name_en": english });
    let lagoon = [ring([377_000.0, 6_072_000.0], 2500.0), ring([377_000.0, 6_072_000.0], 1000.0)];
    let pair = [[ring([385_000.0, 6_066_000.0], 1500.0)], [ring([388_500.0, 6_066_000.0], 900.0)]];
    let sand = [ring([391_000.0, 6_076_000.0], 1800.0)];
    let cliff = [ring([380_000.0, 6_080_000.0], 700.0)];
    vec![
        feature(named("k1", "Großholm", "Great Holm"), "Polygon", json!(lagoon)),
        feature(named("k2", "Lütt Veer", "Little Veer"), "MultiPolygon", json!(pair)),
        feature(named("k3", "Sandöör", "Sand Eyot"), "Polygon", json!(sand)),
        feature(named("k4", "Kliffinsel", "Cliff Island"), "Polygon", json!(cliff)),
    ]
}

fn reserves() -> Vec<Json> {
    let core = [ring([377_000.0, 6_072_000.0], 900.0), ring([377_000.0, 6_072_000.0], 300.0)];
    vec![
        feature(json!({ "name": "Boddenufer" }), "Polygon", json!(core)),
        feature(
            json!({ "name": "Vogelsand" }),
            "Polygon",
            json!([ring([391_000.0, 6_076_000.0], 500.0)]),
        ),
    ]
}

fn routes() -> Vec<Json> {
    let between = |line: &str, from: usize, to: usize| {
        feature(json!({ "line": line }), "LineString", json!([QUAYS[from].2, QUAYS[to].2]))
    };
    vec![between("F1", 0, 2), between("F2", 2, 3), between("F3", 3, 5)]
}

fn quays() -> Vec<Json> {
    let quay = |(name, berths, at, _): &(&str, i64, [f64; 2], [f64; 2])| {
        feature(json!({ "name": name, "berths": berths }), "Point", json!(at))
    };
    QUAYS.iter().map(quay).collect()
}

fn arrivals() -> Vec<Json> {
    let arrival =
        |&(at, time): &([f64; 2], &str)| feature(json!({ "arrived": time }), "Point", json!(at));
    ARRIVALS.iter().map(arrival).collect()
}

/// The datasets with features, as GeoJSON in EPSG:32633.
fn collections() -> [(&'static str, Vec<Json>); 5] {
    [
        ("island", islands()),
        ("reserve", reserves()),
        ("ferry_route", routes()),
        ("quay", quays()),
        ("arrival", arrivals()),
    ]
}

/// A GeoJSON document; `crs` is the name of its CRS, `None` for a document without.
pub fn geojson(features: &[Json], crs: Option<&str>) -> String {
    let mut document = json!({ "type": "FeatureCollection", "features": features });
    if let Some(name) = crs {
        document["crs"] = json!({ "type": "name", "properties": { "name": name } });
    }
    document.to_string()
}

/// A point in metres as a GeoJSON document without a CRS.
pub fn unplaced_quay() -> String {
    geojson(&quays()[..1], None)
}

/// Copies the catalog into a data directory.
pub fn write_catalog(data: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/veddersund");
    for file in [
        "district.toml",
        "datasets/base.toml",
        "datasets/harbour.toml",
        "datasets/nature.toml",
        "layers/common.toml",
        "layers/harbour.toml",
    ] {
        let path = data.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(from.join(file), path).unwrap();
    }
}

/// Runs a command of the program without settings from the environment.
pub fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILE_SERVER_")) {
        command.env_remove(name);
    }
    command.args(arguments).output().unwrap()
}

/// Runs `import` into a data directory.
pub fn import(data: &Path, file: &Path, more: &[&str]) -> Output {
    let arguments = ["import", file.to_str().unwrap(), "--data", data.to_str().unwrap()];
    run(&[&arguments, more].concat())
}

/// Writes catalog and data of the district: what has features is imported from metres in
/// EPSG:32633.
pub fn write(data: &Path, files: &Path) {
    write_catalog(data);
    for (id, features) in collections() {
        let path: PathBuf = files.join(format!("{id}.geojson"));
        std::fs::write(&path, geojson(&features, Some("urn:ogc:def:crs:EPSG::32633"))).unwrap();
        let done = import(data, &path, &[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let column =
        |name: &str, kind| Column { name: name.to_owned(), kind, title: None, description: None };
    let columns = vec![
        column("island_id", ColumnType::Text),
        column("month", ColumnType::Text),
        column("persons", ColumnType::Int),
    ];
    let schema = FeatureSchema { columns, ..FeatureSchema::default() };
    let path = data.join("resident.fgb");
    let mut values = FlatGeobufWriter::create_values(&path, &schema).unwrap();
    for (island, month, persons) in RESIDENTS {
        let row = [
            AttributeValue::Text(island),
            AttributeValue::Text(month),
            AttributeValue::Int(persons),
        ];
        values.row(&row).unwrap();
    }
    values.finish().unwrap();
}
