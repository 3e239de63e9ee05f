//! Measure sets of a layer's measures by area.

use super::stats::{area_columns, ends};
use catalog::{
    AggregateKind, Catalog, ColumnCondition, Dataset, FlowDefinition, JoinedRows, LocalizedText,
    LogicalType, Measure, MeasureOperation, MeasureSet, RowAggregation, RowFilter, RowJoin,
    ScalarValue, UnionPart,
};
use data_model::DatasetId;

/// Maximum number of categories counted separately; the rest is in the count.
const MOST_CATEGORIES: usize = 32;

/// The measures of a layer over areas: rows that belong to its features by their key
/// belong to the areas that contain these.
pub(super) fn of_areas(set: &MeasureSet, areas: &Dataset) -> MeasureSet {
    MeasureSet { over: areas.id.clone(), columns: area_columns(areas), ..set.clone() }
}

/// Measures of incoming and outgoing movements of each area.
pub(super) fn both_ways(set: &MeasureSet, flow: &FlowDefinition, areas: &Dataset) -> MeasureSet {
    let mut measures = Vec::new();
    for (way, column) in ends(flow) {
        let named = |name: &str| format!("{name}_{way}");
        let (ko, en) = if way == "in" { ("들어옴", "in") } else { ("나감", "out") };
        for measure in set.measures.iter().filter(|measure| {
            matches!(measure.operation, MeasureOperation::Aggregate(_))
                || measure.in_areas().is_none()
        }) {
            let mut operation = renamed(&measure.operation, &named);
            if let MeasureOperation::Aggregate(aggregate) = &mut operation {
                aggregate.rows.key = Some(column.to_owned());
                aggregate.rows.join = Some(RowJoin::Key);
            }
            let title = LocalizedText {
                ko: format!("{} ({ko})", measure.title.ko),
                en: format!("{} ({en})", measure.title.en),
            };
            let held_with = measure.held_with.iter().map(|name| named(name)).collect();
            let name = named(&measure.name);
            measures.push(Measure { name, title, operation, held_with, ..measure.clone() });
        }
    }
    let value = format!("{}_in", set.value);
    MeasureSet { measures, value, columns: area_columns(areas), ..set.clone() }
}

/// The operation with renamed measures.
fn renamed(operation: &MeasureOperation, named: &impl Fn(&str) -> String) -> MeasureOperation {
    let mut operation = operation.clone();
    match &mut operation {
        MeasureOperation::Ratio { over: a, under: b, .. }
        | MeasureOperation::Minus(a, b)
        | MeasureOperation::Times(a, b) => (*a, *b) = (named(a), named(b)),
        MeasureOperation::Plus(names) => names.iter_mut().for_each(|name| *name = named(name)),
        MeasureOperation::PerKm2(name)
        | MeasureOperation::ShareOfTotal(name)
        | MeasureOperation::Scale { of: name, .. }
        | MeasureOperation::Change { of: name, .. }
        | MeasureOperation::Class { of: name, .. } => *name = named(name),
        MeasureOperation::Index(parts) => {
            parts.iter_mut().for_each(|part| part.measure = named(&part.measure))
        }
        MeasureOperation::Aggregate(_)
        | MeasureOperation::Own(_)
        | MeasureOperation::Nearest(_)
        | MeasureOperation::NearestValue(_)
        | MeasureOperation::At(_) => {}
    }
    operation
}

