//! Vertical order of the style layers of maps and base.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::map_layers::DrawnMap;
use super::request::RenderRequest;
use crate::base::BaseSlot;
use crate::client_profile::ClientProfile;
use crate::keys::{GROUND_SOURCE, MAP, SLOT, SOURCE, TEXT_FIELD};
use crate::language::Language;
use crate::palettes::ColourSchemeVariant;
use crate::qgis::layers_for_qgis;
use crate::scheme_paint::paint_variant;
use crate::style_part::kind;

/// Bands from the bottom up: one map's areas must not cover another's points, nor the
/// water, borders and roads of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Band {
    Ground,
    MapAreas,
    BaseLines,
    MapLines,
    MapPoints,
    BaseNames,
    MapSymbols,
}

impl Band {
    /// Band of a map's style layer; `filled` are the vector-tile layers that the map fills.
    /// Their edges stay with them, beneath the roads of the base.
    fn of_map_layer(layer: &Map<String, Value>, filled: &BTreeSet<String>) -> Self {
        let drawn = layer.get("source-layer").and_then(Value::as_str);
        let is_edge = drawn.is_some_and(|name| filled.contains(name));
        match kind(layer) {
            "line" if !is_edge => Self::MapLines,
            "circle" => Self::MapPoints,
            "symbol" => Self::MapSymbols,
            _ => Self::MapAreas,
        }
    }

    const fn of_slot(slot: BaseSlot) -> Self {
        match slot {
            BaseSlot::Ground => Self::Ground,
            BaseSlot::AboveFills => Self::BaseLines,
            BaseSlot::Names => Self::BaseNames,
        }
    }
}

/// Style layers of a style in their vertical order.
pub(super) struct Stack {
    language: Language,
    variant: ColourSchemeVariant,
    layers: Vec<(Band, Map<String, Value>)>,
    ids: BTreeSet<String>,
}

impl Stack {
    /// A stack with the base, without style layers whose data is missing.
    pub(super) fn new(request: &RenderRequest<'_>) -> Self {
        let (language, variant) = (request.language, request.variant);
        let mut stack = Self { language, variant, layers: Vec::new(), ids: BTreeSet::new() };
        let base = request.styles.base().map_or(&[][..], |base| base.layers());
        let raster = request.ground_raster().is_some();
        for (slot, layer) in base {
            // The background stays, for places without tiles.
            if raster && *slot == BaseSlot::Ground && kind(layer) != "background" {
                continue;
            }
            let held = match layer.get("source-layer").and_then(Value::as_str) {
                None => true,
                Some(name) => request.base_tiles.is_some_and(|base| base.layers.contains(name)),
            };
            if held {
                let mut layer = layer.clone();
                if request.profile == ClientProfile::Qgis && layer.contains_key("source") {
                    layer.insert("source".into(), SOURCE.into());
                }
                stack.push(Band::of_slot(*slot), layer);
            }
        }
        if raster && let Value::Object(layer) = raster_layer() {
            stack.push(Band::Ground, layer);
        }
        stack
    }

    /// Adds a map's style layers.
    pub(super) fn add_map(&mut self, map: &DrawnMap<'_>, source: &str, visible: bool) {
        let authored: Vec<Map<String, Value>> = map.authored().cloned().collect();
        for layers in std::iter::once(authored).chain(map.generated()) {
            let filled = filled_layers(&layers);
            // It only rises: within a map the author's order stands.
            let mut height = Band::Ground;
            for mut layer in layers {
                height = height.max(Band::of_map_layer(&layer, &filled));
                place(&mut layer, map.input.id, source, visible);
                self.push(height, layer);
            }
        }
    }

    fn push(&mut self, band: Band, mut layer: Map<String, Value>) {
        let id = layer.get("id").and_then(Value::as_str).unwrap_or_default();
        // Documents of two themes may share an id; MapLibre refuses that.
        if self.ids.insert(id.to_owned()) {
            translate(&mut layer, self.language);
            paint_variant(&mut layer, self.variant);
            self.layers.push((band, layer));
        }
    }

    /// The style layers from the bottom up; maps lie in their order within each band.
    pub(super) fn into_layers(mut self, profile: ClientProfile) -> Vec<Value> {
        self.layers.sort_by_key(|(band, _)| *band);
        let layers = self.layers.into_iter().map(|(_, layer)| layer);
        match profile {
            ClientProfile::Web => layers.map(Value::Object).collect(),
            ClientProfile::Qgis => {
                layers.flat_map(|layer| layers_for_qgis(&layer)).map(Value::Object).collect()
            }
        }
    }
}

/// Style layer of the raster tiles; an editor that saves the style keeps its slot.
fn raster_layer() -> Value {
    json!({
        "id": "base.raster",
        "type": "raster",
        "source": GROUND_SOURCE,
        "metadata": { SLOT: "ground", "title": { "ko": "배경 지도", "en": "Base map" } },
    })
}

/// Vector-tile layers that a map's style layers fill.
fn filled_layers(layers: &[Map<String, Value>]) -> BTreeSet<String> {
    let fills = layers.iter().filter(|layer| kind(layer) == "fill");
    fills.filter_map(|layer| Some(layer.get("source-layer")?.as_str()?.to_owned())).collect()
}

/// Sets source, map and visibility of a map's style layer.
fn place(layer: &mut Map<String, Value>, map: &str, source: &str, visible: bool) {
    layer.insert("source".into(), source.into());
    let metadata = layer.entry("metadata").or_insert_with(|| json!({}));
    if let Value::Object(metadata) = metadata {
        metadata.insert(MAP.into(), map.into());
    }
    let hidden = layer.get("layout").and_then(|layout| layout.get("visibility"));
    if visible && hidden.is_none() {
        return;
    }
    if let Value::Object(layout) = layer.entry("layout").or_insert_with(|| json!({})) {
        let visibility = if visible { "visible" } else { "none" };
        layout.insert("visibility".into(), visibility.into());
    }
}

/// Sets the label and the text field of a style layer to a language.
fn translate(layer: &mut Map<String, Value>, language: Language) {
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
