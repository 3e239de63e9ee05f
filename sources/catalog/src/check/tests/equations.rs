//! Hidden values that follow from several measures, or from a measure over few rows.

use rstest::rstest;

use crate::check::disclosure_fixture::{faults, layer, the_fault, with_datasets};
use crate::check::fixture::In::{Dataset, Layer};

/// Public schools with hidden numbers of children.
const SCHOOL: &str = "id = 'school'\ngeometry = 'point'\nkey = ['nr']\n\
    privacy = [{ rule = 'hide', column = 'waiting' }, { rule = 'hide', column = 'closing', smallest_areas = 'dong' }]\n\
    column = [\n\
    { name = 'nr', type = 'code', title = { ko = '번호', en = 'Number' } },\n\
    { name = 'kind', type = 'enum', title = { ko = '유형', en = 'Kind' }, values = [\
    { ko = '공립', en = 'Public' }, { ko = '사립', en = 'Private' }] },\n\
    { name = 'area', type = 'float', title = { ko = '면적', en = 'Area' } },\n\
    { name = 'age', type = 'float', title = { ko = '나이', en = 'Age' } },\n\
    { name = 'seats', type = 'int', title = { ko = '자리', en = 'Seats' } },\n\
    { name = 'waiting', type = 'int', title = { ko = '대기', en = 'Waiting' } },\n\
    { name = 'closing', type = 'bool', title = { ko = '폐원', en = 'Closing' } },\n]";

/// Faults of a catalog with schools: index of the layer, key and text.
fn of_schools(layers: &[String]) -> Vec<(usize, String, String)> {
    let datasets = [(Dataset, SCHOOL.to_owned())];
    let bodies: Vec<_> =
        datasets.into_iter().chain(layers.iter().map(|body| (Layer, body.clone()))).collect();
    faults(&bodies).into_iter().map(|(of, key, text)| (of - 1, key, text)).collect()
}

#[rstest]
#[case::two_means_by_a_hidden_weight(
    "mean = 'school.area'\nweight = 'waiting'",
    "mean = 'school.age'\nweight = 'waiting'",
    "mean"
)]
#[case::a_mean_and_its_denominator(
    "sum = 'school.waiting'",
    "mean = 'school.age'\nweight = 'waiting'",
    "mean"
)]
#[case::a_hidden_value_by_two_weights(
    "mean = 'school.waiting'\nweight = 'area'",
    "mean = 'school.waiting'\nweight = 'age'",
    "mean"
)]
#[case::a_hidden_value_with_and_without_weight(
    "mean = 'school.waiting'",
    "mean = 'school.waiting'\nweight = 'age'",
    "mean"
)]
#[case::means_of_rows_that_a_hidden_mark_chooses(
    "mean = 'school.area'\nwhere = { closing = true }",
    "mean = 'school.age'\nwhere = { closing = true }",
    "mean"
)]
#[case::a_number_and_a_sum_of_such_rows(
    "count = 'school'\nwhere = { closing = true }",
    "sum = 'school.area'\nwhere = { closing = true }",
    "sum"
)]
fn several_equations_of_one_hidden_column_are_refused(
    #[case] one: &str,
    #[case] other: &str,
    #[case] key: &str,
) {
    let found = of_schools(&[layer("dong", &[one, other])]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].0, &*found[0].1), (0, &*format!("measure[1].{key}")));
    assert!(found[0].2.contains("equation"), "{found:#?}");
    // In another layer, and as what a ratio is made of.
    let ratio =
        [one, "count = 'camera'", &format!("publish = false\n{other}"), "ratio = ['f2', 'f1']"];
    let found = of_schools(&[layer("dong", &ratio)]);
    assert_eq!((found.len(), &*found[0].1), (1, &*format!("measure[2].{key}")), "{found:#?}");
    let found = of_schools(&[layer("dong", &[one]), layer("dong", &[other])]);
    assert_eq!((found.len(), found[0].0), (1, 1), "{found:#?}");
    // One of the two alone is none.
    assert_eq!(of_schools(&[layer("dong", &[one])]), []);
    assert_eq!(of_schools(&[layer("dong", &[other])]), []);
}

