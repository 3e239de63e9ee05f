//! FlatGeobuf files: round trips, and errors that name file and place for damaged files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, Geometry, GeometryKind};
use data_model::{FeatureStore, StoreError};
use flatgeobuf_store::{FlatGeobuf, FlatGeobufWriter, scan};
use geozero::{ColumnValue, FeatureProcessor, GeozeroDatasource};
use proptest::prelude::*;
use rstest::rstest;
use testing::{FeatureCollector, OwnedValue, all_types, assorted, column, points};

fn write(path: &Path, kind: GeometryKind) {
    let schema = FeatureSchema {
        columns: all_types(),
        title: Some("시험".to_owned()),
        ..FeatureSchema::default()
    };
    let mut writer = FlatGeobufWriter::create(path, &schema, kind).unwrap();
    for feature in assorted(kind) {
        let values: Vec<AttributeValue<'_>> =
            feature.values.iter().map(OwnedValue::borrow).collect();
        writer.feature(&feature.geometry, &values).unwrap();
    }
    writer.finish().unwrap();
}

fn bytes(kind: GeometryKind) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    write(&path, kind);
    std::fs::read(&path).unwrap()
}

fn scan_bytes(bytes: &[u8]) -> Result<FeatureCollector, StoreError> {
    let mut collector = FeatureCollector::default();
    scan(bytes, bytes.len() as u64, Path::new("sample.fgb"), &mut collector)?;
    Ok(collector)
}

#[rstest]
#[case(GeometryKind::Point)]
#[case(GeometryKind::Line)]
#[case(GeometryKind::Polygon)]
#[case(GeometryKind::Mixed)]
fn what_is_written_is_read_again(#[case] kind: GeometryKind) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    write(&path, kind);
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    assert_eq!(found.schema.title.as_deref(), Some("시험"));
    assert_eq!(found.schema.columns, all_types());
    // The file is in Hilbert order: compare as sets.
    let mut expected = assorted(kind);
    for feature in &found.features {
        let at = expected.iter().position(|other| other == feature);
        let at = at.unwrap_or_else(|| panic!("{feature:?} was not written"));
        expected.remove(at);
    }
    assert_eq!(expected, []);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
}

#[test]
fn a_dropped_writer_leaves_the_old_file_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    std::fs::write(&path, b"old").unwrap();
    let schema = FeatureSchema { columns: all_types(), ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create(&path, &schema, GeometryKind::Point).unwrap();
    let feature = &assorted(GeometryKind::Point)[0];
    let values: Vec<AttributeValue<'_>> = feature.values.iter().map(OwnedValue::borrow).collect();
    writer.feature(&feature.geometry, &values).unwrap();
    assert!(writer.feature(&feature.geometry, &values[1..]).is_err(), "a value is missing");
    drop(writer);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn an_empty_file_of_features_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty.fgb");
    let schema = FeatureSchema { columns: all_types(), ..FeatureSchema::default() };
    assert_eq!(
        FlatGeobufWriter::create(&path, &schema, GeometryKind::Line).unwrap().finish().unwrap(),
        0
    );
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    assert_eq!(found.features, []);
}

