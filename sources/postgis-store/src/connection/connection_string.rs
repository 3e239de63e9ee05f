//! Separation of the parameters of a connection string that are read here: libpq has more
//! parameters, and more values, than the library that reads the rest.
//!
//! Finds only where parameters begin and end, in the same way as that library, which reports
//! the faults of the rest.

use std::ops::Range;

use crate::connection::connection_fault::ConnectionFault;
use crate::connection::url_parameters::{ParameterTarget, UrlParameters};

/// Splits a URL, or `key=value` pairs, into the text without the parameters that are read here,
/// and these parameters.
///
/// # Errors
/// The invalid parameter, without its value.
pub(crate) fn split(text: &str) -> Result<(String, UrlParameters), ConnectionFault> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        split_url(text)
    } else {
        split_pairs(text)
    }
}

fn split_url(text: &str) -> Result<(String, UrlParameters), ConnectionFault> {
    let mut found = UrlParameters::default();
    // A password may hold a question mark.
    let host = text.find('@').unwrap_or(0);
    let Some(query) = text[host..].find('?').map(|at| host + at) else {
        return Ok((text.to_owned(), found));
    };
    // The rest of a password with an @ may look like a parameter, and is not to be shown.
    let doubtful = text.matches('@').count() > 1;
    let mut others: Vec<String> = Vec::new();
    for parameter in text[query + 1..].split('&') {
        let course = match parameter.split_once('=') {
            Some((name, value)) => found.take(&decoded(name), &decoded(value)),
            None => Ok(ParameterTarget::Passed),
        };
        match course {
            Ok(ParameterTarget::Taken) => {}
            Ok(ParameterTarget::Rewritten(name, value)) => others.push(format!("{name}={value}")),
            Err(reason) if !doubtful => return Err(reason),
            Ok(ParameterTarget::Passed) | Err(_) => others.push(parameter.to_owned()),
        }
    }
    let separator = if others.is_empty() { "" } else { "?" };
    Ok((format!("{}{separator}{}", &text[..query], others.join("&")), found))
}

/// Decodes percent-encoded text; a percent sign without two digits is kept.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| tail.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match (*first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            (byte, ..) => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn split_pairs(text: &str) -> Result<(String, UrlParameters), ConnectionFault> {
    let mut found = UrlParameters::default();
    let mut kept = String::new();
    let mut at = 0;
    while let Some((pair, name, value)) = next_pair(text, at) {
        match found.take(name, &value)? {
            ParameterTarget::Taken => {}
            ParameterTarget::Passed => kept.push_str(&text[at..pair.end]),
            // Neither name nor value needs quotes.
            ParameterTarget::Rewritten(name, value) => kept.push_str(&format!(" {name}='{value}'")),
        }
        at = pair.end;
    }
    // The library reports a rest that is no pair.
    kept.push_str(&text[at..]);
    Ok((kept, found))
}

/// Finds the pair that begins at `from` or after white space there: its range, its name, and
/// its value without quotes.
fn next_pair(text: &str, from: usize) -> Option<(Range<usize>, &str, String)> {
    let skip = |at: usize| at + (text[at..].len() - text[at..].trim_start().len());
    let start = skip(from);
    let name_end = start + text[start..].find(|c: char| c == '=' || c.is_whitespace())?;
    let equals = skip(name_end);
    text[equals..].strip_prefix('=')?;
    let mut at = skip(equals + 1);
    let quoted = text[at..].starts_with('\'');
    at += usize::from(quoted);
    let mut value = String::new();
    let mut characters = text[at..].char_indices();
    let end = loop {
        match characters.next() {
            None if quoted => return None,
            None => break text.len(),
            Some((offset, '\'')) if quoted => break at + offset + 1,
            Some((offset, c)) if !quoted && c.is_whitespace() => break at + offset,
            Some((_, '\\')) => value.extend(characters.next().map(|(_, c)| c)),
            Some((_, c)) => value.push(c),
        }
    };
    Some((start..end, &text[start..name_end], value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("postgresql://u:p@h/db?sslmode=require", "postgresql://u:p@h/db", "require", "")]
    #[case(
        "postgres://h?port=1&sslmode=disable&user=b",
        "postgres://h?port=1&user=b",
        "disable",
        ""
    )]
    #[case("postgresql://h/d?sslrootcert=%2Fa%20b&user=1", "postgresql://h/d?user=1", "", "/a b")]
    #[case("postgresql://u:?sslmode=x@h/d?sslmode=y", "postgresql://u:?sslmode=x@h/d", "y", "")]
    #[case("postgresql://h/d?%73slmode=a&sslmode=b", "postgresql://h/d", "b", "")]
    #[case("postgresql://h/d?sslmode", "postgresql://h/d?sslmode", "", "")]
    #[case("host=h sslmode=require user=u", "host=h user=u", "require", "")]
    #[case("host = h sslrootcert = '/a b/\\'c' port=1", "host = h port=1", "", "/a b/'c")]
    #[case("sslmode=verify-full", "", "verify-full", "")]
    #[case("password='a sslmode=x' host=h", "password='a sslmode=x' host=h", "", "")]
    #[case("password='a sslmode=x", "password='a sslmode=x", "", "")]
    fn only_the_parameters_of_tls_are_taken_out(
        #[case] text: &str,
        #[case] rest: &str,
        #[case] mode: &str,
        #[case] root: &str,
    ) {
        let (left, found) = split(text).unwrap();
        assert_eq!(left, rest);
        assert_eq!(found.mode.unwrap_or_default(), mode);
        assert_eq!(found.root.unwrap_or_default(), root);
    }

    proptest! {
        #[test]
        fn a_text_without_them_stays_as_it_is(
            text in "(postgresql://)?[0-9 =&?@%'\\\\가]{0,40}"
        ) {
            prop_assert_eq!(split(&text).ok(), Some((text, UrlParameters::default())));
        }
    }
}
