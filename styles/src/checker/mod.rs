//! Cartographic checks of a map's style layers on its declaration and data.
//!
//! | module | content |
//! |---|---|
//! | `finding` | a finding: map, form, check, figure and remedy |
//! | `drawn_classes` | classes that a style layer's colours draw |
//! | `references` | source layers and properties that the tiles hold |
//! | `scheme` | scheme and direction that fit the data (checks 1, 2, 7) |
//! | `classes` | number, frequency and rounding of classes (checks 3 to 6, 12) |
//! | `colours` | differences, order and contrast of colours (checks 8, 10, 11) |
//! | `gaps` | zero, no data, suppressed; titles and units; labels (checks 9, 13, 14) |

mod classes;
mod colours;
mod drawn_classes;
mod finding;
mod gaps;
mod references;
mod scheme;

use serde_json::{Map, Value};

use self::drawn_classes::DrawnClasses;
pub use self::finding::{MapCheck, MapFinding};
use crate::Severity;
use crate::map_description::{MapDescription, MapForm};
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

/// Checks a map.
#[must_use]
pub fn check_map(map: &CheckedMap<'_>) -> MapReport {
    let mut checks = Checks::new(map);
    if map.layers.is_empty() {
        checks.error(
            MapCheck::Styled,
            "0 style layers",
            "the map is not drawn",
            "add style layers to the theme's document: tile-server style suggest",
        );
        return checks.report;
    }
    checks.references();
    checks.scheme();
    checks.classes();
    checks.colours();
    checks.gaps();
    checks.report.findings.sort_by_key(|finding| finding.check);
    checks.report
}

/// Checks of one map, with the findings so far.
struct Checks<'m> {
    map: &'m CheckedMap<'m>,
    /// Classes of the map's value; `None` for a map without.
    drawn: Option<DrawnClasses>,
    report: MapReport,
}

impl<'m> Checks<'m> {
    fn new(map: &'m CheckedMap<'m>) -> Self {
        let value = map.description.value.as_ref();
        let of_layer = |layer: &&Map<String, Value>| {
            value.and_then(|value| DrawnClasses::of(layer, &value.column))
        };
        let drawn = map.layers.iter().find_map(of_layer);
        let classes = drawn.as_ref().map_or(0, DrawnClasses::len);
        Self { map, drawn, report: MapReport { classes, ..MapReport::default() } }
    }

    const fn description(&self) -> &'m MapDescription {
        self.map.description
    }

    fn error(&mut self, check: MapCheck, figure: &str, problem: &str, remedy: &str) {
        self.add(Severity::Error, check, figure, problem, remedy);
    }

    fn warning(&mut self, check: MapCheck, figure: &str, problem: &str, remedy: &str) {
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
fn part(layer: &Map<String, Value>) -> &str {
    let id = text(layer, "id");
    id.rsplit_once('.').map_or(id, |(_, part)| part)
}

/// Text of a key; empty if there is none.
fn text<'l>(layer: &'l Map<String, Value>, key: &str) -> &'l str {
    layer.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A form's name in reports.
const fn form_name(form: MapForm) -> &'static str {
    match form {
        MapForm::Only => "all",
        MapForm::Public => "public",
        MapForm::Staff => "staff",
    }
}

/// Vector-tile layer of a map's label points.
fn label_layer(id: &str) -> String {
    format!("{id}{LABEL_SUFFIX}")
}

#[cfg(test)]
mod tests;
