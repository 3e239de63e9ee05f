//! Content of the catalog document for each audience.

use std::sync::Arc;

use catalog::Catalog;
use catalog::Visibility;
use data_library::Snapshot;
use data_library::{AreaMeasures, LayerAudience, LayerState, PublishedLayer};
use data_model::feature::{Column, ColumnType, GeometryKind};
use data_model::{Audience, Extent, Zoom};
use serde_json::{Value, json};
use tile_source::source::BoxFuture;
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use vector_tile::Fragment;

const DISTRICT: &str = "title = { ko = '구', en = 'District' }";

const DATASETS: &str = r#"
title = { ko = "자료", en = "Data" }

[[dataset]]
id = "dong"
title = { ko = "동", en = "Dongs" }
geometry = "polygon"
attribution = { agency = { ko = "구청", en = "District" }, licence = "KOGL-1", as_of = "2026-10-31" }
source = { ko = "통계청", en = "Statistics Korea" }
update = "yearly"
expected_count = 17
key = ["cd"]
column = [
  { name = "cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "nm", type = "text", title = { ko = "이름", en = "Name" } },
  { name = "note", type = "text", title = { ko = "메모", en = "Note" } },
]

[[dataset]]
id = "people"
title = { ko = "인구", en = "People" }
geometry = "polygon"
feature_dataset = "dong"
attribution = { agency = { ko = "통계청", en = "Statistics" }, licence = "KOGL-4", as_of = "2026-06-30" }
privacy = [{ rule = "no_download" }]
[dataset.values]
key = "dong_cd"
time = "ym"
period = "month"
retained_periods = 24
column = [
  { name = "dong_cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "ym", type = "month", title = { ko = "월", en = "Month" } },
  { name = "total", type = "int", title = { ko = "사람", en = "People" }, unit = "persons" },
  { name = "spare", type = "int", title = { ko = "여분", en = "Spare" } },
]

[[dataset]]
id = "shop"
title = { ko = "가게", en = "Shops" }
geometry = "point"
sensitivity = "internal"
attribution = { agency = { ko = "카드사", en = "Card company" }, licence = "licensed", as_of = "2026-09-30" }
column = [
  { name = "sales", type = "int", title = { ko = "매출", en = "Sales" } },
  { name = "kind", type = "enum", title = { ko = "종류", en = "Kind" }, values = [
    { ko = "음식", en = "Food" }, { ko = "옷", en = "Clothes" },
  ] },
]

[[dataset]]
id = "depot"
title = { ko = "창고", en = "Depots" }
geometry = "point"
sensitivity = "internal"
column = [{ name = "guard", type = "text", title = { ko = "경비", en = "Guard" } }]

[[dataset]]
id = "lamp"
title = { ko = "가로등", en = "Lamps" }
geometry = "point"
privacy = [{ rule = "hide", column = "fault" }]
column = [
  { name = "watt", type = "int", title = { ko = "와트", en = "Watt" } },
  { name = "fault", type = "text", title = { ko = "고장", en = "Broken" } },
]
"#;

const ECONOMY: &str = r#"
title = { ko = "경제", en = "Economy" }
order = 1
opening_map = "eco-1"

[[layer]]
id = "eco-1"
title = { ko = "가게", en = "Shops" }
description = { ko = "가게마다 매출", en = "Sales of each shop" }
kind = "symbol"
visibility = "public"
other_themes = ["welfare"]
cartography = { palette = "teal" }
dataset = "shop"
columns = ["sales", "kind"]
value = "kind"
[layer.public]
description = { ko = "동별 일인당 매출", en = "Sales a head by dong" }
kind = "choropleth"
carrier = "dong"
columns = ["nm"]
period = "month"
suppression_threshold = 5
value = "per_head"
cartography = { opening_time = "2026-09" }
measure = [
  { name = "sales", sum = "shop.sales", publish = false },
  { name = "heads", sum = "people.total" },
  { name = "per_head", title = { ko = "일인당", en = "Per head" }, unit = "KRW", decimals = 1, ratio = ["sales", "heads"] },
]

[[layer]]
id = "eco-2"
title = { ko = "창고", en = "Depots" }
visibility = "staff"
carrier = "dong"
columns = ["note"]
measure = [{ name = "depots", title = { ko = "창고", en = "Depots" }, count = "depot" }]
"#;

const WELFARE: &str = r#"
title = { ko = "복지", en = "Welfare" }
order = 2

[[layer]]
id = "wel-1"
title = { ko = "가로등", en = "Lamps" }
visibility = "public"
dataset = "lamp"

[[layer]]
id = "wel-2"
title = { ko = "밝은 가로등", en = "Bright lamps" }
visibility = "public"
dataset = "lamp"
where = { watt = { from = 100 } }

[[layer]]
id = "wel-3"
title = { ko = "가로등에서 5분", en = "Five minutes from a lamp" }
visibility = "public"
prepared = true
datasets = ["lamp"]
geometry = "polygon"
value = "minutes"
column = [{ name = "minutes", type = "int", title = { ko = "분", en = "Minutes" }, unit = "min" }]
"#;

/// A loaded layer that makes no tiles.
struct Loaded(LayerDescription);

impl TileSource for Loaded {
    fn description(&self) -> &LayerDescription {
        &self.0
    }

    fn content_version(&self) -> ContentVersion {
        ContentVersion::new(0)
    }

    fn fragment<'a>(
        &'a self,
        _: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        Box::pin(async { Ok(None) })
    }
}

fn catalog() -> Catalog {
    let folder = tempfile::tempdir().unwrap();
    for sub in ["datasets", "layers"] {
        std::fs::create_dir(folder.path().join(sub)).unwrap();
    }
    let files = [
        ("district.toml", DISTRICT),
        ("datasets/data.toml", DATASETS),
        ("layers/economy.toml", ECONOMY),
        ("layers/welfare.toml", WELFARE),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Catalog::load(folder.path()).unwrap()
}

fn loaded(columns: &[(&str, ColumnType)], times: &[&str]) -> LayerState {
    let column = |&(name, kind): &(&str, ColumnType)| Column {
        name: name.into(),
        kind,
        title: None,
        description: None,
    };
    LayerState::Ready(Arc::new(Loaded(LayerDescription {
        id: "eco-1".parse().unwrap(),
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::MAX,
        extent: Extent::DEFAULT,
        bounds: None,
        geometry: GeometryKind::Polygon,
        columns: columns.iter().map(column).collect(),
        feature_count: Some(17),
        labels: false,
        times: times.iter().map(|&time| time.into()).collect(),
        partial_times: Vec::new(),
        attribution: None,
        inner: Vec::new(),
        tiling: data_model::Tiling::default(),
        sampled_below: None,
    })))
}

fn document(audience: Audience) -> Value {
    document_with(audience, absent())
}

fn absent() -> LayerState {
    LayerState::Unavailable { reason: "shop.fgb is missing".into() }
}

/// The document with all street lamps in this state.
fn document_with(audience: Audience, lamps: LayerState) -> Value {
    let catalog = Arc::new(catalog());
    let published = |id: &str, audience, state| {
        let declared = catalog.layer(id).unwrap();
        let dataset = catalog.dataset(declared.dataset.as_str()).unwrap();
        PublishedLayer {
            id: declared.id.clone(),
            title: declared.title.clone(),
            description: declared.description_of(audience == LayerAudience::Public).cloned(),
            theme: Some(declared.theme.clone()),
            dataset: declared.dataset.clone(),
            attribution: dataset.attribution.clone(),
            visibility: declared.visibility,
            audience,
            features: None,
            summary: None,
            distributions: Default::default(),
            area_measures: AreaMeasures::None,
            max_age: 300,
            state,
        }
    };
    let measures =
        [("nm", ColumnType::Text), ("heads", ColumnType::Int), ("per_head", ColumnType::Double)];
    let layers = vec![
        published("eco-1", LayerAudience::Public, loaded(&measures, &["2026-09", "2026-10"])),
        published("eco-1", LayerAudience::Staff, absent()),
        published("eco-2", LayerAudience::Everyone, absent()),
        // Loaded first, so that theirs would be taken for the dataset's.
        published("wel-3", LayerAudience::Everyone, loaded(&[("minutes", ColumnType::Int)], &[])),
        published("wel-2", LayerAudience::Everyone, loaded(&[("watt", ColumnType::Int)], &[])),
        published("wel-1", LayerAudience::Everyone, lamps),
    ];
    assert_eq!(layers[2].visibility, Visibility::Staff);
    let document = super::document::document(&Snapshot::new(catalog, layers), audience);
    serde_json::from_slice(&document).unwrap()
}

fn ids(entries: &Value) -> Vec<&str> {
    entries.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

fn names(columns: &Value) -> Vec<&str> {
    columns.as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect()
}

#[test]
fn the_public_catalog_lists_only_the_inputs_of_public_layers() {
    let document = document(Audience::Public);
    assert_eq!(ids(&document["layers"]), ["eco-1", "wel-3", "wel-2", "wel-1"]);
    let layer = &document["layers"][0];
    assert_eq!((&layer["dataset"], &layer["value"]), (&json!("dong"), &json!("per_head")));
    assert_eq!(layer["datasets"], json!(["dong", "people"]));
    assert_eq!(layer["themes"], json!(["economy", "welfare"]));
    assert_eq!(layer["kind"], "choropleth");
    assert_eq!(layer["description"]["en"], "Sales a head by dong");
    assert_eq!(layer["no_download"], true);
    assert_eq!(layer["time"]["period"], "month");
    assert_eq!(layer["time"]["last"], "2026-10");
    assert_eq!(layer["time"]["slices"], json!(["2026-09", "2026-10"]));
    assert_eq!(layer["opening_time"], "2026-09");
    // Datasets whose data is in the layer are credited, even those that are not public.
    let licences: Vec<_> = layer["attributions"].as_array().unwrap().iter().collect();
    assert_eq!((licences[0]["licence"].as_str(), licences.len()), (Some("KOGL-1"), 3));
    // Of what the value is made of, the older; not of the areas that it is shown by.
    assert_eq!(layer["attribution"]["licence"], "KOGL-4");
    assert_eq!(names(&layer["measures"]), ["heads", "per_head"]);
    assert_eq!(layer["measures"][0]["unit"], "persons");
    assert_eq!(layer["measures"][1]["operation"], "ratio");
    assert_eq!(names(&layer["columns"]), ["nm", "heads", "per_head"]);
    assert_eq!(layer["columns"][0]["title"]["en"], "Name");
    assert_eq!(layer["columns"][2]["unit"], "KRW");

    assert_eq!(ids(&document["datasets"]), ["dong", "people", "lamp"]);
    let [dong, people] = [&document["datasets"][0], &document["datasets"][1]];
    assert_eq!(names(&dong["columns"]), ["nm"]);
    assert_eq!((&dong["update"], &dong["expected_count"]), (&json!("yearly"), &json!(17)));
    assert_eq!(dong["attribution"]["as_of"], "2026-10-31");
    assert_eq!(names(&people["values"]["columns"]), ["dong_cd", "ym", "total"]);
    assert_eq!(
        (&people["feature_dataset"], &people["values"]["period"]),
        (&json!("dong"), &json!("month"))
    );
    assert_eq!(document["fields"][0]["datasets"], 3);
    let layers = |i: usize| document["themes"][i]["layers"].as_u64();
    assert_eq!(
        (ids(&document["themes"]), layers(0), layers(1)),
        (vec!["economy", "welfare"], Some(1), Some(3))
    );
    assert_eq!(document["themes"][0]["opening_map"], "eco-1");
    assert!(document["themes"][1].get("opening_map").is_none());
    let text = document.to_string();
    for hidden in ["eco-2", "depot", "shop", "guard", "note", "spare", "sensitivity", "internal"] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
}

#[test]
fn the_staff_catalog_lists_all_that_is_declared() {
    let document = document(Audience::Staff);
    assert_eq!(ids(&document["layers"])[..2], ["eco-1", "eco-2"]);
    let [shops, depots] = [&document["layers"][0], &document["layers"][1]];
    assert_eq!((&shops["dataset"], &shops["value"]), (&json!("shop"), &json!("kind")));
    assert_eq!(shops["kind"], "symbol");
    assert_eq!(shops["description"]["en"], "Sales of each shop");
    assert!(shops.get("visibility").is_none() && shops.get("time").is_none());
    assert_eq!((&shops["geometry"], &shops["available"]), (&json!("point"), &json!(false)));
    assert_eq!(names(&shops["columns"]), ["sales", "kind"]);
    assert_eq!(shops["columns"][1]["logical_type"], "enum");
    assert_eq!(shops["columns"][1]["values"][0], json!({ "ko": "음식", "en": "Food" }));
    assert_eq!(depots["visibility"], "staff");
    assert_eq!(depots["datasets"], json!(["dong", "depot"]));
    assert_eq!(names(&depots["columns"]), ["note", "depots"]);

    assert_eq!(ids(&document["datasets"]), ["dong", "people", "shop", "depot", "lamp"]);
    let dong = &document["datasets"][0];
    assert_eq!(names(&dong["columns"]), ["cd", "nm", "note"]);
    assert_eq!((&dong["key"], &dong["layers"]), (&json!(["cd"]), &json!(["eco-1", "eco-2"])));
    assert_eq!(document["datasets"][2]["sensitivity"], "internal");
}

#[test]
fn an_unloaded_layer_lists_no_hidden_columns() {
    for (audience, expected) in
        [(Audience::Public, vec!["watt"]), (Audience::Staff, vec!["watt", "fault"])]
    {
        let document = document(audience);
        let layers = document["layers"].as_array().unwrap();
        let lamps = layers.iter().find(|layer| layer["id"] == "wel-1").unwrap();
        assert_eq!((&lamps["available"], names(&lamps["columns"])), (&json!(false), expected));
    }
}

#[test]
fn a_dataset_has_the_features_that_are_stored_and_not_those_made_from_it() {
    let counted = |lamps: LayerState| {
        let document = document_with(Audience::Public, lamps);
        let counts = document["datasets"].as_array().unwrap().iter();
        let count = |dataset: &Value| (dataset["id"].clone(), dataset["feature_count"].clone());
        counts.map(count).collect::<Vec<_>>()
    };
    let of = |lamps: Value| {
        // Measures by dong are of every dong; people have no features of their own.
        vec![(json!("dong"), json!(17)), (json!("people"), json!(null)), (json!("lamp"), lamps)]
    };
    assert_eq!(counted(absent()), of(json!(null)));
    assert_eq!(counted(loaded(&[("watt", ColumnType::Int)], &[])), of(json!(17)));
}
