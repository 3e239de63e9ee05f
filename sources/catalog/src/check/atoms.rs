//! Filters as sets of atoms, and linear dependence between such sets.
//!
//! Atoms are the smallest sets of rows that the filters distinguish.

use std::collections::BTreeSet;

use super::statistics::PublicStatistic;
use crate::{ColumnCondition, Dataset, LogicalType, RowFilter, ScalarValue};
use data_model::feature::AttributeValue;

/// Most atoms that are compared.
const MOST_ATOMS: usize = 4096;

/// Modulus of the elimination, a Mersenne prime; exact sums and differences hold modulo it.
const PRIME: u64 = (1 << 61) - 1;

/// Membership of a dataset's atoms in filters: one row per filter, one flag per atom.
pub(super) struct FilterAtoms(Vec<Vec<bool>>);

impl FilterAtoms {
    /// Splits the rows into atoms by the columns that the filters name; `None` if there are
    /// more than [`MOST_ATOMS`].
    pub(super) fn new(statistics: &[&PublicStatistic<'_>]) -> Option<Self> {
        let filters: Vec<&RowFilter> =
            statistics.iter().map(|statistic| statistic.filter).collect();
        let names: BTreeSet<&String> = filters.iter().flat_map(|filter| filter.keys()).collect();
        // One row for each part so far, with a flag for each filter that selects it.
        let mut parts: Vec<Vec<bool>> = vec![vec![true; filters.len()]];
        let dataset = statistics.first()?.dataset;
        for name in names {
            let conditions: Vec<Option<&ColumnCondition>> =
                filters.iter().map(|filter| filter.get(name)).collect();
            let classes = classes(dataset, name, &conditions);
            let both = |part: &Vec<bool>, class: &Vec<bool>| {
                part.iter().zip(class).map(|(a, b)| *a && *b).collect::<Vec<bool>>()
            };
            let crossed: BTreeSet<Vec<bool>> = parts
                .iter()
                .flat_map(|part| classes.iter().map(move |class| both(part, class)))
                .filter(|part| part.contains(&true))
                .collect();
            if crossed.len() > MOST_ATOMS {
                return None;
            }
            parts = crossed.into_iter().collect();
        }
        let of = |filter| parts.iter().map(|part| part[filter]).collect();
        Some(Self((0..filters.len()).map(of).collect()))
    }

    pub(super) fn are_disjoint(&self, a: usize, b: usize) -> bool {
        !self.0[a].iter().zip(&self.0[b]).any(|(a, b)| *a && *b)
    }

    pub(super) fn are_equal(&self, a: usize, b: usize) -> bool {
        self.0[a] == self.0[b]
    }

    /// Two other filters whose intersection, or a part of it, follows by means of filter
    /// `by`.
    ///
    /// Filter `by` selects the rows in both and none outside both, so the sum of the two
    /// less `by` is disclosed.
    pub(super) fn overlap_published_by(&self, by: usize) -> Option<[usize; 2]> {
        let sets = &self.0;
        let partly = |a: usize, b: usize| {
            let any = |one: bool, other: bool| {
                sets[a].iter().zip(&sets[b]).any(|(a, b)| (*a, *b) == (one, other))
            };
            any(true, true) && any(true, false) && any(false, true)
        };
        let published = |a: usize, b: usize| {
            let parts = sets[a].iter().zip(&sets[b]).zip(&sets[by]);
            let counts = parts.map(|((a, b), by)| (u8::from(*a) + u8::from(*b), *by));
            // Outside the intersection only the union is disclosed, which is larger than each set.
            counts.clone().any(|count| count == (1, true))
                && counts.clone().all(|(count, by)| count == 1 || by == (count == 2))
        };
        let others = || (0..sets.len()).filter(|&other| other != by);
        others().find_map(|a| {
            let b = others().find(|&b| b > a && partly(a, b) && published(a, b))?;
            Some([a, b])
        })
    }

    /// For each filter, the earlier filters that it is a linear combination of; empty if
    /// independent.
    pub(super) fn dependences(&self) -> Vec<Vec<usize>> {
        let mut basis: Vec<Reduced> = Vec::new();
        let count = self.0.len();
        let mut found = Vec::new();
        for (number, set) in self.0.iter().enumerate() {
            let mut row = Reduced::new(set, number, count);
            basis.iter().for_each(|known| row.subtract(known));
            match row.parts.iter().position(|&part| part != 0) {
                Some(pivot) => {
                    row.scale(pivot);
                    basis.push(row);
                    found.push(Vec::new());
                }
                None => {
                    let others = (0..number).filter(|&other| row.made_of[other] != 0);
                    found.push(others.collect());
                }
            }
        }
        found
    }
}

/// Row of the elimination: a filter less multiples of others, modulo [`PRIME`].
struct Reduced {
    parts: Vec<u64>,
    /// Coefficient of each filter in the row.
    made_of: Vec<u64>,
    pivot: usize,
}

impl Reduced {
    fn new(set: &[bool], number: usize, count: usize) -> Self {
        let mut made_of = vec![0; count];
        made_of[number] = 1;
        Self { parts: set.iter().map(|&part| u64::from(part)).collect(), made_of, pivot: 0 }
    }

