//! Points as discs that grow into pictograms, and clusters of points.

use serde_json::{Value, json};

use super::category_colours::{CategoryColours, ColourUse};
use super::circles::push_rings;
use super::conditions;
use super::expressions::{by_zoom, get, hex, text, tidy};
use super::labels;
use super::map_style::MapStyle;
use super::number_colours::NumberColours;
use super::style_part::{PartKind, StylePart};
use crate::colour::contrast_ratio;
use crate::layer_input::LayerGeometry;
use crate::palettes;

/// Colours, pictograms and edge of discs.
struct DiscLook {
    fill: Value,
    edge: Value,
    icon: Option<Value>,
    icon_colour: Value,
    columns: Vec<String>,
}

/// Adds discs with pictograms, clusters and names.
pub(super) fn points(style: &mut MapStyle<'_>) {
    points_from(style, 0.0);
}

/// Adds the same from a zoom; clusters are left out if that is above zero.
pub(super) fn points_from(style: &mut MapStyle<'_>, zoom: f64) {
    let look = disc_look(style);
    let columns: Vec<&str> = look.columns.iter().map(String::as_str).collect();
    let at_labels = style.has_label_points();
    if !columns.is_empty() && !at_labels && zoom == 0.0 {
        push_rings(style, &columns);
    }
    push_discs(style, &look, at_labels, zoom);
    if let (Some(value), true) = (style.numeric_value(), zoom == 0.0) {
        labels::push_figures(style, value);
    }
    if zoom == 0.0 {
        push_clusters(style);
    }
}

fn disc_look(style: &MapStyle<'_>) -> DiscLook {
    let cartography = &style.description.cartography;
    let declared_icon = cartography.icon.as_deref();
    let halo = hex(palettes::HALO);
    let plain = DiscLook {
        fill: hex(style.palette().mark()),
        edge: halo.clone(),
        icon: declared_icon.map(Value::from),
        icon_colour: halo.clone(),
        columns: Vec::new(),
    };
    let Some(value) = &style.description.value else { return plain };
    let columns = vec![value.column.clone()];
    let few = cartography.categories.is_empty();
    if let (Some(value), true) = (style.numeric_value(), few) {
        let colours = NumberColours::new(style, value, cartography.dark);
        let on_disc = |colour| {
            let white = contrast_ratio(colour, palettes::HALO) >= 3.0;
            hex(if white { palettes::HALO } else { palettes::LABEL })
        };
        let on_discs: Vec<Value> = colours.colours.iter().copied().map(on_disc).collect();
        return DiscLook {
            fill: colours.expression(),
            edge: hex(palettes::CASING),
            icon: plain.icon,
            icon_colour: colours.choose(&on_discs, colours.zero.map(on_disc)),
            columns,
        };
    }
    let Some(colours) = CategoryColours::new(style, value, ColourUse::Marks) else { return plain };
    let edge = if colours.needs_edge() { hex(palettes::CASING) } else { halo };
    let icon = colours.icons(declared_icon).or(plain.icon);
    DiscLook { fill: colours.expression(), edge, icon, icon_colour: colours.icon_colour(), columns }
}

/// Zoom from which discs are large enough for pictograms: the more points, the nearer.
fn pictogram_zoom(style: &MapStyle<'_>) -> f64 {
    match style.feature_count() {
        count if count <= 60.0 => 12.5,
        count if count <= 250.0 => 13.5,
        count if count <= 1500.0 => 14.5,
        _ => 15.5,
    }
}

fn push_discs(style: &mut MapStyle<'_>, look: &DiscLook, at_labels: bool, zoom: f64) {
    let description = style.description;
    let from = pictogram_zoom(style).max(zoom);
    let columns: Vec<&str> = look.columns.iter().map(String::as_str).collect();
    let mut filter = conditions::with_value(description, &columns);
    if !at_labels {
        filter.extend(conditions::geometry(description, LayerGeometry::Point));
    }
    let smallest = (6.0 * style.feature_count().powf(-0.12)).clamp(2.6, 5.0);
    let nearest = if look.icon.is_some() { 10.0 } else { 7.0 };
    let radius = by_zoom(&[
        (10.0, tidy(smallest * 0.6)),
        (12.0, tidy(smallest)),
        (from, tidy(nearest * 0.95)),
        (from + 2.5, tidy(nearest * 1.3)),
    ]);
    let title = description.value.as_ref().map_or(&description.title, |value| &value.title);
    let mut discs = StylePart::new("point", PartKind::Circle, title);
    if zoom > 0.0 {
        discs = discs.min_zoom(zoom);
    }
    style.push(
        discs
            .at_labels(at_labels)
            .filter(filter.clone())
            .paint("circle-color", look.fill.clone())
            .paint("circle-radius", radius)
            .paint("circle-stroke-color", look.edge.clone())
            .paint("circle-stroke-width", by_zoom(&[(10.0, 0.5), (from, 1.2)])),
    );
    let Some(icon) = &look.icon else { return };
    style.push(
        StylePart::new("icon", PartKind::Symbol, &text("그림 기호", "Pictograms"))
            .at_labels(at_labels)
            .filter(filter)
            .min_zoom(from)
            .layout("icon-image", icon.clone())
            .layout("icon-size", by_zoom(&[(from, 0.68), (from + 2.5, 0.95)]))
            .layout("icon-allow-overlap", true)
            .layout("icon-ignore-placement", true)
            .paint("icon-color", look.icon_colour.clone()),
    );
}

/// Adds clusters with their number of points.
fn push_clusters(style: &mut MapStyle<'_>) {
    let description = style.description;
    let (Some(condition), Some(zoom)) =
        (conditions::cluster(description), description.clustered_below)
    else {
        return;
    };
    let radius = json!([
        "interpolate",
        ["linear"],
        ["sqrt", get("point_count")],
        1,
        8,
        5,
        12,
        15,
        18,
        50,
        26,
        150,
        36,
    ]);
    style.push(
        StylePart::new("cluster", PartKind::Circle, &text("묶은 점", "Clusters"))
            .filter([condition.clone()])
            .below_zoom(f64::from(zoom))
            .layout("circle-sort-key", json!(["-", 0, get("point_count")]))
            .paint("circle-color", hex(style.palette().edge()))
            .paint("circle-opacity", 0.88)
            .paint("circle-radius", radius)
            .paint("circle-stroke-color", hex(palettes::HALO))
            .paint("circle-stroke-width", 1.5),
    );
    style.push(
        StylePart::new(
            "cluster-count",
            PartKind::Symbol,
            &text("묶은 점의 수", "Points in clusters"),
        )
        .filter([condition])
        .below_zoom(f64::from(zoom))
        .layout("text-field", get("point_count_abbreviated"))
        .layout("text-font", json!([labels::FONT]))
        .layout("text-size", 12)
        .layout("text-allow-overlap", true)
        .paint("text-color", hex(palettes::HALO)),
    );
}
