//! Which CRS a file is in, and whether its data then lies where it should.

use std::path::Path;

use crate::projection::{KNOWN, Projection};

use super::IngestError;
use super::row::StatedCrs;

/// West, south, east, north of Korea in degrees: where data must lie when
/// nothing says more.
pub const KOREA: [f64; 4] = [124.0, 33.0, 132.0, 39.0];

/// How far from the expected bounds data may lie, in degrees: about 20 km.
/// A wrong false northing is 50 km off or more.
const MARGIN: f64 = 0.2;

/// How positions become longitude and latitude.
#[derive(Debug)]
pub(super) struct Placement {
    pub(super) projection: Projection,
    /// All positions are y, x.
    pub(super) swapped: bool,
    /// How the CRS was known, for the summary.
    pub(super) how: String,
}

/// Decides how to read the positions of a file.
///
/// # Errors
/// [`IngestError::Crs`] where no CRS is known or the data would lie elsewhere
/// than expected; it names the CRS that would fit.
pub(super) fn place(
    path: &Path,
    stated: &StatedCrs,
    wanted: Option<u32>,
    sample: &[[f64; 2]],
    expected: [f64; 4],
) -> Result<Placement, IngestError> {
    let refuse = |reason: String| IngestError::Crs { path: path.to_owned(), reason };
    let advice = || advice(sample, expected);
    let (projection, how) = match (wanted, stated) {
        (Some(code), _) => (Projection::from_epsg(code), "as you said".to_owned()),
        (None, StatedCrs::Epsg(code, place)) => {
            (Projection::from_epsg(*code), format!("by {place}"))
        }
        (None, StatedCrs::Wkt(wkt)) => (Projection::from_prj(wkt), "by its .prj".to_owned()),
        (None, StatedCrs::Nothing) => {
            return Err(refuse(format!("there is no .prj that names its CRS; {}", advice())));
        }
        (None, StatedCrs::Unknown(name)) => {
            return Err(refuse(format!("its CRS {name:?} is not known; {}", advice())));
        }
    };
    let projection = projection.map_err(|error| refuse(format!("{error}; {}", advice())))?;
    if sample.is_empty() || fits(&projection, sample, false, expected) {
        return Ok(Placement { projection, swapped: false, how });
    }
    if fits(&projection, sample, true, expected) {
        return Ok(Placement { projection, swapped: true, how });
    }
    let lies = match core_of(&projection, sample, false) {
        Some([west, south, east, north]) => {
            format!("it would lie around {:.4}, {:.4}", (west + east) / 2.0, (south + north) / 2.0)
        }
        None => "its positions have no place on the map".to_owned(),
    };
    let [west, south, east, north] = expected;
    Err(refuse(format!(
        "read as {} ({how}) {lies}, far from {west}, {south} to {east}, {north} where it should \
         be; {}. If the data is meant to lie there, give its bounds as --bounds W,S,E,N",
        projection.name(),
        advice()
    )))
}

/// Which CRS would put the data where it should lie.
fn advice(sample: &[[f64; 2]], expected: [f64; 4]) -> String {
    let mut fitting: Vec<String> = Vec::new();
    let mut centres: Vec<[i64; 2]> = Vec::new();
    for known in KNOWN {
        let Ok(projection) = Projection::from_epsg(known.epsg) else { continue };
        let Some(core) = core_of(&projection, sample, false) else { continue };
        if !near(core, expected) {
            continue;
        }
        // Some codes are the same CRS by another name, to within a metre.
        let centre = [core[0] + core[2], core[1] + core[3]].map(|sum| (sum * 5e4).round() as i64);
        if !centres.contains(&centre) {
            centres.push(centre);
            fitting.push(format!("EPSG:{} ({})", known.epsg, known.name));
        }
    }
    match fitting.as_slice() {
        [] => "none of the known CRS would put it there".to_owned(),
        [one] => format!("{one} would fit: give it as --crs"),
        several => format!("these would fit, find out which it is: {}", several.join(", ")),
    }
}