/// Number of features in each area and, of a value, sum and mean or the number of each
/// category.
pub(super) fn of_features(
    dataset: &Dataset,
    filter: &RowFilter,
    value: Option<&str>,
    categories: Option<&[Box<str>]>,
    areas: &Dataset,
) -> MeasureSet {
    let of = |how, column: Option<&str>, filter: &RowFilter| {
        aggregate(how, &dataset.id, column, filter.clone())
    };
    let count = LocalizedText { ko: "개수".to_owned(), en: "Count".to_owned() };
    let mut measures = vec![measure("count", count, of(AggregateKind::Count, None, filter))];
    let declared = value.and_then(|value| dataset.column(value));
    let numeric = declared.and_then(|column| column.kind).map(LogicalType::is_number);
    let title = |ko: &str, en: &str| {
        let title = declared.map(|column| column.title.clone()).unwrap_or_default();
        LocalizedText { ko: format!("{} {ko}", title.ko), en: format!("{} {en}", title.en) }
    };
    let flag = declared.is_some_and(|column| column.kind == Some(LogicalType::Bool));
    let flags = ["true".into(), "false".into()];
    let categories = if flag { Some(&flags[..]) } else { categories };
    match (value, numeric) {
        (Some(value), Some(true)) => {
            let unit = declared.and_then(|column| column.unit.clone());
            // What has no unit, as a house number, is no amount.
            let sum = unit.as_ref().map(|_| ("sum", "합계", "(sum)", AggregateKind::Sum));
            let mean = ("mean", "평균", "(mean)", AggregateKind::Mean);
            for (name, ko, en, how) in sum.into_iter().chain([mean]) {
                let made = measure(name, title(ko, en), of(how, Some(value), filter));
                measures.push(Measure { unit: unit.clone(), ..made });
            }
        }
        (Some(value), _) => match categories {
            // Read once to learn which categories there are.
            None => {
                let most = measure(
                    "most",
                    title("최빈", "(most)"),
                    of(AggregateKind::Most, Some(value), filter),
                );
                measures.push(Measure { publish: false, ..most });
            }
            Some(categories) => {
                for category in categories.iter().take(MOST_CATEGORIES) {
                    if filter.contains_key(value) && !meets(filter, value, category) {
                        continue;
                    }
                    let mut filter = filter.clone();
                    let is = match flag {
                        true => ScalarValue::Bool(&**category == "true"),
                        false => ScalarValue::Text(category.to_string()),
                    };
                    filter.insert(value.to_owned(), ColumnCondition::Is(is));
                    let name = format!("{value}={category}");
                    let known = declared.and_then(|column| {
                        column.values.iter().find(|known| *known.ko == **category)
                    });
                    let title = match (known, flag, &**category) {
                        (Some(known), ..) => known.clone(),
                        (None, true, "true") => {
                            LocalizedText { ko: "예".to_owned(), en: "Yes".to_owned() }
                        }
                        (None, true, _) => {
                            LocalizedText { ko: "아니요".to_owned(), en: "No".to_owned() }
                        }
                        (None, false, _) => LocalizedText::same(category),
                    };
                    let count = of(AggregateKind::Count, None, &filter);
                    measures.push(measure(&name, title, count));
                }
            }
        },
        (None, _) => {}
    }
    set(measures, areas)
}

/// Whether a layer's filter admits a category.
fn meets(filter: &RowFilter, column: &str, category: &str) -> bool {
    let is = |scalar: &ScalarValue| matches!(scalar, ScalarValue::Text(text) if text == category);
    match filter.get(column) {
        None => true,
        Some(ColumnCondition::Is(scalar)) => is(scalar),
        Some(ColumnCondition::In(scalars)) => scalars.iter().any(is),
        Some(ColumnCondition::Between(span)) => {
            let from = |scalar: &ScalarValue| matches!(scalar, ScalarValue::Text(from) if category >= from.as_str());
            let to = |scalar: &ScalarValue| matches!(scalar, ScalarValue::Text(to) if category <= to.as_str());
            span.from.as_ref().is_none_or(from) && span.to.as_ref().is_none_or(to)
        }
    }
}

/// Number of features of several datasets in each area: in total, and of each.
pub(super) fn of_union(catalog: &Catalog, parts: &[UnionPart], areas: &Dataset) -> MeasureSet {
    let mut measures = Vec::new();
    let mut names = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let id = part.dataset.as_str();
        // The same dataset may be two parts of it.
        let again = parts[..number].iter().any(|other| other.dataset == part.dataset);
        let name = if again { format!("dataset={id}-{number}") } else { format!("dataset={id}") };
        let count = aggregate(AggregateKind::Count, &part.dataset, None, part.filter.clone());
        let title = catalog.dataset(id).map(|dataset| dataset.title.clone());
        measures.push(measure(&name, title.unwrap_or_else(|| LocalizedText::same(id)), count));
        names.push(name);
    }
    let title = LocalizedText { ko: "개수".to_owned(), en: "Count".to_owned() };
    measures.push(measure("count", title, MeasureOperation::Plus(names)));
    set(measures, areas)
}

fn aggregate(
    how: AggregateKind,
    dataset: &DatasetId,
    column: Option<&str>,
    filter: RowFilter,
) -> MeasureOperation {
    MeasureOperation::Aggregate(RowAggregation {
        how,
        rows: JoinedRows {
            dataset: dataset.clone(),
            column: column.map(str::to_owned),
            filter,
            join: None,
            key: None,
            last_months: None,
        },
        weight: None,
    })
}

fn measure(name: &str, title: LocalizedText, operation: MeasureOperation) -> Measure {
    let name = name.to_owned();
    Measure {
        name,
        title,
        unit: None,
        decimals: None,
        publish: true,
        areas: None,
        held_with: Vec::new(),
        operation,
    }
}

fn set(measures: Vec<Measure>, areas: &Dataset) -> MeasureSet {
    MeasureSet {
        over: areas.id.clone(),
        columns: area_columns(areas),
        time: None,
        slices: None,
        measures,
        value: "count".to_owned(),
        suppress: None,
    }
}
