//! Declarations that would disclose data that a privacy rule protects.

use rstest::rstest;

use crate::check::disclosure_fixture::{faults, layer, layer_with, the_fault, with_datasets};
use crate::check::fixture::In::{self, Dataset, Layer};

#[test]
fn the_datasets_are_sound() {
    assert_eq!(faults(&with_datasets(&[])), []);
}

// Hidden, banded and amount columns.
#[rstest]
#[case::a_sum_of_a_band("sum = 'secret.seats'", "sum", "bands")]
#[case::a_mean_of_a_band("mean = 'secret.seats'", "mean", "bands")]
#[case::a_median_of_a_band("median = 'secret.seats'", "median", "bands")]
#[case::the_largest_of_a_band("max = 'secret.seats'", "max", "bands")]
#[case::a_weight_in_bands("mean = 'secret.books'\nweight = 'seats'", "mean", "bands")]
#[case::a_median_of_what_is_hidden("median = 'secret.books'", "median", "hidden")]
#[case::the_smallest_of_what_is_hidden("min = 'secret.books'", "min", "hidden")]
#[case::a_range_across_bands(
    "count = 'secret'\nwhere = { seats = { from = 60, to = 80 } }",
    "where.seats",
    "bands"
)]
#[case::one_value_of_a_band("count = 'secret'\nwhere = { seats = 60 }", "where.seats", "bands")]
#[case::values_of_a_band("count = 'crash'\nwhere = { age = [60, 61] }", "where.age", "bands")]
#[case::a_hidden_condition(
    "count = 'secret'\nwhere = { books = { to = 9 } }",
    "where.books",
    "smallest_areas"
)]
#[case::the_largest_of_one_that_is_not_public("max = 'crash.cost'", "max", "one row")]
#[case::money_by_area_without_a_number_of_things("sum = 'till.sales'", "sum", "money")]
#[case::a_rate_that_is_not_public("sum = 'till.rate'", "sum", "not whole")]
fn a_measure_of_a_kept_column_is_refused(
    #[case] measure: &str,
    #[case] key: &str,
    #[case] word: &str,
) {
    let found = the_fault(&[layer("dong", &[measure])], &[word]);
    assert_eq!(found, (0, format!("measure[0].{key}")));
}

#[rstest]
#[case::whole_bands("count = 'secret'\nwhere = { seats = { from = 50, to = 149 } }")]
#[case::up_to_a_band("count = 'crash'\nwhere = { age = { to = 19 } }")]
#[case::a_sum_of_what_is_hidden("sum = 'secret.books'")]
#[case::how_many_have_a_hidden_flag("count = 'crash'\nwhere = { drunk = true }")]
#[case::money_held_with_a_number("sum = 'till.sales'\nsuppressed_with = ['f0']")]
fn a_measure_that_keeps_to_the_rules_is_accepted(#[case] measure: &str) {
    let measures = ["sum = 'till.visits'", measure];
    assert_eq!(faults(&with_datasets(&[layer("dong", &measures)])), []);
}

#[test]
fn a_hidden_flag_is_not_told_by_smaller_areas_than_its_unit() {
    let measure = "count = 'crash'\nwhere = { drunk = true }";
    let found = the_fault(&[layer("grid", &[measure])], &["dong or larger"]);
    assert_eq!(found, (0, "measure[0].where.drunk".to_owned()));
}

#[test]
fn rows_are_not_put_together_by_a_hidden_key() {
    let secret = "geometry = 'point'\nid = 'hid'\nprivacy = [{ rule = 'hide', column = 'cell' }]\n\
        column = [{ name = 'cell', type = 'code', title = { ko = '격자', en = 'Cell' } }]";
    let layer = layer("grid", &["count = 'hid'\nkey = 'cell'"]);
    let found = faults(&[(Dataset, secret.to_owned()), (Layer, layer)]);
    assert_eq!((found.len(), &*found[0].1), (1, "measure[0].key"), "{found:#?}");
}

#[test]
fn a_map_is_not_shaded_by_a_hidden_column() {
    let layers = ["dataset = 'camera'\nvalue = 'pixels'".to_owned()];
    assert_eq!(the_fault(&layers, &["hidden"]), (0, "value".to_owned()));
}

