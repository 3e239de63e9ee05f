//! Circles, heat maps and names as QGIS draws them.

use serde_json::{Map, Value, json};

use crate::style_part::kind;

/// Radius of a heat map's circle to that of its kernel: density fades towards the edge.
const HEAT_SHARE: f64 = 0.4;
/// Opacity of a heat map's circle: overlapping circles add up as densities do.
const HEAT_OPACITY: f64 = 0.3;
/// Radius of a heat map's kernel where the style has none (style specification).
const HEAT_RADIUS: f64 = 30.0;

/// The style layer without sort keys, which QGIS does not know, and with circles by weight in
/// place of a heat map.
pub(super) fn with_marks(layer: &Map<String, Value>) -> Map<String, Value> {
    let mut layer = layer.clone();
    if let Some(Value::Object(layout)) = layer.get_mut("layout") {
        layout.retain(|name, _| !name.ends_with("-sort-key"));
    }
    if kind(&layer) != "heatmap" {
        return layer;
    }
    let paint = layer.get("paint");
    let property = |name: &str| paint.and_then(|paint| paint.get(name)).cloned();
    let radius = property("heatmap-radius").unwrap_or_else(|| HEAT_RADIUS.into());
    let weight = property("heatmap-weight").unwrap_or_else(|| 1.into());
    let radius = scaled(&radius, &|radius| {
        // Areas grow with the weight.
        json!(["*", HEAT_SHARE, radius, ["sqrt", weight]])
    });
    let colour = property("heatmap-color").and_then(|ramp| dense_colour(&ramp));
    let mut circles = layer;
    circles.insert("type".into(), "circle".into());
    circles.insert(
        "paint".into(),
        json!({
            "circle-color": colour.unwrap_or_else(|| "#b2182b".into()),
            "circle-opacity": HEAT_OPACITY,
            "circle-radius": radius,
        }),
    );
    circles
}

/// Colour of high, not of the highest density.
fn dense_colour(ramp: &Value) -> Option<Value> {
    let parts = ramp.as_array()?;
    let colours: Vec<&Value> = parts.iter().skip(4).step_by(2).collect();
    let at = colours.len().checked_sub(2).or(colours.len().checked_sub(1))?;
    Some(colours[at].clone())
}

/// Doubles the radii of a circle layer: QGIS takes a radius for a diameter.
pub(super) fn double_circles(layer: &mut Map<String, Value>) {
    if kind(layer) != "circle" {
        return;
    }
    if let Some(Value::Object(paint)) = layer.get_mut("paint") {
        let radius = paint.get("circle-radius").cloned().unwrap_or_else(|| 5.into());
        let doubled = scaled(&radius, &|radius| match radius.as_f64() {
            Some(number) => json!(number * 2.0),
            None => json!(["*", 2, radius]),
        });
        paint.insert("circle-radius".into(), doubled);
    }
}

/// Applies `scale` to a value, or to the values at the zooms of an interpolation or step.
fn scaled(value: &Value, scale: &dyn Fn(Value) -> Value) -> Value {
    let zoom = json!(["zoom"]);
    let parts = value.as_array().map_or(&[][..], Vec::as_slice);
    let first = match parts {
        [Value::String(name), _, input, ..] if name == "interpolate" && *input == zoom => 4,
        [Value::String(name), input, ..] if name == "step" && *input == zoom => 2,
        _ => return scale(value.clone()),
    };
    let parts = parts.iter().enumerate().map(|(at, part)| {
        let is_output = at >= first && (at - first).is_multiple_of(2);
        if is_output { scale(part.clone()) } else { part.clone() }
    });
    parts.collect()
}

/// Reduces a name to one attribute: QGIS 3.22 reads no other text.
pub(super) fn simplify_names(layer: &mut Map<String, Value>) {
    let Some(Value::Object(layout)) = layer.get_mut("layout") else { return };
    let Some(field @ Value::Array(_)) = layout.get("text-field") else { return };
    let column = first_column(field).map(|column| json!(["get", column]));
    match column {
        Some(column) => layout.insert("text-field".into(), column),
        None => layout.shift_remove("text-field"),
    };
}

/// First attribute that an expression reads.
fn first_column(value: &Value) -> Option<&str> {
    match value {
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(name), Value::String(column)] if name == "get" => Some(column),
            [Value::String(name), ..] if name == "literal" || name == "has" => None,
            parts => parts.iter().find_map(first_column),
        },
        _ => None,
    }
}
