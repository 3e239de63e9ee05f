//! `.prj` files: WKT of many dialects to a projection.

use super::definition_error::DefinitionError;
use super::known::KOREAN_BESSEL_SHIFT;
use super::transverse::TransverseMercator;
use super::wkt::WktNode;
use super::{KNOWN, Projection, ProjectionError};

/// Longest definition in bytes.
const MAX_LENGTH: usize = 64 << 10;

/// Central meridians of systems that get the Korean datum shift where they have none: the
/// ellipsoid of Bessel is that of Germany, Japan and Indonesia too.
const MERIDIANS: std::ops::RangeInclusive<f64> = 124.0..=132.0;

const GEOGRAPHIC: &[&str] =
    &["GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "BASEGEOGCRS", "BASEGEODCRS"];
const PROJECTED: &[&str] = &["PROJCS", "PROJCRS", "PROJECTEDCRS"];

impl Projection {
    /// The CRS of a `.prj` file (WKT 1, of ESRI too, or WKT 2).
    ///
    /// A definition that equals one of the Korean systems except for its datum shift is read as
    /// that system: an unshifted Bessel TM around 127.0029° is EPSG:5174, and so is one named
    /// EPSG:2097. Every other definition on the Bessel ellipsoid gets the Korean shift if it
    /// has none, unless its central meridian is far from Korea.
    ///
    /// # Errors
    /// [`ProjectionError::Definition`] when the definition can't be read or used.
    pub fn from_prj(wkt: &str) -> Result<Self, ProjectionError> {
        read(wkt)
    }
}

fn read(wkt: &str) -> Result<Projection, ProjectionError> {
    let wkt = wkt.trim_start_matches('\u{feff}').trim().trim_end_matches('\0').trim();
    if wkt.is_empty() {
        return Err(DefinitionError::Empty.into());
    }
    if wkt.len() > MAX_LENGTH {
        return Err(DefinitionError::TooLong(wkt.len()).into());
    }
    let root = WktNode::read(wkt).map_err(DefinitionError::Wkt)?;
    // A CRS may be bound to a datum shift or to heights: what counts is inside.
    let crs = match root.keyword.as_str() {
        "BOUNDCRS" => root.child(&["SOURCECRS"]).and_then(|source| source.nodes.first()),
        _ => Some(&root),
    };
    let crs = match crs {
        Some(crs) if crs.is(&["COMPD_CS", "COMPOUNDCRS"]) => {
            crs.nodes.iter().find(|node| node.is(PROJECTED) || node.is(GEOGRAPHIC))
        }
        crs => crs,
    };
    let shift = own_shift(&root)?;
    match crs {
        Some(crs) if crs.is(GEOGRAPHIC) => geographic(crs, shift),
        Some(crs) if crs.is(PROJECTED) => projected(crs, shift),
        _ => Err(DefinitionError::NoMapCrs(root.keyword.clone()).into()),
    }
}

/// Ellipsoid of a CRS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ellipsoid {
    /// GRS 80 and WGS 84, which are the same to a tenth of a millimetre.
    World,
    Bessel,
    Other,
}

impl Ellipsoid {
    fn of(crs: &WktNode<'_>) -> Self {
        let Some(node) = crs.find(&["SPHEROID", "ELLIPSOID"]) else { return Self::Other };
        let name: String = node.name().chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_uppercase();
        let is = |axis: f64, flattening: f64| match (node.number(0), node.number(1)) {
            (Some(a), Some(f)) => (a - axis).abs() < 0.01 && (f - flattening).abs() < 1e-4,
            _ => false,
        };
        match name.as_str() {
            "GRS80" | "GRS1980" | "WGS84" | "WGS1984" => Self::World,
            "BESSEL" | "BESSEL1841" => Self::Bessel,
            _ if is(6_378_137.0, 298.257_22) => Self::World,
            _ if is(6_377_397.155, 299.152_81) => Self::Bessel,
            _ => Self::Other,
        }
    }
}

/// Datum shift to WGS 84 that the definition has, in PROJ's notation; `None` if it is absent,
/// zero or the Korean shift.
fn own_shift(root: &WktNode<'_>) -> Result<Option<String>, DefinitionError> {
    let mut numbers = match (root.find(&["TOWGS84"]), root.child(&["ABRIDGEDTRANSFORMATION"])) {
        (Some(node), _) => node.numbers().to_vec(),
        (None, Some(bound)) => abridged(bound)?,
        (None, None) => return Ok(None),
    };
    if numbers.len() != 3 && numbers.len() != 7 {
        return Err(DefinitionError::ShiftLength(numbers.len()));
    }
    if numbers.iter().all(|&number| number == 0.0) {
        return Ok(None);
    }
    numbers.resize(7, 0.0);
    let same = |(own, known): (&f64, &f64)| (own - known).abs() < 1e-3;
    if numbers.iter().zip(&KOREAN_BESSEL_SHIFT).all(same) {
        return Ok(None);
    }
    Ok(Some(towgs84(&numbers)))
}

