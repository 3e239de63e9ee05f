//! A random district, as datasets and as PostGIS tables.

use std::fmt::Write as _;

use catalog::LogicalType;
use data_model::Period;
use data_model::feature::{Geometry, GeometryKind, ShapeKind};
use measures::DatasetPart;

use super::database::ScratchSchema;
use super::test_datasets::{TestDatasets, shown, text};
use super::{OwnedValue, lines, points, polygons};

use LogicalType::{Code, Date, Float, Int, Month};

/// A pseudo-random generator with a fixed seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() * count as f64) as usize
    }

    fn place(&mut self) -> [f64; 2] {
        [127.005 + self.next() * 0.07, 37.525 + self.next() * 0.05]
    }
}

const WIDE: usize = 6;
const HIGH: usize = 4;
const KINDS: [&str; 4] = ["cafe", "bar", "book", "빵집"];

/// A district: areas without gaps, shops, roads, parks; residents by month and sex, a
/// flow between areas.
pub fn world() -> TestDatasets {
    let mut chance = Chance(2026);
    let mut world = TestDatasets::default();
    let corners: Vec<[f64; 2]> = (0..=HIGH)
        .flat_map(|y| (0..=WIDE).map(move |x| (x, y)))
        .map(|(x, y)| {
            let place = |at: usize, of: f64| at as f64 * of;
            [
                127.01 + place(x, 0.01) + chance.next() * 0.004,
                37.53 + place(y, 0.01) + chance.next() * 0.004,
            ]
        })
        .collect();
    let areas = (0..WIDE * HIGH).map(|number| {
        let (x, y) = (number % WIDE, number / WIDE);
        let at = |dx, dy| corners[(y + dy) * (WIDE + 1) + x + dx];
        let ring = [at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)];
        let values = vec![
            OwnedValue::Int(number as i64 + 1),
            text(&format!("1104{:03}", number + 51)),
            text(&format!("1120{:03}000", number + 520)),
            OwnedValue::Int((number as i64 * 37) % 11),
        ];
        (polygons(&[&[&ring]]), values)
    });
    let areas = areas.collect();
    let columns = [("id", Int), ("code", Code), ("other", Code), ("households", Int)];
    world.features("areas", GeometryKind::Polygon, &columns, areas).key =
        vec!["code".to_owned(), "other".to_owned()];

    let shops = (0..900).map(|number| {
        let day = chance.below(660);
        let opened = format!("{}-{:02}-{:02}", 2025 + day / 336, day % 336 / 28 + 1, day % 28 + 1);
        let staff = chance.below(12) as i64;
        let values = vec![
            OwnedValue::Int(number * 2),
            text(KINDS[chance.below(10).min(3)]),
            if staff == 11 { OwnedValue::Null } else { OwnedValue::Int(staff) },
            OwnedValue::Double((chance.next() * 1000.0).round() / 8.0 + 0.05),
            text(&opened),
        ];
        (points(&[chance.place()]), values)
    });
    let shops = shops.collect();
    let columns = [
        ("id", Int),
        ("kind", LogicalType::Enum),
        ("staff", Int),
        ("size", Float),
        ("opened", Date),
    ];
    world.features("shops", GeometryKind::Point, &columns, shops).time = Some("opened".to_owned());

    let roads = (0..80).map(|number| {
        let (a, mut b) = (chance.place(), chance.place());
        b = [a[0] + (b[0] - a[0]) / 4.0, a[1] + (b[1] - a[1]) / 4.0];
        (lines(&[&[a, b]]), vec![OwnedValue::Int(number), OwnedValue::Int(1 + number % 4)])
    });
    let roads = roads.collect();
    world.features("roads", GeometryKind::Line, &[("id", Int), ("lanes", Int)], roads);
    let parks = (0..40).map(|number| {
        let [x, y] = chance.place();
        let (w, h) = (0.0005 + chance.next() * 0.003, 0.0005 + chance.next() * 0.002);
        let ring = [
            [x, y],
            [x + w, y + h / 3.0],
            [x + w * 0.8, y + h],
            [x - w / 4.0, y + h * 0.7],
            [x, y],
        ];
        (polygons(&[&[&ring]]), vec![OwnedValue::Int(number), text(&format!("park {number}"))])
    });
    let parks = parks.collect();
    let columns = [("id", Int), ("name", LogicalType::Text)];
    world.features("parks", GeometryKind::Polygon, &columns, parks);

    let mut values = Vec::new();
    for month in 0..26 {
        // The last area has no residents at all, and another one none in some months.
        for area in 0..WIDE * HIGH - 1 {
            if area == 5 && month % 5 == 0 {
                continue;
            }
            for sex in ["f", "m"] {
                let code = if chance.below(2) == 0 {
                    format!("1104{:03}", area + 51)
                } else {
                    format!("1120{:03}000", area + 520)
                };
                let persons = if chance.below(40) == 0 {
                    OwnedValue::Null
                } else {
                    OwnedValue::Int(chance.below(3000) as i64)
                };
                let month = format!("{}{:02}", 2024 + (month + 8) / 12, (month + 8) % 12 + 1);
                let income = OwnedValue::Double((chance.next() * 1e6).round() / 100.0);
                values.push(vec![text(&code), text(&month), text(sex), persons, income]);
            }
        }
    }
    let columns = [
        ("area", Code),
        ("month", Month),
        ("sex", LogicalType::Enum),
        ("persons", Int),
        ("income", Float),
    ];
    let keys = ("area", Some("month"), None, Some(Period::Month));
    world.values("residents", Some("areas"), keys, &columns, values);

    let moves = (0..400).map(|_| {
        let area = |chance: &mut Chance| text(&format!("1104{:03}", chance.below(8) + 51));
        let month = format!("2026{:02}", chance.below(3) + 8);
        let trips = OwnedValue::Int(chance.below(50) as i64);
        vec![area(&mut chance), area(&mut chance), text(&month), trips]
    });
    let moves = moves.collect();
    let columns = [("from_cd", Code), ("to_cd", Code), ("month", Month), ("trips", Int)];
    let keys = ("from_cd", Some("month"), None, Some(Period::Month));
    world.values("moves", Some("areas"), keys, &columns, moves);
    world
}

