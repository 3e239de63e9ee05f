//! One checked style document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::finding::{Severity, StyleFinding};
use crate::keys::OPENING_MAP;
use crate::map_description::MapForm;
use crate::source_layer::source_layer;
use crate::style_part::{PartForm, form, map_id};
use crate::{lint, served_document};

/// Maximum size of a style document in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Maximum number of style layers in one document.
pub const MAX_LAYERS: usize = 4096;

/// A theme's MapLibre style document (style specification, version 8) without errors.
///
/// Each style layer is a part of one map and draws one of its vector-tile layers; ids are
/// unique. URLs of this server are paths, and the base is no part of the document.
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
        let (mut root, mut layers) = parse_layers(text)?;
        served_document::restore(&mut root, &mut layers);
        let document = Self { root, layers };
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

    /// Maps that the document draws.
    #[must_use]
    pub fn maps(&self) -> BTreeSet<&str> {
        self.layers.iter().filter_map(map_id).collect()
    }

    /// Map that the document opens on.
    #[must_use]
    pub fn opening_map(&self) -> Option<&str> {
        self.root.get("metadata")?.get(OPENING_MAP)?.as_str()
    }

    /// Time slice that a map opens with, from the `time=` of its source.
    #[must_use]
    pub fn opening_time(&self, map: &str) -> Option<&str> {
        let (_, query) =
            self.root.get("sources")?.get(map)?.get("url")?.as_str()?.split_once('?')?;
        query.strip_prefix("time=").filter(|time| !time.is_empty())
    }

    /// Style layers of one form of a map, from the bottom up.
    ///
    /// Parts without a form belong to both. `None` where the document does not draw the form:
    /// it has no part of the map, or parts of the other form and none of this one.
    #[must_use]
    pub fn parts(&self, map: &str, of: MapForm) -> Option<Vec<&Map<String, Value>>> {
        let wanted = PartForm::of_map(of);
        let all: Vec<_> = self.layers.iter().filter(|layer| map_id(layer) == Some(map)).collect();
        let is_marked = |layer: &&Map<String, Value>| form(layer).is_some();
        let is_wanted = |layer: &&Map<String, Value>| form(layer) == Some(wanted);
        if all.is_empty() || (all.iter().any(is_marked) && !all.iter().any(is_wanted)) {
            return None;
        }
        Some(all.into_iter().filter(|layer| !is_marked(layer) || is_wanted(layer)).collect())
    }
}

/// Top level of a style document, and its style layers.
pub(crate) type ParsedStyle = (Map<String, Value>, Vec<Map<String, Value>>);

/// Parses a style document's JSON within the limits.
///
/// # Errors
/// One [`StyleFinding`] where the text is no object with a list of objects as `layers`.
pub(crate) fn parse_layers(text: &str) -> Result<ParsedStyle, Vec<StyleFinding>> {
    let fault =
        |key: &str, problem: &str, remedy| Err(vec![StyleFinding::error(key, problem, remedy)]);
    if text.len() > MAX_BYTES {
        return fault("", "larger than 4 MiB", "split it by theme");
    }
    // Editors of Windows put a byte order mark in front, which JSON does not know.
    let text = text.trim_start_matches('\u{feff}');
    let mut root: Map<String, Value> = match serde_json::from_str(text) {
        Ok(root) => root,
        Err(error) => return fault("", &error.to_string(), "make it one JSON object"),
    };
    let layers = match root.shift_remove("layers") {
        Some(Value::Array(layers)) if layers.len() <= MAX_LAYERS => layers,
        Some(Value::Array(layers)) => {
            let problem = format!("{} style layers", layers.len());
            return fault("layers", &problem, "use 4096 at most");
        }
        _ => return fault("layers", "no array", "add the style layers"),
    };
    let mut objects = Vec::with_capacity(layers.len());
    for (i, layer) in layers.into_iter().enumerate() {
        match layer {
            Value::Object(layer) => objects.push(layer),
            _ => return fault(&format!("layers[{i}]"), "no object", "write a style layer"),
        }
    }
    Ok((root, objects))
}
