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
