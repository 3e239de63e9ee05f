//! Style layers and description of one published map, for legends and previews.

use catalog::Catalog;
use data_library::{LayerState, PublishedLayer};
use data_model::feature::AttributeValue;
use serde_json::{Map, Value};
use styles::map_description::{
    BilingualText, Cartography, MapDescription, MapForm, MapValue, ValueDistribution,
};
use styles::{Language, LayerGeometry, LocalizedTitle, ParsedLayer, RenderRequest};
use tile_source::TileSource;

use super::RequestContext;
use super::shading::{layer_shading, shown_value};
use super::style::{documents_of, style_inputs};
use crate::http::problem::{Problem, ProblemKind};
use crate::published_state::PublishedState;

/// A published map that can be drawn.
pub(super) struct DrawableMap<'p> {
    pub(super) layer: &'p PublishedLayer,
    pub(super) source: &'p dyn TileSource,
}

/// The map of a name, as the caller may see it.
///
/// # Errors
/// A [`Problem`] for an unknown, absent or unavailable layer, and for a selection that is no
/// known time.
pub(super) fn find_map<'p>(
    context: &'p RequestContext<'_>,
    name: &str,
) -> Result<DrawableMap<'p>, Problem> {
    let snapshot = &context.published.snapshot;
    let layer = snapshot.layer(name, context.audience);
    let layer = layer.ok_or_else(|| match snapshot.undiscovered() {
        Some(reason) => Problem::undiscovered_layer(name, reason),
        None => Problem::unknown_layer(name),
    })?;
    let source = match &layer.state {
        LayerState::Ready(source) => source.as_ref(),
        LayerState::Unavailable { reason } => return Err(Problem::unavailable(name, reason)),
        LayerState::Absent { .. } => return Err(Problem::absent_layer(name)),
    };
    if let Some(part) = context.query.selection.first_part_but_time() {
        let detail = format!("A legend or preview can't be selected by {part}=; leave it out.");
        return Err(Problem::new(ProblemKind::UnsupportedSelection, detail));
    }
    Ok(DrawableMap { layer, source })
}

impl DrawableMap<'_> {
    /// The time slice that is shown; `None` for a map without time.
    ///
    /// # Errors
    /// A [`Problem`] for a time that the map lacks.
    pub(super) fn period(&self, context: &RequestContext<'_>) -> Result<Option<&str>, Problem> {
        let times = &self.source.description().times;
        let time = context.query.selection.time.as_ref();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return match time {
                None => Ok(None),
                Some(_) => {
                    let id = self.layer.id.as_str();
                    let detail = format!("Layer {id} can't be selected by time=; leave it out.");
                    Err(Problem::new(ProblemKind::UnsupportedSelection, detail))
                }
            };
        };
        let Some(time) = time else { return Ok(Some(last)) };
        let index = time.find_in(times).ok_or_else(|| {
            let form = data_model::time_label::describe_form(last);
            let available = format!("{first} to {last}");
            Problem::no_such_time(self.layer.id.as_str(), &form, &available)
        })?;
        Ok(times.get(index).map(|label| &**label))
    }

    /// The style layers of the map, from the bottom up.
    pub(super) fn style_layers(&self, published: &PublishedState) -> Vec<Map<String, Value>> {
        let layer = self.layer;
        let shading = layer_shading(published.snapshot.catalog(), layer);
        let inputs = style_inputs(layer, shading.as_ref());
        let labels = self.source.description().labels;
        let labelled: Vec<&str> = labels.then(|| layer.id.as_str()).into_iter().collect();
        let style = styles::render(&RenderRequest {
            base_url: "",
            title: LocalizedTitle { ko: &layer.title.ko, en: &layer.title.en },
            tiles: layer.id.as_str(),
            layers: &inputs,
            labelled: &labelled,
            unavailable: &[],
            documents: &documents_of(&published.themes, &[layer]),
            language: Language::Korean,
            center: None,
            zoom: None,
        });
        let layers = style.get("layers").and_then(Value::as_array).into_iter().flatten();
        let own =
            layers.filter_map(Value::as_object).filter(|layer| layer.contains_key("source-layer"));
        own.cloned().collect()
    }

    /// Description of the map in its published form.
    pub(super) fn description(&self, catalog: &Catalog) -> MapDescription {
        let described = self.source.description();
        let text = |text: &catalog::LocalizedText| BilingualText {
            ko: text.ko.clone(),
            en: text.en.clone(),
        };
        let suppressed = described.columns.iter().any(|column| column.name == "suppressed");
        let value = shown_value(catalog, self.layer);
        MapDescription {
            id: self.layer.id.as_str().to_owned(),
            theme: self.layer.theme.as_ref().map(|theme| theme.as_str().to_owned()),
            form: MapForm::Only,
            title: text(&self.layer.title),
            representation: None,
            geometry: LayerGeometry::Mixed,
            label_points: described.labels,
            columns: Vec::new(),
            value: value.map(|value| MapValue {
                summary: distribution(self.layer, &value.column),
                ..value
            }),
            second_value: None,
            suppressed: suppressed.then(|| text(&catalog.district.suppressed_label)),
            times: described.times.iter().map(ToString::to_string).collect(),
            zooms: (described.min_zoom.get(), described.max_zoom.get()),
            clustered_below: None,
            cartography: Cartography::default(),
        }
    }
}

/// Parses style layers; one with a fault is left out and logged, since documents were checked
/// when they were loaded.
pub(super) fn parse_layers(layers: &[Map<String, Value>]) -> Vec<ParsedLayer> {
    let parsed = layers.iter().enumerate().filter_map(|(at, layer)| {
        let parsed = ParsedLayer::parse(layer, &format!("layers[{at}]"));
        parsed
            .inspect_err(|error| {
                let id = layer.get("id").and_then(Value::as_str).unwrap_or_default();
                tracing::warn!(id, %error, "a style layer is left out of legend and preview");
            })
            .ok()
    });
    parsed.collect()
}

/// Values of a column of the newest features in memory.
fn distribution(layer: &PublishedLayer, column: &str) -> ValueDistribution {
    let mut distribution = ValueDistribution::default();
    let Some(table) = &layer.features else { return distribution };
    let place = |name: &str| table.columns().iter().position(|known| known.name == name);
    let Some(column) = place(column) else { return distribution };
    let values =
        |column: usize| table.column_values(column).iter().map(|&id| table.dictionary().value(id));
    let suppressed = place("suppressed").map(|place| values(place).collect::<Vec<_>>());
    let mut texts: std::collections::HashMap<&str, u64> = std::collections::HashMap::new();
    for (row, value) in values(column).enumerate() {
        distribution.features += 1;
        let hidden = suppressed.as_ref().and_then(|values| values.get(row));
        match value {
            _ if hidden == Some(&AttributeValue::Bool(true)) => distribution.suppressed += 1,
            AttributeValue::Null | AttributeValue::Binary(_) => distribution.missing += 1,
            AttributeValue::Bool(true) => distribution.flags.0 += 1,
            AttributeValue::Bool(false) => distribution.flags.1 += 1,
            AttributeValue::Text(text) => *texts.entry(text).or_default() += 1,
            value => distribution.numbers.extend(value.number()),
        }
    }
    distribution.numbers.sort_by(f64::total_cmp);
    distribution.distinct_texts = texts.len() as u64;
    distribution.texts = texts.into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
    distribution.texts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    distribution.texts.truncate(64);
    distribution
}
