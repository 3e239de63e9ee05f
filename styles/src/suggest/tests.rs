//! Tests of suggested styles as a whole.

mod samples;
mod validation;

use rstest::rstest;
use serde_json::{Map, Value, json};

use self::samples::{Sample, sample};
use super::*;
use crate::layer_input::LayerGeometry::{Line, Point, Polygon};
use crate::map_description::{
    ClassBreaks, ColourScheme, MapCategory, MapForm, MapRepresentation, NotApplicable, ValueEnd,
};

type Layer = Map<String, Value>;

fn part<'l>(layers: &'l [Layer], name: &str) -> &'l Layer {
    let found = layers.iter().find(|layer| layer["id"] == format!("eco-01.{name}"));
    assert!(found.is_some(), "no part {name} in {:?}", parts(layers));
    found.unwrap()
}

fn parts(layers: &[Layer]) -> Vec<String> {
    let name = |layer: &Layer| layer["id"].as_str().unwrap().replacen("eco-01.", "", 1);
    layers.iter().map(name).collect()
}

#[test]
fn a_rate_is_shaded_with_zero_and_no_data_apart() {
    let mut map = sample(MapRepresentation::Choropleth, Polygon, Sample::Rate);
    map.label_points = true;
    let layers = suggest(&map);
    assert_eq!(parts(&layers), ["missing", "suppressed", "fill", "outline", "figure"]);
    let colour = &part(&layers, "fill")["paint"]["fill-color"];
    assert_eq!(colour[0], "case");
    assert_eq!(colour[1], json!(["==", ["get", "rate"], 0]));
    assert_eq!(colour[3][0], "step");
    assert_eq!(colour[3].as_array().unwrap().len(), 3 + 2 * 4);
    assert_eq!(part(&layers, "missing")["paint"]["fill-pattern"], "hatch-missing");
    assert_eq!(part(&layers, "figure")["source-layer"], "eco-01.label");
}

#[test]
fn counts_of_areas_become_circles_at_label_points() {
    let mut map = sample(MapRepresentation::Choropleth, Polygon, Sample::Count);
    assert!(parts(&suggest(&map)).contains(&"fill".to_owned()));
    map.label_points = true;
    let layers = suggest(&map);
    assert_eq!(parts(&layers), ["area", "missing", "suppressed", "outline", "circle", "figure"]);
    assert_eq!(part(&layers, "circle")["source-layer"], "eco-01.label");
}

/// Evaluates the radius at the zoom of the second stop.
fn radius(layers: &[Layer], value: f64) -> f64 {
    let stops = &part(layers, "circle")["paint"]["circle-radius"][6];
    assert_eq!((&stops[0], &stops[2][0]), (&json!("interpolate"), &json!("sqrt")));
    let numbers: Vec<f64> =
        stops.as_array().unwrap()[3..].iter().map(|n| n.as_f64().unwrap()).collect();
    let root = value.sqrt();
    let pairs: Vec<_> = numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    let above = pairs.iter().position(|pair| pair.0 >= root).unwrap_or(pairs.len() - 1);
    if above == 0 {
        return pairs[0].1;
    }
    let (from, to) = (pairs[above - 1], pairs[above]);
    from.1 + (to.1 - from.1) * ((root - from.0) / (to.0 - from.0)).clamp(0.0, 1.0)
}

#[test]
fn four_times_the_value_has_four_times_the_area() {
    let layers = suggest(&sample(MapRepresentation::Circle, Point, Sample::Count));
    for value in [200.0, 500.0, 1000.0] {
        let ratio = radius(&layers, value * 4.0) / radius(&layers, value);
        assert!((ratio - 2.0).abs() < 0.03, "{value}: {ratio}");
    }
    let order = &part(&layers, "circle")["layout"]["circle-sort-key"];
    assert_eq!(*order, json!(["-", 0, ["max", 0, ["get", "rate"]]]));
}

#[test]
fn gains_and_losses_differ_in_hue_and_not_in_size() {
    let mut map = sample(MapRepresentation::Circle, Point, Sample::Change);
    map.cartography.good = Some(ValueEnd::High);
    let layers = suggest(&map);
    let colour = &part(&layers, "circle")["paint"]["circle-color"];
    assert_eq!(colour[1], json!(["<", ["get", "rate"], 0]));
    assert_ne!(colour[2], colour[5]);
    let order = &part(&layers, "circle")["layout"]["circle-sort-key"];
    assert_eq!(*order, json!(["-", 0, ["abs", ["get", "rate"]]]));
}

