//! Areas and grid cells shaded by a number.

use serde_json::{Value, json};

use super::area_parts::{push_borders, push_cell_borders, push_hatching};
use super::conditions;
use super::expressions::{by_zoom, hex};
use super::labels;
use super::map_style::MapStyle;
use super::number_colours::NumberColours;
use super::style_part::{PartKind, StylePart};
use crate::layer_input::LayerGeometry;
use crate::map_description::{MapValue, ValueEnd};

/// Adds areas shaded by a rate, with their borders and figures.
pub(super) fn choropleth(style: &mut MapStyle<'_>, value: &MapValue) {
    push_hatching(style, &[&value.column]);
    push_classes(style, value, style.description.cartography.dark, None);
    push_borders(style);
    labels::push_figures(style, value);
}

/// Adds grid cells shaded by a number; their borders show from zoom 14.
pub(super) fn grid(style: &mut MapStyle<'_>, value: &MapValue) {
    push_hatching(style, &[&value.column]);
    push_classes(style, value, style.description.cartography.dark, None);
    push_cell_borders(style);
    labels::push_figures(style, value);
}

/// Adds areas reachable within a time: the nearest are darkest and lie on top.
pub(super) fn isochrone(style: &mut MapStyle<'_>, value: &MapValue) {
    let minutes = is_minutes(value);
    let dark = if minutes { ValueEnd::Low } else { style.description.cartography.dark };
    let order = minutes.then(|| json!(["-", 0, ["get", value.column]]));
    push_hatching(style, &[&value.column]);
    push_classes(style, value, dark, order);
    style.push(
        StylePart::new("outline", PartKind::Line, &value.title)
            .filter(conditions::with_value(style.description, &[&value.column]))
            .layout("line-join", "round")
            .paint("line-color", hex(style.palette().edge()))
            .paint("line-opacity", 0.6)
            .paint("line-width", by_zoom(&[(11.0, 0.4), (16.0, 1.2)])),
    );
}

/// Whether a value is a time to reach something.
fn is_minutes(value: &MapValue) -> bool {
    let unit = value.unit.as_ref().is_some_and(|unit| unit.ko == "분" || unit.en == "min");
    unit || value.column.contains("minute")
}

/// Adds areas in the colours of their classes.
fn push_classes(style: &mut MapStyle<'_>, value: &MapValue, dark: ValueEnd, order: Option<Value>) {
    let description = style.description;
    let colours = NumberColours::new(style, value, dark);
    let mut part = StylePart::new("fill", PartKind::Fill, &value.title)
        .metadata("policy-map:break-method", colours.method_name())
        .filter(conditions::with_value(description, &[&value.column]))
        .filter(conditions::geometry(description, LayerGeometry::Polygon))
        .paint("fill-color", colours.expression());
    if let Some(order) = order {
        part = part.layout("fill-sort-key", order);
    }
    style.push(part);
}
