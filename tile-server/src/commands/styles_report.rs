//! `tile-server check --styles-report`: cartographic checks of all maps on the data in force.

use serde_json::{Map, Value};
use styles::checker::{CheckedMap, MapFinding, MapReport, check_map};
use styles::map_description::{MapDescription, MapForm};
use styles::suggest::suggest;
use styles::{Severity, ThemeStyles};

use crate::commands::data_in_force::DataInForce;
use crate::map_descriptions::map_description;

/// Reports of all maps in all their forms.
pub(super) struct StylesReport {
    rows: Vec<ReportRow>,
    /// Maps without data, whose styles can't be checked.
    without_data: Vec<String>,
}

struct ReportRow {
    map: String,
    form: MapForm,
    /// Whether a document draws the map; otherwise its style is suggested.
    is_authored: bool,
    report: MapReport,
}

impl StylesReport {
    /// Checks the styles of all published maps.
    pub(super) fn new(data: &DataInForce) -> Self {
        let mut report = Self { rows: Vec::new(), without_data: Vec::new() };
        for layer in data.snapshot.all_layers().iter().filter(|layer| layer.theme.is_some()) {
            match map_description(data.catalog(), layer) {
                Some(description) => report.rows.push(row(&data.themes, &description)),
                None => report.without_data.push(layer.id.as_str().to_owned()),
            }
        }
        report.without_data.dedup();
        report
    }

    /// Whether any finding is an error.
    pub(super) fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.severity == Severity::Error)
    }

    /// Findings of all maps, in the order of the catalog.
    pub(super) fn findings(&self) -> impl Iterator<Item = &MapFinding> {
        self.rows.iter().flat_map(|row| &row.report.findings)
    }

    /// Lines of a table with one row for each map and form, the findings, and the sums.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{:44} {:7} {:9} {:>7} {:>8} {:>6} {:>6} {:>8}",
            "map", "form", "style", "classes", "fullest", "ΔE", "errors", "warnings"
        )];
        lines.extend(self.rows.iter().map(ReportRow::line));
        lines.extend(self.findings().map(|finding| {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            format!("{severity}: {finding}")
        }));
        if !self.without_data.is_empty() {
            let names = self.without_data.join(", ");
            lines.push(format!("자료 없음 · not checked, without data: {names}"));
        }
        let errors = self.findings().filter(|finding| finding.severity == Severity::Error).count();
        let warnings = self.findings().count() - errors;
        let (maps, authored) =
            (self.rows.len(), self.rows.iter().filter(|row| row.is_authored).count());
        lines.push(format!(
            "지도 {maps}(문서 {authored}), 오류 {errors}, 경고 {warnings} · \
             {maps} maps ({authored} in documents), {errors} errors, {warnings} warnings"
        ));
        lines
    }
}

fn row(themes: &ThemeStyles, description: &MapDescription) -> ReportRow {
    let authored = description
        .theme
        .as_deref()
        .and_then(|theme| themes.parts(theme, &description.id, description.form));
    let is_authored = authored.is_some();
    let report = match authored {
        Some(parts) => check_map(&CheckedMap { description, layers: &parts.layers }),
        None => {
            let suggested = suggest(description);
            let layers: Vec<&Map<String, Value>> = suggested.iter().collect();
            check_map(&CheckedMap { description, layers: &layers })
        }
    };
    ReportRow { map: description.id.clone(), form: description.form, is_authored, report }
}

impl ReportRow {
    fn line(&self) -> String {
        let MapReport { findings, classes, largest_share, smallest_difference } = &self.report;
        let form = match self.form {
            MapForm::Only => "all",
            MapForm::Public => "public",
            MapForm::Staff => "staff",
        };
        let style = if self.is_authored { "document" } else { "suggested" };
        let share = largest_share.map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0));
        let difference = smallest_difference.map_or("-".to_owned(), |least| format!("{least:.1}"));
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let warnings = findings.len() - errors;
        format!(
            "{:44} {form:7} {style:9} {classes:>7} {share:>8} {difference:>6} {errors:>6} {warnings:>8}",
            self.map
        )
    }
}
