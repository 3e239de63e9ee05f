//! Mapping of PostgreSQL types to attribute types.
//!
//! Every type is cast in SQL to one of a few that are read from the wire: `bool`, `int8`,
//! `float4`, `float8`, `text` and `bytea`.

use std::fmt::Write as _;

use data_model::feature::{AttributeValue, Column, ColumnType};
use data_model::number::double_keeps;

use crate::relation::sql_name::quoted;

/// An attribute of a table, and the SQL expression that fetches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Name, type, title and description. The title is the first line of the column's comment,
    /// the description the rest.
    pub column: Column,
    /// SQL expression that fetches the attribute.
    pub(crate) expression: String,
    pub(crate) wire: WireFormat,
    /// Whether the type has integers beyond 2⁵³, which browsers may not hold.
    pub(crate) may_be_wide: bool,
}

/// Wire format of a column's SQL expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum WireFormat {
    Bool,
    Int,
    Float,
    Double,
    Text,
    /// `numeric` as text: it may be larger or finer than any binary number.
    Number,
    Bytes,
}

/// Fault of the bytes of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldFault {
    /// A value of another length than its type has.
    #[error("{found} bytes, not {expected}")]
    Length {
        /// Number of bytes.
        found: usize,
        /// Number of bytes of the type.
        expected: usize,
    },
    /// A `numeric` that is no number.
    #[error("it is no number")]
    NoNumber(#[source] std::num::ParseFloatError),
    /// A text that is not UTF-8.
    #[error("it is not UTF-8 text; a database in SQL_ASCII holds any bytes: make it one in UTF8")]
    NoText(#[source] std::str::Utf8Error),
}

/// Type of a column in the catalog, domains resolved.
#[derive(Debug, Clone)]
pub(crate) struct StoredType<'a> {
    /// `pg_type.typname`.
    pub(crate) name: &'a str,
    /// Whether the type is one of the server's own (in `pg_catalog`).
    pub(crate) built_in: bool,
    /// `pg_type.typtype`: `b`ase, `c`omposite, `e`num, `r`ange, `m`ultirange.
    pub(crate) kind: &'a str,
    /// `pg_type.typcategory`: `A` is an array.
    pub(crate) category: &'a str,
    /// `atttypmod`; −1 if there is none.
    pub(crate) modifier: i32,
}

impl TableColumn {
    /// Whether the type has integers beyond 2⁵³, which browsers may not hold.
    #[must_use]
    pub fn may_be_wide(&self) -> bool {
        self.may_be_wide
    }

    /// Creates the attribute of a column; `None` for a type that is no attribute, such as a
    /// second geometry.
    pub(crate) fn new(
        name: String,
        comment: Option<&str>,
        stored: &StoredType<'_>,
    ) -> Option<Self> {
        let (kind, wire, expression) = fetched(&quoted(&name), stored)?;
        let (title, description) = title_and_rest(comment);
        let column = Column { name, kind, title, description };
        let may_be_wide = may_be_wide(stored);
        Some(Self { column, expression, wire, may_be_wide })
    }
}

/// Splits a comment into its first line and the rest.
///
/// A comment that is JSON, and lines that begin with `@`, are left out: they are written by
/// programs for programs (tile servers, API generators), each with a vocabulary of its own, and
/// are no text for people.
pub(crate) fn title_and_rest(comment: Option<&str>) -> (Option<String>, Option<String>) {
    let comment = comment.unwrap_or_default().trim();
    let is_json = comment.starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(comment).is_ok();
    if is_json {
        return (None, None);
    }
    let is_tag = |line: &str| {
        line.strip_prefix('@')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let lines: Vec<&str> = comment.lines().filter(|line| !is_tag(line)).collect();
    let comment = lines.join("\n");
    let comment = comment.trim();
    let (first, rest) = comment.split_once('\n').unwrap_or((comment, ""));
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    (filled(first), filled(rest))
}

/// Select list in which each item has a generated name: that of a column may be one that can't
/// be sent.
pub(crate) fn select_list<'a>(
    geometry: String,
    columns: impl Iterator<Item = &'a TableColumn>,
) -> String {
    let mut list = geometry + " AS g";
    for (number, column) in columns.enumerate() {
        let _ = write!(list, ", {} AS v{number}", column.expression);
    }
    list
}

