//! Query parameters: known ones are parsed, the rest ignored.
//!
//! Clients append parameters of their own (OpenLayers does), so an unknown one is no fault and
//! is no part of any cache key.

use std::borrow::Cow;

use data_model::time_label::RequestedTime;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tile_source::Selection;
use tile_source::selection::UnappliedText;

use crate::http::percent::percent_decode;

/// Bytes of a value that are percent-encoded: all but the unreserved ones of RFC 3986, section
/// 2.3, and the separators of times and boxes.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',').remove(b':');

/// Names of the known parameters.
const NAMES: [&str; 10] =
    ["time", "filter", "bbox", "maps", "lang", "q", "limit", "scheme", "profile", "size"];

/// The longest value, in bytes, once decoded.
pub const MAX_VALUE_BYTES: usize = 4 << 10;

/// The known parameters, decoded; an empty value counts as absent, except for `maps=`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryParameters {
    /// Requested part of a layer: `time=`, `filter=`, `bbox=`.
    pub selection: Selection,
    /// `maps=`: layers of a theme to keep.
    pub maps: Option<Box<str>>,
    /// `lang=`: the language of titles.
    pub lang: Option<Box<str>>,
    /// `q=`: text to search for.
    pub q: Option<Box<str>>,
    /// `limit=`: number of results to return.
    pub limit: Option<Box<str>>,
    /// `scheme=`: the colour mode of a style.
    pub scheme: Option<Box<str>>,
    /// `profile=`: the client that a style is made for.
    pub profile: Option<Box<str>>,
    /// `size=`: size of a preview.
    pub size: Option<Box<str>>,
}

/// A parameter that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The parameter.
    pub name: &'static str,
    /// Description of the fault.
    pub problem: &'static str,
}

impl QueryParameters {
    /// Parses a query without its `?`, in the encoding of HTML forms: a plus is a space.
    ///
    /// # Errors
    /// [`QueryError`] for a known parameter that is repeated, too long, or not
    /// percent-encoded UTF-8.
    pub fn parse(query: Option<&str>) -> Result<Self, QueryError> {
        let mut values: [Option<Cow<'_, str>>; NAMES.len()] = Default::default();
        for pair in query.unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(known) = NAMES.iter().position(|known| *known == name) else { continue };
            let fault = |problem| QueryError { name: NAMES[known], problem };
            if values[known].is_some() {
                return Err(fault("is given twice; give it once"));
            }
            let value = decode(value).map_err(fault)?;
            // An empty `maps` would select no layer, which is no map.
            if !value.is_empty() || name == "maps" {
                values[known] = Some(value);
            }
        }
        let [time, filter, bbox, maps, lang, q, limit, scheme, profile, size] = values;
        let selection = Selection {
            time: time.and_then(|text| RequestedTime::parse(&text)),
            filter: filter.and_then(|text| UnappliedText::parse(&text)),
            bbox: bbox.and_then(|text| UnappliedText::parse(&text)),
        };
        let [maps, lang, q, limit, scheme, profile, size] =
            [maps, lang, q, limit, scheme, profile, size].map(|text| text.map(Box::from));
        Ok(Self { selection, maps, lang, q, limit, scheme, profile, size })
    }

    /// The selection as a query with its question mark, empty for no selection: the tiles of a
    /// TileJSON have the selection of the TileJSON.
    #[must_use]
    pub fn selection_text(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.selection.parts() {
            let Some(value) = value else { continue };
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.extend(utf8_percent_encode(value, ENCODED));
        }
        text
    }
}

/// Decodes a value of an HTML form, in which a plus is a space; an error describes the fault.
fn decode(value: &str) -> Result<Cow<'_, str>, &'static str> {
    const TOO_LONG: &str = "is longer than 4096 bytes; shorten it";
    const ENCODING: &str = "is not percent-encoded UTF-8; encode its bytes as %XX";
    // Each byte takes three at most when it is encoded.
    if value.len() > 3 * MAX_VALUE_BYTES {
        return Err(TOO_LONG);
    }
    let decoded = if value.contains('+') {
        percent_decode(&value.replace('+', " ")).map(|text| Cow::Owned(text.into_owned()))
    } else {
        percent_decode(value)
    };
    let decoded = decoded.ok_or(ENCODING)?;
    if decoded.len() > MAX_VALUE_BYTES { Err(TOO_LONG) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_parameters_are_decoded_and_others_ignored() {
        let query = QueryParameters::parse(Some(
            "v=%zz&time=2024-01%2F2024-03&filter=name%3D%27%EC%84%B1%EC%88%98+1%27&bbox=&key=1",
        ))
        .unwrap();
        assert_eq!(
            query.selection.parts(),
            [("time", Some("2024-01/2024-03")), ("filter", Some("name='성수 1'")), ("bbox", None)]
        );
        assert_eq!(QueryParameters::parse(None), Ok(QueryParameters::default()));
        assert_eq!(QueryParameters::parse(Some("lang=&maps=")).unwrap().maps.as_deref(), Some(""));
    }

    #[test]
    fn a_selection_survives_being_written_into_a_url() {
        for text in ["time=2024-01&filter=a%3D%27%EC%84%B1+%26%25%27&bbox=1,2,3,4", ""] {
            let query = QueryParameters::parse(Some(text)).unwrap();
            let written = query.selection_text();
            assert_eq!(
                QueryParameters::parse(Some(written.trim_start_matches('?'))).unwrap(),
                query
            );
        }
    }

    #[test]
    fn faults_name_the_parameter() {
        let long = format!("filter={}", "x".repeat(MAX_VALUE_BYTES + 1));
        for (query, name) in [
            ("time=1&time=2", "time"),
            ("bbox=%ff", "bbox"),
            ("lang=%4", "lang"),
            ("q=%zz", "q"),
            (long.as_str(), "filter"),
        ] {
            assert_eq!(QueryParameters::parse(Some(query)).unwrap_err().name, name, "{query}");
        }
    }
}
