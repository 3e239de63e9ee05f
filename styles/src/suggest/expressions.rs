//! Expressions of the style specification that suggested styles are made of.

use serde_json::{Value, json};

use crate::colour::SrgbColour;
use crate::map_description::BilingualText;

/// Value of a feature's attribute.
pub(super) fn get(column: &str) -> Value {
    json!(["get", column])
}

/// Colour as documents write it.
pub(super) fn hex(colour: SrgbColour) -> Value {
    colour.to_string().into()
}

/// Values by zoom, interpolated between the stops.
pub(super) fn by_zoom<V: Into<Value> + Clone>(stops: &[(f64, V)]) -> Value {
    let mut expression = vec![json!("interpolate"), json!(["linear"]), json!(["zoom"])];
    for (zoom, value) in stops {
        expression.push(json!(tidy(*zoom)));
        expression.push(value.clone().into());
    }
    expression.into()
}

/// Values of the classes between breaks; the value itself for one class.
pub(super) fn step(input: &Value, breaks: &[f64], values: &[Value]) -> Value {
    let Some(first) = values.first() else { return Value::Null };
    if breaks.is_empty() {
        return first.clone();
    }
    let mut expression = vec![json!("step"), input.clone(), first.clone()];
    for (at, value) in breaks.iter().zip(&values[1..]) {
        expression.push(number(*at));
        expression.push(value.clone());
    }
    expression.into()
}

/// Number without a needless fraction.
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// Number with two decimal places at most.
pub(super) fn tidy(value: f64) -> Value {
    number((value * 100.0).round() / 100.0)
}

/// Text of a number, with separators of thousands.
pub(super) fn number_text(column: &str, decimals: u8) -> Value {
    let options = json!({
        "locale": "en",
        "min-fraction-digits": decimals,
        "max-fraction-digits": decimals,
    });
    json!(["number-format", get(column), options])
}

/// Both languages of a text that is the same for all maps.
pub(super) fn text(ko: &str, en: &str) -> BilingualText {
    BilingualText { ko: ko.to_owned(), en: en.to_owned() }
}
