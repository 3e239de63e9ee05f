//! Evaluates the measures of a layer, one after the other.

use super::arithmetic;
use super::layer_evaluation::LayerEvaluation;
use crate::aggregating::aggregate::AggregatedValues;
use crate::aggregating::series::{MeasureSeries, MeasuresByName, SeriesData};
use crate::audience::ResultAudience;
use crate::disclosure::suppression::{ThresholdQuantity, suppress_more, suppressed_values, union};
use crate::error::{DeclarationFault, EvaluationError};
use crate::reading::column_cells::is_integer;
use catalog::MeasureOperation;

impl LayerEvaluation<'_> {
    /// Evaluates all measures that `done` does not contain.
    pub(crate) fn measures(
        &self,
        mut done: MeasuresByName,
    ) -> Result<MeasuresByName, EvaluationError> {
        for measure in &self.set.measures {
            if done.contains_key(&measure.name) {
                continue;
            }
            let mut series = self.measure(measure, &done)?;
            if measure.decimals.is_some() {
                series.decimals = measure.decimals;
            }
            if self.audience == ResultAudience::Public {
                for other in measure.suppressed_with.iter().filter_map(|name| done.get(name)) {
                    series.suppressed =
                        union(&[series.suppressed.as_ref(), other.suppressed.as_ref()]);
                    series.has_threshold |= other.has_threshold;
                }
            }
            if let Some(more) = self.also_suppressed.get(&measure.name) {
                suppress_more(&mut series, more);
            }
            done.insert(measure.name.clone(), series);
        }
        Ok(done)
    }

    fn measure(
        &self,
        measure: &catalog::Measure,
        done: &MeasuresByName,
    ) -> Result<MeasureSeries, EvaluationError> {
        match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => self.aggregate(&measure.name, aggregate),
            MeasureOperation::CarrierColumn(column) => self.own(&measure.name, column),
            MeasureOperation::PerKm2(of) => self.per_km2(&measure.name, of, done),
            MeasureOperation::Nearest(rows) => self.nearest(&measure.name, rows),
            MeasureOperation::NearestValue(rows) => self.nearest_value(&measure.name, rows),
            MeasureOperation::ContainingValue(rows) => self.at(&measure.name, rows),
            operation => arithmetic::measure(operation, done, &self.axis, self.audience)
                .map_err(|fault| self.declaration_error(&measure.name, fault)),
        }
    }

    /// Values of a column of the carrier's features.
    fn own(&self, name: &str, column: &str) -> Result<MeasureSeries, EvaluationError> {
        let cells = self.carrier.rows.columns.get(column).filter(|_| self.carrier.pairs.is_none());
        let cells =
            cells.ok_or_else(|| self.declaration_error(name, DeclarationFault::NoCarrierColumn))?;
        let mut measure = MeasureSeries::of_column(cells);
        // A dataset's own numbers of things are suppressed as their sums are.
        let counts = is_integer(cells.kind) || self.carrier.dataset.counts_things(column);
        if let Some(threshold) = self.threshold(self.carrier.dataset).filter(|_| counts)
            && let SeriesData::Numbers(values) = &measure.data
        {
            let rows = values.map(|values| vec![1; values.len()]);
            let aggregated = AggregatedValues { values: values.clone(), rows };
            measure.suppressed = Some(suppressed_values(
                &aggregated,
                ThresholdQuantity::Value,
                threshold,
                &self.groups,
                &[],
            ));
            measure.has_threshold = true;
        }
        Ok(measure)
    }

    /// Density of a measure by square kilometre.
    fn per_km2(
        &self,
        name: &str,
        of: &str,
        done: &MeasuresByName,
    ) -> Result<MeasureSeries, EvaluationError> {
        let error = |fault| self.declaration_error(name, fault);
        let measure = done.get(of).ok_or_else(|| error(DeclarationFault::LaterMeasure))?;
        let numbers = measure.as_numbers().ok_or_else(|| error(DeclarationFault::TextMeasure))?;
        let rows = &self.carrier.rows;
        let projected = rows.on_plane(self.plane);
        let is_flow = self.carrier.pairs.is_some();
        let area = |row| if is_flow { f64::NAN } else { rows.area(&projected, row) };
        let areas: Vec<f64> = (0..self.carrier.len()).map(area).collect();
        let densities = numbers.map(|numbers| {
            let density = |(&number, &area): (&f64, &f64)| number / area;
            let finite = |density: f64| if density.is_finite() { density } else { f64::NAN };
            numbers.iter().zip(&areas).map(|pair| finite(density(pair))).collect()
        });
        let mut series = MeasureSeries::numbers(densities, Some(1));
        series.suppressed.clone_from(&measure.suppressed);
        series.has_threshold = measure.has_threshold;
        Ok(series)
    }
}
