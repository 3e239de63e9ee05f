//! Archives over HTTP: their tiles as they are stored, and the file by ranges.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

mod support {
    pub(crate) mod fake;
    pub(crate) mod http;
}

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use catalog::{Catalog, LocalizedText, Visibility};
use data_library::Snapshot;
use data_library::{
    ArchiveDownload, ArchiveUnavailable, AreaMeasures, LayerAudience, LayerState, PublishedLayer,
};
use data_model::{DatasetId, Extent, LayerId, Zoom};
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive, WholeArchive};
use rstest::rstest;
use support::fake::{Fake, Options};
use support::http::Client;
use testing::pmtiles::{ArchiveBuilder, PartCompression};
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::fragment::DeflateLevel;

/// Appends a length-delimited field.
fn field(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(number << 3 | 2);
    testing::pmtiles::varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// A tile of these layers, each with one point (MVT 2.1, section 4).
fn tile(names: &[&str]) -> Vec<u8> {
    let mut tile = Vec::new();
    for name in names {
        let mut layer = vec![15 << 3, 2];
        field(1, name.as_bytes(), &mut layer);
        // id 1, type POINT, MoveTo(1) to 25, 17: section 4.3.5.1.
        field(2, &[1 << 3, 1, 3 << 3, 1, 4 << 3 | 2, 3, 9, 50, 34], &mut layer);
        field(3, &layer, &mut tile);
    }
    tile
}

fn draft() -> ArchiveBuilder {
    let mut draft = ArchiveBuilder::new((10, 11));
    draft.metadata = r#"{"vector_layers":[{"id":"roads","fields":{"name":"String"}},
        {"id":"houses","fields":{"floors":"Number"}}]}"#
        .to_owned();
    draft.tile((10, 0, 0), &tile(&["roads", "houses"]));
    // Long enough not to be looked at for being empty.
    draft.tile((11, 0, 0), &tile(&["roads", "houses", "a-layer-that-is-not-declared"]));
    draft
}

fn published(id: &str, visibility: Visibility, source: ArchiveSource) -> PublishedLayer {
    PublishedLayer {
        id: LayerId::new(id).unwrap(),
        title: LocalizedText::same(id),
        description: None,
        theme: None,
        dataset: DatasetId::new(id).unwrap(),
        attribution: None,
        visibility,
        audience: LayerAudience::Everyone,
        features: None,
        summary: None,
        distributions: data_library::ValueDistributions::default(),
        area_measures: AreaMeasures::None,
        max_age: 300,
        state: LayerState::Ready(Arc::new(source)),
    }
}

/// The archive as layers: `base` and `again` whole, `streets` and `houses` one each;
/// and as files: `base` for all, `inside` for staff.
fn serve(archive: &Arc<PmtilesArchive>) -> Fake {
    let deflate_level = DeflateLevel::DEFAULT;
    let workers =
        Arc::new(TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level }));
    let id = |text| LayerId::new(text).unwrap();
    let whole = |name| {
        let (extent, max_zoom) = (Extent::DEFAULT, Zoom::new(14).ok());
        let whole = WholeArchive { id: id(name), min_zoom: None, max_zoom, extent, buffer: 64 };
        ArchiveSource::whole(Arc::clone(archive), whole, Arc::clone(&workers)).unwrap()
    };
    let one = |name, inner: &str| {
        let layer = ArchiveLayer {
            id: id(name),
            inner: inner.to_owned(),
            columns: None,
            min_zoom: None,
            max_zoom: None,
            extent: Extent::DEFAULT,
            buffer: 64,
        };
        ArchiveSource::layer(Arc::clone(archive), layer, Arc::clone(&workers)).unwrap()
    };
    let public = Visibility::Public;
    let layers = vec![
        published("base", public, whole("base")),
        published("again", public, whole("again")),
        published("streets", public, one("streets", "roads")),
        published("houses", public, one("houses", "houses")),
    ];
    let download = |name: &str, archive, visibility| {
        (name.to_owned(), ArchiveDownload { archive, visibility })
    };
    let archives = BTreeMap::from([
        download("base", Ok(Arc::clone(archive)), public),
        download("inside", Ok(Arc::clone(archive)), Visibility::Staff),
        download(
            "broken",
            Err(ArchiveUnavailable { reason: "broken.pmtiles: header".to_owned() }),
            public,
        ),
    ]);
    let snapshot = Snapshot::new(Arc::new(Catalog::default()), layers).with_archives(archives);
    let cache_bytes = 1 << 20;
    Fake::start(Options { snapshot: Some(snapshot), cache_bytes, ..Options::default() })
}

