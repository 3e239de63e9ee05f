//! Addresses by road, or by legal dong, and number.

use std::collections::HashMap;
use std::ops::Range;

use super::areas::NamedAreas;
use super::house_number::HouseNumber;
use super::layer::NamedLayer;
use super::named::NamedFeatures;
use super::text::normalize;
use catalog::LocalizedText;

/// Addresses by road or legal dong, in the order of their numbers; 20 bytes an address.
#[derive(Debug, Default)]
pub(super) struct AddressIndex {
    list: Vec<AddressStreet>,
    by_name: HashMap<String, Vec<u32>>,
    pub(super) entries: Vec<AddressEntry>,
}

/// A road, or a legal dong with its lots.
#[derive(Debug)]
pub(super) struct AddressStreet {
    title: LocalizedText,
    /// The normalized name.
    pub(super) name: String,
    pub(super) has_lots: bool,
    /// Range of its addresses among the entries.
    pub(super) entries: Range<usize>,
}

/// An address of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AddressEntry {
    street: u32,
    pub(super) number: HouseNumber,
    /// Position of the layer among the named layers; `row` is the feature's row.
    pub(super) of: u32,
    pub(super) row: u32,
}

impl AddressIndex {
    /// Adds the addresses of a layer; `of` is its position among the named layers.
    pub(super) fn add(&mut self, layer: &NamedLayer, of: u32, areas: &NamedAreas) {
        let named = &layer.named;
        let Some(parts) = &named.address else { return };
        for row in named.rows() {
            let mut add = |title: &str, english: &str, has_lots, number| {
                let street = self.street(title, english, has_lots);
                self.entries.push(AddressEntry { street, number, of, row: row as u32 });
            };
            if let Some((road, number)) = parts.on_road(named, row) {
                add(&road, &named.english(row), false, number);
            }
            if let Some((dong, number)) = parts.in_dong(named, row) {
                let around = || areas.title_around(&layer.holding, row).map(str::to_owned);
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
        // 3·1로 and 31로 are compared alike, and are two roads.
        let is_same = |street: &AddressStreet| {
            street.has_lots == has_lots && is_one_name(&street.title.ko, title)
        };
        let known = same.iter().find(|&&at| list.get(at as usize).is_some_and(is_same));
        if let Some(&known) = known {
            return known;
        }
        let at = list.len() as u32;
        let en = if english.is_empty() { title } else { english };
        let title = LocalizedText { ko: title.to_owned(), en: en.to_owned() };
        list.push(AddressStreet { title, name, has_lots, entries: 0..0 });
        same.push(at);
        let mut name = String::new();
        normalize(english, &mut name);
        if !name.is_empty() {
            self.by_name.entry(name).or_default().push(at);
        }
        at
    }

    /// Sorts the addresses; required before a search.
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

    /// Title of an address, such as `뚝섬로54길 14-3`; `written` replaces a building number
    /// that is not fully represented.
    pub(super) fn title(
        &self,
        entry: &AddressEntry,
        written: Option<&str>,
    ) -> Option<LocalizedText> {
        let street = self.list.get(entry.street as usize)?;
        let written = written.filter(|_| !street.has_lots);
        let number = written.map_or_else(|| entry.number.to_string(), str::to_owned);
        let in_english = written.map_or_else(|| entry.number.in_english(), str::to_owned);
        let join = |name: &str, number: &str| match (name, number) {
            (name, "") => name.to_owned(),
            ("", number) => number.to_owned(),
            (name, number) => format!("{name} {number}"),
        };
        let ko = join(&street.title.ko, &number);
        let en = if street.title.en == street.title.ko {
            ko.clone()
        } else {
            join(&street.title.en, &in_english)
        };
        Some(LocalizedText { ko, en })
    }

    pub(super) fn entry(&self, at: usize) -> Option<&AddressEntry> {
        self.entries.get(at)
    }

    /// The address of a feature on a road; `None` if it has none.
    pub(super) fn of_feature(
        &self,
        named: &NamedFeatures,
        of: u32,
        row: usize,
    ) -> Option<AddressEntry> {
        let parts = named.address.as_ref()?;
        let (name, number) = parts.on_road(named, row)?;
        let mut compared = String::new();
        normalize(&name, &mut compared);
        let is_it =
            |street: &AddressStreet| !street.has_lots && is_one_name(&street.title.ko, &name);
        let mut same = self.of_name(&compared).iter().copied();
        let street = same.find(|&at| self.list.get(at as usize).is_some_and(is_it))?;
        Some(AddressEntry { street, number, of, row: row as u32 })
    }

    /// All roads, and legal dongs with their lots.
    pub(super) fn list(&self) -> &[AddressStreet] {
        &self.list
    }

    /// Positions in the list of the streets with a normalized name.
    pub(super) fn of_name(&self, name: &str) -> &[u32] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Whether two titles differ in white space only.
fn is_one_name(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| -> String { text.split_whitespace().collect() };
    one == other || letters(one) == letters(other)
}
