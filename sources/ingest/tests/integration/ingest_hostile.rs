//! Effects of damaged and hostile files: an error that names the file, or every row accounted for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use ingest::{ImportSummary, IngestError};
use proptest::prelude::*;
use rstest::rstest;
use testing::import_folder::{ImportFolder, read, square};
use testing::shapefile::{ShapeRecord, WGS_84, dbf, shp};

/// Every part of a small Shapefile.
fn parts() -> [(&'static str, Vec<u8>); 3] {
    let (shp, shx) = shp(&[
        ShapeRecord::Polygon(vec![square(127.0, 37.5, 0.1)]),
        ShapeRecord::Null,
        ShapeRecord::Polygon(vec![square(127.0, 37.5, 0.1), square(127.2, 37.5, 0.1)]),
    ]);
    let fields: &[(&[u8], u8, u8, u8)] = &[(b"NAME", b'C', 8, 0), (b"N", b'N', 6, 0)];
    let rows: &[&[&[u8]]] = &[&[b"a", b"1"], &[b"b", b"2"], &[b"\xbc\xba", b"3"]];
    [("shp", shp), ("shx", shx), ("dbf", dbf(fields, rows))]
}

#[rstest]
fn every_truncation_is_an_error_that_names_the_part(#[values("shp", "shx", "dbf")] cut: &str) {
    let folder = ImportFolder::new();
    folder.write_file("s.prj", WGS_84);
    for (ending, bytes) in parts() {
        folder.write_file(&format!("s.{ending}"), bytes);
    }
    folder.import(&folder.file("s.shp")).unwrap();
    let before = std::fs::read(folder.data.path().join("s.fgb")).unwrap();
    let (_, whole) = parts().into_iter().find(|(ending, _)| *ending == cut).unwrap();
    // A DBF ends in an end-of-file mark that nobody needs.
    let needed = if cut == "dbf" { whole.len() - 1 } else { whole.len() };
    for length in 0..needed {
        folder.write_file(&format!("s.{cut}"), &whole[..length]);
        let error = folder.import(&folder.file("s.shp")).expect_err("a part was taken for whole");
        let error = error.to_string();
        assert!(error.contains(&format!("s.{cut}: ")) || error.contains("s.shp: "), "{error}");
    }
    assert_eq!(std::fs::read(folder.data.path().join("s.fgb")).unwrap(), before);
    assert_eq!(folder.names(), ["s.fgb"]);
}

/// Declares more than the record contains, and more than any memory.
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
    let folder = ImportFolder::new();
    folder.write_file("s.prj", WGS_84);
    for (ending, mut content) in parts() {
        if ending == "shp" {
            content[at..at + 4].copy_from_slice(&bytes);
        }
        folder.write_file(&format!("s.{ending}"), content);
    }
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.shp: ") && error.contains(expected), "{error}");
}

/// Asserts the claims of every import: an error names the file and leaves nothing behind; else
/// each row is either kept or listed in the rejects, and features lie within the stated bounds.
fn assert_whole_or_refused(
    folder: &ImportFolder,
    stem: &str,
    result: Result<ImportSummary, IngestError>,
    most_rows: u64,
) {
    let imported = match result {
        Ok(imported) => imported,
        Err(error) => {
            assert!(error.to_string().contains(&format!("{stem}.")), "{error}");
            assert_eq!(folder.names(), Vec::<String>::new(), "{error}");
            return;
        }
    };
    let listed = match &imported.rejected {
        Some((rows, path)) => {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines().skip(1).filter(|line| is_row_of_rejects(line)).count() as u64;
            assert_eq!(lines, *rows, "{text}");
            lines
        }
        None => 0,
    };
    let kept = read(&imported).features;
    assert_eq!(kept.len() as u64, imported.features);
    assert!((1..=most_rows).contains(&(imported.features + listed)), "{imported:?}");
    let without = kept.iter().filter(|feature| feature.geometry.is_empty()).count() as u64;
    assert_eq!(without, imported.without_geometry);
    let positions = kept.iter().flat_map(|feature| &feature.geometry.coordinates);
    let [west, south, east, north] = imported.bounds.map_or([0.0; 4], Into::into);
    for [x, y] in positions {
        assert!((west..=east).contains(x) && (south..=north).contains(y), "{x} {y}");
        assert!((-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y), "{x} {y}");
    }
}

/// Whether a line of the rejects begins a row: a text in quotes may go on in the next line.
fn is_row_of_rejects(line: &str) -> bool {
    line.split_once(',').is_some_and(|(row, _)| row.parse::<u64>().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // Many flips are harmless; none may panic or take memory by a count in the file.
    #[test]
    fn flipped_bits_are_refused_by_name_or_lose_no_row(
        part in 0usize..3,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 1..4),
    ) {
        let folder = ImportFolder::new();
        folder.write_file("s.prj", WGS_84);
        for (index, (ending, mut content)) in parts().into_iter().enumerate() {
            if index == part {
                for (at, bit) in &flips {
                    let at = at.index(content.len());
                    content[at] ^= 1 << bit;
                }
            }
            folder.write_file(&format!("s.{ending}"), content);
        }
        let result = folder.import(&folder.file("s.shp"));
        assert_whole_or_refused(&folder, "s", result, 3);
    }

    #[test]
    fn any_text_is_a_document_or_an_error_that_names_the_file(
        text in prop_oneof![
            "[\\[\\]{}\":,0-9a-z. -]{0,200}",
            // Documents of one point, some of them with a place on earth.
            r#""type":"Point","coordinates":\[1[0-9]{2}\.[0-9],[0-9]{1,3}\.[0-9]\]\}[ a-z]{0,1}"#,
        ],
    ) {
        let folder = ImportFolder::new();
        let path = folder.write_file("s.geojson", format!("{{{text}"));
        let result = folder.import(&path);
        assert_whole_or_refused(&folder, "s", result, 1);
    }
}
