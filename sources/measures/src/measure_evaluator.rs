//! Evaluates layers one after the other.

use crate::aggregating::series::MeasuresByName;
use crate::areas::area_method::AreaMethod;
use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::error::EvaluationError;
use crate::evaluation::layer_evaluation::LayerEvaluation;
use crate::needs;
use crate::reading::dataset_reader::DatasetReader;
use crate::reading::part_cache::{ComingRequest, PartCache};
use crate::reading::row_needs::{PartNeeds, add_needs};
use crate::result::layer_measures::LayerMeasures;
use crate::result::publish::publish;
use catalog::{Catalog, Layer};

/// Evaluates the measures of layers. Blocks; keeps rows that later layers need, at most 512
/// MB beside those of the current layer.
pub struct MeasureEvaluator<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) cache: PartCache<'a>,
}

impl<'a> MeasureEvaluator<'a> {
    /// Creates an evaluator for these layers, each requested once for the given audience,
    /// as measures or as [`stats`](Self::stats); list a layer twice to request both. A
    /// dataset is read once for all of them if memory allows. Other layers may be
    /// requested as well.
    pub fn new<'l>(
        catalog: &'a Catalog,
        reader: &'a dyn DatasetReader,
        layers_to_come: impl IntoIterator<Item = (&'l Layer, ResultAudience)>,
    ) -> Self {
        let coming = layers_to_come.into_iter().map(|(layer, audience)| ComingRequest {
            layer: layer.id.clone(),
            audience,
            needs: needs_of_request(catalog, layer, audience),
        });
        Self { catalog, cache: PartCache::new(catalog, reader, coming.collect()) }
    }

    /// Limits the rows kept beside those of the current layer to this many bytes.
    #[must_use]
    pub fn with_memory(mut self, bytes: usize) -> Self {
        self.cache.set_memory_limit(bytes);
        self
    }

    /// Evaluates the measures of a layer.
    ///
    /// # Errors
    /// Returns [`EvaluationError`] if the layer can't be evaluated; other layers may still
    /// be evaluated.
    pub fn evaluate(
        &mut self,
        layer: &Layer,
        audience: ResultAudience,
    ) -> Result<LayerMeasures, EvaluationError> {
        let result = self.evaluate_declared(layer, audience);
        self.cache.mark_requested(layer, audience);
        result
    }

    fn evaluate_declared(
        &mut self,
        layer: &Layer,
        audience: ResultAudience,
    ) -> Result<LayerMeasures, EvaluationError> {
        let declared = DeclaredMeasures::of(layer, audience)
            .ok_or_else(|| EvaluationError::NoMeasures(layer.id.clone()))?;
        let needs = needs::of_layer(self.catalog, &declared)?;
        let tables = self.cache.tables(&needs)?;
        let evaluation = LayerEvaluation::new(self.catalog, &declared, &tables)?;
        let measures = evaluation.measures(MeasuresByName::new())?;
        publish(&evaluation, &measures)
    }
}

/// The needs of a layer's measures and of its measures by area; declarations that can't be
/// resolved have none.
fn needs_of_request(catalog: &Catalog, layer: &Layer, audience: ResultAudience) -> PartNeeds {
    let declared = DeclaredMeasures::of(layer, audience);
    let of_layer = declared.map(|declared| needs::of_layer(catalog, &declared));
    let mut needs = of_layer.and_then(Result::ok).unwrap_or_default();
    let by_area = AreaMethod::of(catalog, layer, audience, None);
    let by_area = by_area.and_then(|method| method.needs(catalog).ok()).unwrap_or_default();
    for ((dataset, part), of_part) in by_area {
        add_needs(&mut needs, &dataset, part, &of_part);
    }
    needs
}
