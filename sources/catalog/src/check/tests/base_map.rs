//! Catalogs with a base map, sound and with faults.

use std::path::Path;

use rstest::rstest;

use crate::check::fixture::{Case, In, write};
use crate::{BaseMap, Catalog};

const TITLE: &str = "title = { ko = '배경', en = 'Base' }\n";
const WATER: &str = "[[dataset]]\nid = 'lake'\ntitle = { ko = '호수', en = 'Lakes' }\n\
    geometry = 'polygon'\n\
    column = [{ name = 'name', type = 'text', title = { ko = '이름', en = 'Name' } }]\n\
    [[layer]]\nid = 'base-water'\ntitle = { ko = '물', en = 'Water' }\ndataset = 'lake'\n\
    [[layer]]\nid = 'base-dong'\ntitle = { ko = '동', en = 'Dongs' }\ndataset = 'dong'\n\
    columns = ['adm_nm']\nlabels = true\n";

/// Writes the valid catalog with `cases` and this `base.toml`.
fn write_with(folder: &Path, base: &str, cases: &[Case]) {
    write(folder, cases);
    std::fs::write(folder.join(BaseMap::FILE), format!("{TITLE}{base}")).unwrap();
}

#[test]
fn a_base_map_is_apart_from_datasets_and_layers() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let without = Catalog::load(folder.path()).unwrap();
    assert!(without.base.is_empty());
    write_with(folder.path(), WATER, &[]);
    let catalog = Catalog::load(folder.path()).unwrap();
    assert_eq!((&catalog.datasets, &catalog.layers), (&without.datasets, &without.layers));
    assert_eq!((&catalog.fields, &catalog.themes), (&without.fields, &without.themes));
    let BaseMap { title, datasets, layers } = &catalog.base;
    assert_eq!(title.en, "Base");
    assert_eq!(datasets.iter().map(|set| set.id.as_str()).collect::<Vec<_>>(), ["lake"]);
    let ids: Vec<_> = layers.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(ids, ["base-water", "base-dong"]);
    assert!(layers.iter().all(|layer| BaseMap::is_set(&layer.theme)));
    // By its id each is found like others.
    assert_eq!(catalog.dataset("lake"), datasets.first());
    assert_eq!(catalog.layer("base-dong"), layers.last());
    assert!(catalog.claims("lake"));
    assert_eq!(catalog.all_layers().count(), catalog.layers.len() + 2);
}

#[rstest]
#[case::staff("visibility = 'staff'\ndataset = 'dong'", "visibility", "make it a map for staff")]
#[case::measures(
    "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\ncount = 'camera'\n\
     title = { ko = '가', en = 'a' }",
    "carrier",
    "write dataset or union"
)]
#[case::in_a_theme("dataset = 'dong'\nother_themes = ['city']", "other_themes", "remove it")]
#[case::unknown_dataset("dataset = 'lakes'", "dataset", "did you mean \"lake\"?")]
#[case::unknown_column(
    "dataset = 'lake'\ncolumns = ['nam']",
    "columns[0]",
    "did you mean \"name\"?"
)]
#[case::named_base("id = 'base'\ndataset = 'dong'", "id", "another id")]
#[case::twice("id = 'base-water'\ndataset = 'dong'", "id", "an id of its own")]
#[case::only_for_staff("dataset = 'case_record'", "dataset", "")]
fn a_wrong_layer_of_the_base_map_is_refused(
    #[case] layer: &str,
    #[case] key: &str,
    #[case] remedy: &str,
) {
    let id = if layer.starts_with("id = ") { "" } else { "id = 'wrong'\n" };
    let restricted = "[[dataset]]\nid = 'case_record'\ntitle = { ko = '사례', en = 'Cases' }\n\
        geometry = 'point'\nsensitivity = 'restricted'\n";
    let base = format!(
        "{restricted}{WATER}[[layer]]\n{id}title = {{ ko = '잘못', en = 'Wrong' }}\n{layer}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    write_with(folder.path(), &base, &[]);
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = &faults[0];
    assert_eq!(
        (fault.file.as_str(), fault.key.as_str()),
        ("base.toml", &*format!("layer[2].{key}"))
    );
    assert!(fault.remedy.contains(remedy), "{fault}");
}

#[rstest]
#[case::a_layer((In::Layer, "id = 'base'\ndataset = 'dong'", "id", ""), "layers/safety.toml")]
#[case::a_map_of_its_dataset((In::Layer, "dataset = 'lake'", "dataset", ""), "layers/safety.toml")]
fn the_id_and_the_datasets_of_the_base_map_are_its_own(#[case] case: Case, #[case] file: &str) {
    let folder = tempfile::tempdir().unwrap();
    write_with(folder.path(), WATER, &[case]);
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = &faults[0];
    assert_eq!((fault.file.as_str(), fault.key.as_str()), (file, &*format!("layer[0].{}", case.2)));
    assert!(fault.problem.contains("base map"), "{fault}");
}

#[test]
fn a_theme_named_like_the_base_map_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let theme = "title = { ko = '기초', en = 'Basics' }\norder = 3\n";
    std::fs::write(folder.path().join("layers/base.toml"), theme).unwrap();
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = &faults[0];
    assert_eq!((fault.file.as_str(), fault.key.as_str()), ("layers/base.toml", ""));
    assert!(fault.problem.contains("id of the base map"), "{fault}");
}

#[test]
fn a_base_map_without_a_title_or_with_broken_toml_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let file = folder.path().join(BaseMap::FILE);
    for (text, key) in [(WATER, "title"), ("title = ", "line 1")] {
        std::fs::write(&file, text).unwrap();
        let faults = Catalog::load(folder.path()).unwrap_err().0;
        assert_eq!(faults.len(), 1, "{faults:?}");
        let fault = &faults[0];
        assert_eq!((fault.file.as_str(), fault.key.as_str()), ("base.toml", key));
    }
}
