//! Tables that may not be read, are locked, or end while they are read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use data_model::{StoreError, VisitError};
use postgis_store::DatabaseState;
use rstest::rstest;
use testing::database::{ScratchSchema, scratch, table, wait_for};
use testing::{FeatureCollector, OwnedValue};

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_the_role_may_not_read_is_left_out() {
    let Some(scratch) = scratch("what_the_role_may_not_read_is_left_out") else { return };
    let role = format!("{}_reader", scratch.schema);
    scratch.sql(&format!(
        "CREATE ROLE {role};
         CREATE TABLE open (id int, secret text, geom geometry(Point, 4326));
         CREATE TABLE closed (geom geometry(Point, 4326));
         INSERT INTO open VALUES (1, 'x', 'SRID=4326;POINT(127 37)');
         GRANT USAGE ON SCHEMA {schema} TO {role};
         GRANT SELECT (id, geom) ON open TO {role};",
        schema = scratch.schema
    ));
    let mut options = scratch.options();
    options.url = scratch.url(&format!("options=-c%20role%3D{role}"));
    let database = scratch.database_with(options);
    let names: Vec<_> = database.inventory().tables.iter().map(|t| t.name.clone()).collect();
    assert_eq!(names, ["open"]);
    let mut found = FeatureCollector::default();
    database.scan(&table(&database, "open"), &mut found).unwrap();
    assert_eq!(found.features[0].values, [OwnedValue::Int(1)]);

    scratch.sql(&format!("REVOKE USAGE ON SCHEMA {} FROM {role}", scratch.schema));
    // A right that is taken away takes the tables with it.
    wait_for(&database, "the loss of the schema", |inventory| inventory.tables.is_empty());
    let inventory = database.inventory();
    assert_eq!(inventory.state, DatabaseState::Up);
    assert!(
        matches!(&inventory.notes[..], [note] if note.contains("GRANT USAGE")),
        "{:?}",
        inventory.notes
    );
    scratch.sql(&format!("GRANT USAGE ON SCHEMA {} TO {role}", scratch.schema));
    wait_for(&database, "its return", |inventory| {
        inventory.tables.len() == 1 && inventory.notes.is_empty()
    });
    drop(database);
    scratch.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_schema_that_is_missing_is_named_and_found_once_it_is_there() {
    let name = "a_schema_that_is_missing_is_named_and_found_once_it_is_there";
    let Some(scratch) = scratch(name) else { return };
    let late = format!("{}_late", scratch.schema);
    scratch.sql("CREATE TABLE early (geom geometry(Point, 4326))");
    let mut options = scratch.options();
    options.schemas.insert(0, late.clone());
    let database = scratch.database_with(options);
    let inventory = database.inventory();
    assert_eq!(inventory.state, DatabaseState::Up);
    assert_eq!(inventory.tables.len(), 1);
    let [note] = &inventory.notes[..] else { panic!("{:?}", inventory.notes) };
    assert!(note.contains(&late) && note.contains("create it"), "{note}");
    scratch.sql(&format!(
        "CREATE SCHEMA {late}; CREATE TABLE {late}.more (geom geometry(Point, 4326))"
    ));
    wait_for(&database, "the schema", |inventory| {
        inventory.notes.is_empty() && inventory.tables.len() == 2
    });
    scratch.sql(&format!("DROP SCHEMA {late} CASCADE"));
    wait_for(&database, "the schema's end", |inventory| {
        inventory.notes.len() == 1 && inventory.tables.len() == 1
    });
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_schema_that_is_closed_to_the_role_is_named_beside_those_that_are_served() {
    let name = "a_schema_that_is_closed_to_the_role_is_named_beside_those_that_are_served";
    let Some(scratch) = scratch(name) else { return };
    let (role, closed) =
        (format!("{}_guest", scratch.schema), format!("{}_closed", scratch.schema));
    scratch.sql(&format!(
        "CREATE ROLE {role}; CREATE SCHEMA {closed};
         CREATE TABLE open (geom geometry(Point, 4326)); GRANT SELECT ON open TO {role};
         GRANT USAGE ON SCHEMA {schema} TO {role};",
        schema = scratch.schema
    ));
    let mut options = scratch.options();
    options.url = scratch.url(&format!("options=-c%20role%3D{role}"));
    options.schemas.push(closed.clone());
    let database = scratch.database_with(options);
    let inventory = database.inventory();
    assert_eq!((&inventory.state, inventory.tables.len()), (&DatabaseState::Up, 1));
    let [note] = &inventory.notes[..] else { panic!("{:?}", inventory.notes) };
    assert!(note.contains(&format!("GRANT USAGE ON SCHEMA \"{closed}\"")), "{note}");
    drop(database);
    scratch.sql(&format!("DROP SCHEMA {closed}; DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::dropped("DROP SCHEMA $ CASCADE")]
#[case::renamed("ALTER SCHEMA $ RENAME TO $_old")]
fn the_only_schema_takes_its_tables_with_it(#[case] change: &str) {
    let Some(scratch) = scratch("the_only_schema_takes_its_tables_with_it") else { return };
    let only = format!("{}_only", scratch.schema);
    let make = format!("CREATE SCHEMA {only}; CREATE TABLE {only}.t (geom geometry(Point, 4326))");
    scratch.sql(&make);
    let mut options = scratch.options();
    options.schemas = vec![only.clone()];
    let database = scratch.database_with(options);
    assert_eq!(database.inventory().tables.len(), 1);
    scratch.sql(&change.replace('$', &only));
    wait_for(&database, "its end", |inventory| inventory.tables.is_empty());
    let inventory = database.inventory();
    assert!(inventory.complete && inventory.state == DatabaseState::Up);
    assert!(
        matches!(&inventory.notes[..], [note] if note.contains(&only)),
        "{:?}",
        inventory.notes
    );
    scratch.sql(&make);
    wait_for(&database, "its return", |inventory| {
        inventory.tables.len() == 1 && inventory.notes.is_empty()
    });
    scratch.sql(&format!("DROP SCHEMA {only} CASCADE; DROP SCHEMA IF EXISTS {only}_old CASCADE"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_that_is_gone_is_at_fault() {
    let Some(scratch) = scratch("a_table_that_is_gone_is_at_fault") else { return };
    scratch.sql("CREATE TABLE t (geom geometry(Point, 4326))");
    let database = scratch.database();
    let t = table(&database, "t");
    scratch.sql("DROP TABLE t");
    let error = database.scan(&t, &mut FeatureCollector::default()).unwrap_err();
    assert!(matches!(error, StoreError::Table { .. }), "{error}");
    assert!(error.to_string().contains("does not exist"), "{error}");
    wait_for(&database, "the table's end", |inventory| inventory.tables.is_empty());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_locked_table_is_unreachable_and_the_database_is_not_lost() {
    let name = "a_locked_table_is_unreachable_and_the_database_is_not_lost";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql("CREATE TABLE t (geom geometry(Point, 4326))");
    let mut options = scratch.options();
    options.lock_timeout = std::time::Duration::from_millis(50);
    scratch.sql("BEGIN; LOCK TABLE t");
    let database = scratch.database_with(options);
    let t = table(&database, "t");
    let error = database.scan(&t, &mut FeatureCollector::default()).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert_eq!(database.inventory().state, DatabaseState::Up);
    scratch.sql("COMMIT");
    database.scan(&t, &mut FeatureCollector::default()).unwrap();
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn the_size_of_a_table_that_was_locked_is_asked_for_again() {
    let name = "the_size_of_a_table_that_was_locked_is_asked_for_again";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE t AS SELECT 'SRID=4326;POINT(127 37)'::geometry(Point, 4326) AS geom
         FROM generate_series(1, 9); ANALYZE t",
    );
    scratch.sql("BEGIN; LOCK TABLE t");
    let database = scratch.database();
    let t = table(&database, "t");
    assert_eq!((t.bytes_on_disk, t.estimated_bounds), (None, None));
    scratch.sql("COMMIT");
    wait_for(&database, "its size", |inventory| {
        inventory.tables[0].bytes_on_disk.is_some()
            && inventory.tables[0].estimated_bounds.is_some()
    });
    assert_eq!(table(&database, "t").change_token, t.change_token);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::connection("pg_terminate_backend")]
#[case::query("pg_cancel_backend")]
fn what_an_operator_ends_midway_makes_the_table_unreachable(#[case] end: &'static str) {
    let name = "what_an_operator_ends_midway_makes_the_table_unreachable";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE VIEW big AS SELECT i AS id, repeat('x', 200) AS text,
            ST_SetSRID(ST_MakePoint(127, 37), 4326)::geometry(Point, 4326) AS geom
         FROM generate_series(1, 1000000) i",
    );
    let database = scratch.database();
    let big = table(&database, "big");
    let mut visitor = Terminator { scratch: &scratch, end, rows: 0 };
    let error = database.scan(&big, &mut visitor).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!((1..1_000_000).contains(&visitor.rows));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_that_takes_too_long_is_at_fault() {
    let Some(scratch) = scratch("a_table_that_takes_too_long_is_at_fault") else { return };
    scratch.sql(
        "CREATE VIEW slow AS SELECT ST_SetSRID(ST_MakePoint(127, 37), 4326) AS geom, pg_sleep(5)::text",
    );
    let mut options = scratch.options();
    options.scan_timeout = std::time::Duration::from_millis(200);
    let database = scratch.database_with(options);
    let error =
        database.scan(&table(&database, "slow"), &mut FeatureCollector::default()).unwrap_err();
    assert!(matches!(error, StoreError::Table { .. }), "{error}");
    assert!(error.to_string().contains("longer than 0.2 s"), "{error}");
}

/// Ends the connection that sends the rows, or its query.
struct Terminator<'a> {
    scratch: &'a ScratchSchema,
    end: &'static str,
    rows: u64,
}

impl FeatureVisitor for Terminator<'_> {
    fn begin(&mut self, _: &FeatureSchema) {}

    fn feature(
        &mut self,
        _: u64,
        _: &Geometry,
        _: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        self.rows += 1;
        if self.rows == 1 {
            // Not on this thread, which drives the scan.
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    self.scratch.sql(&format!(
                        "SELECT {}(pid) FROM pg_stat_activity \
                         WHERE query LIKE 'COPY%\"{}\".\"big\"%'",
                        self.end, self.scratch.schema
                    ));
                });
            });
        }
        Ok(())
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_visitor_that_refuses_ends_the_scan_at_the_row() {
    #[derive(Debug, thiserror::Error)]
    #[error("it is full")]
    struct Filled;
    struct Full;
    impl FeatureVisitor for Full {
        fn begin(&mut self, _: &FeatureSchema) {}
        fn feature(
            &mut self,
            row: u64,
            _: &Geometry,
            _: &[AttributeValue<'_>],
        ) -> Result<(), VisitError> {
            if row == 3 { Err(VisitError::new(Filled)) } else { Ok(()) }
        }
    }
    let Some(scratch) = scratch("a_visitor_that_refuses_ends_the_scan_at_the_row") else { return };
    scratch.sql(
        "CREATE TABLE t AS SELECT 'SRID=4326;POINT(1 1)'::geometry(Point, 4326) AS geom
         FROM generate_series(1, 9)",
    );
    let database = scratch.database();
    let error = database.scan(&table(&database, "t"), &mut Full).unwrap_err();
    assert!(error.to_string().ends_with(".t: row 3: it is full"), "{error}");
    let StoreError::Refused { error, .. } = error else { panic!("{error}") };
    assert!(error.cause::<Filled>().is_some());
}
