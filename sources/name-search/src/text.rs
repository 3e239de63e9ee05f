//! Normalization and matching of text.
//!
//! Typed and registered texts differ in case, spaces, punctuation and the storage of
//! Hangul.

use unicode_normalization::UnicodeNormalization;

/// Bounds of Unicode's Hangul syllables, and the number that begin with one consonant
/// (Unicode 15.0, section 3.12).
const FIRST_SYLLABLE: u32 = 0xAC00;
const LAST_SYLLABLE: u32 = 0xD7A3;
const SYLLABLES_A_CONSONANT: u32 = 588;

/// Initial consonants of syllables in Unicode order, as compatibility letters that a
/// keyboard types.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];

/// Appends the normalized form of a text to `out`.
///
/// Composed (NFKC), in lower case, letters and digits only, without the 제 of an ordinal:
/// 왕십리제2동 and 왕십리2동 are one place.
pub(super) fn normalize(text: &str, out: &mut String) {
    let mut letters = text.nfkc().filter(|letter| letter.is_alphanumeric()).peekable();
    let begun = out.len();
    while let Some(letter) = letters.next() {
        let ordinal = letter == '제' && letters.peek().is_some_and(char::is_ascii_digit);
        if !ordinal || out.len() == begun {
            out.extend(letter.to_lowercase());
        }
    }
}

/// Initial consonant of a Hangul syllable; `None` for other letters.
pub(super) fn initial(letter: char) -> Option<char> {
    let code = u32::from(letter);
    if !(FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        return None;
    }
    INITIALS.get(((code - FIRST_SYLLABLE) / SYLLABLES_A_CONSONANT) as usize).copied()
}

/// Whether a letter is a lone consonant, which stands for a syllable.
pub(super) fn is_initial(letter: char) -> bool {
    INITIALS.contains(&letter)
}

/// Search pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SearchPattern {
    /// A normalized text.
    Text(String),
    /// Letters, among which a lone consonant matches any syllable that begins with it: ㅅㅅ
    /// finds 성수.
    Initials(Vec<char>),
}

impl SearchPattern {
    /// Pattern of a typed text; `None` if its normalized form is empty.
    pub(super) fn new(typed: &str) -> Option<Self> {
        // NFKC would make other letters of lone consonants: they are kept aside.
        if typed.chars().any(|letter| INITIALS.contains(&letter)) {
            let mut letters = Vec::new();
            for letter in typed.nfc().filter(|letter| letter.is_alphanumeric()) {
                letters.extend(letter.to_lowercase());
            }
            return Some(Self::Initials(letters));
        }
        let mut text = String::new();
        normalize(typed, &mut text);
        (!text.is_empty()).then_some(Self::Text(text))
    }

    /// Pattern of a normalized text; `None` if it is empty.
    pub(super) fn compared(text: &str) -> Option<Self> {
        if text.chars().any(is_initial) {
            return Some(Self::Initials(text.chars().collect()));
        }
        (!text.is_empty()).then(|| Self::Text(text.to_owned()))
    }

    /// Match rank of a normalized text; lower is better, `None` for no match.
    pub(super) fn fits(&self, text: &str) -> Option<MatchRank> {
        match self {
            Self::Text(typed) => match text.find(typed.as_str())? {
                0 if text.len() == typed.len() => Some(MatchRank::Whole),
                0 => Some(MatchRank::Start),
                _ => Some(MatchRank::Within),
            },
            Self::Initials(initials) => {
                let matches = |start: &str| {
                    let mut letters = start.chars();
                    initials.iter().all(|&typed| {
                        letters
                            .next()
                            .is_some_and(|letter| letter == typed || initial(letter) == Some(typed))
                    })
                };
                if matches(text) {
                    let whole = text.chars().count() == initials.len();
                    return Some(if whole { MatchRank::Whole } else { MatchRank::Start });
                }
                let mut starts = text.char_indices().skip(1);
                starts.any(|(at, _)| matches(&text[at..])).then_some(MatchRank::Within)
            }
        }
    }
}

/// A typed query: its whole text, and its words.
#[derive(Debug)]
pub(super) struct SearchQuery {
    whole: SearchPattern,
    /// The distinct words; empty if there is only one.
    words: Vec<SearchPattern>,
}

impl SearchQuery {
    /// Parses a typed query; `None` if its normalized form is empty.
    pub(super) fn new(typed: &str) -> Option<Self> {
        let whole = SearchPattern::new(typed)?;
        let mut words: Vec<SearchPattern> = Vec::new();
        for word in typed.split_whitespace().filter_map(SearchPattern::new) {
            if !words.contains(&word) && words.len() < MOST_WORDS {
                words.push(word);
            }
        }
        // The same word typed twice is a different query from the word.
        if words.len() == 1 && words.first() == Some(&whole) {
            words.clear();
        }
        Some(Self { whole, words })
    }

