//! Rows without geometry into PostgreSQL: plain tables, replaced whole or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use data_model::DatasetId;
use data_model::feature::{ColumnType, FeatureSchema, GeometryKind};
use flatgeobuf_store::FlatGeobuf;
use korean_text::Bilingual as _;
use postgis_store::writer::{
    BlockingSession, RowKind, TableComments, WriteOutcome, WriteRequest, load,
};

use testing::loads::{LoadScratch, columns, point};
use testing::{OwnedValue, TestFeature};

fn schema() -> FeatureSchema {
    let mut schema = columns(&[
        ("dong_cd", ColumnType::Text),
        ("base_ym", ColumnType::Text),
        ("fid", ColumnType::Int),
        ("note", ColumnType::Json),
    ]);
    schema.columns[0].title = Some("행정동 코드".to_owned());
    schema
}

fn rows(count: i64, month: &str) -> Vec<Vec<OwnedValue>> {
    let text = |text: &str| OwnedValue::Text(text.to_owned());
    let row = |n| vec![text(&format!("d{n}")), text(month), OwnedValue::Int(n * 10), text("{}")];
    let mut rows: Vec<_> = (0..count).map(row).collect();
    rows.push(vec![OwnedValue::Null; 4]);
    rows
}

fn file(scratch: &LoadScratch, count: i64, month: &str) -> FlatGeobuf {
    scratch.values(&schema(), &rows(count, month))
}

fn indexes(scratch: &LoadScratch) -> Vec<Vec<Option<String>>> {
    scratch.sql(&format!(
        "SELECT indexname, substring(indexdef from 'USING .*') FROM pg_indexes
        WHERE schemaname = '{}' AND tablename = 'pop' ORDER BY 1",
        scratch.schema
    ))
}

fn texts(rows: &[[&str; 2]]) -> Vec<Vec<Option<String>>> {
    rows.iter().map(|row| row.iter().map(|text| Some((*text).to_owned())).collect()).collect()
}

fn content(scratch: &LoadScratch) -> Vec<String> {
    scratch.column(&format!(
        "SELECT concat_ws(' ', fid, dong_cd, base_ym, fid_2) FROM {}.pop ORDER BY fid",
        scratch.schema
    ))
}

