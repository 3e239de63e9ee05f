//! Answers of a theme that lacks a map for want of data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod points;
    mod process;
    pub(crate) use http::*;
    pub(crate) use points::*;
    pub(crate) use process::*;
}

use std::path::Path;

use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, Geometry, GeometryKind, ShapeKind,
};
use flatgeobuf_store::FlatGeobufWriter;
use serde_json::{Value as Json, json};
use support::{Answer, Client, Running, poll, write_points};

const TILE: &str = "12/3493/1586";

fn write_catalog(data: &Path) {
    let dataset = |id: &str| {
        format!(
            "[[dataset]]\nid = '{id}'\ntitle = {{ ko = '{id} 자료', en = '{id} data' }}\n\
             geometry = 'point'\nsearch = ['name_ko']\n\
             column = [{{ name = 'name_ko', type = 'text', title = {{ ko = '이름', en = 'Name' }} }}]\n"
        )
    };
    let layer = |id: &str| {
        format!(
            "[[layer]]\nid = '{id}-map'\ntitle = {{ ko = '{id} 지도', en = '{id} map' }}\n\
             visibility = 'public'\ndataset = '{id}'\n"
        )
    };
    let head = |title: &str| format!("title = {{ ko = '{title}', en = '{title}' }}\n");
    for (file, text) in [
        ("district.toml", head("District")),
        ("datasets/field.toml", head("Field") + &dataset("lamp") + &dataset("cctv")),
        ("layers/safety.toml", head("Safety") + "order = 1\n" + &layer("lamp") + &layer("cctv")),
        ("layers/eyes.toml", head("Eyes") + "order = 2\n" + &layer("cctv").replace("-map", "-eye")),
    ] {
        let path = data.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Asserts a `404` with its reason that names no file.
fn explains(answer: &Answer) {
    let problem = answer.json();
    assert_eq!((answer.status, problem["status"].as_u64()), (404, Some(404)), "{problem}");
    assert!(problem["type"].as_str().unwrap().ends_with("layer-absent"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("not on this server"), "{problem}");
    assert!(!answer.text().contains(".fgb") && !answer.text().contains("/tmp"), "{problem}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn layer<'j>(catalog: &'j Json, id: &str) -> &'j Json {
    let layers = catalog["layers"].as_array().unwrap();
    layers.iter().find(|layer| layer["id"] == id).unwrap()
}

#[test]
fn a_missing_dataset_does_not_take_its_theme_down() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    write_points(&data.path().join("lamp.fgb"), 3);
    let mut server = Running::start(data.path(), &[]);
    let admin = server.admin;
    let mut client = Client::local(server.public);
    let theme = client.get(&format!("/tiles/safety/{TILE}"));
    assert_eq!(theme.status, 200, "{}", theme.text());
    assert_eq!(theme.inflated(), client.get(&format!("/tiles/lamp-map/{TILE}")).inflated());

    for path in [
        format!("/tiles/cctv-map/{TILE}"),
        format!("/tiles/lamp-map,cctv-map/{TILE}"),
        format!("/tiles/safety,cctv-map/{TILE}"),
        // A theme of nothing else.
        format!("/tiles/eyes/{TILE}"),
        "/tiles/cctv-map.json".to_owned(),
        "/styles/cctv-map.json".to_owned(),
        "/styles/safety.json?maps=cctv-map".to_owned(),
        "/styles/eyes.json".to_owned(),
        "/stats/cctv-map".to_owned(),
    ] {
        explains(&client.get(&path));
    }

    let tilejson = client.get("/tiles/safety.json").json();
    assert_eq!(tilejson["absent"], json!([{ "id": "cctv-map", "name": "cctv 지도" }]));
    assert_eq!(tilejson["vector_layers"].as_array().unwrap().len(), 1);
    let style = client.get("/styles/safety.json").json();
    assert_eq!(style["metadata"]["policy-map:unavailable"], json!(["cctv-map"]));
    let drawn = style["layers"].as_array().unwrap();
    assert!(drawn.iter().all(|drawn| drawn["source-layer"] != "cctv-map"), "{style}");
    assert_eq!(style["sources"].as_object().unwrap().len(), 1, "{style}");
    assert!(style["sources"].to_string().contains("/tiles/lamp-map.json"), "{style}");
    assert!(!client.get("/search?q=cctv").text().contains("cctv-map"));
    let catalog = client.get("/catalog.json").json();
    let entry = layer(&catalog, "cctv-map");
    assert_eq!((&entry["state"], &entry["available"]), (&json!("absent"), &json!(false)));
    assert!(entry["reason"]["ko"].as_str().unwrap().contains("자료"), "{entry}");
    assert!(!entry.to_string().contains(".fgb"), "{entry}");
    assert_eq!(layer(&catalog, "lamp-map")["state"], "ready");
    let ready = Client::local(admin).get("/readyz");
    let told = ready.json();
    assert_eq!((ready.status, &told["status"]), (200, &json!("degraded")), "{told}");
    assert_eq!(told["layers"], json!({ "ready": 1, "unavailable": 0, "absent": 2 }));
    assert!(told["absent"].to_string().contains("cctv.fgb is missing"), "{told}");
    let metrics = Client::local(admin).get("/metrics").text().to_owned();
    assert!(metrics.contains("state=\"absent\"} 2"), "{metrics}");

    // It comes without a restart, and the theme's tiles are others then.
    write_points(&data.path().join("cctv.fgb"), 2);
    let etag = theme.header("etag").unwrap().to_owned();
    let whole = poll("the theme with all its maps", || {
        let path = format!("/tiles/safety/{TILE}");
        let answer = client.request("GET", &path, &[("If-None-Match", &etag)]);
        (answer.status == 200).then_some(answer)
    });
    assert_ne!(whole.header("etag"), Some(etag.as_str()));
    let holds = |text: &str| whole.inflated().windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("cctv-map") && holds("lamp-map"));
    assert_eq!(client.get("/tiles/safety.json").json()["absent"], Json::Null);
    assert!(client.get("/search?q=cctv").text().contains("cctv-map"));
    assert_eq!(client.get(&format!("/tiles/eyes/{TILE}")).status, 200);

    // A file that is removed while the server runs makes its theme unavailable until it is
    // back.
    std::fs::remove_file(data.path().join("cctv.fgb")).unwrap();
    let path = format!("/tiles/safety/{TILE}");
    poll("the file's end", || (client.get(&path).status == 503).then_some(()));
    assert_eq!(client.get(&format!("/tiles/cctv-map/{TILE}")).status, 503);
    write_points(&data.path().join("cctv.fgb"), 2);
    poll("the file again", || (client.get(&path).status == 200).then_some(()));
    drop(client);
    server.process.signal(rustix::process::Signal::TERM);
    let (_, log) = server.process.output();
    let told: Vec<&str> =
        log.lines().filter(|line| line.contains("declared data is not there")).collect();
    assert!(told.len() == 1 && told[0].contains("cctv.fgb is missing"), "{log}");
}

#[test]
fn a_server_without_any_declared_data_is_not_ready() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    let server = Running::start(data.path(), &[]);
    let ready = Client::local(server.public).get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("unavailable")));
}

