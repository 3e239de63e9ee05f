//! Distributions of small tables.

use super::ColumnDistribution;
use crate::features::{FeatureTable, TableBuilder, TableOptions};
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry,
};

/// A table of rows of a value `v` and a flag `suppressed`.
fn table(rows: &[(AttributeValue<'_>, bool)]) -> FeatureTable {
    let mut builder = TableBuilder::new(TableOptions::default());
    let column =
        |name: &str, kind| Column { name: name.to_owned(), kind, title: None, description: None };
    let columns = vec![column("v", ColumnType::Double), column("suppressed", ColumnType::Bool)];
    builder.begin(&FeatureSchema { columns, ..FeatureSchema::default() });
    for (row, (value, is_suppressed)) in rows.iter().enumerate() {
        let values = [*value, AttributeValue::Bool(*is_suppressed)];
        builder.feature(row as u64, &Geometry::default(), &values).unwrap();
    }
    builder.finish().unwrap()
}

fn of(tables: &[FeatureTable]) -> ColumnDistribution {
    ColumnDistribution::new(tables.iter(), "v").unwrap()
}

#[test]
fn numbers_of_all_slices_are_pooled_and_gaps_told_apart() {
    let double = |number| (AttributeValue::Double(number), false);
    let first = table(&[double(2.0), double(0.0), (AttributeValue::Null, false)]);
    let second = table(&[double(2.0), (AttributeValue::Null, true), double(f64::NAN)]);
    let found = of(&[first, second]);
    assert_eq!((found.features, found.missing, found.suppressed), (6, 2, 1));
    assert_eq!(found.numbers.runs(), [(0.0, 1), (2.0, 2)]);
    assert!(found.has_values());
}

#[test]
fn texts_go_by_frequency_and_the_rare_are_only_counted() {
    let names: Vec<String> = (0..100).map(|i| format!("name {i:03}")).collect();
    let texts = names.iter().chain([&names[7]]).map(|name| (AttributeValue::Text(name), false));
    let found = of(&[table(&texts.collect::<Vec<_>>())]);
    assert_eq!(found.texts[0], ("name 007".to_owned(), 2));
    assert_eq!((found.texts.len(), found.distinct_texts, found.features), (64, 100, 101));
    assert_eq!(found.numbers.count(), 0);
}

#[test]
fn flags_are_counted_and_unknown_columns_have_no_distribution() {
    let flag = |flag| (AttributeValue::Bool(flag), false);
    let flags = table(&[flag(true), flag(false), flag(true)]);
    assert_eq!(of(std::slice::from_ref(&flags)).flags, (2, 1));
    assert_eq!(ColumnDistribution::new([&flags].into_iter(), "w"), None);
    let nothing = of(&[table(&[(AttributeValue::Null, false)])]);
    assert!(!nothing.has_values() && nothing.missing == 1);
}
