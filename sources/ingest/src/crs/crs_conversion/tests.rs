use super::*;
use korean_text::bilingual::Bilingual;
use rstest::rstest;

fn seongdong() -> Option<GeographicBounds> {
    GeographicBounds::new(127.0083, 37.5291, 127.0737, 37.5730).ok()
}

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
) -> Result<CrsConversion, IngestError> {
    resolve_crs(Path::new("x.shp"), &stated, wanted, &[at], seongdong(), &korea())
}

#[test]
fn a_wrong_belt_is_refused_and_the_right_one_named() {
    let error = try_resolve(StatedCrs::Epsg(5181, CrsSource::Member), None, IN_5186)
        .unwrap_err()
        .to_string();
    assert!(error.contains("EPSG:5181") && error.contains("EPSG:5186 ("), "{error}");
    assert!(error.contains("would fit: give it as --crs"), "{error}");
    let right = try_resolve(StatedCrs::Epsg(5181, CrsSource::Member), Some(5186), IN_5186).unwrap();
    assert!(!right.swapped);
}

#[test]
fn without_a_crs_those_that_fit_are_named() {
    let error = try_resolve(StatedCrs::Nothing, None, IN_5186).unwrap_err().to_string();
    assert!(error.contains("no .prj") && error.contains("5186"), "{error}");
    let error =
        try_resolve(StatedCrs::Unknown("urn:x".to_owned()), None, IN_5186).unwrap_err().to_string();
    assert!(error.contains("urn:x") && error.contains("5186"), "{error}");
    let error = try_resolve(StatedCrs::Epsg(32652, CrsSource::Member), None, IN_5186)
        .unwrap_err()
        .to_string();
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
    assert!(resolve_crs(Path::new("x"), &stated, None, &sample, seongdong(), &korea()).is_ok());
    assert!(
        resolve_crs(Path::new("x"), &stated, None, &[], seongdong(), &korea()).is_ok(),
        "nothing to check"
    );
}

/// Decides without expected bounds; `Ok` is whether positions are swapped, and the
/// note.
fn anywhere(
    code: u32,
    wanted: Option<u32>,
    at: [f64; 2],
) -> Result<(bool, Option<String>), IngestError> {
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
}

#[test]
fn without_a_district_what_lies_on_land_is_not_questioned() {
    assert_eq!(anywhere(5179, None, [959_200.0, 1_951_200.0]).unwrap(), (false, None));
    assert_eq!(anywhere(4326, None, [127.04, 37.55]).unwrap(), (false, None));
    // Jeju in its own belt.
    assert_eq!(anywhere(5182, None, [160_000.0, 43_000.0]).unwrap(), (false, None));
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
    let error = anywhere(5181, None, IN_5186).unwrap_err().to_string();
    assert!(error.contains("not on South Korea's land"), "{error}");
    // As 5187 it would lie on the east coast.
    assert!(error.contains("EPSG:5186 (") && error.contains("EPSG:5187 ("), "{error}");
    assert!(!error.contains("EPSG:5182"), "a belt of Jeju: {error}");
    // A CRS that the user names can be a wrong guess, too.
    let named = anywhere(4326, Some(5181), IN_5186).unwrap_err().to_string();
    assert!(named.contains("(as you said)") && named.contains("--bounds"), "{named}");
}

#[test]
fn without_a_district_the_one_other_crs_on_land_is_named() {
    let error = anywhere(5181, None, [230_000.0, 551_234.0]).unwrap_err().to_string();
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
    assert_eq!(anywhere(5186, None, daejeon).unwrap(), (false, None));
    assert_eq!(anywhere(5186, Some(5186), daejeon).unwrap(), (false, None));
}

#[test]
fn degrees_fit_no_metre_system_and_metres_no_degrees() {
    let stated = StatedCrs::Epsg(5186, CrsSource::Member);
    for expected in [None, seongdong(), Some(GeographicBounds::EARTH)] {
        for at in [[127.04, 37.55], [37.55, 127.04]] {
            let resolved = resolve_crs(Path::new("x"), &stated, None, &[at], expected, &korea());
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
    let bounds = GeographicBounds::new(12.9, 54.6, 13.4, 55.0).ok();
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
