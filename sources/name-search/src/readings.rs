//! Interpretations of typed words as a road, or a legal dong, and a number.

use std::ops::Range;

use super::areas::is_family;
use super::house_number::{HouseNumber, TypedNumber, split_typed};
use super::streets::AddressIndex;
use super::text::{MatchRank, SearchPattern, is_initial};
use super::typed_words::{RegionLevel, TypedWord, is_detail, part_regions};

/// An interpretation of typed words as a road and a number.
pub(super) struct AddressReading {
    pub(super) street: u32,
    pub(super) number: Option<TypedNumber>,
    /// Match rank of the road.
    fit: MatchRank,
    /// Range of the words that the reading covers.
    pub(super) words: Range<usize>,
    /// Whether the words name the road or dong; `false` for a number alone.
    pub(super) is_named: bool,
    /// Whether the words contain the whole name.
    pub(super) is_whole: bool,
    /// Whether the number comes before the name.
    pub(super) is_number_first: bool,
}

impl AddressReading {
    /// Match rank of an address on the road.
    pub(super) fn fit(&self, number: HouseNumber, among_first: bool) -> Option<MatchRank> {
        match self.number {
            None if self.fit == MatchRank::Whole && among_first => Some(MatchRank::OnRoad),
            None if self.fit == MatchRank::Whole => Some(MatchRank::Within),
            None => Some(self.fit),
            Some(typed) => match number.rank(typed)? {
                0 => Some(self.fit),
                _ => Some(self.fit.max(MatchRank::Start)),
            },
        }
    }

    /// Whether `number` equals the typed number.
    pub(super) fn is_exact(&self, number: HouseNumber) -> bool {
        self.number.is_some_and(|typed| number.rank(typed) == Some(0))
    }
}

/// A street whose whole name a text contains, with the number behind it.
struct NamedStreet {
    street: u32,
    number: Option<TypedNumber>,
    /// Length of the typed name in bytes.
    length: usize,
    is_whole: bool,
}

/// Preference among exact readings: with a number; of a road; length of the name; number
/// behind the name.
type Preference = (bool, bool, usize, bool);

impl AddressIndex {
    /// Splits regions from a road or dong that follows without a blank: 성동구뚝섬로54길12 into
    /// 성동구 and 뚝섬로54길12.
    pub(super) fn parted(&self, words: Vec<TypedWord>) -> Vec<TypedWord> {
        let part = |word: TypedWord| {
            let Some(at) = self.region_end(&word.text) else { return vec![word] };
            let (regions, street) = word.text.split_at(at);
            let parts = part_regions(regions).into_iter().chain([street]);
            let in_brackets = word.in_brackets;
            parts.map(|text| TypedWord { text: text.to_owned(), in_brackets }).collect()
        };
        words.into_iter().flat_map(part).collect()
    }

    /// End of the regions before the name of a road or dong, in bytes; `None` if there are
    /// none.
    fn region_end(&self, word: &str) -> Option<usize> {
        if self.begins_street(word) {
            return None;
        }
        let mut boundaries = word.char_indices().skip(2).map(|(at, _)| at);
        boundaries.find(|&at| {
            let (regions, street) = word.split_at(at);
            RegionLevel::of(regions).is_some() && self.begins_street(street)
        })
    }

    /// Whether a text begins with a street's name, or is the beginning of one.
    fn begins_street(&self, text: &str) -> bool {
        let begins =
            |name: &str| !name.is_empty() && (text.starts_with(name) || name.starts_with(text));
        text.chars().nth(1).is_some() && self.list().iter().any(|street| begins(&street.name))
    }

    /// Readings with the longest whole name: of a road with a number, of a dong with a lot,
    /// of a road alone.
    pub(super) fn exact_readings(&self, words: &[TypedWord]) -> Vec<AddressReading> {
        let mut readings: Vec<(Preference, AddressReading)> = Vec::new();
        for start in 0..words.len() {
            let mut text = String::new();
            for (end, word) in words.iter().enumerate().skip(start) {
                let digit = |letter: char| letter.is_ascii_digit();
                if text.ends_with(digit) && word.text.starts_with(digit) {
                    break;
                }
                text.push_str(&word.text);
                for named in self.streets_with_number(&text) {
                    let before = words[..start].last().filter(|_| named.number.is_none());
                    let numbers = before.into_iter().flat_map(|word| numbers_alone(&word.text));
                    for number in numbers {
                        let named = NamedStreet { number: Some(number), ..named };
                        readings.push(self.exact_reading(named, start - 1..end + 1, false));
                    }
                    readings.push(self.exact_reading(named, start..end + 1, true));
                }
            }
        }
        let best = readings.iter().map(|(rank, _)| *rank).max();
        let best = readings.into_iter().filter(|(rank, _)| Some(*rank) == best);
        best.map(|(_, reading)| reading).collect()
    }

