//! Another district over the real binary: its facts alone are in what is served.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod database;
    mod district_scene;
    mod http;
    mod process;
    mod second_district;
    pub(crate) use database::*;
    pub(crate) use district_scene::*;
    pub(crate) use http::*;
    pub(crate) use process::*;
    pub(crate) mod islands {
        pub(crate) use super::second_district::*;
    }
}

use std::path::Path;

use serde_json::{Value as Json, json};
use support::islands::{self, BOUNDS, LAYERS, QUAYS};
use support::{Scene, Scratch};
use testing::decode::DecodedValue;
use testing::shapefile::{self, ShapeRecord};

/// Names, coordinates and labels of the shipped district; no answer may hold one.
const FOREIGN: [&str; 15] = [
    "성동",
    "성수",
    "서울",
    "한국",
    "비공개",
    "Seongdong",
    "Seongsu",
    "Seoul",
    "Korea",
    "11200",
    "5186",
    "5179",
    "127.00",
    "127.07",
    "Not published",
];

/// Whether a box lies in the district.
fn is_inside(bounds: &Json) -> bool {
    let sides: Vec<f64> = serde_json::from_value(bounds.clone()).unwrap();
    let [west, south, east, north] = sides[..] else { return false };
    BOUNDS[0] <= west
        && west <= east
        && east <= BOUNDS[2]
        && BOUNDS[1] <= south
        && south <= north
        && north <= BOUNDS[3]
}

fn assert_own_words(path: &str, text: &str) {
    for word in FOREIGN {
        assert!(!text.contains(word), "{word} in {path}: {text}");
    }
}

fn check_tiles(scene: &mut Scene) {
    for (layer, count) in LAYERS {
        let features = scene.features(layer, 12);
        assert_eq!(features.len(), count, "{layer}");
        for [lon, lat] in features.values().flat_map(|(_, vertices)| vertices) {
            // A tile's buffer is within a hundredth of a degree.
            let inside = (12.99..13.41).contains(lon) && (54.64..54.91).contains(lat);
            assert!(inside, "{layer}: {lon}, {lat}");
        }
    }
    let quays = scene.features("sea-quays", 16);
    assert_eq!(quays.len(), QUAYS.len());
    for (name, berths, _, [lon, lat]) in QUAYS {
        let named = DecodedValue::Text(name.to_owned());
        let quay = quays.values().find(|(quay, _)| quay.tags["name"] == named);
        let (quay, vertices) = quay.unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(quay.tags["berths"], DecodedValue::Int(berths.into()));
        for at in vertices {
            // A unit of a tile at zoom 16 is a 750,000th of a degree.
            let off = (at[0] - lon).hypot(at[1] - lat);
            assert!(off < 2e-6, "{name}: {at:?} is {off} off {lon}, {lat}");
        }
    }
    // One tile holds the whole district at zoom 8: a lagoon, two islets, and no more rings.
    let islands = scene.features("isle-outlines", 8);
    let rings = |id: &str| {
        let code = DecodedValue::Text(id.to_owned());
        let island = islands.values().find(|(island, _)| island.tags["island_id"] == code);
        island.map(|(island, _)| island.parts.len())
    };
    assert_eq!(["k1", "k2", "k3", "k4"].map(rings), [2, 2, 1, 1].map(Some));
}

fn check_stats(scene: &mut Scene) {
    let hours = |scene: &mut Scene, time: &str| {
        scene.stats(&format!("/stats/sea-arrivals?time={time}"), "arrivals")
    };
    // 22:30 UTC of the last day of June is July there, and 16:00 UTC is not.
    assert_eq!(hours(scene, "2026-06"), [json!(1), json!(0), json!(1), json!(0)]);
    assert_eq!(hours(scene, "2026-07"), [json!(2), json!(0), json!(0), json!(0)]);
    // A quay in the lagoon is on no island.
    assert_eq!(
        scene.stats("/stats/sea-berths", "berths"),
        [json!(7), json!(0), json!(6), json!(5)]
    );
    let may = scene.stats("/stats/isle-residents?time=2026-05", "persons");
    assert_eq!(may, [json!(408), json!(9), json!(40), json!(12)]);
    let newest = scene.get("/stats/isle-residents").json();
    assert_eq!(newest["time"], "2026-06");
    let persons = scene.stats("/stats/isle-residents", "persons");
    assert_eq!((&persons[0], &persons[1]), (&json!(410), &Json::Null));
    let hidden = persons.iter().filter(|number| number.is_null()).count();
    assert_eq!(hidden, 2, "one more keeps the small number from being a difference");
    let columns = newest["columns"].as_array().unwrap();
    let mark = columns.iter().find(|column| column["name"] == "suppressed").unwrap();
    assert_eq!(mark["title"], json!({ "ko": "Geheimhaltung", "en": "Secrecy" }));
}

