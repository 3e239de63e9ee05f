//! Tests of published columns and of suppression for the public on small datasets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use catalog::{AggregateKind, MeasureOperation, PrivacyRule};
use data_model::Period;
use data_model::feature::ColumnType;
use measures::{MeasureCarrier, ResultAudience};
use testing::areas::{name, world};
use testing::test_datasets::{aggregate, column, count, id, over, ratio, sum};

#[test]
fn carrier_columns_come_first_and_unpublished_measures_are_left_out() {
    let mut set =
        over("areas", vec![("hidden", count("shops")), ("shown", ratio("hidden", "hidden", 1.0))]);
    set.columns = vec![name("name"), name("households")];
    set.measures[0].publish = false;
    let result = world().evaluate(&set, ResultAudience::Full);
    let columns: Vec<_> =
        result.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        columns,
        [
            ("name", ColumnType::Text),
            ("households", ColumnType::Int),
            ("shown", ColumnType::Double)
        ]
    );
    assert_eq!(column(&result, "households"), "10 0 30 -");
    assert_eq!(result.features, MeasureCarrier::Of { dataset: id("areas"), ids: vec![1, 2, 3, 4] });
    assert_eq!(result.slices, ["".into()]);
}

#[test]
fn the_public_sees_no_small_numbers() {
    let mut world = world();
    world.dataset("shops").privacy =
        vec![PrivacyRule::Suppress { threshold: 5, columns: Vec::new() }];
    let measures = vec![
        ("shops", count("shops")),
        ("staff", aggregate(AggregateKind::Mean, "shops.staff")),
        ("persons", sum("residents.persons")),
        ("rate", ratio("shops", "persons", 100.0)),
    ];
    let mut set = over("areas", measures);
    let result = world.evaluate(&set, ResultAudience::Public);
    // B has 1; A is the next smallest that is not zero.
    assert_eq!(column(&result, "shops"), "- - 0 0");
    assert_eq!(column(&result, "staff"), "- - - -");
    assert_eq!(column(&result, "persons"), "100 7 - -");
    assert_eq!(column(&result, "rate"), "- - - -");
    assert_eq!(column(&result, "suppressed"), "true true - -");
    let full = world.evaluate(&set, ResultAudience::Full);
    assert_eq!(column(&full, "shops"), "5 1 0 0");
    assert_eq!(column(&full, "suppressed"), "no such column");
    // A stricter rule of the layer applies; `suppressed` marks the layer's value.
    set.suppression_threshold = Some(8);
    set.value = name("persons");
    let result = world.evaluate(&set, ResultAudience::Public);
    assert_eq!(column(&result, "persons"), "- - - -");
    assert_eq!(column(&result, "suppressed"), "true true - -");
    // A looser rule does not replace that of the dataset.
    set.suppression_threshold = Some(2);
    set.value = name("shops");
    assert_eq!(
        column(&world.evaluate(&set, ResultAudience::Public), "suppressed"),
        "true true - -"
    );
}

#[test]
fn the_public_sees_bands_and_no_hidden_columns() {
    let mut world = world();
    world.dataset("areas").privacy = vec![
        PrivacyRule::Band { column: name("households"), width: 20 },
        PrivacyRule::Hide { column: name("name"), smallest_areas: None },
    ];
    let mut set = over("areas", vec![("shops", count("shops"))]);
    set.columns = vec![name("households"), name("name")];
    let result = world.evaluate(&set, ResultAudience::Public);
    assert_eq!(column(&result, "households"), "0–19 0–19 20–39 -");
    assert_eq!(column(&result, "name"), "no such column");
    assert_eq!(
        column(&world.evaluate(&set, ResultAudience::Full), "name"),
        "area A area B area C area D"
    );
}

#[test]
fn suppression_applies_by_slice_and_to_calculated_measures() {
    let mut world = world();
    world.dataset("residents").privacy =
        vec![PrivacyRule::Suppress { threshold: 10, columns: Vec::new() }];
    let mut set = over(
        "areas",
        vec![
            ("persons", sum("residents.persons")),
            ("change", MeasureOperation::Change { of: name("persons"), back: 1, percent: false }),
            ("share", MeasureOperation::ShareOfTotal(name("persons"))),
        ],
    );
    set.period = Some(Period::Month);
    let result = world.evaluate(&set, ResultAudience::Public);
    assert_eq!(column(&result, "persons"), "90 - - - | - - - -");
    assert_eq!(column(&result, "change"), "- - - - | - - - -");
    assert_eq!(column(&result, "share"), "100 - - - | - - - -");
    assert_eq!(column(&result, "suppressed"), "- - - - | true true - -");
}
