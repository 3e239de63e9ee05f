//! A caller of a live table that gives up does not fail another caller's tile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use data_model::{Extent, LayerId, Zoom};
use postgis_store::{DatabaseOptions, LiveSource};
use rstest::rstest;
use testing::conformance::request;
use testing::database::{scratch, table};
use testing::encode::{SEOUL, covering};
use tile_source::table_source::LayerPublication;
use tile_source::workers::{TileWorkers, WorkerOptions};
use tile_source::{TileRequest, TileSource};
use vector_tile::features::TableOptions;
use vector_tile::fragment::DeflateLevel;

/// Way in which a caller gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GivenUp {
    /// The client of the caller is gone.
    Dropped,
    /// The deadline of the caller passes.
    Late,
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_request_given_up_does_not_fail_the_next_one_on_its_connection(
    #[values(GivenUp::Dropped, GivenUp::Late)] how: GivenUp,
) {
    let name = "a_request_given_up_does_not_fail_the_next_one_on_its_connection";
    let Some(scratch) = scratch(name) else { return };
    // Long enough for a belated cancellation to meet the query.
    scratch.sql(
        "CREATE TABLE t (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO t VALUES (1, 'SRID=4326;POINT(127.0369 37.5634)');
         CREATE VIEW slow AS SELECT id, geom FROM t WHERE pg_sleep(0.003) IS NOT NULL",
    );
    let database = scratch.database_with(DatabaseOptions { pool_size: 1, ..scratch.options() });
    let publication = LayerPublication {
        id: LayerId::new("slow").unwrap(),
        columns: None,
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(16).unwrap(),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels: false,
        tiling: data_model::Tiling::default(),
    };
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level });
    let options = TableOptions { omit_ids: true, ..TableOptions::default() };
    let table = table(&database, "slow");
    let source =
        LiveSource::new(publication, Arc::clone(&database), table, &options, Arc::new(workers))
            .unwrap();
    let tile = covering(14, SEOUL);
    scratch.handle().block_on(async {
        for round in 0..300u64 {
            let patience = match how {
                GivenUp::Dropped => Duration::from_secs(20),
                GivenUp::Late => Duration::from_micros(100 * (round % 40)),
            };
            let deadline = Instant::now() + patience;
            let given_up = TileRequest { deadline, ..request(tile) };
            let mut future = source.fragment(&given_up);
            if how == GivenUp::Late {
                let _ = future.await;
            } else {
                // Given up at another time of its course.
                for _ in 0..=round % 8 {
                    let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context)));
                    if polled.await.is_ready() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_micros(300)).await;
                }
                drop(future);
            }
            let next = source.fragment(&request(tile)).await;
            assert!(matches!(next, Ok(Some(_))), "round {round}: {next:?}");
        }
    });
}
