//! Declarations that are accepted, and some that are nearly right.

mod base_map;
mod disclosure;
mod equations;
mod overlaps;
mod seeded_faults;

use rstest::rstest;

use super::filter::starts_with_date;
use super::fixture::In::{Dataset, Layer};
use super::fixture::{In, load, write};
use super::nearest_name;
use crate::MeasureOperation;
use data_model::Period;

#[rstest]
#[case::filtered(
    Layer,
    "dataset = 'camera'\ncolumns = ['year']\nvalue = 'year'\nwhere = { purpose = ['방범', '교통'], height = { from = 2 }, year = '2020' }"
)]
#[case::clustered(
    Layer,
    "dataset = 'camera'\ncolumns = ['height', 'cam_id']\nmax_zoom = 18\ntiling = { cluster = { below_zoom = 18, radius_px = 24, sums = ['height'] }, attributes = { cam_id = 15 } }"
)]
#[case::thinned(
    Layer,
    "dataset = 'camera'\ncolumns = ['height']\ntiling = { thin = { below_zoom = 14, rank = '-height', spacing_px = 20 } }"
)]
#[case::flow_with_ends_from_a_zoom(
    Layer,
    "flow = { from = 'moves.from_cd', to = 'moves.to_cd', between = 'dong' }\ncolumns = ['adm_nm']\ntiling = { thin = { below_zoom = 12, rank = '-a' }, attributes = { from = 12, to_adm_nm = 13 } }\n[[layer.measure]]\nname = 'a'\nsum = 'moves.trips'"
)]
#[case::merged(Layer, "dataset = 'plot'\ntiling = { merge = { below_zoom = 14, by = 'any' } }")]
#[case::clustered_for_staff_and_by_dong_for_the_public(
    Layer,
    "dataset = 'shop'\ncolumns = ['sales']\ntiling = { cluster = { below_zoom = 15, sums = ['sales'] } }\n[layer.public]\ncarrier = 'dong'\nsuppression_threshold = 5\ntiling = { attributes = {} }\n[[layer.public.measure]]\nname = 'a'\nsum = 'shop.sales'"
)]
#[case::hidden_for_staff(Layer, "visibility = 'staff'\ndataset = 'camera'\ncolumns = ['pixels']")]
#[case::hidden_and_not_listed(Layer, "dataset = 'camera'")]
#[case::union(
    Layer,
    "union = [{ dataset = 'camera', columns = { n = 'cam_id' } }, { dataset = 'spot', columns = { n = 'kind' } }]\nvalue = 'n'\nkind = 'symbol'"
)]
#[case::prepared(
    Layer,
    "kind = 'isochrone'\nprepared = true\ngeometry = 'polygon'\ndatasets = ['camera']\nvalue = 'minutes'\ncolumn = [{ name = 'minutes', type = 'int', title = { ko = '분', en = 'Minutes' } }]"
)]
#[case::measures(
    Layer,
    "carrier = 'dong'\ncolumns = ['adm_nm']\nperiod = 'month'\nretained_slices = 24\ncoverage = true\nkind = 'choropleth'\nvalue = 'more'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\n[[layer.measure]]\nname = 'more'\ntitle = { ko = '증감', en = 'Change' }\nchange = { measure = 'a', periods_back = 12 }\n"
)]
#[case::hours(
    Layer,
    "carrier = 'grid'\nperiod = 'hour'\nretained_slices = 168\n[[layer.measure]]\nname = 'a'\nmean = 'hourly.people'"
)]
#[case::hours_of_months(
    Layer,
    "carrier = 'grid'\nperiod = 'month-hour'\n[[layer.measure]]\nname = 'a'\nmean = 'hourly.people'"
)]
#[case::coarser_beside_finer(
    Layer,
    "carrier = 'dong'\nperiod = 'day'\nvalue = 'b'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\n[[layer.measure]]\nname = 'b'\nsum = 'hourly.people'\n"
)]
#[case::events_by_year(
    Layer,
    "carrier = 'dong'\nperiod = 'year'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '사고', en = 'Accidents' }\ncount = 'accident'\nlast_months = 12"
)]
#[case::estimates_held_with_a_number(
    Layer,
    "carrier = 'grid'\nvalue = 'b'\n[[layer.measure]]\nname = 'a'\nsum = 'hourly.people'\n[[layer.measure]]\nname = 'b'\nsum = 'hourly.guess'\nsuppressed_with = ['a']"
)]
#[case::suppressed(
    Layer,
    "carrier = 'dong'\nsuppression_threshold = 5\n[[layer.measure]]\nname = 'a'\nsum = 'shop.sales'"
)]
#[case::hidden_but_suppressed(
    Layer,
    "carrier = 'dong'\nsuppression_threshold = 5\n[[layer.measure]]\nname = 'a'\nmean = 'camera.pixels'"
)]
#[case::within(
    Layer,
    "carrier = 'camera'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '지점', en = 'Spots' }\ncount = 'plot'\nmax_distance_m = 300"
)]
#[case::distance(
    Layer,
    "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '거리', en = 'Distance' }\nnearest = 'camera'\nwhere = { purpose = '방범' }"
)]
#[case::flow(
    Layer,
    "kind = 'flow'\nflow = { from = 'moves.from_cd', to = 'moves.to_cd', between = 'dong' }\ncolumns = ['adm_nm']\n[[layer.measure]]\nname = 'a'\nsum = 'moves.trips'"
)]
#[case::form_of_its_own(
    Layer,
    "dataset = 'shop'\ncolumns = ['sales']\n[layer.public]\ncarrier = 'dong'\nsuppression_threshold = 5\n[[layer.public.measure]]\nname = 'a'\nsum = 'shop.sales'"
)]
#[case::same_measures_over_larger_areas(
    Layer,
    "carrier = 'shop'\ncolumns = ['sector']\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\ncount = 'camera'\nmax_distance_m = 100\n[layer.public]\ncarrier = 'dong'\ncolumns = ['adm_nm']"
)]
#[case::half_years(
    Dataset,
    "geometry = 'polygon'\nfeature_dataset = 'grid'\n[dataset.values]\nkey = 'a'\ntime = 'h'\nperiod = 'half-year'\nretained_periods = 4\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }, { name = 'h', type = 'month', title = { ko = '반기', en = 'h' } }]"
)]
#[case::values_beside_features(
    Dataset,
    "geometry = 'point'\nkey = ['a']\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }]\n[dataset.values]\nkey = 'a'\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }]"
)]
#[case::numbers_of_an_address_are_searched(
    Dataset,
    "geometry = 'point'\naddress = { road = 'rn', number = 'no' }\nsearch = ['rn', 'no']\ncolumn = [{ name = 'rn', type = 'text', title = { ko = '가', en = 'a' } }, { name = 'no', type = 'int', title = { ko = '가', en = 'a' } }]"
)]
#[case::nothing_but_the_old_keys(
    Dataset,
    "geometry = 'point'\ncolumn = [{ name = 'a', title = { ko = '가', en = 'a' } }]"
)]
fn a_sound_declaration_has_no_fault(#[case] kind: In, #[case] body: &'static str) {
    load(&[(kind, body, "", "")]).0.unwrap();
}