fn open(folder: &Path) -> Arc<PmtilesArchive> {
    let path = draft().write(&folder.join("base.pmtiles"));
    Arc::new(PmtilesArchive::open(&path).unwrap())
}

#[test]
fn a_whole_archives_tile_is_sent_as_it_is_stored_and_not_cached() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    let mut client = Client::connect(fake.public);
    let stored =
        PartCompression::Gzip.encode(&tile(&["roads", "houses", "a-layer-that-is-not-declared"]));
    let answer = client.request("GET", "/tiles/base/11/0/0", &[("Accept-Encoding", "gzip")]);
    assert_eq!((answer.status, &answer.body), (200, &stored));
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(fake.state.fragments.entries(), 0);
    let etag = answer.header("etag").unwrap().to_owned();
    let known = client.request("GET", "/tiles/base/11/0/0", &[("If-None-Match", &etag)]);
    assert_eq!(known.status, 304);
    // Without gzip the same layers; beside others, spliced.
    let plain = client.request("GET", "/tiles/base/11/0/0", &[("Accept-Encoding", "identity")]);
    assert_eq!(plain.body, tile(&["roads", "houses", "a-layer-that-is-not-declared"]));
    let both = client.get("/tiles/streets,base/10/0/0");
    assert_eq!(both.inflated(), tile(&["streets", "roads", "houses"]));
    assert_eq!(client.get("/tiles/base/11/1/1").status, 204);
    // Past the archive's last zoom the tile is made.
    assert_eq!(client.get("/tiles/base/13/0/0").status, 200);
    assert_eq!(client.get("/tiles/base/13/1/0").status, 204);
    assert_eq!(client.get("/tiles/base/15/0/0").status, 404);
}

#[test]
fn documents_list_the_layers_inside() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    let mut client = Client::connect(fake.public);
    let ids = |value: &serde_json::Value, key: &str| -> Vec<String> {
        let list = value.as_array().unwrap().iter();
        list.map(|entry| entry[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    let tilejson = client.get("/tiles/base.json").json();
    assert_eq!(ids(&tilejson["vector_layers"], "id"), ["roads", "houses"]);
    assert_eq!(tilejson["vector_layers"][1]["fields"]["floors"], "Number");
    let tilejson = client.get("/tiles/streets.json").json();
    assert_eq!(ids(&tilejson["vector_layers"], "id"), ["streets"]);
    let catalog = client.get("/catalog.json").json();
    assert_eq!(ids(&catalog["layers"][0]["vector_layers"], "id"), ["roads", "houses"]);
    assert!(catalog["layers"][2].get("vector_layers").is_none());
    let style = client.get("/styles/base.json").json();
    let drawn = ids(&style["layers"], "source-layer");
    for name in ["roads", "houses"] {
        assert!(drawn.iter().any(|layer| layer == name), "{drawn:?}");
    }
    let style = client.get("/styles/base,streets.json?maps=base").json().to_string();
    assert!(style.contains("/tiles/base"), "{style}");
}

#[rstest]
#[case("/tiles/base,houses/10/0/0", "base and houses both hold a layer \\\"houses\\\"")]
#[case("/tiles/houses,base/10/0/0", "houses and base both hold a layer \\\"houses\\\"")]
#[case("/tiles/base,again.json", "base and again both hold a layer \\\"roads\\\"")]
#[case(
    "/styles/streets,base,again.json?maps=base,again",
    "base and again both hold a layer \\\"roads\\\""
)]
#[case("/styles/base,again.json", "base and again both hold a layer \\\"roads\\\"")]
fn two_layers_of_one_name_in_a_tile_are_refused(#[case] path: &str, #[case] detail: &str) {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    let answer = Client::connect(fake.public).get(path);
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains(detail), "{}", answer.text());
}

