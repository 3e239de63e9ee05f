//! Joins computed measures to the features that carry them.

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use data_model::feature::{FeatureSchema, FeatureVisitor, Geometry};
use data_model::{ContentDigest, DatasetId};
use measures::{ColumnValues, LayerMeasures, MeasureCarrier};
use tile_source::time_slices::{TimeSlice, TimeSlices};
use vector_tile::features::{FeatureTable, TableBuilder, TableError, TableOptions, ValueId};

/// Marks table rows without measures.
const NO_MEASURES: u32 = u32::MAX;

/// The feature table that measures are joined to.
#[derive(Clone, Copy)]
pub(crate) struct CarrierTable<'t> {
    pub(crate) table: &'t FeatureTable,
    pub(crate) digest: ContentDigest,
}

/// Measures and their features don't match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoinError {
    /// The features are not loaded.
    #[error("the features of {0} have not been loaded")]
    NoCarrier(DatasetId),
    /// The lines do not fit a feature table.
    #[error(transparent)]
    Lines(#[from] TableError),
    /// The result has no time slice.
    #[error("there is no data of any time")]
    NoSlices,
}

/// Builds a layer's time slices.
///
/// The measures are joined to the features of `carrier`, or to lines of their own if the
/// result has some; `has_labels` adds label points.
///
/// # Errors
/// Returns [`JoinError`] if the measures and `carrier` don't match.
pub(crate) fn join(
    measures: &LayerMeasures,
    carrier: Option<CarrierTable<'_>>,
    has_labels: bool,
) -> Result<TimeSlices, JoinError> {
    let lines;
    let (table, carrier_digest) = match (&measures.features, carrier) {
        (MeasureCarrier::Of { .. }, Some(carrier)) => (carrier.table, Some(carrier.digest)),
        (MeasureCarrier::Lines(geometries), _) => {
            lines = line_table(geometries)?;
            (&lines, None)
        }
        (MeasureCarrier::Of { dataset, .. }, None) => {
            return Err(JoinError::NoCarrier(dataset.clone()));
        }
    };
    let slices = slices(measures, table, has_labels);
    let digest = digest(measures, carrier_digest);
    let is_timeless = matches!(&measures.slices[..], [only] if only.is_empty());
    let joined = match (is_timeless, slices.first()) {
        (true, Some(slice)) => Some(TimeSlices::timeless(slice.clone(), digest)),
        _ => TimeSlices::new(measures.slices.clone(), slices, digest)
            .map(|slices| slices.with_partial(&measures.partial)),
    };
    joined.ok_or(JoinError::NoSlices)
}

/// The features of `table` with the measures of each slice.
fn slices(measures: &LayerMeasures, table: &FeatureTable, has_labels: bool) -> Vec<TimeSlice> {
    let indices = measure_indices(&measures.features, table);
    let by_row = |values: &[ValueId]| -> Arc<[ValueId]> {
        let value = |&index: &u32| values.get(index as usize).copied().unwrap_or(0);
        indices.iter().map(value).collect()
    };
    // Shared by all slices.
    let constant: Vec<Option<Arc<[ValueId]>>> = measures
        .values
        .iter()
        .map(|values| match values {
            ColumnValues::Constant(values) => Some(by_row(values)),
            ColumnValues::Sliced(_) => None,
        })
        .collect();
    let points = has_labels.then(|| table.label_points());
    let columns: Arc<[_]> = measures.columns.clone().into();
    let dictionary = Arc::new(measures.dictionary.clone());
    let slice = |slice| {
        let values =
            constant.iter().zip(&measures.values).map(|(constant, values)| match constant {
                Some(values) => Arc::clone(values),
                None => by_row(values.of_slice(slice)),
            });
        let values: Vec<Arc<[ValueId]>> = values.collect();
        let with_measures = |features: &FeatureTable| {
            let (columns, dictionary) = (Arc::clone(&columns), Arc::clone(&dictionary));
            Arc::new(features.with_columns(columns, values.clone(), dictionary))
        };
        TimeSlice { table: with_measures(table), labels: points.as_ref().map(with_measures) }
    };
    (0..measures.slices.len()).map(slice).collect()
}

/// Index of each table row's measures in the result; [`NO_MEASURES`] for features without
/// measures.
fn measure_indices(features: &MeasureCarrier, table: &FeatureTable) -> Vec<u32> {
    let index = |id: &u64| match features {
        MeasureCarrier::Of { ids, .. } => {
            ids.binary_search(id).map_or(NO_MEASURES, |index| index as u32)
        }
        MeasureCarrier::Lines(_) => u32::try_from(*id).unwrap_or(NO_MEASURES),
    };
    table.ids().iter().map(index).collect()
}

fn line_table(lines: &[Geometry]) -> Result<FeatureTable, JoinError> {
    let mut builder = TableBuilder::new(TableOptions::default());
    builder.begin(&FeatureSchema::default());
    for (row, line) in lines.iter().enumerate() {
        // The builder has the fault.
        if builder.feature(row as u64, line, &[]).is_err() {
            break;
        }
    }
    Ok(builder.finish()?)
}

/// Digest of everything that tiles show of the measures and their features.
fn digest(measures: &LayerMeasures, carrier: Option<ContentDigest>) -> ContentDigest {
    let mut hash = Xxh3::new();
    hash.update(&carrier.map_or(0, ContentDigest::get).to_le_bytes());
    let mut text = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    measures.slices.iter().for_each(|slice| text(slice));
    measures.columns.iter().for_each(|column| text(&column.name));
    for id in 0..measures.dictionary.len() {
        hash.update(measures.dictionary.encoded(id as ValueId));
    }
    for values in &measures.values {
        for slice in 0..measures.slices.len() {
            hash.update(bytemuck::cast_slice(values.of_slice(slice)));
        }
    }
    match &measures.features {
        MeasureCarrier::Of { ids, .. } => hash.update(bytemuck::cast_slice(ids)),
        MeasureCarrier::Lines(lines) => {
            for line in lines {
                hash.update(bytemuck::cast_slice(&line.coordinates));
            }
        }
    }
    ContentDigest::new(hash.digest128())
}
