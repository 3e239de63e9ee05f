//! The measure engine on small datasets made by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use rstest::rstest;
use sources::catalog::{
    AggregateKind, Condition, Flow, IndexPart, Join, LogicalType, Operation, Period, PrivacyRule,
    Rows, Scalar, Span, Text,
};
use sources::derive::{DeriveError, Deriver, Features, Form};
use sources::feature::{ColumnType, GeometryKind};
use support::derive::{
    World, aggregate, column, count, filtered, flow_layer, id, is, joined, layer, over, ratio,
    rows, sum, text, with,
};
use support::{Owned, points, polygons};

use LogicalType::{Code, Date, Float, Int};

/// The south-western corner of the areas, each of which is 0.01° wide.
const CORNER: [f64; 2] = [127.0, 37.5];

fn square(west: f64, south: f64, size: f64) -> sources::feature::Geometry {
    let (east, north) = (west + size, south + size);
    polygons(&[&[&[[west, south], [east, south], [east, north], [west, north], [west, south]]]])
}

/// Four areas side by side, A to D; shops in A and B; residents of A to C by month.
fn world() -> World {
    let mut world = World::default();
    let area = |number: i64, code: &str, other: &str, households: Owned| {
        let west = CORNER[0] + 0.01 * (number - 1) as f64;
        (
            square(west, CORNER[1], 0.01),
            vec![
                Owned::Int(number),
                text(code),
                text(other),
                households,
                text(&format!("area {code}")),
            ],
        )
    };
    // Stored in another order than that of their ids.
    world
        .features(
            "areas",
            GeometryKind::Polygon,
            &[
                ("id", Int),
                ("code", Code),
                ("other", Code),
                ("households", Int),
                ("name", LogicalType::Text),
            ],
            vec![
                area(3, "C", "30", Owned::Int(30)),
                area(1, "A", "10", Owned::Int(10)),
                area(4, "D", "40", Owned::Null),
                area(2, "B", "20", Owned::Int(0)),
            ],
        )
        .key = vec!["code".to_owned(), "other".to_owned()];
    let shop =
        |number: i64, x: f64, kind: &str, staff: Owned, size: f64, opened: &str, area: &str| {
            (
                points(&[[CORNER[0] + x, CORNER[1] + 0.005]]),
                vec![
                    Owned::Int(number),
                    if kind.is_empty() { Owned::Null } else { text(kind) },
                    staff,
                    Owned::Double(size),
                    text(opened),
                    text(area),
                ],
            )
        };
    let shops = world.features(
        "shops",
        GeometryKind::Point,
        &[
            ("id", Int),
            ("kind", LogicalType::Text),
            ("staff", Int),
            ("size", Float),
            ("opened", Date),
            ("area", Code),
        ],
        vec![
            shop(1, 0.001, "cafe", Owned::Int(2), 0.1, "2026-08-03", "A"),
            shop(2, 0.002, "cafe", Owned::Int(4), 0.2, "2026-08-31", "10"),
            shop(3, 0.003, "bar", Owned::Null, 0.3, "2026-09-01", "C"),
            shop(4, 0.004, "bar", Owned::Int(9), 0.7, "2026-10-01", "C"),
            shop(5, 0.012, "", Owned::Null, 1.5, "2026-10-02", "nowhere"),
            // On the border between A and B.
            shop(6, 0.01, "book", Owned::Int(1), 2.0, "2025-09-30", "B"),
            // Outside of all areas.
            shop(7, 0.5, "cafe", Owned::Int(100), 9.0, "2026-10-02", "B"),
        ],
    );
    shops.time = Some("opened".to_owned());
    let row = |area: &str, month: &str, persons: Owned, sex: &str| {
        vec![text(area), text(month), persons, text(sex)]
    };
    world.values(
        "residents",
        Some("areas"),
        ("area", Some("month"), None, Some(Period::Month)),
        &[
            ("area", Code),
            ("month", LogicalType::Month),
            ("persons", Int),
            ("sex", LogicalType::Enum),
        ],
        vec![
            row("A", "202609", Owned::Int(50), "f"),
            row("10", "202609", Owned::Int(40), "m"),
            row("A", "202610", Owned::Int(60), "f"),
            row("A", "202610", Owned::Int(40), "m"),
            row("20", "202610", Owned::Int(7), "f"),
            row("C", "202610", Owned::Null, "f"),
            row("nowhere", "202610", Owned::Int(1000), "f"),
        ],
    );
    world
}

