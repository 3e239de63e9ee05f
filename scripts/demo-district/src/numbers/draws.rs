//! Random draws shared by several fields, in addition to [`crate::numbers::rng`].

use crate::numbers::rng::{Rng, digest};

/// A random count with mean `expected`, spread about as wide as counts of independent events.
pub(crate) fn random_count(rng: &mut Rng, expected: f64) -> i64 {
    if expected <= 0.0 {
        return 0;
    }
    if expected < 4.0 {
        // A bell would be cut off at 0, and its mean too large.
        return (0..8).map(|_| i64::from(rng.chance(expected / 8.0))).sum();
    }
    (expected + expected.sqrt() * bell_deviation(rng) + rng.unit()).floor().max(0.0) as i64
}

/// A random number around 0 with a spread of about 1, never beyond 3.5.
pub(crate) fn bell_deviation(rng: &mut Rng) -> f64 {
    const ROOT_OF_3: f64 = 1.732_050_807_568_877_2;
    (rng.unit() + rng.unit() + rng.unit() + rng.unit() - 2.0) * ROOT_OF_3
}

/// Noise in `-1.0..1.0` that depends only on the seed, the label and the two numbers.
#[must_use]
pub(crate) fn jitter(seed: u64, label: &str, a: usize, b: usize) -> f64 {
    let mix = (a as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64).rotate_left(32);
    Rng::new(seed ^ digest(label.as_bytes()) ^ mix, "jitter").unit() * 2.0 - 1.0
}

/// A random element of a list.
pub(crate) fn one_of<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.whole(0, list.len() as i64 - 1) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_spread_around_what_is_expected() {
        let mut rng = Rng::new(1, "around");
        let many: Vec<i64> = (0..4000).map(|_| random_count(&mut rng, 20.0)).collect();
        let mean = many.iter().sum::<i64>() as f64 / 4000.0;
        assert!((mean - 20.0).abs() < 0.4, "{mean}");
        assert!(many.iter().any(|n| *n < 12) && many.iter().any(|n| *n > 28));
        let few: i64 = (0..4000).map(|_| random_count(&mut rng, 0.3)).sum();
        assert!((1100..1300).contains(&few), "{few}");
        assert_eq!(random_count(&mut rng, 0.0), 0);
    }
}
