//! Parts that all maps of areas have: hatching and borders.

use serde_json::json;

use super::conditions;
use super::expressions::{by_zoom, hex, text, tidy};
use super::map_style::MapStyle;
use super::style_part::{PartKind, StylePart};
use crate::layer_input::LayerGeometry;
use crate::palettes;

/// Adds areas without data, suppressed ones, and those that the measure does not apply to.
pub(super) fn push_hatching(style: &mut MapStyle<'_>, columns: &[&str]) {
    let description = style.description;
    let polygons = conditions::geometry(description, LayerGeometry::Polygon);
    if let Some(condition) = conditions::not_applicable(description) {
        let declared = description.cartography.not_applicable.as_ref();
        let title = declared.map(|declared| declared.title.clone()).unwrap_or_default();
        let title =
            if title.ko.is_empty() { text("해당 없음", "Not applicable") } else { title };
        style.push(
            StylePart::new("not-applicable", PartKind::Fill, &title)
                .filter([condition])
                .filter(polygons.clone())
                .paint("fill-pattern", "not-applicable"),
        );
    }
    style.push(
        StylePart::new("missing", PartKind::Fill, &text("자료 없음", "No data"))
            .filter(conditions::without_value(description, columns))
            .filter(polygons.clone())
            .paint("fill-pattern", "hatch-missing"),
    );
    if let (Some(condition), Some(title)) =
        (conditions::suppressed(description), &description.suppressed)
    {
        style.push(
            StylePart::new("suppressed", PartKind::Fill, title)
                .filter([condition])
                .filter(polygons)
                .paint("fill-pattern", "hatch-suppressed"),
        );
    }
}

/// Adds white borders between areas.
pub(super) fn push_borders(style: &mut MapStyle<'_>) {
    let polygons = conditions::geometry(style.description, LayerGeometry::Polygon);
    // Many small areas leave no room for borders when seen from afar.
    let far = (40.0 / style.feature_count().sqrt()).clamp(0.1, 1.0);
    style.push(
        StylePart::new("outline", PartKind::Line, &text("경계", "Borders"))
            .filter(polygons)
            .layout("line-join", "round")
            .paint("line-color", hex(palettes::HALO))
            .paint(
                "line-width",
                by_zoom(&[(10.0, tidy(far * 0.5)), (13.0, tidy(far)), (16.0, json!(1.5))]),
            ),
    );
}

/// Adds white borders of grid cells, from the zoom at which single cells are looked at.
pub(super) fn push_cell_borders(style: &mut MapStyle<'_>) {
    style.push(
        StylePart::new("outline", PartKind::Line, &text("격자 경계", "Cell borders"))
            .min_zoom(14.0)
            .paint("line-color", hex(palettes::HALO))
            .paint("line-opacity", by_zoom(&[(14.0, 0.0), (15.0, 0.7)]))
            .paint("line-width", by_zoom(&[(14.0, 0.3), (17.0, 1.0)])),
    );
}
