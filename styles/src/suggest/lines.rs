//! Lines by number or category, with an edge beneath.

use serde_json::{Value, json};

use super::category_colours::{CategoryColours, ColourUse};
use super::conditions;
use super::expressions::{by_zoom, hex, text, tidy};
use super::map_style::MapStyle;
use super::number_colours::NumberColours;
use super::style_part::{PartKind, StylePart};
use crate::layer_input::LayerGeometry;
use crate::palettes;

/// Adds lines in the colours of their classes, or in one colour without any.
pub(super) fn lines(style: &mut MapStyle<'_>) {
    let description = style.description;
    let dark = description.cartography.dark;
    let few = description.cartography.categories.is_empty();
    let value = description.value.as_ref();
    let numbers = style.numeric_value().filter(|_| few);
    let (colour, columns, method) = match (numbers, value) {
        (Some(value), _) => {
            let colours = NumberColours::new(style, value, dark);
            (colours.expression(), vec![value.column.as_str()], Some(colours.method_name()))
        }
        (None, Some(value)) => match CategoryColours::new(style, value, ColourUse::Marks) {
            Some(colours) => (colours.expression(), vec![value.column.as_str()], None),
            None => (hex(style.palette().mark()), Vec::new(), None),
        },
        (None, None) => (hex(style.palette().mark()), Vec::new(), None),
    };
    let lines = conditions::geometry(description, LayerGeometry::Line);
    let title = value.map_or(&description.title, |value| &value.title);
    if !columns.is_empty() {
        push_missing(style, &columns);
    }
    let filter: Vec<Value> =
        conditions::with_value(description, &columns).into_iter().chain(lines).collect();
    push_casing(style, &filter);
    let mut part = line("line", title, 0.0).filter(filter).paint("line-color", colour);
    if let Some(method) = method {
        part = part.metadata("policy-map:break-method", method);
    }
    style.push(part);
}

/// Adds a dark edge, against which pale classes stand out.
fn push_casing(style: &mut MapStyle<'_>, filter: &[Value]) {
    let part = line("casing", &text("선 테두리", "Line edges"), 1.4)
        .filter(filter.iter().cloned())
        .paint("line-color", hex(palettes::CASING));
    style.push(part);
}

/// Adds dashed grey lines for features without data and suppressed ones.
fn push_missing(style: &mut MapStyle<'_>, columns: &[&str]) {
    let description = style.description;
    let lines = conditions::geometry(description, LayerGeometry::Line);
    style.push(
        // Often the most: thin and pale, so that they don't hide the others.
        line("missing", &text("자료 없음", "No data"), -2.0)
            .filter(conditions::without_value(description, columns))
            .filter(lines.clone())
            .paint("line-color", hex(palettes::OTHER_AREA))
            .paint("line-dasharray", json!([2, 2])),
    );
    if let (Some(condition), Some(title)) =
        (conditions::suppressed(description), &description.suppressed)
    {
        style.push(
            line("suppressed", title, -0.8)
                .filter([condition])
                .filter(lines)
                .paint("line-color", hex(palettes::MISSING_MARK))
                .paint("line-dasharray", json!([0.5, 1.5])),
        );
    }
}

/// Line that grows with the zoom, wider by so many pixels.
fn line(
    name: &'static str,
    title: &crate::map_description::BilingualText,
    wider: f64,
) -> StylePart {
    let width = |width: f64| tidy((width + wider).max(0.6));
    let cap = if wider < 0.0 { "butt" } else { "round" };
    StylePart::new(name, PartKind::Line, title)
        .layout("line-cap", cap)
        .layout("line-join", "round")
        .paint(
            "line-width",
            by_zoom(&[
                (10.0, width(1.2)),
                (13.0, width(2.4)),
                (16.0, width(5.0)),
                (18.0, width(7.0)),
            ]),
        )
}
