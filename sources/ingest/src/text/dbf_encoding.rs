//! Encodings of a DBF's text, and their names in programs.

use std::borrow::Cow;

use encoding_rs::EUC_KR;

/// An encoding of a DBF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbfEncoding {
    /// UTF-8, including ASCII.
    Utf8,
    /// Microsoft's code page 949, including EUC-KR.
    Cp949,
    /// Another encoding of the WHATWG Encoding Standard.
    Other(&'static encoding_rs::Encoding),
}

impl DbfEncoding {
    /// The encoding of a name in a `.cpg` file or of a user, as ArcGIS, QGIS, Java, IBM,
    /// Windows or Python write it: `UTF-8`, `949`, `x-windows-949`, `IBM-949`,
    /// `ks_c_5601-1987`. `None` for an unknown name, and for a name of whatever the
    /// writing machine used: `ANSI`, `OEM`, `System`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        // Zero bytes stand behind a text, and between the letters of one in UTF-16.
        let name: String = name.chars().filter(|&c| c.is_ascii_graphic() || c == ' ').collect();
        let name = name.trim_matches([' ', '"', '\'', '`', ';', ',']).to_ascii_lowercase();
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        if let Some(driver) = plain.strip_prefix("ldid").and_then(|digits| digits.parse().ok()) {
            return Self::of_language_driver(driver);
        }
        numbered(&plain).or_else(|| labelled(&name))
    }

    /// The encoding of the language driver of a `.dbf` (its byte 29); `None` for no
    /// driver, for that of the writing machine, and for those that web browsers don't
    /// support either.
    #[must_use]
    pub fn of_language_driver(driver: u8) -> Option<Self> {
        let label = match driver {
            0x13 | 0x7B => "shift_jis",
            0x4D | 0x7A => "gbk",
            0x4E | 0x79 => return Some(Self::Cp949),
            0x4F | 0x78 => "big5",
            0x03 | 0x58 | 0x59 => "windows-1252",
            0x26 | 0x65 => "ibm866",
            0x7C => "windows-874",
            0x7D => "windows-1255",
            0x7E => "windows-1256",
            0x96 => "x-mac-cyrillic",
            0xC8 => "windows-1250",
            0xC9 => "windows-1251",
            0xCA => "windows-1254",
            0xCB => "windows-1253",
            0xCC => "windows-1257",
            _ => return None,
        };
        labelled(label)
    }

    /// Name of the encoding for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp949 => "CP949",
            Self::Other(encoding) => encoding.name(),
        }
    }

    /// Decodes bytes; also returns whether some of them were invalid. A character cut off
    /// by the end of a field is left out, and is no error.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
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

/// The encoding of a code page's number, with or without a vendor prefix.
fn numbered(plain: &str) -> Option<DbfEncoding> {
    const NUMBERED_BY: [&str; 12] = [
        "x", "windows", "win", "mswin", "ms", "ibm", "cp", "codepage", "ansi", "oem", "dos",
        "ccsid",
    ];
    let mut number = plain;
    while let Some(rest) = NUMBERED_BY.iter().find_map(|by| number.strip_prefix(by)) {
        number = rest;
    }
    // IBM's variants of a page end with a letter: 949C.
    let number = number.strip_suffix('c').filter(|digits| digits.len() > 2).unwrap_or(number);
    let label = match number {
        "utf8" | "utf8bom" | "utf8n" | "utf8mb4" | "65001" | "20127" | "367" | "ascii"
        | "usascii" => {
            return Some(DbfEncoding::Utf8);
        }
        "949" | "51949" | "20949" | "1363" | "970" | "uhc" | "euckr" | "cseuckr" | "korean"
        | "ksc5601" | "ksc56011987" | "ksc56011989" | "ksc56011992" | "ksx1001" | "wansung" => {
            return Some(DbfEncoding::Cp949);
        }
        "936" | "1386" => "gbk",
        "54936" => "gb18030",
        "950" | "1370" => "big5",
        "932" | "943" | "31j" => "shift_jis",
        "51932" => "euc-jp",
        "866" => "ibm866",
        "874" => "windows-874",
        "20866" => "koi8-r",
        "21866" => "koi8-u",
        "10000" => "macintosh",
        _ => "",
    };
    // ISO 8859 is 88591 in ArcGIS and 28591 in Windows.
    let part = number.strip_prefix("iso").unwrap_or(number);
    let part = part.strip_prefix("8859").or_else(|| part.strip_prefix("2859"));
    match (label, part) {
        ("", Some(part)) => labelled(&format!("iso-8859-{part}")),
        ("", None) if number.len() == 4 => labelled(&format!("windows-{number}")),
        (label, _) => labelled(label),
    }
}

