//! Numbers of buildings and lots: main number, sub number and level.

use std::fmt;

/// Number of a building on a road, or of a lot in a legal dong.
///
/// Ordered by number, then by level with ground first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct HouseNumber {
    pub(super) main: u32,
    /// The sub number; 0 for none.
    pub(super) sub: u32,
    pub(super) level: NumberSeries,
}

/// Numbering series that a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum NumberSeries {
    Ground,
    Underground,
    Overhead,
    /// Mountain lots, which are numbered separately.
    Mountain,
}

/// Longest number, in digits.
const MOST_DIGITS: usize = 9;

impl NumberSeries {
    const WORDS: [(Self, &str); 3] =
        [(Self::Underground, "지하"), (Self::Overhead, "공중"), (Self::Mountain, "산")];

    /// The level that a flag or code denotes.
    pub(super) fn from_flag(flag: &str, mountain: bool) -> Self {
        let flag = flag.trim();
        let plain = if mountain { Self::Mountain } else { Self::Underground };
        match flag {
            "1" | "Y" | "y" | "true" | "지하" | "산" => plain,
            "2" if mountain => plain,
            "2" | "공중" => Self::Overhead,
            _ => Self::Ground,
        }
    }
}

impl HouseNumber {
    /// The number of a feature without one.
    pub(super) const NONE: Self = Self { main: 0, sub: 0, level: NumberSeries::Ground };

    /// Parses a column's text, such as `12`, `00012`, `14-3`, `지하 12` or `산 12-3대`; `None`
    /// if it is not a number.
    pub(super) fn parse(normalized: &str) -> Option<Self> {
        // A land register adds the land category to the number: 656-3대.
        let end = normalized.rfind(|letter: char| letter.is_ascii_digit())?;
        let (before, number) = split_digits(normalized.get(..=end)?)?;
        match before {
            "" => Some(number),
            _ => {
                let (level, _) =
                    NumberSeries::WORDS.into_iter().find(|(_, word)| *word == before)?;
                Some(Self { level, ..number })
            }
        }
    }

    /// Match rank for a typed number: 0 if equal, 1 if the typed digits are a prefix;
    /// `None` for no match.
    pub(super) fn rank(self, typed: TypedNumber) -> Option<u8> {
        if typed.level.is_some_and(|level| level != self.level) {
            return None;
        }
        let begins = |number: u32, with: u32| {
            let (mut number, with) = (number, with);
            while number > with {
                number /= 10;
            }
            number == with
        };
        let same_main = self.main == typed.main;
        let exact = same_main && self.sub == typed.sub.unwrap_or(0);
        if exact && (typed.level.is_some() || self.level == NumberSeries::Ground) {
            return Some(0);
        }
        let begun = match typed.sub {
            None => begins(self.main, typed.main) && typed.main > 0,
            Some(sub) => same_main && begins(self.sub, sub),
        };
        begun.then_some(1)
    }
}

impl HouseNumber {
    /// The number in its English form.
    pub(super) fn in_english(self) -> String {
        let level = match self.level {
            NumberSeries::Ground => "",
            NumberSeries::Underground => "underground ",
            NumberSeries::Overhead => "overhead ",
            NumberSeries::Mountain => "mountain ",
        };
        format!("{level}{}", Self { level: NumberSeries::Ground, ..self })
    }
}

impl fmt::Display for HouseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            NumberSeries::Ground => {}
            NumberSeries::Underground => f.write_str("지하 ")?,
            NumberSeries::Overhead => f.write_str("공중 ")?,
            NumberSeries::Mountain => f.write_str("산 ")?,
        }
        if self.main == 0 {
            return Ok(());
        }
        write!(f, "{}", self.main)?;
        if self.sub > 0 { write!(f, "-{}", self.sub) } else { Ok(()) }
    }
}

/// Whether [`HouseNumber::parse`] represents a number's text fully, unlike `12A` or
/// `10–19`.
pub(super) fn is_kept(normalized: &str) -> bool {
    let text = NUMBER_ENDINGS.iter().find_map(|end| normalized.strip_suffix(end));
    let text = text.unwrap_or(normalized);
    text.ends_with(|letter: char| letter.is_ascii_digit()) && HouseNumber::parse(text).is_some()
}

/// Suffixes of a number.
const NUMBER_ENDINGS: [&str; 3] = ["번지", "번", "호"];

