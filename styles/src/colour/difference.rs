//! Perceived difference and contrast of two colours.

use palette::color_difference::{Ciede2000, Wcag21RelativeContrast};
use palette::{FromColor, Lab};

use super::{ColourVision, SrgbColour};

/// CIEDE2000 colour difference; about 2 is just noticeable side by side.
#[must_use]
pub fn difference(one: SrgbColour, other: SrgbColour) -> f32 {
    let lab = |colour: SrgbColour| Lab::from_color(colour.to_palette());
    lab(one).difference(lab(other))
}

/// Smallest CIEDE2000 difference of two colours in normal, deutan and protan vision.
#[must_use]
pub fn smallest_difference(one: SrgbColour, other: SrgbColour) -> f32 {
    let as_seen = |vision: ColourVision| difference(vision.simulate(one), vision.simulate(other));
    ColourVision::ALL.into_iter().map(as_seen).fold(f32::INFINITY, f32::min)
}

/// Contrast ratio of WCAG 2.1, from 1 to 21.
#[must_use]
pub fn contrast_ratio(one: SrgbColour, other: SrgbColour) -> f32 {
    one.to_palette().relative_contrast(other.to_palette())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Pairs of Sharma, Wu and Dalal (2005), "The CIEDE2000 color-difference formula", table 1.
    #[rstest]
    #[case([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425)]
    #[case([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615)]
    #[case([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0)]
    #[case([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669)]
    #[case([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792)]
    #[case([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195)]
    #[case([50.0, 2.5, 0.0], [50.0, 0.0, -2.5], 4.3065)]
    #[case([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492)]
    #[case([50.0, 2.5, 0.0], [61.0, -5.0, 29.0], 22.8977)]
    #[case([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644)]
    #[case([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630)]
    #[case([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373)]
    #[case([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441)]
    #[case([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082)]
    fn published_differences(#[case] one: [f32; 3], #[case] two: [f32; 3], #[case] expected: f32) {
        let lab = |[l, a, b]: [f32; 3]| <Lab>::new(l, a, b);
        assert!((lab(one).difference(lab(two)) - expected).abs() < 0.0002);
    }

    #[rstest]
    #[case("#ffffff", "#000000", 21.0)]
    #[case("#777777", "#ffffff", 4.48)]
    #[case("#0000ff", "#ffffff", 8.59)]
    fn published_contrasts(#[case] one: &str, #[case] two: &str, #[case] expected: f32) {
        let [one, two] = [one, two].map(|text| SrgbColour::parse(text).unwrap());
        assert!((contrast_ratio(one, two) - expected).abs() < 0.01);
        assert_eq!(contrast_ratio(one, two), contrast_ratio(two, one));
    }

    #[test]
    fn red_and_green_of_one_lightness_are_close_for_deutans() {
        let [red, green] = ["#c0504d", "#7f8a3c"].map(|text| SrgbColour::parse(text).unwrap());
        assert!(difference(red, green) > 30.0);
        assert!(smallest_difference(red, green) < 15.0);
    }
}
