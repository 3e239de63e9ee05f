//! Swatches in the shape of the mark.

use super::canvas::Canvas;
use crate::map_legend::content::LegendClass;

const WIDTH: f64 = 26.0;
const HEIGHT: f64 = 15.0;
/// Largest radius of a circle in a row.
const MOST_RADIUS: f64 = 9.0;

/// Draws the swatch of a class, from `x` on and about the middle `y`.
pub(super) fn draw_swatch(
    canvas: &mut Canvas,
    mark: &str,
    class: &LegendClass,
    (x, y): (f64, f64),
) {
    let colour = class.color.as_deref().unwrap_or("none");
    let edge = class.outline.as_deref().zip(class.outline_width);
    match mark {
        "line" => {
            let width = class.size.unwrap_or(2.0).clamp(1.0, 8.0);
            if let Some((edge, edge_width)) = edge {
                let whole = width + 2.0 * edge_width.min(3.0);
                canvas.line((x, y), (x + WIDTH, y), edge, whole, &[]);
            }
            canvas.line((x, y), (x + WIDTH, y), colour, width, &class.dashes);
        }
        "circle" | "cluster" | "symbol" => draw_point(canvas, class, (x + WIDTH / 2.0, y)),
        _ => {
            let corner = (x, y - HEIGHT / 2.0);
            // Pale classes on white need an edge that the map's ground gives them there.
            let edge = Some(edge.filter(|edge| edge.1 >= 1.0).unwrap_or(("#b5b9bf", 0.75)));
            canvas.swatch(corner, (WIDTH, HEIGHT), (colour, class.opacity), edge);
            if let Some(pattern) = class.pattern.as_deref().and_then(|name| canvas.pattern(name)) {
                canvas.swatch(corner, (WIDTH, HEIGHT), (&pattern, 1.0), edge);
            }
        }
    }
}

fn draw_point(canvas: &mut Canvas, class: &LegendClass, centre: (f64, f64)) {
    let edge = class.outline.as_deref().zip(class.outline_width);
    let icon_colour = class.icon_color.as_deref();
    match (&class.color, &class.icon) {
        (Some(colour), icon) => {
            // A pictogram needs more room than the dot that the map begins with.
            let least = if icon.is_some() { MOST_RADIUS } else { 3.0 };
            let radius = class.size.unwrap_or(6.0).clamp(least, MOST_RADIUS);
            canvas.circle(centre, radius, colour, class.opacity, edge);
            if let Some(icon) = icon {
                canvas.pictogram(icon, centre, 12.0, icon_colour.unwrap_or("#ffffff"));
            }
        }
        (None, Some(icon)) => {
            canvas.pictogram(icon, centre, 17.0, icon_colour.unwrap_or("#1c1f23"));
        }
        (None, None) => {}
    }
}
