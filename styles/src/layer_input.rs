//! Description of a layer to be styled.

use crate::language::LocalizedTitle;
use crate::map_description::MapForm;
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

/// Map to be styled.
#[derive(Debug, Clone, PartialEq)]
pub struct MapStyleInput<'a> {
    /// Layer id.
    pub id: &'a str,
    /// Theme whose documents draw the map.
    pub theme: Option<&'a str>,
    /// Form that is drawn.
    pub form: MapForm,
    /// Vector-tile layers: one called like the map, or those of an archive published whole.
    pub layers: Vec<LayerStyleInput<'a>>,
    /// Whether tiles also hold label points; style layers that draw them are left out
    /// otherwise.
    pub label_points: bool,
    /// Facts of the tiles, for sources without TileJSON.
    pub tiles: MapTiles,
    /// Labels of the time slices; empty for a map without time.
    pub times: Vec<&'a str>,
    /// Declared time slice that the map opens with.
    pub opening_time: Option<&'a str>,
}

/// Facts of a map's tiles, as in their TileJSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapTiles {
    /// First and last zoom with tiles.
    pub zooms: (u8, u8),
    /// West, south, east and north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// Attribution, in HTML.
    pub attribution: Option<String>,
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
