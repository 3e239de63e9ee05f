//! Live tiles of low zooms: clusters made by the database, cells read whole, and samples.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use data_model::tiling::{Merging, PointClustering, RankColumn, Reduction, Thinning};
use data_model::{Tiling, Zoom};
use testing::conformance::counts::{features_of_zoom, stands_for};
use testing::conformance::{TestTiles, check};
use testing::database::{ScratchSchema, scratch};
use testing::decode::{DecodedFeature, DecodedValue};
use testing::encode::{SEOUL, covering};
use testing::live::{ask, features, live, publication};
use tile_source::TileSource;
use tile_source::table_source::LayerPublication;

fn zoom(level: u8) -> Zoom {
    Zoom::new(level).unwrap()
}

fn with(reduction: Reduction) -> LayerPublication {
    let tiling = Tiling { reduction: Some(reduction), ..Tiling::default() };
    LayerPublication { tiling, ..publication(None, false) }
}

fn clustered(sums: &[&str]) -> LayerPublication {
    let sums = sums.iter().map(|&name| name.to_owned()).collect();
    with(Reduction::Cluster(PointClustering { below_zoom: zoom(15), radius_px: 40, sums }))
}

/// Stops in rings about Seoul, some at one place; every fourth without boardings.
fn stops(scratch: &ScratchSchema) {
    scratch.sql(
        "CREATE TABLE stops (id serial PRIMARY KEY, name text, opened date, lit bool, code bytea,
            boardings int, fare numeric(8, 2), share float8, geom geometry(Point, 5186));
         INSERT INTO stops (name, opened, lit, code, boardings, fare, share, geom)
            SELECT '정류장 ' || i, date '2020-01-01' + i, i % 2 = 0, decode('0aff', 'hex'),
                CASE WHEN i % 4 > 0 THEN i END, i * 0.25, 0.1,
                ST_SetSRID(ST_MakePoint(203333 + 30 * i * cos(i / 9.0), 551234 + 20 * i * sin(i / 9.0)), 5186)
            FROM generate_series(1, 300) i;
         CREATE INDEX ON stops USING gist (geom); ANALYZE stops",
    );
}

fn number(feature: &DecodedFeature, name: &str) -> Option<f64> {
    match feature.tags.get(name)? {
        DecodedValue::Int(number) => Some(*number as f64),
        DecodedValue::Number(number) => Some(*number),
        other => panic!("{name} is {other:?}"),
    }
}

