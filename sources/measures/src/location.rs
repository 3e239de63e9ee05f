//! Measures of the nearest feature and of the containing polygon.

use super::aggregate::AggregationTask;
use super::evaluate::{LayerEvaluation, own_values};
use super::join::{FeatureLists, RowMembership, RowUnits, inside, nearest};
use super::resolved_rows::{ColumnOwner, ResolvedRows};
use super::rows::PartRows;
use super::series::{MeasureSeries, SeriesData, SliceSeries};
use super::tables::BoundRows;
use super::{DatasetPart, DeriveError};
use catalog::{AggregateKind, LogicalType};
use data_model::feature::ColumnType;

impl LayerEvaluation<'_> {
    /// Distance to the nearest feature in metres.
    pub(super) fn nearest(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, DeriveError> {
        let reference = self.reference(name, rows, None)?;
        let bound = self.bound(name, &reference)?;
        let features = self.features(name, &bound)?;
        let plan = self.plan(&reference, &bound, false);
        let mut slices: Vec<Vec<f64>> = Vec::new();
        for slice in 0..plan.len() {
            if plan.repeats(slice)
                && let Some(last) = slices.last().cloned()
            {
                slices.push(last);
                continue;
            }
            let rows = plan.rows(slice).unwrap_or_default();
            let candidates = candidates(&bound, &reference, rows.iter().map(|&row| row as usize));
            let found = self.nearest_of(&reference, features, &candidates);
            let metres = found.into_iter().map(|near| near.map_or(f64::NAN, |(_, metres)| metres));
            slices.push(metres.collect());
        }
        Ok(MeasureSeries::numbers(SliceSeries::sliced(slices), Some(0)))
    }

    /// A value of the nearest feature.
    pub(super) fn nearest_value(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, DeriveError> {
        let reference = self.reference(name, rows, None)?;
        let bound = self.bound(name, &reference)?;
        let features = self.features(name, &bound)?;
        let tests = bound.tests(&reference);
        let selected = (0..bound.rows.len).filter(|&row| tests.iter().all(|test| test.meets(row)));
        let candidates = candidates(&bound, &reference, selected);
        let found = self.nearest_of(&reference, features, &candidates);
        let found: Vec<_> = found.into_iter().map(|near| near.map(|(row, _)| row)).collect();
        self.value_of(name, &reference, &bound, &found)
    }

    /// A value of the polygon that contains a feature's representative point.
    pub(super) fn at(
        &self,
        name: &str,
        rows: &catalog::JoinedRows,
    ) -> Result<MeasureSeries, DeriveError> {
        let reference = self.reference(name, rows, None)?;
        let bound = self.bound(name, &reference)?;
        let features = self.features(name, &bound)?;
        let tests = bound.tests(&reference);
        let selected = (0..bound.rows.len).filter(|&row| tests.iter().all(|test| test.meets(row)));
        let candidates = candidates(&bound, &reference, selected);
        let lists = inside(&self.carrier.rows, features).map_err(|fault| self.too_many(fault))?;
        let first = |row| {
            let held = lists.of(row).iter().copied();
            held.into_iter().find(|polygon| candidates.binary_search(polygon).is_ok())
        };
        let found: Vec<_> = (0..self.carrier.len()).map(first).collect();
        self.value_of(name, &reference, &bound, &found)
    }

    fn features<'b>(&self, name: &str, bound: &BoundRows<'b>) -> Result<&'b PartRows, DeriveError> {
        if self.carrier.pairs.is_some() {
            return Err(self.fault(name, "lines between places have nothing near"));
        }
        bound.features.ok_or_else(|| self.fault(name, "the dataset has no features"))
    }

    fn nearest_of(
        &self,
        reference: &ResolvedRows<'_>,
        features: &PartRows,
        candidates: &[u32],
    ) -> Vec<Option<(u32, f64)>> {
        // Of a dataset's own features, the nearest other one.
        let itself = reference.place.id == self.carrier.dataset.id;
        nearest(&self.carrier.rows, features, candidates, itself, self.plane)
    }

    /// The values of these features: their own, or aggregated from their rows.
    fn value_of(
        &self,
        name: &str,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        found: &[Option<u32>],
    ) -> Result<MeasureSeries, DeriveError> {
        let column = reference.column.ok_or_else(|| self.fault(name, "it names no column"))?;
        let cells =
            bound.column(column).ok_or_else(|| self.fault(name, "its column has not been read"))?;
        let own = reference.part == DatasetPart::Features || column.of == ColumnOwner::Feature;
        let values =
            if own { own_values(cells) } else { self.rows_by_feature(name, reference, bound)? };
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
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<MeasureSeries, DeriveError> {
        let missing = || self.fault(name, "its rows have no key of their features");
        let link = bound.link.as_ref().ok_or_else(missing)?;
        let column = reference.column.ok_or_else(missing)?;
        let lists = FeatureLists::single(link.features.iter().copied());
        let lists = lists.map_err(|fault| self.too_many(fault))?.into();
        let membership = RowMembership { units: RowUnits::Text(link.keys), lists };
        let plan = self.plan(reference, bound, false);
        let features = bound.features.map_or(0, |features| features.len);
        let task = AggregationTask {
            membership: &membership,
            plan: &plan,
            features,
            present: None,
            able: None,
        };
        let cells = bound.column(column).ok_or_else(missing)?;
        if super::column_cells::is_number(cells.kind) {
            let numbers = bound.numbers(column).ok_or_else(missing)?;
            let made = task.numbers(AggregateKind::Mean, Some(&numbers), None, bound.rows.len);
            let whole = reference.column_kind() == Some(LogicalType::Int)
                || matches!(cells.kind, ColumnType::Int | ColumnType::UInt);
            return Ok(MeasureSeries::numbers(made.values, Some(if whole { 0 } else { 2 })));
        }
        let (texts, distinct) = bound.texts(column).ok_or_else(missing)?;
        Ok(MeasureSeries::texts(task.most(&texts, distinct).values, distinct.to_vec()))
    }
}

/// The features that rows are or belong to, ascending.
fn candidates(
    bound: &BoundRows<'_>,
    reference: &ResolvedRows<'_>,
    rows: impl Iterator<Item = usize>,
) -> Vec<u32> {
    if reference.part == DatasetPart::Features {
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
