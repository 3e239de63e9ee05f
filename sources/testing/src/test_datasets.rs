//! Datasets and layers built in code, for the measure engine.

use std::collections::BTreeMap;

use catalog::{
    AggregateKind, Catalog, ColumnCondition, Dataset, DatasetColumn, FlowDefinition, JoinedRows,
    Layer, LayerContent, LocalizedText, LogicalType, Measure, MeasureOperation, MeasureSet,
    RowAggregation, RowFilter, RowJoin, ScalarValue, TimeValues, Visibility,
};
use data_model::Period;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
};
use data_model::{ContentDigest, DatasetId, Extent, FieldId, LayerId, ThemeId, Zoom};
use measures::{
    DatasetPart, DatasetReader, InputError, LayerMeasures, MeasureEvaluator, ResultAudience,
};

use super::{OwnedValue, TestFeature};

/// Datasets with their rows.
#[derive(Default, Clone)]
pub struct TestDatasets {
    pub catalog: Catalog,
    pub parts: BTreeMap<(DatasetId, DatasetPart), StoredRows>,
}

/// The rows of a part.
#[derive(Default, Clone)]
pub struct StoredRows {
    pub columns: Vec<Column>,
    pub rows: Vec<TestFeature>,
}

pub fn id(text: &str) -> DatasetId {
    DatasetId::new(text).unwrap()
}

pub fn text(text: &str) -> OwnedValue {
    OwnedValue::Text(text.to_owned())
}

fn declared(columns: &[(&str, LogicalType)]) -> Vec<DatasetColumn> {
    let column = |&(name, kind): &(&str, LogicalType)| DatasetColumn {
        name: name.to_owned(),
        kind: Some(kind),
        title: LocalizedText::same(name),
        unit: None,
        values: Vec::new(),
    };
    columns.iter().map(column).collect()
}

/// The stored columns of declared ones.
fn stored(columns: &[(&str, LogicalType)]) -> Vec<Column> {
    let kind = |kind| match kind {
        LogicalType::Int => ColumnType::Int,
        LogicalType::Float => ColumnType::Double,
        LogicalType::Bool => ColumnType::Bool,
        LogicalType::Date | LogicalType::DateTime => ColumnType::DateTime,
        _ => ColumnType::Text,
    };
    columns.iter().map(|&(name, of)| super::column(name, kind(of))).collect()
}

impl TestDatasets {
    /// Adds a dataset of features whose ids are in the column `id`.
    pub fn features(
        &mut self,
        name: &str,
        geometry: GeometryKind,
        columns: &[(&str, LogicalType)],
        rows: Vec<(Geometry, Vec<OwnedValue>)>,
    ) -> &mut Dataset {
        let mut dataset =
            Dataset::new(id(name), FieldId::new("f").unwrap(), LocalizedText::same(name), geometry);
        dataset.columns = declared(columns);
        dataset.id_column = Some("id".to_owned());
        self.catalog.datasets.push(dataset);
        let rows = rows.into_iter().map(|(geometry, values)| TestFeature { geometry, values });
        let stored = StoredRows { columns: stored(columns), rows: rows.collect() };
        self.parts.insert((id(name), DatasetPart::Features), stored);
        self.catalog.datasets.last_mut().unwrap()
    }

    /// Adds values to a dataset: to one that has features, or to a new one with another's
    /// features.
    pub fn values(
        &mut self,
        name: &str,
        place: Option<&str>,
        (key, time, hour, period): (&str, Option<&str>, Option<&str>, Option<Period>),
        columns: &[(&str, LogicalType)],
        rows: Vec<Vec<OwnedValue>>,
    ) -> &mut Dataset {
        if place.is_some() {
            let field = FieldId::new("f").unwrap();
            let kind = GeometryKind::Polygon;
            let mut dataset = Dataset::new(id(name), field, LocalizedText::same(name), kind);
            dataset.feature_dataset = place.map(id);
            self.catalog.datasets.push(dataset);
        }
        let rows =
            rows.into_iter().map(|values| TestFeature { geometry: Geometry::default(), values });
        let stored = StoredRows { columns: stored(columns), rows: rows.collect() };
        self.parts.insert((id(name), DatasetPart::Values), stored);
        let found = self.catalog.datasets.iter_mut().find(|dataset| dataset.id == id(name));
        let dataset = found.unwrap();
        dataset.values = Some(TimeValues {
            key: key.to_owned(),
            time: time.map(str::to_owned),
            hour: hour.map(str::to_owned),
            period,
            retained_periods: None,
            table: None,
            columns: declared(columns),
        });
        dataset
    }

    pub fn dataset(&mut self, name: &str) -> &mut Dataset {
        self.catalog.datasets.iter_mut().find(|dataset| dataset.id == id(name)).unwrap()
    }

    pub fn evaluate(&self, set: &MeasureSet, audience: ResultAudience) -> LayerMeasures {
        let layer = layer(set);
        let mut evaluator = MeasureEvaluator::new(&self.catalog, self, [(&layer, audience)]);
        evaluator.evaluate(&layer, audience).unwrap()
    }
}

