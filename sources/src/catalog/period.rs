//! How long a time slice is.

use serde::{Deserialize, Serialize};

/// The length of one time slice of values or of a layer, with the form of its label.
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
