//! Style layers that draw one mark together.

use std::collections::{BTreeMap, BTreeSet};

use super::break_points::{BreakPoints, break_points, column_of, is_continuous};
use super::look::{MarkLook, Outline};
use super::mark::MarkKind;
use super::size::SizeScale;
use crate::expression::{
    EvaluationContext, Expression, ExpressionValue, FeatureProperties, GeometryType,
};
use crate::parsed_layer::{LayerKind, ParsedLayer};

/// Columns of a tile that no map is about.
pub(super) const HELPER_COLUMNS: [&str; 5] =
    ["suppressed", "cluster", "cluster_id", "point_count", "point_count_abbreviated"];

/// Style layers that draw one mark together, from the bottom up.
#[derive(Debug)]
pub(super) struct MarkGroup<'l> {
    pub(super) kind: MarkKind,
    pub(super) geometry: GeometryType,
    pub(super) layers: Vec<&'l ParsedLayer>,
    /// Line layers that draw the edges of areas.
    pub(super) edges: Vec<&'l ParsedLayer>,
}

/// A feature of named values.
pub(super) struct NamedValues<'v>(pub(super) &'v [(String, ExpressionValue<'static>)]);

impl FeatureProperties for NamedValues<'_> {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.borrowed())
    }
}

/// Look of a feature, and the layer on top of it.
pub(super) struct Drawn<'l> {
    pub(super) look: MarkLook,
    pub(super) top: &'l ParsedLayer,
}

impl<'l> MarkGroup<'l> {
    /// The marks of style layers, from the bottom up.
    pub(super) fn all(layers: &'l [ParsedLayer]) -> Vec<Self> {
        let fills = layers.iter().any(|layer| layer.kind == LayerKind::Fill);
        let mut groups: Vec<Self> = Vec::new();
        for layer in layers {
            let (kind, geometry) = match layer.kind {
                LayerKind::Fill => (MarkKind::Fill, GeometryType::Polygon),
                LayerKind::Line if fills && is_edge(layer) => {
                    (MarkKind::Fill, GeometryType::Polygon)
                }
                LayerKind::Line => (MarkKind::Line, GeometryType::LineString),
                LayerKind::Circle => (MarkKind::Circle, GeometryType::Point),
                LayerKind::Symbol if is_pictogram(layer) => (MarkKind::Circle, GeometryType::Point),
                LayerKind::Heatmap => (MarkKind::Heat, GeometryType::Point),
                _ => continue,
            };
            let at = groups.iter().position(|group| group.kind == kind).unwrap_or_else(|| {
                groups.push(Self { kind, geometry, layers: Vec::new(), edges: Vec::new() });
                groups.len() - 1
            });
            let edge = kind == MarkKind::Fill && layer.kind == LayerKind::Line;
            let list = if edge { &mut groups[at].edges } else { &mut groups[at].layers };
            list.push(layer);
        }
        for group in &mut groups {
            let circles = group.layers.iter().any(|layer| layer.kind == LayerKind::Circle);
            if group.kind == MarkKind::Circle && !circles {
                group.kind = MarkKind::Symbol;
            }
        }
        groups
    }

    /// Draws a feature; `None` where no layer draws it.
    pub(super) fn draw(
        &self,
        feature: &[(String, ExpressionValue<'static>)],
        zoom: f64,
    ) -> Option<Drawn<'l>> {
        let properties = NamedValues(feature);
        let looks = |layers: &[&'l ParsedLayer]| {
            let looks = layers.iter().filter_map(|layer| {
                let mut context = EvaluationContext::new(&properties, layer.nearest_zoom(zoom));
                context.geometry = Some(self.geometry);
                let look = layer.draws(&context).then(|| MarkLook::of(layer, &context))??;
                Some(Drawn { look, top: layer })
            });
            looks.collect::<Vec<_>>()
        };
        let mut drawn = looks(&self.layers);
        let mut top = drawn.pop()?;
        for below in drawn.into_iter().rev() {
            combine(&mut top, below);
        }
        if let (None, Some(edge)) = (top.look.outline, looks(&self.edges).pop()) {
            top.look.outline = edge.look.colour.map(|colour| Outline {
                colour: colour.faded(edge.look.opacity),
                width: edge.look.size,
            });
        }
        Some(top)
    }

    /// Changes of the properties that decide a look, by column.
    pub(super) fn columns(&self) -> BTreeMap<&'l str, ColumnUse> {
        let mut columns: BTreeMap<&str, ColumnUse> = BTreeMap::new();
        for layer in &self.layers {
            let filter = layer.filter.iter().map(|filter| ("filter", filter));
            let properties = layer.properties.iter();
            let properties = properties.map(|(name, value)| (name.as_str(), value));
            for (name, expression) in filter.chain(properties) {
                let Some(part) = LookPart::of(name) else { continue };
                for (column, points) in break_points(expression) {
                    columns.entry(column).or_default().add(part, &points);
                }
                for column in expression.columns() {
                    if part == LookPart::Size && is_continuous(expression, column) {
                        columns.entry(column).or_default().sizes = true;
                    }
                }
            }
        }
        columns
    }