impl DatasetReader for TestDatasets {
    fn scan(
        &self,
        dataset: &DatasetId,
        part: DatasetPart,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError> {
        let fault = |reason: String| InputError { dataset: dataset.clone(), part, reason };
        let stored = self.parts.get(&(dataset.clone(), part));
        let stored = stored.ok_or_else(|| fault("is not stored".to_owned()))?;
        visitor
            .begin(&FeatureSchema { columns: stored.columns.clone(), ..FeatureSchema::default() });
        for (number, row) in stored.rows.iter().enumerate() {
            let values: Vec<AttributeValue<'_>> =
                row.values.iter().map(OwnedValue::borrow).collect();
            visitor
                .feature(number as u64, &row.geometry, &values)
                .map_err(|error| fault(error.to_string()))?;
        }
        Ok(())
    }

    fn id_column(&self, dataset: &DatasetId) -> Option<String> {
        self.catalog.dataset(dataset.as_str())?.id_column.clone()
    }

    fn digest(&self, dataset: &DatasetId, part: DatasetPart) -> Result<ContentDigest, InputError> {
        let stored = self.parts.get(&(dataset.clone(), part));
        let stored = stored.map(|stored| format!("{:?}", stored.rows)).unwrap_or_default();
        Ok(ContentDigest::of_bytes(stored.as_bytes()))
    }
}

/// A public layer of these measures.
pub fn layer(set: &MeasureSet) -> Layer {
    plain("test", &set.carrier, LayerContent::Measures(set.clone()), Some(set.value.clone()))
}

/// A public layer of a flow.
pub fn flow_layer(flow: &FlowDefinition, set: &MeasureSet) -> Layer {
    let content = LayerContent::Flow(flow.clone(), set.clone());
    plain("test", &set.carrier, content, Some(set.value.clone()))
}

pub fn plain(
    name: &str,
    dataset: &DatasetId,
    content: LayerContent,
    value: Option<String>,
) -> Layer {
    Layer {
        id: LayerId::new(name).unwrap(),
        theme: ThemeId::new("t").unwrap(),
        other_themes: Vec::new(),
        title: LocalizedText::same(name),
        description: None,
        kind: None,
        dataset: dataset.clone(),
        datasets: vec![dataset.clone()],
        content,
        public_form: None,
        public_look: Default::default(),
        cartography: Default::default(),
        visibility: Visibility::Public,
        columns: None,
        value,
        archive_layer: None,
        coverage: false,
        labels: false,
        background: false,
        min_zoom: Zoom::new(0).unwrap(),
        max_zoom: Zoom::new(16).unwrap(),
        declared_zooms: (None, None),
        extent: Extent::DEFAULT,
        buffer: 64,
        tiling: data_model::Tiling::default(),
        public_tiling: None,
        max_age: 300,
    }
}

/// A measure set over a dataset, whose last measure is the layer's value.
pub fn over(dataset: &str, measures: Vec<(&str, MeasureOperation)>) -> MeasureSet {
    let value = measures.last().map(|(name, _)| (*name).to_owned()).unwrap_or_default();
    let measure = |(name, operation): (&str, MeasureOperation)| Measure {
        name: name.to_owned(),
        title: LocalizedText::same(name),
        unit: None,
        decimals: None,
        publish: true,
        area_aggregation: None,
        suppressed_with: Vec::new(),
        operation,
    };
    MeasureSet {
        carrier: id(dataset),
        columns: Vec::new(),
        period: None,
        retained_slices: None,
        measures: measures.into_iter().map(measure).collect(),
        value,
        suppression_threshold: None,
    }
}

/// Rows of `dataset` or `dataset.column`.
pub fn rows(reference: &str) -> JoinedRows {
    let (dataset, column) =
        reference.split_once('.').map_or((reference, None), |(d, c)| (d, Some(c.to_owned())));
    JoinedRows {
        dataset: id(dataset),
        column,
        filter: RowFilter::new(),
        join: None,
        key: None,
        last_months: None,
    }
}

pub fn with(how: AggregateKind, rows: JoinedRows) -> MeasureOperation {
    MeasureOperation::Aggregate(RowAggregation { how, rows, weight: None })
}

pub fn aggregate(how: AggregateKind, reference: &str) -> MeasureOperation {
    with(how, rows(reference))
}

pub fn count(reference: &str) -> MeasureOperation {
    aggregate(AggregateKind::Count, reference)
}

pub fn sum(reference: &str) -> MeasureOperation {
    aggregate(AggregateKind::Sum, reference)
}

pub fn filtered(reference: &str, filter: &[(&str, ColumnCondition)]) -> JoinedRows {
    let filter = filter.iter().map(|(name, condition)| ((*name).to_owned(), condition.clone()));
    JoinedRows { filter: filter.collect(), ..rows(reference) }
}

pub fn is(word: &str) -> ColumnCondition {
    ColumnCondition::Is(ScalarValue::Text(word.to_owned()))
}

pub fn joined(reference: &str, join: RowJoin) -> JoinedRows {
    JoinedRows { join: Some(join), ..rows(reference) }
}

pub fn ratio(over: &str, under: &str, factor: f64) -> MeasureOperation {
    MeasureOperation::Ratio { over: over.to_owned(), under: under.to_owned(), factor }
}

/// A value as text; `-` for null.
pub fn shown(value: AttributeValue<'_>) -> String {
    match value {
        AttributeValue::Null => "-".to_owned(),
        AttributeValue::Bool(flag) => flag.to_string(),
        AttributeValue::Int(number) => number.to_string(),
        AttributeValue::UInt(number) => number.to_string(),
        AttributeValue::Float(number) => number.to_string(),
        AttributeValue::Double(number) => number.to_string(),
        AttributeValue::Text(text) => text.to_owned(),
        AttributeValue::Binary(_) => "?".to_owned(),
    }
}

/// The values of a column, features separated by blanks and slices by bars.
pub fn column(measures: &LayerMeasures, name: &str) -> String {
    let Some(at) = measures.columns.iter().position(|column| column.name == name) else {
        return "no such column".to_owned();
    };
    let slice = |slice| {
        let ids = measures.values[at].of_slice(slice).iter();
        ids.map(|&id| shown(measures.dictionary.value(id))).collect::<Vec<_>>().join(" ")
    };
    (0..measures.slices.len()).map(slice).collect::<Vec<_>>().join(" | ")
}
