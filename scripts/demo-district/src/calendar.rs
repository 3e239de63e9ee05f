//! Time range of the demo.
//!
//! Two years of months up to October 2026, and their seasons.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

use crate::numbers::rng::Rng;

/// Day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(Date);

/// Last day of the demo's data.
pub(crate) const TODAY: Day = Day::constant(2026, 10, 31);

impl Day {
    /// Day of a date known at compile time, which must exist.
    #[must_use]
    pub(crate) const fn constant(year: i16, month: i8, day: i8) -> Self {
        Self(Date::constant(year, month, day))
    }

    /// Year of the day.
    #[must_use]
    pub(crate) fn year(self) -> i64 {
        i64::from(self.0.year())
    }

    /// Month that contains the day.
    #[must_use]
    pub(crate) fn year_month(self) -> YearMonth {
        YearMonth(self.0.first_of_month())
    }

    /// Day of the week, 0 for Monday.
    #[must_use]
    pub(crate) fn weekday(self) -> i64 {
        i64::from(self.0.weekday().to_monday_zero_offset())
    }

    /// Whether the day is a Saturday or Sunday.
    #[must_use]
    pub(crate) fn is_weekend(self) -> bool {
        self.weekday() > 4
    }

    /// Day this many days later.
    ///
    /// The calendar's last or first day if there is no such day.
    #[must_use]
    pub(crate) fn plus(self, days: i64) -> Self {
        let span = Span::new().try_days(days).unwrap_or_default();
        Self(self.0.saturating_add(span))
    }

    /// Number of days from `earlier` to this day.
    #[must_use]
    pub(crate) fn days_since(self, earlier: Self) -> i64 {
        i64::from((self.0 - earlier.0).get_days())
    }
}

/// Formats as `2026-10-31`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Month of a year, stored as its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct YearMonth(Date);

/// Formats as `202610`.
impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.0.year(), self.0.month())
    }
}

/// Cosines of the twelfths of a circle.
const COSINES: [f64; 12] = [
    1.0,
    0.866_025_403_784_438_6,
    0.5,
    0.0,
    -0.5,
    -0.866_025_403_784_438_6,
    -1.0,
    -0.866_025_403_784_438_6,
    -0.5,
    0.0,
    0.5,
    0.866_025_403_784_438_6,
];

impl YearMonth {
    /// Month known at compile time.
    #[must_use]
    pub(crate) const fn constant(year: i16, month: i8) -> Self {
        Self(Date::constant(year, month, 1))
    }

    /// Month from 1 to 12 of a year.
    #[must_use]
    pub(crate) fn new(year: i64, month: i64) -> Self {
        Self::constant(1970, 1).plus(12 * (year - 1970) + month - 1)
    }

    /// Year.
    #[must_use]
    pub(crate) fn year(self) -> i64 {
        i64::from(self.0.year())
    }

    /// Month of the year, 1 to 12.
    #[must_use]
    pub(crate) fn month(self) -> i64 {
        i64::from(self.0.month())
    }

    /// Day of the month, counted from 1.
    ///
    /// A day past the end lies in the next month.
    #[must_use]
    pub(crate) fn day(self, day: i64) -> Day {
        Day(self.0).plus(day - 1)
    }

    /// Number of days in the month.
    #[must_use]
    pub(crate) fn days(self) -> i64 {
        i64::from(self.0.days_in_month())
    }

    /// Month this many months later.
    #[must_use]
    pub(crate) fn plus(self, months: i64) -> Self {
        let span = Span::new().try_months(months).unwrap_or_default();
        Self(self.0.saturating_add(span))
    }

    /// Number of months from `earlier` to this month.
    #[must_use]
    pub(crate) fn months_since(self, earlier: Self) -> i64 {
        (self.year() - earlier.year()) * 12 + self.month() - earlier.month()
    }

    /// Yearly wave around 1.
    ///
    /// `1 + swing` in the `peak` month (1 to 12), `1 - swing` half a year away.
    #[must_use]
    pub(crate) fn season(self, peak: i64, swing: f64) -> f64 {
        1.0 + swing * COSINES[(self.month() - peak).rem_euclid(12) as usize]
    }
}

/// The last month of the data.
pub(crate) const LAST_MONTH: YearMonth = YearMonth::constant(2026, 10);

