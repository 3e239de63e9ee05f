//! Public counts, sums and means over all layers; their combinations are disclosed as well.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use crate::read::{DeclaredLayer, KeyLocation, MeasureLocations};
use crate::{
    AggregateKind, Dataset, FlowDefinition, JoinedRows, LayerContent, LogicalType,
    MeasureOperation, MeasureSet, RowAggregation, RowFilter, Visibility,
};
use data_model::DatasetId;
use data_model::Period;

/// A public count, sum or mean of a dataset's rows.
pub(super) struct PublicStatistic<'c> {
    /// Position in the order of declaration, from 0.
    pub(super) number: usize,
    /// Declaration of the set of measures.
    pub(super) set_at: KeyLocation,
    pub(super) over_at: KeyLocation,
    /// Declaration of the measure.
    pub(super) measure_at: KeyLocation,
    pub(super) key: &'static str,
    /// `layer.measure`.
    pub(super) name: String,
    pub(super) dataset: &'c Dataset,
    /// The aggregated column, with the weight of a mean; empty for a number of rows.
    pub(super) quantity: String,
    pub(super) filter: &'c RowFilter,
    /// The carrier dataset, and whether the statistic is by pairs of its features.
    pub(super) carrier: (&'c DatasetId, bool),
    pub(super) time: TimeSpan,
    /// The suppression threshold; `None` if nothing is suppressed.
    pub(super) bound: Option<u32>,
    /// The flow whose pairs the statistic is by, and its declaration.
    pub(super) ends: Option<(&'c FlowDefinition, KeyLocation)>,
    /// Hidden columns that filter, measure or weight the rows.
    pub(super) hidden: Vec<&'c str>,
    /// Whether the column holds an amount of each row rather than a number of things.
    pub(super) amounts: bool,
    /// Whether the rows are not public.
    pub(super) guarded: bool,
}

/// Time span of the rows of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeSpan {
    /// All rows.
    Whole,
    /// One period.
    One(Period),
    /// A number of months up to the end of a slice, or to the newest row.
    LastMonths(u32, Option<Period>),
}

impl PublicStatistic<'_> {
    /// The layer's id.
    pub(super) fn layer(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Place of the operation's key.
    pub(super) fn at(&self) -> KeyLocation {
        self.measure_at.at(self.key)
    }
}

impl TimeSpan {
    pub(super) fn text(self) -> String {
        match self {
            Self::Whole => "all times together".to_owned(),
            Self::One(period) => format!("each {}", period.name()),
            Self::LastMonths(months, _) => format!("the last {months} months"),
        }
    }
}

/// A set of measures in the public form.
struct PublicSet<'c> {
    layer: &'c DeclaredLayer,
    place: KeyLocation,
    set: &'c MeasureSet,
    places: &'c MeasureLocations,
    flow: Option<&'c FlowDefinition>,
}

impl PublicSet<'_> {
    /// Place of the key that names the carrier.
    fn over_at(&self) -> KeyLocation {
        let layer = &self.layer.layer;
        let own = layer.content.measures().is_some_and(|own| own.carrier == self.set.carrier);
        match self.flow {
            Some(_) => self.layer.place.at("flow").at("between"),
            None if layer.public_form.is_some() && own => self.layer.place.at("carrier"),
            None => self.place.at("carrier"),
        }
    }
}

/// Filter without conditions.
static NO_CONDITIONS: RowFilter = BTreeMap::new();

