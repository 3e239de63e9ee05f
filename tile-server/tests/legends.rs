//! Legends and previews over the real binary: forms, headers, times and pictures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod measured_dongs;
    mod process;
    pub(crate) use http::*;
    pub(crate) use measured_dongs::*;
    pub(crate) use process::*;
}

use rstest::rstest;
use serde_json::{Value as Json, json};
use support::{Answer, Client, start, write_data};

/// Labels of all classes, in Korean.
fn labels(legend: &Json) -> Vec<String> {
    let marks = legend["marks"].as_array().unwrap().iter();
    let classes = marks.flat_map(|mark| mark["classes"].as_array().unwrap());
    classes.map(|class| class["label"]["ko"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_legend_has_the_classes_of_the_form_and_no_value_of_another() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let (mut public, mut staff) = (Client::local(server.public), Client::local(server.staff));
    let seen = public.get("/legends/wel-1.json");
    assert_eq!((seen.status, seen.header("content-type")), (200, Some("application/json")));
    assert_eq!(seen.header("cache-control"), Some("public, max-age=60"));
    let (seen, whole) = (seen.json(), staff.get("/legends/wel-1.json").json());
    assert_eq!(seen["title"], json!({"ko": "수급자 수", "en": "Recipients"}));
    assert_eq!(seen["period"], "2026-09");
    assert_eq!(public.get("/legends/wel-1.json?time=2026-08").json()["period"], "2026-08");
    let has_suppressed =
        |legend: &Json| legend["marks"].to_string().contains("\"kind\":\"suppressed\"");
    assert!(has_suppressed(&seen) && !has_suppressed(&whole), "{seen} {whole}");
    assert_eq!(whole["suppressed"], 0);
    assert!(seen["suppressed"].as_u64().unwrap() > 0);
    // 3 and 7 are kept back from the public: no bound, bin or class may tell them.
    let told = |legend: &Json, number: f64| {
        let bins = legend["histogram"]["bins"].as_array().cloned().unwrap_or_default();
        bins.iter().any(|bin| bin["from"] == number && bin["count"].as_u64() > Some(0))
    };
    assert!(told(&whole, 3.0), "{whole}");
    assert!(!told(&seen, 3.0) && !told(&seen, 7.0), "{seen}");
    assert!(!labels(&seen).is_empty());
}

#[test]
fn a_legend_is_drawn_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let mut public = Client::local(server.public);
    let korean = public.get("/legends/wel-1.svg");
    assert_eq!(korean.header("content-type"), Some("image/svg+xml"));
    assert!(korean.text().contains("수급자 수") && korean.text().contains("2026-09"));
    let english = public.get("/legends/wel-1.svg?lang=en");
    let english = english.text();
    assert!(english.contains("Recipients") && !english.contains("수급자"), "{english}");
    // Undecorated features have their title, once.
    assert_eq!(labels(&public.get("/legends/com-1.json").json()), ["행정동 경계"]);
}

fn is_png(answer: &Answer, size: [u32; 2]) -> bool {
    let side = |at: usize| u32::from_be_bytes(answer.body[at..at + 4].try_into().unwrap());
    answer.body.starts_with(b"\x89PNG\r\n\x1a\n") && [side(16), side(20)] == size
}

#[test]
fn a_preview_is_a_picture_in_two_sizes_and_two_formats() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let (mut public, mut staff) = (Client::local(server.public), Client::local(server.staff));
    let small = public.get("/previews/wel-1.png");
    assert_eq!((small.status, small.header("content-type")), (200, Some("image/png")));
    assert!(is_png(&small, [240, 160]) && small.body.len() < 9_600);
    assert!(is_png(&public.get("/previews/wel-1.png?size=large"), [1200, 630]));
    let drawing = public.get("/previews/wel-1.svg");
    assert_eq!(drawing.header("content-type"), Some("image/svg+xml"));
    assert!(drawing.text().starts_with("<svg"));
    // Each form and time has its own picture.
    assert_ne!(drawing.body, staff.get("/previews/wel-1.svg").body);
    assert_ne!(drawing.body, public.get("/previews/wel-1.svg?time=2026-08").body);
    let gzip = public.request("GET", "/previews/wel-1.svg", &[("Accept-Encoding", "gzip")]);
    assert_eq!(gzip.inflated(), drawing.body);
    assert_ne!(gzip.header("etag"), drawing.header("etag"));
    assert_eq!(staff.get("/previews/sec-1.png").status, 200);
}

#[rstest]
#[case("/previews/wel-1.png")]
#[case("/previews/wel-1.svg?size=large")]
#[case("/legends/wel-1.json")]
#[case("/legends/wel-1.svg")]
fn pictures_have_tags_and_lengths(#[case] path: &str) {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let mut public = Client::local(server.public);
    let first = public.get(path);
    let etag = first.header("etag").unwrap();
    let again = public.request("GET", path, &[("If-None-Match", etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(etag));
    let head = public.request("HEAD", path, &[]);
    assert_eq!(head.header("content-length"), Some(first.body.len().to_string().as_str()));
    assert_eq!(first.header("access-control-allow-origin"), Some("*"));
    let staff = Client::local(server.staff).get(path);
    assert_eq!(staff.header("cache-control"), Some("private, max-age=60"));
}

#[rstest]
#[case::unknown("/legends/none.json", 404)]
#[case::hidden_legend("/legends/sec-1.json", 404)]
#[case::hidden_preview("/previews/sec-1.png", 404)]
#[case::format("/legends/wel-1.png", 404)]
#[case::size("/previews/wel-1.png?size=huge", 400)]
#[case::time("/previews/wel-1.png?time=1999", 400)]
#[case::time_of_none("/legends/com-1.json?time=2026-08", 400)]
#[case::filter("/previews/wel-1.png?filter=a", 400)]
#[case::language("/legends/wel-1.svg?lang=fr", 400)]
fn what_has_no_picture_is_a_problem(#[case] path: &str, #[case] status: u16) {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let answer = Client::local(server.public).get(path);
    assert_eq!(answer.status, status, "{path}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}
