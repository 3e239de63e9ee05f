//! Colour of a style document, in sRGB with eight bits a channel.

use std::fmt;
use std::str::FromStr;

use palette::convert::FromColorUnclamped;
use palette::{FromColor, Lab, Oklch, Srgb};

/// Opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SrgbColour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl SrgbColour {
    /// Creates a colour from its channels.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Parses `#rrggbb` or `#rgb`; `None` for any other notation.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !text.starts_with('#') || !matches!(text.len(), 4 | 7) {
            return None;
        }
        let parsed = Srgb::<u8>::from_str(text).ok()?;
        Some(Self::new(parsed.red, parsed.green, parsed.blue))
    }

    /// Colour of lightness (0 to 1), chroma and hue (degrees) in OKLCh.
    ///
    /// A chroma that sRGB lacks at this lightness and hue is reduced until it fits.
    #[must_use]
    pub fn from_oklch(lightness: f32, chroma: f32, hue: f32) -> Self {
        let at = |chroma: f32| Srgb::from_color_unclamped(Oklch::new(lightness, chroma, hue));
        let fits = |colour: Srgb| {
            let channels = [colour.red, colour.green, colour.blue];
            channels.iter().all(|channel| (-0.0005..=1.0005).contains(channel))
        };
        let (mut inside, mut outside) = (0.0, chroma);
        let mut colour = at(chroma);
        if !fits(colour) {
            for _ in 0..16 {
                let middle = (inside + outside) / 2.0;
                if fits(at(middle)) { inside = middle } else { outside = middle }
            }
            colour = at(inside);
        }
        let bytes: Srgb<u8> = colour.into_format();
        Self::new(bytes.red, bytes.green, bytes.blue)
    }

    /// Lightness (0 to 1), chroma and hue (degrees) in OKLCh.
    #[must_use]
    pub fn to_oklch(self) -> (f32, f32, f32) {
        let colour = Oklch::from_color(self.to_palette());
        (colour.l, colour.chroma, colour.hue.into_positive_degrees())
    }

    /// CIELAB coordinates (D65) with a lightness from 0 to 100.
    #[must_use]
    pub fn to_lab(self) -> [f32; 3] {
        let lab = Lab::from_color(self.to_palette());
        [lab.l, lab.a, lab.b]
    }

    pub(super) fn to_palette(self) -> Srgb {
        Srgb::new(self.red, self.green, self.blue).into_format()
    }
}

impl fmt::Display for SrgbColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("#0072b2", Some("#0072b2"))]
    #[case("#FFF", Some("#ffffff"))]
    #[case("0072b2", None)]
    #[case("#0072b2ff", None)]
    #[case("red", None)]
    fn notations(#[case] text: &str, #[case] parsed: Option<&str>) {
        assert_eq!(SrgbColour::parse(text).map(|colour| colour.to_string()).as_deref(), parsed);
    }

    /// Reference values of CIELAB (D65) and OKLCh, as browsers convert them.
    #[rstest]
    #[case("#ff0000", [53.24, 80.09, 67.20], [0.628, 0.2577, 29.23])]
    #[case("#0000ff", [32.30, 79.19, -107.86], [0.452, 0.3132, 264.05])]
    #[case("#777777", [50.03, 0.0, 0.0], [0.5693, 0.0, 0.0])]
    fn conversions(#[case] text: &str, #[case] lab: [f32; 3], #[case] oklch: [f32; 3]) {
        let colour = SrgbColour::parse(text).unwrap();
        for (found, expected) in colour.to_lab().iter().zip(lab) {
            assert!((found - expected).abs() < 0.05, "{text}: {:?}", colour.to_lab());
        }
        let (lightness, chroma, hue) = colour.to_oklch();
        assert!((lightness - oklch[0]).abs() < 0.001 && (chroma - oklch[1]).abs() < 0.001);
        assert!(oklch[1] == 0.0 || (hue - oklch[2]).abs() < 0.1, "{hue}");
    }

    #[test]
    fn oklch_returns_to_the_same_colour_and_stays_in_gamut() {
        for text in ["#0072b2", "#d55e00", "#f2f3f0", "#000000", "#ffffff"] {
            let colour = SrgbColour::parse(text).unwrap();
            let (lightness, chroma, hue) = colour.to_oklch();
            assert_eq!(SrgbColour::from_oklch(lightness, chroma, hue), colour);
        }
        let (lightness, chroma, hue) = SrgbColour::from_oklch(0.9, 0.4, 25.0).to_oklch();
        assert!((lightness - 0.9).abs() < 0.01, "{lightness}");
        assert!((hue - 25.0).abs() < 5.0, "{hue}");
        assert!(chroma < 0.12, "{chroma}");
    }
}
