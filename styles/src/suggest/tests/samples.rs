//! Descriptions of maps for tests.

use crate::layer_input::LayerGeometry;
use crate::map_description::{
    BilingualText, MapColumn, MapColumnKind, MapDescription, MapForm, MapRepresentation, MapValue,
    ValueDistribution,
};

/// Values of a sample's column `rate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    Nothing,
    Rate,
    Count,
    Change,
    Minutes,
    Text,
}

fn text(ko: &str, en: &str) -> BilingualText {
    BilingualText { ko: ko.to_owned(), en: en.to_owned() }
}

/// Description of the map `eco-01` with 400 features.
pub(super) fn sample(
    representation: MapRepresentation,
    geometry: LayerGeometry,
    values: Sample,
) -> MapDescription {
    let column = |name: &str, kind| MapColumn {
        name: name.to_owned(),
        title: text("열", "Column"),
        kind,
        min_zoom: 0,
    };
    let kind = if values == Sample::Text { MapColumnKind::Text } else { MapColumnKind::Number };
    let columns = vec![
        column("rate", kind),
        column("nm", MapColumnKind::Text),
        column("eng_nm", MapColumnKind::Text),
    ];
    MapDescription {
        id: "eco-01".to_owned(),
        theme: Some("economy".to_owned()),
        form: MapForm::Only,
        title: text("지도", "Map"),
        representation: Some(representation),
        geometry,
        label_points: false,
        columns,
        value: (values != Sample::Nothing).then(|| value(values)),
        second_value: None,
        suppressed: (values != Sample::Nothing).then(|| text("5 미만", "Below 5")),
        times: vec!["2026".to_owned()],
        zooms: (0, 16),
        clustered_below: None,
        cartography: crate::map_description::Cartography::default(),
    }
}

fn value(values: Sample) -> MapValue {
    let numbers: Vec<f64> = match values {
        Sample::Rate => {
            (0..400).map(|at| if at < 40 { 0.0 } else { f64::from(at) / 7.0 }).collect()
        }
        Sample::Count => (1..=400).map(|at| f64::from(at * at / 20 + 1)).collect(),
        Sample::Change => (-200..200).map(|at| f64::from(at) / 8.0).collect(),
        Sample::Minutes => (0..400).map(|at| f64::from(5 * (at / 150 + 1))).collect(),
        Sample::Text | Sample::Nothing => Vec::new(),
    };
    let texts = match values {
        Sample::Text => {
            [("가", 200), ("나", 150), ("다", 50)].map(|(t, n)| (t.to_owned(), n)).to_vec()
        }
        _ => Vec::new(),
    };
    MapValue {
        column: "rate".to_owned(),
        title: text("비율", "Rate"),
        unit: Some(text("%", "%")),
        decimals: 1,
        texts: Vec::new(),
        ordered: false,
        absolute: values == Sample::Count,
        summary: ValueDistribution {
            features: 400,
            numbers,
            distinct_texts: texts.len() as u64,
            texts,
            ..ValueDistribution::default()
        },
    }
}
