//! `.prj` files: WKT 1 of many dialects to a projection.

use super::known::GEOGRAPHIC;
use super::{KNOWN, Kind, Projection, ProjectionError};

/// A definition longer than this is not one.
const MAX_LENGTH: usize = 64 << 10;
/// Deepest nesting of brackets; real definitions have five.
const MAX_DEPTH: usize = 32;

pub(super) fn read(wkt: &str) -> Result<Projection, ProjectionError> {
    let definition = |reason: String| ProjectionError::Definition(reason);
    let wkt = wkt.trim_start_matches('\u{feff}').trim().trim_end_matches('\0').trim();
    if wkt.is_empty() {
        return Err(definition("it is empty".to_owned()));
    }
    if wkt.len() > MAX_LENGTH {
        return Err(definition(format!("{} bytes are too many for one", wkt.len())));
    }
    check_brackets(wkt).map_err(definition)?;

    let upper = wkt.to_uppercase();
    if upper.starts_with("GEOGCS") || upper.starts_with("GEOGCRS") {
        if !upper.contains("DEGREE") {
            return Err(definition("its angles are not in degrees".to_owned()));
        }
        return Projection::from_epsg(if upper.contains("BESSEL") { 4162 } else { 4326 });
    }
    if upper.contains("WEB_MERCATOR") || upper.contains("PSEUDO-MERCATOR") {
        return Projection::from_epsg(3857);
    }
    if let Some(transverse) = TransverseMercator::read(&upper) {
        if let Some(known) = KNOWN.iter().find(|known| transverse.is(known.definition)) {
            return Projection::from_epsg(known.epsg);
        }
        // The unmodified meridian with Bessel: what calls itself 2097.
        if transverse.bessel && (transverse.meridian - 127.0).abs() < 1e-9 {
            return Projection::from_epsg(5174);
        }
    }
    let proj = proj4wkt::wkt_to_projstring(wkt).map_err(|error| definition(error.to_string()))?;
    let name = wkt.split('"').nth(1).unwrap_or("unnamed CRS").to_owned();
    if proj.contains("+proj=longlat") && !proj.contains("+towgs84") {
        return Ok(Projection { epsg: None, name, kind: Kind::Geographic });
    }
    Ok(Projection { epsg: None, name, kind: Kind::from_proj(&proj)? })
}

/// Refuses what would send a recursive parser astray.
fn check_brackets(wkt: &str) -> Result<(), String> {
    let mut depth = 0usize;
    for byte in wkt.bytes() {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => {
                depth = depth.checked_sub(1).ok_or("a bracket closes that was not opened")?;
            }
            0 => return Err("it holds a zero byte".to_owned()),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(format!("brackets nest deeper than {MAX_DEPTH}"));
        }
    }
    if depth == 0 { Ok(()) } else { Err("a bracket is not closed".to_owned()) }
}

/// What tells one transverse Mercator system of Korea from another.
struct TransverseMercator {
    bessel: bool,
    meridian: f64,
    latitude: f64,
    scale: f64,
    easting: f64,
    northing: f64,
}

impl TransverseMercator {
    /// From upper-case WKT; `None` where it is another projection, in another
    /// unit, or on an ellipsoid that Korea does not use.
    fn read(upper: &str) -> Option<Self> {
        if !upper.contains("TRANSVERSE_MERCATOR") && !upper.contains("TRANSVERSE MERCATOR") {
            return None;
        }
        let bessel = upper.contains("BESSEL");
        if !bessel && !upper.contains("GRS") && !upper.contains("WGS") {
            return None;
        }
        // A datum shift of its own is not ours to replace.
        if let Some(shift) = upper.split("TOWGS84").nth(1) {
            let own = shift.split(']').next()?.bytes().any(|b| (b'1'..=b'9').contains(&b));
            if own {
                return None;
            }
        }
        let parameter = |name: &str| -> Option<f64> {
            let rest = upper.split(&format!("\"{name}\"")).nth(1)?;
            let number = rest.split([',', ']', ')']).nth(1)?;
            number.trim().parse().ok()
        };
        Some(Self {
            bessel,
            meridian: parameter("CENTRAL_MERIDIAN")?,
            latitude: parameter("LATITUDE_OF_ORIGIN")?,
            scale: parameter("SCALE_FACTOR").unwrap_or(1.0),
            easting: parameter("FALSE_EASTING").unwrap_or(0.0),
            northing: parameter("FALSE_NORTHING").unwrap_or(0.0),
        })
    }

