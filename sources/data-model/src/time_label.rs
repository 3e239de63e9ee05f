//! Labels of times, and the lookup of the label for a requested time.

use crate::Period;

/// Parsed time label: its period, and the months, day and hour that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TimeLabel<'t> {
    period: Period,
    year: &'t str,
    /// First and last month, inclusive; (1, 12) for a week, of which only the year is known.
    months: (u32, u32),
    day: Option<u32>,
    hour: Option<u32>,
    text: &'t str,
}

impl<'t> TimeLabel<'t> {
    /// Parses a label; `None` if the text is no time label.
    fn parse(text: &'t str) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        number(year, 4, 0..=9999)?;
        let of = |period, months| Self { period, year, months, day: None, hour: None, text };
        if rest.is_empty() {
            return Some(of(Period::Year, (1, 12)));
        }
        let rest = rest.strip_prefix('-')?;
        if let Some(half) = rest.strip_prefix('H') {
            let half = number(half, 1, 1..=2)?;
            return Some(of(Period::HalfYear, (6 * half - 5, 6 * half)));
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = number(quarter, 1, 1..=4)?;
            return Some(of(Period::Quarter, (3 * quarter - 2, 3 * quarter)));
        }
        if let Some(week) = rest.strip_prefix('W') {
            number(week, 2, 1..=53)?;
            return Some(of(Period::Week, (1, 12)));
        }
        let (date, hour) = match rest.split_once('T') {
            Some((date, hour)) => (date, Some(number(hour, 2, 0..=23)?)),
            None => (rest, None),
        };
        let (month, day) = match date.split_once('-') {
            Some((month, day)) => (month, Some(number(day, 2, 1..=31)?)),
            None => (date, None),
        };
        let month = number(month, 2, 1..=12)?;
        let period = match (day, hour) {
            (None, None) => Period::Month,
            (None, Some(_)) => Period::MonthHour,
            (Some(_), None) => Period::Day,
            (Some(_), Some(_)) => Period::Hour,
        };
        Some(Self { day, hour, ..of(period, (month, month)) })
    }

    /// Whether `other` lies in this time or equals it.
    fn holds(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        let inside = self.year == other.year
            && self.months.0 <= other.months.0
            && other.months.1 <= self.months.1;
        let same_day = || self.day.is_some() && self.day == other.day;
        let same_hour = || self.hour.is_some() && self.hour == other.hour;
        match self.period {
            Period::Year => inside,
            // Which months a week lies in is a matter of counting.
            _ if other.period == Period::Week => false,
            Period::HalfYear | Period::Quarter | Period::Month => inside,
            Period::Day => inside && same_day(),
            // Of the month's typical day, not of one day of it.
            Period::MonthHour | Period::Hour => inside && same_hour() && self.day == other.day,
            Period::Week => false,
        }
    }
}

/// Number of exactly `digits` digits within `range`; `None` otherwise.
fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && range.contains(number))
}

/// Index of the label that answers for `time`; `labels` are ascending by time.
///
/// The label equal to the time, or the newest that holds it, as `2026-Q3` holds `2026-08`; else
/// the newest that lies in it, as `2026-10` lies in `2026`. `None` if there is none.
#[must_use]
pub fn slice_at(labels: &[Box<str>], time: &str) -> Option<usize> {
    // Mostly the label itself is asked for; there may be hundreds.
    if let Ok(place) = labels.binary_search_by(|label| (**label).cmp(time)) {
        return Some(place);
    }
    let asked = TimeLabel::parse(time)?;
    let place = |answers: &dyn Fn(&TimeLabel<'_>) -> bool| {
        labels.iter().rposition(|label| TimeLabel::parse(label).is_some_and(|held| answers(&held)))
    };
    place(&|held| held.holds(&asked)).or_else(|| place(&|held| asked.holds(held)))
}

