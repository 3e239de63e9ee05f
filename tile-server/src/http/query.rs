//! Query parameters: known ones are parsed, the rest ignored.
//!
//! Clients append parameters of their own (OpenLayers does), so an unknown one is no fault and
//! is no part of any cache key.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tile_source::Selection;

use crate::http::percent::percent_decode;

/// Bytes of a value that are percent-encoded: all but the unreserved ones of RFC 3986, section
/// 2.3, and the separators of times and boxes.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',').remove(b':');

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
    /// Parses a query without its `?`, as HTML forms and `URLSearchParams` write it (a plus is
    /// a space).
    ///
    /// # Errors
    /// [`QueryError`] for a known parameter that is repeated, too long, or not
    /// percent-encoded UTF-8.
    pub fn parse(query: Option<&str>) -> Result<Self, QueryError> {
        let mut parsed = Self::default();
        for pair in query.unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, place) = match name {
                "time" => ("time", &mut parsed.selection.time),
                "filter" => ("filter", &mut parsed.selection.filter),
                "bbox" => ("bbox", &mut parsed.selection.bbox),
                "maps" => ("maps", &mut parsed.maps),
                "lang" => ("lang", &mut parsed.lang),
                "q" => ("q", &mut parsed.q),
                "limit" => ("limit", &mut parsed.limit),
                _ => continue,
            };
            let fault = |problem| QueryError { name, problem };
            if place.is_some() {
                return Err(fault("is given twice; give it once"));
            }
            if value.len() > 3 * MAX_VALUE_BYTES {
                return Err(fault("is longer than 4096 bytes; shorten it"));
            }
            let value = decode(value)
                .ok_or_else(|| fault("is not percent-encoded UTF-8; encode its bytes as %XX"))?;
            if value.len() > MAX_VALUE_BYTES {
                return Err(fault("is longer than 4096 bytes; shorten it"));
            }
            // An empty `maps` would select no layer, which is no map.
            if !value.is_empty() || name == "maps" {
                *place = Some(value.into());
            }
        }
        Ok(parsed)
    }

    /// The selection as a query with its question mark, empty for no selection: the tiles of a
    /// TileJSON have the selection of the TileJSON.
    #[must_use]
    pub fn selection_text(&self) -> String {
        let parts = [
            ("time", &self.selection.time),
            ("filter", &self.selection.filter),
            ("bbox", &self.selection.bbox),
        ];
        let mut text = String::new();
        for (name, value) in parts {
            let Some(value) = value else { continue };
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.extend(utf8_percent_encode(value, ENCODED));
        }
        text
    }
}

fn decode(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains('+') {
        return percent_decode(value);
    }
    Some(Cow::Owned(percent_decode(&value.replace('+', " "))?.into_owned()))
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
        assert_eq!(query.selection.time.as_deref(), Some("2024-01/2024-03"));
        assert_eq!(query.selection.filter.as_deref(), Some("name='성수 1'"));
        assert_eq!(query.selection.bbox, None);
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
            (long.as_str(), "filter"),
        ] {
            assert_eq!(QueryParameters::parse(Some(query)).unwrap_err().name, name, "{query}");
        }
    }
}