/// Datum shift of WKT 2; the rotations of a coordinate frame are negated.
fn abridged(bound: &WktNode<'_>) -> Result<Vec<f64>, DefinitionError> {
    let method = bound.child(&["METHOD"]).map_or("", WktNode::name).to_ascii_uppercase();
    let turn = match method.as_str() {
        m if m.starts_with("GEOCENTRIC TRANSLATIONS") => 0.0,
        m if m.starts_with("POSITION VECTOR") => 1.0,
        m if m.starts_with("COORDINATE FRAME") => -1.0,
        _ => return Err(DefinitionError::ShiftMethod(method)),
    };
    let parameters = bound.nodes.iter().filter(|node| node.is(&["PARAMETER"]));
    let mut numbers: Vec<f64> = parameters.filter_map(|node| node.number(0)).collect();
    if let [_, _, _, rotations @ .., scale] = &mut numbers[..] {
        rotations.iter_mut().for_each(|rotation| *rotation *= turn);
        *scale = (*scale - 1.0) * 1e6;
    }
    Ok(numbers)
}

fn towgs84(numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
    format!(" +towgs84={}", numbers.join(","))
}

/// Datum of a definition in PROJ's notation.
fn datum(crs: &WktNode<'_>, shift: Option<String>) -> Result<String, DefinitionError> {
    if let Some(meridian) = crs.find(&["PRIMEM", "PRIMEMERIDIAN"])
        && meridian.number(0) != Some(0.0)
    {
        return Err(DefinitionError::Meridian(meridian.name().to_owned()));
    }
    let ellipsoid = crs.find(&["SPHEROID", "ELLIPSOID"]);
    match (Ellipsoid::of(crs), shift, ellipsoid) {
        (Ellipsoid::World, shift, _) => {
            Ok(format!(" +ellps=GRS80{}", shift.unwrap_or_else(|| towgs84(&[0.0; 3]))))
        }
        (Ellipsoid::Bessel, shift, _) => {
            Ok(format!(" +ellps=bessel{}", shift.unwrap_or_else(|| towgs84(&KOREAN_BESSEL_SHIFT))))
        }
        (Ellipsoid::Other, Some(shift), Some(node)) => match (node.number(0), node.number(1)) {
            (Some(a), Some(rf)) if rf > 0.0 => Ok(format!(" +a={a} +rf={rf}{shift}")),
            (Some(a), _) => Ok(format!(" +a={a} +b={a}{shift}")),
            _ => Err(DefinitionError::EllipsoidSize(node.name().to_owned())),
        },
        (Ellipsoid::Other, None, Some(node)) => {
            Err(DefinitionError::UnknownDatum(node.name().to_owned()))
        }
        (Ellipsoid::Other, _, None) => Err(DefinitionError::NoEllipsoid),
    }
}

fn geographic(crs: &WktNode<'_>, shift: Option<String>) -> Result<Projection, ProjectionError> {
    let unit = crs
        .child(&["UNIT", "ANGLEUNIT"])
        .or_else(|| crs.child(&["AXIS"]).and_then(|axis| axis.child(&["UNIT", "ANGLEUNIT"])));
    if !unit.and_then(|unit| unit.number(0)).is_some_and(is_degree) {
        return Err(DefinitionError::AngleUnit.into());
    }
    let datum = datum(crs, shift.clone())?;
    match (Ellipsoid::of(crs), shift) {
        (Ellipsoid::World, None) => Projection::from_epsg(4326),
        (Ellipsoid::Bessel, None) => Projection::from_epsg(4162),
        _ => Projection::from_proj_string(crs.name(), &format!("+proj=longlat{datum}")),
    }
}

fn is_degree(factor: f64) -> bool {
    (factor - 1f64.to_radians()).abs() < 1e-9
}

