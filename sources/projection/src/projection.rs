//! Conversion between a CRS and longitude and latitude.

use proj4rs::Proj;
use proj4rs::transform::{Transform, TransformClosure, transform};

use super::definition_error::DefinitionError;
use super::error::ProjectionError;
use super::known;

/// A CRS that can be converted to longitude and latitude (WGS 84, degrees).
#[derive(Debug)]
pub struct Projection {
    epsg: Option<u32>,
    name: String,
    pub(super) kind: Kind,
    /// Central meridian of the definition in degrees, if the modified one replaced it.
    moved_meridian: Option<f64>,
}

/// Method of the conversion.
#[derive(Debug)]
pub(super) enum Kind {
    /// Longitude and latitude on WGS 84 or a datum within a metre of it.
    Geographic,
    /// Web Mercator metres.
    WebMercator,
    /// Any other CRS, and the geographic CRS to convert to.
    Proj(Box<(Proj, Proj)>),
}

/// Tolerance past the bounds of longitude and latitude, in degrees: about a metre, for the
/// rounding of single-precision numbers and of projecting there and back.
pub(super) const ROUNDING: f64 = 0.000_01;

/// Whether a position is a longitude and latitude, up to rounding.
pub fn is_on_earth([lon, lat]: [f64; 2]) -> bool {
    lon.abs() <= 180.0 + ROUNDING && lat.abs() <= 90.0 + ROUNDING
}

/// Longitude and latitude of a position, clamped if rounding put it up to 1e-5 degrees out of
/// bounds. `None` if the position is neither. Used by every store.
#[must_use]
pub fn onto_earth([lon, lat]: [f64; 2]) -> Option<[f64; 2]> {
    // Comparisons with NaN are false.
    is_on_earth([lon, lat]).then(|| [lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)])
}

pub(super) const WEB_MERCATOR_RADIUS: f64 = 6_378_137.0;

impl Projection {
    /// The CRS of an EPSG code.
    ///
    /// # Errors
    /// [`ProjectionError::UnknownCode`] for a code that is not known.
    pub fn from_epsg(code: u32) -> Result<Self, ProjectionError> {
        let known = known::find(code).ok_or(ProjectionError::UnknownCode(code))?;
        let kind = match known.definition {
            known::GEOGRAPHIC => Kind::Geographic,
            known::WEB_MERCATOR => Kind::WebMercator,
            definition => Kind::from_proj(definition)?,
        };
        let name = known.name.to_owned();
        Ok(Self { epsg: Some(code), name, kind, moved_meridian: None })
    }

    /// The CRS of a definition in PROJ's notation.
    ///
    /// # Errors
    /// [`ProjectionError::Definition`] when the definition can't be used.
    pub fn from_proj_string(name: &str, definition: &str) -> Result<Self, ProjectionError> {
        let (name, kind) = (name.to_owned(), Kind::from_proj(definition)?);
        Ok(Self { epsg: None, name, kind, moved_meridian: None })
    }

    /// The same CRS, with the central meridian in degrees that its definition gave.
    pub(super) fn with_moved_meridian(self, given: Option<f64>) -> Self {
        Self { moved_meridian: given, ..self }
    }

    /// EPSG code; `None` if the CRS is not a known one.
    #[must_use]
    pub fn epsg(&self) -> Option<u32> {
        self.epsg
    }

