//! `tile-server import --to postgis` and `tile-server load`: exit codes, output and tables.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod database;
    pub(crate) use database::*;
}

use std::path::PathBuf;
use std::process::Command;

use data_model::feature::{AttributeValue, Column, ColumnType, FeatureSchema};
use flatgeobuf_store::FlatGeobufWriter;
use support::Scratch;

const PLACES: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"이름": "성수", "수": 1},
     "geometry": {"type": "Point", "coordinates": [127.04, 37.55]}},
    {"type": "Feature", "properties": {"이름": "금호", "수": 2},
     "geometry": {"type": "Point", "coordinates": [127.02, 37.55]}},
    {"type": "Feature", "properties": {"이름": "없음", "수": 3},
     "geometry": {"type": "Point", "coordinates": [1e9, 1e9]}}]}"#;

/// A folder to run the program in, and a schema for it.
struct ImportSetup {
    folder: tempfile::TempDir,
    database: Scratch,
}

struct Outcome {
    code: Option<i32>,
    out: String,
    err: String,
}

impl ImportSetup {
    fn new(test: &str) -> Option<Self> {
        let database = Scratch::named(test)?;
        Some(Self { folder: tempfile::tempdir().unwrap(), database })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, content: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs a command with the database in its environment.
    fn run(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILE_SERVER_")) {
            command.env_remove(name);
        }
        command.env("TILE_SERVER_DATABASE_URL", &self.database.url);
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        Outcome {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn import(&self, arguments: &[&str]) -> Outcome {
        let to = ["import", "--to", "postgis", "--schema", &self.database.schema];
        self.run(&[&to, arguments].concat())
    }

    fn sql(&self, sql: &str) -> String {
        self.database.sql(sql)
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_file_becomes_a_table_and_its_rejected_rows_a_list() {
    let Some(setup) = ImportSetup::new("a_file_becomes_a_table_and_its_rejected_rows_a_list")
    else {
        return;
    };
    setup.put("places.geojson", PLACES);
    let done = setup.import(&["places.geojson", "--title", "장소들"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    let table = format!("{}.places", setup.database.schema);
    assert!(done.out.contains(&table) && done.out.contains("레이어 layer     places"));
    assert!(done.out.contains("피처 features   2 (점 points)"), "{}", done.out);
    let password = setup.database.password();
    assert!(!done.out.contains(password), "{}", done.out);
    assert_eq!(setup.sql("SELECT ireum, su FROM places ORDER BY su"), "성수|1\n금호|2");
    assert_eq!(setup.sql("SELECT obj_description('places'::regclass)"), "장소들");
    let comment = "SELECT col_description('places'::regclass, attnum) FROM pg_attribute
        WHERE attrelid = 'places'::regclass AND attname = 'ireum'";
    assert_eq!(setup.sql(comment), "이름");
    let list = std::fs::read_to_string(setup.path("data/places.rejects.csv")).unwrap();
    assert!(list.contains("없음"), "{list}");
    let names: Vec<_> = std::fs::read_dir(setup.path("data")).unwrap().collect();
    assert_eq!(names.len(), 1, "only the list: {names:?}");

    let again = setup.import(&["places.geojson", "--quiet"]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""));
    assert!(again.err.contains("1 row(s) rejected"), "{}", again.err);
    let strict = setup.import(&["places.geojson", "--strict"]);
    assert_eq!(strict.code, Some(1));
    assert_eq!(setup.sql("SELECT count(*) FROM places"), "2", "as it was");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_and_a_file_have_the_same_ids() {
    let Some(setup) = ImportSetup::new("a_table_and_a_file_have_the_same_ids") else { return };
    setup.put("places.geojson", PLACES);
    assert_eq!(setup.import(&["places.geojson", "--id", "imported"]).code, Some(0));
    assert_eq!(setup.run(&["import", "places.geojson", "--id", "loaded"]).code, Some(0));
    let done = setup.run(&["load", "--schema", &setup.database.schema]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    let differing = "SELECT count(*), count(*) FILTER (WHERE i.ireum = l.ireum
        AND i.geom = l.geom) FROM imported i FULL JOIN loaded l USING (fid)";
    assert_eq!(setup.sql(differing), "2|2");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_directory_is_loaded_with_its_catalogs_titles_and_what_is_unchanged_is_skipped() {
    let test = "a_directory_is_loaded_with_its_catalogs_titles_and_what_is_unchanged_is_skipped";
    let Some(setup) = ImportSetup::new(test) else { return };
    setup.put("places.geojson", PLACES);
    assert_eq!(setup.run(&["import", "places.geojson"]).code, Some(0));
    setup.put("data/catalog/district.toml", "title = { ko = \"구\", en = \"District\" }\n");
    let dataset = |title: &str| {
        format!(
            "title = {{ ko = \"분야\", en = \"Field\" }}\n[[dataset]]\nid = \"places\"\n\
             title = {{ ko = \"{title}\", en = \"Places\" }}\n\
             description = {{ ko = \"설명\", en = \"What\" }}\ngeometry = \"point\"\n\
             [[dataset.column]]\nname = \"su\"\ntitle = {{ ko = \"수량\", en = \"Count\" }}\n"
        )
    };
    setup.put("data/catalog/datasets/field.toml", &dataset("장소"));
    std::fs::create_dir_all(setup.path("data/catalog/layers")).unwrap();
    let load = || setup.run(&["load", "--schema", &setup.database.schema]);
    let first = load();
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    assert!(first.out.contains("새 테이블 · new table"), "{}", first.out);
    assert_eq!(setup.sql("SELECT obj_description('places'::regclass)"), "장소\n설명");
    assert!(load().out.contains("변경 없음 · unchanged"));
    setup.put("data/catalog/datasets/field.toml", &dataset("곳"));
    assert!(load().out.contains("rows replaced"));
    assert_eq!(setup.sql("SELECT obj_description('places'::regclass)"), "곳\n설명");
    assert_eq!(setup.sql("SELECT dataset FROM tile_server_loads"), "places");

    // One that can't be read does not keep the others from being loaded.
    setup.put("data/broken.fgb", "nothing");
    let partly = load();
    assert_eq!(partly.code, Some(1));
    assert!(partly.err.contains("broken.fgb"), "{}", partly.err);
    assert!(partly.out.contains("places"), "{}", partly.out);
}

/// A file of rows without geometry.
fn put_values(setup: &ImportSetup, name: &str, rows: &[(&str, &str)]) {
    let column = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnType::Text,
        title: None,
        description: None,
    };
    let schema = FeatureSchema {
        columns: vec![column("dong_cd"), column("base_ym")],
        ..FeatureSchema::default()
    };
    std::fs::create_dir_all(setup.path("data")).unwrap();
    let mut writer = FlatGeobufWriter::create_values(&setup.path(name), &schema).unwrap();
    for (key, time) in rows {
        writer.row(&[AttributeValue::Text(key), AttributeValue::Text(time)]).unwrap();
    }
    writer.finish().unwrap();
}

const VALUES: &str = "title = { ko = '분야', en = 'Field' }
[[dataset]]
id = 'dong'
title = { ko = '행정동', en = 'Dongs' }
geometry = 'polygon'
key = ['dong_cd']
column = [{ name = 'dong_cd', type = 'code', title = { ko = '코드', en = 'Code' } }]
[[dataset]]
id = 'pop'
title = { ko = '주민등록인구', en = 'Residents' }
geometry = 'polygon'
feature_dataset = 'dong'
[dataset.values]
key = 'dong_cd'
time = 'base_ym'
period = 'month'
column = [
  { name = 'dong_cd', type = 'code', title = { ko = '행정동 코드', en = 'Dong' } },
  { name = 'base_ym', type = 'month', title = { ko = '기준월', en = 'Month' } },
]
";

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn rows_without_geometry_become_plain_tables_with_the_catalogs_index() {
    let test = "rows_without_geometry_become_plain_tables_with_the_catalogs_index";
    let Some(setup) = ImportSetup::new(test) else { return };
    setup.put("data/catalog/district.toml", "title = { ko = \"구\", en = \"District\" }\n");
    setup.put("data/catalog/datasets/field.toml", VALUES);
    std::fs::create_dir_all(setup.path("data/catalog/layers")).unwrap();
    put_values(&setup, "data/pop.fgb", &[("1104052", "202610"), ("1104053", "202610")]);
    put_values(&setup, "data/uncatalogued.fgb", &[("1", "2")]);
    let load = || setup.run(&["load", "--schema", &setup.database.schema]);
    let first = load();
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    assert!(first.out.contains("값 2 rows of values, 새 테이블 · new table"), "{}", first.out);
    let columns = |table: &str| {
        setup.sql(&format!(
            "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = '{table}'::regclass AND attnum > 0"
        ))
    };
    assert_eq!(columns("pop"), "fid dong_cd base_ym");
    assert_eq!(columns("uncatalogued"), "fid dong_cd base_ym");
    assert_eq!(setup.sql("SELECT * FROM pop ORDER BY fid"), "0|1104052|202610\n1|1104053|202610");
    let index = "SELECT indexdef FROM pg_indexes WHERE indexname = 'pop_values_idx'";
    assert!(setup.sql(index).ends_with("USING btree (dong_cd, base_ym)"));
    assert_eq!(setup.sql("SELECT obj_description('pop'::regclass)"), "주민등록인구");
    let comment = "SELECT col_description('pop'::regclass, 3)";
    assert_eq!(setup.sql(comment), "기준월");
    assert!(load().out.contains("변경 없음 · unchanged"));

    // A foreign table is left alone, and does not keep the rest from being loaded.
    put_values(&setup, "data/pop.fgb", &[("1104052", "202611")]);
    put_values(&setup, "data/theirs.fgb", &[("1", "2")]);
    setup.sql("CREATE TABLE theirs (fid bigint PRIMARY KEY, dong_cd text, base_ym text)");
    let second = load();
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("theirs: the table of that name was not"), "{}", second.err);
    assert!(second.out.contains("내용 교체 · rows replaced"), "{}", second.out);
    assert_eq!(setup.sql("SELECT * FROM pop"), "0|1104052|202611");

    // Rows that the catalog declares without geometry must not have any.
    setup.put("places.geojson", PLACES);
    assert_eq!(setup.run(&["import", "places.geojson", "--id", "pop"]).code, Some(0));
    let third = load();
    assert_eq!(third.code, Some(1));
    assert!(third.err.contains("have a geometry"), "{}", third.err);
    assert_eq!(setup.sql("SELECT * FROM pop"), "0|1104052|202611");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_database_that_is_missing_is_told_from_wrong_usage() {
    let Some(setup) = ImportSetup::new("a_database_that_is_missing_is_told_from_wrong_usage")
    else {
        return;
    };
    setup.put("places.geojson", PLACES);
    let nowhere = "postgresql://me:secret@127.0.0.1:1/tiles";
    let cases: [(&[&str], i32, &str); 4] = [
        (&["--database-url", nowhere], 1, "no connection"),
        (&["--database-url", "mysql://me:secret@here"], 1, "can't be used"),
        (&["--schema", "pg_catalog"], 1, "PostgreSQL's own"),
        (&["--crs", "EPSG:1"], 2, "--crs"),
    ];
    for (arguments, code, said) in cases {
        let done =
            setup.run(&[&["import", "places.geojson", "--to", "postgis"], arguments].concat());
        assert_eq!(done.code, Some(code), "{}", done.err);
        assert!(done.err.contains(said), "{}", done.err);
        assert!(!done.err.contains("secret"), "{}", done.err);
        assert!(!setup.path("data").exists(), "{arguments:?}");
    }
    let done = setup.run(&["load", "--data", "nowhere"]);
    assert_eq!(done.code, Some(1), "{}", done.err);
    let bare = Command::new(env!("CARGO_BIN_EXE_tile-server"))
        .args(["load"])
        .env_remove("TILE_SERVER_DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(bare.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bare.stderr).contains("TILE_SERVER_DATABASE_URL"));
}
