//! Measures over the real binary: tiles of a time, measures by area, search.

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
use support::{Answer, Client, Process, arguments, poll, start, write_data};

/// Values of a column by the names of the areas, sorted by name: files are written along a
/// curve.
fn of_areas(answer: &Answer, column: &str) -> Vec<(String, Json)> {
    let body = answer.json();
    let measure =
        |area: &Json| (area["name"].as_str().unwrap_or_default().to_owned(), area[column].clone());
    let mut measures: Vec<_> = body["areas"].as_array().unwrap().iter().map(measure).collect();
    measures.sort_by(|a, b| a.0.cmp(&b.0));
    measures
}

#[test]
fn ready_means_that_measures_by_area_answer_too() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let mut process = Process::spawn(&arguments(folder.path(), &[]), &[]);
    let mut admin = Client::local(process.address("admin"));
    let mut public = Client::local(process.address("public"));
    poll("readiness", || (admin.get("/readyz").status == 200).then_some(()));
    for path in ["/stats/wel-1", "/stats/com-1", "/tiles/wel-1/12/3493/1586"] {
        assert_eq!(public.get(path).status, 200, "{path}");
    }
    let said = process.line_with("\"ready\"");
    assert!(said.contains("\"unavailable\":0"), "{said}");
}

#[test]
fn what_can_not_be_computed_does_not_keep_the_server_from_being_ready() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    std::fs::write(folder.path().join("recipients.fgb"), "damaged").unwrap();
    let mut process = Process::spawn(&arguments(folder.path(), &[]), &[]);
    let mut admin = Client::local(process.address("admin"));
    poll("readiness", || (admin.get("/readyz").status == 200).then_some(()));
    let ready = admin.get("/readyz").json();
    assert_eq!(ready["status"], "degraded");
    assert!(ready["unavailable"].to_string().contains("wel-1"), "{ready}");
    process.line_with("\"ready\"");
}

#[test]
fn measures_by_area_are_those_of_their_time_and_small_ones_are_for_staff() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let (mut public, mut staff) = (Client::local(server.public), Client::local(server.staff));
    let named = |measures: [Json; 4]| -> Vec<(String, Json)> {
        let names = ["왕십리제2동", "성수1가1동", "옥수동", "금호1가동"].map(str::to_owned);
        let mut named: Vec<_> = names.into_iter().zip(measures).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        named
    };
    let newest = staff.get("/stats/wel-1");
    assert_eq!(newest.json()["time"], "2026-09");
    assert_eq!(newest.json()["times"], json!(["2026-08", "2026-09"]));
    assert_eq!(of_areas(&newest, "persons"), named([41.into(), 3.into(), 7.into(), Json::Null]));
    let august = named([40.into(), 30.into(), 20.into(), 10.into()]);
    assert_eq!(of_areas(&staff.get("/stats/wel-1?time=2026-08"), "persons"), august);
    // 3 is too small to be shown, and 7 would tell it from the sum.
    let hidden = named([41.into(), Json::Null, Json::Null, Json::Null]);
    let seen = public.get("/stats/wel-1");
    assert_eq!(of_areas(&seen, "persons"), hidden);
    // No data is not what is held back.
    let marks = named([Json::Null, true.into(), true.into(), Json::Null]);
    assert_eq!(of_areas(&seen, "suppressed"), marks);
    let columns = seen.json()["columns"].clone();
    let told = |at: usize| (columns[at]["title"]["en"].clone(), columns[at]["unit"].clone());
    assert_eq!(columns.as_array().unwrap().len(), 3);
    assert_eq!(told(1), (json!("Persons"), json!("persons")));
    assert_eq!(told(2), (json!("Suppressed"), Json::Null));
    assert_eq!(of_areas(&public.get("/stats/wel-1?time=2026-08"), "persons"), august);
}

