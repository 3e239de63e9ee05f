//! Classes that the colours of a style layer draw.

use serde_json::{Map, Value};

use crate::colour::SrgbColour;

/// Paint properties that colour classes.
const COLOURS: [&str; 4] = ["fill-color", "circle-color", "line-color", "icon-color"];

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
    /// Classes that a style layer draws by `column`; `None` if it draws none.
    pub(super) fn of(layer: &Map<String, Value>, column: &str) -> Option<Self> {
        let paint = layer.get("paint")?.as_object()?;
        COLOURS.iter().find_map(|name| classes(paint.get(*name)?, column, None))
    }

    /// Number of classes, zero included.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers { colours, zero, .. } => colours.len() + usize::from(zero.is_some()),
            Self::Categories(categories) => categories.len(),
        }
    }
}

/// The classes of an expression, or of one within it.
fn classes(value: &Value, column: &str, zero: Option<SrgbColour>) -> Option<DrawnClasses> {
    let parts = value.as_array()?;
    match parts.first()?.as_str()? {
        "step" if reads(parts.get(1)?, column) => numbers(parts, zero),
        "match" if reads(parts.get(1)?, column) => categories(parts),
        "case" => {
            let zero = zero_of(parts, column).or(zero);
            parts.iter().skip(1).find_map(|part| classes(part, column, zero))
        }
        _ => parts.iter().skip(1).find_map(|part| classes(part, column, zero)),
    }
}

/// Whether an expression is the value of a column, converted or not.
fn reads(value: &Value, column: &str) -> bool {
    let Some(parts) = value.as_array() else { return false };
    match parts.first().and_then(Value::as_str) {
        Some("get") => parts.get(1).and_then(Value::as_str) == Some(column),
        Some("to-number" | "to-string" | "number" | "string" | "coalesce") => {
            parts.get(1).is_some_and(|part| reads(part, column))
        }
        _ => false,
    }
}

/// `["step", input, colour, break, colour, …]`.
fn numbers(parts: &[Value], zero: Option<SrgbColour>) -> Option<DrawnClasses> {
    let first = colour(parts.get(2)?)?;
    let (mut breaks, mut colours) = (Vec::new(), vec![first]);
    for pair in parts.get(3..)?.chunks_exact(2) {
        breaks.push(pair[0].as_f64()?);
        colours.push(colour(&pair[1])?);
    }
    Some(DrawnClasses::Numbers { breaks, colours, zero })
}

/// `["match", input, key or keys, colour, …, otherwise]`.
fn categories(parts: &[Value]) -> Option<DrawnClasses> {
    let mut found = Vec::new();
    for pair in parts.get(2..parts.len().checked_sub(1)?)?.chunks_exact(2) {
        let colour = colour(&pair[1])?;
        let keys = pair[0].as_array().map_or(std::slice::from_ref(&pair[0]), Vec::as_slice);
        let names: Vec<String> = keys.iter().map(key_text).collect();
        found.push((names.join(", "), colour));
    }
    (!found.is_empty()).then_some(DrawnClasses::Categories(found))
}

fn key_text(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}

/// Colour of the branch of a `case` that is taken for zero.
fn zero_of(parts: &[Value], column: &str) -> Option<SrgbColour> {
    let is_zero = |condition: &Value| {
        let Some([operator, value, number]) = condition.as_array().map(Vec::as_slice) else {
            return false;
        };
        operator.as_str() == Some("==") && reads(value, column) && number.as_f64() == Some(0.0)
    };
    let branches = parts.get(1..)?.chunks_exact(2);
    branches.into_iter().find(|branch| is_zero(&branch[0])).and_then(|branch| colour(&branch[1]))
}

fn colour(value: &Value) -> Option<SrgbColour> {
    SrgbColour::parse(value.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn of(colour: Value) -> Option<DrawnClasses> {
        let layer = json!({ "paint": { "fill-color": colour } });
        DrawnClasses::of(layer.as_object().unwrap(), "v")
    }

    fn colours(texts: &[&str]) -> Vec<SrgbColour> {
        texts.iter().map(|text| SrgbColour::parse(text).unwrap()).collect()
    }

    #[test]
    fn breaks_and_colours_are_read_from_step() {
        let step =
            json!(["step", ["to-number", ["get", "v"]], "#ffffff", 1, "#888888", 5, "#000000"]);
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
    fn categories_are_read_from_match() {
        let found =
            of(json!(["match", ["get", "v"], ["a", "b"], "#111111", "c", "#222222", "#333333"]));
        let [first, second] = colours(&["#111111", "#222222"])[..] else { panic!() };
        let expected = vec![("a, b".to_owned(), first), ("c".to_owned(), second)];
        assert_eq!(found, Some(DrawnClasses::Categories(expected)));
    }

    #[rstest]
    #[case(json!("#ffffff"))]
    #[case(json!(["step", ["get", "w"], "#ffffff", 1, "#000000"]))]
    #[case(json!(["step", ["zoom"], "#ffffff", 1, "#000000"]))]
    fn other_colours_draw_no_classes(#[case] colour: Value) {
        assert_eq!(of(colour), None);
    }
}