/// Declares areas that measures are counted by.
fn declare_areas(data: &Path) {
    let catalog = data.join("catalog");
    let district = "title = { ko = '구', en = 'District' }\nstats_areas = 'dong'\n";
    std::fs::write(catalog.join("district.toml"), district).unwrap();
    let areas = "title = { ko = '기반', en = 'Base' }
[[dataset]]
id = 'dong'
title = { ko = '행정동', en = 'Dongs' }
geometry = 'polygon'
key = ['code']
search = ['name']
column = [
  { name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } },
  { name = 'name', type = 'text', title = { ko = '이름', en = 'Name' } },
]
";
    std::fs::write(catalog.join("datasets/base.toml"), areas).unwrap();
}

fn write_area(data: &Path) {
    let text = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnType::Text,
        title: None,
        description: None,
    };
    let schema =
        FeatureSchema { columns: vec![text("code"), text("name")], ..FeatureSchema::default() };
    let file = data.join("dong.fgb");
    let mut dongs = FlatGeobufWriter::create(&file, &schema, GeometryKind::Polygon).unwrap();
    let mut square = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    square.coordinates =
        vec![[126.0, 37.0], [128.0, 37.0], [128.0, 38.0], [126.0, 38.0], [126.0, 37.0]];
    square.end_part();
    square.end_polygon();
    dongs.feature(&square, &[AttributeValue::Text("1"), AttributeValue::Text("옥수동")]).unwrap();
    dongs.finish().unwrap();
}

#[test]
fn measures_by_absent_areas_name_the_areas_and_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    declare_areas(data.path());
    write_points(&data.path().join("lamp.fgb"), 3);
    let server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    let answer = client.get("/stats/lamp-map");
    explains(&answer);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    for expected in ["lamp-map", "dataset dong (Dongs)", "import"] {
        assert!(detail.contains(expected), "{detail}");
    }
    let notes = Client::local(server.admin).get("/readyz").json()["notes"].to_string();
    assert!(notes.contains("dataset dong") && notes.contains("dong.fgb"), "{notes}");

    write_area(data.path());
    let counted = poll("the areas", || {
        let answer = client.get("/stats/lamp-map");
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(counted["areas"].as_array().unwrap().len(), 1, "{counted}");
}

#[test]
fn a_district_without_areas_is_not_told_to_bring_some() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    write_points(&data.path().join("lamp.fgb"), 3);
    let server = Running::start(data.path(), &[]);
    let answer = Client::local(server.public).get("/stats/lamp-map");
    let problem = answer.json();
    assert_eq!(answer.status, 404);
    assert!(problem["detail"].as_str().unwrap().ends_with("no measures by area."), "{problem}");
}
