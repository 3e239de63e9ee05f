//! `Accept-ContentCoding` (RFC 9110, section 12.5.3), as far as gzip and identity go.

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
    said_anything: bool,
    gzip: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn read(headers: &HeaderMap) -> Self {
        let mut weights = Self::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            weights.said_anything = true;
            // A value that is not text names no coding.
            for element in value.to_str().unwrap_or_default().split(',') {
                let mut parts = element.split(';').map(str::trim);
                let coding = parts.next().unwrap_or_default();
                let weight = parts.find_map(weight).unwrap_or(1000);
                let place = if coding.eq_ignore_ascii_case("gzip")
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
                *place = Some(weight);
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
    let value: f32 = value.trim().parse().ok()?;
    (0.0..=1.0).contains(&value).then_some((value * 1000.0) as u16)
}

/// Coding of a tile: gzip unless the client refuses it (tiles are stored as gzip), else
/// identity; `None` where the client refuses both.
#[must_use]
pub fn for_tile(headers: &HeaderMap) -> Option<ContentCoding> {
    let weights = Weights::read(headers);
    if !weights.said_anything || weights.takes_gzip() {
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
    if weights.said_anything && weights.takes_gzip() {
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
    fn negotiation(
        #[case] values: &[&str],
        #[case] tile: Option<ContentCoding>,
        #[case] document: ContentCoding,
    ) {
        assert_eq!(for_tile(&headers(values)), tile);
        assert_eq!(for_document(&headers(values)), document);
    }
}
