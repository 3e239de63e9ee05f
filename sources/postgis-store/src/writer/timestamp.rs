//! Dates and times of ISO 8601 as PostgreSQL counts them: from 2000-01-01.
//!
//! Reads only the form in which a column of that type is published, so that a tile has the same
//! text whether it comes from the file or from the table. `None` for other forms.

/// 1970-01-01 in days from 2000-01-01.
const UNIX: i64 = -10_957;

/// Days of a date such as `2024-02-29`.
pub(super) fn date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // There is no year 0 in PostgreSQL.
    if year == 0 || !(1..=days).contains(&day) {
        return None;
    }
    // Years from March on, so that the leap day is the last of its year.
    let shifted = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
    i32::try_from(days - 719_468 - (-UNIX)).ok()
}

/// Microseconds of a time such as `2024-02-29T12:34:56`.
pub(super) fn timestamp(text: &str) -> Option<i64> {
    let (days, time) = (date(text.get(..10)?)?, text.get(10..)?.as_bytes());
    if time.len() != 9 || time[0] != b'T' || time[3] != b':' || time[6] != b':' {
        return None;
    }
    let (hour, minute, second) = (number(&time[1..3])?, number(&time[4..6])?, number(&time[7..])?);
    (hour < 24 && minute < 60 && second < 60)
        .then(|| (i64::from(days) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000)
}

/// Microseconds of a time such as `2024-02-29T12:34:56Z`.
pub(super) fn utc(text: &str) -> Option<i64> {
    timestamp(text.strip_suffix('Z')?)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2000-01-01", Some(0))]
    #[case("2000-03-01", Some(60))]
    #[case("1970-01-01", Some(-10_957))]
    #[case("2024-02-29", Some(8_825))]
    #[case("0001-01-01", Some(-730_119))]
    #[case("9999-12-31", Some(2_921_939))]
    #[case("2023-02-29", None)]
    #[case("1900-02-29", None)]
    #[case("2024-13-01", None)]
    #[case("2024-00-10", None)]
    #[case("2024-04-31", None)]
    #[case("0000-01-01", None)]
    #[case("2024-1-01", None)]
    #[case("20240101", None)]
    #[case("2024-01-0é", None)]
    fn days(#[case] text: &str, #[case] expected: Option<i32>) {
        assert_eq!(date(text), expected);
    }

    #[rstest]
    #[case("2000-01-01T00:00:01", Some(1_000_000))]
    #[case("1999-12-31T23:59:59", Some(-1_000_000))]
    #[case("2000-01-01T24:00:00", None)]
    #[case("2000-01-01 00:00:01", None)]
    #[case("2000-01-01T00:00:01.5", None)]
    #[case("2000-01-01T00:00:60", None)]
    fn times(#[case] text: &str, #[case] expected: Option<i64>) {
        assert_eq!(timestamp(text), expected);
        assert_eq!(utc(&format!("{text}Z")), expected);
        assert_eq!(utc(text), None);
    }
}
