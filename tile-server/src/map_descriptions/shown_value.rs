//! The values that a map shows, with their titles, units and distribution.

use std::sync::Arc;

use catalog::{
    Catalog, DatasetColumn, Layer, LayerContent, LocalizedText, MeasureOperation, MeasureSet,
    unit_words,
};
use data_library::PublishedLayer;
use styles::map_description::{BilingualText, MapValue, ValueDistribution};
use vector_tile::features::ColumnDistribution;

use super::absolute_values::is_absolute;
use super::texts::{bilingual, same};
use crate::handlers::catalog::audience_layer::{AudienceLayer, ColumnMeaning};

/// Most numbers of a distribution that a description holds.
const MOST_NUMBERS: usize = 20_000;
/// Most decimal places that are shown of a number without declared ones.
const MOST_DECIMALS: u8 = 2;

/// Values of one form of a layer.
pub(super) struct ShownValues<'a> {
    catalog: &'a Catalog,
    layer: &'a Layer,
    form: &'a AudienceLayer<'a>,
    published: &'a PublishedLayer,
}

impl<'a> ShownValues<'a> {
    pub(super) const fn new(
        catalog: &'a Catalog,
        layer: &'a Layer,
        form: &'a AudienceLayer<'a>,
        published: &'a PublishedLayer,
    ) -> Self {
        Self { catalog, layer, form, published }
    }

    /// The column that the map shows; `None` where none is declared or published.
    pub(super) fn value(&self) -> Option<MapValue> {
        self.described(self.form.value()?, self.published.distributions.value.as_ref())
    }

    /// The second column of a bivariate map.
    pub(super) fn second_value(&self) -> Option<MapValue> {
        let cartography = self.layer.cartography_of(self.form.is_public_only);
        let distribution = self.published.distributions.second_value.as_ref();
        self.described(cartography.second_value.as_deref()?, distribution)
    }

    fn described(
        &self,
        name: &str,
        distribution: Option<&Arc<ColumnDistribution>>,
    ) -> Option<MapValue> {
        let columns = &self.published.source()?.description().columns;
        let column = columns.iter().find(|column| column.name == name)?;
        let meaning = self.form.meaning(name);
        let summary = distribution.map(|found| summary(found)).unwrap_or_default();
        let (title, unit, decimals) = match &meaning {
            Some(ColumnMeaning::Column(declared)) => {
                (bilingual(&declared.title), declared.unit.as_deref(), None)
            }
            Some(ColumnMeaning::Measure(measure)) => {
                (bilingual(&measure.title), measure.unit.as_deref(), measure.decimals)
            }
            Some(ColumnMeaning::Own(title)) => (bilingual(title), None, None),
            None => (same(column.title.as_deref().unwrap_or(name)), None, None),
        };
        let (texts, ordered) = self.texts(name, meaning.as_ref(), &summary);
        Some(MapValue {
            column: name.to_owned(),
            title,
            unit: unit.filter(|unit| !unit.is_empty()).map(words),
            decimals: decimals.unwrap_or_else(|| decimals_of(&summary.numbers)),
            texts,
            ordered,
            absolute: meaning.is_some_and(|meaning| is_absolute(&meaning, self.form.set)),
            summary,
        })
    }

    /// Titles of the stored texts, the declared ones first and in their order; whether they
    /// are classes of a number.
    fn texts(
        &self,
        name: &str,
        meaning: Option<&ColumnMeaning<'_>>,
        summary: &ValueDistribution,
    ) -> (Vec<(String, BilingualText)>, bool) {
        let is_union = matches!(self.layer.content, LayerContent::Union(_));
        if is_union && self.form.set.is_none() && name == LayerContent::UNION_DATASET {
            return (self.datasets_of_union(), false);
        }
        let (declared, ordered): (&[LocalizedText], bool) = match meaning {
            Some(ColumnMeaning::Column(column)) => (&column.values, false),
            Some(ColumnMeaning::Measure(measure)) => match (&measure.operation, self.form.set) {
                (MeasureOperation::Class { titles, .. }, _) => (titles, true),
                (operation, Some(set)) => {
                    let column = taken_column(self.catalog, set, operation);
                    (column.map(|column| column.values.as_slice()).unwrap_or_default(), false)
                }
                (_, None) => (&[], false),
            },
            _ => (&[], false),
        };
        let mut texts: Vec<_> =
            declared.iter().map(|text| (text.ko.clone(), bilingual(text))).collect();
        // Texts of other enumerations have an English form too.
        for (text, _) in &summary.texts {
            if !texts.iter().any(|(known, _)| known == text)
                && let Some(known) = self.other_texts().find(|known| known.ko == *text)
            {
                texts.push((text.clone(), bilingual(known)));
            }
        }
        (texts, ordered)
    }

    fn datasets_of_union(&self) -> Vec<(String, BilingualText)> {
        let LayerContent::Union(parts) = &self.layer.content else { return Vec::new() };
        let mut texts: Vec<(String, BilingualText)> = Vec::new();
        for part in parts {
            let id = part.dataset.as_str();
            if let Some(dataset) = self.catalog.dataset(id)
                && !texts.iter().any(|(known, _)| known == id)
            {
                texts.push((id.to_owned(), bilingual(&dataset.title)));
            }
        }
        texts
    }

    /// Texts of all enumerations of the form's datasets.
    fn other_texts(&self) -> impl Iterator<Item = &'a LocalizedText> {
        let columns = self.form.all_datasets().into_iter().flat_map(|dataset| {
            let values = dataset.values.iter().flat_map(|values| &values.columns);
            dataset.columns.iter().chain(values)
        });
        columns.flat_map(|column| &column.values)
    }
}

/// The column whose texts a measure takes over.
fn taken_column<'c>(
    catalog: &'c Catalog,
    set: &MeasureSet,
    operation: &MeasureOperation,
) -> Option<&'c DatasetColumn> {
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

/// A unit as people read it; one without words as the catalog spells it.
fn words(unit: &str) -> BilingualText {
    unit_words(unit).map_or_else(|| same(unit), |words| bilingual(&words))
}

fn summary(found: &ColumnDistribution) -> ValueDistribution {
    ValueDistribution {
        features: found.features,
        missing: found.missing,
        suppressed: found.suppressed,
        numbers: found.numbers.sample(MOST_NUMBERS),
        texts: found.texts.clone(),
        distinct_texts: found.distinct_texts,
        flags: found.flags,
    }
}

/// Fewest decimal places that tell the numbers exactly, up to two.
fn decimals_of(numbers: &[f64]) -> u8 {
    let is_exact = |decimals: u8| {
        let factor = 10f64.powi(i32::from(decimals));
        numbers.iter().all(|number| {
            let scaled = number * factor;
            (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
        })
    };
    (0..MOST_DECIMALS).find(|&decimals| is_exact(decimals)).unwrap_or(MOST_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::decimals_of;
    use rstest::rstest;

    #[rstest]
    #[case(&[1.0, 250.0], 0)]
    #[case(&[0.1, 0.3, 12.7], 1)]
    #[case(&[0.25], 2)]
    #[case(&[1.0 / 3.0], 2)]
    #[case(&[], 0)]
    fn numbers_have_as_many_decimals_as_they_need(#[case] numbers: &[f64], #[case] decimals: u8) {
        assert_eq!(decimals_of(numbers), decimals);
    }
}
