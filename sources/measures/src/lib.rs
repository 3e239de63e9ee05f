//! Evaluates a layer's measures over the rows of datasets.
//!
//! The input is the catalog and rows, the output [`LayerMeasures`]. Stores are reached through
//! [`DatasetReader`] only, so that all give the same results. Steps of an evaluation by
//! [`MeasureEvaluator`]:
//!
//! | step | module |
//! |---|---|
//! | measures that a layer declares for an [audience](ResultAudience) | `declared_measures` |
//! | parts and columns that are needed | `needs` |
//! | rows as columns of numbers, distinct texts and times | `reading` |
//! | outlines, bounding boxes, overlaps, distances | `geometry` |
//! | selection of rows, and their joins to features by key or location | `joining` |
//! | values by feature and time slice | `aggregating` |
//! | primary and secondary suppression for the public | `disclosure` |
//! | each measure of a layer: an aggregate, a distance, or a calculation | `evaluation` |
//! | measures by the district's areas | `areas` |
//! | encoded values, result files and their keys | `result` |
//!
//! Results do not depend on the order of rows: sums are exact, ties go to the smallest id
//! or text. No data is distinct from zero: a measure without data has no value.
//!
//! Memory: [`MeasureEvaluator`] limits the rows; a layer's evaluation takes 8 bytes for each
//! measure, feature and slice, 9 for the public, and 8 bytes a row for the order of a
//! dataset's rows in time. Two years of hourly footfall on 1,786 cells (2 million rows,
//! 576 slices, four measures) take 135 MB at most and half a second.
//!
//! # Example
//!
//! The waste of two dongs, as a sum over rows that refer to them by their code:
//!
//! ```
//! use catalog::Catalog;
//! use data_model::{ContentDigest, DatasetId};
//! use data_model::feature::{
//!     AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry,
//! };
//! use measures::{
//!     DatasetPart, DatasetReader, InputError, MeasureCarrier, MeasureEvaluator, ResultAudience,
//! };
//!
//! const DATASETS: &str = "
//! title = { ko = '환경', en = 'Environment' }
//! [[dataset]]
//! id = 'dong'
//! title = { ko = '행정동', en = 'Dongs' }
//! geometry = 'polygon'
//! key = ['code']
//! column = [{ name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } }]
//! [[dataset]]
//! id = 'waste'
//! title = { ko = '폐기물', en = 'Waste' }
//! geometry = 'polygon'
//! feature_dataset = 'dong'
//! [dataset.values]
//! key = 'code'
//! column = [
//!   { name = 'code', type = 'code', title = { ko = '코드', en = 'Code' } },
//!   { name = 'tonnes', type = 'int', unit = 't', title = { ko = '톤', en = 'Tonnes' } },
//! ]
//! ";
//!
//! const LAYERS: &str = "
//! title = { ko = '환경', en = 'Environment' }
//! order = 1
//! [[layer]]
//! id = 'waste-by-dong'
//! title = { ko = '동별 폐기물', en = 'Waste by dong' }
//! visibility = 'staff'
//! carrier = 'dong'
//! value = 'tonnes'
//! [[layer.measure]]
//! name = 'tonnes'
//! sum = 'waste.tonnes'
//! ";
//!
//! /// Rows in memory.
//! struct Rows;
//!
//! impl DatasetReader for Rows {
//!     fn scan(
//!         &self,
//!         dataset: &DatasetId,
//!         part: DatasetPart,
//!         visitor: &mut dyn FeatureVisitor,
//!     ) -> Result<(), InputError> {
//!         let column = |name: &str, kind| Column {
//!             name: name.to_owned(),
//!             kind,
//!             title: None,
//!             description: None,
//!         };
//!         let mut columns = vec![column("code", ColumnType::Text)];
//!         let mut rows = vec![vec![AttributeValue::Text("A")], vec![AttributeValue::Text("B")]];
//!         if part == DatasetPart::Values {
//!             columns.push(column("tonnes", ColumnType::Int));
//!             rows.push(rows[0].clone());
//!             for (row, tonnes) in rows.iter_mut().zip([3, 9, 4]) {
//!                 row.push(AttributeValue::Int(tonnes));
//!             }
//!         }
//!         visitor.begin(&FeatureSchema { columns, ..FeatureSchema::default() });
//!         for (number, row) in rows.iter().enumerate() {
//!             visitor.feature(number as u64, &Geometry::default(), row).map_err(|error| {
//!                 InputError { dataset: dataset.clone(), part, reason: error.to_string() }
//!             })?;
//!         }
//!         Ok(())
//!     }
//!
//!     /// Row numbers are the feature ids.
//!     fn id_column(&self, _: &DatasetId) -> Option<String> {
//!         None
//!     }
//!
//!     /// The rows never change.
//!     fn digest(&self, _: &DatasetId, _: DatasetPart) -> Result<ContentDigest, InputError> {
//!         Ok(ContentDigest::of_bytes(b"the first edition"))
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! for (file, text) in [
//!     ("district.toml", "title = { ko = '구', en = 'District' }"),
//!     ("datasets/environment.toml", DATASETS),
//!     ("layers/environment.toml", LAYERS),
//! ] {
//!     let path = folder.path().join(file);
//!     std::fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
//!     std::fs::write(path, text)?;
//! }
//! let catalog = Catalog::load(folder.path())?;
//! let layer = catalog.layer("waste-by-dong").ok_or("no such layer")?;
//!
//! let audience = ResultAudience::Full;
//! let mut evaluator = MeasureEvaluator::new(&catalog, &Rows, [(layer, audience)]);
//! let result = evaluator.evaluate(layer, audience)?;
//!
//! // Rows 0 and 1 of the carrier: 3 t + 4 t, and 9 t. Without times there is one slice.
//! let MeasureCarrier::Of { ids, .. } = &result.features else { return Err("lines".into()) };
//! assert_eq!(ids[..], [0, 1]);
//! assert_eq!(result.columns[0].name, "tonnes");
//! let values = result.values[0].of_slice(0).iter().map(|&id| result.dictionary.value(id));
//! let numbers: Vec<Option<f64>> = values.map(|value| value.number()).collect();
//! assert_eq!(numbers, [Some(7.0), Some(9.0)]);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod aggregating;
mod areas;
mod audience;
mod declared_measures;
mod disclosure;
mod error;
mod evaluation;
mod geometry;
mod joining;
mod measure_evaluator;
mod needs;
mod reading;
mod result;

pub use areas::area_method::area_measures;
pub use audience::ResultAudience;
pub use declared_measures::DeclaredMeasures;
pub use error::{
    DeclarationFault, DecodeError, DecodeFault, EvaluationError, ExceededLimit, IdFault,
    ResultFileError,
};
pub use evaluation::left_out::{LeftOut, LeftOutReason};
pub use measure_evaluator::MeasureEvaluator;
pub use reading::dataset_reader::{DatasetPart, DatasetReader, InputError};
pub use result::layer_measures::{ColumnValues, LayerMeasures, MeasureCarrier};
pub use result::result_file::{create_folder, narrow_permissions, sweep_leftovers};
pub use result::result_key::{input_parts, measures_key, stats_key};