fn name(name: &str) -> String {
    name.to_owned()
}

fn derived(figures: Vec<(&str, Operation)>) -> String {
    let set = over("areas", figures);
    column(&world().derive(&set, Form::Full), &set.value)
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
#[case(aggregate(AggregateKind::Most, "shops.kind"), "bar - - -")]
// Rows by key: an area without a row is no data.
#[case(sum("residents.persons"), "100 7 - -")]
#[case(count("residents"), "2 1 1 -")]
#[case(with(AggregateKind::Count, filtered("residents", &[("sex", is("m"))])), "1 0 0 -")]
#[case(with(AggregateKind::Sum, filtered("residents.persons", &[("sex", is("m"))])), "40 - - -")]
#[case(aggregate(AggregateKind::Mean, "residents.persons"), "50 7 - -")]
#[case(with(AggregateKind::Count, Rows { key: Some(name("area")), ..rows("shops") }), "2 2 2 -")]
#[case(with(AggregateKind::Sum, Rows { key: Some(name("area")), ..rows("shops.staff") }), "6 101 9 -")]
#[case(with(AggregateKind::Count, Rows { last_months: Some(2), ..rows("shops") }), "2 1 0 0")]
#[case(with(AggregateKind::Count, filtered("shops", &[("staff", Condition::Between(Span { from: Some(Scalar::Int(2)), to: None }))])), "3 0 0 0")]
#[case(with(AggregateKind::Count, filtered("shops", &[("opened", Condition::Between(Span { from: Some(Scalar::Text(name("2026-08-31"))), to: Some(Scalar::Text(name("2026-09-01"))) }))])), "2 0 0 0")]
// What the area has itself.
#[case(Operation::Own(name("households")), "10 0 30 -")]
#[case(Operation::Own(name("name")), "area A area B area C area D")]
fn an_aggregate(#[case] operation: Operation, #[case] expected: &str) {
    assert_eq!(derived(vec![("figure", operation)]), expected);
}

#[test]
fn a_mean_is_weighted() {
    let mut operation = aggregate(AggregateKind::Mean, "shops.size");
    let Operation::Aggregate(aggregate) = &mut operation else { panic!() };
    aggregate.weight = Some(name("staff"));
    // (0.1·2 + 0.2·4 + 0.7·9 + 2.0·1) / 16; without a weight a row does not count.
    assert_eq!(derived(vec![("figure", operation)]), "0.58 - - -");
}

#[rstest]
#[case(ratio("persons", "households", 1.0), "10 - - -")]
#[case(ratio("shops", "persons", 100.0), "5 14.3 - -")]
#[case(ratio("shops", "persons", 1000.0), "50 142.86 - -")]
#[case(Operation::Plus(vec![name("shops"), name("persons")]), "105 8 - -")]
#[case(Operation::Minus(name("persons"), name("shops")), "95 6 - -")]
#[case(Operation::Times(name("persons"), name("shops")), "500 7 - -")]
#[case(Operation::Scale { of: name("shops"), by: 0.5 }, "2.5 0.5 0 0")]
#[case(Operation::ShareOfTotal(name("persons")), "93.46 6.54 - -")]
#[case(Operation::Change { of: name("persons"), back: 1, percent: false }, "- - - -")]
#[case(
    Operation::Class {
        of: name("shops"),
        breaks: vec![1.0, 5.0],
        titles: ["few", "some", "many"].map(Text::same).to_vec(),
    },
    "many some few few"
)]
#[case(
    Operation::Index(vec![
        IndexPart { of: name("persons"), weight: 3.0, invert: false },
        IndexPart { of: name("shops"), weight: 1.0, invert: true },
    ]),
    // Persons: 100, 0; shops from 0 to 5, turned round: 0, 80.
    "75 20 - -"
)]
fn arithmetic(#[case] operation: Operation, #[case] expected: &str) {
    let figures = vec![
        ("persons", sum("residents.persons")),
        ("shops", count("shops")),
        ("households", Operation::Own(name("households"))),
        ("figure", operation),
    ];
    assert_eq!(derived(figures), expected);
}

