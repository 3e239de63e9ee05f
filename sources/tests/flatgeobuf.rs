//! FlatGeobuf files: what is written is read again, and what is damaged is an
//! error that names the file and the place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use sources::feature::{ColumnType, GeometryKind, Schema, Value};
use sources::flatgeobuf::{FlatGeobuf, Writer, scan};
use sources::source::{FeatureStore, StoreError};
use support::{Collector, Owned, all_types, assorted, column, points};

fn write(path: &Path, kind: GeometryKind) {
    let schema =
        Schema { columns: all_types(), title: Some("시험".to_owned()), ..Schema::default() };
    let mut writer = Writer::create(path, &schema, kind).unwrap();
    for feature in assorted(kind) {
        let values: Vec<Value<'_>> = feature.values.iter().map(Owned::borrow).collect();
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

fn scan_bytes(bytes: &[u8]) -> Result<Collector, StoreError> {
    let mut collector = Collector::default();
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
    let mut found = Collector::default();
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
    let schema = Schema { columns: all_types(), ..Schema::default() };
    let mut writer = Writer::create(&path, &schema, GeometryKind::Point).unwrap();
    let feature = &assorted(GeometryKind::Point)[0];
    let values: Vec<Value<'_>> = feature.values.iter().map(Owned::borrow).collect();
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
    let schema = Schema { columns: all_types(), ..Schema::default() };
    assert_eq!(Writer::create(&path, &schema, GeometryKind::Line).unwrap().finish().unwrap(), 0);
    let mut found = Collector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    assert_eq!(found.features, []);
}

// Around the places where the index gains a level: its nodes are 16 wide.
#[rstest]
fn files_of_any_length_are_read_whole(#[values(1, 2, 15, 16, 17, 256, 257)] count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.fgb");
    let schema = Schema { columns: vec![column("n", ColumnType::Int)], ..Schema::default() };
    let mut writer = Writer::create(&path, &schema, GeometryKind::Point).unwrap();
    for n in 0..count {
        writer
            .feature(&points(&[[127.0 + n as f64 * 1e-3, 37.5]]), &[Value::Int(n as i64)])
            .unwrap();
    }
    writer.finish().unwrap();
    let mut found = Collector::default();
    FlatGeobuf::new(&path).scan(&mut found).unwrap();
    let mut numbers: Vec<_> = found.features.iter().map(|f| f.values[0].clone()).collect();
    numbers.sort_by_key(|value| if let Owned::Int(n) = value { *n } else { -1 });
    assert_eq!(numbers, (0..count as i64).map(Owned::Int).collect::<Vec<_>>());
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
        assert!(!place.is_empty() && !reason.is_empty());
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A flipped bit may change a value, but is never a panic, and never more or
    /// fewer features than the header says.
    #[test]
    fn flipped_bits_never_panic(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut damaged = bytes(GeometryKind::Polygon);
        let count = assorted(GeometryKind::Polygon).len();
        let at = at.index(damaged.len());
        damaged[at] ^= 1 << bit;
        if let Ok(found) = scan_bytes(&damaged) {
            prop_assert_eq!(found.features.len(), count);
        }
    }
}
