//! Computes the measures of a layer, one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::aggregate::{AggregatedValues, AggregationTask};
use super::arithmetic;
use super::column_cells::{ColumnCells, is_number};
use super::flow::FlowPairs;
use super::join::{RowMembership, TooMany};
use super::kept_back::{fewest, sums_of};
use super::left_out::LeftOutRows;
use super::plane::MercatorPlane;
use super::resolved_rows::{ResolveError, ResolvedRows};
use super::rows::PartRows;
use super::series::{MeasureSeries, SeriesData, SliceSeries};
use super::slices::{RowTimes, SliceAxis, SlicePlan};
use super::suppress::{
    PublicGroups, RowKind, ThresholdQuantity, held as held_of, hold, of_rows, union,
};
use super::tables::{BoundRows, PartTables, SpatialJoinCache, membership};
use super::{DatasetPart, DeriveError, ResultAudience};
use catalog::{AggregateKind, Catalog, Dataset, MeasureOperation, MeasureSet, RowAggregation};
use data_model::LayerId;
use data_model::feature::ColumnType;

/// Features that the measures belong to.
pub(super) struct CarrierRows<'a> {
    /// Dataset of the features, or of the places that a flow's lines connect.
    pub(super) dataset: &'a Dataset,
    pub(super) rows: Arc<PartRows>,
    /// Pairs of places of a flow; `None` if the measures belong to features.
    pub(super) pairs: Option<FlowPairs>,
}

impl CarrierRows<'_> {
    pub(super) fn len(&self) -> usize {
        self.pairs.as_ref().map_or(self.rows.len, FlowPairs::len)
    }
}

/// Inputs of a layer's measures.
pub(super) struct LayerEvaluation<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) layer: &'a LayerId,
    pub(super) set: &'a MeasureSet,
    pub(super) form: ResultAudience,
    pub(super) tables: &'a PartTables,
    pub(super) carrier: CarrierRows<'a>,
    pub(super) axis: SliceAxis,
    pub(super) plane: MercatorPlane,
    pub(super) spatial: SpatialJoinCache,
    /// Groups of features whose sums the public knows.
    pub(super) groups: PublicGroups,
    /// Incomplete slices, whose end the data does not reach.
    pub(super) partial: BTreeSet<usize>,
    /// Rows that belong to no feature or have no time.
    pub(super) left_out: LeftOutRows,
    /// Values to suppress beside small ones, by measure.
    pub(super) also_held: BTreeMap<String, SliceSeries<bool>>,
}

/// Measures by name.
pub(super) type MeasuresByName = BTreeMap<String, MeasureSeries>;

