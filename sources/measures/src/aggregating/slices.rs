//! A layer's time slices, and the rows of a dataset in each.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::reading::column_cells::{NO_TIME, TimeColumn};
use crate::reading::time::{EpochHour, begin, coarse, label, last_month, slice_of, slice_of_row};
use data_model::Period;

/// The slices of a layer, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SliceAxis {
    period: Option<Period>,
    /// Numbers of the slices; those before `first` serve changes only.
    numbers: Vec<i32>,
    first: usize,
    /// Maximum number of published slices; the newest are published.
    keep: usize,
}

/// Number of slices evaluated beside the published ones, as some may have no values.
const SPARE: usize = 4;

/// Maximum number of slices: 70 years of days.
const MOST_SLICES: usize = 25_600;

impl SliceAxis {
    /// One slice without a time.
    pub(crate) fn timeless() -> Self {
        Self { period: None, numbers: vec![0], first: 0, keep: 1 }
    }

    /// The slices of these rows: the newest `keep` and a few more, and the `back` earlier
    /// periods that changes refer to. `None` if there are more than [`MOST_SLICES`].
    pub(crate) fn new<'t>(
        period: Option<Period>,
        keep: Option<u32>,
        back: u32,
        times: impl Iterator<Item = &'t TimeColumn>,
    ) -> Option<Self> {
        let Some(period) = period else { return Some(Self::timeless()) };
        let (mut exact, mut rough) = (BTreeSet::new(), BTreeSet::new());
        for times in times {
            let numbers = if times.period.fits(period) { &mut exact } else { &mut rough };
            let slices = times.moments.iter().map(|&at| slice_of_row(at, times.period, period));
            numbers.extend(slices);
        }
        let numbers: Vec<i32> = if exact.is_empty() { rough } else { exact }.into_iter().collect();
        if numbers.len() > MOST_SLICES {
            return None;
        }
        let keep = keep.map_or(usize::MAX, |keep| (keep as usize).max(1));
        let first = numbers.len() - numbers.len().min(keep.saturating_add(SPARE));
        // Without any time there is one slice without values.
        let Some(&oldest) = numbers.get(first) else {
            return Some(Self::timeless());
        };
        let oldest = oldest.saturating_sub(i32::try_from(back).unwrap_or(i32::MAX));
        let before = numbers.partition_point(|&number| number < oldest);
        let numbers = numbers[before..].to_vec();
        Some(Self { period: Some(period), numbers, first: first - before, keep })
    }

    /// Whether the slices are times.
    pub(crate) fn has_time(&self) -> bool {
        self.period.is_some()
    }

    /// The incomplete slice, which rows of these times begin and do not complete: the
    /// next row would fall into it, and the data is not known to be as of a later day.
    /// Empty if rows are as long as a slice.
    pub(crate) fn unfinished(&self, times: &TimeColumn, as_of: Option<EpochHour>) -> Vec<usize> {
        let Some(period) = self.period else { return Vec::new() };
        // An hour of a typical day is one of all days of its month.
        let whole = if period == Period::MonthHour { Period::Month } else { period };
        let long =
            matches!(whole, Period::Year | Period::HalfYear | Period::Quarter | Period::Month);
        let finer = times.period != whole && times.period.fits(whole);
        let Some(&last) = times.moments.last().filter(|_| long && finer) else {
            return Vec::new();
        };
        let newest = slice_of_row(last, times.period, whole);
        let next = begin(slice_of(last, times.period).saturating_add(1), times.period);
        let covered = as_of.is_some_and(|day| day + 24 >= begin(newest + 1, whole));
        if covered || slice_of_row(next, times.period, whole) != newest {
            return Vec::new();
        }
        let of_newest = |number: i32| slice_of(begin(number, period), whole) == newest;
        (0..self.len()).filter(|&slice| of_newest(self.numbers[slice])).collect()
    }

    /// Number of evaluated slices.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The published slices: the newest of those that have values. A slice that only some
    /// of the rows reach, as a month that has residents but no accidents yet, would be an
    /// empty map, and the first to be seen.
    pub(crate) fn published(&self, is_known: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut slices: Vec<usize> = (self.first..self.len()).filter(|&at| is_known(at)).collect();
        if slices.is_empty() {
            slices = (self.first..self.len()).collect();
        }
        slices.split_off(slices.len().saturating_sub(self.keep))
    }

    /// The labels of these slices.
    pub(crate) fn labels(&self, slices: &[usize]) -> Vec<Box<str>> {
        match self.period {
            None => vec!["".into()],
            Some(period) => slices.iter().map(|&at| label(self.numbers[at], period)).collect(),
        }
    }

    /// The slice this many periods before another; `None` if there is none.
    pub(crate) fn earlier(&self, slice: usize, back: u32) -> Option<usize> {
        self.period?;
        let number = self.numbers.get(slice)?.checked_sub(i32::try_from(back).ok()?)?;
        self.numbers.binary_search(&number).ok()
    }
}