#[test]
fn an_archive_is_served_whole_and_by_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let file = std::fs::read(archive.path()).unwrap();
    let length = file.len();
    let fake = serve(&archive);
    let mut client = Client::connect(fake.public);
    let path = "/archives/base.pmtiles";
    let whole = client.get(path);
    assert_eq!((whole.status, &whole.body), (200, &file));
    assert_eq!(whole.header("content-type"), Some("application/vnd.pmtiles"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    // A client that takes gzip gets the bytes of the file all the same.
    let coded = client.request("GET", path, &[("Accept-Encoding", "gzip, br")]);
    assert_eq!((coded.header("content-encoding"), &coded.body), (None, &file));
    let exposed = whole.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("Content-Range") && exposed.contains("ETag"));
    let etag = whole.header("etag").unwrap();
    let last = length - 1;
    for (range, first, end) in
        [("bytes=0-126", 0, 127), ("bytes=127-", 127, length), ("bytes=-1", last, length)]
    {
        let part = client.request("GET", path, &[("Range", range), ("If-Range", etag)]);
        assert_eq!((part.status, &part.body[..]), (206, &file[first..end]), "{range}");
        let expected = format!("bytes {first}-{}/{length}", end - 1);
        assert_eq!(part.header("content-range"), Some(expected.as_str()));
        assert_eq!(part.header("etag"), Some(etag));
    }
    let outside = client.request("GET", path, &[("Range", &format!("bytes={length}-"))]);
    let expected = format!("bytes */{length}");
    assert_eq!((outside.status, outside.header("content-range")), (416, Some(expected.as_str())));
    // Several ranges, another version's, and what is no range: the whole file.
    for headers in [
        [("Range", "bytes=0-1,5-6"), ("X-None", "")],
        [("Range", "bytes=0-1"), ("If-Range", "\"other\"")],
        [("Range", "bytes=0-1"), ("If-Range", "Mon, 23 Nov 2026 00:00:00 GMT")],
        [("Range", "bytes=2-1"), ("X-None", "")],
    ] {
        let answer = client.request("GET", path, &headers);
        assert_eq!((answer.status, answer.body.len()), (200, length), "{headers:?}");
    }
    let weak = format!("W/{etag}");
    let answer = client.request("GET", path, &[("Range", "bytes=0-1"), ("If-Range", &weak)]);
    assert_eq!(answer.status, 200);
    let head = client.request("HEAD", path, &[("Range", "bytes=0-1")]);
    let expected = length.to_string();
    assert_eq!((head.status, head.header("content-length")), (200, Some(expected.as_str())));
    let known = client.request("GET", path, &[("If-None-Match", etag), ("Range", "bytes=0-1")]);
    assert_eq!((known.status, known.header("etag")), (304, Some(etag)));
}

#[test]
fn an_archive_is_served_to_audiences_of_all_its_layers() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    for (address, name, status) in [
        (fake.public, "base", 200),
        (fake.public, "inside", 404),
        (fake.public, "none", 404),
        (fake.staff, "base", 200),
        (fake.staff, "inside", 200),
    ] {
        let answer = Client::local(address).get(&format!("/archives/{name}.pmtiles"));
        assert_eq!(answer.status, status, "{name}");
    }
}

