//! Legend of a map: `metadata."policy-map:legend"`.
//!
//! A document lists the entries by layer id, such as
//! `{"color": "#0072b2", "shape": "circle", "label": {"ko": "방범", "en": "Crime prevention"}}`.
//! The legend can't be derived from style expressions: they have no titles for their classes.
//!
//! Optional members describe how the map paints the colour, so that the legend looks like the map:
//!
//! | member | content |
//! |---|---|
//! | `"opacity"` | 0 to 1, where the map paints the colour with less than 1 |
//! | `"casing"` | `#rrggbb`: a line's edge, or a fill's outline |
//! | `"dash"` | `true` for a dashed line |
//! | `"unit"` | the unit of the numbers in the label, as the catalog spells it |

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::lint::StyleFinding;
use crate::{LayerGeometry, LayerStyleInput, StyleDocument, generate};

/// Key of the legend within a document's `metadata`.
pub const LEGEND: &str = "policy-map:legend";

const SHAPES: [&str; 3] = ["fill", "line", "circle"];

/// Merges the legend of a map with these layers, in their order.
///
/// `generated` has the colours of layers that no document draws. Other layers of the
/// documents are left out: an audience that may not see a layer must not read its classes here.
pub(crate) fn merge(
    layers: &[LayerStyleInput<'_>],
    documents: &[&StyleDocument],
    generated: &BTreeMap<&str, &str>,
) -> Map<String, Value> {
    let mut legend = Map::new();
    for input in layers {
        let written = documents.iter().find_map(|document| {
            document.root().get("metadata")?.get(LEGEND)?.get(input.id).cloned()
        });
        // A layer that a document draws and does not explain has no entry at all:
        // the generated colour would be wrong.
        let made = || generated.get(input.id).map(|colour| explain(input, colour));
        if let Some(entries) = written.or_else(made) {
            legend.insert(input.id.to_owned(), entries);
        }
    }
    legend
}

/// Entries of a generated style: its classes, or one colour with the layer's title.
fn explain(input: &LayerStyleInput<'_>, colour: &str) -> Value {
    if let Some(shading) = input.shading {
        return shading.legend(colour);
    }
    let shape = match input.shape {
        LayerGeometry::Point => "circle",
        LayerGeometry::Line => "line",
        LayerGeometry::Polygon | LayerGeometry::Mixed => "fill",
    };
    let mut entry = json!({ "color": colour, "shape": shape, "label": input.title });
    if shape == "fill" {
        entry["opacity"] = generate::FILL_OPACITY.into();
        entry["casing"] = colour.into();
    }
    json!([entry])
}

/// Reports entries that a page can't show.
pub(crate) fn check(root: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let Some(legend) = root.get("metadata").and_then(|metadata| metadata.get(LEGEND)) else {
        return;
    };
    let key = format!("metadata.{LEGEND}");
    let Some(legend) = legend.as_object() else {
        findings.push(StyleFinding::error(&key, "is no object", "list the entries by layer id"));
        return;
    };
    for (id, entries) in legend {
        let Some(entries) = entries.as_array() else {
            let key = format!("{key}.{id}");
            findings.push(StyleFinding::error(&key, "is no list", "list the layer's entries"));
            continue;
        };
        for (i, entry) in entries.iter().enumerate() {
            check_entry(&format!("{key}.{id}[{i}]"), entry, findings);
        }
    }
}

fn check_entry(key: &str, entry: &Value, findings: &mut Vec<StyleFinding>) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    if !is_hex_colour(text("color")) {
        let key = format!("{key}.color");
        findings.push(StyleFinding::error(&key, "is no colour", "write it as #rrggbb"));
    }
    if !SHAPES.contains(&text("shape")) {
        let key = format!("{key}.shape");
        findings.push(StyleFinding::error(&key, "is no shape", "write fill, line or circle"));
    }
    let opacity = |value: &Value| value.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n));
    if entry.get("opacity").is_some_and(|value| !opacity(value)) {
        let key = format!("{key}.opacity");
        findings.push(StyleFinding::error(&key, "is no opacity", "write a number from 0 to 1"));
    }
    if entry.get("dash").is_some_and(|value| !value.is_boolean()) {
        let key = format!("{key}.dash");
        findings.push(StyleFinding::error(&key, "is no answer", "write true or false"));
    }
    if entry.get("casing").is_some_and(|value| !value.as_str().is_some_and(is_hex_colour)) {
        let key = format!("{key}.casing");
        findings.push(StyleFinding::error(&key, "is no colour", "write it as #rrggbb"));
    }
    let label = entry.get("label");
    for language in ["ko", "en"] {
        let text = label.and_then(|label| label.get(language)).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            findings.push(StyleFinding::error(
                &format!("{key}.label.{language}"),
                "is missing",
                "label the entry in Korean and English",
            ));
        }
    }
}