fn fetched(column: &str, stored: &StoredType<'_>) -> Option<(ColumnType, WireFormat, String)> {
    let plain = column.to_owned();
    let cast = |to: &str| format!("{column}::{to}");
    let json = || (ColumnType::Json, WireFormat::Text, format!("to_json({column})::text"));
    let text = || (ColumnType::Text, WireFormat::Text, cast("text"));
    if is_spatial(stored.name.trim_start_matches('_')) && !stored.built_in {
        return None;
    }
    if stored.category == "A" || stored.kind == "c" {
        return Some(json());
    }
    if !stored.built_in {
        return Some(if stored.name == "hstore" { json() } else { text() });
    }
    Some(match stored.name {
        "bool" => (ColumnType::Bool, WireFormat::Bool, cast("bool")),
        "int2" | "int4" | "int8" | "oid" => (ColumnType::Int, WireFormat::Int, cast("int8")),
        "float4" => (ColumnType::Float, WireFormat::Float, cast("float4")),
        "float8" => (ColumnType::Double, WireFormat::Double, cast("float8")),
        "numeric" => (numeric_kind(stored.modifier), WireFormat::Number, cast("text")),
        "money" => (ColumnType::Double, WireFormat::Number, cast("numeric::text")),
        "bytea" => (ColumnType::Binary, WireFormat::Bytes, plain),
        "json" | "jsonb" => (ColumnType::Json, WireFormat::Text, cast("text")),
        // Years before 1 and the infinite have no four digits in ISO 8601.
        "date" => (ColumnType::DateTime, WireFormat::Text, finite(column, "date", &cast("text"))),
        "timestamp" => {
            let timestamp = format!("replace({column}::text, ' ', 'T')");
            (ColumnType::DateTime, WireFormat::Text, finite(column, "timestamp", &timestamp))
        }
        "timestamptz" => {
            let timestamp =
                format!("replace(({column} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'");
            (ColumnType::DateTime, WireFormat::Text, finite(column, "timestamptz", &timestamp))
        }
        "time" | "timetz" => (ColumnType::DateTime, WireFormat::Text, cast("text")),
        "record" | "unknown" => return None,
        _ => text(),
    })
}

fn finite(column: &str, kind: &str, expression: &str) -> String {
    let first = if kind == "timestamptz" { "0001-01-02 00:00:00+00" } else { "0001-01-01" };
    format!("CASE WHEN isfinite({column}) AND {column} >= {kind} '{first}' THEN {expression} END")
}

/// Whether a type is one of PostGIS that is drawn, or too large for an attribute.
fn is_spatial(name: &str) -> bool {
    matches!(name, "geometry" | "geography" | "raster" | "topogeometry")
}

/// Precision and scale of a `numeric(p, s)`; `None` for a `numeric` that declares neither. The
/// modifier holds p in the upper and s in the lower half, and 4 is added.
fn precision_and_scale(modifier: i32) -> Option<(i32, i32)> {
    let packed = modifier.checked_sub(4).filter(|&packed| packed >= 0)?;
    // The scale has 11 bits, the first of which is its sign.
    let scale = packed & 0x7ff;
    Some((packed >> 16, if scale > 1023 { scale - 2048 } else { scale }))
}

/// Whether values of a type may be integers beyond 2⁵³ by declaration. A `numeric` without a
/// precision is most often an ordinary number: its single values decide (see [`number`]).
fn may_be_wide(stored: &StoredType<'_>) -> bool {
    /// Most digits with which every integer is below 2⁵³.
    const EXACT_DIGITS: i32 = 15;
    match stored.name {
        _ if !stored.built_in || stored.category == "A" => false,
        "int8" => true,
        "numeric" => precision_and_scale(stored.modifier)
            .is_some_and(|(precision, scale)| precision - scale > EXACT_DIGITS),
        _ => false,
    }
}

/// Column type of a `numeric(p, s)`.
fn numeric_kind(modifier: i32) -> ColumnType {
    let Some((precision, scale)) = precision_and_scale(modifier) else {
        return ColumnType::Double;
    };
    match precision {
        _ if scale != 0 => ColumnType::Double,
        ..=18 => ColumnType::Int,
        // 20 digits are what an unsigned integer of 64 bits is stored with.
        19 | 20 => ColumnType::UInt,
        _ => ColumnType::Double,
    }
}

impl WireFormat {
    /// Decodes a field.
    ///
    /// Numbers that are not finite are null.
    ///
    /// # Errors
    /// [`FieldFault`].
    pub(crate) fn value<'a>(
        self,
        bytes: Option<&'a [u8]>,
        kind: ColumnType,
    ) -> Result<AttributeValue<'a>, FieldFault> {
        let Some(bytes) = bytes else { return Ok(AttributeValue::Null) };
        Ok(match self {
            Self::Bool => AttributeValue::Bool(fixed::<1>(bytes)? != [0]),
            Self::Int => AttributeValue::Int(i64::from_be_bytes(fixed(bytes)?)),
            Self::Float => match f32::from_be_bytes(fixed(bytes)?) {
                number if number.is_finite() => AttributeValue::Float(number),
                _ => AttributeValue::Null,
            },
            Self::Double => match f64::from_be_bytes(fixed(bytes)?) {
                number if number.is_finite() => AttributeValue::Double(number),
                _ => AttributeValue::Null,
            },
            Self::Text => AttributeValue::Text(text(bytes)?),
            Self::Number => number(text(bytes)?, kind)?,
            Self::Bytes => AttributeValue::Binary(bytes),
        })
    }
}

