//! Layers whose declared data is missing: absent, until the data is there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod tables;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use data_library::Snapshot;
use data_library::{DataLibrary, LayerState};
use data_model::Audience;
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, GeometryKind};
use flatgeobuf_store::FlatGeobufWriter;
use rstest::rstest;
use testing::database::PATIENCE;
use testing::library::open;
use testing::pmtiles::ArchiveBuilder;
use testing::{column, points};

const DISTRICT: &str = "title = { ko = '구', en = 'District' }\n";

const DATASETS: &str = "
title = { ko = '분야', en = 'Field' }
[[dataset]]
id = 'lamp'
title = { ko = '가로등', en = 'Lamps' }
geometry = 'point'
key = ['one']
column = [{ name = 'one', type = 'text', title = { ko = '1', en = '1' } }]
[[dataset]]
id = 'camera'
title = { ko = '카메라', en = 'Cameras' }
geometry = 'point'
column = [{ name = 'one', type = 'text', title = { ko = '1', en = '1' } }]
[[dataset]]
id = 'hours'
title = { ko = '점등 시간', en = 'Lit hours' }
geometry = 'point'
feature_dataset = 'lamp'
[dataset.values]
key = 'one'
column = [
  { name = 'one', type = 'text', title = { ko = '1', en = '1' } },
  { name = 'n', type = 'int', unit = 'hours', title = { ko = '시간', en = 'Hours' } },
]
";

const LAYERS: &str = "
title = { ko = '안전', en = 'Safety' }
order = 1
[[layer]]
id = 'alone'
title = { ko = '가로등', en = 'Lamps' }
visibility = 'staff'
dataset = 'lamp'
[[layer]]
id = 'both'
title = { ko = '둘', en = 'Both' }
visibility = 'staff'
union = [
  { dataset = 'lamp', columns = { name = 'one' } },
  { dataset = 'camera', columns = { name = 'one' } },
]
[[layer]]
id = 'near'
title = { ko = '가까운 카메라', en = 'Cameras nearby' }
visibility = 'staff'
carrier = 'lamp'
value = 'metres'
[[layer.measure]]
name = 'metres'
title = { ko = '거리', en = 'Distance' }
unit = 'm'
nearest = 'camera'
[[layer]]
id = 'lit'
title = { ko = '점등', en = 'Lit' }
visibility = 'staff'
carrier = 'lamp'
value = 'n'
[[layer.measure]]
name = 'n'
sum = 'hours.n'
[[layer]]
id = 'made'
title = { ko = '만든 것', en = 'Made' }
visibility = 'staff'
prepared = true
geometry = 'point'
datasets = ['lamp']
column = [{ name = 'one', type = 'text', title = { ko = '1', en = '1' } }]
";

const ALL: [&str; 5] = ["alone", "both", "near", "lit", "made"];

