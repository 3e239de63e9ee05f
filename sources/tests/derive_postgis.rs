//! Measures beside the same questions asked in SQL of PostGIS, value for value.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sources::catalog::{
    AggregateKind, Condition, FigureSet, Flow, IndexPart, Join, LogicalType, Operation, Period,
    PrivacyRule, Rows, Scalar, Text,
};
use sources::derive::{Derived, Deriver, Features, Form, Part};
use sources::feature::{Geometry, GeometryKind, ShapeKind};
use support::database::{Scratch, scratch};
use support::derive::{
    World, aggregate, count, filtered, flow_layer, id, is, joined, over, ratio, rows, shown, sum,
    text, with,
};
use support::{Owned, lines, points, polygons};

use LogicalType::{Code, Date, Float, Int, Month};

/// Numbers that look like chance and are the same every time.
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
fn world() -> World {
    let mut chance = Chance(2026);
    let mut world = World::default();
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
            Owned::Int(number as i64 + 1),
            text(&format!("1104{:03}", number + 51)),
            text(&format!("1120{:03}000", number + 520)),
            Owned::Int((number as i64 * 37) % 11),
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
            Owned::Int(number * 2),
            text(KINDS[chance.below(10).min(3)]),
            if staff == 11 { Owned::Null } else { Owned::Int(staff) },
            Owned::Double((chance.next() * 1000.0).round() / 8.0 + 0.05),
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
        (lines(&[&[a, b]]), vec![Owned::Int(number), Owned::Int(1 + number % 4)])
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
        (polygons(&[&[&ring]]), vec![Owned::Int(number), text(&format!("park {number}"))])
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
                    Owned::Null
                } else {
                    Owned::Int(chance.below(3000) as i64)
                };
                let month = format!("{}{:02}", 2024 + (month + 8) / 12, (month + 8) % 12 + 1);
                let income = Owned::Double((chance.next() * 1e6).round() / 100.0);
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
        let trips = Owned::Int(chance.below(50) as i64);
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

