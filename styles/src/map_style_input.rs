//! Description of a map to be styled.

use crate::layer_input::LayerStyleInput;
use crate::map_description::MapForm;

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
