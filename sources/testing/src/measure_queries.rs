//! Queries to the measure engine, with equivalent queries in SQL.

use catalog::{
    AggregateKind, ColumnCondition, IndexPart, JoinedRows, LocalizedText, MeasureOperation,
    MeasureSet, RowJoin, ScalarValue,
};
use data_model::Period;

use super::areas::name;
use super::test_datasets::{aggregate, count, filtered, is, joined, over, ratio, rows, sum, with};

/// One query in both forms: the measure `v`, and SQL rows of slice, id and value.
pub struct MeasureQuery {
    pub name: &'static str,
    pub set: MeasureSet,
    pub sql: String,
    /// Tolerance of numbers.
    pub within: f64,
}

pub fn set(dataset: &str, decimals: u8, measures: Vec<(&str, MeasureOperation)>) -> MeasureSet {
    let mut set = over(dataset, measures);
    set.measures.last_mut().unwrap().decimals = Some(decimals);
    set
}

pub fn monthly(mut set: MeasureSet) -> MeasureSet {
    set.period = Some(Period::Month);
    set
}

/// SQL that aggregates the shops in each area by the expression `what`.
fn inside(what: &str) -> String {
    format!(
        "SELECT '', a.id, ({what})::text FROM areas a LEFT JOIN shops s
        ON ST_Contains(a.geom, s.geom) GROUP BY a.id"
    )
}

const MONTHS: &str = "(SELECT DISTINCT month FROM residents)";

fn labelled(what: &str) -> String {
    // Each month and area, and `m`, the measures of the area in that month.
    format!(
        "SELECT left(t.month, 4) || '-' || right(t.month, 2), a.id, ({what})::text
        FROM {MONTHS} t CROSS JOIN areas a LEFT JOIN monthly m ON m.id = a.id AND m.month = t.month"
    )
}

