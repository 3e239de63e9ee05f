//! A table in PostGIS that is replaced: whole or not at all, and with what belongs
//! to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use data_model::DatasetId;
use data_model::feature::{FeatureSchema, GeometryKind};
use postgis_store::writer::{
    BlockingSession, PostgisError, RowKind, TableComments, WriteOutcome, WriteRequest, load,
};
use rstest::rstest;

use testing::loads::{DatabaseSession, LoadScratch};

/// Whether the rows of `table` are these many of this text.
fn holds(scratch: &LoadScratch, table: &str, column: &str, count: usize, text: &str) -> bool {
    let found = scratch.sql(&format!(
        "SELECT count(*), count(*) FILTER (WHERE {column} LIKE '{text} %') FROM {table}"
    ));
    found == [[Some(count.to_string()), Some(count.to_string())]]
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn new_rows_of_the_same_columns_leave_all_else_as_it_was() {
    let test = "new_rows_of_the_same_columns_leave_all_else_as_it_was";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let table = format!("{}.spots", scratch.schema);
    let first = scratch.load("spots", &scratch.points("a", 50, "old")).unwrap();
    assert_eq!(first.outcome, WriteOutcome::Created);
    scratch.sql(&format!(
        "CREATE VIEW {table}_view AS SELECT a FROM {table}; GRANT SELECT ON {table} TO PUBLIC;
        CREATE INDEX spots_a ON {table} (a)"
    ));
    let shown = format!(
        "SELECT oid, relacl, (SELECT count(*) FROM pg_index WHERE indrelid = c.oid)
        FROM pg_class c WHERE oid = '{table}'::regclass"
    );
    let before = scratch.sql(&shown);
    let reader = DatabaseSession::new(&scratch.url);
    reader.sql("BEGIN ISOLATION LEVEL REPEATABLE READ");
    let count = format!("SELECT count(*) FROM {table} WHERE a LIKE 'old %'");
    assert_eq!(reader.column(&count), ["50"]);
    // The reader keeps its transaction open, and is not waited for.
    let second = scratch.load("spots", &scratch.points("a", 70, "new")).unwrap();
    assert_eq!(second.outcome, WriteOutcome::RowsReplaced);
    assert_eq!(reader.column(&count), ["50"], "of the moment that it began in");
    reader.sql("COMMIT");
    assert!(holds(&scratch, &table, "a", 70, "new"));
    assert!(holds(&scratch, &format!("{table}_view"), "a", 70, "new"));
    assert_eq!(scratch.sql(&shown), before);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_of_other_columns_takes_over_grants_triggers_and_owner() {
    let test = "a_table_of_other_columns_takes_over_grants_triggers_and_owner";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let (schema, table) = (&scratch.schema, format!("{}.spots", scratch.schema));
    scratch.load("spots", &scratch.points("a", 5, "old")).unwrap();
    scratch.sql(&format!(
        "GRANT SELECT ON {table} TO PUBLIC; GRANT UPDATE (fid) ON {table} TO PUBLIC;
        CREATE INDEX spots_a ON {table} (a);
        CREATE FUNCTION {schema}.nothing() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER watch AFTER INSERT ON {table} EXECUTE FUNCTION {schema}.nothing();
        ALTER TABLE {table} OWNER TO pg_monitor;
        ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT DELETE ON TABLES TO PUBLIC"
    ));
    let dependents = format!(
        "SELECT relowner::regrole, relacl,
            (SELECT attacl FROM pg_attribute WHERE attrelid = c.oid AND attname = 'fid'),
            (SELECT string_agg(pg_get_triggerdef(t.oid), ';') FROM pg_trigger t
                WHERE tgrelid = c.oid)
        FROM pg_class c WHERE oid = '{table}'::regclass"
    );
    let before = scratch.sql(&dependents);
    let reader = DatabaseSession::new(&scratch.url);
    reader.sql("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    let loaded = scratch.load("spots", &scratch.points("b", 7, "new")).unwrap();
    assert_eq!(loaded.outcome, WriteOutcome::TableReplaced);
    assert_eq!(loaded.lost_indexes, ["spots_a"]);
    assert!(holds(&scratch, &table, "b", 7, "new"));
    assert_eq!(scratch.sql(&dependents), before);
    let seen = reader.column(&format!("SELECT count(*) FROM {table}"));
    assert_eq!(seen, ["7"], "never a table without rows, for a transaction from before too");
    reader.sql("COMMIT");
    let indexes =
        format!("SELECT indexname FROM pg_indexes WHERE schemaname = '{schema}' ORDER BY 1");
    assert_eq!(scratch.column(&indexes), ["spots_geom_idx", "spots_pkey"]);
    let again = scratch.load("spots", &scratch.points("b", 8, "newer")).unwrap();
    assert_eq!(again.outcome, WriteOutcome::RowsReplaced);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::view(
    "CREATE VIEW {s}.looks AS SELECT a FROM {s}.spots", "b", &["view", ".looks", "its columns change"]
)]
#[case::key("CREATE TABLE {s}.other (spot bigint REFERENCES {s}.spots)", "a", &["foreign key of", ".other"])]
#[case::policy("CREATE POLICY few ON {s}.spots USING (fid < 3)", "b", &["row security policy few"])]
fn what_depends_on_a_table_is_named_and_nothing_changes(
    #[case] sql: &str,
    #[case] column: &str,
    #[case] expected: &[&str],
) {
    let Some(scratch) = LoadScratch::new(&format!("depends_{}", expected[0].replace(' ', "_")))
    else {
        return;
    };
    scratch.load("spots", &scratch.points("a", 5, "old")).unwrap();
    scratch.sql(&sql.replace("{s}", &scratch.schema));
    let error = scratch.load("spots", &scratch.points(column, 5, "new")).unwrap_err();
    assert!(matches!(error, PostgisError::Refused { .. }), "{error:?}");
    let text = error.to_string();
    assert!(expected.iter().all(|part| text.contains(part)), "{text}");
    assert!(holds(&scratch, &format!("{}.spots", scratch.schema), "a", 5, "old"));
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::view("CREATE VIEW {s}.spots AS SELECT 1", "a view has that name")]
#[case::foreign("CREATE TABLE {s}.spots (id int)", "not written by this program")]
#[case::plain(
    "CREATE TABLE {s}.spots (fid bigint PRIMARY KEY, a text)",
    "not written by this program"
)]
#[case::other("CREATE TABLE {s}.spots (fid int, geom geometry)", "not written by this program")]
#[case::parted(
    "CREATE TABLE {s}.spots (fid bigint, geom geometry) PARTITION BY HASH (fid)",
    "a partitioned table"
)]
#[case::forced(
    "CREATE TABLE {s}.spots (fid bigint, geom geometry); ALTER TABLE {s}.spots FORCE ROW LEVEL SECURITY",
    "row security is forced"
)]
fn what_was_not_written_by_an_import_is_not_replaced(#[case] sql: &str, #[case] expected: &str) {
    let Some(scratch) = LoadScratch::new(&format!("foreign_{}", expected.replace(' ', "_"))) else {
        return;
    };
    scratch.sql(&format!(
        "CREATE SCHEMA {0}; {1}",
        scratch.schema,
        sql.replace("{s}", &scratch.schema)
    ));
    let error = scratch.load("spots", &scratch.points("a", 5, "new")).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_connection_that_is_cut_midway_leaves_the_old_rows() {
    let test = "a_connection_that_is_cut_midway_leaves_the_old_rows";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let table = format!("{}.spots", scratch.schema);
    for column in ["a", "b"] {
        let _ = scratch.try_sql(&format!("DROP TABLE {table}"));
        scratch.load("spots", &scratch.points("a", 5, "old")).unwrap();
        let file = scratch.points(column, 20_000, "new");
        let id = DatasetId::new("spots").unwrap();
        let labels = TableComments::default();
        let (schema, rows) = (&*scratch.schema, RowKind::AsStored);
        let request = WriteRequest { schema, id: &id, labels: &labels, rows, recorded: true };
        let name = format!("cut_{}", scratch.schema);
        let mut database =
            BlockingSession::connect(&format!("{}?application_name={name}", scratch.url)).unwrap();
        let mut cut = 0;
        let error = load(&mut database, &file, &request, &mut |done, _| {
            if done == 10_000 {
                let ended = scratch.column(&format!(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE application_name = '{}'",
                    &name[..name.len().min(63)]
                ));
                cut += ended.len();
            }
        })
        .unwrap_err();
        assert_eq!(cut, 1);
        assert!(matches!(error, PostgisError::Lost { .. }), "{error:?}");
        assert!(error.to_string().contains("nothing was changed"), "{error}");
        assert!(database.is_closed());
        assert!(holds(&scratch, &table, "a", 5, "old"));
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn without_the_right_to_create_the_remedy_is_named() {
    let test = "without_the_right_to_create_the_remedy_is_named";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let (schema, role) = (&scratch.schema, format!("role_{}", std::process::id()));
    scratch.sql(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'pass'"));
    let url = scratch.url_of(&role, "pass");
    let file = scratch.points("a", 5, "new");
    let load = || scratch.load_as(&url, "spots", &file, false, &TableComments::default());
    let error = load().unwrap_err().to_string();
    assert!(error.contains("CREATE SCHEMA") && error.contains("AUTHORIZATION"), "{error}");
    scratch.sql(&format!("CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {role}"));
    let error = load().unwrap_err().to_string();
    assert!(error.contains("GRANT USAGE, CREATE ON SCHEMA"), "{error}");
    scratch.sql(&format!("GRANT CREATE ON SCHEMA {schema} TO {role}"));
    assert_eq!(load().map(|loaded| loaded.outcome).unwrap(), WriteOutcome::Created);
    assert_eq!(load().map(|loaded| loaded.outcome).unwrap(), WriteOutcome::RowsReplaced);
    scratch.sql(&format!("ALTER TABLE {schema}.spots OWNER TO CURRENT_USER"));
    let error = load().unwrap_err().to_string();
    assert!(error.contains("belongs to the role"), "{error}");
    scratch.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_file_that_was_loaded_is_not_loaded_again() {
    let Some(scratch) = LoadScratch::new("a_file_that_was_loaded_is_not_loaded_again") else {
        return;
    };
    let table = format!("{}.spots", scratch.schema);
    let mut labels = TableComments::default();
    let load = |count: usize, labels: &TableComments| {
        let file = scratch.points("a", count, "row");
        scratch.load_as(&scratch.url, "spots", &file, true, labels).unwrap().outcome
    };
    assert_eq!(load(5, &labels), WriteOutcome::Created);
    assert_eq!(load(5, &labels), WriteOutcome::Unchanged);
    labels.title = Some("점".to_owned());
    assert_eq!(load(5, &labels), WriteOutcome::RowsReplaced, "its comments are others");
    assert_eq!(load(6, &labels), WriteOutcome::RowsReplaced);
    scratch.sql(&format!("DROP TABLE {table}"));
    assert_eq!(load(6, &labels), WriteOutcome::Created);
    // A table replaced by other means no longer fits the record.
    scratch.load("spots", &scratch.points("a", 7, "row")).unwrap();
    assert_eq!(load(6, &labels), WriteOutcome::RowsReplaced);
    assert!(holds(&scratch, &table, "a", 6, "row"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn rows_are_not_replaced_by_nothing() {
    let Some(scratch) = LoadScratch::new("rows_are_not_replaced_by_nothing") else { return };
    scratch.load("spots", &scratch.points("a", 5, "old")).unwrap();
    let empty = scratch.file(&FeatureSchema::default(), GeometryKind::Point, &[]);
    let error = scratch.load("spots", &empty).unwrap_err().to_string();
    assert!(error.contains("no features") && error.contains("drop the table"), "{error}");
    assert!(holds(&scratch, &format!("{}.spots", scratch.schema), "a", 5, "old"));
    assert_eq!(scratch.load("empty", &empty).unwrap().features, 0);
    assert_eq!(scratch.load("empty", &empty).unwrap().outcome, WriteOutcome::RowsReplaced);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_name_that_is_too_long_is_refused() {
    let Some(scratch) = LoadScratch::new("a_name_that_is_too_long_is_refused") else { return };
    let error = scratch.load(&"a".repeat(64), &scratch.points("a", 1, "new")).unwrap_err();
    assert!(error.to_string().contains("at most 63 bytes"), "{error}");
    scratch.load(&"a".repeat(63), &scratch.points("a", 1, "new")).unwrap();
}
