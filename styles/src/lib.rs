//! How the layers of a theme look: MapLibre style documents.
//!
//! This crate knows neither tiles nor HTTP. A caller loads the [`Themes`], says
//! which layers a map has ([`Look`]) and gets a style with one vector source,
//! absolute URLs, and no style layer whose data the map lacks. Layers that no
//! document styles get a generated look, so every map shows everything.
//!
//! | module | what it holds |
//! |---|---|
//! | [`document`] | one checked style document |
//! | [`themes`] | all documents: embedded, or from an operator's folder |
//! | [`render`] | documents to a style for one map |
//! | [`generate`] | the look of a layer that no document styles |
//! | [`theming`] | the look of a layer that is shaded by what its features say |
//! | [`legend`] | what the colours of a map mean |
//! | [`lint`] | what a document may contain, and what QGIS understands |

#![forbid(unsafe_code)]

pub mod document;
pub mod generate;
pub mod legend;
pub mod lint;
pub mod render;
pub mod themes;
pub mod theming;

use serde::Serialize;

pub use document::Document;
pub use lint::{Finding, Severity};
pub use render::{Language, RenderRequest, render};
pub use themes::{StyleFaults, Themes};
pub use theming::Theming;

/// The one vector source of every style.
pub const SOURCE: &str = "policy-map";

/// A text for people in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Title<'a> {
    /// Korean.
    pub ko: &'a str,
    /// English.
    pub en: &'a str,
}

impl<'a> Title<'a> {
    /// The text in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'a str {
        match language {
            Language::Korean => self.ko,
            Language::English => self.en,
        }
    }
}

/// What kind of geometry a layer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Polygons.
    Polygon,
    /// More than one of the others.
    Mixed,
}

/// A layer of the map to be styled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look<'a> {
    /// Its id and vector-tile layer name.
    pub id: &'a str,
    /// Its name for people.
    pub title: Title<'a>,
    /// What there is to draw.
    pub shape: Shape,
    /// What it is shaded by where no document draws it; one colour where `None`.
    pub theming: Option<&'a Theming>,
}
