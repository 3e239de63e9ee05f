//! Sprites: headers, codings and names that don't exist.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use support::Client;
use support::fake::{Fake, Options};

fn fake() -> Fake {
    Fake::start(Options::default())
}

#[test]
fn a_sprite_is_an_index_and_a_picture() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for name in ["policy-map", "policy-map@2x", "policy-map-white", "policy-map-dark@2x"] {
        let index = client.get(&format!("/sprites/{name}.json"));
        assert_eq!((index.status, index.header("content-type")), (200, Some("application/json")));
        let index = index.json();
        for symbol in ["bus-stop", "school", "arrow", "hatch-missing", "hatch-suppressed"] {
            assert!(index[symbol]["width"].as_u64().unwrap() > 0, "{name} lacks {symbol}");
        }
        assert_eq!(index["bus-stop"]["sdf"] == true, !name.contains("-map-"), "{name}");
        let picture = client.get(&format!("/sprites/{name}.png"));
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
        assert!(picture.body.starts_with(b"\x89PNG\r\n\x1a\n"));
        // Width and height are the first numbers of the header chunk.
        let side = |at: usize| u32::from_be_bytes(picture.body[at..at + 4].try_into().unwrap());
        for entry in index.as_object().unwrap().values() {
            let number = |key: &str| u32::try_from(entry[key].as_u64().unwrap()).unwrap();
            assert!(number("x") + number("width") <= side(16));
            assert!(number("y") + number("height") <= side(20));
        }
    }
}

#[test]
fn a_sprite_is_open_to_other_sites_and_kept_for_an_hour() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for path in ["/sprites/policy-map.json", "/sprites/policy-map@2x.png"] {
        let first = client.get(path);
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert_eq!(first.header("cache-control"), Some("public, max-age=3600"));
        let etag = first.header("etag").unwrap();
        let second = client.request("GET", path, &[("If-None-Match", etag)]);
        assert_eq!((second.status, second.body.len()), (304, 0));
        assert_eq!(second.header("etag"), Some(etag));
        let head = client.request("HEAD", path, &[]);
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-length"), Some(first.body.len().to_string().as_str()));
    }
    let path = "/sprites/policy-map.json";
    let gzip = client.request("GET", path, &[("Accept-Encoding", "gzip")]);
    assert_eq!(gzip.inflated(), client.get(path).body);
    let staff = Client::local(fake.staff).get(path);
    assert_eq!(staff.body, client.get(path).body);
    assert_eq!(staff.header("cache-control"), Some("private, max-age=3600"));
    assert_eq!(staff.header("access-control-allow-origin"), None);
}

#[test]
fn an_unknown_sprite_is_a_problem_that_lists_the_known() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let answer = client.get("/sprites/maki.json");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert!(answer.text().contains("policy-map, policy-map-white, policy-map-dark"));
    for path in ["/sprites/policy-map", "/sprites/policy-map@3x.png", "/sprites/policy-map.webp"] {
        let answer = client.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
}

/// Paths of a Latin and a Hangul range.
const RANGES: [&str; 2] = [
    "/fonts/Pretendard%20GOV%20Regular/0-255.pbf",
    "/fonts/Noto%20Sans,Pretendard%20GOV%20Bold/44032-44287.pbf",
];

#[test]
fn glyphs_are_answered_by_range_or_the_build_has_none() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for path in RANGES {
        let first = client.get(path);
        if tile_server::typefaces::faces().is_empty() {
            assert_eq!(first.status, 404);
            assert!(first.text().contains("npm ci"), "{}", first.text());
            continue;
        }
        assert_eq!(first.status, 200);
        assert_eq!(first.header("content-type"), Some("application/x-protobuf"));
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert_eq!(first.header("cache-control"), Some("public, max-age=3600"));
        // A stack whose name comes first; then the letters, some hundred bytes each.
        assert_eq!((first.body[0], first.body.len() > 20_000), (0x0a, true));
        let name = &b"Pretendard GOV "[..];
        assert!(first.body[..40].windows(name.len()).any(|window| window == name));
        let etag = first.header("etag").unwrap();
        assert_eq!(client.request("GET", path, &[("If-None-Match", etag)]).status, 304);
        let gzip = client.request("GET", path, &[("Accept-Encoding", "gzip")]);
        assert_eq!(gzip.inflated(), first.body);
        assert_eq!(Client::local(fake.staff).get(path).body, first.body);
        let last = client.get("/fonts/Pretendard%20GOV%20Bold/65280-65535.pbf");
        assert_eq!(last.status, 200);
    }
}

#[test]
fn unknown_fonts_and_ranges_are_problems() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let unknown = client.get("/fonts/Open%20Sans%20Regular/0-255.pbf");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.header("content-type"), Some("application/problem+json"));
    for face in tile_server::typefaces::faces() {
        assert!(unknown.text().contains(face.stack), "{}", unknown.text());
    }
    let range = client.get("/fonts/Pretendard%20GOV%20Bold/0-127.pbf");
    assert_eq!(range.status, 400);
    assert!(range.text().contains("65280-65535"));
}

/// The pictograms that a value of the catalog names.
fn icons(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                match value.as_str() {
                    Some(name) if key == "icon" => found.push(name.to_owned()),
                    _ => icons(value, found),
                }
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| icons(value, found)),
        _ => {}
    }
}

#[test]
fn every_pictogram_that_the_catalog_names_is_drawn() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sources/catalog/layers");
    let mut found = Vec::new();
    let sample = "[[layer]]\ncartography = { icon = \"a\", categories = [{ icon = \"b\" }] }";
    icons(&toml::from_str(sample).unwrap(), &mut found);
    found.sort();
    assert_eq!(found, ["a", "b"], "the walk finds icons of layers and of categories");
    found.clear();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        icons(&toml::from_str(&text).unwrap(), &mut found);
    }
    for name in found {
        assert!(styles::symbols::pictogram(&name).is_some(), "there is no pictogram {name:?}");
    }
}
