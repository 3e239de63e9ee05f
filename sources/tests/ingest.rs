//! Foreign files: what they become, and what a damaged one leaves behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rstest::rstest;
use sources::feature::{ColumnType, ShapeKind};
use sources::features::{TableBuilder, TableOptions};
use sources::flatgeobuf::FlatGeobuf;
use sources::ingest::{ImportOptions, Imported, IngestError, import, inputs};
use sources::source::FeatureStore;
use support::shapefile::{Shape, WGS_84, dbf, shp, write};
use support::{Collector, Owned};

/// A folder for foreign files and a data directory.
struct Desk {
    files: tempfile::TempDir,
    data: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { files: tempfile::tempdir().unwrap(), data: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn options(&self) -> ImportOptions {
        ImportOptions { data: self.data.path().to_owned(), ..ImportOptions::default() }
    }

    fn import(&self, path: &Path) -> Result<Imported, IngestError> {
        self.import_with(path, &self.options())
    }

    fn import_with(&self, path: &Path, options: &ImportOptions) -> Result<Imported, IngestError> {
        let input = inputs(path, self.data.path())?.remove(0);
        let imported = import(input, options, &mut |_| ())?;
        // Whatever was imported, the server reads it and makes a table of it.
        let mut table = TableBuilder::new(TableOptions::default());
        FlatGeobuf::new(&imported.path).scan(&mut table).unwrap();
        let rows = table.finish().unwrap().feature_count() as u64;
        assert_eq!(rows, imported.features);
        Ok(imported)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.data.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn read(imported: &Imported) -> Collector {
    let mut found = Collector::default();
    FlatGeobuf::new(&imported.path).scan(&mut found).unwrap();
    // The file is in Hilbert order; the tests' first column tells the row.
    found.features.sort_by_key(|feature| format!("{:?}", feature.values.first()));
    found
}

fn text(value: &str) -> Owned {
    Owned::Text(value.to_owned())
}

const HERE: [f64; 2] = [127.04, 37.55];

fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    vec![[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]]
}

#[test]
fn a_table_in_cp949_keeps_its_titles_and_types() {
    let desk = Desk::new();
    let points = [Shape::Point(127.04, 37.55), Shape::Point(127.05, 37.55), Shape::Null];
    let (shp, shx) = shp(&points);
    desk.put("성수.SHP", shp);
    desk.put("성수.shx", shx);
    // 이름, 면적, 코드 and 성수1가 in CP949.
    let fields: &[(&[u8], u8, u8, u8)] = &[
        (b"\xc0\xcc\xb8\xa7", b'C', 10, 0),
        (b"\xb8\xe9\xc0\xfb", b'N', 8, 2),
        (b"\xc4\xda\xb5\xe5", b'N', 8, 0),
        (b"BASE_YMD", b'D', 8, 0),
    ];
    let rows: &[&[&[u8]]] = &[
        &[b"1\xbc\xba\xbc\xf61\xb0\xa1", b"1.50", b"00412", b"20240301"],
        &[b"2", b"", b"11", b""],
        &[b"3", b"3", b"12", b"20240302"],
    ];
    desk.put("성수.dbf", dbf(fields, rows));
    desk.put("성수.prj", WGS_84);
    let imported = desk.import(&desk.file("성수.SHP")).unwrap();
    assert!(imported.id.as_str().starts_with("seongsu-"), "{}", imported.id);
    assert_eq!(
        (imported.features, imported.without_geometry, imported.rejected.clone()),
        (3, 1, None)
    );
    let found = read(&imported);
    assert_eq!(found.schema.title.as_deref(), Some("성수"));
    let columns: Vec<_> = found
        .schema
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.title.as_deref(), column.kind))
        .collect();
    assert_eq!(
        columns,
        [
            ("ireum", Some("이름"), ColumnType::Text),
            ("myeonjeok", Some("면적"), ColumnType::Double),
            ("kodeu", Some("코드"), ColumnType::Text),
            ("BASE_YMD", None, ColumnType::DateTime),
        ]
    );
    assert_eq!(
        found.features[0].values,
        [text("1성수1가"), Owned::Double(1.5), text("00412"), text("2024-03-01")]
    );
    assert_eq!(found.features[1].values, [text("2"), Owned::Null, text("11"), Owned::Null]);
    assert!(found.features[2].geometry.is_empty() && !found.features[1].geometry.is_empty());
    // The same bytes as text of another encoding, because a .cpg says so.
    desk.put("성수.cpg", "1252");
    let imported = desk.import(&desk.file("성수.SHP")).unwrap();
    assert!(imported.replaced);
    assert_eq!(read(&imported).features[0].values[0], text("1¼º¼ö1°¡"));
    desk.put("성수.cpg", "klingon");
    let error = desk.import(&desk.file("성수.SHP")).unwrap_err().to_string();
    assert!(error.contains("성수.cpg") && error.contains("klingon"), "{error}");
}

