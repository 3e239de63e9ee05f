//! `/catalog.json`: everything that an audience may see, without URLs.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde::Serialize;
use sources::catalog::{Attribution, Dataset, District, Text, Visibility};
use sources::feature::{ColumnType, GeometryKind};
use sources::library::PublishedLayer;
use sources::{Audience, Snapshot, Zoom};

use super::Call;
use super::tile::document_cache_control;
use crate::accept;
use crate::app::Published;
use crate::reply::Reply;

/// Answers with the document made for this snapshot.
#[must_use]
pub fn catalog(published: &Published, call: &Call<'_>) -> Reply {
    let encoding = accept::for_document(call.headers);
    let (body, etag) = published.catalog(call.audience).coded(encoding);
    let cache_control = document_cache_control(call.audience);
    if etag.matches(call.headers) {
        return Reply::empty(StatusCode::NOT_MODIFIED).cached(etag, &cache_control);
    }
    Reply::ok("application/json", body.clone()).cached(etag, &cache_control).coded(encoding)
}

#[derive(Serialize)]
struct CatalogBody<'a> {
    fields: Vec<FieldEntry<'a>>,
    datasets: Vec<DatasetEntry<'a>>,
    themes: Vec<ThemeEntry<'a>>,
    layers: Vec<LayerEntry<'a>>,
    district: DistrictEntry<'a>,
}

#[derive(Serialize)]
struct FieldEntry<'a> {
    id: &'a str,
    title: &'a Text,
}

#[derive(Serialize)]
struct DatasetEntry<'a> {
    id: &'a str,
    title: Text,
    description: Option<&'a Text>,
    field: Option<&'a str>,
    geometry: Option<GeometryKind>,
    feature_count: Option<u64>,
    attribution: Option<&'a Attribution>,
    columns: Vec<ColumnEntry<'a>>,
}

#[derive(Serialize)]
struct ThemeEntry<'a> {
    id: &'a str,
    title: &'a Text,
    order: u16,
}

#[derive(Serialize)]
struct LayerEntry<'a> {
    id: &'a str,
    title: &'a Text,
    description: Option<&'a Text>,
    theme: Option<&'a str>,
    dataset: &'a str,
    geometry: Option<GeometryKind>,
    feature_count: Option<u64>,
    attribution: Option<&'a Attribution>,
    columns: Vec<ColumnEntry<'a>>,
    /// The vector-tile layers of an archive published as it stands; left out where
    /// there is one, named by the id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vector_layers: Vec<VectorLayerEntry<'a>>,
    bounds: Option<[f64; 4]>,
    min_zoom: Option<Zoom>,
    max_zoom: Option<Zoom>,
    /// Left out where it is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    background: bool,
    max_age: u32,
    available: bool,
    /// Says of what the public can't see that it can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
}

#[derive(Serialize)]
struct VectorLayerEntry<'a> {
    id: &'a str,
    geometry: GeometryKind,
    columns: Vec<ColumnEntry<'a>>,
    min_zoom: Zoom,
    max_zoom: Zoom,
}

#[derive(Serialize, Clone)]
struct ColumnEntry<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: Option<ColumnType>,
    title: Text,
    unit: Option<&'a str>,
}

#[derive(Serialize)]
struct DistrictEntry<'a> {
    title: &'a Text,
    bounds: Option<[f64; 4]>,
    attribution: Option<&'a Text>,
    notice: Option<&'a Text>,
}

impl<'a> From<&'a District> for DistrictEntry<'a> {
    fn from(district: &'a District) -> Self {
        Self {
            title: &district.title,
            bounds: district.bounds,
            attribution: district.attribution.as_ref(),
            notice: district.notice.as_ref(),
        }
    }
}

