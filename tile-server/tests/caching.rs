//! Tags and caches: an answer made before is not made again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use support::fake::{Fake, Options};
use support::{Answer, Client};

fn fake() -> Fake {
    Fake::start(Options::default())
}

fn get(fake: &Fake, path: &str) -> Answer {
    Client::connect(fake.public).get(path)
}

#[test]
fn a_layer_made_for_one_tile_is_not_made_again_for_another_set() {
    let fake = Fake::start(Options { cache_bytes: 1 << 20, ..Options::default() });
    let alone = get(&fake, "/tiles/roads/3/0/0");
    assert_eq!(fake.request_count(), 1);
    assert_eq!(get(&fake, "/tiles/roads/3/0/0").body, alone.body);
    assert_eq!(fake.request_count(), 1, "it was made before");
    let both = get(&fake, "/tiles/dongs,roads/3/0/0");
    assert_eq!(both.inflated(), b"[dongs 3/0/0][roads 3/0/0]");
    assert_eq!(fake.request_count(), 2, "only the other layer had to be made");
    assert_eq!(get(&fake, "/tiles/dongs,roads/3/0/0").body, both.body);
    assert_eq!(get(&fake, "/tiles/roads,dongs/3/0/0").inflated(), b"[roads 3/0/0][dongs 3/0/0]");
    assert_eq!(fake.request_count(), 2);
    // Staff have entries of their own.
    assert_eq!(Client::local(fake.staff).get("/tiles/roads/3/0/0").status, 200);
    assert_eq!(fake.request_count(), 3);
    for _ in 0..2 {
        assert_eq!(get(&fake, "/tiles/empty/3/0/0").status, 204);
        assert_eq!(get(&fake, "/tiles/roads,fails/3/0/0").status, 503);
    }
    assert_eq!(fake.request_count(), 3 + 1 + 2, "nothing is kept, an error is not");
    let metrics = Client::local(fake.admin).get("/metrics");
    let metrics = metrics.text();
    for line in [
        "fragment_cache_hits_total 7",
        "fragment_cache_misses_total 6",
        "composite_cache_hits_total 1",
    ] {
        assert!(metrics.contains(line), "{line} is missing from\n{metrics}");
    }
}

#[test]
fn a_matching_etag_costs_no_work() {
    let fake = fake();
    let mut client = Client::connect(fake.public);
    for path in ["/tiles/roads,dongs/3/0/0", "/tiles/empty/3/0/0"] {
        let first = client.get(path);
        let etag = first.header("etag").unwrap();
        let asked = fake.request_count();
        for sent in [etag.to_owned(), format!("\"x\", W/{etag}"), "*".to_owned()] {
            let second = client.request("GET", path, &[("If-None-Match", &sent)]);
            assert_eq!(second.status, 304);
            for name in ["etag", "cache-control", "vary", "access-control-allow-origin"] {
                assert_eq!(second.header(name), first.header(name), "{name}");
            }
        }
        assert_eq!(fake.request_count(), asked);
        assert_eq!(client.request("GET", path, &[("If-None-Match", "\"x\"")]).status, first.status);
    }
    // A tile that does not exist has no tag that could hold.
    for (path, status) in [("/tiles/deep/3/0/0", 404), ("/tiles/gone/3/0/0", 503)] {
        assert_eq!(client.request("GET", path, &[("If-None-Match", "*")]).status, status);
    }
}
