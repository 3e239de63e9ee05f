//! The base map over the real binary: served as a set, and in no list of maps.

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

use serde_json::Value as Json;
use support::{Client, Running, poll, write_points};

const TILE: &str = "12/3493/1586";

fn dataset(id: &str) -> String {
    format!(
        "[[dataset]]\nid = '{id}'\ntitle = {{ ko = '{id} 자료', en = '{id} data' }}\n\
         geometry = 'point'\nsearch = ['name_ko']\n\
         attribution = {{ agency = {{ ko = '{id} 기관', en = '{id} agency' }}, licence = 'KOGL-1' }}\n\
         column = [{{ name = 'name_ko', type = 'text', title = {{ ko = '이름', en = 'Name' }} }}]\n"
    )
}

fn layer(id: &str, dataset: &str) -> String {
    format!(
        "[[layer]]\nid = '{id}'\ntitle = {{ ko = '{id} 층', en = '{id} layer' }}\n\
         dataset = '{dataset}'\n"
    )
}

fn write_catalog(data: &Path) {
    let head = |title: &str| format!("title = {{ ko = '{title}', en = '{title}' }}\n");
    let lamps = layer("lamp-map", "lamp") + "visibility = 'public'\n";
    for (file, text) in [
        ("district.toml", head("District")),
        ("datasets/field.toml", head("Field") + &dataset("lamp")),
        ("layers/safety.toml", head("Safety") + "order = 1\n" + &lamps),
    ] {
        let path = data.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    write_points(&data.join("lamp.fgb"), 3);
}

/// A base map of ponds of its own and of the lamps; their order is not that of the files.
fn write_base_map(data: &Path) {
    let text = "title = { ko = '배경 지도', en = 'Base map' }\n".to_owned()
        + &dataset("pond")
        + &layer("base-water", "pond")
        + &layer("base-lamp", "lamp");
    std::fs::write(data.join("catalog/base.toml"), text).unwrap();
}

fn ids(entries: &Json) -> Vec<&str> {
    entries.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[test]
fn the_base_map_is_a_set_of_tiles_and_in_no_list_of_maps() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    write_base_map(data.path());
    write_points(&data.path().join("pond.fgb"), 2);
    let server = Running::start(data.path(), &["--listen-staff", "127.0.0.1:0"]);
    for listener in [server.public, server.staff.unwrap()] {
        let mut client = Client::local(listener);
        let whole = client.get(&format!("/tiles/base/{TILE}"));
        assert_eq!(whole.status, 200, "{}", whole.text());
        let parts =
            ["base-water", "base-lamp"].map(|id| client.get(&format!("/tiles/{id}/{TILE}")));
        let parts = parts.map(|part| part.inflated()).concat();
        assert_eq!(whole.inflated(), parts, "the layers in the order of base.toml");
        let both = client.get(&format!("/tiles/lamp-map,base/{TILE}")).inflated();
        let map = client.get(&format!("/tiles/lamp-map/{TILE}")).inflated();
        assert_eq!(both, [map, parts].concat());

        let tilejson = client.get("/tiles/base.json?lang=en").json();
        assert_eq!(tilejson["name"], "Base map");
        assert_eq!(ids(&tilejson["vector_layers"]), ["base-water", "base-lamp"]);
        assert!(tilejson["attribution"].as_str().unwrap().contains("pond agency"), "{tilejson}");
        assert_eq!(client.get("/tiles/base-water.json").status, 200);

        let catalog = client.get("/catalog.json").json();
        assert_eq!(ids(&catalog["layers"]), ["lamp-map"]);
        assert_eq!(ids(&catalog["datasets"]), ["lamp"]);
        assert_eq!(ids(&catalog["themes"]), ["safety"]);
        let stats = client.get("/stats/base-water");
        assert_eq!(stats.status, 404, "{}", stats.text());
        for query in ["base", "pond", "Base%20map"] {
            let found = client.get(&format!("/search?q={query}"));
            let text = found.text();
            assert!(!text.contains("base-") && !text.contains("pond data"), "{query}: {text}");
        }
        assert_eq!(client.get("/readyz").json()["layers"]["ready"], 1);
    }
    let ready = Client::local(server.admin).get("/readyz").json();
    assert_eq!(ready["layers"]["ready"], 3, "the operator is told of every layer: {ready}");
}

#[test]
fn a_base_map_comes_with_its_file_and_goes_with_it() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    let server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    for path in ["/tiles/base.json", &*format!("/tiles/base/{TILE}"), "/styles/base.json"] {
        let problem = client.get(path).json();
        assert_eq!(problem["status"], 404, "{path}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("no base map") && detail.contains("base.toml"), "{problem}");
    }

    // Without the ponds' data the rest of the base is served, and says what it lacks.
    write_base_map(data.path());
    let tilejson = poll("the base map", || {
        let answer = client.get("/tiles/base.json");
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(ids(&tilejson["vector_layers"]), ["base-lamp"]);
    assert_eq!(ids(&tilejson["absent"]), ["base-water"]);
    write_points(&data.path().join("pond.fgb"), 2);
    let tilejson = poll("the ponds", || {
        let answer = client.get("/tiles/base.json").json();
        (answer["absent"] == Json::Null).then_some(answer)
    });
    assert_eq!(ids(&tilejson["vector_layers"]), ["base-water", "base-lamp"]);

    // A fault in it changes nothing and is told.
    let file = data.path().join("catalog/base.toml");
    let sound = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, sound.replace("dataset = 'pond'", "dataset = 'ponds'")).unwrap();
    let mut admin = Client::local(server.admin);
    poll("the fault", || {
        let told = admin.get("/readyz").json();
        told["faults"].to_string().contains("base.toml").then_some(())
    });
    assert_eq!(client.get("/tiles/base.json").json()["vector_layers"], tilejson["vector_layers"]);

    std::fs::remove_file(&file).unwrap();
    poll("the end of the base map", || {
        (client.get("/tiles/base.json").status == 404).then_some(())
    });
    assert_eq!(client.get(&format!("/tiles/safety/{TILE}")).status, 200);
}

#[test]
fn check_counts_the_data_of_the_base_map() {
    let data = tempfile::tempdir().unwrap();
    write_catalog(data.path());
    write_base_map(data.path());
    let check = |what: &Path| {
        std::process::Command::new(env!("CARGO_BIN_EXE_tile-server"))
            .args(["check", "--data"])
            .arg(what)
            .output()
            .unwrap()
    };
    let done = check(data.path());
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{told}");
    assert!(told.contains("1 datasets, 1 themes, 1 layers"), "{told}");
    assert!(told.contains("1 of 2") && told.contains("pond"), "{told}");
}
