//! The measure engine: a layer's figures from the rows of datasets.
//!
//! Catalog and rows in, [`Derived`] out; stores are known through [`Inputs`] alone.

mod derived;
mod deriver;
mod error;
mod inputs;
mod kept;
mod key;

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
