//! Bytes that are text in UTF-8 and in CP949.

use encoding_rs::EUC_KR;

/// Whether bytes that are valid UTF-8 are rather Korean text in CP949.
///
/// Two bytes of some Hangul syllables in CP949 are one Latin letter of UTF-8: `키` is
/// C5 B0, and so is `Ű`. A text is taken for Korean where UTF-8 makes no Hangul of it,
/// CP949 nothing but Hangul, and no letter of ASCII stands in it, as in `Café`.
pub(crate) fn is_rather_cp949(bytes: &[u8]) -> bool {
    if bytes.is_ascii() || bytes.iter().any(u8::is_ascii_alphabetic) {
        return false;
    }
    let is_latin = |c: char| c.is_ascii() || ('\u{80}'..='\u{24f}').contains(&c);
    let is_hangul = |c: char| c.is_ascii() || ('가'..='힣').contains(&c);
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_latin))
        && EUC_KR
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some_and(|text| text.chars().all(is_hangul))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::one_syllable(b"\xC5\xB0", true)]
    #[case::two_syllables(b"\xC5\xBA\xC3\xB5", true)]
    #[case::with_a_number(b"\xC5\xB0 12", true)]
    #[case::utf8_hangul("키".as_bytes(), false)]
    #[case::latin_word("Café".as_bytes(), false)]
    #[case::ascii(b"12-3", false)]
    #[case::no_utf8(b"\xB0\xA1", false)]
    fn short_korean_text_is_no_latin_letter(#[case] bytes: &[u8], #[case] expected: bool) {
        assert_eq!(is_rather_cp949(bytes), expected);
    }
}
