//! Checks that published aggregates do not disclose single rows.

use super::Checker;
use super::public_measures::is_suppressed;
use super::statistics::of_values;
use crate::read::{DeclaredDataset, KeyLocation};
use crate::{
    AggregateKind, Dataset, LogicalType, Measure, MeasureOperation, MeasureSet, RowAggregation,
    RowJoin, Sensitivity,
};
use data_model::feature::GeometryKind;

/// Smallest suppression threshold for rows that are not public; of two rows, each owner
/// could subtract their own.
pub(super) const LEAST_BOUND: u32 = 3;

impl Checker<'_> {
    pub(super) fn public_aggregate(
        &self,
        at: &KeyLocation,
        set: &MeasureSet,
        aggregate: &RowAggregation,
        dataset: &Dataset,
        over: Option<&DeclaredDataset>,
    ) {
        let suppressed = is_suppressed(set, dataset);
        let how = MeasureOperation::Aggregate(aggregate.clone()).key();
        let columns = aggregate.rows.column.iter().chain(&aggregate.weight);
        let single = self.single_value(at, how, aggregate, dataset);
        for name in columns.filter(|_| !single) {
            if dataset.bands(name) {
                self.public_value(at, dataset, name, how);
            } else if dataset.hides(name) && !suppressed {
                let problem = format!("{name} of {} is hidden from the public", dataset.id);
                self.add(at, problem, "add suppression_threshold = 5, or make the layer staff");
            }
        }
        if dataset.sensitivity == Sensitivity::Public {
            return;
        }
        let areas = over.is_none_or(|over| over.dataset.geometry != GeometryKind::Point);
        if !areas {
            let problem = format!("{} is not public, and points are no areas", dataset.id);
            let remedy = "give the layer a [layer.public] over areas, or make it staff";
            self.add(at, problem, remedy);
        } else if !suppressed {
            let problem = format!("{} is not public, and small numbers are shown", dataset.id);
            self.add(at, problem, "add suppression_threshold = 5, or make the layer staff");
        }
    }

    /// Adds a fault if an aggregate discloses the protected value of a single row.
    ///
    /// Returns whether there is a fault. A minimum and a maximum are the value of one row;
    /// a median, of one or two, however many rows there are.
    fn single_value(
        &self,
        at: &KeyLocation,
        how: &str,
        aggregate: &RowAggregation,
        dataset: &Dataset,
    ) -> bool {
        let most = aggregate.how == AggregateKind::MostFrequent;
        let single = most
            || matches!(
                aggregate.how,
                AggregateKind::Min | AggregateKind::Max | AggregateKind::Median
            );
        let rows = &aggregate.rows;
        let Some(column) = rows.column.as_ref().filter(|_| single) else { return false };
        if dataset.hides(column) || dataset.bands(column) {
            self.public_value(at, dataset, column, how);
        } else if let Some(name) = rows.filter.keys().find(|name| dataset.hides(name)) {
            let problem = format!(
                "{name} of {} is hidden, and {how} tells the value of a row that it chooses",
                dataset.id
            );
            self.add(at, problem, "count the rows, or make the layer staff");
        } else if most {
            return false;
        } else if dataset.sensitivity != Sensitivity::Public {
            let problem =
                format!("{} is not public, and {how} tells the value of one row", dataset.id);
            self.add(at, problem, "take the mean, or make the layer staff");
        } else if let Some(below) = dataset.suppress_below().filter(|_| counts(dataset, column)) {
            let problem = format!(
                "{how} tells one number of {}, and {column} may be below {below}",
                dataset.id
            );
            self.add(at, problem, "take the sum or the mean, or make the layer staff");
        } else {
            return false;
        }
        true
    }

    /// Checks that the suppression threshold over non-public rows is at least
    /// [`LEAST_BOUND`].
    pub(super) fn public_bound(&self, place: &KeyLocation, set: &MeasureSet) {
        let Some(below) =
            set.suppression_threshold.filter(|below| (2..LEAST_BOUND).contains(below))
        else {
            return;
        };
        let secret = set.measures.iter().find_map(|measure| {
            let MeasureOperation::Aggregate(aggregate) = &measure.operation else { return None };
            let dataset = &self.datasets.get(aggregate.rows.dataset.as_str())?.dataset;
            let enough = dataset.suppress_below().is_some_and(|below| below >= LEAST_BOUND);
            let hidden = dataset.hides_any(aggregate);
            let secret = hidden || dataset.sensitivity != Sensitivity::Public;
            (secret && !enough).then_some(dataset)
        });
        if let Some(dataset) = secret {
            let problem = format!(
                "numbers of {below} are shown of {}, and of two each knows the other's part",
                dataset.id
            );
            let remedy = format!("write {LEAST_BOUND} at least, such as 5");
            self.add(&place.at("suppression_threshold"), problem, remedy);
        }
    }

    /// Checks the key by which rows of values join features, if the measure names none.
    pub(super) fn public_link(
        &self,
        at: &KeyLocation,
        aggregate: &RowAggregation,
        dataset: &Dataset,
    ) {
        let RowAggregation { rows, weight, .. } = aggregate;
        if let Some(values) = &dataset.values
            && rows.key.is_none()
            && of_values(dataset, rows, weight.as_deref())
        {
            self.public_grouping(at, dataset, &values.key);
        }
    }

    /// Checks a published sum over guarded rows: its small numbers must be suppressible.
    pub(super) fn public_sum(
        &self,
        at: &KeyLocation,
        set: &MeasureSet,
        measure: &Measure,
        aggregate: &RowAggregation,
        dataset: &Dataset,
    ) {
        if !dataset.guards(aggregate) {
            return;
        }
        if let Some(RowJoin::Within { .. }) = &aggregate.rows.join {
            let problem = format!(
                "areas within a distance overlap, and from many of them follows each number of {}",
                dataset.id
            );
            let remedy =
                "give the layer a [layer.public] over areas that do not overlap, or make it staff";
            self.add(at, problem, remedy);
        }
        // Held back wherever a number of the same dataset is.
        let guarded = |other: &Measure| match &other.operation {
            MeasureOperation::Aggregate(guard) => {
                matches!(guard.how, AggregateKind::Count | AggregateKind::Sum)
                    && guard.rows.dataset == dataset.id
                    && measure.suppressed_with.contains(&other.name)
            }
            _ => false,
        };
        if aggregate.how == AggregateKind::Sum
            && !set.measures.iter().any(guarded)
            && let Some(name) = &aggregate.rows.column
            && let Some(column) = dataset.values_column(name)
            && !dataset.holds_amounts(true)
            && !dataset.counts_things(name)
            && let Some(kind) = column.kind
            && (kind != LogicalType::Int || column.is_money())
        {
            let what = if kind == LogicalType::Int { "an amount of money" } else { "not whole" };
            let problem =
                format!("{name} of {} is {what}, so small ones are not suppressed", dataset.id);
            let remedy = format!(
                "write columns = [\"{name}\"] in its rule suppress where it is a number of \
                 things, otherwise suppressed_with = [\"…\"], a sum of one that is"
            );
            self.add(at, problem, remedy);
        }
    }
}

/// Whether a column counts things: its type is `int`, or a `suppress` rule names it.
fn counts(dataset: &Dataset, name: &str) -> bool {
    let column = dataset.values_column(name).or_else(|| dataset.column(name));
    column.and_then(|column| column.kind) == Some(LogicalType::Int) || dataset.counts_things(name)
}
