//! Colours at perceptually even steps along a curve.

use crate::colour::{SrgbColour, smallest_difference};

/// Lightness, chroma and hue (degrees) in OKLCh.
pub(super) type Anchor = (f32, f32, f32);

/// Rounds in which steps are evened out.
const ROUNDS: usize = 24;

/// Curve through anchors, from light to dark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ramp(pub(super) [Anchor; 4]);

impl Ramp {
    /// Colour at a position from 0 (light) to 1 (dark).
    pub(super) fn at(&self, position: f32) -> SrgbColour {
        let place = position.clamp(0.0, 1.0) * (self.0.len() - 1) as f32;
        let from = (place as usize).min(self.0.len() - 2);
        let part = place - from as f32;
        let (one, other) = (self.0[from], self.0[from + 1]);
        let mixed = |one: f32, other: f32| one + (other - one) * part;
        SrgbColour::from_oklch(mixed(one.0, other.0), mixed(one.1, other.1), mixed(one.2, other.2))
    }

    /// Colours of so many classes, from light to dark, the ends among them.
    ///
    /// Steps are even in the vision that tells the least of them apart. One class gets a
    /// colour that stands out against the ground.
    pub(super) fn colours(&self, count: usize) -> Vec<SrgbColour> {
        if count <= 1 {
            return vec![self.at(0.62); count];
        }
        let mut steps = vec![1.0 / (count - 1) as f32; count - 1];
        for _ in 0..ROUNDS {
            let colours = self.along(&steps);
            let differ = |pair: &[SrgbColour]| smallest_difference(pair[0], pair[1]).max(0.1);
            for (step, pair) in steps.iter_mut().zip(colours.windows(2)) {
                *step /= differ(pair).sqrt();
            }
            let whole: f32 = steps.iter().sum();
            steps.iter_mut().for_each(|step| *step /= whole);
        }
        self.along(&steps)
    }

    /// Colours at the ends of steps along the curve.
    fn along(&self, steps: &[f32]) -> Vec<SrgbColour> {
        let mut position = 0.0;
        let ends = steps.iter().map(|step| {
            position += step;
            self.at(position)
        });
        std::iter::once(self.at(0.0)).chain(ends).collect()
    }
}