/// The 24 months from November 2024 to October 2026.
#[must_use]
pub(crate) fn data_months() -> Vec<YearMonth> {
    (0..24).map(|k| LAST_MONTH.plus(k - 23)).collect()
}

/// Last `count` quarters up to the third of 2026.
///
/// Label such as `20263`, and last month.
#[must_use]
pub(crate) fn last_quarters(count: i64) -> Vec<(String, YearMonth)> {
    let last = YearMonth::constant(2026, 9);
    let ends = (0..count).map(|k| last.plus(3 * (k + 1 - count)));
    ends.map(|end| (format!("{}{}", end.year(), end.month() / 3), end)).collect()
}

/// Last `count` half-years up to the first of 2026.
///
/// Label such as `2026H1`, and last month.
#[must_use]
pub(crate) fn last_half_years(count: i64) -> Vec<(String, YearMonth)> {
    let last = YearMonth::constant(2026, 6);
    let ends = (0..count).map(|k| last.plus(6 * (k + 1 - count)));
    ends.map(|end| (format!("{}H{}", end.year(), end.month() / 6), end)).collect()
}

/// Last `count` years up to 2026.
#[must_use]
pub(crate) fn last_years(count: i64) -> Vec<i64> {
    (2027 - count..=2026).collect()
}

/// Last `count` days up to [`TODAY`].
#[must_use]
pub(crate) fn last_days(count: i64) -> Vec<Day> {
    (0..count).map(|k| TODAY.plus(k + 1 - count)).collect()
}

/// A random day between two days, both included.
pub(crate) fn random_day(rng: &mut Rng, from: Day, to: Day) -> Day {
    from.plus(rng.whole(0, to.days_since(from)))
}

/// A random day of the 24 months, the months weighted by `weight`.
pub(crate) fn random_day_by_month(rng: &mut Rng, weight: impl Fn(YearMonth) -> f64) -> Day {
    let choices: Vec<(f64, YearMonth)> =
        data_months().into_iter().map(|m| (weight(m), m)).collect();
    let month = rng.pick(&choices, LAST_MONTH);
    month.day(1 + rng.whole(0, month.days() - 1))
}

/// A random hour, weighted by the 24 `weights`.
pub(crate) fn random_hour(rng: &mut Rng, weights: &[f64; 24]) -> i64 {
    let mut left = rng.unit() * weights.iter().sum::<f64>();
    for (hour, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return hour as i64;
        }
    }
    23
}

/// Timestamp of a random minute of this day and hour: `2026-10-31T08:05:00`.
pub(crate) fn random_timestamp(rng: &mut Rng, day: Day, hour: i64) -> String {
    format!("{day}T{hour:02}:{:02}:00", rng.whole(0, 59))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(TODAY.to_string(), "2026-10-31");
        // A Saturday.
        assert_eq!(TODAY.weekday(), 5);
        assert_eq!(Day::constant(2024, 2, 29).plus(1).to_string(), "2024-03-01");
        assert_eq!(TODAY.days_since(Day::constant(2024, 2, 28)), 976);
        assert_eq!(TODAY.plus(-976), Day::constant(2024, 2, 28));
        assert_eq!(YearMonth::new(1994, 12), YearMonth::constant(1994, 12));
        assert_eq!(YearMonth::constant(2025, 1).plus(-1).day(31).to_string(), "2024-12-31");
        assert_eq!(LAST_MONTH.months_since(YearMonth::constant(2024, 11)), 23);
    }

    #[test]
    fn periods_end_with_october_2026() {
        let months = data_months();
        assert_eq!((months[0].to_string(), months.len()), ("202411".to_owned(), 24));
        assert_eq!(months[23], LAST_MONTH);
        assert_eq!(months[15].days(), 28);
        let quarters: Vec<_> = last_quarters(8).into_iter().map(|q| q.0).collect();
        assert_eq!((quarters[0].as_str(), quarters[7].as_str()), ("20244", "20263"));
        assert_eq!(last_half_years(4)[3].0, "2026H1");
        assert_eq!(last_years(5), [2022, 2023, 2024, 2025, 2026]);
        assert_eq!(last_days(28)[0].to_string(), "2026-10-04");
    }

    #[test]
    fn a_season_peaks_where_it_says() {
        let july = YearMonth::constant(2026, 7);
        assert_eq!(july.season(7, 0.2), 1.2);
        assert_eq!(july.plus(6).season(7, 0.2), 0.8);
    }
}
