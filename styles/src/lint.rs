//! Rules for the content of a style document.
//!
//! Errors make a map that does not work anywhere; warnings one that QGIS converts
//! wrongly. The embedded documents have neither.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::finding::StyleFinding;
use crate::keys::{SOURCE, TEXT_FIELD, WEBFONTS};
use crate::legend_lint;
use crate::source_layer::source_layer;

/// Accepted style layer types: those that draw a vector source, and the background.
const TYPES: [&str; 7] =
    ["background", "fill", "line", "symbol", "circle", "heatmap", "fill-extrusion"];

pub(crate) fn check(root: &Map<String, Value>, layers: &[Map<String, Value>]) -> Vec<StyleFinding> {
    let mut findings = Vec::new();
    if root.get("version") != Some(&Value::from(8)) {
        findings.push(StyleFinding::error("version", "is not 8", "write \"version\": 8"));
    }
    // The server has neither of these, so a path of its own would be a 404. A
    // list of sprites is for MapLibre alone.
    for key in ["sprite", "glyphs"] {
        if root.get(key).is_some_and(|value| !value.as_str().is_some_and(is_absolute)) {
            findings.push(StyleFinding::error(
                key,
                "is not one absolute URL",
                "write https://…: this server serves no sprites and no glyphs",
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
    if let Some(sources) = root.get("sources").and_then(Value::as_object) {
        for name in sources.keys().filter(|name| *name != SOURCE) {
            findings.push(StyleFinding::error(
                &format!("sources.{name}"),
                "is a source of its own",
                "draw everything from policy-map: the server fills it in",
            ));
        }
    }
    legend_lint::check(root, &mut findings);
    let mut ids = BTreeSet::new();
    for (i, layer) in layers.iter().enumerate() {
        let key = format!("layers[{i}]");
        check_layer(&key, layer, &mut ids, &mut findings);
    }
    findings
}

fn is_absolute(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether a URL is absolute, or becomes so with the server's base URL before it.
fn is_rooted(url: &str) -> bool {
    is_absolute(url) || (url.starts_with('/') && !url.starts_with("//"))
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
    if matches!(kind, "heatmap" | "fill-extrusion") {
        let problem = format!("QGIS skips {kind}");
        findings.push(StyleFinding::warning(&at("type"), &problem, "use circle or fill"));
    }
    if kind != "background" {
        check_source(key, layer, findings);
        check_title(&at("metadata.title"), layer, findings);
    }
    if layer.get("layout").and_then(|layout| layout.get("visibility")) == Some(&"none".into()) {
        findings.push(StyleFinding::warning(
            &at("layout.visibility"),
            "QGIS 3.22 ignores it",
            "remove the style layer",
        ));
    }
    if let Some(field) = layer.get("metadata").and_then(|metadata| metadata.get(TEXT_FIELD)) {
        check_expression(&at(&format!("metadata.{TEXT_FIELD}")), field, findings);
    }
    if let Some(filter) = layer.get("filter") {
        check_expression(&at("filter"), filter, findings);
    }
    for group in ["paint", "layout"] {
        let properties = layer.get(group).and_then(Value::as_object);
        for (name, value) in properties.into_iter().flatten() {
            if kind == "circle" && reads_a_property(value) {
                findings.push(StyleFinding::warning(
                    &at(&format!("{group}.{name}")),
                    "QGIS 3.22 gives every circle the same value",
                    "write a style layer with a filter for each class",
                ));
            }
            check_expression(&at(&format!("{group}.{name}")), value, findings);
        }
    }
}

fn check_source(key: &str, layer: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    if layer.get("source").and_then(Value::as_str) != Some(SOURCE) {
        let key = format!("{key}.source");
        findings.push(StyleFinding::error(&key, "is not policy-map", "draw from it"));
    }
    let source_layer = source_layer(layer).unwrap_or_default();
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if source_layer.is_empty() || !source_layer.bytes().all(allowed) {
        findings.push(StyleFinding::error(
            &format!("{key}.source-layer"),
            &format!("{source_layer:?} is no layer id"),
            "name a layer of the catalog",
        ));
    }
}

/// Whether an expression's value differs from feature to feature.
fn reads_a_property(value: &Value) -> bool {
    let Some(parts) = value.as_array() else { return false };
    match parts.first().and_then(Value::as_str) {
        Some("literal") => false,
        Some("get" | "has" | "id" | "properties" | "geometry-type") => true,
        _ => parts.iter().any(reads_a_property),
    }
}

fn check_title(key: &str, layer: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let title = layer.get("metadata").and_then(|metadata| metadata.get("title"));
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

/// Reports operators that QGIS 3.22 or 3.40 misreads (found by running both).
fn check_expression(key: &str, value: &Value, findings: &mut Vec<StyleFinding>) {
    // A document from a file nests at most 128 deep: the parser's own limit.
    let Some(parts) = value.as_array() else {
        if let Some(object) = value.as_object() {
            object.values().for_each(|value| check_expression(key, value, findings));
        }
        return;
    };
    let Some(operator) = parts.first().and_then(Value::as_str) else {
        parts.iter().for_each(|part| check_expression(key, part, findings));
        return;
    };
    let advice = match operator {
        "literal" => return,
        "step" | "case" | "concat" => Some("use match with list keys, or interpolate"),
        "coalesce" | "format" => Some("use one property that every feature has"),
        "!" => Some("write != instead"),
        _ => None,
    };
    if let Some(remedy) = advice {
        let problem = format!("QGIS does not understand {operator:?}");
        findings.push(StyleFinding::warning(key, &problem, remedy));
    }
    if operator == "match" {
        // ["match", input, key, value, key, value, …, otherwise]
        let keys = parts.iter().skip(2).step_by(2).take((parts.len().saturating_sub(3)) / 2);
        if keys.into_iter().any(|key| !key.is_array()) {
            let problem = "QGIS 3.22 does not understand a match key that is no list";
            findings.push(StyleFinding::warning(key, problem, "write [\"A\"] for \"A\""));
        }
    }
    parts.iter().skip(1).for_each(|part| check_expression(key, part, findings));
}

#[cfg(test)]
mod tests {
    use crate::{Severity, StyleDocument};
    use rstest::rstest;
    use serde_json::{Value, json};

    fn style(layer: Value) -> Value {
        let mut base = json!({
            "id": "a", "type": "fill", "source": "policy-map", "source-layer": "dongs",
            "metadata": {"title": {"ko": "동", "en": "Dongs"}},
        });
        for (key, value) in layer.as_object().unwrap() {
            base[key] = value.clone();
        }
        json!({"version": 8, "layers": [base]})
    }

    #[rstest]
    #[case::sound(json!({}), &[])]
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
    #[case(json!({"version": 8, "layers": [], "sprite": "/sprites/a"}), "sprite")]
    #[case(json!({"version": 8, "layers": [], "glyphs": "/fonts/{fontstack}/{range}.pbf"}), "glyphs")]
    #[case(json!({"version": 8, "layers": [], "glyphs": "//cdn/{fontstack}"}), "glyphs")]
    #[case(json!({"version": 8, "layers": [], "metadata": {"ol:webfonts": "fonts.css"}}), "metadata.ol:webfonts")]
    #[case(json!({"version": 8, "layers": [], "sources": {"osm": {}}}), "sources.osm")]
    #[case(json!([]), "")]
    fn faults_of_the_document(#[case] style: Value, #[case] key: &str) {
        assert_eq!(StyleDocument::parse(&style.to_string()).unwrap_err()[0].key, key);
    }

    #[rstest]
    #[case::scalar_match(json!({"paint": {"fill-color": ["match", ["get", "k"], "A", "#fff", "#000"]}}), 1)]
    #[case::list_match(json!({"paint": {"fill-color": ["match", ["get", "k"], ["A"], "#fff", "#000"]}}), 0)]
    #[case::step(json!({"paint": {"fill-opacity": ["step", ["zoom"], 0, 5, 1]}}), 1)]
    #[case::nested(json!({"paint": {"fill-opacity": ["interpolate", ["linear"], ["zoom"], 5, ["case", ["has", "a"], 1, 0]]}}), 1)]
    #[case::not(json!({"filter": ["all", ["!", ["has", "a"]]]}), 1)]
    #[case::not_equal(json!({"filter": ["!=", ["get", "a"], 1]}), 0)]
    #[case::circles(json!({"type": "circle", "paint": {"circle-color": ["match", ["get", "k"], ["A"], "#fff", "#000"]}}), 1)]
    #[case::circles_by_zoom(json!({"type": "circle", "paint": {"circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 16, 6]}}), 0)]
    #[case::hidden(json!({"layout": {"visibility": "none"}}), 1)]
    #[case::extrusion(json!({"type": "fill-extrusion"}), 1)]
    #[case::translated(json!({"metadata": {"title": {"ko": "동", "en": "Dongs"}, "policy-map:text-field": {"en": ["concat", "a"]}}}), 1)]
    #[case::literal(json!({"layout": {"text-font": ["literal", ["step", "case"]]}}), 0)]
    fn qgis_rules_are_warnings(#[case] layer: Value, #[case] count: usize) {
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
