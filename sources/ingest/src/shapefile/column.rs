//! Column types and values of DBF fields; the type depends on all values.

use crate::text::dbf_encoding::DbfEncoding;
use data_model::feature::{AttributeValue, ColumnType, MOST_EXACT_INTEGER};
use data_model::number::{double_keeps, wide_integer};

use crate::shapefile::dbf::DbfField;

/// Statistics of a field's values.
#[derive(Debug, Clone)]
pub(super) struct FieldStatistics {
    /// Whether every value so far is an integer without leading zeros.
    integers: bool,
    /// Whether a value has a leading zero that a number would lose, or is an integer
    /// beyond 2⁵³, which browsers can't represent exactly.
    codes: bool,
    /// Whether a double would round a number.
    inexact: bool,
    /// Number of values that the field's type does not allow.
    pub(super) unreadable: u64,
    /// Row of the first of these, from 1; 0 for none.
    pub(super) first_unreadable: u64,
}

impl Default for FieldStatistics {
    fn default() -> Self {
        Self { integers: true, codes: false, inexact: false, unreadable: 0, first_unreadable: 0 }
    }
}

impl FieldStatistics {
    /// Adds the value of one row.
    pub(super) fn observe(
        &mut self,
        field: &DbfField,
        row: u64,
        record: &[u8],
        encoding: DbfEncoding,
    ) {
        let bytes = field.bytes(record);
        let readable = match field.kind {
            b'C' => !encoding.decode(bytes).1,
            b'N' | b'F' => self.observe_number(bytes, field.decimals),
            b'D' => date(bytes).is_some() || is_blank(bytes),
            b'L' => logical(bytes).is_some() || is_blank(bytes),
            _ => true,
        };
        if !readable {
            self.unreadable += 1;
            if self.first_unreadable == 0 {
                self.first_unreadable = row;
            }
        }
    }

    fn observe_number(&mut self, bytes: &[u8], decimals: u8) -> bool {
        if is_blank(bytes) {
            return true;
        }
        // A text that is no number leaves the others' precision as it is.
        let Some(text) = number_text(bytes) else { return false };
        self.inexact |= !double_keeps(text);
        let digits = bytes.strip_prefix(b"-").or(bytes.strip_prefix(b"+")).unwrap_or(bytes);
        if !digits.iter().all(u8::is_ascii_digit) {
            self.integers = false;
        } else if decimals == 0 {
            // In front of decimals a zero is padding.
            self.codes |= digits.len() > 1 && digits[0] == b'0';
            let wide = |digits: &str| {
                digits.parse::<u64>().map_or(true, |number| number > MOST_EXACT_INTEGER)
            };
            self.codes |= std::str::from_utf8(digits).is_ok_and(wide);
        }
        true
    }

    /// The column type that represents every value seen; `None` for a field type that is
    /// not supported.
    pub(super) fn column_type(&self, field: &DbfField) -> Option<ColumnType> {
        Some(match field.kind {
            b'C' => ColumnType::Text,
            // Codes are text even where they look like numbers.
            b'N' if self.codes => ColumnType::Text,
            b'N' if field.decimals == 0 && self.integers => ColumnType::Int,
            b'N' | b'F' if self.inexact => ColumnType::Text,
            b'N' | b'F' => ColumnType::Double,
            b'D' => ColumnType::DateTime,
            b'L' => ColumnType::Bool,
            b'I' | b'+' if field.length == 4 => ColumnType::Int,
            // FoxPro's B is a double, dBASE's is the number of a memo.
            b'O' | b'B' if field.length == 8 => ColumnType::Double,
            _ => return None,
        })
    }
}

