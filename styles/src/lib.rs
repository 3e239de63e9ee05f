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
//! | [`lint`] | rules for a document's content, and operators that QGIS misreads |

#![forbid(unsafe_code)]

pub mod document;
pub mod generate;
pub mod legend;
pub mod lint;
pub mod render;
pub mod shading;
pub mod themes;

use serde::Serialize;

pub use document::StyleDocument;
pub use lint::{Severity, StyleFinding};
pub use render::{Language, RenderRequest, render};
pub use shading::LayerShading;
pub use themes::{StyleFaults, ThemeStyles};

/// Name of the one vector source of every style.
pub const SOURCE: &str = "policy-map";

/// Text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LocalizedTitle<'a> {
    /// Korean text.
    pub ko: &'a str,
    /// English text.
    pub en: &'a str,
}

impl<'a> LocalizedTitle<'a> {
    /// Text in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'a str {
        match language {
            Language::Korean => self.ko,
            Language::English => self.en,
        }
    }
}

/// Kind of geometry of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerGeometry {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Polygons.
    Polygon,
    /// More than one of the other kinds.
    Mixed,
}

/// Layer of the map to be styled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerStyleInput<'a> {
    /// Id, which is also the vector-tile layer name.
    pub id: &'a str,
    /// Title in both languages.
    pub title: LocalizedTitle<'a>,
    /// Kind of geometry.
    pub shape: LayerGeometry,
    /// Shading used if no document draws the layer; `None` for a single colour.
    pub shading: Option<&'a LayerShading>,
}