#[test]
fn measures_take_titles_and_units_from_their_columns() {
    let body = "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'";
    let catalog = load(&[(Layer, body, "", "")]).0.unwrap();
    let layer = catalog.layer("case-0").unwrap();
    let set = layer.content.measures().unwrap();
    assert_eq!((set.value.as_str(), layer.value.as_deref()), ("a", Some("a")));
    let measure = &set.measures[0];
    assert_eq!((measure.title.en.as_str(), measure.unit.as_deref()), ("People", Some("persons")));
    assert!(
        matches!(&measure.operation, MeasureOperation::Aggregate(a) if a.rows.dataset.as_str() == "people")
    );
    let datasets: Vec<_> = layer.datasets.iter().map(data_model::DatasetId::as_str).collect();
    assert_eq!(datasets, ["dong", "people"]);
}

#[test]
fn a_file_that_can_not_be_read_makes_no_fault_of_references_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let layer = (Layer, "dataset = 'elsewhere'\ncolumns = []", "", "");
    write(folder.path(), &[layer]);
    std::fs::write(folder.path().join("datasets/other.toml"), "title = ").unwrap();
    let faults = crate::Catalog::load(folder.path()).unwrap_err();
    let files: Vec<_> = faults.0.iter().map(|fault| fault.file.as_str()).collect();
    assert_eq!(files, ["datasets/other.toml"], "{faults}");
}

