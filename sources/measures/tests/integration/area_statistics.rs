//! Measures of layers by the areas of the district.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::{
    AggregateKind, FlowDefinition, InAreas, Layer, LayerContent, LogicalType, MeasureOperation,
    MeasureSet, PrivacyRule, RowJoin, UnionPart,
};
use data_model::Period;
use data_model::feature::GeometryKind;
use measures::{LayerMeasures, MeasureCarrier, MeasureEvaluator, ResultAudience, stats_key};
use rstest::rstest;
use testing::test_datasets::{
    TestDatasets, aggregate, column, count, filtered, flow_layer, id, is, joined, layer, over,
    plain, ratio, rows, sum, text, with,
};
use testing::{OwnedValue, points, polygons};

use LogicalType::{Code, Int};

fn square(west: f64, south: f64, size: f64) -> data_model::feature::Geometry {
    let (east, north) = (west + size, south + size);
    polygons(&[&[&[[west, south], [east, south], [east, north], [west, north], [west, south]]]])
}

fn name(name: &str) -> String {
    name.to_owned()
}

/// Two dongs and one without data, two cells in each of the first, sights in cells,
/// footfall of cells.
fn world() -> TestDatasets {
    let mut world = TestDatasets::default();
    let dong = |n: i64| {
        let west = 127.0 + 0.02 * (n - 1) as f64;
        (
            square(west, 37.5, 0.02),
            vec![OwnedValue::Int(n), text(&format!("d{n}")), text(&format!("동{n}"))],
        )
    };
    let columns = [("id", Int), ("code", Code), ("nm", LogicalType::Text)];
    let dongs =
        world.features("dong", GeometryKind::Polygon, &columns, vec![dong(1), dong(2), dong(3)]);
    dongs.key = vec![name("code")];
    dongs.search = vec![name("nm")];
    let cell = |n: i64, level: OwnedValue| {
        let west = 127.0 + 0.01 * (n - 1) as f64;
        (square(west, 37.505, 0.01), vec![OwnedValue::Int(n), text(&format!("c{n}")), level])
    };
    let cells = [OwnedValue::Int(10), OwnedValue::Int(20), OwnedValue::Int(5), OwnedValue::Null];
    let cells = (1..).zip(cells).map(|(n, level)| cell(n, level)).collect();
    let columns = [("id", Int), ("cell", Code), ("level", Int)];
    world.features("grid", GeometryKind::Polygon, &columns, cells).key = vec![name("cell")];
    let sight = |n: i64, x: f64, kind: &str| {
        let values = vec![OwnedValue::Int(n), text(kind), OwnedValue::Int(n * 10), text("d2")];
        (points(&[[127.0 + x, 37.51]]), values)
    };
    let columns = [("id", Int), ("kind", LogicalType::Enum), ("seats", Int), ("dong", Code)];
    let sights =
        [(0.001, "park"), (0.002, "park"), (0.011, "tower"), (0.021, "park"), (0.5, "tower")];
    let sights = (1..).zip(sights).map(|(n, (x, kind))| sight(n, x, kind)).collect();
    world.features("sights", GeometryKind::Point, &columns, sights);
    let row = |cell: i64, month: &str, persons: i64| {
        vec![text(&format!("c{cell}")), text(month), OwnedValue::Int(persons)]
    };
    world.values(
        "footfall",
        Some("grid"),
        ("cell", Some("month"), None, Some(Period::Month)),
        &[("cell", Code), ("month", LogicalType::Month), ("persons", Int)],
        vec![row(1, "202609", 1), row(1, "202610", 10), row(2, "202610", 20), row(3, "202610", 30)],
    );
    let trip =
        |from: &str, to: &str, trips: i64| vec![text(from), text(to), OwnedValue::Int(trips)];
    world.values(
        "trips",
        Some("dong"),
        ("from", None, None, None),
        &[("from", Code), ("to", Code), ("trips", Int)],
        vec![trip("d1", "d2", 5), trip("d2", "d1", 7), trip("d3", "d2", 1)],
    );
    world.catalog.district.stats_areas = Some(id("dong"));
    world
}

fn stats(world: &TestDatasets, layer: &Layer, audience: ResultAudience) -> Option<LayerMeasures> {
    MeasureEvaluator::new(&world.catalog, world, [(layer, audience)])
        .stats(layer, audience)
        .unwrap()
}

