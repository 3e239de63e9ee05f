//! Qualitative palettes: categories without an order.

use crate::colour::SrgbColour;

const fn colour(red: u8, green: u8, blue: u8) -> SrgbColour {
    SrgbColour::new(red, green, blue)
}

/// Colours of points and lines by category, each at least 3:1 against the ground.
pub const QUALITATIVE_MARKS: [SrgbColour; 8] = [
    colour(0x37, 0x68, 0xd6),
    colour(0xc5, 0x5c, 0x4b),
    colour(0x51, 0x97, 0x73),
    colour(0x95, 0x50, 0x8d),
    colour(0x83, 0x5b, 0x00),
    colour(0x19, 0x94, 0xc8),
    colour(0x44, 0x34, 0x7c),
    colour(0x7a, 0x1f, 0x3d),
];

/// Colours of areas by category: pale, so that names stay readable on them.
pub const QUALITATIVE_AREAS: [SrgbColour; 8] = [
    colour(0xa0, 0xb6, 0xfd),
    colour(0xd3, 0xa5, 0x64),
    colour(0xd0, 0xe3, 0xb9),
    colour(0xba, 0x9a, 0xbb),
    colour(0xff, 0xe4, 0x70),
    colour(0xa3, 0xe0, 0xf4),
    colour(0xad, 0x8f, 0x7f),
    colour(0x92, 0x86, 0xd3),
];

#[cfg(test)]
mod tests {
    use super::super::{GROUND, OTHER, OTHER_AREA};
    use super::*;
    use crate::colour::{contrast_ratio, smallest_difference};

    #[test]
    fn all_categories_differ_in_every_vision() {
        for (palette, other) in [(QUALITATIVE_MARKS, OTHER), (QUALITATIVE_AREAS, OTHER_AREA)] {
            let all: Vec<_> = palette.into_iter().chain([other]).collect();
            for (at, one) in all.iter().enumerate() {
                for second in &all[at + 1..] {
                    let found = smallest_difference(*one, *second);
                    assert!(found >= 9.0, "{one} {second}: {found}");
                }
            }
        }
    }

    #[test]
    fn marks_stand_out_against_ground_and_pictograms_against_marks() {
        for mark in QUALITATIVE_MARKS.into_iter().chain([OTHER]) {
            assert!(contrast_ratio(mark, GROUND) >= 3.0, "{mark}");
            assert!(contrast_ratio(mark, SrgbColour::new(255, 255, 255)) >= 3.0, "{mark}");
        }
    }
}
