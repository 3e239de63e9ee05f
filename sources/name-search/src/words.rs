//! Query words that match a feature's kind or area instead of its name.

use super::areas::{AreaFilter, HoldingAreas, NamedAreas, is_family};
use super::layer::NamedLayer;
use super::named::{NamedFeatures, WordColumn};
use super::text::{MatchRank, SearchPattern, SearchQuery, WordSet, normalize};
use catalog::LocalizedText;
use data_model::feature::AttributeValue;

/// Words of a query that name areas or the district.
pub(super) struct PlaceWords {
    all: WordSet,
    /// The words that name areas, each with a filter for the features in these areas.
    named: Vec<(WordSet, AreaFilter)>,
    in_areas: WordSet,
    /// The words that name the district, which all features match.
    district: WordSet,
}

impl PlaceWords {
    pub(super) fn new(query: &SearchQuery, areas: &NamedAreas, district: &LocalizedText) -> Self {
        let mut named = Vec::new();
        for (bit, word) in query.texts() {
            let of_word = areas.named(word);
            if !of_word.is_empty() {
                named.push((bit, areas.filter(&of_word)));
            }
        }
        let title = |text: &str| {
            let mut name = String::new();
            normalize(text, &mut name);
            name
        };
        let titles = [title(&district.ko), title(&district.en)];
        let is_district = |word: &str| titles.iter().any(|title| title == word);
        let district = query.texts().filter(|(_, word)| is_district(word));
        let district = district.fold(0, |bits, (bit, _)| bits | bit);
        let in_areas = named.iter().fold(0, |bits, (bit, _)| bits | bit);
        Self { all: query.all_words(), named, in_areas, district }
    }

    /// Match rank of a name that contains the words `inside`, while its context contains
    /// `beside`.
    pub(super) fn fit(&self, inside: WordSet, beside: WordSet) -> Option<MatchRank> {
        self.fit_in(inside, beside, 0, |_| 0)
    }

    /// Match rank of a feature's name.
    ///
    /// The words `in_dong` name the feature's dong by a column; `lies_in` returns those of
    /// the missing words that name areas around the feature.
    fn fit_in(
        &self,
        inside: WordSet,
        beside: WordSet,
        in_dong: WordSet,
        lies_in: impl Fn(WordSet) -> WordSet,
    ) -> Option<MatchRank> {
        let in_areas = self.in_areas | in_dong;
        if self.all == 0 {
            return None;
        }
        let mut missing = self.all & !(inside | beside);
        if missing == 0 && inside != 0 {
            return Some(if inside == self.all { MatchRank::Words } else { MatchRank::Beside });
        }
        let everywhere = self.district & missing;
        // Area words alone name the areas themselves, not all features in them.
        if missing & !(in_areas | everywhere) != 0 || inside | beside == 0 {
            return None;
        }
        missing &= !everywhere;
        // A title may contain an area's name; the word counts for the area all the same.
        let asked = if inside == 0 { (missing | beside) & in_areas } else { missing };
        let around = lies_in(asked);
        if missing & !around != 0 || inside == 0 && (around | everywhere) == 0 {
            return None;
        }
        let others = self.all & !around & !everywhere;
        let of_kind = others & !beside == 0 && around != 0;
        (others != 0).then_some(if of_kind { MatchRank::KindInArea } else { MatchRank::Beside })
    }

    /// The words among `words` that name areas containing the middle of a feature.
    fn around(&self, words: WordSet, holding: &HoldingAreas, row: usize) -> WordSet {
        let asked = self.named.iter().filter(|(bit, _)| bit & words != 0);
        let holding = asked.filter(|(_, areas)| areas.holds(holding, row));
        holding.fold(0, |bits, (bit, _)| bits | bit)
    }
}

/// Words of a query that match texts of a layer's features beside their names.
pub(super) struct TableWords<'i> {
    named: &'i NamedFeatures,
    holding: &'i HoldingAreas,
    /// The words that the titles of the layer or the dataset contain.
    titles: WordSet,
    columns: Vec<ColumnWords>,
}

/// Words of a query by value of a column.
struct ColumnWords {
    column: usize,
    is_dong: bool,
    first: u32,
    words: Vec<WordSet>,
}

impl<'i> TableWords<'i> {
    pub(super) fn new(query: &SearchQuery, layer: &'i NamedLayer, places: &PlaceWords) -> Self {
        let (named, holding) = (&layer.named, &layer.holding);
        let titles = query.words_in(&layer.titles);
        let columns: Vec<ColumnWords> = if places.all == 0 {
            Vec::new()
        } else {
            let columns = named.word_columns.iter();
            let columns = columns.map(|column| ColumnWords::new(query, named, column));
            columns.filter(|column| column.words.iter().any(|&words| words != 0)).collect()
        };
        Self { named, holding, titles, columns }
    }

    /// Match rank of a row's name that contains the words `inside`.
    pub(super) fn fit(
        &self,
        inside: WordSet,
        row: usize,
        places: &PlaceWords,
    ) -> Option<MatchRank> {
        let (mut beside, mut in_dong) = (self.titles, 0);
        for column in &self.columns {
            let words = column.of(self.named.value_id(column.column, row));
            if column.is_dong { in_dong |= words } else { beside |= words }
        }
        places.fit_in(inside, beside, in_dong, |words| {
            words & in_dong | places.around(words & !in_dong, self.holding, row)
        })
    }
}

impl ColumnWords {
    fn new(query: &SearchQuery, named: &NamedFeatures, column: &WordColumn) -> Self {
        let mut first = 0;
        let mut words = Vec::new();
        for (id, value) in named.distinct(column.column) {
            if words.is_empty() {
                first = id;
            }
            let AttributeValue::Text(stored) = value else {
                words.push(0);
                continue;
            };
            let declared = column.values.iter().find(|(value, _)| value == stored);
            let mut plain = String::new();
            let text = match declared {
                Some((_, text)) => text.as_str(),
                None => {
                    normalize(stored, &mut plain);
                    plain.as_str()
                }
            };
            words.push(query.words_that(|word| {
                let family = match word {
                    SearchPattern::Text(word) => column.is_dong && is_family(word, text),
                    SearchPattern::Initials(_) => false,
                };
                family || word.fits(text).is_some()
            }));
        }
        Self { column: column.column, is_dong: column.is_dong, first, words }
    }

    fn of(&self, id: u32) -> WordSet {
        let index = id.checked_sub(self.first).map(|index| index as usize);
        index.and_then(|index| self.words.get(index)).copied().unwrap_or_default()
    }
}