#[rstest]
#[case::heights(vec![Shape::PointZ(127.0, 37.5, 12.0)], ShapeKind::Point, 1, "heights")]
#[case::multipoint(vec![Shape::MultiPoint(vec![HERE, [127.05, 37.5]])], ShapeKind::Point, 2, "")]
#[case::line(vec![Shape::Line(vec![vec![HERE, HERE, [127.05, 37.5]]])], ShapeKind::Line, 2, "")]
#[case::hole(vec![Shape::Polygon(vec![square(127.0, 37.5, 0.1),
    square(127.02, 37.52, 0.01).into_iter().rev().collect()])], ShapeKind::Polygon, 10, "")]
#[case::wrong_way(vec![Shape::Polygon(vec![
    square(127.0, 37.5, 0.1).into_iter().rev().collect()])], ShapeKind::Polygon, 5, "rewound")]
#[case::swapped(vec![Shape::Point(37.5, 127.0)], ShapeKind::Point, 1, "swapped")]
fn shapes_become_features(
    #[case] shapes: Vec<Shape>,
    #[case] kind: ShapeKind,
    #[case] vertices: usize,
    #[case] note: &str,
) {
    let desk = Desk::new();
    write(desk.files.path(), "s", &shapes);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    let found = read(&imported);
    let geometry = &found.features[0].geometry;
    assert_eq!((geometry.kind, geometry.coordinates.len()), (Some(kind), vertices));
    assert!(imported.notes.iter().any(|line| line.contains(note)), "{:?}", imported.notes);
    if note.is_empty() {
        assert_eq!(imported.notes.len(), 1, "only the encoding: {:?}", imported.notes);
    }
}

#[test]
fn rows_that_can_not_be_kept_are_listed_with_the_reason() {
    let desk = Desk::new();
    let flat = vec![vec![[127.0, 37.5], [127.1, 37.6], [127.0, 37.5]]];
    let nowhere = vec![vec![[127.0, f64::NAN], [127.1, 37.5], [127.1, 37.6]]];
    let shapes = [
        Shape::Polygon(vec![square(127.0, 37.5, 0.1)]),
        Shape::Polygon(flat),
        Shape::Polygon(nowhere),
    ];
    write(desk.files.path(), "s", &shapes);
    let strict = ImportOptions { strict: true, ..desk.options() };
    let error = desk.import_with(&desk.file("s.shp"), &strict).unwrap_err().to_string();
    assert!(
        error.contains("2 row(s)") && error.contains("row 2: its polygon has no area"),
        "{error}"
    );
    assert_eq!(desk.names(), Vec::<String>::new());

    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 2));
    let rejects = std::fs::read_to_string(desk.data.path().join("s.rejects.csv")).unwrap();
    assert_eq!(
        rejects,
        "\u{feff}row,reason,NAME\r\n2,its polygon has no area,n2\r\n\
         3,its position 1 is not a number,n3\r\n"
    );
    write(desk.files.path(), "s", &shapes[..1]);
    desk.import(&desk.file("s.shp")).unwrap();
    assert_eq!(desk.names(), ["s.fgb"], "no rejects, no file of them");
}

