//! Density surface that gives way to points when near.

use serde_json::{Value, json};

use super::expressions::{by_zoom, get, tidy};
use super::map_style::MapStyle;
use super::points;
use super::style_part::{PartKind, StylePart};
use crate::colour::SrgbColour;

/// Zoom at which points take over.
const NEAR: f64 = 15.0;
/// Radius of the kernel by zoom, in pixels.
const RADII: [(f64, f64); 4] = [(10.0, 9.0), (12.0, 16.0), (14.0, 30.0), (16.0, 48.0)];

/// Adds a heat map at low zooms and points at high ones.
pub(super) fn heat(style: &mut MapStyle<'_>) {
    let description = style.description;
    let weight = weight(style);
    let count = style.feature_count();
    let intensity = RADII.map(|(zoom, radius)| (zoom, tidy_small(intensity(count, zoom, radius))));
    style.push(
        StylePart::new("heat", PartKind::Heatmap, &description.title)
            .below_zoom(NEAR + 1.0)
            .paint("heatmap-weight", weight)
            .paint("heatmap-intensity", by_zoom(&intensity))
            .paint("heatmap-radius", by_zoom(&RADII.map(|(zoom, radius)| (zoom, tidy(radius)))))
            .paint("heatmap-color", ramp(&style.palette().colours(6)))
            .paint("heatmap-opacity", by_zoom(&[(NEAR, 0.9), (NEAR + 1.0, 0.0)])),
    );
    points::points_from(style, NEAR);
}

/// Weight of a point: a share of a count or sum, else one for each point of a cluster.
fn weight(style: &MapStyle<'_>) -> Value {
    if let Some(value) = style.numeric_value().filter(|value| value.absolute) {
        let numbers = &value.summary.numbers;
        let mean = numbers.iter().sum::<f64>() / numbers.len().max(1) as f64;
        if mean > 0.0 {
            let share = json!(["/", get(&value.column), tidy(mean)]);
            return json!(["case", ["has", value.column], share, 0]);
        }
    }
    match style.description.clustered_below {
        Some(_) => json!(["case", ["has", "point_count"], get("point_count"), 1]),
        None => json!(1),
    }
}

/// Intensity at which twelve times the mean density of the points reaches the darkest colour.
///
/// The points are taken to spread over an area that fills 600 pixels square at zoom 12.5,
/// as a district does that opens on a screen. A kernel of radius r and weight 1 has a
/// volume of 0.28 r².
fn intensity(count: f64, zoom: f64, radius: f64) -> f64 {
    let side = 600.0 * 2f64.powf(zoom - 12.5);
    let density = count / (side * side);
    let mean = density * 0.28 * radius * radius;
    (1.0 / (12.0 * mean)).clamp(0.001, 1.5)
}

fn tidy_small(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}

/// Colours by density: none at zero, then from light to dark.
fn ramp(colours: &[SrgbColour]) -> Value {
    let SrgbColour { red, green, blue } = colours[0];
    let mut expression = vec![
        json!("interpolate"),
        json!(["linear"]),
        json!(["heatmap-density"]),
        json!(0),
        json!(format!("rgba({red}, {green}, {blue}, 0)")),
    ];
    for (place, colour) in colours.iter().enumerate() {
        expression.push(tidy(0.08 + 0.92 * place as f64 / (colours.len() - 1) as f64));
        expression.push(colour.to_string().into());
    }
    expression.into()
}
