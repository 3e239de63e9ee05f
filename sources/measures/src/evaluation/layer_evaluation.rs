//! Inputs of a layer's evaluation, resolved once, and the steps that all measures share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aggregating::aggregate::AggregationTask;
use crate::aggregating::series::SliceSeries;
use crate::aggregating::slices::{RowTimes, SliceAxis, SlicePlan};
use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::disclosure::suppression::PublicGroups;
use crate::error::{DeclarationFault, EvaluationError, ExceededLimit};
use crate::evaluation::left_out::LeftOutRows;
use crate::geometry::plane::MercatorPlane;
use crate::joining::bound_rows::BoundRows;
use crate::joining::flow_pairs::{FlowPairs, part_of};
use crate::joining::join::{RowMembership, TooManyPairs, inside};
use crate::joining::membership::{SpatialJoinCache, membership};
use crate::joining::resolved_rows::{ResolveError, ResolvedRows, dataset};
use crate::needs::{change_lookback, set_threshold};
use crate::reading::column_cells::TimeColumn;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_rows::PartRows;
use crate::reading::part_tables::PartTables;
use crate::reading::time::parse;
use catalog::{AggregateKind, Catalog, Dataset, Measure, MeasureOperation, MeasureSet};
use data_model::{GeographicBounds, LayerId};

/// Maximum number of values computed at once: 8 bytes each, 9 with the suppression mask
/// for the public.
const MOST_VALUES: usize = 1 << 26;

/// Features that the measures belong to.
pub(crate) struct CarrierRows<'a> {
    /// Dataset of the features, or of the places that a flow's lines connect.
    pub(crate) dataset: &'a Dataset,
    pub(crate) rows: Arc<PartRows>,
    /// Pairs of places of a flow; `None` if the measures belong to features.
    pub(crate) pairs: Option<FlowPairs>,
}

impl<'a> CarrierRows<'a> {
    fn new(
        catalog: &'a Catalog,
        declared: &DeclaredMeasures<'a>,
        tables: &PartTables,
    ) -> Result<Self, EvaluationError> {
        let set = declared.set;
        let dataset = find_dataset(catalog, declared, &set.carrier)?;
        let rows = tables.features(&set.carrier).cloned();
        let rows = rows.ok_or_else(|| no_dataset(declared, &set.carrier))?;
        let pairs = match declared.flow {
            None => {
                if let Some(fault) = rows.ids_fault.clone() {
                    return Err(EvaluationError::Ids { dataset: set.carrier.clone(), fault });
                }
                None
            }
            Some(flow) => {
                let movements = find_dataset(catalog, declared, &flow.dataset)?;
                let part = part_of(flow, movements);
                let table = tables.get(movements, part);
                let pairs = table.map(|table| FlowPairs::new(flow, part, table, (dataset, &rows)));
                let pairs = pairs
                    .transpose()
                    .map_err(|TooManyPairs| too_large(declared, ExceededLimit::FlowPairs))?;
                Some(pairs.flatten().ok_or_else(|| no_dataset(declared, &flow.dataset))?)
            }
        };
        Ok(Self { dataset, rows, pairs })
    }

    /// Number of features or lines.
    pub(crate) fn len(&self) -> usize {
        self.pairs.as_ref().map_or(self.rows.len, FlowPairs::len)
    }
}

/// Inputs of a layer's measures.
pub(crate) struct LayerEvaluation<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) layer: &'a LayerId,
    pub(crate) set: &'a MeasureSet,
    pub(crate) audience: ResultAudience,
    pub(crate) tables: &'a PartTables,
    pub(crate) carrier: CarrierRows<'a>,
    pub(crate) axis: SliceAxis,
    pub(crate) plane: MercatorPlane,
    pub(crate) spatial_joins: SpatialJoinCache,
    /// Groups of features whose sums the public knows.
    pub(crate) groups: PublicGroups,
    /// Incomplete slices, whose end the data does not reach.
    pub(crate) partial: BTreeSet<usize>,
    /// Rows that belong to no feature or have no time.
    pub(crate) left_out: LeftOutRows,
    /// Values to suppress beside small ones, by measure.
    pub(crate) also_suppressed: BTreeMap<String, SliceSeries<bool>>,
}

