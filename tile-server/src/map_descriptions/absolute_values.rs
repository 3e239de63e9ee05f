//! Recognition of counts and sums, which areas of unequal size must not be shaded by.

use catalog::{AggregateKind, Measure, MeasureOperation, MeasureSet, RowAggregation};

use crate::handlers::catalog::audience_layer::ColumnMeaning;

/// Units of things and amounts that add up over areas.
const ADDITIVE_UNITS: [&str; 16] = [
    "persons",
    "households",
    "buildings",
    "dwellings",
    "places",
    "establishments",
    "stores",
    "facilities",
    "cases",
    "accidents",
    "complaints",
    "reports",
    "krw",
    "10,000 krw",
    "1,000,000 krw",
    "vehicles",
];

/// Whether a value is a count or a sum.
pub(super) fn is_absolute(meaning: &ColumnMeaning<'_>, set: Option<&MeasureSet>) -> bool {
    match (meaning, set) {
        (ColumnMeaning::Measure(measure), Some(set)) => is_absolute_measure(measure, set),
        (ColumnMeaning::Column(column), _) => adds_up(column.unit.as_deref()),
        _ => false,
    }
}

fn is_absolute_measure(measure: &Measure, set: &MeasureSet) -> bool {
    let of = |name: &String| {
        // Measures use earlier ones only, so that this ends.
        let earlier = set.measures.iter().take_while(|known| known.name != measure.name);
        earlier
            .into_iter()
            .find(|known| known.name == *name)
            .is_some_and(|known| is_absolute_measure(known, set))
    };
    match &measure.operation {
        MeasureOperation::Aggregate(RowAggregation { how, .. }) => match how {
            AggregateKind::Count | AggregateKind::Sum => true,
            AggregateKind::MostFrequent => false,
            // The mean of a count over time is a count too.
            _ => adds_up(measure.unit.as_deref()),
        },
        MeasureOperation::CarrierColumn(_) => adds_up(measure.unit.as_deref()),
        MeasureOperation::Plus(names) => names.iter().any(of),
        MeasureOperation::Minus(a, b) => of(a) || of(b),
        MeasureOperation::Scale { of: name, .. } => of(name),
        MeasureOperation::Change { of: name, percent: false, .. } => of(name),
        _ => false,
    }
}

fn adds_up(unit: Option<&str>) -> bool {
    unit.is_some_and(|unit| ADDITIVE_UNITS.contains(&unit.to_lowercase().as_str()))
}
