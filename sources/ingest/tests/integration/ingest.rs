//! Results of foreign files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::feature::{ColumnType, ShapeKind};
use ingest::{DbfEncoding, ImportOptions};
use korean_text::Bilingual as _;
use rstest::rstest;
use testing::OwnedValue;
use testing::import_folder::{HERE, ImportFolder, read, square, text};
use testing::shapefile::{ShapeRecord, WGS_84, dbf, shp, write};

#[test]
fn a_table_in_cp949_keeps_its_titles_and_types() {
    let folder = ImportFolder::new();
    let points =
        [ShapeRecord::Point(127.04, 37.55), ShapeRecord::Point(127.05, 37.55), ShapeRecord::Null];
    let (shp, shx) = shp(&points);
    folder.write_file("성수.SHP", shp);
    folder.write_file("성수.shx", shx);
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
    folder.write_file("성수.dbf", dbf(fields, rows));
    folder.write_file("성수.prj", WGS_84);
    let imported = folder.import(&folder.file("성수.SHP")).unwrap();
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
        [text("1성수1가"), OwnedValue::Double(1.5), text("00412"), text("2024-03-01")]
    );
    assert_eq!(
        found.features[1].values,
        [text("2"), OwnedValue::Null, text("11"), OwnedValue::Null]
    );
    assert!(found.features[2].geometry.is_empty() && !found.features[1].geometry.is_empty());
    // The same bytes as text of another encoding, because a .cpg says so.
    folder.write_file("성수.cpg", "1252");
    let imported = folder.import(&folder.file("성수.SHP")).unwrap();
    assert!(imported.replaced);
    assert_eq!(read(&imported).features[0].values[0], text("1¼º¼ö1°¡"));
    folder.write_file("성수.cpg", "klingon");
    let imported = folder.import(&folder.file("성수.SHP")).unwrap();
    assert_eq!(read(&imported).features[0].values[0], text("1성수1가"));
    assert!(imported.notes.iter().any(|note| note.en().contains("klingon")));
}

#[test]
fn a_cpg_that_is_wrong_is_not_believed() {
    let folder = ImportFolder::new();
    write(
        folder.files.path(),
        "s",
        &[ShapeRecord::Point(127.04, 37.55), ShapeRecord::Point(127.05, 37.55)],
    );
    let fields: &[(&[u8], u8, u8, u8)] = &[(b"\xef\xbb\xbfNAME", b'C', 8, 0)];
    let table = |second: &'static [u8]| dbf(fields, &[&[b"1\xbc\xba\xbc\xf6"], &[second]]);
    folder.write_file("s.cpg", "UTF-8");
    folder.write_file("s.dbf", table(b"2"));
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!(imported.columns[0].name, "NAME", "without a byte order mark");
    assert_eq!(read(&imported).features[0].values[0], text("1성수"));
    let notes: Vec<_> = imported.notes.iter().map(korean_text::Bilingual::en).collect();
    assert!(notes.contains(&"text is CP949, as its bytes tell".to_owned()), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("says UTF-8, which its bytes contradict")));
    // Neither of the two: what most of it is, and the user has the last word.
    folder.write_file("s.dbf", table(b"2\xff\xff"));
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert!(imported.notes.iter().any(|line| line.en() == "text is CP949, as its bytes tell"));
    let options = ImportOptions { encoding: Some(DbfEncoding::Utf8), ..folder.options() };
    folder.write_file("s.dbf", table(b"2"));
    let imported = folder.import_with(&folder.file("s.shp"), &options).unwrap();
    assert!(imported.notes.iter().any(|line| line.en() == "text is UTF-8, as you said"));
}

#[rstest]
#[case::heights(vec![ShapeRecord::PointZ(127.0, 37.5, 12.0)], ShapeKind::Point, 1, "heights")]
#[case::multipoint(vec![ShapeRecord::MultiPoint(vec![HERE, [127.05, 37.5]])], ShapeKind::Point, 2, "")]
#[case::line(vec![ShapeRecord::Line(vec![vec![HERE, HERE, [127.05, 37.5]]])], ShapeKind::Line, 2, "")]
#[case::hole(vec![ShapeRecord::Polygon(vec![square(127.0, 37.5, 0.1),
    square(127.02, 37.52, 0.01).into_iter().rev().collect()])], ShapeKind::Polygon, 10, "")]
