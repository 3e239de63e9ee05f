//! The value that a map is about, with its declared texts and unit.

use catalog::{
    Catalog, DatasetColumn, Layer, LayerContent, LocalizedText, MeasureOperation, MeasureSet,
    UnionPart,
};
use measures::{DeclaredMeasures, ResultAudience};
use styles::shading::{ClassTest, ValueClass};

/// Most categories that get a class each.
const MAX_CATEGORIES: usize = 12;

/// Column or measure that a map is shaded by.
pub(super) struct ShadedColumn<'a> {
    pub(super) column: &'a str,
    pub(super) unit: Option<&'a str>,
    /// Declared texts of the value, in the order declared.
    pub(super) known: Vec<DeclaredText<'a>>,
    /// Whether the declared texts are classes of a number, from low to high.
    pub(super) in_classes: bool,
    /// Texts of other columns, in both languages.
    others: Vec<&'a LocalizedText>,
}

/// A declared text: as stored, and as shown.
pub(super) struct DeclaredText<'a> {
    stored: &'a str,
    title: &'a LocalizedText,
}

impl DeclaredText<'_> {
    pub(super) fn class(&self) -> ValueClass {
        ValueClass {
            test: ClassTest::Text(self.stored.to_owned()),
            label: (self.title.ko.clone(), self.title.en.clone()),
        }
    }
}

/// The texts of an enumeration, stored by their Korean form.
fn stored(texts: &[LocalizedText]) -> Vec<DeclaredText<'_>> {
    texts.iter().map(|title| DeclaredText { stored: &title.ko, title }).collect()
}

impl<'a> ShadedColumn<'a> {
    /// The value of a layer; `None` where it declares none.
    pub(super) fn new(
        catalog: &'a Catalog,
        layer: &'a Layer,
        audience: ResultAudience,
    ) -> Option<Self> {
        let datasets = layer.datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
        let columns = datasets.flat_map(|dataset| {
            let values = dataset.values.iter().flat_map(|values| &values.columns);
            dataset.columns.iter().chain(values)
        });
        let others = columns.flat_map(|column| &column.values).collect();
        if let Some(DeclaredMeasures { set, .. }) = DeclaredMeasures::of(layer, audience) {
            let measure = set.measure(&set.value)?;
            let (known, in_classes) = match &measure.operation {
                MeasureOperation::Class { titles, .. } => (stored(titles), !titles.is_empty()),
                operation => {
                    let column = column_of(catalog, set, operation);
                    (column.map(|column| stored(&column.values)).unwrap_or_default(), false)
                }
            };
            let (column, unit) = (set.value.as_str(), measure.unit.as_deref());
            return Some(Self { column, unit, known, in_classes, others });
        }
        let column = layer.value.as_deref()?;
        let (declared, known) = match &layer.content {
            LayerContent::Union(parts) if column == LayerContent::UNION_DATASET => {
                (None, parts_of(catalog, parts))
            }
            content => {
                let declared = column_in(catalog, layer, content, column);
                (declared, declared.map(|column| stored(&column.values)).unwrap_or_default())
            }
        };
        let unit = declared.and_then(|column| column.unit.as_deref());
        Some(Self { column, unit, known, in_classes: false, others })
    }

    /// Classes of the texts that were found: the declared ones first and in their order; every
    /// declared one if not `all` texts were collected. `None` if not `all` were and no text is
    /// declared, or if the classes are then more than `MAX_CATEGORIES`, as for names.
    pub(super) fn categories(&self, texts: &[String], all: bool) -> Option<Vec<ValueClass>> {
        let found =
            |known: &&DeclaredText<'_>| !all || texts.iter().any(|text| text == known.stored);
        let declared = self.known.iter().filter(found).map(DeclaredText::class);
        let others = texts.iter().filter(|text| !self.known.iter().any(|k| k.stored == **text));
        let classes: Vec<ValueClass> =
            declared.chain(others.map(|text| self.other(text))).collect();
        let are_countable = all || !self.known.is_empty() && classes.len() <= MAX_CATEGORIES;
        are_countable.then_some(classes)
    }

    fn other(&self, text: &str) -> ValueClass {
        let english = self.others.iter().find(|known| known.ko == text);
        let english = english.map_or_else(|| text.to_owned(), |known| known.en.clone());
        ValueClass { test: ClassTest::Text(text.to_owned()), label: (text.to_owned(), english) }
    }
}

/// The column whose texts a measure takes over.
fn column_of<'a>(
    catalog: &'a Catalog,
    set: &MeasureSet,
    operation: &MeasureOperation,
) -> Option<&'a DatasetColumn> {
    let (id, name) = match operation {
        MeasureOperation::CarrierColumn(name) => (&set.carrier, name.as_str()),
        operation => {
            let rows = operation.rows()?;
            (&rows.dataset, rows.column.as_deref()?)
        }
    };
    let dataset = catalog.dataset(id.as_str())?;
    dataset.column(name).or_else(|| dataset.values_column(name))
}

