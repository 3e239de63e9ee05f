//! Text of a database that the server does not convert to UTF-8, or not all of it.
//!
//! A database of encoding `SQL_ASCII` holds whatever bytes its clients sent: UTF-8 from some
//! and CP949 from others, side by side. One of `EUC_KR` may hold bytes without a place in
//! Unicode. In both the server refuses a whole query for one such text, so there texts are
//! fetched as bytes (`convert_to` to the database's own encoding converts nothing) and decoded
//! here: as UTF-8 if all of it is valid, unless it is rather Korean ([`is_rather_cp949`]), else
//! as CP949, of which EUC-KR is a part, if all of it is valid. In databases of other encodings
//! the server converts each text.

use std::borrow::Cow;

use encoding_rs::EUC_KR;

use korean_text::hangul_bytes::is_rather_cp949;

/// Conversion of a database's text to UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum StoredEncoding {
    /// Converted by the server.
    #[default]
    Converted,
    /// `SQL_ASCII`: UTF-8 or CP949, text by text.
    Unknown,
    /// `EUC_KR`.
    EucKr,
}

impl StoredEncoding {
    /// Encoding by the name that `getdatabaseencoding()` returns.
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "SQL_ASCII" => Self::Unknown,
            "EUC_KR" => Self::EucKr,
            _ => Self::Converted,
        }
    }

    /// Name of the encoding in which bytes are exchanged.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Converted => "UTF8",
            Self::Unknown => "SQL_ASCII",
            Self::EucKr => "EUC_KR",
        }
    }

    /// SQL for the bytes of a text, in the encoding of [`name`](Self::name).
    pub(crate) fn bytes(self, expression: &str) -> String {
        format!("pg_catalog.convert_to({expression}, '{}')", self.name())
    }

    /// SQL that fetches a text: unchanged, or as the bytes that are stored.
    pub(crate) fn fetched(self, expression: String) -> String {
        if self == Self::Converted { expression } else { self.bytes(&expression) }
    }

    /// Decodes stored bytes; `None` if they are no text.
    pub(crate) fn text(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        // Two letters of EUC-KR are seldom one of UTF-8, but may be.
        if self != Self::EucKr
            && !(self == Self::Unknown && is_rather_cp949(bytes))
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Some(Cow::Borrowed(text));
        }
        if self == Self::Converted {
            return None;
        }
        EUC_KR.decode_without_bom_handling_and_without_replacement(bytes)
    }

    /// Bytes that a name may be stored as, the likeliest first; empty if it can't be stored.
    pub(crate) fn encoded(self, name: &str) -> Vec<Vec<u8>> {
        let utf8 = name.as_bytes().to_vec();
        let korean = || {
            let (bytes, _, replaced) = EUC_KR.encode(name);
            (!replaced).then(|| bytes.into_owned())
        };
        match self {
            Self::Converted => vec![utf8],
            Self::EucKr => korean().into_iter().collect(),
            Self::Unknown => {
                let mut encodings = vec![utf8];
                encodings.extend(korean().filter(|bytes| bytes != name.as_bytes()));
                encodings
            }
        }
    }
}

/// A text of the catalogs, as decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CatalogText {
    /// Text, with replacement characters if it could not be decoded.
    pub(crate) text: String,
    /// Whether SQL can write the text so that it equals the stored one.
    pub(crate) is_writable: bool,
    /// Whether all of the text was decoded.
    pub(crate) is_whole: bool,
    /// Whether the text was taken for CP949 in a database of unknown encoding.
    pub(crate) is_guessed: bool,
}

impl CatalogText {
    /// Decodes the bytes that [`bytes`](StoredEncoding::bytes) gives.
    pub(crate) fn read(encoding: StoredEncoding, bytes: &[u8]) -> Self {
        match encoding.text(bytes) {
            Some(text) => {
                // SQL is sent as UTF-8, which `SQL_ASCII` takes as it is.
                let as_stored = text.as_bytes() == bytes;
                let is_guessed = encoding == StoredEncoding::Unknown && !as_stored;
                Self {
                    text: text.into_owned(),
                    is_writable: !is_guessed,
                    is_whole: true,
                    is_guessed,
                }
            }
            None => Self {
                text: String::from_utf8_lossy(bytes).into_owned(),
                is_writable: false,
                is_whole: false,
                is_guessed: false,
            },
        }
    }
}