fn write_catalog(folder: &Path, datasets: &str, layers: &str) {
    for (file, text) in [
        ("district.toml", DISTRICT),
        ("datasets/field.toml", datasets),
        ("layers/theme.toml", layers),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn write(folder: &Path, stem: &str) {
    let (file, part) = (folder.join(format!("{stem}.fgb")), folder.join("part"));
    let text = column("one", ColumnType::Text);
    if stem == "hours" {
        let columns = vec![text, column("n", ColumnType::Int)];
        let schema = FeatureSchema { columns, ..FeatureSchema::default() };
        let mut writer = FlatGeobufWriter::create_values(&part, &schema).unwrap();
        writer.row(&[AttributeValue::Text("a"), AttributeValue::Int(8)]).unwrap();
        writer.finish().unwrap();
    } else {
        let schema = FeatureSchema { columns: vec![text], ..FeatureSchema::default() };
        let mut writer = FlatGeobufWriter::create(&part, &schema, GeometryKind::Point).unwrap();
        writer.feature(&points(&[[127.0, 37.5]]), &[AttributeValue::Text("a")]).unwrap();
        writer.finish().unwrap();
    }
    std::fs::rename(part, file).unwrap();
}

fn state(snapshot: &Snapshot, layer: &str) -> &'static str {
    match snapshot.layer(layer, Audience::Staff).unwrap().state {
        LayerState::Ready(_) => "ready",
        LayerState::Unavailable { .. } => "unavailable",
        LayerState::Absent { .. } => "absent",
    }
}

fn reason(snapshot: &Snapshot, layer: &str) -> String {
    match &snapshot.layer(layer, Audience::Staff).unwrap().state {
        LayerState::Ready(_) => String::new(),
        LayerState::Unavailable { reason } | LayerState::Absent { reason } => reason.clone(),
    }
}

/// Refreshes until a layer has a state.
fn wait(library: &DataLibrary, layer: &str, expected: &str) -> Arc<Snapshot> {
    let until = Instant::now() + PATIENCE;
    loop {
        let snapshot = library.snapshot();
        let now = state(&snapshot, layer);
        if now == expected {
            return snapshot;
        }
        let why = reason(&snapshot, layer);
        assert!(Instant::now() < until, "{layer} is {now}, not {expected}: {why}");
        library.refresh();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[rstest]
#[case::of_measures_the_carrier("lamp", &["alone", "both", "near", "lit"])]
#[case::of_a_union_a_member("camera", &["both", "near"])]
#[case::values("hours", &["lit"])]
#[case::a_prepared_result("made", &["made"])]
fn a_layer_without_its_data_is_absent_until_it_comes(
    #[case] missing: &str,
    #[case] absent: &[&str],
) {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS, LAYERS);
    for stem in ["lamp", "camera", "hours", "made"].into_iter().filter(|stem| *stem != missing) {
        write(folder.path(), stem);
    }
    let library = open(folder.path());
    for layer in ALL.into_iter().filter(|layer| !absent.contains(layer)) {
        wait(&library, layer, "ready");
    }
    let snapshot = library.snapshot();
    for layer in absent {
        assert_eq!(state(&snapshot, layer), "absent", "{layer}");
        let reason = reason(&snapshot, layer);
        assert!(reason.contains(&format!("{missing}.fgb is missing")), "{layer}: {reason}");
    }
    let mut reported: Vec<&str> = snapshot.absent().map(|(id, _)| id.as_str()).collect();
    reported.sort_by_key(|id| ALL.iter().position(|layer| layer == id));
    assert_eq!(reported, absent);
    assert_eq!(snapshot.states().count(), ALL.len() - absent.len());
    assert!(snapshot.states().all(|(_, reason)| reason.is_none()));

    // It comes while the server runs.
    write(folder.path(), missing);
    for layer in ALL {
        wait(&library, layer, "ready");
    }
    // What goes while it runs is unavailable, so that no tile silently lacks it.
    std::fs::remove_file(folder.path().join(format!("{missing}.fgb"))).unwrap();
    for layer in absent {
        let snapshot = wait(&library, layer, "unavailable");
        assert!(reason(&snapshot, layer).contains("restart"), "{}", reason(&snapshot, layer));
    }
    // After a restart it is absent, whatever was there before, results in `derived/` too.
    let again = open(folder.path());
    for layer in absent {
        assert_eq!(state(&again.snapshot(), layer), "absent", "{layer}");
    }
    write(folder.path(), missing);
    for layer in absent {
        wait(&library, layer, "ready");
    }
}

#[test]
fn a_file_that_is_there_and_can_not_be_read_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path(), DATASETS, LAYERS);
    for stem in ["lamp", "camera", "hours", "made"] {
        write(folder.path(), stem);
    }
    std::fs::write(folder.path().join("lamp.fgb"), b"not a FlatGeobuf file").unwrap();
    let snapshot = open(folder.path()).snapshot();
    for layer in ["alone", "both", "near", "lit"] {
        assert_eq!(state(&snapshot, layer), "unavailable", "{}", reason(&snapshot, layer));
    }
    assert_eq!(snapshot.absent().count(), 0);
}

#[rstest]
#[case::not_in_the_archive("archive_layer = 'roads'", "absent", "has no layer")]
#[case::in_the_archive("archive_layer = 'paths'", "ready", "")]
#[case::at_other_zooms("archive_layer = 'paths'\nmax_zoom = 5", "unavailable", "zooms")]
fn a_layer_that_its_archive_does_not_hold_is_absent(
    #[case] declared: &str,
    #[case] expected: &str,
    #[case] why: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let layer = LAYERS.split("[[layer]]").take(2).collect::<Vec<_>>().join("[[layer]]");
    write_catalog(folder.path(), DATASETS, &format!("{layer}\n{declared}\n"));
    let shapes = [testing::foreign_tiles::point(Some(1), [9, 9], Vec::new())];
    let tile = testing::foreign_tiles::tile(4096, &[("paths", &shapes)]);
    let mut draft = ArchiveBuilder::new((10, 10));
    draft.tile((10, 0, 0), &tile);
    draft.write(&folder.path().join("lamp.pmtiles"));
    let snapshot = open(folder.path()).snapshot();
    assert_eq!(state(&snapshot, "alone"), expected, "{}", reason(&snapshot, "alone"));
    assert!(reason(&snapshot, "alone").contains(why), "{}", reason(&snapshot, "alone"));
}