/// Whether the text is `#rrggbb`. No other form is accepted, because a page puts the
/// colour into its own markup.
fn is_hex_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LocalizedTitle;
    use rstest::rstest;

    fn input(id: &str) -> LayerStyleInput<'_> {
        LayerStyleInput {
            id,
            title: LocalizedTitle { ko: "이름", en: "Name" },
            shape: LayerGeometry::Line,
            shading: None,
        }
    }

    fn entry(color: &str) -> Value {
        json!({"color": color, "shape": "fill", "label": {"ko": "가", "en": "A"}})
    }

    fn document(legend: &Value) -> StyleDocument {
        let style = json!({"version": 8, "metadata": {LEGEND: legend}, "layers": []});
        StyleDocument::parse(&style.to_string()).unwrap()
    }

    #[test]
    fn documents_are_merged_and_only_layers_of_the_map_are_explained() {
        let one = document(&json!({"dongs": [entry("#111111")], "secret": [entry("#222222")]}));
        let two = document(&json!({"dongs": [entry("#333333")], "roads": [entry("#444444")]}));
        let style_inputs = [input("roads"), input("dongs"), input("trails"), input("mute")];
        let legend = merge(&style_inputs, &[&one, &two], &[("trails", "#555555")].into());
        let ids: Vec<_> = legend.keys().map(String::as_str).collect();
        assert_eq!(ids, ["roads", "dongs", "trails"]);
        assert_eq!(legend["dongs"], json!([entry("#111111")]));
        assert_eq!(legend["roads"], json!([entry("#444444")]));
        assert_eq!(
            legend["trails"],
            json!([{
                "color": "#555555",
                "shape": "line",
                "label": {"ko": "이름", "en": "Name"},
            }])
        );
    }

    #[test]
    fn a_generated_fill_has_its_opacity_in_the_legend() {
        let area = LayerStyleInput { shape: LayerGeometry::Polygon, ..input("parks") };
        let legend = merge(&[area], &[], &[("parks", "#0072b2")].into());
        let layers = generate::layers(&area, "#0072b2");
        assert_eq!(legend["parks"][0]["opacity"], layers[0]["paint"]["fill-opacity"]);
        assert_eq!(legend["parks"][0]["casing"], layers[1]["paint"]["line-color"]);
    }

    #[rstest]
    #[case::sound(json!({"a": [{"color": "#0072b2", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[])]
    #[case::painted(json!({"a": [{"color": "#ffffff", "casing": "#0072b2", "dash": true, "opacity": 0.5, "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[])]
    #[case::paint(json!({"a": [{"color": "#ffffff", "casing": "blue", "dash": "yes", "opacity": 1.5, "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].opacity", ".a[0].dash", ".a[0].casing"])]
    #[case::negative(json!({"a": [{"color": "#ffffff", "opacity": -0.1, "shape": "fill", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].opacity"])]
    #[case::object(json!([]), &[""])]
    #[case::list(json!({"a": {}}), &[".a"])]
    #[case::colour(json!({"a": [{"color": "red", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].color"])]
    #[case::empty(json!({"a": [1]}), &[".a[0].color", ".a[0].shape", ".a[0].label.ko", ".a[0].label.en"])]
    fn faults_name_their_key(#[case] legend: Value, #[case] keys: &[&str]) {
        let style = json!({"version": 8, "metadata": {LEGEND: legend}, "layers": []});
        let result = StyleDocument::parse(&style.to_string());
        let found: Vec<_> = result.err().into_iter().flatten().map(|fault| fault.key).collect();
        let keys: Vec<_> = keys.iter().map(|key| format!("metadata.{LEGEND}{key}")).collect();
        assert_eq!(found, keys);
    }
}
