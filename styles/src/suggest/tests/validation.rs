//! Suggested styles are valid by the reference validator of the style specification.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::samples::{Sample, sample};
use crate::layer_input::LayerGeometry::{self, Line, Mixed, Point, Polygon};
use crate::map_description::{
    BilingualText, ColourScheme, MapCategory, MapDescription, MapForm, MapRepresentation,
    NotApplicable, ValueEnd,
};
use crate::suggest::suggest_theme;

const REPRESENTATIONS: [MapRepresentation; 9] = [
    MapRepresentation::Symbol,
    MapRepresentation::Category,
    MapRepresentation::Line,
    MapRepresentation::Circle,
    MapRepresentation::Choropleth,
    MapRepresentation::Grid,
    MapRepresentation::Heat,
    MapRepresentation::Flow,
    MapRepresentation::Isochrone,
];
const VALUES: [Sample; 6] =
    [Sample::Nothing, Sample::Rate, Sample::Count, Sample::Change, Sample::Minutes, Sample::Text];

/// Maps of every representation, geometry and kind of value, with and without declarations.
pub(super) fn all_maps() -> Vec<MapDescription> {
    let mut maps = Vec::new();
    for representation in REPRESENTATIONS {
        for geometry in [Point, Line, Polygon, Mixed] {
            for values in VALUES {
                let bare = sample(representation, geometry, values);
                maps.push(declared(bare.clone(), geometry));
                maps.push(bare);
            }
        }
    }
    for (number, map) in maps.iter_mut().enumerate() {
        map.id = format!("map-{number}");
    }
    maps
}

/// The same map with all that a catalog can declare.
fn declared(mut map: MapDescription, geometry: LayerGeometry) -> MapDescription {
    map.form = MapForm::Staff;
    map.label_points = geometry == Polygon;
    map.clustered_below = (geometry == Point).then_some(14);
    map.second_value = map.value.clone();
    let cartography = &mut map.cartography;
    cartography.scheme = Some(ColourScheme::Bivariate);
    cartography.dark = ValueEnd::Low;
    cartography.good = Some(ValueEnd::Low);
    cartography.icon = Some("school".to_owned());
    cartography.name_column = Some("nm".to_owned());
    cartography.not_applicable = Some(NotApplicable {
        column: "zone".to_owned(),
        values: vec!["강".to_owned()],
        title: BilingualText::default(),
    });
    if map.value.as_ref().is_some_and(|value| value.summary.numbers.is_empty()) {
        let categories = ["가", "나"].map(|value| MapCategory {
            value: value.to_owned(),
            icon: Some("park".to_owned()),
            ..MapCategory::default()
        });
        cartography.categories = categories.to_vec();
    }
    map
}

#[test]
fn no_style_layer_is_without_a_value() {
    for map in all_maps() {
        let layers = super::suggest(&map);
        assert!(!layers.is_empty(), "{map:?}");
        let text = serde_json::to_string(&layers).unwrap();
        assert!(!text.contains("null"), "{text}");
        let ids: std::collections::BTreeSet<_> =
            layers.iter().map(|layer| layer["id"].to_string()).collect();
        assert_eq!(ids.len(), layers.len(), "{ids:?}");
    }
}

#[test]
#[ignore = "needs node_modules: see CONTRIBUTING"]
fn every_suggestion_is_valid() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let modules = repository.join("tile-server/web/node_modules");
    if !modules.join("@maplibre/maplibre-gl-style-spec").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = Vec::new();
    for map in all_maps() {
        let file = folder.path().join(format!("{}.json", map.id));
        let mut document = suggest_theme("all", std::slice::from_ref(&map), None);
        document["sprite"] = "https://map.example/sprites/policy-map".into();
        document["glyphs"] = "https://map.example/fonts/{fontstack}/{range}.pbf".into();
        std::fs::write(&file, document.to_string()).unwrap();
        files.push(file);
    }
    let script = repository.join("styles/tests/validate-styles.mjs");
    let output = Command::new("node").arg(script).arg(modules).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
