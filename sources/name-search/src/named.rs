//! Features with names: name columns of a published table, and positions.

use std::sync::Arc;

use super::address_parts::AddressParts;
use super::text::normalize;
use catalog::{
    AddressColumns, Catalog, Dataset, LayerContent, LocalizedText, LogicalType, UnionPart,
};
use data_library::PublishedLayer;
use data_model::GeographicBounds;
use data_model::feature::AttributeValue;
use data_model::tile::{WorldPoint, WorldRect};
use vector_tile::features::{FeatureTable, HilbertIndex, NO_ID, RowGeometries};

/// Named features of one dataset in a layer.
#[derive(Debug)]
pub(super) struct NamedFeatures {
    /// The layer's id.
    pub(super) layer: String,
    table: Arc<FeatureTable>,
    /// The columns whose texts together form a feature's name.
    columns: Vec<usize>,
    /// The columns that form the English name.
    english: Vec<usize>,
    /// The columns of codes.
    codes: Vec<usize>,
    /// In a union, the column of datasets and the id of this dataset.
    member: Option<(usize, String)>,
    /// The address columns, which are then not among `columns`.
    pub(super) address: Option<AddressParts>,
    /// Columns whose values may be combined with a name in a search.
    pub(super) word_columns: Vec<WordColumn>,
}

/// A column whose values narrow a search: the kind of a place, its road or its dong.
#[derive(Debug)]
pub(super) struct WordColumn {
    /// Position among the table's columns.
    pub(super) column: usize,
    /// Whether the values are names of dongs.
    pub(super) is_dong: bool,
    /// Values of an enumeration: as stored, and normalized in both languages.
    pub(super) values: Vec<(String, String)>,
}

/// Position of a feature.
pub(super) struct FeaturePosition {
    /// The feature's id in tiles.
    pub(super) feature: Option<u64>,
    /// Middle of the feature: longitude and latitude in degrees.
    pub(super) point: [f64; 2],
    /// West, south, east, north in degrees; `None` for points.
    pub(super) bounds: Option<GeographicBounds>,
}