    /// Size that grows continuously with a column.
    pub(super) fn size(&self, zoom: f64) -> Option<SizeScale> {
        self.layers.iter().rev().find_map(|layer| {
            let sizes = ["circle-radius", "line-width", "icon-size"];
            let expression = sizes.iter().find_map(|name| layer.property(name))?;
            let column = column_of(expression)?;
            is_continuous(expression, column).then(|| SizeScale {
                column: column.to_owned(),
                expression: expression.clone(),
                zoom: layer.nearest_zoom(zoom),
            })
        })
    }

    /// Labels of the columns that filters ask for, apart from one column.
    pub(super) fn labels_beside(&self, column: &str) -> Vec<(String, ExpressionValue<'static>)> {
        let beside = self.columns().into_iter().filter(|(name, _)| *name != column);
        let labels = beside.flat_map(|(name, used)| {
            let points = used.points;
            let texts = points.texts.into_iter().map(|text| ExpressionValue::Text(text.into()));
            let numbers = points.equals.into_iter().chain(points.thresholds);
            let numbers = numbers.map(ExpressionValue::Number);
            let flags = [true, false].map(ExpressionValue::Flag);
            let flags = flags.into_iter().filter(move |_| points.flags);
            let any = points.presence.then_some(ExpressionValue::Number(1.0));
            let values: Vec<_> = texts.chain(numbers).chain(flags).chain(any).collect();
            values.into_iter().map(|value| (name.to_owned(), value))
        });
        labels.collect()
    }
}

/// Use of a column by the layers of a mark.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnUse {
    /// Changes along the column.
    pub(super) points: BreakPoints,
    /// The parts of the look that it decides.
    pub(super) parts: BTreeSet<LookPart>,
    /// Whether the size grows continuously with it.
    pub(super) sizes: bool,
}

impl ColumnUse {
    fn add(&mut self, part: LookPart, points: &BreakPoints) {
        self.points.extend(points);
        if points.count() > 0 {
            self.parts.insert(part);
        }
    }
}

/// Part of a look that a property decides, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LookPart {
    /// Colour, pattern or pictogram.
    Colour,
    /// The features that a layer draws.
    Filter,
    /// Radius, width or scale.
    Size,
    /// Opacity, dashes and edges.
    Detail,
}

impl LookPart {
    fn of(property: &str) -> Option<Self> {
        Some(match property {
            "fill-color" | "fill-pattern" | "line-color" | "line-pattern" | "circle-color"
            | "icon-image" | "icon-color" => Self::Colour,
            "filter" => Self::Filter,
            "circle-radius" | "line-width" | "icon-size" | "heatmap-weight" => Self::Size,
            "fill-opacity"
            | "line-opacity"
            | "circle-opacity"
            | "icon-opacity"
            | "line-dasharray"
            | "circle-stroke-color"
            | "circle-stroke-width" => Self::Detail,
            _ => return None,
        })
    }
}

/// Whether a line layer draws the edges of areas: unless its filter wants lines.
fn is_edge(layer: &ParsedLayer) -> bool {
    let mut wants_lines = false;
    let filter = layer.filter.as_ref();
    let _ = filter.map(|filter| {
        filter.visit(&mut |part| wants_lines |= *part == Expression::GeometryType);
    });
    !wants_lines || {
        let mut context = EvaluationContext::new(&NO_PROPERTIES, 14.0);
        context.geometry = Some(GeometryType::Polygon);
        layer.draws(&context)
    }
}

const NO_PROPERTIES: [(&str, ExpressionValue<'static>); 0] = [];

/// Whether a symbol layer draws pictograms at points, not names or arrows along lines.
fn is_pictogram(layer: &ParsedLayer) -> bool {
    let along = layer.property("symbol-placement").is_some_and(|placement| {
        matches!(placement, Expression::Constant(value)
            if matches!(value.text(), Some("line" | "line-center")))
    });
    layer.property("icon-image").is_some() && !along
}

/// Completes the look of the upper layer by a lower one that draws the same feature.
fn combine<'l>(top: &mut Drawn<'l>, below: Drawn<'l>) {
    match (top.top.kind, below.top.kind) {
        // A pictogram on a circle.
        (LayerKind::Symbol, LayerKind::Circle) if top.look.colour.is_none() => {
            let icon = std::mem::replace(top, below);
            top.look.icon = icon.look.icon;
            top.look.icon_colour = icon.look.icon_colour;
        }
        (LayerKind::Line, LayerKind::Line) if below.look.size > top.look.size => {
            let width = (below.look.size - top.look.size) / 2.0;
            let colour = below.look.colour.map(|colour| colour.faded(below.look.opacity));
            top.look.outline = top.look.outline.or(colour.map(|colour| Outline { colour, width }));
        }
        // A pattern over a colour.
        (LayerKind::Fill, LayerKind::Fill) if top.look.pattern.is_some() => {
            top.look.colour = below.look.colour.map(|colour| colour.faded(below.look.opacity));
        }
        _ => {}
    }
}
