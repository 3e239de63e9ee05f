//! Simulation of colour vision deficiencies.

use palette::{LinSrgb, Srgb};

use super::SrgbColour;

/// Colour vision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColourVision {
    /// All three cones.
    Normal,
    /// Deuteranopia: no cones for medium wavelengths.
    Deutan,
    /// Protanopia: no cones for long wavelengths.
    Protan,
}

/// Matrices for linear sRGB at full severity: Machado, Oliveira and Fernandes (2009),
/// "A physiologically-based model for simulation of color vision deficiency", table 1.
const DEUTAN: [[f32; 3]; 3] = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const PROTAN: [[f32; 3]; 3] = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];

impl ColourVision {
    /// All colour visions.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Deutan, Self::Protan];

    /// Colour that normal vision sees where this vision sees the given one.
    #[must_use]
    pub fn simulate(self, colour: SrgbColour) -> SrgbColour {
        let matrix = match self {
            Self::Normal => return colour,
            Self::Deutan => &DEUTAN,
            Self::Protan => &PROTAN,
        };
        let linear: LinSrgb = colour.to_palette().into_linear();
        let channels = [linear.red, linear.green, linear.blue];
        let [red, green, blue] = matrix.map(|row| {
            let mixed: f32 = row.iter().zip(channels).map(|(share, channel)| share * channel).sum();
            mixed.clamp(0.0, 1.0)
        });
        let seen: Srgb<u8> = Srgb::<f32>::from_linear(LinSrgb::new(red, green, blue)).into_format();
        SrgbColour::new(seen.red, seen.green, seen.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_stay_and_hues_of_red_and_green_become_yellowish() {
        for vision in ColourVision::ALL {
            for grey in [0, 64, 200, 255] {
                let seen = vision.simulate(SrgbColour::new(grey, grey, grey));
                for channel in [seen.red, seen.green, seen.blue] {
                    assert!(channel.abs_diff(grey) <= 1, "{vision:?} {seen}");
                }
            }
        }
        // Linear 1,0,0 becomes the first column of the matrix.
        assert_eq!(
            ColourVision::Deutan.simulate(SrgbColour::new(255, 0, 0)),
            SrgbColour::new(163, 144, 0)
        );
        assert_eq!(
            ColourVision::Protan.simulate(SrgbColour::new(255, 0, 0)),
            SrgbColour::new(109, 95, 0)
        );
    }
}