fn of_zoom(scratch: &ScratchSchema, source: &dyn TileSource, level: u8) -> Vec<DecodedFeature> {
    scratch.handle().block_on(features_of_zoom(source, zoom(level), None))
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn counts_and_sums_of_live_clusters_are_those_of_the_table() {
    let name = "counts_and_sums_of_live_clusters_are_those_of_the_table";
    let Some(scratch) = scratch(name) else { return };
    stops(&scratch);
    let database = scratch.database();
    let source = live(&database, "stops", clustered(&["boardings", "fare", "share"]));
    assert_eq!(source.description().sampled_below, None);
    let expected = |sql: &str| scratch.ask::<f64>(&format!("SELECT ({sql})::float8 FROM stops"));
    for level in [0, 6, 9, 11, 12, 13, 14, 15] {
        let found = of_zoom(&scratch, &source, level);
        assert_eq!(found.iter().map(stands_for).sum::<u64>(), 300, "the counts of zoom {level}");
        for column in ["boardings", "fare", "share"] {
            let sum: f64 = found.iter().filter_map(|feature| number(feature, column)).sum();
            let all = expected(&format!("sum({column})"));
            assert!((sum - all).abs() < 1e-6, "{column} of zoom {level}: {sum}, not {all}");
        }
        for feature in &found {
            let is_cluster = feature.tags.get("cluster") == Some(&DecodedValue::Bool(true));
            assert_eq!(is_cluster, stands_for(feature) > 1);
            assert_eq!(is_cluster, !feature.tags.contains_key("name"), "{feature:?}");
            assert_eq!(is_cluster, feature.id.unwrap() >= 1 << 52);
            assert_eq!(is_cluster, feature.tags.contains_key("point_count_abbreviated"));
        }
        assert!(level > 12 || found.len() < 200, "{} features at zoom {level}", found.len());
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_stop_alone_is_the_row_that_it_is() {
    let Some(scratch) = scratch("a_stop_alone_is_the_row_that_it_is") else { return };
    stops(&scratch);
    let database = scratch.database();
    let reduced = of_zoom(&scratch, &live(&database, "stops", clustered(&["boardings"])), 14);
    let all = of_zoom(&scratch, &live(&database, "stops", publication(None, false)), 14);
    let alone: Vec<_> = reduced.iter().filter(|feature| stands_for(feature) == 1).collect();
    assert!(alone.len() > 20);
    for feature in alone {
        let own = all.iter().find(|own| own.id == feature.id).unwrap();
        assert_eq!(own.tags, feature.tags);
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_live_source_of_clusters_keeps_its_promises() {
    let Some(scratch) = scratch("a_live_source_of_clusters_keeps_its_promises") else { return };
    stops(&scratch);
    let database = scratch.database();
    let source = live(&database, "stops", clustered(&["boardings"]));
    let elsewhere = data_model::TileCoord::new(11, 0, 0).unwrap();
    let ground =
        TestTiles { tile: covering(11, SEOUL), layers: vec!["live".to_owned()], elsewhere };
    scratch.handle().block_on(check(&source, &ground));
    let other = live(&database, "stops", clustered(&[]));
    assert_ne!(source.content_version(), other.content_version());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn suppressed_parts_suppress_the_sums_of_live_clusters() {
    let name = "suppressed_parts_suppress_the_sums_of_live_clusters";
    let Some(scratch) = scratch(name) else { return };
    stops(&scratch);
    scratch.sql(
        "ALTER TABLE stops ADD suppressed bool;
         UPDATE stops SET suppressed = true, boardings = NULL WHERE id = 1",
    );
    let database = scratch.database();
    let source = live(&database, "stops", clustered(&["boardings"]));
    let found = of_zoom(&scratch, &source, 0);
    assert_eq!(found.iter().map(stands_for).sum::<u64>(), 300);
    for feature in found.iter().filter(|feature| feature.tags.contains_key("suppressed")) {
        assert_eq!(number(feature, "boardings"), None);
    }
    assert_eq!(found.iter().filter(|feature| feature.tags.contains_key("suppressed")).count(), 1);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn live_features_are_thinned_and_merged_alike_in_all_tiles() {
    let name = "live_features_are_thinned_and_merged_alike_in_all_tiles";
    let Some(scratch) = scratch(name) else { return };
    stops(&scratch);
    scratch.sql(
        "CREATE TABLE houses AS SELECT id, CASE WHEN id % 3 = 0 THEN '상업' ELSE '주거' END AS use,
            ST_Buffer(ST_SetSRID(ST_MakePoint(203000 + id % 40 * 25, 551000 + id / 40 * 25), 5186), 8)
                ::geometry(Polygon, 5186) AS geom
         FROM generate_series(0, 799) id;
         ALTER TABLE houses ADD PRIMARY KEY (id); ANALYZE houses",
    );
    let database = scratch.database();
    let rank = Some(RankColumn { column: "boardings".to_owned(), descending: true });
    let thinned = with(Reduction::Thin(Thinning { below_zoom: zoom(14), rank, spacing_px: 60 }));
    let source = live(&database, "stops", thinned);
    for level in [8, 10, 11, 13] {
        let found = of_zoom(&scratch, &source, level);
        assert_eq!(found.iter().map(stands_for).sum::<u64>(), 300, "zoom {level}");
        let ids: BTreeSet<_> = found.iter().map(|feature| feature.id).collect();
        assert_eq!(ids.len(), found.len());
    }
    let by = Some("use".to_owned());
    let merged = with(Reduction::Merge(Merging { below_zoom: zoom(15), by, below_px: 16 }));
    let source = live(&database, "houses", merged);
    for level in [9, 11, 12, 14] {
        let found = of_zoom(&scratch, &source, level);
        assert_eq!(found.iter().map(stands_for).sum::<u64>(), 800, "zoom {level}");
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_too_large_for_a_tile_is_sampled_and_says_so() {
    let name = "a_table_too_large_for_a_tile_is_sampled_and_says_so";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE many (id int PRIMARY KEY, n int, geom geometry(Point, 4326));
         INSERT INTO many SELECT i, 2, ST_SetSRID(ST_MakePoint(
            126.9 + i % 1000 * 0.0003, 37.4 + i / 1000 * 0.0006), 4326)
         FROM generate_series(0, 399999) i;
         CREATE INDEX ON many USING gist (geom); ANALYZE many",
    );
    let database = scratch.database();
    let source = live(&database, "many", clustered(&["n"]));
    // The data is 0.3° wide and 0.24° high: a tile of zoom 12 has at most a 9th of it, and of
    // zoom 11 the half by the estimate.
    assert_eq!(source.description().sampled_below.map(Zoom::get), Some(12));
    for level in [0, 8, 10] {
        let found = of_zoom(&scratch, &source, level);
        let counted = found.iter().map(stands_for).sum::<u64>();
        let near = |sum: f64, all: f64| (sum / all - 1.0).abs() < 0.1;
        assert!(near(counted as f64, 400_000.0), "{counted} at zoom {level}");
        let sum: f64 = found.iter().filter_map(|feature| number(feature, "n")).sum();
        assert!(near(sum, 800_000.0), "{sum} at zoom {level}");
        assert!(found.iter().all(|feature| stands_for(feature) > 1));
        assert_eq!(found, of_zoom(&scratch, &source, level), "another sample");
    }
    let exact = of_zoom(&scratch, &source, 12);
    assert_eq!(exact.iter().map(stands_for).sum::<u64>(), 400_000);
    // Without a rule the rows of the sample are there as they are.
    let plain = live(&database, "many", publication(Some(&["n"]), false));
    let found = features(ask(&scratch, &plain, covering(4, [127.0, 37.5])).unwrap());
    assert!((150_000..250_000).contains(&found.len()), "{}", found.len());
}