#[test]
fn an_index_over_equal_values_is_no_data() {
    let parts = vec![IndexPart { of: name("same"), weight: 1.0, invert: false }];
    let same = Operation::Minus(name("shops"), name("shops"));
    let figures =
        vec![("shops", count("shops")), ("same", same), ("index", Operation::Index(parts))];
    assert_eq!(derived(figures), "- - - -");
}

#[test]
fn distances_are_in_metres() {
    let mut nearest = over("areas", vec![("near", Operation::Nearest(rows("shops")))]);
    nearest.figures[0].decimals = Some(1);
    let derived = world().derive(&nearest, Form::Full);
    // A hundredth of a degree of longitude at 37.5° N is 884.2 m; the nearest shop of C
    // lies 0.008° west of it.
    assert_eq!(column(&derived, "near"), "0 0 707.4 1591.6");
}

#[rstest]
#[case(Operation::NearestValue(rows("shops.kind")), "cafe - - -")]
#[case(Operation::NearestValue(filtered("shops.staff", &[("kind", is("cafe"))])), "2 4 4 4")]
#[case(with(AggregateKind::Count, joined("shops", Join::Within { metres: 708.0 })), "6 5 1 0")]
#[case(with(AggregateKind::Count, joined("shops", Join::Within { metres: 707.0 })), "6 4 0 0")]
fn what_is_near(#[case] operation: Operation, #[case] expected: &str) {
    assert_eq!(derived(vec![("figure", operation)]), expected);
}

#[rstest]
#[case(Operation::At(rows("areas.name")), "area A area A area A area A area B area A -")]
#[case(Operation::At(rows("residents.persons")), "50 50 50 50 7 50 -")]
#[case(Operation::Nearest(rows("shops")), "88 88 88 88 177 177 43148")]
fn figures_of_points(#[case] operation: Operation, #[case] expected: &str) {
    let set = over("shops", vec![("figure", operation)]);
    assert_eq!(column(&world().derive(&set, Form::Full), "figure"), expected);
}

#[test]
fn values_lie_where_their_features_do() {
    let mut world = world();
    world
        .features(
            "region",
            GeometryKind::Polygon,
            &[("id", Int)],
            // All of A and B, and half of C but not its middle.
            vec![(square(CORNER[0] - 0.001, CORNER[1] - 0.001, 0.0255), vec![Owned::Int(7)])],
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
            ("km2", Operation::PerKm2(name("areas"))),
        ],
    );
    let derived = world.derive(&set, Form::Full);
    assert_eq!(column(&derived, "persons"), "107");
    assert_eq!(column(&derived, "areas"), "2");
    assert_eq!(column(&derived, "named"), "7");
    // 2.255 km by 2.830 km.
    assert_eq!(column(&derived, "km2"), "0.3");
    assert_eq!(derived.features, Features::Of { dataset: id("region"), ids: vec![7] });
}

