//! Values of a class.

use serde_json::{Value, json};

use crate::expression::ExpressionValue;

/// Values that belong to a class.
#[derive(Debug, Clone, PartialEq)]
pub enum ClassCondition {
    /// Every feature.
    All,
    /// Numbers of a range.
    Range(NumberRange),
    /// One number.
    Number(f64),
    /// Texts.
    Texts(Vec<String>),
    /// A boolean.
    Flag(bool),
    /// Values other than these labels.
    Other(Vec<ExpressionValue<'static>>),
    /// Features without a value.
    Missing,
    /// Features whose value is suppressed.
    Suppressed,
    /// Features that the measure does not apply to: those with one of these texts in a column.
    NotApplicable {
        /// The column.
        column: String,
        /// Its texts.
        values: Vec<String>,
    },
}

/// Range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// Lower bound; `None` is unbounded.
    pub from: Option<f64>,
    /// Whether the lower bound belongs to the range.
    pub holds_from: bool,
    /// Upper bound; `None` is unbounded.
    pub to: Option<f64>,
    /// Whether the upper bound belongs to the range.
    pub holds_to: bool,
}

impl NumberRange {
    /// Whether a number lies in the range.
    #[must_use]
    pub fn contains(&self, number: f64) -> bool {
        let above =
            self.from.is_none_or(|from| from < number || (self.holds_from && number == from));
        let below = self.to.is_none_or(|to| number < to || (self.holds_to && number == to));
        above && below
    }
}

impl ClassCondition {
    /// Whether a class of numbers holds this one; `false` for a class of anything else.
    #[must_use]
    pub fn holds_number(&self, number: f64) -> bool {
        match self {
            Self::All => true,
            Self::Range(range) => range.contains(number),
            Self::Number(own) => *own == number,
            Self::Other(labels) => !labels.iter().any(|label| label.number() == Some(number)),
            _ => false,
        }
    }

    /// Whether a class of texts holds this one; `false` for a class of anything else.
    #[must_use]
    pub fn holds_text(&self, text: &str) -> bool {
        match self {
            Self::All => true,
            Self::Texts(own) => own.iter().any(|own| own == text),
            Self::Other(labels) => !labels.iter().any(|label| label.text() == Some(text)),
            _ => false,
        }
    }

    /// Filter in the old form, which every client understands; `column` is the mark's column.
    /// `None` for a class of all features.
    #[must_use]
    pub fn filter(&self, column: &str) -> Option<Value> {
        let list = |operator: &str, values: &mut dyn Iterator<Item = Value>| {
            [json!(operator), json!(column)].into_iter().chain(values).collect::<Value>()
        };
        Some(match self {
            Self::All => return None,
            Self::Range(range) => {
                let bound = |bound: Option<f64>, open: &str, closed: &str, holds: bool| {
                    bound.map(|at| json!([if holds { closed } else { open }, column, at]))
                };
                let from = bound(range.from, ">", ">=", range.holds_from);
                let to = bound(range.to, "<", "<=", range.holds_to);
                let bounds: Vec<Value> = from.into_iter().chain(to).collect();
                // Without bounds the range still holds numbers only.
                if bounds.is_empty() {
                    return Some(json!(["has", column]));
                }
                std::iter::once(json!("all")).chain(bounds).collect()
            }
            Self::Number(number) => json!(["==", column, number]),
            Self::Texts(texts) => match texts.as_slice() {
                [text] => json!(["==", column, text]),
                texts => list("in", &mut texts.iter().map(|text| json!(text))),
            },
            Self::Flag(flag) => json!(["==", column, flag]),
            Self::Other(labels) => {
                let others = list("!in", &mut labels.iter().filter_map(to_json));
                json!(["all", ["has", column], others])
            }
            Self::Missing => json!(["!has", column]),
            Self::Suppressed => json!(["==", "suppressed", true]),
            Self::NotApplicable { column, values } => [json!("in"), json!(column)]
                .into_iter()
                .chain(values.iter().map(|value| json!(value)))
                .collect(),
        })
    }
}

fn to_json(value: &ExpressionValue<'_>) -> Option<Value> {
    match value {
        ExpressionValue::Number(number) => Some(json!(number)),
        ExpressionValue::Text(text) => Some(json!(text)),
        ExpressionValue::Flag(flag) => Some(json!(flag)),
        _ => None,
    }
}
