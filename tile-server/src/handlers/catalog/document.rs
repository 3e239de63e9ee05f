//! The catalog document of one audience.

use std::collections::BTreeMap;

use catalog::{Catalog, LocalizedText, Theme};
use data_library::Snapshot;
use data_model::{Audience, GeographicBounds};
use serde::Serialize;

use super::dataset::DatasetEntry;
use super::layer::LayerEntry;

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
    /// The map that the theme opens with.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_map: Option<&'a str>,
}

#[derive(Serialize)]
struct DistrictEntry<'a> {
    title: &'a LocalizedText,
    bounds: Option<GeographicBounds>,
    attribution: Option<&'a LocalizedText>,
    notice: Option<&'a LocalizedText>,
    /// Whether styles have a base map beneath their maps.
    base_map: bool,
}

impl<'a> DistrictEntry<'a> {
    fn new(Catalog { district, base, .. }: &'a Catalog) -> Self {
        Self {
            title: &district.title,
            bounds: district.bounds,
            attribution: district.attribution.as_ref(),
            notice: district.notice.as_ref(),
            base_map: !base.is_empty(),
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
    let opening_map = |theme: &'_ Theme| -> Option<&str> {
        let id = theme.opening_map.as_ref()?;
        layers.iter().map(|layer| layer.id).find(|known| *known == id.as_str())
    };
    let body = CatalogBody {
        fields: fields.filter(|field| field.datasets > 0).collect(),
        themes: themes
            .map(|theme| ThemeEntry {
                id: theme.id.as_str(),
                title: &theme.title,
                order: theme.order,
                layers: layers.iter().filter(|l| l.theme == Some(theme.id.as_str())).count(),
                opening_map: opening_map(theme),
            })
            .collect(),
        district: DistrictEntry::new(catalog),
        datasets,
        layers,
    };
    // Serializing plain data into memory fails for no input.
    serde_json::to_vec(&body).unwrap_or_default()
}
