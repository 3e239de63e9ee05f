//! Tile sources: a tile request in, a fragment out.
//!
//! | module | content |
//! |---|---|
//! | [`source`] | the trait, its requests and descriptions |
//! | [`selection`] | the part of a layer that a request selects |
//! | [`workers`] | the bounded pool of threads that make tiles |
//! | [`table_source`] | a layer encoded from a feature table |
//! | [`reduced_tables`] | tables of the zooms at which a rule reduces the features |
//! | [`zoom_views`] | the attributes of each zoom |
//! | [`time_slices`] | the slices of a feature table by time |

#![forbid(unsafe_code)]

mod error;
mod fragment_encoding;
mod publication;
pub mod reduced_tables;
pub mod selection;
pub mod source;
pub mod table_source;
pub mod time_slices;
pub mod workers;
pub mod zoom_views;

pub use error::SourceError;
pub use selection::Selection;
pub use source::{ContentVersion, LayerDescription, TileRequest, TileSource, VectorLayer};
