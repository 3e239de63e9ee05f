//! Tests of each operation and join of the measure engine on small datasets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::{
    AggregateKind, ColumnCondition, IndexPart, JoinedRows, LocalizedText, MeasureOperation,
    RowJoin, ScalarValue, ValueRange,
};
use catalog::{LogicalType, LogicalType::Int};
use data_model::Period;
use data_model::feature::GeometryKind;
use measures::{EvaluationError, LeftOutReason, MeasureCarrier, MeasureEvaluator, ResultAudience};
use rstest::rstest;
use testing::OwnedValue;
use testing::areas::{CORNER, movement, moves, name, square, world};
use testing::test_datasets::{
    TestDatasets, aggregate, column, count, filtered, flow_layer, id, is, joined, layer, over,
    ratio, rows, sum, with,
};

fn evaluated(measures: Vec<(&str, MeasureOperation)>) -> String {
    let set = over("areas", measures);
    column(&world().evaluate(&set, ResultAudience::Full), &set.value)
}

#[rstest]
// Rows that lie in an area: none is zero, and the border belongs to the first area.
#[case(count("shops"), "5 1 0 0")]
#[case(with(AggregateKind::Count, filtered("shops", &[("kind", is("cafe"))])), "2 0 0 0")]
#[case(sum("shops.staff"), "16 - 0 0")]
#[case(sum("shops.size"), "3.3 1.5 0 0")]
#[case(aggregate(AggregateKind::Mean, "shops.staff"), "4 - - -")]
#[case(aggregate(AggregateKind::Min, "shops.staff"), "1 - - -")]
#[case(aggregate(AggregateKind::Max, "shops.staff"), "9 - - -")]
#[case(aggregate(AggregateKind::Median, "shops.staff"), "3 - - -")]
#[case(aggregate(AggregateKind::Median, "shops.size"), "0.3 1.5 - -")]
#[case(aggregate(AggregateKind::MostFrequent, "shops.kind"), "bar - - -")]
// Rows by key: an area without a row is no data.
#[case(sum("residents.persons"), "100 7 - -")]
#[case(count("residents"), "2 1 1 -")]
#[case(with(AggregateKind::Count, filtered("residents", &[("sex", is("m"))])), "1 0 0 -")]
#[case(with(AggregateKind::Sum, filtered("residents.persons", &[("sex", is("m"))])), "40 - - -")]
#[case(aggregate(AggregateKind::Mean, "residents.persons"), "50 7 - -")]
#[case(with(AggregateKind::Count, JoinedRows { key: Some(name("area")), ..rows("shops") }), "2 2 2 -")]
#[case(with(AggregateKind::Sum, JoinedRows { key: Some(name("area")), ..rows("shops.staff") }), "6 101 9 -")]
#[case(with(AggregateKind::Count, JoinedRows { last_months: Some(2), ..rows("shops") }), "2 1 0 0")]
#[case(with(AggregateKind::Count, filtered("shops", &[("staff", ColumnCondition::Between(ValueRange { from: Some(ScalarValue::Int(2)), to: None }))])), "3 0 0 0")]
#[case(with(AggregateKind::Count, filtered("shops", &[("opened", ColumnCondition::Between(ValueRange { from: Some(ScalarValue::Text(name("2026-08-31"))), to: Some(ScalarValue::Text(name("2026-09-01"))) }))])), "2 0 0 0")]
// The area's own columns.
#[case(MeasureOperation::CarrierColumn(name("households")), "10 0 30 -")]
#[case(MeasureOperation::CarrierColumn(name("name")), "area A area B area C area D")]
fn an_aggregate(#[case] operation: MeasureOperation, #[case] expected: &str) {
    assert_eq!(evaluated(vec![("measure", operation)]), expected);
}

#[test]
fn a_mean_is_weighted() {
    let mut operation = aggregate(AggregateKind::Mean, "shops.size");
    let MeasureOperation::Aggregate(aggregate) = &mut operation else { panic!() };
    aggregate.weight = Some(name("staff"));
    // (0.1·2 + 0.2·4 + 0.7·9 + 2.0·1) / 16; without a weight a row does not count.
    assert_eq!(evaluated(vec![("measure", operation)]), "0.58 - - -");
}

