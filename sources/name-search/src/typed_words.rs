//! Words of a typed address in normalized form.

use unicode_normalization::UnicodeNormalization;

use super::text::is_initial;

/// A typed word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypedWord {
    pub(super) text: String,
    /// Whether the word is in brackets, which in an address contain the legal dong and the
    /// building.
    pub(super) in_brackets: bool,
}

/// Splits a typed text into normalized words.
///
/// Words are composed, in lower case, letters and digits only, with hyphens between digits
/// and without the 제 of an ordinal. Brackets, commas and other marks separate words.
pub(super) fn typed_words(typed: &str) -> Vec<TypedWord> {
    let folded = folded(typed);
    let digit_at =
        |at: Option<usize>| at.and_then(|at| folded.get(at)).is_some_and(char::is_ascii_digit);
    // 14 - 3 is one number.
    let blank = |at: &usize| folded.get(*at).is_some_and(|letter| letter.is_whitespace());
    let before = |at: usize| (0..at).rev().find(|at| !blank(at));
    let after = |at: usize| (at + 1..folded.len()).find(|at| !blank(at));
    let mut words = vec![String::new()];
    // By word, whether it began in brackets.
    let mut bracketed = vec![false];
    let (mut joined, mut depth) = (false, 0_usize);
    for (at, &letter) in folded.iter().enumerate() {
        depth = match letter {
            '(' | '[' | '{' => depth + 1,
            ')' | ']' | '}' => depth.saturating_sub(1),
            _ => depth,
        };
        let word = words.last_mut();
        let is_empty = word.as_ref().is_some_and(|word| word.is_empty());
        if is_dash(letter) && digit_at(before(at)) && digit_at(after(at)) {
            if is_empty {
                words.pop();
                bracketed.pop();
            }
            if let Some(word) = words.last_mut() {
                word.push('-');
            }
            joined = true;
        } else if letter.is_alphanumeric() {
            let is_ordinal = letter == '제' && !is_empty && digit_at(Some(at + 1));
            if let Some(word) = word.filter(|_| !is_ordinal) {
                word.push(letter);
            }
            if let Some(bracketed) = bracketed.last_mut().filter(|_| is_empty) {
                *bracketed = depth > 0;
            }
            joined = false;
        } else if !joined && !is_empty {
            words.push(String::new());
            bracketed.push(false);
        }
    }
    let words = words.into_iter().zip(bracketed);
    let words = words.map(|(text, in_brackets)| TypedWord { text, in_brackets });
    words.filter(|word| !word.text.is_empty()).take(MOST_WORDS).collect()
}

/// Letters of a text, composed and in lower case, with full-width letters as ASCII.
fn folded(typed: &str) -> Vec<char> {
    let mut folded: Vec<char> = Vec::new();
    for letter in typed.nfc() {
        // NFKC would make other letters of lone consonants.
        if is_initial(letter) {
            folded.push(letter);
        } else {
            folded.extend(std::iter::once(letter).nfkc().flat_map(char::to_lowercase));
        }
    }
    folded
}

/// The text without its parts in brackets; `None` if it has none.
pub(super) fn without_brackets(typed: &str) -> Option<String> {
    let mut depth = 0_usize;
    let mut plain = String::new();
    for letter in typed.chars() {
        match letter {
            '(' | '[' | '{' | '（' | '［' | '｛' => depth += 1,
            ')' | ']' | '}' | '）' | '］' | '｝' => depth = depth.saturating_sub(1),
            letter if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    (plain.len() < typed.len()).then_some(plain)
}

/// Most words that are read.
const MOST_WORDS: usize = 16;

/// Whether a letter between digits stands for a hyphen, as the vowel ㅡ, and 의 in 3의1.
fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '-' | '의' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{1173}' | 'ㅡ'
    )
}

