//! Checks 9, 13 and 14: zero, no data and suppressed; titles and unit; labels.

use serde_json::{Map, Value};

use super::checks::{Checks, label_layer, part, text};
use super::finding::MapCheck;
use crate::layer_input::LayerGeometry;
use crate::map_description::MapColumnKind;

impl Checks<'_> {
    pub(super) fn gaps(&mut self) {
        self.missing_and_suppressed();
        self.titles();
        self.labels();
    }

    fn missing_and_suppressed(&mut self) {
        let description = self.description();
        let Some(value) = &description.value else { return };
        if self.drawn.is_none() || description.geometry != LayerGeometry::Polygon {
            return;
        }
        let summary = &value.summary;
        let gaps = [
            ("missing", summary.missing, "areas without data are not drawn"),
            ("suppressed", summary.suppressed, "areas with suppressed numbers are not drawn"),
        ];
        let pattern = |name: &str| {
            let layer = self.map.layers.iter().find(|layer| part(layer) == name)?;
            Some(layer.get("paint")?.get("fill-pattern").cloned().unwrap_or_default())
        };
        let patterns = gaps.map(|(name, ..)| pattern(name));
        for ((name, count, problem), pattern) in gaps.into_iter().zip(&patterns) {
            if count > 0 && pattern.is_none() {
                let figure = format!("{count} of {}", summary.features);
                let remedy = format!("add a part .{name} with fill-pattern \"hatch-{name}\"");
                self.error(MapCheck::Gaps, &figure, problem, &remedy);
            }
        }
        if let [Some(missing), Some(suppressed)] = &patterns
            && missing == suppressed
        {
            let problem = "no data and suppressed look the same";
            let remedy = "write hatch-missing and hatch-suppressed";
            self.error(MapCheck::Gaps, &missing.to_string(), problem, remedy);
        }
    }

    fn titles(&mut self) {
        let untitled: Vec<&str> = self
            .map
            .layers
            .iter()
            .filter(|layer| !is_titled(layer))
            .map(|layer| text(layer, "id"))
            .collect();
        if !untitled.is_empty() {
            let problem = "style layers without a title in both languages";
            let remedy = "write metadata.title.ko and .en";
            self.error(MapCheck::Legend, &untitled.join(", "), problem, remedy);
        }
        let description = self.description();
        let Some(value) = &description.value else { return };
        let kind = description.columns.iter().find(|column| column.name == value.column);
        let is_number = kind.is_some_and(|column| column.kind == MapColumnKind::Number);
        if is_number && self.drawn.is_some() && value.unit.is_none() {
            let problem = "the legend's numbers have no unit";
            let remedy = "declare unit of the column or measure";
            self.warning(MapCheck::Legend, &value.column, problem, remedy);
        }
    }

    fn labels(&mut self) {
        let description = self.description();
        if description.geometry != LayerGeometry::Polygon {
            return;
        }
        let label = label_layer(&description.id);
        let repeated: Vec<&str> = self
            .map
            .layers
            .iter()
            .filter(|layer| text(layer, "type") == "symbol" && text(layer, "source-layer") != label)
            .map(|layer| text(layer, "id"))
            .collect();
        if !repeated.is_empty() {
            let problem = "labels of areas repeat in every tile";
            let remedy = format!("draw them from source-layer {label:?}; declare labels = true");
            self.error(MapCheck::Labels, &repeated.join(", "), problem, &remedy);
        }
    }
}

fn is_titled(layer: &Map<String, Value>) -> bool {
    let title = layer.get("metadata").and_then(|metadata| metadata.get("title"));
    ["ko", "en"].iter().all(|language| {
        let text = title.and_then(|title| title.get(language)).and_then(Value::as_str);
        text.is_some_and(|text| !text.trim().is_empty())
    })
}
