//! Tests of reduced tiles: counts and sums of all tiles of a zoom, time slices, what is hidden.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use data_model::feature::{AttributeValue, ColumnType};
use data_model::tile::WorldPoint;
use data_model::tiling::{Merging, PointClustering, RankColumn, Reduction, Thinning};
use data_model::{ContentDigest, Extent, LayerId, Tiling, Zoom};
use proptest::prelude::*;
use rstest::rstest;
use testing::conformance::counts::{check_counts, counting_tile, features_of_zoom, stands_for};
use testing::conformance::{TestTiles, check, layers, request};
use testing::decode::{DecodedFeature, DecodedValue};
use testing::encode::{SEOUL, covering};
use testing::{OwnedValue, TestFeature, column, lines, points, polygons, table};
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::time_slices::{TimeSlice, TimeSlices};
use tile_source::workers::{TileWorkers, WorkerOptions};
use tile_source::{TileRequest, TileSource};
use vector_tile::features::{DictionaryBuilder, FeatureTable, TableOptions};
use vector_tile::fragment::DeflateLevel;

fn zoom(level: u8) -> Zoom {
    Zoom::new(level).unwrap()
}

fn clustered(below_zoom: u8, sums: &[&str]) -> Tiling {
    let sums = sums.iter().map(|&name| name.to_owned()).collect();
    let rule = PointClustering { below_zoom: zoom(below_zoom), radius_px: 40, sums };
    Tiling { reduction: Some(Reduction::Cluster(rule)), ..Tiling::default() }
}

fn thinned(below_zoom: u8, rank: Option<&str>) -> Tiling {
    let rank = rank.map(|column| RankColumn { column: column.to_owned(), descending: true });
    let rule = Thinning { below_zoom: zoom(below_zoom), rank, spacing_px: 40 };
    Tiling { reduction: Some(Reduction::Thin(rule)), ..Tiling::default() }
}

fn merged(below_zoom: u8, by: &str) -> Tiling {
    let rule = Merging { below_zoom: zoom(below_zoom), by: Some(by.to_owned()), below_px: 16 };
    Tiling { reduction: Some(Reduction::Merge(rule)), ..Tiling::default() }
}

fn publication(columns: Option<&[&str]>, tiling: Tiling) -> LayerPublication {
    LayerPublication {
        id: LayerId::new("stops").unwrap(),
        columns: columns.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        min_zoom: Zoom::MIN,
        max_zoom: zoom(14),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels: false,
        tiling,
    }
}

fn workers() -> Arc<TileWorkers> {
    let deflate_level = DeflateLevel::DEFAULT;
    Arc::new(TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level }))
}

