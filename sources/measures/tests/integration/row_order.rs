//! Tests that results depend neither on the order of rows nor on other layers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::{AggregateKind, MeasureOperation, RowJoin};
use data_model::Period;
use measures::{MeasureEvaluator, ResultAudience};
use testing::OwnedValue;
use testing::areas::{movement, moves, name};
use testing::test_datasets::{
    TestDatasets, aggregate, count, filtered, flow_layer, id, is, joined, layer, over, ratio, rows,
    sum, with,
};

fn all_measures() -> catalog::MeasureSet {
    let mut set = over(
        "areas",
        vec![
            ("shops", count("shops")),
            ("size", sum("shops.size")),
            ("mean", aggregate(AggregateKind::Mean, "shops.size")),
            ("median", aggregate(AggregateKind::Median, "shops.size")),
            ("most", aggregate(AggregateKind::MostFrequent, "shops.kind")),
            ("persons", sum("residents.persons")),
            ("near", MeasureOperation::NearestValue(rows("shops.kind"))),
            ("metres", MeasureOperation::Nearest(rows("shops"))),
            (
                "within",
                with(AggregateKind::Sum, joined("shops.size", RowJoin::Within { metres: 900.0 })),
            ),
            ("at", MeasureOperation::ContainingValue(rows("areas.name"))),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: true }),
            ("rate", ratio("size", "persons", 1000.0)),
        ],
    );
    set.measures.iter_mut().for_each(|measure| measure.decimals = None);
    set.columns = vec![name("code"), name("name")];
    set.period = Some(Period::Month);
    set.suppression_threshold = Some(3);
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
        for audience in [ResultAudience::Full, ResultAudience::Public] {
            proptest::prop_assert_eq!(world.evaluate(&set, audience), other.evaluate(&set, audience));
        }
        let flow = flow_layer(&movement(), &over("areas", vec![("trips", sum("moves.trips"))]));
        let evaluate_flow = |world: &TestDatasets| {
            MeasureEvaluator::new(&world.catalog, world, []).evaluate(&flow, ResultAudience::Full).unwrap()
        };
        proptest::prop_assert_eq!(evaluate_flow(&world), evaluate_flow(&other));
    }
}

#[test]
fn results_do_not_depend_on_the_other_layers_or_the_memory() {
    let world = moves();
    let sets = [
        all_measures(),
        over("areas", vec![("staff", sum("shops.staff"))]),
        over(
            "areas",
            vec![("x", with(AggregateKind::Count, filtered("shops", &[("kind", is("cafe"))])))],
        ),
        over(
            "shops",
            vec![("persons", MeasureOperation::ContainingValue(rows("residents.persons")))],
        ),
    ];
    let layers: Vec<_> = sets.iter().map(layer).collect();
    let coming = layers
        .iter()
        .flat_map(|layer| [(layer, ResultAudience::Full), (layer, ResultAudience::Public)]);
    for memory in [0, usize::MAX] {
        let mut evaluator =
            MeasureEvaluator::new(&world.catalog, &world, coming.clone()).with_memory(memory);
        for (layer, set) in layers.iter().zip(&sets) {
            for audience in [ResultAudience::Full, ResultAudience::Public] {
                assert_eq!(
                    evaluator.evaluate(layer, audience).unwrap(),
                    world.evaluate(set, audience)
                );
            }
        }
    }
}
