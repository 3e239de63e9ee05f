//! Documents to a style for one map.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::document::source_layer;
use crate::{Document, Look, SOURCE, Title, generate};

/// The language of a style's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Korean, the language of the district.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// The language of a code: `ko` or `en`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "ko" => Some(Self::Korean),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// A map to be styled.
#[derive(Debug, Clone)]
pub struct RenderRequest<'a> {
    /// The server's absolute URL without a trailing slash.
    pub base_url: &'a str,
    /// The map's name.
    pub title: Title<'a>,
    /// What stands between `/tiles/` and `.json`: the layers of the one source.
    pub tiles: &'a str,
    /// The layers that these tiles hold.
    pub layers: &'a [Look<'a>],
    /// Layers that the map should have and that can't be shown now.
    pub unavailable: &'a [&'a str],
    /// The documents to take style layers from, in order; a layer that none of
    /// them draws gets a generated look.
    pub documents: &'a [&'a Document],
    /// The language of the names.
    pub language: Language,
    /// Longitude and latitude where a map opens.
    pub center: Option<[f64; 2]>,
    /// The zoom at which it opens.
    pub zoom: Option<f64>,
}

/// Makes the style: one vector source with an absolute URL, and only style
/// layers whose data that source holds (MapLibre reports an error for others).
///
/// `metadata."policy-map:unavailable"` names layers that are missing for now,
/// and each style layer's `metadata.label` is its title in the language asked
/// for.
#[must_use]
pub fn render(request: &RenderRequest<'_>) -> Value {
    let mut root = Map::new();
    // Of several documents the first that says something about the whole map
    // is heard: there is only one sprite and one light.
    for document in request.documents {
        for (key, value) in document.root() {
            if !root.contains_key(key) {
                root.insert(key.clone(), value.clone());
            }
        }
    }
    root.insert("version".into(), 8.into());
    root.insert("name".into(), request.title.get(request.language).into());
    let metadata = root.entry("metadata").or_insert_with(|| json!({}));
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.insert("title".into(), json!(request.title));
        if !request.unavailable.is_empty() {
            metadata.insert("policy-map:unavailable".into(), json!(request.unavailable));
        }
    }
    for key in ["sprite", "glyphs"] {
        if let Some(url) = root.get(key).and_then(Value::as_str)
            && url.starts_with('/')
        {
            let absolute = format!("{}{url}", request.base_url);
            root.insert(key.into(), absolute.into());
        }
    }
    if let Some(center) = request.center {
        root.entry("center").or_insert_with(|| json!(center));
    }
    if let Some(zoom) = request.zoom {
        root.entry("zoom").or_insert_with(|| json!(zoom));
    }
    root.insert("layers".into(), layers(request).into());
    let url = format!("{}/tiles/{}.json", request.base_url, request.tiles);
    root.insert("sources".into(), json!({ SOURCE: { "type": "vector", "url": url } }));
    Value::Object(root)
}

fn layers(request: &RenderRequest<'_>) -> Vec<Value> {
    let wanted: BTreeSet<&str> = request.layers.iter().map(|look| look.id).collect();
    let mut drawn = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut layers = Vec::new();
    let mut push = |mut layer: Map<String, Value>| {
        let id = layer.get("id").and_then(Value::as_str).unwrap_or_default();
        // Documents of two themes may share an id; MapLibre refuses that.
        if !ids.insert(id.to_owned()) {
            return;
        }
        label(&mut layer, request.language);
        layers.push(Value::Object(layer));
    };
    for (i, document) in request.documents.iter().enumerate() {
        for layer in document.layers() {
            match source_layer(layer) {
                Some(id) if wanted.contains(id) => {
                    drawn.insert(id);
                    push(layer.clone());
                }
                Some(_) => {}
                // A background: the first document's, under everything.
                None if i == 0 => push(layer.clone()),
                None => {}
            }
        }
    }
    for look in request.layers.iter().filter(|look| !drawn.contains(look.id)) {
        generate::layers(look).into_iter().for_each(&mut push);
    }
    layers
}

fn label(layer: &mut Map<String, Value>, language: Language) {
    let Some(metadata) = layer.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let code = match language {
        Language::Korean => "ko",
        Language::English => "en",
    };
    let text = metadata.get("title").and_then(|title| title.get(code)).cloned();
    if let Some(text) = text {
        metadata.insert("label".into(), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;

    const DOCUMENT: &str = r##"{
        "version": 8, "name": "Common", "sprite": "/sprites/common", "glyphs": "https://f/{fontstack}/{range}.pbf",
        "sources": {"policy-map": {"type": "vector", "url": "https://elsewhere"}},
        "layers": [
            {"id": "back", "type": "background", "paint": {"background-color": "#fff"}},
            {"id": "d", "type": "fill", "source": "policy-map", "source-layer": "dongs",
             "metadata": {"title": {"ko": "동", "en": "Dongs"}}},
            {"id": "h", "type": "fill", "source": "policy-map", "source-layer": "hidden",
             "metadata": {"title": {"ko": "비밀", "en": "Secret"}}}
        ]}"##;

    fn look(id: &str) -> Look<'_> {
        Look { id, title: Title { ko: "이름", en: "Name" }, shape: Shape::Line }
    }

    fn rendered(language: Language) -> Value {
        let document = Document::parse(DOCUMENT).unwrap();
        render(&RenderRequest {
            base_url: "https://map.example/gis",
            title: Title { ko: "공통", en: "Common" },
            tiles: "dongs,roads",
            layers: &[look("dongs"), look("roads")],
            unavailable: &["rivers"],
            documents: &[&document],
            language,
            center: Some([127.04, 37.55]),
            zoom: Some(13.0),
        })
    }

    #[test]
    fn a_style_has_one_source_and_only_layers_that_it_holds() {
        let style = rendered(Language::English);
        assert_eq!(
            style["sources"],
            json!({"policy-map": {"type": "vector", "url": "https://map.example/gis/tiles/dongs,roads.json"}})
        );
        let ids: Vec<_> = style["layers"].as_array().unwrap().iter().map(|l| &l["id"]).collect();
        assert_eq!(ids, ["back", "d", "roads.line"]);
        assert_eq!(style["metadata"]["policy-map:unavailable"], json!(["rivers"]));
        assert!(!style.to_string().contains("Secret"));
    }

    #[test]
    fn urls_are_absolute() {
        let style = rendered(Language::Korean);
        assert_eq!(style["sprite"], "https://map.example/gis/sprites/common");
        assert_eq!(style["glyphs"], "https://f/{fontstack}/{range}.pbf");
    }

    #[test]
    fn names_follow_the_language_and_titles_keep_both() {
        for (language, name, label) in
            [(Language::Korean, "공통", "동"), (Language::English, "Common", "Dongs")]
        {
            let style = rendered(language);
            assert_eq!(style["name"], name);
            assert_eq!(style["layers"][1]["metadata"]["label"], label);
            assert_eq!(style["layers"][1]["metadata"]["title"], json!({"ko": "동", "en": "Dongs"}));
        }
    }

    #[test]
    fn a_rendered_style_passes_the_lint_again() {
        let style = rendered(Language::Korean).to_string();
        assert_eq!(Document::parse(&style).unwrap().findings(), []);
    }
}
