//! Values of a figure that the public must not see besides small numbers: those of few
//! contributors, rests of public wholes, sums that tell pairs of a flow.

use super::aggregate::{Lookup, Made, Task};
use super::evaluate::Evaluation;
use super::flow::{Pairs, part_of};
use super::reference::{JoinBy, Reference};
use super::series::Series;
use super::suppress::{Groups, RowKind, held_sums};
use super::tables::{Bound, membership};
use super::{DeriveError, Form, Part, figures_of};
use crate::DatasetId;
use crate::catalog::{
    Aggregate, AggregateKind, Catalog, Condition, Dataset, FigureSet, Filter, Flow, Operation,
    Rows, Visibility,
};

/// End of a flow by which an aggregate adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    From,
    To,
}

/// The public flow whose sums by place an aggregate is, and its own bound.
fn flow_of<'c>(
    catalog: &'c Catalog,
    aggregate: &Aggregate,
    reference: &Reference<'_>,
    over: &DatasetId,
) -> Option<(&'c Flow, Option<u32>, End)> {
    let JoinBy::Key(key) = reference.join else { return None };
    public_sets(catalog).find_map(|(set, flow)| {
        let flow = flow?;
        let same = |operation: &Operation| match operation {
            Operation::Aggregate(other) => {
                other.how == aggregate.how
                    && other.rows.column == aggregate.rows.column
                    && other.rows.filter == aggregate.rows.filter
            }
            _ => false,
        };
        let of_flow = flow.dataset == reference.dataset.id
            && flow.between == *over
            && set.figures.iter().any(|figure| same(&figure.operation));
        let end = match key {
            _ if !of_flow => return None,
            key if key == flow.from => End::From,
            key if key == flow.to => End::To,
            _ => return None,
        };
        Some((flow, set.suppress, end))
    })
}

/// The public flow whose sums by place an aggregate is: what they need of its rows.
pub(super) fn flow_needed<'c>(
    catalog: &'c Catalog,
    aggregate: &Aggregate,
    reference: &Reference<'_>,
    over: &DatasetId,
) -> Option<&'c Flow> {
    flow_of(catalog, aggregate, reference, over).map(|(flow, ..)| flow)
}

/// The sets of figures that the public gets, and the flows that they stand on.
pub(super) fn public_sets(catalog: &Catalog) -> impl Iterator<Item = (&FigureSet, Option<&Flow>)> {
    let public = catalog.layers.iter().filter(|layer| layer.visibility == Visibility::Public);
    public.filter_map(|layer| figures_of(layer, Form::Public))
}

/// Conditions of what the public knows beside an aggregate, of which its own are a part:
/// the same rows and others.
fn wider(
    catalog: &Catalog,
    set: &FigureSet,
    aggregate: &Aggregate,
    dataset: &Dataset,
) -> Vec<Filter> {
    let rows = &aggregate.rows;
    // Features that everybody sees need no figure to be counted.
    let mut found: Vec<Filter> = dataset.known_conditions(&rows.filter).into_iter().collect();
    let counted_by = catalog.district.stats_over.as_ref();
    let beside = public_sets(catalog).map(|(set, _)| set).filter(|other| {
        // Whatever features carry figures, they are told by these areas.
        other.time == set.time && (other.over == set.over || counted_by == Some(&set.over))
    });
    for figure in beside.flat_map(|set| &set.figures) {
        let Operation::Aggregate(other) = &figure.operation else { continue };
        let filter = &other.rows.filter;
        let same = Rows { filter: rows.filter.clone(), ..other.rows.clone() } == *rows;
        let met = |(name, wide): (&String, &Condition)| {
            rows.filter.get(name).is_some_and(|narrow| wide.covers(narrow))
        };
        if other.how == aggregate.how
            && same
            && *filter != rows.filter
            && filter.iter().all(met)
            && !found.contains(filter)
        {
            found.push(filter.clone());
        }
    }
    found
}

/// The number of the feature that each row of values is about: all rows of one person,
/// firm, thing or area are one contribution.
fn owners<'t>(reference: &Reference<'_>, bound: &Bound<'t>) -> Option<&'t [u32]> {
    let link = reference.link.filter(|_| reference.part == Part::Values)?;
    let texts = bound.rows.columns.get(link)?.texts.as_ref()?;
    Some(&texts.rows)
}

/// The smaller of two numbers of each value.
pub(super) fn fewest(one: &Series<u32>, other: &Series<u32>) -> Series<u32> {
    let slices = one.lists().len().max(other.lists().len());
    let least = |at| one.of(at).iter().zip(other.of(at)).map(|(a, b)| *a.min(b)).collect();
    Series::sliced((0..slices).map(least).collect())
}

/// The sums that means are of.
pub(super) fn sums_of(made: &Made<f64>) -> Series<f64> {
    let slices = made.values.lists().len().max(made.rows.lists().len());
    let sums = |at| {
        let pairs = made.values.of(at).iter().zip(made.rows.of(at));
        pairs.map(|(mean, &rows)| mean * f64::from(rows)).collect()
    };
    Series::sliced((0..slices).map(sums).collect())
}

/// The differences between a whole and a part of it.
fn rest(whole: &Series<f64>, part: &Series<f64>) -> Series<f64> {
    let slices = whole.lists().len().max(part.lists().len());
    let of = |at| whole.of(at).iter().zip(part.of(at)).map(|(a, b)| a - b).collect();
    Series::sliced((0..slices).map(of).collect())
}

