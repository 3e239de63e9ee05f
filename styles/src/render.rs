//! Renders documents to a style for one map.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::document::{draws_labels, source_layer};
use crate::legend::{self, LEGEND};
use crate::{LayerStyleInput, LocalizedTitle, SOURCE, StyleDocument, generate};

/// Key of a style's `metadata` for the URL of the fonts' CSS for OpenLayers.
///
/// Without the key, ol-mapbox-style requests a public CDN.
pub const WEBFONTS: &str = "ol:webfonts";
/// Key of a style layer's `metadata` with its `text-field` by language.
pub const TEXT_FIELD: &str = "policy-map:text-field";

/// Language of a style's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Korean, the default.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// Language of a code, `ko` or `en`; `None` for any other.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "ko" => Some(Self::Korean),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Code of the language.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }
}

/// Description of the map to be styled.
#[derive(Debug, Clone)]
pub struct RenderRequest<'a> {
    /// Absolute URL of the server without a trailing slash.
    pub base_url: &'a str,
    /// Title of the map.
    pub title: LocalizedTitle<'a>,
    /// Layers of the vector source, as the text between `/tiles/` and `.json`.
    pub tiles: &'a str,
    /// Layers in these tiles.
    pub layers: &'a [LayerStyleInput<'a>],
    /// Layers whose tiles also hold label points. For other layers, style layers that
    /// draw label points are not rendered.
    pub labelled: &'a [&'a str],
    /// Layers of the map that can't be shown now.
    pub unavailable: &'a [&'a str],
    /// Documents to take style layers from, in order; a layer that none of them draws
    /// gets a generated style.
    pub documents: &'a [&'a StyleDocument],
    /// Language of the names.
    pub language: Language,
    /// Initial longitude and latitude of the map.
    pub center: Option<[f64; 2]>,
    /// Initial zoom of the map.
    pub zoom: Option<f64>,
}

/// Renders the style: one vector source with an absolute URL, and only style layers whose
/// data the source holds (MapLibre reports an error for others).
///
/// `metadata."policy-map:unavailable"` lists the layers that are missing for now,
/// `metadata."policy-map:legend"` is the legend of the others, and each style layer's
/// `metadata.label` is its title in the requested language.
#[must_use]
pub fn render(request: &RenderRequest<'_>) -> Value {
    let mut root = Map::new();
    let mut metadata = Map::new();
    // Of several documents the first that says something about the whole map
    // is heard: there is only one sprite and one light.
    for document in request.documents {
        let own = document.root().get("metadata").and_then(Value::as_object);
        fill_in(&mut metadata, own.into_iter().flatten());
        fill_in(&mut root, document.root());
    }
    let (layers, generated) = layers(request);
    root.insert("version".into(), 8.into());
    root.insert("name".into(), request.title.get(request.language).into());
    metadata.insert("title".into(), json!(request.title));
    let legend = legend::merge(request.layers, request.documents, &generated);
    metadata.insert(LEGEND.into(), legend.into());
    if !request.unavailable.is_empty() {
        metadata.insert("policy-map:unavailable".into(), json!(request.unavailable));
    }
    metadata.entry(WEBFONTS).or_insert_with(|| "/fonts/{font-family}.css".into());
    make_absolute(&mut metadata, WEBFONTS, request.base_url);
    root.insert("metadata".into(), metadata.into());
    if let Some(center) = request.center {
        root.entry("center").or_insert_with(|| json!(center));
    }
    if let Some(zoom) = request.zoom {
        root.entry("zoom").or_insert_with(|| json!(zoom));
    }
    root.insert("layers".into(), layers.into());
    let url = format!("{}/tiles/{}.json", request.base_url, request.tiles);
    root.insert("sources".into(), json!({ SOURCE: { "type": "vector", "url": url } }));
    Value::Object(root)
}

