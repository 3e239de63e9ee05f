//! Aggregates the rows of each feature and slice into one value.

use super::exact_sum::ExactScale;
use super::series::SliceSeries;
use super::slices::SlicePlan;
use crate::joining::column_lookup::ColumnLookup;
use crate::joining::join::RowMembership;
use catalog::AggregateKind;

/// Inputs of an aggregation.
pub(crate) struct AggregationTask<'t> {
    pub(crate) membership: &'t RowMembership<'t>,
    pub(crate) plan: &'t SlicePlan,
    /// Number of features.
    pub(crate) features: usize,
    /// Features for which no row means zero, by slice; `None` for all features. Without a
    /// row, values of the other features are no data.
    pub(crate) zero_without_rows: Option<SliceSeries<bool>>,
    /// Features that can have rows; the others have no data. `None` for all features.
    pub(crate) can_have_rows: Option<Vec<bool>>,
}

/// Aggregated values, and the number of rows in each.
pub(crate) struct AggregatedValues<T> {
    pub(crate) values: SliceSeries<T>,
    pub(crate) rows: SliceSeries<u32>,
}

/// Contribution of an owner to a feature's value; zero contributions sort last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Contribution {
    feature: u32,
    is_zero: bool,
    owner: u32,
}

impl AggregationTask<'_> {
    /// Aggregates numbers.
    pub(crate) fn numbers(
        &self,
        how: AggregateKind,
        column: Option<&ColumnLookup<'_, f64>>,
        weight: Option<&ColumnLookup<'_, f64>>,
        rows: usize,
    ) -> AggregatedValues<f64> {
        match (how, column, weight) {
            (AggregateKind::Count, None, _) => self.count(),
            (AggregateKind::Mean, Some(column), Some(weight)) => {
                self.weighted(column, weight, rows)
            }
            (AggregateKind::Sum | AggregateKind::Mean, Some(column), _) => {
                self.sum(how, column, rows)
            }
            (AggregateKind::Median, Some(column), _) => self.median(column),
            (_, Some(column), _) => self.fold(how, column),
            (_, None, _) => {
                let none = vec![f64::NAN; self.features];
                AggregatedValues {
                    values: SliceSeries::constant(none),
                    rows: SliceSeries::constant(vec![0; self.features]),
                }
            }
        }
    }

    /// Calls `slice` with the rows of each slice, and collects the results.
    fn slices<T: Clone>(
        &self,
        none: T,
        mut slice: impl FnMut(usize, &[u32]) -> (Vec<T>, Vec<u32>),
    ) -> AggregatedValues<T> {
        let (mut values, mut counts) = (Vec::<Vec<T>>::new(), Vec::<Vec<u32>>::new());
        for number in 0..self.plan.len() {
            if self.plan.repeats(number)
                && let (Some(value), Some(count)) = (values.last().cloned(), counts.last().cloned())
            {
                values.push(value);
                counts.push(count);
                continue;
            }
            let (mut in_slice, count) = match self.plan.rows(number) {
                None => (vec![none.clone(); self.features], vec![0; self.features]),
                Some(rows) => slice(number, rows),
            };
            if let Some(can_have_rows) = &self.can_have_rows {
                let without = in_slice.iter_mut().zip(can_have_rows).filter(|(_, can)| !**can);
                without.for_each(|(value, _)| *value = none.clone());
            }
            values.push(in_slice);
            counts.push(count);
        }
        AggregatedValues { values: SliceSeries::sliced(values), rows: SliceSeries::sliced(counts) }
    }

    /// Whether no row means zero for a feature in a slice.
    fn is_zero_without_rows(&self, slice: usize, feature: usize) -> bool {
        let zeros = self.zero_without_rows.as_ref();
        zeros.is_none_or(|zeros| zeros.of(slice).get(feature) == Some(&true))
    }

    fn count(&self) -> AggregatedValues<f64> {
        self.slices(f64::NAN, |slice, rows| {
            let mut counts = vec![0u32; self.features];
            for &row in rows {
                for &feature in self.membership.of(row as usize) {
                    counts[feature as usize] += 1;
                }
            }
            let value = |(feature, &count): (usize, &u32)| {
                if self.is_zero_without_rows(slice, feature) { f64::from(count) } else { f64::NAN }
            };
            (counts.iter().enumerate().map(value).collect(), counts)
        })
    }

    fn most_summands(&self, rows: usize) -> usize {
        rows.max(self.membership.lists.pairs())
    }

    fn sum(
        &self,
        how: AggregateKind,
        column: &ColumnLookup<'_, f64>,
        rows: usize,
    ) -> AggregatedValues<f64> {
        let numbers = (0..rows).filter_map(|row| column.get(row));
        let scale = ExactScale::of(numbers, self.most_summands(rows));
        let mut sums = vec![0i128; self.features];
        self.slices(f64::NAN, |slice, rows| {
            sums.fill(0);
            let mut counts = vec![0u32; self.features];
            // Features with a row without a number: if no row has one, the sum is no data.
            let mut empty = vec![false; self.features];
            for &row in rows {
                let features = self.membership.of(row as usize);
                match column.get(row as usize).filter(|number| !number.is_nan()) {
                    Some(number) => {
                        let multiple = scale.multiple(number);
                        for &feature in features {
                            sums[feature as usize] += multiple;
                            counts[feature as usize] += 1;
                        }
                    }
                    None => features.iter().for_each(|&feature| empty[feature as usize] = true),
                }
            }
            let value = |(feature, &count): (usize, &u32)| match (how, count) {
                (AggregateKind::Mean, 0) => f64::NAN,
                (AggregateKind::Mean, count) => scale.number(sums[feature]) / f64::from(count),
                (_, 0) if empty[feature] || !self.is_zero_without_rows(slice, feature) => f64::NAN,
                _ => scale.number(sums[feature]),
            };
            (counts.iter().enumerate().map(value).collect(), counts)
        })
    }

    fn weighted(
        &self,
        column: &ColumnLookup<'_, f64>,
        weight: &ColumnLookup<'_, f64>,
        rows: usize,
    ) -> AggregatedValues<f64> {
        let pair = |row: usize| {
            let (number, weight) = (column.get(row)?, weight.get(row)?);
            let product = number * weight;
            product.is_finite().then_some((product, weight))
        };
        let most = self.most_summands(rows);
        let products = ExactScale::of((0..rows).filter_map(pair).map(|(product, _)| product), most);
        let weights = ExactScale::of((0..rows).filter_map(pair).map(|(_, weight)| weight), most);
        self.slices(f64::NAN, |_, rows| {
            let mut sums = vec![(0i128, 0i128); self.features];
            let mut counts = vec![0u32; self.features];
            for &row in rows {
                let Some((product, weight)) = pair(row as usize) else { continue };
                let (product, weight) = (products.multiple(product), weights.multiple(weight));
                for &feature in self.membership.of(row as usize) {
                    let sum = &mut sums[feature as usize];
                    *sum = (sum.0 + product, sum.1 + weight);
                    counts[feature as usize] += 1;
                }
            }
            let value = |&(product, weight): &(i128, i128)| {
                let quotient = products.number(product) / weights.number(weight);
                if weight == 0 || !quotient.is_finite() { f64::NAN } else { quotient }
            };
            (sums.iter().map(value).collect(), counts)
        })
    }

    fn fold(&self, how: AggregateKind, column: &ColumnLookup<'_, f64>) -> AggregatedValues<f64> {
        self.slices(f64::NAN, |slice, rows| {
            let mut values = vec![f64::NAN; self.features];
            let mut counts = vec![0u32; self.features];
            for &row in rows {
                let Some(number) = column.get(row as usize).filter(|n| !n.is_nan()) else {
                    continue;
                };
                for &feature in self.membership.of(row as usize) {
                    let value = &mut values[feature as usize];
                    // `min` and `max` of NaN and a number return the number.
                    *value = match how {
                        AggregateKind::Min => value.min(number),
                        _ => value.max(number),
                    };
                    counts[feature as usize] += 1;
                }
            }
            if how == AggregateKind::Count {
                let count = |(feature, &count): (usize, &u32)| {
                    if self.is_zero_without_rows(slice, feature) {
                        f64::from(count)
                    } else {
                        f64::NAN
                    }
                };
                values = counts.iter().enumerate().map(count).collect();
            }
            (values, counts)
        })
    }

    fn median(&self, column: &ColumnLookup<'_, f64>) -> AggregatedValues<f64> {
        self.slices(f64::NAN, |_, rows| {
            let mut found = Vec::new();
            for &row in rows {
                let Some(number) = column.get(row as usize).filter(|n| !n.is_nan()) else {
                    continue;
                };
                let features = self.membership.of(row as usize);
                found.extend(features.iter().map(|&feature| (feature, number)));
            }
            found.sort_unstable_by(|a: &(u32, f64), b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let mut values = vec![f64::NAN; self.features];
            let mut counts = vec![0u32; self.features];
            for group in found.chunk_by(|a, b| a.0 == b.0) {
                let feature = group[0].0 as usize;
                let (low, high) = (group[(group.len() - 1) / 2].1, group[group.len() / 2].1);
                values[feature] = low + (high - low) * 0.5;
                counts[feature] = group.len() as u32;
            }
            (values, counts)
        })
    }

    /// The most frequent text of each feature; ties go to the smallest text.
    pub(crate) fn most(
        &self,
        column: &ColumnLookup<'_, u32>,
        distinct: &[Box<str>],
    ) -> AggregatedValues<u32> {
        // Indexes of texts depend on the order of rows; their ranks do not.
        let mut ranked: Vec<usize> = (0..distinct.len()).collect();
        ranked.sort_unstable_by(|&a, &b| distinct[a].cmp(&distinct[b]));
        let mut rank = vec![0u32; distinct.len() + 1];
        for (position, &text) in ranked.iter().enumerate() {
            rank[text + 1] = position as u32 + 1;
        }
        self.slices(0, |_, rows| {
            let mut found = Vec::new();
            for &row in rows {
                let text = column.get(row as usize).and_then(|id| rank.get(id as usize).copied());
                let Some(text) = text.filter(|&text| text > 0) else { continue };
                let features = self.membership.of(row as usize);
                found.extend(features.iter().map(|&feature| (feature, text)));
            }
            found.sort_unstable();
            let mut values = vec![0u32; self.features];
            let mut counts = vec![0u32; self.features];
            for group in found.chunk_by(|a, b| a.0 == b.0) {
                let feature = group[0].0 as usize;
                counts[feature] = group.len() as u32;
                let mut best = 0;
                for run in group.chunk_by(|a, b| a.1 == b.1).filter(|run| !run.is_empty()) {
                    if run.len() > best {
                        best = run.len();
                        values[feature] = ranked[run[0].1 as usize - 1] as u32 + 1;
                    }
                }
            }
            (values, counts)
        })
    }

    /// Number of contributing rows, or of distinct `owners` of rows, for each value: those
    /// whose contribution is not zero, or all if every contribution is. Owners are numbers
    /// from 1.
    pub(crate) fn contributors(
        &self,
        contribution: Option<&ColumnLookup<'_, f64>>,
        known: Option<&ColumnLookup<'_, f64>>,
        owners: Option<&[u32]>,
    ) -> SliceSeries<u32> {
        let counted = self.slices((), |_, rows| {
            let mut found = Vec::new();
            for &row in rows {
                let at = row as usize;
                let of = |lookup: &ColumnLookup<'_, f64>| lookup.get(at).filter(|n| !n.is_nan());
                if known.is_some_and(|known| of(known).is_none()) {
                    continue;
                }
                let is_zero = match contribution.map(of) {
                    Some(None) => continue,
                    Some(Some(number)) => number == 0.0,
                    None => false,
                };
                let owner = owners.map_or(row, |owners| owners.get(at).copied().unwrap_or(0));
                let features = self.membership.of(at);
                let of_feature = |&feature: &u32| Contribution { feature, is_zero, owner };
                found.extend(features.iter().map(of_feature));
            }
            found.sort_unstable();
            found.dedup();
            let mut counts = vec![0u32; self.features];
            let is_group = |a: &Contribution, b: &Contribution| {
                (a.feature, a.is_zero) == (b.feature, b.is_zero)
            };
            for group in found.chunk_by(is_group) {
                let count = &mut counts[group[0].feature as usize];
                if *count == 0 || !group[0].is_zero {
                    *count = group.len() as u32;
                }
            }
            (vec![(); self.features], counts)
        });
        counted.rows
    }

    /// Whether each feature has any row, by slice.
    pub(crate) fn has_rows(&self) -> SliceSeries<bool> {
        self.count().values.map(|counts| counts.iter().map(|&count| count > 0.0).collect())
    }
}
