//! Registered residents by dong: made up, adding up to the district's known
//! 280,000.

use crate::land::dongs::DongDivision;
use crate::numbers::rng::Rng;

/// All residents of the district, rounded, as published.
pub(crate) const TOTAL_RESIDENTS: i64 = 280_000;

/// Residents of one dong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResidentCounts {
    /// All residents.
    pub(crate) total: i64,
    /// Men and boys.
    pub(crate) men: i64,
    /// Women and girls.
    pub(crate) women: i64,
    /// Aged 0 to 5.
    pub(crate) to_5: i64,
    /// Aged 6 to 17.
    pub(crate) to_17: i64,
    /// Aged 15 to 64.
    pub(crate) working_age: i64,
    /// Aged 65 and over.
    pub(crate) from_65: i64,
}

/// Share of residents of 65 and over by dong.
///
/// High where homes are old and people are poor, low by the university and in new flats.
#[rustfmt::skip]
const OLD_SHARE_BY_DONG: [f64; 17] = [
    0.168, 0.208, 0.186, 0.166, 0.164, 0.194, 0.182, 0.186, 0.158, 0.152, 0.172, 0.176,
    0.214, 0.218, 0.178, 0.190, 0.160,
];

/// Draws the residents of every dong from the weights of its dwellings.
#[must_use]
pub(crate) fn draw_residents(
    seed: u64,
    division: &DongDivision,
    dwellings: &[f64],
) -> Vec<ResidentCounts> {
    let mut rng = Rng::new(seed, "residents");
    // Limits on the share keep every dong inhabited and none dominant.
    let all: f64 = dwellings.iter().sum();
    let weights: Vec<f64> =
        dwellings.iter().map(|d| (d / all).clamp(0.022, 0.11) * rng.range(0.95, 1.05)).collect();
    let sum: f64 = weights.iter().sum();
    let mut totals: Vec<i64> =
        weights.iter().map(|w| (w / sum * TOTAL_RESIDENTS as f64).round() as i64).collect();
    let rest = TOTAL_RESIDENTS - totals.iter().sum::<i64>();
    if let Some(first) = totals.first_mut() {
        *first += rest;
    }
    totals.truncate(division.dongs.len());
    totals
        .into_iter()
        .enumerate()
        .map(|(dong, total)| {
            let mut share =
                |low: f64, high: f64| (total as f64 * rng.range(low, high)).round() as i64;
            let men = share(0.475, 0.497);
            let (to_5, to_17) = (share(0.026, 0.046), share(0.062, 0.098));
            let from_65 = share(0.97 * OLD_SHARE_BY_DONG[dong], 1.03 * OLD_SHARE_BY_DONG[dong]);
            // Residents of 15 to 17 count in two of the groups.
            let to_14 = to_5 + to_17 * 3 / 4;
            ResidentCounts {
                total,
                men,
                women: total - men,
                to_5,
                to_17,
                working_age: total - to_14 - from_65,
                from_65,
            }
        })
        .collect()
}
