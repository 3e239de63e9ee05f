//! Shapefiles of other programs, with bytes after headers, records and entries.

#![allow(clippy::unwrap_used, reason = "a test")]

use data_model::feature::ShapeKind;
use rstest::rstest;

use ingest::ImportSummary;
use testing::import_folder::{ImportFolder, read, square, text};
use testing::shapefile::{ShapeRecord, WGS_84, dbf, shp};

const FIELDS: &[(&[u8], u8, u8, u8)] = &[(b"NAME", b'C', 8, 0), (b"N", b'N', 6, 0)];

/// A folder with a Shapefile of two points, and its parts.
fn two_points() -> (ImportFolder, Vec<u8>, Vec<u8>, Vec<u8>) {
    let folder = ImportFolder::new();
    let (shp, shx) = shp(&[ShapeRecord::Point(127.04, 37.55), ShapeRecord::Point(127.05, 37.55)]);
    let table = dbf(FIELDS, &[&[b"a", b"1"], &[b"b", b"2"]]);
    folder.write_file("s.shp", &shp);
    folder.write_file("s.shx", &shx);
    folder.write_file("s.dbf", &table);
    folder.write_file("s.prj", WGS_84);
    (folder, shp, shx, table)
}

/// Checks that both points were read, and returns the notes.
fn notes_of(imported: &ImportSummary) -> Vec<String> {
    let found = read(imported);
    let values: Vec<_> = found.features.iter().map(|feature| feature.values[0].clone()).collect();
    assert_eq!(values, [text("a"), text("b")]);
    assert_eq!(found.features[1].geometry.coordinates, [[127.05, 37.55]]);
    imported.notes.iter().map(korean_text::Bilingual::en).collect()
}

#[rstest]
#[case::zero(&[0x00])]
#[case::another_byte(&[0x20])]
#[case::zeros(&[0x00; 32])]
#[case::zeros_and_an_end([[0x00; 32].as_slice(), &[0x0d]].concat())]
#[case::leftovers(b"\x00\x17leftovers of a program's memory\x99\x88")]
fn a_table_whose_header_does_not_end_with_0x0d_was_refused(#[case] ending: impl AsRef<[u8]>) {
    let (folder, _, _, mut table) = two_points();
    let ending = ending.as_ref();
    let header = 32 + 32 * FIELDS.len();
    table.splice(header..=header, ending.iter().copied());
    table[8..10].copy_from_slice(&((header + ending.len()) as u16).to_le_bytes());
    folder.write_file("s.dbf", table);
    let notes = notes_of(&folder.import(&folder.file("s.shp")).unwrap());
    let expected = format!("the header of the .dbf ends with {:#04x}", ending[0]);
    assert!(notes.iter().any(|note| note.starts_with(&expected)), "{notes:?}");
}

#[test]
fn a_header_that_ends_within_a_field_is_refused() {
    let (folder, _, _, mut table) = two_points();
    let header = 32 + 32 * FIELDS.len();
    table.drain(header - 10..=header);
    table[8..10].copy_from_slice(&((header - 10) as u16).to_le_bytes());
    folder.write_file("s.dbf", table);
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.dbf: ") && error.contains("within field 2"), "{error}");
}

#[rstest]
#[case::few_zeros(vec![0; 5], false)]
#[case::a_record_of_zeros(vec![0; 8], false)]
#[case::a_block_of_zeros(vec![0; 100_000], false)]
#[case::zeros_that_the_header_counts(vec![0; 412], true)]
#[case::something_else(b"XXXXXXXXXXXXXXXXXXXXXXX".to_vec(), false)]
fn bytes_behind_the_last_shape_were_a_damaged_record(
    #[case] padding: Vec<u8>,
    #[case] is_counted: bool,
    #[values(true, false)] with_index: bool,
) {
    let (folder, mut shp, ..) = two_points();
    shp.extend(&padding);
    if is_counted {
        let words = (shp.len() / 2) as i32;
        shp[24..28].copy_from_slice(&words.to_be_bytes());
    }
    folder.write_file("s.shp", shp);
    if !with_index {
        std::fs::remove_file(folder.file("s.shx")).unwrap();
    }
    let notes = notes_of(&folder.import(&folder.file("s.shp")).unwrap());
    let expected = format!("the .shp has {} bytes behind its last record (row 2)", padding.len());
    let is_told = notes.iter().any(|note| note.starts_with(&expected));
    assert!(is_told || with_index, "{notes:?}");
}

#[test]
fn zeros_between_shapes_are_a_damaged_record() {
    let (folder, mut shp, ..) = two_points();
    let second = 100 + 28;
    shp.splice(second..second, [0; 8]);
    folder.write_file("s.shp", shp);
    std::fs::remove_file(folder.file("s.shx")).unwrap();
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.shp: "), "{error}");
}

#[rstest]
#[case::an_entry_too_many(8, &[])]
#[case::many_too_many(80, &[])]
#[case::zeros_behind(0, &[0; 16])]
#[case::a_few_zeros_behind(0, &[0; 3])]
#[case::zeros_that_the_header_counts(8, &[0; 8])]
fn an_index_of_another_length_than_its_header_was_refused(
    #[case] stated: usize,
    #[case] behind: &[u8],
) {
    let (folder, _, mut shx, _) = two_points();
    let words = ((shx.len() + stated) / 2) as i32;
    shx[24..28].copy_from_slice(&words.to_be_bytes());
    shx.extend(behind);
    folder.write_file("s.shx", shx);
    let notes = notes_of(&folder.import(&folder.file("s.shp")).unwrap());
    assert!(notes.iter().any(|note| note.starts_with("the header of the .shx")), "{notes:?}");
}

#[test]
fn an_index_that_lacks_an_entry_is_refused() {
    let (folder, _, mut shx, _) = two_points();
    shx.truncate(shx.len() - 8);
    folder.write_file("s.shx", shx);
    let error = folder.import(&folder.file("s.shp")).unwrap_err().to_string();
    assert!(error.contains("s.shx: ") && error.contains("cut short"), "{error}");
}

#[rstest]
#[case::out_of_a_corner(&[[127.2, 37.5], [127.1, 37.5]])]
#[case::out_of_an_edge(&[[127.1, 37.55], [127.3, 37.55], [127.1, 37.55]])]
#[case::with_a_stop(&[[127.1, 37.55], [127.3, 37.55], [127.2, 37.55], [127.1, 37.55]])]
fn a_spike_of_a_ring_was_kept(#[case] spike: &[[f64; 2]]) {
    let folder = ImportFolder::new();
    let mut ring = square(127.0, 37.5, 0.1);
    let corner = ring.iter().position(|point| *point == [127.1, 37.5]).unwrap();
    ring.splice(corner + 1..corner + 1, spike.iter().copied());
    let (shp, shx) = shp(&[ShapeRecord::Polygon(vec![ring])]);
    folder.write_file("s.shp", shp);
    folder.write_file("s.shx", shx);
    folder.write_file("s.dbf", dbf(FIELDS, &[&[b"a", b"1"]]));
    folder.write_file("s.prj", WGS_84);
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    let found = read(&imported);
    let geometry = &found.features[0].geometry;
    assert_eq!(geometry.kind, Some(ShapeKind::Polygon));
    let east = geometry.coordinates.iter().fold(0.0, |east: f64, point| east.max(point[0]));
    assert!(east < 127.11, "{:?}", geometry.coordinates);
    let notes: Vec<_> = imported.notes.iter().map(korean_text::Bilingual::en).collect();
    assert!(notes.iter().any(|note| note.contains("run out and back")), "{notes:?}");
}
