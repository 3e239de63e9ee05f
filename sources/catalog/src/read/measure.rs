//! Parsing of `[[layer.measure]]`: a measure with exactly one operation.

use serde::Deserialize;

use super::declarations::DatasetsById;
use super::entry::TomlTable;
use crate::{
    AggregateKind, ColumnCondition, Dataset, DatasetColumn, InAreas, JoinedRows, LocalizedText,
    Measure, MeasureOperation, RowAggregation, RowFilter, RowJoin,
};
use data_model::DatasetId;

/// Keys of the operations.
const OPERATIONS: [&str; 23] = [
    "count",
    "sum",
    "mean",
    "min",
    "max",
    "median",
    "most_frequent",
    "carrier_column",
    "ratio",
    "share",
    "per_1000",
    "per_km2",
    "plus",
    "minus",
    "times",
    "scale",
    "change",
    "share_of_total",
    "index",
    "nearest",
    "nearest_value",
    "containing_value",
    "class",
];

/// Keys that select and join the rows of a measure.
const MODIFIERS: [&str; 5] = ["where", "join", "max_distance_m", "key", "last_months"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleEntry {
    measure: String,
    factor: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeEntry {
    measure: String,
    periods_back: u32,
    #[serde(default)]
    percent: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    measure: String,
    breaks: Vec<f64>,
    titles: Vec<LocalizedText>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum JoinKind {
    Key,
    Inside,
    Distance,
}

/// Columns from which measures take their default titles and units.
pub(super) struct SourceColumns<'d> {
    pub(super) datasets: &'d DatasetsById<'d>,
    /// The carrier dataset.
    pub(super) over: Option<&'d Dataset>,
}

/// Parses a measure; returns its name and, if free of faults, the measure.
pub(super) fn read(
    mut entry: TomlTable<'_>,
    columns: &SourceColumns<'_>,
) -> (Option<String>, Option<Measure>) {
    let before = entry.faults().count();
    let name = entry.need::<String>("name", "name the column that it becomes");
    let title = entry.text("title");
    let unit = entry.take::<String>("unit");
    let decimals = entry.take::<u8>("decimals");
    let publish = entry.take::<bool>("publish").unwrap_or(true);
    let areas = entry.take::<InAreas>("area_aggregation");
    let suppressed_with = entry.take::<Vec<String>>("suppressed_with").unwrap_or_default();
    let operation = operation(&mut entry);
    let named = name.clone().zip(operation).map(|(name, operation)| {
        let column = column_of(&operation, columns);
        let own_title = column.map(|column| column.title.clone());
        // An unknown column has a fault of its own.
        let takes_over = matches!(operation, MeasureOperation::CarrierColumn(_))
            || operation.rows().is_some_and(|rows| rows.column.is_some());
        if title.is_none() && !takes_over && publish {
            entry.fault("title", "is missing", "write { ko = \"…\", en = \"…\" }");
        }
        Measure {
            title: title.or(own_title).unwrap_or_else(|| LocalizedText::same(&name)),
            unit: unit.or_else(|| unit_of(&operation, column)),
            decimals,
            publish,
            area_aggregation: areas,
            suppressed_with,
            operation,
            name,
        }
    });
    let faults = entry.faults();
    entry.finish();
    (name, named.filter(|_| faults.count() == before))
}

fn operation(entry: &mut TomlTable<'_>) -> Option<MeasureOperation> {
    let given: Vec<&'static str> =
        OPERATIONS.iter().copied().filter(|name| entry.has(name)).collect();
    let &[key] = &given[..] else {
        let place = entry.place().clone();
        if given.is_empty() {
            let remedy = format!("give it one of {}", OPERATIONS.join(", "));
            entry.faults().add(&place, "has no operation", remedy);
        } else {
            let problem = format!("has {} operations: {}", given.len(), given.join(", "));
            entry.faults().add(&place, problem, "keep one, and make measures of the others");
        }
        // Consumed, so that they are not reported as unknown as well.
        for key in given.into_iter().chain(MODIFIERS).chain(["weight"]) {
            let _ = entry.take::<toml::Value>(key);
        }
        return None;
    };
    let aggregate = |entry: &mut TomlTable<'_>, how: AggregateKind| {
        let weight = (how == AggregateKind::Mean).then(|| entry.take("weight")).flatten();
        let rows = rows(entry, key, how != AggregateKind::Count)?;
        Some(MeasureOperation::Aggregate(RowAggregation { how, rows, weight }))
    };
    let made = match key {
        "count" => aggregate(entry, AggregateKind::Count)?,
        "sum" => aggregate(entry, AggregateKind::Sum)?,
        "mean" => aggregate(entry, AggregateKind::Mean)?,
        "min" => aggregate(entry, AggregateKind::Min)?,
        "max" => aggregate(entry, AggregateKind::Max)?,
        "median" => aggregate(entry, AggregateKind::Median)?,
        "most_frequent" => aggregate(entry, AggregateKind::MostFrequent)?,
        "carrier_column" => MeasureOperation::CarrierColumn(entry.take(key)?),
        "ratio" => ratio(entry, key, 1.0)?,
        "share" => ratio(entry, key, 100.0)?,
        "per_1000" => ratio(entry, key, 1000.0)?,
        "per_km2" => MeasureOperation::PerKm2(entry.take(key)?),
        "plus" => MeasureOperation::Plus(entry.list(key)?),
        "minus" => {
            let [from, less] = pair(entry, key)?;
            MeasureOperation::Minus(from, less)
        }
        "times" => {
            let [one, other] = pair(entry, key)?;
            MeasureOperation::Times(one, other)
        }
        "scale" => {
            let ScaleEntry { measure, factor } = entry.take(key)?;
            MeasureOperation::Scale { of: measure, by: factor }
        }
        "change" => {
            let ChangeEntry { measure, periods_back, percent } = entry.take(key)?;
            MeasureOperation::Change { of: measure, back: periods_back, percent }
        }
        "share_of_total" => MeasureOperation::ShareOfTotal(entry.take(key)?),
        "index" => MeasureOperation::Index(entry.list(key)?),
        "nearest" => MeasureOperation::Nearest(rows(entry, key, false)?),
        "nearest_value" => MeasureOperation::NearestValue(rows(entry, key, true)?),
        "containing_value" => MeasureOperation::ContainingValue(rows(entry, key, true)?),
        _ => {
            let ClassEntry { measure, breaks, titles } = entry.take(key)?;
            MeasureOperation::Class { of: measure, breaks, titles }
        }
    };
    for modifier in MODIFIERS.into_iter().chain(["weight"]) {
        if entry.has(modifier) {
            let problem = format!("says nothing to {key}");
            entry.fault(modifier, problem, "remove it, or move it to the measure with the rows");
            let _ = entry.take::<toml::Value>(modifier);
        }
    }
    Some(made)
}

fn pair(entry: &mut TomlTable<'_>, key: &'static str) -> Option<[String; 2]> {
    let names = entry.list::<String>(key)?;
    let count = names.len();
    <[String; 2]>::try_from(names).map_or_else(
        |_| {
            entry.fault(key, format!("has {count} measures"), "name two measures");
            None
        },
        Some,
    )
}

fn ratio(entry: &mut TomlTable<'_>, key: &'static str, factor: f64) -> Option<MeasureOperation> {
    let [over, under] = pair(entry, key)?;
    Some(MeasureOperation::Ratio { over, under, factor })
}

/// Parses `"dataset"` or `"dataset.column"` with its modifiers.
fn rows(entry: &mut TomlTable<'_>, key: &'static str, with_column: bool) -> Option<JoinedRows> {
    let reference = entry.take::<String>(key);
    let filter = filter(entry);
    let (join, metres) = (entry.take::<JoinKind>("join"), entry.take::<f64>("max_distance_m"));
    let join = match (join, metres) {
        (None, None) => None,
        (Some(JoinKind::Distance) | None, Some(metres)) => Some(RowJoin::Within { metres }),
        (Some(JoinKind::Distance), None) => {
            entry.fault("max_distance_m", "is missing beside distance", "say how far in metres");
            None
        }
        (Some(other), metres) => {
            if metres.is_some() {
                entry.fault("max_distance_m", "counts only with distance", "remove it, or join");
            }
            Some(if matches!(other, JoinKind::Key) { RowJoin::Key } else { RowJoin::Inside })
        }
    };
    let rows_key = entry.take("key");
    let last_months = entry.take("last_months");
    let reference = reference?;
    let (dataset, column) = match reference.split_once('.') {
        Some((dataset, column)) => (dataset, Some(column.to_owned())),
        None => (reference.as_str(), None),
    };
    if column.is_some() != with_column {
        let (problem, remedy) = if with_column {
            (format!("{reference:?} names no column"), "write \"dataset.column\"")
        } else {
            (format!("{reference:?} names a column"), "write the dataset alone")
        };
        entry.fault(key, problem, remedy);
        return None;
    }
    let dataset = match DatasetId::new(dataset) {
        Ok(dataset) => dataset,
        Err(error) => {
            entry.fault(key, error.to_string(), "write \"dataset\" or \"dataset.column\"");
            return None;
        }
    };
    Some(JoinedRows { dataset, column, filter, join, key: rows_key, last_months })
}

/// Parses `where = { column = condition, … }`.
pub(super) fn filter(entry: &mut TomlTable<'_>) -> RowFilter {
    entry.pairs::<ColumnCondition>("where").into_iter().collect()
}

/// The column that the operation takes over or aggregates.
fn column_of<'d>(
    operation: &MeasureOperation,
    columns: &SourceColumns<'d>,
) -> Option<&'d DatasetColumn> {
    let rows = match operation {
        MeasureOperation::CarrierColumn(name) => return columns.over?.column(name),
        MeasureOperation::Aggregate(aggregate) => &aggregate.rows,
        MeasureOperation::NearestValue(rows) | MeasureOperation::ContainingValue(rows) => rows,
        _ => return None,
    };
    let (dataset, name) = (columns.datasets.get(rows.dataset.as_str())?, rows.column.as_deref()?);
    dataset.values_column(name).or_else(|| dataset.column(name))
}

fn unit_of(operation: &MeasureOperation, column: Option<&DatasetColumn>) -> Option<String> {
    match operation {
        MeasureOperation::Nearest(_) => Some("m".to_owned()),
        MeasureOperation::Ratio { factor, .. } if *factor == 100.0 => Some("%".to_owned()),
        MeasureOperation::ShareOfTotal(_) | MeasureOperation::Change { percent: true, .. } => {
            Some("%".to_owned())
        }
        _ => column.and_then(|column| column.unit.clone()),
    }
}
