//! A map without findings, and one fault for each check.

use rstest::rstest;
use serde_json::{Map, Value, json};

use super::{CheckedMap, MapCheck, MapReport, check_map};
use crate::map_description::{
    BilingualText, Cartography, ClassBreaks, ColourScheme, MapCategory, MapColumn, MapColumnKind,
    MapDescription, MapForm, MapRepresentation, MapValue, ValueDistribution,
};
use crate::suggest::suggest;
use crate::{LayerGeometry, Severity};

fn text(text: &str) -> BilingualText {
    BilingualText { ko: text.to_owned(), en: text.to_owned() }
}

/// A choropleth of a rate from 0 to 100, in five fixed classes.
fn description() -> MapDescription {
    let column = |name: &str, kind| MapColumn {
        name: name.to_owned(),
        title: text(name),
        kind,
        min_zoom: 0,
    };
    MapDescription {
        id: "eco-01".to_owned(),
        theme: Some("economy".to_owned()),
        form: MapForm::Public,
        title: text("Map"),
        representation: Some(MapRepresentation::Choropleth),
        geometry: LayerGeometry::Polygon,
        label_points: true,
        columns: vec![
            column("rate", MapColumnKind::Number),
            column("name", MapColumnKind::Text),
            column("suppressed", MapColumnKind::Flag),
        ],
        value: Some(MapValue {
            column: "rate".to_owned(),
            title: text("Rate"),
            unit: Some(text("%")),
            decimals: 1,
            texts: Vec::new(),
            ordered: false,
            absolute: false,
            summary: ValueDistribution {
                features: 1003,
                missing: 2,
                suppressed: 1,
                numbers: (0..1000).map(|i| f64::from(i) / 10.0).collect(),
                ..ValueDistribution::default()
            },
        }),
        second_value: None,
        suppressed: Some(text("Below 5")),
        times: vec!["2026".to_owned()],
        zooms: (0, 16),
        clustered_below: None,
        cartography: Cartography {
            breaks: ClassBreaks::Fixed(vec![20.0, 40.0, 60.0, 80.0]),
            ..Cartography::default()
        },
    }
}

const COLOURS: [&str; 5] = ["#f2f0f7", "#cbc9e2", "#9e9ac8", "#6f5aa8", "#3f007d"];

fn fill(colour: &Value) -> Value {
    json!({
        "id": "eco-01.fill", "type": "fill", "source": "eco-01", "source-layer": "eco-01",
        "metadata": { "title": { "ko": "비율", "en": "Rate" } },
        "filter": ["all", ["has", "rate"], ["!=", ["get", "suppressed"], true]],
        "paint": { "fill-color": colour },
    })
}

fn step(breaks: &[f64], colours: &[&str]) -> Value {
    let mut step = vec![json!("step"), json!(["get", "rate"]), json!(colours[0])];
    for (at, colour) in breaks.iter().zip(&colours[1..]) {
        step.extend([json!(at), json!(colour)]);
    }
    step.into()
}

fn hatching(name: &str) -> Value {
    json!({
        "id": format!("eco-01.{name}"), "type": "fill", "source-layer": "eco-01",
        "metadata": { "title": { "ko": "없음", "en": "None" } },
        "paint": { "fill-pattern": format!("hatch-{name}") },
    })
}

/// Style layers without a fault.
fn layers() -> Vec<Value> {
    let fill = fill(&step(&[20.0, 40.0, 60.0, 80.0], &COLOURS));
    let names = json!({
        "id": "eco-01.name", "type": "symbol", "source-layer": "eco-01.label",
        "metadata": { "title": { "ko": "이름", "en": "Names" } },
        "layout": { "text-field": ["get", "name"] },
    });
    vec![hatching("missing"), hatching("suppressed"), fill, names]
}

fn report(description: &MapDescription, layers: &[Value]) -> MapReport {
    let layers: Vec<&Map<String, Value>> =
        layers.iter().map(|layer| layer.as_object().unwrap()).collect();
    check_map(&CheckedMap { description, layers: &layers })
}

fn checks(description: &MapDescription, layers: &[Value]) -> Vec<MapCheck> {
    report(description, layers).findings.iter().map(|finding| finding.check).collect()
}

#[test]
fn a_sound_map_has_figures_and_no_findings() {
    let report = report(&description(), &layers());
    assert_eq!(report.findings, []);
    assert_eq!((report.classes, report.largest_share), (5, Some(0.2)));
    assert!(report.smallest_difference.unwrap() > 9.0);
}

#[rstest]
#[case::source_layer(json!({ "source-layer": "eco-02" }), &[MapCheck::References])]
#[case::property(json!({ "filter": ["has", "rates"] }), &[MapCheck::References])]
#[case::kind(json!({ "filter": ["==", ["get", "rate"], "1"] }), &[MapCheck::References])]
#[case::untitled(json!({ "metadata": {} }), &[MapCheck::Legend])]
#[case::cluster(json!({ "filter": ["has", "point_count"] }), &[])]
fn faults_of_one_style_layer(#[case] change: Value, #[case] expected: &[MapCheck]) {
    let mut layers = layers();
    for (key, value) in change.as_object().unwrap() {
        layers[2][key] = value.clone();
    }
    assert_eq!(checks(&description(), &layers), expected);
}

