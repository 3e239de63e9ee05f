//! Results to compute for the planned layers.

use super::result_name::{ResultKind, ResultName, ResultVersion};
use crate::inventory::no_data::NoData;
use crate::load_plan::layer_plan::LayerPlan;
use crate::load_plan::stored_inputs::StoredInputs;
use catalog::{BaseMap, Catalog, Layer};
use data_model::{ContentDigest, DatasetId};
use measures::{InputError, ResultAudience};

/// A result to compute.
#[derive(Clone)]
pub(crate) struct ComputeJob {
    pub(crate) name: ResultName,
    pub(crate) layer: Layer,
    pub(crate) version: ResultVersion,
    /// Whether computing requires the database.
    pub(crate) needs_database: bool,
}

/// A dataset without which a result can't be computed.
pub(crate) struct MissingInput {
    pub(crate) dataset: DatasetId,
    pub(crate) fault: NoData,
}

impl ComputeJob {
    /// Jobs for the measures of the planned layers, on maps and by area.
    pub(crate) fn for_plans(
        catalog: &Catalog,
        inputs: &StoredInputs,
        plans: &[LayerPlan],
    ) -> Vec<Self> {
        let mut jobs = Vec::new();
        for plan in plans {
            jobs.extend(plan.measures().map(|measures| {
                let kind = ResultKind::Measures;
                let (layer, audience) = (&measures.layer, measures.audience);
                Self::new(catalog, inputs, layer, audience, kind, measures.inputs)
            }));
            if let Some(layer) = catalog.layer(plan.layer.id.as_str())
                && !BaseMap::is_set(&layer.theme)
            {
                jobs.extend(Self::for_stats(catalog, inputs, layer, plan.layer.audience.results()));
            }
        }
        jobs
    }

    /// The job for a layer's measures by area; `None` if it has none, or if inputs are
    /// missing.
    fn for_stats(
        catalog: &Catalog,
        inputs: &StoredInputs,
        layer: &Layer,
        audience: ResultAudience,
    ) -> Option<Self> {
        catalog.district.stats_areas.as_ref()?;
        let digest = measures::stats_key(layer, audience, catalog, inputs).ok()??;
        Some(Self::new(catalog, inputs, layer, audience, ResultKind::Stats, digest))
    }

    fn new(
        catalog: &Catalog,
        inputs: &StoredInputs,
        layer: &Layer,
        audience: ResultAudience,
        kind: ResultKind,
        digest: ContentDigest,
    ) -> Self {
        let mut datasets = layer.datasets.iter().chain(&catalog.district.stats_areas);
        Self {
            name: ResultName { layer: layer.id.clone(), audience, kind },
            layer: layer.clone(),
            version: ResultVersion {
                declaration: declaration_digest(catalog, layer),
                inputs: digest,
            },
            needs_database: datasets.any(|dataset| inputs.are_in_database(dataset)),
        }
    }
}

/// Digest of the declarations of a layer and its datasets.
fn declaration_digest(catalog: &Catalog, layer: &Layer) -> ContentDigest {
    let dataset = |id: &DatasetId| catalog.dataset(id.as_str());
    let mut datasets: Vec<_> =
        layer.datasets.iter().chain(&catalog.district.stats_areas).map(dataset).collect();
    // Rows of values stand for features of another dataset.
    let referenced: Vec<_> = datasets
        .iter()
        .flatten()
        .filter_map(|declared| declared.feature_dataset.as_ref())
        .map(dataset)
        .collect();
    datasets.extend(referenced);
    ContentDigest::of_bytes(format!("{layer:?}{datasets:?}").as_bytes())
}

/// The dataset without which a layer has no measures by area, if any.
pub(crate) fn missing_stats_input(
    catalog: &Catalog,
    inputs: &StoredInputs,
    layer: &Layer,
    audience: ResultAudience,
) -> Option<MissingInput> {
    let InputError { dataset, part, .. } =
        measures::stats_key(layer, audience, catalog, inputs).err()?;
    let fault = inputs.fault(&dataset, part)?;
    Some(MissingInput { dataset, fault })
}