fn projected(crs: &WktNode<'_>, shift: Option<String>) -> Result<Projection, ProjectionError> {
    if is_web_mercator(crs) {
        return Projection::from_epsg(3857);
    }
    let unit = crs
        .child(&["UNIT", "LENGTHUNIT"])
        .or_else(|| crs.child(&["AXIS"]).and_then(|axis| axis.child(&["UNIT", "LENGTHUNIT"])));
    if let Some(unit) = unit
        && unit.number(0) != Some(1.0)
    {
        return Err(DefinitionError::LengthUnit(unit.name().to_owned()).into());
    }
    let transverse = TransverseMercator::read(crs);
    if Ellipsoid::of(crs) == Ellipsoid::Bessel
        && shift.is_none()
        && transverse.is_some_and(|transverse| !MERIDIANS.contains(&transverse.meridian()))
    {
        return Err(DefinitionError::UnknownDatum("Bessel 1841".to_owned()).into());
    }
    let datum = datum(crs, shift.clone())?;
    let proj = match transverse {
        Some(transverse) => {
            let stated = transverse.meridian();
            let transverse = match Ellipsoid::of(crs) {
                Ellipsoid::Bessel if shift.is_none() => transverse.on_the_modified_meridian(),
                _ => transverse,
            };
            let bessel = Ellipsoid::of(crs) == Ellipsoid::Bessel;
            let known = KNOWN.iter().find(|known| transverse.is(known, bessel));
            if let (Some(known), None) = (known, &shift) {
                let moved = (transverse.meridian() != stated).then_some(stated);
                return Projection::from_epsg(known.epsg)
                    .map(|projection| projection.with_moved_meridian(moved));
            }
            transverse.definition() + &datum
        }
        // What is left after the datum and the unit is the projection.
        None => {
            let ours = ["+ellps=", "+datum=", "+towgs84=", "+a=", "+b=", "+rf=", "+units="];
            let proj = proj4wkt::wkt_to_projstring(crs.text)
                .map_err(|error| DefinitionError::Translation(error.to_string()))?;
            let kept = proj.split_whitespace();
            let kept = kept.filter(|part| !ours.iter().any(|prefix| part.starts_with(prefix)));
            kept.collect::<Vec<_>>().join(" ") + &datum
        }
    };
    let name = if crs.name().is_empty() { "unnamed CRS" } else { crs.name() };
    Projection::from_proj_string(name, &proj)
}