    fn exact_reading(
        &self,
        named: NamedStreet,
        words: Range<usize>,
        is_behind: bool,
    ) -> (Preference, AddressReading) {
        let NamedStreet { street, number, length, is_whole } = named;
        let has_lots = self.list().get(street as usize).is_some_and(|street| street.has_lots);
        let rank = (number.is_some(), !has_lots, length, is_behind);
        let (fit, is_named) = (MatchRank::Whole, length > 0);
        let is_number_first = !is_behind;
        (rank, AddressReading { street, number, fit, words, is_named, is_whole, is_number_first })
    }

    /// Streets that a text names, with the number behind the name, if any: a road by its
    /// whole name, a lot's dong by its name or family name.
    fn streets_with_number(&self, text: &str) -> Vec<NamedStreet> {
        let mut found = Vec::new();
        for &street in self.of_name(text) {
            if self.list().get(street as usize).is_some_and(|street| !street.has_lots) {
                let length = text.len();
                found.push(NamedStreet { street, number: None, length, is_whole: true });
            }
        }
        for (name, number) in split_typed(text) {
            let (number, length) = (Some(number), name.len());
            let exact = self.of_name(name);
            let whole =
                |&street: &u32| NamedStreet { street, number, length, is_whole: length > 0 };
            found.extend(exact.iter().map(whole));
            if exact.is_empty() {
                let lots = self.list().iter().enumerate().filter(|(_, street)| street.has_lots);
                let family =
                    lots.filter(|(_, lots)| name.is_empty() || is_family(name, &lots.name));
                found.extend(family.map(|(street, _)| {
                    let street = street as u32;
                    NamedStreet { street, number, length, is_whole: false }
                }));
            }
        }
        found
    }

    /// Readings with a part or the initial consonants of a road's name.
    ///
    /// Words behind a number that are a floor, a dong or in brackets are not part of them.
    pub(super) fn partial_readings(&self, words: &[TypedWord]) -> Vec<AddressReading> {
        let first = words.iter().position(|word| {
            let level = RegionLevel::of(&word.text);
            !matches!(level, Some(RegionLevel::Province | RegionLevel::District))
        });
        let Some(first) = first else { return Vec::new() };
        let whole = self.partial_readings_of(words, first..words.len());
        if !whole.is_empty() {
            return whole;
        }
        for end in (first + 1..words.len()).rev() {
            let dropped = &words[end];
            let is_dong = RegionLevel::of(&dropped.text) == Some(RegionLevel::Dong);
            if !(dropped.in_brackets || is_dong || is_detail(&dropped.text)) {
                break;
            }
            let mut readings = self.partial_readings_of(words, first..end);
            readings.retain(|reading| reading.number.is_some());
            if !readings.is_empty() {
                return readings;
            }
        }
        Vec::new()
    }

    fn partial_readings_of(&self, words: &[TypedWord], range: Range<usize>) -> Vec<AddressReading> {
        let text: String = words[range.clone()].iter().map(|word| word.text.as_str()).collect();
        let typed = split_typed(&text).map(|(name, number)| (name, Some(number)));
        let mut readings = Vec::new();
        for (name, number) in std::iter::once((text.as_str(), None)).chain(typed) {
            let Some(pattern) = SearchPattern::compared(name) else { continue };
            // A single letter is a prefix of too many roads.
            let long = name.chars().count() > 1 && !name.chars().all(|c| c.is_ascii_digit());
            if !long && !name.chars().any(is_initial) {
                continue;
            }
            for (at, street) in self.list().iter().enumerate().filter(|(_, s)| !s.has_lots) {
                if let Some(fit) = pattern.fits(&street.name) {
                    let (street, words) = (at as u32, range.clone());
                    // An address without the typed number is at best a prefix match.
                    let fit = if number.is_none() { fit.max(MatchRank::Start) } else { fit };
                    readings.push(AddressReading {
                        street,
                        number,
                        fit,
                        words,
                        is_named: true,
                        is_whole: false,
                        is_number_first: false,
                    });
                }
            }
        }
        readings
    }
}

/// Readings of a word as a number alone; none for a postcode of five digits.
fn numbers_alone(word: &str) -> impl Iterator<Item = TypedNumber> {
    let is_postcode = word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = split_typed(word).filter(move |(name, _)| name.is_empty() && !is_postcode);
    numbers.map(|(_, number)| number)
}
