//! `/styles/{layers}.json`: a theme's document, or a generated style.

use catalog::LocalizedText;
use data_library::PublishedLayer;
use data_model::GeographicBounds;
use data_model::feature::GeometryKind;
use styles::{
    LayerGeometry, LayerShading, LayerStyleInput, LocalizedTitle, RenderRequest, StyleDocument,
    ThemeStyles, render,
};

use super::language::language;
use super::shading::layer_shading;
use super::tile::document_cache_control;
use super::tilejson::{opening_zoom, title};
use super::{RequestContext, json};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::http::route::NameList;
use crate::layer_set::LayerSet;
use crate::server_state::ServerState;

/// Answers with the style of a theme, a layer or a comma list of both.
///
/// A layer that can't be read now is left out and named in the style's metadata: with it,
/// every tile of the one source would be an error. Absent layers of a theme are named there
/// too; the theme's tiles leave them out by themselves.
///
/// # Errors
/// A [`Problem`] for an unknown layer, for a `maps=` that is empty or names a
/// layer that the map lacks, and where not one layer can be read.
pub async fn style(
    state: &ServerState,
    context: &RequestContext<'_>,
    names: &NameList<'_>,
) -> Result<HttpReply, Problem> {
    let body = body(context, names)?;
    Ok(json(state, context, body, &document_cache_control(context.audience)).await)
}

fn body(context: &RequestContext<'_>, names: &NameList<'_>) -> Result<Vec<u8>, Problem> {
    let published = context.published;
    let snapshot = &published.snapshot;
    let set = LayerSet::resolve(snapshot, names, context.audience)?;
    let language = language(context)?;
    let layers = match context.query.maps.as_deref() {
        None => set.layers.clone(),
        Some(maps) => select_layers(&set, maps)?,
    };
    LayerSet::check_names(&layers)?;
    let (ready, missing): (Vec<&PublishedLayer>, Vec<&PublishedLayer>) =
        layers.iter().partition(|layer| layer.source().is_some());
    if let (true, Some(first)) = (ready.is_empty(), missing.first()) {
        return Err(Problem::unavailable(first.id.as_str(), "no layer of the map is available"));
    }
    let shadings: Vec<Option<LayerShading>> =
        ready.iter().map(|layer| layer_shading(snapshot.catalog(), layer)).collect();
    let pairs = ready.iter().zip(&shadings);
    let style_inputs: Vec<LayerStyleInput<'_>> =
        pairs.flat_map(|(layer, shading)| style_inputs(layer, shading.as_ref())).collect();
    let labelled = ready
        .iter()
        .filter(|layer| layer.source().is_some_and(|source| source.description().labels));
    let labelled: Vec<&str> = labelled.map(|layer| layer.id.as_str()).collect();
    let mut missing: Vec<&str> = missing.iter().map(|layer| layer.id.as_str()).collect();
    // The names as asked for where the map is whole: a theme's id is shorter
    // than its 26 layers, and a layer added to it is in the next tile.
    let tiles = if context.query.maps.is_none() && missing.is_empty() {
        set.names.clone()
    } else {
        let ids: Vec<_> = ready.iter().map(|layer| layer.id.as_str()).collect();
        ids.join(",")
    };
    if context.query.maps.is_none() {
        missing.extend(set.absent.iter().map(|layer| layer.id.as_str()));
    }
    let documents = documents_of(&published.themes, &ready);
    let title =
        if context.query.maps.is_none() { title(snapshot, &set) } else { join_titles(&layers) };
    let bounds = ready.iter().filter_map(|layer| layer.source()?.description().bounds);
    let bounds = snapshot.catalog().district.bounds.or(bounds.reduce(GeographicBounds::union));
    let style = render(&RenderRequest {
        base_url: context.base_url.as_str(),
        title: LocalizedTitle { ko: &title.ko, en: &title.en },
        tiles: &tiles,
        layers: &style_inputs,
        labelled: &labelled,
        unavailable: &missing,
        documents: &documents,
        language,
        center: bounds.map(GeographicBounds::center),
        zoom: bounds.map(|bounds| f64::from(opening_zoom(bounds))),
    });
    Ok(serde_json::to_vec(&style).unwrap_or_default())
}

/// Documents of the layers' themes, each once.
pub(super) fn documents_of<'t>(
    themes: &'t ThemeStyles,
    layers: &[&PublishedLayer],
) -> Vec<&'t StyleDocument> {
    let mut documents: Vec<&StyleDocument> = Vec::new();
    for theme in layers.iter().filter_map(|layer| layer.theme.as_ref()) {
        if let Some(document) = themes.get(theme.as_str())
            && !documents.iter().any(|known| std::ptr::eq(*known, document))
        {
            documents.push(document);
        }
    }
    documents
}

/// The layers of the set that `maps=` names, in the order of `maps=`.
fn select_layers<'s>(set: &LayerSet<'s>, maps: &str) -> Result<Vec<&'s PublishedLayer>, Problem> {
    if maps.is_empty() {
        let detail = "maps= names no layer; list ids, separated by commas, or leave it out.";
        return Err(Problem::new(ProblemKind::Malformed, detail.to_owned()));
    }
    let names = NameList::parse(maps.into())?;
    let mut selected: Vec<&PublishedLayer> = Vec::new();
    for name in names.iter() {
        if set.absent.iter().any(|layer| layer.id.as_str() == name) {
            return Err(Problem::absent_layer(name));
        }
        let Some(layer) = set.layers.iter().find(|layer| layer.id.as_str() == name) else {
            let detail =
                format!("{} has no layer {name:?}; /catalog.json lists those it has.", set.names);
            return Err(Problem::new(ProblemKind::UnknownLayer, detail));
        };
        if !selected.iter().any(|known| known.id == layer.id) {
            selected.push(layer);
        }
    }
    Ok(selected)
}

/// Style inputs of a layer: one, or one for each layer of an archive published whole.
pub(super) fn style_inputs<'l>(
    layer: &'l PublishedLayer,
    shading: Option<&'l LayerShading>,
) -> Vec<LayerStyleInput<'l>> {
    let Some(source) = layer.source() else { return Vec::new() };
    let description = source.description();
    let input = |id, geometry| LayerStyleInput {
        id,
        title: LocalizedTitle { ko: &layer.title.ko, en: &layer.title.en },
        shape: match geometry {
            GeometryKind::Point => LayerGeometry::Point,
            GeometryKind::Line => LayerGeometry::Line,
            GeometryKind::Polygon => LayerGeometry::Polygon,
            GeometryKind::Mixed => LayerGeometry::Mixed,
        },
        shading,
    };
    if description.inner.is_empty() {
        return vec![input(layer.id.as_str(), description.geometry)];
    }
    let inner = description.inner.iter();
    inner
        .map(|inner| LayerStyleInput { shading: None, ..input(&inner.name, inner.geometry) })
        .collect()
}

fn join_titles(layers: &[&PublishedLayer]) -> LocalizedText {
    let join = |part: fn(&LocalizedText) -> &str| {
        let titles: Vec<_> = layers.iter().map(|layer| part(&layer.title)).collect();
        titles.join(", ")
    };
    LocalizedText { ko: join(|text| &text.ko), en: join(|text| &text.en) }
}