#[rstest]
#[case::no_areas("stats_areas = 'camera'", "stats_areas", "polygons")]
#[case::not_public("stats_areas = 'case-0'", "stats_areas", "public")]
#[case::hidden_names("stats_areas = 'case-1'", "stats_areas", "keys and names")]
#[case::addresses_without_names("addresses = 'grid'", "addresses", "search")]
#[case::searched_in_points("search_areas = ['dong', 'camera']", "search_areas[1]", "polygons")]
#[case::unknown_crs("crs_candidates = ['EPSG:4326', 'EPSG:1']", "crs_candidates[1]", "EPSG:4326")]
#[case::no_code("crs_candidates = ['WGS 84']", "crs_candidates[0]", "EPSG:4326")]
#[case::no_crs("crs_candidates = []", "crs_candidates", "EPSG:4326")]
#[case::nameless_country("[country]\nbounds = [1, 2, 3, 4]", "country.name", "ko")]
#[case::boundless_country("[country]\nname = { ko = '땅', en = 'Land' }", "country.bounds", "west")]
#[case::no_rectangle(
    "[country]\nname = { ko = '땅', en = 'Land' }\nbounds = [3, 2, 1, 4]",
    "country.bounds",
    "west"
)]
#[case::land_at_sea(
    "[country]\nname = { ko = '땅', en = 'Land' }\nbounds = [1, 2, 3, 4]\nland = [[7, 2, 8, 4]]",
    "country.land[0]",
    "bounds"
)]
#[case::half_a_label(
    "suppressed_label = { ko = '가림', en = '' }",
    "suppressed_label.en",
    "language"
)]
#[case::no_time_zone("time_zone = 'Asia/Seongdong'", "time_zone", "Europe/Oslo")]
fn a_district_names_what_everybody_may_be_told(
    #[case] line: &str,
    #[case] key: &str,
    #[case] remedy: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let column = "column = [{ name = 'nr', type = 'code', title = { ko = '번', en = 'No' } }]";
    let inner = format!("geometry = 'polygon'\nsensitivity = 'internal'\n{column}");
    let hidden = format!(
        "geometry = 'polygon'\nkey = ['nr']\nprivacy = [{{ rule = 'hide', column = 'nr' }}]\n{column}"
    );
    let cases = [inner, hidden].map(|body| (Dataset, &*body.leak(), "", ""));
    write(folder.path(), &cases);
    let text = format!("title = {{ ko = '구', en = 'District' }}\n{line}\n");
    std::fs::write(folder.path().join("district.toml"), text).unwrap();
    let faults = crate::Catalog::load(folder.path()).unwrap_err();
    assert_eq!(faults.0.len(), 1, "{faults}");
    let fault = &faults.0[0];
    assert_eq!((fault.file.as_str(), fault.key.as_str()), ("district.toml", key));
    assert!(fault.remedy.contains(remedy), "{fault}");
}

#[rstest]
#[case("camara", Some("camera"))]
#[case("cmaera", Some("camera"))]
#[case("admin_dongs", Some("admin_dong"))]
#[case("동별인구", None)]
#[case("zoo", None)]
#[case("", None)]
fn near_misses_are_told_from_other_names(#[case] name: &str, #[case] expected: Option<&str>) {
    assert_eq!(nearest_name(name, ["camera", "admin_dong", "grid"]), expected);
}

#[rstest]
#[case("2026", true)]
#[case("2026-10", true)]
#[case("2026-10-31", true)]
#[case("2026-10-31T08:00", true)]
#[case("2026-13", false)]
#[case("2026-10-00", false)]
#[case("31.10.2026", false)]
#[case("20261031", false)]
#[case("", false)]
fn dates_are_told_from_other_texts(#[case] text: &str, #[case] expected: bool) {
    assert_eq!(starts_with_date(text), expected);
}

#[rstest]
#[case(Period::Month, Period::Year, true)]
#[case(Period::Year, Period::Month, false)]
#[case(Period::Week, Period::Month, true)]
#[case(Period::Month, Period::Week, false)]
#[case(Period::Hour, Period::MonthHour, true)]
#[case(Period::Day, Period::MonthHour, false)]
#[case(Period::MonthHour, Period::Hour, false)]
#[case(Period::MonthHour, Period::Month, true)]
fn times_fit_longer_slices(#[case] row: Period, #[case] slice: Period, #[case] fits: bool) {
    assert_eq!(row.fits(slice), fits);
}
