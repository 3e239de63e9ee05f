//! Bytes that are valid text in both UTF-8 and CP949.

use encoding_rs::EUC_KR;

/// Whether bytes that are valid UTF-8 are rather Korean text in CP949.
///
/// Two bytes of some Hangul syllables in CP949 are one Latin letter in UTF-8: `키` is C5 B0, and
/// so is `Ű`. A text counts as Korean if UTF-8 reads Latin letters only, CP949 reads Hangul
/// only, and there is no ASCII letter, as there is in `Café`.
pub fn is_rather_cp949(bytes: &[u8]) -> bool {
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

/// Evidence that bytes are Korean text in CP949, though a Chinese or Japanese encoding can
/// decode them.
///
/// The Hangul of KS X 1001 (B0A1 to C8FE) are the characters of GB 2312 and JIS X 0208 in the
/// first half of their commonest. Other text than Korean is therefore full of other rows, and
/// its characters are as often rare syllables as common ones.
#[derive(Debug, Default)]
pub struct KoreanEvidence {
    /// Syllables among the commonest of names and addresses.
    common: u64,
    /// Syllables of KS X 1001.
    hangul: u64,
    /// Hanja, letters of other scripts, and syllables that only CP949 has.
    others: u64,
    /// Whether some bytes are no CP949.
    is_contradicted: bool,
}

/// First and last byte of the first and of the second byte of the Hangul of KS X 1001.
const HANGUL_LEAD: std::ops::RangeInclusive<u8> = 0xB0..=0xC8;
const HANGUL_TRAIL: std::ops::RangeInclusive<u8> = 0xA1..=0xFE;

/// Whether a lead byte is of a row of marks, units or circled numbers.
fn leads_mark(lead: u8) -> bool {
    matches!(lead, 0xA1..=0xA3 | 0xA6..=0xA9)
}

/// Syllables required for each Hanja or other character.
const HANGUL_FOR_ANOTHER: u64 = 9;

impl KoreanEvidence {
    /// Adds a text, whose last character may be cut.
    pub fn add(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let [lead, after @ ..] = rest {
            rest = after;
            if lead.is_ascii() {
                continue;
            }
            let [trail, after @ ..] = after else { return };
            rest = after;
            let pair = [*lead, *trail];
            let text = EUC_KR.decode_without_bom_handling_and_without_replacement(&pair);
            let Some(letter) = text.as_deref().and_then(|text| text.chars().next()) else {
                self.is_contradicted = true;
                return;
            };
            if HANGUL_LEAD.contains(lead) && HANGUL_TRAIL.contains(trail) {
                self.hangul += 1;
                self.common += u64::from(COMMON_SYLLABLES.contains(letter));
            } else if !leads_mark(*lead) {
                self.others += 1;
            }
        }
    }

    /// Whether the text is Korean: nearly all Hangul, most of it common.
    pub fn is_korean(&self) -> bool {
        !self.is_contradicted
            && self.hangul > self.others * HANGUL_FOR_ANOTHER
            && self.common * 2 > self.hangul
    }
}

/// Common syllables of Korean names, addresses and columns: about one in eight of KS X 1001.
const COMMON_SYLLABLES: &str = "가각간갈감강개객거건검게격견결경계고곡골공과관광교구국군굴권귀규균그\
극근금급기긴길김나낙난남낭내너년노녹농누뉴능니다단달담당대더덕도독돈동두둔드등디라락란람랑래량러\
레려력련렬령례로록론롱료루류륙률륭르른름리린림립마막만말망매맥머면명모목묘무묵문물미민밀바박반발\
방배백버번범법벽변별병보복본봉부북분불비빌빛사산살삼상새생샛서석선설섬성세소속손솔송쇠수숙순술숭\
숲스습승시식신실심십아악안알암압앙애야약양어언얼업에여역연열염영예오옥온올와완왕외요용우욱운울원\
월위유육윤율융은을음읍응의이익인일임입잉자작잔잠장재저적전절점정제조족종좌주죽준중즈증지직진질집\
차착찬참창채책처천철첨청체초촌총최추축춘출충취측층치칠침카커코크타탄탑태터테토통퇴투트특티파판팔\
평포표푸풍프피필하학한할함합항해행향허헌혁현협형혜호혼홍화환활황회획효후훈휘휴흑흥희";

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::names(&["가나동", "다라로"], true)]
    #[case::addresses(&["뚝섬로54길 12", "성수동2가", "왕십리도선동", "한양대학교"], true)]
    #[case::with_some_hanja(&["성동구청(城)", "금호동 일대 주택재개발"], true)]
    #[case::with_marks(&["금호2·3가동", "①왕십리"], true)]
    #[case::hanja(&["城東區", "서울"], false)]
    #[case::rare_syllables(&["뵀쟝뱉뗌", "껨뇟"], false)]
    #[case::nothing(&["abc"], false)]
    fn korean_is_told_by_its_hangul(#[case] texts: &[&str], #[case] expected: bool) {
        let mut evidence = KoreanEvidence::default();
        texts.iter().for_each(|text| evidence.add(&EUC_KR.encode(text).0));
        assert_eq!(evidence.is_korean(), expected, "{evidence:?}");
    }

    #[rstest]
    #[case::cities(encoding_rs::GBK, &["北京市", "上海", "广东省深圳", "延边朝鲜族自治州"])]
    #[case::short(encoding_rs::GBK, &["广东"])]
    #[case::roads(encoding_rs::GBK, &["长江路", "解放大街", "公园"])]
    #[case::traditional(encoding_rs::BIG5, &["臺北市", "中山路", "公園"])]
    #[case::japanese(encoding_rs::SHIFT_JIS, &["東京都", "ｶﾀｶﾅ", "公園"])]
    #[case::japanese_of_unix(encoding_rs::EUC_JP, &["東京都", "ひらがな", "公園"])]
    fn chinese_and_japanese_are_no_korean(
        #[case] encoding: &'static encoding_rs::Encoding,
        #[case] texts: &[&str],
    ) {
        let mut evidence = KoreanEvidence::default();
        texts.iter().for_each(|text| evidence.add(&encoding.encode(text).0));
        assert!(!evidence.is_korean(), "{evidence:?}");
    }

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
