//! Titles and units of the columns of measures by area.

use catalog::{Catalog, Dataset, District, Layer, LocalizedText, MeasureSet};
use data_model::feature::{Column, ColumnType};
use measures::ResultAudience;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ColumnEntry<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: ColumnType,
    title: LocalizedText,
    unit: Option<String>,
}

/// Titles of columns by name, from the catalog: results are stored with the names of their
/// columns only.
pub(super) struct ColumnTitles<'c> {
    district: &'c District,
    areas: Option<&'c Dataset>,
    measures: Option<MeasureSet>,
}

impl<'c> ColumnTitles<'c> {
    /// Titles of a layer with these columns of measures.
    pub(super) fn new(
        catalog: &'c Catalog,
        layer: Option<&'c Layer>,
        audience: ResultAudience,
        columns: &[Column],
    ) -> Self {
        let areas = catalog.district.stats_areas.as_ref();
        let value = layer.and_then(|layer| layer.value.as_deref());
        let category = |column: &Column| {
            let category = column.name.strip_prefix(value?)?.strip_prefix('=')?;
            Some(Box::from(category))
        };
        let categories: Vec<Box<str>> = columns.iter().filter_map(category).collect();
        let measures =
            layer.and_then(|layer| measures::area_measures(catalog, layer, audience, &categories));
        let district = &catalog.district;
        Self { district, areas: areas.and_then(|id| catalog.dataset(id.as_str())), measures }
    }

    pub(super) fn entry<'a>(&self, column: &'a Column) -> ColumnEntry<'a> {
        let measure = self.measures.as_ref().and_then(|set| set.measure(&column.name));
        let (title, unit) = match (measure, self.areas.and_then(|areas| areas.column(&column.name)))
        {
            (Some(measure), _) => (measure.title.clone(), measure.unit.clone()),
            (None, Some(column)) => (column.title.clone(), column.unit.clone()),
            (None, None) if column.name == "suppressed" => {
                (self.district.suppressed_title.clone(), None)
            }
            (None, None) => {
                (LocalizedText::same(column.title.as_deref().unwrap_or(&column.name)), None)
            }
        };
        ColumnEntry { name: &column.name, kind: column.kind, title, unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::fixture::catalog;

    const DATASETS: &str = r#"
title = { ko = "자료", en = "Data" }
[[dataset]]
id = "lamp"
title = { ko = "가로등", en = "Lamps" }
geometry = "point"
column = [
  { name = "watt", type = "int", unit = "W", title = { ko = "와트", en = "Power" } },
  { name = "lit", type = "bool", title = { ko = "점등", en = "Lit" } },
  { name = "kind", type = "enum", title = { ko = "종류", en = "Kind" }, values = [
    { ko = "보안등", en = "Security" }, { ko = "가로등", en = "Street" },
  ] },
]
[[dataset]]
id = "moves"
title = { ko = "이동", en = "Moves" }
geometry = "polygon"
feature_dataset = "dong"
[dataset.values]
key = "cd"
column = [
  { name = "cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "to", type = "code", title = { ko = "도착", en = "To" } },
  { name = "movers", type = "int", unit = "persons", title = { ko = "이동자", en = "Movers" } },
]
"#;

    const LAYERS: &str = r#"
title = { ko = "지도", en = "Maps" }
order = 1
[[layer]]
id = "watt"
title = { ko = "와트", en = "Power" }
visibility = "public"
dataset = "lamp"
value = "watt"
[[layer]]
id = "lit"
title = { ko = "점등", en = "Lit" }
visibility = "public"
dataset = "lamp"
value = "lit"
[[layer]]
id = "kind"
title = { ko = "종류", en = "Kind" }
visibility = "public"
dataset = "lamp"
value = "kind"
[[layer]]
id = "both"
title = { ko = "모두", en = "All" }
visibility = "public"
union = [{ dataset = "lamp", columns = { watt = "watt" } }, { dataset = "dong", columns = { cd = "cd" } }]
[[layer]]
id = "flow"
title = { ko = "이동", en = "Moves" }
visibility = "public"
flow = { from = "moves.cd", to = "moves.to", between = "dong" }
measure = [{ name = "movers", sum = "moves.movers" }]
"#;

    #[test]
    fn every_column_has_a_title_in_both_languages_and_its_unit() {
        let catalog = catalog(DATASETS, LAYERS);
        for (layer, name, ko, en, unit) in [
            ("watt", "cd", "코드", "Code", None),
            ("watt", "count", "개수", "Count", None),
            ("watt", "sum", "와트 합계", "Power (sum)", Some("W")),
            ("watt", "mean", "와트 평균", "Power (mean)", Some("W")),
            ("watt", "suppressed", "비공개 여부", "Suppressed", None),
            ("lit", "lit=true", "예", "Yes", None),
            ("lit", "lit=false", "아니요", "No", None),
            ("kind", "kind=보안등", "보안등", "Security", None),
            ("kind", "kind=기타", "기타", "기타", None),
            ("both", "dataset=lamp", "가로등", "Lamps", None),
            ("flow", "movers_in", "이동자 (들어옴)", "Movers (in)", Some("persons")),
            ("flow", "movers_out", "이동자 (나감)", "Movers (out)", Some("persons")),
        ] {
            let title = Some("옛 제목".to_owned());
            let kind = ColumnType::Int;
            let column = Column { name: name.to_owned(), kind, title, description: None };
            let columns = [column];
            let titles =
                ColumnTitles::new(&catalog, catalog.layer(layer), ResultAudience::Full, &columns);
            let entry = titles.entry(&columns[0]);
            let expected = LocalizedText { ko: ko.to_owned(), en: en.to_owned() };
            assert_eq!((entry.title, entry.unit.as_deref()), (expected, unit), "{layer} {name}");
        }
    }
}
