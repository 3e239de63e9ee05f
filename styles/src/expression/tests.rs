//! Tests of parsing and evaluation, against the specification's definitions.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

type Properties<'a> = [(&'static str, ExpressionValue<'a>)];

fn feature() -> [(&'static str, ExpressionValue<'static>); 5] {
    [
        ("count", 12.0.into()),
        ("rate", (-0.5).into()),
        ("name", "성수".into()),
        ("open", true.into()),
        ("numeral", "7".into()),
    ]
}

fn evaluate(json: &Value, zoom: f64) -> ExpressionValue<'static> {
    let expression = Expression::parse(json, "").unwrap();
    let feature = feature();
    let mut context = EvaluationContext::new(&feature, zoom);
    context.geometry = Some(GeometryType::Point);
    expression.evaluate(&context).unwrap().into_owned()
}

#[rstest]
#[case(json!(3), json!(3))]
#[case(json!(["get", "count"]), json!(12))]
#[case(json!(["get", "none"]), json!(null))]
#[case(json!(["has", "name"]), json!(true))]
#[case(json!(["!", ["has", "name"]]), json!(false))]
#[case(json!(["!has", "none"]), json!(true))]
#[case(json!(["literal", [1, "a"]]), json!([1, "a"]))]
#[case(json!(["==", ["get", "none"], null]), json!(true))]
#[case(json!(["==", ["get", "name"], 3]), json!(false))]
#[case(json!(["!=", ["get", "name"], "성수"]), json!(false))]
#[case(json!([">=", ["get", "count"], 12]), json!(true))]
#[case(json!(["<", ["get", "rate"], -0.5]), json!(false))]
#[case(json!(["<=", "a", "b"]), json!(true))]
#[case(json!(["all", ["has", "count"], ["get", "open"]]), json!(true))]
#[case(json!(["any", false, ["!", ["get", "open"]]]), json!(false))]
#[case(json!(["all"]), json!(true))]
#[case(json!(["any"]), json!(false))]
#[case(json!(["in", ["get", "name"], ["literal", ["성수", "옥수"]]]), json!(true))]
#[case(json!(["in", "수", ["get", "name"]]), json!(true))]
#[case(json!(["match", ["get", "name"], ["옥수", "성수"], 1, "금호", 2, 0]), json!(1))]
#[case(json!(["match", ["get", "none"], "a", 1, 0]), json!(0))]
#[case(json!(["case", ["<", ["get", "count"], 5], "few", ["get", "open"], "open", "x"]), json!("open"))]
#[case(json!(["step", ["get", "count"], "a", 12, "b", 20, "c"]), json!("b"))]
#[case(json!(["step", ["get", "rate"], "a", 0, "b"]), json!("a"))]
#[case(json!(["interpolate", ["linear"], ["zoom"], 10, 0, 14, 8]), json!(5))]
#[case(json!(["interpolate", ["linear"], ["zoom"], 13, 1, 14, 8]), json!(1))]
#[case(json!(["interpolate", ["linear"], ["zoom"], 10, 1, 12, 8]), json!(8))]
#[case(json!(["interpolate", ["exponential", 2], ["zoom"], 12, 0, 14, 3]), json!(0.41421356237309515))]
#[case(json!(["coalesce", ["get", "none"], ["get", "count"]]), json!(12))]
#[case(json!(["to-number", ["get", "numeral"]]), json!(7))]
#[case(json!(["to-number", "x", 4]), json!(4))]
#[case(json!(["to-string", 1.0]), json!("1"))]
#[case(json!(["concat", "a", 1, true, null]), json!("a1true"))]
#[case(json!(["number-format", 1234567.891, {"max-fraction-digits": 1}]), json!("1,234,567.9"))]
#[case(json!(["number-format", -1234, {}]), json!("-1,234"))]
#[case(json!(["number-format", 2, {"min-fraction-digits": 2}]), json!("2.00"))]
#[case(json!(["+", 1, 2, 3]), json!(6))]
#[case(json!(["-", 1]), json!(-1))]
#[case(json!(["-", 1, 3]), json!(-2))]
#[case(json!(["/", 1, 4]), json!(0.25))]
#[case(json!(["^", 2, 10]), json!(1024))]
#[case(json!(["sqrt", 16]), json!(4))]
#[case(json!(["log10", 1000]), json!(3))]
#[case(json!(["round", ["ln", ["e"]]]), json!(1))]
#[case(json!(["min", 3, ["get", "rate"], 1]), json!(-0.5))]
#[case(json!(["max", 3, ["abs", -7], 1]), json!(7))]
#[case(json!(["geometry-type"]), json!("Point"))]
#[case(json!(["feature-state", "hover"]), json!(null))]
#[case(json!(["case", ["boolean", ["feature-state", "hover"], false], 1, 2]), json!(2))]
#[case(json!(["slice", "성동구청", 0, 3]), json!("성동구"))]
#[case(json!(["slice", "성동구청", -1]), json!("청"))]
#[case(json!(["length", "성동"]), json!(2))]
#[case(json!(["format", ["get", "name"], {"font-scale": 0.8}, "!", {}]), json!("성수!"))]
fn an_expression_has_the_value_of_the_specification(#[case] json: Value, #[case] expected: Value) {
    let value = evaluate(&json, 12.5);
    let expected = ExpressionValue::from_json(&expected).unwrap();
    match (value.number(), expected.number()) {
        (Some(value), Some(expected)) => assert!((value - expected).abs() < 1e-9, "{value}"),
        _ => assert_eq!(value, expected),
    }
}

