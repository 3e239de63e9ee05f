//! Determines a file's CRS, and checks the location of its data.

use std::path::Path;

use data_model::GeographicBounds;
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
    expected: Option<GeographicBounds>,
    region: &ImportRegion,
) -> Result<CrsConversion, IngestError> {
    let refuse = |fault| IngestError::Crs { path: path.to_owned(), fault: Box::new(fault) };
    decide(stated, wanted, sample, expected, region).map_err(refuse)
}

fn decide(
    stated: &StatedCrs,
    wanted: Option<u32>,
    sample: &[[f64; 2]],
    expected: Option<GeographicBounds>,
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
        let bounds = Box::new(bounds.to_array().map(|side| side.to_string()));
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
    than: GeographicBounds,
    region: &ImportRegion,
) -> Vec<&'static KnownCrs> {
    let others = matching_crs(sample, region.bounds, region).into_iter().filter(|(known, core)| {
        are_apart(*core, than, MIN_DISTANCE)
            && known.area().contains(core.center())
            && Projection::from_epsg(known.epsg)
                .is_ok_and(|projection| is_on_land(&projection, sample, false, region))
    });
    others.map(|(known, _)| known).collect()
}

fn middle(core: GeographicBounds) -> String {
    let [longitude, latitude] = core.center();
    format!("{longitude:.4}, {latitude:.4}")
}

fn names(candidates: &[&KnownCrs]) -> Vec<String> {
    candidates.iter().map(|known| format!("EPSG:{} ({})", known.epsg, known.name)).collect()
}

/// The region's CRS that would place the data into bounds, with the resulting core.
fn matching_crs(
    sample: &[[f64; 2]],
    bounds: GeographicBounds,
    region: &ImportRegion,
) -> Vec<(&'static KnownCrs, GeographicBounds)> {
    let mut matches: Vec<(&KnownCrs, GeographicBounds)> = Vec::new();
    for known in region.candidates.iter().filter_map(|&code| known_crs(code)) {
        let Ok(projection) = Projection::from_epsg(known.epsg) else { continue };
        let Some(core) = core_of(&projection, sample, false) else { continue };
        // Some codes are the same CRS by another name, to within a metre.
        let is_other = |&(_, other): &(&KnownCrs, GeographicBounds)| are_apart(core, other, 1e-5);
        if is_near(core, bounds) && matches.iter().all(is_other) {
            matches.push((known, core));
        }
    }
    matches
}

/// Advice to use these CRS.
fn advice(matches: &[(&KnownCrs, GeographicBounds)]) -> CrsAdvice {
    CrsAdvice(names(&matches.iter().map(|(known, _)| *known).collect::<Vec<_>>()))
}

fn is_near(core: GeographicBounds, expected: GeographicBounds) -> bool {
    core.west() <= expected.east() + MARGIN
        && core.east() >= expected.west() - MARGIN
        && core.south() <= expected.north() + MARGIN
        && core.north() >= expected.south() - MARGIN
}

/// Whether an edge of the boxes differs by more than `distance` degrees.
fn are_apart(a: GeographicBounds, b: GeographicBounds, distance: f64) -> bool {
    a.to_array().iter().zip(b.to_array()).any(|(a, b)| (a - b).abs() > distance)
}

#[cfg(test)]
mod tests;
