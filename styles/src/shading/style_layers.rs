//! Style layers and legend of a shaded layer.

use serde_json::{Map, Value, json};

use super::shades::mixed;
use super::{ClassTest, ColourRamp, LayerShading, MarkKind};
use crate::keys::SOURCE;
use crate::layer_input::LayerStyleInput;

/// Colours of missing and of suppressed numbers.
const MISSING: &str = "#c9c9c9";
const SUPPRESSED: &str = "#8f8f8f";
/// Opacity of fills, with and without a class.
const FILL_OPACITY: f64 = 0.75;
const FAINT: f64 = 0.35;

impl LayerShading {
    /// Style layers from the bottom up.
    ///
    /// `base` is the layer's colour among those of its map.
    pub(crate) fn layers(
        &self,
        input: &LayerStyleInput<'_>,
        base: &str,
    ) -> Vec<Map<String, Value>> {
        let mut layers = Vec::new();
        let column = self.column.as_str();
        let shown = self.suppressed.as_ref().map(|_| json!(["!=", "suppressed", true]));
        let all = |tests: Vec<Value>| {
            let tests = tests.into_iter().chain(shown.clone());
            std::iter::once(json!("all")).chain(tests).collect::<Value>()
        };
        let missing = all(vec![json!(["!has", column])]);
        layers.push(self.layer(input, "missing", missing, MISSING, None));
        if self.suppressed.is_some() {
            let kept = json!(["all", ["==", "suppressed", true]]);
            layers.push(self.layer(input, "suppressed", kept, SUPPRESSED, None));
        }
        let colours = self.colours(base);
        let classes = self.classes.iter().zip(&colours).enumerate();
        let mut drawn: Vec<_> = classes
            .map(|(at, (class, colour))| {
                let filter = all(class.test.conditions(column));
                self.layer(input, &format!("class-{at}"), filter, colour, Some(at))
            })
            .collect();
        // Of areas within each other the smallest lies on top.
        if self.ramp == ColourRamp::Reversed {
            drawn.reverse();
        }
        layers.append(&mut drawn);
        if self.mark == MarkKind::Fill {
            let paint = json!({ "line-color": mixed(base, 0.2), "line-opacity": 0.6, "line-width": zoomed(0.3, 1.2) });
            layers.push(self.style_layer(input, "outline", "line", None, paint));
        }
        layers
    }

    fn layer(
        &self,
        input: &LayerStyleInput<'_>,
        part: &str,
        filter: Value,
        colour: &str,
        class: Option<usize>,
    ) -> Map<String, Value> {
        let rank = class.map_or(0.0, |at| self.rank(at));
        let (kind, paint) = match self.mark {
            MarkKind::Fill => {
                let opacity = if class.is_some() { FILL_OPACITY } else { FAINT };
                ("fill", json!({ "fill-color": colour, "fill-opacity": opacity }))
            }
            MarkKind::Line { widening } => {
                let width = if widening { 1.0 + 7.0 * rank } else { 2.5 };
                (
                    "line",
                    json!({ "line-color": colour, "line-width": zoomed(width / 2.0, width * 1.5) }),
                )
            }
            MarkKind::Circle { growing, .. } => {
                let radius = if growing { 3.0 + 14.0 * rank } else { 4.0 };
                (
                    "circle",
                    json!({
                        "circle-color": colour,
                        "circle-opacity": if growing { 0.8 } else { 1.0 },
                        "circle-radius": zoomed(radius / 2.0, radius * 1.4),
                        "circle-stroke-color": "#ffffff",
                        "circle-stroke-width": 1,
                    }),
                )
            }
        };
        self.style_layer(input, part, kind, Some(filter), paint)
    }

    fn style_layer(
        &self,
        input: &LayerStyleInput<'_>,
        part: &str,
        kind: &str,
        filter: Option<Value>,
        paint: Value,
    ) -> Map<String, Value> {
        let source_layer = match self.mark {
            MarkKind::Circle { at_labels: true, .. } => format!("{}.label", input.id),
            _ => input.id.to_owned(),
        };
        let mut layer = Map::new();
        layer.insert("id".into(), format!("{}.{part}", input.id).into());
        layer.insert("type".into(), kind.into());
        layer.insert("source".into(), SOURCE.into());
        layer.insert("source-layer".into(), source_layer.into());
        layer.insert("metadata".into(), json!({ "title": input.title, "generated": true }));
        if let Some(filter) = filter {
            layer.insert("filter".into(), filter);
        }
        layer.insert("paint".into(), paint);
        layer
    }

    /// Entries of the legend: the classes, then suppressed and missing numbers.
    pub(crate) fn legend(&self, base: &str) -> Value {
        let shape = match self.mark {
            MarkKind::Fill => "fill",
            MarkKind::Line { .. } => "line",
            MarkKind::Circle { .. } => "circle",
        };
        let entry = |colour: &str, ko: &str, en: &str, class: bool| {
            let mut entry =
                json!({ "color": colour, "shape": shape, "label": { "ko": ko, "en": en } });
            if shape == "fill" {
                entry["opacity"] = if class { FILL_OPACITY } else { FAINT }.into();
            }
            if let (true, Some(unit)) = (class, &self.unit) {
                entry["unit"] = unit.as_str().into();
            }
            entry
        };
        let colours = self.colours(base);
        let classes = self.classes.iter().zip(&colours);
        let mut entries: Vec<Value> = classes
            .map(|(class, colour)| entry(colour, &class.label.0, &class.label.1, true))
            .collect();
        if let Some((ko, en)) = &self.suppressed {
            entries.push(entry(SUPPRESSED, ko, en, false));
        }
        entries.push(entry(MISSING, "자료 없음", "No data", false));
        entries.into()
    }
}

