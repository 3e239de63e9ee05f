//! `datasets`: entries of datasets, for a portal.

use catalog::{
    Attribution, Catalog, Dataset, DatasetColumn, LocalizedText, PrivacyRule, Sensitivity,
    TimeValues, UpdateFrequency,
};
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{Audience, DatasetId};
use serde::Serialize;

use super::audience_layer::AudienceLayer;
use super::column::ColumnEntry;
use super::layer::LayerEntry;

#[derive(Serialize)]
pub(super) struct DatasetEntry<'a> {
    pub(super) id: &'a str,
    title: LocalizedText,
    description: Option<&'a LocalizedText>,
    pub(super) field: Option<&'a str>,
    pub(super) geometry: Option<GeometryKind>,
    /// Number of stored features; `None` where no layer has all of them.
    feature_count: Option<u64>,
    /// Expected number of features.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_count: Option<u64>,
    attribution: Option<&'a Attribution>,
    /// Source of the district's own data, for readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a LocalizedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<UpdateFrequency>,
    /// Sensitivity, for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<Sensitivity>,
    /// Privacy rules of the published view, for staff only.
    #[serde(skip_serializing_if = "<[PrivacyRule]>::is_empty")]
    privacy: &'a [PrivacyRule],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    key: &'a [String],
    /// Id of the dataset whose features the values belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    feature_dataset: Option<&'a str>,
    /// Column of the features that holds the time of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
    columns: Vec<ColumnEntry<'a>>,
    /// Values by feature and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<ValuesEntry<'a>>,
    /// Ids of the layers that are made from the dataset.
    layers: Vec<&'a str>,
}

#[derive(Serialize)]
struct ValuesEntry<'a> {
    key: &'a str,
    time: Option<&'a str>,
    /// Length of the time of a row, the hour considered.
    period: Option<Period>,
    /// Number of periods that are kept; for hours, the number of days or months that contain
    /// them.
    retained_periods: Option<u32>,
    columns: Vec<ColumnEntry<'a>>,
}

impl<'a> DatasetEntry<'a> {
    /// Entry of a declared dataset that these visible layers are made from. Staff see every
    /// column, the public those that the layers show or make measures of.
    pub(super) fn declared(
        catalog: &'a Catalog,
        dataset: &'a Dataset,
        layers: &[&LayerEntry<'a>],
        audience: Audience,
        listed_too: impl Fn(&str) -> bool,
    ) -> Self {
        let staff = audience == Audience::Staff;
        let audience_layers: Vec<(&LayerEntry<'a>, AudienceLayer<'a>)> = layers
            .iter()
            .filter_map(|&layer| Some((layer, catalog.layer(layer.id)?)))
            .map(|(layer, declared)| (layer, AudienceLayer::new(catalog, declared, audience)))
            .collect();
        let known = |name: &str| {
            let shown = || audience_layers.iter().any(|(_, layer)| layer.shows(&dataset.id, name));
            staff || (shown() && !dataset.hides(name))
        };
        let listed = |columns: &'a [DatasetColumn], also: &[&str]| -> Vec<ColumnEntry<'a>> {
            let listed = |column: &&DatasetColumn| {
                known(&column.name) || also.contains(&column.name.as_str())
            };
            columns.iter().filter(listed).map(ColumnEntry::declared).collect()
        };
        // Loaded layers of the unchanged dataset provide the stored types.
        let stored = audience_layers.iter().filter(|(_, layer)| layer.is_stored(&dataset.id));
        let stored = stored.flat_map(|(entry, _)| &entry.columns);
        let columns = with_stored_types(listed(&dataset.columns, &[]), dataset, stored);
        let whole = audience_layers.iter().filter(|(_, layer)| layer.has_all_of(&dataset.id));
        Self {
            id: dataset.id.as_str(),
            title: dataset.title.clone(),
            description: dataset.description.as_ref(),
            field: Some(dataset.field.as_str()),
            geometry: Some(dataset.geometry),
            feature_count: whole.map(|(entry, _)| entry).find_map(|entry| entry.feature_count),
            expected_count: dataset.expected_count,
            attribution: dataset.attribution.as_ref(),
            source: dataset.source.as_ref(),
            update: dataset.update,
            sensitivity: staff.then_some(dataset.sensitivity),
            privacy: if staff { &dataset.privacy } else { &[] },
            key: if dataset.key.iter().all(|key| known(key)) { &dataset.key } else { &[] },
            feature_dataset: dataset
                .feature_dataset
                .as_ref()
                .map(DatasetId::as_str)
                .filter(|place| listed_too(place)),
            time: dataset.time.as_deref().filter(|time| known(time)),
            columns,
            values: dataset.values.as_ref().map(|values| ValuesEntry {
                key: &values.key,
                time: values.time.as_deref(),
                period: values.row_period(),
                retained_periods: values.retained_periods,
                columns: listed(&values.columns, &key_columns(values)),
            }),
            layers: layers.iter().map(|layer| layer.id).collect(),
        }
    }

    /// Entry of a dataset that no catalog declares, from its layers.
    pub(super) fn undeclared(id: &'a str, layers: &[&LayerEntry<'a>]) -> Self {
        let mut columns: Vec<ColumnEntry<'a>> = Vec::new();
        for column in layers.iter().flat_map(|layer| &layer.columns) {
            if !columns.iter().any(|known| known.name == column.name) {
                columns.push(column.clone());
            }
        }
        Self {
            id,
            title: layers
                .first()
                .map_or_else(|| LocalizedText::same(id), |layer| layer.title.clone()),
            description: None,
            field: None,
            geometry: layers.iter().find_map(|layer| layer.geometry),
            feature_count: layers.iter().find_map(|layer| layer.feature_count),
            expected_count: None,
            attribution: layers.iter().find_map(|layer| layer.attribution),
            source: None,
            update: None,
            sensitivity: None,
            privacy: &[],
            key: &[],
            feature_dataset: None,
            time: None,
            columns,
            values: None,
            layers: layers.iter().map(|layer| layer.id).collect(),
        }
    }
}

/// Key columns of the rows.
fn key_columns(values: &TimeValues) -> Vec<&str> {
    let columns = [Some(&values.key), values.time.as_ref(), values.hour.as_ref()];
    columns.into_iter().flatten().map(String::as_str).collect()
}

/// Adds the stored types to the columns; of a dataset without declared columns, adds the stored
/// columns.
fn with_stored_types<'a, 'e>(
    mut columns: Vec<ColumnEntry<'a>>,
    dataset: &Dataset,
    stored: impl Iterator<Item = &'e ColumnEntry<'a>>,
) -> Vec<ColumnEntry<'a>>
where
    'a: 'e,
{
    for stored in stored {
        match columns.iter_mut().find(|column| column.name == stored.name) {
            Some(column) => *column = column.clone().stored_as(stored),
            None if dataset.columns.is_empty() => columns.push(stored.clone()),
            None => {}
        }
    }
    columns
}
