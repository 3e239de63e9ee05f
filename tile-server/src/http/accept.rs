//! `Accept-Encoding` (RFC 9110, section 12.5.3), as far as gzip and identity go.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// Content coding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentCoding {
    /// One gzip member.
    Gzip,
    /// The bytes themselves.
    Identity,
}

/// Weights of the two codings in thousandths; `None` where the client gave none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Weights {
    has_header: bool,
    gzip: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn read(headers: &HeaderMap) -> Self {
        let mut weights = Self::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            weights.has_header = true;
            // A value that is not text names no coding.
            for element in value.to_str().unwrap_or_default().split(',') {
                let mut parts = element.split(';').map(str::trim);
                let coding = parts.next().unwrap_or_default();
                let weight = parts.find_map(weight).unwrap_or(1000);
                let weight_of_coding = if coding.eq_ignore_ascii_case("gzip")
                    || coding.eq_ignore_ascii_case("x-gzip")
                {
                    &mut weights.gzip
                } else if coding.eq_ignore_ascii_case("identity") {
                    &mut weights.identity
                } else if coding == "*" {
                    &mut weights.any
                } else {
                    continue;
                };
                *weight_of_coding = Some(weight);
            }
        }
        weights
    }

    fn takes_gzip(self) -> bool {
        self.gzip.or(self.any).unwrap_or(0) > 0
    }

    fn takes_identity(self) -> bool {
        self.identity.or(self.any).unwrap_or(1000) > 0
    }
}

/// `q=0.5` as thousandths; `None` for another parameter or no valid weight.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    thousandths(value.trim())
}

/// `qvalue` of RFC 9110, section 12.4.2: `0` or `1`, then a point and up to three digits, all
/// of them zero after `1`.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits: u16 = if decimals.is_empty() { 0 } else { decimals.parse().ok()? };
    match (whole, digits) {
        ("0", _) => Some(digits * [1000, 100, 10, 1][decimals.len()]),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// Coding of a tile: gzip unless the client refuses it (tiles are stored as gzip), else
/// identity; `None` where the client refuses both.
#[must_use]
pub fn for_tile(headers: &HeaderMap) -> Option<ContentCoding> {
    let weights = Weights::read(headers);
    if !weights.has_header || weights.takes_gzip() {
        Some(ContentCoding::Gzip)
    } else if weights.takes_identity() {
        Some(ContentCoding::Identity)
    } else {
        None
    }
}

/// Coding of a document that is stored in both: gzip only where the client asks for it, so
/// that a bare `curl` prints text.
#[must_use]
pub fn for_document(headers: &HeaderMap) -> ContentCoding {
    let weights = Weights::read(headers);
    if weights.has_header && weights.takes_gzip() {
        ContentCoding::Gzip
    } else {
        ContentCoding::Identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[rstest]
    #[case("0", Some(0))]
    #[case("0.5", Some(500))]
    #[case("0.05", Some(50))]
    #[case("0.999", Some(999))]
    #[case("1", Some(1000))]
    #[case("1.", Some(1000))]
    #[case("1.001", None)]
    #[case("1e-1", None)]
    #[case("0.+5", None)]
    #[case("+0", None)]
    #[case("00", None)]
    #[case("", None)]
    fn weights_follow_the_grammar(#[case] text: &str, #[case] expected: Option<u16>) {
        assert_eq!(thousandths(text), expected);
    }

    const GZIP: Option<ContentCoding> = Some(ContentCoding::Gzip);
    const IDENTITY: Option<ContentCoding> = Some(ContentCoding::Identity);

    #[rstest]
    #[case::silent(&[], GZIP, ContentCoding::Identity)]
    #[case::empty(&[""], IDENTITY, ContentCoding::Identity)]
    #[case::plain(&["gzip"], GZIP, ContentCoding::Gzip)]
    #[case::browser(&["gzip, deflate, br, zstd"], GZIP, ContentCoding::Gzip)]
    #[case::old_name(&["x-gzip"], GZIP, ContentCoding::Gzip)]
    #[case::capitals(&["GZIP;Q=0.5"], GZIP, ContentCoding::Gzip)]
    #[case::two_lines(&["br", "gzip"], GZIP, ContentCoding::Gzip)]
    #[case::star(&["*"], GZIP, ContentCoding::Gzip)]
    #[case::only_brotli(&["br"], IDENTITY, ContentCoding::Identity)]
    #[case::identity(&["identity"], IDENTITY, ContentCoding::Identity)]
    #[case::refused(&["gzip;q=0"], IDENTITY, ContentCoding::Identity)]
    #[case::refused_with_spaces(&["gzip ; q=0.000 , *"], IDENTITY, ContentCoding::Identity)]
    #[case::star_refused(&["*;q=0"], None, ContentCoding::Identity)]
    #[case::identity_refused(&["br, identity;q=0"], None, ContentCoding::Identity)]
    #[case::star_refused_gzip_kept(&["gzip, *;q=0"], GZIP, ContentCoding::Gzip)]
    #[case::broken_weight(&["gzip;q=x"], GZIP, ContentCoding::Gzip)]
    #[case::weight_past_one(&["gzip;q=7"], GZIP, ContentCoding::Gzip)]
    #[case::weight_of_one(&["gzip;q=1.000"], GZIP, ContentCoding::Gzip)]
    #[case::least_weight(&["gzip;q=0.001"], GZIP, ContentCoding::Gzip)]
    #[case::weight_that_ends_in_a_point(&["gzip;q=0."], IDENTITY, ContentCoding::Identity)]
    #[case::exponent(&["gzip;q=0e1"], GZIP, ContentCoding::Gzip)]
    #[case::minus_zero(&["gzip;q=-0"], GZIP, ContentCoding::Gzip)]
    #[case::no_whole_number(&["gzip;q=.0"], GZIP, ContentCoding::Gzip)]
    #[case::four_decimals(&["gzip;q=0.0000"], GZIP, ContentCoding::Gzip)]
    fn content_codings_follow_the_accepted_ones(
        #[case] values: &[&str],
        #[case] tile: Option<ContentCoding>,
        #[case] document: ContentCoding,
    ) {
        assert_eq!(for_tile(&headers(values)), tile);
        assert_eq!(for_document(&headers(values)), document);
    }
}
