//! Archives as sources of tiles, tested with a writer and a decoder that share no code
//! with the reader.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::feature::GeometryKind;
use data_model::{Extent, GeographicBounds, TileCoord, Zoom};
use pmtiles_source::{ArchiveLayer, ArchiveSource, Compression, WholeArchive};
use rstest::rstest;
use testing::archive::{layer_of, one, open, request, sent, whole, workers};
use testing::decode::{self, DecodedLayer, DecodedValue};
use testing::foreign_tiles::{ForeignShape, ForeignTag, line, point, polygon, tile};
use testing::pmtiles::{ArchiveBuilder, PartCompression, tile_id};
use tile_source::selection::UnappliedText;
use tile_source::{SourceError, TileSource};

async fn decoded(source: &ArchiveSource, z: u8, x: u32, y: u32) -> Vec<DecodedLayer> {
    sent(source, z, x, y).await.map_or_else(Vec::new, |bytes| decode::tile(&bytes))
}

/// Roads with and without ids, one of each value type; houses with a courtyard.
fn shapes() -> (Vec<ForeignShape>, Vec<ForeignShape>) {
    let all = vec![
        ("name", ForeignTag::Text("왕십리로")),
        ("width", ForeignTag::Float(1.5)),
        ("length", ForeignTag::Double(0.1)),
        ("lanes", ForeignTag::Int(7)),
        ("code", ForeignTag::UInt(u64::MAX)),
        ("level", ForeignTag::SInt(-3)),
        ("toll", ForeignTag::Bool(false)),
    ];
    let roads = vec![
        line(Some(7), &[[10, 10], [2000, 1000], [4090, 30]], all),
        line(
            None,
            &[[100, 4000], [1200, 4000]],
            vec![("secret", ForeignTag::Text("half-basement"))],
        ),
        line(Some(9), &[[3000, 3000], [3900, 3900]], vec![("name", ForeignTag::Text("옆길"))]),
    ];
    let houses = vec![
        polygon(
            Some(1),
            &[
                &[[200, 200], [1800, 200], [1800, 1800], [200, 1800]],
                &[[400, 400], [400, 900], [900, 900], [900, 400]],
            ],
            vec![("floors", ForeignTag::UInt(3)), ("secret", ForeignTag::Text("owner"))],
        ),
        point(Some(2), [4000, 4000], vec![("floors", ForeignTag::UInt(12))]),
    ];
    (roads, houses)
}

const METADATA: &str = r#"{"name":"Base","vector_layers":[
    {"id":"roads","fields":{"name":"String","lanes":"Number","secret":"String"}},
    {"id":"houses","fields":{"floors":"Number","secret":"String"},"minzoom":10,"maxzoom":12}]}"#;

/// Zooms 10 to 12, tile `z/0/0` with both layers.
fn draft(extent: u32) -> ArchiveBuilder {
    let (roads, houses) = shapes();
    let mut draft = ArchiveBuilder::new((10, 12));
    draft.metadata = METADATA.to_owned();
    for z in 10..=12 {
        draft.tile((z, 0, 0), &tile(extent, &[("roads", &roads), ("houses", &houses)]));
    }
    draft
}