// Positions.
#[rstest]
#[case::cells("grid", "count = 'secret'", "measure[0].count", "100 m wide")]
#[case::cells_by_a_key("grid", "count = 'secret'\nkey = 'cell'", "measure[0].count", "100 m wide")]
#[case::a_sum_by_cells("grid", "sum = 'secret.books'", "measure[0].sum", "100 m wide")]
#[case::around_points(
    "camera",
    "count = 'secret'\nmax_distance_m = 30",
    "measure[0].count",
    "within 30 m"
)]
#[case::around_areas(
    "dong",
    "count = 'secret'\nmax_distance_m = 30",
    "measure[0].count",
    "within 30 m"
)]
#[case::areas_of_unknown_width("plot", "count = 'secret'", "measure[0].count", "min_width_m")]
#[case::a_distance("dong", "nearest = 'secret'", "measure[0].nearest", "coarsened")]
#[case::a_value_nearby(
    "dong",
    "nearest_value = 'secret.kind'",
    "measure[0].nearest_value",
    "coarsened"
)]
fn a_carrier_finer_than_the_coarsening_is_refused(
    #[case] over: &str,
    #[case] measure: &str,
    #[case] key: &str,
    #[case] word: &str,
) {
    assert_eq!(the_fault(&[layer(over, &[measure])], &[word]), (0, key.to_owned()));
}

#[test]
fn a_result_made_of_coarsened_positions_is_refused() {
    let layers =
        ["kind = 'isochrone'\nprepared = true\ngeometry = 'polygon'\ndatasets = ['secret']\n\
        value = 'm'\ncolumn = [{ name = 'm', type = 'int', title = { ko = '분', en = 'Minutes' } }]"
            .to_owned()];
    assert_eq!(the_fault(&layers, &["coarsened"]), (0, "datasets[0]".to_owned()));
}

#[test]
fn areas_as_wide_as_the_coarsening_are_accepted() {
    let layers =
        [layer("dong", &["count = 'secret'"]), "dataset = 'secret'\ncolumns = ['kind']".into(), "union = [{ dataset = 'secret', columns = { n = 'kind' } }, { dataset = 'camera', columns = { n = 'cam_id' } }]".into()];
    assert_eq!(faults(&with_datasets(&layers)), []);
}

// Statistics that depend on each other.
const ALL: &str = "count = 'crash'";
const WALK: &str = "count = 'crash'\nwhere = { victim = '보행자' }";
const CAR: &str = "count = 'crash'\nwhere = { victim = '차량' }";
const BIKE: &str = "count = 'crash'\nwhere = { victim = '자전거' }";
const WHEELS: &str = "count = 'crash'\nwhere = { victim = ['차량', '자전거'] }";

#[rstest]
#[case::two_parts(&[ALL, WALK, WHEELS], 2)]
#[case::three_parts(&[WALK, CAR, ALL, BIKE], 3)]
#[case::a_part_of_a_part(&[WHEELS, CAR, BIKE], 2)]
#[case::the_whole_last(&[WALK, WHEELS, ALL], 2)]
#[case::ages_that_leave_none_over(
    &[ALL, "count = 'crash'\nwhere = { age = { to = 19 } }", "count = 'crash'\nwhere = { age = { from = 20 } }"], 2
)]
#[case::texts_that_may_be_all(
    &[ALL, "count = 'crash'\nwhere = { street = '가' }", "count = 'crash'\nwhere = { street = '나' }"], 2
)]
#[case::flags(
    &[ALL, "count = 'crash'\nwhere = { drunk = true }", "count = 'crash'\nwhere = { drunk = false }"], 2
)]
#[case::by_two_columns(
    &[
        WALK,
        "count = 'crash'\nwhere = { victim = '보행자', age = { to = 19 } }",
        "count = 'crash'\nwhere = { victim = '보행자', age = { from = 20 } }",
    ], 2
)]
#[case::what_two_sets_share(
    &[
        "count = 'crash'\nwhere = { victim = ['보행자', '차량'] }",
        WHEELS,
        CAR,
        ALL,
    ], 3
)]
#[case::parts_of_an_index(&[ALL, "publish = false\ncount = 'crash'\nwhere = { victim = '보행자' }", "publish = false\ncount = 'crash'\nwhere = { victim = ['차량', '자전거'] }", "ratio = ['f1', 'f2']"], 2)]
fn a_part_that_is_the_whole_less_the_others_is_refused(
    #[case] measures: &[&str],
    #[case] fault: usize,
) {
    let found = the_fault(&[layer("dong", measures)], &["follows from"]);
    assert_eq!(found, (0, format!("measure[{fault}].count")));
}

