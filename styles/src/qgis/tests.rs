use rstest::rstest;
use serde_json::{Value, json};

use super::layers_for_qgis;
use crate::StyleDocument;

/// Style layers of a map for QGIS, each as its filter and the changed properties.
fn drawn(layer: &Value) -> Vec<Value> {
    layers_for_qgis(layer.as_object().unwrap()).into_iter().map(Value::from).collect()
}

fn fill(paint: &Value, filter: &Value) -> Value {
    json!({
        "id": "a.fill", "type": "fill", "source": "a", "source-layer": "a",
        "filter": filter, "paint": paint,
    })
}

#[test]
fn a_step_becomes_a_layer_for_each_class() {
    let colour = json!(["step", ["get", "rate"], "#111111", 10, "#222222", 20, "#333333"]);
    let layers =
        drawn(&fill(&json!({"fill-color": colour, "fill-opacity": 0.8}), &json!(["has", "rate"])));
    let found: Vec<_> = layers.iter().map(|l| (&l["filter"], &l["paint"]["fill-color"])).collect();
    assert_eq!(
        found,
        [
            (&json!(["all", ["has", "rate"], ["<", "rate", 10.0]]), &json!("#111111")),
            (
                &json!(["all", ["has", "rate"], [">=", "rate", 10.0], ["<", "rate", 20.0]]),
                &json!("#222222")
            ),
            (&json!(["all", ["has", "rate"], [">=", "rate", 20.0]]), &json!("#333333")),
        ]
    );
    assert!(layers.iter().all(|layer| layer["paint"]["fill-opacity"] == 0.8));
    assert_eq!(layers[2]["id"], "a.fill.class-2");
}

#[test]
fn a_match_becomes_a_layer_for_each_label_and_the_rest() {
    let colour = json!([
        "match",
        ["get", "use"],
        ["집", "아파트"],
        "#111111",
        ["공장"],
        "#222222",
        "#333333"
    ]);
    let layers = drawn(&fill(&json!({"fill-color": colour}), &json!(["has", "use"])));
    let found: Vec<_> = layers.iter().map(|l| (&l["filter"], &l["paint"]["fill-color"])).collect();
    assert_eq!(
        found,
        [
            (&json!(["all", ["has", "use"], ["in", "use", "집", "아파트"]]), &json!("#111111")),
            (&json!(["all", ["has", "use"], ["==", "use", "공장"]]), &json!("#222222")),
            (
                &json!([
                    "all",
                    ["has", "use"],
                    ["has", "use"],
                    ["!in", "use", "집", "아파트", "공장"]
                ]),
                &json!("#333333")
            ),
        ]
    );
}

#[test]
fn a_case_tells_the_suppressed_from_the_rest() {
    let colour = json!([
        "case",
        ["==", ["get", "suppressed"], true],
        "#999999",
        ["step", ["get", "rate"], "#111111", 10, "#222222"]
    ]);
    let layers = drawn(&fill(&json!({"fill-color": colour}), &Value::Null));
    let of = |suppressed: &Value, rate: f64| {
        let passes = |layer: &&Value| {
            let filter = crate::expression::Expression::parse_filter(&layer["filter"], "").unwrap();
            let mut feature = vec![("rate", rate.into())];
            if let Some(flag) = suppressed.as_bool() {
                feature.push(("suppressed", flag.into()));
            }
            filter.passes(&crate::expression::EvaluationContext::new(&Feature(feature), 12.0))
        };
        let mut found: Vec<_> =
            layers.iter().filter(passes).map(|l| l["paint"]["fill-color"].clone()).collect();
        assert_eq!(found.len(), 1, "{suppressed} {rate}: {layers:#?}");
        found.pop().unwrap()
    };
    assert_eq!(of(&json!(true), 5.0), "#999999");
    assert_eq!(of(&json!(false), 5.0), "#111111");
    assert_eq!(of(&Value::Null, 15.0), "#222222");
}

struct Feature(Vec<(&'static str, crate::expression::ExpressionValue<'static>)>);

impl crate::expression::FeatureProperties for Feature {
    fn property(&self, name: &str) -> Option<crate::expression::ExpressionValue<'_>> {
        self.0.as_slice().property(name)
    }
}

