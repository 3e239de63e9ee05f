//! Addresses by road, or by legal dong, and number.

use std::collections::HashMap;
use std::ops::Range;

use super::areas::{Areas, is_family};
use super::house_number::{HouseNumber, Level, TypedNumber, split_typed};
use super::named::Named;
use super::text::{Fit, Pattern, is_initial, normalize};
use super::typed_words::{RegionLevel, is_detail, same_region, typed_words};
use crate::catalog::Text;

/// Addresses in the order of their numbers, by road or legal dong. 20 bytes an address.
#[derive(Debug, Default)]
pub(super) struct Streets {
    list: Vec<Street>,
    by_name: HashMap<String, Vec<u32>>,
    entries: Vec<Entry>,
}

/// A road, or a legal dong with its lots.
#[derive(Debug)]
struct Street {
    title: Text,
    /// Its name as it is compared.
    name: String,
    has_lots: bool,
    entries: Range<usize>,
}

/// One address of one feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    street: u32,
    number: HouseNumber,
    /// Position of the layer among those with names, and of its row.
    pub(super) of: u32,
    pub(super) row: u32,
}

/// An address that was found.
pub(super) struct FoundAddress {
    pub(super) fit: Fit,
    /// Place among the entries: they are in the order in which addresses are listed.
    pub(super) entry: usize,
    /// Length of the road's name, in bytes.
    pub(super) length: usize,
}

/// Texts that the words beside road and number are compared with.
pub(super) struct Surroundings<'a> {
    pub(super) layers: &'a [Named],
    /// By layer, its titles as they are compared.
    pub(super) beside: &'a [String],
    pub(super) areas: &'a Areas,
    /// The district's name.
    pub(super) district: &'a Text,
}

impl Streets {
    /// Adds the addresses of a layer, the `of`th of those with names.
    pub(super) fn add(&mut self, named: &Named, of: u32, areas: &Areas) {
        let Some(parts) = &named.address else { return };
        for row in named.rows() {
            let mut add = |title: &str, english: &str, has_lots, number| {
                let street = self.street(title, english, has_lots);
                self.entries.push(Entry { street, number, of, row: row as u32 });
            };
            if let Some((road, number)) = parts.on_road(named, row) {
                add(&road, &named.english(row), false, number);
            }
            if let Some((dong, number)) = parts.in_dong(named, row) {
                let around = || {
                    let at = named.middle(row)?;
                    areas.around(at).map(str::to_owned)
                };
                let dong = dong.or_else(around).unwrap_or_default();
                add(&dong, "", true, number);
            }
        }
    }

    fn street(&mut self, title: &str, english: &str, has_lots: bool) -> u32 {
        let mut name = String::new();
        normalize(title, &mut name);
        let list = &mut self.list;
        let same = self.by_name.entry(name.clone()).or_default();
        let known =
            same.iter().find(|&&at| list.get(at as usize).is_some_and(|s| s.has_lots == has_lots));
        if let Some(&known) = known {
            return known;
        }
        let at = list.len() as u32;
        let en = if english.is_empty() { title } else { english };
        let title = Text { ko: title.to_owned(), en: en.to_owned() };
        list.push(Street { title, name, has_lots, entries: 0..0 });
        same.push(at);
        let mut name = String::new();
        normalize(english, &mut name);
        if !name.is_empty() {
            self.by_name.entry(name).or_default().push(at);
        }
        at
    }

    /// Puts the addresses in order; nothing is found before.
    pub(super) fn finish(&mut self) {
        self.entries.sort_unstable();
        self.entries.shrink_to_fit();
        let mut begun = 0;
        for addresses in self.entries.chunk_by(|a, b| a.street == b.street) {
            let range = begun..begun + addresses.len();
            begun = range.end;
            if let Some(street) =
                addresses.first().and_then(|a| self.list.get_mut(a.street as usize))
            {
                street.entries = range;
            }
        }
    }

    /// The address at this place, as `뚝섬로54길 14-3`.
    pub(super) fn title(&self, entry: &Entry) -> Option<Text> {
        let street = self.list.get(entry.street as usize)?;
        let number = entry.number.to_string();
        let join = |name: &str, number: &str| match (name, number) {
            (name, "") => name.to_owned(),
            ("", number) => number.to_owned(),
            (name, number) => format!("{name} {number}"),
        };
        let ko = join(&street.title.ko, &number);
        let en = if street.title.en == street.title.ko {
            ko.clone()
        } else {
            join(&street.title.en, &entry.number.in_english())
        };
        Some(Text { ko, en })
    }

    pub(super) fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// The first address of a feature: that on a road, where it has one.
    pub(super) fn of_feature(&self, named: &Named, of: u32, row: usize) -> Option<Entry> {
        let parts = named.address.as_ref()?;
        let (name, number) = parts.on_road(named, row)?;
        let mut compared = String::new();
        normalize(&name, &mut compared);
        let same = self.by_name.get(&compared)?;
        let mut same = same.iter().copied();
        let street = same.find(|&at| self.list.get(at as usize).is_some_and(|s| !s.has_lots))?;
        Some(Entry { street, number, of, row: row as u32 })
    }

