//! Words typed beside a road or dong and its number.

use super::areas::{AreaFilter, NamedAreas, is_family};
use super::layer::NamedLayer;
use super::names::NameList;
use super::streets::{AddressEntry, AddressStreet};
use super::typed_words::{RegionLevel, TypedWord, is_detail, same_region};

/// Texts to match the words beside road and number with.
pub(super) struct ContextTexts<'a> {
    pub(super) layers: &'a [NamedLayer],
    pub(super) names: &'a NameList,
    pub(super) areas: &'a NamedAreas,
    /// The normalized words of the district's name.
    pub(super) district: &'a [String],
}

/// A word beside road and number, and its possible meanings.
pub(super) struct OtherWord {
    text: String,
    in_brackets: bool,
    level: Option<RegionLevel>,
    is_detail: bool,
    /// The areas that the word names, if it may be a dong.
    dong: Option<AreaFilter>,
}

impl OtherWord {
    pub(super) fn new(word: &TypedWord, areas: &NamedAreas) -> Self {
        let (level, is_detail) = (RegionLevel::of(&word.text), is_detail(&word.text));
        let named = areas.named(&word.text);
        let is_dong = level == Some(RegionLevel::Dong) && !is_detail || !named.is_empty();
        Self {
            text: word.text.clone(),
            in_brackets: word.in_brackets,
            level,
            is_detail,
            dong: is_dong.then(|| areas.filter(&named)),
        }
    }

    /// Whether the word continues a road's name behind a number, as in 54 길.
    fn goes_on(&self) -> bool {
        matches!(self.text.as_str(), "길" | "번길" | "가길")
    }

    /// Whether the word matches an address.
    fn is_of(&self, address: &Address<'_>) -> bool {
        let Address { layer, row, lots_of, around } = *address;
        let named = &layer.named;
        if let Some(areas) = &self.dong {
            let own = layer.dong.as_ref().and_then(|dong| dong.text(named, row)).or(lots_of);
            return own.is_some_and(|own| own == self.text || is_family(&self.text, own))
                || areas.holds(&layer.holding, row);
        }
        let is_region = match self.level {
            Some(RegionLevel::Country) => true,
            Some(RegionLevel::Province) => {
                let name = layer.province.as_ref().and_then(|column| column.text(named, row));
                name.is_none_or(|name| same_province(name, &self.text))
            }
            Some(RegionLevel::District) => {
                match layer.district.as_ref().and_then(|column| column.text(named, row)) {
                    Some(name) if !is_code(name) => same_region(name, &self.text),
                    _ => may_be_district(around.district, &self.text),
                }
            }
            _ => false,
        };
        is_region
            || self.is_detail
            || layer.titles.contains(&self.text)
            || layer.compared_name(row, around.names).contains(&self.text)
    }
}

/// An address to match words with.
struct Address<'a> {
    layer: &'a NamedLayer,
    row: usize,
    /// The dong that the lot belongs to; `None` for addresses by road.
    lots_of: Option<&'a str>,
    around: &'a ContextTexts<'a>,
}

/// The words beside one reading of road and number.
pub(super) struct OtherWords<'w> {
    before: &'w [OtherWord],
    behind: &'w [OtherWord],
    lots_of: Option<&'w str>,
    /// Whether the whole name of the road or dong was typed.
    is_whole: bool,
}

impl<'w> OtherWords<'w> {
    pub(super) fn new(
        before: &'w [OtherWord],
        behind: &'w [OtherWord],
        street: &'w AddressStreet,
        is_whole: bool,
    ) -> Self {
        let lots_of = street.has_lots.then_some(street.name.as_str());
        Self { before, behind, lots_of, is_whole }
    }

    /// Number of ignorable words that an address does not match; `None` if it does not
    /// match a required word.
    ///
    /// A dong is ignorable, as roads go through several, and the names of two divisions are
    /// confused. So are words in brackets. With a whole road name and number (`is_exact`),
    /// all words are ignorable but regions before the road: floors, companies and buildings
    /// may be missing from the data.
    pub(super) fn missing(
        &self,
        entry: &AddressEntry,
        is_exact: bool,
        around: &ContextTexts<'_>,
    ) -> Option<usize> {
        let layer = around.layers.get(entry.of as usize)?;
        let lots_of = self.lots_of;
        let address = Address { layer, row: entry.row as usize, lots_of, around };
        let mut missing = 0;
        let before = self.before.iter().map(|word| (word, word.level.is_none()));
        let behind = self.behind.iter().map(|word| (word, true));
        for (word, may_miss) in before.chain(behind) {
            if word.is_of(&address) {
                continue;
            }
            let by_number = is_exact && self.is_whole && may_miss && !word.goes_on();
            if !(word.dong.is_some() || word.in_brackets || by_number) {
                return None;
            }
            missing += 1;
        }
        Some(missing)
    }

    /// Whether there are words that may distinguish addresses.
    pub(super) fn tell_apart(&self) -> bool {
        !self.before.is_empty() || !self.behind.is_empty()
    }
}

/// Whether a district column's text is a code.
fn is_code(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a province column's text is the typed province: 서울 is 서울특별시, 충남 is 충청남도.
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

/// Whether a typed city, county or district may be the catalog's; another name of the same
/// level may not.
fn may_be_district(district: &[String], word: &str) -> bool {
    let end = word.chars().next_back();
    district.iter().all(|name| {
        name.chars().next_back() != end || name == word || name.len() <= '구'.len_utf8()
    })
}
