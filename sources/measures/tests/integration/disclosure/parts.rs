//! Disclosure by a public whole less its public parts.

use catalog::LogicalType::{Code, Int};
use catalog::{
    AggregateKind, ColumnCondition, LayerContent, MeasureSet, PrivacyRule, ScalarValue, Sensitivity,
};
use data_model::Period;
use data_model::feature::GeometryKind;
use measures::{ResultAudience, measures_key};
use rstest::rstest;

use super::{name, stats, world};
use testing::OwnedValue;
use testing::areas::square;
use testing::test_datasets::{
    TestDatasets, column, count, filtered, id, is, layer, over, plain, text, with,
};

/// Areas of so many firms of two kinds.
fn kinds(counts: [[usize; 2]; 4]) -> TestDatasets {
    let of = counts.map(|[a, b]| [vec![("a", 1); a], vec![("b", 1); b]].concat());
    world(&of.each_ref().map(Vec::as_slice))
}

fn public(name: &str, set: &MeasureSet) -> catalog::Layer {
    plain(name, &set.carrier, LayerContent::Measures(set.clone()), None)
}

#[test]
fn a_part_is_suppressed_where_the_remainder_of_another_layers_whole_is_small() {
    // The first area has 20 firms, of which one is of kind b.
    let mut world = kinds([[19, 1], [8, 9], [9, 9], [30, 30]]);
    let part = with(AggregateKind::Count, filtered("firms", &[("kind", is("a"))]));
    let mut part = over("areas", vec![("v", part)]);
    part.suppression_threshold = Some(5);
    assert_eq!(column(&world.evaluate(&part, ResultAudience::Public), "v"), "19 8 9 30");
    let before =
        measures_key(&layer(&part), ResultAudience::Public, &world.catalog, &world).unwrap();
    let mut whole = over("areas", vec![("v", count("firms"))]);
    whole.suppression_threshold = Some(5);
    world.catalog.layers = vec![public("whole", &whole), public("part", &part)];
    assert_eq!(column(&world.evaluate(&part, ResultAudience::Public), "v"), "- - 9 30");
    assert_eq!(column(&world.evaluate(&whole, ResultAudience::Public), "v"), "20 17 18 60");
    assert_eq!(column(&world.evaluate(&part, ResultAudience::Full), "v"), "19 8 9 30");
    // The key changes with the other public layers.
    assert_ne!(
        before,
        measures_key(&layer(&part), ResultAudience::Public, &world.catalog, &world).unwrap()
    );
    // The remainder of two kinds does not follow either.
    let two = ColumnCondition::In(["a", "b"].map(|kind| ScalarValue::Text(name(kind))).into());
    let both = with(AggregateKind::Count, filtered("firms", &[("kind", two)]));
    let both = MeasureSet { suppression_threshold: Some(5), ..over("areas", vec![("v", both)]) };
    world.catalog.layers[0] = public("both", &both);
    assert_eq!(column(&world.evaluate(&part, ResultAudience::Public), "v"), "- - 9 30");
    // Layers of different slices are not compared.
    world.catalog.layers[0] = public("whole", &MeasureSet { period: Some(Period::Year), ..whole });
    assert_eq!(column(&world.evaluate(&part, ResultAudience::Public), "v"), "19 8 9 30");
}

#[test]
fn cells_do_not_add_up_to_a_suppressed_area() {
    // Two areas of two cells each; the first has three firms, and the second is suppressed
    // with it.
    let mut world = kinds([[2, 0], [1, 0], [6, 0], [7, 0]]);
    let dong = |n: i64, west: f64| {
        (square(west, 37.5, 0.02), vec![OwnedValue::Int(n), text(&format!("d{n}"))])
    };
    let dongs = vec![dong(1, 127.0), dong(2, 127.02)];
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, dongs).key = vec![name("code")];
    world.catalog.district.stats_areas = Some(id("dong"));
    let mut set = over("areas", vec![("v", count("firms"))]);
    set.suppression_threshold = Some(5);
    let cells = column(&world.evaluate(&set, ResultAudience::Public), "v");
    let areas = column(&stats(&world, &layer(&set)), "v");
    assert_eq!((&*cells, &*areas), ("- - - -", "- -"));
}

/// Public firms whose kind is hidden.
fn hidden_kinds(counts: [[usize; 2]; 4], workers: i64) -> TestDatasets {
    let of = counts.map(|[a, b]| [vec![("a", workers); a], vec![("b", workers); b]].concat());
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dataset = world.dataset("firms");
    dataset.sensitivity = Sensitivity::Public;
    dataset.privacy =
        vec![PrivacyRule::Hide { column: name("kind"), smallest_areas: Some(id("areas")) }];
    world
}

#[rstest]
#[case::a_count("firms", AggregateKind::Count, "- - 9 30")]
// 19,000 of 20,000 workers: one firm has the others.
#[case::a_sum("firms.workers", AggregateKind::Sum, "- - 9000 30000")]
fn a_small_count_without_a_hidden_mark_does_not_follow_from_the_features(
    #[case] of: &str,
    #[case] how: AggregateKind,
    #[case] expected: &str,
) {
    let world = hidden_kinds([[19, 1], [8, 9], [9, 9], [30, 30]], 1000);
    let part = with(how, filtered(of, &[("kind", is("a"))]));
    let set = MeasureSet { suppression_threshold: Some(5), ..over("areas", vec![("v", part)]) };
    // The number of features is public: each is on the map.
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), expected);
    assert!(!column(&world.evaluate(&set, ResultAudience::Full), "v").contains('-'));
}

