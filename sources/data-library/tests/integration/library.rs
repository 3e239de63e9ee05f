//! Changes of files, catalog and folders in the data directory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;
use std::sync::Arc;

use data_library::Snapshot;
use data_library::{DataLibrary, LayerState};
use data_model::Audience;
use data_model::feature::{AttributeValue, FeatureSchema, GeometryKind};
use flatgeobuf_store::FlatGeobufWriter;
use testing::library::{open, options};
use testing::pmtiles::ArchiveBuilder;
use testing::{OwnedValue, all_types, assorted};

/// Writes a dataset of `count` features under a temporary name and renames it.
fn write_dataset(folder: &Path, stem: &str, count: usize) {
    let path = folder.join(format!("{stem}.fgb"));
    let temporary = folder.join(format!("{stem}.part"));
    let schema = FeatureSchema { columns: all_types(), ..FeatureSchema::default() };
    let mut writer = FlatGeobufWriter::create(&temporary, &schema, GeometryKind::Point).unwrap();
    for feature in assorted(GeometryKind::Point).iter().cycle().take(count) {
        let values: Vec<AttributeValue<'_>> =
            feature.values.iter().map(OwnedValue::borrow).collect();
        writer.feature(&feature.geometry, &values).unwrap();
    }
    writer.finish().unwrap();
    std::fs::rename(temporary, path).unwrap();
}

const DISTRICT: &str = "title = { ko = '구', en = 'District' }\n";

fn datasets(stems: &[&str]) -> String {
    let mut text = "title = { ko = '분야', en = 'Field' }\n".to_owned();
    for stem in stems {
        text += &format!(
            "[[dataset]]\nid = '{stem}'\ntitle = {{ ko = 'a', en = 'a' }}\ngeometry = 'point'\n"
        );
    }
    text
}

fn layers(entries: &[(&str, &str)]) -> String {
    let mut text = "title = { ko = '주제', en = 'Theme' }\norder = 1\n".to_owned();
    for (stem, visibility) in entries {
        text += &format!(
            "[[layer]]\nid = 'map-{stem}'\ntitle = {{ ko = 'a', en = 'a' }}\ndataset = '{stem}'\n\
             visibility = '{visibility}'\n"
        );
    }
    text
}

fn write_catalog(folder: &Path, entries: &[(&str, &str)]) {
    let stems: Vec<&str> = entries.iter().map(|(stem, _)| *stem).collect();
    for (file, text) in [
        ("district.toml", DISTRICT.to_owned()),
        ("datasets/field.toml", datasets(&stems)),
        ("layers/theme.toml", layers(entries)),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Refreshes until a change has settled.
fn settle(library: &DataLibrary) -> Arc<Snapshot> {
    for _ in 0..3 {
        library.refresh();
    }
    library.snapshot()
}

fn seen_by(snapshot: &Snapshot, audience: Audience) -> Vec<String> {
    snapshot.layers(audience).map(|layer| layer.id.as_str().to_owned()).collect()
}

fn count(snapshot: &Snapshot, layer: &str) -> Option<u64> {
    snapshot.layer(layer, Audience::Staff)?.source()?.description().feature_count
}

#[test]
fn a_catalog_that_vanishes_stays_in_force_until_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), "salaries", 2);
    write_catalog(dir.path(), &[("salaries", "staff")]);
    let library = open(dir.path());
    let (catalog, away) = (dir.path().join("catalog"), dir.path().join("away"));

    // Gone, empty, and something else of that name.
    let nothing = || {};
    let empty = || std::fs::create_dir(&catalog).unwrap();
    let file = || {
        std::fs::write(&catalog, "not a folder").unwrap();
    };
    let states: [&dyn Fn(); 3] = [&nothing, &empty, &file];
    for (i, state) in states.iter().enumerate() {
        std::fs::rename(&catalog, &away).unwrap();
        state();
        let snapshot = settle(&library);
        assert!(seen_by(&snapshot, Audience::Public).is_empty(), "state {i}");
        assert_eq!(seen_by(&snapshot, Audience::Staff), ["map-salaries"], "state {i}");
        assert!(snapshot.faults().iter().any(|fault| fault.contains("catalog")), "state {i}");
        if catalog.is_dir() {
            std::fs::remove_dir(&catalog).unwrap();
        } else if catalog.exists() {
            std::fs::remove_file(&catalog).unwrap();
        }
        std::fs::rename(&away, &catalog).unwrap();
        assert!(settle(&library).faults().is_empty(), "state {i}: the fault outlives its cause");
    }
}

