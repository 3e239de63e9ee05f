//! Addresses of features: road and building number, or legal dong and lot.

use unicode_normalization::UnicodeNormalization;

use super::address_parts::AddressParts;
use super::house_number::{HouseNumber, NumberSeries, is_kept};
use super::named::NamedFeatures;

impl AddressParts {
    /// A feature's road and building number; `None` if it has no road.
    pub(super) fn on_road(
        &self,
        named: &NamedFeatures,
        row: usize,
    ) -> Option<(String, HouseNumber)> {
        let road = named.text(self.road?, row)?;
        let road = road.trim();
        let number = self.number_of(named, row, self.number, self.sub_number);
        let flag = self.underground.and_then(|column| named.text(column, row));
        let number = with_level(number.unwrap_or(HouseNumber::NONE), flag.as_deref(), false);
        (!road.is_empty()).then(|| (road.to_owned(), number))
    }

    /// A building number as stored, such as `12A` or `10–19`; `None` if a [`HouseNumber`]
    /// represents it fully.
    pub(super) fn written_number(&self, named: &NamedFeatures, row: usize) -> Option<String> {
        let text = |column: Option<usize>| Some(compared(&named.text(column?, row)?));
        let main = text(self.number).filter(|main| !main.is_empty())?;
        let sub = text(self.sub_number).filter(|sub| !sub.is_empty());
        if is_kept(&main) && sub.as_deref().is_none_or(is_kept) {
            return None;
        }
        let sub = sub.filter(|sub| HouseNumber::parse(sub) != Some(HouseNumber::NONE));
        Some(sub.map_or_else(|| main.clone(), |sub| format!("{main}-{sub}")))
    }

    /// A feature's lot and the name of its legal dong, if a column has one; `None` if it
    /// has no lot.
    pub(super) fn in_dong(
        &self,
        named: &NamedFeatures,
        row: usize,
    ) -> Option<(Option<String>, HouseNumber)> {
        let lot = named.text(self.lot?, row)?;
        let own = self.dong.and_then(|column| named.text(column, row));
        let flag = self.mountain.and_then(|column| named.text(column, row));
        if let Some(number) = self.number_of(named, row, self.lot, self.sub_lot) {
            return Some((own, with_level(number, flag.as_deref(), true)));
        }
        // 성수동1가 656-3 in one column.
        let (dong, number) = lot.trim().rsplit_once(char::is_whitespace)?;
        let number = HouseNumber::parse(&compared(number))?;
        let dong = dong.trim();
        let (dong, mountain) = match dong.strip_suffix(" 산") {
            Some(dong) => (dong, Some("산")),
            None => (dong, flag.as_deref()),
        };
        Some((own.or_else(|| Some(dong.to_owned())), with_level(number, mountain, true)))
    }

    fn number_of(
        &self,
        named: &NamedFeatures,
        row: usize,
        main: Option<usize>,
        sub: Option<usize>,
    ) -> Option<HouseNumber> {
        let number = HouseNumber::parse(&compared(&named.text(main?, row)?))?;
        let sub = sub.and_then(|column| HouseNumber::parse(&compared(&named.text(column, row)?)));
        Some(HouseNumber { sub: sub.map_or(number.sub, |sub| sub.main), ..number })
    }
}

fn with_level(number: HouseNumber, flag: Option<&str>, mountain: bool) -> HouseNumber {
    let level = flag.map_or(NumberSeries::Ground, |flag| NumberSeries::from_flag(flag, mountain));
    if level == NumberSeries::Ground { number } else { HouseNumber { level, ..number } }
}

/// A number's text in NFKC form without white space.
fn compared(text: &str) -> String {
    text.nfkc().filter(|letter| !letter.is_whitespace()).collect()
}