#[test]
fn colours_are_interpolated() {
    let ramp = json!(["interpolate", ["linear"], ["zoom"], 0, "#000000", 10, "#ffffff"]);
    assert_eq!(evaluate(&ramp, 5.0).colour().unwrap().to_hexadecimal(), "#808080");
    assert_eq!(evaluate(&json!(["rgb", 0, 114, 178]), 0.0).to_text(), "#0072b2");
}

#[rstest]
#[case(json!(["step", ["get", "none"], 1, 2, 3]))]
#[case(json!(["<", ["get", "none"], 3]))]
#[case(json!(["case", ["get", "count"], 1, 2]))]
#[case(json!(["to-number", "x"]))]
#[case(json!(["number", ["get", "name"]]))]
#[case(json!(["interpolate", ["linear"], ["zoom"], 0, "a", 20, "b"]))]
fn a_value_of_the_wrong_type_is_an_error(#[case] json: Value) {
    let expression = Expression::parse(&json, "").unwrap();
    let feature = feature();
    assert!(expression.evaluate(&EvaluationContext::new(&feature, 10.0)).is_err());
}

#[rstest]
#[case(json!(["==", "name", "성수"]), true)]
#[case(json!(["==", "none", "성수"]), false)]
#[case(json!(["!=", "none", "성수"]), true)]
#[case(json!([">", "count", 11]), true)]
#[case(json!([">", "none", 11]), false)]
#[case(json!([">", "name", 11]), false)]
#[case(json!(["in", "name", "옥수", "성수"]), true)]
#[case(json!(["!in", "name", "옥수", "성수"]), false)]
#[case(json!(["!has", "none"]), true)]
#[case(json!(["none", ["==", "count", 1], ["has", "none"]]), true)]
#[case(json!(["all", ["has", "count"], ["!=", "open", true]]), false)]
#[case(json!(["any", ["==", "count", 1], [">=", "count", 12]]), true)]
#[case(json!(["==", "$type", "Point"]), true)]
#[case(json!([">=", ["get", "count"], 12]), true)]
#[case(json!([">=", ["get", "none"], 12]), false)]
#[case(json!(true), true)]
fn a_filter_passes_features(#[case] json: Value, #[case] expected: bool) {
    let filter = Expression::parse_filter(&json, "filter").unwrap();
    let feature = feature();
    let mut context = EvaluationContext::new(&feature, 12.0);
    context.geometry = Some(GeometryType::Point);
    assert_eq!(filter.passes(&context), expected);
}

