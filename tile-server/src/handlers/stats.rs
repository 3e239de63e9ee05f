//! `/stats/{layer}`: a layer's figures by area, for one time.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sources::catalog::{Catalog, Layer, Text};
use sources::derive::{self, Derived};
use sources::feature::{Column, ColumnType, Value};
use sources::library::{LayerForm, LayerState, PublishedLayer};

use super::tile::document_cache_control;
use super::{Call, json};
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::reply::Reply;

#[derive(Serialize)]
struct Stats<'a> {
    layer: &'a str,
    title: &'a Text,
    /// The dataset of the areas.
    over: Option<&'a str>,
    /// The time of these figures; none where they have no time.
    time: Option<&'a str>,
    /// Every time there is, ascending.
    times: Vec<&'a str>,
    columns: Vec<ColumnEntry<'a>>,
    areas: Vec<Map<String, Json>>,
}

#[derive(Serialize)]
struct ColumnEntry<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: ColumnType,
    title: Text,
    unit: Option<&'a str>,
}

/// Answers with the figures of `time=`, or the newest.
///
/// # Errors
/// A [`Problem`] where the layer is unknown to the caller, has no figures by area or
/// none of that time.
pub async fn stats(app: &App, call: &Call<'_>, name: &str) -> Result<Reply, Problem> {
    let body = {
        let published = app.published();
        let snapshot = &published.snapshot;
        let layer = snapshot.layer(name, call.audience);
        let layer = layer.ok_or_else(|| match snapshot.undiscovered() {
            Some(reason) => Problem::undiscovered_layer(name, reason),
            None => Problem::unknown_layer(name),
        })?;
        if let Some(part) = call.query.selection.first_part_but_time() {
            let detail = format!("Figures can't be selected by {part}=; leave it out.");
            return Err(Problem::new(Kind::UnsupportedSelection, detail));
        }
        document(snapshot.catalog(), layer, call.query.selection.time.as_deref())?
    };
    Ok(json(app, call, body, &document_cache_control(call.audience)).await)
}

fn document(
    catalog: &Catalog,
    layer: &PublishedLayer,
    time: Option<&str>,
) -> Result<Vec<u8>, Problem> {
    let derived = match (&layer.stats, &layer.state) {
        (Some(Ok(derived)), _) => derived,
        (Some(Err(reason)), _) | (None, LayerState::Unavailable { reason }) => {
            return Err(Problem::unavailable(layer.id.as_str(), reason));
        }
        (None, LayerState::Ready(_)) => {
            let detail = format!("Layer {} has no figures by area.", layer.id);
            return Err(Problem::new(Kind::NotFound, detail));
        }
    };
    let declared = catalog.layer(layer.id.as_str());
    let place = slice(derived, layer, time)?;
    let label = derived.slices.get(place).map(|label| &**label).filter(|label| !label.is_empty());
    let titles = Titles { catalog, declared, form: layer.form };
    let stats = Stats {
        layer: layer.id.as_str(),
        title: &layer.title,
        over: catalog.district.stats_over.as_ref().map(sources::DatasetId::as_str),
        time: label,
        times: derived
            .slices
            .iter()
            .map(|label| &**label)
            .filter(|label| !label.is_empty())
            .collect(),
        columns: derived.columns.iter().map(|column| titles.entry(column)).collect(),
        areas: (0..derived.features.len()).map(|area| values(derived, place, area)).collect(),
    };
    // Serializing plain data into memory fails for no input.
    Ok(serde_json::to_vec(&stats).unwrap_or_default())
}

/// Which slice is asked for.
fn slice(derived: &Derived, layer: &PublishedLayer, time: Option<&str>) -> Result<usize, Problem> {
    let newest = derived.slices.len().saturating_sub(1);
    let Some(time) = time else { return Ok(newest) };
    let (Some(first), Some(last)) = (derived.slices.first(), derived.slices.last()) else {
        return Ok(newest);
    };
    if first.is_empty() {
        let detail = format!("Layer {} can't be selected by time=; leave it out.", layer.id);
        return Err(Problem::new(Kind::UnsupportedSelection, detail));
    }
    sources::library::slice_at(&derived.slices, time).ok_or_else(|| {
        let detail =
            format!("Layer {} has nothing of this time: it has {first} to {last}.", layer.id);
        Problem::new(Kind::UnsupportedSelection, detail)
    })
}

/// One area's figures by column; no data is null.
fn values(derived: &Derived, slice: usize, area: usize) -> Map<String, Json> {
    let columns = derived.columns.iter().zip(&derived.values);
    columns
        .map(|(column, values)| {
            let id = values.of_slice(slice).get(area).copied().unwrap_or(0);
            (column.name.clone(), json_of(derived.dictionary.value(id)))
        })
        .collect()
}

fn json_of(value: Value<'_>) -> Json {
    match value {
        Value::Null | Value::Binary(_) => Json::Null,
        Value::Bool(yes) => yes.into(),
        Value::Int(number) => number.into(),
        Value::UInt(number) => number.into(),
        // By its shortest digits: 0.1 is not 0.10000000149.
        Value::Float(number) => number.to_string().parse::<f64>().map_or(Json::Null, Json::from),
        Value::Double(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

/// Where the titles of columns are declared.
struct Titles<'a> {
    catalog: &'a Catalog,
    declared: Option<&'a Layer>,
    form: LayerForm,
}

impl<'a> Titles<'a> {
    fn entry(&self, column: &'a Column) -> ColumnEntry<'a> {
        let form = self.form.figures();
        let figures = self.declared.and_then(|layer| derive::figures_of(layer, form));
        let figure = figures
            .and_then(|(set, _)| set.figures.iter().find(|figure| figure.name == column.name));
        let of_area = self.catalog.district.stats_over.as_ref();
        let of_area =
            of_area.and_then(|id| self.catalog.dataset(id.as_str())?.column(&column.name));
        let (title, unit) = match (figure, of_area) {
            (Some(figure), _) => (figure.title.clone(), figure.unit.as_deref()),
            (None, Some(column)) => (column.title.clone(), column.unit.as_deref()),
            (None, None) => (Text::same(column.title.as_deref().unwrap_or(&column.name)), None),
        };
        ColumnEntry { name: &column.name, kind: column.kind, title, unit }
    }
}
