//! Measures of a data directory: computed when required, kept, and never published under
//! other declarations than they were computed by.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use data_library::Snapshot;
use data_library::{AreaMeasures, DataLibrary, LayerState};
use data_model::Audience;
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, GeometryKind};
use flatgeobuf_store::FlatGeobufWriter;
use measures::{DeclaredMeasures, LayerMeasures, ResultAudience};
use rstest::rstest;
use testing::areas::square;
use testing::column;
use testing::library::open;
use testing::replace_file::replace_file;

/// Longest time to wait for a state.
const PATIENCE: Duration = Duration::from_secs(30);

fn district(folder: &Path, below: u32, factor: u32) {
    let datasets = "
title = { ko = '분야', en = 'Field' }
[[dataset]]
id = 'dong'
title = { ko = '동', en = 'Dongs' }
geometry = 'polygon'
key = ['code']
column = [{ name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } }]
";
    let values = |id: &str| {
        format!(
            "
[[dataset]]
id = '{id}'
title = {{ ko = '{id}', en = '{id}' }}
geometry = 'polygon'
feature_dataset = 'dong'
privacy = [{{ rule = 'suppress', threshold = {below} }}]
[dataset.values]
key = 'code'
column = [
  {{ name = 'code', type = 'code', title = {{ ko = '코드', en = 'Code' }} }},
  {{ name = 'n', type = 'int', unit = 'persons', title = {{ ko = '명', en = 'Persons' }} }},
]
"
        )
    };
    let layer = |id: &str| {
        format!(
            "
[[layer]]
id = 'map-{id}'
title = {{ ko = '{id}', en = '{id}' }}
visibility = 'public'
carrier = 'dong'
value = 'n'
suppression_threshold = {below}
[[layer.measure]]
name = 'n'
sum = '{id}.n'
[[layer.measure]]
name = 'scaled'
title = {{ ko = '배', en = 'Scaled' }}
scale = {{ measure = 'n', factor = {factor} }}
"
        )
    };
    let head = "title = { ko = '구', en = 'District' }\n";
    for (file, words) in [
        ("district.toml", format!("{head}stats_areas = 'dong'\n")),
        ("datasets/field.toml", format!("{datasets}{}{}", values("one"), values("two"))),
        ("layers/theme.toml", format!("{head}order = 1\n{}{}", layer("one"), layer("two"))),
    ] {
        replace_file(&folder.join("catalog").join(file), words.as_bytes());
    }
}

fn dongs(folder: &Path) {
    let schema = FeatureSchema {
        columns: vec![column("code", ColumnType::Text)],
        ..FeatureSchema::default()
    };
    let file = folder.join("dong.fgb");
    let mut writer = FlatGeobufWriter::create(&file, &schema, GeometryKind::Polygon).unwrap();
    for (i, code) in ["a", "b", "c"].into_iter().enumerate() {
        writer
            .feature(&square(127.0 + 0.01 * i as f64, 37.5, 0.01), &[AttributeValue::Text(code)])
            .unwrap();
    }
    writer.finish().unwrap();
}

fn values(folder: &Path, id: &str, numbers: [i64; 3]) {
    let columns = vec![column("code", ColumnType::Text), column("n", ColumnType::Int)];
    let schema = FeatureSchema { columns, ..FeatureSchema::default() };
    let file = folder.join(format!("{id}.fgb"));
    let mut writer = FlatGeobufWriter::create_values(&file, &schema).unwrap();
    for (code, number) in ["a", "b", "c"].into_iter().zip(numbers) {
        writer.row(&[AttributeValue::Text(code), AttributeValue::Int(number)]).unwrap();
    }
    writer.finish().unwrap();
}

/// A library with two layers of measures by dong.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    district(folder.path(), 5, 2);
    dongs(folder.path());
    values(folder.path(), "one", [10, 20, 30]);
    values(folder.path(), "two", [40, 50, 60]);
    folder
}

