//! Named layers, with their texts in normalized form.

use super::areas::HoldingAreas;
use super::named::{NamedFeatures, text_of};
use super::names::NameList;
use super::search_result::HitKind;
use super::text::normalize;
use catalog::LocalizedText;

/// A layer with named features; texts are normalized once, when the index is built.
#[derive(Debug)]
pub(super) struct NamedLayer {
    pub(super) named: NamedFeatures,
    /// Kind of the hits for its features.
    pub(super) kind: HitKind,
    /// Normalized titles of the layer and the dataset, one a line.
    pub(super) titles: String,
    /// The areas that contain the features.
    pub(super) holding: HoldingAreas,
    pub(super) province: Option<ComparedColumn>,
    pub(super) district: Option<ComparedColumn>,
    pub(super) dong: Option<ComparedColumn>,
    /// By row, the position of the Korean name in the name list; `NO_NAME` for none.
    names: Vec<u32>,
}

const NO_NAME: u32 = u32::MAX;

impl NamedLayer {
    pub(super) fn new(
        named: NamedFeatures,
        kind: HitKind,
        titles: [&LocalizedText; 2],
        holding: HoldingAreas,
    ) -> Self {
        let compared = |column: Option<usize>| Some(ComparedColumn::new(&named, column?));
        let parts = named.address.as_ref();
        Self {
            kind,
            titles: title_lines(titles),
            holding,
            province: parts.and_then(|parts| compared(parts.province)),
            district: parts.and_then(|parts| compared(parts.district)),
            dong: parts.and_then(|parts| compared(parts.dong)),
            names: Vec::new(),
            named,
        }
    }

    /// Stores the index of a row's Korean name; rows come in ascending order.
    pub(super) fn keep_name(&mut self, row: usize, index: Option<u32>) {
        self.names.resize(row, NO_NAME);
        self.names.push(index.unwrap_or(NO_NAME));
    }

    /// A row's normalized Korean name; empty if it has none.
    pub(super) fn compared_name<'n>(&self, row: usize, names: &'n NameList) -> &'n str {
        let index = self.names.get(row).copied().filter(|&index| index != NO_NAME);
        index.and_then(|index| names.text(index)).unwrap_or_default()
    }
}

/// Normalized texts of a column, by value id.
#[derive(Debug)]
pub(super) struct ComparedColumn {
    column: usize,
    /// The id of the first value.
    first: u32,
    texts: Vec<Option<String>>,
}

impl ComparedColumn {
    fn new(named: &NamedFeatures, column: usize) -> Self {
        let mut texts = Vec::new();
        let mut first = None;
        for (id, value) in named.distinct(column) {
            first.get_or_insert(id);
            texts.push(text_of(value).map(|text| {
                let mut compared = String::new();
                normalize(&text, &mut compared);
                compared
            }));
        }
        Self { column, first: first.unwrap_or(0), texts }
    }

    /// A row's text; `None` if it has none.
    pub(super) fn text(&self, named: &NamedFeatures, row: usize) -> Option<&str> {
        let index = named.value_id(self.column, row).checked_sub(self.first)?;
        self.texts.get(index as usize)?.as_deref()
    }
}

/// Normalized titles, each on a line of its own so that no match extends over two.
pub(super) fn title_lines<const N: usize>(titles: [&LocalizedText; N]) -> String {
    let mut text = String::new();
    for title in titles.into_iter().flat_map(|title| [&title.ko, &title.en]) {
        normalize(title, &mut text);
        text.push('\n');
    }
    text
}
