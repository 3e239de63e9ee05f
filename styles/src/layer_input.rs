//! Description of a vector-tile layer to be styled.

use crate::language::LocalizedTitle;
use crate::shading::LayerShading;

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

/// Vector-tile layer of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerStyleInput<'a> {
    /// Name in the tiles.
    pub id: &'a str,
    /// Title in both languages.
    pub title: LocalizedTitle<'a>,
    /// Kind of geometry.
    pub shape: LayerGeometry,
    /// Shading used if no document draws the layer; `None` for a single colour.
    pub shading: Option<&'a LayerShading>,
}
