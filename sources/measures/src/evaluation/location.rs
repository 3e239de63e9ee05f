//! Measures of the nearest feature and of the containing polygon.

use super::layer_evaluation::LayerEvaluation;
use crate::aggregating::aggregate::AggregationTask;
use crate::aggregating::series::{MeasureSeries, SeriesData, SliceSeries};
use crate::error::{DeclarationFault, EvaluationError};
use crate::joining::bound_rows::BoundRows;
use crate::joining::join::{
    FeatureLists, NearestFeature, RowMembership, RowUnits, inside, nearest,
};
use crate::joining::resolved_rows::{ColumnOwner, ResolvedRows};
use crate::reading::column_cells::{is_integer, is_number};
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_rows::PartRows;
use catalog::{AggregateKind, LogicalType};

impl LayerEvaluation<'_> {
    /// Distance to the nearest feature in metres.
    pub(crate) fn nearest(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, EvaluationError> {
        let resolved = self.resolve_rows(name, rows, None)?;
        let bound = self.bind_rows(name, &resolved)?;
        let features = self.near_features(name, &bound)?;
        let plan = self.slice_plan(&resolved, &bound);
        let mut slices: Vec<Vec<f64>> = Vec::new();
        for slice in 0..plan.len() {
            if plan.repeats(slice)
                && let Some(last) = slices.last().cloned()
            {
                slices.push(last);
                continue;
            }
            let rows = plan.rows(slice).unwrap_or_default();
            let candidates = candidates(&bound, &resolved, rows.iter().map(|&row| row as usize));
            let found = self.nearest_of(&resolved, features, &candidates);
            let metres = found.into_iter().map(|near| near.map_or(f64::NAN, |near| near.metres));
            slices.push(metres.collect());
        }
        Ok(MeasureSeries::numbers(SliceSeries::sliced(slices), Some(0)))
    }

    /// A value of the nearest feature.
    pub(crate) fn nearest_value(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, EvaluationError> {
        let resolved = self.resolve_rows(name, rows, None)?;
        let bound = self.bind_rows(name, &resolved)?;
        let features = self.near_features(name, &bound)?;
        let tests = bound.tests(&resolved);
        let selected = (0..bound.rows.len).filter(|&row| tests.iter().all(|test| test.meets(row)));
        let candidates = candidates(&bound, &resolved, selected);
        let found = self.nearest_of(&resolved, features, &candidates);
        let found: Vec<_> = found.into_iter().map(|near| near.map(|near| near.row)).collect();
        self.value_of(name, &resolved, &bound, &found)
    }

    /// A value of the polygon that contains a feature's representative point.
    pub(crate) fn at(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, EvaluationError> {
        let resolved = self.resolve_rows(name, rows, None)?;
        let bound = self.bind_rows(name, &resolved)?;
        let features = self.near_features(name, &bound)?;
        let tests = bound.tests(&resolved);
        let selected = (0..bound.rows.len).filter(|&row| tests.iter().all(|test| test.meets(row)));
        let candidates = candidates(&bound, &resolved, selected);
        let lists =
            inside(&self.carrier.rows, features).map_err(|fault| self.too_many_pairs(fault))?;
        let first = |row| {
            lists.of(row).iter().copied().find(|polygon| candidates.binary_search(polygon).is_ok())
        };
        let found: Vec<_> = (0..self.carrier.len()).map(first).collect();
        self.value_of(name, &resolved, &bound, &found)
    }

    fn near_features<'b>(
        &self,
        name: &str,
        bound: &BoundRows<'b>,
    ) -> Result<&'b PartRows, EvaluationError> {
        if self.carrier.pairs.is_some() {
            return Err(self.declaration_error(name, DeclarationFault::NearFlow));
        }
        bound.features.ok_or_else(|| self.declaration_error(name, DeclarationFault::NoFeatures))
    }

    fn nearest_of(
        &self,
        resolved: &ResolvedRows<'_>,
        features: &PartRows,
        candidates: &[u32],
    ) -> Vec<Option<NearestFeature>> {
        // Of a dataset's own features, the nearest other one.
        let exclude_itself = resolved.feature_dataset.id == self.carrier.dataset.id;
        nearest(&self.carrier.rows, features, candidates, exclude_itself, self.plane)
    }

    /// The values of these features: their own, or aggregated from their rows.
    fn value_of(
        &self,
        name: &str,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        found: &[Option<u32>],
    ) -> Result<MeasureSeries, EvaluationError> {
        let column = resolved
            .column
            .ok_or_else(|| self.declaration_error(name, DeclarationFault::NoColumnNamed))?;
        let cells = bound
            .column(column)
            .ok_or_else(|| self.declaration_error(name, DeclarationFault::ColumnNotRead))?;
        let own = resolved.part == DatasetPart::Features || column.of == ColumnOwner::Feature;
        let values = if own {
            MeasureSeries::of_column(cells)
        } else {
            self.rows_by_feature(name, resolved, bound)?
        };
        fn pick<T: Copy>(list: &[T], found: &[Option<u32>], none: T) -> Vec<T> {
            let of = |at: &Option<u32>| at.and_then(|at| list.get(at as usize).copied());
            found.iter().map(|at| of(at).unwrap_or(none)).collect()
        }
        let numbers = |series: SliceSeries<f64>| series.map(|list| pick(list, found, f64::NAN));
        let data = match values.data {
            SeriesData::Numbers(series) => SeriesData::Numbers(numbers(series)),
            SeriesData::Flags(series) => SeriesData::Flags(numbers(series)),
            SeriesData::Texts(series, texts) => {
                SeriesData::Texts(series.map(|list| pick(list, found, 0)), texts)
            }
        };
        Ok(MeasureSeries { data, ..values })
    }

    /// The mean, or the most frequent text, of each feature's rows by slice.
    fn rows_by_feature(
        &self,
        name: &str,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<MeasureSeries, EvaluationError> {
        let missing = || self.declaration_error(name, DeclarationFault::NoFeatureKey);
        let link = bound.link.as_ref().ok_or_else(missing)?;
        let column = resolved.column.ok_or_else(missing)?;
        let lists = FeatureLists::single(link.features.iter().copied());
        let lists = lists.map_err(|fault| self.too_many_pairs(fault))?.into();
        let membership = RowMembership { units: RowUnits::Text(link.keys), lists };
        let plan = self.slice_plan(resolved, bound);
        let features = bound.features.map_or(0, |features| features.len);
        let task = AggregationTask {
            membership: &membership,
            plan: &plan,
            features,
            zero_without_rows: None,
            can_have_rows: None,
        };
        let cells = bound.column(column).ok_or_else(missing)?;
        if is_number(cells.kind) {
            let numbers = bound.numbers(column).ok_or_else(missing)?;
            let means = task.numbers(AggregateKind::Mean, Some(&numbers), None, bound.rows.len);
            let whole = resolved.column_kind() == Some(LogicalType::Int) || is_integer(cells.kind);
            return Ok(MeasureSeries::numbers(means.values, Some(if whole { 0 } else { 2 })));
        }
        let texts = bound.texts(column).ok_or_else(missing)?;
        let values = task.most(&texts.rows, texts.distinct).values;
        Ok(MeasureSeries::texts(values, texts.distinct.to_vec()))
    }
}

/// The features that rows are or belong to, ascending.
fn candidates(
    bound: &BoundRows<'_>,
    resolved: &ResolvedRows<'_>,
    rows: impl Iterator<Item = usize>,
) -> Vec<u32> {
    if resolved.part == DatasetPart::Features {
        let mut rows: Vec<u32> = rows.map(|row| row as u32).collect();
        rows.sort_unstable();
        return rows;
    }
    let Some(link) = &bound.link else { return Vec::new() };
    let mut features: Vec<u32> =
        rows.filter_map(|row| link.feature(row)).map(|feature| feature as u32).collect();
    features.sort_unstable();
    features.dedup();
    features
}