// Around the places where the index gains a level: its nodes are 16 wide.
#[rstest]
fn files_of_any_length_are_read_whole(#[values(1, 2, 15, 16, 17, 256, 257)] count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    let schema =
        FeatureSchema { columns: vec![column("n", ColumnType::Int)], ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create(&path, &schema, GeometryKind::Point).unwrap();
    for n in 0..count {
        writer
            .feature(&points(&[[127.0 + n as f64 * 1e-3, 37.5]]), &[AttributeValue::Int(n as i64)])
            .unwrap();
    }
    writer.finish().unwrap();
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    let mut numbers: Vec<_> = found.features.iter().map(|f| f.values[0].clone()).collect();
    numbers.sort_by_key(|value| if let OwnedValue::Int(n) = value { *n } else { -1 });
    assert_eq!(numbers, (0..count as i64).map(OwnedValue::Int).collect::<Vec<_>>());
}

#[rstest]
#[case(GeometryKind::Point)]
#[case(GeometryKind::Polygon)]
fn every_truncation_is_an_error_that_names_file_and_place(#[case] kind: GeometryKind) {
    let whole = bytes(kind);
    scan_bytes(&whole).unwrap();
    for length in 0..whole.len() {
        let error = scan_bytes(&whole[..length]).expect_err("a part of a file was taken for whole");
        let StoreError::Corrupt { place, reason, .. } = &error else {
            panic!("at {length}: {error}");
        };
        assert!(!place.is_empty() && !reason.to_string().is_empty());
        assert!(error.to_string().starts_with("sample.fgb: "), "{error}");
    }
}

#[test]
fn bytes_after_the_last_feature_are_an_error() {
    let mut whole = bytes(GeometryKind::Line);
    whole.extend_from_slice(&[0; 3]);
    assert!(scan_bytes(&whole).is_err());
}

#[rstest]
#[case::not_flatgeobuf(b"PK\x03\x04 and so on", "no FlatGeobuf")]
#[case::other_version(b"fgb\x02fgb\x00\x00\x00\x00\x00", "no FlatGeobuf")]
#[case::header_of_4_gib(b"fgb\x03fgb\x00\xff\xff\xff\xff", "the file ends")]
#[case::empty(b"", "too few")]
fn what_is_no_file_of_ours_says_so(#[case] bytes: &[u8], #[case] expected: &str) {
    let error = scan_bytes(bytes).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

/// Rows without geometry, with every column type.
fn rows() -> Vec<Vec<OwnedValue>> {
    assorted(GeometryKind::Mixed).into_iter().map(|feature| feature.values).collect()
}

/// Bytes of the same rows as this crate writes them.
fn values_of_ours() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    let schema = FeatureSchema { columns: all_types(), ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create_values(&path, &schema).unwrap();
    for row in rows() {
        writer.row(&row.iter().map(OwnedValue::borrow).collect::<Vec<_>>()).unwrap();
    }
    let here = points(&[[127.0, 37.5]]);
    let error = writer.feature(&here, &[AttributeValue::Null; 9]).unwrap_err().to_string();
    assert!(error.contains("without geometry"), "{error}");
    assert_eq!(writer.finish().unwrap(), rows().len() as u64);
    std::fs::read(&path).unwrap()
}

/// A row of a number and a text, for the `flatgeobuf` crate.
struct Row(i64);

impl GeozeroDatasource for Row {
    fn process<P: FeatureProcessor>(&mut self, to: &mut P) -> geozero::error::Result<()> {
        to.feature_begin(0)?;
        to.property(0, "n", &ColumnValue::Long(self.0))?;
        to.property(1, "name", &ColumnValue::String(&format!("{}동", self.0)))?;
        to.feature_end(0)
    }
}

/// Rows with one number and one text each as the `flatgeobuf` crate writes them.
fn values_of_the_crate(write_index: bool) -> Vec<u8> {
    use flatgeobuf::{ColumnType as Stored, FgbWriter, FgbWriterOptions, GeometryType};
    let options = FgbWriterOptions { write_index, ..FgbWriterOptions::default() };
    let mut writer =
        FgbWriter::create_with_options("sample", GeometryType::Unknown, options).unwrap();
    writer.add_column("n", Stored::Long, |_, _| {});
    writer.add_column("name", Stored::String, |_, _| {});
    for n in 0..40 {
        writer.add_feature(Row(n)).unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn rows_without_geometry_are_read_as_they_were_written_and_in_that_order() {
    let bytes = values_of_ours();
    let mut found = FeatureCollector::default();
    let path = Path::new("sample.fgb");
    let summary = scan(&*bytes, bytes.len() as u64, path, &mut found).unwrap();
    assert_eq!(summary.declared, GeometryKind::Mixed);
    assert_eq!(found.schema.columns, all_types());
    assert_eq!(found.schema.feature_count, Some(rows().len() as u64));
    assert!(found.features.iter().all(|feature| feature.geometry.is_empty()));
    let values: Vec<_> = found.features.into_iter().map(|feature| feature.values).collect();
    assert_eq!(values, rows());
    // The reference implementation takes them for the same.
    let mut input = &*bytes;
    let reader = flatgeobuf::FgbReader::open(&mut input).unwrap();
    let header = reader.header();
    assert_eq!(header.geometry_type(), flatgeobuf::GeometryType::Unknown);
    assert!(header.crs().is_none() && header.envelope().is_none());
    assert_eq!((header.index_node_size(), header.features_count()), (0, rows().len() as u64));
}

#[rstest]
fn rows_without_geometry_of_another_writer_are_read(#[values(true, false)] index: bool) {
    let found = scan_bytes(&values_of_the_crate(index)).unwrap();
    assert!(found.features.iter().all(|feature| feature.geometry.is_empty()));
    let mut rows: Vec<_> = found.features.into_iter().map(|feature| feature.values).collect();
    rows.sort_by_key(|row| if let OwnedValue::Int(n) = row[0] { n } else { -1 });
    let expected = |n: i64| vec![OwnedValue::Int(n), OwnedValue::Text(format!("{n}동"))];
    assert_eq!(rows, (0..40).map(expected).collect::<Vec<_>>());
}

#[rstest]
#[case::ours(values_of_ours())]
#[case::indexed(values_of_the_crate(true))]
#[case::not_indexed(values_of_the_crate(false))]
fn every_truncation_of_rows_without_geometry_is_an_error(#[case] whole: Vec<u8>) {
    scan_bytes(&whole).unwrap();
    for length in 0..whole.len() {
        let error = scan_bytes(&whole[..length]).expect_err("a part of a file was taken for whole");
        assert!(matches!(error, StoreError::Corrupt { .. }), "at {length}: {error}");
        assert!(error.to_string().starts_with("sample.fgb: "), "{error}");
    }
}

#[rstest]
fn features_of_which_some_have_a_geometry_are_all_there(
    #[values(&[0][..], &[3], &[0, 4], &[])] placed: &[usize],
) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    let schema =
        FeatureSchema { columns: vec![column("n", ColumnType::Int)], ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create(&path, &schema, GeometryKind::Point).unwrap();
    for n in 0..5 {
        let here = points(&[[127.0 + n as f64 * 1e-3, 37.5]]);
        let geometry = if placed.contains(&n) { here } else { Geometry::default() };
        writer.feature(&geometry, &[AttributeValue::Int(n as i64)]).unwrap();
    }
    writer.finish().unwrap();
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    let number = |feature: &testing::TestFeature| match feature.values[0] {
        OwnedValue::Int(n) => n as usize,
        _ => panic!("a number"),
    };
    let (with, without): (Vec<_>, Vec<_>) =
        found.features.iter().partition(|feature| !feature.geometry.is_empty());
    let sorted = |features: Vec<_>| {
        let mut numbers: Vec<usize> = features.into_iter().map(number).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(sorted(with), placed);
    assert_eq!(sorted(without), (0..5).filter(|n| !placed.contains(n)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A flipped bit may change a value, but never makes more or fewer features than the header
    /// gives, nor a position beyond the world; an error names the file.
    #[test]
    fn flipped_bits_lose_no_feature_or_are_an_error_that_names_the_file(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut damaged = bytes(GeometryKind::Polygon);
        let count = assorted(GeometryKind::Polygon).len();
        let at = at.index(damaged.len());
        damaged[at] ^= 1 << bit;
        match scan_bytes(&damaged) {
            Ok(found) => {
                prop_assert_eq!(found.features.len(), count);
                for [x, y] in found.features.iter().flat_map(|f| &f.geometry.coordinates) {
                    prop_assert!(x.abs() <= 180.0 && y.abs() <= 90.0, "{x} {y}");
                }
            }
            Err(error) => {
                let message = error.to_string();
                prop_assert!(message.starts_with("sample.fgb: "), "{message}");
            }
        }
    }
}
