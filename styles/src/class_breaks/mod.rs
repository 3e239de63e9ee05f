//! Class breaks of numbers: methods, choice among them, and rounding.
//!
//! A number equal to a break belongs to the class above it.

mod balance;
mod ckmeans;
mod diverging;
mod find;
mod methods;
mod number_classes;
mod rounding;

pub use ckmeans::ckmeans;
pub use find::{BreakRequest, find_classes, fits};
pub use methods::{equal_interval, head_tail, logarithmic, quantile};
pub use number_classes::NumberClasses;
