//! Transverse Mercator, the projection of Korean systems and UTM.

use super::KNOWN;
use super::known_crs::KnownCrs;
use super::wkt::WktNode;

/// Parameters of a transverse Mercator projection, without the datum.
#[derive(Debug, Clone, Copy)]
pub(super) struct TransverseMercator {
    meridian: f64,
    latitude: f64,
    scale: f64,
    easting: f64,
    northing: f64,
}

impl TransverseMercator {
    pub(super) fn read(crs: &WktNode<'_>) -> Option<Self> {
        if !matches!(crs.projection_method().as_str(), "TRANSVERSE_MERCATOR" | "GAUSS_KRUGER") {
            return None;
        }
        // WKT 2 has them in its conversion.
        let holder = crs.child(&["CONVERSION"]).unwrap_or(crs);
        let parameter = |names: [&str; 2]| {
            let name = |node: &WktNode<'_>| node.name().to_ascii_uppercase().replace(' ', "_");
            let mut all = holder.nodes.iter().filter(|node| node.is(&["PARAMETER"]));
            all.find(|node| names.contains(&name(node).as_str())).and_then(|node| node.number(0))
        };
        Some(Self {
            meridian: parameter(["CENTRAL_MERIDIAN", "LONGITUDE_OF_NATURAL_ORIGIN"])?,
            latitude: parameter(["LATITUDE_OF_ORIGIN", "LATITUDE_OF_NATURAL_ORIGIN"])?,
            scale: parameter(["SCALE_FACTOR", "SCALE_FACTOR_AT_NATURAL_ORIGIN"]).unwrap_or(1.0),
            easting: parameter(["FALSE_EASTING", ""]).unwrap_or(0.0),
            northing: parameter(["FALSE_NORTHING", ""]).unwrap_or(0.0),
        })
    }

    /// Central meridian in degrees.
    pub(super) fn meridian(&self) -> f64 {
        self.meridian
    }

    /// Moves a belt of the old datum to the modified meridian, 10.405″ east.
    ///
    /// The origin of the datum was found to be off. Data is on the modified meridian whatever
    /// its `.prj` gives (EPSG:2096, 2097, 2098 and 5167 are the codes of the unmodified belts).
    /// Other projections are returned unchanged.
    pub(super) fn on_the_modified_meridian(self) -> Self {
        let unmoved = [125.0, 127.0, 129.0, 131.0];
        if !unmoved.iter().any(|meridian| (self.meridian - meridian).abs() < 1e-9) {
            return self;
        }
        let moved = Self { meridian: self.meridian + 10.405 / 3600.0, ..self };
        if KNOWN.iter().any(|known| moved.is(known, true)) { moved } else { self }
    }

    /// Whether a known CRS on the Bessel ellipsoid (or, with `bessel` false, on another) has
    /// these parameters.
    pub(super) fn is(&self, known: &KnownCrs, bessel: bool) -> bool {
        let same = |name: &str, value: f64, tolerance: f64| {
            known.parameter(name).is_some_and(|known| (known - value).abs() < tolerance)
        };
        known.definition.contains("bessel") == bessel
            && same("+lon_0=", self.meridian, 1e-6)
            && same("+lat_0=", self.latitude, 1e-9)
            && same("+k=", self.scale, 1e-9)
            && same("+x_0=", self.easting, 1e-3)
            && same("+y_0=", self.northing, 1e-3)
    }

    pub(super) fn definition(&self) -> String {
        format!(
            "+proj=tmerc +lat_0={} +lon_0={} +k={} +x_0={} +y_0={} +units=m",
            self.latitude, self.meridian, self.scale, self.easting, self.northing
        )
    }
}
