//! Labels of times, and the lookup of the label for a requested time.

use std::fmt;

use crate::Period;

/// Label of one time slice, such as `2026-10` or `2026-Q3`: a period of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeLabel {
    period: Period,
    year: u16,
    /// First and last month, inclusive; (1, 12) for a week, of which only the year is known.
    months: (u8, u8),
    /// Week of the year; for weeks alone.
    week: Option<u8>,
    day: Option<u8>,
    hour: Option<u8>,
}

impl TimeLabel {
    /// Parses a label; `None` if the text is no time label.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        let year = number(year, 4, 0..=9999)?;
        let of = |period, months| Self { period, year, months, week: None, day: None, hour: None };
        if rest.is_empty() {
            return Some(of(Period::Year, (1, 12)));
        }
        let rest = rest.strip_prefix('-')?;
        if let Some(half) = rest.strip_prefix('H') {
            let half = small_number(half, 1, 1..=2)?;
            return Some(of(Period::HalfYear, (6 * half - 5, 6 * half)));
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = small_number(quarter, 1, 1..=4)?;
            return Some(of(Period::Quarter, (3 * quarter - 2, 3 * quarter)));
        }
        if let Some(week) = rest.strip_prefix('W') {
            let week = Some(small_number(week, 2, 1..=53)?);
            return Some(Self { week, ..of(Period::Week, (1, 12)) });
        }
        let (date, hour) = match rest.split_once('T') {
            Some((date, hour)) => (date, Some(small_number(hour, 2, 0..=23)?)),
            None => (rest, None),
        };
        let (month, day) = match date.split_once('-') {
            Some((month, day)) => (month, Some(small_number(day, 2, 1..=31)?)),
            None => (date, None),
        };
        let month = small_number(month, 2, 1..=12)?;
        let period = match (day, hour) {
            (None, None) => Period::Month,
            (None, Some(_)) => Period::MonthHour,
            (Some(_), None) => Period::Day,
            (Some(_), Some(_)) => Period::Hour,
        };
        Some(Self { day, hour, ..of(period, (month, month)) })
    }

    /// Period of the slice.
    #[must_use]
    pub const fn period(self) -> Period {
        self.period
    }

    /// Whether `other` lies in this time or equals it.
    fn contains(self, other: Self) -> bool {
        if self == other {
            return true;
        }
        let inside = self.year == other.year
            && self.months.0 <= other.months.0
            && other.months.1 <= self.months.1;
        let same_day = || self.day.is_some() && self.day == other.day;
        let same_hour = || self.hour.is_some() && self.hour == other.hour;
        match self.period {
            Period::Year => inside,
            // The months that a week lies in depend on the calendar.
            _ if other.period == Period::Week => false,
            Period::HalfYear | Period::Quarter | Period::Month => inside,
            Period::Day => inside && same_day(),
            // Of the month's typical day, not of one day of it.
            Period::MonthHour | Period::Hour => inside && same_hour() && self.day == other.day,
            Period::Week => false,
        }
    }
}

/// Writes the label's text, the only one that [`TimeLabel::parse`] reads as this label.
impl fmt::Display for TimeLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        match self.period {
            Period::Year => return Ok(()),
            Period::HalfYear => return write!(f, "-H{}", self.months.1 / 6),
            Period::Quarter => return write!(f, "-Q{}", self.months.1 / 3),
            Period::Week => return write!(f, "-W{:02}", self.week.unwrap_or_default()),
            Period::Month | Period::MonthHour | Period::Day | Period::Hour => {}
        }
        write!(f, "-{:02}", self.months.0)?;
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        self.hour.map_or(Ok(()), |hour| write!(f, "T{hour:02}"))
    }
}

/// Number of exactly `digits` digits within `range`; `None` otherwise.
fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u16>) -> Option<u16> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && range.contains(number))
}

fn small_number(text: &str, digits: usize, range: std::ops::RangeInclusive<u16>) -> Option<u8> {
    number(text, digits, range)?.try_into().ok()
}

/// Time that a request names: a time label, or another text that a layer may use as a label.
///
/// A label has one spelling, so the text is canonical for either.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestedTime {
    text: Box<str>,
    label: Option<TimeLabel>,
}

impl RequestedTime {
    /// Parses a requested time; `None` for empty text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self { text: text.into(), label: TimeLabel::parse(text) })
    }

    /// The canonical text, never empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Index of the slice label that answers for this time; `labels` are ascending by time.
    ///
    /// The label equal to the time, or the newest that contains it, as `2026-Q3` contains
    /// `2026-08`; else the newest that lies in it, as `2026-10` lies in `2026`. `None` if there
    /// is none.
    #[must_use]
    pub fn find_in(&self, labels: &[Box<str>]) -> Option<usize> {
        // Mostly the label itself is asked for; there may be hundreds.
        if let Ok(index) = labels.binary_search_by(|label| (**label).cmp(&self.text)) {
            return Some(index);
        }
        let requested = self.label?;
        let newest = |answers: &dyn Fn(TimeLabel) -> bool| {
            labels.iter().rposition(|label| TimeLabel::parse(label).is_some_and(answers))
        };
        newest(&|label| label.contains(requested))
            .or_else(|| newest(&|label| requested.contains(label)))
    }
}

/// Describes a label's format for people: `a month such as 2026-10`.
#[must_use]
pub fn describe_form(label: &str) -> String {
    let format = match TimeLabel::parse(label).map(TimeLabel::period) {
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
    format!("{format} such as {label}")
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
    fn a_time_finds_the_label_that_contains_it_or_the_newest_within_it(
        #[case] labels: &[&str],
        #[case] times: &[&str],
        #[case] expected: Option<&str>,
    ) {
        let labels: Vec<Box<str>> = labels.iter().map(|&label| label.into()).collect();
        for time in times {
            let found = RequestedTime::parse(time).and_then(|time| time.find_in(&labels));
            assert_eq!(found.map(|index| &*labels[index]), expected, "{time}");
        }
    }

    #[rstest]
    #[case("2026", "a year such as 2026")]
    #[case("2026-H1", "a half-year such as 2026-H1")]
    #[case("2026-10", "a month such as 2026-10")]
    #[case("2026-10T08", "an hour of a month such as 2026-10T08")]
    #[case("soon", "a time such as soon")]
    fn a_form_is_described_by_an_example(#[case] label: &str, #[case] text: &str) {
        assert_eq!(describe_form(label), text);
    }

    #[test]
    fn a_label_is_written_as_it_was_read() {
        for labels in [YEARS, HALVES, QUARTERS, MONTHS, WEEKS, DAYS, HOURS, TYPICAL] {
            for label in labels {
                assert_eq!(TimeLabel::parse(label).unwrap().to_string(), *label);
            }
        }
        assert_eq!(TimeLabel::parse("2026-Q3").unwrap().period(), Period::Quarter);
        assert_ne!(TimeLabel::parse("2026-W39"), TimeLabel::parse("2026-W40"));
    }

    #[test]
    fn a_requested_time_keeps_its_text() {
        assert_eq!(RequestedTime::parse(""), None);
        for text in ["2026-10", "soon"] {
            assert_eq!(RequestedTime::parse(text).unwrap().as_str(), text);
        }
        let labels = ["early".into(), "late".into()];
        assert_eq!(RequestedTime::parse("late").unwrap().find_in(&labels), Some(1));
    }
}
