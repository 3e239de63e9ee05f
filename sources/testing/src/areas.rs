//! Four areas with shops and residents, small enough to check every measure by hand.

use catalog::{FlowDefinition, LogicalType};
use data_model::Period;
use data_model::feature::GeometryKind;

use super::test_datasets::{TestDatasets, id, text};
use super::{OwnedValue, points, polygons};

use LogicalType::{Code, Date, Float, Int};

/// The south-western corner of the areas, which are 0.01° wide each.
pub const CORNER: [f64; 2] = [127.0, 37.5];

pub fn square(west: f64, south: f64, size: f64) -> data_model::feature::Geometry {
    let (east, north) = (west + size, south + size);
    polygons(&[&[&[[west, south], [east, south], [east, north], [west, north], [west, south]]]])
}

/// Four areas side by side, A to D; shops in A and B; residents of A to C by month.
pub fn world() -> TestDatasets {
    let mut world = TestDatasets::default();
    let area = |number: i64, code: &str, other: &str, households: OwnedValue| {
        let west = CORNER[0] + 0.01 * (number - 1) as f64;
        (
            square(west, CORNER[1], 0.01),
            vec![
                OwnedValue::Int(number),
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
                area(3, "C", "30", OwnedValue::Int(30)),
                area(1, "A", "10", OwnedValue::Int(10)),
                area(4, "D", "40", OwnedValue::Null),
                area(2, "B", "20", OwnedValue::Int(0)),
            ],
        )
        .key = vec!["code".to_owned(), "other".to_owned()];
    let shop = |number: i64,
                x: f64,
                kind: &str,
                staff: OwnedValue,
                size: f64,
                opened: &str,
                area: &str| {
        (
            points(&[[CORNER[0] + x, CORNER[1] + 0.005]]),
            vec![
                OwnedValue::Int(number),
                if kind.is_empty() { OwnedValue::Null } else { text(kind) },
                staff,
                OwnedValue::Double(size),
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
            shop(1, 0.001, "cafe", OwnedValue::Int(2), 0.1, "2026-08-03", "A"),
            shop(2, 0.002, "cafe", OwnedValue::Int(4), 0.2, "2026-08-31", "10"),
            shop(3, 0.003, "bar", OwnedValue::Null, 0.3, "2026-09-01", "C"),
            shop(4, 0.004, "bar", OwnedValue::Int(9), 0.7, "2026-10-01", "C"),
            shop(5, 0.012, "", OwnedValue::Null, 1.5, "2026-10-02", "nowhere"),
            // On the border between A and B.
            shop(6, 0.01, "book", OwnedValue::Int(1), 2.0, "2025-09-30", "B"),
            // Outside of all areas.
            shop(7, 0.5, "cafe", OwnedValue::Int(100), 9.0, "2026-10-02", "B"),
        ],
    );
    shops.time = Some("opened".to_owned());
    let row = |area: &str, month: &str, persons: OwnedValue, sex: &str| {
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
            row("A", "202609", OwnedValue::Int(50), "f"),
            row("10", "202609", OwnedValue::Int(40), "m"),
            row("A", "202610", OwnedValue::Int(60), "f"),
            row("A", "202610", OwnedValue::Int(40), "m"),
            row("20", "202610", OwnedValue::Int(7), "f"),
            row("C", "202610", OwnedValue::Null, "f"),
            row("nowhere", "202610", OwnedValue::Int(1000), "f"),
        ],
    );
    world
}

pub fn name(name: &str) -> String {
    name.to_owned()
}

pub fn moves() -> TestDatasets {
    let mut world = world();
    let row = |from: &str, to: &str, month: &str, trips: OwnedValue| {
        vec![text(from), text(to), text(month), trips]
    };
    world.values(
        "moves",
        Some("areas"),
        ("from", Some("month"), None, Some(Period::Month)),
        &[("from", Code), ("to", Code), ("month", LogicalType::Month), ("trips", Int)],
        vec![
            row("B", "A", "202610", OwnedValue::Int(3)),
            row("A", "B", "202610", OwnedValue::Int(1)),
            row("10", "20", "202610", OwnedValue::Int(4)),
            row("A", "C", "202609", OwnedValue::Int(9)),
            row("A", "A", "202610", OwnedValue::Int(50)),
            row("A", "nowhere", "202610", OwnedValue::Int(60)),
            row("C", "B", "202610", OwnedValue::Null),
        ],
    );
    world
}

pub fn movement() -> FlowDefinition {
    FlowDefinition {
        dataset: id("moves"),
        from: name("from"),
        to: name("to"),
        between: id("areas"),
    }
}