#[rstest]
#[case::plain(PartCompression::None, Compression::None)]
#[case::gzip(PartCompression::Gzip, Compression::Gzip)]
#[case::brotli(PartCompression::Brotli, Compression::Brotli)]
#[case::zstd(PartCompression::Zstd, Compression::Zstd)]
#[tokio::test]
async fn every_compression_and_leaf_directories_give_the_same_tiles(
    #[case] coding: PartCompression,
    #[case] compression: Compression,
    #[values(None, Some(3))] leaf: Option<usize>,
) {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((0, 5));
    (draft.internal, draft.tiles, draft.leaf) = (coding, coding, leaf);
    let mut coords: Vec<_> = (0..6u8)
        .flat_map(|z| (0..1u32 << z).flat_map(move |x| (0..1u32 << z).map(move |y| (z, x, y))))
        .collect();
    coords.sort_by_key(|&(z, x, y)| tile_id(z, x, y));
    for &(z, x, y) in &coords {
        let at = [i32::from(z) * 100 + x as i32, y as i32];
        draft.tile((z, x, y), &tile(4096, &[("spots", &[point(Some(1), at, Vec::new())])]));
    }
    let archive = open(folder.path(), &draft);
    assert_eq!(archive.tile_compression(), compression);
    let source = one(&archive, layer_of("spots", "spots", None));
    for &(z, x, y) in coords.iter().step_by(7) {
        let layers = decoded(&source, z, x, y).await;
        let at = [i64::from(z) * 100 + i64::from(x), i64::from(y)];
        assert_eq!(layers[0].features[0].parts, [[at]], "{z}/{x}/{y}");
    }
}

#[tokio::test]
async fn a_run_is_one_tile_many_times_and_ends_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((3, 3));
    let sea = tile(4096, &[("sea", &[point(None, [5, 5], Vec::new())])]);
    let stored = PartCompression::Gzip.encode(&sea);
    draft.raw(tile_id(3, 0, 0) + 2, 5, &stored);
    let archive = open(folder.path(), &draft);
    let source = whole(&archive);
    let mut found = 0;
    for x in 0..8 {
        for y in 0..8 {
            let inside = (2..7).contains(&(tile_id(3, x, y) - tile_id(3, 0, 0)));
            assert_eq!(sent(&source, 3, x, y).await.is_some(), inside, "{x} {y}");
            found += usize::from(inside);
        }
    }
    assert_eq!(found, 5);
}

#[tokio::test]
async fn a_layer_is_sent_under_its_id_and_the_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft(4096));
    let source = one(&archive, layer_of("district-roads", "roads", None));
    let description = source.description();
    let zooms = (description.min_zoom.get(), description.max_zoom.get());
    assert_eq!((zooms, description.geometry), ((10, 12), GeometryKind::Line));
    let bounds = description.bounds.map(GeographicBounds::to_array);
    assert_eq!(bounds, Some([126.9, 37.4, 127.2, 37.7]));
    let names: Vec<_> = description.vector_layers().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["district-roads"]);
    let layers = decoded(&source, 11, 0, 0).await;
    assert_eq!(layers.len(), 1);
    assert_eq!(layers[0].name, "district-roads");
    let stored = decode::tile(&archive.tile(TileCoord::new(11, 0, 0).unwrap()).unwrap().unwrap());
    assert_eq!(layers[0].features, stored[0].features);
    assert_eq!(sent(&source, 11, 1, 0).await, None);
    let unknown = ArchiveSource::layer(archive, layer_of("x", "rails", None), workers());
    let told = unknown.err().unwrap().to_string();
    assert_eq!(told, "the archive has no layer \"rails\"; it has roads, houses");
}

#[rstest]
#[case::stored(11)]
#[case::overzoomed(13)]
#[tokio::test]
async fn attributes_that_are_not_listed_do_not_leave(#[case] zoom: u8) {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft(4096));
    let source = one(&archive, layer_of("roads", "roads", Some(&["name", "lanes", "missing"])));
    let columns: Vec<_> = source.description().columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["lanes", "name"]);
    // Of the four tiles below, the one with the second road in it.
    let y = if zoom == 13 { 1 } else { 0 };
    let bytes = sent(&source, zoom, 0, y).await.unwrap();
    for hidden in ["secret", "half-basement", "width", "toll"] {
        let seen = bytes.windows(hidden.len()).any(|window| window == hidden.as_bytes());
        assert!(!seen, "{hidden}");
    }
    let layers = decode::tile(&bytes);
    let without_id: Vec<_> = layers[0].features.iter().filter(|f| f.id.is_none()).collect();
    assert!(without_id.len() == 1 && without_id[0].tags.is_empty(), "{layers:?}");
    let bytes = sent(&source, zoom, 0, 0).await.unwrap();
    let layers = decode::tile(&bytes);
    let road = layers[0].features.iter().find(|feature| feature.id == Some(7)).unwrap();
    let expected =
        [("lanes", DecodedValue::Int(7)), ("name", DecodedValue::Text("왕십리로".to_owned()))];
    let expected = expected.map(|(key, value)| (key.to_owned(), value));
    assert_eq!(road.tags, expected.into());
}