#[test]
fn zooms_stay_and_circles_are_doubled() {
    let radius = json!([
        "interpolate",
        ["linear"],
        ["zoom"],
        11,
        ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 0, 2, 10, 22],
        16,
        40
    ]);
    let circle = json!({"id": "c", "type": "circle", "filter": ["has", "n"], "paint": {"circle-radius": radius, "circle-color": "#fff"}});
    let layers = drawn(&circle);
    assert!((6..=12).contains(&layers.len()), "{}", layers.len());
    let first = &layers[0]["paint"]["circle-radius"];
    assert_eq!(first, &json!(["interpolate", ["linear"], ["zoom"], 11.0, 4.0, 16.0, 80.0]));
    let last = &layers[layers.len() - 1];
    assert_eq!(last["paint"]["circle-radius"][4], 44.0);
    assert_eq!(last["filter"], json!(["all", ["has", "n"], [">=", "n", 100.0]]));
}

#[rstest]
#[case(json!(4), json!(8.0))]
#[case(json!(["interpolate", ["exponential", 1.5], ["zoom"], 10, 1, 16, 4]), json!(["interpolate", ["exponential", 1.5], ["zoom"], 10, 2.0, 16, 8.0]))]
#[case(json!(["step", ["zoom"], 1, 12, 3]), json!(["interpolate", ["linear"], ["zoom"], 11.99, 2.0, 12.0, 6.0]))]
fn radii_are_doubled(#[case] radius: Value, #[case] doubled: Value) {
    let circle = json!({"id": "c", "type": "circle", "paint": {"circle-radius": radius}});
    assert_eq!(drawn(&circle)[0]["paint"]["circle-radius"], doubled);
}

#[test]
fn a_heat_map_becomes_circles_by_weight() {
    let heat = json!({"id": "h", "type": "heatmap", "paint": {
        "heatmap-weight": ["step", ["get", "n"], 1, 10, 4],
        "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 10, 10, 16, 40],
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 0.5, "#ff8800", 1, "#880000"],
    }});
    let layers = drawn(&heat);
    let radii: Vec<_> = layers.iter().map(|l| l["paint"]["circle-radius"].clone()).collect();
    assert!(
        layers.iter().all(|l| l["type"] == "circle" && l["paint"]["circle-color"] == "#ff8800")
    );
    assert_eq!(
        radii[..2],
        [
            json!(["interpolate", ["linear"], ["zoom"], 10.0, 8.0, 16.0, 32.0]),
            json!(["interpolate", ["linear"], ["zoom"], 10.0, 16.0, 16.0, 64.0]),
        ]
    );
}

#[rstest]
#[case(json!(["get", "nm"]), json!(["get", "nm"]))]
#[case(json!("{nm}"), json!("{nm}"))]
#[case(json!(["coalesce", ["get", "nm_en"], ["get", "nm"]]), json!(["get", "nm_en"]))]
#[case(json!(["format", ["get", "nm"], {}, "\n", {}, ["to-string", ["get", "n"]], {}]), json!(["get", "nm"]))]
#[case(json!(["concat", "a", "b"]), Value::Null)]
fn a_name_is_one_attribute(#[case] field: Value, #[case] simple: Value) {
    let name = json!({"id": "n", "type": "symbol", "layout": {"text-field": field}});
    assert_eq!(drawn(&name)[0]["layout"]["text-field"], simple);
}

#[rstest]
#[case(json!(["==", ["get", "a"], 1]), json!(["==", "a", 1.0]))]
#[case(json!(["all", ["!", ["has", "a"]], ["!=", ["get", "b"], true]]), json!(["all", ["!has", "a"], ["!=", "b", true]]))]
#[case(json!(["match", ["get", "k"], ["x", "y"], true, false]), json!(["in", "k", "x", "y"]))]
#[case(json!(["match", ["get", "k"], ["x"], false, true]), json!(["!in", "k", "x"]))]
#[case(json!(["in", ["get", "k"], ["literal", ["x", "y"]]]), json!(["in", "k", "x", "y"]))]
#[case(json!(["==", ["geometry-type"], "Point"]), json!(["==", "$type", "Point"]))]
#[case(json!(["<", 5, ["to-number", ["get", "n"]]]), json!([">", "n", 5.0]))]
#[case(json!(["==", ["coalesce", ["get", "n"], 0], 0]), json!(["any", ["!has", "n"], ["==", "n", 0.0]]))]
#[case(json!(["!", ["any", ["has", "a"], ["==", ["get", "b"], "x"]]]), json!(["all", ["!has", "a"], ["!=", "b", "x"]]))]
#[case(json!(["!=", ["has", "a"], true]), json!(["!has", "a"]))]
#[case(json!(["==", ["has", "a"], true]), json!(["has", "a"]))]
#[case(json!(["any", ["==", "a", 1], ["in", "b", "x"]]), json!(["any", ["==", "a", 1.0], ["in", "b", "x"]]))]
fn filters_are_written_in_the_old_form(#[case] filter: Value, #[case] old: Value) {
    let layers = drawn(&fill(&json!({"fill-color": "#fff"}), &filter));
    assert_eq!(layers[0]["filter"], old);
}

