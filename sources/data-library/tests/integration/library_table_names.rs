//! Layer ids of published tables: unique and readable.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_library::DatabaseSchemas;
use data_model::Audience;
use postgis_store::DatabaseOptions;
use testing::database::scratch;
use testing::tables::{MEMORY, ids, open, wait};

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn names_never_collide_and_do_not_depend_on_what_else_there_is() {
    let name = "names_never_collide_and_do_not_depend_on_what_else_there_is";
    let (Some(first), Some(second)) = (scratch(name), scratch(name)) else { return };
    for scratch in [&first, &second] {
        scratch.sql(
            "CREATE TABLE roads (geom geometry(Point, 4326), \"둘째\" geometry(Point, 5186));
             CREATE TABLE \"성수 도로\" (geom geometry(Point, 4326))",
        );
    }
    let publish = vec![first.schema.clone(), second.schema.clone()];
    let options = DatabaseOptions { schemas: publish.clone(), ..first.options() };
    let folder = tempfile::tempdir().unwrap();
    let schemas = DatabaseSchemas { publish, datasets: Vec::new() };
    let library = open(folder.path(), first.database_with(options), schemas, MEMORY);
    let all = ids(&library.snapshot(), Audience::Public);
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), unique.len()), (6, 6), "{all:?}");
    assert!(all.contains(&"roads".to_owned()));
    assert!(all.contains(&format!("{}-roads", second.schema)));

    first.sql("DROP TABLE roads");
    wait(&library, "one table less", |snapshot| snapshot.all_layers().len() == 4);
    let left = ids(&library.snapshot(), Audience::Public);
    assert!(!left.contains(&"roads".to_owned()), "no other table takes its name: {left:?}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn tables_of_one_name_in_two_schemas_are_two_datasets() {
    let name = "tables_of_one_name_in_two_schemas_are_two_datasets";
    let (Some(first), Some(second)) = (scratch(name), scratch(name)) else { return };
    first.sql("CREATE TABLE t (id int PRIMARY KEY, x text, geom geometry(Point, 4326))");
    second.sql(
        "CREATE TABLE t (id int PRIMARY KEY, y text, geom geometry(Polygon, 4326),
             place geometry(Point, 4326))",
    );
    let publish = vec![first.schema.clone(), second.schema.clone()];
    let options = DatabaseOptions { schemas: publish.clone(), ..first.options() };
    let folder = tempfile::tempdir().unwrap();
    let schemas = DatabaseSchemas { publish, datasets: Vec::new() };
    let library = open(folder.path(), first.database_with(options), schemas, MEMORY);
    let snapshot = library.snapshot();
    let of: std::collections::BTreeMap<_, _> = snapshot
        .layers(Audience::Public)
        .map(|layer| (layer.id.as_str().to_owned(), layer.dataset.as_str().to_owned()))
        .collect();
    let longer = format!("{}-t", second.schema);
    assert_eq!(of["t"], "t");
    assert_eq!(of[&longer], longer);
    // Two geometry columns of one table are one dataset.
    assert_eq!(of[&format!("{longer}-place")], longer);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_korean_table_is_a_layer_of_a_readable_name_in_every_schema() {
    let name = "a_korean_table_is_a_layer_of_a_readable_name_in_every_schema";
    let (Some(first), Some(second)) = (scratch(name), scratch(name)) else { return };
    for scratch in [&first, &second] {
        scratch.sql("CREATE TABLE \"가나동\" (geom geometry(Point, 4326))");
    }
    let publish = vec![first.schema.clone(), second.schema.clone()];
    let options = DatabaseOptions { schemas: publish.clone(), ..first.options() };
    let folder = tempfile::tempdir().unwrap();
    let schemas = DatabaseSchemas { publish, datasets: Vec::new() };
    let library = open(folder.path(), first.database_with(options), schemas, MEMORY);
    let all = ids(&library.snapshot(), Audience::Public);
    assert!(all.iter().any(|id| id.starts_with("ganadong-")), "{all:?}");
    let longer = format!("{}-ganadong-", second.schema);
    assert!(all.iter().any(|id| id.starts_with(&longer)), "{all:?}");
}
