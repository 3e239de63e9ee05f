//! Numbers as files write them, and whether a double holds them.

use crate::feature::MOST_EXACT_INTEGER;

/// Whether a double keeps what this decimal number says. Rounding far behind the
/// point is not a loss; another digit before it is: a number from 2⁵³ on must
/// come out of the double with the digits that went in.
pub(crate) fn double_keeps(text: &str) -> bool {
    let Ok(value) = text.parse::<f64>() else { return false };
    if !value.is_finite() {
        return false;
    }
    value.abs() < MOST_EXACT_INTEGER as f64
        || significant(text) == significant(&format!("{value:e}"))
}

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
