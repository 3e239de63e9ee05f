//! `/catalog.json`: all that an audience may see, without URLs.

mod audience_layer;
mod column;
mod dataset;
mod layer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use catalog::{District, LocalizedText};
use data_library::Snapshot;
use data_model::{Audience, GeographicBounds};
use http::StatusCode;
use serde::Serialize;

use self::dataset::DatasetEntry;
use self::layer::LayerEntry;
use super::RequestContext;
use super::tile::document_cache_control;
use crate::http::accept;
use crate::http::reply::HttpReply;
use crate::server_state::PublishedState;

/// Answers with the catalog document of this snapshot.
#[must_use]
pub fn catalog(published: &PublishedState, context: &RequestContext<'_>) -> HttpReply {
    let encoding = accept::for_document(context.headers);
    let (body, etag) = published.catalog(context.audience).coded(encoding);
    let cache_control = document_cache_control(context.audience);
    if etag.matches(context.headers) {
        return HttpReply::empty(StatusCode::NOT_MODIFIED).cached(etag, &cache_control);
    }
    HttpReply::ok("application/json", body.clone()).cached(etag, &cache_control).coded(encoding)
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
    title: &'a LocalizedText,
    /// Number of listed datasets of the field.
    datasets: usize,
}

#[derive(Serialize)]
struct ThemeEntry<'a> {
    id: &'a str,
    title: &'a LocalizedText,
    order: u16,
    /// Number of layers whose own theme this is; layers that are only listed under the theme
    /// do not count.
    layers: usize,
}

#[derive(Serialize)]
struct DistrictEntry<'a> {
    title: &'a LocalizedText,
    bounds: Option<GeographicBounds>,
    attribution: Option<&'a LocalizedText>,
    notice: Option<&'a LocalizedText>,
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

/// The catalog document of one audience. A dataset, field or theme without a visible layer is
/// left out: its existence is not disclosed. Of a dataset's columns the public gets those that
/// a visible layer shows or makes measures of.
#[must_use]
pub fn document(snapshot: &Snapshot, audience: Audience) -> Vec<u8> {
    let catalog = snapshot.catalog();
    let layers: Vec<LayerEntry<'_>> =
        snapshot.layers(audience).map(|layer| LayerEntry::new(snapshot, layer, audience)).collect();

    let mut of_dataset: BTreeMap<&str, Vec<&LayerEntry<'_>>> = BTreeMap::new();
    for layer in &layers {
        for &dataset in &layer.datasets {
            of_dataset.entry(dataset).or_default().push(layer);
        }
    }
    let declared = catalog.datasets.iter().filter_map(|dataset| {
        let layers = of_dataset.get(dataset.id.as_str())?;
        let listed = |id: &str| of_dataset.contains_key(id);
        Some(DatasetEntry::declared(catalog, dataset, layers, audience, listed))
    });
    let undeclared = of_dataset
        .iter()
        .filter(|(id, _)| catalog.dataset(id).is_none())
        .map(|(id, layers)| DatasetEntry::undeclared(id, layers));
    let datasets: Vec<_> = declared.chain(undeclared).collect();

    let fields = catalog.fields.iter().map(|field| FieldEntry {
        id: field.id.as_str(),
        title: &field.title,
        datasets: datasets.iter().filter(|d| d.field == Some(field.id.as_str())).count(),
    });
    let listed = |theme: &str| layers.iter().any(|layer| layer.themes.contains(&theme));
    let themes = catalog.themes.iter().filter(|theme| listed(theme.id.as_str()));
    let body = CatalogBody {
        fields: fields.filter(|field| field.datasets > 0).collect(),
        themes: themes
            .map(|theme| ThemeEntry {
                id: theme.id.as_str(),
                title: &theme.title,
                order: theme.order,
                layers: layers.iter().filter(|l| l.theme == Some(theme.id.as_str())).count(),
            })
            .collect(),
        district: DistrictEntry::from(&catalog.district),
        datasets,
        layers,
    };
    // Serializing plain data into memory fails for no input.
    serde_json::to_vec(&body).unwrap_or_default()
}
