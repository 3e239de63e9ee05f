//! Classes of a map's value, as its style layers draw them.

use crate::classification::{
    ClassCondition, ClassifiedMark, ClassifyOptions, StyleClass, classify,
};
use crate::colour::SrgbColour;
use crate::parsed_layer::ParsedLayer;

/// Colours by the value of one column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DrawnClasses {
    /// Classes of numbers.
    Numbers {
        /// Breaks, ascending.
        breaks: Vec<f64>,
        /// Colours, one more than breaks.
        colours: Vec<SrgbColour>,
        /// Colour of zero where it is a class of its own.
        zero: Option<SrgbColour>,
    },
    /// Categories.
    Categories(Vec<(String, SrgbColour)>),
}

impl DrawnClasses {
    /// Classes that style layers draw by `column`, whose least number is `least`; `None` if
    /// they draw none.
    pub(super) fn new(layers: &[ParsedLayer], column: &str, least: Option<f64>) -> Option<Self> {
        let options = ClassifyOptions { column: Some(column), ..ClassifyOptions::default() };
        let marks = classify(layers, options);
        let mut of_column = marks.iter().filter(|mark| mark.column.as_deref() == Some(column));
        of_column.find_map(|mark| numbers(mark, least).or_else(|| categories(mark)))
    }

    /// Number of classes, zero included.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers { colours, zero, .. } => colours.len() + usize::from(zero.is_some()),
            Self::Categories(categories) => categories.len(),
        }
    }
}

fn numbers(mark: &ClassifiedMark, least: Option<f64>) -> Option<DrawnClasses> {
    let zero = mark.classes.iter().find(|class| class.condition == ClassCondition::Number(0.0));
    // Below a class of zeros, the first colour would stand for numbers that do not exist.
    let is_never = |to: Option<f64>| {
        zero.is_some() && to.is_some_and(|to| to <= 0.0) && least.is_some_and(|least| least >= 0.0)
    };
    let ranges = mark.classes.iter().filter_map(|class| match class.condition {
        ClassCondition::Range(range) if !is_never(range.to) => Some((range.from, colour(class)?)),
        _ => None,
    });
    let (starts, colours): (Vec<Option<f64>>, Vec<SrgbColour>) = ranges.unzip();
    let breaks: Vec<f64> = starts.into_iter().skip(1).flatten().collect();
    let is_complete = !colours.is_empty() && breaks.len() + 1 == colours.len();
    let zero = zero.and_then(colour);
    (is_complete && (breaks.len() + usize::from(zero.is_some()) > 0))
        .then_some(DrawnClasses::Numbers { breaks, colours, zero })
}

fn categories(mark: &ClassifiedMark) -> Option<DrawnClasses> {
    let found = mark.classes.iter().filter_map(|class| {
        let name = match &class.condition {
            ClassCondition::Texts(texts) => texts.join(", "),
            ClassCondition::Number(number) => number.to_string(),
            ClassCondition::Flag(flag) => flag.to_string(),
            _ => return None,
        };
        Some((name, colour(class)?))
    });
    let found: Vec<(String, SrgbColour)> = found.collect();
    // Of one colour, the classes are told by size or pictogram.
    let is_coloured = found.windows(2).any(|pair| pair[0].1 != pair[1].1);
    is_coloured.then_some(DrawnClasses::Categories(found))
}

fn colour(class: &StyleClass) -> Option<SrgbColour> {
    let [red, green, blue, _] = class.look.colour?.to_bytes();
    Some(SrgbColour::new(red, green, blue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn of(colour: Value) -> Option<DrawnClasses> {
        let layer = json!({
            "id": "a.fill", "type": "fill", "source": "a", "source-layer": "a",
            "paint": { "fill-color": colour },
        });
        let layer = ParsedLayer::parse(layer.as_object().unwrap(), "").unwrap();
        DrawnClasses::new(&[layer], "v", Some(0.0))
    }

    fn colours(texts: &[&str]) -> Vec<SrgbColour> {
        texts.iter().map(|text| SrgbColour::parse(text).unwrap()).collect()
    }

    #[test]
    fn numbers_have_breaks_and_colours() {
        let step = json!(["step", ["get", "v"], "#ffffff", 1, "#888888", 5, "#000000"]);
        let expected = |zero| DrawnClasses::Numbers {
            breaks: vec![1.0, 5.0],
            colours: colours(&["#ffffff", "#888888", "#000000"]),
            zero,
        };
        assert_eq!(of(step.clone()), Some(expected(None)));
        let zero = json!(["case", ["==", ["get", "v"], 0], "#eeeeee", step]);
        let found = of(zero).unwrap();
        assert_eq!(found, expected(SrgbColour::parse("#eeeeee")));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn categories_have_a_colour_each() {
        let found =
            of(json!(["match", ["get", "v"], ["a", "b"], "#111111", ["c"], "#222222", "#333333"]));
        let colours = colours(&["#111111", "#222222"]);
        let (first, second) = (colours[0], colours[1]);
        let expected = vec![("a, b".to_owned(), first), ("c".to_owned(), second)];
        assert_eq!(found, Some(DrawnClasses::Categories(expected)));
    }

    #[test]
    fn classes_of_one_colour_are_told_by_size() {
        let layer = json!({
            "id": "a.circle", "type": "circle", "source": "a", "source-layer": "a",
            "paint": {
                "circle-color": "#ff0000",
                "circle-radius": ["match", ["get", "v"], ["a"], 3, ["b"], 9, 5],
            },
        });
        let layer = ParsedLayer::parse(layer.as_object().unwrap(), "").unwrap();
        assert_eq!(DrawnClasses::new(&[layer], "v", None), None);
    }

    #[rstest]
    #[case(json!("#ffffff"))]
    #[case(json!(["step", ["get", "w"], "#ffffff", 1, "#000000"]))]
    #[case(json!(["step", ["zoom"], "#ffffff", 1, "#000000"]))]
    fn other_colours_draw_no_classes(#[case] colour: Value) {
        assert_eq!(of(colour), None);
    }
}
