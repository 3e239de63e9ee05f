//! Rules for the legend in a style document.

use serde_json::{Map, Value};

use crate::finding::StyleFinding;
use crate::keys::LEGEND;

const SHAPES: [&str; 3] = ["fill", "line", "circle"];

/// Reports entries that a page can't show.
pub(crate) fn check(root: &Map<String, Value>, findings: &mut Vec<StyleFinding>) {
    let Some(legend) = root.get("metadata").and_then(|metadata| metadata.get(LEGEND)) else {
        return;
    };
    let key = format!("metadata.{LEGEND}");
    let Some(legend) = legend.as_object() else {
        findings.push(StyleFinding::error(&key, "is no object", "list the entries by layer id"));
        return;
    };
    for (id, entries) in legend {
        let Some(entries) = entries.as_array() else {
            let key = format!("{key}.{id}");
            findings.push(StyleFinding::error(&key, "is no list", "list the layer's entries"));
            continue;
        };
        for (i, entry) in entries.iter().enumerate() {
            check_entry(&format!("{key}.{id}[{i}]"), entry, findings);
        }
    }
}

fn check_entry(key: &str, entry: &Value, findings: &mut Vec<StyleFinding>) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    if !is_hex_colour(text("color")) {
        let key = format!("{key}.color");
        findings.push(StyleFinding::error(&key, "is no colour", "write it as #rrggbb"));
    }
    if !SHAPES.contains(&text("shape")) {
        let key = format!("{key}.shape");
        findings.push(StyleFinding::error(&key, "is no shape", "write fill, line or circle"));
    }
    let opacity = |value: &Value| value.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n));
    if entry.get("opacity").is_some_and(|value| !opacity(value)) {
        let key = format!("{key}.opacity");
        findings.push(StyleFinding::error(&key, "is no opacity", "write a number from 0 to 1"));
    }
    if entry.get("dash").is_some_and(|value| !value.is_boolean()) {
        let key = format!("{key}.dash");
        findings.push(StyleFinding::error(&key, "is no answer", "write true or false"));
    }
    if entry.get("casing").is_some_and(|value| !value.as_str().is_some_and(is_hex_colour)) {
        let key = format!("{key}.casing");
        findings.push(StyleFinding::error(&key, "is no colour", "write it as #rrggbb"));
    }
    let label = entry.get("label");
    for language in ["ko", "en"] {
        let text = label.and_then(|label| label.get(language)).and_then(Value::as_str);
        if text.is_none_or(|text| text.trim().is_empty()) {
            findings.push(StyleFinding::error(
                &format!("{key}.label.{language}"),
                "is missing",
                "label the entry in Korean and English",
            ));
        }
    }
}

/// Whether the text is `#rrggbb`. No other form is accepted, because a page puts the
/// colour into its own markup.
fn is_hex_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::LEGEND;
    use crate::StyleDocument;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::sound(json!({"a": [{"color": "#0072b2", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[])]
    #[case::painted(json!({"a": [{"color": "#ffffff", "casing": "#0072b2", "dash": true, "opacity": 0.5, "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[])]
    #[case::paint(json!({"a": [{"color": "#ffffff", "casing": "blue", "dash": "yes", "opacity": 1.5, "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].opacity", ".a[0].dash", ".a[0].casing"])]
    #[case::negative(json!({"a": [{"color": "#ffffff", "opacity": -0.1, "shape": "fill", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].opacity"])]
    #[case::object(json!([]), &[""])]
    #[case::list(json!({"a": {}}), &[".a"])]
    #[case::colour(json!({"a": [{"color": "red", "shape": "line", "label": {"ko": "가", "en": "A"}}]}), &[".a[0].color"])]
    #[case::empty(json!({"a": [1]}), &[".a[0].color", ".a[0].shape", ".a[0].label.ko", ".a[0].label.en"])]
    fn faults_name_their_key(#[case] legend: Value, #[case] keys: &[&str]) {
        let style = json!({"version": 8, "metadata": {LEGEND: legend}, "layers": []});
        let result = StyleDocument::parse(&style.to_string());
        let found: Vec<_> = result.err().into_iter().flatten().map(|fault| fault.key).collect();
        let keys: Vec<_> = keys.iter().map(|key| format!("metadata.{LEGEND}{key}")).collect();
        assert_eq!(found, keys);
    }
}
