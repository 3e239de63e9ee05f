//! Tests of classes read from style layers in the forms that authors write.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::parsed_layer::ParsedLayer;

fn parse(layers: &Value) -> Vec<ParsedLayer> {
    let layers = layers.as_array().unwrap().iter();
    layers.map(|layer| ParsedLayer::parse(layer.as_object().unwrap(), "layers").unwrap()).collect()
}

fn marks(layers: &Value) -> Vec<ClassifiedMark> {
    classify(&parse(layers), ClassifyOptions::default())
}

/// The classes as `condition colour`.
fn described(mark: &ClassifiedMark) -> Vec<String> {
    let colour = |look: &MarkLook| look.colour.map_or("none".to_owned(), |it| it.to_string());
    let class = |class: &StyleClass| format!("{} {}", name(&class.condition), colour(&class.look));
    mark.classes.iter().map(class).collect()
}

fn name(condition: &ClassCondition) -> String {
    match condition {
        ClassCondition::All => "all".to_owned(),
        ClassCondition::Range(range) => {
            let bound = |bound: Option<f64>| bound.map_or("…".to_owned(), |at| at.to_string());
            let open = if range.holds_from { "[" } else { "(" };
            let close = if range.holds_to { "]" } else { ")" };
            format!("{open}{},{}{close}", bound(range.from), bound(range.to))
        }
        ClassCondition::Number(number) => number.to_string(),
        ClassCondition::Texts(texts) => texts.join("+"),
        ClassCondition::Flag(flag) => flag.to_string(),
        ClassCondition::Other(_) => "other".to_owned(),
        ClassCondition::Missing => "missing".to_owned(),
        ClassCondition::Suppressed => "suppressed".to_owned(),
        ClassCondition::NotApplicable { column, values } => {
            format!("{column}={}", values.join("+"))
        }
    }
}

/// A fill with a colour, where the column holds a number, and hatched parts.
fn choropleth(colour: &Value) -> Value {
    json!([
        {"id": "m.fill", "type": "fill", "source-layer": "m",
         "filter": ["all", ["has", "v"], ["!=", ["get", "suppressed"], true]],
         "paint": {"fill-color": colour, "fill-opacity": 0.8}},
        {"id": "m.missing", "type": "fill", "source-layer": "m",
         "filter": ["all", ["!", ["has", "v"]], ["!=", ["get", "suppressed"], true]],
         "paint": {"fill-pattern": "hatch-missing"}},
        {"id": "m.suppressed", "type": "fill", "source-layer": "m",
         "filter": ["==", ["get", "suppressed"], true],
         "paint": {"fill-pattern": "hatch-suppressed"}},
        {"id": "m.outline", "type": "line", "source-layer": "m",
         "paint": {"line-color": "#ffffff", "line-width": 0.5}},
    ])
}

#[rstest]
#[case::step(
    json!(["step", ["get", "v"], "#111111", 1, "#222222", 2.5, "#333333"]),
    &["(…,1) #111111", "[1,2.5) #222222", "[2.5,…) #333333"],
)]
#[case::case(
    json!(["case", ["<", ["get", "v"], 1], "#111111", ["<", ["get", "v"], 2.5], "#222222", "#333333"]),
    &["(…,1) #111111", "[1,2.5) #222222", "[2.5,…) #333333"],
)]
#[case::upper_bounds_belong_to_the_class(
    json!(["case", ["<=", ["get", "v"], 1], "#111111", "#222222"]),
    &["(…,1] #111111", "(1,…) #222222"],
)]
#[case::zero_apart(
    json!(["case", ["==", ["get", "v"], 0], "#eeeeee", ["step", ["get", "v"], "#111111", 5, "#222222"]]),
    &["(…,0) #111111", "0 #eeeeee", "(0,5) #111111", "[5,…) #222222"],
)]
#[case::equal_classes_are_one(
    json!(["step", ["get", "v"], "#111111", 1, "#111111", 2, "#333333"]),
    &["(…,2) #111111", "[2,…) #333333"],
)]
#[case::numbers(
    json!(["match", ["get", "v"], 5, "#111111", 10, "#222222", "#333333"]),
    &["5 #111111", "10 #222222", "other #333333"],
)]
#[case::texts(
    json!(["match", ["get", "v"], "b", "#111111", ["a", "c"], "#222222", "#333333"]),
    &["b #111111", "a+c #222222", "other #333333"],
)]
#[case::flags(
    json!(["case", ["get", "v"], "#111111", "#222222"]),
    &["true #111111", "false #222222"],
)]
#[case::converted_numbers(
    json!(["step", ["/", ["to-number", ["get", "v"]], 10], "#111111", 2, "#222222"]),
    &["(…,20) #111111", "[20,…) #222222"],
)]
#[case::both_sides_of_zero(
    json!(["step", ["abs", ["get", "v"]], "#111111", 2, "#222222"]),
    &["(…,-2] #222222", "(-2,2) #111111", "[2,…) #222222"],
)]
#[case::one_colour(json!("#111111"), &["all #111111"])]
fn classes_are_those_that_the_expression_draws(#[case] colour: Value, #[case] expected: &[&str]) {
    let marks = marks(&choropleth(&colour));
    assert_eq!(marks.len(), 1);
    let mark = &marks[0];
    assert_eq!((mark.kind, mark.layers.len()), (MarkKind::Fill, 3));
    let (exceptions, classes): (Vec<_>, Vec<_>) = described(mark)
        .into_iter()
        .partition(|class| class.starts_with("suppressed") || class.starts_with("missing"));
    assert_eq!(classes, expected);
    let looks = mark.classes.iter().filter_map(|class| class.look.pattern.as_deref());
    assert_eq!(looks.collect::<Vec<_>>(), ["hatch-suppressed", "hatch-missing"]);
    assert_eq!(mark.column.as_deref(), Some("v"));
    assert_eq!(exceptions.len(), 2);
    let edge = mark.classes[0].look.outline.unwrap();
    assert_eq!((edge.width, edge.colour.to_hexadecimal().as_str()), (0.5, "#ffffff"));
}

