//! Kept measures: round trips, and errors for damaged files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use catalog::{LogicalType, MeasureOperation, MeasureSet};
use data_model::ContentDigest;
use data_model::feature::{Geometry, GeometryKind, ShapeKind};
use measures::{
    LayerMeasures, ResultAudience, ResultFileError, create_folder, measures_key, narrow_permissions,
};
use testing::test_datasets::{TestDatasets, count, layer, over, text};
use testing::{OwnedValue, polygons};

const KEY: ContentDigest = ContentDigest::new(0x1234_5678_9abc_def0_0fed_cba9_8765_4321);
const OTHER_KEY: ContentDigest = ContentDigest::new(0x1234_5678_9abc_def0_0fed_cba9_8765_4322);

fn world() -> TestDatasets {
    let mut world = TestDatasets::default();
    let ring: &[[f64; 2]] = &[[127.0, 37.5], [127.1, 37.5], [127.1, 37.6], [127.0, 37.5]];
    let columns = [("id", LogicalType::Int), ("name", LogicalType::Text)];
    let rows = (0..300)
        .map(|n| (polygons(&[&[ring]]), vec![OwnedValue::Int(n * 3), text(&format!("동 {n}"))]))
        .collect();
    world.features("areas", GeometryKind::Polygon, &columns, rows);
    world
}

fn measures() -> MeasureSet {
    let mut set = over(
        "areas",
        vec![("own", MeasureOperation::CarrierColumn("id".to_owned())), ("n", count("areas"))],
    );
    set.columns = vec!["name".to_owned()];
    set
}

fn evaluated() -> LayerMeasures {
    world().evaluate(&measures(), ResultAudience::Full)
}

#[test]
fn a_written_result_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layer.derived");
    assert_eq!(LayerMeasures::read(&path, KEY).unwrap(), None);
    let result = evaluated();
    result.write(&path, KEY).unwrap();
    assert_eq!(LayerMeasures::read(&path, KEY).unwrap().as_ref(), Some(&result));
    assert_eq!(LayerMeasures::read(&path, OTHER_KEY).unwrap(), None);
    // Another result replaces the file, and no temporary file is left.
    result.write(&path, OTHER_KEY).unwrap();
    assert_eq!(LayerMeasures::read(&path, KEY).unwrap(), None);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(matches!(
        result.write(&folder.path().join("no/where"), KEY),
        Err(ResultFileError::Io { .. })
    ));
}

/// Rights of a file or folder, in octal digits.
fn mode(path: &Path) -> String {
    format!("{:o}", std::fs::metadata(path).unwrap().permissions().mode() & 0o777)
}

#[test]
fn staff_results_are_readable_by_no_other_account() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("derived");
    create_folder(&folder).unwrap();
    create_folder(&folder).unwrap();
    assert_eq!(mode(&folder), "700");
    let path = folder.join("layer.full.map.figures");
    evaluated().write(&path, KEY).unwrap();
    assert_eq!(mode(&path), "600");
    assert!(create_folder(&path).is_err(), "a file is no folder");
}

#[test]
fn wide_permissions_of_a_folder_and_its_files_are_narrowed() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("derived");
    assert!(narrow_permissions(&folder).is_empty(), "what is not there needs nothing");
    std::fs::create_dir(&folder).unwrap();
    let [old, left] = ["a.full.map.figures", ".derived-1.tmp"].map(|name| folder.join(name));
    for (path, wide) in [(&old, 0o644), (&left, 0o666)] {
        std::fs::write(path, "measures").unwrap();
        std::fs::set_permissions(path, Permissions::from_mode(wide)).unwrap();
    }
    std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    assert!(narrow_permissions(&folder).is_empty());
    assert_eq!([mode(&folder), mode(&old), mode(&left)], ["700", "600", "600"]);
    // Narrower permissions are not widened.
    std::fs::set_permissions(&old, Permissions::from_mode(0o400)).unwrap();
    assert!(narrow_permissions(&folder).is_empty());
    assert_eq!(mode(&old), "400");
}