#[test]
fn tiles_are_those_of_their_time_and_form() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let (mut public, mut staff) = (Client::local(server.public), Client::local(server.staff));
    let path = "/tiles/wel-1/12/3493/1586";
    let [newest, september, august] =
        ["", "?time=2026-09", "?time=2026-08"].map(|query| public.get(&format!("{path}{query}")));
    assert_eq!(newest.inflated(), september.inflated());
    assert_ne!(newest.inflated(), august.inflated());
    assert_ne!(newest.header("etag"), august.header("etag"));
    assert_ne!(newest.inflated(), staff.get(path).inflated(), "staff see the small number");
    // A time that holds the slice, or lies in it.
    for (time, expected) in
        [("2026", &newest), ("2026-Q3", &newest), ("2026-08-15", &august), ("2026-09-30", &newest)]
    {
        let answer = public.get(&format!("{path}?time={time}"));
        assert_eq!(answer.inflated(), expected.inflated(), "{time}");
        let stats = public.get(&format!("/stats/wel-1?time={time}")).json()["time"].clone();
        assert_eq!(stats, if time == "2026-08-15" { "2026-08" } else { "2026-09" });
    }
    for path in [path, "/stats/wel-1"] {
        let refused = public.get(&format!("{path}?time=2031-01"));
        assert_eq!(refused.status, 400);
        for told in ["2026-08 to 2026-09", "a month such as 2026-09"] {
            assert!(refused.text().contains(told), "{}", refused.text());
        }
    }
    assert_eq!(public.get("/tiles/com-1/12/3493/1586?time=2026-08").status, 400);
    // In a composite a time is that of the layers which have times.
    let both = "/tiles/wel-1,com-1/12/3493/1586";
    let (newest, august) = (public.get(both), public.get(&format!("{both}?time=2026-08")));
    assert_eq!((newest.status, august.status), (200, 200));
    assert_ne!(newest.inflated(), august.inflated());
    let tilejson = public.get("/tiles/wel-1.json").json();
    assert_eq!(tilejson["vector_layers"][0]["times"], json!(["2026-08", "2026-09"]));
}

#[rstest]
#[case::unknown("/stats/none", 404)]
#[case::hidden("/stats/sec-1", 404)]
#[case::time_of_none("/stats/com-1?time=2026-08", 400)]
#[case::unknown_time("/stats/wel-1?time=1999", 400)]
#[case::filter("/stats/wel-1?filter=a", 400)]
#[case::no_name("/stats/", 404)]
#[case::nothing_searched("/search", 400)]
#[case::blanks_searched("/search?q=%20+%20", 400)]
#[case::too_much_searched(&format!("/search?q={}", "a".repeat(101)), 400)]
#[case::far_too_much_searched(&format!("/search?q={}", "a".repeat(15_000)), 400)]
#[case::limit("/search?q=a&limit=0", 400)]
#[case::encoding("/search?q=%FF", 400)]
fn a_request_without_an_answer_gets_a_problem_document(#[case] path: &str, #[case] status: u16) {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let answer = Client::local(server.public).get(path);
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[test]
fn names_are_found_by_those_who_may_see_them() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let server = start(folder.path());
    let (mut public, mut staff) = (Client::local(server.public), Client::local(server.staff));
    let found = |client: &mut Client, typed: &str| -> Vec<(String, String)> {
        let typed: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = client.get(&format!("/search?q={typed}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let results = answer.json()["results"].as_array().unwrap().clone();
        let text = |hit: &Json| {
            (
                hit["kind"].as_str().unwrap().to_owned(),
                hit["title"]["ko"].as_str().unwrap().to_owned(),
            )
        };
        results.iter().map(text).collect()
    };
    let hit = |kind: &str, title: &str| (kind.to_owned(), title.to_owned());
    assert_eq!(found(&mut public, "왕십리2동"), [hit("area", "왕십리제2동")]);
    assert_eq!(found(&mut public, "ㅅㅅ"), [hit("area", "성수1가1동")]);
    assert_eq!(found(&mut public, "수급자"), [hit("map", "수급자 수")]);
    assert_eq!(found(&mut public, "seongsu"), [hit("area", "성수1가1동")]);
    assert_eq!(found(&mut public, "1동 성수"), [hit("area", "성수1가1동")]);
    // A word may be the layer's or the dataset's.
    assert_eq!(found(&mut public, "경계 옥수"), [hit("area", "옥수동")]);
    assert_eq!(found(&mut public, "wel-1"), [hit("map", "수급자 수")]);
    assert_eq!(found(&mut public, "sec-1"), []);
    assert_eq!(found(&mut public, "비밀"), []);
    assert_eq!(found(&mut staff, "비밀"), [hit("map", "비밀 지도")]);
    // The dataset of which the public sees measures alone is not told to it.
    assert_eq!(found(&mut public, "Dongs")[0], hit("map", "행정동 경계"));
}