impl Evaluation<'_> {
    /// Kind of an aggregate's rows, as the public may know them.
    pub(super) fn row_kind(&self, aggregate: &Aggregate, reference: &Reference<'_>) -> RowKind {
        let dataset = reference.dataset;
        let columns = aggregate.rows.column.iter().chain(&aggregate.weight);
        let hidden = columns.into_iter().any(|name| dataset.hides(name));
        let of_values = reference.part == Part::Values;
        let amounts = dataset.guards(aggregate) && dataset.holds_amounts(of_values);
        match reference.part {
            _ if hidden || amounts => RowKind::Amounts,
            Part::Features => RowKind::Things,
            Part::Values => RowKind::Statistics,
        }
    }

    /// Numbers of persons, firms, things or areas with a part in each value; `None` where
    /// these are the numbers of rows. The columns are those of values and of weights.
    pub(super) fn parts(
        &self,
        aggregate: &Aggregate,
        reference: &Reference<'_>,
        bound: &Bound<'_>,
        task: &Task<'_>,
        [column, weight]: [Option<&Lookup<'_, f64>>; 2],
    ) -> Option<Series<u32>> {
        if self.form == Form::Full || aggregate.how == AggregateKind::Count {
            return None;
        }
        // A sum of numbers of things is compared itself.
        let adds = aggregate.how == AggregateKind::Sum;
        let guarded = reference.dataset.guards(aggregate);
        let areas = reference.part == Part::Values && guarded && !adds;
        if self.row_kind(aggregate, reference) != RowKind::Amounts && !areas {
            return None;
        }
        // A row that adds nothing, or has no weight, is no part of a few.
        let part = if adds { column } else { weight };
        Some(task.contributors(part, column, owners(reference, bound)))
    }

    /// Differences between public counts or sums of more rows and this one.
    pub(super) fn rests(
        &self,
        name: &str,
        aggregate: &Aggregate,
        reference: &Reference<'_>,
        bound: &Bound<'_>,
        values: &Series<f64>,
    ) -> Result<Vec<Series<f64>>, DeriveError> {
        let adds = matches!(aggregate.how, AggregateKind::Count | AggregateKind::Sum);
        if !adds || self.form == Form::Full || !reference.dataset.guards(aggregate) {
            return Ok(Vec::new());
        }
        let filters = wider(self.catalog, self.set, aggregate, reference.dataset);
        // A large amount may be that of one row.
        let amounts = self.row_kind(aggregate, reference) == RowKind::Amounts;
        let own_rows = match amounts && !filters.is_empty() {
            true => Some(self.numbers(name, AggregateKind::Count, reference, bound)?),
            false => None,
        };
        let mut rests = Vec::new();
        for filter in filters {
            let rows = Rows { filter, ..aggregate.rows.clone() };
            let whole = self.reference(name, &rows, None)?;
            // Fewer conditions may be met by rows of another part.
            if whole.part != reference.part {
                continue;
            }
            rests.push(rest(&self.numbers(name, aggregate.how, &whole, bound)?, values));
            if let Some(own_rows) = &own_rows {
                let rows = self.numbers(name, AggregateKind::Count, &whole, bound)?;
                rests.push(rest(&rows, own_rows));
            }
        }
        Ok(rests)
    }

    /// The values of an aggregate of these rows.
    fn numbers(
        &self,
        name: &str,
        how: AggregateKind,
        reference: &Reference<'_>,
        bound: &Bound<'_>,
    ) -> Result<Series<f64>, DeriveError> {
        let over = (self.carrier.dataset, &*self.carrier.rows);
        let membership = match &self.carrier.pairs {
            Some(pairs) => pairs.membership().map(Some),
            None => membership(bound, reference, over, &self.spatial, self.plane),
        };
        let membership = membership.map_err(|fault| self.too_many(fault))?;
        let membership = membership.ok_or_else(|| self.fault(name, "its rows can't be joined"))?;
        let plan = self.plan(reference, bound, false);
        let task = self.task(reference, &membership, &plan);
        let column = reference.column.and_then(|column| bound.numbers(column));
        Ok(task.numbers(how, column.as_ref(), None, bound.rows.len).values)
    }

    /// Sums of a public flow that are kept back together with its pairs; `None` of an
    /// aggregate that is no such sum.
    pub(super) fn held_sums(
        &self,
        name: &str,
        aggregate: &Aggregate,
        reference: &Reference<'_>,
        bound: &Bound<'_>,
    ) -> Result<Option<Series<bool>>, DeriveError> {
        if self.form == Form::Full || self.carrier.pairs.is_some() {
            return Ok(None);
        }
        let over = self.carrier.dataset;
        let Some((flow, own, end)) = flow_of(self.catalog, aggregate, reference, &over.id) else {
            return Ok(None);
        };
        let least = reference.dataset.suppress_below().max(own).max(self.set.suppress);
        let (Some(least), true) = (least, part_of(flow, reference.dataset) == reference.part)
        else {
            return Ok(None);
        };
        let places = &self.carrier.rows;
        let pairs = Pairs::new(flow, reference.part, bound.rows, (over, places))
            .map_err(|fault| self.too_many(fault))?;
        let Some(pairs) = pairs else {
            return Err(self.fault(name, "the ends of its movements have not been read"));
        };
        let membership = pairs.membership().map_err(|fault| self.too_many(fault))?;
        let plan = self.plan(reference, bound, false);
        let mut task = self.task(reference, &membership, &plan);
        task.features = pairs.len();
        let column = reference.column.and_then(|column| bound.numbers(column));
        let cells = task.numbers(aggregate.how, column.as_ref(), None, bound.rows.len).values;
        let groups = Groups::of_ends(&pairs.ends, places.len);
        Ok(Some(cells.map(|cells| match (held_sums(cells, least, &groups), end) {
            (Some(sums), End::From) => sums.from,
            (Some(sums), End::To) => sums.to,
            (None, _) => vec![false; places.len],
        })))
    }
}
