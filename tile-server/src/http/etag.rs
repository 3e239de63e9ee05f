//! Entity tags (RFC 9110, section 8.8.3) and `If-None-Match` (section 13.1.2).

use data_model::{ContentDigest, LayerId, TileCoord};
use http::header::{IF_NONE_MATCH, IF_RANGE};
use http::{HeaderMap, HeaderValue};
use tile_source::{ContentVersion, Selection};
use xxhash_rust::xxh3::Xxh3;

use crate::http::accept::ContentCoding;

/// Version of the making of answers from fragments, part of a tile's tag; raised on changes.
const ANSWER_VERSION: u8 = 1;

/// A strong entity tag: 32 hexadecimal digits in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ETag([u8; 34]);

impl ETag {
    fn of(digest: u128) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'"'; 34];
        for (i, byte) in digest.to_be_bytes().into_iter().enumerate() {
            text[1 + 2 * i] = HEX[usize::from(byte >> 4)];
            text[2 + 2 * i] = HEX[usize::from(byte & 15)];
        }
        Self(text)
    }

    /// The tag of a tile, known before any work: a digest of the ids and content versions of
    /// the layers in their order, and of selection, coding and tile. A content version covers
    /// data, declaration and encoder.
    #[must_use]
    pub fn of_tile<'a>(
        layers: impl Iterator<Item = (&'a LayerId, ContentVersion)>,
        tile: TileCoord,
        selection: &Selection,
        encoding: ContentCoding,
    ) -> Self {
        let mut hash = Xxh3::new();
        let coding = match encoding {
            ContentCoding::Gzip => 0,
            ContentCoding::Identity => 1,
        };
        hash.update(&[ANSWER_VERSION, coding, tile.zoom().get()]);
        hash.update(&tile.x().to_le_bytes());
        hash.update(&tile.y().to_le_bytes());
        for (_, text) in selection.parts() {
            // The length keeps "ab" + "c" apart from "a" + "bc"; an absent part
            // is kept apart from any present one, which is never empty.
            let text = text.unwrap_or_default();
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        for (id, version) in layers {
            // An id holds no NUL, so it ends the id.
            hash.update(id.as_str().as_bytes());
            hash.update(&[0]);
            hash.update(&version.to_le_bytes());
        }
        Self::of(hash.digest128())
    }

    /// The tag of a document: a digest of its bytes and their coding.
    #[must_use]
    pub fn of_document(bytes: &[u8], encoding: ContentCoding) -> Self {
        let digest = xxhash_rust::xxh3::xxh3_128(bytes);
        Self::of(match encoding {
            ContentCoding::Gzip => digest ^ 1,
            ContentCoding::Identity => digest,
        })
    }

    /// The tag of an answer, from a digest of all that it is made from.
    #[must_use]
    pub fn of_digest(digest: u128) -> Self {
        Self::of(digest)
    }

    /// The tag of a file, from a digest that changes with the file.
    #[must_use]
    pub fn of_file(digest: ContentDigest) -> Self {
        Self::of(digest.get())
    }

    /// Whether a range of this version is requested: `If-Range` (RFC 9110, section 13.1.5) is
    /// absent or names this tag. The comparison is strong, and a date never matches: no dates
    /// are sent.
    #[must_use]
    pub fn fits_range(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(IF_RANGE).iter();
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(tag), None) => tag.as_bytes().trim_ascii() == self.0,
            (Some(_), Some(_)) => false,
        }
    }

    /// The tag as a header value.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        // Quotes and hexadecimal digits are always a valid value.
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// Whether `If-None-Match` names this tag or is `*`. The comparison is
    /// weak, as section 13.1.2 asks: `W/` is disregarded.
    #[must_use]
    pub fn matches(&self, headers: &HeaderMap) -> bool {
        headers.get_all(IF_NONE_MATCH).iter().any(|value| {
            // Tags of ours hold no comma, so a comma inside a foreign tag can
            // only split that one.
            value.as_bytes().split(|&b| b == b',').any(|tag| {
                let tag = tag.trim_ascii();
                tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == self.0
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::time_label::RequestedTime;
    use rstest::rstest;
    use tile_source::selection::UnappliedText;

    fn id(text: &str) -> LayerId {
        LayerId::new(text).unwrap()
    }

    #[test]
    fn everything_that_changes_a_tile_changes_its_tag() {
        let tile = |z, x, y| TileCoord::new(z, x, y).unwrap();
        let (a, b) = (id("a"), id("b"));
        let v = ContentVersion::new;
        let all = Selection::default();
        let selection = |time: Option<&str>, filter: Option<&str>| Selection {
            time: time.and_then(RequestedTime::parse),
            filter: filter.and_then(UnappliedText::parse),
            bbox: None,
        };
        let gzip = ContentCoding::Gzip;
        let tags = [
            ETag::of_tile([(&a, v(1))].into_iter(), tile(3, 1, 2), &all, gzip),
            ETag::of_tile([(&a, v(2))].into_iter(), tile(3, 1, 2), &all, gzip),
            ETag::of_tile([(&b, v(1))].into_iter(), tile(3, 1, 2), &all, gzip),
            ETag::of_tile([(&a, v(1))].into_iter(), tile(3, 2, 1), &all, gzip),
            ETag::of_tile([(&a, v(1))].into_iter(), tile(4, 1, 2), &all, gzip),
            ETag::of_tile([(&a, v(1))].into_iter(), tile(3, 1, 2), &all, ContentCoding::Identity),
            ETag::of_tile([(&a, v(1)), (&b, v(1))].into_iter(), tile(3, 1, 2), &all, gzip),
            ETag::of_tile([(&b, v(1)), (&a, v(1))].into_iter(), tile(3, 1, 2), &all, gzip),
            ETag::of_tile(
                [(&a, v(1))].into_iter(),
                tile(3, 1, 2),
                &selection(Some("x"), None),
                gzip,
            ),
            ETag::of_tile(
                [(&a, v(1))].into_iter(),
                tile(3, 1, 2),
                &selection(None, Some("x")),
                gzip,
            ),
        ];
        for (i, first) in tags.iter().enumerate() {
            for second in &tags[i + 1..] {
                assert_ne!(first, second);
            }
        }
        let again = ETag::of_tile([(&a, v(1))].into_iter(), tile(3, 1, 2), &all, gzip);
        assert_eq!(tags[0], again);
    }

    #[rstest]
    #[case(&[], false)]
    #[case(&["*"], true)]
    #[case(&["TAG"], true)]
    #[case(&["W/TAG"], true)]
    #[case(&["\"other\", TAG"], true)]
    #[case(&["\"other\"", "TAG"], true)]
    #[case(&["\"a,b\" ,W/TAG,"], true)]
    #[case(&["\"other\""], false)]
    #[case(&["w/TAG"], false)]
    #[case(&[""], false)]
    fn if_none_match(#[case] values: &[&str], #[case] expected: bool) {
        let tag = ETag::of_document(b"body", ContentCoding::Identity);
        let text = tag.header();
        let mut headers = HeaderMap::new();
        for value in values {
            let value = value.replace("TAG", text.to_str().unwrap());
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(&value).unwrap());
        }
        assert_eq!(tag.matches(&headers), expected);
    }
}