#[test]
fn a_small_sum_by_a_hidden_mark_is_suppressed() {
    let world = hidden_kinds([[1, 30], [9, 30], [10, 30], [30, 30]], 1000);
    let part = with(AggregateKind::Sum, filtered("firms.workers", &[("kind", is("a"))]));
    let set = MeasureSet { suppression_threshold: Some(5), ..over("areas", vec![("v", part)]) };
    assert_eq!(column(&world.evaluate(&set, ResultAudience::Public), "v"), "- - 10000 30000");
}

/// Areas of so many firms of four kinds.
pub(super) fn four_kinds(counts: &[[usize; 4]]) -> TestDatasets {
    let of: Vec<Vec<(&str, i64)>> = counts
        .iter()
        .map(|of| {
            let kinds = ["a", "b", "c", "d"].iter().zip(of);
            kinds.flat_map(|(&kind, &count)| vec![(kind, 1000); count]).collect()
        })
        .collect();
    world(&of.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A measure set that counts firms of these kinds; all kinds if none is named.
pub(super) fn of_kinds(kinds: &[&str], how: AggregateKind) -> MeasureSet {
    let of = if how == AggregateKind::Count { "firms" } else { "firms.workers" };
    let any = ColumnCondition::In(kinds.iter().map(|kind| ScalarValue::Text(name(kind))).collect());
    let filter = [("kind", any)];
    let rows = filtered(of, if kinds.is_empty() { &[] } else { &filter });
    MeasureSet { suppression_threshold: Some(5), ..over("areas", vec![("v", with(how, rows))]) }
}

/// Published values of these layers, all of which are public.
fn published_values(world: &mut TestDatasets, sets: &[MeasureSet]) -> Vec<String> {
    let layers = sets.iter().enumerate().map(|(at, set)| public(&format!("layer-{at}"), set));
    world.catalog.layers = layers.collect();
    sets.iter().map(|set| column(&world.evaluate(set, ResultAudience::Public), "v")).collect()
}

#[rstest]
// Two of the first area's firms are of the third kind.
#[case::counts(AggregateKind::Count, 1)]
#[case::amounts(AggregateKind::Sum, 1000)]
fn the_third_kind_does_not_follow_from_all_and_the_two_others(
    #[case] how: AggregateKind,
    #[case] each: usize,
) {
    let counts =
        [[20, 20, 2, 0], [20, 20, 10, 0], [30, 30, 10, 0], [15, 20, 1, 0], [20, 15, 30, 0]];
    let mut world = four_kinds(&counts);
    let sets = [&[][..], &["a"], &["b"]].map(|kinds| of_kinds(kinds, how));
    let published = published_values(&mut world, &sets);
    let shown = |number: usize| (number * each).to_string();
    let all: Vec<String> = counts.iter().map(|of| shown(of.iter().sum())).collect();
    assert_eq!(published[0], all.join(" "));
    for (kind, of_kind) in published[1..].iter().enumerate() {
        let of_kind: Vec<&str> = of_kind.split(' ').collect();
        for (area, of) in counts.iter().enumerate() {
            let small = (1..5).contains(&of[2]);
            assert!(!small || of_kind[area] == "-", "{published:?}");
            assert!(of_kind[area] == "-" || of_kind[area] == shown(of[kind]), "{published:?}");
        }
        // The two areas with small numbers have less than twice the threshold together.
        assert!(of_kind.iter().any(|value| *value != "-"), "{published:?}");
    }
}

#[test]
fn a_suppressed_part_does_not_follow_from_the_whole_and_the_other_parts() {
    // Of the first area four are of kind b and none of the others: all less kind a.
    let mut world = four_kinds(&[[40, 4, 0, 0], [40, 40, 0, 9], [40, 40, 9, 9], [9, 9, 9, 9]]);
    let sets = [&[][..], &["a"], &["b"], &["c"]].map(|kinds| of_kinds(kinds, AggregateKind::Count));
    let published = published_values(&mut world, &sets);
    assert!(published[1].starts_with("- ") && published[2].starts_with("- "), "{published:?}");
}

#[test]
fn remainders_of_nested_parts_are_suppressed() {
    // All but a and b, and all but b of those two, are few in the first area.
    let mut world = four_kinds(&[[3, 40, 40, 2], [20, 40, 40, 20], [20, 20, 20, 20]]);
    let sets =
        [&[][..], &["a", "b"], &["b"], &["c"]].map(|kinds| of_kinds(kinds, AggregateKind::Count));
    let published = published_values(&mut world, &sets);
    // a + b and c leave two, and b leaves three of a + b.
    for part in &published[1..] {
        assert!(part.starts_with("- "), "{published:?}");
    }
    assert!(published[0].starts_with("85 "), "{published:?}");
}
