//! The real binary over a data directory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod points;
    mod process;
    pub(crate) use http::*;
    pub(crate) use points::*;
    pub(crate) use process::*;
}

use std::io::{BufRead, BufReader, Write};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::Signal;
use support::{Client, Process, Running, arguments, poll, public_address, write_points};

#[test]
fn a_file_becomes_a_layer_and_a_replaced_file_a_new_tile() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    let mut server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    let path = "/tiles/points/12/3493/1586";
    let first = client.get(path);
    assert_eq!(first.status, 200, "{}", String::from_utf8_lossy(&first.body));
    let tile = first.inflated();
    let holds = |tile: &[u8], text: &str| tile.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds(&tile, "points") && holds(&tile, "지점 2") && !holds(&tile, "지점 3"));
    let etag = first.header("etag").unwrap().to_owned();
    assert_eq!(client.request("GET", path, &[("If-None-Match", &etag)]).status, 304);
    let tilejson = client.get("/tiles/points.json").json();
    assert_eq!(tilejson["vector_layers"][0]["fields"]["name_ko"], "String");
    assert_eq!(client.get("/styles/points.json").json()["layers"][1]["type"], "circle");
    assert_eq!(client.get("/tiles/later/12/3493/1586").status, 404);

    write_points(&data.path().join("points.fgb"), 5);
    write_points(&data.path().join("later.fgb"), 1);
    let replaced = poll("a new tile", || {
        let answer = client.request("GET", path, &[("If-None-Match", &etag)]);
        (answer.status != 304).then_some(answer)
    });
    assert!(holds(&replaced.inflated(), "지점 4"));
    poll("a new layer", || (client.get("/tiles/later/12/3493/1586").status == 200).then_some(()));
    drop(client);
    server.process.signal(Signal::TERM);
    let (status, log) = server.process.output();
    assert_eq!(status.code(), Some(0), "{log}");
    let entries: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let access = entries.iter().find(|entry| entry["target"] == "access").unwrap();
    assert_eq!((&access["route"], &access["status"]), (&"tile".into(), &200.into()));
    // Texts in the log are JSON strings, quoted once.
    assert_eq!(access["path"], path);
    // The log reports that undeclared files are shown, and to whom.
    let said = |text: &str| {
        entries.iter().any(|entry| entry["message"].as_str().is_some_and(|m| m.contains(text)))
    };
    assert!(said("there is no catalog: files are shown to programs of this user"), "{log}");
    assert!(log.lines().last().unwrap().contains("stopped"), "{log}");
}

#[test]
fn the_log_has_the_client_behind_a_proxy_and_its_request() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    std::fs::write(data.path().join("broken.fgb"), b"not a FlatGeobuf file").unwrap();
    let more = ["--trust-proxy", "127.0.0.1,10.0.0.0/8", "--publish-uncatalogued"];
    let mut server = Running::start(data.path(), &more);
    let mut client = Client::local(server.public);
    let sent = [
        ("X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.1.1.1"),
        ("X-Request-Id", "trace-1"),
        ("User-Agent", "QGIS \"3.40\""),
        ("Referer", "https://portal.example/a?token=secret"),
    ];
    assert_eq!(client.request("GET", "/search?q=%EC%84%B1", &sent).status, 200);
    assert_eq!(client.get("/tiles/broken/12/3493/1586").status, 503);
    drop(client);
    server.process.signal(Signal::TERM);
    let (_, log) = server.process.output();
    assert!(!log.contains("secret"), "{log}");
    let access = |route: &str| -> serde_json::Value {
        let entries = log.lines().map(|line| serde_json::from_str(line).expect(line));
        let mut entries = entries.filter(|entry: &serde_json::Value| entry["target"] == "access");
        entries.find(|entry| entry["route"] == route).expect(route)
    };
    let search = access("search");
    for (field, expected) in [
        ("client", "203.0.113.7"),
        ("peer", "127.0.0.1"),
        ("request", "trace-1"),
        ("method", "GET"),
        ("path", "/search"),
        ("query", "q=%EC%84%B1"),
        ("agent", "QGIS \"3.40\""),
        ("referrer", "https://portal.example"),
        ("level", "INFO"),
    ] {
        assert_eq!(search[field], expected, "{field} in {search}");
    }
    let broken = access("tile");
    assert_eq!((&broken["level"], &broken["status"]), (&"WARN".into(), &503.into()));
    assert_eq!((&broken["client"], &broken["query"]), (&"127.0.0.1".into(), &().into()));
}