#[test]
fn equations_of_rows_that_exclude_each_other_are_accepted() {
    let mean = |of: &str, kind: &str| {
        format!("mean = 'school.{of}'\nweight = 'waiting'\nwhere = {{ kind = '{kind}' }}")
    };
    let (one, other) = (mean("area", "공립"), mean("age", "사립"));
    assert_eq!(of_schools(&[layer("dong", &[&one, &other])]), []);
    // What is not hidden may be a weight as often as one likes.
    let free = ["mean = 'school.area'\nweight = 'seats'", "mean = 'school.age'\nweight = 'seats'"];
    assert_eq!(of_schools(&[layer("dong", &free)]), []);
}

#[test]
fn parts_of_a_mean_by_a_hidden_weight_do_not_tell_how_the_weight_is_shared() {
    let all = "mean = 'school.area'\nweight = 'waiting'";
    let part = format!("{all}\nwhere = {{ kind = '공립' }}");
    let found = of_schools(&[layer("dong", &[all, &part])]);
    assert_eq!((found.len(), &*found[0].1), (1, "measure[1].mean"), "{found:#?}");
}

#[rstest]
#[case::a_median("median", "crash.cost")]
#[case::the_smallest("min", "crash.cost")]
#[case::the_largest("max", "crash.cost")]
fn the_value_of_one_row_that_is_not_public_is_refused(#[case] how: &str, #[case] column: &str) {
    let measure = format!("{how} = '{column}'");
    let found = the_fault(&[layer("dong", &[&measure])], &["value of one row", "mean"]);
    assert_eq!(found, (0, format!("measure[0].{how}")));
}

#[rstest]
#[case::a_median("median = 'hourly.people'", "median")]
#[case::the_smallest("min = 'hourly.people'", "min")]
fn the_number_of_one_cell_is_refused_where_small_ones_are_kept_back(
    #[case] measure: &str,
    #[case] key: &str,
) {
    let found = the_fault(&[layer("dong", &[measure])], &["below 4"]);
    assert_eq!(found, (0, format!("measure[0].{key}")));
    // A number that counts nothing may be published, and so may a mean.
    assert_eq!(faults(&with_datasets(&[layer("dong", &["median = 'hourly.guess'"])])), []);
    assert_eq!(faults(&with_datasets(&[layer("dong", &["mean = 'hourly.people'"])])), []);
}

#[rstest]
#[case::the_largest("max = 'school.area'", "max")]
#[case::a_median("median = 'school.area'", "median")]
#[case::the_most_frequent("most_frequent = 'school.kind'", "most_frequent")]
fn a_value_tells_which_row_a_hidden_mark_chooses(#[case] measure: &str, #[case] key: &str) {
    let marked = format!("{measure}\nwhere = {{ closing = true }}");
    let found = of_schools(&[layer("dong", &[&marked])]);
    assert_eq!((found.len(), &*found[0].1), (1, &*format!("measure[0].{key}")), "{found:#?}");
    assert_eq!(of_schools(&[layer("dong", &[measure])]), []);
}

#[test]
fn a_number_of_two_is_too_few_where_each_knows_the_other() {
    let two = |measure: &str| {
        layer("dong", &[measure]).replace("suppression_threshold = 5", "suppression_threshold = 2")
    };
    let found = the_fault(&[two("count = 'crash'")], &["3 at least"]);
    assert_eq!(found, (0, "suppression_threshold".to_owned()));
    let found = the_fault(&[two("sum = 'secret.books'")], &["3 at least"]);
    assert_eq!(found, (0, "suppression_threshold".to_owned()));
    assert_eq!(faults(&with_datasets(&[two("count = 'camera'")])), []);
    let rule = "id = 'few'\ngeometry = 'point'\nsensitivity = 'internal'\n\
        privacy = [{ rule = 'suppress', threshold = 2 }]";
    let found = faults(&[(Dataset, rule.to_owned())]);
    assert_eq!((found.len(), &*found[0].1), (1, "privacy[0].threshold"), "{found:#?}");
}

/// Values of spending, by school.
fn spending(privacy: &str, key: &str) -> (crate::check::fixture::In, String) {
    let text = format!(
        "id = 'spending'\ngeometry = 'point'\nfeature_dataset = 'school'\n{privacy}\n[dataset.values]\n\
         key = '{key}'\ncolumn = [\
         {{ name = 'nr', type = 'code', title = {{ ko = '번호', en = 'Number' }} }}, \
         {{ name = 'home', type = 'code', title = {{ ko = '집', en = 'Home' }} }}, \
         {{ name = 'spent', type = 'int', title = {{ ko = '지출', en = 'Spent' }} }}]"
    );
    (Dataset, text)
}