#[test]
fn a_colour_that_a_feature_names_falls_back() {
    let colour = json!(["to-color", ["get", "colour"], "#8d9296"]);
    let line = json!({"id": "r", "type": "line", "paint": {"line-color": colour}});
    assert_eq!(drawn(&line)[0]["paint"]["line-color"], "#8d9296");
}

#[test]
fn a_filter_by_zoom_becomes_a_layer_for_each_range() {
    let filter =
        json!(["all", ["has", "n"], [">=", ["get", "n"], ["step", ["zoom"], 50, 12, 10, 16, 0]]]);
    let line = json!({"id": "f", "type": "line", "minzoom": 11, "filter": filter, "paint": {"line-width": 2}});
    let layers = drawn(&line);
    let found: Vec<_> =
        layers.iter().map(|l| (&l["minzoom"], &l["maxzoom"], &l["filter"][2])).collect();
    assert_eq!(
        found,
        [
            (&json!(11.0), &json!(12.0), &json!([">=", "n", 50.0])),
            (&json!(12.0), &json!(16.0), &json!([">=", "n", 10.0])),
            (&json!(16.0), &json!(24.0), &json!([">=", "n", 0.0])),
        ]
    );
}

/// Areas of circles by the positive part of a number, as suggested styles draw them.
#[test]
fn circles_by_a_limited_number_get_sizes() {
    let radius =
        json!(["interpolate", ["linear"], ["sqrt", ["max", 0, ["get", "n"]]], 1, 2, 10, 20]);
    let circle = json!({
        "id": "c", "type": "circle", "filter": ["has", "n"],
        "layout": {"circle-sort-key": ["-", 0, ["get", "n"]]},
        "paint": {"circle-radius": radius},
    });
    let layers = drawn(&circle);
    let radii: Vec<f64> =
        layers.iter().map(|l| l["paint"]["circle-radius"].as_f64().unwrap()).collect();
    assert!(radii.len() > 6 && radii.is_sorted(), "{radii:?}");
    assert_eq!((radii[0], radii[radii.len() - 1]), (4.0, 40.0));
    assert!(layers.iter().all(|layer| layer["layout"].get("circle-sort-key").is_none()));
}

/// Operators that QGIS 3.22 does not know, or reads from features.
fn foreign_operator(value: &Value) -> Option<&str> {
    const KNOWN: [&str; 5] = ["interpolate", "linear", "exponential", "zoom", "literal"];
    let parts = value.as_array()?;
    match parts.first()?.as_str() {
        Some("literal") => None,
        Some(name) if !KNOWN.contains(&name) && parts.len() > 1 && name.is_ascii() => Some(name),
        _ => parts.iter().find_map(foreign_operator),
    }
}

#[test]
fn the_embedded_documents_leave_nothing_for_qgis_to_misread() {
    let styles = crate::ThemeStyles::embedded().unwrap();
    let base = styles.base().unwrap().layers().iter().map(|(_, layer)| layer);
    let documents = styles.names().filter_map(|theme| styles.get(theme));
    let mut checked = 0;
    for layer in documents.flat_map(StyleDocument::layers).chain(base) {
        for layer in layers_for_qgis(layer) {
            for group in ["paint", "layout"] {
                let properties = layer.get(group).and_then(Value::as_object);
                for (name, value) in properties.into_iter().flatten() {
                    // Names are one attribute, fonts and anchors lists of texts.
                    if ["text-field", "text-font", "text-variable-anchor"].contains(&name.as_str())
                    {
                        continue;
                    }
                    assert_eq!(foreign_operator(value), None, "{}: {name}: {value}", layer["id"]);
                    checked += 1;
                }
            }
            let filter = layer.get("filter").map(Value::to_string).unwrap_or_default();
            assert!(!filter.contains("[\"get\""), "{}: {filter}", layer["id"]);
        }
    }
    assert!(checked > 100, "{checked}");
}
