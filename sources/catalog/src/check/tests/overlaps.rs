//! Statistics by overlapping areas, pairs or times, whose differences disclose suppressed
//! numbers.

use rstest::rstest;

use crate::check::disclosure_fixture::{faults, layer, layer_with, the_fault, with_datasets};
use crate::check::fixture::In::{Dataset, Layer};

const ALL: &str = "count = 'crash'";
const WALK: &str = "count = 'crash'\nwhere = { victim = '보행자' }";

/// Areas with other borders than those of the district's `stats_areas`.
const ZONES: &str = "id = 'zone'\ngeometry = 'polygon'\nkey = ['zone_cd']\n\
    column = [{ name = 'zone_cd', type = 'code', title = { ko = '코드', en = 'Code' } }]";

/// Faults of a catalog with the dataset `zones` added: index of the layer, key and text.
fn with_zones(zones: &str, layers: &[String]) -> Vec<(usize, String, String)> {
    let mut bodies = with_datasets(layers);
    bodies.insert(0, (Dataset, zones.to_owned()));
    faults(&bodies).into_iter().map(|(of, key, text)| (of - 4, key, text)).collect()
}

#[rstest]
// As many areas as dongs, fewer and somewhat more: other borders each.
#[case::as_many("expected_count = 17", ALL)]
#[case::larger("expected_count = 4", ALL)]
#[case::somewhat_more("expected_count = 21", ALL)]
#[case::how_many_is_not_known("", ALL)]
#[case::a_part("expected_count = 17", WALK)]
#[case::a_sum("expected_count = 17", "sum = 'crash.cost'\nsuppressed_with = ['f0']")]
fn dongs_that_are_kept_back_follow_from_areas_of_other_borders(
    #[case] count: &str,
    #[case] measure: &str,
) {
    // Each layer's statistics publish them by dongs.
    let measures: Vec<&str> =
        if measure.contains("suppressed_with") { vec![ALL, measure] } else { vec![measure] };
    let zones = format!("{ZONES}\n{count}");
    // Of how many areas nobody knows it is not known either whether they are too small.
    let overlaps = |found: Vec<(usize, String, String)>, of: usize| {
        let at_over = found.iter().filter(|(layer, key, _)| (*layer, &**key) == (of, "carrier"));
        let texts: Vec<String> = at_over.map(|(.., text)| text.clone()).collect();
        assert!(!count.is_empty() || found.len() > texts.len(), "{found:#?}");
        assert!(count.is_empty() || found.len() == texts.len(), "{found:#?}");
        texts
    };
    let texts = overlaps(with_zones(&zones, &[layer("zone", &measures)]), 0);
    assert_eq!(texts.len(), measures.len(), "{texts:#?}");
    assert!(
        texts[0].contains("carrier = \"dong\"") && texts[0].contains("parent_areas"),
        "{texts:#?}"
    );
    let both = [layer("dong", &[ALL]), layer("zone", &measures)];
    assert!(!overlaps(with_zones(&zones, &both), 1).is_empty());
}

#[rstest]
#[case::declared_to_lie_in_them("expected_count = 30\nparent_areas = 'dong'")]
#[case::far_smaller("expected_count = 900")]
fn cells_that_lie_in_dongs_are_told_beside_them(#[case] count: &str) {
    let layers = [layer("dong", &[ALL]), layer("zone", &[ALL])];
    assert_eq!(with_zones(&format!("{ZONES}\n{count}"), &layers), []);
    // Public data may be published by any areas.
    let free = [layer("dong", &["count = 'camera'"]), layer("zone", &["count = 'camera'"])];
    assert_eq!(with_zones(&format!("{ZONES}\nexpected_count = 17"), &free), []);
    // So may data for staff.
    let staff = format!("visibility = 'staff'\n{}", layer("zone", &[ALL]));
    let layers = [layer("dong", &[ALL]), staff];
    assert_eq!(with_zones(&format!("{ZONES}\nexpected_count = 17"), &layers), []);
}

#[test]
fn values_of_zones_themselves_are_told_by_them() {
    let values = "id = 'guests'\ngeometry = 'polygon'\nfeature_dataset = 'zone'\nsensitivity = 'internal'\n\
        [dataset.values]\nkey = 'cd'\ncolumn = [\
        { name = 'cd', type = 'code', title = { ko = '코드', en = 'Code' } }, \
        { name = 'n', type = 'int', title = { ko = '수', en = 'Number' } }]";
    let mut bodies = with_datasets(&[layer("zone", &["sum = 'guests.n'"])]);
    bodies.insert(0, (Dataset, values.to_owned()));
    bodies.insert(0, (Dataset, ZONES.to_owned()));
    assert_eq!(faults(&bodies), []);
}

#[rstest]
#[case::itself("parent_areas = 'zone'", "parent_areas")]
#[case::no_areas("parent_areas = 'camera'", "parent_areas")]
#[case::none_there_is("parent_areas = 'dongs'", "parent_areas")]
fn areas_lie_in_areas_that_there_are(#[case] within: &str, #[case] key: &str) {
    let found = faults(&[(Dataset, format!("{ZONES}\n{within}"))]);
    assert_eq!((found.len(), &*found[0].1), (1, key), "{found:#?}");
}