/// Adds the entries whose keys are missing.
fn fill_in<'v>(
    target: &mut Map<String, Value>,
    entries: impl IntoIterator<Item = (&'v String, &'v Value)>,
) {
    for (key, value) in entries {
        if !target.contains_key(key) {
            target.insert(key.clone(), value.clone());
        }
    }
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

/// Style layers from the bottom up, and colours of the map layers that no document draws.
fn layers<'a>(request: &RenderRequest<'a>) -> (Vec<Value>, BTreeMap<&'a str, &'static str>) {
    let wanted: BTreeSet<&str> = request.layers.iter().map(|look| look.id).collect();
    let mut drawn = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut layers: Vec<(u8, Value)> = Vec::new();
    let mut push = |band: u8, mut layer: Map<String, Value>| {
        let id = layer.get("id").and_then(Value::as_str).unwrap_or_default();
        // Documents of two themes may share an id; MapLibre refuses that.
        if !ids.insert(id.to_owned()) {
            return;
        }
        speak(&mut layer, request.language);
        layers.push((band, Value::Object(layer)));
    };
    for (i, document) in request.documents.iter().enumerate() {
        // It only rises: within a document the author's order stands.
        let mut height = 0u8;
        for layer in document.layers() {
            match source_layer(layer) {
                Some(id) if draws_labels(layer) && !request.labelled.contains(&id) => {}
                Some(id) if wanted.contains(id) => {
                    drawn.insert(id);
                    height = height.max(band(layer));
                    push(height, layer.clone());
                }
                Some(_) => {}
                // A background: the first document's, under everything.
                None if i == 0 => push(0, layer.clone()),
                None => {}
            }
        }
    }
    let undrawn = || request.layers.iter().filter(|look| !drawn.contains(look.id));
    let colours = generate::colours(undrawn().map(|look| look.id));
    for look in undrawn() {
        let generated = generate::layers(look, colours[look.id]);
        // An outline stays with its fill.
        let height = generated.first().map_or(0, band);
        generated.into_iter().for_each(|layer| push(height, layer));
    }
    // Stable: documents lie in their order within each band.
    layers.sort_by_key(|(band, _)| *band);
    (layers.into_iter().map(|(_, layer)| layer).collect(), colours)
}

/// Vertical order of a style layer among those of other documents: one theme's areas must
/// not cover another's points, nor its points another's names.
fn band(layer: &Map<String, Value>) -> u8 {
    match layer.get("type").and_then(Value::as_str) {
        Some("background") => 0,
        Some("line") => 2,
        Some("circle") => 3,
        Some("symbol") => 4,
        _ => 1,
    }
}

