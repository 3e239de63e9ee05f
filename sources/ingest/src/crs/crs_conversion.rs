//! Determines a file's CRS, and checks the location of its data.

use std::path::Path;

use projection::{KnownCrs, Projection, ProjectionError, known_crs};

use crate::IngestError;
use crate::crs::crs_fault::{CrsAdvice, CrsFault, CrsSource};
use crate::crs::import_region::ImportRegion;
use crate::crs::position_sample::{core_of, in_degrees, is_on_land};
use crate::input::row_source::StatedCrs;
use crate::summary::import_note::ImportNote;
use korean_text::bilingual::{Bilingual as _, Sentence};

/// Tolerance of the expected bounds in degrees: about 20 km. A wrong false northing is 50
/// km off or more.
const MARGIN: f64 = 0.2;

/// Minimum distance of two readings of the same data that are distinguished by land, in
/// degrees: about 2 km.
const MIN_DISTANCE: f64 = 0.02;

/// Conversion of positions to longitude and latitude.
#[derive(Debug)]
pub(crate) struct CrsConversion {
    pub(crate) projection: Projection,
    /// Whether all positions are y, x.
    pub(crate) swapped: bool,
    /// Source of the CRS, for the summary.
    pub(crate) source: CrsSource,
    /// Unchecked assumptions, for the summary.
    pub(crate) notes: Vec<ImportNote>,
}

/// Decides how to read the positions of a file. `expected` is the expected bounds; `None`
/// if they are unknown: then data must lie in the region, and on its land.
///
/// Returns [`IngestError::Crs`] if no CRS is known or the data would lie outside of the
/// expected bounds; with the CRS that would fit.
pub(crate) fn resolve_crs(
    path: &Path,
    stated: &StatedCrs,
    wanted: Option<u32>,
    sample: &[[f64; 2]],
    expected: Option<[f64; 4]>,
    region: &ImportRegion,
) -> Result<CrsConversion, IngestError> {
    let refuse = |fault| IngestError::Crs { path: path.to_owned(), fault: Box::new(fault) };
    decide(stated, wanted, sample, expected, region).map_err(refuse)
}

fn decide(
    stated: &StatedCrs,
    wanted: Option<u32>,
    sample: &[[f64; 2]],
    expected: Option<[f64; 4]>,
    region: &ImportRegion,
) -> Result<CrsConversion, CrsFault> {
    let bounds = expected.unwrap_or(region.bounds);
    let advice = || advice(&matching_crs(sample, bounds, region));
    let (projection, source) = projection(stated, wanted, &advice)?;
    let moved = projection.moved_meridian().map(|meridian| ImportNote::ModifiedMeridian {
        meridian: meridian.to_string(),
        crs: projection.name(),
    });
    let conversion = |projection, swapped, note: Option<ImportNote>| CrsConversion {
        projection,
        swapped,
        source,
        notes: moved.clone().into_iter().chain(note).collect(),
    };
    if sample.is_empty() {
        return Ok(conversion(projection, false, None));
    }
    let [plain, swapped] = [false, true]
        .map(|swapped| core_of(&projection, sample, swapped).filter(|&core| is_near(core, bounds)));
    let crs = projection.name();
    let Some(core) = plain.or(swapped) else {
        if in_degrees(sample) && !projection.is_geographic() {
            return Err(CrsFault::Degrees { crs, source, advice: advice() });
        }
        let middle = core_of(&projection, sample, false).map(middle);
        let bounds = Box::new(bounds.map(|side| side.to_string()));
        return Err(CrsFault::Far { crs, source, middle, bounds, advice: advice() });
    };
    if expected.is_some() || region.land.is_empty() {
        return Ok(conversion(projection, plain.is_none(), None));
    }

    // A whole country is too wide to notice a wrong belt or origin. Land is not.
    let on_land = |swapped| is_on_land(&projection, sample, swapped, region);
    let country = || region.name.clone();
    if plain.is_some() && on_land(false) {
        // A declared CRS is trusted. A user who names another, or one where the file names
        // none, may have guessed.
        let is_uncertain = wanted.is_some_and(|code| !states(stated, code));
        let others = if is_uncertain { other_matches(sample, core, region) } else { Vec::new() };
        let note = (!others.is_empty())
            .then(|| ImportNote::OtherCrsFit { crs: names(&others), country: country() });
        return Ok(conversion(projection, false, note));
    }
    if swapped.is_some() && on_land(true) {
        let swapped_from =
            |core| ImportNote::SwappedOntoLand { middle: middle(core), country: country() };
        let note = plain.map(swapped_from);
        return Ok(conversion(projection, true, note));
    }
    let others = other_matches(sample, core, region);
    if !others.is_empty() {
        let (middle, advice) = (middle(core), CrsAdvice(names(&others)));
        return Err(CrsFault::OffLand { crs, source, middle, country: country(), advice });
    }
    let note = ImportNote::OffLand { country: country() };
    Ok(conversion(projection, plain.is_none(), Some(note)))
}

