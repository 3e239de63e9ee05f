//! Rules for the content of a style document.
//!
//! Errors make a map that does not work anywhere; warnings one that looks otherwise than its
//! author meant. The embedded documents have neither.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::finding::StyleFinding;
use crate::keys::{FORM, MAP, OPENING_MAP, PROFILE, SCHEME, SOURCE, WEBFONTS};
use crate::legend_lint;
use crate::source_layer::source_layer;
use crate::style_part::{PartForm, map_id, metadata};

/// Accepted style layer types: those that draw a vector source, and the background.
const TYPES: [&str; 7] =
    ["background", "fill", "line", "symbol", "circle", "heatmap", "fill-extrusion"];

pub(crate) fn check(root: &Map<String, Value>, layers: &[Map<String, Value>]) -> Vec<StyleFinding> {
    let mut findings = Vec::new();
    if root.get("version") != Some(&Value::from(8)) {
        findings.push(StyleFinding::error("version", "is not 8", "write \"version\": 8"));
    }
    check_urls(root, &mut findings);
    check_sources(root, &mut findings);
    check_marks(root, &mut findings);
    legend_lint::check(root, &mut findings);
    let mut ids = BTreeSet::new();
    for (i, layer) in layers.iter().enumerate() {
        let key = format!("layers[{i}]");
        check_layer(&key, layer, &mut ids, &mut findings);
    }
    let opening = root.get("metadata").and_then(|metadata| metadata.get(OPENING_MAP));
    let is_drawn = |map: &Value| {
        layers.iter().any(|layer| map_id(layer).map(Value::from).as_ref() == Some(map))
    };
    if opening.is_some_and(|map| !is_drawn(map)) {
        findings.push(StyleFinding::error(
            &format!("metadata.{OPENING_MAP}"),
            "is no map of the document",
            "name a map that a style layer draws",
        ));
    }
    findings
}

fn check_urls(root: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    // A list of sprites is for MapLibre alone.
    for key in ["sprite", "glyphs"] {
        if root.get(key).is_some_and(|value| !value.as_str().is_some_and(is_rooted)) {
            findings.push(StyleFinding::error(
                key,
                "is not one absolute URL",
                "write a path that begins with a slash (of this server), or https://",
            ));
        }
    }
    let fonts = root.get("metadata").and_then(|metadata| metadata.get(WEBFONTS));
    if fonts.is_some_and(|value| !value.as_str().is_some_and(is_rooted)) {
        findings.push(StyleFinding::error(
            "metadata.ol:webfonts",
            "is not one absolute URL",
            "write a path that begins with a slash (of this server), or https://",
        ));
    }
}

fn check_sources(root: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let sources = root.get("sources").and_then(Value::as_object);
    for (name, source) in sources.into_iter().flatten() {
        let url = source.get("url").and_then(Value::as_str).unwrap_or_default();
        let path = url.split_once('?').map_or(url, |(path, _)| path);
        let of_map = path.strip_prefix("/tiles/").and_then(|path| path.strip_suffix(".json"));
        if of_map.is_none_or(|map| map != name && name != SOURCE) {
            findings.push(StyleFinding::error(
                &format!("sources.{name}"),
                "is not a map of this server",
                "name the source like the map, with the url /tiles/<map>.json",
            ));
        }
    }
}

/// A document in another colour mode or for QGIS lacks what the server makes them from.
fn check_marks(root: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let metadata = root.get("metadata");
    let mut check = |key: &str, remedy| {
        if metadata.is_some_and(|metadata| metadata.get(key).is_some()) {
            let key = format!("metadata.{key}");
            findings.push(StyleFinding::error(&key, "was served for one use", remedy));
        }
    };
    check(SCHEME, "edit the style that is served without scheme=");
    check(PROFILE, "edit the style that is served without profile=");
}

/// Whether a URL is absolute, or becomes so with the server's base URL before it.
fn is_rooted(url: &str) -> bool {
    let is_absolute = url.starts_with("https://") || url.starts_with("http://");
    is_absolute || (url.starts_with('/') && !url.starts_with("//"))
}

