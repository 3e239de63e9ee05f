//! Paints: the attributes that features of one look share.

use crate::expression::{EvaluationContext, ExpressionValue, StyleColour};
use crate::parsed_layer::{LayerKind, ParsedLayer};

/// Attributes of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Paint {
    /// Attributes of SVG.
    pub(super) attributes: String,
    /// Pattern in the attributes.
    pub(super) pattern: Option<String>,
}

impl Paint {
    /// Paints of a feature, from the bottom up; empty where it can't be seen.
    pub(super) fn of(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Vec<Self> {
        match layer.kind {
            LayerKind::Fill => fill(layer, context).into_iter().collect(),
            LayerKind::Line => line(layer, context).into_iter().collect(),
            LayerKind::Circle => circle(layer, context),
            LayerKind::Symbol => symbol(layer, context).into_iter().collect(),
            LayerKind::Heatmap | LayerKind::Background | LayerKind::Other => Vec::new(),
        }
    }

    fn new(attributes: String) -> Self {
        Self { attributes, pattern: None }
    }
}

fn fill(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Option<Paint> {
    let opacity = layer.number("fill-opacity", 1.0, context);
    if let Some(pattern) = layer.text("fill-pattern", context) {
        let attributes = format!("fill=\"url(#{pattern})\"{}", opacity_attribute("", opacity));
        crate::symbols::pattern(&pattern)?;
        return Some(Paint { attributes, pattern: Some(pattern) });
    }
    let colour = layer.colour("fill-color", context).unwrap_or(StyleColour::BLACK);
    let opacity = opacity * colour.alpha;
    let colour = colour.to_hexadecimal();
    // A thin edge of the same colour closes the seams between neighbours.
    let attributes = format!(
        "fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\"1\"{}",
        opacity_attribute("", opacity)
    );
    (opacity > 0.0).then(|| Paint::new(attributes))
}

fn line(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Option<Paint> {
    let colour = layer.colour("line-color", context).unwrap_or(StyleColour::BLACK);
    let opacity = layer.number("line-opacity", 1.0, context) * colour.alpha;
    let width = layer.number("line-width", 1.0, context);
    if opacity <= 0.0 || width <= 0.0 {
        return None;
    }
    let dashes = match layer.value("line-dasharray", context) {
        Some(ExpressionValue::List(items)) => {
            let items = items.iter().filter_map(ExpressionValue::number);
            let items: Vec<_> = items.map(|dash| units(dash * width)).collect();
            format!(" stroke-dasharray=\"{}\"", items.join(" "))
        }
        _ => String::new(),
    };
    Some(Paint::new(format!(
        "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dashes}{}",
        colour.to_hexadecimal(),
        units(width),
        opacity_attribute("stroke-", opacity)
    )))
}

fn circle(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Vec<Paint> {
    let radius = layer.number("circle-radius", 5.0, context).max(0.0);
    let edge_width = layer.number("circle-stroke-width", 0.0, context);
    let edge = layer.colour("circle-stroke-color", context).unwrap_or(StyleColour::BLACK);
    let edge_opacity = layer.number("circle-stroke-opacity", 1.0, context);
    let colour = layer.colour("circle-color", context).unwrap_or(StyleColour::BLACK);
    let opacity = layer.number("circle-opacity", 1.0, context);
    let mut paints = Vec::new();
    if edge_width > 0.0 {
        paints.extend(dot(edge, edge_opacity, radius + edge_width));
    }
    paints.extend(dot(colour, opacity, radius));
    paints
}

/// A pictogram as a dot: at this size its drawing can't be told.
fn symbol(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Option<Paint> {
    layer.text("icon-image", context)?;
    let grey = StyleColour { red: 0.33, green: 0.35, blue: 0.38, alpha: 1.0 };
    let colour = layer.colour("icon-color", context).unwrap_or(grey);
    let size = layer.number("icon-size", 1.0, context);
    dot(colour, layer.number("icon-opacity", 1.0, context), 3.0 * size.clamp(0.5, 2.0))
}

/// A point as a round cap.
fn dot(colour: StyleColour, opacity: f64, radius: f64) -> Option<Paint> {
    let opacity = opacity * colour.alpha;
    // Sizes in steps of half a pixel, so that circles of about the same size share a path.
    let width = (radius * 4.0).round() / 2.0;
    (opacity > 0.0 && width > 0.0).then(|| {
        Paint::new(format!(
            "fill=\"none\" stroke=\"{}\" stroke-linecap=\"round\" stroke-width=\"{}\"{}",
            colour.to_hexadecimal(),
            units(width),
            opacity_attribute("stroke-", opacity)
        ))
    })
}

/// Pixels in the units of path data, with one decimal place.
fn units(pixels: f64) -> String {
    let units = pixels * f64::from(super::path_text::UNITS);
    ((units * 10.0).round() / 10.0).to_string()
}

fn opacity_attribute(part: &str, opacity: f64) -> String {
    if opacity >= 0.995 {
        return String::new();
    }
    format!(" {part}opacity=\"{}\"", (opacity * 100.0).round() / 100.0)
}