/// Whether the CRS is Web Mercator, under one of its many names.
fn is_web_mercator(crs: &WktNode<'_>) -> bool {
    let method = crs.projection_method();
    let name = crs.name().to_ascii_uppercase().replace([' ', '-'], "_");
    let named = ["WEB_MERCATOR", "PSEUDO_MERCATOR", "GOOGLE", "900913"];
    if named.iter().any(|part| name.contains(part))
        || method == "MERCATOR_AUXILIARY_SPHERE"
        || method.contains("PSEUDO_MERCATOR")
        || crs.any_text(&|text| text.contains("+proj=merc") && text.contains("@null"))
    {
        return true;
    }
    // One parallel on this axis is the web's, but for the one of the chartmaker.
    let axis = crs.find(&["SPHEROID", "ELLIPSOID"]).and_then(|node| node.number(0));
    let ids = crs.nodes.iter().filter(|node| node.is(&["AUTHORITY", "ID"]));
    let world =
        name.contains("WORLD_MERCATOR") || ids.into_iter().any(|id| id.text.contains("3395"));
    method == "MERCATOR_1SP" && axis == Some(6_378_137.0) && !world
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn transverse(ellipsoid: &str, meridian: &str, scale: &str, x: &str, y: &str) -> String {
        let size = match ellipsoid {
            "Bessel_1841" => "6377397.155,299.1528128",
            "Krassowsky_1940" => "6378245.0,298.3",
            _ => "6378137.0,298.257222101",
        };
        format!(
            "PROJCS[\"Some [name\",GEOGCS[\"GCS_{ellipsoid}\",DATUM[\"D_{ellipsoid}\",\
             SPHEROID[\"{ellipsoid}\",{size}]],PRIMEM[\"Greenwich\",0.0],\
             UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"False_Easting\",{x}],PARAMETER[\"False_Northing\",{y}],\
             PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",{scale}],\
             PARAMETER[\"Latitude_Of_Origin\",38.0],UNIT[\"Meter\",1.0]]"
        )
    }

    /// A geographic CRS.
    fn degrees(ellipsoid: &str, size: &str, shift: &str) -> String {
        format!(
            "GEOGCS[\"GCS\",DATUM[\"D\",SPHEROID[\"{ellipsoid}\",{size}]{shift}],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
        )
    }

    fn placed(wkt: &str, at: [f64; 2]) -> [f64; 2] {
        let mut positions = [at];
        Projection::from_prj(wkt).unwrap().to_lon_lat(&mut positions).unwrap();
        positions[0]
    }

    #[rstest]
    #[case("Bessel_1841", "127.0028902777778", "1.0", "200000.0", "500000.0", Some(5174))]
    #[case("Bessel_1841", "127.0", "1.0", "200000.0", "500000.0", Some(5174))]
    #[case("Bessel_1841", "127.0", "1.0", "200000.0", "550000.0", Some(5175))]
    #[case("Bessel_1841", "127.0", "0.9999", "200000.0", "500000.0", None)]
    #[case("Bessel_1841", "127.0", "1.0", "500000.0", "0.0", None)]
    #[case("Bessel_1841", "129.0028902777778", "1.0", "200000.0", "500000.0", Some(5176))]
    #[case("Bessel_1841", "131.0", "1.0", "200000.0", "500000.0", Some(5177))]
    #[case("GRS_1980", "127.0", "1.0", "200000.0", "600000.0", Some(5186))]
    #[case("GRS_1980", "127.0", "1.0", "200000.0", "500000.0", Some(5181))]
    #[case("GRS_1980", "127.5", "0.9996", "1000000.0", "2000000.0", Some(5179))]
    #[case("WGS_1984", "127.5", "0.9996", "1000000.0", "2000000.0", Some(5179))]
    fn korean_systems_are_known_without_their_shift(
        #[case] ellipsoid: &str,
        #[case] meridian: &str,
        #[case] scale: &str,
        #[case] x: &str,
        #[case] y: &str,
        #[case] code: Option<u32>,
    ) {
        let wkt = transverse(ellipsoid, meridian, scale, x, y);
        assert_eq!(Projection::from_prj(&wkt).unwrap().epsg(), code);
    }

    #[test]
    fn another_transverse_mercator_is_used_as_it_stands() {
        let wkt = transverse("GRS_1980", "127.1", "0.9999", "200000.0", "600000.0");
        assert_eq!(Projection::from_prj(&wkt).unwrap().epsg(), None);
        let [lon, lat] = placed(&wkt, [200_000.0, 600_000.0]);
        assert!((lon - 127.1).abs() < 1e-6 && (lat - 38.0).abs() < 1e-6);
    }

    #[rstest]
    #[case(degrees("WGS_1984", "6378137.0,298.257223563", ""), 4326)]
    #[case(degrees("Bessel_1841", "6377397.155,299.1528128", ""), 4162)]
    #[case(degrees("Bessel 1841", "6377397.155,299.1528128", ",TOWGS84[0,0,0,0,0,0,0]"), 4162)]
    #[case("PROJCS[\"WGS_1984_Web_Mercator_Auxiliary_Sphere\",GEOGCS[]]".to_owned(), 3857)]
    #[case("PROJCS[\"x\",SPHEROID[\"y\",6378137,0],PROJECTION[\"Mercator_1SP\"]]".to_owned(), 3857)]
    #[case("PROJCS[\"EPSG:900913\",PROJECTION[\"Mercator_2SP\"]]".to_owned(), 3857)]
    fn geographic_and_web_mercator_are_known(#[case] wkt: String, #[case] code: u32) {
        assert_eq!(Projection::from_prj(&wkt).unwrap().epsg(), Some(code));
    }

    #[test]
    fn a_datum_shift_of_its_own_is_kept() {
        let shift = ",TOWGS84[-145.907,505.034,685.756,-1.162,2.347,1.592,6.342]";
        let wkt = degrees("Bessel 1841", "6377397.155,299.1528128", shift);
        assert_eq!(Projection::from_prj(&wkt).unwrap().epsg(), None);
        // Of gdaltransform with this shift.
        let [lon, lat] = placed(&wkt, [127.0398, 37.5578]);
        assert!(
            (lon - OWN_SHIFT[0]).abs() < 1e-7 && (lat - OWN_SHIFT[1]).abs() < 1e-7,
            "{lon} {lat}"
        );
    }

    const OWN_SHIFT: [f64; 2] = [127.037_571_295_596, 37.560_713_857_9];

    #[rstest]
    #[case("", "empty")]
    #[case("hello", "no bracket")]
    #[case("PROJCS[", "not closed")]
    #[case("]", "no bracket")]
    #[case("VERTCRS[\"x\"]", "no CRS of a map")]
    #[case("PROJCS[\"x\",PROJECTION[\"Stereographic_Moon\"]]", "ellipsoid")]
    #[case(&"[".repeat(100_000), "too many")]
    #[case(&degrees("Krassowsky_1940", "6378245.0,298.3", ""), "Krassowsky_1940")]
    #[case(&transverse("Bessel_1841", "12.0", "1.0", "4500000.0", "0.0"), "Bessel 1841")]
    #[case(&transverse("Krassowsky_1940", "127.0", "1.0", "0.0", "0.0"), "Krassowsky_1940")]
    #[case(&degrees("WGS_1984", "6378137.0,298.257223563", "").replace("0.0174532925199433", "0.015707963"), "degrees")]
    #[case(&degrees("Bessel_1841", "6377397.155,299.1528128", "").replace("h\",0.0", "o\",-17.7"), "meridian")]
    #[case(&transverse("GRS_1980", "127.0", "1.0", "200000.0", "600000.0").replace("\"Meter\",1.0", "\"Foot_US\",0.3048006096012192"), "Foot_US")]
    fn what_is_no_definition_is_refused(#[case] wkt: &str, #[case] expected: &str) {
        let error = Projection::from_prj(wkt).unwrap_err().to_string();
        assert!(error.contains(expected), "{wkt:.40}: {error}");
    }
}
