//! Checks 8, 10 and 11: differences, order and contrast of colours.

use serde_json::{Map, Value};

use super::checks::{Checks, text};
use super::drawn_classes::DrawnClasses;
use super::finding::MapCheck;
use crate::colour::{SrgbColour, contrast_ratio, smallest_difference};
use crate::map_description::ColourScheme;
use crate::palettes;

/// Smallest CIEDE2000 difference of neighbouring classes.
const LEAST_DIFFERENCE: f32 = 9.0;
/// Smallest contrast of a mark with the ground.
const LEAST_CONTRAST: f32 = 3.0;

impl Checks<'_> {
    pub(super) fn colours(&mut self) {
        match self.drawn.clone() {
            Some(DrawnClasses::Numbers { breaks, colours, zero }) => {
                let mut in_order = colours.clone();
                if let Some(zero) = zero {
                    in_order.insert(breaks.partition_point(|at| *at <= 0.0), zero);
                }
                self.neighbours(&in_order);
                self.lightness(&colours);
            }
            Some(DrawnClasses::Categories(categories)) => self.categories(&categories),
            None => {}
        }
        self.contrast();
    }

    fn neighbours(&mut self, colours: &[SrgbColour]) {
        let pairs = colours.windows(2).map(|pair| smallest_difference(pair[0], pair[1]));
        let Some(least) = pairs.reduce(f32::min) else { return };
        self.difference(least, "neighbouring classes look alike");
    }

    fn categories(&mut self, categories: &[(String, SrgbColour)]) {
        let mut least: Option<f32> = None;
        for (i, (_, one)) in categories.iter().enumerate() {
            // Categories of one colour differ in their pictograms.
            for (_, other) in categories[i + 1..].iter().filter(|(_, other)| other != one) {
                let difference = smallest_difference(*one, *other);
                least = Some(least.map_or(difference, |least| least.min(difference)));
            }
        }
        let declared = &self.description().cartography.categories;
        let are_official = !declared.is_empty() && declared.iter().all(|c| c.color.is_some());
        match least {
            // Official colours are given.
            Some(least) if are_official => self.report.smallest_difference = Some(least),
            Some(least) => self.difference(least, "categories look alike"),
            None => {}
        }
    }

    fn difference(&mut self, least: f32, problem: &str) {
        self.report.smallest_difference = Some(least);
        if least < LEAST_DIFFERENCE {
            let figure = format!("ΔE {least:.1}, {LEAST_DIFFERENCE} wanted");
            let remedy = "take fewer classes or a palette with larger steps";
            self.warning(MapCheck::Difference, &figure, problem, remedy);
        }
    }

    fn lightness(&mut self, colours: &[SrgbColour]) {
        if self.description().cartography.scheme == Some(ColourScheme::Diverging) {
            return;
        }
        let lightness: Vec<f32> = colours.iter().map(|colour| colour.to_lab()[0]).collect();
        let falls = lightness.windows(2).all(|pair| pair[0] > pair[1]);
        let rises = lightness.windows(2).all(|pair| pair[0] < pair[1]);
        // Light in the middle and dark at both ends: two ramps.
        let light = lightness.iter().copied().fold(f32::MIN, f32::max);
        let top = lightness.iter().position(|l| *l == light).unwrap_or_default();
        let (before, after) = lightness.split_at(top);
        let is_double = before.windows(2).all(|pair| pair[0] < pair[1])
            && after.windows(2).all(|pair| pair[0] > pair[1]);
        if !falls && !rises && !is_double {
            let figure = lightness.iter().map(|l| format!("{l:.0}")).collect::<Vec<_>>().join(", ");
            let problem = "lightness does not follow the numbers";
            let remedy = "take a sequential palette, from light to dark";
            self.warning(MapCheck::Lightness, &format!("L* {figure}"), problem, remedy);
        }
    }

    /// Checks that points and lines stand out from the ground, or have an outline.
    fn contrast(&mut self) {
        let ground = palettes::GROUND;
        let mut faint: Vec<String> = Vec::new();
        for layer in self.map.layers.iter().filter(|layer| text(layer, "type") == "circle") {
            let Some(paint) = layer.get("paint").and_then(Value::as_object) else { continue };
            if has_outline(paint) {
                continue;
            }
            let mut colours = Vec::new();
            paint.get("circle-color").into_iter().for_each(|value| literals(value, &mut colours));
            let least = colours.iter().map(|colour| contrast_ratio(*colour, ground));
            if let Some(least) = least.reduce(f32::min).filter(|least| *least < LEAST_CONTRAST) {
                faint.push(format!("{} {least:.1} : 1", text(layer, "id")));
            }
        }
        if !faint.is_empty() {
            let problem = "marks hardly stand out from the ground";
            let remedy = "give them a darker colour, or an outline of 3 : 1";
            self.warning(MapCheck::Contrast, &faint.join(", "), problem, remedy);
        }
    }
}

fn has_outline(paint: &Map<String, Value>) -> bool {
    let is_zero = |width: &Value| width.as_f64() == Some(0.0);
    paint.get("circle-stroke-width").is_some_and(|width| !is_zero(width))
}

/// Collects the colours that an expression may give.
fn literals(value: &Value, found: &mut Vec<SrgbColour>) {
    match value {
        Value::String(text) => found.extend(SrgbColour::parse(text)),
        Value::Array(parts) => parts.iter().for_each(|part| literals(part, found)),
        _ => {}
    }
}