fn check_layer<'a>(
    key: &str,
    layer: &'a Map<String, Value>,
    ids: &mut BTreeSet<&'a str>,
    findings: &mut Vec<StyleFinding>,
) {
    let at = |name: &str| format!("{key}.{name}");
    match layer.get("id").and_then(Value::as_str) {
        None | Some("") => {
            findings.push(StyleFinding::error(&at("id"), "is missing", "name the style layer"));
        }
        Some(id) if !ids.insert(id) => {
            findings.push(StyleFinding::error(&at("id"), "is used twice", "rename one of the two"));
        }
        Some(_) => {}
    }
    let kind = layer.get("type").and_then(Value::as_str).unwrap_or_default();
    if !TYPES.contains(&kind) {
        let problem = format!("{kind:?} is no layer type that draws a vector source");
        findings.push(StyleFinding::error(
            &at("type"),
            &problem,
            "use fill, line, circle or symbol",
        ));
    }
    if kind == "background" {
        let problem = "is not drawn: the base has the background";
        findings.push(StyleFinding::warning(&at("type"), problem, "remove the style layer"));
        return;
    }
    check_source(key, layer, findings);
    check_title(&at("metadata.title"), layer, findings);
    let marked = metadata(layer, FORM).is_some();
    let text = metadata(layer, FORM).and_then(Value::as_str);
    if marked && text.and_then(PartForm::from_text).is_none() {
        let key = at(&format!("metadata.{FORM}"));
        findings.push(StyleFinding::error(&key, "is no form", "write public or staff"));
    }
}

fn check_source(key: &str, layer: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let is_id = |name: &str| !name.is_empty() && name.bytes().all(allowed);
    let drawn = source_layer(layer).unwrap_or_default();
    if !is_id(drawn) {
        findings.push(StyleFinding::error(
            &format!("{key}.source-layer"),
            &format!("{drawn:?} is no layer id"),
            "name a layer of the catalog",
        ));
        return;
    }
    let map = map_id(layer).unwrap_or_default();
    if !is_id(map) || metadata(layer, MAP).is_some_and(|map| !map.is_string()) {
        let key = format!("{key}.metadata.{MAP}");
        findings.push(StyleFinding::error(&key, "is no layer id", "name a layer of the catalog"));
        return;
    }
    let source = layer.get("source").and_then(Value::as_str);
    if source.is_none_or(|source| source != map && source != SOURCE) {
        let problem = format!("is not {map:?}");
        let remedy = "name the source like the map that the style layer belongs to";
        findings.push(StyleFinding::error(&format!("{key}.source"), &problem, remedy));
    }
}

