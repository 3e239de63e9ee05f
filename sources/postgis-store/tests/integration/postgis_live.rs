//! Tiles of a table as it is when they are requested.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use postgis_store::{DatabaseOptions, DatabaseState, LiveError, LiveSource, PostgisDatabase};
use rstest::rstest;
use testing::database::{scratch, table, wait_for};
use testing::encode::{SEOUL, covering};
use testing::live::{ask, features, live, options, points, publication, workers};
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::{SourceError, TileSource};
use vector_tile::features::{ColumnForm, TableBuilder, TableOptions};

/// Source of the same table from memory.
fn from_memory(
    database: &PostgisDatabase,
    name: &str,
    publication: LayerPublication,
) -> TableSource {
    let mut options = options(database, name);
    options.keep_every_vertex = true;
    options.omit_ids = options.id_column.is_none();
    let mut builder = TableBuilder::new(options.clone());
    let summary = database.scan(&table(database, name), &mut builder).unwrap();
    let table = Arc::new(builder.finish().unwrap());
    TableSource::new(publication, table, &options, summary.digest, workers())
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::whole_world(0)]
#[case::city(10)]
#[case::quarter(13)]
#[case::street(16)]
#[case::deepest(24)]
fn a_live_tile_of_points_is_that_of_the_table_in_memory(#[case] zoom: u8) {
    let name = "a_live_tile_of_points_is_that_of_the_table_in_memory";
    let Some(scratch) = scratch(name) else { return };
    points(&scratch);
    let database = scratch.database();
    let live = live(&database, "points", publication(None, false));
    let memory = from_memory(&database, "points", publication(None, false));
    let found = scratch.ask::<i64>("SELECT count(*) FROM points");
    for dx in 0..2 {
        let tile = covering(zoom, [SEOUL[0] + 0.01 * f64::from(dx), SEOUL[1]]);
        let expected = ask(&scratch, &memory, tile).unwrap();
        assert_eq!(ask(&scratch, &live, tile).unwrap(), expected);
        if zoom == 0 {
            assert_eq!(features(expected).len() as i64, found);
        }
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_live_tile_of_shapes_is_that_of_the_table_in_memory() {
    let Some(scratch) = scratch("a_live_tile_of_shapes_is_that_of_the_table_in_memory") else {
        return;
    };
    scratch.sql(
        "CREATE TABLE shapes (id int PRIMARY KEY, geom geometry(Geometry, 5186));
         INSERT INTO shapes SELECT i, CASE i % 3
            WHEN 0 THEN ST_Buffer(at, 300) WHEN 1 THEN ST_MakeLine(at, ST_Translate(at, 900, 400))
            ELSE ST_Collect(at, ST_MakeLine(at, ST_Translate(at, 0, 500))) END
         FROM (SELECT i, ST_SetSRID(ST_MakePoint(203333 + i % 20 * 300, 551234 + i / 20 * 300), 5186)
            AS at FROM generate_series(0, 399) i) s",
    );
    let database = scratch.database();
    let live = live(&database, "shapes", publication(None, true));
    let memory = from_memory(&database, "shapes", publication(None, true));
    for zoom in [3, 9, 12, 14, 17] {
        let tile = covering(zoom, [127.05, 37.57]);
        let expected = ask(&scratch, &memory, tile).unwrap();
        assert_eq!(ask(&scratch, &live, tile).unwrap(), expected, "{tile}");
        assert!(expected.len() == 2 && !expected[0].features.is_empty());
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn only_what_is_published_is_in_a_live_tile() {
    let Some(scratch) = scratch("only_what_is_published_is_in_a_live_tile") else { return };
    points(&scratch);
    let database = scratch.database();
    let source = live(&database, "points", publication(Some(&["name", "gone"]), false));
    let names: Vec<_> = source.description().columns.iter().map(|c| c.name.clone()).collect();
    assert_eq!(names, ["name"]);
    let found = features(ask(&scratch, &source, covering(12, SEOUL)).unwrap());
    assert!(!found.is_empty());
    for feature in found {
        assert!(feature.id.is_some());
        assert_eq!(feature.tags.keys().collect::<Vec<_>>(), ["name"]);
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn features_have_ids_of_a_usable_key_alone() {
    let Some(scratch) = scratch("features_have_ids_of_a_usable_key_alone") else { return };
    scratch.sql(
        "CREATE TABLE a (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO a VALUES (-1, 'SRID=4326;POINT(127.0369 37.5634)');
         CREATE VIEW b AS SELECT 1 AS id, geom FROM a;
         CREATE TABLE c (place geography(Point));
         INSERT INTO c VALUES ('POINT(127.0369 37.5634)')",
    );
    let database = scratch.database();
    for name in ["a", "b", "c"] {
        let source = live(&database, name, publication(None, false));
        let found = features(ask(&scratch, &source, covering(12, SEOUL)).unwrap());
        assert_eq!(found.iter().map(|feature| feature.id).collect::<Vec<_>>(), [None], "{name}");
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_change_is_in_the_tiles_of_the_next_version() {
    let Some(scratch) = scratch("a_change_is_in_the_tiles_of_the_next_version") else { return };
    points(&scratch);
    let database = scratch.database();
    let before = live(&database, "points", publication(None, false));
    let again = live(&database, "points", publication(None, false));
    assert_eq!(before.content_version(), again.content_version());
    let token = table(&database, "points").change_token;
    scratch.sql("DELETE FROM points WHERE id > 3");
    wait_for(&database, "the change", |_| table(&database, "points").change_token != token);
    let after = live(&database, "points", publication(None, false));
    assert_ne!(before.content_version(), after.content_version());
    let found = features(ask(&scratch, &after, covering(8, SEOUL)).unwrap());
    assert_eq!(found.len(), 3);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_column_without_a_declared_srid_is_refused_with_what_to_do() {
    let name = "a_column_without_a_declared_srid_is_refused_with_what_to_do";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql("CREATE TABLE t (geom geometry)");
    let database = scratch.database();
    let t = table(&database, "t");
    let options = TableOptions::default();
    let refused =
        LiveSource::new(publication(None, false), Arc::clone(&database), t, &options, workers());
    let Err(error) = refused else { panic!("taken") };
    assert!(matches!(error, LiveError::NoSrid { .. }));
    assert!(error.to_string().contains("ALTER TABLE"), "{error}");
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::rows(100, 1 << 30)]
#[case::bytes(1 << 30, 1000)]
fn a_tile_of_too_much_says_to_declare_a_min_zoom(#[case] rows: usize, #[case] bytes: usize) {
    let Some(scratch) = scratch("a_tile_of_too_much_says_to_declare_a_min_zoom") else { return };
    points(&scratch);
    let limits = DatabaseOptions { tile_rows: rows, tile_bytes: bytes, ..scratch.options() };
    let database = scratch.database_with(limits);
    let source = live(&database, "points", publication(None, false));
    let error = ask(&scratch, &source, covering(5, SEOUL)).unwrap_err();
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("min_zoom"), "{error}");
    // It is remembered for this version, and asked of the database no more.
    scratch.sql("DROP TABLE points");
    let again = ask(&scratch, &source, covering(5, SEOUL)).unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    let other = ask(&scratch, &source, covering(16, SEOUL)).unwrap_err();
    assert!(matches!(other, SourceError::Unavailable { .. }), "{other}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_connection_ended_while_idle_costs_no_tile_and_loses_no_database() {
    let name = "a_connection_ended_while_idle_costs_no_tile_and_loses_no_database";
    let Some(scratch) = scratch(name) else { return };
    points(&scratch);
    let limits = DatabaseOptions {
        pool_size: 1,
        poll_interval: Duration::from_secs(3600),
        url: scratch.url(&format!("application_name={}", scratch.schema)),
        ..scratch.options()
    };
    let database = scratch.database_with(limits);
    let source = live(&database, "points", publication(None, false));
    let before = ask(&scratch, &source, covering(12, SEOUL)).unwrap();
    for _ in 0..3 {
        // The watcher's own connection too.
        scratch.sql(&format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE application_name = '{}'",
            scratch.schema
        ));
        assert_eq!(ask(&scratch, &source, covering(12, SEOUL)).unwrap(), before);
        assert_eq!(database.inventory().state, DatabaseState::Up);
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_connection_keeps_no_prepared_statements() {
    let Some(scratch) = scratch("a_connection_keeps_no_prepared_statements") else {
        return;
    };
    points(&scratch);
    scratch.sql(
        "CREATE VIEW kept AS SELECT (SELECT count(*) FROM pg_prepared_statements)::int AS n,
            'SRID=4326;POINT(127.0369 37.5634)'::geometry(Point, 4326) AS geom",
    );
    let database = scratch.database_with(DatabaseOptions { pool_size: 1, ..scratch.options() });
    let kept = live(&database, "kept", publication(None, false));
    let mut most = 0;
    for number in 0..150 {
        scratch.sql(&format!("CREATE VIEW v{number} AS SELECT * FROM points WHERE id = 1"));
    }
    wait_for(&database, "the views", |inventory| inventory.tables.len() == 152);
    for number in 0..150 {
        let source = live(&database, &format!("v{number}"), publication(None, false));
        ask(&scratch, &source, covering(12, SEOUL)).unwrap();
        let found = features(ask(&scratch, &kept, covering(12, SEOUL)).unwrap());
        let count = format!("{:?}", found[0].tags["n"]);
        let digits: String = count.chars().filter(char::is_ascii_digit).collect();
        most = most.max(digits.parse::<usize>().unwrap());
    }
    // Statements are unnamed: a pooler's connection keeps none.
    assert_eq!(most, 0);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_tile_that_finds_no_bytes_left_is_refused_and_a_smaller_one_is_not() {
    let name = "a_tile_that_finds_no_bytes_left_is_refused_and_a_smaller_one_is_not";
    let Some(scratch) = scratch(name) else { return };
    points(&scratch);
    let limits = DatabaseOptions { live_bytes: 64 << 10, ..scratch.options() };
    let database = scratch.database_with(limits);
    let wide = live(&database, "points", publication(None, false));
    let error = ask(&scratch, &wide, covering(5, SEOUL)).map(|_| ());
    assert!(
        matches!(error, Err(SourceError::Overloaded | SourceError::TooLarge { .. })),
        "{error:?}"
    );
    // Its bytes are free again.
    assert!(!ask(&scratch, &wide, covering(16, SEOUL)).unwrap().is_empty());
}

/// Bow-ties of two equal lobes, a collection, and polygons around tiles: as in memory.
#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn polygons_that_cross_themselves_are_drawn_alike_live_and_in_memory() {
    let name = "polygons_that_cross_themselves_are_drawn_alike_live_and_in_memory";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE shapes (id int PRIMARY KEY, geom geometry(Geometry, 4326));
         INSERT INTO shapes VALUES
            (1, 'SRID=4326;POLYGON((127 37.5,127.02 37.52,127.02 37.5,127 37.52,127 37.5))'),
            (2, 'SRID=4326;POLYGON((127 37.5,127.01 37.51,127.02 37.52,127.02 37.5,127.01 37.51,127 37.52,127 37.5))'),
            (3, 'SRID=4326;GEOMETRYCOLLECTION(POINT(127 37.5),LINESTRING(127 37.5,127.02 37.52))'),
            (4, 'SRID=4326;POLYGON((126 36,128 36,128 36.1,126.1 36.1,126.1 39,128 39,128 39.1,126 39.1,126 36))')",
    );
    let database = scratch.database();
    let live = live(&database, "shapes", publication(None, false));
    let memory = from_memory(&database, "shapes", publication(None, false));
    for (zoom, lobes, ids) in [(6, 2, &[1, 2, 3, 4][..]), (9, 2, &[1, 2, 3]), (12, 2, &[1, 2, 3])] {
        let tile = covering(zoom, [127.015, 37.51]);
        for source in [&live as &dyn TileSource, &memory] {
            let found = features(ask(&scratch, source, tile).unwrap());
            let all: Vec<_> = found.iter().map(|feature| feature.id.unwrap()).collect();
            assert_eq!(all, ids, "{tile}");
            for feature in &found[..2] {
                assert_eq!(feature.parts.len(), lobes, "{tile}: {feature:?}");
            }
            assert_eq!(found[2].kind, 2, "the line of the collection");
        }
    }
    // The middle of the last, which is open to the east.
    let tile = covering(8, [127.0, 38.4]);
    for source in [&live as &dyn TileSource, &memory] {
        assert!(features(ask(&scratch, source, tile).unwrap()).is_empty(), "{tile}");
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn two_bigints_of_19_digits_stay_two_in_a_live_tile() {
    let Some(scratch) = scratch("two_bigints_of_19_digits_stay_two_in_a_live_tile") else { return };
    scratch.sql(
        "CREATE TABLE parcels (id int PRIMARY KEY, pnu bigint, code numeric(19), free numeric,
            price numeric(12, 2), floors int, declared bigint, geom geometry(Point, 4326));
         INSERT INTO parcels SELECT i, 1120011400100010000 + i, 1120011400100010000 + i,
            1120011400100010000 + i, 0.25, 5, i, 'SRID=4326;POINT(127.0369 37.5634)'
            FROM generate_series(1, 2) i",
    );
    let database = scratch.database();
    let options = TableOptions {
        declared: [("declared".to_owned(), ColumnForm::Number)].into(),
        ..options(&database, "parcels")
    };
    let table = table(&database, "parcels");
    let source = LiveSource::new(
        publication(None, false),
        Arc::clone(&database),
        table,
        &options,
        workers(),
    );
    let source = source.unwrap();
    let kinds = source.description().columns.iter().map(|c| (&*c.name, c.kind.tilejson_type()));
    let expected = [
        ("id", "Number"),
        ("pnu", "String"),
        ("code", "String"),
        ("free", "Number"),
        ("price", "Number"),
        ("floors", "Number"),
        ("declared", "Number"),
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    let found = features(ask(&scratch, &source, covering(12, SEOUL)).unwrap());
    assert_eq!(found.len(), 2);
    for feature in found {
        let id = feature.id.unwrap();
        let pnu = format!("{:?}", feature.tags["pnu"]);
        assert!(pnu.contains(&format!("\"112001140010001000{id}\"")), "{pnu}");
        for column in ["code", "free"] {
            assert_eq!(format!("{:?}", feature.tags[column]), pnu, "{column}");
        }
        assert!(!format!("{:?}", feature.tags["declared"]).contains('"'));
    }
}