#[case::wrong_way(vec![ShapeRecord::Polygon(vec![
    square(127.0, 37.5, 0.1).into_iter().rev().collect()])], ShapeKind::Polygon, 5, "rewound")]
#[case::swapped(vec![ShapeRecord::Point(37.5, 127.0)], ShapeKind::Point, 1, "swapped")]
fn shapes_become_features(
    #[case] shapes: Vec<ShapeRecord>,
    #[case] kind: ShapeKind,
    #[case] vertices: usize,
    #[case] note: &str,
) {
    let folder = ImportFolder::new();
    write(folder.files.path(), "s", &shapes);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    let found = read(&imported);
    let geometry = &found.features[0].geometry;
    assert_eq!((geometry.kind, geometry.coordinates.len()), (Some(kind), vertices));
    assert!(imported.notes.iter().any(|line| line.en().contains(note)), "{:?}", imported.notes);
    if note.is_empty() {
        assert_eq!(imported.notes.len(), 1, "only the encoding: {:?}", imported.notes);
    }
}

#[test]
fn deleted_rows_are_left_out_and_counted() {
    let folder = ImportFolder::new();
    write(
        folder.files.path(),
        "s",
        &[ShapeRecord::Point(127.0, 37.5), ShapeRecord::Point(127.1, 37.5)],
    );
    folder.write_file("s.dbf", dbf(&[(b"NAME", b'C', 8, 0)], &[&[b"a"], &[b"*b"]]));
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!(imported.features, 1);
    assert!(imported.notes.iter().any(|note| note.en().starts_with("1 row(s) marked as deleted")));
}

#[test]
fn tables_and_shapes_of_different_lengths_do_not_belong_together() {
    let folder = ImportFolder::new();
    for rows in [1, 3] {
        write(
            folder.files.path(),
            "s",
            &[ShapeRecord::Point(127.0, 37.5), ShapeRecord::Point(127.1, 37.5)],
        );
        let row: &[&[u8]] = &[b"a"];
        folder.write_file("s.dbf", dbf(&[(b"NAME", b'C', 8, 0)], &vec![row; rows]));
        let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
        assert!(error.contains("not of one Shapefile"), "{error}");
    }
}

#[test]
fn the_rings_of_swapped_coordinates_are_wound_as_the_map_has_them() {
    let folder = ImportFolder::new();
    // Clockwise once east and north are told apart, as a Shapefile's exterior.
    let ring = square(127.0, 37.5, 0.1).into_iter().map(|[x, y]| [y, x]).collect();
    write(folder.files.path(), "s", &[ShapeRecord::Polygon(vec![ring])]);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert!(
        !imported.notes.iter().any(|note| note.en().contains("rewound")),
        "{:?}",
        imported.notes
    );
    let ring = &read(&imported).features[0].geometry.coordinates;
    assert_eq!(ring[1], [127.1, 37.5], "counter-clockwise: {ring:?}");
}

#[test]
fn an_index_of_another_file_is_not_used() {
    let folder = ImportFolder::new();
    let shapes: Vec<ShapeRecord> =
        [127.01, 127.02, 127.03].map(|x| ShapeRecord::Point(x, 37.5)).into();
    write(folder.files.path(), "s", &shapes);
    let mut index = std::fs::read(folder.file("s.shx")).unwrap();
    let (first, second) = (index[100..108].to_vec(), index[108..116].to_vec());
    index[100..108].copy_from_slice(&second);
    index[108..116].copy_from_slice(&first);
    folder.write_file("s.shx", index);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert!(imported.notes.iter().any(|note| note.en().contains("row 1: record 2")));
    let found = read(&imported);
    let found: Vec<_> = found.features.iter().map(|row| row.geometry.coordinates[0][0]).collect();
    assert_eq!(found, [127.01, 127.02, 127.03]);
}

