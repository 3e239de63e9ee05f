//! Tests of legends, from style layers and descriptions to words, JSON and SVG.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::classification::{ClassifyOptions, classify};
use crate::map_description::{
    BilingualText, Cartography, MapDescription, MapForm, MapRepresentation, MapValue,
    ValueDistribution,
};
use crate::{Language, LayerGeometry, ParsedLayer};

fn both(ko: &str, en: &str) -> BilingualText {
    BilingualText { ko: ko.to_owned(), en: en.to_owned() }
}

fn description(numbers: &[f64], absolute: bool) -> MapDescription {
    MapDescription {
        id: "m".to_owned(),
        theme: Some("eco".to_owned()),
        form: MapForm::Only,
        title: both("공공와이파이 설치 현황", "Public Wi-Fi"),
        representation: Some(MapRepresentation::Choropleth),
        geometry: LayerGeometry::Polygon,
        label_points: false,
        columns: vec![],
        value: Some(MapValue {
            column: "v".to_owned(),
            title: both("설치 대수", "Access points"),
            unit: Some(both("개", "points")),
            decimals: 0,
            texts: vec![("open".to_owned(), both("운영", "Open"))],
            ordered: false,
            absolute,
            summary: ValueDistribution {
                features: numbers.len() as u64 + 2,
                missing: 2,
                suppressed: 0,
                numbers: numbers.to_vec(),
                ..ValueDistribution::default()
            },
        }),
        second_value: None,
        suppressed: Some(both("5 미만이라 비공개", "Below 5, not published")),
        times: vec![],
        zooms: (0, 16),
        clustered_below: None,
        cartography: Cartography::default(),
    }
}

fn style(colour: &Value) -> Vec<ParsedLayer> {
    let layers = json!([
        {"id": "m.missing", "type": "fill", "source-layer": "m",
         "filter": ["all", ["!", ["has", "v"]], ["!=", ["get", "suppressed"], true]],
         "paint": {"fill-pattern": "hatch-missing"}},
        {"id": "m.suppressed", "type": "fill", "source-layer": "m",
         "filter": ["==", ["get", "suppressed"], true],
         "paint": {"fill-pattern": "hatch-suppressed"}},
        {"id": "m.fill", "type": "fill", "source-layer": "m", "filter": ["has", "v"],
         "paint": {"fill-color": colour}},
    ]);
    let layers = layers.as_array().unwrap().iter();
    layers.map(|layer| ParsedLayer::parse(layer.as_object().unwrap(), "layers").unwrap()).collect()
}

fn legend(colour: &Value, description: &MapDescription) -> MapLegend {
    let marks = classify(&style(colour), ClassifyOptions::default());
    MapLegend::new(description, &marks, LegendContext::default())
}

fn labels(legend: &MapLegend) -> Vec<(&str, &str)> {
    let classes = legend.marks.iter().flat_map(|mark| &mark.classes);
    classes.map(|class| (class.label.ko.as_str(), class.label.en.as_str())).collect()
}

#[rstest]
#[case::whole_numbers_of_things(
    json!(["step", ["get", "v"], "#000000", 1, "#111111", 2, "#222222", 4, "#333333"]),
    &[0.0, 1.0, 2.0, 3.0, 9.0], true,
    &["없음", "1", "2–3", "4 이상", "자료 없음"],
    &["None", "1", "2–3", "4 or more", "No data"],
)]
#[case::fractions(
    json!(["step", ["get", "v"], "#000000", 0.5, "#111111", 1, "#222222"]),
    &[0.1, 0.7, 2.5], false,
    &["0.5 미만", "0.5 – 1", "1 이상", "자료 없음"],
    &["Below 0.5", "0.5 – 1", "1 or more", "No data"],
)]
#[case::thousands(
    json!(["step", ["get", "v"], "#000000", 1500, "#111111", 20000, "#222222"]),
    &[0.5, 30000.0], false,
    &["1,500 미만", "1,500 – 20,000", "20,000 이상", "자료 없음"],
    &["Below 1,500", "1,500 – 20,000", "20,000 or more", "No data"],
)]
#[case::zero_apart_of_rates(
    json!(["case", ["==", ["get", "v"], 0], "#000000", ["step", ["get", "v"], "#111111", 2.5, "#222222"]]),
    &[0.0, 0.3, 5.0], false,
    &["0", "2.5 미만", "2.5 이상", "자료 없음"],
    &["0", "Below 2.5", "2.5 or more", "No data"],
)]
#[case::losses_and_gains(
    json!(["step", ["get", "v"], "#000000", -5, "#111111", 0, "#222222", 5, "#333333"]),
    &[-9.0, -1.0, 3.0, 12.0], true,
    &["−6 이하", "−5 ~ −1", "0–4", "5 이상", "자료 없음"],
    &["−6 or less", "−5 to −1", "0–4", "5 or more", "No data"],
)]
#[case::upper_bounds_inside(
    json!(["case", ["<=", ["get", "v"], 1.5], "#000000", "#111111"]),
    &[0.5, 2.0], false,
    &["1.5 이하", "1.5 초과", "자료 없음"],
    &["1.5 or less", "Above 1.5", "No data"],
)]
fn numbers_are_worded_as_people_say_them(
    #[case] colour: Value,
    #[case] numbers: &[f64],
    #[case] absolute: bool,
    #[case] korean: &[&str],
    #[case] english: &[&str],
) {
    let legend = legend(&colour, &description(numbers, absolute));
    let (ko, en): (Vec<_>, Vec<_>) = labels(&legend).into_iter().unzip();
    assert_eq!(ko, korean);
    assert_eq!(en, english);
}