impl<'a> LayerEvaluation<'a> {
    /// Resolves the inputs of a layer's measures.
    pub(crate) fn new(
        catalog: &'a Catalog,
        declared: &DeclaredMeasures<'a>,
        tables: &'a PartTables,
    ) -> Result<Self, EvaluationError> {
        let set = declared.set;
        let carrier = CarrierRows::new(catalog, declared, tables)?;
        let times = times_of_measures(catalog, set, &carrier, tables);
        let lookback = change_lookback(&set.measures);
        let columns = times.iter().map(|(times, _)| *times);
        let axis = SliceAxis::new(set.period, set.retained_slices, lookback, columns)
            .ok_or_else(|| too_large(declared, ExceededLimit::Slices))?;
        let unfinished = times.into_iter().flat_map(|(times, dataset)| {
            let as_of = dataset.attribution.as_ref().and_then(|terms| terms.as_of.as_deref());
            axis.unfinished(times, as_of.and_then(parse).map(|day| day.moment))
        });
        let partial = unfinished.collect();
        let groups = public_groups(catalog, declared, &carrier, tables)
            .map_err(|TooManyPairs| too_large(declared, ExceededLimit::FeaturesInAreas))?;
        let values = carrier.len().saturating_mul(axis.len()).saturating_mul(set.measures.len());
        if values > MOST_VALUES {
            return Err(too_large(declared, ExceededLimit::Values(values)));
        }
        let bounds = catalog.district.bounds.map(GeographicBounds::to_array);
        let bounds = bounds.or_else(|| carrier.rows.box_tree().bounds()).unwrap_or([0.0; 4]);
        Ok(Self {
            catalog,
            layer: &declared.layer.id,
            set,
            audience: declared.audience,
            tables,
            carrier,
            axis,
            plane: MercatorPlane::around(bounds),
            spatial_joins: SpatialJoinCache::new(declared.audience),
            groups,
            partial,
            left_out: LeftOutRows::default(),
            also_suppressed: BTreeMap::new(),
        })
    }

    pub(crate) fn declaration_error(
        &self,
        measure: &str,
        fault: DeclarationFault,
    ) -> EvaluationError {
        let layer = self.layer.clone();
        EvaluationError::Declaration { layer, measure: measure.to_owned(), fault }
    }

    pub(crate) fn too_many_pairs(&self, _: TooManyPairs) -> EvaluationError {
        let limit = ExceededLimit::JoinedPairs;
        EvaluationError::TooLarge { layer: self.layer.clone(), limit }
    }

    /// Suppression threshold of a dataset's numbers; `None` for no suppression.
    pub(crate) fn threshold(&self, dataset: &Dataset) -> Option<u32> {
        let threshold = dataset.suppress_below().max(self.set.suppression_threshold);
        threshold.filter(|_| self.audience == ResultAudience::Public)
    }

    /// Resolves the rows of a measure.
    pub(crate) fn resolve_rows<'r>(
        &'r self,
        measure: &str,
        rows: &'r catalog::JoinedRows,
        weight: Option<&'r str>,
    ) -> Result<ResolvedRows<'r>, EvaluationError> {
        let pairs = self.carrier.pairs.as_ref();
        if pairs.is_some_and(|pairs| pairs.dataset != rows.dataset) {
            return Err(self.declaration_error(measure, DeclarationFault::NotOverFlow));
        }
        let part = pairs.map(|pairs| pairs.part);
        ResolvedRows::new(self.catalog, rows, weight, self.carrier.dataset, part)
            .map_err(|error| error.of_measure(self.layer, measure))
    }

    /// Binds resolved rows to the tables that hold them.
    pub(crate) fn bind_rows(
        &self,
        measure: &str,
        resolved: &ResolvedRows<'_>,
    ) -> Result<BoundRows<'_>, EvaluationError> {
        BoundRows::new(self.tables, resolved)
            .ok_or_else(|| self.declaration_error(measure, DeclarationFault::NoPart))
    }

    /// The carrier's features that each row belongs to.
    pub(crate) fn membership<'t>(
        &'t self,
        measure: &str,
        resolved: &ResolvedRows<'_>,
        bound: &'t BoundRows<'t>,
    ) -> Result<RowMembership<'t>, EvaluationError> {
        let over = (self.carrier.dataset, &*self.carrier.rows);
        let membership = match &self.carrier.pairs {
            Some(pairs) => pairs.membership().map(Some),
            None => membership(bound, resolved, over, &self.spatial_joins, self.plane),
        };
        let membership = membership.map_err(|fault| self.too_many_pairs(fault))?;
        membership.ok_or_else(|| self.declaration_error(measure, DeclarationFault::NotJoinable))
    }

    /// Times of resolved rows.
    pub(crate) fn row_times<'t>(
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'t>,
    ) -> RowTimes<'t> {
        let values = resolved.dataset.values.as_ref();
        let times = bound.rows.times.as_ref().filter(|_| resolved.has_time());
        let newest = values
            .filter(|_| resolved.part == DatasetPart::Values)
            .and_then(|values| values.period.or(times.map(|times| times.period)));
        RowTimes { times, newest, last_months: resolved.last_months, rows: bound.rows.len }
    }

    /// The rows of each slice that meet the conditions.
    pub(crate) fn slice_plan(
        &self,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> SlicePlan {
        let tests = bound.tests(resolved);
        let selected = |row| tests.iter().all(|test| test.meets(row));
        SlicePlan::new(&self.axis, &Self::row_times(resolved, bound), selected)
    }

    pub(crate) fn aggregation_task<'t>(
        &self,
        resolved: &ResolvedRows<'_>,
        membership: &'t RowMembership<'t>,
        plan: &'t SlicePlan,
    ) -> AggregationTask<'t> {
        let located = self.carrier.pairs.is_none() && resolved.is_located();
        let outlines = &self.carrier.rows.outlines;
        let has_geometry = |row| outlines.get(row).is_some();
        AggregationTask {
            membership,
            plan,
            features: self.carrier.len(),
            zero_without_rows: None,
            can_have_rows: located.then(|| (0..self.carrier.len()).map(has_geometry).collect()),
        }
    }

    /// Aggregates the numbers of rows, without suppression.
    pub(crate) fn aggregate_numbers(
        &self,
        name: &str,
        how: AggregateKind,
        resolved: &ResolvedRows<'_>,
        bound: &BoundRows<'_>,
    ) -> Result<SliceSeries<f64>, EvaluationError> {
        let membership = self.membership(name, resolved, bound)?;
        let plan = self.slice_plan(resolved, bound);
        let task = self.aggregation_task(resolved, &membership, &plan);
        let column = resolved.column.and_then(|column| bound.numbers(column));
        Ok(task.numbers(how, column.as_ref(), None, bound.rows.len).values)
    }
}

