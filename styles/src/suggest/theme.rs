//! Style document of a whole theme.

use serde_json::{Map, Value, json};

use super::proposal::suggest;
use crate::keys::WEBFONTS;
use crate::map_description::MapDescription;

/// Proposes the style document of a theme.
///
/// Maps in both forms have two descriptions of one id. Each map has a source of its own; all
/// but the opening map are hidden. Without an opening map the first one is shown.
#[must_use]
pub fn suggest_theme(
    theme: &str,
    descriptions: &[MapDescription],
    opening_map: Option<&str>,
) -> Value {
    let opening = opening_map.or_else(|| descriptions.first().map(|first| first.id.as_str()));
    let mut sources = Map::new();
    let mut layers: Vec<Value> = Vec::new();
    for description in descriptions {
        sources.insert(description.id.clone(), source(description));
        for mut layer in suggest(description) {
            if Some(description.id.as_str()) != opening {
                hide(&mut layer);
            }
            layers.push(layer.into());
        }
    }
    let mut metadata = Map::new();
    if let Some(opening) = opening {
        metadata.insert("policy-map:opening-map".into(), opening.into());
    }
    metadata.insert(WEBFONTS.into(), "/fonts/{font-family}.css".into());
    json!({
        "version": 8,
        "name": theme,
        "metadata": metadata,
        "sprite": "/sprites/policy-map",
        "sources": sources,
        "layers": layers,
    })
}

/// Vector source of a map, in the time slice that it opens with.
#[must_use]
pub fn source(description: &MapDescription) -> Value {
    let id = &description.id;
    let url = match &description.cartography.opening_time {
        Some(time) => format!("/tiles/{id}.json?time={time}"),
        None => format!("/tiles/{id}.json"),
    };
    json!({ "type": "vector", "url": url })
}

fn hide(layer: &mut Map<String, Value>) {
    let layout = layer.entry("layout").or_insert_with(|| json!({}));
    if let Some(layout) = layout.as_object_mut() {
        layout.insert("visibility".into(), "none".into());
    }
}
