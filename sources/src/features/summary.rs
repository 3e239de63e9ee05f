//! What the values of a column are like: all that a legend needs to know.

use std::collections::BTreeMap;

use super::FeatureTable;
use crate::feature::Value;

/// How many classes numbers are put into.
const CLASSES: usize = 5;
/// Distinct numbers up to which each is a class of its own.
const FEW_NUMBERS: usize = 6;
/// Distinct texts that are told; of more, the most frequent.
const MOST_TEXTS: usize = 12;
/// Values that are looked at: of more, evenly many.
const MOST_VALUES: usize = 50_000;

/// The published values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueSummary {
    /// Numbers, in classes of about equally many.
    Numbers {
        /// Where the classes part, ascending and rounded: one number less than there are
        /// classes. A number belongs above a break that equals it.
        breaks: Vec<f64>,
        /// Whether numbers lie on both sides of zero, and the classes with them.
        diverging: bool,
    },
    /// A few whole numbers, ascending.
    Steps(Vec<i64>),
    /// Texts.
    Texts {
        /// The most frequent first.
        texts: Vec<String>,
        /// Whether there are no others.
        all: bool,
    },
    /// Yes or no.
    Flags,
}

impl ValueSummary {
    /// Looks at a column of tables that share their columns, as the slices of a layer
    /// do; `None` where there is no such column or nothing in it.
    #[must_use]
    pub fn new<'t>(tables: impl Iterator<Item = &'t FeatureTable>, column: &str) -> Option<Self> {
        let tables: Vec<&FeatureTable> = tables.collect();
        let place = tables.first()?.columns().iter().position(|known| known.name == column)?;
        let count: usize = tables.iter().map(|table| table.feature_count()).sum();
        let step = count.div_ceil(MOST_VALUES).max(1);
        let mut numbers = Vec::new();
        let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut flags = false;
        let values = tables.iter().flat_map(|table| {
            table.column_values(place).iter().map(|&id| table.dictionary().value(id))
        });
        for value in values.step_by(step) {
            match value {
                Value::Bool(_) => flags = true,
                Value::Text(text) => *texts.entry(text).or_default() += 1,
                value => numbers.extend(value.number()),
            }
        }
        if flags {
            return Some(Self::Flags);
        }
        if !texts.is_empty() {
            let mut texts: Vec<_> = texts.into_iter().collect();
            texts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let all = texts.len() <= MOST_TEXTS && step == 1;
            let texts = texts.into_iter().take(MOST_TEXTS).map(|(text, _)| text.to_owned());
            return Some(Self::Texts { texts: texts.collect(), all });
        }
        of_numbers(numbers)
    }
}

fn of_numbers(mut numbers: Vec<f64>) -> Option<ValueSummary> {
    numbers.sort_by(f64::total_cmp);
    let (&least, &most) = (numbers.first()?, numbers.last()?);
    let mut distinct = numbers.clone();
    distinct.dedup();
    let whole = distinct.iter().all(|number| number.fract() == 0.0 && number.abs() < 1e9);
    if whole && distinct.len() <= FEW_NUMBERS {
        return Some(ValueSummary::Steps(
            distinct.into_iter().map(|number| number as i64).collect(),
        ));
    }
    let diverging = least < 0.0 && most > 0.0;
    let mut breaks = if diverging {
        // The same on both sides, so that one shade means as much up as down.
        let mut sizes: Vec<f64> = numbers.iter().map(|number| number.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let [near, far] =
            [1.0 / 3.0, 2.0 / 3.0].map(|share| round(quantile(&sizes, share), most - least));
        let mut breaks = vec![-far, -near, near, far];
        // A side without a break of its own would not be told from the other.
        if least >= -near || most < near {
            breaks.insert(2, 0.0);
        }
        breaks
    } else {
        let share = |class: usize| class as f64 / CLASSES as f64;
        (1..CLASSES).map(|class| round(quantile(&numbers, share(class)), most - least)).collect()
    };
    breaks.retain(|&at| least < at && at <= most);
    breaks.dedup();
    Some(ValueSummary::Numbers { breaks, diverging })
}

/// The number that this share of ascending ones lies below.
fn quantile(ascending: &[f64], share: f64) -> f64 {
    let place = (ascending.len() as f64 * share) as usize;
    ascending.get(place).or(ascending.last()).copied().unwrap_or_default()
}

/// Rounded to a hundredth of the span, to 1, 2 or 5 of a power of ten: as people write
/// breaks.
fn round(number: f64, span: f64) -> f64 {
    let least = span / 100.0;
    if !(least.is_finite() && least > 0.0) {
        return number;
    }
    let power = 10f64.powi(least.log10().floor() as i32);
    let unit = [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|&unit| unit >= least);
    let unit = unit.unwrap_or(10.0 * power);
    let rounded = (number / unit).round() * unit;
    // 0.1 + 0.2 is no number to show.
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::{Column, ColumnType, FeatureVisitor, Geometry, Schema};
    use crate::features::{TableBuilder, TableOptions};

    fn summary(values: &[Value<'_>]) -> Option<ValueSummary> {
        let mut builder = TableBuilder::new(TableOptions::default());
        let kind = ColumnType::Double;
        let column = Column { name: "v".to_owned(), kind, title: None, description: None };
        builder.begin(&Schema { columns: vec![column], ..Schema::default() });
        for (row, value) in values.iter().enumerate() {
            builder.feature(row as u64, &Geometry::default(), &[*value]).unwrap();
        }
        ValueSummary::new([&builder.finish().unwrap()].into_iter(), "v")
    }

    #[test]
    fn numbers_part_where_equally_many_lie_and_where_people_would_round() {
        let numbers: Vec<_> = (0..1000).map(|i| Value::Double(f64::from(i) * 1.37)).collect();
        let breaks = vec![280.0, 540.0, 820.0, 1100.0];
        assert_eq!(summary(&numbers), Some(ValueSummary::Numbers { breaks, diverging: false }));
    }

    #[test]
    fn numbers_on_both_sides_of_zero_part_alike_on_both() {
        let numbers: Vec<_> = (-30..=60).map(|i| Value::Double(f64::from(i) + 0.5)).collect();
        // -31 would lie below all.
        let breaks = vec![-16.0, 16.0, 31.0];
        assert_eq!(summary(&numbers), Some(ValueSummary::Numbers { breaks, diverging: true }));
    }

    #[test]
    fn a_side_of_zero_with_few_numbers_parts_at_zero() {
        let numbers: Vec<_> = (-5..=90).map(|i| Value::Double(f64::from(i) + 0.5)).collect();
        let breaks = vec![0.0, 28.0, 60.0];
        assert_eq!(summary(&numbers), Some(ValueSummary::Numbers { breaks, diverging: true }));
    }

    #[test]
    fn a_few_whole_numbers_are_steps_and_texts_go_by_frequency() {
        let steps = [Value::Int(10), Value::Int(5), Value::Null, Value::Int(5)];
        assert_eq!(summary(&steps), Some(ValueSummary::Steps(vec![5, 10])));
        let texts = [Value::Text("b"), Value::Text("a"), Value::Text("b")];
        let expected = ["b", "a"].map(str::to_owned).into();
        assert_eq!(summary(&texts), Some(ValueSummary::Texts { texts: expected, all: true }));
        assert_eq!(summary(&[Value::Bool(true)]), Some(ValueSummary::Flags));
        assert_eq!(summary(&[Value::Null]), None);
    }
}