fn measures(set: &MeasureSet) -> LayerMeasures {
    stats(&world(), &layer(set), ResultAudience::Full).unwrap()
}

#[rstest]
// Evaluated over the dongs.
#[case(sum("footfall.persons"), "1 - 0 | 30 30 0")]
#[case(count("sights"), "3 1 0 | 3 1 0")]
// The first month has no data and is not published.
#[case(MeasureOperation::Change { of: name("first"), back: 1, percent: false }, "29 - 0")]
#[case(ratio("first", "sights", 1.0), "0.333 - - | 10 30 -")]
// Without a value, an area that has cells is no data, and one that has none is zero.
#[case(count("footfall"), "1 - 0 | 2 1 0")]
#[case(with(AggregateKind::Sum, filtered("footfall.persons", &[("cell", is("c4"))])), "- - 0 | - - 0")]
#[case(with(AggregateKind::Sum, filtered("footfall.persons", &[("level", catalog::ColumnCondition::Is(catalog::ScalarValue::Int(5)))])), "0 - 0 | 0 30 0")]
// Of the cells, averaged.
#[case(MeasureOperation::CarrierColumn(name("level")), "15 5 - | 15 5 -")]
#[case(MeasureOperation::CarrierColumn(name("cell")), "c1 c3 - | c1 c3 -")]
#[case(MeasureOperation::NearestValue(rows("sights.seats")), "20 40 - | 20 40 -")]
#[case(with(AggregateKind::Count, joined("sights", RowJoin::Within { metres: 10.0 })), "1.5 0.5 - | 1.5 0.5 -")]
// By their key, added up.
#[case(with(AggregateKind::Sum, joined("footfall.persons", RowJoin::Key)), "1 - 0 | 30 30 0")]
fn measures_of_cells_by_dong(#[case] operation: MeasureOperation, #[case] expected: &str) {
    let mut set = over(
        "grid",
        vec![("first", sum("footfall.persons")), ("sights", count("sights")), ("v", operation)],
    );
    set.period = Some(Period::Month);
    let result = measures(&set);
    let both = expected.contains('|');
    let months = if both { &["2026-09", "2026-10"][..] } else { &["2026-10"] };
    assert!(result.slices.iter().map(|slice| &**slice).eq(months.iter().copied()));
    assert_eq!(column(&result, "v"), expected);
    let names = if both { "동1 동2 동3 | 동1 동2 동3" } else { "동1 동2 동3" };
    assert_eq!(column(&result, "nm"), names);
    assert_eq!(result.features, MeasureCarrier::Of { dataset: id("dong"), ids: vec![1, 2, 3] });
}

#[rstest]
#[case(MeasureOperation::CarrierColumn(name("level")), InAreas::Sum, "30 5 0 | 30 5 0")]
#[case(MeasureOperation::CarrierColumn(name("level")), InAreas::Mean, "15 5 - | 15 5 -")]
#[case(sum("footfall.persons"), InAreas::Mean, "1 - - | 15 30 -")]
fn a_declared_aggregation_by_area_overrides_the_default(
    #[case] operation: MeasureOperation,
    #[case] areas: InAreas,
    #[case] expected: &str,
) {
    let measures = vec![("first", sum("footfall.persons")), ("v", operation)];
    let mut set = over("grid", measures);
    set.period = Some(Period::Month);
    set.measures[1].area_aggregation = Some(areas);
    let result = stats(&world(), &layer(&set), ResultAudience::Full).unwrap();
    assert_eq!(column(&result, "v"), expected);
}

#[test]
fn a_measure_is_suppressed_with_the_one_it_is_declared_with() {
    let mut world = world();
    world.dataset("footfall").privacy =
        vec![PrivacyRule::Suppress { threshold: 15, columns: Vec::new() }];
    let own = MeasureOperation::CarrierColumn(name("level"));
    let mut set = over("grid", vec![("persons", sum("footfall.persons")), ("v", own)]);
    set.measures[1].suppressed_with = vec![name("persons")];
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 5 -");
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Full), "v"), "10 20 5 -");
}

