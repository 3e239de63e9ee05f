//! Numbers that follow from several public ones of the same rows: a whole less its parts.
//!
//! A public whole and some of its public parts disclose the rest. A small rest is
//! suppressed by suppressing the parts, each in its own measure by the same rule: so all
//! of them are, in whatever layers they are.

use super::evaluate::LayerEvaluation;
use super::kept_back::public_sets;
use super::resolved_rows::ResolvedRows;
use super::series::SliceSeries;
use super::suppress::RowKind;
use super::tables::BoundRows;
use super::{DeriveError, ResultAudience};
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
struct Known {
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

/// Each subtraction of public parts from a public whole that leaves a rest: of this
/// measure alone, and with as many others as exclude each other.
fn remainders(own: &RowFilter, told: &[RowFilter]) -> Vec<Remainder> {
    let mut found = Vec::new();
    let wholes = (0..told.len()).filter(|&at| told[at] != *own && covers(&told[at], own));
    for whole in wholes {
        found.push(Remainder { whole, parts: Vec::new() });
        let others: Vec<usize> = (0..told.len())
            .filter(|&at| at != whole && covers(&told[whole], &told[at]))
            .filter(|&at| excludes(&told[at], own))
            .collect();
        for &first in &others {
            let mut parts = vec![first];
            for &other in &others {
                if parts.iter().all(|&part| excludes(&told[part], &told[other])) {
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
fn rest(
    whole: &SliceSeries<f64>,
    own: &SliceSeries<f64>,
    parts: &[&SliceSeries<f64>],
    least: f64,
) -> SliceSeries<f64> {
    let lists = parts.iter().chain([&whole, &own]).map(|series| series.lists().len());
    let slices = lists.max().unwrap_or(1);
    let of = |at| {
        let mut rest: Vec<f64> =
            whole.of(at).iter().zip(own.of(at)).map(|(whole, own)| whole - own).collect();
        for part in parts {
            for (rest, &part) in rest.iter_mut().zip(part.of(at)) {
                *rest -= if part >= least { part } else { 0.0 };
            }
        }
        rest
    };
    SliceSeries::sliced((0..slices).map(of).collect())
}

impl LayerEvaluation<'_> {
    /// The rests of public wholes less this count or sum and other public parts of them.
    pub(super) fn rests(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        values: &SliceSeries<f64>,
    ) -> Result<Vec<SliceSeries<f64>>, DeriveError> {
        let adds = matches!(aggregate.how, AggregateKind::Count | AggregateKind::Sum);
        let least = self.least(reference.dataset).map_or(0.0, f64::from);
        if !adds || self.form == ResultAudience::Full || !reference.dataset.guards(aggregate) {
            return Ok(Vec::new());
        }
        let told = self.told(aggregate, reference);
        let remainders = remainders(&aggregate.rows.filter, &told);
        // A large amount may be that of one row.
        let amounts = self.row_kind(aggregate, reference) == RowKind::Amounts;
        let amounts = amounts && !remainders.is_empty();
        let own = match amounts {
            true => Some(self.numbers(name, AggregateKind::Count, reference, bound)?),
            false => None,
        };
        let mut known: Vec<Option<Known>> = told.iter().map(|_| None).collect();
        for &at in remainders.iter().flat_map(|of| of.parts.iter().chain([&of.whole])) {
            if known[at].is_none() {
                let rows = JoinedRows { filter: told[at].clone(), ..aggregate.rows.clone() };
                known[at] = self.known(name, aggregate.how, &rows, (reference, amounts), bound)?;
            }
        }
        let mut rests = Vec::new();
        for Remainder { whole, parts } in &remainders {
            let Some(whole) = &known[*whole] else { continue };
            let parts: Vec<&Known> = parts.iter().filter_map(|&at| known[at].as_ref()).collect();
            let of: Vec<_> = parts.iter().map(|part| &part.values).collect();
            rests.push(rest(&whole.values, values, &of, least));
            if let (Some(whole), Some(own)) = (&whole.rows, &own) {
                let of: Vec<_> = parts.iter().filter_map(|part| part.rows.as_ref()).collect();
                rests.push(rest(whole, own, &of, least));
            }
        }
        Ok(rests)
    }

    /// Values of the same measure of other rows; `None` if the conditions select rows of
    /// another part.
    fn known(
        &self,
        name: &str,
        how: AggregateKind,
        rows: &JoinedRows,
        (beside, amounts): (&ResolvedRows<'_>, bool),
        bound: &BoundRows<'_>,
    ) -> Result<Option<Known>, DeriveError> {
        let of = self.reference(name, rows, None)?;
        if of.part != beside.part {
            return Ok(None);
        }
        let values = self.numbers(name, how, &of, bound)?;
        let rows = match amounts {
            true => Some(self.numbers(name, AggregateKind::Count, &of, bound)?),
            false => None,
        };
        Ok(Some(Known { values, rows }))
    }

    /// Conditions of the same measure that are public beside this one.
    fn told(&self, aggregate: &RowAggregation, reference: &ResolvedRows<'_>) -> Vec<RowFilter> {
        let rows = &aggregate.rows;
        // Features that everybody sees need no measure to be counted.
        let known = reference.dataset.known_conditions(&rows.filter);
        let mut found: Vec<RowFilter> = known.into_iter().collect();
        let counted_by = self.catalog.district.stats_over.as_ref();
        let beside = public_sets(self.catalog).map(|(set, _)| set).filter(|other| {
            // Whatever features carry measures, they are told by these areas.
            other.time == self.set.time
                && (other.over == self.set.over || counted_by == Some(&self.set.over))
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