#[test]
fn parts_in_other_layers_are_compared_too() {
    let layers = [layer("dong", &[ALL]), layer("grid", &[WALK]), layer("dong", &[WHEELS])];
    assert_eq!(the_fault(&layers, &["case-3.f0", "case-4.f0"]), (2, "measure[0].count".to_owned()));
    // What staff alone see gives nothing away.
    let mut layers = layers;
    layers[1] = format!("visibility = 'staff'\n{}", layers[1]);
    assert_eq!(faults(&with_datasets(&layers)), []);
}

#[rstest]
#[case::a_part(&[ALL, WALK])]
#[case::parts_that_are_not_all(&[ALL, WALK, CAR])]
#[case::the_same_twice(&[WALK, WALK])]
#[case::of_other_datasets(&[ALL, "count = 'camera'", "count = 'camera'\nwhere = { purpose = '방범' }", "count = 'camera'\nwhere = { purpose = '교통' }"])]
fn statistics_that_do_not_depend_on_each_other_are_accepted(#[case] measures: &[&str]) {
    assert_eq!(faults(&with_datasets(&[layer("dong", measures)])), []);
}

#[rstest]
#[case::year_and_month("period = 'year'", "period = 'month'", ALL, "period")]
#[case::quarter_and_month("period = 'quarter'", "period = 'month'", ALL, "period")]
#[case::half_year_and_quarter("period = 'half-year'", "period = 'quarter'", ALL, "period")]
#[case::weeks_and_months("period = 'week'", "period = 'month'", ALL, "period")]
#[case::all_and_year("", "period = 'year'", ALL, "period")]
#[case::a_part_of_a_year("period = 'year'", "period = 'month'", WALK, "period")]
#[case::the_last_months(
    "period = 'month'",
    "period = 'month'",
    "count = 'crash'\nlast_months = 12",
    "measure[0].last_months"
)]
fn one_count_by_two_times_is_refused(
    #[case] one: &str,
    #[case] other: &str,
    #[case] measure: &str,
    #[case] key: &str,
) {
    let layers = [layer_with("dong", one, &[ALL]), layer_with("grid", other, &[measure])];
    assert_eq!(the_fault(&layers, &["staff"]), (1, key.to_owned()));
}

#[test]
fn different_rows_may_be_told_by_different_times() {
    let layers = [
        layer_with("dong", "period = 'year'", &[WALK]),
        layer_with("dong", "period = 'month'", &[CAR]),
    ];
    assert_eq!(faults(&with_datasets(&layers)), []);
}

#[rstest]
#[case::over_the_same_areas("dong", "dong", ALL)]
#[case::over_cells_in_them("dong", "grid", ALL)]
#[case::of_a_part("dong", "dong", WALK)]
fn one_count_under_two_bounds_is_refused(
    #[case] one: &str,
    #[case] other: &str,
    #[case] measure: &str,
) {
    let less =
        layer(other, &[measure]).replace("suppression_threshold = 5", "suppression_threshold = 3");
    let words = ["suppression_threshold = 5", "crash", "case-3.f0"];
    assert_eq!(
        the_fault(&[layer(one, &[ALL]), less], &words),
        (1, "suppression_threshold".to_owned())
    );
}

#[test]
fn a_bound_below_that_of_another_layer_of_an_estimate_is_refused() {
    // The dataset keeps back what is below 4, this layer what is below 10.
    let more = layer("grid", &["sum = 'hourly.people'"])
        .replace("suppression_threshold = 5", "suppression_threshold = 10");
    let plain =
        layer("dong", &["sum = 'hourly.people'"]).replace("suppression_threshold = 5\n", "");
    assert_eq!(
        the_fault(&[more, plain], &["suppression_threshold = 10"]),
        (1, "suppression_threshold".to_owned())
    );
}

#[test]
fn one_count_over_two_kinds_of_small_areas_is_refused() {
    let areas = "id = 'blocks'\ngeometry = 'polygon'\nexpected_count = 500";
    let mut bodies = with_datasets(&[layer("grid", &[ALL]), layer("blocks", &[WALK])]);
    bodies.insert(0, (Dataset, areas.to_owned()));
    let found = faults(&bodies);
    assert_eq!((found.len(), found[0].0, &*found[0].1), (1, 5, "carrier"), "{found:#?}");
}