impl LayerEvaluation<'_> {
    /// Computes all measures that `done` does not contain.
    pub(super) fn measures(&self, mut done: MeasuresByName) -> Result<MeasuresByName, DeriveError> {
        for measure in &self.set.measures {
            if done.contains_key(&measure.name) {
                continue;
            }
            let mut made = self.measure(measure, &done)?;
            if measure.decimals.is_some() {
                made.decimals = measure.decimals;
            }
            if self.form == ResultAudience::Public {
                for other in measure.held_with.iter().filter_map(|name| done.get(name)) {
                    made.held = union(&[made.held.as_ref(), other.held.as_ref()]);
                    made.guarded |= other.guarded;
                }
            }
            if let Some(more) = self.also_held.get(&measure.name) {
                hold(&mut made, more);
            }
            done.insert(measure.name.clone(), made);
        }
        Ok(done)
    }

    fn measure(
        &self,
        measure: &catalog::Measure,
        done: &MeasuresByName,
    ) -> Result<MeasureSeries, DeriveError> {
        match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => self.aggregate(&measure.name, aggregate),
            MeasureOperation::Own(column) => self.own(&measure.name, column),
            MeasureOperation::PerKm2(of) => self.per_km2(&measure.name, of, done),
            MeasureOperation::Nearest(rows) => self.nearest(&measure.name, rows),
            MeasureOperation::NearestValue(rows) => self.nearest_value(&measure.name, rows),
            MeasureOperation::At(rows) => self.at(&measure.name, rows),
            operation => arithmetic::measure(operation, done, &self.axis, self.form)
                .map_err(|problem| self.fault(&measure.name, problem)),
        }
    }

    pub(super) fn fault(&self, measure: &str, problem: impl Into<String>) -> DeriveError {
        DeriveError::Declaration {
            layer: self.layer.clone(),
            measure: measure.to_owned(),
            problem: problem.into(),
        }
    }

    pub(super) fn unresolved(&self, measure: &str, unresolved: ResolveError) -> DeriveError {
        match unresolved {
            ResolveError::Dataset(dataset) => {
                DeriveError::NoDataset { layer: self.layer.clone(), dataset }
            }
            ResolveError::Key => {
                self.fault(measure, "its rows have no key of the features; name one")
            }
        }
    }

    pub(super) fn too_many(&self, _: TooMany) -> DeriveError {
        DeriveError::TooLarge {
            layer: self.layer.clone(),
            what: "more than 67 million rows within the distance".to_owned(),
        }
    }

    /// The smallest number of this dataset that the public may see; `None` for no limit.
    pub(super) fn least(&self, dataset: &Dataset) -> Option<u32> {
        let least = dataset.suppress_below().max(self.set.suppress);
        least.filter(|_| self.form == ResultAudience::Public)
    }

    pub(super) fn reference<'r>(
        &'r self,
        measure: &str,
        rows: &'r catalog::JoinedRows,
        weight: Option<&'r str>,
    ) -> Result<ResolvedRows<'r>, DeriveError> {
        let pairs = self.carrier.pairs.as_ref();
        if pairs.is_some_and(|pairs| pairs.dataset != rows.dataset) {
            return Err(self.fault(measure, "it is not over the dataset of the flow"));
        }
        let part = pairs.map(|pairs| pairs.part);
        ResolvedRows::new(self.catalog, rows, weight, self.carrier.dataset, part)
            .map_err(|unresolved| self.unresolved(measure, unresolved))
    }

    pub(super) fn bound(
        &self,
        measure: &str,
        reference: &ResolvedRows<'_>,
    ) -> Result<BoundRows<'_>, DeriveError> {
        BoundRows::new(self.tables, reference)
            .ok_or_else(|| self.fault(measure, "the dataset has no such part"))
    }

    /// Time axis of the referenced rows.
    pub(super) fn timed<'t>(reference: &ResolvedRows<'_>, bound: &BoundRows<'t>) -> RowTimes<'t> {
        let values = reference.dataset.values.as_ref();
        let times = bound.rows.times.as_ref().filter(|_| reference.has_time());
        let newest = values
            .filter(|_| reference.part == DatasetPart::Values)
            .and_then(|values| values.period.or(times.map(|times| times.period)));
        RowTimes { times, newest, last_months: reference.last_months, rows: bound.rows.len }
    }

    pub(super) fn plan(
        &self,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        all: bool,
    ) -> SlicePlan {
        let tests = bound.tests(reference);
        let selected = |row| all || tests.iter().all(|test| test.meets(row));
        SlicePlan::new(&self.axis, &Self::timed(reference, bound), selected)
    }

    fn aggregate(
        &self,
        name: &str,
        aggregate: &RowAggregation,
    ) -> Result<MeasureSeries, DeriveError> {
        let weight = aggregate.weight.as_deref();
        let reference = self.reference(name, &aggregate.rows, weight)?;
        let bound = self.bound(name, &reference)?;
        let over = (self.carrier.dataset, &*self.carrier.rows);
        let membership = match &self.carrier.pairs {
            Some(pairs) => pairs.membership().map(Some),
            None => membership(&bound, &reference, over, &self.spatial, self.plane),
        };
        let membership = membership.map_err(|fault| self.too_many(fault))?;
        let membership = membership.ok_or_else(|| self.fault(name, "its rows can't be joined"))?;
        self.note_left_out(&reference, &bound, &membership);
        let plan = self.plan(&reference, &bound, false);
        let mut task = self.task(&reference, &membership, &plan);
        let present = self.present(aggregate, &reference, &bound, &membership);
        task.present = present.map_err(|fault| self.too_many(fault))?;
        self.made(name, aggregate, &reference, &bound, &task)
    }

    pub(super) fn task<'t>(
        &self,
        reference: &ResolvedRows<'_>,
        membership: &'t RowMembership<'t>,
        plan: &'t SlicePlan,
    ) -> AggregationTask<'t> {
        let located = self.carrier.pairs.is_none() && reference.is_located();
        let outlines = &self.carrier.rows.outlines;
        let able = |row| outlines.get(row).is_some();
        AggregationTask {
            membership,
            plan,
            features: self.carrier.len(),
            present: None,
            able: located.then(|| (0..self.carrier.len()).map(able).collect()),
        }
    }

    fn made(
        &self,
        name: &str,
        aggregate: &RowAggregation,
        reference: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
        task: &AggregationTask<'_>,
    ) -> Result<MeasureSeries, DeriveError> {
        let missing = || self.fault(name, "its column has not been read");
        let least = self.least(reference.dataset);
        if aggregate.how == AggregateKind::Most {
            let column = reference.column.ok_or_else(|| self.fault(name, "it names no column"))?;
            let (lookup, distinct) = bound.texts(column).ok_or_else(missing)?;
            let AggregatedValues { values, rows } = task.most(&lookup, distinct);
            let rows = match self.parts(aggregate, reference, bound, task, [None, None]) {
                Some(parts) => fewest(&rows, &parts),
                None => rows,
            };
            let mut measure = MeasureSeries::texts(values, distinct.to_vec());
            measure.held = least.map(|least| of_rows(&rows, least, &self.groups));
            measure.guarded = least.is_some();
            return Ok(measure);
        }
        let numbers = |column| bound.numbers(column).ok_or_else(missing);
        let column = reference.column.map(numbers).transpose()?;
        let weight = reference.weight.map(numbers).transpose()?;
        if column.is_none() && aggregate.how != AggregateKind::Count {
            return Err(self.fault(name, "it names no column"));
        }
        let mut made =
            task.numbers(aggregate.how, column.as_ref(), weight.as_ref(), bound.rows.len);
        let cells = reference.column.and_then(|column| bound.column(column));
        let whole = is_whole(reference, cells);
        let column_name = aggregate.rows.column.as_deref();
        let counts = column_name.is_some_and(|name| reference.dataset.counts_things(name));
        let row_kind = self.row_kind(aggregate, reference);
        let quantity = ThresholdQuantity::of(aggregate.how, whole || counts, row_kind);
        let held = least.zip(quantity);
        let mut rests = match held {
            Some(_) => self.rests(name, aggregate, reference, bound, &made.values)?,
            None => Vec::new(),
        };
        if aggregate.how == AggregateKind::Mean && (whole || counts) && weight.is_none() {
            // A mean and how many it is of tell the number of things.
            rests.extend((row_kind == RowKind::Statistics).then(|| sums_of(&made)));
        }
        let columns = [column.as_ref(), weight.as_ref()];
        if held.is_some()
            && let Some(parts) = self.parts(aggregate, reference, bound, task, columns)
        {
            made.rows = parts;
        }
        let held =
            held.map(|(least, quantity)| held_of(&made, quantity, least, &self.groups, &rests));
        let sums = self.held_sums(name, aggregate, reference, bound)?;
        let held = union(&[held.as_ref(), sums.as_ref()]);
        let decimals = match aggregate.how {
            AggregateKind::Count => 0,
            AggregateKind::Sum | AggregateKind::Min | AggregateKind::Max if whole => 0,
            _ => 2,
        };
        let mut measure = MeasureSeries::numbers(made.values, Some(decimals));
        measure.guarded = held.is_some();
        measure.held = held;
        measure.amounts = row_kind == RowKind::Amounts && aggregate.how == AggregateKind::Sum;
        Ok(measure)
    }

    fn own(&self, name: &str, column: &str) -> Result<MeasureSeries, DeriveError> {
        let cells = self.carrier.rows.columns.get(column).filter(|_| self.carrier.pairs.is_none());
        let cells = cells.ok_or_else(|| self.fault(name, "its features have no such column"))?;
        let mut measure = own_values(cells);
        // A dataset's own numbers of things are held back as their sums are.
        let counts = is_int(cells.kind) || self.carrier.dataset.counts_things(column);
        if let Some(least) = self.least(self.carrier.dataset).filter(|_| counts)
            && let SeriesData::Numbers(values) = &measure.data
        {
            let rows = values.map(|values| vec![1; values.len()]);
            let made = AggregatedValues { values: values.clone(), rows };
            measure.held = Some(held_of(&made, ThresholdQuantity::Value, least, &self.groups, &[]));
            measure.guarded = true;
        }
        Ok(measure)
    }

    fn per_km2(
        &self,
        name: &str,
        of: &str,
        done: &MeasuresByName,
    ) -> Result<MeasureSeries, DeriveError> {
        let measure = done.get(of).ok_or_else(|| self.fault(name, "it uses a later figure"))?;
        let numbers = measure.as_numbers().ok_or_else(|| self.fault(name, "it uses a text"))?;
        let rows = &self.carrier.rows;
        let on = rows.on_plane(self.plane);
        let areas: Vec<f64> = (0..self.carrier.len())
            .map(|row| if self.carrier.pairs.is_some() { f64::NAN } else { rows.area(&on, row) })
            .collect();
        let densities = numbers.map(|numbers| {
            let density = |(&number, &area): (&f64, &f64)| number / area;
            let known = |density: f64| if density.is_finite() { density } else { f64::NAN };
            numbers.iter().zip(&areas).map(|pair| known(density(pair))).collect()
        });
        let mut made = MeasureSeries::numbers(densities, Some(1));
        made.held.clone_from(&measure.held);
        made.guarded = measure.guarded;
        Ok(made)
    }
}

/// The values of a feature column, unchanged.
pub(super) fn own_values(cells: &ColumnCells) -> MeasureSeries {
    if is_number(cells.kind) {
        let series = SliceSeries::constant(cells.numbers.clone());
        let decimals = is_int(cells.kind).then_some(0);
        let mut measure = MeasureSeries::numbers(series, decimals);
        if cells.kind == ColumnType::Bool
            && let SeriesData::Numbers(series) = measure.data
        {
            measure.data = SeriesData::Flags(series);
        }
        return measure;
    }
    match &cells.texts {
        Some(texts) => {
            MeasureSeries::texts(SliceSeries::constant(texts.rows.clone()), texts.distinct.clone())
        }
        None => MeasureSeries::texts(SliceSeries::constant(Vec::new()), Vec::new()),
    }
}

fn is_int(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Int | ColumnType::UInt)
}

/// Whether the numbers of a column are integers: as declared, otherwise as stored.
fn is_whole(reference: &ResolvedRows<'_>, cells: Option<&ColumnCells>) -> bool {
    match reference.column_kind() {
        Some(kind) => kind == catalog::LogicalType::Int,
        None => cells.is_some_and(|cells| is_int(cells.kind)),
    }
}
