//! Tables without geometry: found by name alone, read as rows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use data_model::feature::ColumnType;
use postgis_store::{PostgisDatabase, RelationName, TableKind, ValuesTable};
use rstest::rstest;
use testing::database::{PATIENCE, ScratchSchema, scratch, wait_for};
use testing::{FeatureCollector, OwnedValue};

fn names(names: &[&str]) -> BTreeSet<RelationName> {
    let split = |name: &&str| match name.split_once('.') {
        Some((schema, table)) => {
            RelationName { schema: Some(schema.to_owned()), table: table.to_owned() }
        }
        None => RelationName { schema: None, table: (*name).to_owned() },
    };
    names.iter().map(split).collect()
}

/// The database with these tables looked for.
fn asked(scratch: &ScratchSchema, wanted: &[&str]) -> Arc<PostgisDatabase> {
    let database = scratch.database();
    ask(&database, wanted);
    database
}

fn ask(database: &PostgisDatabase, wanted: &[&str]) {
    database.request_values(names(wanted));
    let inventory = database.wait_for_first_poll(PATIENCE);
    assert_eq!(*inventory.requested, names(wanted));
}

fn found(database: &PostgisDatabase) -> Vec<String> {
    database.inventory().values.iter().map(|table| table.name.clone()).collect()
}

fn table(database: &PostgisDatabase, name: &str) -> Arc<ValuesTable> {
    let inventory = database.inventory();
    let known = inventory.values.iter().find(|table| table.name == name);
    Arc::clone(known.unwrap_or_else(|| panic!("{name} is not among {:?}", found(database))))
}

