//! Values over time in files and tables are never layers of their own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use data_library::Snapshot;
use data_library::{DataLibrary, DatabaseSchemas, DatabaseTables, LibraryOptions};
use data_model::Audience;
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema};
use flatgeobuf_store::FlatGeobufWriter;
use postgis_store::RelationName;
use rstest::rstest;
use testing::column;
use testing::database::{PATIENCE, ScratchSchema, scratch};
use tile_source::workers::{TileWorkers, WorkerOptions};
use vector_tile::fragment::DeflateLevel;

/// Writes a catalog with the datasets `datasets` and no layers.
fn write_catalog(folder: &Path, datasets: &str) {
    let head = "title = { ko = '분야', en = 'Field' }\n";
    let files = [
        ("district.toml", "title = { ko = '구', en = 'District' }\n".to_owned()),
        ("datasets/field.toml", format!("{head}{datasets}")),
    ];
    std::fs::create_dir_all(folder.join("catalog/layers")).unwrap();
    for (file, text) in files {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

const DATASETS: &str = "
[[dataset]]
id = 'stop'
title = { ko = '정류장', en = 'Stops' }
geometry = 'point'
key = ['ars_id']
column = [{ name = 'ars_id', type = 'code', title = { ko = '번호', en = 'Number' } }]
[dataset.values]
key = 'ars_id'
column = [{ name = 'ars_id', type = 'code', title = { ko = '번호', en = 'Number' } }]
[[dataset]]
id = 'boardings'
title = { ko = '승차', en = 'Boardings' }
geometry = 'point'
feature_dataset = 'stop'
[dataset.values]
key = 'ars_id'
column = [{ name = 'ars_id', type = 'code', title = { ko = '번호', en = 'Number' } }]
";

fn write_values(folder: &Path, stem: &str) {
    let schema = FeatureSchema {
        columns: vec![column("ars_id", ColumnType::Text)],
        ..FeatureSchema::default()
    };
    let path = folder.join(format!("{stem}.fgb"));
    let mut writer = FlatGeobufWriter::create_values(&path, &schema).unwrap();
    writer.row(&[AttributeValue::Text(stem)]).unwrap();
    writer.finish().unwrap();
}

fn options(scratch: Option<&ScratchSchema>) -> LibraryOptions {
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = WorkerOptions { concurrent: 1, queued: 1, deflate_level };
    LibraryOptions {
        publish_uncatalogued: true,
        folder_is_optional: true,
        workers: Arc::new(TileWorkers::new(workers)),
        database: scratch.map(|scratch| DatabaseTables {
            database: scratch.database(),
            schemas: DatabaseSchemas {
                publish: vec![scratch.schema.clone()],
                datasets: Vec::new(),
            },
            memory: 1 << 30,
        }),
    }
}

fn ids(snapshot: &Snapshot) -> Vec<String> {
    let layers = snapshot.layers(Audience::Public).chain(snapshot.layers(Audience::Staff));
    let mut ids: Vec<_> = layers.map(|layer| layer.id.as_str().to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn public(snapshot: &Snapshot) -> Vec<String> {
    snapshot.layers(Audience::Public).map(|layer| layer.id.as_str().to_owned()).collect()
}

#[test]
fn a_file_of_values_is_no_layer_and_does_not_become_public_by_an_edit() {
    let folder = tempfile::tempdir().unwrap();
    for stem in ["boardings", "stop_values", "other_values"] {
        write_values(folder.path(), stem);
    }
    write_catalog(folder.path(), DATASETS);
    let library = DataLibrary::open(folder.path(), options(None)).unwrap();
    // Of what no catalog mentions, nobody knows what it is.
    assert_eq!(ids(&library.snapshot()), ["other_values"]);

    write_catalog(folder.path(), "");
    let until = Instant::now() + PATIENCE;
    while ids(&library.snapshot()).len() < 3 {
        assert!(Instant::now() < until, "{:?}", library.snapshot().faults());
        library.refresh();
    }
    assert_eq!(public(&library.snapshot()), [""; 0], "all of it is for staff");
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::published_with_a_geometry("ADD COLUMN geom geometry(Point, 4326)")]
#[case::renamed_too("ADD COLUMN geom geometry(Point, 4326); ALTER TABLE boardings RENAME TO b2")]
fn a_table_of_values_is_no_layer_whatever_becomes_of_it(#[case] change: &str) {
    let name = "a_table_of_values_is_no_layer_whatever_becomes_of_it";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE boardings (ars_id text, n int); CREATE TABLE plain (n int);
         CREATE TABLE stop_values (ars_id text, geom geometry(Point, 4326));
         CREATE TABLE other (geom geometry(Point, 4326))",
    );
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS);
    let options = options(Some(&scratch));
    let database = Arc::clone(&options.database.as_ref().unwrap().database);
    let library = DataLibrary::open(folder.path(), options).unwrap();
    assert_eq!(ids(&library.snapshot()), ["other"]);
    let poll = database.inventory();
    let name = |table: &str| RelationName { schema: None, table: table.to_owned() };
    assert_eq!(*poll.requested, [name("boardings"), name("stop_values")].into());
    let tables: Vec<_> = poll.values.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["boardings"], "known before the first snapshot is made");

    scratch.sql(&format!(
        "ALTER TABLE boardings {change}; CREATE TABLE marker (geom geometry(Point, 4326))"
    ));
    let until = Instant::now() + PATIENCE;
    while !ids(&library.snapshot()).contains(&"marker".to_owned()) {
        assert!(Instant::now() < until, "{:?}", library.snapshot().faults());
        library.refresh();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(public(&library.snapshot()), ["marker", "other"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_beside_a_file_of_values_is_a_fault_that_says_which_is_served() {
    let name = "a_table_beside_a_file_of_values_is_a_fault_that_says_which_is_served";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql("CREATE TABLE boardings (ars_id text, n int)");
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS);
    write_values(folder.path(), "boardings");
    let library = DataLibrary::open(folder.path(), options(Some(&scratch))).unwrap();
    let fault = library.snapshot().faults().concat();
    assert!(fault.contains("boardings.fgb") && fault.contains("the table is served"), "{fault}");
}
