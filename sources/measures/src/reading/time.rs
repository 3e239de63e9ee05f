//! Times of rows and slices as numbers in chronological order.
//!
//! A moment is the hour at which a row's time begins, counted from 1970. A slice's number
//! counts periods of its length, so that the preceding slice has the preceding number;
//! for an hour of a month's typical day it counts hours of such days.

use catalog::DistrictTimeZone;
use data_model::Period;

/// Hour at which a time begins, counted from 1970; no time zone.
pub(crate) type EpochHour = i32;

const DAYS_BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days_of(year: i32, month: i32, day: i32) -> i32 {
    let past = year - 1;
    let leaps = past / 4 - past / 100 + past / 400;
    let leap_day = i32::from(month > 2 && is_leap(year));
    // 719,162 days from 0001-01-01 to 1970-01-01.
    past * 365 + leaps + DAYS_BEFORE[(month - 1).clamp(0, 11) as usize] + leap_day + day
        - 1
        - 719_162
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + i32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a day counted from 1970-01-01 (the inverse of [`days_of`]).
fn civil(days: i32) -> (i32, i32, i32) {
    // Howard Hinnant's algorithm: eras of 400 years that begin in March.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i32::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// Time of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowTime {
    /// Hour at which the time begins.
    pub(crate) moment: EpochHour,
    /// Length of the time.
    pub(crate) period: Period,
}

/// Parses a row's time in the district's zone: the local hour of a text with an offset,
/// otherwise the stored time.
pub(crate) fn parse_in(text: &str, zone: &DistrictTimeZone) -> Option<RowTime> {
    let Some(at) = zone.local(text) else { return parse(text) };
    let days = days_of(i32::from(at.year()), i32::from(at.month()), i32::from(at.day()));
    Some(RowTime { moment: days * 24 + i32::from(at.hour()), period: Period::Hour })
}

/// Parses a row's time as stored: the moment at which it begins, and its length. `None`
/// if the text is no time.
pub(crate) fn parse(text: &str) -> Option<RowTime> {
    let text = text.trim();
    let year: i32 = digits(text.get(..4)?)?;
    let rest = text.get(4..)?;
    let begin = |month, day, hour| Some(days_of(year, month, day) * 24 + hour);
    let part = rest.strip_prefix('-').unwrap_or(rest);
    let time = |moment, period| RowTime { moment, period };
    let found = match part.as_bytes() {
        [] if rest.is_empty() => time(begin(1, 1, 0)?, Period::Year),
        [b'H', half @ b'1'..=b'2'] => {
            time(begin(6 * i32::from(half - b'1') + 1, 1, 0)?, Period::HalfYear)
        }
        [b'Q', quarter @ b'1'..=b'4'] | [quarter @ b'1'..=b'4'] => {
            time(begin(3 * i32::from(quarter - b'1') + 1, 1, 0)?, Period::Quarter)
        }
        [b'W', ..] => {
            let week: i32 = digits(part.get(1..)?)?;
            let first = monday(days_of(year, 1, 4));
            let inside = (1..=53).contains(&week) && part.len() == 3;
            time(inside.then_some((first + 7 * (week - 1)) * 24)?, Period::Week)
        }
        _ => date(year, part)?,
    };
    (year > 0).then_some(found)
}

/// Parses `mm`, `mmdd`, `mm-dd` or either with a time of day.
fn date(year: i32, text: &str) -> Option<RowTime> {
    let month: i32 = digits(text.get(..2)?)?;
    if !(1..=12).contains(&month) {
        return None;
    }
    let rest = text.get(2..)?;
    if rest.is_empty() {
        return Some(RowTime { moment: days_of(year, month, 1) * 24, period: Period::Month });
    }
    if let Some(hour) = rest.strip_prefix('T') {
        let moment = days_of(year, month, 1) * 24 + hour_of(hour)?;
        return Some(RowTime { moment, period: Period::MonthHour });
    }
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let day: i32 = digits(rest.get(..2)?)?;
    if !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_of(year, month, day) * 24;
    match rest.get(2..)? {
        "" => Some(RowTime { moment: midnight, period: Period::Day }),
        rest => {
            let hour = rest.strip_prefix(['T', ' '])?;
            Some(RowTime { moment: midnight + hour_of(hour)?, period: Period::Hour })
        }
    }
}

/// Parses the hour of `hh`, `hh:mm` and longer; the rest is ignored.
fn hour_of(text: &str) -> Option<i32> {
    let hour = digits(text.get(..2)?)?;
    let ended = text.get(2..)?.chars().next().is_none_or(|next| !next.is_ascii_digit());
    ((0..24).contains(&hour) && ended).then_some(hour)
}

fn digits(text: &str) -> Option<i32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn monday(days: i32) -> i32 {
    (days + 3).div_euclid(7) * 7 - 3
}

/// The number of the slice of this length that contains a moment.
pub(crate) fn slice_of(moment: EpochHour, period: Period) -> i32 {
    let (days, hour) = (moment.div_euclid(24), moment.rem_euclid(24));
    let month = || {
        let (year, month, _) = civil(days);
        year * 12 + month - 1
    };
    match period {
        Period::Year => month().div_euclid(12),
        Period::HalfYear => month().div_euclid(6),
        Period::Quarter => month().div_euclid(3),
        Period::Month => month(),
        Period::Week => (days + 3).div_euclid(7),
        Period::Day => days,
        Period::Hour => moment,
        Period::MonthHour => month() * 24 + hour,
    }
}

/// The slice that contains a row's time: a week belongs to the slice of its Thursday.
pub(crate) fn slice_of_row(moment: EpochHour, row: Period, slice: Period) -> i32 {
    let by_month = !matches!(slice, Period::Week | Period::Day | Period::Hour);
    if row == Period::Week && by_month {
        let thursday = monday(moment.div_euclid(24)) + 3;
        return slice_of(thursday * 24, slice);
    }
    slice_of(moment, slice)
}

/// The moment at which a slice begins.
pub(crate) fn begin(slice: i32, period: Period) -> EpochHour {
    let month = |month: i32| days_of(month.div_euclid(12), month.rem_euclid(12) + 1, 1) * 24;
    match period {
        Period::Year => month(slice * 12),
        Period::HalfYear => month(slice * 6),
        Period::Quarter => month(slice * 3),
        Period::Month => month(slice),
        Period::Week => (slice * 7 - 3) * 24,
        Period::Day => slice * 24,
        Period::Hour => slice,
        Period::MonthHour => month(slice.div_euclid(24)) + slice.rem_euclid(24),
    }
}

/// The month in which a slice ends, as a number of [`slice_of`].
pub(crate) fn last_month(slice: i32, period: Period) -> i32 {
    match period {
        Period::MonthHour => slice.div_euclid(24),
        _ => slice_of(begin(slice + 1, period) - 1, Period::Month),
    }
}

/// The label of a slice.
pub(crate) fn label(slice: i32, period: Period) -> Box<str> {
    let moment = begin(slice, period);
    let (year, month, day) = civil(moment.div_euclid(24));
    let hour = moment.rem_euclid(24);
    let text = match period {
        Period::Year => format!("{year:04}"),
        Period::HalfYear => format!("{year:04}-H{}", (month - 1) / 6 + 1),
        Period::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
        Period::Month => format!("{year:04}-{month:02}"),
        Period::Week => {
            // The year of a week is that of its Thursday.
            let (year, _, _) = civil(moment.div_euclid(24) + 3);
            let first = monday(days_of(year, 1, 4));
            format!("{year:04}-W{:02}", (moment.div_euclid(24) - first) / 7 + 1)
        }
        Period::Day => format!("{year:04}-{month:02}-{day:02}"),
        Period::Hour => format!("{year:04}-{month:02}-{day:02}T{hour:02}"),
        Period::MonthHour => format!("{year:04}-{month:02}T{hour:02}"),
    };
    text.into()
}

/// The length by which rows that do not fit a slice are grouped: days and hours of
/// typical days are comparable by month only.
pub(crate) fn coarse(row: Period, slice: Period) -> Period {
    let typical = |period| period == Period::MonthHour;
    if typical(row) != typical(slice) && row.fits(Period::Month) { Period::Month } else { row }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026", Period::Year, "2026")]
    #[case("20263", Period::Quarter, "2026-Q3")]
    #[case("2026Q3", Period::Quarter, "2026-Q3")]
    #[case("2026-Q3", Period::Quarter, "2026-Q3")]
    #[case("2026H2", Period::HalfYear, "2026-H2")]
    #[case("2026-H1", Period::HalfYear, "2026-H1")]
    #[case("202610", Period::Month, "2026-10")]
    #[case("2026-10", Period::Month, "2026-10")]
    #[case("2026-W01", Period::Week, "2026-W01")]
    #[case("2026-W53", Period::Week, "2026-W53")]
    #[case("20261031", Period::Day, "2026-10-31")]
    #[case("2026-10-31", Period::Day, "2026-10-31")]
    #[case("2024-02-29", Period::Day, "2024-02-29")]
    #[case("2026-10-31T08", Period::Hour, "2026-10-31T08")]
    #[case("2026-10-31 08:59:59", Period::Hour, "2026-10-31T08")]
    #[case("2026-10-31T08:00:00+09:00", Period::Hour, "2026-10-31T08")]
    #[case("2026-10T08", Period::MonthHour, "2026-10T08")]
    fn times_are_parsed(#[case] text: &str, #[case] period: Period, #[case] expected: &str) {
        let RowTime { moment, period: found } = parse(text).unwrap();
        assert_eq!(found, period);
        let slice = slice_of_row(moment, found, period);
        assert_eq!(&*label(slice, period), expected);
        assert_eq!(slice_of(begin(slice, period), period), slice);
    }

    #[rstest]
    #[case("")]
    #[case("2026-13")]
    #[case("2026-02-29")]
    #[case("20265")]
    #[case("2026-W54")]
    #[case("2026-10-31T24")]
    #[case("2026-10-31T081")]
    #[case("0000")]
    #[case("작년의 자료")]
    #[case("+026")]
    fn other_texts_are_no_time(#[case] text: &str) {
        assert_eq!(parse(text), None);
    }

    #[test]
    fn the_calendar_agrees_with_itself_and_a_known_day() {
        assert_eq!(days_of(2026, 10, 31), 20_757);
        for days in (-700_000..200_000).step_by(13) {
            let (year, month, day) = civil(days);
            assert_eq!(days_of(year, month, day), days);
        }
    }

    #[test]
    fn a_week_belongs_to_the_slice_of_its_thursday() {
        // 2026-W27 is Monday, 29 June to Sunday, 5 July.
        let moment = parse("2026-W27").unwrap().moment;
        let month = slice_of_row(moment, Period::Week, Period::Month);
        assert_eq!(&*label(month, Period::Month), "2026-07");
    }

    #[test]
    fn labels_sort_as_slices_do() {
        for period in [Period::Week, Period::Month, Period::Quarter, Period::MonthHour] {
            let first = slice_of(parse("2025-11-20").unwrap().moment, period);
            let labels: Vec<_> = (first..first + 70).map(|slice| label(slice, period)).collect();
            assert!(labels.is_sorted(), "{labels:?}");
        }
    }

    #[test]
    fn the_last_month_of_a_slice() {
        let month = |text| slice_of(parse(text).unwrap().moment, Period::Month);
        for (text, last) in [("2026", "2026-12"), ("2026-Q2", "2026-06"), ("2026-10T08", "2026-10")]
        {
            let RowTime { moment, period } = parse(text).unwrap();
            assert_eq!(last_month(slice_of(moment, period), period), month(last));
        }
    }
}
