//! The base: what lies beneath and above the maps of every style.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::document::parse_layers;
use crate::finding::StyleFinding;
use crate::keys::{BASE_PREFIX, BASE_SOURCE, SLOT};
use crate::served_document;
use crate::style_part::{id, kind, metadata};

/// Position of a base style layer among the style layers of maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BaseSlot {
    /// Beneath all maps.
    Ground,
    /// Above areas and beneath lines and points.
    AboveFills,
    /// Above lines and points, beneath symbols.
    Names,
}

impl BaseSlot {
    /// Slot of a document's text; `None` for any other text.
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "ground" => Some(Self::Ground),
            "above-fills" => Some(Self::AboveFills),
            "names" => Some(Self::Names),
            _ => None,
        }
    }
}

/// Style document of the base, without errors.
///
/// Each style layer has an id `base.<name>` and a [`BaseSlot`], and draws a `source-layer`
/// `base-<name>` of the source `base`; the background draws none.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseStyle {
    root: Map<String, Value>,
    layers: Vec<(BaseSlot, Map<String, Value>)>,
}

impl BaseStyle {
    /// Parses and checks a document.
    ///
    /// # Errors
    /// Every [`StyleFinding`]; all are errors.
    pub fn parse(text: &str) -> Result<Self, Vec<StyleFinding>> {
        let (mut root, mut layers) = parse_layers(text)?;
        served_document::restore_urls(&mut root);
        // The server adds configured raster tiles itself.
        layers.retain(|layer| kind(layer) != "raster");
        let mut findings = Vec::new();
        if root.get("version") != Some(&Value::from(8)) {
            findings.push(StyleFinding::error("version", "is not 8", "write \"version\": 8"));
        }
        let mut ids = BTreeSet::new();
        let mut slotted = Vec::with_capacity(layers.len());
        for (i, layer) in layers.into_iter().enumerate() {
            let key = format!("layers[{i}]");
            let slot = check_layer(&key, &layer, &mut findings);
            if !ids.insert(id(&layer).to_owned()) {
                let key = format!("{key}.id");
                findings.push(StyleFinding::error(&key, "is used twice", "rename one of the two"));
            }
            slotted.extend(slot.map(|slot| (slot, layer)));
        }
        if findings.is_empty() { Ok(Self { root, layers: slotted }) } else { Err(findings) }
    }

    /// Top level of the document without the layers.
    #[must_use]
    pub const fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    /// Style layers with their slots, from the bottom up.
    #[must_use]
    pub fn layers(&self) -> &[(BaseSlot, Map<String, Value>)] {
        &self.layers
    }
}

/// Checks a style layer; returns its slot if it has one.
fn check_layer(
    key: &str,
    layer: &Map<String, Value>,
    findings: &mut Vec<StyleFinding>,
) -> Option<BaseSlot> {
    let mut fault = |name: &str, problem: &str, remedy| {
        findings.push(StyleFinding::error(&format!("{key}.{name}"), problem, remedy));
    };
    if !id(layer).starts_with(BASE_PREFIX) {
        fault("id", "does not begin with \"base.\"", "name it base.<name>");
    }
    let text = |name: &str| layer.get(name).and_then(Value::as_str).unwrap_or_default();
    match kind(layer) {
        "background" => {}
        "fill" | "line" | "circle" | "symbol" => {
            if text("source") != BASE_SOURCE {
                fault("source", "is not \"base\"", "draw the base from its own source");
            }
            if !text("source-layer").starts_with("base-") {
                fault("source-layer", "is no layer of the base", "name it base-<name>");
            }
        }
        _ => fault("type", "is not drawn in a base", "use background, fill, line or symbol"),
    }
    let slot = metadata(layer, SLOT).and_then(Value::as_str).and_then(BaseSlot::from_text);
    if slot.is_none() {
        fault(
            &format!("metadata.{SLOT}"),
            "is no slot",
            "write \"ground\", \"above-fills\" or \"names\"",
        );
    }
    slot
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::sound(json!({}), &[])]
    #[case::id(json!({"id": "water"}), &["layers[0].id"])]
    #[case::source(json!({"source": "policy-map"}), &["layers[0].source"])]
    #[case::source_layer(json!({"source-layer": "com-25"}), &["layers[0].source-layer"])]
    #[case::heat(json!({"type": "heatmap"}), &["layers[0].type"])]
    #[case::slot(json!({"metadata": {"policy-map:slot": "top"}}), &["layers[0].metadata.policy-map:slot"])]
    fn faults_name_their_key(#[case] changed: Value, #[case] keys: &[&str]) {
        let mut layer = json!({
            "id": "base.water", "type": "fill", "source": "base", "source-layer": "base-water",
            "metadata": {"policy-map:slot": "above-fills"},
        });
        for (key, value) in changed.as_object().unwrap() {
            layer[key] = value.clone();
        }
        let style = json!({"version": 8, "layers": [layer]}).to_string();
        let found: Vec<_> = BaseStyle::parse(&style).err().into_iter().flatten().collect();
        assert_eq!(found.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), keys);
    }
}
