//! Sources of a style.

use serde_json::{Map, Value, json};

use super::map_layers::DrawnMap;
use super::request::{MapArrangement, RenderRequest};
use crate::keys::{BASE_SOURCE, SOURCE};
use crate::language::Language;

/// The sources by name: the base, and one for each map or one for all.
pub(super) fn sources(request: &RenderRequest<'_>, maps: &[DrawnMap<'_>]) -> Map<String, Value> {
    let mut sources = Map::new();
    let mut add = |name: &str, tiles: &str, time: Option<&str>| {
        let url = url(request, tiles, time);
        sources.insert(name.to_owned(), json!({ "type": "vector", "url": url }));
    };
    if let (Some(base), Some(_)) = (request.base_tiles, request.styles.base()) {
        add(BASE_SOURCE, base.tiles, None);
    }
    match request.arrangement {
        MapArrangement::OneVisible { .. } => {
            for map in maps {
                add(map.input.id, map.input.id, opening_time(map));
            }
        }
        MapArrangement::AllVisible { tiles } => add(SOURCE, tiles, common_time(maps)),
    }
    sources
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

/// Time slice that all maps of a composite open with.
///
/// A map without the slice would refuse it.
fn common_time<'a>(maps: &[DrawnMap<'a>]) -> Option<&'a str> {
    let first = maps.first().and_then(opening_time)?;
    maps.iter().all(|map| opening_time(map) == Some(first)).then_some(first)
}