impl ResolveError {
    /// The error of a measure whose rows can't be resolved.
    pub(crate) fn of_measure(self, layer: &LayerId, measure: &str) -> EvaluationError {
        let (layer, measure) = (layer.clone(), measure.to_owned());
        match self {
            Self::Dataset(dataset) => EvaluationError::NoDataset { layer, dataset },
            Self::Key => {
                let fault = DeclarationFault::NoCarrierKey;
                EvaluationError::Declaration { layer, measure, fault }
            }
        }
    }
}

fn find_dataset<'a>(
    catalog: &'a Catalog,
    declared: &DeclaredMeasures<'_>,
    id: &data_model::DatasetId,
) -> Result<&'a Dataset, EvaluationError> {
    dataset(catalog, id).map_err(|_| no_dataset(declared, id))
}

fn no_dataset(declared: &DeclaredMeasures<'_>, id: &data_model::DatasetId) -> EvaluationError {
    EvaluationError::NoDataset { layer: declared.layer.id.clone(), dataset: id.clone() }
}

fn too_large(declared: &DeclaredMeasures<'_>, limit: ExceededLimit) -> EvaluationError {
    EvaluationError::TooLarge { layer: declared.layer.id.clone(), limit }
}

/// Times of the rows that each measure uses, and their datasets.
fn times_of_measures<'t>(
    catalog: &'t Catalog,
    set: &'t MeasureSet,
    carrier: &CarrierRows<'t>,
    tables: &'t PartTables,
) -> Vec<(&'t TimeColumn, &'t Dataset)> {
    let flow_part = carrier.pairs.as_ref().map(|pairs| pairs.part);
    let times = |measure: &'t Measure| {
        let weight = match &measure.operation {
            MeasureOperation::Aggregate(aggregate) => aggregate.weight.as_deref(),
            _ => None,
        };
        let rows = measure.operation.rows()?;
        let resolved = ResolvedRows::new(catalog, rows, weight, carrier.dataset, flow_part).ok()?;
        let times = tables.get(resolved.dataset, resolved.part)?.times.as_ref()?;
        Some((times, resolved.dataset))
    };
    set.measures.iter().filter_map(times).collect()
}

/// Groups of features whose sums the public may know beside the layer's measures.
fn public_groups(
    catalog: &Catalog,
    declared: &DeclaredMeasures<'_>,
    carrier: &CarrierRows<'_>,
    tables: &PartTables,
) -> Result<PublicGroups, TooManyPairs> {
    let set = declared.set;
    if declared.audience == ResultAudience::Full || set_threshold(catalog, set).is_none() {
        return Ok(PublicGroups::default());
    }
    if let Some(pairs) = &carrier.pairs {
        return Ok(PublicGroups::of_ends(&pairs.ends, carrier.rows.len));
    }
    let areas = catalog.district.stats_areas.as_ref().filter(|areas| **areas != set.carrier);
    let Some(areas) = areas.and_then(|areas| tables.features(areas)) else {
        return Ok(PublicGroups::default());
    };
    let lists = inside(&carrier.rows, areas)?;
    Ok(PublicGroups::of_areas(&lists, areas.len, carrier.len()))
}
