//! Colours without a hue of their own: ground, labels, and features outside the classes.

use crate::colour::SrgbColour;

/// Land of the base map.
pub const GROUND: SrgbColour = SrgbColour::new(0xf2, 0xf3, 0xf0);
/// Water of the base map.
pub const WATER: SrgbColour = SrgbColour::new(0xcf, 0xe0, 0xea);
/// Areas whose number is zero.
pub const ZERO: SrgbColour = SrgbColour::new(0xeb, 0xeb, 0xe7);
/// Middle class of a diverging palette.
pub const MIDDLE: SrgbColour = SrgbColour::new(0xee, 0xed, 0xe8);
/// Ground beneath the hatching of areas without data.
pub const NO_DATA: SrgbColour = SrgbColour::new(0xf7, 0xf7, 0xf5);
/// Areas that a measure does not apply to.
pub const NOT_APPLICABLE: SrgbColour = SrgbColour::new(0xc9, 0xcc, 0xce);
/// Outline of points and lines without data or with a suppressed number.
pub const MISSING_MARK: SrgbColour = SrgbColour::new(0x6e, 0x75, 0x7b);
/// Points and lines of further categories.
pub const OTHER: SrgbColour = SrgbColour::new(0x7d, 0x82, 0x87);
/// Areas of further categories.
pub const OTHER_AREA: SrgbColour = SrgbColour::new(0xc4, 0xc6, 0xc6);
/// Edge of pale lines.
pub const CASING: SrgbColour = SrgbColour::new(0x4d, 0x55, 0x5c);
/// Labels.
pub const LABEL: SrgbColour = SrgbColour::new(0x2a, 0x30, 0x36);
/// Halo of labels, and edge of marks that overlap.
pub const HALO: SrgbColour = SrgbColour::new(0xff, 0xff, 0xff);