#[test]
fn a_range_that_no_whole_number_lies_in_is_left_out() {
    let colour = json!([
        "case",
        ["==", ["get", "v"], 0],
        "#000000",
        ["step", ["get", "v"], "#111111", 1, "#222222"]
    ]);
    let legend = legend(&colour, &description(&[0.0, 1.0, 5.0], true));
    let korean: Vec<_> = labels(&legend).into_iter().map(|(ko, _)| ko).collect();
    assert_eq!(korean, ["없음", "1 이상", "자료 없음"]);
}

#[test]
fn years_have_no_thousands_separators() {
    let mut described = description(&[1968.0, 1999.0, 2021.0], false);
    described.value.as_mut().unwrap().unit = Some(both("년", "year"));
    let legend = legend(&json!(["step", ["get", "v"], "#000000", 1980, "#111111"]), &described);
    assert_eq!(labels(&legend)[1].0, "1980 이상");
}

#[test]
fn only_what_occurs_is_listed_and_counted() {
    let colour = json!(["match", ["get", "v"], "open", "#000000", "closed", "#111111", "#222222"]);
    let mut described = description(&[], false);
    let summary = &mut described.value.as_mut().unwrap().summary;
    summary.texts = vec![("open".to_owned(), 7)];
    summary.distinct_texts = 1;
    summary.features = 7;
    summary.missing = 0;
    let with_all = legend(&colour, &described);
    assert_eq!(labels(&with_all), [("운영", "Open")]);
    assert_eq!(with_all.marks[0].classes[0].count, Some(7));
    described.value.as_mut().unwrap().summary.suppressed = 3;
    let legend = legend(&colour, &described);
    assert_eq!(labels(&legend)[1], ("5 미만이라 비공개", "Below 5, not published"));
    assert_eq!(legend.marks[0].classes[1].count, Some(3));
}

#[test]
fn counts_and_bins_hold_every_number_once() {
    let numbers: Vec<f64> = (0..400).map(|i| f64::from(i * i) / 100.0).collect();
    let described = description(&numbers, false);
    let colour = json!(["step", ["get", "v"], "#000000", 100, "#111111", 1000, "#222222"]);
    let legend = legend(&colour, &described);
    let classes = &legend.marks[0].classes;
    let counts: Vec<_> = classes.iter().map(|class| class.count.unwrap()).collect();
    assert_eq!(counts, [100, 217, 83, 2]);
    let histogram = legend.histogram.unwrap();
    assert_eq!(histogram.bins.iter().map(|bin| bin.count).sum::<u64>(), 400);
    assert!(histogram.open);
    assert_eq!(histogram.bins[0].color.as_deref(), Some("#000000"));
    assert_eq!(histogram.bins.last().unwrap().color.as_deref(), Some("#222222"));
    assert_eq!(legend.missing, 2);
}

#[test]
fn a_legend_is_written_as_json_with_its_unit_once() {
    let described = description(&[0.0, 1.0, 5.0], true);
    let colour = json!(["step", ["get", "v"], "#000000", 1, "#111111"]);
    let marks = classify(&style(&colour), ClassifyOptions::default());
    let source = LegendSource {
        agency: both("성동구", "Seongdong-gu"),
        year: Some(2024),
        licence: "KOGL-1".to_owned(),
        url: None,
    };
    let context =
        LegendContext { period: Some("2024-10".to_owned()), partial: false, sources: vec![source] };
    let legend = serde_json::to_value(MapLegend::new(&described, &marks, context)).unwrap();
    let class = json!({
        "kind": "range", "label": {"ko": "1 이상", "en": "1 or more"}, "from": 1.0,
        "color": "#111111", "opacity": 1.0, "count": 2,
    });
    assert_eq!(legend["marks"][0]["classes"][1], class);
    assert_eq!(legend["unit"], json!({"ko": "개", "en": "points"}));
    assert_eq!(legend["period"], "2024-10");
    assert_eq!(legend["sources"][0]["licence"], "KOGL-1");
    assert_eq!(legend["histogram"]["bins"].as_array().unwrap().len(), 6);
    assert_eq!(legend.to_string().matches("\"points\"").count(), 1);
}

#[test]
fn the_drawing_shows_words_hatching_and_escaped_text() {
    let mut described = description(&[0.0, 1.0, 5.0], true);
    described.title = both("<b>와이파이</b> & 기타", "Wi-Fi");
    let colour = json!(["step", ["get", "v"], "#000000", 1, "#123456"]);
    let svg = legend(&colour, &described).to_svg(Language::Korean);
    for part in ["단위: 개", "#123456", "url(#p-hatch-missing)", "자료 없음", "&lt;b&gt;"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert!(!svg.contains("<b>"));
    assert!(resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).is_ok());
}

#[test]
fn the_page_gets_an_entry_for_each_class() {
    let colour = json!(["step", ["get", "v"], "#000000", 1, "#123456"]);
    let entries = legend(&colour, &description(&[0.0, 5.0], true)).page_entries();
    let expected = json!({
        "color": "#123456", "shape": "fill", "label": {"ko": "1 이상", "en": "1 or more"},
        "unit": "개",
    });
    assert_eq!(entries[1], expected);
}
