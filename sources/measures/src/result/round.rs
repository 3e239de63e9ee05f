//! Decimal rounding.

/// Rounds a number to this many decimals, halves away from zero.
///
/// Rounds the decimal number of 15 digits and not the binary one: 0.285 becomes 0.29, as
/// in PostgreSQL's `round(x::numeric, 2)`.
pub(crate) fn round(number: f64, decimals: u8) -> f64 {
    if !number.is_finite() || decimals > 15 {
        return number;
    }
    let factor = 10f64.powi(i32::from(decimals));
    let shifted = number.abs() * factor;
    // From here on the 15 digits end before the decimals do.
    if shifted >= 1e15 {
        return number;
    }
    let near_half = (shifted.fract() - 0.5).abs() <= shifted * 1e-14 + 1e-9;
    let rounded =
        if near_half { decimal_half(number.abs(), decimals, shifted) } else { shifted.round() };
    // Not a negative zero.
    (rounded / factor).copysign(number) + 0.0
}

/// Rounds the shifted number by its decimal digits.
fn decimal_half(number: f64, decimals: u8, shifted: f64) -> f64 {
    // d.dddddddddddddde±x: 15 digits.
    let text = format!("{number:.14e}");
    let Some((digits, exponent)) = text.split_once('e') else { return shifted.round() };
    let Ok(exponent) = exponent.parse::<i32>() else { return shifted.round() };
    let digits: String = digits.chars().filter(|&c| c != '.').collect();
    // Number of digits before the rounded one.
    let whole = exponent + 1 + i32::from(decimals);
    let Ok(whole) = usize::try_from(whole) else { return 0.0 };
    let leading = digits.get(..whole).unwrap_or(&digits);
    let up = digits.as_bytes().get(whole).is_some_and(|&digit| digit >= b'5');
    leading.parse::<f64>().unwrap_or(0.0) + f64::from(u8::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.285, 2, 0.29)]
    #[case(-0.285, 2, -0.29)]
    #[case(1.005, 2, 1.01)]
    #[case(2.5, 0, 3.0)]
    #[case(-2.5, 0, -3.0)]
    #[case(0.5, 0, 1.0)]
    #[case(0.05, 0, 0.0)]
    #[case(0.049_999, 1, 0.0)]
    #[case(0.05, 1, 0.1)]
    #[case(33.333_333_333_333_336, 1, 33.3)]
    #[case(0.1 + 0.2, 1, 0.3)]
    #[case(1.0 + 0.005_000_000_000_000_001, 2, 1.01)]
    #[case(123_456_789.125, 2, 123_456_789.13)]
    #[case(1e300, 3, 1e300)]
    #[case(9.995, 2, 10.0)]
    #[case(7.0, 3, 7.0)]
    fn halves_go_away_from_zero(#[case] number: f64, #[case] decimals: u8, #[case] rounded: f64) {
        assert_eq!(round(number, decimals), rounded);
    }

    #[test]
    fn nan_stays_nan_and_zero_has_no_sign() {
        assert!(round(f64::NAN, 2).is_nan());
        assert!(round(-0.001, 2).is_sign_positive());
    }
}
