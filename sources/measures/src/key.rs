//! Digest of the inputs of a result.

use std::fmt::{self, Write};

use xxhash_rust::xxh3::Xxh3Default;

use super::kept_back::public_sets;
use super::needs::{self, PartNeeds};
use super::stats::{stats_needs, way};
use super::{DatasetPart, DatasetReader, InputError, ResultAudience, measures_of};
use catalog::{Catalog, Layer};
use data_model::DatasetId;

/// Version of the computation; incremented whenever equal inputs give another result.
const ENGINE: u32 = 5;

/// Digest of the inputs of [`Deriver::derive`](super::MeasureEvaluator::derive): this engine's
/// version, the declarations of the layer and its datasets, and the stored content. Equal
/// keys mean equal results. 0 for a layer without measures in this form.
///
/// # Errors
/// Returns [`InputError`] if a dataset can't be read.
pub fn key(
    layer: &Layer,
    form: ResultAudience,
    catalog: &Catalog,
    inputs: &dyn DatasetReader,
) -> Result<u128, InputError> {
    let Some(measures) = measures_of(layer, form) else { return Ok(0) };
    // What can't be resolved is a fault that the computation tells.
    let needs = needs::of_layer(catalog, layer, form).unwrap_or_default();
    digest(&("figures", form, measures, &catalog.district.stats_over), &needs, catalog, inputs)
}

/// Stored parts that a layer's measures of this form are computed from; empty for a layer
/// without measures.
#[must_use]
pub fn parts_of(
    layer: &Layer,
    form: ResultAudience,
    catalog: &Catalog,
) -> Vec<(DatasetId, DatasetPart)> {
    let needs = needs::of_layer(catalog, layer, form).unwrap_or_default();
    needs.keys().cloned().collect()
}

/// Digest of the inputs of [`Deriver::stats`](super::MeasureEvaluator::stats); 0 for a layer
/// without stats.
///
/// # Errors
/// Returns [`InputError`] if a dataset can't be read.
pub fn stats_key(
    layer: &Layer,
    form: ResultAudience,
    catalog: &Catalog,
    inputs: &dyn DatasetReader,
) -> Result<u128, InputError> {
    if way(catalog, layer, form, None).is_none() {
        return Ok(0);
    }
    let declared = (&layer.content, &layer.public_form, &layer.value, &layer.dataset);
    let areas = &catalog.district.stats_over;
    let needs = stats_needs(catalog, layer, form);
    digest(&("stats", form, declared, areas), &needs, catalog, inputs)
}

fn digest(
    declared: &dyn fmt::Debug,
    needs: &PartNeeds,
    catalog: &Catalog,
    inputs: &dyn DatasetReader,
) -> Result<u128, InputError> {
    let mut hash = Hash(Xxh3Default::new());
    // What derives `Debug` shows all of itself, numbers to the last bit. Writing to a
    // digest can't fail.
    let district = (&catalog.district.bounds, &catalog.district.time_zone);
    let _ = write!(hash, "{ENGINE} {declared:?} {district:?}");
    for (dataset, part) in needs.keys() {
        let declared = catalog.dataset(dataset.as_str());
        let id = inputs.id_column(dataset);
        let content = inputs.digest(dataset, *part)?;
        let _ = write!(hash, "\n{declared:?} {part} {id:?} {content:032x}");
    }
    // What is kept back depends on what else the public is told of the same rows.
    // Whether it does is for the computation to say: all sets of these rows count.
    for (set, flow) in public_sets(catalog) {
        let told = |id: &DatasetId| needs.keys().any(|(dataset, _)| dataset == id);
        if set.datasets().iter().any(told) || flow.is_some_and(|flow| told(&flow.dataset)) {
            let _ = write!(hash, "\n{:?}", (set, flow));
        }
    }
    Ok(hash.0.digest128())
}

struct Hash(Xxh3Default);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
