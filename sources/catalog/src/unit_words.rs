//! Words of units, as people read them in both languages.

use crate::LocalizedText;

/// Units as a catalog spells them, in lower case, with their Korean and English words.
const UNIT_WORDS: &[(&str, &str, &str)] = &[
    ("persons", "명", "persons"),
    ("person", "명", "person"),
    ("households", "세대", "households"),
    ("household", "세대", "household"),
    ("children", "명", "children"),
    ("floors", "층", "floors"),
    ("buildings", "동", "buildings"),
    ("dwellings", "호", "dwellings"),
    ("units", "대", "units"),
    ("unit", "대", "unit"),
    ("spaces", "면", "spaces"),
    ("places", "개소", "places"),
    ("place", "자리", "place"),
    ("seats", "석", "seats"),
    ("seat", "석", "seat"),
    ("beds", "병상", "beds"),
    ("classes", "학급", "classes"),
    ("class", "학급", "class"),
    ("courses", "강좌", "courses"),
    ("volumes", "권", "volumes"),
    ("docks", "개", "docks"),
    ("dock", "거치대", "dock"),
    ("lanes", "차로", "lanes"),
    ("lane", "차로", "lane"),
    ("routes", "개 노선", "routes"),
    ("vehicles", "대", "vehicles"),
    ("trips", "회", "trips"),
    ("trees", "그루", "trees"),
    ("cases", "건", "cases"),
    ("accidents", "건", "accidents"),
    ("complaints", "건", "complaints"),
    ("reports", "건", "reports"),
    ("deals", "건", "deals"),
    ("dispatches", "건", "dispatches"),
    ("calls", "건", "calls"),
    ("posts", "건", "posts"),
    ("transactions", "건", "transactions"),
    ("projects", "건", "projects"),
    ("docs", "건", "documents"),
    ("tests", "건", "tests"),
    ("premises", "개소", "premises"),
    ("facilities", "개소", "facilities"),
    ("establishments", "개소", "establishments"),
    ("establishment", "개소", "establishment"),
    ("stores", "개소", "stores"),
    ("shops", "개소", "shops"),
    ("merchants", "개소", "merchants"),
    ("factories", "개소", "factories"),
    ("academies", "개소", "academies"),
    ("crosswalks", "개소", "crosswalks"),
    ("centres", "개소", "centres"),
    ("centre", "개소", "centre"),
    ("sites", "개소", "sites"),
    ("spots", "곳", "spots"),
    ("firms", "개사", "firms"),
    ("years", "년", "years"),
    ("months", "개월", "months"),
    ("days", "일", "days"),
    ("hours", "시간", "hours"),
    ("minutes", "분", "minutes"),
    ("year", "년", "year"),
    ("month", "월", "month"),
    ("day", "일", "day"),
    ("hour", "시간", "hour"),
    ("min", "분", "min"),
    ("s", "초", "s"),
    ("won", "원", "won"),
    ("krw", "원", "won"),
    ("10,000 krw", "만 원", "×10,000 won"),
    ("1,000,000 krw", "백만 원", "million won"),
    ("points", "점", "points"),
    ("ratio", "배", "ratio"),
    ("persons/person", "배", "persons/person"),
    ("buildings*m", "동·m", "buildings·m"),
    ("10k px", "만 화소", "×10,000 pixels"),
    ("0-100", "점(0–100)", "(0–100)"),
    ("1-5", "점(1–5)", "(1–5)"),
    ("-1..1", "(−1~1)", "(−1 to 1)"),
    ("0-23", "시", "h"),
    ("per 1,000", "천당", "per 1,000"),
    ("per 1,000 residents", "주민 천 명당", "per 1,000 residents"),
    ("per 1,000 children", "아동 천 명당", "per 1,000 children"),
    ("per 1,000 pedestrians", "보행자 천 명당", "per 1,000 pedestrians"),
    ("per 1,000 households", "천 세대당", "per 1,000 households"),
    ("per 100 women", "여성 백 명당", "per 100 women"),
    ("%", "%", "%"),
    ("%p", "%p", "%p"),
    ("mm", "mm", "mm"),
    ("cm", "cm", "cm"),
    ("m", "m", "m"),
    ("km", "km", "km"),
    ("100 m", "100 m", "100 m"),
    ("kg", "kg", "kg"),
    ("t", "t", "t"),
    ("w", "W", "W"),
    ("kw", "kW", "kW"),
    ("db", "dB", "dB"),
    ("lx", "lx", "lx"),
    ("gb", "GB", "GB"),
    ("h", "h", "h"),
    ("m2", "m²", "m²"),
    ("km2", "km²", "km²"),
    ("m3", "m³", "m³"),
    ("ug", "µg", "µg"),
    ("degc", "°C", "°C"),
];

/// Words of a unit, such as `명/km²` and `persons/km²` of `persons/km2`.
///
/// `None` for a unit with an unknown part, which is shown as the catalog spells it.
#[must_use]
pub fn unit_words(unit: &str) -> Option<LocalizedText> {
    let name = unit.to_lowercase();
    if let Some(words) = words_of(&name) {
        return Some(words);
    }
    if let Some(total) = name.strip_prefix("of ").filter(|total| total.parse::<u64>().is_ok()) {
        return Some(LocalizedText {
            ko: format!("개({total}개 중)"), en: format!("of {total}")
        });
    }
    let parts: Vec<LocalizedText> = name.split('/').map(words_of).collect::<Option<_>>()?;
    let join =
        |word: fn(&LocalizedText) -> &str| parts.iter().map(word).collect::<Vec<_>>().join("/");
    Some(LocalizedText { ko: join(|part| &part.ko), en: join(|part| &part.en) })
}

fn words_of(name: &str) -> Option<LocalizedText> {
    let (_, ko, en) = UNIT_WORDS.iter().find(|(unit, ..)| *unit == name)?;
    Some(LocalizedText { ko: (*ko).to_owned(), en: (*en).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use rstest::rstest;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[rstest]
    #[case("persons/km2", "명/km²", "persons/km²")]
    #[case("10,000 KRW/m2", "만 원/m²", "×10,000 won/m²")]
    #[case("kg/person/day", "kg/명/일", "kg/person/day")]
    #[case("per 1,000 residents", "주민 천 명당", "per 1,000 residents")]
    #[case("of 47", "개(47개 중)", "of 47")]
    fn units_have_words(#[case] unit: &str, #[case] ko: &str, #[case] en: &str) {
        let words = LocalizedText { ko: ko.to_owned(), en: en.to_owned() };
        assert_eq!(unit_words(unit), Some(words));
    }

    #[rstest]
    #[case("parsecs")]
    #[case("persons/parsec")]
    #[case("")]
    fn other_units_have_none(#[case] unit: &str) {
        assert_eq!(unit_words(unit), None);
    }

    #[test]
    fn every_unit_of_the_shipped_catalog_has_words() {
        let catalog = Catalog::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let columns = catalog.datasets.iter().flat_map(|dataset| {
            dataset.columns.iter().chain(dataset.values.iter().flat_map(|values| &values.columns))
        });
        let measures = catalog.layers.iter().flat_map(|layer| {
            let sets = layer.content.measures().into_iter().chain(&layer.public_form);
            sets.flat_map(|set| &set.measures)
        });
        let units: BTreeSet<&str> = columns
            .filter_map(|column| column.unit.as_deref())
            .chain(measures.filter_map(|measure| measure.unit.as_deref()))
            .collect();
        assert!(units.len() > 90, "{}", units.len());
        let unknown: Vec<_> = units.iter().filter(|unit| unit_words(unit).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