/// Whether a word is a floor, a unit or a postcode, which no address in the index has:
/// `3층`, `101동202호`, `b1`, `지하`.
pub(super) fn is_detail(word: &str) -> bool {
    const ALONE: [&str; 7] = ["지하", "반지하", "지상", "지층", "옥탑", "옥탑방", "옥상"];
    const BEFORE: [&str; 4] = ["반지하", "지하", "지상", "제"];
    const BEHIND: [&str; 9] = ["호실", "층", "동", "호", "실", "단지", "차", "번지", "번"];
    if ALONE.contains(&word) {
        return true;
    }
    let stripped = |text: &str, marks: &[&str]| -> Option<usize> {
        let mark = marks.iter().find(|mark| text.starts_with(**mark))?;
        Some(mark.len())
    };
    let letter = |text: &str| usize::from(text.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut remainder = word;
    while !remainder.is_empty() {
        while let Some(length) = stripped(remainder, &BEFORE) {
            remainder = &remainder[length..];
        }
        remainder = &remainder[letter(remainder)..];
        let number = remainder.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        if number.len() == remainder.len() {
            return false;
        }
        remainder = &number[letter(number)..];
        remainder = &remainder[stripped(remainder, &BEHIND).unwrap_or(0)..];
    }
    !word.is_empty()
}

/// Splits regions that are written together, such as 서울특별시성동구성수동2가.
pub(super) fn part_regions(text: &str) -> Vec<&str> {
    let boundaries = text.char_indices().skip(1).map(|(at, _)| at);
    let boundaries: Vec<usize> = boundaries.collect();
    let parted = boundaries.into_iter().rev().find_map(|at| {
        let (front, back) = text.split_at(at);
        // 서울 is short for 서울특별시.
        if back.starts_with("특별") || back.starts_with("광역") {
            return None;
        }
        let (of_front, of_back) = (RegionLevel::of(front)?, RegionLevel::of(back)?);
        // 수원시 has districts of its own: 팔달구.
        let within = of_front == RegionLevel::District && front.ends_with('시');
        let goes_down = of_front < of_back || of_front == of_back && within && back.ends_with('구');
        goes_down.then_some((front, back))
    });
    match parted {
        None => vec![text],
        Some((front, back)) => {
            let mut parts = part_regions(front);
            parts.extend(part_regions(back));
            parts
        }
    }
}

/// Administrative level of a region's name.
///
/// Ordered from the largest to the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The level of a word, by its ending or as a known name; `None` if it is not a region.
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

/// Whether two names may be of one region: one is a prefix of the other, as 서울 is of 서울특별시.
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
    #[case("아차산로 28길 3의1", &["아차산로", "28길", "3-1"])]
    #[case("아차산로 28길 3 의 1", &["아차산로", "28길", "3-1"])]
    #[case("주의 3의", &["주의", "3의"])]
    #[case("왕십리제2동 제3층", &["왕십리2동", "제3층"])]
    #[case("왕십리-로 -3-", &["왕십리", "로", "3"])]
    #[case(" - ", &[])]
    fn words_are_parted_and_numbers_are_not(#[case] typed: &str, #[case] words: &[&str]) {
        let found = typed_words(typed);
        assert_eq!(found.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), words);
    }

    #[rstest]
    #[case("뚝섬로54길 12 (성수동2가, 해솔공장) 3층", &["성수동2가", "해솔공장"])]
    #[case("［성수동］ 뚝섬로(54길", &["성수동", "54길"])]
    #[case("뚝섬로) 54길", &[])]
    fn words_in_brackets_are_told(#[case] typed: &str, #[case] words: &[&str]) {
        let found = typed_words(typed);
        let found = found.iter().filter(|word| word.in_brackets);
        assert_eq!(found.map(|word| word.text.as_str()).collect::<Vec<_>>(), words);
    }

    #[rstest]
    #[case("서울특별시성동구성수동2가", &["서울특별시", "성동구", "성수동2가"])]
    #[case("서울성동구", &["서울", "성동구"])]
    #[case("경기도수원시팔달구", &["경기도", "수원시", "팔달구"])]
    #[case("성수동2가", &["성수동2가"])]
    #[case("도서관", &["도서관"])]
    fn regions_that_run_into_each_other_are_parted(#[case] text: &str, #[case] parts: &[&str]) {
        assert_eq!(part_regions(text), parts);
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
    #[case("지하1층", true)]
    #[case("지하", true)]
    #[case("제3층", true)]
    #[case("101동202호", true)]
    #[case("b101호", true)]
    #[case("12-3호", true)]
    #[case("2층a호", false)]
    #[case("12번길", false)]
    #[case("성수2가3동", false)]
    #[case("한신", false)]
    #[case("층", false)]
    fn floors_and_units_are_details(#[case] word: &str, #[case] detail: bool) {
        assert_eq!(is_detail(word), detail);
    }
}