#[test]
fn flags_are_counted_by_value() {
    let mut world = world();
    let part = world.parts.get_mut(&(id("sights"), measures::DatasetPart::Features)).unwrap();
    part.columns[2].kind = data_model::feature::ColumnType::Bool;
    for row in &mut part.rows {
        row.values[2] = OwnedValue::Bool(row.values[2] == OwnedValue::Int(10));
    }
    let seats = world.dataset("sights").columns.iter_mut().find(|column| column.name == "seats");
    seats.unwrap().kind = Some(LogicalType::Bool);
    let content = LayerContent::Features { filter: filtered("sights", &[]).filter };
    let layer = plain("test", &id("sights"), content, Some(name("seats")));
    let result = stats(&world, &layer, ResultAudience::Full).unwrap();
    assert_eq!(column(&result, "seats=true"), "1 0 0");
    assert_eq!(column(&result, "seats=false"), "2 1 0");
}

#[test]
fn measures_over_the_dongs_are_themselves() {
    let set = over("dong", vec![("v", count("sights"))]);
    let world = world();
    assert_eq!(measures(&set), world.evaluate(&set, ResultAudience::Full));
}

#[test]
fn plain_features_are_counted() {
    let mut world = world();
    let seats = world.dataset("sights").columns.iter_mut().find(|column| column.name == "seats");
    seats.unwrap().unit = Some(name("seats"));
    let world = world;
    let of = |filter: &[(&str, _)], value: Option<&str>| {
        let content = LayerContent::Features { filter: filtered("sights", filter).filter };
        let layer = plain("test", &id("sights"), content, value.map(name));
        stats(&world, &layer, ResultAudience::Full).unwrap()
    };
    let all = of(&[], Some("kind"));
    assert_eq!(column(&all, "count"), "3 1 0");
    assert_eq!(column(&all, "kind=park"), "2 1 0");
    assert_eq!(column(&all, "kind=tower"), "1 0 0");
    let names: Vec<_> = all.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["code", "nm", "count", "kind=park", "kind=tower"]);
    let towers = of(&[("kind", is("tower"))], Some("kind"));
    assert_eq!(column(&towers, "count"), "1 0 0");
    assert_eq!(column(&towers, "kind=park"), "no such column");
    let seats = of(&[], Some("seats"));
    assert_eq!(column(&seats, "sum"), "60 40 0");
    assert_eq!(column(&seats, "mean"), "20 40 -");
    // Numbers without a unit are not added up.
    let mut numbers = world;
    numbers.dataset("sights").columns.iter_mut().for_each(|column| column.unit = None);
    let content = LayerContent::Features { filter: filtered("sights", &[]).filter };
    let layer = plain("test", &id("sights"), content, Some(name("seats")));
    let result = stats(&numbers, &layer, ResultAudience::Full).unwrap();
    assert_eq!(column(&result, "sum"), "no such column");
    assert_eq!(column(&result, "mean"), "20 40 -");
    let world = numbers;
    let of = |filter: &[(&str, _)], value: Option<&str>| {
        let content = LayerContent::Features { filter: filtered("sights", filter).filter };
        let layer = plain("test", &id("sights"), content, value.map(name));
        stats(&world, &layer, ResultAudience::Full).unwrap()
    };
    assert_eq!(column(&of(&[], None), "count"), "3 1 0");
}

#[test]
fn the_public_sees_no_small_counts_of_plain_features() {
    let mut world = world();
    world.dataset("sights").privacy =
        vec![PrivacyRule::Suppress { threshold: 3, columns: Vec::new() }];
    let content = LayerContent::Features { filter: filtered("sights", &[]).filter };
    let layer = plain("test", &id("sights"), content, Some(name("kind")));
    let result = stats(&world, &layer, ResultAudience::Public).unwrap();
    assert_eq!(column(&result, "count"), "- - 0");
    assert_eq!(column(&result, "kind=park"), "- - 0");
    assert_eq!(column(&result, "suppressed"), "true true -");
    world
        .dataset("sights")
        .privacy
        .push(PrivacyRule::Hide { column: name("kind"), smallest_areas: None });
    let result = stats(&world, &layer, ResultAudience::Public).unwrap();
    assert_eq!(column(&result, "kind=park"), "no such column");
}