#[test]
fn a_hangup_looks_for_changes_and_ends_nothing() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    let mut server = Running::start(data.path(), &[]);
    server.process.line_with("\"ready\"");
    server.process.signal(Signal::HUP);
    server.process.line_with("SIGHUP");
    server.process.line_with("nothing has changed");
    write_points(&data.path().join("more.fgb"), 3);
    server.process.signal(Signal::HUP);
    server.process.line_with("SIGHUP");
    let mut client = Client::local(server.public);
    poll("a new layer", || (client.get("/tiles/more/12/3493/1586").status == 200).then_some(()));
}

#[test]
fn a_closed_pipe_is_no_failure_of_the_command() {
    let data = tempfile::tempdir().unwrap();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tile-server"));
        command.args(arguments).arg("--data").arg(data.path());
        command.stdout(closed()).stderr(closed()).status().unwrap().code()
    };
    assert_eq!(run(&["check"]), Some(0), "there is nothing to be at fault");
    assert_eq!(run(&["load", "--database-url", "postgresql://nobody@127.0.0.1:1/x"]), Some(1));
    std::fs::create_dir(data.path().join("styles")).unwrap();
    std::fs::write(data.path().join("styles/common.json"), "{").unwrap();
    assert_eq!(run(&["check"]), Some(1));
}

#[test]
fn metrics_tell_of_the_process_and_of_no_database_where_there_is_none() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Running::start(data.path(), &[]);
    let mut admin = Client::local(server.process.address("admin"));
    let metrics = admin.get("/metrics");
    let text = metrics.text();
    for part in ["process_resident_memory_bytes ", "process_open_fds ", "tile_server_build_info{"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    assert!(!text.contains("database"), "{text}");
    assert_eq!(Client::local(server.public).get("/metrics").status, 404);
}

#[test]
fn a_composite_of_more_layers_than_places_is_served() {
    let data = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c", "d"] {
        write_points(&data.path().join(format!("{name}.fgb")), 3);
    }
    let server = Running::start(data.path(), &["--workers", "1", "--queue", "0"]);
    let answer = Client::local(server.public).get("/tiles/a,b,c,d/12/3493/1586");
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[test]
fn a_log_that_nobody_reads_stops_neither_the_server_nor_its_end() {
    let data = tempfile::tempdir().unwrap();
    let (mut process, stderr) = Process::spawn_unread(&arguments(data.path(), &[]), &[]);
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::with_capacity(64, stderr).lines();
        let public = lines.find_map(|line| public_address(&line.unwrap()));
        // With the rest of the log, so that the pipe stays open and unread.
        let _ = sender.send((public.unwrap(), lines));
    });
    let (public, unread) = receiver.recv_timeout(Duration::from_secs(60)).unwrap();
    // More than the pipe and the queue of lines hold.
    let mut client = Client::local(public);
    for _ in 0..6000 {
        assert_eq!(client.get("/healthz").status, 200);
    }
    drop(client);
    process.signal(Signal::TERM);
    assert_eq!(process.wait().code(), Some(0));
    drop(unread);
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Running::start(data.path(), &["--limit-drain-seconds", "3600"]);
    let mut client = Client::local(server.public);
    // Answers that nobody reads keep the drain from ending.
    client.stream.set_write_timeout(Some(Duration::from_secs(3))).unwrap();
    let requests = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(100);
    while client.stream.write_all(&requests).is_ok() {}
    server.process.signal(Signal::TERM);
    server.process.line_with("draining");
    poll("the end", || {
        // The first of them may come before the drain has begun to listen.
        server.process.signal(Signal::TERM);
        server.process.has_ended().then_some(())
    });
    assert_eq!(server.process.wait().code(), Some(1));
}