#[test]
fn one_layer_for_each_class_gives_the_same_classes() {
    let layer = |part: &str, filter: Value, colour: &str| {
        json!({"id": format!("m.{part}"), "type": "fill", "source-layer": "m", "filter": filter,
               "paint": {"fill-color": colour}})
    };
    let marks = marks(&json!([
        layer("a", json!(["all", ["<", "v", 1], ["!=", "suppressed", true]]), "#111111"),
        layer("b", json!(["all", [">=", "v", 1], ["<", "v", 2]]), "#222222"),
        layer("c", json!([">=", "v", 2]), "#333333"),
        layer("missing", json!(["!has", "v"]), "#cccccc"),
        layer("suppressed", json!(["==", "suppressed", true]), "#999999"),
    ]));
    assert_eq!(marks.len(), 1);
    let expected = [
        "(…,1) #111111",
        "[1,2) #222222",
        "[2,…) #333333",
        "suppressed #999999",
        "missing #cccccc",
    ];
    assert_eq!(described(&marks[0]), expected);
}

#[test]
fn titles_stay_with_the_class_that_a_layer_draws() {
    let layer = |part: &str, title: &str| {
        json!({"id": part, "type": "line", "source-layer": "m", "filter": ["==", "kind", part],
               "paint": {"line-color": if part == "a" { "#111111" } else { "#222222" }},
               "metadata": {"title": {"ko": title, "en": title}}})
    };
    let marks = marks(&json!([layer("a", "A"), layer("b", "B")]));
    let titles: Vec<_> =
        marks[0].classes.iter().map(|class| class.title.as_ref().unwrap().en.as_str()).collect();
    assert_eq!(titles, ["A", "B"]);
}

#[test]
fn circles_that_grow_have_a_size_scale() {
    let marks = marks(&json!([
        {"id": "m.circle", "type": "circle", "source-layer": "m.label", "paint": {
            "circle-color": ["case", ["<", ["get", "v"], 0], "#111111", "#222222"],
            "circle-radius": ["interpolate", ["linear"], ["sqrt", ["abs", ["get", "v"]]], 0, 0, 10, 20],
        }},
    ]));
    let size = marks[0].size.as_ref().unwrap();
    assert_eq!(size.size(25.0), Some(10.0));
    assert_eq!(size.size(-100.0), Some(20.0));
    // A circle of zero can't be seen; one without a value has the defaults of circles.
    let expected = ["(…,0) #111111", "(0,…) #222222", "missing #000000"];
    assert_eq!(described(&marks[0]), expected);
}

#[test]
fn a_map_may_have_circles_pictograms_and_clusters() {
    let kind = json!(["match", ["get", "kind"], "a", "#111111", "b", "#222222", "#333333"]);
    let icon = json!(["match", ["get", "kind"], "a", "school", "b", "library", "dot"]);
    let marks = marks(&json!([
        {"id": "m.circle", "type": "circle", "source-layer": "m", "filter": ["!", ["has", "point_count"]],
         "paint": {"circle-color": kind}},
        {"id": "m.icon", "type": "symbol", "source-layer": "m", "minzoom": 14,
         "filter": ["!", ["has", "point_count"]], "layout": {"icon-image": icon}},
        {"id": "m.cluster", "type": "circle", "source-layer": "m", "filter": ["has", "point_count"],
         "paint": {"circle-color": "#555555",
                   "circle-radius": ["step", ["get", "point_count"], 10, 100, 20]}},
        {"id": "m.count", "type": "symbol", "source-layer": "m", "filter": ["has", "point_count"],
         "layout": {"text-field": ["get", "point_count_abbreviated"]}},
    ]));
    let kinds: Vec<_> = marks.iter().map(|mark| mark.kind).collect();
    assert_eq!(kinds, [MarkKind::Circle, MarkKind::Cluster]);
    assert_eq!(described(&marks[0]), ["a #111111", "b #222222", "other #333333"]);
    assert_eq!(marks[0].classes[1].look.icon.as_deref(), Some("library"));
    assert_eq!(described(&marks[1]), ["(…,100) #555555", "[100,…) #555555"]);
    assert_eq!(marks[1].classes[1].look.size, 20.0);
}