/// The value of a field in a record, in the type of its column; text is written to
/// `buffer`. A value that the type does not allow is [`AttributeValue::Null`].
pub(super) fn value<'b>(
    field: &DbfField,
    kind: ColumnType,
    record: &[u8],
    encoding: DbfEncoding,
    buffer: &'b mut String,
) -> AttributeValue<'b> {
    buffer.clear();
    let bytes = field.bytes(record);
    match (field.kind, kind) {
        (b'I' | b'+', _) => match <[u8; 4]>::try_from(field.raw(record)) {
            Ok(bytes) => AttributeValue::Int(i64::from(i32::from_le_bytes(bytes))),
            Err(_) => AttributeValue::Null,
        },
        (b'O' | b'B', _) => match <[u8; 8]>::try_from(field.raw(record)).map(f64::from_le_bytes) {
            Ok(value) if value.is_finite() => AttributeValue::Double(value),
            _ => AttributeValue::Null,
        },
        _ if bytes.is_empty() => AttributeValue::Null,
        (b'D', _) => match date(bytes) {
            Some([year, month, day]) => {
                use std::fmt::Write as _;
                // Writing to a String can't fail.
                let _ = write!(buffer, "{year:04}-{month:02}-{day:02}");
                AttributeValue::Text(buffer)
            }
            None => AttributeValue::Null,
        },
        (b'L', _) => logical(bytes).map_or(AttributeValue::Null, AttributeValue::Bool),
        (b'N' | b'F', ColumnType::Int) => {
            let digits = bytes.strip_prefix(b"+").unwrap_or(bytes);
            match std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()) {
                Some(value) => AttributeValue::Int(value),
                None => AttributeValue::Null,
            }
        }
        (b'N' | b'F', ColumnType::Double) => {
            number(bytes).map_or(AttributeValue::Null, AttributeValue::Double)
        }
        // Texts, and numbers that are codes.
        _ if field.kind != b'C' && is_blank(bytes) => AttributeValue::Null,
        _ => {
            let text = encoding.decode(bytes).0;
            let integer = (field.kind != b'C').then(|| wide_integer(&text)).flatten();
            buffer.push_str(integer.as_deref().unwrap_or(&text));
            AttributeValue::Text(buffer)
        }
    }
}

/// Whether there is no value: nothing, or the filling that programs write instead.
fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|&b| b == b' ')
        || bytes.iter().all(|&b| b == b'*')
        || bytes.iter().all(|&b| b == b'?')
        || bytes == b"00000000"
}

fn number(bytes: &[u8]) -> Option<f64> {
    number_text(bytes)?.parse().ok()
}

/// The text of a decimal number that is finite; `None` for anything else.
fn number_text(bytes: &[u8]) -> Option<&str> {
    let plain = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.bytes().all(|b| plain(&b)))?;
    text.parse().is_ok_and(f64::is_finite).then_some(text)
}

fn logical(bytes: &[u8]) -> Option<bool> {
    match bytes {
        b"T" | b"t" | b"Y" | b"y" => Some(true),
        b"F" | b"f" | b"N" | b"n" => Some(false),
        _ => None,
    }
}

