//! Descriptions of the layers of a small catalog.

use std::sync::Arc;

use catalog::Catalog;
use data_library::{AreaMeasures, LayerAudience, LayerState, PublishedLayer, ValueDistributions};
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
};
use data_model::{Extent, Zoom};
use styles::map_description::{
    BilingualText, BreakMethod, ClassBreaks, ColourScheme, MapColumnKind, MapDescription, MapForm,
    MapRepresentation, ValueEnd,
};
use tile_source::source::BoxFuture;
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use vector_tile::Fragment;
use vector_tile::features::{ColumnDistribution, TableBuilder, TableOptions};

use super::map_description;
use crate::handlers::fixture::catalog;

const DATASETS: &str = r#"
title = { ko = "자료", en = "Data" }
[[dataset]]
id = "booth"
title = { ko = "창구", en = "Counters" }
geometry = "point"
time = "opened"
column = [
  { name = "opened", type = "date", title = { ko = "개소일", en = "Opened" } },
  { name = "staff", type = "int", unit = "persons", title = { ko = "직원", en = "Staff" } },
  { name = "boss", type = "text", title = { ko = "대표", en = "Head" } },
  { name = "state", type = "enum", title = { ko = "상태", en = "State" }, values = [
    { ko = "여유", en = "Quiet" }, { ko = "혼잡", en = "Busy" },
  ] },
]
"#;

const LAYERS: &str = r##"
title = { ko = "지도", en = "Maps" }
order = 1
palette = "teal"
[[layer]]
id = "by-dong"
title = { ko = "동별", en = "By dong" }
visibility = "public"
kind = "choropleth"
carrier = "dong"
columns = ["cd"]
period = "month"
value = "density"
cartography = { dark = "low", good = "high", breaks = [1, 5], name_column = "cd", opening_time = "2026-09" }
measure = [
  { name = "staff", sum = "booth.staff" },
  { name = "density", title = { ko = "밀도", en = "Density" }, unit = "persons/km2", decimals = 1, per_km2 = "staff" },
]
[layer.public]
suppression_threshold = 5
value = "staff"
cartography = { scheme = "sequential", method = "quantile", classes = 4 }
[[layer]]
id = "states"
title = { ko = "상태", en = "States" }
visibility = "staff"
kind = "symbol"
dataset = "booth"
columns = ["state"]
value = "state"
cartography = { palette = "rose", categories = [{ value = "혼잡", color = "#aa0000" }] }
"##;

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

const fn column(name: String, kind: ColumnType) -> Column {
    Column { name, kind, title: None, description: None }
}

