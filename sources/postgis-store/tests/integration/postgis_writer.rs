//! Datasets in PostGIS: content of the tables as PostgreSQL reports it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test"
)]

use std::path::PathBuf;

use data_model::DatasetId;
use data_model::FeatureStore;
use data_model::feature::{ColumnType, FeatureSchema, Geometry, GeometryKind, ShapeKind};
use flatgeobuf_store::FlatGeobuf;
use ingest::{
    DestinationTable, ImportOptions, ImportSummary, IngestError, import, import_to, inputs,
};
use postgis_store::writer::{BlockingSession, TableComments};
use rstest::rstest;

use testing::import_folder::import_options;
use testing::loads::{LoadScratch, columns, dumped, point, positions};
use testing::{FeatureCollector, OwnedValue, TestFeature};

fn read(file: &FlatGeobuf) -> FeatureCollector {
    let mut found = FeatureCollector::default();
    file.scan(&mut found).unwrap();
    found
}

fn import_table(
    scratch: &LoadScratch,
    file: &std::path::Path,
    id: &str,
) -> Result<ImportSummary, IngestError> {
    let options = ImportOptions {
        id: Some(DatasetId::new(id).unwrap()),
        ..import_options(scratch.folder.path())
    };
    let mut database = BlockingSession::connect(&scratch.url).unwrap();
    let mut table = DestinationTable::new(&mut database, &scratch.schema);
    import_to(inputs(file, scratch.folder.path())?.remove(0), &options, &mut table, &mut |_| ())
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn every_column_type_is_stored_as_it_was() {
    let Some(scratch) = LoadScratch::new("every_column_type_is_stored_as_it_was") else { return };
    let long = "가".repeat(25);
    let mut schema = columns(&[
        ("flag", ColumnType::Bool),
        ("int", ColumnType::Int),
        ("uint", ColumnType::UInt),
        ("float", ColumnType::Float),
        ("double", ColumnType::Double),
        ("행정동 \"이름\"", ColumnType::Text),
        ("json", ColumnType::Json),
        ("no_json", ColumnType::Json),
        ("day", ColumnType::DateTime),
        ("timestamp", ColumnType::DateTime),
        ("utc", ColumnType::DateTime),
        ("mixed_days", ColumnType::DateTime),
        ("bytes", ColumnType::Binary),
        ("fid", ColumnType::Int),
        (&long, ColumnType::Int),
    ]);
    schema.title = Some("모든 것 'all'".to_owned());
    schema.description = Some(r"back\slash".to_owned());
    schema.columns[1].title = Some("정수 it's".to_owned());
    let text = |text: &str| OwnedValue::Text(text.to_owned());
    let values = vec![
        OwnedValue::Bool(true),
        OwnedValue::Int(i64::MIN),
        OwnedValue::UInt(u64::MAX),
        OwnedValue::Float(0.1),
        OwnedValue::Double(-1.5e-300),
        text("성수\t1가\n\\N \"동\""),
        text("{\"b\": 1,  \"a\": [1.50, null]}"),
        text("{b: 1}"),
        text("1950-06-25"),
        text("2024-02-29T23:59:59"),
        text("2024-02-29T23:59:59Z"),
        text("2024-02"),
        OwnedValue::Binary(vec![0, 255, 92]),
        OwnedValue::Int(7),
        OwnedValue::Int(8),
    ];
    let nulls = vec![OwnedValue::Null; values.len()];
    let features = [
        TestFeature { geometry: point(127.0, 37.5), values },
        TestFeature { geometry: Geometry::default(), values: nulls },
    ];
    let file = scratch.file(&schema, GeometryKind::Point, &features);
    let loaded = scratch.load("all", &file).unwrap();
    let table = format!("{}.\"all\"", scratch.schema);
    let cut = "가".repeat(21);
    assert_eq!(loaded.renamed, [("fid".to_owned(), "fid_2".to_owned()), (long, cut.clone())]);
    assert_eq!(ingest::load_notes(&loaded).len(), 2);

    let types = scratch.sql(&format!(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
    ));
    let types: Vec<_> =
        types.iter().map(|row| [0, 1].map(|n| row[n].as_deref().unwrap())).collect();
    let expected = [
        ["fid", "bigint"],
        ["flag", "boolean"],
        ["int", "bigint"],
        ["uint", "numeric(20,0)"],
        ["float", "real"],
        ["double", "double precision"],
        ["행정동 \"이름\"", "text"],
        ["json", "json"],
        ["no_json", "text"],
        ["day", "date"],
        ["timestamp", "timestamp without time zone"],
        ["utc", "timestamp with time zone"],
        ["mixed_days", "text"],
        ["bytes", "bytea"],
        ["fid_2", "bigint"],
        [&cut, "bigint"],
        ["geom", "geometry(Point,4326)"],
    ];
    assert_eq!(types, expected);

    scratch.sql("SET TimeZone = 'UTC'");
    let rows = scratch.sql(&format!("SELECT * FROM {table} WHERE geom IS NOT NULL"));
    let row: Vec<_> = rows[0][1..16].iter().map(|value| value.as_deref().unwrap()).collect();
    let expected = [
        "t",
        "-9223372036854775808",
        "18446744073709551615",
        "0.1",
        "-1.5e-300",
        "성수\t1가\n\\N \"동\"",
        "{\"b\": 1,  \"a\": [1.50, null]}",
        "{b: 1}",
        "1950-06-25",
        "2024-02-29 23:59:59",
        "2024-02-29 23:59:59+00",
        "2024-02",
        "\\x00ff5c",
        "7",
        "8",
    ];
    assert_eq!(row, expected);
    let rows = scratch.sql(&format!("SELECT * FROM {table} WHERE geom IS NULL"));
    assert!(rows[0][1..].iter().all(Option::is_none), "{rows:?}");

    let comments = scratch.sql(&format!(
        "SELECT obj_description('{table}'::regclass), col_description('{table}'::regclass, 3)"
    ));
    assert_eq!(comments[0][0].as_deref(), Some("모든 것 'all'\nback\\slash"));
    assert_eq!(comments[0][1].as_deref(), Some("정수 it's"));
}

fn shape(kind: ShapeKind, parts: &[&[[f64; 2]]], polygons: &[u32]) -> Geometry {
    let mut geometry = Geometry { kind: Some(kind), ..Geometry::default() };
    for part in parts {
        geometry.coordinates.extend_from_slice(part);
        if kind != ShapeKind::Point {
            geometry.end_part();
        }
    }
    geometry.polygon_ends.extend_from_slice(polygons);
    geometry
}

fn lines() -> Geometry {
    let parts: [&[[f64; 2]]; 2] =
        [&[[127.0, 37.5], [127.1, 37.6]], &[[127.2, 37.5], [127.3, 37.5], [127.3, 37.1]]];
    shape(ShapeKind::Line, &parts, &[])
}

/// Two polygons, the first with a hole.
fn polygons() -> Geometry {
    let square = |x: f64, y: f64, w: f64| [[x, y], [x, y + w], [x + w, y + w], [x + w, y], [x, y]];
    let rings =
        [square(127.0, 37.0, 0.9), square(127.2, 37.1, 0.1 + 0.2), square(128.5, 37.5, 0.1)];
    shape(ShapeKind::Polygon, &[&rings[0], &rings[1], &rings[2]], &[2, 3])
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case::point("Point", vec![point(127.1, 37.5), point(127.2, 37.6)])]
#[case::multipoint("MultiPoint", vec![shape(ShapeKind::Point, &[&[[127.1, 37.5], [127.3, 37.5]]], &[]), point(127.2, 37.6)])]
#[case::line("MultiLineString", vec![lines()])]
#[case::polygon("MultiPolygon", vec![polygons()])]
#[case::mixed("Geometry", vec![polygons(), lines(), point(127.2, 37.6)])]
#[case::nothing("Geometry", vec![Geometry::default()])]
fn positions_are_the_very_same_numbers(#[case] stored: &str, #[case] geometries: Vec<Geometry>) {
    let name = format!("positions_{}", stored.to_lowercase());
    let Some(scratch) = LoadScratch::new(&name) else { return };
    let features: Vec<_> = geometries
        .into_iter()
        .map(|geometry| TestFeature { geometry, values: Vec::new() })
        .collect();
    // Without a kind and without any geometry they would be values.
    let nothing = features.iter().all(|feature| feature.geometry.is_empty());
    let kind = if nothing { GeometryKind::Point } else { GeometryKind::Mixed };
    let file = scratch.file(&FeatureSchema::default(), kind, &features);
    scratch.load("shapes", &file).unwrap();
    let table = format!("{}.shapes", scratch.schema);
    let type_ = scratch.column(&format!(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = '{table}'::regclass AND attname = 'geom'"
    ));
    assert_eq!(type_, [format!("geometry({stored},4326)")]);
    let expected: Vec<_> = read(&file)
        .features
        .iter()
        .map(|feature| {
            let single = feature.geometry.coordinates.len() == 1 && stored != "MultiPoint";
            dumped(&feature.geometry, single)
        })
        .collect();
    let found = positions(&scratch, &table);
    assert_eq!(found, expected);
    let valid = scratch.column(&format!("SELECT DISTINCT ST_IsValid(geom)::text FROM {table}"));
    assert!(valid == ["true"] || stored == "Geometry", "{valid:?}");
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn the_dongs_are_the_same_in_a_table_and_in_a_file() {
    let test = "the_dongs_are_the_same_in_a_table_and_in_a_file";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let shared = std::env::var_os("SHARED_DATA").map(PathBuf::from).unwrap_or_default();
    let shapefile = shared.join("kostat-2013/seoul_submunicipalities.shp");
    if !shapefile.is_file() {
        eprintln!("skipped: {test}: {} is absent", shapefile.display());
        return;
    }
    let imported = import_table(&scratch, &shapefile, "dongs").unwrap();
    let options = import_options(scratch.folder.path());
    let input = inputs(&shapefile, scratch.folder.path()).unwrap().remove(0);
    let in_file = import(input, &options, &mut |_| ()).unwrap();
    assert_eq!((imported.features, imported.replaced), (423, false));
    assert_eq!(imported.columns, in_file.columns);
    assert_eq!(imported.notes, in_file.notes);
    assert!(!imported.location.to_string().contains("password"), "{}", imported.location);
    let file = read(&FlatGeobuf::new(in_file.location.file().unwrap()));
    let table = format!("{}.dongs", scratch.schema);
    let expected: Vec<_> =
        file.features.iter().map(|feature| dumped(&feature.geometry, false)).collect();
    assert_eq!(positions(&scratch, &table), expected);
    let names: Vec<_> = in_file.columns.iter().map(|column| column.name.as_str()).collect();
    let rows = scratch.sql(&format!("SELECT {} FROM {table} ORDER BY fid", names.join(", ")));
    for (row, feature) in rows.iter().zip(&file.features) {
        let stored =
            row.iter().map(|value| value.clone().map_or(OwnedValue::Null, OwnedValue::Text));
        assert_eq!(stored.collect::<Vec<_>>(), feature.values);
    }
    // Nothing is left of the file on its way.
    let left: Vec<_> = std::fs::read_dir(scratch.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["seoul_submunicipalities.fgb"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_text_that_postgresql_can_not_hold_rejects_its_row() {
    let test = "a_text_that_postgresql_can_not_hold_rejects_its_row";
    let Some(scratch) = LoadScratch::new(test) else { return };
    let path = scratch.folder.path().join("points.geojson");
    let feature = |name: &str| {
        format!(
            "{{\"type\": \"Feature\", \"properties\": {{\"이름\": \"{name}\"}}, \
             \"geometry\": {{\"type\": \"Point\", \"coordinates\": [127.04, 37.55]}}}}"
        )
    };
    let features = [feature("성수"), feature("a\\u0000b")].join(",");
    let text = format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}");
    std::fs::write(&path, text).unwrap();
    let imported = import_table(&scratch, &path, "points").unwrap();
    assert_eq!(imported.features, 1);
    let (rows, list) = imported.rejected.unwrap();
    assert_eq!(rows, 1);
    assert!(std::fs::read_to_string(list).unwrap().contains("U+0000"));
    let names = scratch.column(&format!("SELECT ireum FROM {}.points", scratch.schema));
    assert_eq!(names, ["성수"]);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn ogrinfo_reads_what_was_written() {
    let Some(scratch) = LoadScratch::new("ogrinfo_reads_what_was_written") else { return };
    let labels = TableComments { title: Some("점들".to_owned()), ..TableComments::default() };
    let file = scratch.points("이름", 3, "점");
    scratch.load_as(&scratch.url, "points", &file, false, &labels).unwrap();
    let table = format!("{}.points", scratch.schema);
    let output = match std::process::Command::new("ogrinfo")
        .args(["-ro", "-al", &format!("PG:{}", scratch.url), &table])
        .output()
    {
        Ok(output) => output,
        Err(error) => {
            eprintln!("skipped: ogrinfo_reads_what_was_written: ogrinfo: {error}");
            return;
        }
    };
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in ["Feature Count: 3", "FID Column = fid", "이름 (String) = 점 2", "POINT (127"]
    {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}
