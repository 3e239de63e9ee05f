//! Hosts that a request names, and their effect on each listener.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use rstest::rstest;
use support::Client;
use support::fake::{Fake, Options};

#[rstest]
#[case::malformed("/tiles/roads/3/-1/0", 400, "private, max-age=60")]
#[case::no_such_tile("/tiles/deep/3/0/0", 404, "private, max-age=60")]
#[case::no_such_file("/assets/none.js", 404, "private, max-age=60")]
#[case::unknown("/tiles/nothing/3/0/0", 404, "no-store")]
#[case::unavailable("/tiles/gone/3/0/0", 503, "no-store")]
fn no_shared_cache_stores_answers_to_staff(
    #[case] path: &str,
    #[case] status: u16,
    #[case] cache_control: &str,
) {
    let fake = Fake::start(Options::default());
    let staff = Client::local(fake.staff).get(path);
    assert_eq!((staff.status, staff.header("cache-control")), (status, Some(cache_control)));
    let public = Client::connect(fake.public).get(path);
    let expected = cache_control.replace("private", "public");
    assert_eq!(public.header("cache-control"), Some(expected.as_str()));
    let admin = Client::local(fake.admin).get(path);
    assert_eq!(admin.header("cache-control"), Some("no-store"));
}

#[test]
fn staff_get_links_to_the_listener_that_has_their_layers() {
    let link = |options: Options, host: &str| {
        let fake = Fake::start(options);
        let host = [("Host", host)];
        let answer = Client::connect(fake.staff).request("GET", "/tiles/secret.json", &host);
        answer.json()["tiles"][0].as_str().unwrap().to_owned()
    };
    let mut options = Options::default();
    options.base_urls.configured = Some("https://map.example".parse().unwrap());
    let by_host = link(options, "127.0.0.1:4000");
    assert_eq!(by_host, "http://127.0.0.1:4000/tiles/secret/{z}/{x}/{y}");
    let mut options = Options::default();
    options.base_urls.configured = Some("https://map.example".parse().unwrap());
    options.base_urls.staff = Some("https://staff.example/gis".parse().unwrap());
    let configured = link(options, "staff.example");
    assert_eq!(configured, "https://staff.example/gis/tiles/secret/{z}/{x}/{y}");
}

#[test]
fn a_foreign_name_that_resolves_to_this_machine_opens_nothing() {
    let mut options = Options::default();
    options.base_urls.staff = Some("https://staff.example".parse().unwrap());
    let fake = Fake::start(options);
    for (address, path) in [(fake.staff, "/tiles/secret/3/0/0"), (fake.admin, "/metrics")] {
        for (host, status) in [
            ("evil.example:4000", 421),
            ("localhost.evil.example", 421),
            ("127.0.0.1.evil.example", 421),
            ("localhost.", 421),
            ("127.0.0.1.", 421),
            ("[127.0.0.1].evil.example", 400),
            ("[::1].evil.example", 400),
            ("[::1]evil", 400),
            ("localhost@evil.example", 400),
            ("localhost:99999", 400),
            ("[fe80::1%25lo]:4000", 400),
            ("LOCALHOST:4000", 200),
            ("localhost:4000", 200),
            ("127.0.0.1:4000", 200),
            ("[::1]:4000", 200),
            ("staff.example", 200),
        ] {
            let answer = Client::connect(address).request("GET", path, &[("Host", host)]);
            assert_eq!(answer.status, status, "{host} {path}");
            if status != 200 {
                assert_eq!(answer.header("content-type"), Some("application/problem+json"));
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
        }
    }
    // A target in absolute form names a host too.
    for (target, status) in [("evil.example", 421), ("localhost@evil.example", 400)] {
        let mut client = Client::connect(fake.staff);
        let head = format!("GET http://{target}/catalog.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.send(head.as_bytes());
        assert_eq!(client.receive(false).unwrap().status, status, "{target}");
    }
    let public = [("Host", "any.example")];
    let answer = Client::connect(fake.public).request("GET", "/tiles/roads/3/0/0", &public);
    assert_eq!(answer.status, 200);
}

#[test]
fn a_site_that_may_frame_the_public_page_may_not_frame_the_staff_page() {
    let ancestors = |options: Options| {
        let fake = Fake::start(options);
        [Client::local(fake.public), Client::local(fake.staff)].map(|mut client| {
            let page = client.get("/");
            let policy = page.header("content-security-policy").unwrap().to_owned();
            policy.split("frame-ancestors ").nth(1).unwrap().to_owned()
        })
    };
    assert_eq!(ancestors(Options::default()), ["'self'", "'none'"]);
    let portal = || vec!["https://portal.example".to_owned()];
    let public = Options { frame_ancestors: portal(), ..Options::default() };
    assert_eq!(ancestors(public), ["https://portal.example", "'none'"]);
    let staff = Options { staff_frame_ancestors: portal(), ..Options::default() };
    assert_eq!(ancestors(staff), ["'self'", "https://portal.example"]);
}

#[test]
fn a_request_names_one_host() {
    let fake = Fake::start(Options::default());
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET /healthz HTTP/1.1\r\nHost: [127.0.0.1].evil.example\r\n\r\n", 400),
        ("GET /healthz HTTP/1.0\r\nHost: a/b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
    ] {
        let mut client = Client::connect(fake.public);
        client.send(head.as_bytes());
        assert_eq!(client.receive(false).unwrap().status, status, "{head}");
    }
}

#[test]
fn probes_do_not_fail_over_a_query_or_a_link() {
    let fake = Fake::start(Options::default());
    let mut client = Client::connect(fake.public);
    for path in ["/healthz?time=1&time=2", "/readyz?bbox=%ff"] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    // Of the trusted proxy's headers none can stand in a link.
    let mut options = Options::default();
    options.base_urls.trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let fake = Fake::start(options);
    let mut client = Client::connect(fake.public);
    let odd = [("X-Forwarded-Host", "a/b"), ("X-Forwarded-Proto", "gopher")];
    assert_eq!(client.request("GET", "/tiles/roads.json", &odd).status, 400);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client.request("GET", path, &odd).status, 200, "{path}");
    }
}

#[test]
fn a_prefix_like_a_route_is_distinguished_from_the_route() {
    let mut options = Options::default();
    options.base_urls.configured = Some("https://map.example/tiles".parse().unwrap());
    let fake = Fake::start(options);
    let mut client = Client::connect(fake.public);
    for path in ["/tiles/roads/3/0/0", "/tiles/tiles/roads/3/0/0"] {
        assert_eq!(client.get(path).inflated(), b"[roads 3/0/0]", "{path}");
    }
    assert_eq!(client.get("/tiles/healthz").status, 200);
}