#[test]
fn months_are_slices() {
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("opened", count("shops")),
            ("year", with(AggregateKind::Count, Rows { last_months: Some(12), ..rows("shops") })),
            ("change", Operation::Change { of: name("persons"), back: 1, percent: true }),
            ("more", Operation::Change { of: name("opened"), back: 1, percent: false }),
            ("households", Operation::Own(name("households"))),
        ],
    );
    set.time = Some(Period::Month);
    set.slices = Some(3);
    let derived = world().derive(&set, Form::Full);
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
            ("change", Operation::Change { of: name("persons"), back: 1, percent: false }),
        ],
    );
    set.time = Some(Period::Month);
    set.slices = Some(1);
    let derived = world().derive(&set, Form::Full);
    assert_eq!(derived.slices, ["2026-10".into()]);
    assert_eq!(column(&derived, "change"), "10 - - -");
}

#[test]
fn coarser_values_stand_until_the_next() {
    let mut set =
        over("areas", vec![("persons", sum("residents.persons")), ("shops", count("shops"))]);
    set.time = Some(Period::Day);
    set.slices = Some(3);
    let derived = world().derive(&set, Form::Full);
    assert_eq!(derived.slices, ["2026-09-01", "2026-10-01", "2026-10-02"].map(Box::from));
    assert_eq!(column(&derived, "persons"), "90 - - - | 100 7 - - | 100 7 - -");
    assert_eq!(column(&derived, "shops"), "1 0 0 0 | 1 0 0 0 | 0 1 0 0");
}

#[test]
fn hours_of_a_month_are_slices() {
    let mut world = world();
    let row = |area: &str, hour: i64, persons: i64| {
        vec![text(area), text("202610"), Owned::Int(hour), Owned::Int(persons)]
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
    let derived = world.derive(&set, Form::Full);
    assert_eq!(derived.slices, ["2026-10T08", "2026-10T09"].map(Box::from));
    assert_eq!(column(&derived, "persons"), "5 - - - | 6 7 - -");
    set.time = None;
    assert_eq!(column(&world.derive(&set, Form::Full), "persons"), "11 7 - -");
}

#[test]
fn published_columns_come_first_and_others_stay_in_the_house() {
    let mut set =
        over("areas", vec![("hidden", count("shops")), ("shown", ratio("hidden", "hidden", 1.0))]);
    set.columns = vec![name("name"), name("households")];
    set.figures[0].publish = false;
    let derived = world().derive(&set, Form::Full);
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
    assert_eq!(derived.features, Features::Of { dataset: id("areas"), ids: vec![1, 2, 3, 4] });
    assert_eq!(derived.slices, ["".into()]);
}

#[test]
fn the_public_sees_no_small_numbers() {
    let mut world = world();
    world.dataset("shops").privacy = vec![PrivacyRule::Suppress { below: 5 }];
    let figures = vec![
        ("shops", count("shops")),
        ("staff", aggregate(AggregateKind::Mean, "shops.staff")),
        ("persons", sum("residents.persons")),
        ("rate", ratio("shops", "persons", 100.0)),
    ];
    let mut set = over("areas", figures);
    let derived = world.derive(&set, Form::Public);
    // B has 1; A is the next smallest that is not zero.
    assert_eq!(column(&derived, "shops"), "- - 0 0");
    assert_eq!(column(&derived, "staff"), "- - - -");
    assert_eq!(column(&derived, "persons"), "100 7 - -");
    assert_eq!(column(&derived, "rate"), "- - - -");
    assert_eq!(column(&derived, "suppressed"), "true true - -");
    let full = world.derive(&set, Form::Full);
    assert_eq!(column(&full, "shops"), "5 1 0 0");
    assert_eq!(column(&full, "suppressed"), "no such column");
    // The layer's own rule, where it is stricter; the mark is that of its value.
    set.suppress = Some(8);
    set.value = name("persons");
    let derived = world.derive(&set, Form::Public);
    assert_eq!(column(&derived, "persons"), "- - - -");
    assert_eq!(column(&derived, "suppressed"), "true true - -");
    // A looser one does not undo that of the dataset.
    set.suppress = Some(2);
    set.value = name("shops");
    assert_eq!(column(&world.derive(&set, Form::Public), "suppressed"), "true true - -");
}

#[test]
fn the_public_sees_bands_and_no_hidden_columns() {
    let mut world = world();
    world.dataset("areas").privacy = vec![
        PrivacyRule::Band { column: name("households"), width: 20 },
        PrivacyRule::Hide { column: name("name") },
    ];
    let mut set = over("areas", vec![("shops", count("shops"))]);
    set.columns = vec![name("households"), name("name")];
    let derived = world.derive(&set, Form::Public);
    assert_eq!(column(&derived, "households"), "0–19 0–19 20–39 -");
    assert_eq!(column(&derived, "name"), "no such column");
    assert_eq!(column(&world.derive(&set, Form::Full), "name"), "area A area B area C area D");
}

#[test]
fn suppression_hides_in_each_slice_and_what_is_made_of_it() {
    let mut world = world();
    world.dataset("residents").privacy = vec![PrivacyRule::Suppress { below: 10 }];
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("change", Operation::Change { of: name("persons"), back: 1, percent: false }),
            ("share", Operation::ShareOfTotal(name("persons"))),
        ],
    );
    set.time = Some(Period::Month);
    let derived = world.derive(&set, Form::Public);
    assert_eq!(column(&derived, "persons"), "90 - - - | - - - -");
    assert_eq!(column(&derived, "change"), "- - - - | - - - -");
    assert_eq!(column(&derived, "share"), "100 - - - | - - - -");
    assert_eq!(column(&derived, "suppressed"), "- - - - | true true - -");
}

