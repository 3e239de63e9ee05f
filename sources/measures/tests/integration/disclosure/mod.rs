//! Attacks on several public measures of the measure engine together.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod flows;
mod parts;
mod wholes;

use catalog::LogicalType::{Code, Int};
use catalog::{
    AggregateKind, LogicalType, MeasureOperation, PrivacyRule, RowAggregation, RowJoin, Sensitivity,
};
use data_model::Period;
use data_model::feature::GeometryKind;
use measures::{LayerMeasures, MeasureEvaluator, ResultAudience};
use rstest::rstest;
use testing::areas::square;
use testing::test_datasets::{
    TestDatasets, aggregate, column, count, id, joined, layer, over, rows, sum, text, with,
};
use testing::{OwnedValue, points};

fn name(name: &str) -> String {
    name.to_owned()
}

/// Areas of 0.01°, side by side, and firms in them: kind and workers of each.
fn world(firms: &[&[(&str, i64)]]) -> TestDatasets {
    let mut world = TestDatasets::default();
    let west = |area: usize| 127.0 + 0.01 * area as f64;
    let areas = (0..firms.len()).map(|area| {
        let code = text(&format!("a{area}"));
        (square(west(area), 37.5, 0.01), vec![OwnedValue::Int(area as i64 + 1), code])
    });
    let columns = [("id", Int), ("code", Code)];
    world.features("areas", GeometryKind::Polygon, &columns, areas.collect()).key =
        vec![name("code")];
    let mut points_of = Vec::new();
    for (area, firms) in firms.iter().enumerate() {
        for (number, (kind, workers)) in firms.iter().enumerate() {
            let number_of = points_of.len() as i64 + 1;
            let at = [west(area) + 0.0001 * (number + 1) as f64, 37.505];
            let code = text(&format!("f{number_of}"));
            let values =
                vec![OwnedValue::Int(number_of), text(kind), OwnedValue::Int(*workers), code];
            points_of.push((points(&[at]), values));
        }
    }
    let columns = [("id", Int), ("kind", LogicalType::Enum), ("workers", Int), ("code", Code)];
    let firms = world.features("firms", GeometryKind::Point, &columns, points_of);
    firms.key = vec![name("code")];
    firms.sensitivity = Sensitivity::Internal;
    world
}

fn stats(world: &TestDatasets, layer: &catalog::Layer) -> LayerMeasures {
    let mut evaluator =
        MeasureEvaluator::new(&world.catalog, world, [(layer, ResultAudience::Public)]);
    evaluator.stats(layer, ResultAudience::Public).unwrap().unwrap()
}

/// Firms of one area, so many with a number of workers each.
fn firms(count: usize, workers: i64) -> Vec<(&'static str, i64)> {
    vec![("a", workers); count]
}

#[rstest]
// One firm of the first area has 1,000 workers; with the nine of the second it is ten, twice
// the threshold.
#[case::a_sum(sum("firms.workers"), "- - 10000 11000")]
#[case::a_mean(aggregate(AggregateKind::Mean, "firms.workers"), "- - 1000 1000")]
#[case::a_median(aggregate(AggregateKind::Median, "firms.workers"), "- - 1000 1000")]
fn a_large_sum_of_few_rows_is_suppressed(
    #[case] operation: MeasureOperation,
    #[case] expected: &str,
) {
    let of = [1, 9, 10, 11].map(|count| firms(count, 1000));
    let world = world(&of.each_ref().map(Vec::as_slice));
    let mut set = over("areas", vec![("v", operation)]);
    set.suppression_threshold = Some(5);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), expected);
    assert!(!column(&world.evaluate(&set, ResultAudience::Full), "v").contains('-'));
}

#[test]
fn zero_rows_do_not_count_as_contributors() {
    let mut first = firms(8, 0);
    first.push(("a", 1000));
    let of = [first, firms(9, 1000), firms(10, 1000), firms(5, 0)];
    let world = world(&of.each_ref().map(Vec::as_slice));
    let mut set = over("areas", vec![("v", sum("firms.workers"))]);
    set.suppression_threshold = Some(5);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 10000 0");
}

#[test]
fn a_sum_of_a_hidden_column_of_public_features_counts_its_rows() {
    let of = [1, 9, 10, 11].map(|count| firms(count, 1000));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dataset = world.dataset("firms");
    dataset.sensitivity = Sensitivity::Public;
    let mut set = over("areas", vec![("v", sum("firms.workers"))]);
    set.suppression_threshold = Some(5);
    // Amounts of a public column are compared with the threshold themselves.
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "1000 9000 10000 11000");
    world.dataset("firms").privacy =
        vec![PrivacyRule::Hide { column: name("workers"), smallest_areas: None }];
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 10000 11000");
}

#[test]
fn a_row_without_weight_does_not_contribute_to_a_mean() {
    let mut first = firms(8, 0);
    first.push(("a", 3));
    let of = [first, firms(9, 2), firms(10, 2), firms(11, 2)];
    let world = world(&of.each_ref().map(Vec::as_slice));
    let rows = rows("firms.workers");
    let weight = Some(name("workers"));
    let mean =
        MeasureOperation::Aggregate(RowAggregation { how: AggregateKind::Mean, rows, weight });
    let mut set = over("areas", vec![("v", mean)]);
    set.suppression_threshold = Some(5);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 2 2");
}