/// The same datasets as tables.
fn load(world: &World, scratch: &Scratch) {
    for ((dataset, part), stored) in &world.parts {
        let mut sql = format!("CREATE TABLE {dataset} (");
        let located = *part == Part::Features;
        for column in &stored.columns {
            use sources::feature::ColumnType;
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
                    Owned::Null => sql.push_str("NULL, "),
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

/// Values by slice and feature.
type Answers = BTreeMap<(String, u64), Option<String>>;

fn answers(derived: &Derived) -> Answers {
    let at = derived.columns.iter().position(|column| column.name == "v").unwrap();
    let Features::Of { ids, .. } = &derived.features else { panic!("lines") };
    let mut answers = Answers::new();
    for (slice, label) in derived.slices.iter().enumerate() {
        for (&feature, &value) in ids.iter().zip(derived.values[at].of_slice(slice)) {
            let value = (value != 0).then(|| shown(derived.dictionary.value(value)));
            answers.insert((label.to_string(), feature), value);
        }
    }
    answers
}

/// One question in both languages: the figure `v`, and rows of slice, id and value.
struct Question {
    name: &'static str,
    set: FigureSet,
    sql: String,
    /// How far apart two numbers may be.
    within: f64,
}

fn compare(world: &World, scratch: &Scratch, question: &Question) -> Result<(), String> {
    let ours = answers(&world.derive(&question.set, Form::Full));
    let rows = scratch.rows(&question.sql);
    let theirs: Answers = rows
        .iter()
        .map(|row| {
            let feature: i64 = row.get(1);
            ((row.get::<_, String>(0), feature as u64), row.get::<_, Option<String>>(2))
        })
        .collect();
    if ours.len() != theirs.len() {
        return Err(format!("{} answers, and {} from PostGIS", ours.len(), theirs.len()));
    }
    let mut known = 0;
    for ((place, ours), (their_place, theirs)) in ours.iter().zip(&theirs) {
        let number = |text: &String| text.parse::<f64>().ok();
        let equal = match (ours, theirs) {
            (Some(ours), Some(theirs)) => match (number(ours), number(theirs)) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() <= question.within,
                _ => ours == theirs,
            },
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if place != their_place || !equal {
            return Err(format!("{place:?}: {ours:?}, and {their_place:?}: {theirs:?}"));
        }
        known += usize::from(ours.is_some());
    }
    // A question to which there is no answer proves nothing.
    if known * 4 < ours.len() { Err(format!("{known} of {}", ours.len())) } else { Ok(()) }
}

fn name(name: &str) -> String {
    name.to_owned()
}

fn set(dataset: &str, decimals: u8, figures: Vec<(&str, Operation)>) -> FigureSet {
    let mut set = over(dataset, figures);
    set.figures.last_mut().unwrap().decimals = Some(decimals);
    set
}

fn monthly(mut set: FigureSet) -> FigureSet {
    set.time = Some(Period::Month);
    set
}

/// Rows that lie in an area, and what is asked of them.
fn inside(what: &str) -> String {
    format!(
        "SELECT '', a.id, ({what})::text FROM areas a LEFT JOIN shops s
        ON ST_Contains(a.geom, s.geom) GROUP BY a.id"
    )
}

const MONTHS: &str = "(SELECT DISTINCT month FROM residents)";

fn labelled(what: &str) -> String {
    // Each month and area, and `m`, the figures of the area in that month.
    format!(
        "SELECT left(t.month, 4) || '-' || right(t.month, 2), a.id, ({what})::text
        FROM {MONTHS} t CROSS JOIN areas a LEFT JOIN monthly m ON m.id = a.id AND m.month = t.month"
    )
}

fn questions() -> Vec<Question> {
    let ask = |name, set, sql: String| Question { name, set, sql, within: 0.0 };
    let metres = |name, set, sql: &str| Question { name, set, sql: sql.to_owned(), within: 0.01 };
    let cafes = || filtered("shops", &[("kind", is("cafe"))]);
    let mut weighted = aggregate(AggregateKind::Mean, "shops.size");
    if let Operation::Aggregate(aggregate) = &mut weighted {
        aggregate.weight = Some(name("staff"));
    }
    let persons = || ("persons", sum("residents.persons"));
    let newest = "(SELECT v FROM monthly m WHERE m.id = a.id AND m.month = '202610')";
    vec![
        ask("count inside", set("areas", 0, vec![("v", count("shops"))]), inside("count(s.id)")),
        ask(
            "count of some inside",
            set("areas", 0, vec![("v", with(AggregateKind::Count, cafes()))]),
            inside("count(s.id) FILTER (WHERE kind = 'cafe')"),
        ),
        ask(
            "sum inside",
            set("areas", 0, vec![("v", with(AggregateKind::Sum, filtered("shops.staff", &[
                ("kind", Condition::In(vec![Scalar::Text(name("bar")), Scalar::Text(name("빵집"))])),
                ("size", Condition::Between(sources::catalog::Span { from: Some(Scalar::Int(20)), to: None })),
            ])))]),
            inside(
                "CASE WHEN count(*) FILTER (WHERE kind IN ('bar', '빵집') AND size >= 20) = 0 THEN 0
                ELSE sum(staff) FILTER (WHERE kind IN ('bar', '빵집') AND size >= 20) END",
            ),
        ),
        ask(
            "sum of doubles",
            set("areas", 3, vec![("v", sum("shops.size"))]),
            inside("round(coalesce(sum(size::numeric), 0), 3)"),
        ),
        ask(
            "mean",
            set("areas", 3, vec![("v", aggregate(AggregateKind::Mean, "shops.size"))]),
            inside("round(avg(size::numeric), 3)"),
        ),
        ask(
            "weighted mean",
            set("areas", 2, vec![("v", weighted)]),
            inside("round(sum(size::numeric * staff) / nullif(sum(staff) FILTER (WHERE size IS NOT NULL), 0), 2)"),
        ),
        ask(
            "median",
            set("areas", 4, vec![("v", aggregate(AggregateKind::Median, "shops.size"))]),
            inside("round((percentile_cont(0.5) WITHIN GROUP (ORDER BY size))::numeric, 4)"),
        ),
        ask(
            "minimum",
            set("areas", 2, vec![("v", aggregate(AggregateKind::Min, "shops.size"))]),
            inside("round(min(size)::numeric, 2)"),
        ),
        ask(
            "maximum",
            set("areas", 0, vec![("v", aggregate(AggregateKind::Max, "shops.staff"))]),
            inside("max(staff)"),
        ),
        ask(
            "most frequent",
            set("areas", 0, vec![("v", aggregate(AggregateKind::Most, "shops.kind"))]),
            inside("mode() WITHIN GROUP (ORDER BY kind)"),
        ),
        ask(
            "count of polygons",
            set("areas", 0, vec![("v", count("parks"))]),
            "SELECT '', a.id, count(p.id)::text FROM areas a LEFT JOIN parks p
            ON ST_Contains(a.geom, ST_Centroid(p.geom)) GROUP BY a.id"
                .to_owned(),
        ),
        ask(
            "mean of lines",
            set("areas", 3, vec![("v", aggregate(AggregateKind::Mean, "roads.lanes"))]),
            "SELECT '', a.id, round(avg(r.lanes), 3)::text FROM areas a LEFT JOIN roads r
            ON ST_Contains(a.geom, ST_LineInterpolatePoint(r.geom, 0.5)) GROUP BY a.id"
                .to_owned(),
        ),
        ask(
            "by key, newest",
            set("areas", 0, vec![("v", sum("residents.persons"))]),
            format!("SELECT '', a.id, {newest}::text FROM areas a"),
        ),
        ask(
            "by thousand",
            set("areas", 2, vec![persons(), ("shops", count("shops")), ("v", ratio("shops", "persons", 1000.0))]),
            format!(
                "SELECT '', a.id, round(1000 * (SELECT count(*) FROM shops s
                WHERE ST_Contains(a.geom, s.geom)) / nullif({newest}, 0), 2)::text FROM areas a"
            ),
        ),
        ask(
            "by own",
            set("areas", 2, vec![persons(), ("own", Operation::Own(name("households"))), ("v", ratio("persons", "own", 1.0))]),
            format!("SELECT '', a.id, round({newest} / nullif(households, 0), 2)::text FROM areas a"),
        ),
        ask(
            "share of total",
            set("areas", 3, vec![persons(), ("v", Operation::ShareOfTotal(name("persons")))]),
            format!("SELECT '', a.id, round(100 * {newest} / sum({newest}) OVER (), 3)::text FROM areas a"),
        ),
        ask(
            "density",
            set("areas", 1, vec![("shops", count("shops")), ("v", Operation::PerKm2(name("shops")))]),
            inside("round((count(s.id) / (ST_Area((SELECT geog FROM areas b WHERE b.id = a.id)) / 1e6))::numeric, 1)"),
        ),
        ask(
            "index",
            set("areas", 2, vec![persons(), ("shops", count("shops")), ("v", Operation::Index(vec![
                IndexPart { of: name("persons"), weight: 2.0, invert: false },
                IndexPart { of: name("shops"), weight: 3.0, invert: true },
            ]))]),
            format!(
                "WITH f AS (SELECT a.id, {newest}::float8 AS p, (SELECT count(*) FROM shops s
                WHERE ST_Contains(a.geom, s.geom))::float8 AS s FROM areas a)
                SELECT '', id, round(((2 * 100 * (p - min(p) OVER ()) / (max(p) OVER () - min(p) OVER ())
                + 3 * (100 - 100 * (s - min(s) OVER ()) / (max(s) OVER () - min(s) OVER ()))) / 5)::numeric, 2)::text FROM f"
            ),
        ),
        ask(
            "class",
            set("areas", 0, vec![("shops", count("shops")), ("v", Operation::Class {
                of: name("shops"),
                breaks: vec![20.0, 30.0],
                titles: ["few", "some", "many"].map(Text::same).to_vec(),
            })]),
            inside("(ARRAY['few', 'some', 'many'])[width_bucket(count(s.id), ARRAY[20, 30]::bigint[]) + 1]"),
        ),
        ask(
            "by month",
            monthly(set("areas", 0, vec![("v", sum("residents.persons"))])),
            labelled("m.v"),
        ),
        ask(
            "mean by month of some",
            monthly(set("areas", 3, vec![("v", with(AggregateKind::Mean, filtered("residents.income", &[("sex", is("f"))])))])),
            labelled("SELECT round(avg(income::numeric), 3) FROM persons p WHERE p.id = a.id AND p.month = t.month AND sex = 'f'"),
        ),
        ask(
            "change in a year",
            monthly(set("areas", 2, vec![persons(), ("v", Operation::Change { of: name("persons"), back: 12, percent: true })])),
            format!(
                "WITH m AS (SELECT t.month, a.id, m.v FROM {MONTHS} t CROSS JOIN areas a
                LEFT JOIN monthly m ON m.id = a.id AND m.month = t.month)
                SELECT left(month, 4) || '-' || right(month, 2), id, round(100 * (v - lag(v, 12) OVER w)
                / nullif(lag(v, 12) OVER w, 0), 2)::text FROM m WINDOW w AS (PARTITION BY id ORDER BY month)"
            ),
        ),
        ask(
            "events by month",
            monthly(set("areas", 0, vec![("v", count("shops"))])),
            "SELECT to_char(t.month, 'YYYY-MM'), a.id, count(s.id)::text
            FROM (SELECT DISTINCT date_trunc('month', opened) AS month FROM shops) t CROSS JOIN areas a
            LEFT JOIN shops s ON ST_Contains(a.geom, s.geom) AND date_trunc('month', s.opened) = t.month
            GROUP BY 1, 2"
                .to_owned(),
        ),
        ask(
            "events of three months",
            monthly(set("areas", 0, vec![("v", with(AggregateKind::Count, Rows { last_months: Some(3), ..rows("shops") }))])),
            "SELECT to_char(t.month, 'YYYY-MM'), a.id, count(s.id)::text
            FROM (SELECT DISTINCT date_trunc('month', opened) AS month FROM shops) t CROSS JOIN areas a
            LEFT JOIN shops s ON ST_Contains(a.geom, s.geom) AND s.opened >= t.month - interval '2 months'
            AND s.opened < t.month + interval '1 month' GROUP BY 1, 2"
                .to_owned(),
        ),
        ask(
            "points within of polygons",
            set("parks", 0, vec![("v", with(AggregateKind::Count, joined("shops", Join::Within { metres: 300.0 })))]),
            "SELECT '', p.id, count(s.id)::text FROM parks p LEFT JOIN shops s
            ON ST_DWithin(p.geog, s.geog, 300) GROUP BY p.id"
                .to_owned(),
        ),
        ask(
            "lines within of points",
            set("shops", 0, vec![("v", with(AggregateKind::Sum, joined("roads.lanes", Join::Within { metres: 250.0 })))]),
            "SELECT '', s.id, coalesce(sum(r.lanes), 0)::text FROM shops s LEFT JOIN roads r
            ON ST_DWithin(r.geog, s.geog, 250) GROUP BY s.id"
                .to_owned(),
        ),
        ask(
            "polygons within of lines",
            set("roads", 0, vec![("v", with(AggregateKind::Count, joined("parks", Join::Within { metres: 400.0 })))]),
            "SELECT '', r.id, count(p.id)::text FROM roads r LEFT JOIN parks p
            ON ST_DWithin(r.geog, p.geog, 400) GROUP BY r.id"
                .to_owned(),
        ),
        metres(
            "nearest point of polygons",
            set("parks", 3, vec![("v", Operation::Nearest(cafes()))]),
            "SELECT '', p.id, min(ST_Distance(p.geog, s.geog))::text FROM parks p, shops s
            WHERE kind = 'cafe' GROUP BY p.id",
        ),
        metres(
            "nearest line of points",
            set("shops", 3, vec![("v", Operation::Nearest(rows("roads")))]),
            "SELECT '', s.id, min(ST_Distance(r.geog, s.geog))::text FROM shops s, roads r GROUP BY s.id",
        ),
        metres(
            "nearest polygon of points",
            set("shops", 3, vec![("v", Operation::Nearest(rows("parks")))]),
            "SELECT '', s.id, min(ST_Distance(p.geog, s.geog))::text FROM shops s, parks p GROUP BY s.id",
        ),
        metres(
            "nearest polygon of lines",
            set("roads", 3, vec![("v", Operation::Nearest(rows("parks")))]),
            "SELECT '', r.id, min(ST_Distance(p.geog, r.geog))::text FROM roads r, parks p GROUP BY r.id",
        ),
        metres(
            "nearest other point",
            set("shops", 3, vec![("v", Operation::Nearest(rows("shops")))]),
            "SELECT '', s.id, min(ST_Distance(t.geog, s.geog))::text FROM shops s, shops t
            WHERE s.id <> t.id GROUP BY s.id",
        ),
        ask(
            "value of the nearest",
            set("shops", 0, vec![("v", Operation::NearestValue(rows("parks.name")))]),
            "SELECT '', s.id, (SELECT p.name FROM parks p ORDER BY ST_Distance(p.geog, s.geog), p.id LIMIT 1)
            FROM shops s"
                .to_owned(),
        ),
        ask(
            "value at a point",
            set("shops", 0, vec![("v", Operation::At(rows("areas.code")))]),
            "SELECT '', s.id, a.code FROM shops s LEFT JOIN areas a ON ST_Contains(a.geom, s.geom)".to_owned(),
        ),
        ask(
            "values at a point by month",
            monthly(set("shops", 1, vec![("v", Operation::At(rows("residents.persons")))])),
            format!(
                "SELECT left(t.month, 4) || '-' || right(t.month, 2), s.id, round(avg(p.persons), 1)::text
                FROM shops s CROSS JOIN {MONTHS} t LEFT JOIN areas a ON ST_Contains(a.geom, s.geom)
                LEFT JOIN persons p ON p.id = a.id AND p.month = t.month GROUP BY 1, 2"
            ),
        ),
        ask(
            "values by place",
            set("parks", 0, vec![("v", with(AggregateKind::Sum, joined("residents.persons", Join::Within { metres: 500.0 })))]),
            // Areas that tell nothing make it unknown; without areas it is zero.
            "SELECT '', k.id, (CASE WHEN count(a.id) = 0 THEN 0 ELSE sum(p.persons) END)::text FROM parks k
            LEFT JOIN areas a ON ST_DWithin(a.geog, k.geog, 500)
            LEFT JOIN persons p ON p.id = a.id AND p.month = '202610' GROUP BY k.id"
                .to_owned(),
        ),
    ]
}

