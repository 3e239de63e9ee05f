//! Tests of loading whole catalogs.

use std::path::Path;

use super::*;
use crate::{MapKind, Visibility};

fn write(folder: &Path, files: &[(&str, &str)]) {
    for sub in ["datasets", "layers"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

const DISTRICT: &str =
    "title = { ko = '성동구', en = 'Seongdong-gu' }\nbounds = [127.0, 37.5, 127.1, 37.6]";
const DATASETS: &str = "title = { ko = '안전', en = 'Safety' }\n[[dataset]]\nid = 'cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ngeometry = 'point'\ncolumn = [{ name = 'purpose', title = { ko = '용도', en = 'Purpose' } }]";

#[test]
fn a_sound_catalog_loads_with_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let layers = "title = { ko = '안전한 생활', en = 'Safe Living' }\norder = 5\n[[layer]]\nid = 'saf-10-cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ndataset = 'cctv'\nvisibility = 'public'\ncolumns = ['purpose']";
    write(
        dir.path(),
        &[
            ("district.toml", DISTRICT),
            ("datasets/safety.toml", DATASETS),
            ("layers/safety.toml", layers),
        ],
    );
    let catalog = Catalog::load(dir.path()).unwrap();
    let layer = catalog.layer("saf-10-cctv").unwrap();
    assert_eq!((layer.min_zoom.get(), layer.max_zoom.get(), layer.buffer), (0, 16, 64));
    assert_eq!(catalog.dataset("cctv").unwrap().field.as_str(), "safety");
}

const SAME: (Option<&str>, Option<MapKind>) = (Some("Of staff"), Some(MapKind::Grid));

#[rstest::rstest]
#[case::as_the_layer("", SAME)]
#[case::described("description = { ko = '공개', en = 'Of the public' }", (Some("Of the public"), SAME.1))]
#[case::drawn("kind = 'choropleth'", (SAME.0, Some(MapKind::Choropleth)))]
fn a_public_form_may_say_of_itself_what_differs(
    #[case] keys: &str,
    #[case] expected: (Option<&str>, Option<MapKind>),
) {
    let dir = tempfile::tempdir().unwrap();
    let layers = format!(
        "title = {{ ko = '안전', en = 'Safety' }}\norder = 1\n[[layer]]\nid = 'a'\ntitle = {{ ko = '가', en = 'A' }}\ndescription = {{ ko = '직원', en = 'Of staff' }}\nkind = 'grid'\nvisibility = 'public'\ncarrier = 'cctv'\nmeasure = [{{ name = 'n', title = {{ ko = '수', en = 'N' }}, count = 'cctv' }}]\n[layer.public]\n{keys}"
    );
    write(
        dir.path(),
        &[
            ("district.toml", DISTRICT),
            ("datasets/safety.toml", &DATASETS.replace("point", "polygon")),
            ("layers/safety.toml", &layers),
        ],
    );
    let catalog = Catalog::load(dir.path()).unwrap();
    let layer = catalog.layer("a").unwrap();
    let look = |public| {
        let description = layer.description_of(public).map(|text| text.en.as_str());
        (description, layer.kind_of(public))
    };
    assert_eq!((look(true), look(false)), (expected, SAME));
}

/// The catalog that the demo district is built from.
#[test]
fn the_default_catalog_has_its_fields_datasets_themes_and_layers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let catalog = Catalog::load(&folder).unwrap();
    let counts = (catalog.fields.len(), catalog.datasets.len(), catalog.layers.len());
    assert_eq!((counts, catalog.themes.len()), ((13, 122, 182), 7));
    for theme in &catalog.themes {
        let layers = catalog.layers.iter().filter(|layer| layer.theme == theme.id);
        assert_eq!(layers.count(), 26, "{}", theme.id);
    }
    let themes: Vec<_> = catalog.themes.iter().map(|theme| theme.id.as_str()).collect();
    let order = ["economy", "education", "welfare", "city", "safety", "administration", "common"];
    assert_eq!(themes, order);
    for start in ["eco-01-", "wel-01-", "saf-01-", "saf-02-"] {
        let layer = catalog.layers.iter().find(|layer| layer.id.as_str().starts_with(start));
        let layer = layer.expect(start);
        assert_eq!(layer.visibility, Visibility::Public, "{}", layer.id);
        assert!(layer.public_form.is_some(), "{} shows the public what staff see", layer.id);
    }
    // What the public reads is true of what it gets, which is not what staff get.
    for layer in &catalog.layers {
        let Some(public) = &layer.public_form else { continue };
        assert!(layer.public_look.description.is_some(), "{} describes what staff see", layer.id);
        let cells = public.carrier.as_str().contains("grid");
        let drawn = layer.kind_of(true);
        assert!(cells || drawn != Some(MapKind::Grid), "{} draws areas as cells", layer.id);
    }
    for dataset in &catalog.datasets {
        let id = &dataset.id;
        assert!(dataset.description.is_some() && dataset.attribution.is_some(), "{id}");
        assert!(dataset.update.is_some() && dataset.source.is_some(), "{id}");
        let stored = dataset.columns.iter().chain(dataset.values.iter().flat_map(|v| &v.columns));
        for column in stored {
            assert!(column.kind.is_some(), "{id}.{} has no type", column.name);
        }
        let used = |layer: &crate::Layer| layer.datasets.contains(id);
        assert!(catalog.layers.iter().any(used), "no layer is made from {id}");
    }
}

/// Layers that every style document finds beneath its maps.
#[test]
fn the_default_catalog_has_a_base_map() {
    let catalog = Catalog::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let ids: Vec<_> = catalog.base.layers.iter().map(|layer| layer.id.as_str()).collect();
    let expected = [
        "base-land",
        "base-surroundings",
        "base-water",
        "base-green",
        "base-road",
        "base-street",
        "base-rail",
        "base-station",
        "base-building",
        "base-dong",
    ];
    assert_eq!(ids, expected);
    for dataset in &catalog.base.datasets {
        assert!(dataset.attribution.is_some() && dataset.description.is_some(), "{}", dataset.id);
        let used = catalog.base.layers.iter().any(|layer| layer.datasets.contains(&dataset.id));
        assert!(used, "no layer is made from {}", dataset.id);
    }
}