fn check_title(key: &str, layer: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let title = metadata(layer, "title");
    for language in ["ko", "en"] {
        let text = title.and_then(|title| title.get(language)).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            findings.push(StyleFinding::error(
                &format!("{key}.{language}"),
                "is missing",
                "title the style layer in Korean and English",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Severity, StyleDocument};
    use rstest::rstest;
    use serde_json::{Value, json};

    fn style(layer: Value) -> Value {
        let mut base = json!({
            "id": "a", "type": "fill", "source": "dongs", "source-layer": "dongs",
            "metadata": {"title": {"ko": "동", "en": "Dongs"}},
        });
        for (key, value) in layer.as_object().unwrap() {
            base[key] = value.clone();
        }
        json!({"version": 8, "layers": [base]})
    }

    #[rstest]
    #[case::sound(json!({}), &[])]
    #[case::composite(json!({"source": "policy-map"}), &[])]
    #[case::labels(json!({"source-layer": "dongs.label"}), &[])]
    #[case::another_map(json!({"source": "roads"}), &["layers[0].source"])]
    #[case::archive(json!({"source": "basemap", "metadata": {"policy-map:map": "basemap", "title": {"ko": "동", "en": "Dongs"}}}), &[])]
    #[case::map(json!({"metadata": {"policy-map:map": 7, "title": {"ko": "동", "en": "Dongs"}}}), &["layers[0].metadata.policy-map:map"])]
    #[case::form(json!({"metadata": {"policy-map:form": "all", "title": {"ko": "동", "en": "Dongs"}}}), &["layers[0].metadata.policy-map:form"])]
    #[case::type_(json!({"type": "blob"}), &["layers[0].type"])]
    #[case::raster(json!({"type": "raster"}), &["layers[0].type"])]
    #[case::hillshade(json!({"type": "hillshade"}), &["layers[0].type"])]
    #[case::sky(json!({"type": "sky"}), &["layers[0].type"])]
    #[case::source(json!({"source": "osm"}), &["layers[0].source"])]
    #[case::source_layer(json!({"source-layer": "행정동"}), &["layers[0].source-layer"])]
    #[case::title(json!({"metadata": {"title": {"ko": "동"}}}), &["layers[0].metadata.title.en"])]
    #[case::no_id(json!({"id": ""}), &["layers[0].id"])]
    fn errors_name_their_key(#[case] layer: Value, #[case] keys: &[&str]) {
        let result = StyleDocument::parse(&style(layer).to_string());
        let found: Vec<_> = result.err().into_iter().flatten().map(|f| f.key).collect();
        assert_eq!(found, keys);
    }

    #[rstest]
    #[case(json!({"version": 7, "layers": []}), "version")]
    #[case(json!({"version": 8}), "layers")]
    #[case(json!({"version": 8, "layers": [1]}), "layers[0]")]
    #[case(json!({"version": 8, "layers": [], "sprite": "sprites/a"}), "sprite")]
    #[case(json!({"version": 8, "layers": [], "sprite": [{"id": "a", "url": "https://a"}]}), "sprite")]
    #[case(json!({"version": 8, "layers": [], "glyphs": "//cdn/{fontstack}"}), "glyphs")]
    #[case(json!({"version": 8, "layers": [], "metadata": {"ol:webfonts": "fonts.css"}}), "metadata.ol:webfonts")]
    #[case(json!({"version": 8, "layers": [], "sources": {"osm": {}}}), "sources.osm")]
    #[case(json!({"version": 8, "layers": [], "sources": {"roads": {"url": "/tiles/dongs.json"}}}), "sources.roads")]
    #[case(json!({"version": 8, "layers": [], "metadata": {"policy-map:scheme": "dark"}}), "metadata.policy-map:scheme")]
    #[case(json!({"version": 8, "layers": [], "metadata": {"policy-map:profile": "qgis"}}), "metadata.policy-map:profile")]
    #[case(json!({"version": 8, "layers": [], "metadata": {"policy-map:opening-map": "roads"}}), "metadata.policy-map:opening-map")]
    #[case(json!([]), "")]
    fn faults_of_the_document(#[case] style: Value, #[case] key: &str) {
        assert_eq!(StyleDocument::parse(&style.to_string()).unwrap_err()[0].key, key);
    }

    #[rstest]
    #[case::step(json!({"paint": {"fill-opacity": ["step", ["get", "rate"], 0, 5, 1]}}), 0)]
    #[case::hidden(json!({"layout": {"visibility": "none"}}), 0)]
    #[case::heat(json!({"type": "heatmap"}), 0)]
    #[case::background(json!({"type": "background"}), 1)]
    fn a_background_of_its_own_is_a_warning(#[case] layer: Value, #[case] count: usize) {
        let document = StyleDocument::parse(&style(layer).to_string()).unwrap();
        let findings = document.findings();
        assert_eq!(findings.len(), count, "{findings:?}");
        assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
    }

    #[test]
    fn ids_are_unique() {
        let mut style = style(json!({}));
        let twin = style["layers"][0].clone();
        style["layers"].as_array_mut().unwrap().push(twin);
        let errors = StyleDocument::parse(&style.to_string()).unwrap_err();
        assert_eq!(errors[0].key, "layers[1].id");
    }
}
