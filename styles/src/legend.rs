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

use crate::classification::{ClassifyOptions, classify};
use crate::generate;
use crate::keys::LEGEND;
use crate::layer_input::{LayerGeometry, LayerStyleInput};
use crate::map_description::MapDescription;
use crate::map_legend::{LegendContext, MapLegend};
use crate::parsed_layer::ParsedLayer;
use crate::render::DrawnMap;

/// Merges the legends of maps, in their order, by vector-tile layer.
///
/// Other maps of the documents are left out: an audience that may not see a map must not
/// read its classes here.
pub(crate) fn of_maps(maps: &[DrawnMap<'_>]) -> Map<String, Value> {
    let mut legend = Map::new();
    for map in maps {
        if let Some(description) = map.input.description {
            legend.insert(map.input.id.to_owned(), described(map, description));
            continue;
        }
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

/// Entries of a map's classes, read from its style layers.
fn described(map: &DrawnMap<'_>, description: &MapDescription) -> Value {
    let layers = map.style_layers();
    // Documents were checked when they were loaded: a layer with a fault is not drawn either.
    let parsed: Vec<ParsedLayer> =
        layers.iter().filter_map(|layer| ParsedLayer::parse(layer, "").ok()).collect();
    let column = description.value.as_ref().map(|value| value.column.as_str());
    let marks = classify(&parsed, ClassifyOptions { column, ..ClassifyOptions::default() });
    MapLegend::new(description, &marks, LegendContext::default()).page_entries()
}

/// Entries that the map's document lists for a layer.
fn written(map: &DrawnMap<'_>, layer: &str) -> Option<Value> {
    map.document()?.root().get("metadata")?.get(LEGEND)?.get(layer).cloned()
}

/// Entry of a generated style: one colour with the layer's title.
fn explain(input: &LayerStyleInput<'_>, colour: &str) -> Value {
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
