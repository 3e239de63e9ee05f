//! Sums that do not depend on the order of the summands.
//!
//! Numbers are added as integer multiples of a small power of two in 128 bits, and
//! rounded once at the end. The power follows from the largest number, so that no sum
//! overflows; parts smaller than 2⁻⁷⁰ of it are rounded first.

/// Converts numbers to integer multiples, and sums of these back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ExactScale {
    up: i32,
}

impl ExactScale {
    /// The scale for up to `count` numbers, none larger than `largest`.
    pub(crate) fn new(largest: f64, count: usize) -> Self {
        // 2^exponent is larger than any number, 2^bits than their count.
        let exponent = if largest > 0.0 { largest.log2().floor() as i32 + 2 } else { 0 };
        let bits = (usize::BITS - count.leading_zeros()) as i32 + 1;
        Self { up: (126 - bits - exponent).min(1200) }
    }

    /// The scale for these numbers, added up to `count` times.
    pub(crate) fn of(numbers: impl Iterator<Item = f64>, count: usize) -> Self {
        let largest = numbers.filter(|number| number.is_finite()).map(f64::abs);
        Self::new(largest.fold(0.0, f64::max), count)
    }

    /// A number as a multiple; 0 for NaN.
    pub(crate) fn multiple(self, number: f64) -> i128 {
        // Saturates, and NaN is 0. Two steps, as a power may be past what a double has.
        let half = self.up / 2;
        (number * 2f64.powi(half) * 2f64.powi(self.up - half)) as i128
    }

    /// A sum of multiples as a number.
    pub(crate) fn number(self, sum: i128) -> f64 {
        let half = self.up / 2;
        sum as f64 * 2f64.powi(-half) * 2f64.powi(half - self.up) + 0.0
    }
}

/// The sum of numbers without NaN.
pub(crate) fn sum(numbers: &[f64]) -> f64 {
    let scale = ExactScale::of(numbers.iter().copied(), numbers.len());
    scale.number(numbers.iter().map(|&number| scale.multiple(number)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_are_exact() {
        assert_eq!(sum(&[0.1, 0.2, 0.3, -0.6]), 2.775_557_561_562_891_4e-17);
        assert_eq!(sum(&[1e15, 1.0, -1e15, 0.25]), 1.25);
        assert_eq!(sum(&[f64::NAN, 2.0]), 2.0);
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[f64::MAX, -f64::MAX]), 0.0);
        assert_eq!(sum(&[5e-324]), 5e-324);
    }

    proptest! {
        #[test]
        fn sums_do_not_depend_on_the_order(
            numbers in prop::collection::vec(-1e12f64..1e12, 0..60),
            whole in prop::collection::vec(-1_000_000i32..1_000_000, 0..60),
        ) {
            let mut sorted = numbers.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(sum(&numbers).to_bits(), sum(&sorted).to_bits());
            let exact: i64 = whole.iter().map(|&number| i64::from(number)).sum();
            let whole: Vec<f64> = whole.into_iter().map(f64::from).collect();
            prop_assert_eq!(sum(&whole), exact as f64);
        }
    }
}