/// The projection of the user's code, or else of the file's CRS.
fn projection(
    stated: &StatedCrs,
    wanted: Option<u32>,
    advice: &dyn Fn() -> CrsAdvice,
) -> Result<(Projection, CrsSource), CrsFault> {
    let (projection, source) = match (wanted, stated) {
        (Some(code), _) => (Projection::from_epsg(code), CrsSource::User),
        (None, StatedCrs::Epsg(code, source)) => (Projection::from_epsg(*code), *source),
        (None, StatedCrs::Wkt(wkt)) => (Projection::from_prj(wkt), CrsSource::Prj),
        (None, StatedCrs::Nothing) => return Err(CrsFault::NoPrj(advice())),
        (None, StatedCrs::Unknown(name)) => {
            return Err(CrsFault::UnknownName { name: name.clone(), advice: advice() });
        }
    };
    let unusable = |error: ProjectionError| CrsFault::Unusable {
        reason: Sentence::new(error.ko(), error.en()),
        advice: advice(),
    };
    Ok((projection.map_err(unusable)?, source))
}

/// Whether the file itself declares the CRS of this code.
fn states(stated: &StatedCrs, code: u32) -> bool {
    match stated {
        StatedCrs::Nothing | StatedCrs::Unknown(_) => false,
        // The default of RFC 7946 is not declared by the file.
        StatedCrs::Epsg(known, source) => *known == code && *source != CrsSource::Rfc7946,
        StatedCrs::Wkt(wkt) => {
            Projection::from_prj(wkt).is_ok_and(|projection| projection.epsg() == Some(code))
        }
    }
}

/// The CRS that would place the data on land too, apart from `than`.
fn other_matches(
    sample: &[[f64; 2]],
    than: [f64; 4],
    region: &ImportRegion,
) -> Vec<&'static KnownCrs> {
    let others = matching_crs(sample, region.bounds, region).into_iter().filter(|(known, core)| {
        are_apart(*core, than)
            && middle_in(*core, known.area())
            && Projection::from_epsg(known.epsg)
                .is_ok_and(|projection| is_on_land(&projection, sample, false, region))
    });
    others.map(|(known, _)| known).collect()
}

fn middle([west, south, east, north]: [f64; 4]) -> String {
    format!("{:.4}, {:.4}", (west + east) / 2.0, (south + north) / 2.0)
}

fn names(candidates: &[&KnownCrs]) -> Vec<String> {
    candidates.iter().map(|known| format!("EPSG:{} ({})", known.epsg, known.name)).collect()
}

/// The region's CRS that would place the data into bounds, with the resulting core.
fn matching_crs(
    sample: &[[f64; 2]],
    bounds: [f64; 4],
    region: &ImportRegion,
) -> Vec<(&'static KnownCrs, [f64; 4])> {
    let mut matches: Vec<(&KnownCrs, [f64; 4])> = Vec::new();
    for known in region.candidates.iter().filter_map(|&code| known_crs(code)) {
        let Ok(projection) = Projection::from_epsg(known.epsg) else { continue };
        let Some(core) = core_of(&projection, sample, false) else { continue };
        // Some codes are the same CRS by another name, to within a metre.
        let same = |other: &[f64; 4]| (0..4).all(|side| (core[side] - other[side]).abs() < 1e-5);
        if is_near(core, bounds) && !matches.iter().any(|(_, other)| same(other)) {
            matches.push((known, core));
        }
    }
    matches
}

/// Advice to use these CRS.
fn advice(matches: &[(&KnownCrs, [f64; 4])]) -> CrsAdvice {
    CrsAdvice(names(&matches.iter().map(|(known, _)| *known).collect::<Vec<_>>()))
}

fn is_near(core: [f64; 4], expected: [f64; 4]) -> bool {
    core[0] <= expected[2] + MARGIN
        && core[2] >= expected[0] - MARGIN
        && core[1] <= expected[3] + MARGIN
        && core[3] >= expected[1] - MARGIN
}

/// Whether the middle of the data lies in an area.
fn middle_in(core: [f64; 4], [west, south, east, north]: [f64; 4]) -> bool {
    (west..=east).contains(&((core[0] + core[2]) / 2.0))
        && (south..=north).contains(&((core[1] + core[3]) / 2.0))
}