    /// A name for people, such as `EPSG:5174 (Korean 1985 / Modified Central Belt)`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.epsg {
            Some(code) => format!("EPSG:{code} ({})", self.name),
            None => self.name.clone(),
        }
    }

    /// Central meridian that a `.prj` gives, in degrees, if the modified one replaced it:
    /// Korean data on the Bessel ellipsoid counts from 10.405″ east of the given one.
    #[must_use]
    pub fn moved_meridian(&self) -> Option<f64> {
        self.moved_meridian
    }

    /// Whether positions are in degrees.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        match &self.kind {
            Kind::Geographic => true,
            Kind::WebMercator => false,
            Kind::Proj(pair) => pair.0.is_latlong(),
        }
    }

    /// Converts x, y to longitude, latitude in degrees, in place.
    ///
    /// # Errors
    /// [`ProjectionError::Position`] for the first position that is not finite
    /// or has no place on the map; the positions are then of no use.
    pub fn to_lon_lat(&self, positions: &mut [[f64; 2]]) -> Result<(), ProjectionError> {
        for (index, position) in positions.iter_mut().enumerate() {
            let [x, y] = *position;
            let placed = match &self.kind {
                _ if !x.is_finite() || !y.is_finite() => None,
                Kind::Geographic => Some([x, y]),
                Kind::WebMercator => {
                    let lat = (y / WEB_MERCATOR_RADIUS).sinh().atan().to_degrees();
                    Some([(x / WEB_MERCATOR_RADIUS).to_degrees(), lat])
                }
                Kind::Proj(pair) => pair_to_lon_lat(pair, x, y),
            };
            *position = placed.and_then(onto_earth).ok_or_else(|| ProjectionError::Position {
                index,
                x: x.to_string(),
                y: y.to_string(),
                crs: self.name(),
            })?;
        }
        Ok(())
    }

    /// Converts longitude, latitude in degrees to x, y, in place: the inverse of
    /// [`to_lon_lat`](Self::to_lon_lat), datum shift included, to centimetres.
    ///
    /// # Errors
    /// [`ProjectionError::Position`] for the first position that has no place in
    /// this CRS; the positions are then of no use.
    pub fn from_lon_lat(&self, positions: &mut [[f64; 2]]) -> Result<(), ProjectionError> {
        for (index, position) in positions.iter_mut().enumerate() {
            let [lon, lat] = *position;
            let placed = match &self.kind {
                Kind::Geographic => Some([lon, lat]),
                Kind::WebMercator => {
                    let y = lat.to_radians().tan().asinh() * WEB_MERCATOR_RADIUS;
                    Some([lon.to_radians() * WEB_MERCATOR_RADIUS, y])
                }
                Kind::Proj(pair) => pair_from_lon_lat(pair, lon, lat),
            };
            let sound = |at: &[f64; 2]| is_on_earth([lon, lat]) && at.iter().all(|x| x.is_finite());
            *position = placed.filter(sound).ok_or_else(|| ProjectionError::Position {
                index,
                x: lon.to_string(),
                y: lat.to_string(),
                crs: self.name(),
            })?;
        }
        Ok(())
    }
}

impl Kind {
    fn from_proj(definition: &str) -> Result<Self, ProjectionError> {
        let parse = |text: &str| Proj::from_proj_string(text).map_err(DefinitionError::Projection);
        let from = parse(definition)?;
        if !from.has_inverse() && !from.is_latlong() {
            return Err(DefinitionError::NoInverse(from.projname().to_owned()).into());
        }
        Ok(Self::Proj(Box::new((from, parse("+proj=longlat +datum=WGS84")?))))
    }
}

fn pair_to_lon_lat((from, to): &(Proj, Proj), x: f64, y: f64) -> Option<[f64; 2]> {
    // proj4rs works in radians.
    let mut point = if from.is_latlong() {
        Position { x: x.to_radians(), y: y.to_radians() }
    } else {
        Position { x, y }
    };
    transform(from, to, &mut point).ok()?;
    Some([point.x.to_degrees(), point.y.to_degrees()])
}

fn pair_from_lon_lat((crs, geographic): &(Proj, Proj), lon: f64, lat: f64) -> Option<[f64; 2]> {
    let mut point = Position { x: lon.to_radians(), y: lat.to_radians() };
    transform(geographic, crs, &mut point).ok()?;
    Some(if crs.is_latlong() {
        [point.x.to_degrees(), point.y.to_degrees()]
    } else {
        [point.x, point.y]
    })
}

struct Position {
    x: f64,
    y: f64,
}

