//! The names there are, in one text that is looked through from end to end.

use std::collections::BTreeSet;

use super::areas::Areas;
use super::named::{Named, union_parts};
use super::streets::{Entry, Streets, Surroundings};
use super::text::{Fit, Query, normalize};
use super::words::{PlaceWords, TableWords};
use crate::catalog::{Dataset, Sensitivity, Text};
use crate::{Audience, Snapshot};

/// What a name is of. Among equal fits the earlier comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// A map layer.
    Map,
    /// One of the areas that the district counts by.
    Area,
    /// A feature with a name.
    Place,
    /// A building's address.
    Address,
    /// A dataset behind a visible layer.
    Dataset,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// The id of the layer or dataset; of a feature that of its layer.
    pub id: String,
    /// The feature's id in tiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<u64>,
    /// Its name; of a feature the same in both languages where no English one is known, of
    /// an address road and number.
    pub title: Text,
    /// Of an address what tells it apart beside road and number: dong, building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where it is: longitude and latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// West, south, east, north in degrees, of what is more than a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

/// Every name that one audience may find. About 60 bytes a name; a look goes through
/// all of them, which takes about a millisecond for fifty thousand and for each word.
#[derive(Debug, Default)]
pub struct SearchIndex {
    /// Normalized names, one after the other.
    text: String,
    names: Vec<Name>,
    /// Titles of layers and datasets.
    titles: Vec<(String, Text)>,
    /// Layers whose features have names.
    layers: Vec<Named>,
    /// By layer, of which kind its features are.
    kinds: Vec<HitKind>,
    /// What words may also stand in: by title, that title in either language.
    beside_titles: Vec<String>,
    /// By layer, the titles of the layer and of the dataset.
    beside_layers: Vec<String>,
    /// Addresses by road and number.
    streets: Streets,
    /// Areas that places are searched in.
    areas: Areas,
    /// The district's name.
    district: Text,
}

#[derive(Debug)]
struct Name {
    /// Where it ends in the text; it begins where the one before ends.
    end: u32,
    kind: HitKind,
    /// Whether it is a code, which nobody looks for by its middle.
    code: bool,
    /// Which title or layer.
    of: u32,
    /// Which row of the layer.
    row: u32,
}

/// Most bytes of names; what comes after is not found.
const MOST_TEXT: usize = 256 << 20;

impl SearchIndex {
    /// The names in a snapshot for one audience. Reads every named feature: tens of
    /// milliseconds for a district.
    #[must_use]
    pub fn new(snapshot: &Snapshot, audience: Audience) -> Self {
        let catalog = snapshot.catalog();
        let mut index = Self { district: catalog.district.title.clone(), ..Self::default() };
        index.add_areas(snapshot, audience);
        let mut datasets = BTreeSet::new();
        // What is absent is found when its data is there.
        let layers = || snapshot.layers(audience).filter(|layer| !layer.is_absent());
        for layer in layers() {
            index.add_title(HitKind::Map, layer.id.as_str(), &layer.title);
            let declared = catalog.layer(layer.id.as_str());
            let made_from = declared.map_or(&[][..], |layer| &layer.datasets);
            datasets.extend(made_from.iter().map(crate::DatasetId::as_str));
        }
        // Only what a layer publishes as it is may be named: figures name nobody. A layer
        // of a dataset alone comes before those that show it among others.
        let mut named = BTreeSet::new();
        let alone = |layer: &&_| union_parts(catalog, layer).is_none();
        let unions = layers().filter(|layer| !alone(layer));
        for layer in layers().filter(alone).chain(unions) {
            let parts = union_parts(catalog, layer).unwrap_or_default();
            let own = parts.is_empty().then_some(&layer.dataset);
            for id in own.into_iter().chain(parts.iter().map(|part| &part.dataset)) {
                let Some(dataset) = catalog.dataset(id.as_str()) else { continue };
                let area = catalog.district.stats_over.as_ref() == Some(&dataset.id);
                let address = catalog.district.addresses.as_ref() == Some(&dataset.id);
                let kind = match (area, address) {
                    (true, _) => HitKind::Area,
                    (_, true) => HitKind::Address,
                    _ => HitKind::Place,
                };
                if !named.contains(&dataset.id)
                    && let Some(features) = Named::new(layer, dataset, catalog)
                {
                    index.add_features(kind, features, [&layer.title, &dataset.title]);
                    named.insert(&dataset.id);
                }
            }
        }
        for id in datasets {
            let dataset = catalog.dataset(id);
            // Of what only staff may see as it is stored, the public sees figures alone.
            let told = |dataset: &&Dataset| {
                audience == Audience::Staff || dataset.sensitivity == Sensitivity::Public
            };
            if let Some(dataset) = dataset.filter(told) {
                index.add_title(HitKind::Dataset, id, &dataset.title);
            }
        }
        index.streets.finish();
        index
    }