#[tokio::test]
async fn a_whole_archive_keeps_its_layers_names() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft(4096));
    assert_eq!(archive.name(), Some("Base"));
    let source = whole(&archive);
    let names = |source: &ArchiveSource| -> Vec<String> {
        let layers = source.description().vector_layers();
        layers.into_iter().map(|layer| layer.name).collect()
    };
    assert_eq!(names(&source), ["roads", "houses"]);
    for (z, x) in [(12, 0), (15, 1)] {
        let layers = decoded(&source, z, x, u32::from(z != 12)).await;
        let found: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(found, ["roads", "houses"], "{z}/{x}/0");
    }
}

#[tokio::test]
async fn an_archive_that_declares_nothing_has_the_layers_of_its_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft(4096);
    for metadata in ["", "{}"] {
        draft.metadata = metadata.to_owned();
        let archive = open(folder.path(), &draft);
        let layers = archive.layers();
        let names: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names, ["houses", "roads"]);
        let columns: Vec<_> = layers[0].columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(columns, ["floors", "secret"]);
        assert_eq!(layers[0].geometry, GeometryKind::Mixed);
        assert_eq!(layers[1].geometry, GeometryKind::Line);
    }
}

#[rstest]
#[case::none(r#"{"vector_layers":null}"#, (10, 12))]
#[case::numbers(r#"{"vector_layers":[{"id":"roads","minzoom":11,"maxzoom":12}]}"#, (11, 12))]
#[case::fractions(r#"{"vector_layers":[{"id":"roads","minzoom":10.0,"maxzoom":11.0}]}"#, (10, 11))]
#[case::no_fields(r#"{"name":7,"description":[],"attribution":null,
    "vector_layers":[{"id":"roads","fields":null,"minzoom":true,"maxzoom":{}}]}"#, (10, 12))]
#[case::text(r#"{"vector_layers":[{"id":"roads","minzoom":"11","maxzoom":"99"}]}"#, (11, 12))]
fn zooms_are_read_as_writers_put_them(#[case] metadata: &str, #[case] zooms: (u8, u8)) {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft(4096);
    draft.metadata = metadata.to_owned();
    let archive = open(folder.path(), &draft);
    let roads = archive.layers().iter().find(|layer| layer.name == "roads").unwrap();
    assert_eq!((roads.min_zoom.get(), roads.max_zoom.get()), zooms);
}

#[tokio::test]
async fn what_is_not_gzip_is_made_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let (roads, _) = shapes();
    let mut draft = ArchiveBuilder::new((4, 4));
    draft.tiles = PartCompression::Zstd;
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let tile = tile(4096, &[("roads", &roads)]);
    draft.raw(tile_id(4, 3, 3), 1, &ruzstd::encoding::compress_to_vec(&tile[..], level));
    let source = whole(&open(folder.path(), &draft));
    assert!(source.stored(&request(4, 3, 3)).is_none());
    assert_eq!(decoded(&source, 4, 3, 3).await[0].features.len(), 3);
}