    /// The addresses that fit what a person typed, about `most` of each road.
    pub(super) fn find(
        &self,
        typed: &str,
        most: usize,
        around: &Surroundings<'_>,
    ) -> Vec<FoundAddress> {
        let words = typed_words(typed);
        if self.entries.is_empty() || words.is_empty() {
            return Vec::new();
        }
        let mut readings = self.exact_readings(&words);
        let named = readings.iter().filter(|reading| reading.is_named);
        let known: Vec<u32> = named.map(|reading| reading.street).collect();
        let mut partial = self.partial_readings(&words);
        // Of a road that is known no other one with that number is meant.
        partial.retain(|partial| {
            known.is_empty() || partial.number.is_none() && !known.contains(&partial.street)
        });
        readings.extend(partial);
        let mut found = Vec::new();
        let mut in_dong = false;
        for reading in &readings {
            let Some(street) = self.list.get(reading.street as usize) else { continue };
            let others: Vec<&str> = words[..reading.words.start]
                .iter()
                .chain(&words[reading.words.end..])
                .map(String::as_str)
                .collect();
            let others = OtherWords::new(&others, street, around);
            let (mut listed, mut last) = (0, None);
            for (place, entry) in street.entries.clone().zip(&self.entries[street.entries.clone()])
            {
                let Some(fit) = reading.fit(entry.number, listed < most.div_ceil(2)) else {
                    continue;
                };
                let Some(dong) = others.fit(entry, around) else { continue };
                in_dong |= dong;
                found.push((dong, FoundAddress { fit, entry: place, length: street.name.len() }));
                // A building with several entrances is one address.
                listed += usize::from(last.replace(entry.number) != Some(entry.number));
                // Those that a dong leaves over are among all of them.
                if listed > most && others.dongs.is_empty() {
                    break;
                }
            }
        }
        // A dong tells addresses apart where one has it, and else is not minded: roads go
        // through several, and the names of two divisions are mixed up.
        found.retain(|(dong, _)| *dong || !in_dong);
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// The readings with the longest whole name: of a road with a number, of a dong with a
    /// lot, of a road alone.
    fn exact_readings(&self, words: &[String]) -> Vec<Reading> {
        let mut readings: Vec<((bool, bool, usize), Reading)> = Vec::new();
        for start in 0..words.len() {
            let mut text = String::new();
            for (end, word) in words.iter().enumerate().skip(start) {
                let digit = |letter: char| letter.is_ascii_digit();
                if text.ends_with(digit) && word.starts_with(digit) {
                    break;
                }
                text.push_str(word);
                let range = start..end + 1;
                for (length, street, number) in self.streets_with_number(&text) {
                    let has_lots = self.list.get(street as usize).is_some_and(|s| s.has_lots);
                    let rank = (number.is_some(), !has_lots, length);
                    let (fit, words) = (Fit::Whole, range.clone());
                    let is_named = length > 0;
                    readings.push((rank, Reading { street, number, fit, words, is_named }));
                }
            }
        }
        let best = readings.iter().map(|(rank, _)| *rank).max();
        let best = readings.into_iter().filter(|(rank, _)| Some(*rank) == best);
        best.map(|(_, reading)| reading).collect()
    }

    /// The streets that a text names, with a number behind the name where there is one, and
    /// the length of the name as typed: a road's whole name, or a lot's dong or its family.
    fn streets_with_number(&self, text: &str) -> Vec<(usize, u32, Option<TypedNumber>)> {
        let known = |name: &str| self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let mut found = Vec::new();
        for &street in known(text) {
            if self.list.get(street as usize).is_some_and(|street| !street.has_lots) {
                found.push((text.len(), street, None));
            }
        }
        for (name, number) in split_typed(text) {
            let exact = known(name);
            found.extend(exact.iter().map(|&street| (name.len(), street, Some(number))));
            if exact.is_empty() {
                let lots = self.list.iter().enumerate().filter(|(_, street)| street.has_lots);
                let family =
                    lots.filter(|(_, lots)| name.is_empty() || is_family(name, &lots.name));
                let family = family.map(|(street, _)| (name.len(), street as u32, Some(number)));
                found.extend(family);
            }
        }
        found
    }

    /// Readings with a part or the initial consonants of a road's name.
    fn partial_readings(&self, words: &[String]) -> Vec<Reading> {
        let first = words.iter().position(|word| {
            !matches!(RegionLevel::of(word), Some(RegionLevel::Province | RegionLevel::District))
        });
        let Some(first) = first else { return Vec::new() };
        let text = words[first..].concat();
        let typed = split_typed(&text).map(|(name, number)| (name, Some(number)));
        let mut readings = Vec::new();
        for (name, number) in std::iter::once((text.as_str(), None)).chain(typed) {
            let Some(pattern) = Pattern::compared(name) else { continue };
            // One letter begins too many roads.
            let long = name.chars().count() > 1 && !name.chars().all(|c| c.is_ascii_digit());
            if !long && !name.chars().any(is_initial) {
                continue;
            }
            for (at, street) in self.list.iter().enumerate().filter(|(_, s)| !s.has_lots) {
                if let Some(fit) = pattern.fits(&street.name) {
                    let (street, words) = (at as u32, first..words.len());
                    // An address is more than what was typed of its road.
                    let fit = if number.is_none() { fit.max(Fit::Start) } else { fit };
                    readings.push(Reading { street, number, fit, words, is_named: true });
                }
            }
        }
        readings
    }
}

/// One way to read what was typed as a road and a number.
struct Reading {
    street: u32,
    number: Option<TypedNumber>,
    /// Match rank of the road.
    fit: Fit,
    /// The words that were read.
    words: Range<usize>,
    /// Whether they name the road or dong, or are a number alone.
    is_named: bool,
}

impl Reading {
    fn fit(&self, number: HouseNumber, among_first: bool) -> Option<Fit> {
        match self.number {
            None if self.fit == Fit::Whole && among_first => Some(Fit::OnRoad),
            None if self.fit == Fit::Whole => Some(Fit::Within),
            None => Some(self.fit),
            Some(typed) => match number.rank(typed)? {
                0 => Some(self.fit),
                _ => Some(self.fit.max(Fit::Start)),
            },
        }
    }
}

/// Words that were typed beside road and number.
struct OtherWords<'w> {
    words: Vec<(&'w str, Option<RegionLevel>)>,
    /// Of those that name a dong: the areas that are meant.
    dongs: Vec<(&'w str, Vec<usize>)>,
    lots_of: Option<&'w str>,
}

impl<'w> OtherWords<'w> {
    fn new(words: &[&'w str], street: &'w Street, around: &Surroundings<'_>) -> Self {
        let (mut others, mut dongs) = (Vec::new(), Vec::new());
        for &word in words {
            let level = RegionLevel::of(word);
            let areas = around.areas.named(word);
            if level == Some(RegionLevel::Dong) && !is_detail(word) || !areas.is_empty() {
                dongs.push((word, areas));
            } else {
                others.push((word, level));
            }
        }
        let lots_of = street.has_lots.then_some(street.name.as_str());
        Self { words: others, dongs, lots_of }
    }

    /// Whether an address may be meant, and then whether it lies in the dong that was typed.
    fn fit(&self, entry: &Entry, around: &Surroundings<'_>) -> Option<bool> {
        let (of, row) = (entry.of as usize, entry.row as usize);
        let named = around.layers.get(of)?;
        let parts = named.address.as_ref()?;
        let beside = around.beside.get(of).map_or("", String::as_str);
        let compared = |column: Option<usize>| {
            let mut text = String::new();
            normalize(&named.text(column?, row)?, &mut text);
            Some(text)
        };
        for &(word, level) in &self.words {
            let fits = match level {
                Some(RegionLevel::Country) => true,
                Some(RegionLevel::Province) => {
                    compared(parts.province).is_none_or(|name| same_province(&name, word))
                }
                Some(RegionLevel::District) => match compared(parts.district) {
                    Some(name) if !is_code(&name) => same_region(&name, word),
                    _ => may_be_district(around.district, word),
                },
                _ => false,
            };
            let fits = fits || is_detail(word) || beside.contains(word) || {
                let mut name = String::new();
                normalize(&named.name(row).ko, &mut name);
                name.contains(word)
            };
            if !fits {
                return None;
            }
        }
        let lies_in = |(word, areas): &(&str, Vec<usize>)| {
            let own = compared(parts.dong).or_else(|| self.lots_of.map(str::to_owned));
            own.is_some_and(|own| own == *word || is_family(word, &own))
                || named.middle(row).is_some_and(|at| around.areas.hold(areas, at))
        };
        Some(!self.dongs.is_empty() && self.dongs.iter().all(lies_in))
    }
}

/// Whether a district's text is its code.
fn is_code(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a column's province is the one that was typed: 서울 is 서울특별시, 충남 is 충청남도.
fn same_province(name: &str, word: &str) -> bool {
    let short = |name: &str| -> String {
        let ends = ["특별자치시", "특별자치도", "특별시", "광역시", "시", "도"];
        let stem = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let letters: Vec<char> = stem.chars().collect();
        match letters[..] {
            [first, _, last] => [first, last].iter().collect(),
            _ => stem.to_owned(),
        }
    };
    short(name) == short(word)
}

/// Whether a city, county or district may be the one that the catalog is of: another one of
/// the same level is not.
fn may_be_district(district: &Text, word: &str) -> bool {
    let end = word.chars().next_back();
    let mut names = district.ko.split_whitespace();
    names.all(|name| {
        let mut compared = String::new();
        normalize(name, &mut compared);
        compared.chars().next_back() != end || compared == word || name.len() <= '구'.len_utf8()
    })
}

impl HouseNumber {
    fn in_english(self) -> String {
        let level = match self.level {
            Level::Ground => "",
            Level::Underground => "underground ",
            Level::Overhead => "overhead ",
            Level::Mountain => "mountain ",
        };
        format!("{level}{}", Self { level: Level::Ground, ..self })
    }
}
