//! Text as it is compared: what a person types and what a register holds differ in
//! case, spaces, punctuation and the way in which Hangul is stored.

use unicode_normalization::UnicodeNormalization;

/// The first syllable of Unicode's Hangul block, and how many begin with one
/// consonant (Unicode 15.0, section 3.12).
const FIRST_SYLLABLE: u32 = 0xAC00;
const LAST_SYLLABLE: u32 = 0xD7A3;
const SYLLABLES_A_CONSONANT: u32 = 588;

/// The consonants that a syllable can begin with, in the order of Unicode, as the
/// letters that a keyboard types.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];

/// The form in which texts are compared, appended to `out`: composed, in lower case,
/// letters and digits alone, and without the 제 of an ordinal: 왕십리제2동 and 왕십리2동
/// are one place.
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

/// The consonant that a syllable begins with; `None` for anything else.
pub(super) fn initial(letter: char) -> Option<char> {
    let code = u32::from(letter);
    if !(FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        return None;
    }
    INITIALS.get(((code - FIRST_SYLLABLE) / SYLLABLES_A_CONSONANT) as usize).copied()
}

/// Whether a letter is a lone consonant that stands for a syllable.
pub(super) fn is_initial(letter: char) -> bool {
    INITIALS.contains(&letter)
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// This text.
    Text(String),
    /// These letters, of which a lone consonant stands for any syllable that begins
    /// with it: ㅅㅅ finds 성수.
    Initials(Vec<char>),
}

impl Pattern {
    /// The pattern that a person typed; `None` where nothing of it can be compared.
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

    /// The pattern of a text that is in the compared form already.
    pub(super) fn compared(text: &str) -> Option<Self> {
        if text.chars().any(is_initial) {
            return Some(Self::Initials(text.chars().collect()));
        }
        (!text.is_empty()).then(|| Self::Text(text.to_owned()))
    }

    /// How well a normalized text fits: the lower the better. `None` where it does not.
    pub(super) fn fits(&self, text: &str) -> Option<Fit> {
        match self {
            Self::Text(wanted) => match text.find(wanted.as_str())? {
                0 if text.len() == wanted.len() => Some(Fit::Whole),
                0 => Some(Fit::Start),
                _ => Some(Fit::Within),
            },
            Self::Initials(wanted) => {
                let matches = |start: &str| {
                    let mut letters = start.chars();
                    wanted.iter().all(|&wanted| {
                        letters.next().is_some_and(|letter| {
                            letter == wanted || initial(letter) == Some(wanted)
                        })
                    })
                };
                if matches(text) {
                    let whole = text.chars().count() == wanted.len();
                    return Some(if whole { Fit::Whole } else { Fit::Start });
                }
                let mut starts = text.char_indices().skip(1);
                starts.any(|(at, _)| matches(&text[at..])).then_some(Fit::Within)
            }
        }
    }
}

/// What a person typed: as it stands, and word by word.
#[derive(Debug)]
pub(super) struct Query {
    whole: Pattern,
    /// The words, each once; none where there is but one.
    words: Vec<Pattern>,
}

impl Query {
    /// What a person typed; `None` where nothing of it can be compared.
    pub(super) fn new(typed: &str) -> Option<Self> {
        let whole = Pattern::new(typed)?;
        let mut words: Vec<Pattern> = Vec::new();
        for word in typed.split_whitespace().filter_map(Pattern::new) {
            if !words.contains(&word) && words.len() < MOST_WORDS {
                words.push(word);
            }
        }
        // One word that was typed twice is another text than the word.
        if words.len() == 1 && words.first() == Some(&whole) {
            words.clear();
        }
        Some(Self { whole, words })
    }

    /// The words that a text holds, as bits.
    pub(super) fn words_in(&self, text: &str) -> Words {
        self.words_that(|word| word.fits(text).is_some())
    }

    /// The words for which `holds` is true, as bits.
    pub(super) fn words_that(&self, holds: impl Fn(&Pattern) -> bool) -> Words {
        let bits = self.words.iter().enumerate();
        bits.filter(|(_, word)| holds(word)).fold(0, |bits, (i, _)| bits | 1 << i)
    }

    /// The words that are no initials, each with its bit.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Words, &str)> {
        self.words.iter().enumerate().filter_map(|(i, word)| match word {
            Pattern::Text(text) => Some((1 << i, text.as_str())),
            Pattern::Initials(_) => None,
        })
    }

    /// All words, as bits; 0 where there is but one.
    pub(super) fn all_words(&self) -> Words {
        self.words_that(|_| true)
    }

    /// Match rank of a normalized name as a whole; `None` where it holds no such text.
    pub(super) fn whole(&self, name: &str) -> Option<Fit> {
        self.whole.fits(name)
    }
}

/// Words of a query, as bits.
pub(super) type Words = u64;

/// Most words of a query; what follows is not looked at.
const MOST_WORDS: usize = 32;

/// How well a text fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is what is looked for.
    Whole,
    /// It is an address on the road that is looked for.
    OnRoad,
    /// It begins with it.
    Start,
    /// It holds it.
    Within,
    /// It holds every word of it.
    Words,
    /// It lies in the area that some words name, and what it belongs to holds all others.
    KindInArea,
    /// It holds some words of it, and what it belongs to or lies in the others.
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
    #[case("성수", "성수1가1동", Some(Fit::Start))]
    #[case("성수1가1동", "성수1가1동", Some(Fit::Whole))]
    #[case("1동", "성수1가1동", Some(Fit::Within))]
    #[case("ㅅㅅ", "성수1가1동", Some(Fit::Start))]
    #[case("성ㅅ", "성수1가1동", Some(Fit::Start))]
    #[case("ㅅㅅ", "성수", Some(Fit::Whole))]
    #[case("ㄷ", "성수1가1동", Some(Fit::Within))]
    #[case("ㅅㄱ", "성수1가1동", None)]
    #[case("ㄸㅅ", "뚝섬역", Some(Fit::Start))]
    #[case("ㄷㅅ", "뚝섬역", None)]
    #[case("CCTV", "방범cctv", Some(Fit::Within))]
    fn patterns_find_texts_and_their_initials(
        #[case] typed: &str,
        #[case] text: &str,
        #[case] fit: Option<Fit>,
    ) {
        assert_eq!(Pattern::new(typed).unwrap().fits(text), fit);
    }

    #[rstest]
    #[case("성수 도서관", "성수도서관", Some(Fit::Whole))]
    #[case("도서관 성수", "성수도서관", Some(Fit::Words))]
    #[case("성수 library", "성수도서관", Some(Fit::Beside))]
    #[case("공공 library", "성수도서관", None)]
    #[case("library", "성수도서관", None)]
    #[case("성수 왕십리", "성수도서관", None)]
    fn words_are_found_in_a_name_or_beside_it(
        #[case] typed: &str,
        #[case] name: &str,
        #[case] fit: Option<Fit>,
    ) {
        let query = Query::new(typed).unwrap();
        let beside = query.words_in("공공도서관\nlibraries\nlibrary\n");
        let found = query.whole(name).or_else(|| {
            let inside = query.words_in(name);
            let all = query.all_words();
            (inside != 0 && inside | beside == all).then_some(if inside == all {
                Fit::Words
            } else {
                Fit::Beside
            })
        });
        assert_eq!(found, fit);
    }

    #[test]
    fn nothing_to_compare_is_no_pattern() {
        assert_eq!(Pattern::new(" ·!"), None);
        assert_eq!(Pattern::new(""), None);
    }
}
