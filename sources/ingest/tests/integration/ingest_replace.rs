//! Replacement of datasets, and rows that can't be kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use ingest::{ImportOptions, IngestError, import, inputs};
use korean_text::Bilingual as _;
use testing::import_folder::{ImportFolder, square};
use testing::shapefile::{ShapeRecord, shp, write};

#[test]
fn rows_that_can_not_be_kept_are_listed_with_the_reason() {
    let folder = ImportFolder::new();
    let flat = vec![vec![[127.0, 37.5], [127.1, 37.6], [127.0, 37.5]]];
    let nowhere = vec![vec![[127.0, f64::NAN], [127.1, 37.5], [127.1, 37.6]]];
    let shapes = [
        ShapeRecord::Polygon(vec![square(127.0, 37.5, 0.1)]),
        ShapeRecord::Polygon(flat),
        ShapeRecord::Polygon(nowhere),
    ];
    write(folder.files.path(), "s", &shapes);
    let strict = ImportOptions { strict: true, ..folder.options() };
    let error = folder.import_with(&folder.file("s.shp"), &strict).unwrap_err().to_string();
    assert!(
        error.contains("2 row(s)") && error.contains("row 2: its polygon has no area"),
        "{error}"
    );
    assert_eq!(folder.names(), Vec::<String>::new());

    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 2));
    let rejects = std::fs::read_to_string(folder.data.path().join("s.rejects.csv")).unwrap();
    assert_eq!(
        rejects,
        "\u{feff}row,이유,reason,NAME\r\n\
         2,면에 넓이가 없습니다,its polygon has no area,n2\r\n\
         3,1번째 좌표가 숫자가 아닙니다,its position 1 is not a number,n3\r\n"
    );
    write(folder.files.path(), "s", &shapes[..1]);
    folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!(folder.names(), ["s.fgb"], "no rejects, no file of them");
}

