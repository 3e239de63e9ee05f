//! Answers of the server, over real sockets and fake sources.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use rstest::rstest;
use support::fake::{Fake, Options};
use support::{Answer, Client};

fn fake() -> Fake {
    Fake::start(Options::default())
}

fn get(fake: &Fake, path: &str) -> Answer {
    Client::connect(fake.public).get(path)
}

#[test]
fn a_tile_has_its_layers_in_the_order_asked_for_as_one_gzip_member() {
    let fake = fake();
    let answer = get(&fake, "/tiles/dongs,roads,dongs/14/13973/6344.mvt");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.inflated(), b"[dongs 14/13973/6344][roads 14/13973/6344]");
    assert_eq!(answer.header("content-type"), Some("application/vnd.mapbox-vector-tile"));
    assert_eq!(answer.header("vary"), Some("accept-encoding"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let exposed = "ETag, Content-Range, Content-Length, Content-Crs, Link, X-Request-Id";
    assert_eq!(answer.header("access-control-expose-headers"), Some(exposed));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let etag = answer.header("etag").unwrap();
    assert!(etag.starts_with('"') && etag.len() == 34, "{etag} is strong");
}

#[test]
fn a_theme_is_its_visible_layers_and_the_shortest_max_age() {
    let fake = fake();
    let answer = get(&fake, "/tiles/city/3/0/0");
    assert_eq!(answer.inflated(), b"[roads 3/0/0][dongs 3/0/0]");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=7"));
    let staff = Client::local(fake.staff).get("/tiles/city/3/0/0");
    assert_eq!(staff.inflated(), b"[roads 3/0/0][dongs 3/0/0][secret 3/0/0]");
    assert_eq!(staff.header("cache-control"), Some("private, max-age=7"));
    assert_eq!(staff.header("access-control-allow-origin"), None);
    assert_ne!(staff.header("etag"), answer.header("etag"));
}

#[test]
fn a_composite_never_lacks_a_layer_past_its_last_zoom() {
    let fake = fake();
    // `deep` has tiles from 10 to 14, `roads` from 0 to 16.
    for (zoom, expected) in [
        (9, "[roads 9/0/0]"),
        (14, "[deep 14/0/0][roads 14/0/0]"),
        (16, "[deep 16/0/0][roads 16/0/0]"),
    ] {
        let answer = get(&fake, &format!("/tiles/deep,roads/{zoom}/0/0"));
        assert_eq!(String::from_utf8(answer.inflated()).unwrap(), expected);
    }
    assert_eq!(get(&fake, "/tiles/deep/15/0/0").status, 404);
    let tilejson = get(&fake, "/tiles/deep,roads.json").json();
    assert_eq!((&tilejson["minzoom"], &tilejson["maxzoom"]), (&0.into(), &16.into()));
}

#[test]
fn documents_are_compressed_where_that_is_accepted() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for path in ["/tiles/roads,deep,dongs,brief.json", "/styles/roads,deep,dongs,brief.json"] {
        let plain = client.get(path);
        let gzip = client.request("GET", path, &[("Accept-Encoding", "gzip")]);
        assert_eq!(gzip.inflated(), plain.body, "{path}");
        assert_eq!(plain.header("content-encoding"), None);
        assert_ne!(gzip.header("etag"), plain.header("etag"));
        assert_eq!(gzip.header("vary"), Some("accept-encoding"));
        let known = [("Accept-Encoding", "gzip"), ("If-None-Match", gzip.header("etag").unwrap())];
        assert_eq!(client.request("GET", path, &known).status, 304);
    }
}

#[test]
fn a_client_that_refuses_gzip_gets_the_bytes_themselves() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let plain = client.request("GET", "/tiles/city/3/0/0", &[("Accept-Encoding", "identity")]);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.body, b"[roads 3/0/0][dongs 3/0/0]");
    let gzip = client.request("GET", "/tiles/city/3/0/0", &[("Accept-Encoding", "gzip")]);
    assert_ne!(plain.header("etag"), gzip.header("etag"));
    let neither = client.request("GET", "/tiles/city/3/0/0", &[("Accept-Encoding", "*;q=0")]);
    assert_eq!(neither.status, 406);
}

#[test]
fn unknown_parameters_change_nothing() {
    let fake = fake();
    let plain = get(&fake, "/tiles/roads/3/0/0");
    let with = get(&fake, "/tiles/roads/3/0/0?key=1&maps=%zz&v=%ff&lang");
    assert_eq!(with.header("etag"), None, "a broken value of a known parameter is refused");
    let with = get(&fake, "/tiles/roads/3/0/0?key=%zz&v=2&time=");
    assert_eq!(with.header("etag"), plain.header("etag"));
    let filtered = get(&fake, "/tiles/roads/3/0/0?filter=a%3D1");
    assert_ne!(filtered.header("etag"), plain.header("etag"));
}

