//! Decimal numbers in text, and whether a double holds them.

use crate::feature::MOST_EXACT_INTEGER;

/// Whether a double keeps the value of a decimal number. Rounding far behind the point is not a
/// loss; another digit before the point is: a number from 2⁵³ on must come out of the double
/// with the digits that went in.
pub fn double_keeps(text: &str) -> bool {
    let Ok(value) = text.parse::<f64>() else { return false };
    if !value.is_finite() {
        return false;
    }
    value.abs() < MOST_EXACT_INTEGER as f64
        || significant(text) == significant(&format!("{value:e}"))
}

/// The digits of an integer that is written as a decimal number and that no double is sure
/// to hold: `9007199254740993` for `9007199254740993.0`. `None` for every other number.
pub fn wide_integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent.parse().ok()?)?;
    let point = usize::try_from(point).ok().filter(|point| *point <= MOST_DIGITS)?;
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (front, rest) = digits.split_at_checked(point).unwrap_or((&digits, ""));
    if !rest.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let integer = format!("{front:0<point$}");
    let integer = integer.trim_start_matches('0');
    let is_wide = integer.parse::<u64>().map_or(integer.len() > 1, |n| n > MOST_EXACT_INTEGER);
    is_wide.then(|| format!("{sign}{integer}"))
}

/// Most digits of an integer that is written out.
const MOST_DIGITS: usize = 40;

/// The digits of a number without its sign, point, exponent and outer zeros.
fn significant(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("9007199254740993.0", Some("9007199254740993"))]
    #[case("-1120011400100010001.00", Some("-1120011400100010001"))]
    #[case("1.120011400100010001E18", Some("1120011400100010001"))]
    #[case("9007199254740993", Some("9007199254740993"))]
    #[case("12e18", Some("12000000000000000000"))]
    #[case("90071992547409930e-1", Some("9007199254740993"))]
    #[case("9007199254740992.0", None)]
    #[case("9007199254740993.5", None)]
    #[case("5.0", None)]
    #[case("0.000", None)]
    #[case("1e300", None)]
    #[case("n/a", None)]
    #[case("", None)]
    fn an_integer_kept_its_decimals(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(wide_integer(text).as_deref(), expected);
    }

    #[rstest]
    #[case("1.5", true)]
    #[case("0.12345678901234567890", true)]
    #[case("9007199254740991", true)]
    #[case("9007199254740992.0", true)]
    #[case("9007199254740993", false)]
    #[case("-9007199254740993.0", false)]
    #[case("123456789012345678", false)]
    #[case("120000000000000000000", true)]
    #[case("1.5e300", true)]
    #[case("1e999", false)]
    #[case("n/a", false)]
    fn a_double_keeps(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(double_keeps(text), expected);
    }
}
