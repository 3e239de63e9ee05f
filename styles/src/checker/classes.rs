//! Checks 3 to 6 and 12: number, frequency, method and rounding of classes.

use serde_json::{Map, Value};

use super::checks::Checks;
use super::drawn_classes::DrawnClasses;
use super::finding::MapCheck;
use crate::class_breaks::{BreakRequest, find_classes};
use crate::map_description::{BreakMethod, ClassBreaks, ColourScheme, MapValue};

/// Most classes of a number, zero included.
const MOST_CLASSES: usize = 7;
/// Most categories, the rest among them.
const MOST_CATEGORIES: usize = 8;
/// Largest share of the features in one class.
const LARGEST_SHARE: f64 = 0.5;
/// Key of a style layer's metadata with the method of its breaks.
const BREAK_METHOD: &str = "policy-map:break-method";

impl Checks<'_> {
    pub(super) fn classes(&mut self) {
        let Some(drawn) = self.drawn.clone() else { return };
        let Some(value) = &self.description().value else { return };
        match &drawn {
            DrawnClasses::Numbers { breaks, zero, .. } => {
                if drawn.len() > MOST_CLASSES {
                    let figure = format!("{} classes", drawn.len());
                    let remedy = "draw 5 classes, 7 at most";
                    self.error(MapCheck::ClassCount, &figure, "too many to tell apart", remedy);
                }
                self.frequencies(value, breaks, zero.is_some());
                self.rounding(breaks);
                self.method();
            }
            DrawnClasses::Categories(categories) => self.category_count(categories.len()),
        }
        self.one_scale();
    }

    fn category_count(&mut self, count: usize) {
        // Official colours stand for names that people know.
        let declared = &self.description().cartography.categories;
        let are_official = declared.len() >= count && declared.iter().all(|c| c.color.is_some());
        if count > MOST_CATEGORIES && !are_official {
            let figure = format!("{count} categories");
            let remedy = "join rare ones to \"other\", 8 at most";
            self.warning(MapCheck::ClassCount, &figure, "too many to tell apart", remedy);
        }
    }

    fn frequencies(&mut self, value: &MapValue, breaks: &[f64], has_zero: bool) {
        let numbers: Vec<f64> =
            value.summary.numbers.iter().copied().filter(|n| !has_zero || *n != 0.0).collect();
        if numbers.is_empty() {
            return;
        }
        let mut counts = vec![0_usize; breaks.len() + 1];
        for number in &numbers {
            let class = breaks.partition_point(|at| at <= number);
            counts[class] += 1;
        }
        let largest = counts.iter().copied().max().unwrap_or_default();
        let share = largest as f64 / numbers.len() as f64;
        self.report.largest_share = Some(share);
        let empty: Vec<String> = counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count == 0)
            .map(|(class, _)| class_name(breaks, class))
            .collect();
        let distinct = numbers.chunk_by(|a, b| a == b).count();
        if !empty.is_empty() {
            let problem = "classes that hold no feature in any time slice";
            let remedy = self.better_breaks(value);
            self.warning(MapCheck::ClassFrequency, &empty.join(", "), problem, &remedy);
        } else if share > LARGEST_SHARE && distinct > 2 {
            let class = counts.iter().position(|count| *count == largest).unwrap_or_default();
            let figure = format!("{:.0} % in {}", share * 100.0, class_name(breaks, class));
            let problem = "a class holds more than half of the features";
            let remedy = self.better_breaks(value);
            self.warning(MapCheck::ClassFrequency, &figure, problem, &remedy);
        }
    }

    /// A remedy that names breaks that fit the data.
    fn better_breaks(&self, value: &MapValue) -> String {
        let cartography = &self.description().cartography;
        let is_diverging = cartography.scheme == Some(ColourScheme::Diverging);
        let method = ClassBreaks::Method(BreakMethod::Automatic, 5);
        let request = BreakRequest {
            breaks: &method,
            zero_class: cartography.zero_class,
            middle: is_diverging.then(|| cartography.middle.unwrap_or_default()),
        };
        let found = find_classes(&value.summary.numbers, &request);
        let breaks: Vec<String> = found.breaks.iter().map(ToString::to_string).collect();
        let zero = if found.zero { ", zero a class of its own" } else { "" };
        format!("breaks that fit the data: [{}]{zero}", breaks.join(", "))
    }

    fn rounding(&mut self, breaks: &[f64]) {
        let long: Vec<String> =
            breaks.iter().filter(|at| !is_rounded(**at)).map(ToString::to_string).collect();
        if !long.is_empty() {
            let problem = "breaks that nobody can remember";
            let remedy = "round them to three digits at most";
            self.warning(MapCheck::RoundedBreaks, &long.join(", "), problem, remedy);
        }
    }

    fn method(&mut self) {
        let is_declared = matches!(self.description().cartography.breaks, ClassBreaks::Fixed(_));
        let is_recorded = |layer: &&Map<String, Value>| {
            layer.get("metadata").is_some_and(|metadata| metadata.get(BREAK_METHOD).is_some())
        };
        if !is_declared && !self.map.layers.iter().any(is_recorded) {
            let problem = "the method of the class breaks is not recorded";
            let remedy = format!("write \"{BREAK_METHOD}\" into the style layer's metadata");
            self.warning(MapCheck::BreakMethod, "no method", problem, &remedy);
        }
    }

    /// Checks that the colours of the classes do not depend on the zoom.
    fn one_scale(&mut self) {
        let depends = |layer: &&Map<String, Value>| {
            let paint = layer.get("paint").and_then(|paint| paint.get("fill-color"));
            paint.is_some_and(|colour| colour.to_string().contains("[\"zoom\"]"))
        };
        if self.map.layers.iter().any(depends) {
            let remedy = "let the colours depend on the value alone";
            self.error(
                MapCheck::OneScale,
                "fill-color by zoom",
                "a colour has two meanings",
                remedy,
            );
        }
    }
}

/// Whether a number has at most three significant digits.
fn is_rounded(number: f64) -> bool {
    number == 0.0 || format!("{number:.2e}").parse() == Ok(number)
}

/// A class in words: `< 1`, `1 – 5`, `≥ 5`.
fn class_name(breaks: &[f64], class: usize) -> String {
    match (class.checked_sub(1).and_then(|i| breaks.get(i)), breaks.get(class)) {
        (None, Some(end)) => format!("< {end}"),
        (Some(from), Some(end)) => format!("{from} – {end}"),
        (Some(from), None) => format!("≥ {from}"),
        (None, None) => "all".to_owned(),
    }
}