impl ClassTest {
    /// Conditions in the older form of filters, which QGIS reads as well.
    fn conditions(&self, column: &str) -> Vec<Value> {
        match self {
            Self::Range(from, below) => {
                let from = from.map(|from| json!([">=", column, from]));
                let below = below.map(|below| json!(["<", column, below]));
                from.into_iter().chain(below).collect()
            }
            Self::Positive(below) => {
                let below = below.map(|below| json!(["<", column, below]));
                std::iter::once(json!([">", column, 0])).chain(below).collect()
            }
            Self::Number(number) => vec![json!(["==", column, number])],
            Self::Text(text) => vec![json!(["==", column, text])],
            Self::Flag(flag) => vec![json!(["==", column, flag])],
        }
    }
}

fn zoomed(far: f64, near: f64) -> Value {
    let tidy = |number: f64| (number * 100.0).round() / 100.0;
    json!(["interpolate", ["linear"], ["zoom"], 10, tidy(far), 16, tidy(near)])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::shading::ValueClass;
    use crate::{LayerGeometry, LocalizedTitle, StyleDocument};

    pub(in crate::shading) fn shading(mark: MarkKind, ramp: ColourRamp) -> LayerShading {
        let class = |from, below| ValueClass {
            test: ClassTest::Range(from, below),
            label: ("가".to_owned(), "A".to_owned()),
        };
        LayerShading {
            column: "rate".to_owned(),
            mark,
            ramp,
            classes: vec![
                class(None, Some(1.0)),
                class(Some(1.0), Some(2.0)),
                class(Some(2.0), None),
            ],
            unit: Some("%".to_owned()),
            suppressed: Some(("가림".to_owned(), "Withheld".to_owned())),
        }
    }

    fn input(shading: &LayerShading) -> LayerStyleInput<'_> {
        let title = LocalizedTitle { ko: "가", en: "A" };
        LayerStyleInput { id: "a-1", title, shape: LayerGeometry::Polygon, shading: Some(shading) }
    }

    #[test]
    fn every_mark_passes_the_lint_and_no_two_classes_look_alike() {
        let circle = MarkKind::Circle { growing: true, at_labels: true };
        for mark in [MarkKind::Fill, MarkKind::Line { widening: true }, circle] {
            for ramp in [
                ColourRamp::Sequential,
                ColourRamp::Reversed,
                ColourRamp::Diverging,
                ColourRamp::Categories,
            ] {
                let shading = shading(mark, ramp);
                let layers = shading.layers(&input(&shading), "#0072b2");
                let style = json!({ "version": 8, "layers": layers });
                assert_eq!(StyleDocument::parse(&style.to_string()).unwrap().findings(), []);
                let legend = shading.legend("#0072b2");
                let colours: std::collections::BTreeSet<_> =
                    legend.as_array().unwrap().iter().map(|e| e["color"].to_string()).collect();
                assert_eq!(colours.len(), 5, "{mark:?} {ramp:?}: {legend}");
            }
        }
    }

    #[test]
    fn each_feature_belongs_to_one_class() {
        let shading = shading(MarkKind::Fill, ColourRamp::Sequential);
        let layers = shading.layers(&input(&shading), "#0072b2");
        let filters: Vec<_> = layers.iter().filter_map(|layer| layer.get("filter")).collect();
        assert_eq!(*filters[0], json!(["all", ["!has", "rate"], ["!=", "suppressed", true]]));
        assert_eq!(*filters[1], json!(["all", ["==", "suppressed", true]]));
        assert_eq!(
            *filters[3],
            json!(["all", [">=", "rate", 1.0], ["<", "rate", 2.0], ["!=", "suppressed", true]])
        );
    }

    #[test]
    fn zero_apart_belongs_to_neither_side_and_to_no_other_class() {
        let class = |test| ValueClass { test, label: ("가".to_owned(), "A".to_owned()) };
        let tests = [
            ClassTest::Range(None, Some(0.0)),
            ClassTest::Number(0),
            ClassTest::Positive(Some(2.0)),
            ClassTest::Range(Some(2.0), None),
        ];
        let classes = tests.map(class).to_vec();
        let shading = LayerShading { classes, ..shading(MarkKind::Fill, ColourRamp::Diverging) };
        let colours = shading.colours("#0072b2");
        assert_eq!(colours[1], super::super::shades::NEITHER);
        assert_eq!(colours.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        let filter = shading.classes[2].test.conditions("rate");
        assert_eq!(filter, [json!([">", "rate", 0]), json!(["<", "rate", 2.0])]);
    }

    #[test]
    fn what_lies_within_lies_on_top() {
        let shading = shading(MarkKind::Fill, ColourRamp::Reversed);
        let ids: Vec<_> =
            shading.layers(&input(&shading), "#0072b2").iter().map(|l| l["id"].clone()).collect();
        assert_eq!(ids[2..5], [json!("a-1.class-2"), json!("a-1.class-1"), json!("a-1.class-0")]);
    }
}
