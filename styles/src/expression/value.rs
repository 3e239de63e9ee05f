//! Values of expressions.

use std::borrow::Cow;

use serde_json::Value;

use super::StyleColour;

/// Value of an expression or of a feature's property.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionValue<'a> {
    /// No value.
    Null,
    /// Boolean.
    Flag(bool),
    /// Number.
    Number(f64),
    /// Text; a colour that was not computed is a text too.
    Text(Cow<'a, str>),
    /// Computed colour.
    Colour(StyleColour),
    /// List of values.
    List(Vec<Self>),
}

impl<'a> ExpressionValue<'a> {
    /// Name of the type in the specification.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Colour(_) => "color",
            Self::List(_) => "array",
        }
    }

    /// Number; `None` for any other type.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Text; `None` for any other type.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Colour, computed or parsed from a text; `None` for anything else.
    #[must_use]
    pub fn colour(&self) -> Option<StyleColour> {
        match self {
            Self::Colour(colour) => Some(*colour),
            Self::Text(text) => StyleColour::parse(text),
            _ => None,
        }
    }

    /// Text as the operator `to-string` makes it.
    #[must_use]
    pub fn to_text(&self) -> Cow<'a, str> {
        match self {
            Self::Null => "".into(),
            Self::Flag(flag) => if *flag { "true" } else { "false" }.into(),
            Self::Number(number) => format_number(*number).into(),
            Self::Text(text) => text.clone(),
            Self::Colour(colour) => colour.to_string().into(),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::to_text).collect();
                format!("[{}]", items.join(",")).into()
            }
        }
    }

    /// Number as the operator `to-number` makes it; `None` where the value has none.
    #[must_use]
    pub fn to_number(&self) -> Option<f64> {
        match self {
            Self::Null => Some(0.0),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Number(number) => Some(*number),
            Self::Text(text) => match text.trim() {
                "" => Some(0.0),
                text => text.parse().ok().filter(|number: &f64| number.is_finite()),
            },
            Self::Colour(_) | Self::List(_) => None,
        }
    }

    /// Boolean as the operator `to-boolean` makes it.
    #[must_use]
    pub fn to_flag(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Flag(flag) => *flag,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Colour(_) | Self::List(_) => true,
        }
    }

    /// Value without borrowed parts.
    #[must_use]
    pub fn into_owned(self) -> ExpressionValue<'static> {
        match self {
            Self::Null => ExpressionValue::Null,
            Self::Flag(flag) => ExpressionValue::Flag(flag),
            Self::Number(number) => ExpressionValue::Number(number),
            Self::Text(text) => ExpressionValue::Text(text.into_owned().into()),
            Self::Colour(colour) => ExpressionValue::Colour(colour),
            Self::List(items) => {
                ExpressionValue::List(items.into_iter().map(Self::into_owned).collect())
            }
        }
    }

    /// Value that borrows the texts of this one.
    #[must_use]
    pub fn borrowed(&self) -> ExpressionValue<'_> {
        match self {
            Self::Null => ExpressionValue::Null,
            Self::Flag(flag) => ExpressionValue::Flag(*flag),
            Self::Number(number) => ExpressionValue::Number(*number),
            Self::Text(text) => ExpressionValue::Text(Cow::Borrowed(text)),
            Self::Colour(colour) => ExpressionValue::Colour(*colour),
            Self::List(items) => {
                ExpressionValue::List(items.iter().map(ExpressionValue::borrowed).collect())
            }
        }
    }

    /// Value of a JSON literal; `None` for an object.
    #[must_use]
    pub fn from_json(json: &Value) -> Option<ExpressionValue<'static>> {
        Some(match json {
            Value::Null => ExpressionValue::Null,
            Value::Bool(flag) => ExpressionValue::Flag(*flag),
            Value::Number(number) => ExpressionValue::Number(number.as_f64()?),
            Value::String(text) => ExpressionValue::Text(text.clone().into()),
            Value::Array(items) => {
                let items: Option<_> = items.iter().map(Self::from_json).collect();
                ExpressionValue::List(items?)
            }
            Value::Object(_) => return None,
        })
    }
}

impl<'a> From<&'a str> for ExpressionValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<f64> for ExpressionValue<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for ExpressionValue<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Shortest digits of a number, without the sign that zero may have.
fn format_number(number: f64) -> String {
    (number + 0.0).to_string()
}
