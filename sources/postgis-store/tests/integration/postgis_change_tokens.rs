//! Detection of changes of rows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use rstest::rstest;
use testing::database::{scratch, table, wait_for};

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
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
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
fn a_change_makes_another_change_token(#[case] name: &str, #[case] change: &str) {
    let Some(scratch) = scratch("a_change_makes_another_change_token") else { return };
    scratch.sql(TABLES);
    let database = scratch.database();
    let before = table(&database, name);
    scratch.sql(change);
    wait_for(&database, change, |_| table(&database, name).change_token != before.change_token);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("kept", "UPDATE base SET name = 'c' WHERE id = 1", "base")]
#[case("base", "INSERT INTO other VALUES (1)", "outer_view")]
#[case("base", "INSERT INTO parts VALUES (1)", "parts")]
fn what_a_change_does_not_reach_keeps_its_change_token(
    #[case] name: &str,
    #[case] change: &str,
    #[case] reached: &str,
) {
    let Some(scratch) = scratch("what_a_change_does_not_reach_keeps_its_change_token") else {
        return;
    };
    scratch.sql(TABLES);
    let database = scratch.database();
    let (before, old) = (table(&database, name), table(&database, reached).change_token);
    scratch.sql(change);
    wait_for(&database, change, |_| table(&database, reached).change_token != old);
    assert_eq!(table(&database, name).change_token, before.change_token);
    // What is the same is not made anew.
    assert!(std::sync::Arc::ptr_eq(&table(&database, name), &before));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_change_token_is_the_same_for_another_process() {
    let Some(scratch) = scratch("a_change_token_is_the_same_for_another_process") else { return };
    scratch.sql(TABLES);
    let [a, b] = [scratch.database(), scratch.database()];
    for name in ["base", "outer_view", "kept", "parts"] {
        assert_eq!(table(&a, name).change_token, table(&b, name).change_token, "{name}");
    }
}

/// A table whose rows a role sees by a policy, and views of it.
fn guarded(scratch: &testing::database::ScratchSchema, role: &str) {
    scratch.sql(&format!(
        "CREATE ROLE {role};
         CREATE TABLE allowed (id int);
         CREATE TABLE guarded (id int, owner text, geom geometry(Point, 4326));
         CREATE POLICY mine ON guarded USING (id IN (SELECT id FROM allowed));
         CREATE VIEW seen AS SELECT * FROM guarded;
         CREATE TABLE timed (id int, day date, geom geometry(Point, 4326));
         GRANT USAGE ON SCHEMA {0} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO {role}",
        scratch.schema
    ));
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case("guarded", "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY", "SELECT 1")]
#[case("seen", "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY", "SELECT 1")]
#[case("guarded", "ALTER POLICY mine ON guarded USING (id > 3)", ON)]
#[case("guarded", "CREATE POLICY yours ON guarded USING (true)", ON)]
#[case("guarded", "DROP POLICY mine ON guarded", ON)]
#[case("guarded", "INSERT INTO allowed VALUES (1)", ON)]
#[case("guarded", "ALTER TABLE guarded FORCE ROW LEVEL SECURITY", ON)]
#[case("guarded", "ALTER ROLE $ROLE BYPASSRLS", ON)]
#[case("guarded", "GRANT pg_monitor TO $ROLE", ON)]
#[case("seen", "ALTER VIEW seen OWNER TO $ROLE", ON)]
#[case("seen", "REVOKE SELECT ON guarded FROM $ROLE", "SELECT 1")]
#[case("seen", "GRANT INSERT (owner) ON guarded TO $ROLE", "SELECT 1")]
#[case("seen", "GRANT CREATE ON SCHEMA $SCHEMA TO $ROLE", "SELECT 1")]
fn a_change_of_what_the_role_may_see_makes_another_change_token(
    #[case] name: &str,
    #[case] change: &str,
    #[case] first: &str,
) {
    let test = "a_change_of_what_the_role_may_see_makes_another_change_token";
    let Some(scratch) = scratch(test) else { return };
    let role = format!("{}_sees", scratch.schema);
    guarded(&scratch, &role);
    scratch.sql(first);
    let mut options = scratch.options();
    options.url = scratch.url(&format!("options=-c%20role%3D{role}"));
    let database = scratch.database_with(options);
    let before = table(&database, name);
    scratch.sql(&change.replace("$ROLE", &role).replace("$SCHEMA", &scratch.schema));
    wait_for(&database, change, |_| table(&database, name).change_token != before.change_token);
    drop(database);
    scratch.sql(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
}

/// Statement that enables the policy.
const ON: &str = "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY";

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn roles_do_not_share_a_change_token() {
    let Some(scratch) = scratch("roles_do_not_share_a_change_token") else { return };
    let role = format!("{}_other", scratch.schema);
    guarded(&scratch, &role);
    let mut options = scratch.options();
    options.url = scratch.url(&format!("options=-c%20role%3D{role}"));
    let [a, b] = [scratch.database(), scratch.database_with(options)];
    assert_ne!(table(&a, "guarded").change_token, table(&b, "guarded").change_token);
    drop((a, b));
    scratch.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
