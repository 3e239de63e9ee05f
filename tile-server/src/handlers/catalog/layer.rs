//! `layers`: entries of layers, for a map page.

use catalog::{Attribution, LocalizedText, MapKind, MeasureOperation, Visibility};
use data_library::Snapshot;
use data_library::{LayerState, PublishedLayer};
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{Audience, Zoom};
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
    /// Vector-tile layers of an archive published whole; omitted for a single one, named by
    /// the id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vector_layers: Vec<VectorLayerEntry<'a>>,
    bounds: Option<[f64; 4]>,
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
        let form = declared.map(|declared| AudienceLayer::new(catalog, declared, audience));
        let dataset = catalog.dataset(layer.dataset.as_str());
        let described = layer.source().map(|source| source.description());
        let meaning = |name: &str| match &form {
            Some(form) => form.meaning(name),
            None => dataset?.column(name).map(ColumnMeaning::Column),
        };
        let columns = match (described, &form) {
            (Some(described), _) => {
                let columns = described.columns.iter();
                columns
                    .map(|column| {
                        ColumnEntry::new(&column.name, Some(column), meaning(&column.name))
                    })
                    .collect()
            }
            // Not loaded: what the catalog says will be published.
            (None, Some(form)) => {
                let names = form.columns();
                names.iter().map(|name| ColumnEntry::new(name, None, meaning(name))).collect()
            }
            (None, None) => {
                dataset.iter().flat_map(|d| &d.columns).map(ColumnEntry::declared).collect()
            }
        };
        let own = layer.theme.iter();
        let also = declared.iter().flat_map(|declared| &declared.also);
        let inner = described.iter().flat_map(|described| &described.inner);
        Self {
            id: layer.id.as_str(),
            title: &layer.title,
            description: layer.description.as_ref(),
            theme: layer.theme.as_ref().map(data_model::ThemeId::as_str),
            themes: own.chain(also).map(data_model::ThemeId::as_str).collect(),
            kind: form.as_ref().and_then(|form| form.layer.kind_of(form.of_public)),
            value: form.as_ref().and_then(AudienceLayer::value),
            dataset: form.as_ref().map_or(&layer.dataset, AudienceLayer::dataset).as_str(),
            datasets: match &form {
                Some(form) => form.datasets().iter().map(|dataset| dataset.id.as_str()).collect(),
                None => vec![layer.dataset.as_str()],
            },
            geometry: described
                .map(|described| described.geometry)
                .or_else(|| form.as_ref().and_then(AudienceLayer::geometry))
                .or(dataset.map(|dataset| dataset.geometry)),
            feature_count: described.and_then(|described| described.feature_count),
            attribution: match &form {
                Some(form) => form.attribution(),
                None => layer.attribution.as_ref(),
            },
            attributions: form.as_ref().map(attributions).unwrap_or_default(),
            columns,
            measures: form.as_ref().map(measures).unwrap_or_default(),
            time: time(form.as_ref(), described),
            vector_layers: inner
                .map(|inner| VectorLayerEntry {
                    id: &inner.name,
                    geometry: inner.geometry,
                    columns: inner
                        .columns
                        .iter()
                        .map(|column| {
                            ColumnEntry::new(&column.name, Some(column), meaning(&column.name))
                        })
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
            no_download: form.as_ref().is_some_and(AudienceLayer::no_download),
            max_age: layer.max_age,
            available: described.is_some(),
            state: state(layer),
            reason: layer.is_absent().then(|| LocalizedText {
                ko: "이 지도의 자료가 아직 서버에 없습니다.".to_owned(),
                en: "The data of this map is not on the server yet.".to_owned(),
            }),
            visibility: (!layer.visibility.includes(Audience::Public)).then_some(layer.visibility),
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

fn attributions<'a>(form: &AudienceLayer<'a>) -> Vec<&'a Attribution> {
    let mut each: Vec<&Attribution> = Vec::new();
    for terms in form.all_datasets().iter().filter_map(|dataset| dataset.attribution.as_ref()) {
        if !each.contains(&terms) {
            each.push(terms);
        }
    }
    each
}

fn measures<'a>(form: &AudienceLayer<'a>) -> Vec<MeasureEntry<'a>> {
    let measures = form.set.iter().flat_map(|set| &set.measures).filter(|measure| measure.publish);
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

fn time<'a>(
    form: Option<&AudienceLayer<'a>>,
    described: Option<&'a LayerDescription>,
) -> Option<TimeEntry<'a>> {
    let slices = described.map_or(&[][..], |described| &described.times);
    let partial = described.map_or(&[][..], |described| &described.partial_times);
    let period = form.and_then(|form| form.set?.time);
    if period.is_none() && slices.is_empty() {
        return None;
    }
    let (first, last) = (slices.first().map(|s| &**s), slices.last().map(|s| &**s));
    Some(TimeEntry { period, first, last, slices, partial })
}
