//! Checks of measures that are combined by the areas of the district's `stats_areas`.

use std::collections::BTreeMap;

use super::Checker;
use crate::read::MeasureLocations;
use crate::{AggregateKind, InAreas, MeasureOperation, MeasureSet, RowAggregation};

impl<'c> Checker<'c> {
    /// Checks the aggregation by area of a set of measures.
    ///
    /// Refuses ratios, sums and differences of a measure that is summed by area and one that
    /// is averaged.
    pub(super) fn by_area(&self, set: &'c MeasureSet, places: &MeasureLocations) {
        for (measure, place) in set.measures.iter().zip(&places.places) {
            if measure.area_aggregation.is_some() && measure.in_areas().is_none() {
                let problem = "it is made of other measures, in areas too";
                self.add(&place.at("area_aggregation"), problem, "remove it");
            }
        }
        let areas = self.declared.district.stats_areas.as_ref();
        let put_together = set.measures.iter().any(|measure| measure.in_areas().is_some());
        if areas.is_none_or(|areas| *areas == set.carrier) || !put_together {
            return;
        }
        let mut known: BTreeMap<&str, InAreas> = BTreeMap::new();
        for (measure, place) in set.measures.iter().zip(&places.places) {
            let first = measure.operation.inputs().first().and_then(|name| known.get(name));
            let way = match &measure.operation {
                MeasureOperation::Aggregate(RowAggregation { how, .. }) => {
                    measure.in_areas().or(match how {
                        AggregateKind::Count | AggregateKind::Sum => Some(InAreas::Sum),
                        _ => Some(InAreas::Mean),
                    })
                }
                MeasureOperation::Scale { .. }
                | MeasureOperation::Plus(_)
                | MeasureOperation::Minus(..) => first.copied(),
                _ => measure.in_areas(),
            };
            known.extend(way.map(|way| (measure.name.as_str(), way)));
            let compared = matches!(
                &measure.operation,
                MeasureOperation::Ratio { .. }
                    | MeasureOperation::Plus(_)
                    | MeasureOperation::Minus(..)
            );
            let inputs = measure.operation.inputs();
            let of = |way| inputs.iter().find(|name| known.get(*name) == Some(&way));
            if compared && let (Some(added), Some(averaged)) = (of(InAreas::Sum), of(InAreas::Mean))
            {
                let problem = format!(
                    "by area {added} is added up and {averaged} is averaged, so together they \
                     say nothing"
                );
                let remedy = format!(
                    "write area_aggregation = \"sum\" in {averaged}, or \"mean\" in {added}"
                );
                self.add(&place.at(measure.operation.key()), problem, remedy);
            }
        }
    }
}