#[rstest]
#[case(json!(["cubic", 1]), "p: operator \"cubic\" is unknown to this server")]
#[case(json!(["+", 1, ["nope"]]), "p[2]: operator \"nope\" is unknown to this server")]
#[case(json!(["get"]), "p: \"get\" takes 1 arguments and has 0")]
#[case(json!(["get", 3]), "p[1]: the argument must be the name of a property")]
#[case(json!(["step", ["zoom"], 1, 5, 2, 5, 3]), "p[5]: the stops must ascend strictly")]
#[case(json!(["case", true, 1]), "p: \"case\" takes an odd number of 3 or more arguments and has 2")]
#[case(json!(["match", 1, true, 2, 3]), "p[2]: the argument must be a number, a text or a list of them")]
#[case(json!(["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 0, 1]), "p[1]: the argument must be [\"linear\"] or [\"exponential\", base]")]
#[case(json!({"stops": []}), "p: an object is no expression; zoom functions with \"stops\" are written as interpolate")]
#[case(json!([]), "p: a list must begin with the name of an operator; write [\"literal\", […]] for a list")]
fn a_fault_names_its_place(#[case] json: Value, #[case] message: &str) {
    assert_eq!(Expression::parse(&json, "p").unwrap_err().to_string(), message);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!(["+", inner]));
    assert!(Expression::parse(&nested(32), "").is_ok());
    let error = Expression::parse(&nested(33), "").unwrap_err();
    assert_eq!(error.fault, ExpressionFault::Depth(32));
}

#[test]
fn columns_are_those_of_all_parts() {
    let json =
        json!(["case", ["has", "a"], ["step", ["get", "b"], ["get", "c"], 1, 2], ["get", "b"]]);
    let expression = Expression::parse(&json, "").unwrap();
    assert_eq!(expression.columns().into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(!expression.is_zoom_dependent());
}

/// JSON that looks like an expression.
fn any_expression() -> impl Strategy<Value = Value> {
    let names = [
        "get",
        "has",
        "case",
        "match",
        "step",
        "interpolate",
        "linear",
        "literal",
        "in",
        "all",
        "+",
        "-",
        "/",
        "^",
        "slice",
        "concat",
        "number-format",
        "to-number",
        "none",
        "!has",
        "==",
        "<",
        "zoom",
        "coalesce",
        "rgb",
        "length",
        "sqrt",
        "a",
        "#fff",
    ];
    let leaf = prop_oneof![
        prop::sample::select(names.to_vec()).prop_map(|name| json!(name)),
        prop::num::f64::ANY.prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        Just(json!(null)),
        Just(json!({})),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        let name = prop::sample::select(names.to_vec());
        (name, prop::collection::vec(inner, 0..8)).prop_map(|(name, arguments)| {
            let name = std::iter::once(json!(name));
            Value::Array(name.chain(arguments).collect())
        })
    })
}

proptest! {
    #[test]
    fn any_json_is_evaluated_or_refused(json in any_expression(), zoom in 0.0..24.0f64) {
        let feature: &Properties<'_> = &feature();
        let feature = Pairs(feature);
        let context = EvaluationContext::new(&feature, zoom);
        if let Ok(expression) = Expression::parse(&json, "") {
            let _ = expression.evaluate(&context);
            let _ = expression.columns();
        }
        if let Ok(filter) = Expression::parse_filter(&json, "") {
            let _ = filter.passes(&context);
        }
    }

    #[test]
    fn a_step_is_the_last_stop_not_above_the_input(
        mut stops in prop::collection::btree_set(-1000i32..1000, 1..8),
        input in -1100i32..1100,
    ) {
        let mut json = vec![json!("step"), json!(["get", "v"]), json!("below")];
        for stop in &stops {
            json.extend([json!(stop), json!(stop.to_string())]);
        }
        let expression = Expression::parse(&Value::Array(json), "").unwrap();
        let feature = [("v", f64::from(input).into())];
        let value = expression.evaluate(&EvaluationContext::new(&feature, 0.0)).unwrap();
        stops.retain(|&stop| stop <= input);
        let expected = stops.last().map_or("below".to_owned(), ToString::to_string);
        prop_assert_eq!(value.text(), Some(expected.as_str()));
    }
}

/// Properties of any number.
struct Pairs<'a>(&'a Properties<'a>);

impl FeatureProperties for Pairs<'_> {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.0.property(name)
    }
}
