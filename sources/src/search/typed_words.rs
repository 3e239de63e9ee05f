//! Words of a typed address, in the form in which names are compared.

use unicode_normalization::UnicodeNormalization;

use super::text::is_initial;

/// The words of what a person typed: composed, in lower case, letters and digits alone, with
/// hyphens between digits. Brackets, commas and other marks part words.
pub(super) fn typed_words(typed: &str) -> Vec<String> {
    let mut folded: Vec<char> = Vec::new();
    for letter in typed.nfc() {
        // NFKC would make other letters of lone consonants.
        if is_initial(letter) {
            folded.push(letter);
        } else {
            folded.extend(std::iter::once(letter).nfkc().flat_map(char::to_lowercase));
        }
    }
    let digit_at =
        |at: Option<usize>| at.and_then(|at| folded.get(at)).is_some_and(char::is_ascii_digit);
    // 14 - 3 is one number.
    let blank = |at: &usize| folded.get(*at).is_some_and(|letter| letter.is_whitespace());
    let before = |at: usize| (0..at).rev().find(|at| !blank(at));
    let after = |at: usize| (at + 1..folded.len()).find(|at| !blank(at));
    let mut words = vec![String::new()];
    let mut joined = false;
    for (at, &letter) in folded.iter().enumerate() {
        let word = words.last_mut();
        if is_dash(letter) && digit_at(before(at)) && digit_at(after(at)) {
            if word.as_ref().is_some_and(|word| word.is_empty()) {
                words.pop();
            }
            if let Some(word) = words.last_mut() {
                word.push('-');
            }
            joined = true;
        } else if letter.is_alphanumeric() {
            if let Some(word) = word {
                word.push(letter);
            }
            joined = false;
        } else if !joined && word.is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words.truncate(MOST_WORDS);
    words
}

/// Most words that are looked at.
const MOST_WORDS: usize = 16;

/// Whether a letter is typed as a hyphen; the vowel ㅡ is too.
fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{1173}' | 'ㅡ')
}

/// Whether a word names a floor, a unit or a postcode, which no address here has.
pub(super) fn is_detail(word: &str) -> bool {
    let number = ["동", "호", "층", "호실"].iter().find_map(|end| word.strip_suffix(end));
    let number = number.unwrap_or(word);
    let number =
        ["지하", "b"].iter().find_map(|start| number.strip_prefix(start)).unwrap_or(number);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The administrative level that a word names by its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegionLevel {
    Country,
    Province,
    District,
    Dong,
}

/// Short names of the provinces and metropolitan cities of Korea.
const PROVINCES: [&str; 17] = [
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기", "강원", "충북", "충남",
    "전북", "전남", "경북", "경남", "제주",
];

impl RegionLevel {
    /// The level of a word; `None` where it names no region.
    pub(super) fn of(word: &str) -> Option<Self> {
        let ends = |endings: &[&str]| {
            endings.iter().any(|end| word.len() > end.len() && word.ends_with(end))
        };
        if matches!(word, "대한민국" | "한국") {
            return Some(Self::Country);
        }
        let short = PROVINCES.contains(&word)
            || word.strip_suffix('시').is_some_and(|name| PROVINCES.contains(&name));
        if short || ends(&["특별시", "광역시", "특별자치시", "특별자치도", "도"]) {
            return Some(Self::Province);
        }
        if ends(&["시", "군", "구"]) {
            return Some(Self::District);
        }
        ends(&["동", "가", "읍", "면", "리"]).then_some(Self::Dong)
    }
}

/// Whether two names of a region may be of one: one begins with the other, as 서울 and
/// 서울특별시 do.
pub(super) fn same_region(a: &str, b: &str) -> bool {
    let (a, b) = (a.strip_suffix('시').unwrap_or(a), b.strip_suffix('시').unwrap_or(b));
    !a.is_empty() && !b.is_empty() && (a.starts_with(b) || b.starts_with(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("성동구 뚝섬로54길 12 (성수동2가)", &["성동구", "뚝섬로54길", "12", "성수동2가"])]
    #[case("뚝섬로54길 14 - 3", &["뚝섬로54길", "14-3"])]
    #[case("뚝섬로５４길　１４－３", &["뚝섬로54길", "14-3"])]
    #[case("뚝섬로54길 14–3, 3층", &["뚝섬로54길", "14-3", "3층"])]
    #[case("[성수동1가]656ㅡ3", &["성수동1가", "656-3"])]
    #[case("왕십리-로 -3-", &["왕십리", "로", "3"])]
    #[case(" - ", &[])]
    fn words_are_parted_and_numbers_are_not(#[case] typed: &str, #[case] words: &[&str]) {
        assert_eq!(typed_words(typed), words);
    }

    #[rstest]
    #[case("서울특별시", Some(RegionLevel::Province))]
    #[case("서울시", Some(RegionLevel::Province))]
    #[case("서울", Some(RegionLevel::Province))]
    #[case("성동구", Some(RegionLevel::District))]
    #[case("성수동2가", Some(RegionLevel::Dong))]
    #[case("구", None)]
    #[case("한신아파트", None)]
    fn regions_are_told_by_their_ending(#[case] word: &str, #[case] level: Option<RegionLevel>) {
        assert_eq!(RegionLevel::of(word), level);
    }

    #[rstest]
    #[case("3층", true)]
    #[case("101동", true)]
    #[case("b1층", true)]
    #[case("04780", true)]
    #[case("한신", false)]
    #[case("층", false)]
    fn floors_and_units_are_details(#[case] word: &str, #[case] detail: bool) {
        assert_eq!(is_detail(word), detail);
    }
}
