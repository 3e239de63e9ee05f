//! Which encoding a DBF's text is in: a `.cpg` file, then strict UTF-8, then CP949.

use std::borrow::Cow;

use encoding_rs::EUC_KR;

/// An encoding of a DBF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// Microsoft's code page 949, of which EUC-KR is a part.
    Cp949,
    /// Another one that the WHATWG Encoding Standard names.
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// The encoding of a `.cpg` file's or a user's name, such as `UTF-8`,
    /// `949`, `EUC-KR` or `ks_c_5601-1987`; `None` where nobody knows it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
        let plain = name.replace(['-', '_', ' '], "");
        // Code pages come by number, with or without who numbered them.
        let prefixes = ["ansi", "oem", "cp", "ms", "windows"];
        let plain = prefixes
            .iter()
            .filter_map(|prefix| plain.strip_prefix(prefix))
            .find(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
            .unwrap_or(&plain);
        match plain {
            "utf8" | "65001" | "utf8bom" => return Some(Self::Utf8),
            "949" | "uhc" | "euckr" | "51949" | "ksc56011987" | "ksc5601" | "korean" => {
                return Some(Self::Cp949);
            }
            _ => {}
        }
        // Those of Windows that the standard names: 1252, 1251.
        let label = if plain.bytes().all(|b| b.is_ascii_digit()) && plain.len() == 4 {
            format!("windows-{plain}")
        } else {
            name
        };
        match encoding_rs::Encoding::for_label(label.as_bytes())? {
            encoding if encoding == EUC_KR => Some(Self::Cp949),
            encoding if encoding == encoding_rs::UTF_8 => Some(Self::Utf8),
            encoding => Some(Self::Other(encoding)),
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp949 => "CP949",
            Self::Other(encoding) => encoding.name(),
        }
    }

    /// The text of bytes, and whether some of them were no text. A character
    /// that the end of a field cut through is left out: it is no error.
    pub(super) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self {
            Self::Utf8 => {
                let whole = utf8_whole(bytes);
                match std::str::from_utf8(whole) {
                    Ok(text) => (Cow::Borrowed(text), false),
                    Err(_) => (String::from_utf8_lossy(whole), true),
                }
            }
            Self::Cp949 => EUC_KR.decode_without_bom_handling(cp949_whole(bytes)),
            Self::Other(encoding) => encoding.decode_without_bom_handling(bytes),
        }
    }
}

/// Whether a field's bytes may be UTF-8.
pub(super) fn may_be_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(utf8_whole(bytes)).is_ok()
}

/// Without the beginning of a character whose rest did not fit.
fn utf8_whole(bytes: &[u8]) -> &[u8] {
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        let length = match bytes[at] {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => break,
        };
        return if back < length { &bytes[..at] } else { bytes };
    }
    bytes
}

/// CP949 can only be read from the start: a lead byte at the very end is cut off.
fn cp949_whole(bytes: &[u8]) -> &[u8] {
    let mut at = 0;
    while at < bytes.len() {
        if (0x81..=0xFE).contains(&bytes[at]) {
            if at + 1 == bytes.len() {
                return &bytes[..at];
            }
            at += 2;
        } else {
            at += 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("UTF-8\r\n", Some(Encoding::Utf8))]
    #[case("65001", Some(Encoding::Utf8))]
    #[case("\u{feff}949", Some(Encoding::Cp949))]
    #[case("ks_c_5601-1987", Some(Encoding::Cp949))]
    #[case("EUC-KR", Some(Encoding::Cp949))]
    #[case("1252", Some(Encoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("ANSI 1252", Some(Encoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("cp1252", Some(Encoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("CP51949", Some(Encoding::Cp949))]
    #[case("OEM 949", Some(Encoding::Cp949))]
    #[case("MS949", Some(Encoding::Cp949))]
    #[case("ANSI", None)]
    #[case("ISO-8859-1", Some(Encoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("klingon", None)]
    #[case("", None)]
    fn names_of_encodings(#[case] name: &str, #[case] expected: Option<Encoding>) {
        assert_eq!(Encoding::named(name), expected);
    }

    #[rstest]
    // 성수 and its first three bytes; 뷁 is in CP949 and not in EUC-KR.
    #[case(Encoding::Cp949, b"\xbc\xba\xbc\xf6", "성수", false)]
    #[case(Encoding::Cp949, b"\xbc\xba\xbc", "성", false)]
    #[case(Encoding::Cp949, b"\x94\xee", "뷁", false)]
    #[case(Encoding::Cp949, b"a\xff\xffb", "a\u{fffd}\u{fffd}b", true)]
    #[case(Encoding::Utf8, "성수".as_bytes(), "성수", false)]
    #[case(Encoding::Utf8, b"\xec\x84\xb1\xec\x88", "성", false)]
    #[case(Encoding::Utf8, b"\xec\x84\xb1\xffz", "성\u{fffd}z", true)]
    fn decoding(
        #[case] encoding: Encoding,
        #[case] bytes: &[u8],
        #[case] expected: &str,
        #[case] faulty: bool,
    ) {
        assert_eq!(encoding.decode(bytes), (Cow::Borrowed(expected), faulty));
    }

    #[test]
    fn korean_in_cp949_is_not_taken_for_utf8() {
        assert!(!may_be_utf8(b"\xbc\xba\xbc\xf6\xb5\xbf"));
        assert!(may_be_utf8("성수동".as_bytes()));
        assert!(may_be_utf8(&"성수동".as_bytes()[..8]), "cut by the end of its field");
    }
}
