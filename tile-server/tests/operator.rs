//! Answers for the operator only: health, metrics, ids of requests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use support::Client;
use support::fake::{Fake, Options};

#[test]
fn nothing_that_a_proxy_sends_or_leaves_out_makes_a_client_the_operator() {
    let fake = Fake::start(Options::default());
    for (address, layers) in [(fake.public, 10), (fake.staff, 11)] {
        for headers in [
            &[("Host", "127.0.0.1:3000")][..],
            &[("Host", "localhost")],
            &[("Host", "[::1]:3000")],
            &[("Host", "127.0.0.1"), ("X-Forwarded-For", "127.0.0.1")],
            &[("Host", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")],
        ] {
            for version in ["1.0", "1.1"] {
                let ask = |path: &str| {
                    let mut head = format!("GET {path} HTTP/{version}\r\n");
                    for (name, value) in headers {
                        head.push_str(&format!("{name}: {value}\r\n"));
                    }
                    let mut client = Client::connect(address);
                    client.send(format!("{head}\r\n").as_bytes());
                    client.receive(false).unwrap()
                };
                let ready = ask("/readyz");
                assert_eq!((ready.status, &ready.json()["status"]), (200, &"degraded".into()));
                assert_eq!(ready.json()["layers"]["ready"], layers, "{headers:?}");
                assert!(!ready.text().contains("gone") && !ready.text().contains("old.fgb"));
                let metrics = ask("/metrics");
                assert_eq!(metrics.status, 404, "{headers:?}");
                assert!(metrics.text().contains("--listen-admin"), "{}", metrics.text());
            }
        }
    }
}

#[test]
fn reasons_are_for_the_operator_alone() {
    let fake = Fake::start(Options::default());
    let mut client = Client::local(fake.public);
    let public = client.get("/readyz");
    assert_eq!(public.json()["layers"], serde_json::json!({"ready": 10, "unavailable": 1}));
    assert_eq!(public.header("access-control-allow-origin"), Some("*"));
    assert_eq!(client.get("/metrics").status, 404);

    let mut admin = Client::local(fake.admin);
    let detailed = admin.get("/readyz");
    assert_eq!((detailed.status, &detailed.json()["status"]), (200, &"degraded".into()));
    assert_eq!(detailed.json()["unavailable"][0]["reason"], "gone.fgb: no such file");
    let fault = "old.fgb: damaged; its last good state is kept";
    assert_eq!(detailed.json()["faults"], serde_json::json!([fault]));
    // Nothing of the operator's answers is for pages.
    for answer in [&detailed, &admin.get("/metrics")] {
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    }
    let metrics = admin.get("/metrics");
    let line = "tile_server_requests_total{listener=\"admin\",route=\"ready\",status=\"200\"} 1";
    assert!(metrics.text().contains(line), "{}", metrics.text());
    assert!(metrics.text().contains("tile_server_layers{state=\"unavailable\"} 1"));
    assert!(metrics.text().contains("tile_server_faults 1"));
    for path in ["/", "/catalog.json", "/tiles/roads/3/0/0"] {
        assert_eq!(admin.get(path).status, 404, "{path}");
    }
}

#[test]
fn every_answer_names_its_request_and_keeps_the_name_that_it_came_with() {
    let fake = Fake::start(Options::default());
    let mut client = Client::connect(fake.public);
    let etag = client.get("/tiles/roads/3/0/0").header("etag").unwrap().to_owned();
    let mut names = std::collections::BTreeSet::new();
    for (path, header, status) in [
        ("/tiles/roads/3/0/0", ("Accept", "*/*"), 200),
        ("/tiles/empty/3/0/0", ("Accept", "*/*"), 204),
        ("/tiles/roads/3/0/0", ("If-None-Match", etag.as_str()), 304),
        ("/tiles/roads/3/-1/0", ("Accept", "*/*"), 400),
        ("/tiles/nothing/3/0/0", ("Accept", "*/*"), 404),
        ("/tiles/panics/3/0/0", ("Accept", "*/*"), 500),
        ("/tiles/gone/3/0/0", ("Accept", "*/*"), 503),
    ] {
        let made = client.request("GET", path, &[header]);
        assert_eq!(made.status, status, "{path}");
        let name = made.header("x-request-id").unwrap().to_owned();
        assert_eq!((name.len(), names.insert(name)), (16, true));
        let given = client.request("GET", path, &[header, ("X-Request-Id", "Root=1-6789-abc")]);
        assert_eq!(given.header("x-request-id"), Some("Root=1-6789-abc"), "{path}");
        if status >= 400 {
            assert_eq!(given.json()["request_id"], "Root=1-6789-abc");
        }
        // Ids that could spoil a log or a page are not repeated.
        for hostile in ["<script>", "a b", &"x".repeat(200)] {
            let answer = client.request("GET", path, &[header, ("X-Request-Id", hostile)]);
            assert_eq!(answer.header("x-request-id").unwrap().len(), 16, "{hostile}");
        }
    }
    assert_eq!(client.request("HEAD", "/healthz", &[]).header("x-request-id").unwrap().len(), 16);
}

#[test]
fn while_measures_are_computed_for_the_first_time_the_server_is_not_ready() {
    let server = Fake::start(Options::default());
    let published = server.state.published();
    let snapshot = data_library::Snapshot::clone(&published.snapshot).with_awaited(2);
    let fake = Fake::start(Options { snapshot: Some(snapshot), ..Options::default() });
    for mut client in [Client::connect(fake.public), Client::local(fake.admin)] {
        let ready = client.get("/readyz");
        assert_eq!((ready.status, &ready.json()["status"]), (503, &"starting".into()));
        assert_eq!(ready.json()["awaited"], 2);
    }
    // Loaded layers are served meanwhile.
    assert_eq!(Client::connect(fake.public).get("/tiles/roads/3/0/0").status, 200);
    // Missing is not starting.
    let ready = Client::local(server.admin).get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (200, &"degraded".into()));
    assert_eq!(ready.json()["awaited"], serde_json::Value::Null);
}