#[test]
fn pictograms_and_clusters_of_points() {
    let mut map = sample(MapRepresentation::Symbol, Point, Sample::Text);
    map.clustered_below = Some(14);
    map.cartography.categories = ["가", "나"]
        .map(|value| MapCategory {
            value: value.to_owned(),
            icon: Some("school".to_owned()),
            ..MapCategory::default()
        })
        .to_vec();
    map.cartography.name_column = Some("nm".to_owned());
    let layers = suggest(&map);
    assert_eq!(
        parts(&layers),
        ["missing", "suppressed", "point", "icon", "cluster", "cluster-count", "name"]
    );
    let icons = &part(&layers, "icon")["layout"]["icon-image"];
    assert_eq!(
        *icons,
        json!(["match", ["get", "rate"], ["가"], "school", ["나"], "school", "circle"])
    );
    assert_eq!(part(&layers, "cluster")["maxzoom"], 14);
    assert!(
        part(&layers, "point")["filter"].to_string().contains(r#"["!=",["get","cluster"],true]"#)
    );
    let names = &part(&layers, "name")["metadata"]["policy-map:text-field"];
    assert_eq!(names["en"], json!(["coalesce", ["get", "eng_nm"], ["get", "nm"]]));
}

#[test]
fn eight_categories_at_most_and_the_rest_in_grey() {
    let mut map = sample(MapRepresentation::Category, Polygon, Sample::Text);
    let value = map.value.as_mut().unwrap();
    value.summary.texts = (0..12).map(|n| (format!("종류 {n}"), 12 - n)).collect();
    let layers = suggest(&map);
    let colour = part(&layers, "fill")["paint"]["fill-color"].as_array().unwrap();
    assert_eq!(colour.len(), 3 + 2 * 7);
    assert_eq!(colour[16], "#c4c6c6");
}

#[test]
fn ordered_categories_take_one_hue_and_declared_colours_stand() {
    let mut map = sample(MapRepresentation::Category, Polygon, Sample::Text);
    map.cartography.ordered = true;
    map.cartography.palette = Some("green".to_owned());
    let colour = suggest(&map);
    let colour = &part(&colour, "fill")["paint"]["fill-color"];
    let green = crate::palettes::SequentialPalette::named("green").unwrap().colours(3);
    assert_eq!(colour[3], green[0].to_string());
    assert_eq!(colour[7], green[2].to_string());
    map.cartography.categories = vec![MapCategory {
        value: "가".to_owned(),
        color: Some("#00a84d".to_owned()),
        ..MapCategory::default()
    }];
    let colour = suggest(&map);
    assert_eq!(part(&colour, "fill")["paint"]["fill-color"][3], "#00a84d");
}

#[test]
fn the_nearest_is_darkest_and_lies_on_top() {
    let mut map = sample(MapRepresentation::Isochrone, Polygon, Sample::Minutes);
    map.value.as_mut().unwrap().column = "minutes".to_owned();
    map.columns[0].name = "minutes".to_owned();
    let layers = suggest(&map);
    let fill = part(&layers, "fill");
    assert_eq!(fill["layout"]["fill-sort-key"], json!(["-", 0, ["get", "minutes"]]));
    let colour = &fill["paint"]["fill-color"];
    let light = |at: usize| {
        let text = colour[at].as_str().unwrap();
        crate::colour::SrgbColour::parse(text).unwrap().to_lab()[0]
    };
    assert_eq!((&colour[3], &colour[5]), (&json!(10), &json!(15)));
    assert!(light(2) < light(4) && light(4) < light(6));
}

#[test]
fn a_density_surface_gives_way_to_points() {
    let map = sample(MapRepresentation::Heat, Point, Sample::Nothing);
    let layers = suggest(&map);
    assert_eq!(parts(&layers), ["heat", "point"]);
    assert_eq!(part(&layers, "heat")["type"], "heatmap");
    assert_eq!(part(&layers, "point")["minzoom"], 15);
}

#[test]
fn flows_widen_with_volume_and_thin_out_when_far() {
    let layers = suggest(&sample(MapRepresentation::Flow, Line, Sample::Count));
    assert_eq!(parts(&layers), ["line", "arrow"]);
    let filter = part(&layers, "line")["filter"].to_string();
    assert!(filter.contains(r#"["step",["zoom"],"#), "{filter}");
    let width = &part(&layers, "line")["paint"]["line-width"];
    assert_eq!(width[4][2], json!(["get", "rate"]));
}

#[test]
fn two_numbers_make_nine_colours() {
    let mut map = sample(MapRepresentation::Grid, Polygon, Sample::Rate);
    map.cartography.scheme = Some(ColourScheme::Bivariate);
    let mut second = map.value.clone().unwrap();
    second.column = "second".to_owned();
    map.second_value = Some(second);
    let layers = suggest(&map);
    let colour = part(&layers, "fill")["paint"]["fill-color"].to_string();
    let distinct: std::collections::BTreeSet<_> =
        colour.match_indices('#').map(|(at, _)| &colour[at..at + 7]).collect();
    assert_eq!(distinct.len(), 9, "{colour}");
    let missing = part(&layers, "missing")["filter"][1].to_string();
    assert_eq!(missing, r#"["any",["!=",["has","rate"],true],["!=",["has","second"],true]]"#);
}

#[test]
fn the_scheme_and_direction_that_are_declared_decide_the_colours() {
    let mut map = sample(MapRepresentation::Grid, Polygon, Sample::Change);
    map.cartography.good = Some(ValueEnd::Low);
    let first = |map: &crate::map_description::MapDescription| {
        let layers = suggest(map);
        let colour = part(&layers, "fill")["paint"]["fill-color"][2].as_str().unwrap().to_owned();
        crate::colour::SrgbColour::parse(&colour).unwrap()
    };
    let low = first(&map);
    assert!(low.blue > low.red, "few are good: blue {low}");
    map.cartography.good = Some(ValueEnd::High);
    let low = first(&map);
    assert!(low.red > low.blue, "few are bad: red {low}");
    let mut map = sample(MapRepresentation::Grid, Polygon, Sample::Rate);
    map.cartography.breaks = ClassBreaks::Fixed(vec![10.0, 20.0]);
    map.cartography.zero_class = Some(false);
    let light = first(&map);
    map.cartography.dark = ValueEnd::Low;
    assert!(first(&map).to_lab()[0] < light.to_lab()[0]);
}

#[rstest]
#[case(MapForm::Only, "eco-01.fill", None)]
#[case(MapForm::Public, "eco-01.fill", Some("public"))]
#[case(MapForm::Staff, "eco-01.staff.fill", Some("staff"))]
fn forms(#[case] form: MapForm, #[case] id: &str, #[case] named: Option<&str>) {
    let mut map = sample(MapRepresentation::Grid, Polygon, Sample::Rate);
    map.form = form;
    map.cartography.not_applicable = Some(NotApplicable {
        column: "zone".to_owned(),
        values: vec!["강".to_owned()],
        ..NotApplicable::default()
    });
    let layers = suggest(&map);
    let fill = layers.iter().find(|layer| layer["id"] == id).unwrap();
    assert_eq!(fill["metadata"]["policy-map:map"], "eco-01");
    assert_eq!(fill["metadata"].get("policy-map:form").and_then(Value::as_str), named);
    assert_eq!(fill["source"], "eco-01");
    assert!(fill["filter"].to_string().contains(r#"["match",["get","zone"],["강"],false,true]"#));
}

#[test]
fn a_theme_opens_on_one_map_with_a_source_for_each() {
    let one = sample(MapRepresentation::Grid, Polygon, Sample::Rate);
    let mut other = sample(MapRepresentation::Flow, Line, Sample::Count);
    other.id = "eco-02".to_owned();
    other.cartography.opening_time = Some("2026-10T08".to_owned());
    let document = suggest_theme("economy", &[one, other], Some("eco-02"));
    assert_eq!(document["metadata"]["policy-map:opening-map"], "eco-02");
    assert_eq!(document["sources"]["eco-02"]["url"], "/tiles/eco-02.json?time=2026-10T08");
    for layer in document["layers"].as_array().unwrap() {
        let hidden = layer["layout"]["visibility"] == "none";
        assert_eq!(hidden, layer["source"] == "eco-01", "{layer}");
        for language in ["ko", "en"] {
            assert!(!layer["metadata"]["title"][language].as_str().unwrap().is_empty());
        }
    }
}