impl Transform for Position {
    fn transform_coordinates<F: TransformClosure>(
        &mut self,
        f: &mut F,
    ) -> proj4rs::errors::Result<()> {
        // Heights are left out: the shift of a point on the ellipsoid.
        (self.x, self.y, _) = f(self.x, self.y, 0.0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::KNOWN;
    use super::*;
    use rstest::rstest;

    /// Metres between two positions near Seoul.
    fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
        let dx = (a[0] - b[0]) * 111_320.0 * a[1].to_radians().cos();
        let dy = (a[1] - b[1]) * 111_320.0;
        dx.hypot(dy)
    }

    // Reference values of gdaltransform (PROJ 9.1): -s_srs the EPSG code, for the
    // Bessel systems their definition with the shift; -t_srs '+proj=longlat +datum=WGS84'.
    #[rstest]
    #[case(5186, [203_333.0, 551_234.0], [127.037_723_292_601, 37.560_630_261_168])]
    #[case(5181, [203_333.0, 451_234.0], [127.037_723_292_601, 37.560_630_261_168])]
    #[case(5179, [959_200.0, 1_951_200.0], [127.038_045_745_097, 37.559_250_269_436])]
    #[case(5187, [26_700.0, 553_000.0], [127.038_679_064_701, 37.560_252_828_433])]
    #[case(5174, [203_080.0, 450_930.0], [127.035_647_693_459, 37.560_641_896_398])]
    #[case(5178, [959_000.0, 1_950_900.0], [127.033_637_745_945, 37.559_287_080_983])]
    #[case(3857, [14_141_760.0, 4_517_360.0], [127.037_591_523_501, 37.559_332_838_742])]
    #[case(4162, [127.0398, 37.5578], [127.037_694_546_473, 37.560_597_181_644])]
    fn positions_are_those_of_proj(
        #[case] code: u32,
        #[case] at: [f64; 2],
        #[case] expected: [f64; 2],
    ) {
        let mut positions = [at];
        Projection::from_epsg(code).unwrap().to_lon_lat(&mut positions).unwrap();
        let off = metres(positions[0], expected);
        assert!(off < 0.01, "{positions:?} is {off} m off");

        let mut back = [expected];
        let projection = Projection::from_epsg(code).unwrap();
        projection.from_lon_lat(&mut back).unwrap();
        let [dx, dy] = [back[0][0] - at[0], back[0][1] - at[1]];
        let near = if projection.is_geographic() { 1e-6 } else { 0.1 };
        assert!(dx.hypot(dy) < near, "{back:?} and not {at:?}");
    }

    #[rstest]
    #[case(4326, [203_333.0, 551_234.0])]
    #[case(4326, [37.5, 127.0])]
    #[case(4326, [180.1, 0.0])]
    #[case(3857, [2.1e7, 0.0])]
    #[case(4162, [37.5, 127.0])]
    fn positions_off_the_earth_are_none(#[case] code: u32, #[case] at: [f64; 2]) {
        let error = Projection::from_epsg(code).unwrap().to_lon_lat(&mut [[127.0, 37.5], at]);
        assert!(matches!(error, Err(ProjectionError::Position { index: 1, .. })), "{error:?}");
    }

    #[test]
    fn the_ends_of_the_world_are_on_it() {
        let mut positions = [[180.0, 90.0], [-180.000_000_5, -90.0]];
        Projection::from_epsg(4326).unwrap().to_lon_lat(&mut positions).unwrap();
    }

    #[test]
    fn a_rounding_past_the_end_of_the_world_is_brought_back() {
        let mut positions = [[180.000_000_000_000_06, 0.0], [-180.000_009, 90.000_009]];
        Projection::from_epsg(4326).unwrap().to_lon_lat(&mut positions).unwrap();
        assert_eq!(positions, [[180.0, 0.0], [-180.0, 90.0]]);
        for beyond in [[180.000_011, 0.0], [0.0, -90.000_011], [f64::NAN, 0.0]] {
            assert_eq!(onto_earth(beyond), None);
        }
    }

    #[test]
    fn every_known_crs_can_be_used() {
        for known in KNOWN {
            Projection::from_epsg(known.epsg).unwrap();
        }
    }

    #[test]
    fn unknown_codes_are_refused_with_the_known_ones() {
        let error = Projection::from_epsg(32690).unwrap_err().to_string();
        assert!(error.contains("EPSG:32690") && error.contains("5186"), "{error}");
    }

    #[rstest]
    #[case(f64::NAN, 0.0)]
    #[case(f64::INFINITY, 0.0)]
    #[case(0.0, f64::NEG_INFINITY)]
    fn positions_that_are_nowhere_are_named(#[case] x: f64, #[case] y: f64) {
        for code in [4326, 3857, 5174, 5186] {
            let mut positions = [[127.0, 37.5], [x, y]];
            let error = Projection::from_epsg(code).unwrap().to_lon_lat(&mut positions);
            assert!(
                matches!(error, Err(ProjectionError::Position { index: 1, .. })),
                "{code}: {error:?}"
            );
        }
    }
}
