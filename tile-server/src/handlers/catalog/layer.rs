//! `layers`: entries of layers, for a map page.

use catalog::{Attribution, LocalizedText, MapKind, MeasureOperation, Visibility};
use data_library::Snapshot;
use data_library::{LayerState, PublishedLayer};
use data_model::Period;
use data_model::feature::{Column, GeometryKind};
use data_model::{Audience, GeographicBounds, ThemeId, Zoom};
use serde::Serialize;
use tile_source::LayerDescription;

use super::audience_layer::{AudienceLayer, ColumnMeaning};
use super::column::ColumnEntry;

#[derive(Serialize)]
pub(super) struct LayerEntry<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a LocalizedText,
    description: Option<&'a LocalizedText>,
    pub(super) theme: Option<&'a str>,
    /// Ids of the themes that list the layer, its own first.
    pub(super) themes: Vec<&'a str>,
    /// Declared kind of map.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<MapKind>,
    /// The column that the map is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    pub(super) dataset: &'a str,
    /// Ids of all datasets that the layer is made from and the audience may see.
    pub(super) datasets: Vec<&'a str>,
    pub(super) geometry: Option<GeometryKind>,
    pub(super) feature_count: Option<u64>,
    pub(super) attribution: Option<&'a Attribution>,
    /// Attributions of all datasets that the layer is made from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributions: Vec<&'a Attribution>,
    pub(super) columns: Vec<ColumnEntry<'a>>,
    /// Computed measures, in the order of the columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measures: Vec<MeasureEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<TimeEntry<'a>>,
    /// Declared time slice that the map opens with.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_time: Option<&'a str>,
    /// Vector-tile layers of an archive published whole; omitted for a single one, named by
    /// the id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vector_layers: Vec<VectorLayerEntry<'a>>,
    bounds: Option<GeographicBounds>,
    min_zoom: Option<Zoom>,
    max_zoom: Option<Zoom>,
    /// Whether the layer is a background; omitted if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    background: bool,
    /// Whether the data behind the layer can't be downloaded; omitted if it can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_download: bool,
    max_age: u32,
    available: bool,
    /// `ready`, `unavailable` for now, or `absent`: without data.
    state: &'static str,
    /// Reason for which a layer is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<LocalizedText>,
    /// Visibility, for layers that the public can't see.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
}

#[derive(Serialize)]
struct MeasureEntry<'a> {
    name: &'a str,
    title: &'a LocalizedText,
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimals: Option<u8>,
    /// Catalog key of the measure's operation.
    operation: &'static str,
    /// Breaks of classes, ascending; one fewer than `classes`.
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    breaks: &'a [f64],
    #[serde(skip_serializing_if = "<[LocalizedText]>::is_empty")]
    classes: &'a [LocalizedText],
}

#[derive(Serialize)]
struct TimeEntry<'a> {
    /// Length of a slice.
    period: Option<Period>,
    first: Option<&'a str>,
    /// The newest slice, shown where a request names no time.
    last: Option<&'a str>,
    /// All slices, ascending; empty while the layer is not loaded.
    slices: &'a [Box<str>],
    /// Slices that the data does not reach the end of.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    partial: &'a [Box<str>],
}

#[derive(Serialize)]
struct VectorLayerEntry<'a> {
    id: &'a str,
    geometry: GeometryKind,
    columns: Vec<ColumnEntry<'a>>,
    min_zoom: Zoom,
    max_zoom: Zoom,
}

