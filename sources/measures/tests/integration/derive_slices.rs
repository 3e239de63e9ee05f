//! Tests of time, public measures and the order of rows on small datasets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::{AggregateKind, JoinedRows, MeasureOperation, PrivacyRule, RowJoin};
use catalog::{
    LogicalType,
    LogicalType::{Code, Int},
};
use data_model::Period;
use data_model::feature::ColumnType;
use measures::{MeasureCarrier, MeasureEvaluator, ResultAudience};
use testing::OwnedValue;
use testing::areas::{movement, moves, name, world};
use testing::test_datasets::{
    TestDatasets, aggregate, column, count, filtered, flow_layer, id, is, joined, layer, over,
    ratio, rows, sum, text, with,
};

#[test]
fn months_are_slices() {
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("opened", count("shops")),
            (
                "year",
                with(AggregateKind::Count, JoinedRows { last_months: Some(12), ..rows("shops") }),
            ),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: true }),
            ("more", MeasureOperation::Change { of: name("opened"), back: 1, percent: false }),
            ("households", MeasureOperation::Own(name("households"))),
        ],
    );
    set.time = Some(Period::Month);
    set.slices = Some(3);
    let derived = world().derive(&set, ResultAudience::Full);
    assert_eq!(derived.slices, ["2026-08", "2026-09", "2026-10"].map(Box::from));
    assert_eq!(column(&derived, "persons"), "- - - - | 90 - - - | 100 7 - -");
    assert_eq!(column(&derived, "opened"), "2 0 0 0 | 1 0 0 0 | 1 1 0 0");
    assert_eq!(column(&derived, "year"), "3 0 0 0 | 3 0 0 0 | 4 1 0 0");
    assert_eq!(column(&derived, "change"), "- - - - | - - - - | 11.1 - - -");
    // July has no slice: there is nothing to compare August with.
    assert_eq!(column(&derived, "more"), "- - - - | -1 0 0 0 | 0 1 0 0");
    let own = derived.columns.iter().position(|column| column.name == "households").unwrap();
    assert_eq!(derived.values[own].of_slice(0), derived.values[own].of_slice(2));
    assert_eq!(derived.columns[own].kind, ColumnType::Int);
}

#[test]
fn changes_reach_back_past_the_slices_that_are_kept() {
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: false }),
        ],
    );
    set.time = Some(Period::Month);
    set.slices = Some(1);
    let derived = world().derive(&set, ResultAudience::Full);
    assert_eq!(derived.slices, ["2026-10".into()]);
    assert_eq!(column(&derived, "change"), "10 - - -");
}

#[test]
fn coarser_values_stand_until_the_next() {
    let mut set =
        over("areas", vec![("persons", sum("residents.persons")), ("shops", count("shops"))]);
    set.time = Some(Period::Day);
    set.slices = Some(3);
    let derived = world().derive(&set, ResultAudience::Full);
    assert_eq!(derived.slices, ["2026-09-01", "2026-10-01", "2026-10-02"].map(Box::from));
    assert_eq!(column(&derived, "persons"), "90 - - - | 100 7 - - | 100 7 - -");
    assert_eq!(column(&derived, "shops"), "1 0 0 0 | 1 0 0 0 | 0 1 0 0");
}

#[test]
fn hours_of_a_month_are_slices() {
    let mut world = world();
    let row = |area: &str, hour: i64, persons: i64| {
        vec![text(area), text("202610"), OwnedValue::Int(hour), OwnedValue::Int(persons)]
    };
    world.values(
        "footfall",
        Some("areas"),
        ("area", Some("month"), Some("hour"), Some(Period::Month)),
        &[("area", Code), ("month", LogicalType::Month), ("hour", Int), ("persons", Int)],
        vec![row("A", 8, 5), row("A", 9, 6), row("B", 9, 7), row("A", 24, 1000)],
    );
    let mut set = over("areas", vec![("persons", sum("footfall.persons"))]);
    set.time = Some(Period::MonthHour);
    let derived = world.derive(&set, ResultAudience::Full);
    assert_eq!(derived.slices, ["2026-10T08", "2026-10T09"].map(Box::from));
    assert_eq!(column(&derived, "persons"), "5 - - - | 6 7 - -");
    set.time = None;
    assert_eq!(column(&world.derive(&set, ResultAudience::Full), "persons"), "11 7 - -");
}

#[test]
fn published_columns_come_first_and_others_stay_in_the_house() {
    let mut set =
        over("areas", vec![("hidden", count("shops")), ("shown", ratio("hidden", "hidden", 1.0))]);
    set.columns = vec![name("name"), name("households")];
    set.measures[0].publish = false;
    let derived = world().derive(&set, ResultAudience::Full);
    let columns: Vec<_> =
        derived.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        columns,
        [
            ("name", ColumnType::Text),
            ("households", ColumnType::Int),
            ("shown", ColumnType::Double)
        ]
    );
    assert_eq!(column(&derived, "households"), "10 0 30 -");
    assert_eq!(
        derived.features,
        MeasureCarrier::Of { dataset: id("areas"), ids: vec![1, 2, 3, 4] }
    );
    assert_eq!(derived.slices, ["".into()]);
}