#[test]
fn a_refused_file_leaves_the_dataset_as_it_was() {
    let folder = ImportFolder::new();
    write(folder.files.path(), "s", &[ShapeRecord::Point(127.04, 37.55)]);
    folder.import(&folder.file("s.shp")).unwrap();
    let before = std::fs::read(folder.data.path().join("s.fgb")).unwrap();
    // Somewhere in the sea off Ghana.
    write(folder.files.path(), "s", &[ShapeRecord::Point(1.0, 1.0)]);
    let error = folder.import(&folder.file("s.shp")).unwrap_err();
    assert!(matches!(error, IngestError::Crs { .. }), "{error}");
    assert!(error.to_string().contains("--bounds"), "{error}");
    assert_eq!(std::fs::read(folder.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(folder.names(), ["s.fgb"]);
}

#[test]
fn an_empty_file_replaces_no_features() {
    let folder = ImportFolder::new();
    let path = folder.file("s.geojson");
    let collection = |features: &str| {
        let text = format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}");
        std::fs::write(&path, text).unwrap();
        folder.import(&path)
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
    let before = std::fs::read(folder.data.path().join("s.fgb")).unwrap();
    let error = collection(bare).unwrap_err().to_string();
    assert!(error.contains("not one geometry") && error.contains("s.fgb"), "{error}");
    assert_eq!(std::fs::read(folder.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(collection(&format!("{bare}, {point}")).unwrap().features, 2);
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_refused() {
    let folder = ImportFolder::new();
    let point = |x: f64| format!("{{\"type\": \"Point\", \"coordinates\": [{x}, 37.55]}}\n");
    let path = folder.write_file("s.geojson", point(127.04) + &point(127.05));
    let input = inputs(&path, folder.data.path()).unwrap().remove(0);
    let error = import(input, &folder.options(), &mut |progress| {
        if progress == ingest::ImportProgress::Surveyed(2) {
            std::fs::write(&path, point(127.04)).unwrap();
        }
    });
    let error = error.unwrap_err().to_string();
    assert!(error.contains("changed while it was read"), "{error}");
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn rejects_without_a_place_stop_the_import_before_anything_is_replaced() {
    let folder = ImportFolder::new();
    let flat = ShapeRecord::Polygon(vec![vec![[127.0, 37.5], [127.1, 37.6], [127.0, 37.5]]]);
    let sound = ShapeRecord::Polygon(vec![square(127.0, 37.5, 0.1)]);
    std::fs::create_dir(folder.data.path().join("s.rejects.csv")).unwrap();
    write(folder.files.path(), "s", &[sound.clone(), flat]);
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.rejects.csv"), "{error}");
    assert_eq!(folder.names(), ["s.rejects.csv"]);
    // Without rejects it is not in the way of anything.
    write(folder.files.path(), "s", &[sound]);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    let note = imported.notes.iter().find(|note| note.en().contains("can't be removed"));
    assert!(note.is_some(), "{:?}", imported.notes);
}

#[test]
fn what_lies_outside_the_expected_bounds_is_counted() {
    let folder = ImportFolder::new();
    let ring = |x: f64| ShapeRecord::Polygon(vec![square(x, 37.5, 0.1)]);
    // In the district, over its border, and in Korea but elsewhere.
    write(folder.files.path(), "s", &[ring(127.02), ring(126.95), ring(128.0)]);
    let bounds = data_model::GeographicBounds::new(127.0, 37.5, 127.1, 37.6).ok();
    let options = ImportOptions { bounds, ..folder.options() };
    let imported = folder.import_with(&folder.file("s.shp"), &options).unwrap();
    let note = imported
        .notes
        .iter()
        .map(korean_text::Bilingual::en)
        .find(|note| note.contains("outside"))
        .unwrap();
    assert!(note.starts_with("1 feature(s) lie outside 127,37.5,127.1,37.6"), "{note}");
    assert!(note.contains("row 3"), "{note}");
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert!(
        !imported.notes.iter().any(|note| note.en().contains("outside")),
        "{:?}",
        imported.notes
    );
}

#[test]
fn a_record_beyond_what_a_feature_may_have_is_rejected_unread() {
    let folder = ImportFolder::new();
    let points = [ShapeRecord::Point(127.0, 37.5), ShapeRecord::Point(127.1, 37.5)];
    write(folder.files.path(), "s", &points);
    std::fs::remove_file(folder.file("s.shx")).unwrap();
    let (mut bytes, _) = shp(&points);
    // The last record grows to 300 MiB, which the file has as a hole.
    let content = 300i32 << 20;
    let last = bytes.len() - 28;
    bytes[last + 4..last + 8].copy_from_slice(&(content / 2).to_be_bytes());
    let path = folder.write_file("s.shp", &bytes);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(last as u64 + 8 + content as u64).unwrap();
    let imported = folder.import(&path).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 1));
    let rejects = std::fs::read_to_string(folder.data.path().join("s.rejects.csv")).unwrap();
    assert!(rejects.contains("its record has 314572800 bytes, more"), "{rejects}");
}

#[test]
fn what_killed_imports_left_behind_is_swept_after_a_day() {
    let folder = ImportFolder::new();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 3600);
    for (name, old) in [
        (".import-a.fgb.tmp", true),
        (".b.csv.tmp", true),
        (".import-c.fgb.tmp", false),
        ("d.csv.tmp", true),
    ] {
        let file = std::fs::File::create(folder.data.path().join(name)).unwrap();
        if old {
            file.set_modified(long_ago).unwrap();
        }
    }
    write(folder.files.path(), "s", &[ShapeRecord::Point(127.04, 37.55)]);
    folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!(folder.names(), [".import-c.fgb.tmp", "d.csv.tmp", "s.fgb"]);
}

#[test]
fn a_row_beyond_the_earth_does_not_spoil_the_others() {
    let folder = ImportFolder::new();
    let points = [ShapeRecord::Point(127.0, 37.5), ShapeRecord::Point(508.0, 37.6)];
    write(folder.files.path(), "s", &points);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    assert_eq!((imported.features, imported.rejected.unwrap().0), (1, 1));
    let rejects = std::fs::read_to_string(folder.data.path().join("s.rejects.csv")).unwrap();
    assert!(rejects.contains("508 37.6"), "{rejects}");
}