    /// Subtracts the multiple of `known` that makes the part at its pivot zero.
    fn subtract(&mut self, known: &Self) {
        let times = self.parts[known.pivot];
        if times == 0 {
            return;
        }
        let less = |(to, from): (&mut u64, &u64)| {
            *to = (*to + PRIME - product(times, *from)) % PRIME;
        };
        self.parts.iter_mut().zip(&known.parts).for_each(less);
        self.made_of.iter_mut().zip(&known.made_of).for_each(less);
    }

    /// Scales the row so that the part at the pivot is one.
    fn scale(&mut self, pivot: usize) {
        let by = inverse(self.parts[pivot]);
        self.parts.iter_mut().for_each(|part| *part = product(*part, by));
        self.made_of.iter_mut().for_each(|times| *times = product(*times, by));
        self.pivot = pivot;
    }
}

fn product(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

/// Modular inverse, by Fermat's little theorem.
fn inverse(number: u64) -> u64 {
    let (mut result, mut power, mut exponent) = (1, number, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(result, power);
        }
        power = product(power, power);
        exponent >>= 1;
    }
    result
}

/// Classes of a column's values that the conditions distinguish: for each class, the
/// conditions met.
///
/// If the catalog lists the values, the classes are complete. Otherwise two conditions that
/// exclude each other are assumed to cover all values, the stricter reading.
fn classes(
    dataset: &Dataset,
    name: &str,
    conditions: &[Option<&ColumnCondition>],
) -> Vec<Vec<bool>> {
    let column = dataset.values_column(name).or_else(|| dataset.column(name));
    let place_kind = column.and_then(|column| column.kind);
    let of = |value: AttributeValue<'_>| -> Vec<bool> {
        conditions.iter().map(|wanted| wanted.is_none_or(|wanted| wanted.holds(value))).collect()
    };
    let listed = column.map(|column| &column.values[..]).unwrap_or_default();
    let mut classes: BTreeSet<Vec<bool>> = match place_kind {
        Some(LogicalType::Bool) => [false, true].map(|flag| of(AttributeValue::Bool(flag))).into(),
        Some(LogicalType::Enum) if !listed.is_empty() => {
            return each_once(listed.iter().map(|text| of(AttributeValue::Text(&text.ko))));
        }
        kind => samples(conditions, kind).iter().map(|sample| of(sample.value())).collect(),
    };
    let rest = |class: &Vec<bool>| {
        class.iter().zip(conditions).all(|(met, wanted)| wanted.is_none() || !met)
    };
    if classes.iter().filter(|class| !rest(class)).count() >= 2 {
        classes.retain(|class| !rest(class));
    }
    classes.into_iter().collect()
}

fn each_once(classes: impl Iterator<Item = Vec<bool>>) -> Vec<Vec<bool>> {
    classes.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Representative of all values between two that conditions name.
enum Sample {
    Number(f64),
    Text(String),
    Flag(bool),
}

impl Sample {
    fn value(&self) -> AttributeValue<'_> {
        match self {
            Self::Number(number) => AttributeValue::Double(*number),
            Self::Text(text) => AttributeValue::Text(text),
            Self::Flag(flag) => AttributeValue::Bool(*flag),
        }
    }
}

/// Sample values that meet every satisfiable combination of the conditions.
fn samples(conditions: &[Option<&ColumnCondition>], kind: Option<LogicalType>) -> Vec<Sample> {
    let scalars = conditions.iter().copied().flatten().flat_map(scalars);
    let (mut numbers, mut texts, mut flags) = (Vec::new(), Vec::new(), false);
    for scalar in scalars {
        match scalar {
            ScalarValue::Int(number) => numbers.push(*number as f64),
            ScalarValue::Float(number) => numbers.push(*number),
            ScalarValue::Text(text) => texts.push(text.as_str()),
            ScalarValue::Bool(_) => flags = true,
        }
    }
    let mut samples = Vec::new();
    if flags {
        samples.extend([false, true].map(Sample::Flag));
    }
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.dedup();
    for pair in numbers.windows(2) {
        // Between whole numbers there may be none.
        let between = match kind {
            Some(LogicalType::Int) => Some(pair[0].floor() + 1.0),
            _ => Some(pair[0] + (pair[1] - pair[0]) * 0.5),
        };
        samples.extend(between.filter(|number| *number < pair[1]).map(Sample::Number));
    }
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        samples.extend([first - 1.0, last + 1.0].map(Sample::Number));
    }
    samples.extend(numbers.iter().copied().map(Sample::Number));
    texts.sort_unstable();
    texts.dedup();
    if !texts.is_empty() {
        samples.push(Sample::Text(String::new()));
        // A text between this one and the next.
        samples.extend(texts.iter().map(|text| Sample::Text(format!("{text}\0"))));
        samples.extend(texts.iter().map(|text| Sample::Text((*text).to_owned())));
    }
    if samples.is_empty() {
        // Conditions without ends.
        samples.extend([Sample::Number(0.0), Sample::Text("x".to_owned())]);
    }
    samples
}

fn scalars(condition: &ColumnCondition) -> Vec<&ScalarValue> {
    match condition {
        ColumnCondition::Is(scalar) => vec![scalar],
        ColumnCondition::In(scalars) => scalars.iter().collect(),
        ColumnCondition::Between(span) => span.from.iter().chain(&span.to).collect(),
    }
}
