//! Feature ids of layers: none where row numbers are not stable, unique elsewhere.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::time::{Duration, Instant};

use data_library::Snapshot;
use data_library::{DataLibrary, DatabaseSchemas, DatabaseTables, LibraryOptions};
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, GeometryKind};
use data_model::{Audience, TileCoord};
use flatgeobuf_store::FlatGeobufWriter;
use name_search::SearchIndex;
use rstest::rstest;
use testing::database::{PATIENCE, ScratchSchema, scratch};
use testing::library::{open, options};
use testing::{column, points};

const COLUMN: &str = "column = [
  { name = 'kind', type = 'text', title = { ko = '1', en = '1' } },
  { name = 'id', type = 'int', title = { ko = '2', en = '2' } },
]";
const HEAD: &str = "title = { ko = '구', en = 'District' }\n";

fn write_catalog(folder: &Path, dataset: &str, layers: &str) {
    let datasets = ["cctv", "other"].map(|id| {
        format!(
            "[[dataset]]\nid = '{id}'\ntitle = {{ ko = '{id}', en = '{id}' }}\n\
             geometry = 'point'\n{dataset}\n{COLUMN}\n"
        )
    });
    for (file, text) in [
        ("district.toml", HEAD.to_owned()),
        ("datasets/field.toml", format!("{HEAD}{}", datasets.concat())),
        ("layers/theme.toml", format!("{HEAD}order = 1\n{layers}")),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn layers() -> String {
    let layer = |id: &str, content: &str| {
        format!(
            "[[layer]]\nid = '{id}'\ntitle = {{ ko = '{id}', en = '{id}' }}\n\
             visibility = 'public'\n{content}\n"
        )
    };
    let union = "union = [{ dataset = 'cctv', columns = { name = 'kind' } }, \
                 { dataset = 'other', columns = { name = 'kind' } }]";
    let measures = "carrier = 'cctv'\nvalue = 'metres'\nmeasure = [{ name = 'metres', \
                   title = { ko = '거리', en = 'Distance' }, unit = 'm', nearest = 'other' }]";
    let prepared = format!("prepared = true\ngeometry = 'point'\ndatasets = ['cctv']\n{COLUMN}");
    [
        layer("plain", "dataset = 'cctv'"),
        layer("both", union),
        layer("near", measures),
        layer("made", &prepared),
    ]
    .concat()
}

fn beside(scratch: &ScratchSchema, folder: &Path, memory: u64) -> DataLibrary {
    let schemas = DatabaseSchemas { publish: Vec::new(), datasets: vec![scratch.schema.clone()] };
    let database = Some(DatabaseTables { database: scratch.database(), schemas, memory });
    DataLibrary::open(folder, LibraryOptions { database, ..options() }).unwrap()
}

fn is_ready(snapshot: &Snapshot, layer: &str) -> bool {
    snapshot.layer(layer, Audience::Public).unwrap().source().is_some()
}

fn wait(library: &DataLibrary, layers: &[&str]) {
    let until = Instant::now() + PATIENCE;
    while !layers.iter().all(|layer| is_ready(&library.snapshot(), layer)) {
        assert!(Instant::now() < until, "{:?}", library.snapshot().faults());
        library.refresh();
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Features of a layer in the tile of zoom 0: id and number of attributes.
fn drawn(snapshot: &Snapshot, layer: &str) -> Vec<(Option<u64>, usize)> {
    let source = snapshot.layer(layer, Audience::Public).unwrap().source().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let request = testing::conformance::request(TileCoord::new(0, 0, 0).unwrap());
    let fragment = runtime.block_on(source.fragment(&request)).unwrap().unwrap();
    let features = &testing::conformance::layers(&fragment)[0].features;
    features.iter().map(|feature| (feature.id, feature.tags.len())).collect()
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn row_numbers_of_a_table_without_a_key_are_no_feature_ids(#[values(1 << 26, 0)] memory: u64) {
    let name = "row_numbers_of_a_table_without_a_key_are_no_feature_ids";
    let Some(scratch) = scratch(name) else { return };
    for table in ["cctv", "other", "made"] {
        scratch.sql(&format!(
            "CREATE TABLE {table} (kind text, geom geometry(Point, 4326));
             INSERT INTO {table} VALUES ('a', ST_Point(127, 37.5, 4326)),
             ('b', ST_Point(127.5, 37.5, 4326)); CREATE INDEX ON {table} USING gist (geom)"
        ));
    }
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), "", &layers());
    let library = beside(&scratch, folder.path(), memory);
    wait(&library, &["plain", "both", "near", "made"]);
    for (layer, attributes) in [("plain", 1), ("both", 2), ("near", 1), ("made", 1)] {
        let features = drawn(&library.snapshot(), layer);
        let count = if layer == "both" { 4 } else { 2 };
        // Measures are on their features though these carry no ids.
        assert_eq!(features, vec![(None, attributes); count], "{layer}");
    }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_union_with_a_keyed_table_is_numbered_as_one_of_files() {
    let name = "a_union_with_a_keyed_table_is_numbered_as_one_of_files";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE cctv (fid int PRIMARY KEY, kind text, geom geometry(Point, 4326));
         INSERT INTO cctv VALUES (7, 'a', ST_Point(127, 37.5, 4326))",
    );
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), "", &layers());
    write(&folder.path().join("other.fgb"), &[("b", 1)]);
    let library = beside(&scratch, folder.path(), 1 << 26);
    wait(&library, &["plain", "both", "near"]);
    let snapshot = library.snapshot();
    assert_eq!(drawn(&snapshot, "both"), [(Some(0), 2), (Some(1), 2)]);
    // A key stays a row's, and measures are on its row.
    assert_eq!(drawn(&snapshot, "plain"), [(Some(7), 1)]);
    assert_eq!(drawn(&snapshot, "near"), [(Some(7), 1)]);
}

/// Writes points with a kind and an id, side by side.
fn write(file: &Path, rows: &[(&str, i64)]) {
    let columns = vec![column("kind", ColumnType::Text), column("id", ColumnType::Int)];
    let schema = FeatureSchema { columns, ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create(file, &schema, GeometryKind::Point).unwrap();
    for (row, &(kind, id)) in rows.iter().enumerate() {
        let values = [AttributeValue::Text(kind), AttributeValue::Int(id)];
        writer.feature(&points(&[[127.0 + row as f64 / 10.0, 37.5]]), &values).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_hit_names_no_other_feature_that_has_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let plain = layers.split("[[layer]]").nth(1).unwrap();
    write_catalog(
        folder.path(),
        "id_column = 'id'\nsearch = ['kind']",
        &format!("[[layer]]{plain}"),
    );
    write(&folder.path().join("cctv.fgb"), &[("alpha", 5), ("beta", 5), ("gamma", 6)]);
    let snapshot = open(folder.path()).snapshot();
    let index = SearchIndex::new(&snapshot, Audience::Public);
    let ids = ["alpha", "beta", "gamma"].map(|typed| {
        let hit = serde_json::to_value(&index.find(typed, 10)[0]).unwrap();
        hit["feature"].as_u64()
    });
    // The first feature on the map has the id, in tiles and in hits alike.
    let mut twice = [ids[0], ids[1]];
    twice.sort_unstable();
    assert_eq!((twice, ids[2]), ([None, Some(5)], Some(6)));
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_bigint_key_is_an_attribute_as_soon_as_one_is_no_id_and_else_costs_nothing(
    #[values(1 << 26, 0)] memory: u64,
) {
    let name = "a_bigint_key_is_an_attribute_as_soon_as_one_is_no_id_and_else_costs_nothing";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE parcels (id bigint PRIMARY KEY, geom geometry(Point, 4326));
         CREATE INDEX ON parcels USING gist (geom);
         INSERT INTO parcels VALUES (0, ST_Point(127, 37.5, 4326)),
             (9007199254740991, ST_Point(127.1, 37.5, 4326))",
    );
    let schemas = DatabaseSchemas { publish: vec![scratch.schema.clone()], datasets: Vec::new() };
    let database = Some(DatabaseTables { database: scratch.database(), schemas, memory });
    let folder = tempfile::tempdir().unwrap();
    let options = LibraryOptions { database, ..options() };
    let library = DataLibrary::open(folder.path(), options).unwrap();
    let table_ids = |library: &DataLibrary| {
        let snapshot = library.snapshot();
        let id = snapshot.layers(Audience::Public).next()?.id.clone();
        is_ready(&snapshot, id.as_str()).then(|| drawn(&snapshot, id.as_str()))
    };
    let until = |expected: &[(Option<u64>, usize)]| {
        let until = Instant::now() + PATIENCE;
        while table_ids(&library).is_none_or(|ids| ids != expected) {
            assert!(Instant::now() < until, "{:?} and not {expected:?}", table_ids(&library));
            library.refresh();
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let last = Some((1 << 53) - 1);
    until(&[(Some(0), 0), (last, 0)]);
    scratch.sql("INSERT INTO parcels VALUES (1120011400100010001, ST_Point(127.2, 37.5, 4326))");
    until(&[(None, 1); 3]);
}