/// Locations of the texts of one relation that are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OddTexts {
    /// Locations of texts taken for CP949.
    guessed: Vec<String>,
    /// Locations of texts left out.
    unread: Vec<String>,
}

impl OddTexts {
    /// Adds the location of a text that was taken for CP949 or not decoded; ignores others.
    pub(crate) fn add(&mut self, location: &str, text: &CatalogText) {
        if text.is_guessed {
            self.guessed.push(location.to_owned());
        } else if !text.is_whole {
            self.unread.push(location.to_owned());
        }
    }

    /// Adds the locations of other texts of the same relation.
    pub(crate) fn extend(&mut self, other: Self) {
        self.guessed.extend(other.guessed);
        self.unread.extend(other.unread);
    }

    /// Notices with their remedy; empty if there are no such texts.
    pub(crate) fn notes(&self, table: &str) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.guessed.is_empty() {
            notes.push(format!(
                "table {table}: {} read as CP949, since the database has no encoding (SQL_ASCII); \
                 to be sure, convert the database to UTF8 (pg_dump --encoding=UHC, then restore \
                 it into a database of ENCODING 'UTF8')",
                self.guessed.join(", ")
            ));
        }
        if !self.unread.is_empty() {
            notes.push(format!(
                "table {table}: {} left out, which is text neither of UTF-8 nor of CP949; write a \
                 comment anew by COMMENT ON, and a name by ALTER TABLE … RENAME",
                self.unread.join(", ")
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::utf8(StoredEncoding::Unknown, "가로등".as_bytes(), Some("가로등"))]
    #[case::cp949(StoredEncoding::Unknown, b"\xb0\xa1\xb7\xce\xb5\xee", Some("가로등"))]
    // Of CP949 and not of EUC-KR.
    #[case::cp949_alone(
        StoredEncoding::Unknown,
        b"\x8c\x63\xb9\xe6\xb0\xa2\xc7\xcf",
        Some("똠방각하")
    )]
    #[case::neither(StoredEncoding::Unknown, b"\xff\xfe", None)]
    #[case::cut(StoredEncoding::Unknown, b"\xb0\xa1\xb7", None)]
    #[case::euc_kr(StoredEncoding::EucKr, b"\xb0\xa1", Some("가"))]
    #[case::user_defined(StoredEncoding::EucKr, b"\xc9\xa1", None)]
    #[case::converted(StoredEncoding::Converted, b"\xb0\xa1", None)]
    fn text_is_utf_8_else_cp949(
        #[case] encoding: StoredEncoding,
        #[case] bytes: &[u8],
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(encoding.text(bytes).as_deref(), expected);
    }

    #[test]
    fn a_name_is_searched_in_each_encoding_that_it_may_be_stored_in() {
        let encodings = StoredEncoding::Unknown.encoded("가");
        assert_eq!(encodings, [&b"\xea\xb0\x80"[..], b"\xb0\xa1"]);
        assert_eq!(StoredEncoding::Unknown.encoded("maps"), [b"maps"]);
        assert_eq!(StoredEncoding::EucKr.encoded("가"), [b"\xb0\xa1"]);
        assert!(StoredEncoding::EucKr.encoded("🗺").is_empty());
    }

    #[test]
    fn a_name_in_cp949_can_not_be_written_in_sql_of_sql_ascii() {
        let read = |encoding, bytes: &[u8]| CatalogText::read(encoding, bytes);
        let name = read(StoredEncoding::Unknown, b"\xb0\xa1");
        assert_eq!((&*name.text, name.is_writable, name.is_whole), ("가", false, true));
        assert!(read(StoredEncoding::Unknown, "가".as_bytes()).is_writable);
        assert!(read(StoredEncoding::EucKr, b"\xb0\xa1").is_writable);
        assert!(!read(StoredEncoding::EucKr, b"\xc9\xa1").is_whole);
    }
}
