//! Checks of one map, with the findings so far.

use serde_json::{Map, Value};

use super::drawn_classes::DrawnClasses;
use super::finding::{MapCheck, MapFinding};
use crate::Severity;
use crate::map_description::MapDescription;
use crate::parsed_layer::ParsedLayer;
use crate::source_layer::LABEL_SUFFIX;

/// A map's style layers with its description.
#[derive(Debug, Clone, Copy)]
pub struct CheckedMap<'m> {
    /// Declaration and data of the map.
    pub description: &'m MapDescription,
    /// Style layers of the map in its form, from the bottom up.
    pub layers: &'m [&'m Map<String, Value>],
}

/// Result of the checks of one map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapReport {
    /// Findings, by check.
    pub findings: Vec<MapFinding>,
    /// Number of classes of the value, zero included; 0 for a map without classes.
    pub classes: usize,
    /// Share of the features in the fullest class, zero aside, from 0 to 1; `None` without
    /// classes of a number or without data.
    pub largest_share: Option<f64>,
    /// Smallest CIEDE2000 difference of neighbouring classes for normal, deutan and protan
    /// vision; `None` for fewer than two colours.
    pub smallest_difference: Option<f32>,
}

/// Checks of one map, with the findings so far.
pub(super) struct Checks<'m> {
    pub(super) map: &'m CheckedMap<'m>,
    /// Classes of the map's value; `None` for a map without.
    pub(super) drawn: Option<DrawnClasses>,
    pub(super) report: MapReport,
}

impl<'m> Checks<'m> {
    pub(super) fn new(map: &'m CheckedMap<'m>) -> Self {
        let parsed = map.layers.iter().map(|layer| ParsedLayer::parse(layer, text(layer, "id")));
        let (layers, faults): (Vec<_>, Vec<_>) = parsed.partition(Result::is_ok);
        let layers: Vec<ParsedLayer> = layers.into_iter().flatten().collect();
        let drawn = map.description.value.as_ref().and_then(|value| {
            DrawnClasses::new(&layers, &value.column, value.summary.numbers.first().copied())
        });
        let classes = drawn.as_ref().map_or(0, DrawnClasses::len);
        let report = MapReport { classes, ..MapReport::default() };
        let mut checks = Self { map, drawn, report };
        for fault in faults.into_iter().filter_map(Result::err) {
            let remedy = "correct the expression by the style specification";
            checks.error(MapCheck::References, "expression", &fault.to_string(), remedy);
        }
        checks
    }

    pub(super) const fn description(&self) -> &'m MapDescription {
        self.map.description
    }

    pub(super) fn error(&mut self, check: MapCheck, figure: &str, problem: &str, remedy: &str) {
        self.add(Severity::Error, check, figure, problem, remedy);
    }

    pub(super) fn warning(&mut self, check: MapCheck, figure: &str, problem: &str, remedy: &str) {
        self.add(Severity::Warning, check, figure, problem, remedy);
    }

    fn add(
        &mut self,
        severity: Severity,
        check: MapCheck,
        figure: &str,
        problem: &str,
        remedy: &str,
    ) {
        let MapDescription { id, form, .. } = self.description();
        self.report.findings.push(MapFinding {
            map: id.clone(),
            form: *form,
            check,
            severity,
            figure: figure.to_owned(),
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

/// Name of a style layer's part: the last segment of its id.
pub(super) fn part(layer: &Map<String, Value>) -> &str {
    let id = text(layer, "id");
    id.rsplit_once('.').map_or(id, |(_, part)| part)
}

/// Text of a key; empty if there is none.
pub(super) fn text<'l>(layer: &'l Map<String, Value>, key: &str) -> &'l str {
    layer.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Vector-tile layer of a map's label points.
pub(super) fn label_layer(id: &str) -> String {
    format!("{id}{LABEL_SUFFIX}")
}
