//! Parsing of catalog files into declarations with their places.
//!
//! Files are parsed key by key rather than by a derived deserializer, so that one wrong
//! value causes one fault and does not discard the rest of its file.

mod base_map;
mod cartography;
mod content;
mod dataset;
mod declarations;
mod district;
mod entry;
mod files;
mod layer;
mod measure;
mod place;
mod tiling;

pub(super) use declarations::{
    CatalogDeclarations, DeclaredDataset, DeclaredLayer, MeasureLocations,
};
pub(super) use files::CatalogFiles;
pub(super) use place::{FaultCollector, KeyLocation};