impl NamedFeatures {
    /// The features of a dataset in a layer that shows them unchanged or as part of a
    /// union; `None` if the layer publishes no name column.
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
        let stored = |name: &str| match part {
            None => place(name),
            Some(part) => {
                let (called, _) = part.columns.iter().find(|(_, from)| from == name)?;
                place(called)
            }
        };
        let found =
            |names: &[String]| names.iter().filter_map(|name| stored(name)).collect::<Vec<_>>();
        let declared =
            AddressColumns::among(dataset, &catalog.district, |name| stored(name).is_some());
        let address = declared.as_ref().and_then(|declared| AddressParts::new(declared, stored));
        let of_address = |name: &String| {
            address.is_some() && declared.as_ref().is_some_and(|declared| declared.uses(name))
        };
        let member = match part {
            None => None,
            Some(part) => {
                Some((place(LayerContent::UNION_DATASET)?, part.dataset.as_str().to_owned()))
            }
        };
        let searched: Vec<String> =
            dataset.search.iter().filter(|name| !of_address(name)).cloned().collect();
        let columns = found(&searched);
        let named = !columns.is_empty() || address.is_some();
        let word_columns = word_columns(dataset, declared.as_ref(), stored);
        named.then(|| Self {
            layer: layer.id.as_str().to_owned(),
            table: Arc::clone(table),
            columns,
            english: found(&dataset.search_en),
            codes: found(&dataset.key),
            member,
            address,
            word_columns,
        })
    }

    /// The rows of the dataset.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.table.shapes().rows()).filter(|&row| match &self.member {
            None => true,
            Some((column, dataset)) => {
                matches!(self.value(*column, row), AttributeValue::Text(text) if text == dataset)
            }
        })
    }

    /// A feature's name; the English one, if unknown, is the Korean one.
    pub(super) fn name(&self, row: usize) -> LocalizedText {
        let ko = self.joined(&self.columns, row);
        let en = Some(self.joined(&self.english, row)).filter(|name| !name.is_empty());
        LocalizedText { en: en.unwrap_or_else(|| ko.clone()), ko }
    }

    /// A feature's English name; empty if unknown.
    pub(super) fn english(&self, row: usize) -> String {
        self.joined(&self.english, row)
    }

    /// The middle of a feature; `None` if it has no geometry.
    pub(super) fn middle(&self, row: usize) -> Option<WorldPoint> {
        self.rect(row).map(middle_of)
    }

    fn rect(&self, row: usize) -> Option<WorldRect> {
        match self.table.shapes() {
            RowGeometries::Points(points) => {
                points.get(row).map(|&point| WorldRect { min: point, max: point })
            }
            shapes @ RowGeometries::Parts(parts) => (row < shapes.rows()).then(|| *parts.rect(row)),
        }
    }

    /// A feature's codes.
    pub(super) fn codes(&self, row: usize) -> impl Iterator<Item = &str> {
        self.codes.iter().filter_map(move |&column| match self.value(column, row) {
            AttributeValue::Text(code) => Some(code),
            _ => None,
        })
    }

    /// Position of a feature; `None` if it has no geometry.
    pub(super) fn whereabouts(&self, row: usize) -> Option<FeaturePosition> {
        let rect = self.rect(row)?;
        let (lon, lat) = middle_of(rect).to_lon_lat();
        Some(FeaturePosition {
            feature: self.table.tile_ids().get(row).copied().filter(|&id| id != NO_ID),
            point: [lon, lat],
            bounds: (rect.min != rect.max).then(|| rect.to_lon_lat_bounds()),
        })
    }

    /// Geometry of the rows.
    pub(super) fn shapes(&self) -> &RowGeometries {
        self.table.shapes()
    }

    /// Spatial index of the rows.
    pub(super) fn index(&self) -> &HilbertIndex {
        self.table.index()
    }

    /// A column's distinct values with their ids, in the order of the ids.
    pub(super) fn distinct(
        &self,
        column: usize,
    ) -> impl Iterator<Item = (u32, AttributeValue<'_>)> {
        let dictionary = self.table.dictionary();
        dictionary.column(column).map(|id| (id, dictionary.value(id)))
    }

    /// The id of a row's value in a column.
    pub(super) fn value_id(&self, column: usize, row: usize) -> u32 {
        self.table.column_values(column).get(row).copied().unwrap_or(0)
    }

    /// A row's value in a column as text; `None` if there is none.
    pub(super) fn text(&self, column: usize, row: usize) -> Option<String> {
        text_of(self.value(column, row))
    }

    fn value(&self, column: usize, row: usize) -> AttributeValue<'_> {
        let id = self.table.column_values(column).get(row).copied().unwrap_or(0);
        self.table.dictionary().value(id)
    }

    /// Joins the texts of columns with spaces.
    ///
    /// Two consecutive numbers are a building's, written `83-1`, or `83` if the second is
    /// 0.
    fn joined(&self, columns: &[usize], row: usize) -> String {
        let mut name = String::new();
        let mut after_number = false;
        for &column in columns {
            let is_number = match self.value(column, row) {
                AttributeValue::Text(text) => {
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

/// A value as text; `None` for null.
pub(super) fn text_of(value: AttributeValue<'_>) -> Option<String> {
    match value {
        AttributeValue::Text(text) => Some(text.to_owned()),
        AttributeValue::Bool(flag) => Some(flag.to_string()),
        value => value.number().map(|number| number.to_string()),
    }
}

fn middle_of(rect: WorldRect) -> WorldPoint {
    WorldPoint {
        x: rect.min.x + (rect.max.x - rect.min.x) / 2,
        y: rect.min.y + (rect.max.y - rect.min.y) / 2,
    }
}

/// The columns of a dataset with a feature's kind, road or dong.
fn word_columns(
    dataset: &Dataset,
    address: Option<&AddressColumns>,
    stored: impl Fn(&str) -> Option<usize>,
) -> Vec<WordColumn> {
    let kinds = dataset.columns.iter().filter(|column| column.kind == Some(LogicalType::Enum));
    let kinds = kinds.filter_map(|declared| {
        let compared = |value: &LocalizedText| {
            let mut text = String::new();
            normalize(&value.ko, &mut text);
            text.push('\n');
            normalize(&value.en, &mut text);
            (value.ko.clone(), text)
        };
        let values = declared.values.iter().map(compared).collect();
        Some(WordColumn { column: stored(&declared.name)?, is_dong: false, values })
    });
    let plain = |name: &str, is_dong| {
        Some(WordColumn { column: stored(name)?, is_dong, values: Vec::new() })
    };
    let road = address.and_then(|address| plain(address.road.as_deref()?, false));
    let dongs = DONG_COLUMNS.iter().copied();
    let dongs = dongs.filter(|name| dataset.columns.iter().any(|column| column.name == *name));
    let own = address.and_then(|address| address.dong.as_deref());
    let dongs = dongs.filter(|name| own != Some(*name)).chain(own);
    let dongs = dongs.filter_map(|name| plain(name, true));
    kinds.chain(road).chain(dongs).collect()
}

/// Common names of columns with the name of a place's dong.
const DONG_COLUMNS: [&str; 7] =
    ["emd_nm", "emd_kor_nm", "adm_nm", "dong_nm", "hjd_nm", "hdong_nm", "bjd_nm"];

/// The part of a union that publishes a dataset; `None` for other layers.
fn part_of<'c>(
    catalog: &'c Catalog,
    layer: &PublishedLayer,
    dataset: &Dataset,
) -> Option<&'c UnionPart> {
    let parts = union_parts(catalog, layer)?;
    parts.iter().find(|part| part.dataset == dataset.id)
}

/// The parts of a union; `None` for other layers.
pub(super) fn union_parts<'c>(
    catalog: &'c Catalog,
    layer: &PublishedLayer,
) -> Option<&'c [UnionPart]> {
    match &catalog.layer(layer.id.as_str())?.content {
        LayerContent::Union(parts) => Some(parts),
        _ => None,
    }
}