#[rstest]
#[case::ok("/tiles/roads/3/0/0", 200)]
#[case::empty("/tiles/empty/3/0/0", 204)]
#[case::too_shallow("/tiles/deep/9/0/0", 404)]
#[case::too_deep("/tiles/deep/15/0/0", 404)]
#[case::in_range_of_one("/tiles/deep,roads/3/0/0", 200)]
#[case::past_all("/tiles/deep,roads/17/0/0", 404)]
#[case::outside_grid("/tiles/roads/3/8/0", 404)]
#[case::zoom_25("/tiles/roads/25/0/0", 404)]
#[case::unknown("/tiles/nothing/3/0/0", 404)]
#[case::unknown_in_list("/tiles/roads,nothing/3/0/0", 404)]
#[case::hidden("/tiles/secret/3/0/0", 404)]
#[case::hidden_in_list("/tiles/roads,secret/3/0/0", 404)]
#[case::theme_of_nothing("/tiles/hidden/3/0/0", 404)]
#[case::not_offered("/tiles/roads/3/0/0.mlt", 404)]
#[case::negative("/tiles/roads/3/-1/0", 400)]
#[case::not_a_number("/tiles/roads/3/NaN/0", 400)]
#[case::bad_name("/tiles/Roads/3/0/0", 400)]
#[case::encoded_slash("/tiles/roads%2Fx/3/0/0", 400)]
#[case::bad_escape("/tiles/%zz/3/0/0", 400)]
#[case::selection("/tiles/roads/3/0/0?time=2024", 400)]
#[case::repeated("/tiles/roads/3/0/0?bbox=1&bbox=2", 400)]
#[case::unavailable("/tiles/gone/3/0/0", 503)]
#[case::unavailable_in_list("/tiles/roads,gone/3/0/0", 503)]
#[case::failing("/tiles/roads,fails/3/0/0", 503)]
#[case::overloaded("/tiles/busy/3/0/0", 503)]
#[case::panicking("/tiles/panics/3/0/0", 500)]
#[case::tilejson_unknown("/tiles/nothing.json", 404)]
#[case::tilejson_hidden("/tiles/secret.json", 404)]
#[case::tilejson_unavailable("/tiles/gone.json", 503)]
#[case::style_unknown("/styles/nothing.json", 404)]
#[case::style_language("/styles/roads.json?lang=fr", 400)]
#[case::style_maps("/styles/city.json?maps=secret", 404)]
#[case::style_no_maps("/styles/city.json?maps=", 400)]
#[case::style_maps_comma("/styles/city.json?maps=roads,", 400)]
#[case::page("/", 200)]
#[case::icon("/favicon.ico", 200)]
#[case::no_file("/assets/none.js", 404)]
#[case::no_font("/fonts/none.css", 404)]
#[case::traversal("/assets/../../../etc/passwd", 404)]
#[case::encoded_traversal("/%2e%2e%2fetc%2fpasswd", 404)]
fn statuses(#[case] path: &str, #[case] status: u16) {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let answer = client.get(path);
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    if status >= 400 {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.json()["status"], status);
        assert_eq!(answer.header("x-request-id"), answer.json()["request_id"].as_str());
        assert!(!answer.text().contains(".fgb"), "{}", answer.text());
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
    }
    let head = client.request("HEAD", path, &[]);
    assert_eq!(head.status, status);
    if status == 200 {
        assert_eq!(head.header("content-length"), answer.header("content-length"));
        assert_eq!(head.header("etag"), answer.header("etag"));
    }
    // The connection has survived all of it, panics and HEAD included.
    assert_eq!(client.get("/healthz").status, 200);
}

#[test]
fn hidden_and_unknown_layers_can_not_be_told_apart() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let mut answer = |path: &str, name: &str| {
        let answer = client.get(path);
        let id = answer.json()["request_id"].as_str().unwrap().to_owned();
        let headers: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| name != "date" && name != "x-request-id")
            .cloned()
            .collect();
        (answer.status, headers, answer.text().replace(&id, "").replace(name, "NAME"))
    };
    // Names of one length, so that the lengths of the bodies agree.
    for (path, ending) in [("/tiles", "/3/0/0"), ("/tiles", ".json"), ("/styles", ".json")] {
        let hidden = answer(&format!("{path}/secret{ending}"), "secret");
        let unknown = answer(&format!("{path}/nosuch{ending}"), "nosuch");
        let empty_theme = answer(&format!("{path}/hidden{ending}"), "hidden");
        assert_eq!(hidden, unknown);
        assert_eq!(empty_theme, unknown);
    }
}

