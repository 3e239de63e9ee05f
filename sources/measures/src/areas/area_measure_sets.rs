//! Measure sets of a layer's measures by area.

use catalog::{
    AggregateKind, Catalog, ColumnCondition, Dataset, DatasetColumn, FlowDefinition, JoinedRows,
    LocalizedText, LogicalType, Measure, MeasureOperation, MeasureSet, RowAggregation, RowFilter,
    RowJoin, ScalarValue, UnionPart,
};
use data_model::DatasetId;

/// Maximum number of categories counted separately; the rest is in the count.
const MOST_CATEGORIES: usize = 32;

/// The measures of a layer over areas: rows that belong to its features by their key
/// belong to the areas that contain these.
pub(crate) fn of_set(set: &MeasureSet, areas: &Dataset) -> MeasureSet {
    MeasureSet { carrier: areas.id.clone(), columns: area_columns(areas), ..set.clone() }
}

/// Columns that identify areas: their keys and search columns.
fn area_columns(areas: &Dataset) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for column in areas.key.iter().chain(&areas.search) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

/// Measures of incoming and outgoing movements of each area: the flow's rows are joined
/// once by destination and once by origin.
pub(crate) fn of_flow(set: &MeasureSet, flow: &FlowDefinition, areas: &Dataset) -> MeasureSet {
    let mut measures = Vec::new();
    let directions = [("in", "들어옴", &flow.to), ("out", "나감", &flow.from)];
    for (direction, ko, column) in directions {
        let named = |name: &str| format!("{name}_{direction}");
        for measure in set.measures.iter().filter(|measure| {
            matches!(measure.operation, MeasureOperation::Aggregate(_))
                || measure.in_areas().is_none()
        }) {
            let mut operation = renamed(&measure.operation, &named);
            if let MeasureOperation::Aggregate(aggregate) = &mut operation {
                aggregate.rows.key = Some(column.clone());
                aggregate.rows.join = Some(RowJoin::Key);
            }
            let title = LocalizedText {
                ko: format!("{} ({ko})", measure.title.ko),
                en: format!("{} ({direction})", measure.title.en),
            };
            let suppressed_with = measure.suppressed_with.iter().map(|name| named(name)).collect();
            let name = named(&measure.name);
            measures.push(Measure { name, title, operation, suppressed_with, ..measure.clone() });
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
            parts.iter_mut().for_each(|part| part.measure = named(&part.measure));
        }
        MeasureOperation::Aggregate(_)
        | MeasureOperation::CarrierColumn(_)
        | MeasureOperation::Nearest(_)
        | MeasureOperation::NearestValue(_)
        | MeasureOperation::ContainingValue(_) => {}
    }
    operation
}

/// Number of features in each area and, of a value, sum and mean or the number of each
/// category.
pub(crate) fn of_features(
    dataset: &Dataset,
    filter: &RowFilter,
    value: Option<&str>,
    categories: Option<&[Box<str>]>,
    areas: &Dataset,
) -> MeasureSet {
    let title = LocalizedText { ko: "개수".to_owned(), en: "Count".to_owned() };
    let count = aggregate(AggregateKind::Count, &dataset.id, None, filter.clone());
    let mut measures = vec![measure("count", title, count)];
    if let Some(name) = value {
        let value = FeatureValue { dataset, filter, name, declared: dataset.column(name) };
        let kind = value.declared.and_then(|column| column.kind);
        let flags = ["true".into(), "false".into()];
        let categories = if value.is_flag() { Some(&flags[..]) } else { categories };
        match categories {
            _ if kind.is_some_and(LogicalType::is_number) => measures.extend(value.amounts()),
            // The first evaluation finds the categories.
            None => measures.push(value.most_frequent()),
            Some(categories) => {
                let categories = categories.iter().take(MOST_CATEGORIES);
                measures.extend(categories.filter_map(|category| value.category_count(category)));
            }
        }
    }
    set(measures, areas)
}

/// The value column of a layer of plain features.
struct FeatureValue<'d> {
    dataset: &'d Dataset,
    /// Conditions of the layer.
    filter: &'d RowFilter,
    name: &'d str,
    declared: Option<&'d DatasetColumn>,
}

impl FeatureValue<'_> {
    fn is_flag(&self) -> bool {
        self.declared.is_some_and(|column| column.kind == Some(LogicalType::Bool))
    }

    fn title(&self, ko: &str, en: &str) -> LocalizedText {
        let title = self.declared.map(|column| column.title.clone()).unwrap_or_default();
        LocalizedText { ko: format!("{} {ko}", title.ko), en: format!("{} {en}", title.en) }
    }

    fn aggregate(&self, how: AggregateKind) -> MeasureOperation {
        aggregate(how, &self.dataset.id, Some(self.name), self.filter.clone())
    }

    /// Sum and mean of numbers.
    fn amounts(&self) -> impl Iterator<Item = Measure> {
        let unit = self.declared.and_then(|column| column.unit.clone());
        // A number without a unit, as a house number, is no amount.
        let sum = unit.as_ref().map(|_| ("sum", "합계", "(sum)", AggregateKind::Sum));
        let mean = ("mean", "평균", "(mean)", AggregateKind::Mean);
        sum.into_iter().chain([mean]).map(move |(name, ko, en, how)| Measure {
            unit: unit.clone(),
            ..measure(name, self.title(ko, en), self.aggregate(how))
        })
    }

    /// The most frequent text, unpublished: reads the texts.
    fn most_frequent(&self) -> Measure {
        let operation = self.aggregate(AggregateKind::MostFrequent);
        Measure { publish: false, ..measure("most", self.title("최빈", "(most)"), operation) }
    }

    /// Number of features of a category; `None` if the layer's conditions exclude it.
    fn category_count(&self, category: &str) -> Option<Measure> {
        if !admits(self.filter, self.name, category) {
            return None;
        }
        let mut filter = self.filter.clone();
        let is = match self.is_flag() {
            true => ScalarValue::Bool(category == "true"),
            false => ScalarValue::Text(category.to_owned()),
        };
        filter.insert(self.name.to_owned(), ColumnCondition::Is(is));
        let name = format!("{}={category}", self.name);
        let count = aggregate(AggregateKind::Count, &self.dataset.id, None, filter);
        Some(measure(&name, self.category_title(category), count))
    }

    fn category_title(&self, category: &str) -> LocalizedText {
        let known = self.declared.map(|column| &column.values[..]).unwrap_or_default();
        if let Some(known) = known.iter().find(|known| known.ko == category) {
            return known.clone();
        }
        match (self.is_flag(), category) {
            (true, "true") => LocalizedText { ko: "예".to_owned(), en: "Yes".to_owned() },
            (true, _) => LocalizedText { ko: "아니요".to_owned(), en: "No".to_owned() },
            (false, _) => LocalizedText::same(category),
        }
    }
}

/// Whether a layer's filter admits a category.
fn admits(filter: &RowFilter, column: &str, category: &str) -> bool {
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
pub(crate) fn of_union(catalog: &Catalog, parts: &[UnionPart], areas: &Dataset) -> MeasureSet {
    let mut measures = Vec::new();
    let mut names = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let id = part.dataset.as_str();
        // The same dataset may be two parts of a union.
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
        area_aggregation: None,
        suppressed_with: Vec::new(),
        operation,
    }
}

fn set(measures: Vec<Measure>, areas: &Dataset) -> MeasureSet {
    MeasureSet {
        carrier: areas.id.clone(),
        columns: area_columns(areas),
        period: None,
        retained_slices: None,
        measures,
        value: "count".to_owned(),
        suppression_threshold: None,
    }
}