#[test]
fn the_public_sees_no_small_numbers() {
    let mut world = world();
    world.dataset("shops").privacy =
        vec![PrivacyRule::Suppress { threshold: 5, columns: Vec::new() }];
    let measures = vec![
        ("shops", count("shops")),
        ("staff", aggregate(AggregateKind::Mean, "shops.staff")),
        ("persons", sum("residents.persons")),
        ("rate", ratio("shops", "persons", 100.0)),
    ];
    let mut set = over("areas", measures);
    let derived = world.derive(&set, ResultAudience::Public);
    // B has 1; A is the next smallest that is not zero.
    assert_eq!(column(&derived, "shops"), "- - 0 0");
    assert_eq!(column(&derived, "staff"), "- - - -");
    assert_eq!(column(&derived, "persons"), "100 7 - -");
    assert_eq!(column(&derived, "rate"), "- - - -");
    assert_eq!(column(&derived, "suppressed"), "true true - -");
    let full = world.derive(&set, ResultAudience::Full);
    assert_eq!(column(&full, "shops"), "5 1 0 0");
    assert_eq!(column(&full, "suppressed"), "no such column");
    // The layer's own rule, where it is stricter; the mark is that of its value.
    set.suppress = Some(8);
    set.value = name("persons");
    let derived = world.derive(&set, ResultAudience::Public);
    assert_eq!(column(&derived, "persons"), "- - - -");
    assert_eq!(column(&derived, "suppressed"), "true true - -");
    // A looser one does not undo that of the dataset.
    set.suppress = Some(2);
    set.value = name("shops");
    assert_eq!(column(&world.derive(&set, ResultAudience::Public), "suppressed"), "true true - -");
}

#[test]
fn the_public_sees_bands_and_no_hidden_columns() {
    let mut world = world();
    world.dataset("areas").privacy = vec![
        PrivacyRule::Band { column: name("households"), width: 20 },
        PrivacyRule::Hide { column: name("name"), smallest_areas: None },
    ];
    let mut set = over("areas", vec![("shops", count("shops"))]);
    set.columns = vec![name("households"), name("name")];
    let derived = world.derive(&set, ResultAudience::Public);
    assert_eq!(column(&derived, "households"), "0–19 0–19 20–39 -");
    assert_eq!(column(&derived, "name"), "no such column");
    assert_eq!(
        column(&world.derive(&set, ResultAudience::Full), "name"),
        "area A area B area C area D"
    );
}

#[test]
fn suppression_hides_in_each_slice_and_what_is_made_of_it() {
    let mut world = world();
    world.dataset("residents").privacy =
        vec![PrivacyRule::Suppress { threshold: 10, columns: Vec::new() }];
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: false }),
            ("share", MeasureOperation::ShareOfTotal(name("persons"))),
        ],
    );
    set.time = Some(Period::Month);
    let derived = world.derive(&set, ResultAudience::Public);
    assert_eq!(column(&derived, "persons"), "90 - - - | - - - -");
    assert_eq!(column(&derived, "change"), "- - - - | - - - -");
    assert_eq!(column(&derived, "share"), "100 - - - | - - - -");
    assert_eq!(column(&derived, "suppressed"), "- - - - | true true - -");
}

fn all_measures() -> catalog::MeasureSet {
    let mut set = over(
        "areas",
        vec![
            ("shops", count("shops")),
            ("size", sum("shops.size")),
            ("mean", aggregate(AggregateKind::Mean, "shops.size")),
            ("median", aggregate(AggregateKind::Median, "shops.size")),
            ("most", aggregate(AggregateKind::Most, "shops.kind")),
            ("persons", sum("residents.persons")),
            ("near", MeasureOperation::NearestValue(rows("shops.kind"))),
            ("metres", MeasureOperation::Nearest(rows("shops"))),
            (
                "within",
                with(AggregateKind::Sum, joined("shops.size", RowJoin::Within { metres: 900.0 })),
            ),
            ("at", MeasureOperation::At(rows("areas.name"))),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: true }),
            ("rate", ratio("size", "persons", 1000.0)),
        ],
    );
    set.measures.iter_mut().for_each(|measure| measure.decimals = None);
    set.columns = vec![name("code"), name("name")];
    set.time = Some(Period::Month);
    set.suppress = Some(3);
    set
}