    /// The words that a text contains, as a bit set.
    pub(super) fn words_in(&self, text: &str) -> WordSet {
        self.words_that(|word| word.fits(text).is_some())
    }

    /// The words for which `holds` is true, as a bit set.
    pub(super) fn words_that(&self, holds: impl Fn(&SearchPattern) -> bool) -> WordSet {
        let bits = self.words.iter().enumerate();
        bits.filter(|(_, word)| holds(word)).fold(0, |bits, (i, _)| bits | 1 << i)
    }

    /// The words without initials, each with its bit.
    pub(super) fn texts(&self) -> impl Iterator<Item = (WordSet, &str)> {
        self.words.iter().enumerate().filter_map(|(i, word)| match word {
            SearchPattern::Text(text) => Some((1 << i, text.as_str())),
            SearchPattern::Initials(_) => None,
        })
    }

    /// All words, as a bit set; 0 if there is only one.
    pub(super) fn all_words(&self) -> WordSet {
        self.words_that(|_| true)
    }

    /// Match rank of a normalized name for the whole query; `None` for no match.
    pub(super) fn whole(&self, name: &str) -> Option<MatchRank> {
        self.whole.fits(name)
    }
}

/// Bit set of a query's words.
pub(super) type WordSet = u64;

/// Most words of a query; further ones are ignored.
const MOST_WORDS: usize = 32;

/// Match rank of a text, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MatchRank {
    /// The text equals the query.
    Whole,
    /// The text is an address on the road that the query names.
    OnRoad,
    /// The text begins with the query.
    Start,
    /// The text contains the query.
    Within,
    /// The text contains every word of the query.
    Words,
    /// Some words name an area that contains the feature; its layer's texts match the others.
    KindInArea,
    /// The text contains some words; its layer's texts or its areas match the others.
    Beside,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::case("CCTV 현황", "cctv현황")]
    #[case::punctuation("금호2·3가동", "금호23가동")]
    #[case::ordinal("왕십리제2동", "왕십리2동")]
    #[case::ordinal_alone("제2동", "제2동")]
    #[case::decomposed("\u{1109}\u{1165}\u{11bc}\u{1109}\u{116e}", "성수")]
    #[case::full_width("ＡＥＤ１", "aed1")]
    fn texts_are_compared_in_one_form(#[case] text: &str, #[case] expected: &str) {
        let mut out = String::new();
        normalize(text, &mut out);
        assert_eq!(out, expected);
    }

    #[rstest]
    #[case("성수", "성수1가1동", Some(MatchRank::Start))]
    #[case("성수1가1동", "성수1가1동", Some(MatchRank::Whole))]
    #[case("1동", "성수1가1동", Some(MatchRank::Within))]
    #[case("ㅅㅅ", "성수1가1동", Some(MatchRank::Start))]
    #[case("성ㅅ", "성수1가1동", Some(MatchRank::Start))]
    #[case("ㅅㅅ", "성수", Some(MatchRank::Whole))]
    #[case("ㄷ", "성수1가1동", Some(MatchRank::Within))]
    #[case("ㅅㄱ", "성수1가1동", None)]
    #[case("ㄸㅅ", "뚝섬역", Some(MatchRank::Start))]
    #[case("ㄷㅅ", "뚝섬역", None)]
    #[case("CCTV", "방범cctv", Some(MatchRank::Within))]
    fn patterns_find_texts_and_their_initials(
        #[case] typed: &str,
        #[case] text: &str,
        #[case] fit: Option<MatchRank>,
    ) {
        assert_eq!(SearchPattern::new(typed).unwrap().fits(text), fit);
    }

    #[rstest]
    #[case("성수 도서관", "성수도서관", Some(MatchRank::Whole))]
    #[case("도서관 성수", "성수도서관", Some(MatchRank::Words))]
    #[case("성수 library", "성수도서관", Some(MatchRank::Beside))]
    #[case("공공 library", "성수도서관", None)]
    #[case("library", "성수도서관", None)]
    #[case("성수 왕십리", "성수도서관", None)]
    fn words_are_found_in_a_name_or_beside_it(
        #[case] typed: &str,
        #[case] name: &str,
        #[case] fit: Option<MatchRank>,
    ) {
        let query = SearchQuery::new(typed).unwrap();
        let beside = query.words_in("공공도서관\nlibraries\nlibrary\n");
        let found = query.whole(name).or_else(|| {
            let inside = query.words_in(name);
            let all = query.all_words();
            (inside != 0 && inside | beside == all).then_some(if inside == all {
                MatchRank::Words
            } else {
                MatchRank::Beside
            })
        });
        assert_eq!(found, fit);
    }

    #[test]
    fn nothing_to_compare_is_no_pattern() {
        assert_eq!(SearchPattern::new(" ·!"), None);
        assert_eq!(SearchPattern::new(""), None);
    }
}
