//! One style layer for each range of zooms at which a filter differs.

use serde_json::{Map, Value, json};

use crate::style_part::id;

/// Zoom past all others (style specification).
const LAST_ZOOM: f64 = 24.0;

/// Style layers that together draw what `layer` draws, whose filters are the same at all
/// their zooms.
pub(super) fn zoom_ranges(layer: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut changes = Vec::new();
    if let Some(filter) = layer.get("filter") {
        collect(filter, &mut changes);
    }
    if changes.is_empty() {
        return vec![layer.clone()];
    }
    let own = |key: &str, default: f64| layer.get(key).and_then(Value::as_f64).unwrap_or(default);
    let (first, last) = (own("minzoom", 0.0), own("maxzoom", LAST_ZOOM));
    changes.retain(|zoom| first < *zoom && *zoom < last);
    changes.sort_by(f64::total_cmp);
    changes.dedup();
    let bounds: Vec<f64> = std::iter::once(first).chain(changes).chain([last]).collect();
    let ranges = bounds.windows(2).enumerate().map(|(at, range)| {
        let mut part = layer.clone();
        part.insert("id".into(), format!("{}.zoom-{at}", id(layer)).into());
        part.insert("minzoom".into(), json!(range[0]));
        part.insert("maxzoom".into(), json!(range[1]));
        if let Some(filter) = part.get_mut("filter") {
            *filter = at_zoom(filter, range[0]);
        }
        part
    });
    ranges.collect()
}

/// The stops of `["step", ["zoom"], below, zoom, value, …]`, below which `below` counts.
fn zoom_steps(value: &Value) -> Option<(&Value, &[Value])> {
    match value.as_array()?.as_slice() {
        [name, input, below, stops @ ..] if name == "step" && *input == json!(["zoom"]) => {
            Some((below, stops))
        }
        _ => None,
    }
}

/// Zooms at which the value of an expression changes.
fn collect(value: &Value, changes: &mut Vec<f64>) {
    if let Some((_, stops)) = zoom_steps(value) {
        changes.extend(stops.iter().step_by(2).filter_map(Value::as_f64));
    } else if let Value::Array(parts) = value {
        parts.iter().for_each(|part| collect(part, changes));
    }
}

/// The expression with the values that its zoom steps have at a zoom.
fn at_zoom(value: &Value, zoom: f64) -> Value {
    if let Some((below, stops)) = zoom_steps(value) {
        let is_passed = |stop: &&[Value]| stop[0].as_f64().is_some_and(|at| at <= zoom);
        let passed = stops.chunks_exact(2).rfind(is_passed);
        return passed.map_or(below, |stop| &stop[1]).clone();
    }
    match value {
        Value::Array(parts) => parts.iter().map(|part| at_zoom(part, zoom)).collect(),
        other => other.clone(),
    }
}
