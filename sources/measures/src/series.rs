//! Values of a measure: a list by feature for each slice, or one for all of them.

/// Lists of values by slice; one list if all slices are equal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SliceSeries<T>(Vec<Vec<T>>);

impl<T> SliceSeries<T> {
    pub(super) fn constant(values: Vec<T>) -> Self {
        Self(vec![values])
    }

    /// One list for each slice; there must be at least one.
    pub(super) fn sliced(slices: Vec<Vec<T>>) -> Self {
        Self(slices)
    }

    pub(super) fn is_constant(&self) -> bool {
        self.0.len() == 1
    }

    pub(super) fn of(&self, slice: usize) -> &[T] {
        match &self.0[..] {
            [only] => only,
            slices => slices.get(slice).map_or(&[], Vec::as_slice),
        }
    }

    pub(super) fn lists(&self) -> &[Vec<T>] {
        &self.0
    }

    pub(super) fn map<U>(&self, mut each: impl FnMut(&[T]) -> Vec<U>) -> SliceSeries<U> {
        SliceSeries(self.0.iter().map(|list| each(list)).collect())
    }
}

/// The values of a measure.
#[derive(Debug, Clone)]
pub(super) struct MeasureSeries {
    pub(super) data: SeriesData,
    /// Values that are suppressed for the public; `None` for none.
    pub(super) held: Option<SliceSeries<bool>>,
    /// Whether small numbers are suppressed at all.
    pub(super) guarded: bool,
    /// Whether the measure is a sum of amounts that are not public.
    pub(super) amounts: bool,
    /// Number of decimals kept; `None` keeps all.
    pub(super) decimals: Option<u8>,
}

/// Numbers, NaN for no data; or texts by their index plus one, 0 for no data.
#[derive(Debug, Clone)]
pub(super) enum SeriesData {
    Numbers(SliceSeries<f64>),
    Flags(SliceSeries<f64>),
    Texts(SliceSeries<u32>, Vec<Box<str>>),
}

impl MeasureSeries {
    pub(super) fn numbers(series: SliceSeries<f64>, decimals: Option<u8>) -> Self {
        let data = SeriesData::Numbers(series);
        Self { data, held: None, guarded: false, amounts: false, decimals }
    }

    pub(super) fn texts(series: SliceSeries<u32>, texts: Vec<Box<str>>) -> Self {
        let data = SeriesData::Texts(series, texts);
        Self { data, held: None, guarded: false, amounts: false, decimals: None }
    }

    /// The numbers; `None` for texts.
    pub(super) fn as_numbers(&self) -> Option<&SliceSeries<f64>> {
        match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => Some(series),
            SeriesData::Texts(..) => None,
        }
    }

    pub(super) fn is_constant(&self) -> bool {
        let constant = match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => series.is_constant(),
            SeriesData::Texts(series, _) => series.is_constant(),
        };
        constant && self.held.as_ref().is_none_or(SliceSeries::is_constant)
    }

    /// Whether the value of a feature is suppressed for the public.
    pub(super) fn is_held(&self, slice: usize, feature: usize) -> bool {
        self.held.as_ref().is_some_and(|held| held.of(slice).get(feature) == Some(&true))
    }

    /// Whether any feature has a value in a slice; a constant is the same in every slice.
    pub(super) fn is_known(&self, slice: usize) -> bool {
        match &self.data {
            SeriesData::Numbers(series) | SeriesData::Flags(series) => {
                series.of(slice).iter().any(|number| !number.is_nan())
            }
            SeriesData::Texts(series, _) => series.of(slice).iter().any(|&text| text != 0),
        }
    }

    /// The numbers of a slice as the public sees them: NaN for suppressed ones.
    pub(super) fn known(&self, slice: usize) -> Vec<f64> {
        let numbers = self.as_numbers().map_or(&[][..], |series| series.of(slice));
        let known = |(feature, &number): (usize, &f64)| {
            if self.is_held(slice, feature) { f64::NAN } else { number }
        };
        numbers.iter().enumerate().map(known).collect()
    }
}
