//! One checked style document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::lint::{self, Severity, StyleFinding};

/// Maximum size of a style document in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Maximum number of style layers in one document.
pub const MAX_LAYERS: usize = 4096;

/// A MapLibre style document (style specification, version 8) without errors.
///
/// Every style layer but a background draws a `source-layer` of
/// [`SOURCE`](crate::SOURCE); ids are unique; no URL is relative.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleDocument {
    root: Map<String, Value>,
    layers: Vec<Map<String, Value>>,
}

impl StyleDocument {
    /// Parses and checks a document.
    ///
    /// # Errors
    /// Every [`StyleFinding`] of severity [`Severity::Error`]. Warnings don't stop a document:
    /// see [`findings`](Self::findings).
    pub fn parse(text: &str) -> Result<Self, Vec<StyleFinding>> {
        if text.len() > MAX_BYTES {
            return Err(vec![StyleFinding::error("", "larger than 4 MiB", "split it by theme")]);
        }
        // Editors of Windows put a byte order mark in front, which JSON does not know.
        let text = text.trim_start_matches('\u{feff}');
        let mut root: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            vec![StyleFinding::error("", &error.to_string(), "make it one JSON object")]
        })?;
        let layers = match root.shift_remove("layers") {
            Some(Value::Array(layers)) if layers.len() <= MAX_LAYERS => layers,
            Some(Value::Array(layers)) => {
                let problem = format!("{} style layers", layers.len());
                return Err(vec![StyleFinding::error("layers", &problem, "use 4096 at most")]);
            }
            _ => {
                return Err(vec![StyleFinding::error(
                    "layers",
                    "no array",
                    "add the style layers",
                )]);
            }
        };
        let mut objects = Vec::with_capacity(layers.len());
        for (i, layer) in layers.into_iter().enumerate() {
            match layer {
                Value::Object(layer) => objects.push(layer),
                _ => {
                    let key = format!("layers[{i}]");
                    return Err(vec![StyleFinding::error(
                        &key,
                        "no object",
                        "write a style layer",
                    )]);
                }
            }
        }
        let document = Self { root, layers: objects };
        let errors: Vec<_> = document
            .findings()
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        if errors.is_empty() { Ok(document) } else { Err(errors) }
    }

    /// Every finding of the lint, warnings included.
    #[must_use]
    pub fn findings(&self) -> Vec<StyleFinding> {
        lint::check(&self.root, &self.layers)
    }

    /// Top level of the document without the layers.
    #[must_use]
    pub const fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    /// Style layers, from the bottom up.
    #[must_use]
    pub fn layers(&self) -> &[Map<String, Value>] {
        &self.layers
    }

    /// Vector-tile layers that the document draws.
    #[must_use]
    pub fn source_layers(&self) -> BTreeSet<&str> {
        self.layers.iter().filter_map(source_layer).collect()
    }
}

/// Vector-tile layer that a style layer draws.
#[must_use]
pub fn source_layer(layer: &Map<String, Value>) -> Option<&str> {
    let name = layer.get("source-layer").and_then(Value::as_str)?;
    Some(name.strip_suffix(LABEL_SUFFIX).unwrap_or(name))
}

/// Whether a style layer draws the label points of a layer, not the layer itself.
#[must_use]
pub fn draws_labels(layer: &Map<String, Value>) -> bool {
    layer
        .get("source-layer")
        .and_then(Value::as_str)
        .is_some_and(|name| name.ends_with(LABEL_SUFFIX))
}

/// Suffix of a layer's id in the name of its layer of label points.
pub const LABEL_SUFFIX: &str = ".label";