#[rstest]
#[case::a_condition("sum = 'spending.spent'\nwhere = { waiting = { to = 3 } }", "where.waiting")]
#[case::a_median("median = 'spending.waiting'", "median")]
#[case::means_by_its_weight(
    "mean = 'spending.spent'\nweight = 'waiting'\nwhere = { closing = true }",
    "where.closing"
)]
fn a_column_that_the_place_hides_is_hidden_of_its_values_too(
    #[case] measure: &str,
    #[case] key: &str,
) {
    let plain = layer("dong", &[measure]).replace("suppression_threshold = 5\n", "");
    let bodies = [(Dataset, SCHOOL.to_owned()), spending("", "nr"), (Layer, plain)];
    let found = faults(&bodies);
    assert!(
        found.iter().any(|(of, found, _)| (*of, &**found) == (2, &*format!("measure[0].{key}"))),
        "{found:#?}"
    );
    // A column of its own that is called alike is another one.
    let bodies = [
        (Dataset, SCHOOL.replace("'waiting'", "'spent'").replace("대기", "지출")),
        spending("", "nr"),
        (
            Layer,
            layer("dong", &["sum = 'spending.spent'"]).replace("suppression_threshold = 5\n", ""),
        ),
    ];
    assert_eq!(faults(&bodies), []);
}

#[rstest]
#[case::over_its_places("school", "sum = 'spending.spent'")]
#[case::over_areas("dong", "sum = 'spending.spent'")]
#[case::by_key("school", "mean = 'spending.spent'\njoin = 'key'")]
fn rows_are_not_put_where_a_hidden_location_key_says(#[case] over: &str, #[case] measure: &str) {
    let hidden = "privacy = [{ rule = 'hide', column = 'home' }]";
    let layers = layer(over, &[measure]);
    let bodies = [(Dataset, SCHOOL.to_owned()), spending(hidden, "home"), (Layer, layers.clone())];
    let found = faults(&bodies);
    let at = format!("measure[0].{}", measure.split(' ').next().unwrap());
    assert_eq!((found.len(), &found[0].1), (1, &at), "{found:#?}");
    let bodies = [(Dataset, SCHOOL.to_owned()), spending(hidden, "nr"), (Layer, layers)];
    assert_eq!(faults(&bodies), []);
}

#[test]
fn values_of_a_coarsened_place_are_not_told_by_smaller_areas() {
    let visits = "id = 'visits'\ngeometry = 'point'\nfeature_dataset = 'secret'\n[dataset.values]\n\
        key = 'nr'\ncolumn = [\
        { name = 'nr', type = 'code', title = { ko = '번호', en = 'Number' } }, \
        { name = 'n', type = 'int', title = { ko = '수', en = 'Number' } }]";
    let mut bodies = with_datasets(&[layer("grid", &["sum = 'visits.n'"])]);
    bodies.insert(0, (Dataset, visits.to_owned()));
    let found = faults(&bodies);
    assert_eq!((found.len(), &*found[0].1), (1, "measure[0].sum"), "{found:#?}");
    assert!(found[0].2.contains("100 m wide"), "{found:#?}");
}

#[rstest]
#[case::all_of_the_two(&["['보행자', '차량']", "['차량', '자전거']", "['보행자', '차량', '자전거']"], 2)]
#[case::the_larger_first(&["['보행자', '차량', '자전거']", "['보행자', '차량']", "['차량', '자전거']"], 2)]
fn what_two_overlapping_measures_have_in_common_does_not_follow_from_a_third(
    #[case] victims: &[&str],
    #[case] fault: usize,
) {
    let measures: Vec<String> =
        victims.iter().map(|of| format!("count = 'crash'\nwhere = {{ victim = {of} }}")).collect();
    let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
    let found = the_fault(&[layer("dong", &measures)], &["in common"]);
    assert_eq!(found, (0, format!("measure[{fault}].count")));
    // Two that overlap, alone, tell nothing that is smaller than they are.
    assert_eq!(faults(&with_datasets(&[layer("dong", &measures[1..])])), []);
}