    /// Adds the areas that the district names for searches and that the audience sees.
    fn add_areas(&mut self, snapshot: &Snapshot, audience: Audience) {
        let catalog = snapshot.catalog();
        let district = &catalog.district;
        let mut added = BTreeSet::new();
        for id in district.search_areas.iter().chain(&district.stats_over) {
            let Some(dataset) = catalog.dataset(id.as_str()) else { continue };
            let holds = |layer: &&crate::library::PublishedLayer| match union_parts(catalog, layer)
            {
                None => layer.dataset == *id,
                Some(parts) => parts.iter().any(|part| part.dataset == *id),
            };
            let mut named = snapshot.layers(audience).filter(holds);
            if added.insert(id)
                && let Some(named) = named.find_map(|layer| Named::new(layer, dataset, catalog))
            {
                self.areas.add(named);
            }
        }
    }

    fn add_title(&mut self, kind: HitKind, id: &str, title: &Text) {
        let of = self.titles.len() as u32;
        self.add_name(&title.ko, kind, of, 0, false);
        self.add_name(&title.en, kind, of, 0, false);
        if kind == HitKind::Map {
            self.add_name(id, kind, of, 0, true);
        }
        self.titles.push((id.to_owned(), title.clone()));
        self.beside_titles.push(beside([title]));
    }

    fn add_features(&mut self, kind: HitKind, features: Named, titles: [&Text; 2]) {
        let of = self.layers.len() as u32;
        for row in features.rows() {
            let name = features.name(row);
            let number = row as u32;
            self.add_name(&name.ko, kind, of, number, false);
            if name.en != name.ko {
                self.add_name(&name.en, kind, of, number, false);
            }
            // Codes of areas stand in statistics; those of places are said nowhere.
            if kind == HitKind::Area {
                for code in features.codes(row) {
                    self.add_name(code, kind, of, number, true);
                }
            }
        }
        self.streets.add(&features, of, &self.areas);
        self.layers.push(features);
        self.kinds.push(kind);
        self.beside_layers.push(beside(titles));
    }

    fn add_name(&mut self, name: &str, kind: HitKind, of: u32, row: u32, code: bool) {
        let begun = self.text.len();
        normalize(name, &mut self.text);
        if self.text.len() > MOST_TEXT {
            self.text.truncate(begun);
        } else if self.text.len() > begun {
            self.names.push(Name { end: self.text.len() as u32, kind, code, of, row });
        }
    }

    /// What fits best what a person typed, at most `most`: whole names before
    /// beginnings before what holds it, shorter ones first, and then the names that hold
    /// each of its words or are of a layer or dataset whose title does. A name that
    /// stands at many places is found once.
    #[must_use]
    pub fn find(&self, typed: &str, most: usize) -> Vec<Hit> {
        let Some(query) = Query::new(typed) else { return Vec::new() };
        let mut found = self.named(&query);
        if let Some(query) = self.areas.parted(typed).as_deref().and_then(Query::new) {
            found.extend(self.named(&query));
        }
        found.extend(self.addresses(typed, most));
        found.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut seen = BTreeSet::new();
        let mut hits: Vec<Hit> = Vec::new();
        for found in found {
            if hits.len() == most {
                break;
            }
            let Some((hit, same)) = self.hit(&found) else { continue };
            if seen.insert((hit.kind, same)) {
                hits.push(hit);
            }
        }
        hits
    }

