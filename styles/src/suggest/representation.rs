//! Choice of a representation that a map's geometry and value allow.

use super::category_colours::few_whole_numbers;
use super::map_style::MapStyle;
use super::{bivariate, categories, circles, flows, heat, labels, lines, points, shaded_areas};
use crate::layer_input::LayerGeometry;
use crate::map_description::{ColourScheme, MapRepresentation, MapValue};

/// Adds all parts of a map.
pub(super) fn draw(style: &mut MapStyle<'_>) {
    match style.description.geometry {
        LayerGeometry::Polygon => draw_areas(style),
        LayerGeometry::Line => draw_lines(style),
        LayerGeometry::Point => draw_points(style),
        LayerGeometry::Mixed => {
            categories::areas(style);
            lines::lines(style);
            points::points(style);
        }
    }
    labels::push_names(style);
}

fn draw_areas(style: &mut MapStyle<'_>) {
    use MapRepresentation::{Category, Choropleth, Circle, Grid, Isochrone, Symbol};
    let description = style.description;
    let representation = description.representation.unwrap_or(Choropleth);
    if representation == Symbol && style.has_label_points() {
        return points::points(style);
    }
    let Some(value) = style.numeric_value() else { return categories::areas(style) };
    let second = description.second_value.as_ref();
    let bivariate = description.cartography.scheme == Some(ColourScheme::Bivariate);
    if let (true, Some(second)) = (bivariate, second) {
        return bivariate::bivariate(style, value, second);
    }
    match representation {
        Category if has_categories(style, value) => categories::areas(style),
        Isochrone => shaded_areas::isochrone(style, value),
        Circle if style.has_label_points() => circles::circles(style, value),
        Choropleth if value.absolute && style.has_label_points() => circles::circles(style, value),
        Grid => shaded_areas::grid(style, value),
        _ => shaded_areas::choropleth(style, value),
    }
}

/// Whether a number stands for categories.
fn has_categories(style: &MapStyle<'_>, value: &MapValue) -> bool {
    !style.description.cartography.categories.is_empty() || !few_whole_numbers(value).is_empty()
}

fn draw_lines(style: &mut MapStyle<'_>) {
    let value = style.numeric_value();
    match (style.description.representation, value) {
        (Some(MapRepresentation::Flow), Some(value)) => flows::flows(style, value),
        _ => lines::lines(style),
    }
}

fn draw_points(style: &mut MapStyle<'_>) {
    use MapRepresentation::{Circle, Heat};
    let value = style.numeric_value();
    match (style.description.representation, value) {
        (Some(Heat), _) => heat::heat(style),
        (Some(Circle), Some(value)) => circles::circles(style, value),
        (None, Some(value)) if value.absolute => circles::circles(style, value),
        _ => points::points(style),
    }
}