#[rstest]
// Cells 1 (10) and 2 (20, the next smallest) of the first dong are suppressed, their sum is
// not.
#[case(with(AggregateKind::Sum, joined("footfall.persons", RowJoin::Key)), 15, "30 30 0")]
#[case(sum("footfall.persons"), 15, "30 30 0")]
// All three are suppressed, and each dong has less than 40.
#[case(with(AggregateKind::Sum, joined("footfall.persons", RowJoin::Key)), 40, "- - 0")]
#[case(MeasureOperation::Scale { of: name("persons"), by: 2.0 }, 15, "60 60 0")]
fn areas_do_not_disclose_a_suppressed_cell(
    #[case] operation: MeasureOperation,
    #[case] below: u32,
    #[case] expected: &str,
) {
    let mut world = world();
    world.dataset("footfall").privacy =
        vec![PrivacyRule::Suppress { threshold: below, columns: Vec::new() }];
    let set = over("grid", vec![("persons", sum("footfall.persons")), ("v", operation)]);
    let result = stats(&world, &layer(&set), ResultAudience::Public).unwrap();
    assert_eq!(column(&result, "v"), expected);
}

#[rstest]
// Cell 1 is small; it would follow from the other cell and the sum of its dong.
#[case([10, 40, 30], "- - 30 -", "50 30 0", "- - -")]
// Cell 3 is small and the only one in its dong, which is suppressed with it; the other dong
// is suppressed as it would disclose the cell by the total.
#[case([100, 120, 3], "- - - -", "- - 0", "true true -")]
fn a_suppressed_singleton_suppresses_another_cell_or_its_area(
    #[case] persons: [i64; 3],
    #[case] cells: &str,
    #[case] dongs: &str,
    #[case] marks: &str,
) {
    let mut world = world();
    world.dataset("footfall").privacy =
        vec![PrivacyRule::Suppress { threshold: 15, columns: Vec::new() }];
    let stored = world.parts.get_mut(&(id("footfall"), measures::DatasetPart::Values)).unwrap();
    for (cell, persons) in ["c1", "c2", "c3"].into_iter().zip(persons) {
        let newest = stored.rows.iter_mut().rfind(|row| row.values[0] == text(cell));
        newest.unwrap().values[2] = OwnedValue::Int(persons);
    }
    let set = over("grid", vec![("v", sum("footfall.persons"))]);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), cells);
    let result = stats(&world, &layer(&set), ResultAudience::Public).unwrap();
    assert_eq!(column(&result, "v"), dongs);
    assert_eq!(column(&result, "suppressed"), marks);
}

#[test]
fn unions_and_flows_are_counted_too() {
    let world = world();
    let part = |dataset: &str| UnionPart {
        dataset: id(dataset),
        filter: filtered(dataset, &[]).filter,
        columns: Vec::new(),
    };
    let content = LayerContent::Union(vec![part("sights"), part("grid")]);
    let union =
        stats(&world, &plain("test", &id("sights"), content, None), ResultAudience::Full).unwrap();
    assert_eq!(column(&union, "count"), "5 3 0");
    assert_eq!(column(&union, "dataset=grid"), "2 2 0");

    let mut flow = FlowDefinition {
        dataset: id("trips"),
        from: name("from"),
        to: name("to"),
        between: id("dong"),
    };
    let set = over(
        "dong",
        vec![
            ("trips", sum("trips.trips")),
            ("mean", aggregate(AggregateKind::Mean, "trips.trips")),
            ("share", MeasureOperation::ShareOfTotal(name("trips"))),
        ],
    );
    let result = stats(&world, &flow_layer(&flow, &set), ResultAudience::Full).unwrap();
    assert_eq!(column(&result, "trips_in"), "7 6 -");
    assert_eq!(column(&result, "trips_out"), "5 7 1");
    assert_eq!(column(&result, "mean_in"), "7 3 -");
    assert_eq!(column(&result, "share_out"), "38.46 53.85 7.69");
    flow.between = id("grid");
    assert_eq!(stats(&world, &flow_layer(&flow, &set), ResultAudience::Full), None);
}

#[test]
fn no_statistics_without_areas_nor_for_prepared_layers() {
    let mut world = world();
    let prepared = LayerContent::Prepared { columns: Vec::new(), geometry: GeometryKind::Polygon };
    let prepared = plain("test", &id("sights"), prepared, None);
    assert_eq!(stats(&world, &prepared, ResultAudience::Full), None);
    let set = over("dong", vec![("v", count("sights"))]);
    let key = |world: &TestDatasets| {
        stats_key(&layer(&set), ResultAudience::Full, &world.catalog, world).unwrap()
    };
    let before = key(&world);
    assert_eq!(before, key(&world));
    world.catalog.district.stats_areas = None;
    assert_eq!(stats(&world, &layer(&set), ResultAudience::Full), None);
    assert_ne!(before, key(&world));
}