pub fn measure_queries() -> Vec<MeasureQuery> {
    let ask = |name, set, sql: String| MeasureQuery { name, set, sql, within: 0.0 };
    let metres =
        |name, set, sql: &str| MeasureQuery { name, set, sql: sql.to_owned(), within: 0.01 };
    let cafes = || filtered("shops", &[("kind", is("cafe"))]);
    let mut weighted = aggregate(AggregateKind::Mean, "shops.size");
    if let MeasureOperation::Aggregate(aggregate) = &mut weighted {
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
                ("kind", ColumnCondition::In(vec![ScalarValue::Text(name("bar")), ScalarValue::Text(name("빵집"))])),
                ("size", ColumnCondition::Between(catalog::ValueRange { from: Some(ScalarValue::Int(20)), to: None })),
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
            set("areas", 0, vec![("v", aggregate(AggregateKind::MostFrequent, "shops.kind"))]),
            inside("mode() WITHIN GROUP (ORDER BY kind)"),
        ),
        ask(
            "count of polygons",
            set("areas", 0, vec![("v", count("parks"))]),
            // A polygon belongs to the area with which it has most in common.
            "WITH shares AS (SELECT p.id AS park, a.id AS area,
                ST_Area(ST_Intersection(p.geom, a.geom)) AS share
                FROM parks p JOIN areas a ON ST_Intersects(p.geom, a.geom)),
            best AS (SELECT DISTINCT ON (park) park, area FROM shares WHERE share > 0
                ORDER BY park, share DESC, area)
            SELECT '', a.id, count(park)::text FROM areas a LEFT JOIN best ON area = a.id
            GROUP BY a.id"
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
            set("areas", 2, vec![persons(), ("own", MeasureOperation::CarrierColumn(name("households"))), ("v", ratio("persons", "own", 1.0))]),
            format!("SELECT '', a.id, round({newest} / nullif(households, 0), 2)::text FROM areas a"),
        ),
        ask(
            "share of total",
            set("areas", 3, vec![persons(), ("v", MeasureOperation::ShareOfTotal(name("persons")))]),
            format!("SELECT '', a.id, round(100 * {newest} / sum({newest}) OVER (), 3)::text FROM areas a"),
        ),
        ask(
            "density",
            set("areas", 1, vec![("shops", count("shops")), ("v", MeasureOperation::PerKm2(name("shops")))]),
            inside("round((count(s.id) / (ST_Area((SELECT geog FROM areas b WHERE b.id = a.id)) / 1e6))::numeric, 1)"),
        ),
        ask(
            "index",
            set("areas", 2, vec![persons(), ("shops", count("shops")), ("v", MeasureOperation::Index(vec![
                IndexPart { measure: name("persons"), weight: 2.0, invert: false },
                IndexPart { measure: name("shops"), weight: 3.0, invert: true },
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
            set("areas", 0, vec![("shops", count("shops")), ("v", MeasureOperation::Class {
                of: name("shops"),
                breaks: vec![20.0, 30.0],
                titles: ["few", "some", "many"].map(LocalizedText::same).to_vec(),
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
            monthly(set("areas", 2, vec![persons(), ("v", MeasureOperation::Change { of: name("persons"), back: 12, percent: true })])),
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
            monthly(set("areas", 0, vec![("v", with(AggregateKind::Count, JoinedRows { last_months: Some(3), ..rows("shops") }))])),
            "SELECT to_char(t.month, 'YYYY-MM'), a.id, count(s.id)::text
            FROM (SELECT DISTINCT date_trunc('month', opened) AS month FROM shops) t CROSS JOIN areas a
            LEFT JOIN shops s ON ST_Contains(a.geom, s.geom) AND s.opened >= t.month - interval '2 months'
            AND s.opened < t.month + interval '1 month' GROUP BY 1, 2"
                .to_owned(),
        ),
        ask(
            "points within of polygons",
            set("parks", 0, vec![("v", with(AggregateKind::Count, joined("shops", RowJoin::Within { metres: 300.0 })))]),
            "SELECT '', p.id, count(s.id)::text FROM parks p LEFT JOIN shops s
            ON ST_DWithin(p.geog, s.geog, 300) GROUP BY p.id"
                .to_owned(),
        ),
        ask(
            "lines within of points",
            set("shops", 0, vec![("v", with(AggregateKind::Sum, joined("roads.lanes", RowJoin::Within { metres: 250.0 })))]),
            "SELECT '', s.id, coalesce(sum(r.lanes), 0)::text FROM shops s LEFT JOIN roads r
            ON ST_DWithin(r.geog, s.geog, 250) GROUP BY s.id"
                .to_owned(),
        ),
        ask(
            "polygons within of lines",
            set("roads", 0, vec![("v", with(AggregateKind::Count, joined("parks", RowJoin::Within { metres: 400.0 })))]),
            "SELECT '', r.id, count(p.id)::text FROM roads r LEFT JOIN parks p
            ON ST_DWithin(r.geog, p.geog, 400) GROUP BY r.id"
                .to_owned(),
        ),
        metres(
            "nearest point of polygons",
            set("parks", 3, vec![("v", MeasureOperation::Nearest(cafes()))]),
            "SELECT '', p.id, min(ST_Distance(p.geog, s.geog))::text FROM parks p, shops s
            WHERE kind = 'cafe' GROUP BY p.id",
        ),
        metres(
            "nearest line of points",
            set("shops", 3, vec![("v", MeasureOperation::Nearest(rows("roads")))]),
            "SELECT '', s.id, min(ST_Distance(r.geog, s.geog))::text FROM shops s, roads r GROUP BY s.id",
        ),
        metres(
            "nearest polygon of points",
            set("shops", 3, vec![("v", MeasureOperation::Nearest(rows("parks")))]),
            "SELECT '', s.id, min(ST_Distance(p.geog, s.geog))::text FROM shops s, parks p GROUP BY s.id",
        ),
        metres(
            "nearest polygon of lines",
            set("roads", 3, vec![("v", MeasureOperation::Nearest(rows("parks")))]),
            "SELECT '', r.id, min(ST_Distance(p.geog, r.geog))::text FROM roads r, parks p GROUP BY r.id",
        ),
        metres(
            "nearest other point",
            set("shops", 3, vec![("v", MeasureOperation::Nearest(rows("shops")))]),
            "SELECT '', s.id, min(ST_Distance(t.geog, s.geog))::text FROM shops s, shops t
            WHERE s.id <> t.id GROUP BY s.id",
        ),
        ask(
            "value of the nearest",
            set("shops", 0, vec![("v", MeasureOperation::NearestValue(rows("parks.name")))]),
            "SELECT '', s.id, (SELECT p.name FROM parks p ORDER BY ST_Distance(p.geog, s.geog), p.id LIMIT 1)
            FROM shops s"
                .to_owned(),
        ),
        ask(
            "value at a point",
            set("shops", 0, vec![("v", MeasureOperation::ContainingValue(rows("areas.code")))]),
            "SELECT '', s.id, a.code FROM shops s LEFT JOIN areas a ON ST_Contains(a.geom, s.geom)".to_owned(),
        ),
        ask(
            "values at a point by month",
            monthly(set("shops", 1, vec![("v", MeasureOperation::ContainingValue(rows("residents.persons")))])),
            format!(
                "SELECT left(t.month, 4) || '-' || right(t.month, 2), s.id, round(avg(p.persons), 1)::text
                FROM shops s CROSS JOIN {MONTHS} t LEFT JOIN areas a ON ST_Contains(a.geom, s.geom)
                LEFT JOIN persons p ON p.id = a.id AND p.month = t.month GROUP BY 1, 2"
            ),
        ),
        ask(
            "values by place",
            set("parks", 0, vec![("v", with(AggregateKind::Sum, joined("residents.persons", RowJoin::Within { metres: 500.0 })))]),
            // Areas that tell nothing make it unknown; without areas it is zero.
            "SELECT '', k.id, (CASE WHEN count(a.id) = 0 THEN 0 ELSE sum(p.persons) END)::text FROM parks k
            LEFT JOIN areas a ON ST_DWithin(a.geog, k.geog, 500)
            LEFT JOIN persons p ON p.id = a.id AND p.month = '202610' GROUP BY k.id"
                .to_owned(),
        ),
    ]
}
