//! Features with names: which columns of a published table name them, and where they are.

use std::sync::Arc;

use crate::catalog::{Catalog, Dataset, LayerContent, Text, UnionPart};
use crate::feature::Value;
use crate::features::{FeatureTable, NO_ID, Shapes};
use crate::library::PublishedLayer;
use crate::tile::{WorldPoint, WorldRect};

/// The features of one dataset in a layer.
#[derive(Debug)]
pub(super) struct Named {
    /// The layer's id.
    pub(super) layer: String,
    table: Arc<FeatureTable>,
    /// The columns that name a feature together.
    columns: Vec<usize>,
    /// Those that name it in English.
    english: Vec<usize>,
    /// The columns that hold its codes.
    codes: Vec<usize>,
    /// Of a union the column of datasets, and which of them this is.
    member: Option<(usize, String)>,
}

/// Where a feature is.
pub(super) struct Whereabouts {
    /// Its id in tiles.
    pub(super) feature: Option<u64>,
    /// Its middle: longitude and latitude in degrees.
    pub(super) point: [f64; 2],
    /// West, south, east, north in degrees, of what is more than a point.
    pub(super) bounds: Option<[f64; 4]>,
}

impl Named {
    /// The features of a dataset in a layer that shows it as it is, or as a part of a
    /// union; `None` where the layer publishes no column that names them.
    pub(super) fn new(
        layer: &PublishedLayer,
        dataset: &Dataset,
        catalog: &Catalog,
    ) -> Option<Self> {
        let (table, source) = (layer.features.as_ref()?, layer.source()?);
        let part = part_of(catalog, layer, dataset);
        let published = &source.description().columns;
        let place = |name: &str| {
            published.iter().find(|column| column.name == name)?;
            table.columns().iter().position(|column| column.name == name)
        };
        // A union calls columns otherwise.
        let stored = |name: &String| match part {
            None => place(name),
            Some(part) => {
                let (called, _) = part.columns.iter().find(|(_, from)| from == name)?;
                place(called)
            }
        };
        let found = |names: &[String]| names.iter().filter_map(stored).collect::<Vec<_>>();
        let member = match part {
            None => None,
            Some(part) => {
                Some((place(LayerContent::UNION_DATASET)?, part.dataset.as_str().to_owned()))
            }
        };
        let columns = found(&dataset.search);
        let named = !columns.is_empty();
        named.then(|| Self {
            layer: layer.id.as_str().to_owned(),
            table: Arc::clone(table),
            columns,
            english: found(&dataset.search_en),
            codes: found(&dataset.key),
            member,
        })
    }

    /// The rows that are of the dataset.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.table.shapes().rows()).filter(|&row| match &self.member {
            None => true,
            Some((column, dataset)) => {
                matches!(self.value(*column, row), Value::Text(text) if text == dataset)
            }
        })
    }

    /// A feature's name, in English where it is known.
    pub(super) fn name(&self, row: usize) -> Text {
        let ko = self.joined(&self.columns, row);
        let en = Some(self.joined(&self.english, row)).filter(|name| !name.is_empty());
        Text { en: en.unwrap_or_else(|| ko.clone()), ko }
    }

    /// A feature's codes.
    pub(super) fn codes(&self, row: usize) -> impl Iterator<Item = &str> {
        self.codes.iter().filter_map(move |&column| match self.value(column, row) {
            Value::Text(code) => Some(code),
            _ => None,
        })
    }

    /// Where a feature is; `None` where it has no geometry.
    pub(super) fn whereabouts(&self, row: usize) -> Option<Whereabouts> {
        let rect = match self.table.shapes() {
            Shapes::Points(points) => {
                points.get(row).map(|&point| WorldRect { min: point, max: point })
            }
            shapes @ Shapes::Parts(parts) => (row < shapes.rows()).then(|| *parts.rect(row)),
        }?;
        let middle = WorldPoint {
            x: rect.min.x + (rect.max.x - rect.min.x) / 2,
            y: rect.min.y + (rect.max.y - rect.min.y) / 2,
        };
        let (lon, lat) = middle.to_lon_lat();
        Some(Whereabouts {
            feature: self.table.ids().get(row).copied().filter(|&id| id != NO_ID),
            point: [lon, lat],
            bounds: (rect.min != rect.max).then(|| rect.to_lon_lat_bounds()),
        })
    }

    fn value(&self, column: usize, row: usize) -> Value<'_> {
        let id = self.table.column_values(column).get(row).copied().unwrap_or(0);
        self.table.dictionary().value(id)
    }

    /// The texts of columns with spaces between. Two numbers in a row are a building's,
    /// written `83-1`, or `83` where the second is 0.
    fn joined(&self, columns: &[usize], row: usize) -> String {
        let mut name = String::new();
        let mut after_number = false;
        for &column in columns {
            let is_number = match self.value(column, row) {
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
}

/// The part of a union that a dataset is; `None` of other layers.
fn part_of<'c>(
    catalog: &'c Catalog,
    layer: &PublishedLayer,
    dataset: &Dataset,
) -> Option<&'c UnionPart> {
    let parts = union_parts(catalog, layer)?;
    parts.iter().find(|part| part.dataset == dataset.id)
}

/// The parts of a layer that is a union.
pub(super) fn union_parts<'c>(
    catalog: &'c Catalog,
    layer: &PublishedLayer,
) -> Option<&'c [UnionPart]> {
    match &catalog.layer(layer.id.as_str())?.content {
        LayerContent::Union(parts) => Some(parts),
        _ => None,
    }
}
