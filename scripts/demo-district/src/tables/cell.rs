//! The values of a row.

use std::borrow::Cow;

/// One value, in the catalog's order of columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellValue<'a> {
    /// Unknown value.
    Null,
    /// Text; codes, dates and times too.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// Boolean.
    Bool(bool),
}

impl CellValue<'_> {
    /// Copies the value so that nothing is borrowed.
    #[must_use]
    pub(crate) fn into_owned(self) -> CellValue<'static> {
        match self {
            Self::Null => CellValue::Null,
            Self::Text(text) => CellValue::Text(Cow::Owned(text.into_owned())),
            Self::Int(number) => CellValue::Int(number),
            Self::Double(number) => CellValue::Double(number),
            Self::Bool(yes) => CellValue::Bool(yes),
        }
    }
}

impl<'a> From<&'a str> for CellValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for CellValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for CellValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for CellValue<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<usize> for CellValue<'_> {
    fn from(number: usize) -> Self {
        Self::Int(number as i64)
    }
}

impl From<f64> for CellValue<'_> {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<bool> for CellValue<'_> {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl<'a, T: Into<CellValue<'a>>> From<Option<T>> for CellValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