impl<'a> LayerEntry<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        layer: &'a PublishedLayer,
        audience: Audience,
    ) -> Self {
        let catalog = snapshot.catalog();
        let declared = catalog.layer(layer.id.as_str()).filter(|_| layer.theme.is_some());
        let audience_layer =
            declared.map(|declared| AudienceLayer::new(catalog, declared, audience));
        let dataset = catalog.dataset(layer.dataset.as_str());
        let described = layer.source().map(|source| source.description());
        let meaning = |name: &str| match &audience_layer {
            Some(audience_layer) => audience_layer.meaning(name),
            None => dataset?.column(name).map(ColumnMeaning::Column),
        };
        let stored = |columns: &[Column]| -> Vec<ColumnEntry<'a>> {
            let entry = |column: &Column| {
                ColumnEntry::new(&column.name, Some(column), meaning(&column.name))
            };
            columns.iter().map(entry).collect()
        };
        let columns = match (described, &audience_layer) {
            (Some(described), _) => stored(&described.columns),
            // Not loaded: what the catalog says will be published.
            (None, Some(audience_layer)) => {
                let names = audience_layer.columns();
                names.iter().map(|name| ColumnEntry::new(name, None, meaning(name))).collect()
            }
            (None, None) => {
                dataset.iter().flat_map(|d| &d.columns).map(ColumnEntry::declared).collect()
            }
        };
        let inner = described.iter().flat_map(|described| &described.inner);
        let vector_layers = inner.map(|inner| VectorLayerEntry {
            id: &inner.name,
            geometry: inner.geometry,
            columns: stored(&inner.columns),
            min_zoom: inner.min_zoom,
            max_zoom: inner.max_zoom,
        });
        let vector_layers = vector_layers.collect();
        let geometry = described
            .map(|described| described.geometry)
            .or_else(|| audience_layer.as_ref().and_then(AudienceLayer::geometry))
            .or(dataset.map(|dataset| dataset.geometry));
        let entry = Self { columns, geometry, vector_layers, ..Self::of_published(layer) };
        let entry = match described {
            Some(described) => entry.described(described),
            None => entry,
        };
        match &audience_layer {
            Some(audience_layer) => entry.declared(audience_layer, described),
            None => entry,
        }
    }

    /// The entry of a layer that is neither declared nor loaded.
    fn of_published(layer: &'a PublishedLayer) -> Self {
        Self {
            id: layer.id.as_str(),
            title: &layer.title,
            description: layer.description.as_ref(),
            theme: layer.theme.as_ref().map(ThemeId::as_str),
            themes: layer.theme.iter().map(ThemeId::as_str).collect(),
            kind: None,
            value: None,
            dataset: layer.dataset.as_str(),
            datasets: vec![layer.dataset.as_str()],
            geometry: None,
            feature_count: None,
            attribution: layer.attribution.as_ref(),
            attributions: Vec::new(),
            columns: Vec::new(),
            measures: Vec::new(),
            time: None,
            opening_time: None,
            vector_layers: Vec::new(),
            bounds: None,
            min_zoom: None,
            max_zoom: None,
            background: false,
            no_download: false,
            max_age: layer.max_age,
            available: false,
            state: state(layer),
            reason: layer.is_absent().then(|| LocalizedText {
                ko: "이 지도의 자료가 아직 서버에 없습니다.".to_owned(),
                en: "The data of this map is not on the server yet.".to_owned(),
            }),
            visibility: (!layer.visibility.includes(Audience::Public)).then_some(layer.visibility),
        }
    }

    /// Adds the description of a loaded layer.
    fn described(self, described: &'a LayerDescription) -> Self {
        Self {
            feature_count: described.feature_count,
            time: time(None, Some(described)),
            bounds: described.bounds,
            min_zoom: Some(described.min_zoom),
            max_zoom: Some(described.max_zoom),
            available: true,
            ..self
        }
    }

    /// Adds the declaration of a layer, in the form of the audience.
    fn declared(
        self,
        audience_layer: &AudienceLayer<'a>,
        described: Option<&'a LayerDescription>,
    ) -> Self {
        let layer = audience_layer.layer;
        let datasets = audience_layer.datasets();
        Self {
            themes: self
                .themes
                .iter()
                .copied()
                .chain(layer.other_themes.iter().map(ThemeId::as_str))
                .collect(),
            kind: layer.kind_of(audience_layer.is_public_only),
            value: audience_layer.value(),
            dataset: audience_layer.dataset().as_str(),
            datasets: datasets.iter().map(|dataset| dataset.id.as_str()).collect(),
            attribution: audience_layer.attribution(),
            attributions: attributions(audience_layer),
            measures: measures(audience_layer),
            time: time(Some(audience_layer), described),
            opening_time: opening_time(audience_layer, described),
            min_zoom: self.min_zoom.or(Some(layer.min_zoom)),
            max_zoom: self.max_zoom.or(Some(layer.max_zoom)),
            background: layer.background,
            no_download: audience_layer.no_download(),
            ..self
        }
    }
}

fn state(layer: &PublishedLayer) -> &'static str {
    match layer.state {
        LayerState::Ready(_) => "ready",
        LayerState::Unavailable { .. } => "unavailable",
        LayerState::Absent { .. } => "absent",
    }
}

fn attributions<'a>(audience_layer: &AudienceLayer<'a>) -> Vec<&'a Attribution> {
    let mut each: Vec<&Attribution> = Vec::new();
    for terms in
        audience_layer.all_datasets().iter().filter_map(|dataset| dataset.attribution.as_ref())
    {
        if !each.contains(&terms) {
            each.push(terms);
        }
    }
    each
}

fn measures<'a>(audience_layer: &AudienceLayer<'a>) -> Vec<MeasureEntry<'a>> {
    let measures =
        audience_layer.set.iter().flat_map(|set| &set.measures).filter(|measure| measure.publish);
    let entries = measures.map(|measure| {
        let (breaks, classes): (&[f64], &[LocalizedText]) = match &measure.operation {
            MeasureOperation::Class { breaks, titles, .. } => (breaks, titles),
            _ => (&[], &[]),
        };
        MeasureEntry {
            name: &measure.name,
            title: &measure.title,
            unit: measure.unit.as_deref(),
            decimals: measure.decimals,
            operation: measure.operation.key(),
            breaks,
            classes,
        }
    });
    entries.collect()
}

/// The declared opening time; `None` if the loaded layer has no such slice.
fn opening_time<'a>(
    audience_layer: &AudienceLayer<'a>,
    described: Option<&LayerDescription>,
) -> Option<&'a str> {
    let layer = audience_layer.layer;
    let label = layer.cartography_of(audience_layer.is_public_only).opening_time.as_deref()?;
    let is_kept =
        described.is_none_or(|described| described.times.iter().any(|time| **time == *label));
    is_kept.then_some(label)
}

fn time<'a>(
    audience_layer: Option<&AudienceLayer<'a>>,
    described: Option<&'a LayerDescription>,
) -> Option<TimeEntry<'a>> {
    let slices = described.map_or(&[][..], |described| &described.times);
    let partial = described.map_or(&[][..], |described| &described.partial_times);
    let period = audience_layer.and_then(|audience_layer| audience_layer.set?.period);
    if period.is_none() && slices.is_empty() {
        return None;
    }
    let (first, last) = (slices.first().map(|s| &**s), slices.last().map(|s| &**s));
    Some(TimeEntry { period, first, last, slices, partial })
}
