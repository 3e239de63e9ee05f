//! Disclosure by pairs of places and sums by place.

use catalog::{
    AggregateKind, LayerContent,
    LogicalType::{Code, Int},
    MeasureSet, PrivacyRule, RowJoin, Sensitivity,
};
use data_model::feature::GeometryKind;
use measures::{MeasureEvaluator, ResultAudience, measures_key};

use super::{name, stats};
use testing::OwnedValue;
use testing::areas::square;
use testing::test_datasets::{
    TestDatasets, aggregate, column, flow_layer, id, joined, layer, over, sum, text, with,
};

/// Places side by side, and the movements between them.
fn flow_world(table: &[&[i64]]) -> (TestDatasets, catalog::Layer) {
    let mut world = TestDatasets::default();
    let place = |n: usize| {
        let code = text(&format!("p{n}"));
        (square(127.0 + 0.01 * n as f64, 37.5, 0.01), vec![OwnedValue::Int(n as i64 + 1), code])
    };
    let columns = [("id", Int), ("code", Code)];
    let places = (0..table.len()).map(place).collect();
    world.features("places", GeometryKind::Polygon, &columns, places).key = vec![name("code")];
    let mut rows = Vec::new();
    for (from, row) in table.iter().enumerate() {
        for (to, &moved) in row.iter().enumerate().filter(|(to, moved)| *to != from && **moved > 0)
        {
            rows.push(vec![
                text(&format!("p{from}")),
                text(&format!("p{to}")),
                OwnedValue::Int(moved),
            ]);
        }
    }
    let columns = [("from", Code), ("to", Code), ("moved", Int)];
    world.values("moves", Some("places"), ("from", None, None, None), &columns, rows);
    world.dataset("moves").privacy =
        vec![PrivacyRule::Suppress { threshold: 5, columns: Vec::new() }];
    world.catalog.district.stats_areas = Some(id("places"));
    let flow = catalog::FlowDefinition {
        dataset: id("moves"),
        from: name("from"),
        to: name("to"),
        between: id("places"),
    };
    let set = over("places", vec![("moved", sum("moves.moved"))]);
    let layer = flow_layer(&flow, &set);
    world.catalog.layers = vec![layer.clone()];
    (world, layer)
}

#[test]
fn a_single_pair_does_not_follow_from_the_sum_of_its_place() {
    let (world, layer) =
        flow_world(&[&[0, 2, 0, 0], &[0, 0, 50, 60], &[0, 70, 0, 80], &[90, 10, 20, 0]]);
    let mut evaluator =
        MeasureEvaluator::new(&world.catalog, &world, [(&layer, ResultAudience::Public)]);
    let pairs = column(&evaluator.evaluate(&layer, ResultAudience::Public).unwrap(), "moved");
    assert!(pairs.starts_with("- "), "{pairs}");
    let published = stats(&world, &layer);
    let out: Vec<_> = column(&published, "moved_out").split(' ').map(str::to_owned).collect();
    // Neither the destination of two people nor their number is published, and the sums of
    // other places do not disclose them.
    assert_eq!(out[0], "-", "{out:?}");
    assert!(out.iter().filter(|sum| *sum == "-").count() >= 2, "{out:?}");
    // A separate layer with the same sums suppresses the same places.
    let by_key =
        catalog::JoinedRows { key: Some(name("from")), ..joined("moves.moved", RowJoin::Key) };
    let set = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    let alone = column(&world.evaluate(&set, ResultAudience::Public), "v");
    assert_eq!(alone.split(' ').collect::<Vec<_>>(), out);
}

#[test]
fn sums_beside_the_public_form_of_a_flow_are_suppressed_with_its_pairs() {
    let (mut world, layer) = flow_world(&[&[0, 3, 3], &[0, 0, 50], &[20, 70, 0]]);
    world.dataset("moves").privacy.clear();
    world.dataset("moves").sensitivity = Sensitivity::Internal;
    let LayerContent::Flow(flow, set) = &layer.content else { panic!("it is a flow") };
    // Staff see other measures, without suppression.
    let mean = aggregate(AggregateKind::Mean, "moves.moved");
    let mut layer = flow_layer(flow, &over("places", vec![("mean", mean)]));
    layer.public_form = Some(MeasureSet { suppression_threshold: Some(5), ..set.clone() });
    world.catalog.layers = vec![layer.clone()];
    let published = column(&stats(&world, &layer), "moved_out");
    let by_key =
        catalog::JoinedRows { key: Some(name("from")), ..joined("moves.moved", RowJoin::Key) };
    let mut alone = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    alone.suppression_threshold = Some(5);
    // Six left the first place, three of them to each of two others.
    assert!(published.starts_with("- "), "{published}");
    assert_eq!(column(&world.evaluate(&alone, ResultAudience::Public), "v"), published);
}