    /// Whether a known definition is this system, its datum shift aside.
    fn is(&self, definition: &str) -> bool {
        if definition == GEOGRAPHIC || definition.contains("bessel") != self.bessel {
            return false;
        }
        let parameter = |name: &str| -> Option<f64> {
            definition.split_whitespace().find_map(|part| part.strip_prefix(name)?.parse().ok())
        };
        let same = |name: &str, value: f64, tolerance: f64| {
            parameter(name).is_some_and(|known| (known - value).abs() < tolerance)
        };
        same("+lon_0=", self.meridian, 1e-6)
            && same("+lat_0=", self.latitude, 1e-9)
            && same("+k=", self.scale, 1e-9)
            && same("+x_0=", self.easting, 1e-3)
            && same("+y_0=", self.northing, 1e-3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn transverse(ellipsoid: &str, meridian: &str, scale: &str, x: &str, y: &str) -> String {
        format!(
            "PROJCS[\"Some name\",GEOGCS[\"GCS_{ellipsoid}\",DATUM[\"D_{ellipsoid}\",\
             SPHEROID[\"{ellipsoid}\",6377397.155,299.1528128]],PRIMEM[\"Greenwich\",0.0],\
             UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"False_Easting\",{x}],PARAMETER[\"False_Northing\",{y}],\
             PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",{scale}],\
             PARAMETER[\"Latitude_Of_Origin\",38.0],UNIT[\"Meter\",1.0]]"
        )
    }

    #[rstest]
    #[case("Bessel_1841", "127.0028902777778", "1.0", "200000.0", "500000.0", 5174)]
    #[case("Bessel_1841", "127.0", "1.0", "200000.0", "500000.0", 5174)]
    #[case("Bessel_1841", "129.0028902777778", "1.0", "200000.0", "500000.0", 5176)]
    #[case("GRS_1980", "127.0", "1.0", "200000.0", "600000.0", 5186)]
    #[case("GRS_1980", "127.0", "1.0", "200000.0", "500000.0", 5181)]
    #[case("GRS_1980", "127.5", "0.9996", "1000000.0", "2000000.0", 5179)]
    #[case("WGS_1984", "127.5", "0.9996", "1000000.0", "2000000.0", 5179)]
    fn korean_systems_are_known_without_their_shift(
        #[case] ellipsoid: &str,
        #[case] meridian: &str,
        #[case] scale: &str,
        #[case] x: &str,
        #[case] y: &str,
        #[case] code: u32,
    ) {
        let wkt = transverse(ellipsoid, meridian, scale, x, y);
        assert_eq!(Projection::from_prj(&wkt).unwrap().epsg(), Some(code));
    }

    #[test]
    fn another_transverse_mercator_is_used_as_it_stands() {
        let wkt = transverse("GRS_1980", "127.1", "0.9999", "200000.0", "600000.0");
        let projection = Projection::from_prj(&wkt).unwrap();
        assert_eq!(projection.epsg(), None);
        let mut positions = [[200_000.0, 600_000.0]];
        projection.to_lon_lat(&mut positions).unwrap();
        assert!((positions[0][0] - 127.1).abs() < 1e-6 && (positions[0][1] - 38.0).abs() < 1e-6);
    }

    #[rstest]
    #[case(
        "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]",
        4326
    )]
    #[case(
        "GEOGCS[\"GCS_Korean_Datum_1985\",DATUM[\"D_Korean_Datum_1985\",SPHEROID[\"Bessel_1841\",6377397.155,299.1528128]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]",
        4162
    )]
    #[case("PROJCS[\"WGS_1984_Web_Mercator_Auxiliary_Sphere\",GEOGCS[]]", 3857)]
    fn geographic_and_web_mercator_are_known(#[case] wkt: &str, #[case] code: u32) {
        assert_eq!(Projection::from_prj(wkt).unwrap().epsg(), Some(code));
    }

    #[rstest]
    #[case("")]
    #[case("hello")]
    #[case("PROJCS[")]
    #[case("]")]
    #[case("PROJCS[\"x\",PROJECTION[\"Stereographic_Moon\"]]")]
    #[case(&"[".repeat(100_000))]
    fn what_is_no_definition_is_refused(#[case] wkt: &str) {
        assert!(Projection::from_prj(wkt).is_err(), "{wkt:.40}");
    }
}
