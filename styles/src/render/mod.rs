//! Renders documents to a style: maps over the base.

mod map_layers;
mod request;
mod sources;
mod stack;

use serde_json::{Map, Value, json};

use crate::base::BaseStyle;
use crate::client_profile::ClientProfile;
use crate::document::StyleDocument;
use crate::generate;
use crate::keys::{LEGEND, OPENING_MAP, PROFILE, SCHEME, UNAVAILABLE, WEBFONTS};
use crate::legend;
use crate::palettes::ColourSchemeVariant;

pub(crate) use self::map_layers::DrawnMap;
pub use self::request::{BaseTiles, GroundRaster, MapArrangement, RenderRequest};
use self::stack::Stack;

/// Renders a style with absolute URLs and only style layers whose data its sources hold
/// (MapLibre reports an error for others).
///
/// The style's `metadata` has `policy-map:opening-map` where one map is visible,
/// `policy-map:unavailable`, the maps that are missing for now, and `policy-map:legend`,
/// the legend of the others. Each style layer's `metadata.label` is its title in the
/// requested language.
#[must_use]
pub fn render(request: &RenderRequest<'_>) -> Value {
    let opening = request.opening_map();
    if let (ClientProfile::Qgis, Some(opening)) = (request.profile, opening) {
        // QGIS 3.22 draws invisible style layers too, so it gets the visible map alone.
        let maps: Vec<_> = request.maps.iter().filter(|map| map.id == opening).cloned().collect();
        let arrangement = MapArrangement::AllVisible { tiles: opening };
        return render_maps(&RenderRequest { maps: &maps, arrangement, ..request.clone() }, None);
    }
    render_maps(request, opening)
}

/// Renders the maps of a request; of several sources, only the opening map is visible.
fn render_maps(request: &RenderRequest<'_>, opening: Option<&str>) -> Value {
    let colours = generate::colours(request.maps.iter().flat_map(|map| &map.layers).map(|l| l.id));
    let maps: Vec<DrawnMap<'_>> =
        request.maps.iter().map(|map| DrawnMap::new(map, request.styles, &colours)).collect();
    let mut stack = Stack::new(request);
    for map in &maps {
        let visible = opening.is_none_or(|opening| opening == map.input.id);
        stack.add_map(map, request.arrangement.source_of(map.input.id), visible);
    }
    let mut root = roots(request, &maps);
    root.insert("version".into(), 8.into());
    root.insert("name".into(), request.title.get(request.language).into());
    root.insert("metadata".into(), style_metadata(request, opening, &maps).into());
    make_absolute(&mut root, "sprite", request.base_url);
    make_absolute(&mut root, "glyphs", request.base_url);
    if let Some(center) = request.center {
        root.insert("center".into(), json!(center));
    }
    if let Some(zoom) = request.zoom {
        root.insert("zoom".into(), json!(zoom));
    }
    root.insert("sources".into(), sources::sources(request, &maps, opening).into());
    root.insert("layers".into(), stack.into_layers(request.profile).into());
    Value::Object(root)
}

/// Keys of the documents' top levels that a style takes over.
///
/// Other keys may tell of maps that the audience must not see.
const ROOT_KEYS: [&str; 4] = ["sprite", "glyphs", "transition", "light"];

/// Top level of the style: of several documents the first value of a key counts, since
/// there is only one sprite and one light.
fn roots(request: &RenderRequest<'_>, maps: &[DrawnMap<'_>]) -> Map<String, Value> {
    let documents = maps.iter().filter_map(DrawnMap::document).map(StyleDocument::root);
    let base = request.styles.base().map(BaseStyle::root);
    let mut root = Map::new();
    for own in documents.chain(base) {
        for key in ROOT_KEYS {
            if let (false, Some(value)) = (root.contains_key(key), own.get(key)) {
                root.insert(key.to_owned(), value.clone());
            }
        }
    }
    root
}

fn style_metadata(
    request: &RenderRequest<'_>,
    opening: Option<&str>,
    maps: &[DrawnMap<'_>],
) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("title".into(), json!(request.title));
    if let Some(opening) = opening {
        metadata.insert(OPENING_MAP.into(), opening.into());
    }
    if !request.unavailable.is_empty() {
        metadata.insert(UNAVAILABLE.into(), json!(request.unavailable));
    }
    if request.variant != ColourSchemeVariant::Light {
        metadata.insert(SCHEME.into(), request.variant.name().into());
    }
    if request.profile == ClientProfile::Qgis {
        metadata.insert(PROFILE.into(), "qgis".into());
    }
    metadata.insert(LEGEND.into(), legend::of_maps(maps).into());
    let mut fonts =
        maps.iter().filter_map(|map| map.document()?.root().get("metadata")?.get(WEBFONTS));
    let fonts = fonts.next().cloned().unwrap_or_else(|| "/fonts/{font-family}.css".into());
    metadata.insert(WEBFONTS.into(), fonts);
    make_absolute(&mut metadata, WEBFONTS, request.base_url);
    metadata
}

/// Prefixes a URL that starts with `/` with the server's base URL.
fn make_absolute(object: &mut Map<String, Value>, key: &str, base_url: &str) {
    if let Some(url) = object.get(key).and_then(Value::as_str)
        && url.starts_with('/')
    {
        let absolute = format!("{base_url}{url}");
        object.insert(key.into(), absolute.into());
    }
}

#[cfg(test)]
mod tests;