#[rstest]
#[case::twelve_of_each_month("period = 'month'", 12, "year")]
#[case::two_of_each_month("period = 'month'", 2, "quarter")]
#[case::six_of_each_quarter("period = 'quarter'", 6, "half-year")]
#[case::twenty_four_of_each_year("period = 'year'", 24, "leave out")]
#[case::two_of_each_week("period = 'week'", 2, "quarter")]
#[case::three_of_each_day("period = 'day'", 3, "quarter")]
fn single_months_follow_from_windows_that_slide(
    #[case] time: &str,
    #[case] months: u32,
    #[case] word: &str,
) {
    let measure = format!("{ALL}\nlast_months = {months}");
    let layers = [layer_with("dong", time, &[&measure])];
    let found = the_fault(&layers, &[word]);
    assert_eq!(found, (0, "measure[0].last_months".to_owned()));
    // An index discloses its parts too.
    let index = ["publish = false\n".to_owned() + &measure, "per_km2 = 'f0'".to_owned()];
    let index: Vec<&str> = index.iter().map(String::as_str).collect();
    let found = the_fault(
        &[layer_with("dong", &format!("value = 'f1'\n{time}"), &index)
            .replace("value = 'f0'\n", "")],
        &[word],
    );
    assert_eq!(found, (0, "measure[0].last_months".to_owned()));
}

#[rstest]
#[case::the_newest_alone("", 12)]
#[case::whole_years("period = 'year'", 12)]
#[case::half_of_each_year("period = 'year'", 6)]
#[case::each_quarter("period = 'quarter'", 3)]
#[case::each_month("period = 'month'", 1)]
#[case::the_month_of_each_week("period = 'week'", 1)]
fn windows_that_do_not_overlap_are_accepted(#[case] time: &str, #[case] months: u32) {
    let measure = format!("{ALL}\nlast_months = {months}");
    assert_eq!(faults(&with_datasets(&[layer_with("dong", time, &[&measure])])), []);
}

/// Values of homes, workplaces and schools.
const COMMUTE: &str = "id = 'commute'\ngeometry = 'line'\nfeature_dataset = 'dong'\nsensitivity = 'internal'\n\
    privacy = [{ rule = 'suppress', threshold = 5 }]\n[dataset.values]\nkey = 'home'\ncolumn = [\n\
    { name = 'home', type = 'code', title = { ko = '집', en = 'Home' } },\n\
    { name = 'work', type = 'code', title = { ko = '일터', en = 'Work' } },\n\
    { name = 'school', type = 'code', title = { ko = '학교', en = 'School' } },\n\
    { name = 'kind', type = 'enum', title = { ko = '유형', en = 'Kind' }, values = [\
    { ko = '걷기', en = 'Walk' }, { ko = '차', en = 'Car' }] },\n\
    { name = 'persons', type = 'int', title = { ko = '수', en = 'Persons' } },\n]";

fn flow(from: &str, to: &str, more: &str) -> String {
    format!(
        "flow = {{ from = 'commute.{from}', to = 'commute.{to}', between = 'dong' }}\n\
         [[layer.measure]]\nname = 'n'\ntitle = {{ ko = '수', en = 'Number' }}\n\
         sum = 'commute.persons'\n{more}"
    )
}

#[rstest]
#[case::one_end_in_common(("home", "work"), ("home", "school"), "flow.to")]
#[case::the_other_end(("home", "work"), ("school", "work"), "flow.from")]
#[case::end_and_beginning(("home", "work"), ("work", "school"), "flow.from")]
#[case::the_way_back(("home", "work"), ("work", "home"), "flow.from")]
fn pairs_of_one_flow_do_not_follow_from_those_of_another(
    #[case] one: (&str, &str),
    #[case] other: (&str, &str),
    #[case] key: &str,
) {
    let commute = (Dataset, COMMUTE.to_owned());
    let two = |more| [flow(one.0, one.1, ""), flow(other.0, other.1, more)];
    let catalog = |layers: [String; 2]| {
        std::iter::once(commute.clone()).chain(layers.map(|body| (Layer, body))).collect::<Vec<_>>()
    };
    let found = faults(&catalog(two("")));
    let found: Vec<_> = found.iter().map(|(of, key, _)| (*of, key.as_str())).collect();
    assert_eq!(found, [(2, key)]);
    // The same ends twice are one flow; rows that exclude each other are two.
    assert_eq!(faults(&catalog([flow("home", "work", ""), flow("home", "work", "")])), []);
    let kinds = ["where = { kind = '걷기' }", "where = { kind = '차' }"];
    let apart = [flow(one.0, one.1, kinds[0]), flow(other.0, other.1, kinds[1])];
    assert_eq!(faults(&catalog(apart)), []);
}