/// Parses `YYYYMMDD` as a day of the calendar.
fn date(bytes: &[u8]) -> Option<[u16; 3]> {
    if bytes.len() != 8 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| {
        bytes[range].iter().fold(0, |value, b| value * 10 + u16::from(b - b'0'))
    };
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some([year, month, day])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn field(kind: u8, length: usize, decimals: u8) -> DbfField {
        DbfField { name: b"x".to_vec(), kind, start: 1, length, decimals }
    }

    /// Type and values of the column of these values, each as debug text, and the number
    /// of unreadable ones.
    fn column(kind: u8, decimals: u8, values: &[&[u8]]) -> (Option<ColumnType>, Vec<String>, u64) {
        let length = values.iter().map(|value| value.len()).max().unwrap();
        let field = field(kind, length, decimals);
        let records: Vec<Vec<u8>> = values
            .iter()
            .map(|value| {
                let mut record = vec![b' '; length + 1];
                record[1..=value.len()].copy_from_slice(value);
                record
            })
            .collect();
        let mut observed = FieldStatistics::default();
        for (row, record) in records.iter().enumerate() {
            observed.observe(&field, row as u64 + 1, record, DbfEncoding::Cp949);
        }
        let kind = observed.column_type(&field);
        let mut buffer = String::new();
        let read = records
            .iter()
            .filter_map(|record| {
                let value = value(&field, kind?, record, DbfEncoding::Cp949, &mut buffer);
                Some(format!("{value:?}"))
            })
            .collect();
        (kind, read, observed.unreadable)
    }

    #[rstest]
    #[case::integers(b'N', 0, b"12|-7||***", ColumnType::Int,
        &["Int(12)", "Int(-7)", "Null", "Null"], 0)]
    #[case::decimals(b'N', 2, b"12|0.50", ColumnType::Double,
        &["Double(12.0)", "Double(0.5)"], 0)]
    #[case::a_decimal_among_integers(b'N', 0, b"12|1.5", ColumnType::Double,
        &["Double(12.0)", "Double(1.5)"], 0)]
    #[case::leading_zeros(b'N', 0, b"0412|11", ColumnType::Text,
        &["Text(\"0412\")", "Text(\"11\")"], 0)]
    #[case::parcel_numbers(b'N', 0, b"1120010100100010000", ColumnType::Text,
        &["Text(\"1120010100100010000\")"], 0)]
    #[case::long_integers_and_a_decimal(b'N', 0, b"123456789012345678|1.5", ColumnType::Text,
        &["Text(\"123456789012345678\")", "Text(\"1.5\")"], 0)]
    #[case::long_decimals(b'N', 2, b"12345678901234567.25", ColumnType::Text,
        &["Text(\"12345678901234567.25\")"], 0)]
    #[case::seventeen_digits(b'N', 0, b"11200114001000101|7", ColumnType::Text,
        &["Text(\"11200114001000101\")", "Text(\"7\")"], 0)]
    #[case::eighteen_digits_below_zero(b'N', 0, b"-112001140010001011", ColumnType::Text,
        &["Text(\"-112001140010001011\")"], 0)]
    #[case::as_much_as_a_double_holds(b'N', 0, b"9007199254740992", ColumnType::Int,
        &["Int(9007199254740992)"], 0)]
    #[case::junk_among_integers(b'N', 0, b"12|n/a|-|9007199254740991", ColumnType::Int,
        &["Int(12)", "Null", "Null", "Int(9007199254740991)"], 2)]
    #[case::junk_among_codes(b'N', 0, b"0412|n/a", ColumnType::Text,
        &["Text(\"0412\")", "Text(\"n/a\")"], 1)]
    #[case::filled_with_zeros(b'N', 2, b"0012.50|0007", ColumnType::Double,
        &["Double(12.5)", "Double(7.0)"], 0)]
    #[case::foxpro_double(b'B', 4, b"\0\0\0\0\0\0\xf8\x3f", ColumnType::Double,
        &["Double(1.5)"], 0)]
    #[case::zero_is_a_number(b'N', 0, b"0|5", ColumnType::Int, &["Int(0)", "Int(5)"], 0)]
    #[case::no_number(b'N', 2, b"1.0|n/a", ColumnType::Double, &["Double(1.0)", "Null"], 1)]
    #[case::infinity(b'F', 2, b"1e999|2.5", ColumnType::Double, &["Null", "Double(2.5)"], 1)]
    #[case::dates(b'D', 0, b"20240229|20230229|00000000", ColumnType::DateTime,
        &["Text(\"2024-02-29\")", "Null", "Null"], 1)]
    #[case::logical(b'L', 0, b"T|n|?|x", ColumnType::Bool,
        &["Bool(true)", "Bool(false)", "Null", "Null"], 1)]
    #[case::text(b'C', 0, b"00123| \xbc\xba ||12.5", ColumnType::Text,
        &["Text(\"00123\")", "Text(\"\u{c131}\")", "Null", "Text(\"12.5\")"], 0)]
    fn fields_become_columns(
        #[case] kind: u8,
        #[case] decimals: u8,
        #[case] values: &[u8],
        #[case] expected: ColumnType,
        #[case] read: &[&str],
        #[case] unreadable: u64,
    ) {
        let values: Vec<&[u8]> = values.split(|&b| b == b'|').collect();
        let found = column(kind, decimals, &values);
        assert_eq!(found.0, Some(expected));
        assert_eq!(found.1, read);
        assert_eq!(found.2, unreadable);
    }

    #[test]
    fn memo_fields_are_not_read() {
        assert_eq!(FieldStatistics::default().column_type(&field(b'M', 10, 0)), None);
    }
}