fn check_documents(scene: &mut Scene) {
    let catalog = scene.get("/catalog.json").json();
    assert_eq!(catalog["district"]["title"]["en"], "Veddersund Islands");
    assert_eq!(catalog["district"]["bounds"], json!(BOUNDS));
    // One dataset of the six is for staff, and the public is not told of it.
    let all = scene.staff.get("/catalog.json").json();
    assert_eq!(all["datasets"].as_array().unwrap().len(), 6);
    let count = |list: &str| catalog[list].as_array().unwrap().len();
    assert_eq!(
        (count("fields"), count("datasets"), count("themes"), count("layers")),
        (3, 5, 2, 7)
    );
    for layer in catalog["layers"].as_array().unwrap() {
        assert_eq!(layer["state"], "ready", "{layer}");
        assert!(is_inside(&layer["bounds"]), "{layer}");
    }
    for map in LAYERS.map(|(layer, _)| layer).into_iter().chain(["common", "harbour"]) {
        let tilejson = scene.get(&format!("/tiles/{map}.json")).json();
        assert!(is_inside(&tilejson["bounds"]), "{tilejson}");
        let center: Vec<f64> = serde_json::from_value(tilejson["center"].clone()).unwrap();
        assert!((13.0..13.4).contains(&center[0]) && (54.65..54.9).contains(&center[1]));
        for language in ["ko", "en"] {
            let style = scene.get(&format!("/styles/{map}.json?lang={language}")).json();
            assert_eq!(style["version"], 8);
            let center: Vec<f64> = serde_json::from_value(style["center"].clone()).unwrap();
            assert!((13.0..13.4).contains(&center[0]) && (54.65..54.9).contains(&center[1]));
            let known: Vec<_> = LAYERS.iter().map(|(layer, _)| json!(layer)).collect();
            let drawn = style["layers"].as_array().unwrap();
            let sources: Vec<_> = drawn.iter().map(|layer| &layer["source-layer"]).collect();
            let own = |source: &&Json| {
                known.contains(source)
                    || **source == json!("isle-outlines.label")
                    || source.is_null()
            };
            assert!(!drawn.is_empty() && sources.iter().all(own), "{map}: {sources:?}");
        }
    }
    let style = scene.get("/styles/isle-residents.json");
    assert!(style.text().contains("geheim gehalten") && style.text().contains("Kept secret"));
}

fn check_search(scene: &mut Scene) {
    for (typed, kind, title) in [
        ("Sand%C3%B6%C3%B6r", "area", "Sandöör"),
        ("great+holm", "area", "Großholm"),
        ("Veersteg", "place", "Veersteg"),
        ("berths", "map", "Liegeplätze je Insel"),
    ] {
        let answer = scene.get(&format!("/search?q={typed}")).json();
        let hits = answer["results"].as_array().unwrap();
        let hit = hits.iter().find(|hit| hit["title"]["ko"] == title);
        let hit = hit.unwrap_or_else(|| panic!("{typed}: {answer}"));
        assert_eq!(hit["kind"], kind, "{hit}");
    }
}