/// Decodes a `numeric`. A number that no double holds becomes its text: an integer beyond 2⁵³,
/// or a number that a double would round before its point.
fn number(text: &str, kind: ColumnType) -> Result<AttributeValue<'_>, FieldFault> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_integer {
        if let Ok(number) = text
            .parse()
            .map(AttributeValue::Int)
            .or_else(|_| text.parse().map(AttributeValue::UInt))
            && (matches!(kind, ColumnType::Int | ColumnType::UInt) || !number.is_wide_integer())
        {
            return Ok(match (kind, number.number()) {
                (ColumnType::Double | ColumnType::Float, Some(number)) => {
                    AttributeValue::Double(number)
                }
                _ => number,
            });
        }
        return Ok(AttributeValue::Text(text));
    }
    // `NaN` and `Infinity` are read as such.
    match text.parse::<f64>() {
        Ok(number) if double_keeps(text) => Ok(AttributeValue::Double(number)),
        Ok(_) if digits.starts_with(|c: char| c.is_ascii_digit()) => Ok(AttributeValue::Text(text)),
        Ok(_) => Ok(AttributeValue::Null),
        Err(error) => Err(FieldFault::NoNumber(error)),
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], FieldFault> {
    let length = FieldFault::Length { found: bytes.len(), expected: N };
    bytes.try_into().map_err(|_| length)
}

fn text(bytes: &[u8]) -> Result<&str, FieldFault> {
    std::str::from_utf8(bytes).map_err(FieldFault::NoText)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case((10 << 16) + 4, ColumnType::Int)]
    #[case((18 << 16) + 4, ColumnType::Int)]
    #[case((19 << 16) + 4, ColumnType::UInt)]
    #[case((20 << 16) + 4, ColumnType::UInt)]
    #[case((21 << 16) + 4, ColumnType::Double)]
    #[case((10 << 16) + 4 + 2, ColumnType::Double)]
    #[case(-1, ColumnType::Double)]
    fn whole_numerics_are_integers_where_they_fit(
        #[case] modifier: i32,
        #[case] expected: ColumnType,
    ) {
        assert_eq!(numeric_kind(modifier), expected);
    }

    #[rstest]
    #[case("12", ColumnType::Int, AttributeValue::Int(12))]
    #[case("-9223372036854775808", ColumnType::UInt, AttributeValue::Int(i64::MIN))]
    #[case("18446744073709551615", ColumnType::UInt, AttributeValue::UInt(u64::MAX))]
    #[case(
        "-99999999999999999999",
        ColumnType::UInt,
        AttributeValue::Text("-99999999999999999999")
    )]
    #[case("1120011400100010001", ColumnType::Double, AttributeValue::Text("1120011400100010001"))]
    #[case(
        "123456789012345678.25",
        ColumnType::Double,
        AttributeValue::Text("123456789012345678.25")
    )]
    #[case(
        "0.12345678901234567890",
        ColumnType::Double,
        AttributeValue::Double(0.12345678901234568)
    )]
    #[case("9007199254740992", ColumnType::Double, AttributeValue::Double(9_007_199_254_740_992.0))]
    #[case("0.25", ColumnType::Double, AttributeValue::Double(0.25))]
    #[case("NaN", ColumnType::Int, AttributeValue::Null)]
    #[case("-Infinity", ColumnType::Double, AttributeValue::Null)]
    fn numerics_are_read_as_they_fit(
        #[case] stored: &str,
        #[case] kind: ColumnType,
        #[case] expected: AttributeValue<'_>,
    ) {
        assert_eq!(WireFormat::Number.value(Some(stored.as_bytes()), kind), Ok(expected));
    }

    #[rstest]
    #[case(WireFormat::Int, &[0; 4], "4 bytes, not 8")]
    #[case(WireFormat::Text, &[0xff], "not UTF-8")]
    #[case(WireFormat::Number, b"1x", "no number")]
    fn bytes_that_can_not_be_are_named(
        #[case] wire: WireFormat,
        #[case] bytes: &[u8],
        #[case] message: &str,
    ) {
        let error = wire.value(Some(bytes), ColumnType::Int).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[rstest]
    #[case::json(r#"{"minzoom": 5, "name": "roads"}"#, None)]
    #[case::json_list(" [1, 2]\n", None)]
    #[case::tags("@omit create,update\n@name road", None)]
    #[case::tag_above("@omit\n도로", Some("도로"))]
    #[case::braces("{임시} 도로", Some("{임시} 도로"))]
    #[case::brackets("[2026] 도로", Some("[2026] 도로"))]
    #[case::address("@ 성수동", Some("@ 성수동"))]
    fn a_comment_for_programs_is_no_title(#[case] comment: &str, #[case] title: Option<&str>) {
        assert_eq!(title_and_rest(Some(comment)).0.as_deref(), title);
    }

    #[test]
    fn a_comment_is_a_title_and_a_description() {
        assert_eq!(title_and_rest(Some(" \n ")), (None, None));
        let (title, rest) = title_and_rest(Some("가로등\n 밤의 길\n둘째 줄"));
        assert_eq!(title.as_deref(), Some("가로등"));
        assert_eq!(rest.as_deref(), Some("밤의 길\n둘째 줄"));
    }
}
