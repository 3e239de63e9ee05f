//! Areas by category, and areas of one kind.

use serde_json::{Value, json};

use super::area_parts::{push_borders, push_cell_borders, push_hatching};
use super::category_colours::{CategoryColours, ColourUse};
use super::conditions;
use super::expressions::{by_zoom, hex, tidy};
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::layer_input::LayerGeometry;
use crate::map_description::{BilingualText, MapRepresentation};

/// Adds areas in the colours of their categories, or in one colour without any.
pub(super) fn areas(style: &mut MapStyle<'_>) {
    let description = style.description;
    let polygons = conditions::geometry(description, LayerGeometry::Polygon);
    let value = description.value.as_ref();
    let colours = value.and_then(|value| CategoryColours::new(style, value, ColourUse::Areas));
    let columns: Vec<&str> = match (&colours, value) {
        (Some(_), Some(value)) => vec![&value.column],
        _ => Vec::new(),
    };
    let title = value.map_or(&description.title, |value| &value.title);
    if !columns.is_empty() {
        push_hatching(style, &columns);
    }
    let (fill, edge) = match &colours {
        Some(colours) => (colours.expression(), colours.edges()),
        None => {
            let shades = style.palette().colours(5);
            (hex(shades[1]), hex(style.palette().mark()))
        }
    };
    let filter: Vec<Value> =
        conditions::with_value(description, &columns).into_iter().chain(polygons).collect();
    style.push(
        StylePart::new("fill", PartKind::Fill, title)
            .filter(filter.clone())
            .paint("fill-color", fill),
    );
    match description.representation {
        Some(MapRepresentation::Grid) => push_cell_borders(style),
        Some(MapRepresentation::Choropleth) => push_borders(style),
        _ => push_edges(style, title, filter, edge),
    }
}

/// Adds edges in a darker colour, which keep areas smaller than a pixel in sight.
fn push_edges(style: &mut MapStyle<'_>, title: &BilingualText, filter: Vec<Value>, colour: Value) {
    let far = if style.feature_count() < 400.0 { 1.2 } else { 0.4 };
    let widths = [(10.0, tidy(far)), (14.0, tidy(far.max(0.6))), (17.0, json!(1.6))];
    style.push(
        StylePart::new("outline", PartKind::Line, title)
            .filter(filter)
            .layout("line-join", "round")
            .paint("line-color", colour)
            .paint("line-width", by_zoom(&widths)),
    );
}
