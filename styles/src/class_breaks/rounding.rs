//! Rounding of breaks to numbers that people use.

use super::balance::{is_sound, largest_share, rank};

/// Shares of the ranks and of the distance to a neighbour that a break may move by,
/// the largest first.
const TOLERANCES: [f64; 4] = [0.04, 0.02, 0.008, 0.0];

/// Rounds breaks as far as no class becomes empty or holds more than half of the numbers.
///
/// `whole` keeps to whole numbers. Breaks that admit no rounding are returned as they are.
pub(super) fn rounded(sorted: &[f64], breaks: &[f64], whole: bool) -> Vec<f64> {
    let most = largest_share(sorted, breaks).max(0.5);
    for tolerance in TOLERANCES {
        let moved: Vec<f64> = (0..breaks.len())
            .map(|place| rounded_break(sorted, breaks, place, tolerance, whole))
            .collect();
        if is_sound(sorted, &moved) && largest_share(sorted, &moved) <= most {
            return moved;
        }
    }
    breaks.to_vec()
}

/// Roundest number near a break.
fn rounded_break(sorted: &[f64], breaks: &[f64], place: usize, tolerance: f64, whole: bool) -> f64 {
    let at = breaks[place];
    let rank = rank(sorted, at);
    let ranks = (tolerance * sorted.len() as f64) as usize;
    let least = sorted[rank.saturating_sub(1 + ranks)];
    let greatest = sorted[(rank + ranks).min(sorted.len() - 1)];
    let below = place.checked_sub(1).map_or(sorted[0], |place| breaks[place]);
    let above = breaks.get(place + 1).copied().unwrap_or(sorted[sorted.len() - 1]);
    // A number equal to the greatest below would take that number's class along.
    let step = (greatest - least).abs() * 1e-9;
    let from = (least + step).min(at - (at - below) * tolerance * 2.0);
    let to = greatest.max(at + (above - at) * tolerance * 2.0);
    let from = from.max(below + (at - below) * 0.5);
    let to = to.min(above);
    roundest_between(from, to, at, whole).unwrap_or(at)
}

/// Number with the fewest digits from `from` to `to`, the nearest to `wanted` among equals.
///
/// `None` where the range holds no number of nine digits.
pub(super) fn roundest_between(from: f64, to: f64, wanted: f64, whole: bool) -> Option<f64> {
    let size = from.abs().max(to.abs());
    if from > to || size == 0.0 || !size.is_finite() {
        return (from <= to).then_some(0.0);
    }
    if from <= 0.0 && to >= 0.0 && wanted.abs() < size / 20.0 {
        return Some(0.0);
    }
    let highest = size.log10().floor() as i32;
    for exponent in (highest - 9..=highest).rev() {
        // Five, two and a half, and two, of the next lower power: 5, 25 and 20 rank after 10.
        for (digits, exponent) in
            [(1.0, exponent), (5.0, exponent - 1), (2.0, exponent - 1), (25.0, exponent - 2)]
        {
            if whole && exponent < 0 {
                continue;
            }
            let unit = Unit { digits, exponent };
            let nearest = unit.nearest(wanted);
            let candidates = [nearest, nearest - 1.0, nearest + 1.0];
            let found = candidates.into_iter().map(|times| unit.times(times));
            if let Some(found) = found.into_iter().find(|found| *found >= from && *found <= to) {
                return Some(found);
            }
        }
    }
    None
}

/// Decimal unit, such as 5 × 10⁻².
struct Unit {
    digits: f64,
    exponent: i32,
}

impl Unit {
    fn nearest(&self, wanted: f64) -> f64 {
        (wanted / (self.digits * 10f64.powi(self.exponent))).round()
    }

    /// Multiple of the unit, as exact as a decimal number in a file.
    fn times(&self, times: f64) -> f64 {
        let power = 10f64.powi(self.exponent.abs());
        let digits = self.digits * times;
        if self.exponent < 0 { digits / power } else { digits * power }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(3.1, 4.2, 3.6, false, Some(4.0))]
    #[case(0.031, 0.042, 0.036, false, Some(0.04))]
    #[case(940.0, 1130.0, 1120.0, false, Some(1000.0))]
    #[case(2210.0, 2290.0, 2250.0, false, Some(2250.0))]
    #[case(-4.2, -3.1, -3.6, false, Some(-4.0))]
    #[case(-1.0, 30.0, 1.0, false, Some(0.0))]
    #[case(1.2, 1.8, 1.5, true, None)]
    #[case(1.2, 1.8, 1.5, false, Some(1.5))]
    #[case(2.0, 1.0, 1.5, false, None)]
    fn roundest(
        #[case] from: f64,
        #[case] to: f64,
        #[case] wanted: f64,
        #[case] whole: bool,
        #[case] found: Option<f64>,
    ) {
        assert_eq!(roundest_between(from, to, wanted, whole), found);
    }

    #[test]
    fn rounded_breaks_leave_no_class_empty() {
        let numbers: Vec<f64> = (0..500).map(|at| (f64::from(at) / 70.0).exp()).collect();
        let breaks = [4.214, 17.53, 73.4, 305.9];
        let found = rounded(&numbers, &breaks, false);
        assert_eq!(found, [4.0, 20.0, 70.0, 300.0]);
        assert!(is_sound(&numbers, &found) && largest_share(&numbers, &found) <= 0.5);
    }

    #[test]
    fn breaks_between_close_numbers_keep_their_digits() {
        let numbers = [1.234, 1.236, 1.241, 1.246];
        let found = rounded(&numbers, &[1.236, 1.241], false);
        assert_eq!(found, [1.235, 1.24]);
    }
}
