//! Types and values of GeoJSON properties: one column type for all values.

use serde_json::value::RawValue;

use data_model::feature::{AttributeValue, ColumnType, MOST_EXACT_INTEGER};
use data_model::number::{double_keeps, wide_integer};
use korean_text::bilingual::excerpt;

use crate::geojson::number_tokens::NOT_A_NUMBER;

/// The value of a property; numbers keep the digits of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PropertyValue {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    /// An array or object, without whitespace around its parts.
    Nested(String),
}

/// The reason for which a property has no value.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoValue {
    /// A number beyond the range of a double.
    #[error("{found} is no number that can be held")]
    Number {
        /// Beginning of the number as written.
        found: String,
    },
    /// An invalid text.
    #[error("{found} is no text: {source}")]
    Text {
        /// Beginning of the text as written.
        found: String,
        /// The reader's error.
        source: serde_json::Error,
    },
}

impl NoValue {
    /// Beginning of the invalid value.
    pub(super) fn into_found(self) -> String {
        match self {
            Self::Number { found } | Self::Text { found, .. } => found,
        }
    }
}

impl PropertyValue {
    /// Reads the value of a valid JSON text; also returns the number of NaN and infinite
    /// numbers in it, which are left empty.
    ///
    /// # Errors
    /// Returns [`NoValue`] for a number beyond the range of a double, and for an invalid
    /// text.
    pub(super) fn read(raw: &RawValue) -> Result<(Self, u64), NoValue> {
        let raw = raw.get();
        if !raw.contains(NOT_A_NUMBER) {
            return Self::of(raw).map(|value| (value, 0));
        }
        let count = raw.matches(NOT_A_NUMBER).count() as u64;
        Self::of(&raw.replace(NOT_A_NUMBER, "null")).map(|value| (value, count))
    }

    fn of(raw: &str) -> Result<Self, NoValue> {
        Ok(match raw.as_bytes().first() {
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => Self::Text(
                serde_json::from_str(raw)
                    .map_err(|source| NoValue::Text { found: excerpt(raw), source })?,
            ),
            Some(b'[' | b'{') => Self::Nested(compact(raw)),
            Some(b'-' | b'0'..=b'9') => {
                let fits = raw.parse().is_ok_and(f64::is_finite);
                if !fits && !is_integer(raw) {
                    return Err(NoValue::Number { found: excerpt(raw) });
                }
                Self::Number(raw.to_owned())
            }
            _ => Self::Null,
        })
    }

    /// The value in JSON.
    fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) | Self::Nested(text) => text.clone(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
        }
    }
}

fn is_integer(text: &str) -> bool {
    text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit())
}

/// The JSON without whitespace outside of texts.
fn compact(raw: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let keep = |&c: &char| {
        let ends = c == '"' && !escaped;
        escaped = inside && c == '\\' && !escaped;
        inside ^= ends;
        inside || !c.is_ascii_whitespace()
    };
    raw.chars().filter(keep).collect()
}

/// The types of the values seen of one property.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PropertyStatistics {
    bools: bool,
    integers: bool,
    /// An integer beyond 2⁵³, which browsers can't represent exactly.
    wide: bool,
    doubles: bool,
    /// A number other than an integer that a double would round.
    inexact: bool,
    texts: bool,
    nested: bool,
}

impl PropertyStatistics {
    pub(super) fn observe(&mut self, value: &PropertyValue) {
        match value {
            PropertyValue::Null => {}
            PropertyValue::Bool(_) => self.bools = true,
            PropertyValue::Text(_) => self.texts = true,
            PropertyValue::Nested(_) => self.nested = true,
            PropertyValue::Number(text) if is_integer(text) => {
                self.integers = true;
                let digits = text.strip_prefix('-').unwrap_or(text);
                // No 64 bits hold more, and no browser holds it.
                self.wide |= digits.parse::<u64>().is_ok_and(|value| value > MOST_EXACT_INTEGER)
                    || digits.parse::<u64>().is_err();
            }
            PropertyValue::Number(text) => {
                self.doubles = true;
                self.inexact |= !double_keeps(text);
            }
        }
    }

    /// Whether there was any value.
    pub(super) fn any(&self) -> bool {
        self.bools || self.integers || self.doubles || self.texts || self.nested
    }

    /// The type that represents every value seen without loss.
    pub(super) fn column_type(&self) -> ColumnType {
        let numbers = self.integers || self.doubles;
        let kinds = [self.bools, numbers, self.texts].iter().filter(|&&seen| seen).count();
        if self.nested {
            ColumnType::Json
        } else if kinds > 1 || self.texts || kinds == 0 || self.wide || self.inexact {
            ColumnType::Text
        } else if self.bools {
            ColumnType::Bool
        } else if self.doubles {
            ColumnType::Double
        } else {
            ColumnType::Int
        }
    }
}

