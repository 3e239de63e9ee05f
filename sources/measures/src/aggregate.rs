//! Aggregates the rows of each feature and slice into one value.

use super::filter::CompiledCondition;
use super::join::RowMembership;
use super::series::SliceSeries;
use super::slices::SlicePlan;
use super::sums::ExactScale;
use catalog::AggregateKind;

/// A column of rows: the rows' own, or one of the feature that each row belongs to.
pub(super) enum ColumnLookup<'t, T> {
    Own(&'t [T]),
    /// Values by feature, looked up through each row's feature.
    Linked(&'t [T], &'t RowLinks<'t>),
}

/// Feature of each row of values, by the number of its key's text.
pub(super) struct RowLinks<'t> {
    pub(super) keys: &'t [u32],
    pub(super) features: Vec<Option<u32>>,
}

impl RowLinks<'_> {
    pub(super) fn feature(&self, row: usize) -> Option<usize> {
        let key = *self.keys.get(row)?;
        Some(self.features.get(key as usize).copied()?? as usize)
    }
}

impl<T: Copy> ColumnLookup<'_, T> {
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<T> {
        match self {
            Self::Own(values) => values.get(row).copied(),
            Self::Linked(values, link) => values.get(link.feature(row)?).copied(),
        }
    }
}

/// A condition on rows, or on the features that rows belong to.
pub(super) struct RowTest<'t> {
    pub(super) test: CompiledCondition<'t>,
    pub(super) link: Option<&'t RowLinks<'t>>,
}

impl<'t> RowTest<'t> {
    /// The condition if it tests features, `None` if it tests rows.
    pub(super) fn on_features(&self) -> Option<&CompiledCondition<'t>> {
        self.link.is_some().then_some(&self.test)
    }

    pub(super) fn meets(&self, row: usize) -> bool {
        match self.link {
            None => self.test.meets(row),
            Some(link) => link.feature(row).is_some_and(|feature| self.test.meets(feature)),
        }
    }
}

/// Inputs of an aggregation.
pub(super) struct AggregationTask<'t> {
    pub(super) membership: &'t RowMembership<'t>,
    pub(super) plan: &'t SlicePlan,
    /// Number of features.
    pub(super) features: usize,
    /// Features for which no row means zero, by slice; `None` for all features. Without a
    /// row, values of the other features are no data.
    pub(super) present: Option<SliceSeries<bool>>,
    /// Features that can have rows; the others have no data. `None` for all features.
    pub(super) able: Option<Vec<bool>>,
}

/// Aggregated values, and the number of rows in each.
pub(super) struct AggregatedValues<T> {
    pub(super) values: SliceSeries<T>,
    pub(super) rows: SliceSeries<u32>,
}

impl AggregationTask<'_> {
    /// Aggregates numbers.
    pub(super) fn numbers(
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
            let (mut made, count) = match self.plan.rows(number) {
                None => (vec![none.clone(); self.features], vec![0; self.features]),
                Some(rows) => slice(number, rows),
            };
            if let Some(able) = &self.able {
                let unable = made.iter_mut().zip(able).filter(|(_, able)| !**able);
                unable.for_each(|(value, _)| *value = none.clone());
            }
            values.push(made);
            counts.push(count);
        }
        AggregatedValues { values: SliceSeries::sliced(values), rows: SliceSeries::sliced(counts) }
    }

    /// Whether no row means zero for a feature in a slice.
    fn is_present(&self, slice: usize, feature: usize) -> bool {
        let present = self.present.as_ref();
        present.is_none_or(|present| present.of(slice).get(feature) == Some(&true))
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
                if self.is_present(slice, feature) { f64::from(count) } else { f64::NAN }
            };
            (counts.iter().enumerate().map(value).collect(), counts)
        })
    }

    fn most_added(&self, rows: usize) -> usize {
        rows.max(self.membership.lists.pairs())
    }

    fn sum(
        &self,
        how: AggregateKind,
        column: &ColumnLookup<'_, f64>,
        rows: usize,
    ) -> AggregatedValues<f64> {
        let numbers = (0..rows).filter_map(|row| column.get(row));
        let scale = ExactScale::of(numbers, self.most_added(rows));
        let mut sums = vec![0i128; self.features];
        self.slices(f64::NAN, |slice, rows| {
            sums.fill(0);
            let mut counts = vec![0u32; self.features];
            // Rows without a number: where they are all, the sum is not known.
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
                (_, 0) if empty[feature] || !self.is_present(slice, feature) => f64::NAN,
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
        let most = self.most_added(rows);
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
                    // The one that is a number, where the other is not.
                    *value = match how {
                        AggregateKind::Min => value.min(number),
                        _ => value.max(number),
                    };
                    counts[feature as usize] += 1;
                }
            }
            if how == AggregateKind::Count {
                let count = |(feature, &count): (usize, &u32)| {
                    if self.is_present(slice, feature) { f64::from(count) } else { f64::NAN }
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
    pub(super) fn most(
        &self,
        column: &ColumnLookup<'_, u32>,
        distinct: &[Box<str>],
    ) -> AggregatedValues<u32> {
        // Numbers of texts go by the order of rows; their ranks do not.
        let mut ranked: Vec<usize> = (0..distinct.len()).collect();
        ranked.sort_unstable_by(|&a, &b| distinct[a].cmp(&distinct[b]));
        let mut rank = vec![0u32; distinct.len() + 1];
        for (place, &text) in ranked.iter().enumerate() {
            rank[text + 1] = place as u32 + 1;
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

    /// Number of contributing rows, or of distinct `owners` of rows, for each value:
    /// those whose part is not zero, or all if every part is. Owners are numbers from 1.
    pub(super) fn contributors(
        &self,
        part: Option<&ColumnLookup<'_, f64>>,
        known: Option<&ColumnLookup<'_, f64>>,
        owners: Option<&[u32]>,
    ) -> SliceSeries<u32> {
        let made = self.slices((), |_, rows| {
            // Whose row adds nothing is last.
            let mut found: Vec<(u32, bool, u32)> = Vec::new();
            for &row in rows {
                let at = row as usize;
                let of = |lookup: &ColumnLookup<'_, f64>| lookup.get(at).filter(|n| !n.is_nan());
                if known.is_some_and(|known| of(known).is_none()) {
                    continue;
                }
                let nothing = match part.map(of) {
                    Some(None) => continue,
                    Some(Some(number)) => number == 0.0,
                    None => false,
                };
                let owner = owners.map_or(row, |owners| owners.get(at).copied().unwrap_or(0));
                let features = self.membership.of(at);
                found.extend(features.iter().map(|&feature| (feature, nothing, owner)));
            }
            found.sort_unstable();
            found.dedup();
            let mut counts = vec![0u32; self.features];
            for group in found.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let count = &mut counts[group[0].0 as usize];
                if *count == 0 || !group[0].1 {
                    *count = group.len() as u32;
                }
            }
            (vec![(); self.features], counts)
        });
        made.rows
    }

    /// Whether each feature has any row, by slice.
    pub(super) fn presence(&self) -> SliceSeries<bool> {
        self.count().values.map(|counts| counts.iter().map(|&count| count > 0.0).collect())
    }
}
