//! The names there are, in one text that is looked through from end to end.

use std::collections::BTreeSet;

use super::text::{Fit, Pattern, normalize};
use crate::catalog::{Dataset, Sensitivity, Text};
use crate::feature::Value;
use crate::features::{FeatureTable, Shapes};
use crate::library::PublishedLayer;
use crate::tile::{WorldPoint, WorldRect};
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
    /// Its name; of a feature the same in both languages.
    pub title: Text,
    /// Where it is: longitude and latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// West, south, east, north in degrees, of what is more than a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

/// Every name that one audience may find. About 60 bytes a name; a look goes through
/// all of them, which takes about a millisecond for fifty thousand.
#[derive(Debug, Default)]
pub struct SearchIndex {
    /// Normalized names, one after the other.
    text: String,
    names: Vec<Name>,
    /// Titles of layers and datasets.
    titles: Vec<(String, Text)>,
    /// Layers whose features have names, and their datasets.
    layers: Vec<Named>,
}

/// A layer whose features have names.
#[derive(Debug)]
struct Named {
    id: String,
    table: std::sync::Arc<FeatureTable>,
    columns: Vec<usize>,
}

#[derive(Debug)]
struct Name {
    /// Where it ends in the text; it begins where the one before ends.
    end: u32,
    kind: HitKind,
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
        let mut index = Self::default();
        let catalog = snapshot.catalog();
        let mut datasets = BTreeSet::new();
        for layer in snapshot.layers(audience) {
            index.add_title(HitKind::Map, layer.id.as_str(), &layer.title);
            let declared = catalog.layer(layer.id.as_str());
            let made_from = declared.map_or(&[][..], |layer| &layer.datasets);
            datasets.extend(made_from.iter().map(crate::DatasetId::as_str));
        }
        // Only what a layer publishes as it is may be named: figures name nobody.
        let mut named = BTreeSet::new();
        for layer in snapshot.layers(audience) {
            if let Some(dataset) = catalog.dataset(layer.dataset.as_str()) {
                let area = catalog.district.stats_over.as_ref() == Some(&dataset.id);
                let address = catalog.district.addresses.as_ref() == Some(&dataset.id);
                let kind = match (area, address) {
                    (true, _) => HitKind::Area,
                    (_, true) => HitKind::Address,
                    _ => HitKind::Place,
                };
                if !named.contains(&dataset.id) && index.add_features(kind, layer, dataset) {
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
        index
    }

    fn add_title(&mut self, kind: HitKind, id: &str, title: &Text) {
        let of = self.titles.len() as u32;
        for text in [&title.ko, &title.en] {
            normalize(text, &mut self.text);
            self.end_name(kind, of, 0);
        }
        self.titles.push((id.to_owned(), title.clone()));
    }

    fn add_features(&mut self, kind: HitKind, layer: &PublishedLayer, dataset: &Dataset) -> bool {
        let (Some(table), Some(source)) = (&layer.features, layer.source()) else { return false };
        let published = &source.description().columns;
        let place = |name: &String| {
            published.iter().find(|column| column.name == *name)?;
            table.columns().iter().position(|column| column.name == *name)
        };
        let columns: Vec<usize> = dataset.search.iter().filter_map(place).collect();
        if columns.is_empty() {
            return false;
        }
        let of = self.layers.len() as u32;
        for row in 0..table.shapes().rows() {
            let begun = self.text.len();
            let name = name_of(table, &columns, row);
            normalize(&name, &mut self.text);
            if self.text.len() > begun {
                self.end_name(kind, of, row as u32);
            }
        }
        let table = std::sync::Arc::clone(table);
        self.layers.push(Named { id: layer.id.as_str().to_owned(), table, columns });
        true
    }

    fn end_name(&mut self, kind: HitKind, of: u32, row: u32) {
        let begun = self.names.last().map_or(0, |name| name.end as usize);
        if self.text.len() > MOST_TEXT {
            self.text.truncate(begun);
        } else if self.text.len() > begun {
            self.names.push(Name { end: self.text.len() as u32, kind, of, row });
        }
    }

    /// What fits best what a person typed, at most `most`: whole names before
    /// beginnings before what holds it, shorter ones first. A name that stands at many
    /// places is found once.
    #[must_use]
    pub fn find(&self, typed: &str, most: usize) -> Vec<Hit> {
        let Some(pattern) = Pattern::new(typed) else { return Vec::new() };
        let mut found: Vec<(Fit, HitKind, usize, &str, &Name)> = Vec::new();
        let mut begun = 0;
        for name in &self.names {
            let text = &self.text[begun..name.end as usize];
            begun = name.end as usize;
            if let Some(fit) = pattern.fits(text) {
                found.push((fit, name.kind, text.len(), text, name));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, a.2, a.3).cmp(&(b.0, b.1, b.2, b.3)));
        let mut seen = BTreeSet::new();
        let mut hits = Vec::new();
        for (_, kind, _, text, name) in found {
            let titled = matches!(kind, HitKind::Map | HitKind::Dataset);
            let same = if titled { (kind, name.of.to_string()) } else { (kind, text.to_owned()) };
            if seen.insert(same) {
                hits.extend(self.hit(name));
            }
            if hits.len() == most {
                break;
            }
        }
        hits
    }

    fn hit(&self, name: &Name) -> Option<Hit> {
        let kind = name.kind;
        if let HitKind::Map | HitKind::Dataset = kind {
            let (id, title) = self.titles.get(name.of as usize)?;
            let (id, title) = (id.clone(), title.clone());
            return Some(Hit { kind, id, feature: None, title, point: None, bounds: None });
        }
        let Named { id, table, columns } = self.layers.get(name.of as usize)?;
        let row = name.row as usize;
        let title = Text::same(&name_of(table, columns, row));
        let rect = rect_of(table, row)?;
        let bounds = (rect.min != rect.max).then(|| rect.to_lon_lat_bounds());
        let middle = WorldPoint {
            x: rect.min.x + (rect.max.x - rect.min.x) / 2,
            y: rect.min.y + (rect.max.y - rect.min.y) / 2,
        };
        let (lon, lat) = middle.to_lon_lat();
        let feature = table.ids().get(row).copied().filter(|&id| id != crate::features::NO_ID);
        Some(Hit { kind, id: id.clone(), feature, title, point: Some([lon, lat]), bounds })
    }
}

fn rect_of(table: &FeatureTable, row: usize) -> Option<WorldRect> {
    match table.shapes() {
        Shapes::Points(points) => {
            points.get(row).map(|&point| WorldRect { min: point, max: point })
        }
        Shapes::Parts(parts) => (row < table.shapes().rows()).then(|| *parts.rect(row)),
    }
}

/// A feature's name: the texts of its columns with spaces between. Two numbers in a row
/// are a building's, written `83-1`, or `83` where the second is 0.
fn name_of(table: &FeatureTable, columns: &[usize], row: usize) -> String {
    let mut name = String::new();
    let mut after_number = false;
    for &column in columns {
        let id = table.column_values(column).get(row).copied().unwrap_or(0);
        let is_number = match table.dictionary().value(id) {
            Value::Text(text) => {
                if !name.is_empty() && !text.is_empty() {
                    name.push(' ');
                }
                name.push_str(text);
                false
            }
            value => match value.number() {
                Some(number) if after_number => {
                    if number != 0.0 {
                        name.push_str(&format!("-{number}"));
                    }
                    false
                }
                Some(number) => {
                    name.push_str(&format!(" {number}"));
                    true
                }
                None => false,
            },
        };
        after_number = is_number;
    }
    name
}
