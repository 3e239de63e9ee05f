//! The parameters of a connection string that say how TLS is used, taken out of it:
//! libpq knows more values of them than the library that reads the rest.
//!
//! Only finds where parameters begin and end, in the same way as that library; what
//! is wrong with the rest is its to say.

use std::ops::Range;

/// Parameters of libpq (PostgreSQL's documentation, 32.1.2) that are read here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TlsParameters {
    /// `sslmode`.
    pub(crate) mode: Option<String>,
    /// `sslrootcert`.
    pub(crate) root: Option<String>,
}

impl TlsParameters {
    /// Keeps a parameter if it is one of these; the last of a name counts.
    fn keep(&mut self, name: &str, value: String) -> bool {
        match name {
            "sslmode" => self.mode = Some(value),
            "sslrootcert" => self.root = Some(value),
            _ => return false,
        }
        true
    }
}

/// A URL, or `key=value` pairs, without the parameters, and these.
pub(crate) fn split(text: &str) -> (String, TlsParameters) {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        split_url(text)
    } else {
        split_pairs(text)
    }
}

fn split_url(text: &str) -> (String, TlsParameters) {
    let mut found = TlsParameters::default();
    // A password may hold a question mark.
    let host = text.find('@').unwrap_or(0);
    let Some(query) = text[host..].find('?').map(|at| host + at) else {
        return (text.to_owned(), found);
    };
    let is_other = |parameter: &&str| match parameter.split_once('=') {
        Some((name, value)) => !found.keep(&decoded(name), decoded(value)),
        None => true,
    };
    let others: Vec<&str> = text[query + 1..].split('&').filter(is_other).collect();
    let separator = if others.is_empty() { "" } else { "?" };
    (format!("{}{separator}{}", &text[..query], others.join("&")), found)
}

/// Percent-encoded text as it is meant; a percent sign without two digits is itself.
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

fn split_pairs(text: &str) -> (String, TlsParameters) {
    let mut found = TlsParameters::default();
    let mut kept = String::new();
    let mut at = 0;
    while let Some((pair, name, value)) = next_pair(text, at) {
        if !found.keep(name, value) {
            kept.push_str(&text[at..pair.end]);
        }
        at = pair.end;
    }
    // What is no pair is for the library to complain of.
    kept.push_str(&text[at..]);
    (kept, found)
}

/// The pair that begins at `from` or after white space there: its place, its name,
/// and its value without quotes.
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
    #[case("postgres://h?a=1&sslmode=disable&b=2", "postgres://h?a=1&b=2", "disable", "")]
    #[case("postgresql://h/d?sslrootcert=%2Fa%20b&x=1", "postgresql://h/d?x=1", "", "/a b")]
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
        let (left, found) = split(text);
        assert_eq!(left, rest);
        assert_eq!(found.mode.unwrap_or_default(), mode);
        assert_eq!(found.root.unwrap_or_default(), root);
    }

    proptest! {
        #[test]
        fn a_text_without_them_stays_as_it_is(
            text in "(postgresql://)?[a-r =&?@%'\\\\가]{0,40}"
        ) {
            prop_assert_eq!(split(&text), (text, TlsParameters::default()));
        }
    }
}