#[test]
fn a_file_cut_short_while_it_is_sent_ends_one_connection_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.pmtiles");
    // Longer by more than any socket's buffers hold.
    let mut bytes = draft().bytes();
    bytes.resize(64 << 20, 7);
    let path = testing::replace_file::replace_file(&path, &bytes);
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let fake = serve(&archive);
    let mut client = Client::connect(fake.public);
    client.send(b"GET /archives/base.pmtiles HTTP/1.1\r\nHost: map.test\r\n\r\n");
    let mut start = vec![0; 1 << 16];
    client.stream.read_exact(&mut start).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(200).unwrap();
    let mut rest = Vec::new();
    // Reset or closed early: either way it is not the whole file.
    let _ = client.stream.read_to_end(&mut rest);
    assert!(start.len() + rest.len() < bytes.len());
    let mut client = Client::connect(fake.public);
    assert_eq!(client.get("/catalog.json").status, 200);
    assert_eq!(client.get("/archives/base.pmtiles").status, 503);
    assert_eq!(client.get("/tiles/base/11/0/0").status, 503);
    assert_eq!(client.get("/tiles/streets/11/0/0").status, 503);
}

/// No names clash: layers of one archive under names of their own, and maps whose kept layers
/// share no name.
#[rstest]
#[case("/tiles/streets,houses/10/0/0")]
#[case("/tiles/streets,base/10/0/0")]
#[case("/styles/base,again.json?maps=again")]
#[case("/styles/base,houses.json?maps=houses")]
fn layers_of_different_names_are_in_one_tile(#[case] path: &str) {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    assert_eq!(Client::connect(fake.public).get(path).status, 200);
}

/// The archive's attribution keeps its text and links, without other markup.
#[test]
fn tilejson_has_an_archives_attribution_without_its_markup() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft();
    draft.metadata = r#"{"vector_layers":[{"id":"roads"},{"id":"houses"}],"attribution":
        "<a href=\"https://osm.org/copyright\" onclick=\"x()\">&copy; OSM</a><script>x</script>"}"#
        .to_owned();
    let archive = PmtilesArchive::open(&draft.write(&folder.path().join("base.pmtiles"))).unwrap();
    let fake = serve(&Arc::new(archive));
    let tilejson = Client::connect(fake.public).get("/tiles/base.json").json();
    let link =
        r#"<a href="https://osm.org/copyright" target="_blank" rel="noopener">&copy; OSM</a>"#;
    assert_eq!(tilejson["attribution"], format!("{link}x"));
}

/// The reader from PyPI finds the same tiles through ranges.
#[test]
fn a_stock_reader_reads_an_archive_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft();
    draft.leaf = Some(1);
    let path = draft.write(&folder.path().join("base.pmtiles"));
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let fake = serve(&archive);
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("scripts/check-clients/read-pmtiles.py");
    let url = format!("http://{}/archives/base.pmtiles", fake.public);
    let mut command = std::process::Command::new("python3");
    command.arg(script).arg(url).args(["10/0/0", "11/0/0", "11/1/1"]);
    let read = command.output().ok().filter(|read| read.status.code() != Some(77));
    let Some(read) = read else {
        let reason = "PyPI's pmtiles is not installed";
        return eprintln!("skipped: a_stock_reader_reads_an_archive_over_http: {reason}");
    };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let lines = String::from_utf8(read.stdout).unwrap();
    let lengths: Vec<_> =
        lines.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    let length = |names: &[&str]| PartCompression::Gzip.encode(&tile(names)).len().to_string();
    let second = ["roads", "houses", "a-layer-that-is-not-declared"];
    assert_eq!(lengths, [length(&["roads", "houses"]), length(&second), "none".to_owned()]);
}

#[test]
fn an_archive_that_can_not_be_read_is_unavailable_and_not_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serve(&open(folder.path()));
    let answer = Client::connect(fake.public).get("/archives/broken.pmtiles");
    assert_eq!(answer.status, 503);
    assert!(!answer.text().contains("header"), "{}", answer.text());
}
