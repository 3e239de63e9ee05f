//! Sources of a style.

use serde_json::{Map, Value, json};

use super::map_layers::DrawnMap;
use super::request::{MapArrangement, RenderRequest};
use crate::client_profile::ClientProfile;
use crate::keys::{BASE_SOURCE, GROUND_SOURCE, SOURCE};
use crate::language::Language;

/// The sources by name: the base, and one for each map or one for all. QGIS, which knows one
/// source, gets the base in the composite.
///
/// Clients fetch the TileJSON of each source that has one. So that nothing is fetched for
/// invisible maps, their sources state what a client needs.
pub(super) fn sources(
    request: &RenderRequest<'_>,
    maps: &[DrawnMap<'_>],
    opening: Option<&str>,
) -> Map<String, Value> {
    let mut sources = Map::new();
    let described = |tiles: &str, time: Option<&str>| json!({ "type": "vector", "url": url(request, tiles, time) });
    let raster = request.ground_raster().map(|ground| {
        json!({
            "type": "raster",
            "tiles": [ground.tiles],
            "tileSize": 256,
            "maxzoom": ground.max_zoom,
            "attribution": ground.attribution,
        })
    });
    let base = request.base_tiles.filter(|_| request.styles.base().is_some());
    if let Some(base) = base {
        // Of maps for QGIS, the composite below takes its place.
        let name = if request.profile == ClientProfile::Qgis { SOURCE } else { BASE_SOURCE };
        sources.insert(name.to_owned(), described(base.tiles, None));
    }
    match request.arrangement {
        MapArrangement::OneVisible { .. } => {
            for map in maps {
                let id = map.input.id;
                let source = match opening == Some(id) {
                    true => described(id, opening_time(map)),
                    false => stated(request, map),
                };
                sources.insert(id.to_owned(), source);
            }
        }
        MapArrangement::AllVisible { tiles } => {
            let base = base.filter(|_| request.profile == ClientProfile::Qgis);
            let tiles: Vec<&str> = base.map(|base| base.tiles).into_iter().chain([tiles]).collect();
            let source = described(&tiles.join(","), common_time(maps));
            sources.insert(SOURCE.to_owned(), source);
        }
    }
    sources.extend(raster.map(|raster| (GROUND_SOURCE.to_owned(), raster)));
    sources
}

/// Source of a map without TileJSON.
fn stated(request: &RenderRequest<'_>, map: &DrawnMap<'_>) -> Value {
    let tiles = &map.input.tiles;
    let time = opening_time(map).map_or_else(String::new, |time| format!("?time={time}"));
    let url = format!("{}/tiles/{}/{{z}}/{{x}}/{{y}}{time}", request.base_url, map.input.id);
    let mut source = json!({
        "type": "vector",
        "tiles": [url],
        "minzoom": tiles.zooms.0,
        "maxzoom": tiles.zooms.1,
    });
    if let Some(bounds) = tiles.bounds {
        source["bounds"] = json!(bounds);
    }
    if let Some(attribution) = &tiles.attribution {
        source["attribution"] = json!(attribution);
    }
    source
}

fn url(request: &RenderRequest<'_>, tiles: &str, time: Option<&str>) -> String {
    let time = time.map(|time| format!("time={time}"));
    // The attribution is in the language of the names.
    let language =
        (request.language != Language::Korean).then(|| format!("lang={}", request.language.code()));
    let query: Vec<_> = time.into_iter().chain(language).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/tiles/{tiles}.json{mark}{}", request.base_url, query.join("&"))
}

/// Time slice that a map opens with: the document's, else the declared one; `None` for the
/// newest, and where the map no longer has the slice.
fn opening_time<'a>(map: &DrawnMap<'a>) -> Option<&'a str> {
    let authored = map.document().and_then(|document| document.opening_time(map.input.id));
    authored.or(map.input.opening_time).filter(|time| map.input.times.contains(time))
}

/// Time slice that all maps of a composite with slices open with.
///
/// A map of another period would refuse it.
fn common_time<'a>(maps: &[DrawnMap<'a>]) -> Option<&'a str> {
    let mut times = maps.iter().filter(|map| !map.input.times.is_empty()).map(opening_time);
    let first = times.next()??;
    times.all(|time| time == Some(first)).then_some(first)
}
