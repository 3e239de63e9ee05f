//! The measure engine: a layer's figures from the rows of datasets.
//!
//! Catalog and rows in, [`Derived`] out; stores are known through [`Inputs`] alone.

mod aggregate;
mod arithmetic;
mod boxes;
mod by_area;
mod bytes;
mod cells;
mod derived;
mod deriver;
mod distance;
mod error;
mod evaluate;
mod filter;
mod flow;
mod inputs;
mod join;
mod kept;
mod key;
mod location;
mod needs;
mod outline;
mod plane;
mod publish;
mod reference;
mod round;
mod rows;
mod series;
mod slices;
mod stats;
mod stats_sets;
mod sums;
mod suppress;
mod tables;
mod time;

pub use derived::{ColumnValues, Derived, Features};
pub use deriver::{Deriver, Form};
pub use error::{DeriveError, KeptError};
pub use inputs::{InputError, Inputs, Part};
pub use key::{key, stats_key};

use crate::catalog::{FigureSet, Flow, Layer, LayerContent};

/// The figures of a layer in a form, and the flow that they stand on; `None` where it
/// has none there and is published from features.
#[must_use]
pub fn figures_of(layer: &Layer, form: Form) -> Option<(&FigureSet, Option<&Flow>)> {
    let (own, flow) = match &layer.content {
        LayerContent::Figures(set) => (Some(set), None),
        LayerContent::Flow(flow, set) => (Some(set), Some(flow)),
        _ => (None, None),
    };
    match (form, &layer.public_form) {
        (Form::Public, Some(set)) => Some((set, flow)),
        _ => own.map(|set| (set, flow)),
    }
}
