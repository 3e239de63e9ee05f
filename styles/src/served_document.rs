//! Recognition of documents that this server served, as editors save them.
//!
//! A style editor such as Maputnik saves what it loaded: absolute URLs of the server, the base's
//! style layers and its source. Served documents belong to no server, so all of it is undone
//! before a document is checked.

use serde_json::{Map, Value, json};

use crate::keys::{BASE_SOURCE, GROUND_SOURCE, SOURCE, WEBFONTS};
use crate::style_part::is_base;

/// Undoes what serving adds: the base, and the base URL before this server's paths.
pub(crate) fn restore(root: &mut Map<String, Value>, layers: &mut Vec<Map<String, Value>>) {
    layers.retain(|layer| !is_base(layer));
    restore_urls(root);
    let Some(Value::Object(sources)) = root.get_mut("sources") else { return };
    let drawn = |name: &str| layers.iter().any(|layer| layer.get("source") == Some(&name.into()));
    if !drawn(BASE_SOURCE) {
        sources.shift_remove(BASE_SOURCE);
    }
    sources.shift_remove(GROUND_SOURCE);
    for source in sources.values_mut() {
        if let Some(url) = tiles_url(source) {
            *source = json!({ "type": "vector", "url": url });
        }
    }
}

/// Removes the base URL before the paths of sprite and fonts.
pub(crate) fn restore_urls(root: &mut Map<String, Value>) {
    make_relative(root, "sprite", sprite_path);
    make_relative(root, "glyphs", glyphs_path);
    if let Some(Value::Object(metadata)) = root.get_mut("metadata") {
        make_relative(metadata, WEBFONTS, fonts_path);
    }
}

fn make_relative(
    object: &mut Map<String, Value>,
    key: &str,
    path: impl Fn(&str) -> Option<String>,
) {
    if let Some(path) = object.get(key).and_then(Value::as_str).and_then(path) {
        object.insert(key.into(), path.into());
    }
}

/// Path of the TileJSON of a source of this server, with its time.
fn tiles_url(source: &Value) -> Option<String> {
    let url = source.get("url").or_else(|| source.get("tiles")?.get(0))?.as_str()?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let (_, name) = path.rsplit_once("/tiles/")?;
    let name = name.strip_suffix(".json").or_else(|| name.strip_suffix("/{z}/{x}/{y}"));
    let name = name.filter(|name| !name.contains('/'))?;
    let time = query.split('&').find(|pair| pair.starts_with("time="));
    let time = time.map_or_else(String::new, |time| format!("?{time}"));
    Some(format!("/tiles/{name}.json{time}"))
}

fn sprite_path(url: &str) -> Option<String> {
    let (_, name) = url.rsplit_once("/sprites/").filter(|_| !url.contains('?'))?;
    // A sprite of another server has a name of its own.
    (name.starts_with(SOURCE) && !name.contains('/')).then(|| format!("/sprites/{name}"))
}

fn glyphs_path(url: &str) -> Option<String> {
    const PATH: &str = "/fonts/{fontstack}/{range}.pbf";
    url.ends_with(PATH).then(|| PATH.to_owned())
}

fn fonts_path(url: &str) -> Option<String> {
    const PATH: &str = "/fonts/{font-family}.css";
    url.ends_with(PATH).then(|| PATH.to_owned())
}