const TABLES: &str = "
CREATE TABLE base (dong_cd text, base_ym text, pop int);
INSERT INTO base VALUES ('1104052', '202610', 7), ('1104053', '202610', NULL);
CREATE TABLE other (id int);
CREATE VIEW inner_view AS SELECT b.* FROM base b WHERE pop IS NULL OR pop NOT IN (SELECT id FROM other);
CREATE VIEW outer_view AS SELECT * FROM inner_view;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM outer_view;
CREATE TABLE parts (dong_cd text, pop int) PARTITION BY LIST (dong_cd);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN ('1');
CREATE TABLE placed (pop int, geom geometry(Point, 4326));
CREATE DOMAIN spot AS geometry(Point, 4326);
CREATE TABLE placed_too (pop int, at spot);
CREATE TABLE tile_server_loads (dataset text)";

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn only_what_is_asked_for_is_found_and_nothing_with_a_geometry() {
    let name = "only_what_is_asked_for_is_found_and_nothing_with_a_geometry";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(TABLES);
    scratch.sql(
        "COMMENT ON TABLE base IS E'주민등록인구\n행정동별'; COMMENT ON COLUMN base.pop IS '인구';
         ANALYZE",
    );
    let database = scratch.database();
    assert_eq!(found(&database), Vec::<String>::new());
    let layers = |database: &PostgisDatabase| {
        let inventory = database.inventory();
        inventory.tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>()
    };
    let with_geometry = ["placed", "placed_too"];
    assert_eq!(layers(&database), with_geometry);

    let qualified = format!("{}.base", scratch.schema);
    let elsewhere = "pg_catalog.pg_class";
    let long = "a".repeat(100);
    ask(
        &database,
        &[
            &qualified,
            "base",
            "outer_view",
            "kept",
            "parts",
            "parts_1",
            "placed",
            "placed_too",
            "tile_server_loads",
            "missing",
            elsewhere,
            "x'; DROP TABLE base",
            &long,
        ],
    );
    let kinds: Vec<_> =
        database.inventory().values.iter().map(|t| (t.name.clone(), t.kind)).collect();
    let kind = |name: &str, kind| (name.to_owned(), kind);
    assert_eq!(
        kinds,
        [
            kind("base", TableKind::Table),
            kind("kept", TableKind::MaterializedView),
            kind("outer_view", TableKind::View),
            kind("parts", TableKind::Partitioned),
        ]
    );
    assert_eq!(layers(&database), with_geometry, "these are never among the layers");
    let base = table(&database, "base");
    assert_eq!(base.full_name(), qualified);
    assert_eq!(base.title.as_deref(), Some("주민등록인구"));
    assert_eq!(base.description.as_deref(), Some("행정동별"));
    assert_eq!(base.estimated_rows, Some(2));
    assert!(base.bytes_on_disk.unwrap() >= 8192);
    let columns: Vec<_> = base.columns.iter().map(|c| (&*c.column.name, c.column.kind)).collect();
    let text = ColumnType::Text;
    assert_eq!(columns, [("dong_cd", text), ("base_ym", text), ("pop", ColumnType::Int)]);
    assert_eq!(base.columns[2].column.title.as_deref(), Some("인구"));

    ask(&database, &["kept"]);
    assert_eq!(found(&database), ["kept"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_foreign_table_is_found_and_counts_as_changed_by_the_clock() {
    let name = "a_foreign_table_is_found_and_counts_as_changed_by_the_clock";
    let Some(scratch) = scratch(name) else { return };
    let available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'file_fdw'";
    if scratch.ask::<i64>(available) == 0 {
        return;
    }
    let schema = &scratch.schema;
    scratch.sql(&format!(
        "CREATE EXTENSION IF NOT EXISTS file_fdw SCHEMA public;
         CREATE SERVER s_{schema} FOREIGN DATA WRAPPER file_fdw;
         CREATE FOREIGN TABLE far (n int) SERVER s_{schema} OPTIONS (program 'echo 5')"
    ));
    let database = asked(&scratch, &["far"]);
    let far = table(&database, "far");
    assert_eq!((far.kind, far.bytes_on_disk), (TableKind::Foreign, None));
    let mut rows = FeatureCollector::default();
    assert_eq!(database.scan_values(&far, &mut rows).unwrap().rows, 1);
    assert_eq!(rows.features[0].values, [OwnedValue::Int(5)]);
    scratch.sql(&format!("DROP SERVER s_{schema} CASCADE"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn rows_come_without_geometry_and_their_digest_does_not_depend_on_their_order() {
    let name = "rows_come_without_geometry_and_their_digest_does_not_depend_on_their_order";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE a (dong_cd text, day date, pop int, share float8);
         INSERT INTO a SELECT 'd' || n, date '2026-01-01' + n, n, n / 4.0
         FROM generate_series(0, 2999) n;
         INSERT INTO a VALUES (NULL, NULL, NULL, NULL);
         CREATE TABLE b (LIKE a); INSERT INTO b SELECT * FROM a ORDER BY pop DESC;
         CREATE TABLE c (LIKE a); INSERT INTO c SELECT * FROM a WHERE pop > 0",
    );
    let database = asked(&scratch, &["a", "b", "c"]);
    let scan = |name: &str| {
        let mut rows = FeatureCollector::default();
        let summary = database.scan_values(&table(&database, name), &mut rows).unwrap();
        (rows, summary)
    };
    let (rows, summary) = scan("a");
    assert_eq!((summary.rows, summary.features, summary.misplaced), (3001, 3001, 0));
    assert!(rows.features.iter().all(|row| row.geometry.is_empty()));
    let text = |text: &str| OwnedValue::Text(text.to_owned());
    let third = [text("d2"), text("2026-01-03"), OwnedValue::Int(2), OwnedValue::Double(0.5)];
    assert_eq!(rows.features[2].values, third);
    assert_eq!(rows.features[3000].values, vec![OwnedValue::Null; 4]);
    assert_eq!(scan("b").1.digest, summary.digest);
    assert_ne!(scan("b").1.ordered_digest, summary.ordered_digest);
    assert_ne!(scan("c").1.digest, summary.digest);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("base", "INSERT INTO base VALUES ('1', '2', 3)")]
#[case("base", "UPDATE base SET pop = 8")]
#[case("base", "TRUNCATE base")]
#[case("base", "ALTER TABLE base ADD COLUMN more int")]
#[case("base", "COMMENT ON COLUMN base.pop IS 'x'")]
#[case("outer_view", "UPDATE base SET pop = 8")]
#[case("outer_view", "INSERT INTO other VALUES (7)")]
#[case("kept", "INSERT INTO other VALUES (7); REFRESH MATERIALIZED VIEW kept")]
#[case("parts", "INSERT INTO parts VALUES ('1', 1)")]
fn a_change_makes_another_change_token(#[case] name: &str, #[case] change: &str) {
    let Some(scratch) = scratch("a_change_makes_another_change_token") else { return };
    scratch.sql(TABLES);
    let database = asked(&scratch, &["base", "outer_view", "kept", "parts"]);
    let before = table(&database, name);
    scratch.sql(change);
    wait_for(&database, change, |_| table(&database, name).change_token != before.change_token);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_has_not_changed_is_the_same_object_and_what_gets_a_geometry_is_gone() {
    let name = "what_has_not_changed_is_the_same_object_and_what_gets_a_geometry_is_gone";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(TABLES);
    let database = asked(&scratch, &["base", "kept", "other"]);
    let (base, kept) = (table(&database, "base"), table(&database, "kept"));
    scratch.sql("INSERT INTO other VALUES (1)");
    let other = table(&database, "other");
    wait_for(&database, "the row", |_| {
        table(&database, "other").change_token != other.change_token
    });
    assert!(Arc::ptr_eq(&table(&database, "base"), &base));
    assert!(Arc::ptr_eq(&table(&database, "kept"), &kept));
    scratch.sql("ALTER TABLE other ADD COLUMN geom geometry");
    wait_for(&database, "the geometry", |inventory| {
        inventory.tables.iter().any(|t| t.name == "other")
    });
    assert_eq!(found(&database), ["base", "kept"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_the_role_may_not_read_is_left_out() {
    let Some(scratch) = scratch("what_the_role_may_not_read_is_left_out") else { return };
    let (schema, role) = (&scratch.schema, format!("values_{}", std::process::id()));
    scratch.sql(TABLES);
    scratch.sql(&format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'pass';
         GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT (dong_cd, pop) ON base TO {role}"
    ));
    let url = scratch.url("");
    let (_, place) = url.rsplit_once('@').unwrap();
    let options = postgis_store::DatabaseOptions {
        url: format!("postgresql://{role}:pass@{place}"),
        ..scratch.options()
    };
    let database = scratch.database_with(options);
    ask(&database, &["base", "other"]);
    assert_eq!(found(&database), ["base"]);
    let base = table(&database, "base");
    let columns: Vec<_> = base.columns.iter().map(|column| &*column.column.name).collect();
    assert_eq!(columns, ["dong_cd", "pop"]);
    let mut rows = FeatureCollector::default();
    assert_eq!(database.scan_values(&base, &mut rows).unwrap().rows, 2);
    drop(database);
    scratch.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