#[rstest]
#[case(ratio("persons", "households", 1.0), "10 - - -")]
#[case(ratio("shops", "persons", 100.0), "5 14.3 - -")]
#[case(ratio("shops", "persons", 1000.0), "50 142.86 - -")]
#[case(MeasureOperation::Plus(vec![name("shops"), name("persons")]), "105 8 - -")]
#[case(MeasureOperation::Minus(name("persons"), name("shops")), "95 6 - -")]
#[case(MeasureOperation::Times(name("persons"), name("shops")), "500 7 - -")]
#[case(MeasureOperation::Scale { of: name("shops"), by: 0.5 }, "2.5 0.5 0 0")]
#[case(MeasureOperation::ShareOfTotal(name("persons")), "93.46 6.54 - -")]
#[case(MeasureOperation::Change { of: name("persons"), back: 1, percent: false }, "- - - -")]
#[case(
    MeasureOperation::Class {
        of: name("shops"),
        breaks: vec![1.0, 5.0],
        titles: ["few", "some", "many"].map(LocalizedText::same).to_vec(),
    },
    "many some few few"
)]
#[case(
    MeasureOperation::Index(vec![
        IndexPart { measure: name("persons"), weight: 3.0, invert: false },
        IndexPart { measure: name("shops"), weight: 1.0, invert: true },
    ]),
    // Persons: 100, 0; shops from 0 to 5, turned round: 0, 80.
    "75 20 - -"
)]
fn arithmetic(#[case] operation: MeasureOperation, #[case] expected: &str) {
    let measures = vec![
        ("persons", sum("residents.persons")),
        ("shops", count("shops")),
        ("households", MeasureOperation::CarrierColumn(name("households"))),
        ("measure", operation),
    ];
    assert_eq!(evaluated(measures), expected);
}

#[test]
fn an_index_over_equal_values_is_no_data() {
    let parts = vec![IndexPart { measure: name("same"), weight: 1.0, invert: false }];
    let same = MeasureOperation::Minus(name("shops"), name("shops"));
    let measures =
        vec![("shops", count("shops")), ("same", same), ("index", MeasureOperation::Index(parts))];
    assert_eq!(evaluated(measures), "- - - -");
}

#[test]
fn distances_are_in_metres() {
    let mut nearest = over("areas", vec![("near", MeasureOperation::Nearest(rows("shops")))]);
    nearest.measures[0].decimals = Some(1);
    let result = world().evaluate(&nearest, ResultAudience::Full);
    // A hundredth of a degree of longitude at 37.5° N is 884.2 m; the nearest shop of C
    // lies 0.008° west of it.
    assert_eq!(column(&result, "near"), "0 0 707.4 1591.6");
}

#[rstest]
#[case(MeasureOperation::NearestValue(rows("shops.kind")), "cafe - - -")]
#[case(MeasureOperation::NearestValue(filtered("shops.staff", &[("kind", is("cafe"))])), "2 4 4 4")]
#[case(with(AggregateKind::Count, joined("shops", RowJoin::Within { metres: 708.0 })), "6 5 1 0")]
#[case(with(AggregateKind::Count, joined("shops", RowJoin::Within { metres: 707.0 })), "6 4 0 0")]
fn measures_by_distance(#[case] operation: MeasureOperation, #[case] expected: &str) {
    assert_eq!(evaluated(vec![("measure", operation)]), expected);
}

#[rstest]
#[case(
    MeasureOperation::ContainingValue(rows("areas.name")),
    "area A area A area A area A area B area A -"
)]
#[case(MeasureOperation::ContainingValue(rows("residents.persons")), "50 50 50 50 7 50 -")]
#[case(MeasureOperation::Nearest(rows("shops")), "88 88 88 88 177 177 43148")]
fn measures_of_points(#[case] operation: MeasureOperation, #[case] expected: &str) {
    let set = over("shops", vec![("measure", operation)]);
    assert_eq!(column(&world().evaluate(&set, ResultAudience::Full), "measure"), expected);
}

