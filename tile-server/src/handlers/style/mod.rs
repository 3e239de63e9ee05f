//! `/styles/{layers}.json`: maps over the base.

mod map_inputs;
mod options;
mod published_base;
mod selected_maps;

use data_library::PublishedLayer;
use data_model::GeographicBounds;
use serde_json::Value;
use styles::palettes::ColourSchemeVariant;
use styles::{
    ClientProfile, Language, LayerShading, LocalizedTitle, MapArrangement, RenderRequest, render,
};

use self::map_inputs::map_input;
use self::options::StyleOptions;
use self::published_base::PublishedBase;
use self::selected_maps::SelectedMaps;
use super::shading::layer_shading;
use super::tile::document_cache_control;
use super::tilejson::opening_zoom;
use super::{RequestContext, json};
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::route::NameList;
use crate::published_state::PublishedState;
use crate::server_state::ServerState;
use crate::vworld::VworldKey;

/// Answers with the style of a theme, a layer, a list of both, or the base.
///
/// A theme and a single layer get a source for each map, of which one is visible. A list, and
/// `maps=`, get one composite source whose maps are all visible. A layer that can't be read now
/// is left out and named in the style's metadata: with it, every tile of a composite would be
/// an error. Absent layers of a theme are named there too.
///
/// # Errors
/// A [`Problem`] for an unknown layer, for a `maps=` that is empty or names a
/// layer that the style lacks, for an unknown `lang=`, `scheme=` or `profile=`, and where not
/// one layer can be read.
pub async fn style(
    state: &ServerState,
    context: &RequestContext<'_>,
    names: &NameList<'_>,
) -> Result<HttpReply, Problem> {
    let body = body(context, names, state.options.vworld_key.as_ref())?;
    Ok(json(state, context, body, &document_cache_control(context.audience)).await)
}

fn body(
    context: &RequestContext<'_>,
    names: &NameList<'_>,
    vworld: Option<&VworldKey>,
) -> Result<Vec<u8>, Problem> {
    let published = context.published;
    let snapshot = &published.snapshot;
    let catalog = snapshot.catalog();
    let options = StyleOptions::of_request(context)?;
    let base = PublishedBase::of_snapshot(snapshot, context.audience);
    let selected = match &base {
        Some(_) if names.as_str() == styles::BASE_SOURCE => SelectedMaps::of_base(snapshot),
        _ => SelectedMaps::resolve(snapshot, context, names)?,
    };
    let shadings: Vec<Option<LayerShading>> =
        selected.ready.iter().map(|layer| layer_shading(catalog, layer)).collect();
    let pairs = selected.ready.iter().zip(&shadings);
    let maps: Vec<_> = pairs
        .filter_map(|(layer, shading)| {
            map_input(snapshot, options.language, layer, shading.as_ref())
        })
        .collect();
    let bounds = selected.ready.iter().filter_map(|layer| layer.source()?.description().bounds);
    let bounds = catalog.district.bounds.or(bounds.reduce(GeographicBounds::union));
    let arrangement = match &selected.composite {
        Some(tiles) => MapArrangement::AllVisible { tiles },
        None => MapArrangement::OneVisible { opening: selected.opening },
    };
    let style = render(&RenderRequest {
        base_url: context.base_url.as_str(),
        title: LocalizedTitle { ko: &selected.title.ko, en: &selected.title.en },
        maps: &maps,
        unavailable: &selected.missing,
        arrangement,
        styles: &published.themes,
        base_tiles: base.as_ref().map(PublishedBase::tiles).as_ref(),
        ground: vworld.map(|key| key.ground(options.variant)).as_ref(),
        language: options.language,
        variant: options.variant,
        profile: options.profile,
        center: bounds.map(GeographicBounds::center),
        zoom: bounds.map(|bounds| f64::from(opening_zoom(bounds))),
    });
    Ok(serde_json::to_vec(&style).unwrap_or_default())
}

/// Style of one map without the base, in Korean and the light scheme, for legends and previews.
pub(super) fn single_map_style(published: &PublishedState, layer: &PublishedLayer) -> Value {
    let snapshot = &published.snapshot;
    let language = Language::default();
    let shading = layer_shading(snapshot.catalog(), layer);
    let map = map_input(snapshot, language, layer, shading.as_ref());
    render(&RenderRequest {
        base_url: "",
        title: LocalizedTitle { ko: &layer.title.ko, en: &layer.title.en },
        maps: map.as_slice(),
        unavailable: &[],
        arrangement: MapArrangement::OneVisible { opening: Some(layer.id.as_str()) },
        styles: &published.themes,
        base_tiles: None,
        ground: None,
        language,
        variant: ColourSchemeVariant::Light,
        profile: ClientProfile::default(),
        center: None,
        zoom: None,
    })
}