#[test]
fn methods_and_bodies() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for method in ["PUT", "DELETE", "PATCH", "BREW"] {
        let answer = client.request(method, "/tiles/roads/3/0/0", &[]);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    }
    let preflight = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")];
    let options = client.request("OPTIONS", "/tiles/roads/3/0/0", &preflight);
    assert_eq!(options.status, 204);
    assert_eq!(options.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(options.header("allow"), Some("GET, HEAD, OPTIONS"));
    let staff = Client::local(fake.staff).request("OPTIONS", "/tiles/roads/3/0/0", &preflight);
    assert_eq!(staff.header("access-control-allow-methods"), None);

    for body in ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"] {
        let mut client = Client::connect(fake.public);
        client.send(format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{body}").as_bytes());
        let answer = client.receive(false).unwrap();
        assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let requests: String =
        (0..8).map(|x| format!("GET /tiles/roads/3/{x}/0 HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    client.send(requests.as_bytes());
    for x in 0..8 {
        assert_eq!(
            client.receive(false).unwrap().inflated(),
            format!("[roads 3/{x}/0]").as_bytes()
        );
    }
}

#[test]
fn links_are_absolute() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    let host = [("Host", "map.example:8080")];
    let tilejson = client.request("GET", "/tiles/roads,roads,city.json?time=2024-01", &host).json();
    assert_eq!(
        tilejson["tiles"],
        serde_json::json!(["http://map.example:8080/tiles/roads,city/{z}/{x}/{y}?time=2024-01"])
    );
    let style = client.request("GET", "/styles/city.json?lang=en", &host).json();
    assert_eq!(
        style["sources"]["roads"]["url"],
        "http://map.example:8080/tiles/roads.json?lang=en"
    );
    assert_eq!(style["name"], "city map");
    let bad = client.request("GET", "/tiles/roads.json", &[("Host", "a/b<script>")]);
    assert_eq!(bad.status, 400);
    let forged = [("Host", "a"), ("X-Forwarded-Host", "evil"), ("X-Forwarded-Proto", "https")];
    let tilejson = client.request("GET", "/tiles/roads.json", &forged);
    assert!(tilejson.text().contains("http://a/tiles/roads/"), "{}", tilejson.text());
}

#[test]
fn a_public_url_with_a_prefix_is_in_every_link_and_may_be_in_the_path() {
    let mut options = Options::default();
    options.base_urls.configured = Some("https://map.example/gis".parse().unwrap());
    let fake = Fake::start(options);
    for prefix in ["", "/gis"] {
        let tilejson = get(&fake, &format!("{prefix}/tiles/roads.json")).json();
        let url = "https://map.example/gis/tiles/roads/{z}/{x}/{y}";
        assert_eq!(tilejson["tiles"], serde_json::json!([url]));
        assert_eq!(get(&fake, &format!("{prefix}/")).status, 200);
    }
    assert_eq!(get(&fake, "/gist/healthz").status, 404);
    let policy = get(&fake, "/");
    let policy = policy.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self' https://map.example;"), "{policy}");
}

#[test]
fn tilejson_describes_every_layer() {
    let fake = fake();
    let answer = get(&fake, "/tiles/roads,deep.json");
    let tilejson = answer.json();
    assert_eq!(tilejson["tilejson"], "3.0.0");
    assert_eq!((&tilejson["minzoom"], &tilejson["maxzoom"]), (&0.into(), &16.into()));
    assert_eq!(tilejson["bounds"], serde_json::json!([127.0083, 37.5291, 127.0737, 37.5730]));
    assert_eq!(tilejson["vector_layers"][0]["id"], "roads");
    assert_eq!(tilejson["vector_layers"][1]["minzoom"], 10);
    assert_eq!(tilejson["vector_layers"][1]["fields"]["name_ko"], "String");
    assert_eq!(tilejson["name"], "roads 지도, deep 지도");
    let etag = answer.header("etag").unwrap().to_owned();
    let path = "/tiles/roads,deep.json";
    let mut client = Client::connect(fake.public);
    assert_eq!(client.request("GET", path, &[("If-None-Match", &etag)]).status, 304);
}

#[test]
fn a_style_has_only_layers_that_can_be_drawn() {
    let fake = fake();
    let source_layers = |style: &serde_json::Value| -> Vec<String> {
        let layers = style["layers"].as_array().unwrap().iter();
        let mut names: Vec<_> =
            layers.filter_map(|l| Some(l["source-layer"].as_str()?.to_owned())).collect();
        names.dedup();
        names
    };
    let city = get(&fake, "/styles/city.json").json();
    assert_eq!(source_layers(&city), ["roads", "dongs", "brief"]);
    let some = get(&fake, "/styles/city.json?maps=dongs%2Croads").json();
    assert_eq!(source_layers(&some), ["dongs", "roads"]);
    assert_eq!(some["sources"]["policy-map"]["url"], "http://map.test/tiles/dongs,roads.json");
    let partial = get(&fake, "/styles/roads,gone.json").json();
    assert_eq!(source_layers(&partial), ["roads"]);
    assert_eq!(partial["metadata"]["policy-map:unavailable"], serde_json::json!(["gone"]));
    assert_eq!(partial["sources"]["policy-map"]["url"], "http://map.test/tiles/roads.json");
    assert_eq!(get(&fake, "/styles/gone.json").status, 503);
}

#[test]
fn the_catalog_has_what_the_audience_may_see() {
    let fake = fake();
    let ids = |catalog: &serde_json::Value, array: &str| -> Vec<String> {
        let entries = catalog[array].as_array().unwrap().iter();
        entries.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    };
    let public = get(&fake, "/catalog.json");
    assert!(!public.text().contains("secret"));
    let public = public.json();
    assert_eq!(ids(&public, "fields"), ["urban"]);
    assert_eq!(ids(&public, "themes"), ["city"]);
    assert_eq!(ids(&public, "datasets")[..3], ["roads-data", "dongs-data", "brief-data"]);
    assert_eq!(public["layers"][0]["title"]["ko"], "roads 지도");
    assert_eq!(public["layers"][0]["available"], true);
    assert_eq!(public["district"]["title"]["en"], "district map");
    let gone = public["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "gone");
    assert_eq!(gone.unwrap()["available"], false);

    let mut staff = Client::local(fake.staff);
    let answer = staff.request("GET", "/catalog.json", &[("Accept-Encoding", "gzip")]);
    assert_eq!(answer.header("cache-control"), Some("private, max-age=60"));
    let catalog = serde_json::from_slice(&answer.inflated()).unwrap();
    assert_eq!(ids(&catalog, "fields"), ["urban", "private"]);
    // Layers that only staff see are marked so; the others are as in the public catalog.
    let seen = |catalog: &serde_json::Value| -> Vec<(String, Option<String>)> {
        let layers = catalog["layers"].as_array().unwrap().iter();
        let text = |layer: &serde_json::Value, key: &str| layer.get(key)?.as_str().map(Into::into);
        layers.map(|layer| (text(layer, "id").unwrap(), text(layer, "visibility"))).collect()
    };
    assert!(seen(&public).iter().all(|(_, visibility)| visibility.is_none()));
    let hidden: Vec<_> = seen(&catalog).into_iter().filter(|layer| layer.1.is_some()).collect();
    assert_eq!(hidden, [("secret".to_owned(), Some("staff".to_owned()))]);
    assert!(ids(&catalog, "datasets").contains(&"secret-data".to_owned()));
}

/// A store that was never reached may hold any layer: no unknown layer is `404` yet, and a
/// layer that staff alone may see is answered like any other unknown one.
#[test]
fn while_not_all_layers_are_known_an_unknown_one_is_unavailable() {
    let server = Fake::start(Options::default());
    let published = server.state.published();
    let snapshot = data_library::Snapshot::clone(&published.snapshot);
    let reason = Some("db.example:5432 refuses the login".to_owned());
    let snapshot = Some(snapshot.with_undiscovered(reason).with_database_up(Some(false)));
    let fake = Fake::start(Options { snapshot, ..Options::default() });
    let mut public = Client::connect(fake.public);
    for path in ["/tiles/nothing/3/0/0", "/tiles/secret/3/0/0", "/tiles/roads,nothing/3/0/0"] {
        let answer = public.get(path);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("2")), "{path}");
        assert!(!answer.text().contains("db.example"), "{}", answer.text());
    }
    assert_eq!(public.get("/tiles/roads/3/0/0").status, 200);
    let ready = Client::local(fake.admin).get("/readyz");
    assert_eq!(ready.status, 200);
    assert!(ready.text().contains("\"degraded\""), "{}", ready.text());
}

#[test]
fn a_layer_that_fails_ends_the_wait_for_one_that_hangs() {
    let fake = Fake::start(Options::default());
    for path in ["/tiles/hangs,fails/3/0/0", "/tiles/fails,hangs/3/0/0"] {
        assert_eq!(Client::connect(fake.public).get(path).status, 503, "{path}");
    }
}

/// Helpers that wait for many futures at once often yield results in the order of the futures
/// beyond some number, 30 for instance.
#[test]
fn the_first_error_is_answered_among_more_than_thirty_layers() {
    const HANGING: usize = 40;
    let fake = Fake::start(Options { hanging_layers: HANGING, ..Options::default() });
    let mut names: Vec<String> = (0..HANGING).map(|n| format!("hangs-{n}")).collect();
    for place in [0, HANGING / 2, HANGING] {
        names.insert(place, "fails".to_owned());
        let answer = get(&fake, &format!("/tiles/{}/3/0/0", names.join(",")));
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(answer.text().contains("fails"), "{}", answer.text());
        names.remove(place);
    }
    assert!(fake.request_count() > HANGING, "no layer waits for another");
}
