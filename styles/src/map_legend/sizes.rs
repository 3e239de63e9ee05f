//! Round numbers for sizes.

use super::content::LegendSize;
use super::number_words::{NumberWords, same};
use crate::classification::SizeScale;
use crate::map_description::ValueDistribution;

/// Shares of the greatest number that get a circle.
const SHARES: [f64; 3] = [1.0, 0.35, 0.08];

/// Three round numbers with their sizes, the largest first; empty where no number is known or no
/// size differs.
pub(super) fn sizes(
    scale: &SizeScale,
    distribution: Option<&ValueDistribution>,
    words: NumberWords,
) -> Vec<LegendSize> {
    let numbers = distribution.map(|distribution| distribution.numbers.as_slice());
    let most = numbers.unwrap_or_default().iter().fold(0.0, |most: f64, it| most.max(it.abs()));
    let mut sizes: Vec<LegendSize> = Vec::new();
    for share in SHARES {
        let value = round_below(most * share, words.whole);
        let Some(size) = scale.size(value).filter(|&size| value > 0.0 && size > 0.0) else {
            continue;
        };
        if sizes.last().is_none_or(|last| last.value > value && last.size - size > 0.5) {
            sizes.push(LegendSize { value, label: same(&words.number(value)), size });
        }
    }
    sizes
}

/// The greatest 1, 2 or 5 times a power of ten that is not above a number; 0 for none.
fn round_below(number: f64, whole: bool) -> f64 {
    if number <= 0.0 || !number.is_finite() || (whole && number < 1.0) {
        return 0.0;
    }
    let power = 10f64.powi(number.log10().floor() as i32);
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= number * (1.0 + 1e-9));
    step.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(1234.0, 1000.0)]
    #[case(999.0, 500.0)]
    #[case(0.37, 0.2)]
    #[case(5.0, 5.0)]
    #[case(0.0, 0.0)]
    fn numbers_are_rounded_down(#[case] number: f64, #[case] expected: f64) {
        assert!((round_below(number, false) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_share_of_a_thing_is_not_counted() {
        assert_eq!(round_below(0.4, true), 0.0);
    }
}
