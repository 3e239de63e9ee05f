//! Features and style layers to paths.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::density::Density;
use super::paint::Paint;
use super::path_text::{PathText, UNITS};
use super::size::PreviewSize;
use crate::expression::{EvaluationContext, FeatureProperties, GeometryType};
use crate::parsed_layer::{LayerKind, ParsedLayer};
use crate::symbols;

/// Most paints of one style layer: continuous colours are cut off there.
const MOST_PAINTS: usize = 512;

/// One feature in pixels of the picture.
#[derive(Clone, Copy)]
pub struct PreviewFeature<'f> {
    /// Kind of geometry.
    pub geometry: GeometryType,
    /// Id.
    pub id: Option<f64>,
    /// Properties.
    pub properties: &'f dyn FeatureProperties,
    /// Points, lines or rings; rings do not repeat their first vertex.
    pub parts: &'f [Vec<[f32; 2]>],
}

/// Picture of a map as paths.
#[derive(Debug)]
pub struct PreviewDrawing {
    size: PreviewSize,
    zoom: f64,
    body: String,
    patterns: BTreeSet<String>,
    features: u64,
}

/// Paths of one style layer, in the order in which their paints occurred.
#[derive(Default)]
struct PaintedPaths {
    places: HashMap<Paint, usize>,
    paths: Vec<(Paint, PathText)>,
}

impl PreviewDrawing {
    /// A picture of the ground alone; `zoom` is that of a map of this size.
    #[must_use]
    pub fn new(size: PreviewSize, zoom: f64, ground: &str) -> Self {
        let (width, height) = size.pixels();
        let [width, height] = [width, height].map(|side| side as f32 * UNITS);
        let body = format!("<path fill=\"{ground}\" d=\"M0 0h{width}v{height}H0z\"/>");
        Self { size, zoom, body, patterns: BTreeSet::new(), features: 0 }
    }

    /// Number of features that were drawn.
    #[must_use]
    pub const fn features(&self) -> u64 {
        self.features
    }

    /// Zoom at which a map's layers are drawn: that of the picture, or the first with any layer.
    #[must_use]
    pub fn zoom_of(&self, layers: &[ParsedLayer]) -> f64 {
        let marks = || layers.iter().filter(|layer| has_mark(layer));
        if marks().any(|layer| layer.is_drawn_at(self.zoom)) {
            return self.zoom;
        }
        let nearest = marks().map(|layer| layer.nearest_zoom(self.zoom));
        nearest
            .min_by(|a, b| (a - self.zoom).abs().total_cmp(&(b - self.zoom).abs()))
            .unwrap_or(self.zoom)
    }