#[test]
fn deleted_rows_are_left_out_and_counted() {
    let desk = Desk::new();
    write(desk.files.path(), "s", &[Shape::Point(127.0, 37.5), Shape::Point(127.1, 37.5)]);
    desk.put("s.dbf", dbf(&[(b"NAME", b'C', 8, 0)], &[&[b"a"], &[b"*b"]]));
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert_eq!(imported.features, 1);
    assert!(imported.notes.iter().any(|note| note.starts_with("1 row(s) marked as deleted")));
}

#[test]
fn tables_and_shapes_of_different_lengths_do_not_belong_together() {
    let desk = Desk::new();
    for rows in [1, 3] {
        write(desk.files.path(), "s", &[Shape::Point(127.0, 37.5), Shape::Point(127.1, 37.5)]);
        let row: &[&[u8]] = &[b"a"];
        desk.put("s.dbf", dbf(&[(b"NAME", b'C', 8, 0)], &vec![row; rows]));
        let error = desk.import(&desk.file("s.shp")).unwrap_err().to_string();
        assert!(error.contains("not of one Shapefile"), "{error}");
    }
}

#[test]
fn geojson_keeps_ids_codes_and_long_integers() {
    let desk = Desk::new();
    let path = desk.put(
        "s.geojson",
        r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": 7, "geometry": {"coordinates": [127.04, 37.55], "type": "Point"},
             "properties": {"이름": "응봉동", "code": "0412", "n": 9007199254740993, "tags": ["a"]}},
            {"type": "Feature", "id": 8, "geometry": null, "properties": {"n": -1, "late": 0.5}},
            {"type": "Feature", "id": 9, "geometry": {"type": "Point", "coordinates": [37.55, 127.05]},
             "properties": null}
        ]}"#,
    );
    let imported = desk.import(&path).unwrap();
    assert_eq!((imported.features, imported.without_geometry), (3, 1));
    let found = read(&imported);
    let names: Vec<_> = found.schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["ireum", "code", "n", "tags", "late", "id"]);
    let by_id = |id: i64| found.features.iter().find(|f| f.values[5] == Owned::Int(id)).unwrap();
    assert_eq!(
        by_id(7).values[..4],
        [text("응봉동"), text("0412"), Owned::Int(9_007_199_254_740_993), text("[\"a\"]")]
    );
    assert_eq!(by_id(8).values[2..5], [Owned::Int(-1), Owned::Null, Owned::Double(0.5)]);
    assert_eq!(by_id(9).geometry.coordinates, [[127.05, 37.55]]);
    assert!(imported.notes.iter().any(|note| note.contains("swapped")), "{:?}", imported.notes);
}

#[rstest]
#[case::not_json("{\"type\": \"FeatureCollection\", \"features\": [}", "line 1, column")]
#[case::cut("{\"type\": \"FeatureCollection\", \"features\": [", "cut short")]
#[case::no_geojson("{\"a\": 1}", "no GeoJSON")]
#[case::empty("", "empty")]
#[case::cp949(b"{\"type\": \"Feature\", \"properties\": {\"a\": \"\xbc\xba\"}}", "iconv")]
#[case::deep(&"[".repeat(100_000), "no Shapefile")]
#[case::deep_inside(format!("{{\"type\": {}", "[".repeat(100_000)), "line 1")]
#[case::text("이름,x,y\n1,2,3", "convert it")]
fn documents_that_are_none_say_where(#[case] bytes: impl AsRef<[u8]>, #[case] expected: &str) {
    let desk = Desk::new();
    let path = desk.put("bad.geojson", bytes);
    let error = desk.import(&path).unwrap_err().to_string();
    assert!(error.contains("bad.geojson: ") && error.contains(expected), "{error}");
    assert_eq!(desk.names(), Vec::<String>::new());
}

