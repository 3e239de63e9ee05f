//! MapLibre expressions: parsed once, evaluated for each feature.
//!
//! The subset that style documents and their editors use. An operator outside it is an
//! [`ExpressionError`] with its place in the document. Filters of the old form
//! (`["==", "column", value]`) become the same [`Expression`].
//!
//! ```
//! use serde_json::json;
//! use styles::expression::{EvaluationContext, Expression, ExpressionValue};
//!
//! let colour = json!(["step", ["get", "rate"], "#ffffff", 10, "#000000"]);
//! let colour = Expression::parse(&colour, "layers[0].paint.fill-color")?;
//! let feature = [("rate", ExpressionValue::Number(12.0))];
//! let context = EvaluationContext::new(&feature, 12.0);
//! assert_eq!(colour.evaluate(&context)?, ExpressionValue::from("#000000"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod style_colour;

mod context;
mod curve;
mod error;
mod evaluate;
mod filter;
mod operator;
mod parse;
mod syntax;
mod traversal;
mod value;

pub use context::{EvaluationContext, FeatureProperties, GeometryType};
pub use curve::InterpolationCurve;
pub use error::{EvaluationError, ExpressionError, ExpressionFault};
pub use operator::{Comparison, Operator};
pub use style_colour::StyleColour;
pub use syntax::{Expression, MatchBranch, Stop};
pub use value::ExpressionValue;

#[cfg(test)]
mod tests;
