//! Pseudo-random number generator with the same numbers on every machine.
//!
//! `SplitMix64` (Steele, Lea and Flood, 2014). Each part of the district draws from a
//! stream of its own, so that a change to one does not move the others.

/// A stream of pseudo-random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

/// FNV-1a digest of labels and file contents, 64 bits.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Rng {
    /// Creates the stream called `label` of the district of `seed`.
    #[must_use]
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        let mut rng = Self(seed ^ digest(label.as_bytes()));
        rng.bits();
        rng
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A random number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A random number in `low..high`.
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A random whole number in `low..=high`.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    /// Returns `true` with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the weighted choices; `otherwise` if rounding leaves none.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[(f64, T)], otherwise: T) -> T {
        let total: f64 = choices.iter().map(|choice| choice.0).sum();
        let mut left = self.unit() * total;
        for &(weight, choice) in choices {
            left -= weight;
            if left < 0.0 {
                return choice;
            }
        }
        otherwise
    }

    /// Shuffles a list (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = self.whole(0, i as i64) as usize;
            list.swap(i, j);
        }
    }
}

/// Smooth noise in `-1.0..1.0` over the plane, with features of `size` metres.
#[must_use]
pub(crate) fn noise(seed: u64, label: &str, at: [f64; 2], size: f64) -> f64 {
    let base = seed ^ digest(label.as_bytes());
    let corner = |i: f64, j: f64| {
        let key = (i as i64 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ (j as i64 as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        Rng(base ^ key).unit() * 2.0 - 1.0
    };
    let (x, y) = (at[0] / size, at[1] / size);
    let (i, j) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - i), ease(y - j));
    let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
    mix(
        mix(corner(i, j), corner(i + 1.0, j), u),
        mix(corner(i, j + 1.0), corner(i + 1.0, j + 1.0), u),
        v,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // First outputs of SplitMix64 for the seed 1234567.
        let mut rng = Rng(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn labels_part_streams_and_ranges_hold() {
        assert_ne!(Rng::new(1, "a").bits(), Rng::new(1, "b").bits());
        let mut rng = Rng::new(7, "ranges");
        for _ in 0..1000 {
            assert!((2..=4).contains(&rng.whole(2, 4)));
            assert!((-1.0..3.0).contains(&rng.range(-1.0, 3.0)));
        }
        for i in 0..500 {
            let value = noise(3, "n", [f64::from(i) * 7.3, f64::from(i) * -3.1], 40.0);
            assert!((-1.0..=1.0).contains(&value));
        }
    }
}