#[test]
fn a_heat_map_has_a_ramp_and_points_when_near() {
    let marks = marks(&json!([
        {"id": "m.heat", "type": "heatmap", "source-layer": "m", "maxzoom": 15, "paint": {
            "heatmap-weight": ["interpolate", ["linear"], ["get", "v"], 0, 0, 10, 1],
            "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"],
                0, "rgba(0,0,0,0)", 0.5, "#ffcc00", 1, "#cc0000"],
        }},
        {"id": "m.points", "type": "circle", "source-layer": "m", "minzoom": 14},
    ]));
    assert_eq!(marks[0].kind, MarkKind::Heat);
    assert_eq!(marks[0].column.as_deref(), Some("v"));
    let ramp: Vec<_> = marks[0].ramp.iter().map(|(at, colour)| format!("{at} {colour}")).collect();
    assert_eq!(ramp, ["0 rgba(0,0,0,0)", "0.5 #ffcc00", "1 #cc0000"]);
    assert_eq!(marks[1].kind, MarkKind::Circle);
}

#[test]
fn two_columns_make_a_grid() {
    let row = |colours: [&str; 3]| {
        json!(["step", ["get", "a"], colours[0], 1, colours[1], 2, colours[2]])
    };
    let colour = json!([
        "step",
        ["get", "b"],
        row(["#000011", "#000012", "#000013"]),
        10,
        row(["#000021", "#000022", "#000023"]),
        20,
        row(["#000031", "#000032", "#000033"])
    ]);
    let mut layers = choropleth(&colour);
    layers[0]["filter"] = json!(["all", ["has", "a"], ["has", "b"]]);
    let marks = marks(&layers);
    let grid = marks[0].bivariate.as_ref().unwrap();
    assert_eq!(grid.columns, ["a", "b"]);
    assert_eq!(grid.ranges[0].iter().map(name).collect::<Vec<_>>(), ["(…,1)", "[1,2)", "[2,…)"]);
    assert_eq!(
        grid.ranges[1].iter().map(name).collect::<Vec<_>>(),
        ["(…,10)", "[10,20)", "[20,…)"]
    );
    let colours: Vec<Vec<_>> = grid
        .looks
        .iter()
        .map(|row| row.iter().map(|look| look.colour.unwrap().to_hexadecimal()).collect())
        .collect();
    assert_eq!(colours[2], ["#000031", "#000032", "#000033"]);
    assert_eq!(colours[0][2], "#000013");
}

#[test]
fn what_does_not_apply_is_a_class_of_its_own() {
    let marks = marks(&json!([
        {"id": "m.fill", "type": "fill", "source-layer": "m",
         "filter": ["all", ["has", "v"], ["!", ["in", ["get", "use"], ["literal", ["water"]]]]],
         "paint": {"fill-color": ["step", ["get", "v"], "#111111", 1, "#222222"]}},
        {"id": "m.not-applicable", "type": "fill", "source-layer": "m",
         "filter": ["in", ["get", "use"], ["literal", ["water"]]],
         "paint": {"fill-color": "#eeeeee"}},
    ]));
    assert_eq!(described(&marks[0]), ["(…,1) #111111", "[1,…) #222222", "use=water #eeeeee"]);
}

#[test]
fn conditions_become_filters_of_the_old_form() {
    let marks = marks(&choropleth(&json!(["step", ["get", "v"], "#111111", 1, "#222222"])));
    let filters: Vec<_> =
        marks[0].classes.iter().map(|class| class.condition.filter("v").unwrap()).collect();
    let expected = [
        json!(["all", ["<", "v", 1.0]]),
        json!(["all", [">=", "v", 1.0]]),
        json!(["==", "suppressed", true]),
        json!(["!has", "v"]),
    ];
    assert_eq!(filters, expected);
}

proptest! {
    /// The class that holds a number is drawn in the colour that the expression has for it.
    #[test]
    fn the_class_of_a_number_is_drawn_as_the_number_is(
        stops in prop::collection::btree_set(-100i32..100, 1..7),
        number in -120i32..120,
    ) {
        let mut colour = vec![json!("step"), json!(["get", "v"]), json!("#000000")];
        for (at, stop) in stops.iter().enumerate() {
            colour.extend([json!(stop), json!(format!("#0000{:02x}", at + 1))]);
        }
        let marks = marks(&choropleth(&Value::Array(colour)));
        let number = f64::from(number);
        let holding: Vec<_> =
            marks[0].classes.iter().filter(|class| class.condition.holds_number(number)).collect();
        prop_assert_eq!(holding.len(), 1);
        let below = stops.iter().filter(|&&stop| f64::from(stop) <= number).count();
        let colour = holding[0].look.colour.unwrap().to_hexadecimal();
        prop_assert_eq!(colour, format!("#0000{below:02x}"));
    }
}