/// No answer tells anything of the shipped district.
fn check_words(scene: &mut Scene) {
    let mut paths = vec!["/".to_owned(), "/catalog.json".to_owned(), "/healthz".to_owned()];
    let maps = LAYERS.map(|(layer, _)| layer).into_iter().chain(["common", "harbour"]);
    for map in maps {
        paths.push(format!("/tiles/{map}.json"));
        paths.extend(["ko", "en"].map(|language| format!("/styles/{map}.json?lang={language}")));
    }
    paths.extend(LAYERS.map(|(layer, _)| format!("/stats/{layer}")));
    // Problems.
    paths.extend(
        [
            "/search",
            "/search?q=a&limit=0",
            "/search?q=Veer",
            "/none",
            "/tiles/none.json",
            "/tiles/sea-quays/12/9999/1",
            "/tiles/isle-residents.json?time=x",
            "/stats/isle-residents?time=1999",
            "/stats/none",
            "/styles/none.json",
        ]
        .map(str::to_owned),
    );
    for path in paths {
        let answer = scene.client.get(&path);
        assert_own_words(&path, answer.text());
    }
    // The page and its scripts.
    let page = scene.get("/");
    for part in page.text().split('"').filter(|part| part.ends_with(".js")) {
        let path = format!("/{}", part.trim_start_matches("./"));
        let script = scene.get(&path);
        for word in ["성동", "성수", "Seongdong", "서울", "Seoul"] {
            assert!(!script.text().contains(word), "{word} in {path}");
        }
    }
}

fn check(scene: &mut Scene) {
    check_documents(scene);
    check_tiles(scene);
    check_stats(scene);
    check_search(scene);
    check_words(scene);
}

#[test]
fn a_second_district_is_served_from_files() {
    check(&mut Scene::files());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_second_district_is_served_from_tables_in_its_own_crs() {
    let Some(database) = Scratch::named("a_second_district_is_served_from_tables_in_its_own_crs")
    else {
        return;
    };
    check(&mut Scene::tables(&database));
}

/// Output of an import that must refuse a file.
fn refusal(data: &Path, file: &Path) -> String {
    let done = islands::import(data, file, &[]);
    assert_eq!(done.status.code(), Some(1));
    String::from_utf8(done.stderr).unwrap()
}

#[test]
fn a_file_without_a_crs_is_placed_by_the_candidates_of_the_district() {
    let files = tempfile::tempdir().unwrap();
    let data = files.path().join("data");
    islands::write_catalog(&data);
    let at = QUAYS[0].2;
    shapefile::write(files.path(), "quay", &[ShapeRecord::Point(at[0], at[1])]);
    std::fs::remove_file(files.path().join("quay.prj")).unwrap();
    let shape = files.path().join("quay.shp");
    let document = files.path().join("unplaced.geojson");
    std::fs::write(&document, islands::unplaced_quay()).unwrap();
    for file in [&shape, &document] {
        let said = refusal(&data, file);
        assert!(said.contains("EPSG:32633 (WGS 84 / UTM zone 33N) would fit"), "{said}");
        assert!(said.contains("EPSG:32633 (WGS 84 / UTM zone 33N)이(가) 맞을"), "{said}");
        assert_own_words("import", &said);
    }
    let done = islands::import(&data, &shape, &["--crs", "EPSG:32633"]);
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && told.contains("13.112"), "{told}");
    assert_own_words("import", &told);
    // With the neighbouring zone it would lie elsewhere, and the right one is named.
    let done = islands::import(&data, &shape, &["--crs", "EPSG:32632"]);
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.code() == Some(1) && said.contains("EPSG:32633"), "{said}");
}

#[test]
fn without_bounds_of_a_district_an_import_is_checked_against_its_country() {
    let files = tempfile::tempdir().unwrap();
    let data = files.path().join("data");
    islands::write_catalog(&data);
    let path = data.join("catalog/district.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("bounds = [13.0, 54.65, 13.4, 54.9]\n", "", 1);
    std::fs::write(&path, text).unwrap();
    shapefile::write(files.path(), "inland", &[ShapeRecord::Point(13.1, 54.78)]);
    shapefile::write(files.path(), "sea", &[ShapeRecord::Point(15.5, 54.5)]);
    shapefile::write(files.path(), "far", &[ShapeRecord::Point(127.04, 37.55)]);
    let told = |stem: &str| {
        let done = islands::import(&data, &files.path().join(format!("{stem}.shp")), &[]);
        let text = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, text) = told("inland");
    assert!(code == Some(0) && !text.contains("Eastland"), "{text}");
    let (code, text) = told("sea");
    assert!(code == Some(0) && text.contains("off Eastland's land"), "{text}");
    assert!(text.contains("Ostland 땅이 아닌"), "{text}");
    let (code, text) = told("far");
    assert!(code == Some(1) && text.contains("far from 10, 53 to 16, 56"), "{text}");
}