#[test]
fn a_copy_of_a_declared_dataset_is_for_staff_only() {
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), "salaries", 2);
    write_dataset(dir.path(), "roads", 3);
    write_catalog(dir.path(), &[("salaries", "staff"), ("roads", "public")]);
    // At the start, though the operator asks for files to be published.
    std::fs::copy(dir.path().join("salaries.fgb"), dir.path().join("salaries-copy.fgb")).unwrap();
    let library = open(dir.path());
    let snapshot = library.snapshot();
    assert!(snapshot.catalog_in_force());
    assert_eq!(seen_by(&snapshot, Audience::Public), ["map-roads"]);
    assert_eq!(seen_by(&snapshot, Audience::Staff), ["map-salaries", "map-roads", "salaries-copy"]);
    // While it runs: one that loses its entry, a changed copy, a rename, a fresh import.
    write_catalog(dir.path(), &[("roads", "public")]);
    write_dataset(dir.path(), "salaries-copy", 4);
    std::fs::rename(dir.path().join("roads.fgb"), dir.path().join("streets.fgb")).unwrap();
    write_dataset(dir.path(), "news", 4);
    let snapshot = settle(&library);
    let public = seen_by(&snapshot, Audience::Public);
    assert!(public.iter().all(|layer| layer == "map-roads"), "{public:?}");
    let staff = seen_by(&snapshot, Audience::Staff);
    for layer in ["news", "salaries", "salaries-copy", "streets"] {
        assert!(staff.iter().any(|known| known == layer), "{layer}: {staff:?}");
    }
}

#[test]
fn files_that_are_public_are_for_staff_once_a_catalog_appears() {
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), "salaries", 2);
    write_archive(dir.path(), "tiles");
    let library = open(dir.path());
    let snapshot = library.snapshot();
    assert!(!snapshot.catalog_in_force());
    assert!(snapshot.layer("salaries", Audience::Public).is_some());
    assert_eq!(offered(&snapshot, "tiles"), (true, true));
    write_catalog(dir.path(), &[("roads", "public")]);
    let snapshot = settle(&library);
    assert!(snapshot.catalog_in_force());
    assert_eq!(seen_by(&snapshot, Audience::Public), ["map-roads"]);
    assert!(snapshot.layer("salaries", Audience::Staff).is_some());
    assert_eq!(offered(&snapshot, "tiles"), (false, true));
}

#[test]
fn a_catalog_that_can_not_be_listed_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), "salaries", 2);
    std::fs::write(dir.path().join("catalog"), "not a folder").unwrap();
    let error = DataLibrary::open(dir.path(), options()).err().unwrap();
    assert!(error.to_string().contains("catalog"), "{error}");
}

#[test]
fn a_file_that_never_rests_holds_up_no_other_change() {
    let dir = tempfile::tempdir().unwrap();
    for (stem, features) in [("busy", 2), ("roads", 2), ("gone", 2), ("people", 2)] {
        write_dataset(dir.path(), stem, features);
    }
    write_catalog(dir.path(), &[("people", "public")]);
    let library = open(dir.path());
    assert_eq!(
        seen_by(&library.snapshot(), Audience::Staff),
        ["map-people", "busy", "gone", "roads"]
    );
    write_catalog(dir.path(), &[("people", "staff")]);
    write_dataset(dir.path(), "roads", 5);
    std::fs::remove_file(dir.path().join("gone.fgb")).unwrap();
    for round in 0..3 {
        write_dataset(dir.path(), "busy", 10 + round);
        library.refresh();
    }
    let snapshot = library.snapshot();
    assert_eq!(seen_by(&snapshot, Audience::Public), [""; 0]);
    assert_eq!(seen_by(&snapshot, Audience::Staff), ["map-people", "busy", "roads"]);
    assert_eq!((count(&snapshot, "roads"), count(&snapshot, "busy")), (Some(5), Some(2)));
    assert_eq!(count(&settle(&library), "busy"), Some(12));
}

fn archive(folder: &Path, name: &str, metadata: &str) {
    let mut draft = ArchiveBuilder::new((0, 0));
    draft.metadata = metadata.to_owned();
    // A tile without a layer: nothing that could be looked at says what is inside.
    draft.raw(0, 1, &testing::pmtiles::gzip(b""));
    draft.write(&folder.join(name));
}

/// Whether the public, and whether staff, may download an archive.
fn offered(snapshot: &Snapshot, name: &str) -> (bool, bool) {
    let to = |audience| snapshot.archive(name, audience).is_some();
    (to(Audience::Public), to(Audience::Staff))
}

