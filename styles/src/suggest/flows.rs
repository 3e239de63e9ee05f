//! Flows between places: lines with widths by volume, and arrows.

use serde_json::{Value, json};

use super::conditions;
use super::expressions::{by_zoom, get, hex, number, text, tidy};
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::class_breaks::quantile;
use crate::map_description::MapValue;
use crate::palettes;

/// Flows that are drawn at a zoom and above; all are from the last.
const THINNED: [(f64, f64); 3] = [(0.0, 40.0), (13.0, 120.0), (14.5, 400.0)];
/// Zoom from which all flows are drawn.
const ALL_FROM: f64 = 16.0;

/// Adds flows, the largest on top; the smallest show when near.
pub(super) fn flows(style: &mut MapStyle<'_>, value: &MapValue) {
    let description = style.description;
    let thresholds = thresholds(style, value);
    let mut filter = conditions::with_value(description, &[&value.column]);
    filter.extend(thinning(value, &thresholds));
    let greatest = value.summary.numbers.last().copied().unwrap_or(1.0).max(1.0);
    let width = |widest: f64| {
        json!([
            "interpolate",
            ["linear"],
            get(&value.column),
            0,
            0.6,
            number(greatest),
            tidy(widest)
        ])
    };
    let widths =
        [(10.0, 4.0), (12.5, 8.0), (16.0, 18.0)].map(|(zoom, widest)| (zoom, width(widest)));
    style.push(
        StylePart::new("line", PartKind::Line, &value.title)
            .filter(filter.clone())
            .layout("line-cap", "butt")
            .layout("line-join", "round")
            .layout("line-sort-key", get(&value.column))
            .paint("line-color", colour(style, value, &thresholds))
            .paint("line-opacity", 0.85)
            .paint("line-width", by_zoom(&widths)),
    );
    style.push(
        StylePart::new("arrow", PartKind::Symbol, &text("방향", "Direction"))
            .filter(filter)
            .layout("symbol-placement", "line-center")
            .layout("symbol-sort-key", json!(["-", 0, get(&value.column)]))
            .layout("icon-image", "chevron")
            .layout("icon-size", by_zoom(&[(11.0, 0.45), (16.0, 0.9)]))
            .layout("icon-rotation-alignment", "map")
            .layout("icon-padding", 0)
            .paint("icon-color", hex(style.palette().edge()))
            .paint("icon-halo-color", hex(palettes::HALO))
            .paint("icon-halo-width", 1.5),
    );
}

/// Smallest values that are drawn, by zoom.
fn thresholds(style: &MapStyle<'_>, value: &MapValue) -> Vec<(f64, f64)> {
    let numbers = &value.summary.numbers;
    let count = style.feature_count();
    let threshold = |(zoom, wanted): (f64, f64)| {
        let share = (wanted / count).clamp(0.0, 1.0);
        let place = ((1.0 - share) * numbers.len() as f64) as usize;
        (zoom, numbers.get(place).copied().unwrap_or_default())
    };
    THINNED.map(threshold).to_vec()
}

/// Condition that leaves out small flows at low zooms; `None` where there are few.
fn thinning(value: &MapValue, thresholds: &[(f64, f64)]) -> Option<Value> {
    let least = value.summary.numbers.first().copied()?;
    let (_, first) = *thresholds.first()?;
    if first <= least {
        return None;
    }
    let mut by_zoom = vec![json!("step"), json!(["zoom"]), number(first)];
    for (zoom, threshold) in &thresholds[1..] {
        by_zoom.push(tidy(*zoom));
        by_zoom.push(number(*threshold));
    }
    by_zoom.push(tidy(ALL_FROM));
    by_zoom.push(json!(0));
    Some(json!([">=", get(&value.column), by_zoom]))
}

/// Darker colours for larger flows.
///
/// The classes are thirds of the flows that are drawn when far.
fn colour(style: &MapStyle<'_>, value: &MapValue, thresholds: &[(f64, f64)]) -> Value {
    let numbers = &value.summary.numbers;
    let least = thresholds.first().map_or(0.0, |(_, least)| *least);
    let numbers = &numbers[numbers.partition_point(|number| *number < least)..];
    let shades = style.palette().colours(6);
    let mut breaks = quantile(numbers, 3);
    breaks.dedup();
    let distinct = breaks.len() == 2 && breaks[0] > numbers.first().copied().unwrap_or_default();
    if !distinct {
        return hex(style.palette().mark());
    }
    let [low, high] = [breaks[0].round(), breaks[1].round()];
    if low >= high {
        return hex(style.palette().mark());
    }
    json!([
        "step",
        get(&value.column),
        hex(shades[2]),
        number(low),
        hex(shades[3]),
        number(high),
        hex(shades[4]),
    ])
}
