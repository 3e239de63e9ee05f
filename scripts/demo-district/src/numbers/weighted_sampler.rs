//! Weighted random choice from a list.

use super::rng::Rng;

/// Weighted random choice of positions in a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct WeightedSampler {
    sums: Vec<f64>,
}

impl WeightedSampler {
    /// Creates a sampler of the positions of `weights`.
    #[must_use]
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let add = |weight: f64| {
            sum += weight.max(0.0);
            sum
        };
        Self { sums: weights.into_iter().map(add).collect() }
    }

    /// Draws one position; 0 if there are none.
    pub(crate) fn draw(&self, rng: &mut Rng) -> usize {
        let Some(last) = self.sums.last() else { return 0 };
        let at = rng.unit() * last;
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len() - 1)
    }
}
