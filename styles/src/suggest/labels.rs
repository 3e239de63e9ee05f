//! Names and figures on the map.

use serde_json::{Value, json};

use super::conditions;
use super::expressions::{by_zoom, get, hex, number_text, text};
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::layer_input::LayerGeometry;
use crate::map_description::{BilingualText, MapColumnKind, MapRepresentation, MapValue};
use crate::palettes;

/// Font of labels.
pub(super) const FONT: &str = "Pretendard GOV";
/// Smallest zoom with names where none is declared.
const NAMES_FROM: u8 = 15;
/// Longest unit that stands beside a figure, in characters.
const LONGEST_UNIT: usize = 4;

/// Adds the names of features, where the catalog declares a column of names.
pub(super) fn push_names(style: &mut MapStyle<'_>) {
    let description = style.description;
    let cartography = &description.cartography;
    let Some(column) = cartography.name_column.as_deref() else { return };
    if matches!(description.representation, Some(MapRepresentation::Grid | MapRepresentation::Flow))
    {
        return;
    }
    let at_labels = style.has_label_points();
    let from = cartography.names_from_zoom.unwrap_or(NAMES_FROM);
    let from = f64::from(from.max(min_zoom(style, column)));
    let on_line = description.geometry == LayerGeometry::Line;
    let part = StylePart::new("name", PartKind::Symbol, &text("이름", "Names"))
        .at_labels(at_labels)
        .filter([json!(["has", column])])
        .filter(conditions::single(description))
        .min_zoom(from);
    let part = with_text(part, names(style, column), get(column), 12.0);
    let part = if on_line {
        part.layout("symbol-placement", "line").layout("symbol-spacing", 300)
    } else if at_labels && !draws_points(style) {
        part.layout("text-max-width", 8)
    } else {
        part.layout("text-variable-anchor", json!(["top", "bottom", "right", "left"]))
            .layout("text-radial-offset", 1.1)
            .layout("text-justify", "auto")
            .layout("text-optional", true)
    };
    style.push(part);
}

/// Adds figures: of areas beneath the names that the base map has, of points beside them.
pub(super) fn push_figures(style: &mut MapStyle<'_>, value: &MapValue) {
    let description = style.description;
    let at_labels = style.has_label_points();
    if !at_labels && description.geometry != LayerGeometry::Point {
        return;
    }
    // Few features have room for figures as soon as the whole district fits the screen.
    let from = match style.feature_count() {
        count if count <= 60.0 => 12.0,
        count if count <= 400.0 => 14.0,
        _ => 16.0,
    };
    let fields = figure_texts(value);
    let part = StylePart::new("figure", PartKind::Symbol, &text("수치", "Figures"))
        .at_labels(at_labels)
        .filter(conditions::with_value(description, &[&value.column]))
        .min_zoom(from);
    let part = with_text(part, Some(fields.clone()), fields["ko"].clone(), 12.0);
    let part = if at_labels {
        part.layout("text-anchor", "top").layout("text-offset", json!([0, 1.0]))
    } else {
        part.layout("text-variable-anchor", json!(["top", "bottom", "right", "left"]))
            .layout("text-radial-offset", 0.9)
            .layout("symbol-sort-key", json!(["-", 0, get(&value.column)]))
    };
    style.push(part);
}

/// Figure with its unit by language, where the unit is short enough to be repeated.
fn figure_texts(value: &MapValue) -> Value {
    let figure = number_text(&value.column, value.decimals);
    let with_unit = |unit: &str, space: &str| match unit {
        "" => figure.clone(),
        unit => json!(["concat", figure, format!("{space}{unit}")]),
    };
    let (ko, en) = short_unit(value);
    let space = if en == "%" { "" } else { " " };
    json!({ "ko": with_unit(&ko, ""), "en": with_unit(&en, space) })
}

/// Unit in both languages where it is short enough to be repeated; else empty.
fn short_unit(value: &MapValue) -> (String, String) {
    let unit = value.unit.clone().unwrap_or_default();
    let BilingualText { ko, en } = unit;
    let short =
        |unit: String| if unit.chars().count() <= LONGEST_UNIT { unit } else { String::new() };
    (short(ko), short(en))
}

/// Text of names by language, where a column has the English ones.
fn names(style: &MapStyle<'_>, column: &str) -> Option<Value> {
    let english = english_column(style, column)?;
    Some(json!({ "ko": get(column), "en": ["coalesce", get(&english), get(column)] }))
}

/// Column with the English of a name: like it, with `eng` or `en` as one of its words.
fn english_column(style: &MapStyle<'_>, column: &str) -> Option<String> {
    let words = |name: &str| name.split('_').map(str::to_owned).collect::<Vec<_>>();
    let wanted = words(column);
    let texts = style.description.columns.iter().filter(|other| other.kind == MapColumnKind::Text);
    let is_english = |name: &str| {
        let all = words(name);
        let rest: Vec<String> =
            all.iter().filter(|word| !matches!(word.as_str(), "eng" | "en")).cloned().collect();
        rest.len() < all.len() && rest == wanted
    };
    texts.map(|other| other.name.as_str()).find(|name| is_english(name)).map(str::to_owned)
}

fn min_zoom(style: &MapStyle<'_>, column: &str) -> u8 {
    let column = style.description.columns.iter().find(|other| other.name == column);
    column.map_or(0, |column| column.min_zoom)
}

/// Whether marks stand at the points of labels.
fn draws_points(style: &MapStyle<'_>) -> bool {
    use MapRepresentation::{Circle, Symbol};
    matches!(style.description.representation, Some(Circle | Symbol))
}

/// Sets text, font, size and colours of a label.
fn with_text(part: StylePart, fields: Option<Value>, field: Value, size: f64) -> StylePart {
    let part = match fields {
        Some(fields) => part.metadata(crate::keys::TEXT_FIELD, fields),
        None => part,
    };
    part.layout("text-field", field)
        .layout("text-font", json!([FONT]))
        .layout("text-size", by_zoom(&[(12.0, size), (17.0, size + 2.0)]))
        .layout("text-padding", 3)
        .paint("text-color", hex(palettes::LABEL))
        .paint("text-halo-color", hex(palettes::HALO))
        .paint("text-halo-width", 1.6)
}