/// The same rows in another order.
fn shuffled(world: &TestDatasets, seed: u64) -> TestDatasets {
    let mut world = world.clone();
    let mut state = seed | 1;
    for stored in world.parts.values_mut() {
        for at in (1..stored.rows.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            stored.rows.swap(at, (state >> 33) as usize % (at + 1));
        }
    }
    world
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
    #[test]
    fn the_order_of_rows_does_not_matter(seed: u64, sizes in proptest::collection::vec(-1e6f64..1e6, 7)) {
        let mut world = moves();
        let shops = world.parts.get_mut(&(id("shops"), measures::DatasetPart::Features)).unwrap();
        for (row, size) in shops.rows.iter_mut().zip(sizes) {
            row.values[3] = OwnedValue::Double(size);
        }
        let other = shuffled(&world, seed);
        let set = all_measures();
        for form in [ResultAudience::Full, ResultAudience::Public] {
            proptest::prop_assert_eq!(world.derive(&set, form), other.derive(&set, form));
        }
        let flow = flow_layer(&movement(), &over("areas", vec![("trips", sum("moves.trips"))]));
        let derive = |world: &TestDatasets| {
            MeasureEvaluator::new(&world.catalog, world, []).derive(&flow, ResultAudience::Full).unwrap()
        };
        proptest::prop_assert_eq!(derive(&world), derive(&other));
    }
}

#[test]
fn what_is_read_for_many_layers_is_what_is_read_for_one() {
    let world = moves();
    let sets = [
        all_measures(),
        over("areas", vec![("staff", sum("shops.staff"))]),
        over(
            "areas",
            vec![("x", with(AggregateKind::Count, filtered("shops", &[("kind", is("cafe"))])))],
        ),
        over("shops", vec![("persons", MeasureOperation::At(rows("residents.persons")))]),
    ];
    let layers: Vec<_> = sets.iter().map(layer).collect();
    let coming = layers
        .iter()
        .flat_map(|layer| [(layer, ResultAudience::Full), (layer, ResultAudience::Public)]);
    for memory in [0, usize::MAX] {
        let mut deriver =
            MeasureEvaluator::new(&world.catalog, &world, coming.clone()).with_memory(memory);
        for (layer, set) in layers.iter().zip(&sets) {
            for form in [ResultAudience::Full, ResultAudience::Public] {
                assert_eq!(deriver.derive(layer, form).unwrap(), world.derive(set, form));
            }
        }
    }
}

#[test]
fn a_moment_in_utc_counts_in_the_districts_day() {
    let mut world = world();
    let shop = |number: i64, opened: &str| {
        let at = [testing::areas::CORNER[0] + 0.005, testing::areas::CORNER[1] + 0.005];
        (testing::points(&[at]), vec![OwnedValue::Int(number), text(opened)])
    };
    let rows = vec![
        shop(1, "2026-01-01T23:30:00Z"),
        shop(2, "2026-01-01T23:30:00+09:00"),
        shop(3, "2026-01-31T15:00:00Z"),
        shop(4, "2026-01-01 10:00:00"),
        shop(5, "2026-01-01"),
    ];
    let columns = [("id", Int), ("at", LogicalType::DateTime)];
    let kind = data_model::feature::GeometryKind::Point;
    world.features("events", kind, &columns, rows).time = Some(name("at"));
    let mut set = over("areas", vec![("v", count("events"))]);
    set.time = Some(Period::Day);
    let derived = world.derive(&set, ResultAudience::Full);
    assert_eq!(derived.slices, ["2026-01-01", "2026-01-02", "2026-02-01"].map(Box::from));
    assert_eq!(column(&derived, "v"), "3 0 0 0 | 1 0 0 0 | 1 0 0 0");
    // A condition on days means the same days.
    let from = catalog::ScalarValue::Text(name("2026-01-02"));
    let span = catalog::ValueRange { from: Some(from), to: None };
    let later = filtered("events", &[("at", catalog::ColumnCondition::Between(span))]);
    set.time = None;
    set.measures[0].operation = with(AggregateKind::Count, later);
    assert_eq!(column(&world.derive(&set, ResultAudience::Full), "v"), "2 0 0 0");
    // Another zone is another day, and other measures.
    let before = measures::key(&layer(&set), ResultAudience::Full, &world.catalog, &world).unwrap();
    world.catalog.district.time_zone = "UTC".parse().unwrap();
    let after = measures::key(&layer(&set), ResultAudience::Full, &world.catalog, &world).unwrap();
    assert_ne!(before, after);
    assert_eq!(column(&world.derive(&set, ResultAudience::Full), "v"), "1 0 0 0");
    set.time = Some(Period::Hour);
    set.measures[0].operation = count("events");
    let derived = world.derive(&set, ResultAudience::Full);
    assert_eq!(&*derived.slices[0], "2026-01-01T00");
    assert!(derived.slices.contains(&"2026-01-31T15".into()), "{:?}", derived.slices);
}
