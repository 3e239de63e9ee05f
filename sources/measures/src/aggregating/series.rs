//! Values of a measure: a list by feature for each slice, or one for all of them.

use std::collections::BTreeMap;

use crate::reading::column_cells::{ColumnCells, is_integer, is_number};
use data_model::feature::ColumnType;

/// Lists of values by slice; one list if all slices are equal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SliceSeries<T>(Vec<Vec<T>>);

impl<T> SliceSeries<T> {
    pub(crate) fn constant(values: Vec<T>) -> Self {
        Self(vec![values])
    }

    /// One list for each slice; there must be at least one.
    pub(crate) fn sliced(slices: Vec<Vec<T>>) -> Self {
        Self(slices)
    }

    pub(crate) fn is_constant(&self) -> bool {
        self.0.len() == 1
    }

    pub(crate) fn of(&self, slice: usize) -> &[T] {
        match &self.0[..] {
            [only] => only,
            slices => slices.get(slice).map_or(&[], Vec::as_slice),
        }
    }

    pub(crate) fn lists(&self) -> &[Vec<T>] {
        &self.0
    }

    pub(crate) fn map<U>(&self, mut each: impl FnMut(&[T]) -> Vec<U>) -> SliceSeries<U> {
        SliceSeries(self.0.iter().map(|list| each(list)).collect())
    }
}

/// Evaluated measures by name.
pub(crate) type MeasuresByName = BTreeMap<String, MeasureSeries>;

/// The values of a measure.
#[derive(Debug, Clone)]
pub(crate) struct MeasureSeries {
    pub(crate) data: SeriesData,
    /// Values that are suppressed for the public; `None` for none.
    pub(crate) suppressed: Option<SliceSeries<bool>>,
    /// Whether a suppression threshold applies.
    pub(crate) has_threshold: bool,
    /// Whether the measure is a sum of amounts that are not public.
    pub(crate) amounts: bool,
    /// Number of decimals kept; `None` keeps all.
    pub(crate) decimals: Option<u8>,
}

/// Numbers, NaN for no data; or texts by their index plus one, 0 for no data.
#[derive(Debug, Clone)]
pub(crate) enum SeriesData {
    Numbers(SliceSeries<f64>),
    Flags(SliceSeries<f64>),
    Texts(SliceSeries<u32>, Vec<Box<str>>),
}

impl MeasureSeries {
    pub(crate) fn numbers(series: SliceSeries<f64>, decimals: Option<u8>) -> Self {
        let data = SeriesData::Numbers(series);
        Self { data, suppressed: None, has_threshold: false, amounts: false, decimals }
    }

    pub(crate) fn texts(series: SliceSeries<u32>, texts: Vec<Box<str>>) -> Self {
        let data = SeriesData::Texts(series, texts);
        Self { data, suppressed: None, has_threshold: false, amounts: false, decimals: None }
    }

    /// The values of a column, unchanged.
    pub(crate) fn of_column(cells: &ColumnCells) -> Self {
        if !is_number(cells.kind) {
            let (rows, distinct) = match &cells.texts {
                Some(texts) => (texts.rows.clone(), texts.distinct.clone()),
                None => (Vec::new(), Vec::new()),
            };
            return Self::texts(SliceSeries::constant(rows), distinct);
        }
        let series = SliceSeries::constant(cells.numbers.clone());
        let decimals = is_integer(cells.kind).then_some(0);
        let data = match cells.kind {
            ColumnType::Bool => SeriesData::Flags(series),
            _ => SeriesData::Numbers(series),
        };
        Self { data, suppressed: None, has_threshold: false, amounts: false, decimals }
    }

    /// The numbers; `None` for texts.
    pub(crate) fn as_numbers(&self) -> Option<&SliceSeries<f64>> {
        match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => Some(series),
            SeriesData::Texts(..) => None,
        }
    }

    pub(crate) fn is_constant(&self) -> bool {
        let constant = match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => series.is_constant(),
            SeriesData::Texts(series, _) => series.is_constant(),
        };
        constant && self.suppressed.as_ref().is_none_or(SliceSeries::is_constant)
    }

    /// Whether the value of a feature is suppressed for the public.
    pub(crate) fn is_suppressed(&self, slice: usize, feature: usize) -> bool {
        self.suppressed
            .as_ref()
            .is_some_and(|suppressed| suppressed.of(slice).get(feature) == Some(&true))
    }

    /// Whether any feature has a value in a slice; a constant is the same in every slice.
    pub(crate) fn has_values(&self, slice: usize) -> bool {
        match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => {
                series.of(slice).iter().any(|number| !number.is_nan())
            }
            SeriesData::Texts(series, _) => series.of(slice).iter().any(|&text| text != 0),
        }
    }

    /// The numbers of a slice for the public; NaN for suppressed ones.
    pub(crate) fn public_numbers(&self, slice: usize) -> Vec<f64> {
        let numbers = self.as_numbers().map_or(&[][..], |series| series.of(slice));
        let public = |(feature, &number): (usize, &f64)| {
            if self.is_suppressed(slice, feature) { f64::NAN } else { number }
        };
        numbers.iter().enumerate().map(public).collect()
    }
}
