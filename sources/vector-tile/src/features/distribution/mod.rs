//! Distribution of a column's published values over all features and time slices.

mod number_runs;

use std::collections::BTreeMap;

use super::dictionary::ValueId;
use super::feature_table::FeatureTable;
use data_model::feature::AttributeValue;

pub use number_runs::NumberRuns;

/// Maximum number of distinct texts listed; the most frequent are.
const MOST_TEXTS: usize = 64;
/// Column that marks features whose values are suppressed.
const SUPPRESSED: &str = "suppressed";

/// Distribution of the values of one column.
///
/// Each feature counts once for each time slice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnDistribution {
    /// Features and slices examined.
    pub features: u64,
    /// Of these, features without data.
    pub missing: u64,
    /// Of these, features whose value is suppressed.
    pub suppressed: u64,
    /// Finite numbers, ascending.
    pub numbers: NumberRuns,
    /// Texts with their frequency, the most frequent first; 64 at most.
    pub texts: Vec<(String, u64)>,
    /// Number of distinct texts, also of those not listed.
    pub distinct_texts: u64,
    /// Frequency of `true` and of `false`.
    pub flags: (u64, u64),
}

impl ColumnDistribution {
    /// Examines a column of tables with the same columns, such as the slices of a layer;
    /// `None` if there is no such column.
    #[must_use]
    pub fn new<'t>(tables: impl Iterator<Item = &'t FeatureTable>, column: &str) -> Option<Self> {
        let tables: Vec<&FeatureTable> = tables.collect();
        let columns = tables.first()?.columns();
        let place = |name: &str| columns.iter().position(|known| known.name == name);
        let (value, suppressed) = (place(column)?, place(SUPPRESSED));
        let mut values = CountedValues::default();
        // Slices of one layer share a dictionary, which is read once for all of them.
        for group in tables.chunk_by(|a, b| std::ptr::eq(a.dictionary(), b.dictionary())) {
            values.add(group, value, suppressed);
        }
        Some(values.finish())
    }

    /// Whether there is any value.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.numbers.count() > 0 || !self.texts.is_empty() || self.flags != (0, 0)
    }
}

/// Values with their frequency.
#[derive(Default)]
struct CountedValues<'t> {
    distribution: ColumnDistribution,
    numbers: Vec<(f64, u64)>,
    texts: BTreeMap<&'t str, u64>,
}

impl<'t> CountedValues<'t> {
    /// Adds tables that share a dictionary.
    fn add(&mut self, tables: &[&'t FeatureTable], value: usize, suppressed: Option<usize>) {
        let Some(dictionary) = tables.first().map(|table| table.dictionary()) else { return };
        let mut counts: BTreeMap<ValueId, u64> = BTreeMap::new();
        for table in tables {
            let values = table.column_values(value);
            self.distribution.features += values.len() as u64;
            let Some(flags) = suppressed.map(|column| table.column_values(column)) else {
                values.iter().for_each(|&id| *counts.entry(id).or_default() += 1);
                continue;
            };
            for (&id, &flag) in values.iter().zip(flags) {
                let is_null = dictionary.value(id) == AttributeValue::Null;
                if is_null && dictionary.value(flag) == AttributeValue::Bool(true) {
                    self.distribution.suppressed += 1;
                } else {
                    *counts.entry(id).or_default() += 1;
                }
            }
        }
        for (id, count) in counts {
            self.add_value(dictionary.value(id), count);
        }
    }

    fn add_value(&mut self, value: AttributeValue<'t>, count: u64) {
        let distribution = &mut self.distribution;
        match value {
            AttributeValue::Bool(true) => distribution.flags.0 += count,
            AttributeValue::Bool(false) => distribution.flags.1 += count,
            AttributeValue::Text(text) => *self.texts.entry(text).or_default() += count,
            value => match value.number().filter(|number| number.is_finite()) {
                Some(number) => self.numbers.push((number, count)),
                None => distribution.missing += count,
            },
        }
    }

    fn finish(self) -> ColumnDistribution {
        let distinct_texts = self.texts.len() as u64;
        let mut texts: Vec<(&str, u64)> = self.texts.into_iter().collect();
        texts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let texts = texts.into_iter().take(MOST_TEXTS);
        ColumnDistribution {
            numbers: NumberRuns::new(self.numbers),
            texts: texts.map(|(text, count)| (text.to_owned(), count)).collect(),
            distinct_texts,
            ..self.distribution
        }
    }
}

#[cfg(test)]
mod tests;
