//! Look of a mark for one feature.

use crate::expression::{EvaluationContext, StyleColour};
use crate::parsed_layer::{LayerKind, ParsedLayer};

/// Look of a mark for one feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MarkLook {
    /// Colour, with its own opacity but without that of the mark.
    pub colour: Option<StyleColour>,
    /// Opacity of the mark, from 0 to 1.
    pub opacity: f64,
    /// Name of the pattern that fills an area or a line.
    pub pattern: Option<String>,
    /// Name of the pictogram.
    pub icon: Option<String>,
    /// Colour of a pictogram that is recoloured.
    pub icon_colour: Option<StyleColour>,
    /// Radius of a circle, width of a line or scale of a pictogram; 0 for areas.
    pub size: f64,
    /// Edge of an area or circle, or the wider line beneath a line.
    pub outline: Option<Outline>,
    /// Lengths of dashes and gaps in line widths; empty for a solid line.
    pub dashes: Vec<f64>,
}

/// Edge of a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outline {
    /// Colour, with all opacities.
    pub colour: StyleColour,
    /// Width in pixels.
    pub width: f64,
}

impl MarkLook {
    /// Look of a feature that this layer draws; `None` where nothing of it can be seen.
    pub(super) fn of(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Option<Self> {
        let colour = |name: &str| layer.colour(name, context);
        let number = |name: &str, default: f64| layer.number(name, default, context);
        let text = |name: &str| layer.text(name, context);
        let look = match layer.kind {
            LayerKind::Fill => Self {
                colour: colour("fill-color").or(Some(StyleColour::BLACK)),
                opacity: number("fill-opacity", 1.0),
                pattern: text("fill-pattern"),
                outline: colour("fill-outline-color").map(|colour| Outline { colour, width: 1.0 }),
                ..Self::default()
            },
            LayerKind::Line => Self {
                colour: colour("line-color").or(Some(StyleColour::BLACK)),
                opacity: number("line-opacity", 1.0),
                pattern: text("line-pattern"),
                size: number("line-width", 1.0),
                dashes: dashes(layer, context),
                ..Self::default()
            },
            LayerKind::Circle => Self {
                colour: colour("circle-color").or(Some(StyleColour::BLACK)),
                opacity: number("circle-opacity", 1.0),
                size: number("circle-radius", 5.0),
                outline: circle_outline(layer, context),
                ..Self::default()
            },
            LayerKind::Symbol => Self {
                icon: Some(text("icon-image")?),
                icon_colour: colour("icon-color"),
                opacity: number("icon-opacity", 1.0),
                size: number("icon-size", 1.0),
                ..Self::default()
            },
            LayerKind::Heatmap | LayerKind::Background | LayerKind::Other => return None,
        };
        look.is_visible(layer.kind).then_some(look)
    }

    fn is_visible(&self, kind: LayerKind) -> bool {
        let edge = self.outline.is_some_and(|edge| edge.colour.alpha > 0.0 && edge.width > 0.0);
        let inside = self.icon.is_some()
            || self.pattern.is_some()
            || self.colour.is_some_and(|colour| colour.alpha > 0.0);
        let sized = kind == LayerKind::Fill || self.size > 0.0 || edge;
        self.opacity > 0.0 && sized && (inside || edge) || (edge && kind == LayerKind::Circle)
    }

    /// Whether two looks can't be told apart; `sizes` is whether the size counts.
    pub(super) fn is_like(&self, other: &Self, sizes: bool) -> bool {
        if sizes {
            return self == other;
        }
        let same_size = Self { size: self.size, ..other.clone() };
        *self == same_size
    }
}

fn circle_outline(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Option<Outline> {
    let width = layer.number("circle-stroke-width", 0.0, context);
    let colour = layer.colour("circle-stroke-color", context).unwrap_or(StyleColour::BLACK);
    let colour = colour.faded(layer.number("circle-stroke-opacity", 1.0, context));
    (width > 0.0).then_some(Outline { colour, width })
}

fn dashes(layer: &ParsedLayer, context: &EvaluationContext<'_>) -> Vec<f64> {
    use crate::expression::ExpressionValue;
    match layer.value("line-dasharray", context) {
        Some(ExpressionValue::List(items)) => {
            items.iter().filter_map(ExpressionValue::number).collect()
        }
        _ => Vec::new(),
    }
}
