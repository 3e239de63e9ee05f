//! Region that imported data is expected in, and the CRS to try.

use korean_text::Sentence;
use projection::KNOWN;

/// The region around a district, and the CRS that its files may be in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRegion {
    /// The region's name.
    pub name: Sentence,
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// Boxes that cover the land, in degrees; empty if unknown: then no data is off the land.
    pub land: Vec<[f64; 4]>,
    /// EPSG codes of the CRS that a file without a usable one may be in, the likeliest first.
    pub candidates: Vec<u32>,
}

impl ImportRegion {
    /// Whether a position in longitude and latitude is on or near the land.
    pub(crate) fn is_land(&self, [lon, lat]: [f64; 2]) -> bool {
        self.land.iter().any(|&[west, south, east, north]| {
            (west..=east).contains(&lon) && (south..=north).contains(&lat)
        })
    }
}

impl Default for ImportRegion {
    /// The whole earth, with every known CRS but the UTM zones, of which most would fit.
    fn default() -> Self {
        Self {
            name: Sentence::new("지구", "the earth"),
            bounds: [-180.0, -90.0, 180.0, 90.0],
            land: Vec::new(),
            candidates: KNOWN.iter().map(|known| known.epsg).collect(),
        }
    }
}
