//! Style layers for QGIS 3.22 and later.
//!
//! QGIS converts a style to symbols of its own. It reads neither `step` nor `case` nor
//! filters with most operators, skips heat maps, and draws circles of half the size.
//!
//! | module | content |
//! |---|---|
//! | `class_layers` | one style layer for each class of a data-driven style layer |
//! | `zoom_property` | properties that differ by zoom |
//! | `zoom_ranges` | one style layer for each range of zooms at which a filter differs |
//! | `column_filter` | filters in the old form |
//! | `marks` | circles, heat maps and names |

mod class_layers;
mod column_filter;
mod marks;
mod zoom_property;
mod zoom_ranges;

use serde_json::{Map, Value};

/// Style layers that QGIS draws as a browser draws `layer`, from the bottom up.
pub(crate) fn layers_for_qgis(layer: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let layer = marks::with_marks(layer);
    let ranges = zoom_ranges::zoom_ranges(&layer);
    let mut layers: Vec<_> = ranges.iter().flat_map(class_layers::class_layers).collect();
    for layer in &mut layers {
        marks::double_circles(layer);
        marks::simplify_names(layer);
    }
    layers
}

#[cfg(test)]
mod tests;