fn are_apart(a: [f64; 4], b: [f64; 4]) -> bool {
    (0..4).any(|side| (a[side] - b[side]).abs() > MIN_DISTANCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use korean_text::bilingual::Bilingual;
    use rstest::rstest;

    const SEONGDONG: [f64; 4] = [127.0083, 37.5291, 127.0737, 37.5730];
    /// The region of the shipped district.
    fn korea() -> ImportRegion {
        let catalog::District { country, crs_candidates, .. } = catalog::District::default();
        ImportRegion {
            name: Sentence::new(country.name.ko, country.name.en),
            bounds: country.bounds,
            land: country.land,
            candidates: crs_candidates.into_iter().map(catalog::EpsgCode::number).collect(),
        }
    }

    /// A position in the district in EPSG:5186.
    const IN_5186: [f64; 2] = [203_333.0, 551_234.0];

    fn try_resolve(
        stated: StatedCrs,
        wanted: Option<u32>,
        at: [f64; 2],
    ) -> Result<CrsConversion, String> {
        resolve_crs(Path::new("x.shp"), &stated, wanted, &[at], Some(SEONGDONG), &korea())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_wrong_belt_is_refused_and_the_right_one_named() {
        let error =
            try_resolve(StatedCrs::Epsg(5181, CrsSource::Member), None, IN_5186).unwrap_err();
        assert!(error.contains("EPSG:5181") && error.contains("EPSG:5186 ("), "{error}");
        assert!(error.contains("would fit: give it as --crs"), "{error}");
        let right =
            try_resolve(StatedCrs::Epsg(5181, CrsSource::Member), Some(5186), IN_5186).unwrap();
        assert!(!right.swapped);
    }

    #[test]
    fn without_a_crs_those_that_fit_are_named() {
        let error = try_resolve(StatedCrs::Nothing, None, IN_5186).unwrap_err();
        assert!(error.contains("no .prj") && error.contains("5186"), "{error}");
        let error = try_resolve(StatedCrs::Unknown("urn:x".to_owned()), None, IN_5186).unwrap_err();
        assert!(error.contains("urn:x") && error.contains("5186"), "{error}");
        let error =
            try_resolve(StatedCrs::Epsg(32652, CrsSource::Member), None, IN_5186).unwrap_err();
        assert!(error.contains("32652") && error.contains("5186"), "{error}");
    }

    #[rstest]
    #[case(5186, [551_234.0, 203_333.0])]
    #[case(4326, [37.55, 127.04])]
    fn swapped_coordinates_are_recognised(#[case] code: u32, #[case] at: [f64; 2]) {
        assert!(try_resolve(StatedCrs::Epsg(code, CrsSource::Member), None, at).unwrap().swapped);
    }

    #[test]
    fn stray_positions_decide_nothing() {
        let mut sample = vec![IN_5186; 95];
        sample.extend([[1.0, 1.0], [9e9, 9e9], [-1e7, 0.0], [5.0, 5.0], [7.0, 7.0]]);
        let stated = StatedCrs::Epsg(5186, CrsSource::Member);
        assert!(
            resolve_crs(Path::new("x"), &stated, None, &sample, Some(SEONGDONG), &korea()).is_ok()
        );
        assert!(
            resolve_crs(Path::new("x"), &stated, None, &[], Some(SEONGDONG), &korea()).is_ok(),
            "nothing to check"
        );
    }

    /// Decides without expected bounds; `Ok` is whether positions are swapped, and the
    /// note.
    fn anywhere(
        code: u32,
        wanted: Option<u32>,
        at: [f64; 2],
    ) -> Result<(bool, Option<String>), String> {
        resolve_crs(
            Path::new("x.shp"),
            &StatedCrs::Epsg(code, CrsSource::Member),
            wanted,
            &[at],
            None,
            &korea(),
        )
        .map(|conversion| {
            let notes: Vec<String> = conversion.notes.iter().map(Bilingual::en).collect();
            (conversion.swapped, (!notes.is_empty()).then(|| notes.join("; ")))
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_district_what_lies_on_land_is_not_questioned() {
        assert_eq!(anywhere(5179, None, [959_200.0, 1_951_200.0]), Ok((false, None)));
        assert_eq!(anywhere(4326, None, [127.04, 37.55]), Ok((false, None)));
        // Jeju in its own belt.
        assert_eq!(anywhere(5182, None, [160_000.0, 43_000.0]), Ok((false, None)));
    }

    #[rstest]
    #[case(5186, [551_234.0, 203_333.0], "around 130.8")]
    #[case(5179, [1_951_200.0, 959_200.0], "")]
    #[case(4326, [37.55, 127.04], "")]
    fn without_a_district_northing_and_easting_are_swapped(
        #[case] code: u32,
        #[case] at: [f64; 2],
        #[case] noted: &str,
    ) {
        let (swapped, note) = anywhere(code, None, at).unwrap();
        assert!(swapped && note.unwrap_or_default().contains(noted));
    }

    #[test]
    fn without_a_district_data_off_the_land_is_refused_where_another_crs_fits() {
        let error = anywhere(5181, None, IN_5186).unwrap_err();
        assert!(error.contains("not on South Korea's land"), "{error}");
        // As 5187 it would lie on the east coast.
        assert!(error.contains("EPSG:5186 (") && error.contains("EPSG:5187 ("), "{error}");
        assert!(!error.contains("EPSG:5182"), "a belt of Jeju: {error}");
        // A CRS that the user names can be a wrong guess, too.
        let named = anywhere(4326, Some(5181), IN_5186).unwrap_err();
        assert!(named.contains("(as you said)") && named.contains("--bounds"), "{named}");
    }

    #[test]
    fn without_a_district_the_one_other_crs_on_land_is_named() {
        let error = anywhere(5181, None, [230_000.0, 551_234.0]).unwrap_err();
        assert!(error.contains("EPSG:5186 (Korea 2000 / Central Belt 2010) would fit"), "{error}");
    }

    #[test]
    fn without_a_district_another_place_on_land_is_noted() {
        // Daejeon as 5186; 100 km north is still land.
        let daejeon = [234_000.0, 417_000.0];
        let (swapped, note) = anywhere(4326, Some(5186), daejeon).unwrap();
        let note = note.unwrap();
        assert!(!swapped && note.contains("EPSG:5181 (") && note.contains("--bounds"), "{note}");
        // A CRS that the file declares itself is certain.
        assert_eq!(anywhere(5186, None, daejeon), Ok((false, None)));
        assert_eq!(anywhere(5186, Some(5186), daejeon), Ok((false, None)));
    }

    #[test]
    fn degrees_fit_no_metre_system_and_metres_no_degrees() {
        let stated = StatedCrs::Epsg(5186, CrsSource::Member);
        for expected in [None, Some(SEONGDONG), Some([-180.0, -90.0, 180.0, 90.0])] {
            for at in [[127.04, 37.55], [37.55, 127.04]] {
                let resolved =
                    resolve_crs(Path::new("x"), &stated, None, &[at], expected, &korea());
                let error = resolved.unwrap_err().to_string();
                assert!(error.contains("its positions are degrees"), "{error}");
            }
            let error = resolve_crs(
                Path::new("x"),
                &StatedCrs::Nothing,
                None,
                &[[127.04, 37.55]],
                expected,
                &korea(),
            )
            .unwrap_err()
            .to_string();
            assert!(error.contains("EPSG:4326") && !error.contains("EPSG:51"), "{error}");
            let degrees = StatedCrs::Epsg(4326, CrsSource::Member);
            let error = resolve_crs(Path::new("x"), &degrees, None, &[IN_5186], expected, &korea())
                .unwrap_err();
            assert!(error.to_string().contains("no place on the map"), "{error}");
        }
    }

    #[test]
    fn only_the_candidates_of_the_region_are_advised() {
        let at = [377_299.0, 6_072_299.0];
        let bounds = Some([12.9, 54.6, 13.4, 55.0]);
        let region = ImportRegion { candidates: vec![32_632, 32_633, 4326], ..korea() };
        let resolve =
            |region| resolve_crs(Path::new("x"), &StatedCrs::Nothing, None, &[at], bounds, region);
        let error = resolve(&region).unwrap_err().to_string();
        assert!(error.contains("EPSG:32633 (WGS 84 / UTM zone 33N) would fit"), "{error}");
        let error = resolve(&korea()).unwrap_err().to_string();
        assert!(error.contains("none of the known CRS"), "{error}");
    }

    #[test]
    fn a_region_of_unknown_land_has_no_data_off_it() {
        let stated = StatedCrs::Epsg(4326, CrsSource::Member);
        let region = ImportRegion { land: Vec::new(), ..korea() };
        // Off the coast in the east, where a known land gives a note.
        let resolved = resolve_crs(Path::new("x"), &stated, None, &[[130.5, 36.5]], None, &region);
        assert_eq!(resolved.unwrap().notes, []);
        let resolved = resolve_crs(Path::new("x"), &stated, None, &[[130.5, 36.5]], None, &korea());
        assert_eq!(resolved.unwrap().notes.len(), 1);
    }
}
