//! Catalogs that are refused: nothing is written then.

use std::fs;
use std::os::unix::fs::symlink;

use rstest::rstest;

use super::{DATASETS, contents, old_catalog, write};
use crate::Catalog;
use crate::renamed_keys::{RenameKeysError, rename_keys};

#[rstest]
#[case::in_a_layer("[[layer]]\nover = 'a'\ncarrier = 'b'\n", "layer[0]", "over")]
#[case::the_new_one_first("[[layer]]\ncarrier = 'a'\nover = 'b'\n", "layer[0]", "over")]
#[case::two_lists(
    "[[layer]]\n[[layer.figure]]\nname = 'a'\n[[layer.measure]]\nname = 'b'\n",
    "layer[0]",
    "figure"
)]
#[case::nested(
    "[[layer]]\nmeasure = [{ scale = { of = 'a', measure = 'b' } }]\n",
    "layer[0].measure[0].scale",
    "of"
)]
fn a_table_with_both_names_is_refused_and_nothing_is_written(
    #[case] layers: &str,
    #[case] table: &str,
    #[case] key: &str,
) {
    let folder = old_catalog();
    write(folder.path(), &[("layers/z.toml", layers)]);
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    let RenameKeysError::Clash { key: at, old, .. } = &error else { panic!("{error}") };
    assert_eq!((at.as_str(), *old), (table, key));
    assert_eq!(contents(folder.path()), before);
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    let both = faults.iter().filter(|fault| fault.problem.ends_with("which is there too"));
    assert_eq!(both.count(), 1, "{faults:#?}");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line_and_nothing_is_written() {
    let folder = old_catalog();
    write(folder.path(), &[("layers/z.toml", "order = 1\nover =\n")]);
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(error, RenameKeysError::Toml { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("layers/z.toml:2: "), "{error}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn bytes_that_are_no_text_are_refused_and_nothing_is_written() {
    let folder = old_catalog();
    fs::write(folder.path().join("layers/b.toml"), b"over = '\xff'").unwrap();
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(&error, RenameKeysError::Read { path, .. } if path.ends_with("b.toml")));
    assert_eq!(fs::read_to_string(folder.path().join("datasets/base.toml")).unwrap(), DATASETS);
}

#[rstest]
#[case::a_file("layers/safety.toml")]
#[case::the_district("district.toml")]
#[case::a_folder("datasets")]
fn a_symbolic_link_is_refused_and_nothing_is_written(#[case] linked: &str) {
    let folder = old_catalog();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("moved");
    fs::rename(folder.path().join(linked), &target).unwrap();
    symlink(&target, folder.path().join(linked)).unwrap();
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(&error, RenameKeysError::Irregular { path } if path.ends_with(linked)));
    assert_eq!(contents(folder.path()), before);
    assert!(fs::symlink_metadata(folder.path().join(linked)).unwrap().is_symlink());
}

#[test]
fn a_folder_without_a_district_is_no_catalog() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(
        matches!(&error, RenameKeysError::Read { path, .. } if path.ends_with("district.toml"))
    );
    assert!(error.to_string().contains("catalog folder"), "{error}");
}