/// The archive has zooms 10 to 12, its layer `houses` too.
#[rstest]
#[case::none(None, None, Ok((10, 12)))]
#[case::within(Some(11), Some(11), Ok((11, 11)))]
#[case::shallower(Some(0), None, Ok((10, 12)))]
#[case::deeper(None, Some(16), Ok((10, 16)))]
#[case::both(Some(0), Some(16), Ok((10, 16)))]
#[case::enlarged_alone(Some(13), Some(14), Ok((13, 14)))]
#[case::below_the_first(Some(0), Some(9), Err("declared as 0 to 9, and the archive has"))]
#[case::max_below_the_first(None, Some(9), Err("declared as 10 to 9, and the archive has"))]
#[case::min_past_the_last(Some(13), None, Err("has tiles from zoom 10 to 12"))]
#[tokio::test]
async fn declared_zooms_hold_where_the_archive_has_tiles(
    #[case] min: Option<u8>,
    #[case] max: Option<u8>,
    #[case] expected: Result<(u8, u8), &str>,
    #[values(false, true)] as_it_stands: bool,
) {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft(4096));
    let zoom = |zoom: Option<u8>| zoom.map(|zoom| Zoom::new(zoom).unwrap());
    let (min_zoom, max_zoom) = (zoom(min), zoom(max));
    let layer = ArchiveLayer { min_zoom, max_zoom, ..layer_of("houses", "houses", None) };
    let ArchiveLayer { id, extent, buffer, .. } = layer.clone();
    let source = if as_it_stands {
        let whole = WholeArchive { id, min_zoom, max_zoom, extent, buffer };
        ArchiveSource::whole(archive, whole, workers())
    } else {
        ArchiveSource::layer(archive, layer, workers())
    };
    match (source, expected) {
        (Ok(source), Ok(zooms)) => {
            let description = source.description();
            assert_eq!((description.min_zoom.get(), description.max_zoom.get()), zooms);
            assert!(sent(&source, zooms.0.max(10), 0, 0).await.is_some());
            assert_eq!(sent(&source, 9, 0, 0).await, None);
        }
        (Err(error), Err(said)) => assert!(error.to_string().contains(said), "{error}"),
        (made, expected) => panic!("{expected:?}: {:?}", made.err()),
    }
}

#[tokio::test]
async fn selections_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = whole(&open(folder.path(), &draft(4096)));
    let mut request = request(11, 0, 0);
    request.selection.filter = UnappliedText::parse("a = 1");
    assert!(source.stored(&request).is_none());
    let refused = source.fragment(&request).await;
    assert!(matches!(refused, Err(SourceError::UnsupportedSelection { part: "filter", .. })));
}

#[tokio::test]
async fn everything_that_changes_the_tiles_changes_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft(4096));
    let version = |layer| one(&archive, layer).content_version();
    let base = || layer_of("roads", "roads", None);
    let mut versions = vec![
        version(base()),
        version(layer_of("houses", "roads", None)),
        version(layer_of("roads", "houses", None)),
        version(layer_of("roads", "roads", Some(&[]))),
        version(layer_of("roads", "roads", Some(&["name"]))),
        version(ArchiveLayer { buffer: 8, ..base() }),
        version(ArchiveLayer { extent: Extent::new(512).unwrap(), ..base() }),
        whole(&archive).content_version(),
    ];
    assert_eq!(version(base()), versions[0]);
    // The same bytes in a new file are another archive: it may be the first step of
    // a change.
    let again = open(folder.path(), &draft(4096));
    versions.push(one(&again, base()).content_version());
    let distinct: std::collections::BTreeSet<_> = versions.iter().collect();
    assert_eq!(distinct.len(), versions.len());
}

#[test]
fn the_writer_follows_the_curve_of_the_specification() {
    // The writer's curve is the specification's: its examples.
    for (id, at) in [(0, (0, 0, 0)), (1, (1, 0, 0)), (2, (1, 0, 1)), (3, (1, 1, 1)), (4, (1, 1, 0))]
    {
        assert_eq!(tile_id(at.0, at.1, at.2), id);
    }
    assert_eq!(tile_id(12, 3423, 1763), 19_078_479);
}
