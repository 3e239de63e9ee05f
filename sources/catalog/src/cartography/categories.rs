//! Declared categories, and features that a measure does not apply to.

use serde::Serialize;

use crate::LocalizedText;

/// Declared category of a map, in the order of the legend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapCategory {
    /// Stored text; a number or `true`/`false` as text.
    pub value: String,
    /// Title; `None` for the declared title of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<LocalizedText>,
    /// Colour, `#rrggbb`; `None` for one of the palette.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Name of a pictogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

/// Features that the measure does not apply to, told apart from those without data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotApplicable {
    /// Published column that tells them.
    pub column: String,
    /// Stored texts of the column; a number or `true`/`false` as text.
    pub values: Vec<String>,
    /// Legend entry.
    pub title: LocalizedText,
}