/// Writes an archive with one layer of each name.
fn write_archive(folder: &Path, layers: &[&str]) {
    let shapes = [testing::foreign_tiles::point(Some(1), [9, 9], Vec::new())];
    let layers: Vec<_> = layers.iter().map(|name| (*name, &shapes[..])).collect();
    let mut draft = ArchiveBuilder::new((10, 10));
    draft.tile((10, 0, 0), &testing::foreign_tiles::tile(4096, &layers));
    draft.write(&folder.join("part"));
    std::fs::rename(folder.join("part"), folder.join("lamp.pmtiles")).unwrap();
}

#[test]
fn features_that_go_beside_an_archive_that_stays_are_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let filtered = LAYERS.replacen("dataset = 'lamp'", "dataset = 'lamp'\nwhere.one = 'a'", 1);
    write_catalog(folder.path(), DATASETS, &filtered);
    for stem in ["lamp", "camera", "hours", "made"] {
        write(folder.path(), stem);
    }
    write_archive(folder.path(), &["lamp"]);
    let library = open(folder.path());
    let need_features = ["alone", "both", "near", "lit"];
    for layer in need_features {
        wait(&library, layer, "ready");
    }
    std::fs::remove_file(folder.path().join("lamp.fgb")).unwrap();
    for layer in need_features {
        let snapshot = wait(&library, layer, "unavailable");
        assert!(reason(&snapshot, layer).contains("holds tiles"), "{layer}");
        assert!(reason(&snapshot, layer).contains("restart"), "{layer}");
    }
    assert_eq!(library.snapshot().absent().count(), 0);
    // Of what was never there since the start nothing is lost.
    let again = open(folder.path());
    for layer in need_features {
        assert_eq!(state(&again.snapshot(), layer), "absent", "{layer}");
    }
    write(folder.path(), "lamp");
    for layer in need_features {
        wait(&library, layer, "ready");
    }
}

#[rstest]
#[case::declared("archive_layer = 'paths'", &["paths"], &["roads"])]
#[case::the_only_one("", &["paths"], &["roads", "rails"])]
fn a_layer_that_its_archive_loses_is_unavailable(
    #[case] declared: &str,
    #[case] before: &[&str],
    #[case] after: &[&str],
) {
    let folder = tempfile::tempdir().unwrap();
    let layer = LAYERS.split("[[layer]]").take(2).collect::<Vec<_>>().join("[[layer]]");
    write_catalog(folder.path(), DATASETS, &format!("{layer}\n{declared}\n"));
    write_archive(folder.path(), before);
    let library = open(folder.path());
    wait(&library, "alone", "ready");
    write_archive(folder.path(), after);
    let snapshot = wait(&library, "alone", "unavailable");
    assert!(reason(&snapshot, "alone").contains("has no layer"), "{}", reason(&snapshot, "alone"));
    assert_eq!(state(&open(folder.path()).snapshot(), "alone"), "absent");
    std::fs::remove_file(folder.path().join("lamp.pmtiles")).unwrap();
    let missing = |snapshot: &Snapshot| reason(snapshot, "alone").contains("is missing");
    let until = Instant::now() + PATIENCE;
    while !missing(&library.snapshot()) {
        assert!(Instant::now() < until, "{}", reason(&library.snapshot(), "alone"));
        library.refresh();
    }
    assert_eq!(state(&library.snapshot(), "alone"), "unavailable");
    write_archive(folder.path(), before);
    wait(&library, "alone", "ready");
}

#[test]
fn a_layer_whose_form_for_staff_is_absent_is_counted_as_absent() {
    let folder = tempfile::tempdir().unwrap();
    let public = "[layer.public]\ncarrier = 'lamp'\nvalue = 'metres'\n\
                  description = { ko = '거리', en = 'Distance' }\n\
                  measure = [{ name = 'metres', title = { ko = '거리', en = 'Distance' }, \
                  unit = 'm', nearest = 'lamp' }]\n";
    let (before, near) = LAYERS.split_at(LAYERS.find("[[layer]]\nid = 'near'").unwrap());
    let near = near.split("[[layer]]\nid = 'lit'").next().unwrap().replace("'staff'", "'public'");
    let layers = before.split("[[layer]]").next().unwrap().to_owned() + &near + public;
    write_catalog(folder.path(), DATASETS, &layers);
    write(folder.path(), "lamp");
    let library = open(folder.path());
    let public =
        |snapshot: &Snapshot| snapshot.layer("near", Audience::Public).unwrap().source().is_some();
    let until = Instant::now() + PATIENCE;
    while !public(&library.snapshot()) {
        assert!(Instant::now() < until, "the public form has not come");
        library.refresh();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let snapshot = library.snapshot();
    assert_eq!(state(&snapshot, "near"), "absent");
    assert_eq!((snapshot.states().count(), snapshot.absent().count()), (0, 1));
}
