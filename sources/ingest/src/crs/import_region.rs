//! Region that imported data is expected in, and the CRS to try.

use data_model::GeographicBounds;
use korean_text::Sentence;
use projection::KNOWN;

/// The region around a district, and the CRS that its files may be in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRegion {
    /// The region's name.
    pub name: Sentence,
    /// West, south, east, north in degrees.
    pub bounds: GeographicBounds,
    /// Boxes that cover the land, in degrees; empty if unknown: then no data is off the land.
    pub land: Vec<GeographicBounds>,
    /// EPSG codes of the CRS that a file without a usable one may be in, the likeliest first.
    pub candidates: Vec<u32>,
}

impl ImportRegion {
    /// Whether a position in longitude and latitude is on or near the land.
    pub(crate) fn is_land(&self, position: [f64; 2]) -> bool {
        self.land.iter().any(|part| part.contains(position))
    }
}

impl Default for ImportRegion {
    /// The whole earth, with every known CRS but the UTM zones, of which most would fit.
    fn default() -> Self {
        Self {
            name: Sentence::new("지구", "the earth"),
            bounds: GeographicBounds::EARTH,
            land: Vec::new(),
            candidates: KNOWN.iter().map(|known| known.epsg).collect(),
        }
    }
}