#[test]
fn sums_are_evaluated_again_beside_another_public_flow() {
    let (mut world, flow_layer) = flow_world(&[&[0, 3, 3], &[0, 0, 50], &[20, 70, 0]]);
    // The rows are public; the layers have a threshold.
    world.dataset("moves").privacy.clear();
    let by_key =
        catalog::JoinedRows { key: Some(name("from")), ..joined("moves.moved", RowJoin::Key) };
    let mut set = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    set.suppression_threshold = Some(5);
    let sums = layer(&set);
    let mut keys = Vec::new();
    let mut made = |world: &TestDatasets| {
        keys.push(measures_key(&sums, ResultAudience::Public, &world.catalog, world).unwrap());
        column(&world.evaluate(&set, ResultAudience::Public), "v")
    };
    world.catalog.layers.clear();
    assert_eq!(made(&world), "6 50 90");
    world.catalog.layers = vec![flow_layer];
    assert!(made(&world).starts_with("- "));
    // The same measures of a flow by other ends do not suppress these sums.
    let LayerContent::Flow(flow, _) = &mut world.catalog.layers[0].content else {
        panic!("it is a flow")
    };
    (flow.from, flow.to) = (name("other"), name("to"));
    assert_eq!(made(&world), "6 50 90");
    assert!(keys[0] != keys[1] && keys[1] != keys[2], "{keys:?}");
}

/// Rows of an origin, a destination and a mode, and a layer of each two of them.
fn two_flows(rows: &[(usize, usize, usize, i64)]) -> TestDatasets {
    let (mut world, _) = flow_world(&[&[0, 1, 1], &[1, 0, 1], &[1, 1, 0]]);
    let place = |n: usize| text(&format!("p{n}"));
    let rows = rows.iter().map(|&(from, to, via, moved)| {
        vec![place(from), place(to), place(via), OwnedValue::Int(moved)]
    });
    let columns = [("from", Code), ("to", Code), ("via", Code), ("moved", Int)];
    world.catalog.datasets.retain(|dataset| dataset.id != id("moves"));
    world.values("moves", Some("places"), ("from", None, None, None), &columns, rows.collect());
    world.dataset("moves").privacy =
        vec![PrivacyRule::Suppress { threshold: 5, columns: Vec::new() }];
    let flow = |to: &str| catalog::FlowDefinition {
        dataset: id("moves"),
        from: name("from"),
        to: name(to),
        between: id("places"),
    };
    let set = over("places", vec![("moved", sum("moves.moved"))]);
    world.catalog.layers = vec![flow_layer(&flow("to"), &set), flow_layer(&flow("via"), &set)];
    world
}

#[test]
fn sums_are_suppressed_with_the_pairs_of_every_flow() {
    // Many left the first place for others, but only two by way of others.
    let rows = [
        (0, 1, 0, 30),
        (0, 2, 0, 40),
        (0, 1, 1, 2),
        (1, 0, 0, 50),
        (1, 2, 2, 60),
        (2, 0, 0, 70),
        (2, 1, 1, 80),
        (1, 0, 2, 90),
        (2, 1, 0, 75),
    ];
    let world = two_flows(&rows);
    let by_key =
        catalog::JoinedRows { key: Some(name("from")), ..joined("moves.moved", RowJoin::Key) };
    let set = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    let published = column(&world.evaluate(&set, ResultAudience::Public), "v");
    assert!(published.starts_with("- "), "{published}");
    // In either order.
    let mut turned = world;
    turned.catalog.layers.reverse();
    assert_eq!(column(&turned.evaluate(&set, ResultAudience::Public), "v"), published);
}
