//! Requests through a real nginx on the same machine, however it is configured.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod nginx;
    mod points;
    mod process;
    pub(crate) use http::*;
    pub(crate) use nginx::*;
    pub(crate) use points::*;
    pub(crate) use process::*;
}

use std::path::Path;

use rstest::rstest;
use support::{Client, Nginx, Running, poll, write_points};

/// Settings beside `proxy_pass`, from nothing to what tutorials add.
const HTTP_1_0: &str = "proxy_http_version 1.0;";
const HTTP_1_1: &str = "proxy_http_version 1.1;";
/// The default of nginx from 1.29.7 on.
const KEPT_ALIVE: &str = "proxy_http_version 1.1; proxy_set_header Connection \"\";";
const HOST_OF_CLIENT: &str = "proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                              proxy_set_header Host $http_host;";
const FORWARDING: &str = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";

const PATHS: [&str; 6] = [
    "/tiles/points/12/3493/1586",
    "/tiles/points.json",
    "/styles/points.json",
    "/stats/points",
    "/archives/points.pmtiles",
    "/tiles/points-copy.json",
];

/// Asserts that a client sees no file: every path is a `404`, and no list has them.
fn sees_nothing(client: &mut Client, headers: &[(&str, &str)]) {
    for path in PATHS {
        let answer = client.request("GET", path, headers);
        assert_eq!(answer.status, 404, "{path} {headers:?}: {}", answer.text());
    }
    for path in ["/catalog.json", "/search?q=points"] {
        let answer = client.request("GET", path, headers);
        assert_eq!(answer.status, 200, "{path}");
        let lists = path == "/catalog.json" && answer.text().contains("points");
        let finds = answer.text().contains("\"id\":\"points");
        assert!(!lists && !finds, "{path} {headers:?}: {}", answer.text());
    }
}

fn files(folder: &Path) {
    write_points(&folder.join("points.fgb"), 3);
    std::fs::copy(folder.join("points.fgb"), folder.join("points-copy.fgb")).unwrap();
}

/// A catalog that declares none of the files.
fn write_catalog(data: &Path) {
    for folder in ["datasets", "layers"] {
        std::fs::create_dir_all(data.join("catalog").join(folder)).unwrap();
    }
    let district = "title = { ko = '구', en = 'District' }\n";
    std::fs::write(data.join("catalog/district.toml"), district).unwrap();
}

#[rstest]
#[case::http_1_0(HTTP_1_0)]
#[case::http_1_1(HTTP_1_1)]
#[case::kept_alive(KEPT_ALIVE)]
#[case::host_of_client(HOST_OF_CLIENT)]
#[case::forwarding(FORWARDING)]
fn a_file_without_a_catalog_is_not_answered_through_nginx(#[case] settings: &str) {
    let test = "a_file_without_a_catalog_is_not_answered_through_nginx";
    let data = tempfile::tempdir().unwrap();
    files(data.path());
    let server = Running::start(data.path(), &[]);
    let Some(nginx) = Nginx::start(test, server.public, settings) else { return };
    // The server's own user sees it, before and after others have asked.
    assert_eq!(Client::local(server.public).get(PATHS[0]).status, 200);
    let own = server.public.to_string();
    let names = ["map.example", "localhost", "127.0.0.1", own.as_str()];
    let hosts = names.map(|host| ("Host", host));
    for host in hosts {
        let mut client = Client::connect(nginx.address);
        sees_nothing(&mut client, &[host]);
        let page = ("Sec-Fetch-Site", "same-origin");
        sees_nothing(&mut client, &[host, page, ("Accept", "*/*")]);
    }
    assert_eq!(Client::local(server.public).get(PATHS[0]).status, 200);
}

/// While there is no file, nobody is examined: that must not count for files that come.
#[rstest]
#[case::http_1_0(HTTP_1_0)]
#[case::kept_alive(KEPT_ALIVE)]
fn a_file_that_comes_under_open_connections_is_for_its_own_user_only(#[case] settings: &str) {
    let test = "a_file_that_comes_under_open_connections_is_for_its_own_user_only";
    let data = tempfile::tempdir().unwrap();
    let server = Running::start(data.path(), &[]);
    let Some(nginx) = Nginx::start(test, server.public, settings) else { return };
    let mut own = Client::local(server.public);
    let mut foreign = Client::connect(nginx.address);
    assert_eq!(own.get(PATHS[0]).status, 404);
    sees_nothing(&mut foreign, &[("Host", "map.example")]);
    files(data.path());
    poll("the file", || (own.get(PATHS[0]).status == 200).then_some(()));
    sees_nothing(&mut foreign, &[("Host", "map.example")]);
}

#[rstest]
#[case::http_1_0(HTTP_1_0)]
#[case::kept_alive(KEPT_ALIVE)]
fn what_a_catalog_does_not_declare_is_for_staff_only(#[case] settings: &str) {
    let test = "what_a_catalog_does_not_declare_is_for_staff_only";
    let data = tempfile::tempdir().unwrap();
    files(data.path());
    write_catalog(data.path());
    let server = Running::start(data.path(), &["--listen-staff", "127.0.0.1:0"]);
    sees_nothing(&mut Client::local(server.public), &[]);
    let mut staff = Client::local(server.staff.unwrap());
    for path in [PATHS[0], PATHS[5]] {
        assert_eq!(staff.get(path).status, 200, "{path}");
    }
    if let Some(nginx) = Nginx::start(test, server.public, settings) {
        sees_nothing(&mut Client::connect(nginx.address), &[("Host", "map.example")]);
    }
    // A file imported while the server runs is hidden as well.
    write_points(&data.path().join("fresh.fgb"), 2);
    poll("a fresh import", || (staff.get("/tiles/fresh.json").status == 200).then_some(()));
    assert_eq!(Client::local(server.public).get("/tiles/fresh.json").status, 404);
}

#[test]
fn publishing_all_files_beside_a_catalog_is_refused_with_the_reason() {
    let data = tempfile::tempdir().unwrap();
    files(data.path());
    let asked = ["--publish-uncatalogued"];
    let server = Running::start(data.path(), &asked);
    assert_eq!(Client::connect(server.public).get(PATHS[0]).status, 200);
    // A catalog that appears overrides the flag, and the log reports it.
    write_catalog(data.path());
    poll("the catalog", || {
        (Client::local(server.public).get(PATHS[0]).status == 404).then_some(())
    });
    let mut server = server;
    server.process.line_with("in spite of --publish-uncatalogued");
    drop(server);
    let (status, log) = Running::refused(data.path(), &asked);
    assert_eq!(status.code(), Some(2), "{log}");
    let reason = "--publish-uncatalogued: ";
    assert!(log.contains(reason) && log.contains("for staff only"), "{log}");
}