/// A published layer with these columns, the last of which has these values.
fn published(
    catalog: &Catalog,
    id: &str,
    audience: LayerAudience,
    columns: &[(&str, ColumnType)],
    values: &[AttributeValue<'_>],
) -> PublishedLayer {
    let declared = catalog.layer(id).unwrap();
    let columns: Vec<Column> =
        columns.iter().map(|(name, kind)| column((*name).to_owned(), *kind)).collect();
    let mut builder = TableBuilder::new(TableOptions::default());
    let shown = columns.last().unwrap().clone();
    builder.begin(&FeatureSchema { columns: vec![shown.clone()], ..FeatureSchema::default() });
    for (row, value) in values.iter().enumerate() {
        builder.feature(row as u64, &Geometry::default(), &[*value]).unwrap();
    }
    let table = builder.finish().unwrap();
    let value = ColumnDistribution::new([&table].into_iter(), &shown.name).map(Arc::new);
    let description = LayerDescription {
        id: declared.id.clone(),
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(16).unwrap(),
        extent: Extent::DEFAULT,
        bounds: None,
        geometry: GeometryKind::Polygon,
        columns,
        feature_count: None,
        labels: true,
        times: vec!["2026-09".into(), "2026-10".into()],
        partial_times: Vec::new(),
        attribution: None,
        inner: Vec::new(),
        tiling: data_model::Tiling::default(),
        sampled_below: None,
    };
    PublishedLayer {
        id: declared.id.clone(),
        title: declared.title.clone(),
        description: None,
        theme: Some(declared.theme.clone()),
        dataset: declared.dataset.clone(),
        attribution: None,
        visibility: declared.visibility,
        audience,
        max_age: 300,
        state: LayerState::Ready(Arc::new(Loaded(description))),
        features: None,
        summary: None,
        distributions: ValueDistributions { value, second_value: None },
        area_measures: AreaMeasures::None,
    }
}

fn by_dong(audience: LayerAudience, value: &str) -> MapDescription {
    let catalog = catalog(DATASETS, LAYERS);
    let mut columns = vec![("cd", ColumnType::Text), (value, ColumnType::Double)];
    if audience == LayerAudience::Public {
        columns.insert(1, ("suppressed", ColumnType::Bool));
    }
    let values = [2.0, 0.5, 8.0].map(AttributeValue::Double);
    map_description(&catalog, &published(&catalog, "by-dong", audience, &columns, &values)).unwrap()
}

fn text(ko: &str, en: &str) -> BilingualText {
    BilingualText { ko: ko.to_owned(), en: en.to_owned() }
}

#[test]
fn a_map_has_its_declaration_its_columns_and_its_values() {
    let map = by_dong(LayerAudience::Staff, "density");
    assert_eq!((map.id.as_str(), map.theme.as_deref()), ("by-dong", Some("maps")));
    assert_eq!((map.form, map.zooms), (MapForm::Staff, (0, 16)));
    assert_eq!(map.representation, Some(MapRepresentation::Choropleth));
    assert_eq!(
        (map.columns[0].title.en.as_str(), map.columns[0].kind),
        ("Code", MapColumnKind::Text)
    );
    let value = map.value.unwrap();
    assert_eq!((value.column.as_str(), value.decimals, value.absolute), ("density", 1, false));
    assert_eq!(value.title, text("밀도", "Density"));
    assert_eq!(value.unit, Some(text("명/km²", "persons/km²")));
    assert_eq!(value.summary.numbers, [0.5, 2.0, 8.0]);
    let cartography = map.cartography;
    assert_eq!((cartography.dark, cartography.good), (ValueEnd::Low, Some(ValueEnd::High)));
    assert_eq!(cartography.breaks, ClassBreaks::Fixed(vec![1.0, 5.0]));
    assert_eq!(cartography.palette.as_deref(), Some("teal"));
    assert_eq!(cartography.opening_time.as_deref(), Some("2026-09"));
    assert_eq!((map.suppressed, map.second_value), (None, None));
}

#[test]
fn the_public_form_has_a_presentation_and_a_value_of_its_own() {
    let map = by_dong(LayerAudience::Public, "staff");
    assert_eq!(map.form, MapForm::Public);
    let value = map.value.unwrap();
    assert_eq!((value.column.as_str(), value.absolute), ("staff", true));
    assert_eq!(map.cartography.scheme, Some(ColourScheme::Sequential));
    assert_eq!(map.cartography.breaks, ClassBreaks::Method(BreakMethod::Quantile, 4));
    // Another value takes nothing over but the theme's palette.
    assert_eq!((map.cartography.good, map.cartography.name_column), (None, None));
    assert_eq!(map.cartography.palette.as_deref(), Some("teal"));
    assert!(map.suppressed.is_some());
}

#[test]
fn texts_come_with_their_titles_in_the_order_declared() {
    let catalog = catalog(DATASETS, LAYERS);
    let values = ["혼잡", "혼잡", "기타"].map(AttributeValue::Text);
    let columns = [("state", ColumnType::Text)];
    let layer = published(&catalog, "states", LayerAudience::Everyone, &columns, &values);
    let map = map_description(&catalog, &layer).unwrap();
    assert_eq!(map.form, MapForm::Staff);
    let value = map.value.unwrap();
    let known = [("여유", "Quiet"), ("혼잡", "Busy")];
    assert_eq!(value.texts, known.map(|(ko, en)| (ko.to_owned(), text(ko, en))));
    assert_eq!(value.summary.texts[0], ("혼잡".to_owned(), 2));
    assert_eq!(value.summary.distinct_texts, 2);
    assert_eq!(map.cartography.categories[0].color.as_deref(), Some("#aa0000"));
    assert_eq!(map.cartography.palette.as_deref(), Some("rose"));
}

#[test]
fn a_column_that_is_not_published_is_not_described() {
    let catalog = catalog(DATASETS, LAYERS);
    let columns = [("boss", ColumnType::Text)];
    let values = [AttributeValue::Text("가")];
    let layer = published(&catalog, "states", LayerAudience::Everyone, &columns, &values);
    assert_eq!(map_description(&catalog, &layer).unwrap().value, None);
}
