//! The shipped district, and the facts that another catalog takes from it.
//!
//! The shipped `district.toml` is embedded. A catalog that leaves out its time zone, CRS
//! candidates, country or labels of suppressed values has those of the shipped district,
//! and so has an import without a catalog. A district off the shipped country has UTC, the
//! CRS that fit everywhere, and the whole earth.

use std::sync::LazyLock;

use data_model::GeographicBounds;

use super::{Country, District, DistrictTimeZone, EpsgCode, LocalizedText};

/// The district of the embedded `district.toml`.
static SHIPPED: LazyLock<District> = LazyLock::new(|| read(include_str!("../district.toml")));

/// Reads the text of the embedded file. A test reads it, so that a fault in it is none of a
/// built program; if one was built without tests, the log names the fault.
fn read(text: &str) -> District {
    toml::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, "the embedded district.toml can't be read; no fact is inherited");
        bare()
    })
}

/// A district without any fact; stands in for the embedded one, which a test reads.
fn bare() -> District {
    District {
        title: LocalizedText::default(),
        bounds: None,
        attribution: None,
        notice: None,
        stats_areas: None,
        addresses: None,
        search_areas: Vec::new(),
        time_zone: DistrictTimeZone::default(),
        crs_candidates: Vec::new(),
        country: Country::default(),
        suppressed_label: LocalizedText::default(),
        suppressed_title: LocalizedText::default(),
    }
}

impl Default for District {
    /// A district that declares nothing: inherited facts alone.
    fn default() -> Self {
        let District { time_zone, crs_candidates, country, .. } = SHIPPED.clone();
        let District { suppressed_label, suppressed_title, .. } = SHIPPED.clone();
        let inherited = bare();
        District {
            time_zone,
            crs_candidates,
            country,
            suppressed_label,
            suppressed_title,
            ..inherited
        }
    }
}

impl District {
    /// The facts that a catalog of these bounds takes where it leaves them out.
    pub(super) fn inherited(bounds: Option<GeographicBounds>) -> Self {
        let shipped = Self::default();
        if bounds.is_none_or(|bounds| shipped.country.bounds.intersects(bounds)) {
            return shipped;
        }
        let worldwide = projection::KNOWN.iter().filter(|known| known.is_worldwide());
        Self {
            crs_candidates: worldwide.filter_map(|known| EpsgCode::new(known.epsg)).collect(),
            suppressed_label: shipped.suppressed_label,
            suppressed_title: shipped.suppressed_title,
            ..bare()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_embedded_district_is_read() {
        let district: District = toml::from_str(include_str!("../district.toml")).unwrap();
        assert_eq!(*SHIPPED, district);
        let inherited = District::default();
        assert_eq!(inherited.country, district.country);
        assert_eq!(inherited.crs_candidates, district.crs_candidates);
        assert_eq!(inherited.time_zone, district.time_zone);
        assert_eq!((inherited.title, inherited.bounds), (LocalizedText::default(), None));
    }

    #[test]
    fn a_district_off_the_shipped_country_has_nothing_of_it() {
        let elsewhere = District::inherited(GeographicBounds::new(13.0, 54.6, 13.4, 54.9).ok());
        assert_eq!((elsewhere.time_zone.name(), elsewhere.country), ("UTC", Country::default()));
        let codes: Vec<u32> = elsewhere.crs_candidates.into_iter().map(EpsgCode::number).collect();
        assert_eq!(codes, [4326, 3857, 4979]);
        for bounds in [None, GeographicBounds::new(126.0, 35.0, 126.5, 35.5).ok()] {
            assert_eq!(District::inherited(bounds), District::default());
        }
    }

    #[test]
    fn the_shipped_candidates_are_every_known_crs_but_the_zones() {
        let shipped: Vec<_> = District::default().crs_candidates;
        let shipped: Vec<u32> = shipped.into_iter().map(EpsgCode::number).collect();
        let known: Vec<u32> = projection::KNOWN.iter().map(|known| known.epsg).collect();
        assert_eq!(shipped, known);
    }

    #[rstest]
    #[case::seoul(126.978, 37.567, true)]
    #[case::incheon_airport(126.44, 37.46, true)]
    #[case::ganghwa(126.49, 37.75, true)]
    #[case::cheorwon(127.31, 38.15, true)]
    #[case::goseong(128.47, 38.38, true)]
    #[case::gangneung(128.90, 37.75, true)]
    #[case::taean(126.30, 36.75, true)]
    #[case::pohang_homigot(129.567, 36.077, true)]
    #[case::busan(129.075, 35.18, true)]
    #[case::mokpo(126.39, 34.81, true)]
    #[case::yeosu(127.66, 34.76, true)]
    #[case::geoje(128.62, 34.88, true)]
    #[case::seogwipo(126.56, 33.25, true)]
    #[case::baengnyeong(124.71, 37.97, true)]
    #[case::ulleung(130.90, 37.50, true)]
    #[case::dokdo(131.865, 37.24, true)]
    #[case::kaesong(126.55, 37.97, false)]
    #[case::north_of_seoul(127.04, 38.46, false)]
    #[case::east_sea(130.82, 34.37, false)]
    #[case::yellow_sea(125.0, 36.0, false)]
    #[case::fukuoka(130.40, 33.59, false)]
    #[case::tsushima(129.29, 34.20, false)]
    fn the_shipped_land_is_korean(#[case] lon: f64, #[case] lat: f64, #[case] land: bool) {
        let boxes = District::default().country.land;
        assert_eq!(boxes.iter().any(|part| part.contains([lon, lat])), land);
    }
}