/// Sets the label and the text field of a style layer to a language.
fn speak(layer: &mut Map<String, Value>, language: Language) {
    let translated = |layer: &Map<String, Value>, key: &str| {
        layer.get("metadata")?.get(key)?.get(language.code()).cloned()
    };
    let text = translated(layer, "title");
    let field = translated(layer, TEXT_FIELD);
    if let (Some(text), Some(Value::Object(metadata))) = (text, layer.get_mut("metadata")) {
        metadata.insert("label".into(), text);
    }
    if let (Some(field), Some(Value::Object(layout))) = (field, layer.get_mut("layout")) {
        layout.insert("text-field".into(), field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LayerGeometry;

    const DOCUMENT: &str = r##"{
        "version": 8, "name": "Common", "sprite": "https://s/common", "glyphs": "https://f/{fontstack}/{range}.pbf",
        "sources": {"policy-map": {"type": "vector", "url": "https://elsewhere"}},
        "layers": [
            {"id": "back", "type": "background", "paint": {"background-color": "#fff"}},
            {"id": "d", "type": "symbol", "source": "policy-map", "source-layer": "dongs",
             "metadata": {"title": {"ko": "동", "en": "Dongs"},
                          "policy-map:text-field": {"ko": ["get", "nm"], "en": ["get", "nm_eng"]}},
             "layout": {"text-field": ["get", "nm"]}},
            {"id": "h", "type": "fill", "source": "policy-map", "source-layer": "hidden",
             "metadata": {"title": {"ko": "비밀", "en": "Secret"}}}
        ]}"##;

    fn look(id: &str) -> LayerStyleInput<'_> {
        LayerStyleInput {
            id,
            title: LocalizedTitle { ko: "이름", en: "Name" },
            shape: LayerGeometry::Line,
            theming: None,
        }
    }

    fn rendered(language: Language) -> Value {
        let document = StyleDocument::parse(DOCUMENT).unwrap();
        render(&RenderRequest {
            base_url: "https://map.example/gis",
            title: LocalizedTitle { ko: "공통", en: "Common" },
            tiles: "dongs,roads",
            layers: &[look("dongs"), look("roads")],
            labelled: &["dongs"],
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
        assert_eq!(ids, ["back", "roads.line", "d"]);
        assert_eq!(style["metadata"]["policy-map:unavailable"], json!(["rivers"]));
        assert!(!style.to_string().contains("Secret"));
    }

    #[test]
    fn label_points_are_drawn_where_the_tiles_hold_them() {
        let names = document(&[("dongs", "fill"), ("dongs.label", "symbol")]);
        let ids = |labelled: &[&str]| {
            let style = render(&RenderRequest {
                base_url: "https://map.example",
                title: LocalizedTitle { ko: "지도", en: "Map" },
                tiles: "dongs",
                layers: &[look("dongs")],
                labelled,
                unavailable: &[],
                documents: &[&names],
                language: Language::Korean,
                center: None,
                zoom: None,
            });
            style["layers"].as_array().unwrap().iter().map(|l| l["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&["dongs"]), ["dongs.fill", "dongs.label.symbol"]);
        assert_eq!(ids(&[]), ["dongs.fill"]);
    }

    /// Ids of the rendered style layers for these documents and layers.
    fn order(documents: &[&StyleDocument], layers: &[LayerStyleInput<'_>]) -> Vec<String> {
        let style = render(&RenderRequest {
            base_url: "https://map.example",
            title: LocalizedTitle { ko: "지도", en: "Map" },
            tiles: "all",
            layers,
            labelled: &[],
            unavailable: &[],
            documents,
            language: Language::Korean,
            center: None,
            zoom: None,
        });
        let layers = style["layers"].as_array().unwrap().iter();
        layers.map(|layer| layer["id"].as_str().unwrap().to_owned()).collect()
    }

    /// A document of style layers named `<id>.<type>`.
    fn document(layers: &[(&str, &str)]) -> StyleDocument {
        let layers: Vec<_> = layers
            .iter()
            .map(|(id, kind)| {
                json!({
                    "id": format!("{id}.{kind}"), "type": kind, "source": SOURCE,
                    "source-layer": id, "metadata": {"title": {"ko": "가", "en": "A"}},
                })
            })
            .collect();
        StyleDocument::parse(&json!({"version": 8, "layers": layers}).to_string()).unwrap()
    }

    #[test]
    fn fills_lie_below_lines_below_points_below_names_of_every_document() {
        let common = document(&[("dongs", "fill"), ("roads", "line"), ("dongs", "symbol")]);
        let safety = document(&[("risk", "fill"), ("cctv", "circle"), ("cctv", "symbol")]);
        let area = LayerStyleInput { shape: LayerGeometry::Polygon, ..look("parks") };
        let looks = [look("dongs"), look("roads"), look("risk"), look("cctv"), area];
        assert_eq!(
            order(&[&common, &safety], &looks),
            [
                "dongs.fill",
                "risk.fill",
                "parks.fill",
                "parks.outline",
                "roads.line",
                "cctv.circle",
                "dongs.symbol",
                "cctv.symbol",
            ]
        );
    }

    #[test]
    fn the_order_within_a_document_stands() {
        let document = document(&[("roads", "line"), ("houses", "fill"), ("roads", "symbol")]);
        let looks = [look("houses"), look("roads")];
        assert_eq!(order(&[&document], &looks), ["roads.line", "houses.fill", "roads.symbol"]);
    }

    #[test]
    fn metadata_of_all_documents_is_merged() {
        let one = r#"{"version": 8, "metadata": {"by": "one"}, "layers": []}"#;
        let two = r#"{"version": 8, "metadata": {"by": "two", "ol:webfonts": "/css/{font-family}"}, "layers": []}"#;
        let (one, two) = (StyleDocument::parse(one).unwrap(), StyleDocument::parse(two).unwrap());
        let style = render(&RenderRequest {
            base_url: "https://map.example/gis",
            title: LocalizedTitle { ko: "지도", en: "Map" },
            tiles: "roads",
            layers: &[look("roads")],
            labelled: &[],
            unavailable: &[],
            documents: &[&one, &two],
            language: Language::Korean,
            center: None,
            zoom: None,
        });
        assert_eq!(style["metadata"]["by"], "one");
        assert_eq!(style["metadata"]["ol:webfonts"], "https://map.example/gis/css/{font-family}");
        assert_eq!(style["metadata"]["policy-map:legend"]["roads"][0]["shape"], "line");
    }

    #[test]
    fn urls_are_absolute() {
        let style = rendered(Language::Korean);
        assert_eq!(
            style["metadata"]["ol:webfonts"],
            "https://map.example/gis/fonts/{font-family}.css"
        );
        assert_eq!(style["sprite"], "https://s/common");
        assert_eq!(style["glyphs"], "https://f/{fontstack}/{range}.pbf");
    }

    #[test]
    fn names_follow_the_language_and_titles_keep_both() {
        for (language, name, label, column) in [
            (Language::Korean, "공통", "동", "nm"),
            (Language::English, "Common", "Dongs", "nm_eng"),
        ] {
            let style = rendered(language);
            let names = &style["layers"][2];
            assert_eq!(style["name"], name);
            assert_eq!(names["metadata"]["label"], label);
            assert_eq!(names["metadata"]["title"], json!({"ko": "동", "en": "Dongs"}));
            assert_eq!(names["layout"]["text-field"], json!(["get", column]));
        }
    }

    #[test]
    fn a_rendered_style_passes_the_lint_again() {
        let style = rendered(Language::Korean).to_string();
        assert_eq!(StyleDocument::parse(&style).unwrap().findings(), []);
    }
}
