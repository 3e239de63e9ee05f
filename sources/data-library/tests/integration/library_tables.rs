//! Tables of a database beside the data directory: which are layers, their names and
//! audiences, and the effect of losing either.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use data_library::{DatabaseSchemas, LayerState};
use data_model::{Audience, TileCoord};
use postgis_store::{DatabaseOptions, PostgisDatabase};
use rstest::rstest;
use testing::database::scratch;
use testing::tables::{MEMORY, features, ids, open, published, wait};

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn tables_become_layers_and_go_as_they_come_and_go() {
    let Some(scratch) = scratch("tables_become_layers_and_go_as_they_come_and_go") else { return };
    scratch.sql(
        "CREATE TABLE lamps (id int PRIMARY KEY, 종류 text, geom geometry(Point, 4326));
         COMMENT ON TABLE lamps IS E'가로등\n밤길의 등불';
         INSERT INTO lamps VALUES (1, 'LED', ST_Point(127.04, 37.55, 4326))",
    );
    let folder = tempfile::tempdir().unwrap();
    let library = published(&scratch, folder.path(), MEMORY);
    let snapshot = library.snapshot();
    assert_eq!(ids(&snapshot, Audience::Public), ["lamps"]);
    let layer = snapshot.layer("lamps", Audience::Public).unwrap();
    assert_eq!(layer.title.ko, "가로등");
    assert_eq!(layer.description.as_ref().unwrap().ko, "밤길의 등불");
    // The primary key is the feature id, and no attribute besides.
    let columns = &layer.source().unwrap().description().columns;
    assert_eq!(columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["종류"]);
    let version = layer.source().unwrap().content_version();

    scratch.sql("INSERT INTO lamps VALUES (2, 'LED', ST_Point(127.05, 37.56, 4326))");
    wait(&library, "the second lamp", |snapshot| features(snapshot, "lamps") == Some(2));
    let changed = library.snapshot();
    let source = changed.layer("lamps", Audience::Public).unwrap().source().unwrap();
    assert_ne!(source.content_version(), version);

    // The same rows are the same version, whatever was done in between.
    scratch.sql("DELETE FROM lamps WHERE id = 2");
    wait(&library, "one lamp", |snapshot| features(snapshot, "lamps") == Some(1));
    let again = library.snapshot();
    let source = again.layer("lamps", Audience::Public).unwrap().source().unwrap();
    assert_eq!(source.content_version(), version);

    scratch.sql("CREATE VIEW lit AS SELECT * FROM lamps; DROP TABLE IF EXISTS nothing");
    wait(&library, "the view", |snapshot| features(snapshot, "lit") == Some(1));
    scratch.sql("DROP TABLE lamps CASCADE");
    wait(&library, "neither", |snapshot| ids(snapshot, Audience::Staff).is_empty());
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::in_memory(MEMORY)]
#[case::live(0)]
fn a_view_without_a_key_has_no_feature_ids(#[case] memory: u64) {
    let Some(scratch) = scratch("a_view_without_a_key_has_no_feature_ids") else { return };
    scratch.sql(
        "CREATE TABLE t (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO t VALUES (7, 'SRID=4326;POINT(127 37)'), (8, 'SRID=4326;POINT(127.01 37)');
         CREATE VIEW v AS SELECT 'n' || id AS n, geom FROM t",
    );
    let folder = tempfile::tempdir().unwrap();
    let library = published(&scratch, folder.path(), memory);
    let snapshot = library.snapshot();
    let ids = |layer: &str| -> Vec<Option<u64>> {
        let layer = snapshot.layer(layer, Audience::Public).unwrap();
        let tile = testing::encode::covering(10, [127.0, 37.0]);
        let layers = testing::live::ask(&scratch, &**layer.source().unwrap(), tile).unwrap();
        let mut ids: Vec<_> =
            testing::live::features(layers).iter().map(|feature| feature.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids("v"), [None, None]);
    assert_eq!(ids("t"), [Some(7), Some(8)]);
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::in_memory(MEMORY, "-182")]
#[case::live(0, "-182")]
#[case::live_latitude(0, "127 91")]
fn a_row_without_a_place_on_earth_is_reported(#[case] memory: u64, #[case] at: &str) {
    let Some(scratch) = scratch("a_row_without_a_place_on_earth_is_reported") else { return };
    let at = if at.contains(' ') { at.to_owned() } else { format!("{at} 51") };
    scratch.sql(&format!(
        "CREATE TABLE off (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO off VALUES (1, 'SRID=4326;POINT({at})'), (2, 'SRID=4326;POINT(127 37)');
         CREATE INDEX ON off USING gist (geom)"
    ));
    let folder = tempfile::tempdir().unwrap();
    let library = published(&scratch, folder.path(), memory);
    wait(&library, "the report", |snapshot| {
        let reported = |fault: &String| fault.contains(".off: 1 row(s) have no place on earth");
        snapshot.faults().iter().any(reported)
    });
}

fn write_catalog(folder: &Path, table: &str) {
    let files = [
        ("district.toml", "title = { ko = '구', en = 'District' }\n".to_owned()),
        (
            "datasets/field.toml",
            format!(
                "title = {{ ko = '분야', en = 'Field' }}\n[[dataset]]\nid = 'cctv'\n\
                 title = {{ ko = 'a', en = 'a' }}\ngeometry = 'point'\n{table}\
                 column = [{{ name = 'kind', title = {{ ko = '종류', en = 'Kind' }} }}]\n"
            ),
        ),
        (
            "layers/theme.toml",
            "title = { ko = '주제', en = 'Theme' }\norder = 1\n[[layer]]\nid = 'map-cctv'\n\
             title = { ko = 'a', en = 'a' }\ndataset = 'cctv'\nvisibility = 'staff'\n"
                .to_owned(),
        ),
    ];
    for (file, text) in files {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

const CCTV: &str = "CREATE TABLE cctv (kind text, owner text, geom geometry(Point, 4326), \
     copy geometry(Point, 4326));
     INSERT INTO cctv VALUES ('traffic', 'secret', ST_Point(127.04, 37.55, 4326), NULL);
     CREATE TABLE other (geom geometry(Point, 4326))";

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_catalogued_table_is_what_the_catalog_says_and_nothing_else() {
    let name = "a_catalogued_table_is_what_the_catalog_says_and_nothing_else";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(CCTV);
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), "");
    let library = published(&scratch, folder.path(), MEMORY);
    let snapshot = library.snapshot();
    // Neither the table nor its other geometry is a layer of its own.
    assert_eq!(ids(&snapshot, Audience::Public), ["other"]);
    assert_eq!(ids(&snapshot, Audience::Staff), ["map-cctv", "other"]);
    let source = snapshot.layer("map-cctv", Audience::Staff).unwrap().source().unwrap();
    let columns: Vec<_> = source.description().columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(columns, ["kind"], "columns that are not declared are not published");

    // An edit that forgets the dataset publishes nothing of it.
    std::fs::remove_file(folder.path().join("catalog/layers/theme.toml")).unwrap();
    std::fs::write(
        folder.path().join("catalog/datasets/field.toml"),
        "title = { ko = '분야', en = 'Field' }\n",
    )
    .unwrap();
    wait(&library, "the edit", |snapshot| snapshot.layer("map-cctv", Audience::Staff).is_none());
    assert_eq!(ids(&library.snapshot(), Audience::Public), ["other"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_schema_of_datasets_publishes_nothing_by_itself() {
    let Some(scratch) = scratch("a_schema_of_datasets_publishes_nothing_by_itself") else { return };
    scratch.sql(CCTV);
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), &format!("table = '{}.cctv.copy'\n", scratch.schema));
    let schemas = DatabaseSchemas { publish: Vec::new(), datasets: vec![scratch.schema.clone()] };
    let library = open(folder.path(), scratch.database(), schemas, MEMORY);
    let snapshot = library.snapshot();
    assert_eq!(ids(&snapshot, Audience::Public), Vec::<String>::new());
    assert_eq!(ids(&snapshot, Audience::Staff), ["map-cctv"]);
    assert_eq!(features(&snapshot, "map-cctv"), Some(1));
    // The column that is named, which is empty.
    let source = snapshot.layer("map-cctv", Audience::Staff).unwrap().source().unwrap();
    assert_eq!(source.description().bounds, None);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn what_does_not_fit_into_memory_is_read_for_each_tile() {
    let name = "what_does_not_fit_into_memory_is_read_for_each_tile";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(
        "CREATE TABLE small (id int PRIMARY KEY, geom geometry(Point, 4326));
         INSERT INTO small SELECT n, ST_Point(127 + n / 1e3, 37.5, 4326)
         FROM generate_series(1, 10) n;
         CREATE TABLE large (id int PRIMARY KEY, name text, geom geometry(Point, 4326));
         INSERT INTO large SELECT n, md5(n::text), ST_Point(127 + n / 1e6, 37.5, 4326)
         FROM generate_series(1, 20000) n;
         CREATE VIEW large_view AS SELECT * FROM large; ANALYZE",
    );
    let folder = tempfile::tempdir().unwrap();
    let library = published(&scratch, folder.path(), 1 << 20);
    // Of a view nothing says how large it is before it was read.
    wait(&library, "all three", |snapshot| {
        snapshot.all_layers().iter().all(|layer| layer.source().is_some())
    });
    let snapshot = library.snapshot();
    assert_eq!(features(&snapshot, "small"), Some(10));
    for live in ["large", "large_view"] {
        let layer = snapshot.layer(live, Audience::Public).unwrap();
        assert!(layer.source().is_some() && features(&snapshot, live).is_none(), "{live}");
    }
    // And stays so: what did not fit is not tried again and again.
    for _ in 0..3 {
        library.refresh();
    }
    assert!(features(&library.snapshot(), "large_view").is_none());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_file_beside_a_table_of_its_name_is_a_fault_that_says_which_is_served() {
    let name = "a_file_beside_a_table_of_its_name_is_a_fault_that_says_which_is_served";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(CCTV);
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), "");
    std::fs::write(folder.path().join("cctv.fgb"), b"not read at all").unwrap();
    let library = published(&scratch, folder.path(), MEMORY);
    let snapshot = library.snapshot();
    assert_eq!(features(&snapshot, "map-cctv"), Some(1));
    let fault = snapshot.faults().concat();
    assert!(fault.contains("cctv.fgb") && fault.contains("the table is served"), "{fault}");
}

#[test]
fn without_the_database_the_server_knows_that_it_does_not_know() {
    // Nobody listens there.
    let url = "postgresql://nobody:secret@127.0.0.1:1/none";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = DatabaseOptions::new(url);
    let database = PostgisDatabase::start(options, runtime.handle().clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), "");
    let schemas = DatabaseSchemas { publish: vec!["public".to_owned()], datasets: Vec::new() };
    let library = open(folder.path(), database, schemas, MEMORY);
    let snapshot = library.snapshot();
    assert!(snapshot.undiscovered().is_some());
    assert_eq!(snapshot.database_up(), Some(false));
    let layer = snapshot.layer("map-cctv", Audience::Staff).unwrap();
    let LayerState::Unavailable { reason } = &layer.state else { panic!("it can't be ready") };
    assert!(reason.contains("database") && !reason.contains("secret"), "{reason}");
    assert!(snapshot.faults().concat().contains("database"), "{:?}", snapshot.faults());
}

/// A table that a catalog reserves for staff stays hidden from the public, whatever happens
/// to it.
#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::its_column_is_renamed("ALTER TABLE cctv RENAME COLUMN geom TO the_geom")]
#[case::it_is_renamed("ALTER TABLE cctv RENAME TO cctv_old")]
#[case::it_is_emptied("TRUNCATE cctv")]
fn a_staff_table_stays_so_whatever_becomes_of_its_claim(
    #[case] change: &str,
    #[values(MEMORY, 0)] memory: u64,
    #[values(true, false)] edited: bool,
) {
    let name = "a_staff_table_stays_so_whatever_becomes_of_its_claim";
    let Some(scratch) = scratch(name) else { return };
    scratch.sql(CCTV);
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), &format!("table = '{}.cctv.geom'\n", scratch.schema));
    let library = published(&scratch, folder.path(), memory);
    assert_eq!(ids(&library.snapshot(), Audience::Staff), ["map-cctv", "other"]);
    if edited {
        // The catalog forgets the dataset.
        let text = "title = { ko = '분야', en = 'Field' }\n";
        std::fs::write(folder.path().join("catalog/datasets/field.toml"), text).unwrap();
        std::fs::remove_file(folder.path().join("catalog/layers/theme.toml")).unwrap();
        wait(&library, "the edit", |snapshot| {
            snapshot.layer("map-cctv", Audience::Staff).is_none()
        });
    }
    scratch.sql(change);
    scratch.sql(
        "CREATE TABLE marker (geom geometry(Point, 4326)); ALTER TABLE other ADD COLUMN a int",
    );
    wait(&library, "the change", |snapshot| snapshot.layer("marker", Audience::Public).is_some());
    for _ in 0..3 {
        library.refresh();
    }
    assert_eq!(ids(&library.snapshot(), Audience::Public), ["marker", "other"]);
}

