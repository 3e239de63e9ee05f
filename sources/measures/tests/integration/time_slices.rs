//! Tests of time slices on small datasets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::LogicalType::{self, Code, Int};
use catalog::{AggregateKind, JoinedRows, MeasureOperation};
use data_model::Period;
use data_model::feature::ColumnType;
use measures::ResultAudience;
use testing::OwnedValue;
use testing::areas::{name, world};
use testing::test_datasets::{column, count, filtered, layer, over, rows, sum, text, with};

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
            ("households", MeasureOperation::CarrierColumn(name("households"))),
        ],
    );
    set.period = Some(Period::Month);
    set.retained_slices = Some(3);
    let result = world().evaluate(&set, ResultAudience::Full);
    assert_eq!(result.slices, ["2026-08", "2026-09", "2026-10"].map(Box::from));
    assert_eq!(column(&result, "persons"), "- - - - | 90 - - - | 100 7 - -");
    assert_eq!(column(&result, "opened"), "2 0 0 0 | 1 0 0 0 | 1 1 0 0");
    assert_eq!(column(&result, "year"), "3 0 0 0 | 3 0 0 0 | 4 1 0 0");
    assert_eq!(column(&result, "change"), "- - - - | - - - - | 11.1 - - -");
    // July has no slice: there is nothing to compare August with.
    assert_eq!(column(&result, "more"), "- - - - | -1 0 0 0 | 0 1 0 0");
    let own = result.columns.iter().position(|column| column.name == "households").unwrap();
    assert_eq!(result.values[own].of_slice(0), result.values[own].of_slice(2));
    assert_eq!(result.columns[own].kind, ColumnType::Int);
}

#[test]
fn changes_refer_to_slices_before_the_published_ones() {
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: false }),
        ],
    );
    set.period = Some(Period::Month);
    set.retained_slices = Some(1);
    let result = world().evaluate(&set, ResultAudience::Full);
    assert_eq!(result.slices, ["2026-10".into()]);
    assert_eq!(column(&result, "change"), "10 - - -");
}

#[test]
fn a_coarser_value_counts_until_the_next() {
    let mut set =
        over("areas", vec![("persons", sum("residents.persons")), ("shops", count("shops"))]);
    set.period = Some(Period::Day);
    set.retained_slices = Some(3);
    let result = world().evaluate(&set, ResultAudience::Full);
    assert_eq!(result.slices, ["2026-09-01", "2026-10-01", "2026-10-02"].map(Box::from));
    assert_eq!(column(&result, "persons"), "90 - - - | 100 7 - - | 100 7 - -");
    assert_eq!(column(&result, "shops"), "1 0 0 0 | 1 0 0 0 | 0 1 0 0");
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
    set.period = Some(Period::MonthHour);
    let result = world.evaluate(&set, ResultAudience::Full);
    assert_eq!(result.slices, ["2026-10T08", "2026-10T09"].map(Box::from));
    assert_eq!(column(&result, "persons"), "5 - - - | 6 7 - -");
    set.period = None;
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Full), "persons"), "11 7 - -");
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
    set.period = Some(Period::Day);
    let result = world.evaluate(&set, ResultAudience::Full);
    assert_eq!(result.slices, ["2026-01-01", "2026-01-02", "2026-02-01"].map(Box::from));
    assert_eq!(column(&result, "v"), "3 0 0 0 | 1 0 0 0 | 1 0 0 0");
    // A condition on days means the same days.
    let from = catalog::ScalarValue::Text(name("2026-01-02"));
    let span = catalog::ValueRange { from: Some(from), to: None };
    let later = filtered("events", &[("at", catalog::ColumnCondition::Between(span))]);
    set.period = None;
    set.measures[0].operation = with(AggregateKind::Count, later);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Full), "v"), "2 0 0 0");
    // Another zone is another day, and other measures.
    let before =
        measures::measures_key(&layer(&set), ResultAudience::Full, &world.catalog, &world).unwrap();
    world.catalog.district.time_zone = "UTC".parse().unwrap();
    let after =
        measures::measures_key(&layer(&set), ResultAudience::Full, &world.catalog, &world).unwrap();
    assert_ne!(before, after);
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Full), "v"), "1 0 0 0");
    set.period = Some(Period::Hour);
    set.measures[0].operation = count("events");
    let result = world.evaluate(&set, ResultAudience::Full);
    assert_eq!(&*result.slices[0], "2026-01-01T00");
    assert!(result.slices.contains(&"2026-01-31T15".into()), "{:?}", result.slices);
}