fn fits(projection: &Projection, sample: &[[f64; 2]], swapped: bool, expected: [f64; 4]) -> bool {
    core_of(projection, sample, swapped).is_some_and(|core| near(core, expected))
}

fn near(core: [f64; 4], expected: [f64; 4]) -> bool {
    core[0] <= expected[2] + MARGIN
        && core[2] >= expected[0] - MARGIN
        && core[1] <= expected[3] + MARGIN
        && core[3] >= expected[1] - MARGIN
}

/// Where most of the sample lies: a tenth on each side is left out, so that a
/// few stray positions decide nothing. `None` where half has no place at all.
fn core_of(projection: &Projection, sample: &[[f64; 2]], swapped: bool) -> Option<[f64; 4]> {
    let placed: Vec<[f64; 2]> = sample
        .iter()
        .filter_map(|&[x, y]| {
            let mut position = [if swapped { [y, x] } else { [x, y] }];
            projection.to_lon_lat(&mut position).ok()?;
            Some(position[0])
        })
        .collect();
    if placed.is_empty() || placed.len() * 2 < sample.len() {
        return None;
    }
    let range = |axis: usize| {
        let mut values: Vec<f64> = placed.iter().map(|position| position[axis]).collect();
        values.sort_by(f64::total_cmp);
        let cut = values.len() / 10;
        [values[cut], values[values.len() - 1 - cut]]
    };
    let ([west, east], [south, north]) = (range(0), range(1));
    Some([west, south, east, north])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const SEONGDONG: [f64; 4] = [127.0083, 37.5291, 127.0737, 37.5730];
    /// A place in the district as EPSG:5186 has it.
    const IN_5186: [f64; 2] = [203_333.0, 551_234.0];

    fn try_place(
        stated: StatedCrs,
        wanted: Option<u32>,
        at: [f64; 2],
    ) -> Result<Placement, String> {
        place(Path::new("x.shp"), &stated, wanted, &[at], SEONGDONG)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_wrong_belt_is_refused_and_the_right_one_named() {
        let error = try_place(StatedCrs::Epsg(5181, "test"), None, IN_5186).unwrap_err();
        assert!(error.contains("EPSG:5181") && error.contains("EPSG:5186 ("), "{error}");
        assert!(error.contains("would fit: give it as --crs"), "{error}");
        let right = try_place(StatedCrs::Epsg(5181, "test"), Some(5186), IN_5186).unwrap();
        assert!(!right.swapped);
    }

    #[test]
    fn without_a_crs_those_that_fit_are_named() {
        let error = try_place(StatedCrs::Nothing, None, IN_5186).unwrap_err();
        assert!(error.contains("no .prj") && error.contains("5186"), "{error}");
        let error = try_place(StatedCrs::Unknown("urn:x".to_owned()), None, IN_5186).unwrap_err();
        assert!(error.contains("urn:x") && error.contains("5186"), "{error}");
        let error = try_place(StatedCrs::Epsg(32652, "test"), None, IN_5186).unwrap_err();
        assert!(error.contains("32652") && error.contains("5186"), "{error}");
    }

    #[rstest]
    #[case(5186, [551_234.0, 203_333.0])]
    #[case(4326, [37.55, 127.04])]
    fn swapped_coordinates_are_recognised(#[case] code: u32, #[case] at: [f64; 2]) {
        assert!(try_place(StatedCrs::Epsg(code, "test"), None, at).unwrap().swapped);
    }

    #[test]
    fn stray_positions_decide_nothing() {
        let mut sample = vec![IN_5186; 95];
        sample.extend([[1.0, 1.0], [9e9, 9e9], [-1e7, 0.0], [5.0, 5.0], [7.0, 7.0]]);
        let stated = StatedCrs::Epsg(5186, "test");
        assert!(place(Path::new("x"), &stated, None, &sample, SEONGDONG).is_ok());
        assert!(place(Path::new("x"), &stated, None, &[], SEONGDONG).is_ok(), "nothing to check");
    }
}
