//! Twins of colours for a dark ground, and with more contrast.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::diverging::DivergingPalette;
use super::neutral;
use super::qualitative::{QUALITATIVE_AREAS, QUALITATIVE_MARKS};
use super::sequential::SequentialPalette;
use crate::colour::SrgbColour;

/// Variant of a style's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourSchemeVariant {
    /// Dark marks on a light ground, as authored.
    #[default]
    Light,
    /// Light marks on a dark ground.
    Dark,
    /// Stronger contrast on a light ground.
    Contrast,
}

/// Dark twins of the colours of sequential and diverging palettes: a class that was dark is light.
static DARK: LazyLock<HashMap<SrgbColour, SrgbColour>> = LazyLock::new(|| {
    let mut twins = HashMap::new();
    for palette in SequentialPalette::all() {
        // The tables of few classes come first: their colours are the commonest.
        for count in [5, 4, 6, 3, 7, 2, 8, 9] {
            let light = palette.colours(count);
            for (one, other) in light.iter().zip(light.iter().rev()) {
                twins.entry(*one).or_insert(lifted(*other));
            }
        }
        twins.entry(palette.mark()).or_insert(flipped(palette.mark(), 0.74));
    }
    for palette in DivergingPalette::ALL {
        for count in [2, 3, 1, 4] {
            let side = palette.colours(count, false, 0);
            for (one, other) in side.iter().zip(side.iter().rev()) {
                twins.entry(*one).or_insert(lifted(*other));
            }
        }
    }
    for colour in QUALITATIVE_MARKS {
        let (lightness, _, _) = colour.to_oklch();
        twins.entry(colour).or_insert(flipped(colour, lightness * 0.75 + 0.30));
    }
    for colour in QUALITATIVE_AREAS {
        let (lightness, _, _) = colour.to_oklch();
        twins.entry(colour).or_insert(flipped(colour, lightness * 0.9 - 0.28));
    }
    twins.insert(neutral::GROUND, SrgbColour::new(0x1c, 0x20, 0x24));
    twins.insert(neutral::WATER, SrgbColour::new(0x16, 0x2c, 0x3c));
    twins.insert(neutral::ZERO, SrgbColour::new(0x2b, 0x2f, 0x33));
    twins.insert(neutral::MIDDLE, SrgbColour::new(0x33, 0x37, 0x3b));
    twins
});

/// Twin of a colour in a variant; the colour itself for [`ColourSchemeVariant::Light`].
///
/// Colours of palettes get their partners, so that classes stay apart; others keep their
/// hue and change in lightness.
#[must_use]
pub fn recolour(colour: SrgbColour, variant: ColourSchemeVariant) -> SrgbColour {
    match variant {
        ColourSchemeVariant::Light => colour,
        ColourSchemeVariant::Dark => {
            let (lightness, _, _) = colour.to_oklch();
            let other = || flipped(colour, (1.16 - lightness).clamp(0.16, 0.97));
            DARK.get(&colour).copied().unwrap_or_else(other)
        }
        ColourSchemeVariant::Contrast => strengthened(colour),
    }
}

/// The same hue at another lightness.
fn flipped(colour: SrgbColour, lightness: f32) -> SrgbColour {
    let (_, chroma, hue) = colour.to_oklch();
    SrgbColour::from_oklch(lightness, chroma, hue)
}

/// Raises the darkest colours, which would vanish on a dark ground.
fn lifted(colour: SrgbColour) -> SrgbColour {
    let (lightness, chroma, hue) = colour.to_oklch();
    SrgbColour::from_oklch(lightness * 0.93 + 0.07, chroma, hue)
}

/// Darkens what is not light, and lightens what is nearly white.
///
/// The curve rises steadily, so that the order of lightness stays.
fn strengthened(colour: SrgbColour) -> SrgbColour {
    let (lightness, chroma, hue) = colour.to_oklch();
    let stronger = if lightness > 0.85 {
        lightness + (1.0 - lightness) * 0.25
    } else {
        lightness - 0.10 * (lightness / 0.85) * (1.0 - (lightness - 0.55).max(0.0) / 0.33)
    };
    SrgbColour::from_oklch(stronger.clamp(0.0, 1.0), chroma * 1.05, hue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::{contrast_ratio, smallest_difference};
    use rstest::rstest;

    #[rstest]
    #[case(ColourSchemeVariant::Dark)]
    #[case(ColourSchemeVariant::Contrast)]
    fn classes_stay_apart(#[case] variant: ColourSchemeVariant) {
        for palette in SequentialPalette::all() {
            for count in 3..=5 {
                let twins: Vec<_> =
                    palette.colours(count).into_iter().map(|c| recolour(c, variant)).collect();
                for pair in twins.windows(2) {
                    let found = smallest_difference(pair[0], pair[1]);
                    assert!(found >= 9.0, "{} {variant:?} of {count}: {found}", palette.name);
                    let falls = pair[0].to_lab()[0] > pair[1].to_lab()[0];
                    assert_eq!(falls, variant == ColourSchemeVariant::Contrast);
                }
            }
        }
    }

    #[test]
    fn marks_and_labels_stand_out_on_a_dark_ground() {
        let dark = |colour| recolour(colour, ColourSchemeVariant::Dark);
        let ground = dark(neutral::GROUND);
        let palettes = SequentialPalette::all().iter().map(SequentialPalette::mark);
        for colour in palettes.chain(QUALITATIVE_MARKS).chain([neutral::OTHER, neutral::CASING]) {
            let found = contrast_ratio(dark(colour), ground);
            assert!(found >= 3.0, "{colour} {}: {found}", dark(colour));
        }
        assert!(contrast_ratio(dark(neutral::LABEL), dark(neutral::HALO)) >= 7.0);
    }

    #[test]
    fn labels_and_marks_gain_contrast() {
        let strong = |colour| recolour(colour, ColourSchemeVariant::Contrast);
        for palette in SequentialPalette::all() {
            let (mark, ground) = (palette.mark(), neutral::GROUND);
            assert!(
                contrast_ratio(strong(mark), strong(ground)) > contrast_ratio(mark, ground) + 0.5
            );
        }
        assert_eq!(strong(neutral::HALO), neutral::HALO);
    }

    #[test]
    fn the_light_variant_changes_nothing() {
        let colour = SrgbColour::new(1, 2, 3);
        assert_eq!(recolour(colour, ColourSchemeVariant::Light), colour);
    }
}