/// Rows of a dataset in each slice, as ranges of the rows in order of time.
#[derive(Debug)]
pub(crate) struct SlicePlan {
    order: Vec<u32>,
    /// End of each time slot in `order`.
    ends: Vec<u32>,
    /// Range of slots of each slice, `None` if the dataset has no row in it; one entry if
    /// all slices have the same rows.
    slices: Vec<Option<Range<usize>>>,
}

/// Times of rows, from which slices are planned.
pub(crate) struct RowTimes<'t> {
    pub(crate) times: Option<&'t TimeColumn>,
    /// Length of the newest period to take, for values; `None` takes all rows (events).
    pub(crate) newest: Option<Period>,
    pub(crate) last_months: Option<u32>,
    /// Number of rows, including those that are not selected.
    pub(crate) rows: usize,
}

impl SlicePlan {
    /// Plans the selected rows. The slots are those of all rows of the dataset.
    pub(crate) fn new(
        axis: &SliceAxis,
        timed: &RowTimes<'_>,
        selected: impl Fn(usize) -> bool,
    ) -> Self {
        let window = timed.last_months.filter(|_| timed.times.is_some());
        let times = match (timed.times, axis.period, window, timed.newest) {
            (None, ..) | (Some(_), None, None, None) => return Self::all(timed.rows, selected),
            (Some(times), ..) => times,
        };
        // The length of a slot, and the slots' numbers.
        let slot_period = match (window, axis.period, timed.newest) {
            (Some(_), ..) => Period::Month,
            (None, Some(period), _) if times.period.fits(period) => period,
            (None, Some(period), _) => coarse(times.period, period),
            (None, None, newest) => newest.unwrap_or(times.period),
        };
        let slot = |&moment: &i32| slice_of_row(moment, times.period, slot_period);
        let of_moment: Vec<i32> = times.moments.iter().map(slot).collect();
        let numbers: Vec<i32> =
            of_moment.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let of_moment: Vec<u32> = of_moment
            .iter()
            .map(|number| numbers.partition_point(|known| known < number) as u32)
            .collect();
        let (order, ends) = sorted(times, &of_moment, numbers.len(), selected);

        let between = |from: i32, to: i32| {
            let from = numbers.partition_point(|&number| number < from);
            let to = numbers.partition_point(|&number| number <= to);
            (from < to).then_some(from..to)
        };
        let months = |last: i32| {
            let count = i32::try_from(window.unwrap_or(1)).unwrap_or(i32::MAX);
            between(last.saturating_sub(count.saturating_sub(1)), last)
        };
        let slices = match axis.period {
            None => vec![numbers.last().and_then(|&newest| match window {
                Some(_) => months(newest),
                None => between(newest, newest),
            })],
            Some(period) => {
                let rows_of = |&number: &i32| {
                    if window.is_some() {
                        months(last_month(number, period))
                    } else if slot_period == period {
                        between(number, number)
                    } else {
                        let at = begin(number, period);
                        let not_after =
                            numbers.partition_point(|&slot| begin(slot, slot_period) <= at);
                        not_after.checked_sub(1).map(|newest| newest..newest + 1)
                    }
                };
                axis.numbers.iter().map(rows_of).collect()
            }
        };
        Self { order, ends, slices }
    }

    fn all(rows: usize, selected: impl Fn(usize) -> bool) -> Self {
        let order: Vec<u32> =
            (0..rows).filter(|&row| selected(row)).map(|row| row as u32).collect();
        let ends = vec![order.len() as u32];
        Self { order, ends, slices: vec![(rows > 0).then_some(0..1)] }
    }

    /// Number of row lists: one, or one for each slice.
    pub(crate) fn len(&self) -> usize {
        self.slices.len()
    }

    /// The rows of a slice; `None` if the dataset has none in it, selected or not.
    pub(crate) fn rows(&self, slice: usize) -> Option<&[u32]> {
        let slots = self.slices.get(slice)?.as_ref()?;
        let end = |slot: usize| self.ends.get(slot).map_or(0, |&end| end as usize);
        let start = slots.start.checked_sub(1).map_or(0, end);
        self.order.get(start..end(slots.end - 1))
    }

    /// Whether a slice has the same rows as the one before.
    pub(crate) fn repeats(&self, slice: usize) -> bool {
        slice > 0 && self.slices[slice] == self.slices[slice - 1]
    }
}

