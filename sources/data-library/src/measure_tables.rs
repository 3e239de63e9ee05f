//! Joins computed measures to the features that carry them.

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use data_model::feature::{FeatureSchema, FeatureVisitor};
use measures::{ColumnValues, LayerMeasures, MeasureCarrier};
use tile_source::time_slices::{TimeSlice, TimeSlices};
use vector_tile::features::{FeatureTable, TableBuilder, TableOptions, ValueId};

/// Marks rows whose feature is not in the table, or features without measures.
const NOWHERE: u32 = u32::MAX;

/// Builds a layer's time slices.
///
/// The measures are joined to the features of `carrier`, or to lines of their own if the
/// result has some; `labels` adds label points.
///
/// # Errors
/// Returns the reason that the measures and `carrier` don't match.
pub(super) fn on_features(
    derived: &LayerMeasures,
    carrier: Option<(&FeatureTable, u128)>,
    labels: bool,
) -> Result<TimeSlices, String> {
    let own;
    let (table, place_digest) = match (&derived.features, carrier) {
        (MeasureCarrier::Of { .. }, Some((table, digest))) => (table, digest),
        (MeasureCarrier::Lines(lines), _) => {
            own = line_table(lines)?;
            (&own, 0)
        }
        (MeasureCarrier::Of { dataset, .. }, None) => {
            return Err(format!("the features of {dataset} have not been loaded"));
        }
    };
    let places = places(&derived.features, table);
    let arranged = |values: &[ValueId]| -> Arc<[ValueId]> {
        let value = |&place: &u32| values.get(place as usize).copied().unwrap_or(0);
        places.iter().map(value).collect()
    };
    let constant: Vec<Option<Arc<[ValueId]>>> = derived
        .values
        .iter()
        .map(|values| match values {
            ColumnValues::Constant(values) => Some(arranged(values)),
            ColumnValues::Sliced(_) => None,
        })
        .collect();
    let points = labels.then(|| table.label_points());
    let columns: Arc<[_]> = derived.columns.clone().into();
    let dictionary = Arc::new(derived.dictionary.clone());
    let slices: Vec<TimeSlice> = (0..derived.slices.len())
        .map(|slice| {
            let values: Vec<Arc<[ValueId]>> = constant
                .iter()
                .zip(&derived.values)
                .map(|(constant, values)| match constant {
                    Some(values) => Arc::clone(values),
                    None => arranged(values.of_slice(slice)),
                })
                .collect();
            let put_on = |features: &FeatureTable| {
                let (columns, dictionary) = (Arc::clone(&columns), Arc::clone(&dictionary));
                Arc::new(features.with_columns(columns, values.clone(), dictionary))
            };
            TimeSlice { table: put_on(table), labels: points.as_ref().map(put_on) }
        })
        .collect();
    let digest = digest(derived, place_digest);
    let timeless = matches!(&derived.slices[..], [only] if only.is_empty());
    let sliced = match (timeless, slices.first()) {
        (true, Some(slice)) => Some(TimeSlices::timeless(slice.clone(), digest)),
        _ => TimeSlices::new(derived.slices.clone(), slices, digest)
            .map(|slices| slices.with_partial(&derived.partial)),
    };
    sliced.ok_or_else(|| "there is no data of any time".to_owned())
}

/// Index of each table row's measures in the result; [`NOWHERE`] for features without
/// measures.
fn places(features: &MeasureCarrier, table: &FeatureTable) -> Vec<u32> {
    let place = |id: &u64| match features {
        MeasureCarrier::Of { ids, .. } => {
            ids.binary_search(id).map_or(NOWHERE, |place| place as u32)
        }
        MeasureCarrier::Lines(_) => u32::try_from(*id).unwrap_or(NOWHERE),
    };
    table.ids().iter().map(place).collect()
}

fn line_table(lines: &[data_model::feature::Geometry]) -> Result<FeatureTable, String> {
    let mut builder = TableBuilder::new(TableOptions::default());
    builder.begin(&FeatureSchema::default());
    for (row, line) in lines.iter().enumerate() {
        builder.feature(row as u64, line, &[])?;
    }
    builder.finish().map_err(|error| error.to_string())
}

/// Digest of everything that tiles show of the measures and their features.
fn digest(derived: &LayerMeasures, place: u128) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(&place.to_le_bytes());
    let mut text = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    derived.slices.iter().for_each(|slice| text(slice));
    derived.columns.iter().for_each(|column| text(&column.name));
    for id in 0..derived.dictionary.len() {
        hash.update(derived.dictionary.encoded(id as ValueId));
    }
    for values in &derived.values {
        for slice in 0..derived.slices.len() {
            hash.update(bytemuck::cast_slice(values.of_slice(slice)));
        }
    }
    match &derived.features {
        MeasureCarrier::Of { ids, .. } => hash.update(bytemuck::cast_slice(ids)),
        MeasureCarrier::Lines(lines) => {
            for line in lines {
                hash.update(bytemuck::cast_slice(&line.coordinates));
            }
        }
    }
    hash.digest128()
}
