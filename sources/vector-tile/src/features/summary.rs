//! Statistics of a column's values, for a legend.

use std::collections::BTreeMap;

use super::feature_table::FeatureTable;
use data_model::feature::AttributeValue;

/// Number of classes of numbers.
const CLASSES: usize = 5;
/// Distinct numbers up to which each is a class of its own.
const FEW_NUMBERS: usize = 6;
/// Maximum number of distinct texts listed; the most frequent are.
const MOST_TEXTS: usize = 12;
/// Maximum number of values examined, in an even sample.
const MOST_VALUES: usize = 50_000;

/// Summary of the published values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueSummary {
    /// Numbers, in classes of about equal size.
    Numbers {
        /// Class breaks, ascending and rounded: one less than there are classes. A number
        /// equal to a break belongs to the class above it.
        breaks: Vec<f64>,
        /// Whether numbers lie on both sides of zero, and so do the classes.
        diverging: bool,
        /// Whether most numbers are zero, which then is a class of its own: the breaks
        /// are those of the other numbers, and none of them is zero.
        zero: bool,
    },
    /// A few integers, ascending.
    Steps(Vec<i64>),
    /// Texts.
    Texts {
        /// The most frequent texts first.
        texts: Vec<String>,
        /// Whether the list is complete.
        all: bool,
    },
    /// Booleans.
    Flags,
}

impl ValueSummary {
    /// Summarizes a column of tables with the same columns, such as the slices of a
    /// layer; `None` if there is no such column or it has no values.
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
                AttributeValue::Bool(_) => flags = true,
                AttributeValue::Text(text) => *texts.entry(text).or_default() += 1,
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
    let zeros = numbers.iter().filter(|&&number| number == 0.0).count();
    let zero = 2 * zeros > numbers.len() && most > 0.0;
    if zero {
        numbers.retain(|&number| number != 0.0);
    }
    let least = numbers.first().copied().unwrap_or(least);
    let mut breaks = if diverging {
        on_both_sides(&numbers, zero)
    } else {
        // One less, where zero is one.
        let classes = CLASSES - usize::from(zero);
        let share = |class: usize| class as f64 / classes as f64;
        (1..classes).map(|class| round(quantile(&numbers, share(class)), most - least)).collect()
    };
    // Zero has no sign that people would read.
    breaks.iter_mut().for_each(|at| *at += 0.0);
    breaks.retain(|&at| least < at && at <= most && !(zero && at == 0.0));
    breaks.dedup();
    Some(ValueSummary::Numbers { breaks, diverging, zero })
}