/// The document for one audience. A dataset, field or theme without a visible
/// layer is left out: what nobody may look at need not be known to exist. Of a
/// dataset's columns only those that a visible layer publishes are listed.
#[must_use]
pub fn document(snapshot: &Snapshot, audience: Audience) -> Vec<u8> {
    let catalog = snapshot.catalog();
    let layers: Vec<LayerEntry<'_>> =
        snapshot.layers(audience).map(|layer| layer_entry(snapshot, layer)).collect();

    let mut of_dataset: BTreeMap<&str, Vec<&LayerEntry<'_>>> = BTreeMap::new();
    for layer in &layers {
        of_dataset.entry(layer.dataset).or_default().push(layer);
    }
    let declared = catalog.datasets.iter().filter_map(|dataset| {
        let layers = of_dataset.get(dataset.id.as_str())?;
        Some(dataset_entry(dataset.id.as_str(), Some(dataset), layers))
    });
    let undeclared = of_dataset
        .iter()
        .filter(|(id, _)| catalog.dataset(id).is_none())
        .map(|(id, layers)| dataset_entry(id, None, layers));
    let datasets: Vec<_> = declared.chain(undeclared).collect();

    let fields: BTreeSet<_> = datasets.iter().filter_map(|dataset| dataset.field).collect();
    let themes: BTreeSet<_> = layers.iter().filter_map(|layer| layer.theme).collect();
    let body = CatalogBody {
        fields: catalog
            .fields
            .iter()
            .filter(|field| fields.contains(field.id.as_str()))
            .map(|field| FieldEntry { id: field.id.as_str(), title: &field.title })
            .collect(),
        themes: catalog
            .themes
            .iter()
            .filter(|theme| themes.contains(theme.id.as_str()))
            .map(|theme| ThemeEntry {
                id: theme.id.as_str(),
                title: &theme.title,
                order: theme.order,
            })
            .collect(),
        district: DistrictEntry::from(&catalog.district),
        datasets,
        layers,
    };
    // Serializing plain data into memory fails for no input.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn layer_entry<'a>(snapshot: &'a Snapshot, layer: &'a PublishedLayer) -> LayerEntry<'a> {
    let catalog = snapshot.catalog();
    let declared = catalog.layer(layer.id.as_str());
    let dataset = catalog.dataset(layer.dataset.as_str());
    let described = layer.source().map(|source| source.description());
    let columns = match described {
        Some(described) => described
            .columns
            .iter()
            .map(|column| column_entry(&column.name, Some(column), dataset))
            .collect(),
        // Not loaded: what the catalog says will be published.
        None => match declared.and_then(|declared| declared.columns.as_ref()) {
            Some(names) => names.iter().map(|name| column_entry(name, None, dataset)).collect(),
            None => dataset
                .iter()
                .flat_map(|dataset| &dataset.columns)
                .map(|column| column_entry(&column.name, None, dataset))
                .collect(),
        },
    };
    LayerEntry {
        id: layer.id.as_str(),
        title: &layer.title,
        description: layer.description.as_ref(),
        theme: layer.theme.as_ref().map(sources::ThemeId::as_str),
        dataset: layer.dataset.as_str(),
        geometry: described
            .map(|described| described.geometry)
            .or(dataset.map(|dataset| dataset.geometry)),
        feature_count: described.and_then(|described| described.feature_count),
        attribution: layer.attribution.as_ref(),
        columns,
        vector_layers: described
            .iter()
            .flat_map(|described| &described.inner)
            .map(|inner| VectorLayerEntry {
                id: &inner.name,
                geometry: inner.geometry,
                columns: inner
                    .columns
                    .iter()
                    .map(|column| column_entry(&column.name, Some(column), dataset))
                    .collect(),
                min_zoom: inner.min_zoom,
                max_zoom: inner.max_zoom,
            })
            .collect(),
        bounds: described.and_then(|described| described.bounds),
        min_zoom: described
            .map(|described| described.min_zoom)
            .or(declared.map(|declared| declared.min_zoom)),
        max_zoom: described
            .map(|described| described.max_zoom)
            .or(declared.map(|declared| declared.max_zoom)),
        background: declared.is_some_and(|declared| declared.background),
        max_age: layer.max_age,
        available: described.is_some(),
        visibility: (!layer.visible_to(Audience::Public)).then_some(layer.visibility),
    }
}

fn column_entry<'a>(
    name: &'a str,
    column: Option<&'a sources::feature::Column>,
    dataset: Option<&'a Dataset>,
) -> ColumnEntry<'a> {
    let declared =
        dataset.and_then(|dataset| dataset.columns.iter().find(|declared| declared.name == name));
    let title = match (declared, column.and_then(|column| column.title.as_deref())) {
        (Some(declared), _) => declared.title.clone(),
        (None, title) => Text::same(title.unwrap_or(name)),
    };
    ColumnEntry {
        name,
        kind: column.map(|column| column.kind),
        title,
        unit: declared.and_then(|declared| declared.unit.as_deref()),
    }
}

fn dataset_entry<'a>(
    id: &'a str,
    declared: Option<&'a Dataset>,
    layers: &[&LayerEntry<'a>],
) -> DatasetEntry<'a> {
    let mut columns: Vec<ColumnEntry<'a>> = Vec::new();
    for column in layers.iter().flat_map(|layer| &layer.columns) {
        if !columns.iter().any(|known| known.name == column.name) {
            columns.push(column.clone());
        }
    }
    DatasetEntry {
        id,
        title: match declared {
            Some(declared) => declared.title.clone(),
            None => layers.first().map_or_else(|| Text::same(id), |layer| layer.title.clone()),
        },
        description: declared.and_then(|declared| declared.description.as_ref()),
        field: declared.map(|declared| declared.field.as_str()),
        geometry: declared
            .map(|declared| declared.geometry)
            .or_else(|| layers.iter().find_map(|layer| layer.geometry)),
        feature_count: layers.iter().find_map(|layer| layer.feature_count),
        attribution: match declared {
            Some(declared) => declared.attribution.as_ref(),
            None => layers.iter().find_map(|layer| layer.attribution),
        },
        columns,
    }
}
