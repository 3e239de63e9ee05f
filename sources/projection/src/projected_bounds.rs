//! Boxes in the units of a CRS.

/// Box in the units of a CRS: metres, or degrees in a geographic one. Edges are included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjectedBounds {
    /// Smallest easting, or longitude.
    pub west: f64,
    /// Smallest northing, or latitude.
    pub south: f64,
    /// Largest easting, or longitude.
    pub east: f64,
    /// Largest northing, or latitude.
    pub north: f64,
}

impl ProjectedBounds {
    /// West, south, east and north.
    #[must_use]
    pub const fn to_array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    /// The box with its edges moved outwards.
    pub(crate) fn widened(self, margin: f64) -> Self {
        Self {
            west: self.west - margin,
            south: self.south - margin,
            east: self.east + margin,
            north: self.north + margin,
        }
    }
}

impl From<[f64; 4]> for ProjectedBounds {
    fn from([west, south, east, north]: [f64; 4]) -> Self {
        Self { west, south, east, north }
    }
}