#[test]
fn a_sum_of_amounts_of_some_of_the_rows_of_another_is_refused() {
    let sums = ["sum = 'crash.cost'", "sum = 'crash.cost'\nwhere = { victim = '보행자' }"];
    let found = the_fault(&[layer("dong", &sums)], &["amounts"]);
    assert_eq!(found, (0, "measure[1].sum".to_owned()));
    // A mean and how many there are tell the sum.
    let means = ["mean = 'crash.cost'", "mean = 'crash.cost'\nwhere = { victim = '보행자' }"];
    assert_eq!(the_fault(&[layer("dong", &means)], &[]), (0, "measure[1].mean".to_owned()));
}

// A public form of a flow is refused as such, and its own faults are listed with it.
const TRIPS: (In, &str) = (
    Dataset,
    "id = 'trips'\ngeometry = 'line'\nfeature_dataset = 'dong'\nsensitivity = 'internal'\n\
     privacy = [{ rule = 'suppress', threshold = 5 }, { rule = 'hide', column = 'home' }]\n\
     [dataset.values]\nkey = 'from_cd'\ncolumn = [\n\
     { name = 'from_cd', type = 'code', title = { ko = '출발', en = 'From' } },\n\
     { name = 'to_cd', type = 'code', title = { ko = '도착', en = 'To' } },\n\
     { name = 'home', type = 'code', title = { ko = '집', en = 'Home' } },\n\
     { name = 'trips', type = 'int', title = { ko = '통행', en = 'Trips' } },\n]",
);

/// Layer of a flow with measures of its own for the public.
fn flow_with_a_public_form(from: &str, to: &str) -> String {
    let measure = "name = 'n'\ntitle = { ko = '수', en = 'Number' }\nsum = 'trips.trips'";
    format!(
        "flow = {{ from = 'trips.{from}', to = 'trips.{to}', between = 'dong' }}\n\
         [[layer.measure]]\n{measure}\n[layer.public]\nsuppression_threshold = 5\n[[layer.public.measure]]\n{measure}"
    )
}

#[rstest]
#[case::from("home", "to_cd", &["flow.from", "public"])]
#[case::to("from_cd", "home", &["flow.to", "public"])]
#[case::none("from_cd", "to_cd", &["public"])]
fn a_public_form_does_not_tell_a_hidden_end_of_a_flow(
    #[case] from: &str,
    #[case] to: &str,
    #[case] keys: &[&str],
) {
    let trips = (TRIPS.0, TRIPS.1.to_owned());
    let found = faults(&[trips, (Layer, flow_with_a_public_form(from, to))]);
    let found: Vec<_> = found.iter().map(|(_, key, _)| key.as_str()).collect();
    assert_eq!(found, keys);
}

#[test]
fn pairs_of_a_public_form_are_not_taken_for_sums_by_area() {
    let trips = (TRIPS.0, TRIPS.1.to_owned());
    let flow = (Layer, flow_with_a_public_form("from_cd", "to_cd"));
    let cells = (Layer, layer("grid", &["sum = 'trips.trips'\nkey = 'from_cd'"]));
    let found = faults(&[trips, flow, cells]);
    let found: Vec<_> = found.iter().map(|(of, key, _)| (*of, key.as_str())).collect();
    assert_eq!(found, [(1, "public"), (2, "carrier")]);
}

#[test]
fn a_hidden_weight_guards_the_means_of_public_features() {
    let mean = "mean = 'camera.height'\nweight = 'pixels'";
    let part = format!("{mean}\nwhere = {{ purpose = '방범' }}");
    let found = the_fault(&[layer("dong", &[mean, &part])], &["amounts"]);
    assert_eq!(found, (0, "measure[1].mean".to_owned()));
    let plain = ["mean = 'camera.height'", "mean = 'camera.height'\nwhere = { purpose = '방범' }"];
    assert_eq!(faults(&with_datasets(&[layer("dong", &plain)])), []);
}

#[test]
fn areas_that_overlap_do_not_tell_a_hidden_column_of_public_features() {
    let measure = |column: &str| format!("sum = 'camera.{column}'\nmax_distance_m = 500");
    let found = the_fault(&[layer("dong", &[&measure("pixels")])], &["overlap"]);
    assert_eq!(found, (0, "measure[0].sum".to_owned()));
    assert_eq!(faults(&with_datasets(&[layer("dong", &[&measure("height")])])), []);
}