impl<'c> Checker<'c> {
    /// Public statistics by dataset and quantity, in the order of declaration.
    pub(super) fn public_statistics(
        &self,
    ) -> BTreeMap<(&'c str, String), Vec<PublicStatistic<'c>>> {
        let mut families: BTreeMap<_, Vec<PublicStatistic<'c>>> = BTreeMap::new();
        let mut number = 0;
        for layer in self.declared.layers.iter().filter_map(public_set) {
            for mut statistic in self.statistics_of(&layer) {
                statistic.number = number;
                number += 1;
                let key = (statistic.dataset.id.as_str(), statistic.quantity.clone());
                families.entry(key).or_default().push(statistic);
            }
        }
        families
    }

    fn statistics_of(&self, of: &PublicSet<'c>) -> Vec<PublicStatistic<'c>> {
        let disclosed = disclosed_names(of.set);
        let measures = of.set.measures.iter().zip(&of.places.places);
        let measures = measures.filter(|(measure, _)| disclosed.contains(measure.name.as_str()));
        let statistic = |(measure, place): (&'c crate::Measure, &KeyLocation)| {
            let aggregate = match &measure.operation {
                MeasureOperation::Aggregate(aggregate) => aggregate,
                MeasureOperation::CarrierColumn(column) => {
                    return self.own_statistic(of, measure, place, column);
                }
                _ => return None,
            };
            let RowAggregation { how, rows, weight } = aggregate;
            let weight = match how {
                AggregateKind::Count | AggregateKind::Sum => None,
                AggregateKind::Mean => weight.as_deref(),
                _ => return None,
            };
            let dataset = &self.datasets.get(rows.dataset.as_str())?.dataset;
            let column = rows.column.as_deref().unwrap_or_default();
            let of_values = of_values(dataset, rows, weight);
            let hidden = |name: &&str| dataset.hides(name);
            let weighed = [column, weight.unwrap_or_default()].into_iter().filter(hidden);
            let chosen = rows.filter.keys().map(String::as_str).filter(hidden);
            let amounts = weighed.clone().next().is_some() || dataset.holds_amounts(of_values);
            Some(PublicStatistic {
                number: 0,
                set_at: of.place.clone(),
                over_at: of.over_at(),
                measure_at: place.clone(),
                key: measure.operation.key(),
                name: format!("{}.{}", of.layer.layer.id, measure.name),
                dataset,
                quantity: weight.map_or(column.to_owned(), |weight| format!("{column}·{weight}")),
                filter: &rows.filter,
                carrier: (&of.set.carrier, of.flow.is_some()),
                time: span(dataset, of_values, of.set.period, rows.last_months),
                bound: dataset.suppress_below().max(of.set.suppression_threshold),
                ends: of.flow.map(|flow| (flow, of.layer.place.at("flow"))),
                hidden: weighed.chain(chosen).collect(),
                amounts: !column.is_empty() && amounts,
                guarded: dataset.guards(aggregate),
            })
        };
        measures.filter_map(statistic).collect()
    }

    /// Statistic of a carrier's own column of counts, of which small ones are suppressed.
    fn own_statistic(
        &self,
        of: &PublicSet<'c>,
        measure: &'c crate::Measure,
        place: &KeyLocation,
        column: &'c str,
    ) -> Option<PublicStatistic<'c>> {
        let dataset = &self.datasets.get(of.set.carrier.as_str())?.dataset;
        let kind = dataset.column(column)?.kind;
        let counts = kind == Some(LogicalType::Int) || dataset.counts_things(column);
        let bound = dataset.suppress_below().filter(|_| counts)?;
        Some(PublicStatistic {
            number: 0,
            set_at: of.place.clone(),
            over_at: of.over_at(),
            measure_at: place.clone(),
            key: measure.operation.key(),
            name: format!("{}.{}", of.layer.layer.id, measure.name),
            dataset,
            quantity: column.to_owned(),
            filter: &NO_CONDITIONS,
            carrier: (&of.set.carrier, false),
            time: span(dataset, false, of.set.period, None),
            bound: Some(bound).max(of.set.suppression_threshold),
            ends: None,
            hidden: Vec::new(),
            amounts: false,
            guarded: true,
        })
    }
}

fn public_set(layer: &DeclaredLayer) -> Option<PublicSet<'_>> {
    if layer.layer.visibility != Visibility::Public {
        return None;
    }
    let (own, flow) = match &layer.layer.content {
        LayerContent::Measures(set) => (Some(set), None),
        LayerContent::Flow(flow, set) => (Some(set), Some(flow)),
        _ => (None, None),
    };
    // Measures of a public form are over the same movements.
    if let Some(set) = &layer.layer.public_form {
        let (place, places) = (layer.place.at("public"), &layer.public_measures);
        return Some(PublicSet { layer, place, set, places, flow });
    }
    let (place, places) = (layer.place.clone(), &layer.measures);
    Some(PublicSet { layer, place, set: own?, places, flow })
}

/// Names of the published measures and of their inputs: an index or a ratio discloses its
/// parts.
fn disclosed_names(set: &MeasureSet) -> BTreeSet<&str> {
    let mut disclosed = BTreeSet::new();
    // A measure uses earlier ones alone.
    for measure in set.measures.iter().rev() {
        if measure.publish || disclosed.contains(measure.name.as_str()) {
            disclosed.insert(measure.name.as_str());
            disclosed.extend(measure.operation.inputs());
        }
    }
    disclosed
}

/// Whether the rows are those of a dataset's values, not of its features.
pub(super) fn of_values(dataset: &Dataset, rows: &JoinedRows, weight: Option<&str>) -> bool {
    if dataset.values.is_none() {
        return false;
    }
    let in_values = |name: &str| dataset.values_column(name).is_some();
    if !dataset.has_features() || rows.column.as_deref().is_some_and(in_values) {
        return true;
    }
    let others = rows.key.iter().chain(rows.filter.keys()).map(String::as_str).chain(weight);
    others.into_iter().any(|name| dataset.column(name).is_none() && in_values(name))
}

/// Time span of a number: of its slice, or of a row if the row's period is longer.
fn span(
    dataset: &Dataset,
    of_values: bool,
    slice: Option<Period>,
    last_months: Option<u32>,
) -> TimeSpan {
    let (timed, row, newest) = match &dataset.values {
        Some(values) if of_values => (values.time.is_some(), values.row_period(), values.period),
        _ => {
            let kind = dataset.time.as_ref().and_then(|name| dataset.column(name)?.kind);
            let row = match kind {
                Some(LogicalType::Year) => Some(Period::Year),
                Some(LogicalType::Quarter) => Some(Period::Quarter),
                Some(LogicalType::Month) => Some(Period::Month),
                _ => None,
            };
            (dataset.time.is_some(), row, None)
        }
    };
    if !timed {
        return TimeSpan::Whole;
    }
    let longer = |slice: Period| match row {
        Some(row) if !row.fits(slice) => row,
        _ => slice,
    };
    match (last_months, slice) {
        (Some(months), slice) => TimeSpan::LastMonths(months, slice),
        (None, Some(slice)) => TimeSpan::One(longer(slice)),
        // Values: the newest period. Events: all times.
        (None, None) => newest.map_or(TimeSpan::Whole, TimeSpan::One),
    }
}