#[test]
fn values_are_located_by_their_features() {
    let mut world = world();
    world
        .features(
            "region",
            GeometryKind::Polygon,
            &[("id", Int)],
            // All of A and B, and less than half of C, which lies in no other.
            vec![(square(CORNER[0] - 0.001, CORNER[1] - 0.001, 0.0255), vec![OwnedValue::Int(7)])],
        )
        .key = Vec::new();
    let set = over(
        "region",
        vec![
            ("persons", sum("residents.persons")),
            ("areas", count("areas")),
            (
                "named",
                with(AggregateKind::Sum, filtered("residents.persons", &[("name", is("area B"))])),
            ),
            ("km2", MeasureOperation::PerKm2(name("areas"))),
        ],
    );
    let result = world.evaluate(&set, ResultAudience::Full);
    assert_eq!(column(&result, "persons"), "107");
    assert_eq!(column(&result, "areas"), "3");
    assert_eq!(column(&result, "named"), "7");
    // 2.255 km by 2.830 km.
    assert_eq!(column(&result, "km2"), "0.5");
    assert_eq!(result.features, MeasureCarrier::Of { dataset: id("region"), ids: vec![7] });
}

#[test]
fn a_flow_is_lines_between_places() {
    let world = moves();
    let mut set = over("areas", vec![("trips", sum("moves.trips")), ("rows", count("moves"))]);
    set.columns = vec![name("name")];
    set.period = Some(Period::Month);
    let layer = flow_layer(&movement(), &set);
    let result = MeasureEvaluator::new(&world.catalog, &world, [])
        .evaluate(&layer, ResultAudience::Full)
        .unwrap();
    assert_eq!(column(&result, "from"), "A A B C | A A B C");
    assert_eq!(column(&result, "to"), "B C A B | B C A B");
    assert_eq!(
        column(&result, "to_name"),
        "area B area C area A area B | area B area C area A area B"
    );
    assert_eq!(column(&result, "trips"), "- 9 - - | 5 - 3 -");
    assert_eq!(column(&result, "rows"), "- 1 - - | 2 - 1 1");
    let MeasureCarrier::Lines(lines) = &result.features else { panic!() };
    let curve = &lines[1].coordinates;
    let ends = [curve[0], curve[curve.len() - 1]];
    let expected = [127.005, 37.505, 127.025, 37.505];
    assert!(ends.iter().flatten().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{lines:?}");
    // East-bound: to the right is south of both ends.
    assert!(curve.len() > 2 && curve[curve.len() / 2][1] < 37.504, "{lines:?}");
}

#[test]
fn missing_columns_and_duplicate_ids_are_named() {
    let mut broken = world();
    let shops = broken.parts.get_mut(&(id("shops"), measures::DatasetPart::Features)).unwrap();
    shops.columns.iter_mut().for_each(|column| column.name = column.name.replace("staff", "x"));
    let fault = |world: &TestDatasets, operation| {
        let layer = layer(&over("areas", vec![("measure", operation)]));
        MeasureEvaluator::new(&world.catalog, world, [])
            .evaluate(&layer, ResultAudience::Full)
            .unwrap_err()
    };
    let error = fault(&broken, sum("shops.staff"));
    assert!(
        matches!(&error, EvaluationError::NoColumn { column, .. } if column == "staff"),
        "{error}"
    );
    let error = fault(&broken, count("nothing"));
    assert!(matches!(error, EvaluationError::NoDataset { .. }), "{error}");
    let error = fault(&broken, MeasureOperation::Scale { of: name("later"), by: 1.0 });
    assert!(matches!(error, EvaluationError::Declaration { .. }), "{error}");
    let mut twice = world();
    let areas = twice.parts.get_mut(&(id("areas"), measures::DatasetPart::Features)).unwrap();
    areas.rows[0].values[0] = OwnedValue::Int(1);
    let error = fault(&twice, count("shops"));
    assert!(error.to_string().contains("two features have the id 1"), "{error}");
}

#[test]
fn an_id_outside_the_limits_is_an_error() {
    let fault = |number: i64| {
        let mut wide = world();
        let areas = wide.parts.get_mut(&(id("areas"), measures::DatasetPart::Features)).unwrap();
        areas.rows[0].values[0] = OwnedValue::Int(number);
        let layer = layer(&over("areas", vec![("measure", count("shops"))]));
        MeasureEvaluator::new(&wide.catalog, &wide, []).evaluate(&layer, ResultAudience::Full).err()
    };
    for number in [1 << 53, i64::MAX, -1] {
        let error = fault(number).unwrap();
        assert!(matches!(error, EvaluationError::Ids { .. }), "{error}");
        assert!(error.to_string().contains("from 0 to 2^53 - 1"), "{error}");
    }
    assert_eq!(fault((1 << 53) - 1), None);
}

/// Residents of cells of 0.004°, counted by the area that contains each.
fn of_cells(cells: &[(f64, f64)]) -> measures::LayerMeasures {
    let mut world = world();
    let rows = cells.iter().enumerate().map(|(n, (east, north))| {
        let cell = square(CORNER[0] + east, CORNER[1] + north, 0.004);
        (cell, vec![OwnedValue::Int(n as i64), OwnedValue::Int(1 << n)])
    });
    let columns = [("id", Int), ("persons", Int)];
    world.features("cells", GeometryKind::Polygon, &columns, rows.collect());
    world.catalog.district.stats_areas = Some(id("areas"));
    world.evaluate(&over("areas", vec![("v", sum("cells.persons"))]), ResultAudience::Full)
}

#[test]
fn residents_of_a_cell_whose_middle_is_in_no_area_are_not_missing() {
    // West of the areas, with its middle outside; on the border of A and B, more of it in
    // B; south of C, with a sliver inside; in no area at all.
    let result = of_cells(&[(-0.003, 0.002), (0.009, 0.002), (0.021, -0.0039), (0.05, 0.002)]);
    assert_eq!(column(&result, "v"), "1 2 4 0");
    let [left_out] = &result.left_out[..] else { panic!("{:?}", result.left_out) };
    assert_eq!((left_out.rows, left_out.of), (1, 4));
    assert_eq!(left_out.reason, LeftOutReason::Outside(id("areas")));
    assert!(left_out.to_string().contains("dataset cells: 1 of 4"), "{left_out}");
}

#[test]
fn a_cell_belongs_to_one_area_whatever_the_order_of_rows() {
    // Halved by the border of A and B: the first has it.
    let cells = [(0.008, 0.002), (0.018, 0.003)];
    assert_eq!(column(&of_cells(&cells), "v"), "1 2 0 0");
    assert_eq!(column(&of_cells(&[cells[1], cells[0]]), "v"), "2 1 0 0");
}

#[test]
fn rows_with_an_unreadable_time_or_key_are_counted_and_not_silently_dropped() {
    let mut world = world();
    let row = |area: &str, month: OwnedValue, persons: i64| {
        vec![testing::test_datasets::text(area), month, OwnedValue::Int(persons)]
    };
    let month = |month: &str| testing::test_datasets::text(month);
    let rows = vec![
        row("A", month("202610"), 1),
        row("20", month("2026-10"), 2),
        row("A", month("2026.10"), 4),
        row("B", OwnedValue::Null, 8),
        row("성수동", month("202610"), 16),
        row("", month("202610"), 32),
    ];
    let columns = [("area", LogicalType::Code), ("month", LogicalType::Month), ("persons", Int)];
    let key = ("area", Some("month"), None, Some(Period::Month));
    world.values("visits", Some("areas"), key, &columns, rows);
    let result =
        world.evaluate(&over("areas", vec![("v", sum("visits.persons"))]), ResultAudience::Full);
    assert_eq!(column(&result, "v"), "1 2 - -");
    let left_out: Vec<_> =
        result.left_out.iter().map(|l| (l.reason.clone(), l.rows, l.of)).collect();
    let expected = [
        (LeftOutReason::UnreadableTime, 1, 6),
        (LeftOutReason::NoTime, 1, 6),
        (LeftOutReason::Key(id("areas")), 2, 6),
    ];
    assert_eq!(left_out, expected);
    assert!(result.left_out[0].to_string().contains("visits: 1 of 6 rows of its values"));
}
