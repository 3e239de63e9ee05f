//! Words that were typed beside a road or dong and its number.

use super::areas::{AreaFilter, Areas, is_family};
use super::layer::NamedLayer;
use super::names::NameList;
use super::streets::{Entry, Street};
use super::typed_words::{RegionLevel, TypedWord, is_detail, same_region};

/// Texts that the words beside road and number are compared with.
pub(super) struct Surroundings<'a> {
    pub(super) layers: &'a [NamedLayer],
    pub(super) names: &'a NameList,
    pub(super) areas: &'a Areas,
    /// The words of the district's name as they are compared.
    pub(super) district: &'a [String],
}

/// A word beside road and number, and its possible meanings.
pub(super) struct OtherWord {
    text: String,
    in_brackets: bool,
    level: Option<RegionLevel>,
    is_detail: bool,
    /// The areas that it names, where it names a dong.
    dong: Option<AreaFilter>,
}

impl OtherWord {
    pub(super) fn new(word: &TypedWord, areas: &Areas) -> Self {
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

    /// Whether it begins a part of a road's name that goes on behind a number: 54 길.
    fn goes_on(&self) -> bool {
        matches!(self.text.as_str(), "길" | "번길" | "가길")
    }

    /// Whether an address has it.
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

/// An address that words are held against.
struct Address<'a> {
    layer: &'a NamedLayer,
    row: usize,
    /// The dong whose lot it is.
    lots_of: Option<&'a str>,
    around: &'a Surroundings<'a>,
}

/// The words beside one reading of a road and a number.
pub(super) struct OtherWords<'w> {
    before: &'w [OtherWord],
    behind: &'w [OtherWord],
    lots_of: Option<&'w str>,
    /// Whether the road's or dong's whole name was typed.
    is_whole: bool,
}

impl<'w> OtherWords<'w> {
    pub(super) fn new(
        before: &'w [OtherWord],
        behind: &'w [OtherWord],
        street: &'w Street,
        is_whole: bool,
    ) -> Self {
        let lots_of = street.has_lots.then_some(street.name.as_str());
        Self { before, behind, lots_of, is_whole }
    }

    /// The number of words that an address does not have and that may be passed over;
    /// `None` where it lacks one that may not.
    ///
    /// A dong may: roads go through several, and the names of two divisions are mixed up.
    /// What stands in brackets may. With a whole road and number (`is_exact`) all may that is
    /// no region before the road: floors, companies and buildings that the data does not know.
    pub(super) fn missing(
        &self,
        entry: &Entry,
        is_exact: bool,
        around: &Surroundings<'_>,
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

    /// Whether some word may be one that not every address has.
    pub(super) fn tell_apart(&self) -> bool {
        !self.before.is_empty() || !self.behind.is_empty()
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
fn may_be_district(district: &[String], word: &str) -> bool {
    let end = word.chars().next_back();
    district.iter().all(|name| {
        name.chars().next_back() != end || name == word || name.len() <= '구'.len_utf8()
    })
}