/// An undeclared key may hold sensitive values, such as resident registration numbers.
#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::not_declared("rrn", "", None)]
#[case::declared("kind", "", Some(7))]
#[case::a_row_number("fid", "", Some(7))]
#[case::declared_as_ids("rrn", "id_column = 'kind'\n", Some(3))]
fn a_key_that_is_not_declared_is_no_feature_id(
    #[case] key: &str,
    #[case] id_column: &str,
    #[case] expected: Option<u64>,
) {
    let Some(scratch) = scratch("a_key_that_is_not_declared_is_no_feature_id") else { return };
    let other = if key == "kind" { "rrn" } else { "kind" };
    scratch.sql(&format!(
        "CREATE TABLE cctv ({key} int PRIMARY KEY, {other} int, geom geometry(Point, 4326));
         INSERT INTO cctv VALUES (7, 3, ST_Point(127.04, 37.55, 4326))"
    ));
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), id_column);
    let library = published(&scratch, folder.path(), MEMORY);
    let snapshot = library.snapshot();
    let source = snapshot.layer("map-cctv", Audience::Staff).unwrap().source().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let request = testing::conformance::request(TileCoord::new(0, 0, 0).unwrap());
    let fragment = runtime.block_on(source.fragment(&request)).unwrap().unwrap();
    let id = testing::conformance::layers(&fragment)[0].features[0].id;
    // Without a key there is none: no number stays with a row.
    assert_eq!(id, expected);
}