/// The selected rows by slot, and the end of each slot.
fn sorted(
    times: &TimeColumn,
    of_moment: &[u32],
    slots: usize,
    selected: impl Fn(usize) -> bool,
) -> (Vec<u32>, Vec<u32>) {
    let mut slot_of_row = Vec::with_capacity(times.rows.len());
    let mut ends = vec![0u32; slots];
    for (row, &moment) in times.rows.iter().enumerate() {
        let slot = of_moment.get(moment as usize).copied().filter(|_| selected(row));
        if let Some(slot) = slot {
            ends[slot as usize] += 1;
        }
        slot_of_row.push(slot.unwrap_or(NO_TIME));
    }
    let mut total = 0;
    for end in &mut ends {
        total += *end;
        *end = total;
    }
    let mut next: Vec<u32> = std::iter::once(0).chain(ends.iter().copied()).collect();
    let mut order = vec![0u32; total as usize];
    for (row, &slot) in slot_of_row.iter().enumerate() {
        if slot != NO_TIME {
            let at = &mut next[slot as usize];
            order[*at as usize] = row as u32;
            *at += 1;
        }
    }
    (order, ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::column_cells::TimeReader;
    use catalog::DistrictTimeZone;
    use data_model::feature::AttributeValue;

    fn times(declared: Option<Period>, texts: &[&str]) -> TimeColumn {
        let mut reader = TimeReader::new(declared, DistrictTimeZone::default(), 0);
        for text in texts {
            let (time, hour) = text.split_once('@').map_or((*text, None), |(t, h)| (t, Some(h)));
            reader.push(AttributeValue::Text(time), hour.map(AttributeValue::Text));
        }
        reader.finish()
    }

    fn labels(axis: &SliceAxis) -> Vec<Box<str>> {
        axis.labels(&axis.published(|_| true))
    }

    fn timed(times: &TimeColumn, newest: Option<Period>) -> RowTimes<'_> {
        RowTimes { times: Some(times), newest, last_months: None, rows: times.rows.len() }
    }

    fn rows(axis: &SliceAxis, timed: &RowTimes<'_>) -> Vec<Option<Vec<u32>>> {
        let plan = SlicePlan::new(axis, timed, |_| true);
        (0..plan.len()).map(|slice| plan.rows(slice).map(<[u32]>::to_vec)).collect()
    }

    #[test]
    fn rows_count_in_the_slice_that_contains_them() {
        let days = times(None, &["2026-09-30", "2026-10-01", "x", "2026-10-31", "2026-12-01"]);
        let axis = SliceAxis::new(Some(Period::Month), None, 0, [&days].into_iter()).unwrap();
        assert_eq!(labels(&axis), ["2026-09", "2026-10", "2026-12"].map(Box::from));
        let expected = vec![Some(vec![0]), Some(vec![1, 3]), Some(vec![4])];
        assert_eq!(rows(&axis, &timed(&days, None)), expected);
        assert_eq!((axis.earlier(2, 2), axis.earlier(2, 1)), (Some(1), None));
        let plan = SlicePlan::new(&axis, &timed(&days, None), |row| row == 3);
        assert_eq!(plan.rows(0), Some(&[][..]));
        assert_eq!(plan.rows(1), Some(&[3][..]));
    }

    #[test]
    fn coarser_rows_count_until_the_next() {
        let months = times(None, &["202603", "202604", "202605", "202607"]);
        let quarters = times(None, &["20252", "20262"]);
        let axis = SliceAxis::new(Some(Period::Month), None, 0, [&months, &quarters].into_iter());
        let axis = axis.unwrap();
        let found = rows(&axis, &timed(&quarters, Some(Period::Quarter)));
        let expected = [vec![0], vec![1], vec![1], vec![1]].map(Some);
        assert_eq!(found, expected);
        let early =
            SliceAxis::new(Some(Period::Month), None, 0, [&times(None, &["202501"])].into_iter());
        assert_eq!(rows(&early.unwrap(), &timed(&quarters, None)), vec![None]);
    }

    #[test]
    fn hours_of_months_and_of_days() {
        let hours =
            times(Some(Period::MonthHour), &["202610@8", "202610@9", "202609@8", "202610@x"]);
        let axis = SliceAxis::new(Some(Period::MonthHour), None, 0, [&hours].into_iter()).unwrap();
        assert_eq!(labels(&axis), ["2026-09T08", "2026-10T08", "2026-10T09"].map(Box::from));
        assert_eq!(rows(&axis, &timed(&hours, None)), [vec![2], vec![0], vec![1]].map(Some));
        // Without time, the newest period of values is the month, with all its hours.
        let found = rows(&SliceAxis::timeless(), &timed(&hours, Some(Period::Month)));
        assert_eq!(found, vec![Some(vec![0, 1])]);
        // Hours of days are put together into those of typical days.
        let days = times(None, &["2026-10-01T08:00", "2026-10-02T08:30", "2026-10-02T09:00"]);
        assert_eq!(rows(&axis, &timed(&days, None)), vec![None, Some(vec![0, 1]), Some(vec![2])]);
        let daily = times(None, &["2026-10-01", "2026-10-02"]);
        let expected = vec![None, Some(vec![0, 1]), Some(vec![0, 1])];
        assert_eq!(rows(&axis, &timed(&daily, None)), expected);
    }

    #[test]
    fn the_last_months_end_with_the_slice() {
        let days = times(None, &["2025-10-31", "2025-11-01", "2026-10-31"]);
        let mut year = timed(&days, None);
        year.last_months = Some(12);
        assert_eq!(rows(&SliceAxis::timeless(), &year), vec![Some(vec![1, 2])]);
        let axis = SliceAxis::new(Some(Period::Month), None, 0, [&days].into_iter()).unwrap();
        assert_eq!(rows(&axis, &year), [vec![0], vec![0, 1], vec![1, 2]].map(Some));
        let newest = |months| {
            let all = RowTimes { last_months: months, ..timed(&days, None) };
            rows(&SliceAxis::timeless(), &all)
        };
        assert_eq!(newest(None), vec![Some(vec![0, 1, 2])]);
    }

    #[test]
    fn a_newest_slice_that_the_data_does_not_reach_the_end_of_is_partial() {
        let unfinished = |slice, texts: &[&str], as_of: Option<&str>| {
            let times = times(None, texts);
            let axis = SliceAxis::new(Some(slice), None, 0, [&times].into_iter()).unwrap();
            let as_of = as_of.and_then(crate::reading::time::parse).map(|day| day.moment);
            axis.labels(&axis.unfinished(&times, as_of))
        };
        let none: [Box<str>; 0] = [];
        let year = Period::Year;
        assert_eq!(unfinished(year, &["202501", "202612"], None), none);
        assert_eq!(unfinished(year, &["202501", "202610"], None), ["2026".into()]);
        assert_eq!(unfinished(Period::Quarter, &["202609"], None), none);
        assert_eq!(unfinished(Period::Quarter, &["202610"], None), ["2026-Q4".into()]);
        assert_eq!(unfinished(Period::HalfYear, &["20263"], None), ["2026-H2".into()]);
        // Nothing happened on the last days, and the data is of the day after them.
        let (events, month) = (["2026-10-01", "2026-10-29"], Period::Month);
        assert_eq!(unfinished(month, &events, None), ["2026-10".into()]);
        assert_eq!(unfinished(month, &events, Some("2026-10-30")), ["2026-10".into()]);
        assert_eq!(unfinished(month, &events, Some("2026-10-31")), none);
        // Weeks are whole ones: the last of September has its Thursday on the 24th.
        assert_eq!(unfinished(month, &["2026-W39"], None), none);
        assert_eq!(unfinished(month, &["2026-W38"], None), ["2026-09".into()]);
        // Rows as long as a slice complete it, and days are never partial.
        assert_eq!(unfinished(year, &["2026"], Some("2026-06-30")), none);
        assert_eq!(unfinished(Period::Day, &["2026-10-31T08"], None), none);
        let hours = unfinished(Period::MonthHour, &["2026-09-30T08", "2026-10-05T08"], None);
        assert_eq!(hours, ["2026-10T08".into()]);
    }

    #[test]
    fn the_newest_slices_are_published_and_earlier_ones_serve_changes() {
        let months = times(None, &["202601", "202602", "202603", "202604", "202605"]);
        let axis = SliceAxis::new(Some(Period::Month), Some(2), 1, [&months].into_iter()).unwrap();
        assert_eq!(labels(&axis), ["2026-04", "2026-05"].map(Box::from));
        assert_eq!((axis.len(), axis.published(|_| true)), (5, vec![3, 4]));
        // The newest slice has no value; an older one is published instead.
        let known = axis.published(|at| at != 4);
        assert_eq!(axis.labels(&known), ["2026-03", "2026-04"].map(Box::from));
        assert_eq!(axis.published(|_| false), [3, 4]);
        let none = SliceAxis::new(Some(Period::Month), None, 0, std::iter::empty()).unwrap();
        assert_eq!(labels(&none), ["".into()]);
        assert!(SliceAxis::new(Some(Period::Month), Some(0), 0, [&months].into_iter()).is_some());
    }
}