#[test]
fn all_months_of_one_firm_are_one_contribution() {
    let of = [2, 9, 10, 11].map(|count| firms(count, 1));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let count = of.iter().map(Vec::len).sum::<usize>();
    let row = |firm: usize, month: &str| {
        vec![text(&format!("f{firm}")), text(month), OwnedValue::Int(100)]
    };
    let months = ["202601", "202602", "202603", "202604"];
    let rows = (1..=count).flat_map(|firm| months.map(|month| row(firm, month)));
    world.values(
        "firms",
        None,
        ("firm", Some("month"), None, Some(Period::Month)),
        &[("firm", Code), ("month", LogicalType::Month), ("sales", Int)],
        rows.collect(),
    );
    let mut set = over("areas", vec![("v", sum("firms.sales"))]);
    (set.suppression_threshold, set.period) = (Some(5), Some(Period::Year));
    // Two firms of the first area have eight rows.
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 4000 4400");
}

#[test]
fn sums_of_areas_do_not_disclose_amounts_of_suppressed_cells() {
    let of = [2, 9, 10, 11].map(|count| firms(count, 1000));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dong = |n: i64, west: f64| {
        (square(west, 37.5, 0.02), vec![OwnedValue::Int(n), text(&format!("d{n}"))])
    };
    let dongs = vec![dong(1, 127.0), dong(2, 127.02)];
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, dongs).key = vec![name("code")];
    world.catalog.district.stats_areas = Some(id("dong"));
    let firms = world.dataset("firms");
    let cell = ("cell", Code);
    firms.columns.push(catalog::DatasetColumn {
        name: name(cell.0),
        kind: Some(cell.1),
        ..firms.columns[0].clone()
    });
    let stored = world.parts.get_mut(&(id("firms"), measures::DatasetPart::Features)).unwrap();
    stored.columns.push(testing::column("cell", data_model::feature::ColumnType::Text));
    for row in &mut stored.rows {
        let area = ((row.geometry.coordinates[0][0] - 127.0) / 0.01).floor();
        row.values.push(text(&format!("a{area}")));
    }
    let by_key =
        catalog::JoinedRows { key: Some(name("cell")), ..joined("firms.workers", RowJoin::Key) };
    let mut set = over("areas", vec![("v", with(AggregateKind::Sum, by_key))]);
    set.suppression_threshold = Some(5);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 10000 11000");
    // The number of contributors to an area is not known, so that both are suppressed.
    assert_eq!(column(&stats(&world, &layer(&set)), "v"), "- -");
}

#[rstest]
// 24 hours of two persons each are one area, not 24.
#[case::over_the_area(AggregateKind::Mean, "areas", "- - - - - -")]
#[case::its_median(AggregateKind::Median, "areas", "- - - - - -")]
// Six areas have 2.5 persons an hour: 15 in one hour.
#[case::over_all_of_them(AggregateKind::Mean, "dong", "2.5")]
fn a_mean_over_many_times_of_one_area_is_of_one_area(
    #[case] how: AggregateKind,
    #[case] over_areas: &str,
    #[case] expected: &str,
) {
    let mut world = world(&[&[], &[], &[], &[], &[], &[]]);
    let dong = (square(127.0, 37.5, 0.06), vec![OwnedValue::Int(1), text("d1")]);
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, vec![dong]).key = vec![name("code")];
    let row = |area: usize, hour: i64| {
        let persons = OwnedValue::Int(2 + (area % 2) as i64);
        vec![text(&format!("a{area}")), text("2026-10-01"), OwnedValue::Int(hour), persons]
    };
    let rows = (0..6).flat_map(|area| (0..24).map(move |hour| row(area, hour))).collect();
    world.values(
        "present",
        Some("areas"),
        ("area", Some("day"), Some("hour"), Some(Period::Day)),
        &[("area", Code), ("day", LogicalType::Date), ("hour", Int), ("persons", Int)],
        rows,
    );
    world.dataset("present").privacy =
        vec![PrivacyRule::Suppress { threshold: 5, columns: Vec::new() }];
    let mut set = over(over_areas, vec![("v", aggregate(how, "present.persons"))]);
    set.period = Some(Period::Day);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), expected);
}

#[test]
fn the_public_sees_the_area_of_the_coarsened_position() {
    // Areas are 880 m wide; the first firm lies 9 m into the second area, and the square of
    // 4 km that the public sees it in has its middle elsewhere.
    let mut world = world(&[&[], &[("a", 1)], &[], &[], &[], &[]]);
    let set = over("areas", vec![("v", count("firms"))]);
    let full = column(&world.evaluate(&set, ResultAudience::Full), "v");
    assert_eq!(full, "0 1 0 0 0 0");
    world.dataset("firms").privacy = vec![PrivacyRule::Coarsen { cell_size_m: 4000 }];
    let [lon, lat] = PrivacyRule::coarsen([127.0101, 37.505], 4000);
    let expected: Vec<_> = (0..6)
        .map(|area| {
            let west = 127.0 + 0.01 * f64::from(area);
            let inside = (37.5..37.51).contains(&lat) && (west..west + 0.01).contains(&lon);
            if inside { "1" } else { "0" }
        })
        .collect();
    assert_ne!(expected.join(" "), full);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), expected.join(" "));
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Full), "v"), full);
}
