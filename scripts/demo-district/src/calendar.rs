//! Time range of the demo: two years of months up to October 2026, and their seasons.

use std::fmt;

use crate::numbers::rng::Rng;

/// Day, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(pub(crate) i64);

/// Last day of the demo's data.
pub(crate) const TODAY: Day = Day::new(2026, 10, 31);

impl Day {
    /// The day of this date (proleptic Gregorian).
    #[must_use]
    pub(crate) const fn new(year: i64, month: i64, day: i64) -> Self {
        // Years from March on: a leap day is then the last day of its year.
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let of_year = (153 * m + 2) / 5 + day - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// Year, month and day of the month.
    #[must_use]
    pub(crate) const fn date(self) -> (i64, i64, i64) {
        let z = self.0 + 719_468;
        let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let y = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * y + y / 4 - y / 100);
        let m = (5 * of_year + 2) / 153;
        let day = of_year - (153 * m + 2) / 5 + 1;
        let month = if m < 10 { m + 3 } else { m - 9 };
        (y + era * 400 + (month <= 2) as i64, month, day)
    }

    /// Day of the week, 0 for Monday.
    #[must_use]
    pub(crate) const fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    /// Whether the day is a Saturday or Sunday.
    #[must_use]
    pub(crate) const fn is_weekend(self) -> bool {
        self.weekday() > 4
    }

    /// Day this many days later.
    #[must_use]
    pub(crate) const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// Month of the day.
    #[must_use]
    pub(crate) const fn month(self) -> Month {
        let (year, month, _) = self.date();
        Month { year, month }
    }
}

/// Formats as `2026-10-31`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month {
    /// Year.
    pub(crate) year: i64,
    /// Month of the year, 1 to 12.
    pub(crate) month: i64,
}

/// Formats as `202610`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
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

impl Month {
    /// First day of the month.
    #[must_use]
    pub(crate) const fn first(self) -> Day {
        Day::new(self.year, self.month, 1)
    }

    /// Number of days in the month.
    #[must_use]
    pub(crate) const fn days(self) -> i64 {
        self.plus(1).first().0 - self.first().0
    }

    /// Month this many months later.
    #[must_use]
    pub(crate) const fn plus(self, months: i64) -> Self {
        let count = self.year * 12 + self.month - 1 + months;
        Self { year: count.div_euclid(12), month: count.rem_euclid(12) + 1 }
    }

    /// Yearly wave around 1: `1 + swing` in the `peak` month (1 to 12), `1 - swing` half
    /// a year away.
    #[must_use]
    pub(crate) fn season(self, peak: i64, swing: f64) -> f64 {
        1.0 + swing * COSINES[(self.month - peak).rem_euclid(12) as usize]
    }
}

/// The last month of the data.
pub(crate) const LAST_MONTH: Month = Month { year: 2026, month: 10 };

/// The 24 months from November 2024 to October 2026.
#[must_use]
pub(crate) fn months() -> Vec<Month> {
    (0..24).map(|k| LAST_MONTH.plus(k - 23)).collect()
}

/// Last `count` quarters up to the third of 2026: label such as `20263`, and last month.
#[must_use]
pub(crate) fn quarters(count: i64) -> Vec<(String, Month)> {
    let last = Month { year: 2026, month: 9 };
    let ends = (0..count).map(|k| last.plus(3 * (k + 1 - count)));
    ends.map(|end| (format!("{}{}", end.year, end.month / 3), end)).collect()
}

/// Last `count` half-years up to the first of 2026: label such as `2026H1`, and last month.
#[must_use]
pub(crate) fn half_years(count: i64) -> Vec<(String, Month)> {
    let last = Month { year: 2026, month: 6 };
    let ends = (0..count).map(|k| last.plus(6 * (k + 1 - count)));
    ends.map(|end| (format!("{}H{}", end.year, end.month / 6), end)).collect()
}

/// Last `count` years up to 2026.
#[must_use]
pub(crate) fn years(count: i64) -> Vec<i64> {
    (2027 - count..=2026).collect()
}

/// Last `count` days up to [`TODAY`].
#[must_use]
pub(crate) fn days(count: i64) -> Vec<Day> {
    (0..count).map(|k| TODAY.plus(k + 1 - count)).collect()
}

/// A random day between two days, both included.
pub(crate) fn day_between(rng: &mut Rng, from: Day, to: Day) -> Day {
    Day(rng.whole(from.0, to.0))
}

/// A random day of the 24 months, the months weighted by `weight`.
pub(crate) fn day_of_months(rng: &mut Rng, weight: impl Fn(Month) -> f64) -> Day {
    let choices: Vec<(f64, Month)> = months().into_iter().map(|m| (weight(m), m)).collect();
    let month = rng.pick(&choices, LAST_MONTH);
    month.first().plus(rng.whole(0, month.days() - 1))
}

/// A random hour, weighted by the 24 `weights`.
pub(crate) fn hour(rng: &mut Rng, weights: &[f64; 24]) -> i64 {
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
pub(crate) fn moment(rng: &mut Rng, day: Day, hour: i64) -> String {
    format!("{day}T{hour:02}:{:02}:00", rng.whole(0, 59))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(Day::new(1970, 1, 1).0, 0);
        assert_eq!(TODAY.to_string(), "2026-10-31");
        // A Saturday.
        assert_eq!(TODAY.weekday(), 5);
        assert_eq!(Day::new(2024, 2, 29).plus(1).to_string(), "2024-03-01");
        for n in [-1000, 0, 59, 60, 20_000] {
            let (y, m, d) = Day(n).date();
            assert_eq!(Day::new(y, m, d), Day(n));
        }
    }

    #[test]
    fn periods_end_with_october_2026() {
        let months = months();
        assert_eq!((months[0].to_string(), months.len()), ("202411".to_owned(), 24));
        assert_eq!(months[23], LAST_MONTH);
        assert_eq!(months[15].days(), 28);
        let quarters: Vec<_> = quarters(8).into_iter().map(|q| q.0).collect();
        assert_eq!((quarters[0].as_str(), quarters[7].as_str()), ("20244", "20263"));
        assert_eq!(half_years(4)[3].0, "2026H1");
        assert_eq!(years(5), [2022, 2023, 2024, 2025, 2026]);
        assert_eq!(days(28)[0].to_string(), "2026-10-04");
    }

    #[test]
    fn a_season_peaks_where_it_says() {
        let july = Month { year: 2026, month: 7 };
        assert_eq!(july.season(7, 0.2), 1.2);
        assert_eq!(july.plus(6).season(7, 0.2), 0.8);
    }
}
