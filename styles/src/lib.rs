//! MapLibre style documents for the layers of a theme.
//!
//! This crate depends on neither tiles nor HTTP. A caller loads the [`ThemeStyles`], describes
//! the layers of a map ([`LayerStyleInput`]) and gets a style with one vector source, absolute URLs,
//! and no style layer whose data the map lacks. Layers that no document styles get a
//! generated style, so every map shows everything.
//!
//! | module | content |
//! |---|---|
//! | [`document`] | one checked style document |
//! | [`themes`] | all documents: embedded, or from an operator's folder |
//! | [`render`] | documents to a style for one map |
//! | [`generate`] | generated style of a layer that no document styles |
//! | [`shading`] | generated style of a layer shaded by an attribute of its features |
//! | [`legend`] | legend of a map |
//! | [`class_breaks`] | class breaks of numbers: methods, choice and rounding |
//! | [`palettes`] | named palettes, and their twins for dark grounds and more contrast |
//! | [`colour`] | perceived difference, colour vision and contrast |
//! | [`symbols`] | pictograms, fill patterns and sprite sheets |
//! | [`map_description`] | declaration and data summary of one map, as the caller hands it over |
//! | [`keys`] | names that documents, the page and QGIS agree on |
//! | [`lint`] | rules for a document's content, and operators that QGIS misreads |

#![forbid(unsafe_code)]

pub mod class_breaks;
pub mod colour;
mod distance_field;
pub mod document;
mod finding;
pub mod generate;
pub mod keys;
mod language;
mod layer_input;
pub mod legend;
mod legend_lint;
pub mod lint;
pub mod map_description;
pub mod palettes;
pub mod render;
pub mod shading;
mod source_layer;
pub mod symbols;
pub mod themes;

pub use document::StyleDocument;
pub use finding::{Severity, StyleFinding};
pub use keys::SOURCE;
pub use language::{Language, LocalizedTitle};
pub use layer_input::{LayerGeometry, LayerStyleInput};
pub use render::{RenderRequest, render};
pub use shading::LayerShading;
pub use themes::{StyleFaults, ThemeStyles};