/// Description of a label's form for people: `a month such as 2026-10`.
#[must_use]
pub fn form_of(label: &str) -> String {
    let what = match TimeLabel::parse(label).map(|label| label.period) {
        Some(Period::Year) => "a year",
        Some(Period::HalfYear) => "a half-year",
        Some(Period::Quarter) => "a quarter",
        Some(Period::Month) => "a month",
        Some(Period::Week) => "a week",
        Some(Period::Day) => "a day",
        Some(Period::Hour) => "an hour",
        Some(Period::MonthHour) => "an hour of a month",
        None => "a time",
    };
    format!("{what} such as {label}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const YEARS: &[&str] = &["2024", "2025", "2026"];
    const HALVES: &[&str] = &["2025-H1", "2025-H2", "2026-H1", "2026-H2"];
    const QUARTERS: &[&str] = &["2026-Q2", "2026-Q3"];
    const MONTHS: &[&str] = &["2025-12", "2026-08", "2026-09", "2026-10"];
    const WEEKS: &[&str] = &["2025-W52", "2026-W39", "2026-W40"];
    const DAYS: &[&str] = &["2026-10-30", "2026-10-31"];
    const HOURS: &[&str] = &["2026-10-30T23", "2026-10-31T08", "2026-10-31T09"];
    const TYPICAL: &[&str] = &["2026-09T08", "2026-10T08", "2026-10T09"];

    #[rstest]
    #[case(YEARS, &["2025", "2025-H2", "2025-Q1", "2025-07", "2025-W52", "2025-07-31", "2025-07-31T08", "2025-07T08"], Some("2025"))]
    #[case(YEARS, &["2023", "20257", "2025-", "2025-13", "2025-7", "2025-Q5", "", "x", "2025-07-31T24", "２０２５"], None)]
    #[case(HALVES, &["2026", "2026-H2", "2026-Q3", "2026-12", "2026-08-15"], Some("2026-H2"))]
    #[case(HALVES, &["2026-H1", "2026-Q2", "2026-06-30T23"], Some("2026-H1"))]
    #[case(HALVES, &["2024", "2026-W40"], None)]
    #[case(QUARTERS, &["2026", "2026-H2", "2026-Q3", "2026-07", "2026-08-15", "2026-09T08"], Some("2026-Q3"))]
    #[case(QUARTERS, &["2026-H1", "2026-04"], Some("2026-Q2"))]
    #[case(QUARTERS, &["2026-10", "2026-Q1", "2026-W30"], None)]
    #[case(MONTHS, &["2026", "2026-H2", "2026-Q4", "2026-10", "2026-10-31", "2026-10T08"], Some("2026-10"))]
    #[case(MONTHS, &["2026-Q3", "2026-09-01"], Some("2026-09"))]
    #[case(MONTHS, &["2026-W40", "2026-1", "2026-11", "2026-00", "latest", "\0"], None)]
    #[case(WEEKS, &["2026-W40", "2026"], Some("2026-W40"))]
    #[case(WEEKS, &["2026-10", "2026-Q4", "2026-W41", "2026-10-01", "2026-W54"], None)]
    #[case(DAYS, &["2026", "2026-Q4", "2026-10", "2026-10-31", "2026-10-31T08"], Some("2026-10-31"))]
    #[case(DAYS, &["2026-10T08", "2026-10-29"], None)]
    #[case(HOURS, &["2026-10", "2026-10-31", "2026-10-31T09"], Some("2026-10-31T09"))]
    #[case(HOURS, &["2026-10-30"], Some("2026-10-30T23"))]
    #[case(HOURS, &["2026-10-30T08", "2026-10T08"], None)]
    #[case(TYPICAL, &["2026", "2026-10", "2026-10T09"], Some("2026-10T09"))]
    #[case(TYPICAL, &["2026-Q3", "2026-09", "2026-09T08"], Some("2026-09T08"))]
    #[case(TYPICAL, &["2026-10-31", "2026-10-31T08", "2026-10T23"], None)]
    fn a_time_is_answered_by_what_holds_it_or_by_the_newest_in_it(
        #[case] labels: &[&str],
        #[case] times: &[&str],
        #[case] expected: Option<&str>,
    ) {
        let labels: Vec<Box<str>> = labels.iter().map(|&label| label.into()).collect();
        for time in times {
            assert_eq!(slice_at(&labels, time).map(|at| &*labels[at]), expected, "{time}");
        }
    }

    #[rstest]
    #[case("2026", "a year such as 2026")]
    #[case("2026-H1", "a half-year such as 2026-H1")]
    #[case("2026-10", "a month such as 2026-10")]
    #[case("2026-10T08", "an hour of a month such as 2026-10T08")]
    #[case("soon", "a time such as soon")]
    fn the_form_of_a_label_is_told(#[case] label: &str, #[case] told: &str) {
        assert_eq!(form_of(label), told);
    }
}