/// Breaks at the same distances on both sides of zero, so that shades are comparable: two
/// on each side, or one if zero is a class of its own.
fn on_both_sides(ascending: &[f64], zero: bool) -> Vec<f64> {
    let (Some(&least), Some(&most)) = (ascending.first(), ascending.last()) else {
        return Vec::new();
    };
    let mut sizes: Vec<f64> = ascending.iter().map(|number| number.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let at = |share: f64| round(quantile(&sizes, share), most - least);
    if zero {
        return vec![-at(0.5), at(0.5)];
    }
    let [near, far] = [1.0 / 3.0, 2.0 / 3.0].map(at);
    let mut breaks = vec![-far, -near, near, far];
    // A side without a break of its own could not be distinguished from the other.
    if least >= -near || most < near {
        breaks.insert(2, 0.0);
    }
    breaks
}

/// The quantile of ascending numbers at a share from 0 to 1.
fn quantile(ascending: &[f64], share: f64) -> f64 {
    let place = (ascending.len() as f64 * share) as usize;
    ascending.get(place).or(ascending.last()).copied().unwrap_or_default()
}

/// Rounds a break to 1, 2 or 5 times a power of ten, at least a hundredth of the span.
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
    use crate::features::{TableBuilder, TableOptions};
    use data_model::feature::{Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry};

    fn summary(values: &[AttributeValue<'_>]) -> Option<ValueSummary> {
        let mut builder = TableBuilder::new(TableOptions::default());
        let kind = ColumnType::Double;
        let column = Column { name: "v".to_owned(), kind, title: None, description: None };
        builder.begin(&FeatureSchema { columns: vec![column], ..FeatureSchema::default() });
        for (row, value) in values.iter().enumerate() {
            builder.feature(row as u64, &Geometry::default(), &[*value]).unwrap();
        }
        ValueSummary::new([&builder.finish().unwrap()].into_iter(), "v")
    }

    #[test]
    fn numbers_part_where_equally_many_lie_and_where_people_would_round() {
        let numbers: Vec<_> =
            (0..1000).map(|i| AttributeValue::Double(f64::from(i) * 1.37)).collect();
        let breaks = vec![280.0, 540.0, 820.0, 1100.0];
        assert_eq!(
            summary(&numbers),
            Some(ValueSummary::Numbers { breaks, diverging: false, zero: false })
        );
    }

    #[test]
    fn numbers_on_both_sides_of_zero_part_alike_on_both() {
        let numbers: Vec<_> =
            (-30..=60).map(|i| AttributeValue::Double(f64::from(i) + 0.5)).collect();
        // -31 would lie below all.
        let breaks = vec![-16.0, 16.0, 31.0];
        assert_eq!(
            summary(&numbers),
            Some(ValueSummary::Numbers { breaks, diverging: true, zero: false })
        );
    }

    #[test]
    fn a_side_of_zero_with_few_numbers_parts_at_zero() {
        let numbers: Vec<_> =
            (-5..=90).map(|i| AttributeValue::Double(f64::from(i) + 0.5)).collect();
        let breaks = vec![0.0, 28.0, 60.0];
        assert_eq!(
            summary(&numbers),
            Some(ValueSummary::Numbers { breaks, diverging: true, zero: false })
        );
    }

    /// Numbers, and as many zeros.
    fn with_zeros(numbers: impl Iterator<Item = f64>, zeros: usize) -> Option<(Vec<f64>, bool)> {
        let zeros = std::iter::repeat_n(0.0, zeros);
        let values: Vec<_> = numbers.chain(zeros).map(AttributeValue::Double).collect();
        match summary(&values)? {
            ValueSummary::Numbers { breaks, zero, .. } => Some((breaks, zero)),
            _ => None,
        }
    }

    #[test]
    fn where_most_are_zero_the_others_are_parted() {
        let some = || (1..=100).map(f64::from);
        assert_eq!(with_zeros(some(), 400), Some((vec![26.0, 51.0, 76.0], true)));
        // Half of them is not most.
        assert_eq!(with_zeros(some(), 100), Some((vec![21.0, 61.0], false)));
        let both = || (-50..=50).map(|i| f64::from(i) + 0.5);
        assert_eq!(with_zeros(both(), 400), Some((vec![-26.0, 26.0], true)));
        // Numbers that no break parts.
        assert_eq!(with_zeros([0.5, 0.5].into_iter(), 10), Some((vec![], true)));
        let fractions = with_zeros([0.01, 0.02, 5.5].into_iter(), 10).unwrap();
        assert!(!fractions.0.contains(&0.0), "{fractions:?}");
    }

    #[test]
    fn zero_has_no_sign() {
        // A third and more are zero, so that the nearer breaks are.
        let (breaks, zero) = with_zeros((-10..=20).map(|i| f64::from(i) + 0.5), 25).unwrap();
        assert!(!zero && breaks.contains(&0.0), "{breaks:?}");
        assert!(breaks.iter().all(|at| *at != 0.0 || at.is_sign_positive()), "{breaks:?}");
    }

    #[test]
    fn a_few_whole_numbers_are_steps_and_texts_go_by_frequency() {
        let steps = [
            AttributeValue::Int(10),
            AttributeValue::Int(5),
            AttributeValue::Null,
            AttributeValue::Int(5),
        ];
        assert_eq!(summary(&steps), Some(ValueSummary::Steps(vec![5, 10])));
        let texts =
            [AttributeValue::Text("b"), AttributeValue::Text("a"), AttributeValue::Text("b")];
        let expected = ["b", "a"].map(str::to_owned).into();
        assert_eq!(summary(&texts), Some(ValueSummary::Texts { texts: expected, all: true }));
        assert_eq!(summary(&[AttributeValue::Bool(true)]), Some(ValueSummary::Flags));
        assert_eq!(summary(&[AttributeValue::Null]), None);
    }
}