#[test]
fn a_refused_file_leaves_the_dataset_as_it_was() {
    let desk = Desk::new();
    write(desk.files.path(), "s", &[Shape::Point(127.04, 37.55)]);
    desk.import(&desk.file("s.shp")).unwrap();
    let before = std::fs::read(desk.data.path().join("s.fgb")).unwrap();
    // Somewhere in the sea off Ghana.
    write(desk.files.path(), "s", &[Shape::Point(1.0, 1.0)]);
    let error = desk.import(&desk.file("s.shp")).unwrap_err();
    assert!(matches!(error, IngestError::Crs { .. }), "{error}");
    assert!(error.to_string().contains("--bounds"), "{error}");
    assert_eq!(std::fs::read(desk.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(desk.names(), ["s.fgb"]);
}

#[test]
fn an_empty_file_replaces_no_features() {
    let desk = Desk::new();
    let path = desk.file("s.geojson");
    let collection = |features: &str| {
        let text = format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}");
        std::fs::write(&path, text).unwrap();
        desk.import(&path)
    };
    let point = r#"{"type": "Feature", "geometry": {"type": "Point", "coordinates": [127.04, 37.55]},
        "properties": {"a": 1}}"#;
    let bare = r#"{"type": "Feature", "geometry": null, "properties": {"a": 1}}"#;
    // Where nothing is lost, an empty file is a dataset as others are.
    assert_eq!(collection("").unwrap().features, 0);
    assert_eq!(collection(bare).unwrap().features, 1);
    let error = collection("").unwrap_err().to_string();
    assert!(error.contains("no features") && error.contains("remove that file"), "{error}");
    collection(point).unwrap();
    let before = std::fs::read(desk.data.path().join("s.fgb")).unwrap();
    let error = collection(bare).unwrap_err().to_string();
    assert!(error.contains("not one geometry") && error.contains("s.fgb"), "{error}");
    assert_eq!(std::fs::read(desk.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(collection(&format!("{bare}, {point}")).unwrap().features, 2);
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_refused() {
    let desk = Desk::new();
    let point = |x: f64| format!("{{\"type\": \"Point\", \"coordinates\": [{x}, 37.55]}}\n");
    let path = desk.put("s.geojson", point(127.04) + &point(127.05));
    let input = inputs(&path, desk.data.path()).unwrap().remove(0);
    let error = import(input, &desk.options(), &mut |progress| {
        if progress == sources::ingest::Progress::Surveyed(2) {
            std::fs::write(&path, point(127.04)).unwrap();
        }
    });
    let error = error.unwrap_err().to_string();
    assert!(error.contains("changed while it was read"), "{error}");
    assert_eq!(desk.names(), Vec::<String>::new());
}

#[test]
fn rejects_without_a_place_stop_the_import_before_anything_is_replaced() {
    let desk = Desk::new();
    let flat = Shape::Polygon(vec![vec![[127.0, 37.5], [127.1, 37.6], [127.0, 37.5]]]);
    let sound = Shape::Polygon(vec![square(127.0, 37.5, 0.1)]);
    std::fs::create_dir(desk.data.path().join("s.rejects.csv")).unwrap();
    write(desk.files.path(), "s", &[sound.clone(), flat]);
    let error = desk.import(&desk.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.rejects.csv"), "{error}");
    assert_eq!(desk.names(), ["s.rejects.csv"]);
    // Without rejects it is not in the way of anything.
    write(desk.files.path(), "s", &[sound]);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    let note = imported.notes.iter().find(|note| note.contains("can't be removed"));
    assert!(note.is_some(), "{:?}", imported.notes);
}

#[test]
fn the_rings_of_swapped_coordinates_are_wound_as_the_map_has_them() {
    let desk = Desk::new();
    // Clockwise once east and north are told apart, as a Shapefile's exterior.
    let ring = square(127.0, 37.5, 0.1).into_iter().map(|[x, y]| [y, x]).collect();
    write(desk.files.path(), "s", &[Shape::Polygon(vec![ring])]);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert!(!imported.notes.iter().any(|note| note.contains("rewound")), "{:?}", imported.notes);
    let ring = &read(&imported).features[0].geometry.coordinates;
    assert_eq!(ring[1], [127.1, 37.5], "counter-clockwise: {ring:?}");
}

#[test]
fn what_lies_outside_the_expected_bounds_is_counted() {
    let desk = Desk::new();
    let ring = |x: f64| Shape::Polygon(vec![square(x, 37.5, 0.1)]);
    // In the district, over its border, and in Korea but elsewhere.
    write(desk.files.path(), "s", &[ring(127.02), ring(126.95), ring(128.0)]);
    let bounds = Some([127.0, 37.5, 127.1, 37.6]);
    let options = ImportOptions { bounds, ..desk.options() };
    let imported = desk.import_with(&desk.file("s.shp"), &options).unwrap();
    let note = imported.notes.iter().find(|note| note.contains("outside")).unwrap();
    assert!(note.starts_with("1 feature(s) lie outside 127,37.5,127.1,37.6"), "{note}");
    assert!(note.contains("row 3"), "{note}");
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert!(!imported.notes.iter().any(|note| note.contains("outside")), "{:?}", imported.notes);
}

#[test]
fn a_record_beyond_what_a_feature_may_have_is_rejected_unread() {
    let desk = Desk::new();
    let points = [Shape::Point(127.0, 37.5), Shape::Point(127.1, 37.5)];
    write(desk.files.path(), "s", &points);
    std::fs::remove_file(desk.file("s.shx")).unwrap();
    let (mut bytes, _) = shp(&points);
    // The last record grows to 300 MiB, which the file has as a hole.
    let content = 300i32 << 20;
    let last = bytes.len() - 28;
    bytes[last + 4..last + 8].copy_from_slice(&(content / 2).to_be_bytes());
    let path = desk.put("s.shp", &bytes);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(last as u64 + 8 + content as u64).unwrap();
    let imported = desk.import(&path).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 1));
    let rejects = std::fs::read_to_string(desk.data.path().join("s.rejects.csv")).unwrap();
    assert!(rejects.contains("2,\"its record has 314572800 bytes"), "{rejects}");
}

#[test]
fn what_killed_imports_left_behind_is_swept_after_a_day() {
    let desk = Desk::new();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 3600);
    for (name, old) in [
        (".import-a.fgb.tmp", true),
        (".b.csv.tmp", true),
        (".import-c.fgb.tmp", false),
        ("d.csv.tmp", true),
    ] {
        let file = std::fs::File::create(desk.data.path().join(name)).unwrap();
        if old {
            file.set_modified(long_ago).unwrap();
        }
    }
    write(desk.files.path(), "s", &[Shape::Point(127.04, 37.55)]);
    desk.import(&desk.file("s.shp")).unwrap();
    assert_eq!(desk.names(), [".import-c.fgb.tmp", "d.csv.tmp", "s.fgb"]);
}

#[test]
fn a_row_beyond_the_earth_does_not_spoil_the_others() {
    let desk = Desk::new();
    let points = [Shape::Point(127.0, 37.5), Shape::Point(508.0, 37.6)];
    write(desk.files.path(), "s", &points);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 1));
    let rejects = std::fs::read_to_string(desk.data.path().join("s.rejects.csv")).unwrap();
    assert!(rejects.contains("508 37.6"), "{rejects}");
}

