//! Areas by two numbers, three classes each.

use serde_json::Value;

use super::area_parts::{push_borders, push_cell_borders, push_hatching};
use super::conditions;
use super::expressions::{get, hex, step};
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::class_breaks::{BreakRequest, find_classes};
use crate::map_description::{BreakMethod, ClassBreaks, MapRepresentation, MapValue};
use crate::palettes;

/// Adds areas in nine colours.
pub(super) fn bivariate(style: &mut MapStyle<'_>, value: &MapValue, second: &MapValue) {
    let description = style.description;
    let cartography = &description.cartography;
    let rows = three_classes(value, &cartography.breaks);
    let columns = three_classes(second, &cartography.second_breaks);
    let colours = palettes::bivariate();
    let by_row: Vec<Value> = (0..=rows.len().min(2))
        .map(|row| {
            let cells: Vec<Value> = colours[row].into_iter().map(hex).collect();
            step(&get(&second.column), &columns, &cells)
        })
        .collect();
    let both = [value.column.as_str(), second.column.as_str()];
    push_hatching(style, &both);
    style.push(
        StylePart::new("fill", PartKind::Fill, &description.title)
            .filter(conditions::with_value(description, &both))
            .paint("fill-color", step(&get(&value.column), &rows, &by_row)),
    );
    if description.representation == Some(MapRepresentation::Grid) {
        push_cell_borders(style);
    } else {
        push_borders(style);
    }
}

/// Two breaks at most.
fn three_classes(value: &MapValue, declared: &ClassBreaks) -> Vec<f64> {
    let thirds = ClassBreaks::Method(BreakMethod::Quantile, 3);
    let breaks = match declared {
        ClassBreaks::Fixed(_) => declared,
        ClassBreaks::Method(BreakMethod::Automatic, _) => &thirds,
        ClassBreaks::Method(..) => declared,
    };
    let request = BreakRequest { breaks, zero_class: Some(false), middle: None };
    let mut found = find_classes(&value.summary.numbers, &request).breaks;
    found.truncate(2);
    found
}
