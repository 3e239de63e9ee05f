//! Sequential palettes: one direction, from light to dark.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::ramp::Ramp;
use crate::colour::SrgbColour;

/// Most classes of a table of colours that is kept ready.
const MOST: usize = 9;

/// Sequential palette with a name.
#[derive(Debug, PartialEq)]
pub struct SequentialPalette {
    /// Name in the catalog.
    pub name: &'static str,
    ramp: Ramp,
}

/// Seven hue families that themes can be told apart by, a neutral one, and further ones.
///
/// `sunset` and `ocean` run through several hues, for maps with many classes.
static PALETTES: [SequentialPalette; 12] = [
    palette(
        "amber",
        [(0.935, 0.07, 95.0), (0.80, 0.15, 75.0), (0.62, 0.155, 52.0), (0.34, 0.085, 40.0)],
    ),
    palette(
        "blue",
        [(0.925, 0.045, 225.0), (0.76, 0.10, 240.0), (0.55, 0.15, 253.0), (0.31, 0.11, 262.0)],
    ),
    palette(
        "magenta",
        [(0.92, 0.055, 330.0), (0.75, 0.15, 340.0), (0.56, 0.19, 348.0), (0.30, 0.12, 345.0)],
    ),
    palette(
        "green",
        [(0.935, 0.075, 125.0), (0.77, 0.14, 138.0), (0.56, 0.13, 148.0), (0.32, 0.075, 155.0)],
    ),
    palette(
        "red",
        [(0.925, 0.065, 70.0), (0.75, 0.15, 45.0), (0.56, 0.20, 28.0), (0.32, 0.12, 20.0)],
    ),
    palette(
        "teal",
        [(0.875, 0.065, 200.0), (0.74, 0.10, 200.0), (0.53, 0.09, 207.0), (0.28, 0.06, 225.0)],
    ),
    palette(
        "indigo",
        [(0.925, 0.045, 290.0), (0.74, 0.11, 288.0), (0.53, 0.17, 284.0), (0.30, 0.13, 278.0)],
    ),
    palette(
        "slate",
        [(0.86, 0.025, 240.0), (0.73, 0.035, 245.0), (0.53, 0.045, 250.0), (0.26, 0.045, 255.0)],
    ),
    palette(
        "purple",
        [(0.91, 0.05, 310.0), (0.73, 0.13, 308.0), (0.53, 0.18, 303.0), (0.30, 0.13, 298.0)],
    ),
    palette(
        "brown",
        [(0.92, 0.05, 85.0), (0.75, 0.085, 65.0), (0.54, 0.085, 52.0), (0.29, 0.06, 45.0)],
    ),
    palette(
        "sunset",
        [(0.945, 0.09, 100.0), (0.78, 0.16, 60.0), (0.56, 0.20, 20.0), (0.28, 0.13, -35.0)],
    ),
    palette(
        "ocean",
        [(0.94, 0.08, 115.0), (0.76, 0.11, 170.0), (0.53, 0.11, 230.0), (0.28, 0.12, 270.0)],
    ),
];

const fn palette(name: &'static str, anchors: [(f32, f32, f32); 4]) -> SequentialPalette {
    SequentialPalette { name, ramp: Ramp(anchors) }
}

/// Colours by palette and number of classes.
static TABLES: LazyLock<BTreeMap<&'static str, Vec<Vec<SrgbColour>>>> = LazyLock::new(|| {
    let table = |palette: &SequentialPalette| {
        let five = palette.ramp.colours(5);
        let few = |places: &[usize]| places.iter().map(|place| five[*place]).collect();
        // Few classes keep off the ends: next to nearly white, nearly black looks like a fault.
        let colours = |count| match count {
            2 => few(&[1, 3]),
            3 => few(&[0, 2, 3]),
            4 => few(&[0, 1, 2, 3]),
            _ => palette.ramp.colours(count),
        };
        (palette.name, (0..=MOST).map(colours).collect())
    };
    PALETTES.iter().map(table).collect()
});

impl SequentialPalette {
    /// All palettes.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &PALETTES
    }

    /// Palette of a name; `None` for an unknown one.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PALETTES.iter().find(|palette| palette.name == name)
    }

    /// Palette of a theme that declares none: of the first seven, by a digest of its id.
    #[must_use]
    pub fn of_theme(theme: &str) -> &'static Self {
        // FNV-1a: short, and stable across versions, unlike the hasher of the standard library.
        let digest = theme
            .bytes()
            .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        &PALETTES[(digest >> 16) as usize % 7]
    }

    /// Colours of so many classes, from light to dark; at most nine.
    #[must_use]
    pub fn colours(&self, count: usize) -> Vec<SrgbColour> {
        let tables = TABLES.get(self.name);
        let table = tables.and_then(|tables| tables.get(count.min(MOST)));
        table.cloned().unwrap_or_default()
    }

    /// Colour of single marks, such as circles: at least 3:1 against the ground.
    #[must_use]
    pub fn mark(&self) -> SrgbColour {
        self.ramp.at(0.66)
    }

    /// Colour of edges and labels of marks: darker than [`mark`](Self::mark).
    #[must_use]
    pub fn edge(&self) -> SrgbColour {
        self.ramp.at(0.9)
    }

    /// Pale colour of areas that stand behind marks.
    #[must_use]
    pub fn tint(&self) -> SrgbColour {
        self.ramp.at(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GROUND, ZERO};
    use super::*;
    use crate::colour::{contrast_ratio, smallest_difference};

    #[test]
    fn neighbouring_classes_differ_in_every_vision() {
        for palette in SequentialPalette::all() {
            for count in 2..=7 {
                let colours = palette.colours(count);
                assert_eq!(colours.len(), count);
                let least = if count <= 6 { 9.0 } else { 8.0 };
                for pair in colours.windows(2) {
                    let found = smallest_difference(pair[0], pair[1]);
                    assert!(found >= least, "{} of {count}: {found} {pair:?}", palette.name);
                }
            }
        }
    }

    #[test]
    fn lightness_falls_from_class_to_class() {
        for palette in SequentialPalette::all() {
            for pair in palette.colours(7).windows(2) {
                assert!(pair[0].to_lab()[0] > pair[1].to_lab()[0] + 4.0, "{}", palette.name);
            }
        }
    }

    #[test]
    fn the_lightest_class_differs_from_zero_and_marks_from_the_ground() {
        for palette in SequentialPalette::all() {
            let found = smallest_difference(palette.colours(5)[0], ZERO);
            assert!(found >= 5.0, "{} {found}", palette.name);
            assert!(contrast_ratio(palette.mark(), GROUND) >= 3.0, "{}", palette.name);
            assert!(contrast_ratio(palette.edge(), GROUND) >= 4.5, "{}", palette.name);
        }
    }

    #[test]
    fn the_palettes_of_themes_can_be_told_apart() {
        let marks: Vec<_> = PALETTES[..7].iter().map(SequentialPalette::mark).collect();
        for (at, one) in marks.iter().enumerate() {
            for other in &marks[at + 1..] {
                assert!(crate::colour::difference(*one, *other) >= 15.0, "{one} {other}");
            }
        }
    }

    #[test]
    fn themes_without_a_palette_get_a_hue_family() {
        let families: std::collections::BTreeSet<_> =
            ["a", "b", "harbour", "forest", "tax", "roads"]
                .map(|theme| SequentialPalette::of_theme(theme).name)
                .into();
        assert!(families.len() >= 3 && !families.contains("slate"), "{families:?}");
    }
}
