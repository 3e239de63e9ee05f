//! Colour and rank of each class.

use super::{ClassTest, ColourRamp, LayerShading, ValueClass};

/// Colours far below and far above zero, which people with any of the common colour
/// vision deficiencies can tell apart.
const SIDES: [&str; 2] = ["#b35806", "#3f4f9e"];
/// Colour about zero.
pub(super) const NEITHER: &str = "#f2f0ee";
/// Colours of categories, after Okabe and Ito (2008), and shades of these.
const CATEGORIES: [&str; 12] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5b4a8a", "#8c6d31",
    "#b0bf3a", "#7f3b3b", "#4d8f8b", "#8a8a8a",
];

impl LayerShading {
    /// One colour for each class.
    ///
    /// `base` is the layer's colour among those of its map.
    pub(super) fn colours(&self, base: &str) -> Vec<String> {
        let count = self.classes.len();
        let shade = |at: usize| {
            if count == 1 {
                return base.to_owned();
            }
            // Evenly along these shades, so that no two classes get the same.
            let dark = [-0.85, -0.6, -0.3, 0.0, 0.35];
            let place = at as f64 * (dark.len() - 1) as f64 / (count - 1) as f64;
            let (from, part) = ((place as usize).min(dark.len() - 2), place.fract());
            let part = if place as usize > from { 1.0 } else { part };
            mixed(base, dark[from] + (dark[from + 1] - dark[from]) * part)
        };
        let at = |at: usize| match self.ramp {
            ColourRamp::Sequential => shade(at),
            ColourRamp::Reversed => shade(count - 1 - at),
            ColourRamp::Diverging => self.side(at),
            ColourRamp::Categories => CATEGORIES[at % CATEGORIES.len()].to_owned(),
        };
        (0..count).map(at).collect()
    }

    /// Colour of a class on one side of zero.
    ///
    /// The same shade on both sides means the same number of classes away from zero.
    fn side(&self, at: usize) -> String {
        match self.steps(at) {
            (_, 0, _) => NEITHER.to_owned(),
            (colour, steps, most) => mixed(colour, -0.9 * (most - steps) as f64 / most as f64),
        }
    }

    /// Colour of a class's side of zero, its distance from zero in classes, and the
    /// greatest distance of any class.
    fn steps(&self, at: usize) -> (&'static str, usize, usize) {
        let below = |class: &&ValueClass| matches!(class.test, ClassTest::Range(_, Some(end)) if end <= 0.0);
        let above = |class: &&ValueClass| match class.test {
            ClassTest::Range(Some(from), _) => from >= 0.0,
            ClassTest::Positive(_) => true,
            _ => false,
        };
        let below = self.classes.iter().take_while(below).count();
        let above = self.classes.iter().rev().take_while(above).count();
        let first_above = self.classes.len() - above;
        let most = below.max(above);
        if at < below {
            (SIDES[0], below - at, most)
        } else if at >= first_above {
            (SIDES[1], at - first_above + 1, most)
        } else {
            (NEITHER, 0, most)
        }
    }

    /// Rank of a class, from 0 to below 1; for a diverging ramp the distance from zero.
    pub(super) fn rank(&self, at: usize) -> f64 {
        let (place, of) = match self.ramp {
            ColourRamp::Diverging => {
                let (_, steps, most) = self.steps(at);
                (steps, most + 1)
            }
            _ => (at, self.classes.len()),
        };
        place as f64 / of.max(2) as f64
    }
}

/// Mixes a colour with white (share below zero) or black (share above zero).
pub(super) fn mixed(colour: &str, share: f64) -> String {
    let towards = if share < 0.0 { 255.0 } else { 0.0 };
    let part = |at: usize| {
        let part = colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let part = f64::from(part.unwrap_or(128));
        (part + (towards - part) * share.abs()).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", part(1), part(3), part(5))
}

#[cfg(test)]
mod tests {
    use super::super::style_layers::tests::shading;
    use super::*;
    use crate::shading::MarkKind;

    #[test]
    fn many_classes_get_a_shade_each() {
        for count in 1..=8 {
            let class = |number| ValueClass {
                test: ClassTest::Number(number),
                label: (number.to_string(), number.to_string()),
            };
            let classes = (0..count).map(class).collect();
            let shading =
                LayerShading { classes, ..shading(MarkKind::Fill, ColourRamp::Sequential) };
            let colours: std::collections::BTreeSet<_> =
                shading.colours("#0072b2").into_iter().collect();
            assert_eq!(colours.len() as i64, count);
        }
    }

    #[test]
    fn marks_grow_away_from_zero_on_both_sides() {
        let mut shading =
            shading(MarkKind::Circle { growing: true, at_labels: false }, ColourRamp::Diverging);
        let ends = [None, Some(-2.0), Some(-1.0), Some(1.0), Some(2.0), None];
        shading.classes = ends
            .windows(2)
            .map(|ends| ValueClass {
                test: ClassTest::Range(ends[0], ends[1]),
                label: (String::new(), String::new()),
            })
            .collect();
        let ranks: Vec<_> = (0..5).map(|at| (shading.rank(at) * 3.0).round()).collect();
        assert_eq!(ranks, [2.0, 1.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn colours_mix_with_white_and_black() {
        assert_eq!(mixed("#0072b2", -1.0), "#ffffff");
        assert_eq!(mixed("#0072b2", 0.0), "#0072b2");
        assert_eq!(mixed("#0072b2", 1.0), "#000000");
    }
}
