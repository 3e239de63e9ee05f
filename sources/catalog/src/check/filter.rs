//! Checks of `where`: every condition can be met by some row.

use super::columns::type_name;
use super::{Among, Checker, Found};
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{ColumnCondition, DatasetColumn, LogicalType, RowFilter, ScalarValue, ValueRange};

impl<'c> Checker<'c> {
    /// Checks the conditions of the `where` at `place`.
    pub(super) fn filter(
        &self,
        place: &KeyLocation,
        declared: &'c DeclaredDataset,
        among: Among,
        filter: &RowFilter,
    ) {
        for (name, condition) in filter {
            let place = place.at(name);
            let found = self.column(&place, declared, among, name);
            self.condition(&place, condition);
            if let Found::Column(column) = found {
                self.condition_type(&place, column, condition);
            }
        }
    }

    fn condition(&self, place: &KeyLocation, condition: &ColumnCondition) {
        match condition {
            ColumnCondition::Is(_) => {}
            ColumnCondition::In(list) if list.is_empty() => {
                self.add(place, "no row meets an empty list", "list values, or remove it");
            }
            ColumnCondition::In(_) => {}
            ColumnCondition::Between(ValueRange { from: None, to: None }) => {
                self.add(place, "says neither from nor to", "give one of them");
            }
            ColumnCondition::Between(ValueRange { from, to }) => {
                let (Some(from), Some(to)) = (from, to) else { return };
                let descends = match (from, to) {
                    (ScalarValue::Text(from), ScalarValue::Text(to)) => from > to,
                    (from, to) => match (number(from), number(to)) {
                        (Some(from), Some(to)) => from > to,
                        _ => {
                            self.add(place, "from and to are of two types", "make them alike");
                            false
                        }
                    },
                };
                if descends {
                    self.add(place, "from is past to", "swap them");
                }
            }
        }
    }

    fn condition_type(
        &self,
        place: &KeyLocation,
        column: &DatasetColumn,
        condition: &ColumnCondition,
    ) {
        let Some(kind) = column.kind else { return };
        match condition {
            ColumnCondition::Is(scalar) => self.scalar(place, column, kind, scalar),
            ColumnCondition::In(list) => {
                for (i, scalar) in list.iter().enumerate() {
                    self.scalar(&place.item(i), column, kind, scalar);
                }
            }
            ColumnCondition::Between(span) => {
                if matches!(kind, LogicalType::Enum | LogicalType::Bool | LogicalType::Json) {
                    let problem =
                        format!("{} is of type {}, without an order", column.name, type_name(kind));
                    return self.add(place, problem, "list the values instead");
                }
                for (name, end) in [("from", &span.from), ("to", &span.to)] {
                    if let Some(scalar) = end {
                        self.scalar(&place.at(name), column, kind, scalar);
                    }
                }
            }
        }
    }

    fn scalar(
        &self,
        place: &KeyLocation,
        column: &DatasetColumn,
        kind: LogicalType,
        scalar: &ScalarValue,
    ) {
        let problem = || format!("{} is of type {}", column.name, type_name(kind));
        match (kind, scalar) {
            (LogicalType::Int, ScalarValue::Int(_))
            | (LogicalType::Float, ScalarValue::Int(_) | ScalarValue::Float(_))
            | (LogicalType::Bool, ScalarValue::Bool(_)) => {}
            (LogicalType::Int | LogicalType::Float, _) => {
                self.add(place, problem(), "write a number, without quotes");
            }
            (LogicalType::Bool, _) => self.add(place, problem(), "write true or false"),
            (LogicalType::Json, _) => {
                self.add(place, problem(), "a document can't be compared; use another column");
            }
            (LogicalType::Enum, ScalarValue::Text(text)) => self.enum_value(place, column, text),
            (LogicalType::Date | LogicalType::DateTime, ScalarValue::Text(text)) => {
                if !starts_with_date(text) {
                    let problem = format!("{text:?} is no date");
                    self.add(place, problem, "write \"2026-10-31\", or the start of it");
                }
            }
            (
                LogicalType::Year | LogicalType::Quarter | LogicalType::Month,
                ScalarValue::Text(text),
            ) => {
                if !text.bytes().next().is_some_and(|b| b.is_ascii_digit()) {
                    let problem = format!("{text:?} is no {}", type_name(kind));
                    self.add(place, problem, "write it as it is stored, such as \"202610\"");
                }
            }
            (_, ScalarValue::Text(_)) => {}
            (_, scalar) => {
                let text = match scalar {
                    ScalarValue::Int(number) => number.to_string(),
                    ScalarValue::Float(number) => number.to_string(),
                    ScalarValue::Bool(flag) => flag.to_string(),
                    ScalarValue::Text(text) => text.clone(),
                };
                self.add(place, problem(), format!("quote it: \"{text}\""));
            }
        }
    }

    fn enum_value(&self, place: &KeyLocation, column: &DatasetColumn, text: &str) {
        if column.values.is_empty() || column.values.iter().any(|value| value.ko == text) {
            return;
        }
        let problem = format!("{text:?} is no value of {}", column.name);
        let translated = column.values.iter().find(|value| value.en.eq_ignore_ascii_case(text));
        let known = || column.values.iter().map(|value| value.ko.as_str());
        let remedy = match translated {
            Some(value) => format!("write what is stored: {:?}", value.ko),
            None => self.near(text, known(), || {
                format!("there are {}", known().collect::<Vec<_>>().join(", "))
            }),
        };
        self.add(place, problem, remedy);
    }
}

fn number(scalar: &ScalarValue) -> Option<f64> {
    match scalar {
        ScalarValue::Int(number) => Some(*number as f64),
        ScalarValue::Float(number) => Some(*number),
        ScalarValue::Bool(_) | ScalarValue::Text(_) => None,
    }
}

/// Whether a text is an ISO 8601 date or the start of one, such as a year.
pub(super) fn starts_with_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let date = &bytes[..bytes.len().min(10)];
    let shaped = date.iter().enumerate().all(|(i, b)| match i {
        4 | 7 => *b == b'-',
        _ => b.is_ascii_digit(),
    });
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u8>().ok();
    let month = bytes.len() < 7 || part(5..7).is_some_and(|month| (1..=12).contains(&month));
    let day = bytes.len() < 10 || part(8..10).is_some_and(|day| (1..=31).contains(&day));
    shaped && matches!(date.len(), 4 | 7 | 10) && month && day
}