    /// Draws features of one vector-tile layer as a style layer does.
    pub fn draw<'f>(
        &mut self,
        layer: &ParsedLayer,
        zoom: f64,
        features: impl Iterator<Item = PreviewFeature<'f>>,
    ) {
        if !layer.is_drawn_at(zoom) || !has_mark(layer) {
            return;
        }
        if layer.kind == LayerKind::Heatmap {
            self.draw_heat(layer, zoom, features);
            return;
        }
        let mut painted = PaintedPaths::default();
        for feature in features {
            let mut context = EvaluationContext::new(feature.properties, zoom);
            context.geometry = Some(feature.geometry);
            context.id = feature.id;
            if !is_drawable(layer.kind, feature.geometry) || !layer.draws(&context) {
                continue;
            }
            self.features += 1;
            for paint in Paint::of(layer, &context) {
                painted.add(paint, layer.kind, &feature);
            }
        }
        // Below all fills lie all edges of circles: paints alternate otherwise.
        for (paint, path) in painted.paths {
            if !path.is_empty() {
                self.patterns.extend(paint.pattern);
                let _ = write!(self.body, "<path {} d=\"{}\"/>", paint.attributes, path.as_str());
            }
        }
    }

    /// Draws areas or lines of the base in one colour.
    pub fn draw_base<'p>(
        &mut self,
        attributes: &str,
        closed: bool,
        parts: impl Iterator<Item = &'p Vec<[f32; 2]>>,
    ) {
        let mut path = PathText::default();
        parts.for_each(|part| path.add(part, closed));
        if !path.is_empty() {
            let _ = write!(self.body, "<path {attributes} d=\"{}\"/>", path.as_str());
        }
    }

    /// Draws a sign that there is no data: a crossed circle, which needs no words.
    pub fn draw_no_data(&mut self) {
        let (width, height) = self.size.pixels();
        let [x, y] = [width, height].map(|side| side as f32 * UNITS / 2.0);
        let radius = height as f32 * UNITS / 6.0;
        let reach = radius * std::f32::consts::FRAC_1_SQRT_2;
        let _ = write!(
            self.body,
            "<g fill=\"none\" stroke=\"#8a8f96\" stroke-width=\"{}\"><circle cx=\"{x}\" \
             cy=\"{y}\" r=\"{radius}\"/><path d=\"M{} {}l{} {}\"/></g>",
            radius / 6.0,
            x - reach,
            y + reach,
            2.0 * reach,
            -2.0 * reach
        );
    }

    fn draw_heat<'f>(
        &mut self,
        layer: &ParsedLayer,
        zoom: f64,
        features: impl Iterator<Item = PreviewFeature<'f>>,
    ) {
        let cell = match self.size {
            PreviewSize::Small => 2.0,
            PreviewSize::Large => 6.0,
        };
        let mut density = Density::new(self.size.pixels(), cell);
        for feature in features {
            let mut context = EvaluationContext::new(feature.properties, zoom);
            context.geometry = Some(feature.geometry);
            if feature.geometry != GeometryType::Point || !layer.draws(&context) {
                continue;
            }
            self.features += 1;
            let weight = layer.number("heatmap-weight", 1.0, &context).max(0.0) as f32;
            let radius = layer.number("heatmap-radius", 30.0, &context).clamp(4.0, 60.0) as f32;
            for point in feature.parts.iter().flatten() {
                density.add(*point, weight, radius);
            }
        }
        let mut paths: Vec<(String, PathText)> = Vec::new();
        for (colour, [x, y, width, height]) in density.bands(layer, zoom) {
            let opacity = (colour.alpha * 100.0).round() / 100.0;
            let paint = format!("fill=\"{}\" opacity=\"{opacity}\"", colour.to_hexadecimal());
            let place = paths.iter().position(|(known, _)| *known == paint);
            let place = place.unwrap_or_else(|| {
                paths.push((paint, PathText::default()));
                paths.len() - 1
            });
            let corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
            paths[place].1.add(&corners, true);
        }
        for (paint, path) in paths {
            // Crisp edges: bands that touch must not blend into a grid.
            let _ = write!(
                self.body,
                "<path {paint} shape-rendering=\"crispEdges\" d=\"{}\"/>",
                path.as_str()
            );
        }
    }

    /// The drawing as an SVG document.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let (width, height) = self.size.pixels();
        let [right, bottom] = [width, height].map(|side| side as f32 * UNITS);
        let mut definitions = String::new();
        for name in &self.patterns {
            let Some(svg) = symbols::pattern(name) else { continue };
            let (Some(start), Some(end)) = (svg.find('>'), svg.rfind("</svg>")) else { continue };
            let side = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once(' '));
            let Some((side, _)) = side else { continue };
            let inner = svg.get(start + 1..end).unwrap_or_default().trim();
            // Half as large as on the map: the areas are small.
            let _ = write!(
                definitions,
                "<pattern id=\"{name}\" width=\"{side}\" height=\"{side}\" \
                 patternUnits=\"userSpaceOnUse\" patternTransform=\"scale({})\">{inner}</pattern>",
                UNITS / 2.0
            );
        }
        if !definitions.is_empty() {
            definitions = format!("<defs>{definitions}</defs>");
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {right} {bottom}\" stroke-linejoin=\"round\">{definitions}{}</svg>",
            self.body
        )
    }
}

impl PaintedPaths {
    fn add(&mut self, paint: Paint, kind: LayerKind, feature: &PreviewFeature<'_>) {
        let place = match self.places.get(&paint) {
            Some(&place) => place,
            None if self.paths.len() >= MOST_PAINTS => return,
            None => {
                self.places.insert(paint.clone(), self.paths.len());
                self.paths.push((paint, PathText::default()));
                self.paths.len() - 1
            }
        };
        let Some((_, path)) = self.paths.get_mut(place) else { return };
        for part in feature.parts {
            match kind {
                LayerKind::Fill => path.add(part, true),
                LayerKind::Line => path.add(part, feature.geometry == GeometryType::Polygon),
                _ => part.iter().for_each(|point| path.add_point(*point)),
            }
        }
    }
}

/// Whether a layer draws more than text.
fn has_mark(layer: &ParsedLayer) -> bool {
    match layer.kind {
        LayerKind::Symbol => layer.property("icon-image").is_some(),
        LayerKind::Background | LayerKind::Other => false,
        _ => true,
    }
}

/// Whether a kind of layer draws a kind of geometry, as MapLibre does.
fn is_drawable(kind: LayerKind, geometry: GeometryType) -> bool {
    match kind {
        LayerKind::Fill => geometry == GeometryType::Polygon,
        LayerKind::Line => geometry != GeometryType::Point,
        _ => geometry == GeometryType::Point,
    }
}
