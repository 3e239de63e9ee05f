//! Parsing of a district's country, CRS and time zone.

use data_model::GeographicBounds;

use super::entry::TomlTable;
use crate::{Country, District, DistrictTimeZone, EpsgCode, InvalidEpsgCode, UnknownTimeZone};

/// Remedy of a faulty rectangle.
const RECTANGLE: &str = "give west, south, east, north in degrees";
/// Remedy of a faulty CRS.
const EPSG: &str = "write a code of a known CRS, such as \"EPSG:4326\"";

/// Whether bounds are a rectangle that a map can show.
pub(super) fn is_rectangle([west, south, east, north]: [f64; 4]) -> bool {
    let across = -180.0 <= west && west < east && east <= 180.0;
    across && -85.06 <= south && south < north && north <= 85.06
}

/// Takes a rectangle; adds a fault if it is none.
pub(super) fn rectangle(entry: &mut TomlTable<'_>, name: &'static str) -> Option<GeographicBounds> {
    let bounds = entry.take::<[f64; 4]>(name)?;
    if !is_rectangle(bounds) {
        entry.fault(name, format!("{bounds:?} is not a rectangle"), RECTANGLE);
    }
    bounds.try_into().ok()
}

/// The district's time zone; adds a fault if no zone has that name.
pub(super) fn time_zone(entry: &mut TomlTable<'_>, inherited: &District) -> DistrictTimeZone {
    let zone = inherited.time_zone.clone();
    let Some(name) = entry.take::<String>("time_zone") else { return zone };
    name.parse().unwrap_or_else(|error: UnknownTimeZone| {
        entry.fault("time_zone", error.to_string(), "write an IANA name, such as \"Europe/Oslo\"");
        zone
    })
}

/// The CRS that files may be in; adds a fault for each that is not known.
pub(super) fn crs_candidates(entry: &mut TomlTable<'_>, inherited: &District) -> Vec<EpsgCode> {
    let place = entry.place().at("crs_candidates");
    let faults = entry.faults();
    let Some(texts) = entry.list::<String>("crs_candidates") else {
        return inherited.crs_candidates.clone();
    };
    if texts.is_empty() {
        faults.add(&place, "names no CRS", EPSG);
    }
    let read = |(index, text): (usize, String)| {
        text.parse()
            .map_err(|error: InvalidEpsgCode| {
                faults.add(&place.item(index), error.to_string(), EPSG);
            })
            .ok()
    };
    texts.into_iter().enumerate().filter_map(read).collect()
}

/// The country around the district; adds faults for what is no rectangle, and for land off
/// the country.
pub(super) fn country(entry: &mut TomlTable<'_>, inherited: &District) -> Country {
    let Some(mut country) = entry.table("country") else { return inherited.country.clone() };
    let name = country.need_text("name").unwrap_or_default();
    if !country.has("bounds") {
        country.fault("bounds", "is missing", RECTANGLE);
    }
    let bounds = rectangle(&mut country, "bounds").unwrap_or(GeographicBounds::EARTH);
    let place = country.place().at("land");
    let mut land = Vec::new();
    for (index, part) in country.list::<[f64; 4]>("land").into_iter().flatten().enumerate() {
        let valid = GeographicBounds::try_from(part).ok().filter(|_| is_rectangle(part));
        let Some(valid) = valid else {
            let problem = format!("{part:?} is not a rectangle");
            country.faults().add(&place.item(index), problem, RECTANGLE);
            continue;
        };
        if !bounds.intersects(valid) {
            let problem = format!("{part:?} lies off the country's bounds");
            country.faults().add(&place.item(index), problem, "correct it or the bounds");
        }
        land.push(valid);
    }
    country.finish();
    Country { name, bounds, land }
}
