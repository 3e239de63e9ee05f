//! A live tile of points is that of the table in memory, wherever they lie.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::sync::Arc;

use data_model::{ContentDigest, Extent, LayerId, Zoom};
use postgis_store::LiveSource;
use projection::Projection;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testing::conformance;
use testing::database::{scratch, table};
use testing::encode::covering;
use testing::stores::SRIDS;
use tile_source::TileSource;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::features::{TableBuilder, TableOptions};
use vector_tile::fragment::DeflateLevel;

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_live_tile_of_random_points_is_that_of_the_table_in_memory() {
    let name = "a_live_tile_of_random_points_is_that_of_the_table_in_memory";
    let Some(scratch) = scratch(name) else { return };
    for srid in SRIDS {
        scratch.sql(&format!(
            "CREATE TABLE p{srid} (id int PRIMARY KEY, geom geometry(Point, {srid}), name text)"
        ));
    }
    let database = scratch.database();
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level });
    let workers = Arc::new(workers);
    let publication = LayerPublication {
        id: LayerId::new("points").unwrap(),
        columns: Some(vec!["name".to_owned()]),
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(16).unwrap(),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels: false,
        tiling: data_model::Tiling::default(),
    };
    let options = TableOptions { id_column: Some("id".to_owned()), ..TableOptions::default() };
    // About one another, so that a tile at a high zoom has several, on and off its edge.
    let points =
        (126.0..128.0f64, 36.0..38.5f64, 1e-5..1.0f64).prop_flat_map(|(lon, lat, wide)| {
            let offset = -wide..wide;
            prop::collection::vec((offset.clone(), offset), 1..40).prop_map(move |offsets| {
                let placed = offsets.iter().map(|(east, north)| [lon + east, lat + north]);
                placed.collect::<Vec<[f64; 2]>>()
            })
        });
    let input = (prop::sample::select(&SRIDS[..]), points, 0u8..=20);
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    let tried = TestRunner::new(config).run(&input, |(srid, points, zoom)| {
        let mut placed = points.clone();
        Projection::from_epsg(srid).unwrap().from_lon_lat(&mut placed).unwrap();
        let rows: Vec<String> = placed
            .iter()
            .enumerate()
            .map(|(n, [x, y])| format!("({n}, 'SRID={srid};POINT({x} {y})', '{}번')", n % 7))
            .collect();
        let rows = rows.join(", ");
        scratch.sql(&format!("TRUNCATE p{srid}; INSERT INTO p{srid} VALUES {rows}"));
        let stored = table(&database, &format!("p{srid}"));
        let mut builder = TableBuilder::new(options.clone());
        database.scan(&stored, &mut builder).unwrap();
        let loaded = Arc::new(builder.finish().unwrap());
        let workers = || Arc::clone(&workers);
        let digest = ContentDigest::new(1);
        let loaded = TableSource::new(publication.clone(), loaded, &options, digest, workers());
        let (database, publication) = (Arc::clone(&database), publication.clone());
        let live = LiveSource::new(publication, database, stored, &options, workers()).unwrap();
        let request = conformance::request(covering(zoom, points[0]));
        let [loaded, live] = [&loaded as &dyn TileSource, &live].map(|source| {
            let made = scratch.handle().block_on(source.fragment(&request)).unwrap();
            made.map(|made| conformance::layers(&made))
        });
        prop_assert!(loaded.is_some());
        prop_assert_eq!(loaded, live);
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{error}"));
}