/// The encoding of a label of the WHATWG Encoding Standard.
fn labelled(label: &str) -> Option<DbfEncoding> {
    let known = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
    match known {
        known if known == EUC_KR => Some(DbfEncoding::Cp949),
        known if known == encoding_rs::UTF_8 => Some(DbfEncoding::Utf8),
        // A table of single bytes can't hold text in pairs of them.
        known if known == encoding_rs::UTF_16LE || known == encoding_rs::UTF_16BE => None,
        known => Some(DbfEncoding::Other(known)),
    }
}

/// The bytes without an incomplete character at the end.
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

/// The bytes without an incomplete character at the end; CP949 must be scanned from the
/// start.
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
    #[case("UTF-8\r\n", Some(DbfEncoding::Utf8))]
    #[case("65001", Some(DbfEncoding::Utf8))]
    #[case("\u{feff}949", Some(DbfEncoding::Cp949))]
    #[case("ks_c_5601-1987", Some(DbfEncoding::Cp949))]
    #[case("EUC-KR", Some(DbfEncoding::Cp949))]
    #[case("1252", Some(DbfEncoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("ANSI 1252", Some(DbfEncoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("cp1252", Some(DbfEncoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("CP51949", Some(DbfEncoding::Cp949))]
    #[case("OEM 949", Some(DbfEncoding::Cp949))]
    #[case("MS949", Some(DbfEncoding::Cp949))]
    #[case("x-windows-949", Some(DbfEncoding::Cp949))]
    #[case("ms949", Some(DbfEncoding::Cp949))]
    #[case("IBM-949", Some(DbfEncoding::Cp949))]
    #[case("x-IBM949C", Some(DbfEncoding::Cp949))]
    #[case("KSC_5601", Some(DbfEncoding::Cp949))]
    #[case("ks_c_5601-1987\0", Some(DbfEncoding::Cp949))]
    #[case("\"CP949\"\n", Some(DbfEncoding::Cp949))]
    #[case("\u{fffd}\u{fffd}9\u{0}4\u{0}9\u{0}", Some(DbfEncoding::Cp949))]
    #[case("Code page: 949", Some(DbfEncoding::Cp949))]
    #[case("LDID/121", Some(DbfEncoding::Cp949))]
    #[case("936", Some(DbfEncoding::Other(encoding_rs::GBK)))]
    #[case("MS936", Some(DbfEncoding::Other(encoding_rs::GBK)))]
    #[case("x-MS950", Some(DbfEncoding::Other(encoding_rs::BIG5)))]
    #[case("Windows-31J", Some(DbfEncoding::Other(encoding_rs::SHIFT_JIS)))]
    #[case("88591", Some(DbfEncoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("ISO 8859-2", Some(DbfEncoding::Other(encoding_rs::ISO_8859_2)))]
    #[case("UTF_8", Some(DbfEncoding::Utf8))]
    #[case("utf-8 ;", Some(DbfEncoding::Utf8))]
    #[case("US-ASCII", Some(DbfEncoding::Utf8))]
    #[case("OEM", None)]
    #[case("System", None)]
    #[case("UTF-16LE", None)]
    #[case("LDID/87", None)]
    #[case("437", None)]
    #[case("ANSI", None)]
    #[case("ISO-8859-1", Some(DbfEncoding::Other(encoding_rs::WINDOWS_1252)))]
    #[case("klingon", None)]
    #[case("", None)]
    fn names_of_encodings(#[case] name: &str, #[case] expected: Option<DbfEncoding>) {
        assert_eq!(DbfEncoding::named(name), expected);
    }

    #[rstest]
    // 성수 and its first three bytes; 뷁 is in CP949 and not in EUC-KR.
    #[case(DbfEncoding::Cp949, b"\xbc\xba\xbc\xf6", "성수", false)]
    #[case(DbfEncoding::Cp949, b"\xbc\xba\xbc", "성", false)]
    #[case(DbfEncoding::Cp949, b"\x94\xee", "뷁", false)]
    #[case(DbfEncoding::Cp949, b"a\xff\xffb", "a\u{fffd}\u{fffd}b", true)]
    #[case(DbfEncoding::Utf8, "성수".as_bytes(), "성수", false)]
    #[case(DbfEncoding::Utf8, b"\xec\x84\xb1\xec\x88", "성", false)]
    #[case(DbfEncoding::Utf8, b"\xec\x84\xb1\xffz", "성\u{fffd}z", true)]
    fn decoding(
        #[case] encoding: DbfEncoding,
        #[case] bytes: &[u8],
        #[case] expected: &str,
        #[case] faulty: bool,
    ) {
        assert_eq!(encoding.decode(bytes), (Cow::Borrowed(expected), faulty));
    }

    #[test]
    fn korean_in_cp949_is_not_taken_for_utf8() {
        let fits = |bytes: &[u8]| !DbfEncoding::Utf8.decode(bytes).1;
        assert!(!fits(b"\xbc\xba\xbc\xf6\xb5\xbf"));
        assert!(fits("성수동".as_bytes()));
        assert!(fits(&"성수동".as_bytes()[..8]), "cut by the end of its field");
    }
}
