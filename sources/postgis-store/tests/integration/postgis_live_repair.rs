//! Live tiles of polygons that cross themselves: those of the repaired polygon, at the
//! cost of what the tile shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use rstest::rstest;
use testing::database::{ScratchSchema, scratch, table};
use testing::encode::covering;
use testing::live::{ask, features, live, options, publication, workers};
use testing::sound::{area, fault};
use tile_source::table_source::TableSource;
use vector_tile::features::TableBuilder;

/// A closed curve of 20,000 vertices that crosses itself in many places.
fn curve(scratch: &ScratchSchema, ring: &str) {
    scratch.sql(&format!(
        "CREATE TABLE shapes (id int PRIMARY KEY, geom geometry(Polygon, 4326));
         INSERT INTO shapes SELECT 1, ST_SetSRID(ST_MakePolygon(ST_AddPoint(line,
            ST_StartPoint(line))), 4326) FROM (SELECT ST_MakeLine({ring} ORDER BY i) AS line
            FROM (SELECT i, 2 * pi() * i / 20000 AS t FROM generate_series(0, 19999) i) a) b"
    ));
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::measure("ST_MakePoint(127 + 0.3 * cos(3 * t), 37.5 + 0.3 * sin(4 * t))")]
#[case::loops_on_a_circle(
    "ST_MakePoint(127 + 0.3 * cos(t) + 0.01 * cos(97 * t), \
     37.5 + 0.3 * sin(t) + 0.01 * sin(97 * t))"
)]
#[case::two_lobes("ST_MakePoint(127 + 0.3 * cos(t), 37.5 + 0.3 * sin(2 * t))")]
fn a_live_tile_of_a_huge_polygon_that_crosses_itself_is_that_of_the_table_in_memory(
    #[case] ring: &str,
) {
    let name = "a_live_tile_of_a_huge_polygon_that_crosses_itself_is_that_of_the_table_in_memory";
    let Some(scratch) = scratch(name) else { return };
    curve(&scratch, ring);
    let database = scratch.database();
    let live = live(&database, "shapes", publication(None, false));
    let mut options = options(&database, "shapes");
    options.keep_every_vertex = true;
    let mut builder = TableBuilder::new(options.clone());
    let digest = database.scan(&table(&database, "shapes"), &mut builder).unwrap().digest;
    let whole = Arc::new(builder.finish().unwrap());
    let memory = TableSource::new(publication(None, false), whole, &options, digest, workers());
    let (mut drawn, mut empty) = (0, 0);
    for zoom in [6, 9, 11, 13] {
        for place in [[127.0, 37.5], [127.3, 37.5], [127.1, 37.7], [126.78, 37.29], [127.2, 37.5]] {
            let tile = covering(zoom, place);
            let expected = features(ask(&scratch, &memory, tile).unwrap());
            let found = features(ask(&scratch, &live, tile).unwrap());
            assert_eq!(found.len(), expected.len(), "{tile}");
            let ([found], [expected]) = (&found[..], &expected[..]) else {
                empty += 1;
                continue;
            };
            // A crossing is a vertex: where the grid puts it depends on the edges' ends.
            let (one, other) = (area(found), area(expected));
            assert!((one - other).abs() <= 1e-3 * other + 2000.0, "{tile}: {one} of {other}");
            // The judge compares each edge with all others.
            if expected.parts.iter().map(Vec::len).sum::<usize>() < 3000 {
                let faults = [found, expected].map(|feature| fault(&feature.parts).is_some());
                assert_eq!(faults[0], faults[1], "{tile}");
            }
            drawn += 1;
        }
    }
    assert!(drawn >= 10, "{drawn} drawn, {empty} empty");
}