/// A typed number, or its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TypedNumber {
    pub(super) main: u32,
    /// The sub number; `None` if not typed.
    pub(super) sub: Option<u32>,
    /// The level; `None` if not typed.
    pub(super) level: Option<NumberSeries>,
}

/// Splits a typed text into a name, possibly empty, and a number behind it, in every
/// possible way.
pub(super) fn split_typed(text: &str) -> impl Iterator<Item = (&str, TypedNumber)> {
    let text = NUMBER_ENDINGS.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let split = split_digits(text);
    let plain = split.map(|(before, number)| {
        let dash = text.rfind(|letter: char| !letter.is_ascii_digit());
        let has_sub = dash.is_some_and(|at| text[at..].starts_with('-')) && !text.ends_with('-');
        let sub = has_sub.then_some(number.sub);
        (before, TypedNumber { main: number.main, sub, level: None })
    });
    let on_level = plain.and_then(|(before, number)| {
        let (level, word) =
            NumberSeries::WORDS.into_iter().find(|(_, word)| before.ends_with(word))?;
        let before = before.strip_suffix(word)?;
        Some((before, TypedNumber { level: Some(level), ..number }))
    });
    on_level.into_iter().chain(plain)
}

/// Splits a text that ends with a number such as `12` or `14-3`.
fn split_digits(text: &str) -> Option<(&str, HouseNumber)> {
    let digits = |text: &str| -> Option<(usize, u32)> {
        let start = text.rfind(|letter: char| !letter.is_ascii_digit());
        let start = start.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let digits = text.get(start..)?;
        let sound = !digits.is_empty() && digits.len() <= MOST_DIGITS;
        Some((start, sound.then(|| digits.parse().ok()).flatten()?))
    };
    let (start, last) = digits(text)?;
    let level = NumberSeries::Ground;
    let before = &text[..start];
    if let Some(front) = before.strip_suffix('-')
        && let Some((start, main)) = digits(front)
    {
        return Some((&text[..start], HouseNumber { main, sub: last, level }));
    }
    Some((before, HouseNumber { main: last, sub: 0, level }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("12", "12")]
    #[case("00012", "12")]
    #[case("14-3", "14-3")]
    #[case("14-0", "14")]
    #[case("지하12", "지하 12")]
    #[case("산12-3", "산 12-3")]
    #[case("656-3대", "656-3")]
    fn numbers_of_a_column_are_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(HouseNumber::parse(text).unwrap().to_string(), expected);
    }

    #[rstest]
    #[case("")]
    #[case("가")]
    #[case("10–19")]
    #[case("성수동12")]
    fn what_is_no_number_is_none(#[case] text: &str) {
        assert_eq!(HouseNumber::parse(text), None);
    }

    #[rstest]
    #[case("뚝섬로54길12", "뚝섬로54길", 12, None, None)]
    #[case("뚝섬로54길14-3", "뚝섬로54길", 14, Some(3), None)]
    #[case("뚝섬로54길지하12", "뚝섬로54길", 12, None, Some(NumberSeries::Underground))]
    #[case("성수동1가656-3번지", "성수동1가", 656, Some(3), None)]
    #[case("656-3", "", 656, Some(3), None)]
    fn a_number_is_split_from_its_road(
        #[case] text: &str,
        #[case] road: &str,
        #[case] main: u32,
        #[case] sub: Option<u32>,
        #[case] level: Option<NumberSeries>,
    ) {
        let first = split_typed(text).next();
        assert_eq!(first, Some((road, TypedNumber { main, sub, level })));
    }

    #[test]
    fn a_road_without_a_number_is_not_split() {
        assert_eq!(split_typed("뚝섬로54길").count(), 0);
    }

    #[test]
    fn the_number_itself_comes_before_those_that_begin_with_it() {
        let rank = |main, sub, text| {
            let (_, typed) = split_typed(text).next().unwrap();
            HouseNumber { main, sub, level: NumberSeries::Ground }.rank(typed)
        };
        assert_eq!(rank(1, 0, "길1"), Some(0));
        assert_eq!(rank(12, 0, "길1"), Some(1));
        assert_eq!(rank(1, 2, "길1"), Some(1));
        assert_eq!(rank(21, 0, "길1"), None);
        assert_eq!(rank(14, 3, "길14-3"), Some(0));
        assert_eq!(rank(14, 31, "길14-3"), Some(1));
        assert_eq!(rank(143, 0, "길14-3"), None);
    }
}