    /// The names that fit.
    fn named(&self, query: &Query) -> Vec<Found<'_>> {
        let titles: Vec<_> = self.beside_titles.iter().map(|text| query.words_in(text)).collect();
        let words = PlaceWords::new(query, &self.areas, &self.district);
        let layers = self.layers.iter().zip(&self.beside_layers);
        let layers: Vec<_> =
            layers.map(|(named, beside)| TableWords::new(query, named, beside, &words)).collect();
        let mut found = Vec::new();
        let mut begun = 0;
        for name in &self.names {
            let text = &self.text[begun..name.end as usize];
            begun = name.end as usize;
            let fit = query.whole(text).or_else(|| {
                let inside = query.words_in(text);
                if name.is_title() {
                    let beside = titles.get(name.of as usize).copied().unwrap_or_default();
                    return words.fit(inside, beside);
                }
                let layer = layers.get(name.of as usize)?;
                layer.fit(inside, name.row as usize, &words)
            });
            if let Some(fit) = fit.filter(|&fit| !name.code || fit <= Fit::Start) {
                found.push(Found::Name { fit, text, name });
            }
        }
        found
    }

    /// The addresses that fit.
    fn addresses(&self, typed: &str, most: usize) -> Vec<Found<'_>> {
        let around = Surroundings {
            layers: &self.layers,
            beside: &self.beside_layers,
            areas: &self.areas,
            district: &self.district,
        };
        let found = self.streets.find(typed, most, &around);
        let found = found.into_iter().map(|found| {
            let of = self.streets.entry(found.entry).map_or(0, |entry| entry.of);
            let kind = self.kinds.get(of as usize).copied().unwrap_or(HitKind::Address);
            Found::Address { fit: found.fit, kind, length: found.length, entry: found.entry }
        });
        found.collect()
    }

    /// The hit, and the text by which two of its kind are the same.
    fn hit(&self, found: &Found<'_>) -> Option<(Hit, String)> {
        let name = match found {
            Found::Name { name, .. } => *name,
            Found::Address { entry, .. } => return self.address(self.streets.entry(*entry)?),
        };
        let kind = name.kind;
        let none = (None, None);
        if name.is_title() {
            let (id, title) = self.titles.get(name.of as usize)?;
            let (id, title, (point, bounds)) = (id.clone(), title.clone(), none);
            let same = id.clone();
            let hit = Hit { kind, id, feature: None, title, detail: None, point, bounds };
            return Some((hit, same));
        }
        let named = self.layers.get(name.of as usize)?;
        let row = name.row as usize;
        if let Some(entry) = self.streets.of_feature(named, name.of, row) {
            return self.address(&entry);
        }
        let (id, title, at) = (named.layer.clone(), named.name(row), named.whereabouts(row)?);
        let (feature, point, bounds) = (at.feature, Some(at.point), at.bounds);
        let same = title.ko.clone();
        Some((Hit { kind, id, feature, title, detail: None, point, bounds }, same))
    }

    /// An address: of two features with the same road and number in the same district the
    /// first is found.
    fn address(&self, entry: &Entry) -> Option<(Hit, String)> {
        let named = self.layers.get(entry.of as usize)?;
        let kind = *self.kinds.get(entry.of as usize)?;
        let row = entry.row as usize;
        let parts = named.address.as_ref()?;
        let text = |column: Option<usize>| column.and_then(|column| named.text(column, row));
        let at = named.whereabouts(row)?;
        // What is found by its lot is called by its road, where it lies on one.
        let road = self.streets.of_feature(named, entry.of, row).filter(|road| road != entry);
        let title = self.streets.title(road.as_ref().unwrap_or(entry))?;
        let lot = road.and_then(|_| Some(self.streets.title(entry)?.ko));
        let dong = text(parts.dong).filter(|_| lot.is_none());
        let regions = [text(parts.province), text(parts.district)];
        let same =
            format!("{}\n{}", title.ko, regions.iter().flatten().cloned().collect::<String>());
        let detail: Vec<String> =
            [lot, dong, Some(named.name(row).ko)].into_iter().flatten().collect();
        let detail: Vec<&str> = detail
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty() && !title.ko.starts_with(text))
            .collect();
        let detail = (!detail.is_empty()).then(|| detail.join(", "));
        let (id, feature, bounds) = (named.layer.clone(), at.feature, at.bounds);
        Some((Hit { kind, id, feature, title, detail, point: Some(at.point), bounds }, same))
    }
}

/// A name or an address that fits.
enum Found<'i> {
    Name { fit: Fit, text: &'i str, name: &'i Name },
    Address { fit: Fit, kind: HitKind, length: usize, entry: usize },
}

impl Found<'_> {
    /// Sorts the best first: by rank, kind, length, and then by text or number.
    fn order(&self) -> (Fit, HitKind, usize, usize, &str) {
        match self {
            Self::Name { fit, text, name } => (*fit, name.kind, text.len(), 0, text),
            Self::Address { fit, kind, length, entry } => (*fit, *kind, *length, *entry, ""),
        }
    }
}

impl Name {
    const fn is_title(&self) -> bool {
        matches!(self.kind, HitKind::Map | HitKind::Dataset)
    }
}

/// Titles in the form in which they are compared, on lines of their own: no word is
/// found across two.
fn beside<const N: usize>(titles: [&Text; N]) -> String {
    let mut text = String::new();
    for title in titles.into_iter().flat_map(|title| [&title.ko, &title.en]) {
        normalize(title, &mut text);
        text.push('\n');
    }
    text
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
            index.add_title(HitKind::Map, id, &Text { ko: ko.into(), en: en.into() });
        }
        let title = Text { ko: "도서관".into(), en: "Libraries".into() };
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