#[test]
fn an_index_of_another_file_is_not_used() {
    let desk = Desk::new();
    let shapes: Vec<Shape> = [127.01, 127.02, 127.03].map(|x| Shape::Point(x, 37.5)).into();
    write(desk.files.path(), "s", &shapes);
    let mut index = std::fs::read(desk.file("s.shx")).unwrap();
    let (first, second) = (index[100..108].to_vec(), index[108..116].to_vec());
    index[100..108].copy_from_slice(&second);
    index[108..116].copy_from_slice(&first);
    desk.put("s.shx", index);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert!(imported.notes.iter().any(|note| note.contains("row 1: record 2")));
    let found = read(&imported);
    let found: Vec<_> = found.features.iter().map(|row| row.geometry.coordinates[0][0]).collect();
    assert_eq!(found, [127.01, 127.02, 127.03]);
}

#[test]
fn tables_of_other_programs_are_read() {
    let desk = Desk::new();
    write(desk.files.path(), "s", &[Shape::Point(127.0, 37.5), Shape::Point(127.1, 37.5)]);
    // FoxPro: a column that says which of the others are null.
    let fields: &[(&[u8], u8, u8, u8)] = &[(b"NAME", b'C', 8, 0), (b"_NullFlags", b'0', 1, 0)];
    let rows: &[&[&[u8]]] = &[&[b"a", b"\0"], &[b"b", b"\0"]];
    let table = dbf(fields, rows);
    desk.put("s.dbf", &table);
    let imported = desk.import(&desk.file("s.shp")).unwrap();
    assert!(imported.notes.iter().any(|note| note.contains("\"_NullFlags\" of type 0")));
    assert_eq!(read(&imported).features[1].values, [text("b")]);
    // Without the byte that ends the fields.
    let mut bare = table.clone();
    bare.remove(96);
    bare[8..10].copy_from_slice(&96u16.to_le_bytes());
    desk.put("s.dbf", bare);
    assert_eq!(read(&desk.import(&desk.file("s.shp")).unwrap()).features[1].values, [text("b")]);
    // A record length that is one too long puts the marks elsewhere.
    let mut long = [&table[..], &[0; 4]].concat();
    long[10..12].copy_from_slice(&11u16.to_le_bytes());
    desk.put("s.dbf", long);
    let error = desk.import(&desk.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.dbf: row 2") && error.contains("length of 11"), "{error}");
}

fn point(properties: &str) -> String {
    format!(
        "{{\"type\": \"Feature\", \"properties\": {properties}, \"geometry\": \
         {{\"type\": \"Point\", \"coordinates\": [127.04, 37.55]}}}}"
    )
}

#[test]
fn geojson_numbers_keep_their_digits() {
    let desk = Desk::new();
    let rows = [
        r#"{"row": 1, "pnu": 41200101001000100001, "area": 9007199254740993.0, "tags": [ 1 ]}"#,
        r#"{"row": 2, "pnu": 1, "area": 0.5, "row": 2}"#,
        r#"{"row": 3, "pnu": 2, "area": 1e999}"#,
        r#"{"row": 4, "pnu": 3, "name": "\ud800"}"#,
    ];
    let path = desk.put("s.geojson", rows.map(point).join("\n"));
    let imported = desk.import(&path).unwrap();
    let found = read(&imported);
    assert_eq!(
        found.features[0].values[..4],
        [Owned::Int(1), text("41200101001000100001"), text("9007199254740993.0"), text("[1]")]
    );
    assert_eq!(found.features[1].values[..3], [Owned::Int(2), text("1"), text("0.5")]);
    let (rejected, path) = imported.rejected.unwrap();
    let rejects = std::fs::read_to_string(path).unwrap();
    assert_eq!(rejected, 2);
    assert!(rejects.contains("property \"\"area\"\" is 1e999"), "{rejects}");
    assert!(rejects.contains("property \"\"name\"\" is"), "{rejects}");
}

#[test]
fn geojson_of_other_programs_is_read_or_named() {
    let desk = Desk::new();
    // Without a type, alone and in a collection.
    let bare = point("{\"a\": 1}").replace("\"type\": \"Feature\", ", "");
    let collection = format!("{{\"type\": \"FeatureCollection\", \"features\": [{bare}]}}");
    for document in [&bare, &collection] {
        let imported = desk.import(&desk.put("s.geojson", document)).unwrap();
        assert_eq!((imported.features, imported.without_geometry), (1, 0));
        assert_eq!(read(&imported).features[0].values, [Owned::Int(1)]);
    }
    let topology = r#"{"type": "Topology", "objects": {"a": {"type": "Point"}}, "arcs": []}"#;
    let error = desk.import(&desk.put("t.json", topology)).unwrap_err().to_string();
    assert!(error.contains("this is TopoJSON; convert it"), "{error}");
    // A hole in nothing.
    let hole = r#"{"type": "Polygon", "coordinates": [[], [[127,37],[127.1,37],[127.1,37.1]]]}"#;
    let error = desk.import(&desk.put("h.json", hole)).unwrap_err().to_string();
    assert!(error.contains("no area"), "{error}");
    let many: Vec<String> = (0..4097).map(|n| format!("\"k{n}\": 1")).collect();
    let many = point(&format!("{{{}}}", many.join(",")));
    let error = desk.import(&desk.put("m.json", many)).unwrap_err().to_string();
    assert!(error.contains("more than 4096 properties"), "{error}");
}

/// Every part of a small Shapefile.
fn parts() -> [(&'static str, Vec<u8>); 3] {
    let (shp, shx) = shp(&[
        Shape::Polygon(vec![square(127.0, 37.5, 0.1)]),
        Shape::Null,
        Shape::Polygon(vec![square(127.0, 37.5, 0.1), square(127.2, 37.5, 0.1)]),
    ]);
    let fields: &[(&[u8], u8, u8, u8)] = &[(b"NAME", b'C', 8, 0), (b"N", b'N', 6, 0)];
    let rows: &[&[&[u8]]] = &[&[b"a", b"1"], &[b"b", b"2"], &[b"\xbc\xba", b"3"]];
    [("shp", shp), ("shx", shx), ("dbf", dbf(fields, rows))]
}

#[rstest]
fn every_truncation_is_an_error_that_names_the_part(#[values("shp", "shx", "dbf")] cut: &str) {
    let desk = Desk::new();
    desk.put("s.prj", WGS_84);
    for (ending, bytes) in parts() {
        desk.put(&format!("s.{ending}"), bytes);
    }
    desk.import(&desk.file("s.shp")).unwrap();
    let before = std::fs::read(desk.data.path().join("s.fgb")).unwrap();
    let (_, whole) = parts().into_iter().find(|(ending, _)| *ending == cut).unwrap();
    // A DBF ends in an end-of-file mark that nobody needs.
    let needed = if cut == "dbf" { whole.len() - 1 } else { whole.len() };
    for length in 0..needed {
        desk.put(&format!("s.{cut}"), &whole[..length]);
        let error = desk.import(&desk.file("s.shp")).expect_err("a part was taken for whole");
        let error = error.to_string();
        assert!(error.contains(&format!("s.{cut}: ")) || error.contains("s.shp: "), "{error}");
    }
    assert_eq!(std::fs::read(desk.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(desk.names(), ["s.fgb"]);
}

/// Claims more than the record holds, and more than any memory would.
#[rstest]
#[case::points(100 + 8 + 4 + 32 + 4, i32::MAX.to_le_bytes(), "2147483647 points")]
#[case::parts(100 + 8 + 4 + 32, i32::MAX.to_le_bytes(), "2147483647 parts")]
#[case::negative(100 + 8 + 4 + 32, (-1i32).to_le_bytes(), "-1 parts")]
#[case::part_start(100 + 8 + 4 + 32 + 8, 7i32.to_le_bytes(), "part 1")]
#[case::record(100 + 4, i32::MAX.to_be_bytes(), "the file ends before")]
#[case::kind(100 + 8, 31i32.to_le_bytes(), "no shape type")]
#[case::other_kind(100 + 8, 1i32.to_le_bytes(), "a Point, in a file of Polygons")]
#[case::multipatch(32, 31i32.to_le_bytes(), "multipatches")]
fn hostile_shapes_are_named(#[case] at: usize, #[case] bytes: [u8; 4], #[case] expected: &str) {
    let desk = Desk::new();
    desk.put("s.prj", WGS_84);
    for (ending, mut content) in parts() {
        if ending == "shp" {
            content[at..at + 4].copy_from_slice(&bytes);
        }
        desk.put(&format!("s.{ending}"), content);
    }
    let error = desk.import(&desk.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.shp: ") && error.contains(expected), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // Many flips are harmless; none may panic or take memory by what it says.
    #[test]
    fn flipped_bits_never_panic(
        part in 0usize..3,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 1..4),
    ) {
        let desk = Desk::new();
        desk.put("s.prj", WGS_84);
        for (index, (ending, mut content)) in parts().into_iter().enumerate() {
            if index == part {
                for (at, bit) in &flips {
                    let at = at.index(content.len());
                    content[at] ^= 1 << bit;
                }
            }
            desk.put(&format!("s.{ending}"), content);
        }
        let _ = desk.import(&desk.file("s.shp"));
    }

    #[test]
    fn any_text_is_a_document_or_an_error(text in "[\\[\\]{}\":,0-9a-z. -]{0,200}") {
        let desk = Desk::new();
        let path = desk.put("s.geojson", format!("{{{text}"));
        let _ = desk.import(&path);
    }
}
