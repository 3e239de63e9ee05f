//! The legend as the map page reads it from a style's `metadata."policy-map:legend"`.

use serde_json::{Value, json};

use super::content::{LegendClass, LegendMark, MapLegend};

impl MapLegend {
    /// Entries of the map page: one for each class, as [`crate::legend`] describes them.
    #[must_use]
    pub fn page_entries(&self) -> Value {
        let entries = self.marks.iter().filter(|mark| mark.mark != "cluster").flat_map(|mark| {
            let classes = mark.classes.iter().map(|class| self.entry(mark, class));
            classes.chain(self.ramp_entries(mark)).collect::<Vec<_>>()
        });
        entries.collect()
    }

    fn entry(&self, mark: &LegendMark, class: &LegendClass) -> Value {
        let shape = match mark.mark {
            "line" => "line",
            "circle" | "symbol" => "circle",
            _ => "fill",
        };
        let fallback = class.icon_color.as_deref().unwrap_or("#8f8f8f");
        let color = class.color.as_deref().unwrap_or(fallback);
        let mut entry = json!({ "color": color, "shape": shape, "label": class.label });
        if class.opacity < 1.0 {
            entry["opacity"] = json!(class.opacity);
        }
        if let Some(outline) = class.outline.as_deref().filter(|edge| edge.starts_with('#')) {
            entry["casing"] = outline.into();
        }
        if !class.dashes.is_empty() {
            entry["dash"] = true.into();
        }
        if let (Some(unit), "range" | "number") = (&self.unit, class.kind) {
            entry["unit"] = unit.ko.clone().into();
        }
        entry
    }

    /// Entries of a density surface: its ends.
    fn ramp_entries(&self, mark: &LegendMark) -> Vec<Value> {
        let seen: Vec<_> = mark.ramp.iter().filter(|stop| stop.color.starts_with('#')).collect();
        let (Some(first), Some(last), "heat") = (seen.first(), seen.last(), mark.mark) else {
            return Vec::new();
        };
        vec![
            json!({"color": first.color, "shape": "fill", "label": {"ko": "낮음", "en": "Low"}}),
            json!({"color": last.color, "shape": "fill", "label": {"ko": "높음", "en": "High"}}),
        ]
    }
}