#[rstest]
#[case::empty(&[20.0, 40.0, 60.0, 120.0], MapCheck::ClassFrequency)]
#[case::full(&[60.0, 70.0, 80.0, 90.0], MapCheck::ClassFrequency)]
#[case::rounded(&[20.0, 40.0, 60.001, 80.0], MapCheck::RoundedBreaks)]
fn faults_of_breaks(#[case] breaks: &[f64], #[case] expected: MapCheck) {
    let mut layers = layers();
    layers[2] = fill(&step(breaks, &COLOURS));
    let report = report(&description(), &layers);
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert_eq!(report.findings[0].check, expected);
    assert_eq!(report.findings[0].severity, Severity::Warning);
}

#[test]
fn breaks_that_no_longer_fit_are_answered_with_better_ones() {
    let mut layers = layers();
    layers[2] = fill(&step(&[20.0, 40.0, 60.0, 120.0], &COLOURS));
    let report = report(&description(), &layers);
    let finding = &report.findings[0];
    assert_eq!(finding.figure, "≥ 120");
    let better = finding.remedy.strip_prefix("breaks that fit the data: [").unwrap();
    let better: Vec<f64> =
        better.trim_end_matches(']').split(", ").map(|at| at.parse().unwrap()).collect();
    assert!(better.len() >= 3 && better.iter().all(|at| (0.0..100.0).contains(at)), "{better:?}");
    let line = finding.to_string();
    assert!(line.starts_with("eco-01 (public): check 4: "), "{line}");
}

#[rstest]
#[case::alike(&["#f2f0f7", "#eeecf3", "#9e9ac8", "#6f5aa8", "#3f007d"], MapCheck::Difference)]
#[case::disordered(&["#f2f0f7", "#6f5aa8", "#cbc9e2", "#3f007d", "#9e9ac8"], MapCheck::Lightness)]
fn faults_of_colours(#[case] colours: &[&str], #[case] expected: MapCheck) {
    let mut layers = layers();
    layers[2] = fill(&step(&[20.0, 40.0, 60.0, 80.0], colours));
    assert_eq!(checks(&description(), &layers), [expected]);
}

#[test]
fn eight_classes_are_too_many() {
    let mut layers = layers();
    let breaks: Vec<f64> = (1..8).map(|i| f64::from(i) * 12.5).collect();
    let colours =
        ["#ffffff", "#e0e0e0", "#c4c4c4", "#a8a8a8", "#8c8c8c", "#707070", "#505050", "#202020"];
    layers[2] = fill(&step(&breaks, &colours));
    assert!(checks(&description(), &layers).contains(&MapCheck::ClassCount));
}

#[test]
fn gaps_are_drawn_and_told_apart() {
    assert_eq!(checks(&description(), &layers()[1..]), [MapCheck::Gaps]);
    let mut alike = layers();
    alike[1]["paint"]["fill-pattern"] = json!("hatch-missing");
    assert_eq!(checks(&description(), &alike), [MapCheck::Gaps]);
    // Nothing is missing, so that nothing need be drawn.
    let mut whole = description();
    let summary = &mut whole.value.as_mut().unwrap().summary;
    (summary.missing, summary.suppressed) = (0, 0);
    assert_eq!(checks(&whole, &layers()[2..]), []);
}

#[test]
fn labels_of_areas_come_from_label_points() {
    let mut layers = layers();
    layers[3]["source-layer"] = json!("eco-01");
    assert_eq!(checks(&description(), &layers), [MapCheck::Labels]);
}

#[test]
fn counts_and_schemes_that_do_not_fit_are_named() {
    let mut count = description();
    count.value.as_mut().unwrap().absolute = true;
    assert_eq!(checks(&count, &layers()), [MapCheck::Rates]);
    let mut diverging = description();
    diverging.cartography.scheme = Some(ColourScheme::Diverging);
    assert_eq!(checks(&diverging, &layers()), [MapCheck::Scheme, MapCheck::Middle]);
    diverging.cartography.middle = Some(60.0);
    assert_eq!(checks(&diverging, &layers()), []);
    let mut unit = description();
    unit.value.as_mut().unwrap().unit = None;
    assert_eq!(checks(&unit, &layers()), [MapCheck::Legend]);
}

#[test]
fn categories_are_few_or_official() {
    let mut description = description();
    description.columns[0].kind = MapColumnKind::Text;
    let mut colours = vec![json!("match"), json!(["get", "rate"])];
    for i in 0..9 {
        colours.extend([json!([i.to_string()]), json!(format!("#{i}0{i}0{i}0"))]);
    }
    colours.push(json!("#ffffff"));
    let mut layers = layers();
    layers[2] = fill(&colours.into());
    let found = checks(&description, &layers);
    assert_eq!(found, [MapCheck::ClassCount, MapCheck::Difference]);
    let official = |i: i32| MapCategory {
        value: i.to_string(),
        color: Some("#000000".to_owned()),
        ..MapCategory::default()
    };
    description.cartography.categories = (0..9).map(official).collect();
    assert_eq!(checks(&description, &layers), []);
}

#[test]
fn a_map_without_style_layers_is_an_error() {
    let report = report(&description(), &[]);
    assert_eq!(report.findings[0].check, MapCheck::Styled);
    assert_eq!(report.findings[0].severity, Severity::Error);
}

#[test]
fn what_is_suggested_has_no_errors() {
    let description = description();
    let suggested = suggest(&description);
    let layers: Vec<&Map<String, Value>> = suggested.iter().collect();
    let report = check_map(&CheckedMap { description: &description, layers: &layers });
    let errors: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report.classes, 5);
}
