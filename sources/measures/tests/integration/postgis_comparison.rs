//! Measures compared with the same queries in SQL of PostGIS, value for value.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use catalog::{AggregateKind, FlowDefinition, PrivacyRule};
use measures::{LayerMeasures, MeasureCarrier, MeasureEvaluator, ResultAudience};
use testing::areas::name;
use testing::database::{ScratchSchema, scratch};
use testing::measure_queries::{MeasureQuery, measure_queries, monthly, set};
use testing::measured::{load, world};
use testing::test_datasets::{TestDatasets, filtered, flow_layer, id, is, over, shown, sum, with};

/// Values by slice and feature.
type Answers = BTreeMap<(String, u64), Option<String>>;

fn answers(result: &LayerMeasures) -> Answers {
    let at = result.columns.iter().position(|column| column.name == "v").unwrap();
    let MeasureCarrier::Of { ids, .. } = &result.features else { panic!("lines") };
    let mut answers = Answers::new();
    for (slice, label) in result.slices.iter().enumerate() {
        for (&feature, &value) in ids.iter().zip(result.values[at].of_slice(slice)) {
            let value = (value != 0).then(|| shown(result.dictionary.value(value)));
            answers.insert((label.to_string(), feature), value);
        }
    }
    answers
}

fn compare(
    world: &TestDatasets,
    scratch: &ScratchSchema,
    query: &MeasureQuery,
) -> Result<(), String> {
    let ours = answers(&world.evaluate(&query.set, ResultAudience::Full));
    let rows = scratch.rows(&query.sql);
    let theirs: Answers = rows
        .iter()
        .map(|row| {
            let feature: i64 = row.get(1);
            ((row.get::<_, String>(0), feature as u64), row.get::<_, Option<String>>(2))
        })
        .collect();
    // A slice in which nothing is known is not published.
    let known: BTreeSet<String> = theirs
        .iter()
        .filter(|(_, value)| value.is_some())
        .map(|((slice, _), _)| slice.clone())
        .collect();
    let theirs: Vec<_> =
        theirs.into_iter().filter(|((slice, _), _)| known.contains(slice)).collect();
    if ours.len() != theirs.len() {
        return Err(format!("{} answers, and {} from PostGIS", ours.len(), theirs.len()));
    }
    let mut known = 0;
    for ((place, ours), (their_place, theirs)) in ours.iter().zip(&theirs) {
        let number = |text: &String| text.parse::<f64>().ok();
        let equal = match (ours, theirs) {
            (Some(ours), Some(theirs)) => match (number(ours), number(theirs)) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() <= query.within,
                _ => ours == theirs,
            },
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if place != their_place || !equal {
            return Err(format!("{place:?}: {ours:?}, and {their_place:?}: {theirs:?}"));
        }
        known += usize::from(ours.is_some());
    }
    // A query without results proves nothing.
    if known * 4 < ours.len() { Err(format!("{known} of {}", ours.len())) } else { Ok(()) }
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn measures_are_what_postgis_says() {
    let Some(scratch) = scratch("measures_are_what_postgis_says") else { return };
    let world = world();
    load(&world, &scratch);
    let queries = measure_queries();
    assert!(queries.len() >= 15);
    let mut faults = String::new();
    for query in &queries {
        if let Err(fault) = compare(&world, &scratch, query) {
            writeln!(faults, "{}: {fault}", query.name).unwrap();
        }
    }
    assert!(faults.is_empty(), "of {}:\n{faults}", queries.len());
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_flow_is_what_postgis_says() {
    let Some(scratch) = scratch("a_flow_is_what_postgis_says") else { return };
    let world = world();
    load(&world, &scratch);
    let flow = FlowDefinition {
        dataset: id("moves"),
        from: name("from_cd"),
        to: name("to_cd"),
        between: id("areas"),
    };
    let set = monthly(over("areas", vec![("v", sum("moves.trips"))]));
    let layer = flow_layer(&flow, &set);
    let result = MeasureEvaluator::new(&world.catalog, &world, [])
        .evaluate(&layer, ResultAudience::Full)
        .unwrap();
    let mut ours = Vec::new();
    for (slice, label) in result.slices.iter().enumerate() {
        let values: Vec<Vec<String>> = result
            .values
            .iter()
            .map(|values| {
                values
                    .of_slice(slice)
                    .iter()
                    .map(|&id| shown(result.dictionary.value(id)))
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
    // Curves join the centres of the areas.
    let MeasureCarrier::Lines(lines) = &result.features else { panic!() };
    let centres = scratch.rows(
        "SELECT ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM areas WHERE code = '1104051'",
    );
    let centre: [f64; 2] = [centres[0].get(0), centres[0].get(1)];
    let from = lines[0].coordinates[0];
    assert!((from[0] - centre[0]).abs() < 1e-9 && (from[1] - centre[1]).abs() < 1e-9);
}

#[test]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn suppression_is_what_postgis_says() {
    let Some(scratch) = scratch("suppression_is_what_postgis_says") else { return };
    let mut world = world();
    load(&world, &scratch);
    world.dataset("shops").privacy =
        vec![PrivacyRule::Suppress { threshold: 8, columns: Vec::new() }];
    let set = set(
        "areas",
        0,
        vec![("v", with(AggregateKind::Count, filtered("shops", &[("kind", is("bar"))])))],
    );
    let ours = answers(&world.evaluate(&set, ResultAudience::Public));
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