fn source(table: FeatureTable, publication: LayerPublication) -> TableSource {
    let options = TableOptions::default();
    TableSource::new(publication, Arc::new(table), &options, ContentDigest::new(1), workers())
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A stop: position, boardings (`None` for no data), whether these are suppressed.
type Stop = ([f64; 2], Option<i64>, bool);

/// A table of stops: `id`, `name`, `boardings` and `suppressed`.
fn stops(rows: &[(i64, Stop)]) -> FeatureTable {
    let features: Vec<TestFeature> = rows
        .iter()
        .map(|&(id, (at, boardings, suppressed))| {
            let boardings = boardings.filter(|_| !suppressed);
            TestFeature {
                geometry: points(&[at]),
                values: vec![
                    OwnedValue::Int(id),
                    OwnedValue::Text(format!("정류장 {id}")),
                    boardings.map_or(OwnedValue::Null, OwnedValue::Int),
                    if suppressed { OwnedValue::Bool(true) } else { OwnedValue::Null },
                ],
            }
        })
        .collect();
    let columns = vec![
        column("id", ColumnType::Int),
        column("name", ColumnType::Text),
        column("boardings", ColumnType::Int),
        column("suppressed", ColumnType::Bool),
    ];
    let options = TableOptions { id_column: Some("id".to_owned()), ..TableOptions::default() };
    table(columns, &features, options)
}

fn numbered(stops: &[Stop]) -> Vec<(i64, Stop)> {
    (0..).zip(stops.iter().copied()).collect()
}

fn number(feature: &DecodedFeature, name: &str) -> Option<i128> {
    match feature.tags.get(name)? {
        DecodedValue::Int(number) => Some(*number),
        DecodedValue::Number(number) => Some(*number as i128),
        other => panic!("{name} is {other:?}"),
    }
}

/// Positions near Seoul, some at one and the same.
fn position() -> impl Strategy<Value = [f64; 2]> {
    prop_oneof![
        (126.98..127.10f64, 37.51..37.62f64).prop_map(|(lon, lat)| [lon, lat]),
        (0..4u8).prop_map(|n| [127.0 + f64::from(n) * 1e-4, 37.55]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_counts_and_sums_of_all_tiles_of_a_zoom_are_those_of_the_dataset(
        stops in prop::collection::vec((position(), prop::option::of(0..5000i64), Just(false)), 1..120),
    ) {
        let all: i128 = stops.iter().filter_map(|&(_, boardings, _)| boardings).map(i128::from).sum();
        let source = source(self::stops(&numbered(&stops)), publication(None, clustered(13, &["boardings"])));
        block_on(async {
            check_counts(&source, 0..=14).await;
            let mut before = 0;
            for level in 0..=14 {
                let features = features_of_zoom(&source, zoom(level), None).await;
                let sum: i128 = features.iter().filter_map(|feature| number(feature, "boardings")).sum();
                assert_eq!(sum, all, "the sums of zoom {level}");
                assert!(features.len() >= before, "clusters do not fall apart at zoom {level}");
                before = features.len();
                for feature in &features {
                    let clustered = feature.tags.get("cluster") == Some(&DecodedValue::Bool(true));
                    assert_eq!(clustered, stands_for(feature) > 1);
                    assert_eq!(clustered, !feature.tags.contains_key("name"));
                }
            }
            assert_eq!(before, stops.len());
        });
    }

    #[test]
    fn a_sum_with_a_suppressed_part_is_suppressed(
        stops in prop::collection::vec((position(), prop::option::of(0..5000i64), prop::bool::weighted(0.1)), 1..80),
    ) {
        let source = source(self::stops(&numbered(&stops)), publication(None, clustered(12, &["boardings"])));
        let told: i128 = stops.iter().filter(|stop| !stop.2).filter_map(|stop| stop.1).map(i128::from).sum();
        let hides = stops.iter().any(|stop| stop.2);
        block_on(async {
            check_counts(&source, 0..=12).await;
            for level in [4, 8, 10, 11] {
                let features = features_of_zoom(&source, zoom(level), None).await;
                let sum: i128 = features.iter().filter_map(|feature| number(feature, "boardings")).sum();
                assert!(sum <= told && (hides || sum == told));
                let suppressed = |feature: &&DecodedFeature| feature.tags.contains_key("suppressed");
                assert_eq!(features.iter().any(|feature| suppressed(&feature)), hides);
                for feature in features.iter().filter(suppressed) {
                    assert_eq!(number(feature, "boardings"), None, "{feature:?}");
                }
            }
        });
    }

    #[test]
    fn tiles_do_not_depend_on_the_order_of_rows(
        stops in prop::collection::vec((position(), prop::option::of(0..5000i64), Just(false)), 1..60),
        seed in any::<u64>(),
    ) {
        let rows = numbered(&stops);
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|&(id, _)| (id as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for tiling in [clustered(13, &["boardings"]), thinned(13, Some("boardings"))] {
            let sources = [&rows, &shuffled]
                .map(|rows| source(self::stops(rows), publication(None, tiling.clone())));
            block_on(async {
                for level in [0, 9, 11, 12] {
                    let tile = request(covering(level, [127.0, 37.55]));
                    let [one, other] = [&sources[0], &sources[1]].map(|source| source.fragment(&tile));
                    let (one, other) = (one.await.unwrap(), other.await.unwrap());
                    assert_eq!(one.map(|made| made.gzip().clone()), other.map(|made| made.gzip().clone()));
                }
            });
        }
    }

    #[test]
    fn thinning_keeps_the_first_by_rank_and_counts_the_others(
        stops in prop::collection::vec((position(), prop::option::of(0..50i64), Just(false)), 1..120),
    ) {
        let source = source(self::stops(&numbered(&stops)), publication(None, thinned(13, Some("boardings"))));
        block_on(async {
            check_counts(&source, 0..=13).await;
            // A cell of zoom 3 is larger than all positions: they are in one, or on its border.
            let features = features_of_zoom(&source, zoom(3), None).await;
            let largest = stops.iter().map(|stop| stop.1).max().unwrap();
            let found: Vec<_> = features.iter().map(|kept| number(kept, "boardings")).collect();
            assert!(features.len() <= 4 && found.contains(&largest.map(i128::from)), "{found:?}");
        });
    }
}

/// Small squares and lines of two uses in a few blocks.
fn houses() -> Vec<TestFeature> {
    let mut features = Vec::new();
    for n in 0..400 {
        let (column, row) = (f64::from(n % 20), f64::from(n / 20));
        let (lon, lat) = (127.03 + column * 2.5e-4, 37.55 + row * 2e-4);
        let (wide, high) = (1.5e-4, 1e-4);
        let ring = [[lon, lat], [lon + wide, lat], [lon + wide, lat + high], [lon, lat + high]];
        let usage = OwnedValue::Text(["주거", "상업"][usize::from(n % 3 == 0)].to_owned());
        features.push(TestFeature {
            geometry: polygons(&[&[&ring]]),
            values: vec![usage, OwnedValue::Int(n.into())],
        });
    }
    features
}

#[test]
fn small_polygons_of_a_use_are_one_of_their_area() {
    let columns = vec![column("use", ColumnType::Text), column("n", ColumnType::Int)];
    let table = table(columns, &houses(), TableOptions::default());
    let source = source(table, publication(None, merged(15, "use")));
    block_on(async {
        check_counts(&source, 10..=14).await;
        let features = features_of_zoom(&source, zoom(11), None).await;
        assert!(features.len() < 200, "{}", features.len());
        let is_merged = |feature: &&DecodedFeature| feature.tags.contains_key("merged_count");
        let count: u64 = features.iter().filter(is_merged).map(stands_for).sum();
        let area: i128 = features
            .iter()
            .filter(is_merged)
            .filter_map(|made| number(made, "merged_area_m2"))
            .sum();
        // A house is 1.5e-4° by 1e-4°, 13.26 m by 11.10 m at 37.55°.
        let expected = 13.257 * 11.099 * count as f64;
        assert!((area as f64 / expected - 1.0).abs() < 0.01, "{area} {expected}");
        for feature in features.iter().filter(is_merged) {
            let names: BTreeSet<&str> = feature.tags.keys().map(String::as_str).collect();
            assert_eq!(names, BTreeSet::from(["merged_area_m2", "merged_count", "use"]));
        }
        // At the last zoom of the rule a house of 13 m is wider than 16 pixels of 1.9 m? No: all
        // of them are merged or alone, and none is lost.
        let uses = |features: &[DecodedFeature]| -> BTreeMap<String, u64> {
            let mut uses = BTreeMap::new();
            for feature in features {
                let DecodedValue::Text(name) = &feature.tags["use"] else { panic!("{feature:?}") };
                *uses.entry(name.clone()).or_default() += stands_for(feature);
            }
            uses
        };
        let expected = BTreeMap::from([("주거".to_owned(), 266), ("상업".to_owned(), 134)]);
        for level in [10, 11, 13, 14, 15] {
            assert_eq!(uses(&features_of_zoom(&source, zoom(level), None).await), expected);
        }
    });
}

#[test]
fn short_lines_of_a_class_are_one_of_their_length() {
    let mut features = Vec::new();
    for n in 0..100i32 {
        let lon = 127.0 + f64::from(n) * 1e-4;
        features.push(TestFeature {
            geometry: lines(&[&[[lon, 37.55], [lon + 1e-4, 37.55]]]),
            values: vec![OwnedValue::Text("이면도로".to_owned())],
        });
    }
    let columns = vec![column("class", ColumnType::Text)];
    let table = table(columns, &features, TableOptions::default());
    let source = source(table, publication(None, merged(14, "class")));
    block_on(async {
        check_counts(&source, 8..=14).await;
        let features = features_of_zoom(&source, zoom(12), None).await;
        let length: i128 = features.iter().filter_map(|made| number(made, "merged_length_m")).sum();
        // 0.01° of longitude at 37.55° are 883.5 m.
        let alone = features.iter().filter(|made| stands_for(made) == 1).count();
        assert!((length - 883).abs() <= 10 + 9 * alone as i128, "{length} {alone}");
        assert!(features.len() < 20, "{}", features.len());
    });
}

#[rstest]
#[case::clusters(clustered(13, &["boardings"]))]
#[case::thinned(thinned(13, Some("boardings")))]
#[case::attributes(Tiling { attributes: [("name".to_owned(), Zoom::new(12).unwrap())].into(), ..clustered(11, &[]) })]
#[tokio::test]
async fn a_reduced_source_keeps_its_promises(#[case] tiling: Tiling) {
    let [lon, lat] = SEOUL;
    let near: Vec<Stop> = (0..50)
        .map(|n| {
            ([lon + f64::from(n) * 3e-5, lat + f64::from(n % 7) * 4e-5], Some(n.into()), false)
        })
        .collect();
    let source = source(stops(&numbered(&near)), publication(None, tiling));
    for level in [10, 12, 13] {
        let tile = covering(level, SEOUL);
        let elsewhere = data_model::TileCoord::new(level, 0, 0).unwrap();
        check(&source, &TestTiles { tile, layers: vec!["stops".to_owned()], elsewhere }).await;
    }
}

#[tokio::test]
async fn attributes_come_from_their_zoom_on() {
    let near: Vec<Stop> = vec![(SEOUL, Some(7), false)];
    let tiling = Tiling {
        attributes: [("name".to_owned(), zoom(12)), ("id".to_owned(), zoom(14))].into(),
        ..Tiling::default()
    };
    let source =
        source(stops(&numbered(&near)), publication(Some(&["name", "id", "boardings"]), tiling));
    for (level, expected) in [
        (3, &["boardings"][..]),
        (11, &["boardings"]),
        (12, &["boardings", "name"]),
        (13, &["boardings", "name"]),
        (14, &["boardings", "id", "name"]),
        (16, &["boardings", "id", "name"]),
    ] {
        let made = source.fragment(&request(covering(level, SEOUL))).await.unwrap().unwrap();
        let names: Vec<String> = layers(&made)[0].features[0].tags.keys().cloned().collect();
        assert_eq!(names, expected, "zoom {level}");
    }
    let zooms = source.description().vector_layers().remove(0).attribute_zooms;
    let range = |name: &str, first| (name.to_owned(), zoom(first), zoom(14));
    assert_eq!(zooms, [range("id", 14), range("name", 12)]);
}

#[tokio::test]
async fn a_column_that_is_not_published_takes_no_part() {
    let near: Vec<Stop> = (0..30)
        .map(|n| ([127.0 + f64::from(n) * 1e-5, 37.55], Some(i64::from(n)), false))
        .collect();
    let tile = request(covering(9, [127.0, 37.55]));
    let made = async |tiling| {
        let source = source(stops(&numbered(&near)), publication(Some(&["name"]), tiling));
        let fragment = source.fragment(&tile).await.unwrap().unwrap();
        layers(&fragment).remove(0).features
    };
    let features = made(clustered(13, &["boardings"])).await;
    assert!(features.iter().all(|feature| !feature.tags.contains_key("boardings")), "{features:?}");
    assert_eq!(made(thinned(13, Some("boardings"))).await, made(thinned(13, None)).await);
}

/// The same stops with other boardings.
fn slice(table: &FeatureTable, factor: i64) -> TimeSlice {
    let columns: Arc<[_]> = vec![column("boardings", ColumnType::Int)].into();
    let mut dictionary = DictionaryBuilder::new(1);
    let value = |&id: &u64| AttributeValue::Int(id as i64 * factor);
    let ids: Vec<_> = table.ids().iter().map(|id| dictionary.id(0, value(id)).unwrap()).collect();
    let (dictionary, new) = dictionary.finish();
    let values = ids.into_iter().map(|id| new[id as usize]).collect();
    let table = table.with_columns(columns, vec![values], Arc::new(dictionary));
    TimeSlice { table: Arc::new(table), labels: None }
}

#[tokio::test]
async fn slices_have_the_same_clusters_with_sums_of_their_own() {
    let near: Vec<Stop> = (0..40)
        .map(|n| ([127.0 + f64::from(n * n % 37) * 2e-3, 37.55], Some(i64::from(n)), false))
        .collect();
    let table = stops(&numbered(&near));
    let slices = (1..=3).map(|factor| slice(&table, factor)).collect();
    let times = ["2024", "2025", "2026"].map(Into::into).to_vec();
    let slices = TimeSlices::new(times, slices, ContentDigest::new(1)).unwrap();
    let publication = publication(None, clustered(13, &["boardings"]));
    let source = TableSource::sliced(publication, slices, &TableOptions::default(), workers());
    for level in [8, 10, 11] {
        let mut ids = BTreeSet::new();
        for (time, factor) in [("2024", 1), ("2025", 2), ("2026", 3)] {
            let features = features_of_zoom(&source, zoom(level), Some(time)).await;
            let sum: i128 = features.iter().filter_map(|made| number(made, "boardings")).sum();
            assert_eq!(sum, factor * (0..40).sum::<i128>(), "{time}");
            ids.insert(
                features.iter().map(|made| (made.id, made.parts.clone())).collect::<Vec<_>>(),
            );
        }
        assert_eq!(ids.len(), 1, "the clusters of zoom {level}");
    }
}

#[tokio::test]
async fn versions_tell_rules_apart() {
    let near: Vec<Stop> = vec![(SEOUL, Some(7), false)];
    let version =
        |tiling| source(stops(&numbered(&near)), publication(None, tiling)).content_version();
    let attributes =
        Tiling { attributes: [("name".to_owned(), zoom(12))].into(), ..Tiling::default() };
    let rules = [
        Tiling::default(),
        clustered(13, &[]),
        clustered(12, &[]),
        clustered(13, &["boardings"]),
        thinned(13, None),
        thinned(13, Some("boardings")),
        merged(13, "name"),
        attributes,
    ];
    let versions: BTreeSet<_> = rules.iter().cloned().map(version).collect();
    assert_eq!(versions.len(), rules.len());
    assert_eq!(version(clustered(13, &[])), version(clustered(13, &[])));
}

/// A tile in words: each feature with its id, place and attributes.
fn in_words(features: &[DecodedFeature]) -> String {
    let mut text = String::new();
    for DecodedFeature { id, parts, tags, .. } in features {
        let _ = writeln!(text, "{id:?} at {:?}: {tags:?}", parts[0][0]);
    }
    text
}

#[tokio::test]
async fn a_tile_of_clusters_reads_like_this() {
    let [lon, lat] = SEOUL;
    let mut near: Vec<Stop> = Vec::new();
    for (group, count) in [(0, 3), (1, 1), (2, 1200)] {
        for n in 0..count {
            let at = [lon + f64::from(group) * 0.02, lat + f64::from(n) * 1e-7];
            near.push((at, Some(10), group == 0 && n == 0));
        }
    }
    let source = source(stops(&numbered(&near)), publication(None, clustered(14, &["boardings"])));
    let made = source.fragment(&request(covering(11, SEOUL))).await.unwrap().unwrap();
    insta::assert_snapshot!(in_words(&layers(&made)[0].features));
}

#[tokio::test]
async fn a_cluster_on_a_border_counts_in_one_tile_and_is_drawn_in_both() {
    let level = zoom(10);
    let edge = covering(10, SEOUL);
    // A few units east of the tile's western edge, in the buffer of its neighbour.
    let x = (edge.x() << 22) + 40_000;
    let (lon, lat) = WorldPoint { x, y: (edge.y() << 22) + 2_000_000 }.to_lon_lat();
    let near: Vec<Stop> = (0..5).map(|_| ([lon, lat], None, false)).collect();
    let source = source(stops(&numbered(&near)), publication(None, clustered(13, &[])));
    let west = data_model::TileCoord::new(10, edge.x() - 1, edge.y()).unwrap();
    let mut ids = BTreeSet::new();
    for tile in [edge, west] {
        let request = TileRequest { ..request(tile) };
        let features =
            layers(&source.fragment(&request).await.unwrap().unwrap()).remove(0).features;
        ids.extend(features.iter().map(|feature| feature.id));
        assert_eq!(features.iter().map(stands_for).sum::<u64>(), 5);
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(counting_tile(level, WorldPoint::from_lon_lat(lon, lat)), edge);
    assert_eq!(features_of_zoom(&source, level, None).await.len(), 1);
}
