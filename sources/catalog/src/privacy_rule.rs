//! Restrictions on the published form of a dataset.

use data_model::DatasetId;
use serde::{Deserialize, Serialize};

/// Restriction on the published form of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum PrivacyRule {
    /// Suppresses counts from 1 to below the threshold for the public.
    Suppress {
        /// The suppression threshold: the smallest count that may be published.
        threshold: u32,
        /// Columns that are counts although not integers, such as estimates; integer
        /// columns are counts in any case.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        columns: Vec<String>,
    },
    /// Hides a column from the public.
    Hide {
        /// The column's name.
        column: String,
        /// The dataset of the smallest areas by which the number of rows with one of its
        /// values may be published; `None` forbids any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        smallest_areas: Option<DatasetId>,
    },
    /// Publishes a column's number as a band, such as `20–29`.
    Band {
        /// The column's name.
        column: String,
        /// Width of a band.
        width: u32,
    },
    /// Moves public positions to the middle of a square of a grid.
    Coarsen {
        /// The side of the square in metres.
        cell_size_m: u32,
    },
    /// Publishes measures by these areas or larger ones only, to staff as well; never single
    /// features.
    AggregateOnly {
        /// The dataset of the smallest areas.
        smallest_areas: DatasetId,
    },
    /// Forbids downloads.
    NoDownload,
    /// Forbids tiles of the features.
    NotTileable,
}

impl PrivacyRule {
    /// The band of this width that contains a number, such as `20–29`.
    ///
    /// Bands begin at multiples of the width. `None` if the number is not finite or the
    /// width is 0.
    #[must_use]
    pub fn band(number: f64, width: u32) -> Option<String> {
        if !number.is_finite() || width == 0 {
            return None;
        }
        let low = (number / f64::from(width)).floor() * f64::from(width);
        let high = low + f64::from(width - 1);
        Some(if width == 1 { format!("{low}") } else { format!("{low}–{high}") })
    }
}

#[cfg(test)]
mod tests {
    use super::PrivacyRule;
    use rstest::rstest;

    #[rstest]
    #[case(20.0, 10, Some("20–29"))]
    #[case(29.9, 10, Some("20–29"))]
    #[case(0.0, 10, Some("0–9"))]
    #[case(-1.0, 10, Some("-10–-1"))]
    #[case(7.5, 1, Some("7"))]
    #[case(f64::NAN, 10, None)]
    #[case(f64::INFINITY, 10, None)]
    #[case(1.0, 0, None)]
    fn numbers_become_bands(
        #[case] number: f64,
        #[case] width: u32,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(PrivacyRule::band(number, width).as_deref(), expected);
    }
}
