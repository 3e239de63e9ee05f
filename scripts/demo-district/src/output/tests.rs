//! Writing is repeatable and never destroys other data.

use super::*;

fn run(directory: &Path, seed: u64, force: bool) -> Result<WriteOutcome, OutputError> {
    write_district(directory, WriteOptions { seed, scale: 0.1, force }, |_, _, _| {})
}

fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let marker = MarkerFile::read(&directory.join(MARKER)).unwrap().unwrap();
    assert!(marker.complete);
    let read = |file: &String| fs::read(directory.join(file)).unwrap();
    marker.files.keys().map(|file| (file.clone(), read(file))).collect()
}

#[test]
fn two_runs_give_the_same_bytes_and_a_third_does_nothing() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(
        matches!(run(a.path(), 1, false).unwrap(), WriteOutcome::Written { features, .. } if features > 25_000)
    );
    run(b.path(), 1, false).unwrap();
    let (one, two) = (contents(a.path()), contents(b.path()));
    assert_eq!(one.len(), all_makers().len() + catalog_files::FILES.len());
    assert!(one == two, "the same seed must give the same bytes");
    assert_eq!(run(a.path(), 1, false).unwrap(), WriteOutcome::Present);

    let stray = fs::read_dir(a.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".partial")
    });
    assert_eq!(stray.count(), 0);
    catalog::Catalog::load(&a.path().join("catalog")).unwrap();

    // Another seed replaces an untouched demo, and nothing that lies beside it.
    fs::write(a.path().join("mine.fgb"), b"imported").unwrap();
    run(a.path(), 2, false).unwrap();
    assert!(contents(a.path())["building.fgb"] != one["building.fgb"]);
    assert_eq!(fs::read(a.path().join("mine.fgb")).unwrap(), b"imported");
}

/// Holds on every machine. If the digest changes on purpose, raise [`VERSION`] too, so
/// that existing demos are written anew.
#[test]
fn the_default_district_is_pinned() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), 11_200, false).unwrap();
    let data = contents(dir.path()).into_iter().filter(|file| file.0.ends_with(".fgb"));
    let digests: Vec<u64> = data.map(|file| digest(&file.1)).collect();
    let all: Vec<u8> = digests.iter().flat_map(|d| d.to_le_bytes()).collect();
    assert_eq!((VERSION, format!("{:016x}", digest(&all))), (7, "692593e1c1321aa4".to_owned()));
}

#[test]
fn other_data_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("building.fgb"), b"real data").unwrap();
    let error = run(dir.path(), 1, false).unwrap_err();
    assert!(matches!(error, OutputError::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("--force"));
    assert_eq!(fs::read(dir.path().join("building.fgb")).unwrap(), b"real data");
    run(dir.path(), 1, true).unwrap();
    assert_ne!(fs::read(dir.path().join("building.fgb")).unwrap(), b"real data");
}

#[test]
fn a_catalog_edited_by_hand_is_kept_and_named() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), 1, false).unwrap();
    let edited = dir.path().join("catalog/district.toml");
    fs::write(&edited, "title = { ko = '내 구', en = 'Mine' }").unwrap();
    assert_eq!(run(dir.path(), 1, false).unwrap(), WriteOutcome::Present);
    let error = run(dir.path(), 2, false).unwrap_err();
    assert!(error.to_string().contains("catalog/district.toml"), "{error}");
    assert!(fs::read_to_string(&edited).unwrap().contains("내 구"));
}

#[test]
fn an_interrupted_run_is_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let head = marker_head(WriteOptions { seed: 1, scale: 0.1, force: false });
    let files = [("building.fgb".to_owned(), 0)].into();
    MarkerFile { head, complete: false, files }.write(&dir.path().join(MARKER)).unwrap();
    fs::write(dir.path().join("building.fgb"), b"half").unwrap();
    assert!(matches!(run(dir.path(), 1, false).unwrap(), WriteOutcome::Written { .. }));
    contents(dir.path());
}
