//! Whether a change of rows is noticed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use rstest::rstest;
use support::database::{scratch, table, wait_for};

const TABLES: &str = "
CREATE TABLE base (id int PRIMARY KEY, name text, geom geometry(Point, 4326));
INSERT INTO base VALUES (1, 'a', 'SRID=4326;POINT(127 37)'), (2, 'b', 'SRID=4326;POINT(127 38)');
CREATE TABLE other (id int);
CREATE VIEW inner_view AS SELECT b.* FROM base b WHERE id NOT IN (SELECT id FROM other);
CREATE VIEW outer_view AS SELECT * FROM inner_view;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM outer_view;
CREATE TABLE parts (id int, geom geometry(Point, 4326)) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE VIEW of_parts AS SELECT * FROM parts";

#[rstest]
#[case("base", "INSERT INTO base VALUES (3)")]
#[case("base", "UPDATE base SET name = 'c' WHERE id = 1")]
#[case("base", "DELETE FROM base WHERE id = 1")]
#[case("base", "TRUNCATE base")]
#[case("base", "ALTER TABLE base ADD COLUMN more int")]
#[case("base", "ALTER TABLE base RENAME COLUMN name TO names")]
#[case("base", "DROP VIEW inner_view CASCADE; ALTER TABLE base ALTER name TYPE int USING 1")]
#[case("base", "ALTER TABLE base DROP CONSTRAINT base_pkey")]
#[case("base", "COMMENT ON TABLE base IS 'x'")]
#[case("base", "COMMENT ON COLUMN base.name IS 'x'")]
#[case("outer_view", "UPDATE base SET name = 'c' WHERE id = 1")]
#[case("outer_view", "INSERT INTO other VALUES (1)")]
#[case("outer_view", "CREATE OR REPLACE VIEW inner_view AS SELECT * FROM base WHERE id > 1")]
#[case("kept", "INSERT INTO other VALUES (1); REFRESH MATERIALIZED VIEW kept")]
#[case("parts", "INSERT INTO parts VALUES (1)")]
#[case("parts", "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2)")]
#[case("of_parts", "INSERT INTO parts VALUES (1)")]
fn a_change_makes_another_sign(#[case] name: &str, #[case] change: &str) {
    let Some(scratch) = scratch("a_change_makes_another_sign") else { return };
    scratch.sql(TABLES);
    let database = scratch.database();
    let before = table(&database, name);
    scratch.sql(change);
    wait_for(&database, change, |_| table(&database, name).sign != before.sign);
}

#[rstest]
#[case("kept", "UPDATE base SET name = 'c' WHERE id = 1", "base")]
#[case("base", "INSERT INTO other VALUES (1)", "outer_view")]
#[case("base", "INSERT INTO parts VALUES (1)", "parts")]
fn what_a_change_does_not_reach_keeps_its_sign(
    #[case] name: &str,
    #[case] change: &str,
    #[case] reached: &str,
) {
    let Some(scratch) = scratch("what_a_change_does_not_reach_keeps_its_sign") else { return };
    scratch.sql(TABLES);
    let database = scratch.database();
    let (before, old) = (table(&database, name), table(&database, reached).sign);
    scratch.sql(change);
    wait_for(&database, change, |_| table(&database, reached).sign != old);
    assert_eq!(table(&database, name).sign, before.sign);
    // What is the same is not made anew.
    assert!(std::sync::Arc::ptr_eq(&table(&database, name), &before));
}

#[test]
fn a_sign_is_the_same_for_another_process() {
    let Some(scratch) = scratch("a_sign_is_the_same_for_another_process") else { return };
    scratch.sql(TABLES);
    let [a, b] = [scratch.database(), scratch.database()];
    for name in ["base", "outer_view", "kept", "parts"] {
        assert_eq!(table(&a, name).sign, table(&b, name).sign, "{name}");
    }
}