#[test]
fn a_damaged_file_is_unavailable_and_the_others_are_served() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    std::fs::write(data.path().join("broken.fgb"), b"not a FlatGeobuf file").unwrap();
    let mut server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    assert_eq!(client.get("/tiles/points/12/3493/1586").status, 200);
    let broken = client.get("/tiles/broken/12/3493/1586");
    assert_eq!((broken.status, broken.header("retry-after")), (503, Some("2")));
    assert!(!broken.text().contains(".fgb"), "{}", broken.text());
    assert_eq!(client.get("/tiles/points,broken/12/3493/1586").status, 503);
    let mut admin = Client::local(server.process.address("admin"));
    assert!(admin.get("/readyz").text().contains("broken.fgb"));
}

#[test]
fn beyond_loopback_a_file_is_no_layer_unless_asked() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    let url = ["--public-url", "https://map.example"];
    let private = Running::start(data.path(), &url);
    assert_eq!(Client::local(private.public).get("/tiles/points/12/3493/1586").status, 404);
    let asked = Running::start(data.path(), &[&url[..], &["--publish-uncatalogued"]].concat());
    let mut client = Client::local(asked.public);
    assert_eq!(client.get("/tiles/points/12/3493/1586").status, 200);
    let tiles = client.get("/tiles/points.json").json()["tiles"][0].clone();
    assert_eq!(tiles, "https://map.example/tiles/points/{z}/{x}/{y}");
}

#[test]
fn a_configuration_with_faults_lists_them_all_and_opens_no_port() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("server.toml");
    std::fs::write(&file, "listen = 'nowhere'\ncolour = 'red'\n[limits]\nconnections = 0\n")
        .unwrap();
    let arguments = ["--config", file.to_str().unwrap(), "--data", "/nowhere/at/all"];
    let variables = [("TILE_SERVER_DEFLATE_LEVEL", "11"), ("TILE_SERVER_QUEU", "3")];
    let (status, text) = Process::spawn(&arguments, &variables).output();
    assert_eq!(status.code(), Some(2));
    for part in [
        "6 fault(s)",
        "server.toml: colour: ",
        "server.toml: listen: ",
        "server.toml: limits.connections: ",
        "TILE_SERVER_DEFLATE_LEVEL: ",
        "TILE_SERVER_QUEU: is no setting; write TILE_SERVER_QUEUE",
        "--data: /nowhere/at/all: ",
    ] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    assert!(!text.contains("listening"));
}

#[test]
fn faults_of_configuration_catalog_and_styles_are_listed_together() {
    let data = tempfile::tempdir().unwrap();
    for folder in ["catalog/datasets", "catalog/layers", "styles"] {
        std::fs::create_dir_all(data.path().join(folder)).unwrap();
    }
    std::fs::write(data.path().join("catalog/district.toml"), "title = 1").unwrap();
    std::fs::write(data.path().join("styles/common.json"), "{\"version\": 7, \"layers\": []}")
        .unwrap();
    let documents = ["district.toml", "common.json: version"];
    for (more, parts) in
        [(&[][..], &documents[..]), (&["--queue", "x"], &[&["--queue: "], &documents[..]].concat())]
    {
        let (status, text) = Process::spawn(&arguments(data.path(), more), &[]).output();
        assert_eq!(status.code(), Some(2));
        for part in parts {
            assert!(text.contains(part), "{part} is missing from\n{text}");
        }
    }
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let data = tempfile::tempdir().unwrap();
    // By another process: one that listens sees no file of the servers beside it.
    let taken = Running::start(data.path(), &[]);
    let address = taken.public.to_string();
    let arguments = ["--listen", &address, "--data", data.path().to_str().unwrap()];
    let (status, text) = Process::spawn(&arguments, &[]).output();
    assert_eq!(status.code(), Some(1));
    assert!(text.contains(&format!("{address} (--listen) can't be bound")), "{text}");
}
