//! Diverging palettes: two directions from a neutral middle.

use std::sync::LazyLock;

use super::neutral::MIDDLE;
use super::ramp::Ramp;
use crate::colour::SrgbColour;

/// Most classes on one side of the middle.
const MOST: usize = 4;

/// Sides of a diverging palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DivergingPalette {
    /// Red on the low side, blue on the high side: the high end is good.
    RedBlue,
    /// Blue on the low side, red on the high side: the low end is good.
    BlueRed,
    /// Orange on the low side, purple on the high side: neither end is good.
    OrangePurple,
}

static RED: Ramp =
    Ramp([(0.90, 0.07, 70.0), (0.74, 0.155, 50.0), (0.54, 0.185, 32.0), (0.35, 0.13, 25.0)]);
static BLUE: Ramp =
    Ramp([(0.90, 0.05, 215.0), (0.72, 0.105, 235.0), (0.51, 0.13, 250.0), (0.33, 0.11, 260.0)]);
static ORANGE: Ramp =
    Ramp([(0.90, 0.08, 75.0), (0.74, 0.15, 60.0), (0.55, 0.135, 48.0), (0.37, 0.09, 40.0)]);
static PURPLE: Ramp =
    Ramp([(0.88, 0.05, 300.0), (0.70, 0.11, 298.0), (0.50, 0.15, 295.0), (0.33, 0.13, 292.0)]);

/// Colours of a side by the number of its classes, the one next to the middle first.
type SideTable = Vec<Vec<SrgbColour>>;

static TABLES: LazyLock<[SideTable; 4]> = LazyLock::new(|| {
    [&RED, &BLUE, &ORANGE, &PURPLE].map(|ramp| (0..=MOST).map(|count| side(ramp, count)).collect())
});

fn side(ramp: &Ramp, count: usize) -> Vec<SrgbColour> {
    match count {
        0 => Vec::new(),
        1 => vec![ramp.at(0.4)],
        // Two classes are not as dark as three: labels stay readable on them.
        2 => ramp.colours(4)[..3].iter().step_by(2).copied().collect(),
        _ => ramp.colours(count),
    }
}

impl DivergingPalette {
    /// All palettes.
    pub const ALL: [Self; 3] = [Self::RedBlue, Self::BlueRed, Self::OrangePurple];

    /// Colours of the classes from the lowest to the highest.
    ///
    /// `below` and `above` are the numbers of classes on the sides, four at most each;
    /// `middle` adds the neutral class between them. The same number of classes away from
    /// the middle is equally dark on both sides.
    #[must_use]
    pub fn colours(self, below: usize, middle: bool, above: usize) -> Vec<SrgbColour> {
        let deepest = below.max(above).min(MOST);
        let [low, high] = self.sides();
        let [low, high] = [&TABLES[low][deepest], &TABLES[high][deepest]];
        let low = low.iter().take(below).rev();
        let middle = middle.then_some(&MIDDLE);
        low.chain(middle).chain(high.iter().take(above)).copied().collect()
    }

    /// Colours of single marks below and above the middle: at least 3:1 against the ground.
    #[must_use]
    pub fn marks(self) -> [SrgbColour; 2] {
        self.sides().map(|side| TABLES[side][MOST][2])
    }

    /// Positions in the tables of the low and the high side.
    const fn sides(self) -> [usize; 2] {
        match self {
            Self::RedBlue => [0, 1],
            Self::BlueRed => [1, 0],
            Self::OrangePurple => [2, 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::GROUND;
    use super::*;
    use crate::colour::{contrast_ratio, smallest_difference};

    #[test]
    fn all_classes_of_a_palette_differ_in_every_vision() {
        for palette in DivergingPalette::ALL {
            for (below, middle, above) in [
                (1, false, 1),
                (1, true, 1),
                (2, true, 2),
                (3, true, 3),
                (3, false, 3),
                (1, true, 3),
            ] {
                let colours = palette.colours(below, middle, above);
                assert_eq!(colours.len(), below + usize::from(middle) + above);
                for (at, one) in colours.iter().enumerate() {
                    for other in &colours[at + 1..] {
                        let found = smallest_difference(*one, *other);
                        assert!(found >= 9.0, "{palette:?} {below} {above}: {found}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_middle_is_lightest_and_the_sides_are_equally_deep() {
        for palette in DivergingPalette::ALL {
            let light: Vec<_> =
                palette.colours(3, true, 3).iter().map(|colour| colour.to_lab()[0]).collect();
            assert!(light[..4].windows(2).all(|pair| pair[0] < pair[1]), "{light:?}");
            assert!(light[3..].windows(2).all(|pair| pair[0] > pair[1]), "{light:?}");
            for step in 0..3 {
                assert!((light[step] - light[6 - step]).abs() < 8.0, "{palette:?} {light:?}");
            }
            for mark in palette.marks() {
                assert!(contrast_ratio(mark, GROUND) >= 3.0, "{palette:?} {mark}");
            }
        }
    }

    #[test]
    fn a_short_side_keeps_the_distances_of_the_long_one() {
        let all = DivergingPalette::RedBlue.colours(3, true, 3);
        assert_eq!(DivergingPalette::RedBlue.colours(1, true, 3), all[2..]);
        assert_eq!(DivergingPalette::BlueRed.colours(3, true, 1).len(), 5);
    }
}