fn wkt(geometry: &Geometry) -> Option<String> {
    let part = |part: &[[f64; 2]]| {
        let positions: Vec<String> = part.iter().map(|[x, y]| format!("{x} {y}")).collect();
        format!("({})", positions.join(", "))
    };
    let parts = || geometry.parts().map(part).collect::<Vec<_>>().join(", ");
    Some(match geometry.kind? {
        ShapeKind::Point => format!("POINT{}", part(&geometry.coordinates)),
        ShapeKind::Line => format!("LINESTRING{}", parts()),
        ShapeKind::Polygon => format!("POLYGON({})", parts()),
    })
}

/// Loads the same datasets as tables.
pub fn load(world: &TestDatasets, scratch: &ScratchSchema) {
    for ((dataset, part), stored) in &world.parts {
        let mut sql = format!("CREATE TABLE {dataset} (");
        let located = *part == DatasetPart::Features;
        for column in &stored.columns {
            use data_model::feature::ColumnType;
            let kind = match column.kind {
                ColumnType::Int => "bigint",
                ColumnType::Double => "double precision",
                ColumnType::DateTime => "date",
                _ => "text COLLATE \"C\"",
            };
            write!(sql, "{} {kind}, ", column.name).unwrap();
        }
        write!(sql, "geom geometry); INSERT INTO {dataset} VALUES ").unwrap();
        for (number, row) in stored.rows.iter().enumerate() {
            sql.push_str(if number == 0 { "(" } else { ", (" });
            for value in &row.values {
                match value {
                    OwnedValue::Null => sql.push_str("NULL, "),
                    value => write!(sql, "'{}', ", shown(value.borrow())).unwrap(),
                }
            }
            match wkt(&row.geometry).filter(|_| located) {
                Some(wkt) => write!(sql, "ST_GeomFromText('{wkt}', 4326))").unwrap(),
                None => sql.push_str("NULL)"),
            }
        }
        scratch.sql(&sql);
    }
    scratch.sql(
        "ALTER TABLE areas ADD geog geography; UPDATE areas SET geog = geom::geography;
        ALTER TABLE shops ADD geog geography; UPDATE shops SET geog = geom::geography;
        ALTER TABLE roads ADD geog geography; UPDATE roads SET geog = geom::geography;
        ALTER TABLE parks ADD geog geography; UPDATE parks SET geog = geom::geography;
        CREATE VIEW persons AS SELECT a.id, r.month, r.sex, r.persons, r.income
            FROM residents r JOIN areas a ON r.area IN (a.code, a.other);
        CREATE VIEW monthly AS SELECT id, month, sum(persons) AS v FROM persons GROUP BY 1, 2",
    );
}
