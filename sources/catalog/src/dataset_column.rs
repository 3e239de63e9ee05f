//! Declared columns of datasets, and the types of their values.

use serde::{Deserialize, Serialize};

use super::declaration::LocalizedText;

/// A declared column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetColumn {
    /// The stored name.
    pub name: String,
    /// The type of the values; `None` keeps the stored type.
    #[serde(default, rename = "type")]
    pub kind: Option<LogicalType>,
    /// The human-readable title.
    pub title: LocalizedText,
    /// Unit of the values, such as `persons` or `m2`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Values of an enumeration; the Korean text is the stored value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<LocalizedText>,
}

/// Meaning of a column's values, independent of the storage format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogicalType {
    /// Text that identifies something; leading zeros are significant.
    Code,
    /// Any text.
    Text,
    /// One of a few texts.
    Enum,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Yes or no.
    Bool,
    /// A day, ISO 8601.
    Date,
    /// Date and time, ISO 8601.
    DateTime,
    /// A time of day, `hh:mm`.
    Time,
    /// `yyyy`.
    Year,
    /// `yyyyq`, the quarter from 1 to 4.
    Quarter,
    /// `yyyymm`.
    Month,
    /// A JSON document.
    Json,
}

impl LogicalType {
    /// Whether the type supports arithmetic.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    /// Whether the type is a point or period in time, other than a time of day.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::DateTime | Self::Year | Self::Quarter | Self::Month)
    }
}