#[test]
fn measures_are_what_postgis_says() {
    let Some(scratch) = scratch("measures_are_what_postgis_says") else { return };
    let world = world();
    load(&world, &scratch);
    let questions = questions();
    assert!(questions.len() >= 15);
    let mut faults = String::new();
    for question in &questions {
        if let Err(fault) = compare(&world, &scratch, question) {
            writeln!(faults, "{}: {fault}", question.name).unwrap();
        }
    }
    assert!(faults.is_empty(), "of {}:\n{faults}", questions.len());
}

#[test]
fn a_flow_is_what_postgis_says() {
    let Some(scratch) = scratch("a_flow_is_what_postgis_says") else { return };
    let world = world();
    load(&world, &scratch);
    let flow = Flow {
        dataset: id("moves"),
        from: name("from_cd"),
        to: name("to_cd"),
        between: id("areas"),
    };
    let set = monthly(over("areas", vec![("v", sum("moves.trips"))]));
    let layer = flow_layer(&flow, &set);
    let derived = Deriver::new(&world.catalog, &world, []).derive(&layer, Form::Full).unwrap();
    let mut ours = Vec::new();
    for (slice, label) in derived.slices.iter().enumerate() {
        let values: Vec<Vec<String>> = derived
            .values
            .iter()
            .map(|values| {
                values
                    .of_slice(slice)
                    .iter()
                    .map(|&id| shown(derived.dictionary.value(id)))
                    .collect()
            })
            .collect();
        for ((from, to), trips) in values[0].iter().zip(&values[1]).zip(&values[2]) {
            if trips != "-" {
                ours.push([label.to_string(), from.clone(), to.clone(), trips.clone()]);
            }
        }
    }
    let rows = scratch.rows(
        "SELECT left(month, 4) || '-' || right(month, 2), from_cd, to_cd, sum(trips)::text
        FROM moves WHERE from_cd <> to_cd GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    );
    let theirs: Vec<[String; 4]> =
        rows.iter().map(|row| std::array::from_fn(|at| row.get(at))).collect();
    assert!(theirs.len() > 100);
    assert_eq!(ours, theirs);
    // Lines join the centres of the areas.
    let Features::Lines(lines) = &derived.features else { panic!() };
    let centres = scratch.rows(
        "SELECT ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM areas WHERE code = '1104051'",
    );
    let centre: [f64; 2] = [centres[0].get(0), centres[0].get(1)];
    let from = lines[0].coordinates[0];
    assert!((from[0] - centre[0]).abs() < 1e-9 && (from[1] - centre[1]).abs() < 1e-9);
}

