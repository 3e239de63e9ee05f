//! Checks of column lists, and the kinds of values that operations accept.

use std::collections::BTreeSet;

use super::Checker;
use crate::read::KeyLocation;
use crate::{DatasetColumn, LogicalType};

/// Operations that a value supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Arithmetic.
    Number,
    /// Comparison and counting.
    Text,
    /// Neither.
    Other,
    /// Undeclared or already faulty; also years, which are numbers and texts.
    Unknown,
}

impl ValueKind {
    pub(super) fn of(column: &DatasetColumn) -> Self {
        match column.kind {
            None | Some(LogicalType::Year) => Self::Unknown,
            Some(kind) if kind.is_number() => Self::Number,
            Some(LogicalType::Bool | LogicalType::Json) => Self::Other,
            Some(_) => Self::Text,
        }
    }

    /// Whether the kind is `wanted`, or may be.
    pub(super) fn may_be(self, wanted: Self) -> bool {
        self == wanted || self == Self::Unknown
    }
}

/// The type's name in a catalog file.
pub(super) const fn type_name(kind: LogicalType) -> &'static str {
    match kind {
        LogicalType::Code => "code",
        LogicalType::Text => "text",
        LogicalType::Enum => "enum",
        LogicalType::Int => "int",
        LogicalType::Float => "float",
        LogicalType::Bool => "bool",
        LogicalType::Date => "date",
        LogicalType::DateTime => "datetime",
        LogicalType::Time => "time",
        LogicalType::Year => "year",
        LogicalType::Quarter => "quarter",
        LogicalType::Month => "month",
        LogicalType::Json => "json",
    }
}

impl Checker<'_> {
    /// Checks a list of declared columns at `place`.
    pub(super) fn declared_columns(&self, place: &KeyLocation, columns: &[DatasetColumn]) {
        let mut names = BTreeSet::new();
        for (i, column) in columns.iter().enumerate() {
            let (place, name) = (place.item(i), &column.name);
            if name.trim().is_empty() || name.contains('.') {
                let problem = format!("{name:?} can't be referred to");
                self.add(&place.at("name"), problem, "use a name without dots");
            }
            if !names.insert(name.as_str()) {
                let problem = format!("column {name:?} is declared twice");
                self.add(&place.at("name"), problem, "remove one");
            }
            let is_enum = column.kind == Some(LogicalType::Enum);
            if is_enum && column.values.is_empty() {
                let problem = format!("the values of {name:?} are not listed");
                self.add(&place.at("values"), problem, "list them, or make the type text");
            }
            if !is_enum && !column.values.is_empty() {
                let problem = format!("{name:?} is no enum");
                self.add(&place.at("values"), problem, "remove them, or make the type enum");
            }
            let mut values = BTreeSet::new();
            for (j, value) in column.values.iter().enumerate() {
                if !values.insert(value.ko.as_str()) {
                    let problem = format!("{:?} is listed twice", value.ko);
                    self.add(&place.at("values").item(j), problem, "remove one");
                }
            }
        }
    }

    /// Adds a fault for each repetition in a list at `place`.
    pub(super) fn no_repeats<'n>(
        &self,
        place: &KeyLocation,
        names: impl IntoIterator<Item = &'n str>,
    ) {
        let mut seen = BTreeSet::new();
        for (i, name) in names.into_iter().enumerate() {
            if !seen.insert(name) {
                self.add(&place.item(i), format!("{name:?} is named twice"), "remove one");
            }
        }
    }
}
