//! What a GeoJSON property becomes: one column type for all of its values.

use serde_json::Value as Json;

use crate::feature::{ColumnType, Value};

/// Integers up to here are exact as doubles (2⁵³).
const EXACT: u64 = 1 << 53;

/// The kinds of values seen under one name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Observed {
    bools: bool,
    negative: bool,
    integers: bool,
    /// An integer above `i64::MAX`.
    huge: bool,
    /// An integer that a double would round.
    inexact: bool,
    doubles: bool,
    texts: bool,
    nested: bool,
}

impl Observed {
    pub(super) fn look(&mut self, value: &Json) {
        match value {
            Json::Null => {}
            Json::Bool(_) => self.bools = true,
            Json::String(_) => self.texts = true,
            Json::Array(_) | Json::Object(_) => self.nested = true,
            Json::Number(number) => {
                if let Some(value) = number.as_u64() {
                    self.integers = true;
                    self.huge |= i64::try_from(value).is_err();
                    self.inexact |= value > EXACT;
                } else if let Some(value) = number.as_i64() {
                    self.integers = true;
                    self.negative = true;
                    self.inexact |= value.unsigned_abs() > EXACT;
                } else {
                    self.doubles = true;
                }
            }
        }
    }

    /// Whether there was a value at all.
    pub(super) fn any(&self) -> bool {
        self.bools || self.integers || self.doubles || self.texts || self.nested
    }

    /// The type that holds every value seen without losing any of it.
    pub(super) fn column_type(&self) -> ColumnType {
        let numbers = self.integers || self.doubles;
        let kinds = [self.bools, numbers, self.texts].iter().filter(|&&seen| seen).count();
        if self.nested {
            ColumnType::Json
        } else if kinds > 1 || self.texts || kinds == 0 {
            ColumnType::Text
        } else if self.bools {
            ColumnType::Bool
        } else if self.doubles {
            if self.inexact { ColumnType::Text } else { ColumnType::Double }
        } else if self.huge {
            if self.negative { ColumnType::Text } else { ColumnType::UInt }
        } else {
            ColumnType::Int
        }
    }
}

/// A value of one row, with its text where it has one.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    text: String,
    kind: Filled,
}

#[derive(Debug, Clone, Copy, Default)]
enum Filled {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Double(f64),
    Text,
}

impl Slot {
    /// Puts in a value of a column of this type.
    pub(super) fn put(&mut self, value: Option<&Json>, kind: ColumnType) {
        self.text.clear();
        self.kind = match (value, kind) {
            (None | Some(Json::Null), _) => Filled::Null,
            (Some(Json::Bool(value)), ColumnType::Bool) => Filled::Bool(*value),
            (Some(Json::Number(number)), ColumnType::Int) => {
                number.as_i64().map_or(Filled::Null, Filled::Int)
            }
            (Some(Json::Number(number)), ColumnType::UInt) => {
                number.as_u64().map_or(Filled::Null, Filled::UInt)
            }
            (Some(Json::Number(number)), ColumnType::Double) => {
                number.as_f64().map_or(Filled::Null, Filled::Double)
            }
            (Some(Json::String(text)), ColumnType::Text) => {
                self.text.push_str(text);
                Filled::Text
            }
            // Mixed columns are text: every value as JSON writes it.
            (Some(value), _) => {
                self.text.push_str(&value.to_string());
                Filled::Text
            }
        };
    }

    pub(super) fn value(&self) -> Value<'_> {
        match self.kind {
            Filled::Null => Value::Null,
            Filled::Bool(value) => Value::Bool(value),
            Filled::Int(value) => Value::Int(value),
            Filled::UInt(value) => Value::UInt(value),
            Filled::Double(value) => Value::Double(value),
            Filled::Text => Value::Text(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!([1, -2, null]), ColumnType::Int, "[Int(1), Int(-2), Null]")]
    #[case(json!([1, 2.5]), ColumnType::Double, "[Double(1.0), Double(2.5)]")]
    #[case(json!([9_007_199_254_740_993_u64]), ColumnType::Int, "[Int(9007199254740993)]")]
    #[case(json!([18_446_744_073_709_551_615_u64, 1]), ColumnType::UInt,
        "[UInt(18446744073709551615), UInt(1)]")]
    #[case(json!([9_007_199_254_740_993_u64, 0.5]), ColumnType::Text,
        "[Text(\"9007199254740993\"), Text(\"0.5\")]")]
    #[case(json!(["0412", 7]), ColumnType::Text, "[Text(\"0412\"), Text(\"7\")]")]
    #[case(json!([true, null]), ColumnType::Bool, "[Bool(true), Null]")]
    #[case(json!([null]), ColumnType::Text, "[Null]")]
    #[case(json!([{"a": 1}, "x"]), ColumnType::Json, "[Text(\"{\\\"a\\\":1}\"), Text(\"\\\"x\\\"\")]")]
    fn values_become_a_column(#[case] values: Json, #[case] kind: ColumnType, #[case] read: &str) {
        let values = values.as_array().unwrap();
        let mut observed = Observed::default();
        values.iter().for_each(|value| observed.look(value));
        assert_eq!(observed.column_type(), kind);
        let mut slots = vec![Slot::default(); values.len()];
        slots.iter_mut().zip(values).for_each(|(slot, value)| slot.put(Some(value), kind));
        assert_eq!(format!("{:?}", slots.iter().map(Slot::value).collect::<Vec<_>>()), read);
    }
}
