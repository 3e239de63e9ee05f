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