#[test]
fn lines_are_encoded_and_decoded() {
    let mut line = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
    line.coordinates = vec![[127.0, 37.5], [127.1, 37.6]];
    line.end_part();
    let mut result = world().evaluate(&measures(), ResultAudience::Full);
    result.features = measures::MeasureCarrier::Lines(vec![line; 300]);
    let bytes = result.to_bytes(KEY);
    assert_eq!(LayerMeasures::from_bytes(&bytes, KEY).unwrap(), Some(result));
}

#[test]
fn a_file_that_is_cut_short_or_changed_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layer.derived");
    let bytes = evaluated().to_bytes(KEY);
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        LayerMeasures::read(&path, KEY)
    };
    for length in (0..bytes.len()).step_by(61).chain([bytes.len() - 1]) {
        let error = read(&bytes[..length]).unwrap_err().to_string();
        assert!(error.contains("layer.derived"), "{error}");
    }
    for at in (0..bytes.len() * 8).step_by(97).chain(0..56 * 8) {
        let mut changed = bytes.clone();
        changed[at / 8] ^= 1 << (at % 8);
        match read(&changed) {
            Err(ResultFileError::Corrupt { .. }) => {}
            // The version, the key, and four unused bytes.
            Ok(None) => assert!((64..256).contains(&at), "bit {at}"),
            Ok(Some(_)) => assert!((96..128).contains(&at), "bit {at}"),
            Err(error) => panic!("bit {at}: {error}"),
        }
    }
    assert!(read(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn damaged_content_with_a_valid_digest_is_an_error_and_no_panic() {
    let bytes = evaluated().to_bytes(KEY);
    let mut sound = 0;
    for at in 56..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] = changed[at].wrapping_add(0x7f);
        let digest = xxh3(&changed[56..]);
        changed[40..56].copy_from_slice(&digest);
        sound += usize::from(LayerMeasures::from_bytes(&changed, KEY).is_ok());
    }
    // A changed letter or number can be valid, a changed length can not.
    assert!(sound < bytes.len() - 56);
}

fn xxh3(bytes: &[u8]) -> [u8; 16] {
    xxhash_rust::xxh3::xxh3_128(bytes).to_le_bytes()
}

#[test]
fn a_key_changes_with_its_inputs() {
    let world = world();
    let of = |world: &TestDatasets, set: &MeasureSet, audience| {
        measures_key(&layer(set), audience, &world.catalog, world).unwrap()
    };
    let first = of(&world, &measures(), ResultAudience::Full);
    assert_eq!(first, of(&world, &measures(), ResultAudience::Full));
    assert_ne!(first, of(&world, &measures(), ResultAudience::Public));
    let mut other = measures();
    other.measures[0].decimals = Some(1);
    assert_ne!(first, of(&world, &other, ResultAudience::Full));
    let mut changed = world.clone();
    changed.parts.values_mut().for_each(|stored| stored.rows[0].values[1] = text("x"));
    assert_ne!(first, of(&changed, &measures(), ResultAudience::Full));
    let mut declared = world.clone();
    declared.dataset("areas").id_column = None;
    assert_ne!(first, of(&declared, &measures(), ResultAudience::Full));
    // Unused datasets do not matter.
    let mut more = world.clone();
    more.features("others", GeometryKind::Point, &[("id", LogicalType::Int)], Vec::new());
    assert_eq!(first, of(&more, &measures(), ResultAudience::Full));
}

#[test]
fn old_leftovers_of_killed_writers_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new, other] = [".derived-a.tmp", ".derived-b.tmp", "com-1.full.map.figures"]
        .map(|name| folder.path().join(name));
    for path in [&old, &new, &other] {
        std::fs::write(path, "x").unwrap();
    }
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    for path in [&old, &other] {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(before).unwrap();
    }
    measures::sweep_leftovers(folder.path());
    assert_eq!([&old, &new, &other].map(|path| path.exists()), [false, true, true]);
}
