//! Remainders: numbers that follow from public ones of the same rows, a whole less its
//! parts.
//!
//! A public whole and some of its public parts disclose the remainder. A small remainder
//! is suppressed by suppressing the parts, each in its own measure by the same rule, in
//! all layers.

use super::public_measures::public_measures;
use super::suppression::RowKind;
use crate::aggregating::series::SliceSeries;
use crate::audience::ResultAudience;
use crate::error::EvaluationError;
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::joining::bound_rows::BoundRows;
use crate::joining::resolved_rows::ResolvedRows;
use catalog::{
    AggregateKind, ColumnCondition, JoinedRows, MeasureOperation, RowAggregation, RowFilter,
};

/// A public whole and parts of it beside the current measure, none of which shares rows
/// with another.
#[derive(Debug, PartialEq, Eq)]
struct Remainder {
    whole: usize,
    parts: Vec<usize>,
}

/// Values and numbers of rows of another public measure.
struct PublicValues {
    values: SliceSeries<f64>,
    rows: Option<SliceSeries<f64>>,
}

/// Whether all rows that meet `narrow` meet `wide`.
fn covers(wide: &RowFilter, narrow: &RowFilter) -> bool {
    let met = |(name, wide): (&String, &ColumnCondition)| {
        narrow.get(name).is_some_and(|narrow| wide.covers(narrow))
    };
    wide.iter().all(met)
}

/// Whether no row meets both.
fn excludes(one: &RowFilter, other: &RowFilter) -> bool {
    one.iter()
        .any(|(name, condition)| other.get(name).is_some_and(|other| condition.excludes(other)))
}

/// Each subtraction of public parts from a public whole that leaves a remainder: this
/// measure alone, and with as many other parts as exclude each other.
fn remainders(own: &RowFilter, public: &[RowFilter]) -> Vec<Remainder> {
    let mut found = Vec::new();
    let wholes = (0..public.len()).filter(|&at| public[at] != *own && covers(&public[at], own));
    for whole in wholes {
        found.push(Remainder { whole, parts: Vec::new() });
        let others: Vec<usize> = (0..public.len())
            .filter(|&at| at != whole && covers(&public[whole], &public[at]))
            .filter(|&at| excludes(&public[at], own))
            .collect();
        for &first in &others {
            let mut parts = vec![first];
            for &other in &others {
                if parts.iter().all(|&part| excludes(&public[part], &public[other])) {
                    parts.push(other);
                }
            }
            parts.sort_unstable();
            let remainder = Remainder { whole, parts };
            if !found.contains(&remainder) {
                found.push(remainder);
            }
        }
    }
    found
}

/// A whole less a measure and those other parts that are public; a small part is not.
fn remainder_values(
    whole: &SliceSeries<f64>,
    own: &SliceSeries<f64>,
    parts: &[&SliceSeries<f64>],
    threshold: f64,
) -> SliceSeries<f64> {
    let lists = parts.iter().chain([&whole, &own]).map(|series| series.lists().len());
    let slices = lists.max().unwrap_or(1);
    let in_slice = |slice| {
        let pairs = whole.of(slice).iter().zip(own.of(slice));
        let mut remainder: Vec<f64> = pairs.map(|(whole, own)| whole - own).collect();
        for part in parts {
            for (remainder, &part) in remainder.iter_mut().zip(part.of(slice)) {
                *remainder -= if part >= threshold { part } else { 0.0 };
            }
        }
        remainder
    };
    SliceSeries::sliced((0..slices).map(in_slice).collect())
}

impl LayerEvaluation<'_> {
    /// The remainders of public wholes less this count or sum and other public parts of
    /// them.
    pub(crate) fn public_remainders(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        values: &SliceSeries<f64>,
    ) -> Result<Vec<SliceSeries<f64>>, EvaluationError> {
        let is_additive = matches!(aggregate.how, AggregateKind::Count | AggregateKind::Sum);
        let threshold = self.threshold(resolved.dataset).map_or(0.0, f64::from);
        if !is_additive
            || self.audience == ResultAudience::Full
            || !resolved.dataset.guards(aggregate)
        {
            return Ok(Vec::new());
        }
        let public = self.public_filters(aggregate, resolved);
        let remainders = remainders(&aggregate.rows.filter, &public);
        // A large amount may be that of one row.
        let of_amounts = self.row_kind(aggregate, resolved) == RowKind::Amounts;
        let count_rows = of_amounts && !remainders.is_empty();
        let own_rows = match count_rows {
            true => Some(self.aggregate_numbers(name, AggregateKind::Count, resolved, bound)?),
            false => None,
        };
        let mut known: Vec<Option<PublicValues>> = public.iter().map(|_| None).collect();
        for &at in remainders.iter().flat_map(|of| of.parts.iter().chain([&of.whole])) {
            if known[at].is_none() {
                let rows = JoinedRows { filter: public[at].clone(), ..aggregate.rows.clone() };
                let beside = (resolved, bound);
                known[at] = self.public_values(name, aggregate.how, &rows, beside, count_rows)?;
            }
        }
        let mut found = Vec::new();
        for Remainder { whole, parts } in &remainders {
            let Some(whole) = &known[*whole] else { continue };
            let parts: Vec<_> = parts.iter().filter_map(|&at| known[at].as_ref()).collect();
            let of_parts: Vec<_> = parts.iter().map(|part| &part.values).collect();
            found.push(remainder_values(&whole.values, values, &of_parts, threshold));
            if let (Some(whole), Some(own)) = (&whole.rows, &own_rows) {
                let of_parts: Vec<_> = parts.iter().filter_map(|part| part.rows.as_ref()).collect();
                found.push(remainder_values(whole, own, &of_parts, threshold));
            }
        }
        Ok(found)
    }

    /// Values of the same measure of other rows; `None` if the conditions select rows of
    /// another part.
    fn public_values(
        &self,
        name: &str,
        how: AggregateKind,
        rows: &JoinedRows,
        (beside, bound): (&ResolvedRows<'_>, &BoundRows<'_>),
        count_rows: bool,
    ) -> Result<Option<PublicValues>, EvaluationError> {
        let resolved = self.resolve_rows(name, rows, None)?;
        if resolved.part != beside.part {
            return Ok(None);
        }
        let values = self.aggregate_numbers(name, how, &resolved, bound)?;
        let rows = match count_rows {
            true => Some(self.aggregate_numbers(name, AggregateKind::Count, &resolved, bound)?),
            false => None,
        };
        Ok(Some(PublicValues { values, rows }))
    }

    /// Conditions of the same measure that are public beside this one.
    fn public_filters(
        &self,
        aggregate: &RowAggregation,
        resolved: &ResolvedRows<'_>,
    ) -> Vec<RowFilter> {
        let rows = &aggregate.rows;
        // Features that everybody sees need no measure to be counted.
        let known = resolved.dataset.known_conditions(&rows.filter);
        let mut found: Vec<RowFilter> = known.into_iter().collect();
        let stats_over = self.catalog.district.stats_areas.as_ref();
        let beside = public_measures(self.catalog).map(|public| public.set).filter(|other| {
            // The statistics by area include the measures of all layers.
            other.period == self.set.period
                && (other.carrier == self.set.carrier || stats_over == Some(&self.set.carrier))
        });
        for measure in beside.flat_map(|set| &set.measures) {
            let MeasureOperation::Aggregate(other) = &measure.operation else { continue };
            let same = JoinedRows { filter: rows.filter.clone(), ..other.rows.clone() } == *rows;
            if other.how == aggregate.how && same && !found.contains(&other.rows.filter) {
                found.push(other.rows.filter.clone());
            }
        }
        found
    }
}
