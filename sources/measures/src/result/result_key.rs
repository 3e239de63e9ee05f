//! Keys of results: digests of their inputs.

use std::fmt::{self, Write};

use xxhash_rust::xxh3::Xxh3Default;

use crate::areas::area_method::AreaMethod;
use crate::audience::ResultAudience;
use crate::declared_measures::DeclaredMeasures;
use crate::disclosure::public_measures::public_measures;
use crate::needs;
use crate::reading::dataset_reader::{DatasetPart, DatasetReader, InputError};
use crate::reading::row_needs::PartNeeds;
use catalog::{Catalog, Layer};
use data_model::{ContentDigest, DatasetId};

/// Version of the evaluation; incremented whenever equal inputs give another result.
const ENGINE: u32 = 6;

/// Digest of the inputs of
/// [`MeasureEvaluator::evaluate`](crate::MeasureEvaluator::evaluate): the version of the
/// evaluation, the declarations of the layer and its datasets, and the stored content.
/// Equal keys mean equal results. `None` for a layer without measures for this audience.
///
/// # Errors
/// Returns [`InputError`] if a dataset can't be read.
pub fn measures_key(
    layer: &Layer,
    audience: ResultAudience,
    catalog: &Catalog,
    reader: &dyn DatasetReader,
) -> Result<Option<ContentDigest>, InputError> {
    let Some(declared) = DeclaredMeasures::of(layer, audience) else { return Ok(None) };
    // The evaluation reports declarations that can't be resolved.
    let needs = needs::of_layer(catalog, &declared).unwrap_or_default();
    let measures = (declared.set, declared.flow);
    let declared = ("figures", audience, measures, &catalog.district.stats_areas);
    digest(&declared, &needs, catalog, reader).map(Some)
}

/// Stored parts that a layer's measures are evaluated from; empty for a layer without
/// measures for this audience.
#[must_use]
pub fn input_parts(
    layer: &Layer,
    audience: ResultAudience,
    catalog: &Catalog,
) -> Vec<(DatasetId, DatasetPart)> {
    let declared = DeclaredMeasures::of(layer, audience);
    let needs = declared.and_then(|declared| needs::of_layer(catalog, &declared).ok());
    needs.unwrap_or_default().into_keys().collect()
}

/// Digest of the inputs of [`MeasureEvaluator::stats`](crate::MeasureEvaluator::stats);
/// `None` for a layer without measures by area.
///
/// # Errors
/// Returns [`InputError`] if a dataset can't be read.
pub fn stats_key(
    layer: &Layer,
    audience: ResultAudience,
    catalog: &Catalog,
    reader: &dyn DatasetReader,
) -> Result<Option<ContentDigest>, InputError> {
    let Some(method) = AreaMethod::of(catalog, layer, audience, None) else { return Ok(None) };
    let declared = (&layer.content, &layer.public_form, &layer.value, &layer.dataset);
    let areas = &catalog.district.stats_areas;
    let needs = method.needs(catalog).unwrap_or_default();
    digest(&("stats", audience, declared, areas), &needs, catalog, reader).map(Some)
}

fn digest(
    declared: &dyn fmt::Debug,
    needs: &PartNeeds,
    catalog: &Catalog,
    reader: &dyn DatasetReader,
) -> Result<ContentDigest, InputError> {
    let mut digest = DigestWriter(Xxh3Default::new());
    // A derived `Debug` shows all fields, numbers to the last bit. Writing to a digest
    // can't fail.
    let district = (&catalog.district.bounds, &catalog.district.time_zone);
    let _ = write!(digest, "{ENGINE} {declared:?} {district:?}");
    for (dataset, part) in needs.keys() {
        let declared = catalog.dataset(dataset.as_str());
        let id = reader.id_column(dataset);
        let content = reader.digest(dataset, *part)?;
        let _ = write!(digest, "\n{declared:?} {part} {id:?} {content}");
    }
    // Suppression depends on the other public measures of the same rows. The evaluation
    // decides which of them matter: all of them count here.
    for public in public_measures(catalog) {
        let is_needed = |id: &DatasetId| needs.keys().any(|(dataset, _)| dataset == id);
        let (set, flow) = (public.set, public.flow);
        if set.datasets().iter().any(is_needed) || flow.is_some_and(|flow| is_needed(&flow.dataset))
        {
            let _ = write!(digest, "\n{:?}", (set, flow));
        }
    }
    Ok(ContentDigest::new(digest.0.digest128()))
}

struct DigestWriter(Xxh3Default);

impl Write for DigestWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