/// A value of one row, with its text if it has one.
#[derive(Debug, Clone, Default)]
pub(super) struct RowValue {
    text: String,
    kind: Filled,
}

#[derive(Debug, Clone, Copy, Default)]
enum Filled {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text,
}

impl RowValue {
    /// Clears the value.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.kind = Filled::Null;
    }

    /// Sets a value for a column of this type.
    pub(super) fn set(&mut self, value: &PropertyValue, kind: ColumnType) {
        self.clear();
        let number = match value {
            PropertyValue::Number(text) => text.as_str(),
            _ => "",
        };
        self.kind = match (value, kind) {
            (PropertyValue::Null, _) => Filled::Null,
            (PropertyValue::Bool(value), ColumnType::Bool) => Filled::Bool(*value),
            (_, ColumnType::Int) => number.parse().map_or(Filled::Null, Filled::Int),
            (_, ColumnType::Double) => number.parse().map_or(Filled::Null, Filled::Double),
            (PropertyValue::Text(text), ColumnType::Text) => {
                self.text.push_str(text);
                Filled::Text
            }
            (PropertyValue::Number(number), ColumnType::Text) => {
                self.text.push_str(wide_integer(number).as_deref().unwrap_or(number));
                Filled::Text
            }
            // Mixed columns are text: every value as JSON writes it.
            (value, _) => {
                self.text.push_str(&value.json());
                Filled::Text
            }
        };
    }

    pub(super) fn value(&self) -> AttributeValue<'_> {
        match self.kind {
            Filled::Null => AttributeValue::Null,
            Filled::Bool(value) => AttributeValue::Bool(value),
            Filled::Int(value) => AttributeValue::Int(value),
            Filled::Double(value) => AttributeValue::Double(value),
            Filled::Text => AttributeValue::Text(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&["1", "-2", "null"], ColumnType::Int, "[Int(1), Int(-2), Null]")]
    #[case(&["1", "2.5"], ColumnType::Double, "[Double(1.0), Double(2.5)]")]
    #[case(&["9007199254740992", "-9007199254740992"], ColumnType::Int,
        "[Int(9007199254740992), Int(-9007199254740992)]")]
    #[case(&["9007199254740993"], ColumnType::Text, "[Text(\"9007199254740993\")]")]
    #[case(&["-9007199254740993", "5"], ColumnType::Text,
        "[Text(\"-9007199254740993\"), Text(\"5\")]")]
    #[case(&["18446744073709551615", "1"], ColumnType::Text,
        "[Text(\"18446744073709551615\"), Text(\"1\")]")]
    #[case(&["9007199254740993", "0.50"], ColumnType::Text,
        "[Text(\"9007199254740993\"), Text(\"0.50\")]")]
    #[case(&["18446744073709551616", "7"], ColumnType::Text,
        "[Text(\"18446744073709551616\"), Text(\"7\")]")]
    #[case(&["9007199254740993.0"], ColumnType::Text, "[Text(\"9007199254740993\")]")]
    #[case(&["9.007199254740993e15", "0.50", "null"], ColumnType::Text,
        "[Text(\"9007199254740993\"), Text(\"0.50\"), Null]")]
    #[case(&["9007199254740992.0"], ColumnType::Double, "[Double(9007199254740992.0)]")]
    #[case(&["1e300", "0.12345678901234567890"], ColumnType::Double,
        "[Double(1e300), Double(0.12345678901234568)]")]
    #[case(&["\"0412\"", "7"], ColumnType::Text, "[Text(\"0412\"), Text(\"7\")]")]
    #[case(&["true", "null"], ColumnType::Bool, "[Bool(true), Null]")]
    #[case(&["null"], ColumnType::Text, "[Null]")]
    #[case(&["{ \"a \\\" b\" : [ 1 ] }", "\"x\""], ColumnType::Json,
        "[Text(\"{\\\"a \\\\\\\" b\\\":[1]}\"), Text(\"\\\"x\\\"\")]")]
    fn values_become_a_column(
        #[case] values: &[&str],
        #[case] kind: ColumnType,
        #[case] read: &str,
    ) {
        let mut observed = PropertyStatistics::default();
        let raw = |text: &&str| RawValue::from_string((*text).to_owned()).unwrap();
        let values: Vec<PropertyValue> =
            values.iter().map(|text| PropertyValue::read(&raw(text)).unwrap().0).collect();
        values.iter().for_each(|value| observed.observe(value));
        assert_eq!(observed.column_type(), kind);
        let mut slots = vec![RowValue::default(); values.len()];
        slots.iter_mut().zip(&values).for_each(|(slot, value)| slot.set(value, kind));
        assert_eq!(format!("{:?}", slots.iter().map(RowValue::value).collect::<Vec<_>>()), read);
    }
}
