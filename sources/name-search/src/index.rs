//! Index of names and addresses for one audience.

use std::collections::BTreeSet;

use super::areas::NamedAreas;
use super::layer::{NamedLayer, title_lines};
use super::named::{NamedFeatures, union_parts};
use super::names::{NameList, NameOf, OwnedName};
use super::other_words::ContextTexts;
use super::search_result::{HitKind, SearchResult, TellableHit};
use super::streets::{AddressEntry, AddressIndex};
use super::text::{MatchRank, SearchQuery, normalize};
use super::typed_words::without_brackets;
use super::words::{PlaceWords, TableWords};
use catalog::{Dataset, LocalizedText, Sensitivity};
use data_library::Snapshot;
use data_model::Audience;

/// Names and addresses that one audience may find.
///
/// Takes about 60 bytes a name. A search scans all names, which takes about a millisecond
/// for fifty thousand names and each word.
#[derive(Debug, Default)]
pub struct SearchIndex {
    names: NameList,
    /// Titles of layers and datasets.
    titles: Vec<(String, LocalizedText)>,
    /// Layers with named features.
    layers: Vec<NamedLayer>,
    /// Normalized title lines, by title; words may match either language.
    title_lines: Vec<String>,
    /// Addresses by road and building number.
    streets: AddressIndex,
    /// Areas for searching places.
    areas: NamedAreas,
    /// The district's name.
    district: LocalizedText,
    district_words: Vec<String>,
}

impl SearchIndex {
    /// Indexes the names in a snapshot for one audience.
    ///
    /// Reads every named feature: tens of milliseconds for a district.
    #[must_use]
    pub fn new(snapshot: &Snapshot, audience: Audience) -> Self {
        let catalog = snapshot.catalog();
        let district = catalog.district.title.clone();
        let compared = |word: &str| {
            let mut text = String::new();
            normalize(word, &mut text);
            text
        };
        let district_words = district.ko.split_whitespace().map(compared).collect();
        let mut index = Self { district, district_words, ..Self::default() };
        index.add_areas(snapshot, audience);
        let mut datasets = BTreeSet::new();
        // Absent layers are indexed once their data is there.
        let layers = || snapshot.layers(audience).filter(|layer| !layer.is_absent());
        for layer in layers() {
            index.add_title(HitKind::Map, layer.id.as_str(), &layer.title);
            let declared = catalog.layer(layer.id.as_str());
            let made_from = declared.map_or(&[][..], |layer| &layer.datasets);
            datasets.extend(made_from.iter().map(data_model::DatasetId::as_str));
        }
        // Only features that a layer publishes unchanged have names, not measures. A layer of a
        // single dataset comes before unions with the dataset.
        let mut named = BTreeSet::new();
        let alone = |layer: &&_| union_parts(catalog, layer).is_none();
        let unions = layers().filter(|layer| !alone(layer));
        for layer in layers().filter(alone).chain(unions) {
            let parts = union_parts(catalog, layer).unwrap_or_default();
            let own = parts.is_empty().then_some(&layer.dataset);
            for id in own.into_iter().chain(parts.iter().map(|part| &part.dataset)) {
                let Some(dataset) = catalog.dataset(id.as_str()) else { continue };
                let area = catalog.district.stats_areas.as_ref() == Some(&dataset.id);
                let address = catalog.district.addresses.as_ref() == Some(&dataset.id);
                let kind = match (area, address) {
                    (true, _) => HitKind::Area,
                    (_, true) => HitKind::Address,
                    _ => HitKind::Place,
                };
                if !named.contains(&dataset.id)
                    && let Some(features) = NamedFeatures::new(layer, dataset, catalog)
                {
                    index.add_features(kind, features, [&layer.title, &dataset.title]);
                    named.insert(&dataset.id);
                }
            }
        }
        for id in datasets {
            let dataset = catalog.dataset(id);
            // The public sees only measures of datasets that are for staff as stored.
            let is_visible = |dataset: &&Dataset| {
                audience == Audience::Staff || dataset.sensitivity == Sensitivity::Public
            };
            if let Some(dataset) = dataset.filter(is_visible) {
                index.add_title(HitKind::Dataset, id, &dataset.title);
            }
        }
        index.streets.finish();
        index
    }

    /// Adds the district's search areas that are visible to the audience.
    fn add_areas(&mut self, snapshot: &Snapshot, audience: Audience) {
        let catalog = snapshot.catalog();
        let district = &catalog.district;
        let mut added = BTreeSet::new();
        for id in district.search_areas.iter().chain(&district.stats_areas) {
            let Some(dataset) = catalog.dataset(id.as_str()) else { continue };
            let holds = |layer: &&data_library::PublishedLayer| match union_parts(catalog, layer) {
                None => layer.dataset == *id,
                Some(parts) => parts.iter().any(|part| part.dataset == *id),
            };
            let mut named = snapshot.layers(audience).filter(holds);
            if added.insert(id)
                && let Some(named) =
                    named.find_map(|layer| NamedFeatures::new(layer, dataset, catalog))
            {
                self.areas.add(named);
            }
        }
    }

