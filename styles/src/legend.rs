//! What the colours of a map mean: `metadata."policy-map:legend"`.
//!
//! A document says it by layer id, as a list of entries such as
//! `{"color": "#0072b2", "shape": "circle", "label": {"ko": "방범", "en": "Crime prevention"}}`.
//! Style expressions could not be read back into words: they have no titles
//! for their classes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lint::Finding;
use crate::{Document, Look, Shape, generate};

/// The key within a document's `metadata`.
pub const LEGEND: &str = "policy-map:legend";

const SHAPES: [&str; 3] = ["fill", "line", "circle"];

/// The legend of a map that has these layers, in their order.
///
/// Of other layers in the documents nothing is said: an audience that may not
/// see a layer must not read its classes here.
pub(crate) fn merge(
    layers: &[Look<'_>],
    documents: &[&Document],
    drawn: &BTreeSet<&str>,
) -> Map<String, Value> {
    let mut legend = Map::new();
    for look in layers {
        let written = documents.iter().find_map(|document| {
            document.root().get("metadata")?.get(LEGEND)?.get(look.id).cloned()
        });
        // A look that a document gave and did not explain has no entry at all:
        // the generated colour would be wrong.
        let entries = match written {
            None if !drawn.contains(look.id) => Some(generated(look)),
            written => written,
        };
        if let Some(entries) = entries {
            legend.insert(look.id.to_owned(), entries);
        }
    }
    legend
}

/// The entry of a generated look: one colour, named as the layer.
fn generated(look: &Look<'_>) -> Value {
    let shape = match look.shape {
        Shape::Point => "circle",
        Shape::Line => "line",
        Shape::Polygon | Shape::Mixed => "fill",
    };
    json!([{ "color": generate::colour(look.id), "shape": shape, "label": look.title }])
}

/// Finds what a page could not show.
pub(crate) fn check(root: &Map<String, Value>, findings: &mut Vec<Finding>) {
    let Some(legend) = root.get("metadata").and_then(|metadata| metadata.get(LEGEND)) else {
        return;
    };
    let key = format!("metadata.{LEGEND}");
    let Some(legend) = legend.as_object() else {
        findings.push(Finding::error(&key, "is no object", "list the entries by layer id"));
        return;
    };
    for (id, entries) in legend {
        let Some(entries) = entries.as_array() else {
            let key = format!("{key}.{id}");
            findings.push(Finding::error(&key, "is no list", "list the layer's entries"));
            continue;
        };
        for (i, entry) in entries.iter().enumerate() {
            check_entry(&format!("{key}.{id}[{i}]"), entry, findings);
        }
    }
}

fn check_entry(key: &str, entry: &Value, findings: &mut Vec<Finding>) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    if !is_hex_colour(text("color")) {
        let key = format!("{key}.color");
        findings.push(Finding::error(&key, "is no colour", "write it as #rrggbb"));
    }
    if !SHAPES.contains(&text("shape")) {
        let key = format!("{key}.shape");
        findings.push(Finding::error(&key, "is no shape", "write fill, line or circle"));
    }
    let label = entry.get("label");
    for language in ["ko", "en"] {
        let text = label.and_then(|label| label.get(language)).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            findings.push(Finding::error(
                &format!("{key}.label.{language}"),
                "is missing",
                "label the entry in Korean and English",
            ));
        }
    }
}

/// Only this form: a page puts the colour into its own markup.
fn is_hex_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Title;
    use rstest::rstest;

    fn look(id: &str) -> Look<'_> {
        Look { id, title: Title { ko: "이름", en: "Name" }, shape: Shape::Line }
    }

    fn entry(color: &str) -> Value {
        json!({"color": color, "shape": "fill", "label": {"ko": "가", "en": "A"}})
    }

    fn document(legend: &Value) -> Document {
        let style = json!({"version": 8, "metadata": {LEGEND: legend}, "layers": []});
        Document::parse(&style.to_string()).unwrap()
    }

    #[test]
    fn documents_are_merged_and_only_layers_of_the_map_are_explained() {
        let one = document(&json!({"dongs": [entry("#111111")], "secret": [entry("#222222")]}));
        let two = document(&json!({"dongs": [entry("#333333")], "roads": [entry("#444444")]}));
        let looks = [look("roads"), look("dongs"), look("trails"), look("mute")];
        let legend = merge(&looks, &[&one, &two], &["dongs", "roads", "mute"].into());
        let ids: Vec<_> = legend.keys().map(String::as_str).collect();
        assert_eq!(ids, ["roads", "dongs", "trails"]);
        assert_eq!(legend["dongs"], json!([entry("#111111")]));
        assert_eq!(legend["roads"], json!([entry("#444444")]));
        assert_eq!(
            legend["trails"],
            json!([{
                "color": generate::colour("trails"),
                "shape": "line",
                "label": {"ko": "이름", "en": "Name"},
            }])
        );
    }

    #[rstest]
    #[case::sound(json!({"a": [{"color": "#0072b2", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[])]
    #[case::object(json!([]), &[""])]
    #[case::list(json!({"a": {}}), &[".a"])]
    #[case::colour(json!({"a": [{"color": "red", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].color"])]
    #[case::empty(json!({"a": [1]}), &[".a[0].color", ".a[0].shape", ".a[0].label.ko", ".a[0].label.en"])]
    fn faults_name_their_key(#[case] legend: Value, #[case] keys: &[&str]) {
        let style = json!({"version": 8, "metadata": {LEGEND: legend}, "layers": []});
        let result = Document::parse(&style.to_string());
        let found: Vec<_> = result.err().into_iter().flatten().map(|fault| fault.key).collect();
        let keys: Vec<_> = keys.iter().map(|key| format!("metadata.{LEGEND}{key}")).collect();
        assert_eq!(found, keys);
    }
}