/// The declared column of a published column of features.
fn column_in<'a>(
    catalog: &'a Catalog,
    layer: &'a Layer,
    content: &'a LayerContent,
    name: &str,
) -> Option<&'a DatasetColumn> {
    match content {
        LayerContent::Prepared { columns, .. } => columns.iter().find(|column| column.name == name),
        // A union publishes columns under names of its own.
        LayerContent::Union(parts) => parts.iter().find_map(|part| {
            let (_, from) = part.columns.iter().find(|(published, _)| published == name)?;
            catalog.dataset(part.dataset.as_str())?.column(from)
        }),
        _ => catalog.dataset(layer.dataset.as_str())?.column(name),
    }
}

/// The datasets of a union, each once, by their titles.
fn parts_of<'a>(catalog: &'a Catalog, parts: &'a [UnionPart]) -> Vec<DeclaredText<'a>> {
    let mut known: Vec<DeclaredText<'_>> = Vec::new();
    for dataset in parts.iter().filter_map(|part| catalog.dataset(part.dataset.as_str())) {
        let stored = dataset.id.as_str();
        if !known.iter().any(|other| other.stored == stored) {
            known.push(DeclaredText { stored, title: &dataset.title });
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handlers::fixture::catalog;

    const DATASETS: &str = r#"
title = { ko = "자료", en = "Data" }
[[dataset]]
id = "booth"
title = { ko = "창구", en = "Counters" }
geometry = "point"
column = [
  { name = "minutes", type = "int", unit = "h", title = { ko = "분", en = "Minutes" } },
  { name = "state", type = "enum", title = { ko = "상태", en = "State" }, values = [
    { ko = "여유", en = "Quiet" }, { ko = "보통", en = "Usual" }, { ko = "혼잡", en = "Busy" },
  ] },
]
"#;

    const LAYERS: &str = r#"
title = { ko = "지도", en = "Maps" }
order = 1
[[layer]]
id = "plain"
title = { ko = "창구", en = "Counters" }
visibility = "public"
dataset = "booth"
value = "state"
[[layer]]
id = "by-dong"
title = { ko = "동별 창구", en = "Counters by dong" }
visibility = "public"
carrier = "dong"
measure = [{ name = "commonest", title = { ko = "상태", en = "State" }, most_frequent = "booth.state" }]
[[layer]]
id = "union"
title = { ko = "모두", en = "All" }
visibility = "public"
union = [{ dataset = "dong", columns = { cd = "cd" } }, { dataset = "booth", columns = { wait = "minutes" } }]
value = "dataset"
[[layer]]
id = "union-by-wait"
title = { ko = "대기", en = "Waiting" }
visibility = "public"
union = [{ dataset = "booth", columns = { wait = "minutes" } }, { dataset = "dong", columns = { cd = "cd" } }]
value = "wait"
[[layer]]
id = "reach"
title = { ko = "5분", en = "Five minutes" }
visibility = "public"
prepared = true
datasets = ["booth"]
geometry = "polygon"
value = "minutes"
column = [{ name = "minutes", type = "int", unit = "min", title = { ko = "분", en = "Minutes" } }]
"#;

    fn english(classes: Option<Vec<ValueClass>>) -> Option<Vec<String>> {
        Some(classes?.into_iter().map(|class| class.label.1).collect())
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn categories_come_in_the_order_declared() {
        let catalog = catalog(DATASETS, LAYERS);
        for layer in ["plain", "by-dong"] {
            let shaded =
                ShadedColumn::new(&catalog, catalog.layer(layer).unwrap(), ResultAudience::Full)
                    .unwrap();
            let categories = |found: &[&str], all| english(shaded.categories(&texts(found), all));
            assert_eq!(
                categories(&["보통", "여유"], true),
                Some(texts(&["Quiet", "Usual"])),
                "{layer}"
            );
            let with_other = categories(&["기타", "혼잡"], true);
            assert_eq!(with_other, Some(texts(&["Busy", "기타"])), "{layer}");
            // If not all texts were collected, any declared one may occur.
            let any = texts(&["Quiet", "Usual", "Busy"]);
            assert_eq!(categories(&["혼잡"], false), Some(any), "{layer}");
        }
    }

    #[test]
    fn an_unbounded_number_of_names_makes_no_classes() {
        let catalog = catalog(DATASETS, LAYERS);
        let union = catalog.layer("union-by-wait").unwrap();
        let shaded = ShadedColumn::new(&catalog, union, ResultAudience::Full).unwrap();
        assert_eq!(shaded.categories(&texts(&["가", "나"]), false), None);
    }

    #[test]
    fn datasets_of_a_union_go_by_their_titles() {
        let catalog = catalog(DATASETS, LAYERS);
        let shaded =
            ShadedColumn::new(&catalog, catalog.layer("union").unwrap(), ResultAudience::Full)
                .unwrap();
        let classes = shaded.categories(&texts(&["booth", "dong"]), true).unwrap();
        assert_eq!(classes[0].test, ClassTest::Text("dong".to_owned()));
        assert_eq!(classes[0].label, ("동".to_owned(), "Dongs".to_owned()));
        assert_eq!(english(Some(classes)), Some(texts(&["Dongs", "Counters"])));
    }

    #[test]
    fn the_unit_is_that_of_the_published_column() {
        let catalog = catalog(DATASETS, LAYERS);
        for (layer, unit) in [("reach", "min"), ("union-by-wait", "h")] {
            let shaded =
                ShadedColumn::new(&catalog, catalog.layer(layer).unwrap(), ResultAudience::Full)
                    .unwrap();
            assert_eq!(shaded.unit, Some(unit), "{layer}");
        }
    }
}