    fn add_title(&mut self, kind: HitKind, id: &str, title: &LocalizedText) {
        let owner = NameOf { kind, of: self.titles.len() as u32, row: 0 };
        self.names.add(&title.ko, owner, false);
        self.names.add(&title.en, owner, false);
        if kind == HitKind::Map {
            self.names.add(id, owner, true);
        }
        self.titles.push((id.to_owned(), title.clone()));
        self.title_lines.push(title_lines([title]));
    }

    fn add_features(
        &mut self,
        kind: HitKind,
        features: NamedFeatures,
        titles: [&LocalizedText; 2],
    ) {
        let of = self.layers.len() as u32;
        let holding = self.areas.holding(&features);
        let mut layer = NamedLayer::new(features, kind, titles, holding);
        let rows: Vec<usize> = layer.named.rows().collect();
        for row in rows {
            let name = layer.named.name(row);
            let owner = NameOf { kind, of, row: row as u32 };
            layer.keep_name(row, self.names.add(&name.ko, owner, false));
            if name.en != name.ko {
                self.names.add(&name.en, owner, false);
            }
            // Statistics print the codes of areas; nothing prints those of other features.
            if kind == HitKind::Area {
                for code in layer.named.codes(row) {
                    self.names.add(code, owner, true);
                }
            }
        }
        self.streets.add(&layer, of, &self.areas);
        self.layers.push(layer);
    }

    /// Finds the best matches for a typed text, at most `most`.
    ///
    /// Whole names come before prefixes before substrings, shorter ones first; then names
    /// that contain each word, or whose layer's or dataset's title does. A name at many
    /// positions is found once.
    #[must_use]
    pub fn find(&self, typed: &str, most: usize) -> Vec<SearchResult> {
        let hits = self.find_all_of(typed, most);
        if !hits.is_empty() {
            return hits;
        }
        // A remark in brackets that no name holds does not end the search.
        let plain = without_brackets(typed);
        plain.map_or_else(Vec::new, |plain| self.find_all_of(&plain, most))
    }

    fn find_all_of(&self, typed: &str, most: usize) -> Vec<SearchResult> {
        let Some(query) = SearchQuery::new(typed) else { return Vec::new() };
        let mut found = self.named(&query);
        if let Some(query) = self.areas.parted(typed).as_deref().and_then(SearchQuery::new) {
            found.extend(self.named(&query));
        }
        found.extend(self.addresses(typed, most));
        found.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut hits: Vec<TellableHit> = Vec::new();
        for hit in found.iter().filter_map(|found| self.hit(found)) {
            if hits.len() == most {
                break;
            }
            if !hits.iter().any(|earlier| earlier.is_same(&hit)) {
                hits.push(hit);
            }
        }
        hits.into_iter().map(|found| found.hit).collect()
    }

