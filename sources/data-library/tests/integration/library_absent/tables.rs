//! Layers of tables that the database does not have, or that has never been reached.

use data_library::DataLibrary;
use testing::database::scratch;
use testing::library::{open, options};

use super::{ALL, DATASETS, LAYERS, reason, state, wait, write, write_catalog};

#[test]
fn a_table_where_no_database_is_named_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let datasets = DATASETS.replacen("id = 'lamp'", "id = 'lamp'\ntable = 'maps.lamp'", 1);
    write_catalog(folder.path(), &datasets, LAYERS);
    write(folder.path(), "camera");
    let snapshot = open(folder.path()).snapshot();
    assert_eq!(state(&snapshot, "alone"), "absent");
    assert!(reason(&snapshot, "alone").contains("--database-url"));
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_is_absent_once_the_database_has_answered() {
    let name = "a_table_is_absent_once_the_database_has_answered";
    let Some(scratch) = scratch(name) else { return };
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS, LAYERS);
    let database = Some(data_library::DatabaseTables {
        database: scratch.database(),
        schemas: data_library::DatabaseSchemas {
            publish: Vec::new(),
            datasets: vec![scratch.schema.clone()],
        },
        memory: 1 << 30,
    });
    let options = data_library::LibraryOptions { database, ..options() };
    let library = DataLibrary::open(folder.path(), options).unwrap();
    for layer in ALL {
        let snapshot = wait(&library, layer, "absent");
        assert!(reason(&snapshot, layer).contains("no table"), "{}", reason(&snapshot, layer));
    }
    scratch.sql(
        "CREATE TABLE lamp (fid int PRIMARY KEY, one text, geom geometry(Point, 4326));
         INSERT INTO lamp VALUES (1, 'a', ST_Point(127, 37.5, 4326))",
    );
    wait(&library, "alone", "ready");
    assert_eq!(state(&library.snapshot(), "both"), "absent");
    scratch.sql("DROP TABLE lamp");
    wait(&library, "alone", "unavailable");
}

#[test]
fn a_table_of_a_database_that_was_never_reached_is_not_known_to_be_absent() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let url = "postgresql://u@127.0.0.1:1/x?connect_timeout=1";
    let connection = postgis_store::DatabaseOptions::new(url);
    let database =
        postgis_store::PostgisDatabase::start(connection, runtime.handle().clone()).unwrap();
    let schemas = data_library::DatabaseSchemas::default();
    let database = Some(data_library::DatabaseTables { database, schemas, memory: 0 });
    let options = data_library::LibraryOptions { database, ..options() };
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS, LAYERS);
    let snapshot = DataLibrary::open(folder.path(), options).unwrap().snapshot();
    for layer in ALL {
        assert_eq!(state(&snapshot, layer), "unavailable", "{layer}");
    }
}
