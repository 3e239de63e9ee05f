//! Lengths of time slices.

use serde::{Deserialize, Serialize};

/// The length of one time slice of values or of a layer, with the format of its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// `2026`.
    Year,
    /// `2026-H1`.
    HalfYear,
    /// `2026-Q3`.
    Quarter,
    /// `2026-10`.
    Month,
    /// `2026-W40`, a week of ISO 8601.
    Week,
    /// `2026-10-31`.
    Day,
    /// `2026-10-31T08`.
    Hour,
    /// `2026-10T08`: an hour of a typical day of the month.
    MonthHour,
}

impl Period {
    /// Whether every time of this length lies in one slice of length `slice`. A week lies in
    /// the month that it is counted in.
    #[must_use]
    pub const fn fits(self, slice: Self) -> bool {
        match slice {
            Self::Year => true,
            Self::HalfYear => !matches!(self, Self::Year),
            Self::Quarter => !matches!(self, Self::Year | Self::HalfYear),
            Self::Month => !matches!(self, Self::Year | Self::HalfYear | Self::Quarter),
            Self::Week => matches!(self, Self::Week | Self::Day | Self::Hour),
            Self::Day => matches!(self, Self::Day | Self::Hour),
            Self::Hour => matches!(self, Self::Hour),
            Self::MonthHour => matches!(self, Self::Hour | Self::MonthHour),
        }
    }

    /// Approximate number of periods of this length in a year.
    #[must_use]
    pub const fn per_year(self) -> u32 {
        match self {
            Self::Year => 1,
            Self::HalfYear => 2,
            Self::Quarter => 4,
            Self::Month => 12,
            Self::Week => 53,
            Self::Day => 366,
            Self::Hour => 366 * 24,
            Self::MonthHour => 12 * 24,
        }
    }

    /// Number of whole months; 1 for periods no longer than a month.
    #[must_use]
    pub const fn months(self) -> u32 {
        match self {
            Self::Year => 12,
            Self::HalfYear => 6,
            Self::Quarter => 3,
            Self::Month | Self::Week | Self::Day | Self::Hour | Self::MonthHour => 1,
        }
    }

    /// Name of the period in a catalog.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::HalfYear => "half-year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::MonthHour => "month-hour",
        }
    }
}