fn moves() -> World {
    let mut world = world();
    let row = |from: &str, to: &str, month: &str, trips: Owned| {
        vec![text(from), text(to), text(month), trips]
    };
    world.values(
        "moves",
        Some("areas"),
        ("from", Some("month"), None, Some(Period::Month)),
        &[("from", Code), ("to", Code), ("month", LogicalType::Month), ("trips", Int)],
        vec![
            row("B", "A", "202610", Owned::Int(3)),
            row("A", "B", "202610", Owned::Int(1)),
            row("10", "20", "202610", Owned::Int(4)),
            row("A", "C", "202609", Owned::Int(9)),
            row("A", "A", "202610", Owned::Int(50)),
            row("A", "nowhere", "202610", Owned::Int(60)),
            row("C", "B", "202610", Owned::Null),
        ],
    );
    world
}

fn movement() -> Flow {
    Flow { dataset: id("moves"), from: name("from"), to: name("to"), between: id("areas") }
}

#[test]
fn a_flow_is_lines_between_places() {
    let world = moves();
    let mut set = over("areas", vec![("trips", sum("moves.trips")), ("rows", count("moves"))]);
    set.columns = vec![name("name")];
    set.time = Some(Period::Month);
    let layer = flow_layer(&movement(), &set);
    let derived = Deriver::new(&world.catalog, &world, []).derive(&layer, Form::Full).unwrap();
    assert_eq!(column(&derived, "from"), "A A B C | A A B C");
    assert_eq!(column(&derived, "to"), "B C A B | B C A B");
    assert_eq!(
        column(&derived, "to_name"),
        "area B area C area A area B | area B area C area A area B"
    );
    assert_eq!(column(&derived, "trips"), "- 9 - - | 5 - 3 -");
    assert_eq!(column(&derived, "rows"), "- 1 - - | 2 - 1 1");
    let Features::Lines(lines) = &derived.features else { panic!() };
    let ends = lines[1].coordinates.iter().flatten();
    let expected = [127.005, 37.505, 127.025, 37.505];
    assert!(ends.zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{lines:?}");
}

#[test]
fn a_missing_column_and_ids_that_are_none_are_named() {
    let mut broken = world();
    let shops = broken.parts.get_mut(&(id("shops"), sources::derive::Part::Features)).unwrap();
    shops.columns.iter_mut().for_each(|column| column.name = column.name.replace("staff", "x"));
    let fault = |world: &World, operation| {
        let layer = layer(&over("areas", vec![("figure", operation)]));
        Deriver::new(&world.catalog, world, []).derive(&layer, Form::Full).unwrap_err()
    };
    let error = fault(&broken, sum("shops.staff"));
    assert!(matches!(&error, DeriveError::NoColumn { column, .. } if column == "staff"), "{error}");
    let error = fault(&broken, count("nothing"));
    assert!(matches!(error, DeriveError::NoDataset { .. }), "{error}");
    let error = fault(&broken, Operation::Scale { of: name("later"), by: 1.0 });
    assert!(matches!(error, DeriveError::Declaration { .. }), "{error}");
    let mut twice = world();
    let areas = twice.parts.get_mut(&(id("areas"), sources::derive::Part::Features)).unwrap();
    areas.rows[0].values[0] = Owned::Int(1);
    let error = fault(&twice, count("shops"));
    assert!(error.to_string().contains("two features have the id 1"), "{error}");
}

fn all_figures() -> sources::catalog::FigureSet {
    let mut set = over(
        "areas",
        vec![
            ("shops", count("shops")),
            ("size", sum("shops.size")),
            ("mean", aggregate(AggregateKind::Mean, "shops.size")),
            ("median", aggregate(AggregateKind::Median, "shops.size")),
            ("most", aggregate(AggregateKind::Most, "shops.kind")),
            ("persons", sum("residents.persons")),
            ("near", Operation::NearestValue(rows("shops.kind"))),
            ("metres", Operation::Nearest(rows("shops"))),
            (
                "within",
                with(AggregateKind::Sum, joined("shops.size", Join::Within { metres: 900.0 })),
            ),
            ("at", Operation::At(rows("areas.name"))),
            ("change", Operation::Change { of: name("persons"), back: 1, percent: true }),
            ("rate", ratio("size", "persons", 1000.0)),
        ],
    );
    set.figures.iter_mut().for_each(|figure| figure.decimals = None);
    set.columns = vec![name("code"), name("name")];
    set.time = Some(Period::Month);
    set.suppress = Some(3);
    set
}

/// Rows come in another order.
fn shuffled(world: &World, seed: u64) -> World {
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
        let shops = world.parts.get_mut(&(id("shops"), sources::derive::Part::Features)).unwrap();
        for (row, size) in shops.rows.iter_mut().zip(sizes) {
            row.values[3] = Owned::Double(size);
        }
        let other = shuffled(&world, seed);
        let set = all_figures();
        for form in [Form::Full, Form::Public] {
            proptest::prop_assert_eq!(world.derive(&set, form), other.derive(&set, form));
        }
        let flow = flow_layer(&movement(), &over("areas", vec![("trips", sum("moves.trips"))]));
        let derive = |world: &World| {
            Deriver::new(&world.catalog, world, []).derive(&flow, Form::Full).unwrap()
        };
        proptest::prop_assert_eq!(derive(&world), derive(&other));
    }
}

#[test]
fn what_is_read_for_many_layers_is_what_is_read_for_one() {
    let world = moves();
    let sets = [
        all_figures(),
        over("areas", vec![("staff", sum("shops.staff"))]),
        over(
            "areas",
            vec![("x", with(AggregateKind::Count, filtered("shops", &[("kind", is("cafe"))])))],
        ),
        over("shops", vec![("persons", Operation::At(rows("residents.persons")))]),
    ];
    let layers: Vec<_> = sets.iter().map(layer).collect();
    let coming = layers.iter().flat_map(|layer| [(layer, Form::Full), (layer, Form::Public)]);
    for memory in [0, usize::MAX] {
        let mut deriver = Deriver::new(&world.catalog, &world, coming.clone()).with_memory(memory);
        for (layer, set) in layers.iter().zip(&sets) {
            for form in [Form::Full, Form::Public] {
                assert_eq!(deriver.derive(layer, form).unwrap(), world.derive(set, form));
            }
        }
    }
}
