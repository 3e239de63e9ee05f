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

use serde_json::{Map, Value, json};

use crate::generate;
use crate::keys::LEGEND;
use crate::layer_input::{LayerGeometry, LayerStyleInput};
use crate::render::DrawnMap;

/// Merges the legends of maps, in their order, by vector-tile layer.
///
/// Other maps of the documents are left out: an audience that may not see a map must not
/// read its classes here.
pub(crate) fn of_maps(maps: &[DrawnMap<'_>]) -> Map<String, Value> {
    let mut legend = Map::new();
    for map in maps {
        for layer in &map.input.layers {
            let generated = map.generated.iter().find(|(known, _)| known.id == layer.id);
            // A layer that a document draws and does not explain has no entry at all:
            // the generated colour would be wrong.
            let entries = match generated {
                Some((layer, colour)) => Some(explain(layer, colour)),
                None => written(map, layer.id),
            };
            if let Some(entries) = entries {
                legend.insert(layer.id.to_owned(), entries);
            }
        }
    }
    legend
}

/// Entries that the map's document lists for a layer.
fn written(map: &DrawnMap<'_>, layer: &str) -> Option<Value> {
    map.document()?.root().get("metadata")?.get(LEGEND)?.get(layer).cloned()
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