fn wait_for<T>(library: &DataLibrary, seen: impl Fn(&Snapshot) -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = seen(&library.snapshot()) {
            return value;
        }
        assert!(Instant::now() < until, "{:?}", library.snapshot().faults());
        library.refresh();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A layer's measures by area; `None` if they are not known.
fn stats(snapshot: &Snapshot, layer: &str, audience: Audience) -> Option<Arc<LayerMeasures>> {
    match &snapshot.layer(layer, audience)?.area_measures {
        AreaMeasures::Ready(measures) => Some(Arc::clone(measures)),
        _ => None,
    }
}

/// Both measures of all dongs, ascending, as files are written along a curve.
fn numbers(derived: &LayerMeasures) -> String {
    let sorted = |name: &str| {
        let column = testing::test_datasets::column(derived, name);
        let mut words: Vec<_> = column.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    ["n", "scaled"].map(sorted).join(" / ")
}

/// `Some` if every layer of a snapshot is ready and has measures by area.
fn ready(snapshot: &Snapshot) -> Option<()> {
    let layers = ["map-one", "map-two"].map(|id| snapshot.layer(id, Audience::Public));
    let known = ["map-one", "map-two"].map(|id| stats(snapshot, id, Audience::Public));
    let all = layers.iter().flatten().all(|layer| matches!(layer.state, LayerState::Ready(_)));
    (all && known.iter().all(Option::is_some)).then_some(())
}

/// Modification times of a layer's results.
fn written(folder: &Path, layer: &str) -> Vec<SystemTime> {
    let files = std::fs::read_dir(folder.join("derived")).unwrap().map(Result::unwrap);
    let files = files.filter(|file| file.file_name().to_str().unwrap().starts_with(layer));
    let mut times: Vec<_> =
        files.map(|file| file.metadata().unwrap().modified().unwrap()).collect();
    times.sort();
    times
}

#[test]
fn only_what_depends_on_a_change_is_computed_again() {
    let folder = folder();
    let library = open(folder.path());
    wait_for(&library, ready);
    let before = library.snapshot();
    let [one, two] = ["map-one", "map-two"].map(|id| stats(&before, id, Audience::Staff).unwrap());
    assert_eq!(numbers(&one), "10 20 30 / 20 40 60");
    let kept = written(folder.path(), "map-two");
    assert!(!kept.is_empty());

    values(folder.path(), "one", [11, 20, 30]);
    let changed = wait_for(&library, |snapshot| {
        let now = stats(snapshot, "map-one", Audience::Staff)?;
        (!Arc::ptr_eq(&now, &one)).then_some(now)
    });
    assert_eq!(numbers(&changed), "11 20 30 / 22 40 60");
    let same = stats(&library.snapshot(), "map-two", Audience::Staff).unwrap();
    assert!(Arc::ptr_eq(&same, &two), "what nothing changed was computed again");
    assert_eq!(written(folder.path(), "map-two"), kept);
}

#[test]
fn a_start_narrows_the_rights_of_what_was_kept_before() {
    let folder = folder();
    wait_for(&open(folder.path()), ready);
    let kept = folder.path().join("derived");
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    let rights = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = || std::fs::read_dir(&kept).unwrap().map(|file| file.unwrap().path());
    assert!(files().count() > 1);
    assert!(rights(&kept) == 0o700 && files().all(|path| rights(&path) == 0o600));
    files().for_each(|path| set(&path, 0o644));
    set(&kept, 0o755);
    let _again = open(folder.path());
    assert!(rights(&kept) == 0o700 && files().all(|path| rights(&path) == 0o600));
}

#[test]
fn a_restart_reads_what_was_kept_and_computes_nothing() {
    let folder = folder();
    wait_for(&open(folder.path()), ready);
    let kept = ["map-one", "map-two"].map(|id| written(folder.path(), id));
    let again = open(folder.path());
    // At once: before a refresh that could publish anything newly computed.
    assert_eq!(ready(&again.snapshot()), Some(()));
    let one = stats(&again.snapshot(), "map-one", Audience::Public).unwrap();
    assert_eq!(numbers(&one), "10 20 30 / 20 40 60");
    assert_eq!(["map-one", "map-two"].map(|id| written(folder.path(), id)), kept);
}

#[rstest]
#[case::cut_short(|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2))]
#[case::changed(|bytes: &mut Vec<u8>| { let at = bytes.len() - 9; bytes[at] ^= 1 })]
#[case::empty(|bytes: &mut Vec<u8>| bytes.clear())]
fn a_kept_result_that_is_damaged_is_computed_anew(#[case] damage: fn(&mut Vec<u8>)) {
    let folder = folder();
    wait_for(&open(folder.path()), ready);
    for file in std::fs::read_dir(folder.path().join("derived")).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        replace_file(&path, &bytes);
    }
    let again = open(folder.path());
    wait_for(&again, ready);
    assert!(again.snapshot().faults().is_empty(), "{:?}", again.snapshot().faults());
    let one = stats(&again.snapshot(), "map-one", Audience::Public).unwrap();
    assert_eq!(numbers(&one), "10 20 30 / 20 40 60");
}

#[test]
fn a_stricter_rule_hides_at_once_what_it_forbids() {
    let folder = folder();
    let library = open(folder.path());
    wait_for(&library, ready);
    district(folder.path(), 15, 2);
    // Every snapshot on the way shows nothing or what the new rule allows.
    let until = Instant::now() + PATIENCE;
    let hidden = loop {
        library.refresh();
        let snapshot = library.snapshot();
        let layer = snapshot.layer("map-one", Audience::Public).unwrap();
        let declared = snapshot.catalog().layer("map-one").unwrap();
        let set = DeclaredMeasures::of(declared, ResultAudience::Public).unwrap().set;
        if set.suppression_threshold == Some(15) {
            let shown = layer.distributions.value.as_ref();
            let is_allowed = shown
                .is_none_or(|shown| shown.numbers.runs().iter().all(|&(number, _)| number >= 30.0));
            assert!(is_allowed, "old measures, new rule: {shown:?}");
            if let AreaMeasures::Ready(now) = &layer.area_measures {
                break numbers(now);
            }
        }
        assert!(Instant::now() < until, "{:?}", snapshot.faults());
    };
    // 10 is below 15, and 20 would tell it from a sum.
    assert_eq!(hidden, "- - 30 / - - 60");
    let staff = wait_for(&library, |snapshot| stats(snapshot, "map-one", Audience::Staff));
    assert_eq!(numbers(&staff), "10 20 30 / 20 40 60");
}

#[test]
fn a_faulty_catalog_leaves_the_measures_as_they_are() {
    let folder = folder();
    let library = open(folder.path());
    wait_for(&library, ready);
    let one = stats(&library.snapshot(), "map-one", Audience::Public).unwrap();
    let layers = folder.path().join("catalog/layers/theme.toml");
    let words = std::fs::read_to_string(&layers).unwrap();
    replace_file(&layers, words.replace("sum = 'one.n'", "sum = 'one.m'").as_bytes());
    let fault = wait_for(&library, |snapshot| {
        snapshot.faults().iter().find(|fault| fault.contains("is no column of one")).cloned()
    });
    assert!(fault.contains("theme.toml"), "{fault}");
    let still = stats(&library.snapshot(), "map-one", Audience::Public).unwrap();
    assert!(Arc::ptr_eq(&one, &still));
    replace_file(&layers, words.as_bytes());
    wait_for(&library, |snapshot| snapshot.faults().is_empty().then_some(()));
}

#[test]
fn values_that_can_not_be_read_leave_the_measures_and_are_told() {
    let folder = folder();
    let library = open(folder.path());
    wait_for(&library, ready);
    let file = folder.path().join("one.fgb");
    let bytes = std::fs::read(&file).unwrap();
    replace_file(&file, &bytes[..bytes.len() - 5]);
    let fault = wait_for(&library, |snapshot| {
        snapshot.faults().iter().find(|fault| fault.contains("map-one")).cloned()
    });
    assert!(fault.contains("one"), "{fault}");
    let still = stats(&library.snapshot(), "map-one", Audience::Public).unwrap();
    assert_eq!(numbers(&still), "10 20 30 / 20 40 60");
    let layer = library.snapshot();
    let layer = layer.layer("map-one", Audience::Public).unwrap();
    assert!(matches!(layer.state, LayerState::Ready(_)), "the map went with a broken file");
}
