//! Palette of two numbers, three classes each.

use crate::colour::SrgbColour;

/// Colours of nine classes: rows by the first number, columns by the second, each ascending.
///
/// The first number grows towards orange-brown, the second towards blue; both together
/// are nearly black.
#[must_use]
pub fn bivariate() -> [[SrgbColour; 3]; 3] {
    BIVARIATE
}

const fn colour(red: u8, green: u8, blue: u8) -> SrgbColour {
    SrgbColour::new(red, green, blue)
}

const BIVARIATE: [[SrgbColour; 3]; 3] = [
    [colour(0xe4, 0xe4, 0xe0), colour(0x8f, 0xb9, 0xdf), colour(0x2f, 0x82, 0xc9)],
    [colour(0xf0, 0xb2, 0x6a), colour(0x9a, 0x8f, 0x8c), colour(0x3d, 0x5f, 0x8f)],
    [colour(0xcf, 0x6d, 0x0e), colour(0x8a, 0x4f, 0x2a), colour(0x2b, 0x2a, 0x33)],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::smallest_difference;

    #[test]
    fn all_nine_classes_differ_in_every_vision() {
        let colours: Vec<_> = bivariate().into_iter().flatten().collect();
        for (at, one) in colours.iter().enumerate() {
            for other in &colours[at + 1..] {
                let found = smallest_difference(*one, *other);
                assert!(found >= 9.0, "{one} {other}: {found}");
            }
        }
    }

    #[test]
    fn lightness_falls_along_both_axes() {
        let light = bivariate().map(|row| row.map(|colour| colour.to_lab()[0]));
        for row in 0..3 {
            for step in 0..2 {
                assert!(light[row][step] > light[row][step + 1], "{light:?}");
                assert!(light[step][row] > light[step + 1][row], "{light:?}");
            }
        }
    }
}