    /// The names that match.
    fn named(&self, query: &SearchQuery) -> Vec<Found<'_>> {
        let titles: Vec<_> = self.title_lines.iter().map(|text| query.words_in(text)).collect();
        let words = PlaceWords::new(query, &self.areas, &self.district);
        let layers = self.layers.iter().map(|layer| TableWords::new(query, layer, &words));
        let layers: Vec<_> = layers.collect();
        let mut found = Vec::new();
        for (name, text) in self.names.iter() {
            let fit = query.whole(text).or_else(|| {
                let inside = query.words_in(text);
                if name.is_title() {
                    let beside = titles.get(name.of as usize).copied().unwrap_or_default();
                    return words.fit(inside, beside);
                }
                let layer = layers.get(name.of as usize)?;
                layer.fit(inside, name.row as usize, &words)
            });
            if let Some(fit) = fit.filter(|&fit| !name.is_code || fit <= MatchRank::Start) {
                found.push(Found::Name { fit, text, name });
            }
        }
        found
    }

    /// The addresses that match.
    fn addresses(&self, typed: &str, most: usize) -> Vec<Found<'_>> {
        let around = ContextTexts {
            layers: &self.layers,
            names: &self.names,
            areas: &self.areas,
            district: &self.district_words,
        };
        let found = self.streets.find(typed, most, &around);
        let found = found.into_iter().map(|found| {
            let layer = self.streets.entry(found.entry).map(|entry| entry.of as usize);
            let layer = layer.and_then(|of| self.layers.get(of));
            let kind = layer.map_or(HitKind::Address, |layer| layer.kind);
            Found::Address { fit: found.fit, kind, length: found.length, entry: found.entry }
        });
        found.collect()
    }

    /// The hit for a match.
    fn hit(&self, found: &Found<'_>) -> Option<TellableHit> {
        let name = match found {
            Found::Name { name, .. } => *name,
            Found::Address { entry, .. } => return self.address(self.streets.entry(*entry)?),
        };
        let kind = name.kind;
        if name.is_title() {
            let (id, title) = self.titles.get(name.of as usize)?;
            let (id, title, told_by) = (id.clone(), title.clone(), id.clone());
            let (feature, detail, point, bounds) = (None, None, None, None);
            let hit = SearchResult { kind, id, feature, title, detail, point, bounds };
            return Some(TellableHit { hit, told_by, by_position: false });
        }
        let named = &self.layers.get(name.of as usize)?.named;
        let row = name.row as usize;
        if let Some(entry) = self.streets.of_feature(named, name.of, row) {
            return self.address(&entry);
        }
        let (id, title, at) = (named.layer.clone(), named.name(row), named.whereabouts(row)?);
        let (feature, point, bounds) = (at.feature, Some(at.point), at.bounds);
        let told_by = title.ko.clone();
        let hit = SearchResult { kind, id, feature, title, detail: None, point, bounds };
        Some(TellableHit { hit, told_by, by_position: false })
    }

    /// The hit for an address.
    ///
    /// Of features close to each other with the same road and number in the same dong, the
    /// first is found.
    fn address(&self, entry: &AddressEntry) -> Option<TellableHit> {
        let NamedLayer { named, kind, .. } = self.layers.get(entry.of as usize)?;
        let row = entry.row as usize;
        let parts = named.address.as_ref()?;
        let text = |column: Option<usize>| column.and_then(|column| named.text(column, row));
        let at = named.whereabouts(row)?;
        // A feature found by its lot has its road address as the title, if any.
        let road = self.streets.of_feature(named, entry.of, row).filter(|road| road != entry);
        let written = parts.written_number(named, row);
        let title = self.streets.title(road.as_ref().unwrap_or(entry), written.as_deref())?;
        let lot = road.and_then(|_| Some(self.streets.title(entry, None)?.ko));
        let dong = text(parts.dong);
        let regions = [text(parts.province), text(parts.district), dong.clone()];
        let regions: Vec<String> = regions.into_iter().map(Option::unwrap_or_default).collect();
        let told_by = format!("{}\n{}", title.ko, regions.join("\n"));
        let dong = dong.filter(|_| lot.is_none());
        let detail: Vec<String> =
            [lot, dong, Some(named.name(row).ko)].into_iter().flatten().collect();
        let detail: Vec<&str> = detail
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty() && !title.ko.starts_with(text))
            .collect();
        let detail = (!detail.is_empty()).then(|| detail.join(", "));
        let (id, feature, bounds) = (named.layer.clone(), at.feature, at.bounds);
        let (kind, point) = (*kind, Some(at.point));
        let hit = SearchResult { kind, id, feature, title, detail, point, bounds };
        Some(TellableHit { hit, told_by, by_position: true })
    }
}

/// A name or an address that matches.
enum Found<'i> {
    Name { fit: MatchRank, text: &'i str, name: &'i OwnedName },
    Address { fit: MatchRank, kind: HitKind, length: usize, entry: usize },
}

impl Found<'_> {
    /// Sort key, best match first: rank, kind, length, and then number or text.
    fn order(&self) -> (MatchRank, HitKind, usize, usize, &str) {
        match self {
            Self::Name { fit, text, name } => (*fit, name.kind, text.len(), 0, text),
            Self::Address { fit, kind, length, entry } => (*fit, *kind, *length, *entry, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn index() -> SearchIndex {
        let mut index = SearchIndex::default();
        let maps = [
            ("cit-02-parks", "공원 면적", "Park area"),
            ("edu-08-libraries", "성수동 공립 도서관", "Libraries of Seongsu"),
            ("edu-09-books", "도서관 장서", "Books in libraries"),
        ];
        for (id, ko, en) in maps {
            index.add_title(HitKind::Map, id, &LocalizedText { ko: ko.into(), en: en.into() });
        }
        let title = LocalizedText { ko: "도서관".into(), en: "Libraries".into() };
        index.add_title(HitKind::Dataset, "library", &title);
        index
    }

    #[rstest]
    #[case::one("도서관", &["library", "edu-09-books", "edu-08-libraries"])]
    #[case::in_order("공립 도서관", &["edu-08-libraries"])]
    #[case::in_any_order("도서관 성수동", &["edu-08-libraries"])]
    #[case::apart("성수동 도서관", &["edu-08-libraries"])]
    #[case::in_two_languages("공원 park", &["cit-02-parks"])]
    #[case::initials("ㄷㅅㄱ ㅅㅅ", &["edu-08-libraries"])]
    #[case::twice("공원  공원", &["cit-02-parks"])]
    #[case::one_missing("도서관 왕십리", &[])]
    #[case::beginning_of_an_id("cit-02", &["cit-02-parks"])]
    #[case::middle_of_an_id("02", &[])]
    fn every_word_is_found(#[case] typed: &str, #[case] expected: &[&str]) {
        let hits = index().find(typed, 10);
        let ids: Vec<_> = hits.iter().map(|hit| hit.id.as_str()).collect();
        assert_eq!(ids, expected);
    }
}
