//! Style layers and description of one published map, for legends and previews.

use catalog::Catalog;
use data_library::{LayerState, PublishedLayer};
use serde_json::{Map, Value};
use styles::ParsedLayer;
use styles::map_description::MapDescription;
use tile_source::TileSource;

use super::RequestContext;
use super::style::single_map_style;
use crate::http::problem::{Problem, ProblemKind};
use crate::map_descriptions::map_description;
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
        let style = single_map_style(published, self.layer);
        let layers = style.get("layers").and_then(Value::as_array).into_iter().flatten();
        let own =
            layers.filter_map(Value::as_object).filter(|layer| layer.contains_key("source-layer"));
        own.cloned().collect()
    }

    /// Description of the map in its published form; `None` for a layer that can't be read.
    pub(super) fn description(&self, catalog: &Catalog) -> Option<MapDescription> {
        map_description(catalog, self.layer)
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
