//! Style layers of one map: of a document, else generated.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::layer_input::LayerStyleInput;
use crate::map_style_input::MapStyleInput;
use crate::source_layer::{draws_labels, source_layer};
use crate::themes::MapParts;
use crate::{StyleDocument, ThemeStyles, generate};

/// A map with its style layers.
pub(crate) struct DrawnMap<'a> {
    /// The map.
    pub(crate) input: &'a MapStyleInput<'a>,
    parts: Option<MapParts<'a>>,
    /// Vector-tile layers that no document draws, with the colours of their generated styles.
    pub(crate) generated: Vec<(&'a LayerStyleInput<'a>, &'static str)>,
}

impl<'a> DrawnMap<'a> {
    /// Finds the map's style layers; `colours` are those of generated styles.
    pub(crate) fn new(
        input: &'a MapStyleInput<'a>,
        styles: &'a ThemeStyles,
        colours: &BTreeMap<&str, &'static str>,
    ) -> Self {
        let parts = input.theme.and_then(|theme| styles.parts(theme, input.id, input.form));
        let mut map = Self { input, parts, generated: Vec::new() };
        let drawn: Vec<&str> = map.authored().filter_map(source_layer).collect();
        let undrawn = input.layers.iter().filter(|layer| !drawn.contains(&layer.id));
        let generated = undrawn.filter_map(|layer| Some((layer, *colours.get(layer.id)?)));
        map.generated = generated.collect();
        map
    }

    /// Document that draws the map.
    pub(crate) fn document(&self) -> Option<&'a StyleDocument> {
        self.parts.as_ref().map(|parts| parts.document)
    }

    /// Style layers of the document whose data the tiles hold, from the bottom up.
    pub(crate) fn authored(&self) -> impl Iterator<Item = &'a Map<String, Value>> {
        let input = self.input;
        let held = move |layer: &&Map<String, Value>| {
            let name = source_layer(layer);
            (input.label_points || !draws_labels(layer))
                && input.layers.iter().any(|layer| Some(layer.id) == name)
        };
        let layers: Vec<_> = self.parts.as_ref().map_or_else(Vec::new, |p| p.layers.clone());
        layers.into_iter().filter(held)
    }

    /// Generated style layers, by the vector-tile layer that they draw.
    pub(crate) fn generated(&self) -> impl Iterator<Item = Vec<Map<String, Value>>> {
        self.generated.iter().map(|(layer, colour)| generate::layers(layer, colour))
    }
}