#[test]
fn suppression_is_what_postgis_says() {
    let Some(scratch) = scratch("suppression_is_what_postgis_says") else { return };
    let mut world = world();
    load(&world, &scratch);
    world.dataset("shops").privacy = vec![PrivacyRule::Suppress { below: 8 }];
    let set = set(
        "areas",
        0,
        vec![("v", with(AggregateKind::Count, filtered("shops", &[("kind", is("bar"))])))],
    );
    let ours = answers(&world.derive(&set, Form::Public));
    let rows = scratch.rows(
        "WITH c AS (SELECT a.id, count(s.id) FILTER (WHERE kind = 'bar') AS n FROM areas a
            LEFT JOIN shops s ON ST_Contains(a.geom, s.geom) GROUP BY a.id),
        p AS (SELECT *, n > 0 AND n < 8 AS small FROM c),
        q AS (SELECT *, count(*) FILTER (WHERE small) OVER () AS smalls,
            row_number() OVER (PARTITION BY small ORDER BY n = 0, n, id) AS place FROM p)
        SELECT id, CASE WHEN small OR smalls = 1 AND NOT small AND place = 1 THEN NULL ELSE n::text END FROM q",
    );
    let theirs: Answers = rows
        .iter()
        .map(|row| ((String::new(), row.get::<_, i64>(0) as u64), row.get::<_, Option<String>>(1)))
        .collect();
    assert_eq!(ours, theirs);
    assert!(ours.values().any(Option::is_none) && ours.values().any(Option::is_some));
}