#[test]
fn tables_of_other_programs_are_read() {
    let folder = ImportFolder::new();
    write(
        folder.files.path(),
        "s",
        &[ShapeRecord::Point(127.0, 37.5), ShapeRecord::Point(127.1, 37.5)],
    );
    // FoxPro: a column that says which of the others are null.
    let fields: &[(&[u8], u8, u8, u8)] = &[(b"NAME", b'C', 8, 0), (b"_NullFlags", b'0', 1, 0)];
    let rows: &[&[&[u8]]] = &[&[b"a", b"\0"], &[b"b", b"\0"]];
    let table = dbf(fields, rows);
    folder.write_file("s.dbf", &table);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert!(imported.notes.iter().any(|note| note.en().contains("\"_NullFlags\" of type 0")));
    assert_eq!(read(&imported).features[1].values, [text("b")]);
    // Without the byte that ends the fields.
    let mut bare = table.clone();
    bare.remove(96);
    bare[8..10].copy_from_slice(&96u16.to_le_bytes());
    folder.write_file("s.dbf", bare);
    assert_eq!(
        read(&folder.import(&folder.file("s.shp")).unwrap()).features[1].values,
        [text("b")]
    );
    // A record length that is one too long puts the marks elsewhere.
    let mut long = [&table[..], &[0; 4]].concat();
    long[10..12].copy_from_slice(&11u16.to_le_bytes());
    folder.write_file("s.dbf", long);
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.dbf: row 2") && error.contains("length of 11"), "{error}");
}

#[test]
fn points_of_no_part_are_no_line() {
    let folder = ImportFolder::new();
    let lines = [127.01, 127.02]
        .map(|x| ShapeRecord::Line(vec![vec![[x, 37.5], [x, 37.6], [x, 37.7], [x, 37.8]]]));
    write(folder.files.path(), "s", &lines);
    let mut shapes = std::fs::read(folder.file("s.shp")).unwrap();
    shapes[100 + 8 + 4 + 32..][..4].copy_from_slice(&0i32.to_le_bytes());
    folder.write_file("s.shp", shapes);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!(imported.features, 1);
    let rejects = std::fs::read_to_string(imported.rejected.unwrap().1).unwrap();
    assert!(rejects.contains("4 points and no parts"), "{rejects}");
}

#[test]
fn a_table_of_other_programs_headers_is_read() {
    let folder = ImportFolder::new();
    write(folder.files.path(), "s", &[ShapeRecord::Point(127.01, 37.5)]);
    let mut table = std::fs::read(folder.file("s.dbf")).unwrap();
    let end = usize::from(u16::from_le_bytes([table[8], table[9]])) - 1;
    assert_eq!(table[end], 0x0D);
    table[end] = 0x0A;
    folder.write_file("s.dbf", &table);
    assert_eq!(folder.import(&folder.file("s.shp")).unwrap().columns.len(), 1);
    // No field at all, with a row for each shape and without.
    for rows in [0u32, 1] {
        let mut bare = vec![0; 32];
        bare[0] = 3;
        bare[4..8].copy_from_slice(&rows.to_le_bytes());
        bare[8] = 33;
        bare[10] = 1;
        bare.extend(if rows == 0 { &b"\x0d\x1a"[..] } else { b"\x0d \x1a" });
        folder.write_file("s.dbf", bare);
        let imported = folder.import(&folder.file("s.shp")).unwrap();
        assert_eq!((imported.features, imported.columns.len()), (1, 0));
    }
}

#[rstest]
#[case::record("shp", 100 + 4)]
#[case::file("shp", 24)]
#[case::index("shx", 100 + 4)]
#[case::index_offset("shx", 100)]
fn a_length_below_zero_is_told_in_a_sentence(#[case] part: &str, #[case] at: usize) {
    let folder = ImportFolder::new();
    write(folder.files.path(), "s", &[ShapeRecord::Point(127.01, 37.5)]);
    let name = format!("s.{part}");
    let mut bytes = std::fs::read(folder.file(&name)).unwrap();
    bytes[at..at + 4].copy_from_slice(&(-5i32).to_be_bytes());
    folder.write_file(&name, bytes);
    if part == "shp" {
        std::fs::remove_file(folder.file("s.shx")).unwrap();
    }
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("-5 words, below zero") && !error.contains("1844"), "{error}");
}
