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

use crate::keys::LEGEND;
use crate::layer_input::{LayerGeometry, LayerStyleInput};
use crate::{StyleDocument, generate};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LocalizedTitle;

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
}
