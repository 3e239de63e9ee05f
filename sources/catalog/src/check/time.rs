//! Checks of a layer's time slices against the times of its data.

use super::Checker;
use crate::read::{KeyLocation, MeasureLocations};
use crate::{Dataset, LogicalType, MeasureOperation, MeasureSet};
use data_model::Period;

/// Times of the rows that a measure reads.
struct Times<'c> {
    dataset: &'c Dataset,
    period: Period,
    /// Number of retained periods; `None` if not declared.
    kept: Option<u32>,
}

impl<'c> Checker<'c> {
    /// Checks the times of a set of measures declared at `place`.
    pub(super) fn measure_times(
        &self,
        place: &KeyLocation,
        set: &MeasureSet,
        places: &MeasureLocations,
    ) {
        for (measure, place) in set.measures.iter().zip(&places.places) {
            if let MeasureOperation::Change { back, .. } = measure.operation {
                let place = place.at("change");
                if back == 0 {
                    self.add(
                        &place.at("periods_back"),
                        "compares a slice with itself",
                        "make it 1 at least",
                    );
                }
                if set.period.is_none() {
                    self.add(&place, "there are no time slices", "give the layer a period");
                }
            }
        }
        let Some(time) = set.period else {
            if set.retained_slices.is_some() {
                self.add(
                    &place.at("retained_slices"),
                    "there is no period",
                    "give the layer a period too",
                );
            }
            return;
        };
        if set.retained_slices == Some(0) {
            self.add(
                &place.at("retained_slices"),
                "keeps nothing",
                "make it 1 at least, or remove it",
            );
        }
        let rows = set.measures.iter().filter_map(|measure| measure.operation.rows());
        let mut unknown = !places.lost.is_empty() || places.nameless;
        let mut times: Vec<Times<'_>> = Vec::new();
        for rows in rows {
            match self.datasets.get(rows.dataset.as_str()) {
                None => unknown = true,
                Some(declared) => {
                    unknown |= declared.torn;
                    times.extend(times_of(&declared.dataset));
                }
            }
        }
        if unknown {
            return;
        }
        let at = place.at("period");
        if times.is_empty() {
            let problem = "none of its measures is of data with a time";
            return self.add(&at, problem, "remove period and retained_slices");
        }
        let fitting: Vec<_> = times.iter().filter(|times| times.period.fits(time)).collect();
        if fitting.is_empty() {
            let finest = times.iter().max_by_key(|times| times.period.per_year());
            let Some(Times { dataset, period, .. }) = finest else { return };
            let problem = format!("a {} is shorter than what there is", time.name());
            let remedy = format!("{} has one row by {}: make it that", dataset.id, period.name());
            return self.add(&at, problem, remedy);
        }
        self.kept(place, set, time, &fitting, places);
    }

    /// Checks that the data fills as many slices as are declared.
    fn kept(
        &self,
        place: &KeyLocation,
        set: &MeasureSet,
        time: Period,
        times: &[&Times<'_>],
        places: &MeasureLocations,
    ) {
        // Number of slices that the retained periods fill, at least in part.
        let filled = |times: &&Times<'_>| {
            let kept = times.kept?.checked_mul(time.per_year())?;
            Some(kept.div_ceil(times.period.per_year()).saturating_add(1))
        };
        let exact = |times: &&Times<'_>| times.kept.filter(|_| times.period == time);
        let most: Option<Vec<u32>> =
            times.iter().map(|times| exact(times).or_else(|| filled(times))).collect();
        let Some(most) = most.and_then(|counts| counts.into_iter().max()) else { return };
        if let Some(slices) = set.retained_slices
            && slices > most
        {
            let problem = format!("{slices} slices, where {most} are retained");
            self.add(&place.at("retained_slices"), problem, format!("make it {most} at most"));
        }
        for (measure, place) in set.measures.iter().zip(&places.places) {
            if let MeasureOperation::Change { back, .. } = measure.operation
                && back >= most
            {
                let problem = format!("{back} slices back, where {most} are retained");
                let remedy = format!("make it less than {most}");
                self.add(&place.at("change").at("periods_back"), problem, remedy);
            }
        }
    }
}

/// Times of a dataset's values and of its features.
fn times_of(dataset: &Dataset) -> Vec<Times<'_>> {
    let mut times = Vec::new();
    if let Some(values) = &dataset.values
        && values.time.is_some()
        && let Some(period) = values.row_period()
    {
        // With hours, `retained_periods` counts days or months.
        let hours = if values.hour.is_some() { 24 } else { 1 };
        let kept = values.retained_periods.map(|kept| kept.saturating_mul(hours));
        times.push(Times { dataset, period, kept });
    }
    if let Some(name) = &dataset.time {
        let kind = dataset.column(name).and_then(|column| column.kind);
        let period = match kind {
            Some(LogicalType::Year) => Period::Year,
            Some(LogicalType::Quarter) => Period::Quarter,
            Some(LogicalType::Month) => Period::Month,
            Some(LogicalType::Date) => Period::Day,
            _ => Period::Hour,
        };
        times.push(Times { dataset, period, kept: None });
    }
    times
}