const INDEX: &[&str] = &["dong_cd", "base_ym"];
const INDEXED: [[&str; 2]; 2] =
    [["pop_pkey", "USING btree (fid)"], ["pop_values_idx", "USING btree (dong_cd, base_ym)"]];

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn rows_become_a_plain_table_with_their_number_and_an_index() {
    let test = "rows_become_a_plain_table_with_their_number_and_an_index";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let loaded = scratch.load_values("pop", &file(&scratch, 2, "202610"), INDEX).unwrap();
    assert_eq!((loaded.outcome, loaded.features), (WriteOutcome::Created, 3));
    assert!(!loaded.geometry && loaded.unindexed.is_empty());
    let types = scratch.column(&format!(
        "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod),
            col_description(attrelid, attnum)) FROM pg_attribute
        WHERE attrelid = '{}.pop'::regclass AND attnum > 0 ORDER BY attnum",
        scratch.schema
    ));
    let expected =
        ["fid bigint", "dong_cd text 행정동 코드", "base_ym text", "fid_2 bigint", "note json"];
    assert_eq!(types, expected);
    assert_eq!(content(&scratch), ["0 d0 202610 0", "1 d1 202610 10", "2"]);
    assert_eq!(indexes(&scratch), texts(&INDEXED));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_of_values_is_replaced_as_one_of_features_is() {
    let test = "a_table_of_values_is_replaced_as_one_of_features_is";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let table = format!("{}.pop", scratch.schema);
    let load = |count, month: &str, index: &[&str]| {
        scratch.load_values("pop", &file(&scratch, count, month), index).unwrap()
    };
    load(2, "202610", INDEX);
    scratch.sql(&format!("CREATE VIEW {table}_view AS SELECT dong_cd FROM {table}"));
    assert_eq!(load(2, "202610", INDEX).outcome, WriteOutcome::Unchanged);
    assert_eq!(load(3, "202611", INDEX).outcome, WriteOutcome::RowsReplaced);
    assert_eq!(content(&scratch)[2], "2 d2 202611 20");
    assert_eq!(indexes(&scratch), texts(&INDEXED), "there is one of each still");
    // An index that is declared anew is made, without a new table.
    let again = load(3, "202611", &["base_ym", "note", "none"]);
    assert_eq!(again.outcome, WriteOutcome::RowsReplaced);
    assert_eq!(again.unindexed, ["note", "none"]);
    assert!(
        ingest::load_notes(&again)[1].en().contains("note, none"),
        "{:?}",
        ingest::load_notes(&again)
    );
    let known: Vec<_> = indexes(&scratch).into_iter().map(|row| row[1].clone().unwrap()).collect();
    assert!(known.contains(&"USING btree (base_ym)".to_owned()), "{known:?}");
    scratch.sql(&format!("DROP VIEW {table}_view"));

    // Without their index, nothing of theirs is lost that would be worth a word.
    let fewer = columns(&[("dong_cd", ColumnType::Text), ("base_ym", ColumnType::Text)]);
    let fewer = scratch.values(&fewer, &[vec![OwnedValue::Null, OwnedValue::Null]]);
    let replaced = scratch.load_values("pop", &fewer, INDEX).unwrap();
    assert_eq!(replaced.outcome, WriteOutcome::TableReplaced);
    assert_eq!(replaced.lost_indexes.len(), 1, "that on base_ym: {:?}", replaced.lost_indexes);
    assert_eq!(indexes(&scratch), texts(&INDEXED));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_file_says_itself_whether_it_is_one_of_values() {
    let Some(scratch) = LoadScratch::new("a_file_says_itself_whether_it_is_one_of_values") else {
        return;
    };
    let load = |file: &FlatGeobuf| {
        let loaded = scratch.load_as(&scratch.url, "pop", file, false, &TableComments::default());
        loaded.map(|loaded| (loaded.outcome, loaded.geometry))
    };
    assert_eq!(load(&file(&scratch, 2, "202610")).unwrap(), (WriteOutcome::Created, false));
    // It is known for one of ours though nothing else is recorded.
    assert_eq!(load(&file(&scratch, 3, "202611")).unwrap(), (WriteOutcome::RowsReplaced, false));
    // A layer of points of which none has a place is one of features.
    let lost = |geometry| TestFeature { geometry, values: vec![OwnedValue::Int(1)] };
    let layer = columns(&[("n", ColumnType::Int)]);
    let nowhere = scratch.file(&layer, GeometryKind::Point, &[lost(Default::default())]);
    assert_eq!(load(&nowhere).unwrap(), (WriteOutcome::TableReplaced, true));
    let here = scratch.file(&layer, GeometryKind::Point, &[lost(point(127.0, 37.5))]);
    assert_eq!(load(&here).unwrap(), (WriteOutcome::TableReplaced, true));
    let error = load(&file(&scratch, 2, "202610")).unwrap_err().to_string();
    assert!(error.contains("not one geometry"), "{error}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_is_declared_as_values_has_no_geometry() {
    let Some(scratch) = LoadScratch::new("what_is_declared_as_values_has_no_geometry") else {
        return;
    };
    let error = scratch.load_values("pop", &scratch.points("a", 3, "x"), &["a"]).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("3 row(s)") && error.contains("have none"), "{error}");
    assert!(error.contains("nothing was changed"), "{error}");
    scratch.load_values("pop", &file(&scratch, 2, "202610"), INDEX).unwrap();
    let nothing = scratch.values(&schema(), &[]);
    let error = scratch.load_values("pop", &nothing, INDEX).unwrap_err().to_string();
    assert!(error.contains("no features") && error.contains("drop the table"), "{error}");
    assert_eq!(content(&scratch).len(), 3);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_that_was_not_loaded_is_not_replaced() {
    let Some(scratch) = LoadScratch::new("a_table_that_was_not_loaded_is_not_replaced") else {
        return;
    };
    let table = format!("{}.pop", scratch.schema);
    scratch.load_values("other", &file(&scratch, 2, "202610"), INDEX).unwrap();
    let refused = || {
        let loaded = scratch.load_values("pop", &file(&scratch, 2, "202610"), INDEX);
        let error = loaded.unwrap_err().to_string();
        assert!(error.contains("not written by this program"), "{error}");
    };
    scratch.sql(&format!("CREATE TABLE {table} (fid bigint PRIMARY KEY, dong_cd text)"));
    refused();
    // The record of features says nothing of a table without geometry.
    scratch.sql(&format!("DROP TABLE {table}"));
    let spots = scratch.points("a", 3, "x");
    scratch.load_as(&scratch.url, "pop", &spots, true, &TableComments::default()).unwrap();
    scratch.sql(&format!("ALTER TABLE {table} DROP COLUMN geom"));
    refused();
    scratch.sql(&format!("DROP TABLE {table}"));
    scratch.load_values("pop", &file(&scratch, 2, "202610"), INDEX).unwrap();
    scratch.sql(&format!("DROP TABLE {table}; CREATE TABLE {table} (id int, dong_cd text)"));
    refused();
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_connection_that_is_cut_midway_leaves_the_old_values() {
    let test = "a_connection_that_is_cut_midway_leaves_the_old_values";
    let Some(scratch) = LoadScratch::new(test) else { return };
    scratch.load_values("pop", &file(&scratch, 2, "202610"), INDEX).unwrap();
    let before = content(&scratch);
    let file = file(&scratch, 20_000, "202611");
    let id = DatasetId::new("pop").unwrap();
    let (schema, labels, rows) = (&*scratch.schema, &TableComments::default(), RowKind::AsStored);
    let request = WriteRequest { schema, id: &id, labels, rows, recorded: true };
    let name = format!("cut_{}", scratch.schema);
    let url = format!("{}?application_name={name}", scratch.url);
    let mut database = BlockingSession::connect(&url).unwrap();
    let error = load(&mut database, &file, &request, &mut |done, _| {
        if done == 10_000 {
            scratch.sql(&format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE application_name = '{}'",
                &name[..name.len().min(63)]
            ));
        }
    });
    assert!(error.unwrap_err().to_string().contains("nothing was changed"));
    assert_eq!(content(&scratch), before);
}
