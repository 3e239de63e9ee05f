//! One CRS of the registry.

use data_model::GeographicBounds;

/// A CRS known by its EPSG code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCrs {
    /// The EPSG code.
    pub epsg: u32,
    /// Name in the EPSG register.
    pub name: &'static str,
    pub(super) definition: &'static str,
    /// Whether the CRS is a projected system of Korea.
    pub korean: bool,
}

impl KnownCrs {
    /// Area of use: west, south, east, north in degrees; the whole earth unless the CRS is
    /// Korean. A Korean belt is two degrees wide; half a degree is added on either side for
    /// regions that lie across its edge. Jeju has a belt of its own.
    #[must_use]
    pub fn area(&self) -> GeographicBounds {
        if !self.korean {
            return GeographicBounds::EARTH;
        }
        let [west, south, east, north] =
            match (self.parameter("+k="), self.parameter("+lon_0="), self.parameter("+y_0=")) {
                (Some(1.0), Some(meridian), Some(northing)) => {
                    let (south, north) =
                        if northing == 550_000.0 { (33.0, 34.0) } else { (33.0, 39.0) };
                    [meridian - 1.5, south, meridian + 1.5, north]
                }
                _ => [124.0, 33.0, 132.0, 39.0],
            };
        GeographicBounds::clamped([west, south, east, north]).unwrap_or(GeographicBounds::EARTH)
    }

    /// Whether the CRS fits everywhere: longitude and latitude on WGS 84, or Web Mercator.
    #[must_use]
    pub fn is_worldwide(&self) -> bool {
        self.name.starts_with("WGS 84") && !self.definition.starts_with('+')
    }

    /// Number of a parameter in the definition, such as `+lon_0=`.
    pub(super) fn parameter(&self, name: &str) -> Option<f64> {
        self.definition.split_whitespace().find_map(|part| part.strip_prefix(name)?.parse().ok())
    }
}

pub(super) const fn worldwide(epsg: u32, name: &'static str, definition: &'static str) -> KnownCrs {
    KnownCrs { epsg, name, definition, korean: false }
}

pub(super) const fn korean(epsg: u32, name: &'static str, definition: &'static str) -> KnownCrs {
    KnownCrs { epsg, name, definition, korean: true }
}
