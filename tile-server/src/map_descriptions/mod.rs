//! Descriptions of published maps, from which styles, legends and previews are made.
//!
//! A description joins a layer's declaration with its published columns and values, in the
//! form that the layer is published in: it holds nothing that the form's audience may not see.

mod absolute_values;
mod cartography;
mod describe;
mod shown_value;
mod texts;

pub use describe::{map_description, map_form};

#[cfg(test)]
mod tests;
