//! Circles whose areas grow with a number.

use serde_json::{Value, json};

use super::area_parts::{push_borders, push_hatching};
use super::conditions;
use super::expressions::{by_zoom, get, hex, text, tidy};
use super::labels;
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::map_description::{BilingualText, MapValue};
use crate::palettes;

/// Zooms of a map, and the size of circles there relative to zoom 12.5.
const SIZES: [(f64, f64); 5] = [(10.0, 0.4), (12.5, 1.0), (14.0, 1.5), (16.0, 2.2), (18.0, 2.8)];
/// Radius of the smallest circle at zoom 12.5, in pixels.
const SMALLEST: f64 = 2.0;

/// Adds circles by area of value; of areas at their label points.
pub(super) fn circles(style: &mut MapStyle<'_>, value: &MapValue) {
    let at_labels = style.has_label_points();
    if at_labels {
        push_ground(style, value);
    }
    push_circles(style, value, at_labels);
    push_missing(style, value, at_labels);
    labels::push_figures(style, value);
}

/// Adds pale areas beneath the circles.
fn push_ground(style: &mut MapStyle<'_>, value: &MapValue) {
    style.push(
        StylePart::new("area", PartKind::Fill, &text("구역", "Areas"))
            .filter(conditions::with_value(style.description, &[&value.column]))
            .paint("fill-color", hex(palettes::ZERO)),
    );
    push_hatching(style, &[&value.column]);
    push_borders(style);
}

fn push_circles(style: &mut MapStyle<'_>, value: &MapValue, at_labels: bool) {
    let description = style.description;
    let amount = amount(style, value);
    let scale = RadiusScale::new(style, value);
    let stops = SIZES.map(|(zoom, size)| (zoom, scale.expression(&amount, size)));
    let mut conditions = conditions::with_value(description, &[&value.column]);
    // Clusters carry sums, which circles show as they show single numbers.
    let single = conditions::single(description);
    conditions.retain(|condition| Some(condition) != single.as_ref());
    style.push(
        StylePart::new("circle", PartKind::Circle, &value.title)
            .at_labels(at_labels)
            .filter(conditions)
            .metadata("policy-map:reference-value", super::expressions::number(scale.reference))
            .layout("circle-sort-key", json!(["-", 0, amount]))
            .paint("circle-color", colour(style, value))
            .paint("circle-opacity", 0.85)
            .paint("circle-radius", by_zoom(&stops))
            .paint("circle-stroke-color", hex(palettes::HALO))
            .paint("circle-stroke-width", by_zoom(&[(10.0, 0.5), (14.0, 1.0)])),
    );
}

/// Amount that a circle's area stands for: the distance from the middle of a diverging scheme.
fn amount(style: &MapStyle<'_>, value: &MapValue) -> Value {
    match style.middle(value) {
        Some(0.0) => json!(["abs", get(&value.column)]),
        Some(middle) => json!(["abs", ["-", get(&value.column), middle]]),
        None => json!(["max", 0, get(&value.column)]),
    }
}

fn colour(style: &MapStyle<'_>, value: &MapValue) -> Value {
    let column = get(&value.column);
    let zeros = value.summary.numbers.binary_search_by(|number| number.total_cmp(&0.0)).is_ok();
    let mut expression = vec![json!("case")];
    let otherwise = match style.middle(value) {
        Some(middle) => {
            let [low, high] = style.diverging_palette().marks();
            let middle = super::expressions::number(middle);
            expression.push(json!(["<", column, middle]));
            expression.push(hex(low));
            expression.push(json!(["==", column, middle]));
            expression.push(hex(palettes::OTHER));
            hex(high)
        }
        None if zeros => {
            expression.push(json!(["==", column, 0]));
            expression.push(hex(palettes::OTHER));
            hex(style.palette().mark())
        }
        None => return hex(style.palette().mark()),
    };
    expression.push(otherwise);
    expression.into()
}

/// Adds small rings for features without data and suppressed ones.
fn push_missing(style: &mut MapStyle<'_>, value: &MapValue, at_labels: bool) {
    if at_labels {
        return;
    }
    push_rings(style, &[&value.column]);
}

/// Adds small rings at points without data and at suppressed ones.
pub(super) fn push_rings(style: &mut MapStyle<'_>, columns: &[&str]) {
    let description = style.description;
    let ring = |name: &'static str, title: &BilingualText, width: f64| {
        StylePart::new(name, PartKind::Circle, title)
            .paint("circle-color", hex(palettes::NO_DATA))
            .paint("circle-radius", by_zoom(&[(10.0, 1.5), (13.0, 2.5), (16.0, 5.0)]))
            .paint("circle-stroke-color", hex(palettes::MISSING_MARK))
            .paint("circle-stroke-width", width)
    };
    let missing = ring("missing", &text("자료 없음", "No data"), 1.0)
        .filter(conditions::without_value(description, columns));
    style.push(missing);
    if let (Some(condition), Some(title)) =
        (conditions::suppressed(description), &description.suppressed)
    {
        style.push(ring("suppressed", title, 2.5).filter([condition]));
    }
}

/// Radius by the square root of an amount, so that areas are proportional.
struct RadiusScale {
    /// Amount with the reference radius: the greatest, unless it stands alone.
    reference: f64,
    /// Radius of the reference at zoom 12.5, in pixels.
    radius: f64,
}

impl RadiusScale {
    fn new(style: &MapStyle<'_>, value: &MapValue) -> Self {
        let middle = style.middle(value).unwrap_or_default();
        let mut amounts: Vec<f64> =
            value.summary.numbers.iter().map(|number| (number - middle).abs()).collect();
        amounts.sort_by(f64::total_cmp);
        let greatest = amounts.last().copied().unwrap_or(1.0);
        let usual = amounts.get(amounts.len() * 99 / 100).copied().unwrap_or(greatest);
        let reference = usual.max(greatest / 3.0).max(f64::MIN_POSITIVE);
        let radius = (90.0 * style.feature_count().powf(-0.3)).clamp(7.0, 26.0);
        Self { reference, radius }
    }

    /// Radius at a zoom, for circles up to four times the reference.
    fn expression(&self, amount: &Value, size: f64) -> Value {
        let full = self.radius * size;
        let smallest = SMALLEST * size.max(0.6);
        let root = self.reference.sqrt();
        let precise = |number: f64| {
            let text = format!("{number:.6e}");
            json!(text.parse::<f64>().unwrap_or(number))
        };
        json!([
            "interpolate",
            ["linear"],
            ["sqrt", amount],
            precise(root * smallest / full),
            tidy(smallest),
            precise(root),
            tidy(full),
            precise(root * 2.0),
            tidy(full * 2.0),
        ])
    }
}
