//! `/stats/{layer}`: a layer's measures by area, for one time.

mod titles;

use catalog::{Catalog, LocalizedText};
use data_library::{AreaMeasures, LayerState, PublishedLayer};
use data_model::DatasetId;
use data_model::feature::AttributeValue;
use data_model::time_label::{RequestedTime, describe_form};
use measures::LayerMeasures;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use self::titles::{ColumnEntry, ColumnTitles};
use super::tile::document_cache_control;
use super::{RequestContext, json};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::server_state::ServerState;

#[derive(Serialize)]
struct Stats<'a> {
    layer: &'a str,
    title: &'a LocalizedText,
    /// Id of the dataset of the areas.
    area_dataset: Option<&'a str>,
    /// Time of these measures; `None` for measures without time.
    time: Option<&'a str>,
    /// Every time that has measures, ascending.
    times: Vec<&'a str>,
    /// Times that the data does not reach the end of, such as a year of ten months.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partial: Vec<&'a str>,
    columns: Vec<ColumnEntry<'a>>,
    areas: Vec<Map<String, Json>>,
}

/// Answers with the measures of `time=`, or the newest.
///
/// # Errors
/// A [`Problem`] where the layer is unknown to the caller, has no measures by area or
/// none of that time.
pub async fn stats(
    state: &ServerState,
    context: &RequestContext<'_>,
    name: &str,
) -> Result<HttpReply, Problem> {
    let body = {
        let published = context.published;
        let snapshot = &published.snapshot;
        let layer = snapshot.layer(name, context.audience);
        let layer = layer.ok_or_else(|| match snapshot.undiscovered() {
            Some(reason) => Problem::undiscovered_layer(name, reason),
            None => Problem::unknown_layer(name),
        })?;
        if let Some(part) = context.query.selection.first_part_but_time() {
            let detail = format!("Measures can't be selected by {part}=; leave it out.");
            return Err(Problem::new(ProblemKind::UnsupportedSelection, detail));
        }
        document(snapshot.catalog(), layer, context.query.selection.time.as_ref())?
    };
    Ok(json(state, context, body, &document_cache_control(context.audience)).await)
}

fn document(
    catalog: &Catalog,
    layer: &PublishedLayer,
    time: Option<&RequestedTime>,
) -> Result<Vec<u8>, Problem> {
    let results = match (&layer.area_measures, &layer.state) {
        (_, LayerState::Absent { .. }) => {
            return Err(Problem::absent_layer(layer.id.as_str()));
        }
        (AreaMeasures::Ready(results), _) => results,
        (AreaMeasures::Unavailable { reason }, _) | (_, LayerState::Unavailable { reason }) => {
            return Err(Problem::unavailable(layer.id.as_str(), reason));
        }
        (AreaMeasures::Absent { dataset }, LayerState::Ready(_)) => {
            return Err(absent_data(catalog, layer, dataset));
        }
        (AreaMeasures::None, LayerState::Ready(_)) => {
            let detail = format!("Layer {} has no measures by area.", layer.id);
            return Err(Problem::new(ProblemKind::NotFound, detail));
        }
    };
    let declared = catalog.layer(layer.id.as_str());
    let index = slice_index(results, layer, time)?;
    let label = results.slices.get(index).map(|label| &**label).filter(|label| !label.is_empty());
    let titles = ColumnTitles::new(catalog, declared, layer.audience.results(), &results.columns);
    let stats = Stats {
        layer: layer.id.as_str(),
        title: &layer.title,
        area_dataset: catalog.district.stats_areas.as_ref().map(DatasetId::as_str),
        time: label,
        times: results
            .slices
            .iter()
            .map(|label| &**label)
            .filter(|label| !label.is_empty())
            .collect(),
        partial: results.partial.iter().map(|label| &**label).collect(),
        columns: results.columns.iter().map(|column| titles.entry(column)).collect(),
        areas: (0..results.features.len()).map(|area| values(results, index, area)).collect(),
    };
    // Serializing plain data into memory fails for no input.
    Ok(serde_json::to_vec(&stats).unwrap_or_default())
}

/// The answer where the areas, or the dataset that measures count, are absent. Only the areas,
/// which are public, are named: the existence of other datasets may not be public.
fn absent_data(catalog: &Catalog, layer: &PublishedLayer, dataset: &DatasetId) -> Problem {
    let areas = catalog.district.stats_areas.as_ref() == Some(dataset);
    let declared = catalog.dataset(dataset.as_str()).filter(|_| areas);
    let missing = match declared {
        Some(areas) => format!(
            "the areas, dataset {} ({}), are not on this server yet; its operator can import that \
             dataset, or load it into the database",
            areas.id, areas.title.en
        ),
        None => "the data that they are computed from is not on this server yet; its operator \
                 finds the dataset's name at /readyz of the admin listener"
            .to_owned(),
    };
    let detail = format!("Layer {} has no measures by area, because {missing}.", layer.id);
    Problem::new(ProblemKind::LayerAbsent, detail)
}

/// Index of the requested slice; the newest by default.
fn slice_index(
    results: &LayerMeasures,
    layer: &PublishedLayer,
    time: Option<&RequestedTime>,
) -> Result<usize, Problem> {
    let newest = results.slices.len().saturating_sub(1);
    let Some(time) = time else { return Ok(newest) };
    let (Some(first), Some(last)) = (results.slices.first(), results.slices.last()) else {
        return Ok(newest);
    };
    if first.is_empty() {
        let detail = format!("Layer {} can't be selected by time=; leave it out.", layer.id);
        return Err(Problem::new(ProblemKind::UnsupportedSelection, detail));
    }
    time.find_in(&results.slices).ok_or_else(|| {
        let (form, available) = (describe_form(last), format!("{first} to {last}"));
        Problem::no_such_time(layer.id.as_str(), &form, &available)
    })
}

/// Measures of one area by column; null where there is no data.
fn values(results: &LayerMeasures, slice: usize, area: usize) -> Map<String, Json> {
    let columns = results.columns.iter().zip(&results.values);
    columns
        .map(|(column, values)| {
            let id = values.of_slice(slice).get(area).copied().unwrap_or(0);
            (column.name.clone(), json_of(results.dictionary.value(id)))
        })
        .collect()
}

fn json_of(value: AttributeValue<'_>) -> Json {
    match value {
        AttributeValue::Null | AttributeValue::Binary(_) => Json::Null,
        AttributeValue::Bool(yes) => yes.into(),
        AttributeValue::Int(number) => number.into(),
        AttributeValue::UInt(number) => number.into(),
        // By its shortest digits: 0.1 is not 0.10000000149.
        AttributeValue::Float(number) => {
            number.to_string().parse::<f64>().map_or(Json::Null, Json::from)
        }
        AttributeValue::Double(number) => number.into(),
        AttributeValue::Text(text) => text.into(),
    }
}
