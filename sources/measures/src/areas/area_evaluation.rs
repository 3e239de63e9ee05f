//! Evaluates a layer's measures by the areas of the district's statistics.

use std::sync::Arc;

use super::area_aggregation::aggregate_by_area;
use super::area_method::{AreaMethod, AreaSets, categories};
use crate::aggregating::series::MeasuresByName;
use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::disclosure::suppression::{areas_with_singleton, suppress_more};
use crate::error::EvaluationError;
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::evaluation::left_out::{LeftOutReason, count_unlisted};
use crate::joining::join::{FeatureLists, RowMembership, RowUnits, inside};
use crate::measure_evaluator::MeasureEvaluator;
use crate::needs::set_threshold;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_tables::PartTables;
use crate::result::layer_measures::LayerMeasures;
use crate::result::publish::publish;
use catalog::{AggregateKind, Catalog, InAreas, Layer, MeasureSet};

impl MeasureEvaluator<'_> {
    /// Evaluates the layer's measures over the district's areas
    /// ([`District::stats_areas`](catalog::District::stats_areas)).
    ///
    /// Measures that are defined for the layer's own features only (their columns, the
    /// nearest feature, a distance, their key) are averaged over the features in the
    /// area, or are the most frequent text; counts and sums by their key are added up. A
    /// layer of plain features has the number of features (`count`) and, of its `value`,
    /// `sum` and `mean` if it is a number, or the number of each category
    /// (`value=category`). A flow between the areas has incoming and outgoing movements
    /// (`<measure>_in`, `<measure>_out`).
    ///
    /// A value of an area is suppressed if exactly one of the layer's features in the
    /// area is suppressed.
    ///
    /// `None` if the district declares no areas, for flows between other places, and for
    /// layers that are prepared elsewhere.
    ///
    /// # Errors
    /// Returns [`EvaluationError`] as [`evaluate`](Self::evaluate) does.
    pub fn stats(
        &mut self,
        layer: &Layer,
        audience: ResultAudience,
    ) -> Result<Option<LayerMeasures>, EvaluationError> {
        let result = self.evaluate_by_area(layer, audience);
        self.cache.mark_requested(layer, audience);
        result
    }

    fn evaluate_by_area(
        &mut self,
        layer: &Layer,
        audience: ResultAudience,
    ) -> Result<Option<LayerMeasures>, EvaluationError> {
        let catalog = self.catalog;
        let Some(method) = AreaMethod::of(catalog, layer, audience, None) else { return Ok(None) };
        let tables = self.cache.tables(&method.needs(catalog)?)?;
        // The categories of plain features are known only from the rows.
        let method = match categories(catalog, layer, &tables) {
            Some(known) => AreaMethod::of(catalog, layer, audience, Some(&known)),
            None => Some(method),
        };
        let Some(method) = method else { return Ok(None) };
        let result = match &method.sets {
            AreaSets::Areas(over) => evaluate_over_areas(catalog, &method, over, &tables),
            AreaSets::Through { own, over } => {
                evaluate_through_features(catalog, &method, (own, over), &tables)
            }
        };
        result.map(Some)
    }
}

/// Evaluates all measures over the areas.
fn evaluate_over_areas(
    catalog: &Catalog,
    method: &AreaMethod<'_>,
    over: &MeasureSet,
    tables: &PartTables,
) -> Result<LayerMeasures, EvaluationError> {
    let declared = DeclaredMeasures::of_set(method.layer, method.audience, over);
    let evaluation = LayerEvaluation::new(catalog, &declared, tables)?;
    let measures = evaluation.measures(MeasuresByName::new())?;
    publish(&evaluation, &measures)
}

/// Aggregates measures of the layer's own features over the areas, and evaluates the
/// others over the areas.
fn evaluate_through_features(
    catalog: &Catalog,
    method: &AreaMethod<'_>,
    (own, over): (&MeasureSet, &MeasureSet),
    tables: &PartTables,
) -> Result<LayerMeasures, EvaluationError> {
    let declared = |set| DeclaredMeasures::of_set(method.layer, method.audience, set);
    let (declared_own, declared_over) = (declared(own), declared(over));
    let features = LayerEvaluation::new(catalog, &declared_own, tables)?;
    let of_features = features.measures(MeasuresByName::new())?;
    let mut areas = LayerEvaluation::new(catalog, &declared_over, tables)?;
    areas.axis = features.axis.clone();
    areas.partial.clone_from(&features.partial);
    let lists = inside(&features.carrier.rows, &areas.carrier.rows)
        .map_err(|fault| features.too_many_pairs(fault))?;
    note_left_out(&areas, &features, &lists);
    let count = areas.carrier.len();
    for (name, measure) in &of_features {
        if let Some(suppressed) = &measure.suppressed {
            let singletons = areas_with_singleton(suppressed, &lists, count);
            areas.also_suppressed.insert(name.clone(), singletons);
        }
    }
    let aggregated = aggregate_features(catalog, (&features, &areas), &of_features, lists);
    let measures = areas.measures(aggregated)?;
    publish(&areas, &measures)
}

/// Takes over the rows that the features' measures leave out, and adds the features that
/// lie in no area.
fn note_left_out(
    areas: &LayerEvaluation<'_>,
    features: &LayerEvaluation<'_>,
    lists: &FeatureLists,
) {
    areas.left_out.add(&features.left_out);
    let reason = LeftOutReason::Outside(areas.carrier.dataset.id.clone());
    let carriers = (&features.carrier.dataset.id, DatasetPart::Features);
    areas.left_out.note(carriers, reason, || count_unlisted(lists, features.carrier.len()));
}

/// Measures by area that are aggregated from those of features.
fn aggregate_features(
    catalog: &Catalog,
    (features, areas): (&LayerEvaluation<'_>, &LayerEvaluation<'_>),
    of_features: &MeasuresByName,
    lists: FeatureLists,
) -> MeasuresByName {
    let set = features.set;
    let membership = RowMembership { units: RowUnits::Row, lists: Arc::new(lists) };
    let is_public = features.audience == ResultAudience::Public;
    let threshold = set_threshold(catalog, set).filter(|_| is_public);
    let count = areas.carrier.len();
    let mut aggregated = MeasuresByName::new();
    for declared in &set.measures {
        let Some(in_areas) = declared.in_areas() else { continue };
        let Some(measure) = of_features.get(&declared.name) else { continue };
        let how = match in_areas {
            InAreas::Sum => AggregateKind::Sum,
            InAreas::Mean => AggregateKind::Mean,
        };
        let axis = &features.axis;
        let mut by_area = aggregate_by_area(measure, how, &membership, axis, count, threshold);
        if let Some(more) = areas.also_suppressed.get(&declared.name) {
            suppress_more(&mut by_area, more);
        }
        aggregated.insert(declared.name.clone(), by_area);
    }
    aggregated
}
