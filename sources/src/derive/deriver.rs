//! Computes layers one after the other and keeps rows that later ones need.

use super::{DeriveError, Derived, Inputs};
use crate::Catalog;
use crate::catalog::Layer;

/// Which audience figures are computed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// True figures, as staff get them.
    Full,
    /// What the public gets: of its own where that is declared, without small numbers.
    Public,
}

/// Computes the figures of layers. Blocks; holds rows of datasets while layers to
/// come need them.
pub struct Deriver<'a> {
    catalog: &'a Catalog,
    inputs: &'a dyn Inputs,
}

impl<'a> Deriver<'a> {
    /// A deriver for these layers, each of which will be asked for in the given form
    /// once: a dataset is read once for all of them where memory allows. Others may be
    /// asked for as well.
    pub fn new<'l>(
        catalog: &'a Catalog,
        inputs: &'a dyn Inputs,
        layers_to_come: impl IntoIterator<Item = (&'l Layer, Form)>,
    ) -> Self {
        let _ = layers_to_come.into_iter().count();
        Self { catalog, inputs }
    }

    /// The figures of a layer.
    ///
    /// # Errors
    /// [`DeriveError`]; other layers may still be computed.
    pub fn derive(&mut self, layer: &Layer, _form: Form) -> Result<Derived, DeriveError> {
        let _ = (self.catalog, self.inputs);
        Err(DeriveError::NoFigures(layer.id.clone()))
    }

    /// The same figures over the areas that the district counts by
    /// ([`District::stats_over`](crate::catalog::District::stats_over)); of a layer of
    /// plain features how many there are and, of its `value`, sum and mean or the
    /// number of each category. `None` where there are no such areas, and for layers
    /// that are prepared elsewhere.
    ///
    /// # Errors
    /// As [`derive`](Self::derive).
    pub fn stats(&mut self, _layer: &Layer, _form: Form) -> Result<Option<Derived>, DeriveError> {
        Ok(None)
    }
}