#[test]
fn an_archive_is_for_staff_unless_its_dataset_offers_it() {
    const LAYER: &str = r#"{"vector_layers":[{"id":"map","fields":{}}]}"#;
    let dir = tempfile::tempdir().unwrap();
    for name in ["secret", "open", "offered", "mixed"] {
        archive(dir.path(), &format!("{name}.pmtiles"), &LAYER.replace("map", name));
    }
    archive(dir.path(), "loose.pmtiles", LAYER);
    // Nothing is known of what is in it.
    archive(dir.path(), "blank.pmtiles", "{}");
    std::fs::copy(dir.path().join("secret.pmtiles"), dir.path().join("backup.pmtiles")).unwrap();
    std::fs::write(dir.path().join("broken.pmtiles"), b"PMTiles").unwrap();
    write_catalog(
        dir.path(),
        &[("secret", "staff"), ("open", "public"), ("offered", "public"), ("mixed", "public")],
    );
    let file = dir.path().join("catalog/datasets/field.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("id = 'offered'", "id = 'offered'\noffer_archive = true");
    let text = text.replace("id = 'mixed'", "id = 'mixed'\noffer_archive = true");
    let text = text.replace("id = 'secret'", "id = 'secret'\noffer_archive = true");
    std::fs::write(&file, text).unwrap();
    let layers = dir.path().join("catalog/layers/theme.toml");
    let text = std::fs::read_to_string(&layers).unwrap();
    let staff = "[[layer]]\nid = 'map-mixed-staff'\ntitle = { ko = 'a', en = 'a' }\n\
                 dataset = 'mixed'\nvisibility = 'staff'\n";
    std::fs::write(&layers, text + staff).unwrap();

    let snapshot = open(dir.path()).snapshot();
    for (name, public) in [
        ("secret", false),
        ("backup", false),
        ("open", false),
        ("offered", true),
        ("mixed", false),
        ("loose", false),
        ("blank", false),
        ("broken", false),
    ] {
        assert_eq!(offered(&snapshot, name), (public, true), "{name}");
    }
    assert!(snapshot.archive("broken", Audience::Staff).unwrap().is_err());
}

/// Writes an archive of three layers with one point each, at zooms 10 to 12; one layer has
/// no name.
fn write_archive(folder: &Path, stem: &str) {
    let shapes = [testing::foreign_tiles::point(Some(1), [9, 9], Vec::new())];
    let tile =
        testing::foreign_tiles::tile(4096, &[(stem, &shapes), ("", &shapes), ("rest", &shapes)]);
    let mut draft = ArchiveBuilder::new((10, 12));
    for zoom in 10..=12 {
        draft.tile((zoom, 0, 0), &tile);
    }
    draft.write(&folder.join(format!("{stem}.pmtiles")));
}

#[test]
fn a_dataset_that_is_held_by_two_files_is_a_fault_that_says_which_is_served() {
    let dir = tempfile::tempdir().unwrap();
    write_dataset(dir.path(), "roads", 2);
    write_catalog(dir.path(), &[("roads", "public")]);
    let library = open(dir.path());
    assert_eq!(library.snapshot().faults(), &[] as &[String]);
    write_archive(dir.path(), "roads");
    let snapshot = settle(&library);
    let faults = snapshot.faults();
    assert!(faults.len() == 1 && faults[0].contains("roads.fgb and in"), "{faults:?}");
    assert!(faults[0].contains("roads.pmtiles; the first is served"), "{faults:?}");
    assert_eq!(count(&snapshot, "map-roads"), Some(2));
    std::fs::remove_file(dir.path().join("roads.fgb")).unwrap();
    assert!(settle(&library).faults().is_empty());
}

#[test]
fn a_layer_without_a_name_is_not_published_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    write_archive(dir.path(), "roads");
    let snapshot = open(dir.path()).snapshot();
    assert_eq!(seen_by(&snapshot, Audience::Public), ["roads", "roads-rest", "roads-roads"]);
}

#[test]
fn zooms_that_the_catalog_declares_hold_and_others_are_the_archives() {
    let dir = tempfile::tempdir().unwrap();
    write_archive(dir.path(), "roads");
    write_catalog(dir.path(), &[("roads", "public")]);
    let layers_file = dir.path().join("catalog/layers/theme.toml");
    let plain = std::fs::read_to_string(&layers_file).unwrap();
    let zooms = |declared: &str| {
        std::fs::write(&layers_file, format!("{plain}{declared}")).unwrap();
        let library = open(dir.path());
        let snapshot = library.snapshot();
        match &snapshot.layer("map-roads", Audience::Public).unwrap().state {
            LayerState::Ready(source) => {
                let description = source.description();
                Ok((description.min_zoom.get(), description.max_zoom.get()))
            }
            LayerState::Unavailable { reason } | LayerState::Absent { reason } => {
                Err(reason.clone())
            }
        }
    };
    assert_eq!(zooms(""), Ok((10, 12)));
    assert_eq!(zooms("min_zoom = 0\nmax_zoom = 16\n"), Ok((10, 16)));
    assert_eq!(zooms("max_zoom = 11\n"), Ok((10, 11)));
    let reason = zooms("min_zoom = 0\nmax_zoom = 5\n").unwrap_err();
    assert!(reason.contains("declared as 0 to 5"), "{reason}");
}
