//! Positions and rectangles of the whole world.

use crate::GeographicBounds;

/// A position as Web Mercator fractions of the world, in units of 2⁻³².
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WorldPoint {
    /// Eastwards from 180° W.
    pub x: u32,
    /// Southwards from 85.0511° N.
    pub y: u32,
}

const WORLD_UNITS: f64 = 4_294_967_296.0;

impl WorldPoint {
    /// Projects longitude and latitude in degrees (WGS 84).
    ///
    /// Positions past the edge of the Web Mercator square land on the edge:
    /// longitude 180 is `u32::MAX`, not 0 on the other side of the world.
    /// Callers reject what is not finite before they come here.
    #[must_use]
    pub fn from_lon_lat(lon: f64, lat: f64) -> Self {
        let x = lon / 360.0 + 0.5;
        let sin = lat.to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        // `as` saturates: below 0 becomes 0, past the end becomes u32::MAX.
        Self { x: (x * WORLD_UNITS).round() as u32, y: (y * WORLD_UNITS).round() as u32 }
    }

    /// Longitude and latitude in degrees (WGS 84).
    #[must_use]
    pub fn to_lon_lat(self) -> (f64, f64) {
        let lon = f64::from(self.x) / WORLD_UNITS * 360.0 - 180.0;
        let mercator = std::f64::consts::PI * (1.0 - 2.0 * f64::from(self.y) / WORLD_UNITS);
        (lon, mercator.sinh().atan().to_degrees())
    }
}

/// A rectangle of the world, both corners inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldRect {
    /// North-western corner (smallest x and y).
    pub min: WorldPoint,
    /// South-eastern corner (largest x and y).
    pub max: WorldPoint,
}

impl WorldRect {
    /// The rectangle that holds nothing and that any point extends.
    pub const EMPTY: Self =
        Self { min: WorldPoint { x: u32::MAX, y: u32::MAX }, max: WorldPoint { x: 0, y: 0 } };

    /// Whether no point lies inside.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.min.x > self.max.x || self.min.y > self.max.y
    }

    /// Grows to hold `point`.
    pub fn extend(&mut self, point: WorldPoint) {
        self.min.x = self.min.x.min(point.x);
        self.min.y = self.min.y.min(point.y);
        self.max.x = self.max.x.max(point.x);
        self.max.y = self.max.y.max(point.y);
    }

    /// Grows to hold `other`.
    pub fn union(&mut self, other: &Self) {
        self.min.x = self.min.x.min(other.min.x);
        self.min.y = self.min.y.min(other.min.y);
        self.max.x = self.max.x.max(other.max.x);
        self.max.y = self.max.y.max(other.max.y);
    }

    /// Whether the two share a point.
    #[must_use]
    pub const fn intersects(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.min.x <= other.min.x
            && other.max.x <= self.max.x
            && self.min.y <= other.min.y
            && other.max.y <= self.max.y
    }

    /// The rectangle in degrees.
    #[must_use]
    pub fn to_lon_lat_bounds(&self) -> GeographicBounds {
        let (west, north) = self.min.to_lon_lat();
        let (east, south) = self.max.to_lon_lat();
        GeographicBounds::of_corners([west, south], [east, north])
    }
}
