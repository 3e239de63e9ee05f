//! Vector-tile layers that style layers draw.

use serde_json::{Map, Value};

/// Vector-tile layer that a style layer draws.
pub(crate) fn source_layer(layer: &Map<String, Value>) -> Option<&str> {
    let name = layer.get("source-layer").and_then(Value::as_str)?;
    Some(name.strip_suffix(LABEL_SUFFIX).unwrap_or(name))
}

/// Whether a style layer draws the label points of a layer, not the layer itself.
pub(crate) fn draws_labels(layer: &Map<String, Value>) -> bool {
    layer
        .get("source-layer")
        .and_then(Value::as_str)
        .is_some_and(|name| name.ends_with(LABEL_SUFFIX))
}

/// Suffix of a layer's id in the name of the vector-tile layer of its label points.
pub(crate) const LABEL_SUFFIX: &str = ".label";
