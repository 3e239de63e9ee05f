//! MapLibre style documents for the layers of a theme.
//!
//! This crate depends on neither tiles nor HTTP. A caller loads the [`ThemeStyles`], describes
//! the maps of a style ([`MapStyleInput`]) and gets a style over the base, with absolute URLs
//! and no style layer whose data is missing. Maps that no document draws get a generated
//! style, so every map shows everything.
//!
//! | module | content |
//! |---|---|
//! | [`document`] | one checked style document of a theme |
//! | [`base`] | the checked style document of the base |
//! | [`themes`] | all documents: embedded, and from an operator's folder |
//! | [`render`] | documents to a style of maps over the base |
//! | [`client_profile`] | clients that a style is made for |
//! | [`generate`] | generated style of a layer that no document styles |
//! | [`shading`] | generated style of a layer shaded by an attribute of its features |
//! | [`classification`] | classes of a map, read from its style layers |
//! | [`expression`] | MapLibre expressions and filters, parsed and evaluated |
//! | [`legend`] | legend of a map |
//! | [`suggest`] | style layers proposed from a map's declaration and data |
//! | [`map_legend`] | legend of one map: words, frequencies, JSON and SVG |
//! | [`preview`] | small pictures of maps as SVG and PNG |
//! | [`checker`] | cartographic checks of a map's style layers on its data |
//! | [`class_breaks`] | class breaks of numbers: methods, choice and rounding |
//! | [`palettes`] | named palettes, and their twins for dark grounds and more contrast |
//! | [`colour`] | perceived difference, colour vision and contrast |
//! | [`symbols`] | pictograms, fill patterns and sprite sheets |
//! | [`map_description`] | declaration and data summary of one map, as the caller hands it over |
//! | [`keys`] | names that documents, the page and QGIS agree on |
//! | [`lint`] | rules for a document's content |

#![forbid(unsafe_code)]

pub mod base;
pub mod checker;
pub mod class_breaks;
pub mod classification;
pub mod client_profile;
pub mod colour;
pub mod document;
pub mod expression;
mod finding;
pub mod generate;
pub mod keys;
mod language;
mod layer_input;
pub mod legend;
mod legend_lint;
pub mod lint;
pub mod map_description;
pub mod map_legend;
mod map_style_input;
pub mod palettes;
mod parsed_layer;
pub mod preview;
mod qgis;
pub mod render;
mod scheme_paint;
mod served_document;
pub mod shading;
mod source_layer;
mod style_part;
pub mod suggest;
pub mod symbols;
pub mod themes;

pub use client_profile::ClientProfile;
pub use document::StyleDocument;
pub use finding::{Severity, StyleFinding};
pub use keys::{BASE_SOURCE, SOURCE};
pub use language::{Language, LocalizedTitle};
pub use layer_input::{LayerGeometry, LayerStyleInput};
pub use map_style_input::{MapStyleInput, MapTiles};
pub use palettes::ColourSchemeVariant;
pub use parsed_layer::{LayerKind, ParsedLayer};
pub use render::{BaseTiles, GroundRaster, MapArrangement, RenderRequest, render};
pub use shading::LayerShading;
pub use themes::{StyleFaults, ThemeStyles};
