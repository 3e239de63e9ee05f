//! Every layer with measures of the default catalog, on random rows that match its
//! declarations.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use catalog::{
    Catalog, ColumnCondition, Dataset, DatasetColumn, LogicalType, MeasureOperation, ScalarValue,
    Visibility,
};
use data_model::Period;
use data_model::feature::{
    AttributeValue, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
};
use data_model::{ContentDigest, DatasetId};
use measures::{
    DatasetPart, DatasetReader, DeclaredMeasures, InputError, LayerMeasures, MeasureEvaluator,
    ResultAudience, measures_key, stats_key,
};
use testing::{OwnedValue, column, lines, points, polygons};

const FEATURES: usize = 60;
const PERIODS: usize = 30;

/// Random rows of every dataset, the same for the same dataset.
struct RandomRows<'a> {
    catalog: &'a Catalog,
    /// Texts that layers' conditions refer to, by dataset and column.
    filter_texts: BTreeMap<(DatasetId, String), Vec<String>>,
}

impl<'a> RandomRows<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        let mut filter_texts = BTreeMap::<_, Vec<String>>::new();
        let audiences = [ResultAudience::Full, ResultAudience::Public];
        let sets = audiences.iter().flat_map(|&audience| {
            catalog.layers.iter().filter_map(move |layer| DeclaredMeasures::of(layer, audience))
        });
        let rows = sets
            .flat_map(|declared| declared.set.measures.iter())
            .filter_map(|f| f.operation.rows());
        for rows in rows {
            for (name, condition) in &rows.filter {
                let scalars = match condition {
                    ColumnCondition::Is(scalar) => vec![scalar],
                    ColumnCondition::In(scalars) => scalars.iter().collect(),
                    ColumnCondition::Between(_) => Vec::new(),
                };
                let texts = scalars.into_iter().filter_map(|scalar| match scalar {
                    ScalarValue::Text(text) => Some(text.clone()),
                    _ => None,
                });
                filter_texts.entry((rows.dataset.clone(), name.clone())).or_default().extend(texts);
            }
        }
        Self { catalog, filter_texts }
    }
}

struct RandomNumbers(u64);

impl RandomNumbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count.max(1)
    }
}

/// Geometry of a row: areas tile the district, lines and points lie in it.
fn geometry(kind: GeometryKind, row: usize, random: &mut RandomNumbers) -> Geometry {
    let mut place =
        || [127.01 + random.below(6000) as f64 / 1e5, 37.53 + random.below(4000) as f64 / 1e5];
    match kind {
        GeometryKind::Point => points(&[place()]),
        GeometryKind::Line => lines(&[&[place(), place()]]),
        GeometryKind::Polygon | GeometryKind::Mixed => {
            let (x, y) = (127.01 + (row % 10) as f64 * 0.006, 37.53 + (row / 10) as f64 * 0.006);
            let (e, n) = (x + 0.006, y + 0.006);
            polygons(&[&[&[[x, y], [e, y], [e, n], [x, n], [x, y]]]])
        }
    }
}

fn value(of: &DatasetColumn, row: usize, random: &mut RandomNumbers) -> OwnedValue {
    let month = row % PERIODS;
    let (year, month) = (2024 + (month + 4) / 12, (month + 4) % 12 + 1);
    match of.kind {
        Some(LogicalType::Int) => OwnedValue::Int(random.below(60) as i64),
        Some(LogicalType::Float) => OwnedValue::Double(random.below(10_000) as f64 / 100.0),
        Some(LogicalType::Bool) => OwnedValue::Bool(random.below(2) == 0),
        Some(LogicalType::Enum) if !of.values.is_empty() => {
            OwnedValue::Text(of.values[random.below(of.values.len())].ko.clone())
        }
        Some(LogicalType::Date) => {
            OwnedValue::Text(format!("{year}-{month:02}-{:02}", random.below(28) + 1))
        }
        Some(LogicalType::DateTime) => {
            let (day, hour) = (random.below(28) + 1, random.below(24));
            OwnedValue::Text(format!("{year}-{month:02}-{day:02}T{hour:02}:00:00"))
        }
        Some(LogicalType::Year) => OwnedValue::Text((2020 + row % 7).to_string()),
        Some(LogicalType::Quarter) => OwnedValue::Text(format!("{year}{}", (month - 1) / 3 + 1)),
        Some(LogicalType::Month) => OwnedValue::Text(format!("{year}{month:02}")),
        // Keys of anything: the first features of each dataset.
        _ => OwnedValue::Text(format!("k{}", random.below(FEATURES))),
    }
}

fn time_of(period: Period, row: usize) -> String {
    let month = row % PERIODS;
    let (year, month) = (2024 + (month + 4) / 12, (month + 4) % 12 + 1);
    match period {
        Period::Year => (2020 + row % 7).to_string(),
        Period::HalfYear => format!("{year}H{}", (month - 1) / 6 + 1),
        Period::Quarter => format!("{year}{}", (month - 1) / 3 + 1),
        Period::Month | Period::MonthHour => format!("{year}{month:02}"),
        Period::Week => format!("2026-W{:02}", row % 40 + 1),
        Period::Day | Period::Hour => format!("2026-10-{:02}", row % 28 + 1),
    }
}

impl RandomRows<'_> {
    fn dataset(&self, id: &DatasetId) -> &Dataset {
        self.catalog.dataset(id.as_str()).unwrap()
    }
}

impl DatasetReader for RandomRows<'_> {
    fn scan(
        &self,
        id: &DatasetId,
        part: DatasetPart,
        visitor: &mut dyn FeatureVisitor,
    ) -> Result<(), InputError> {
        let dataset = self.dataset(id);
        let fault = |reason: String| InputError { dataset: id.clone(), part, reason };
        let values = dataset.values.as_ref();
        let (columns, rows) = match part {
            DatasetPart::Features if dataset.has_features() => (&dataset.columns, FEATURES),
            DatasetPart::Values if values.is_some() => {
                (&values.unwrap().columns, FEATURES * PERIODS * 3)
            }
            _ => return Err(fault("it has no such part".to_owned())),
        };
        let stored = |of: &DatasetColumn| {
            let kind = match of.kind {
                Some(LogicalType::Int) => ColumnType::Int,
                Some(LogicalType::Float) => ColumnType::Double,
                Some(LogicalType::Bool) => ColumnType::Bool,
                _ => ColumnType::Text,
            };
            column(&of.name, kind)
        };
        let schema = columns.iter().map(stored).collect();
        visitor.begin(&FeatureSchema { columns: schema, ..FeatureSchema::default() });
        let mut random = RandomNumbers(id.as_str().bytes().map(u64::from).sum());
        for row in 0..rows {
            let one = |of: &DatasetColumn| {
                let values = values.filter(|_| part == DatasetPart::Values);
                let named = |name: Option<&String>| name == Some(&of.name);
                if part == DatasetPart::Features && dataset.key.contains(&of.name) {
                    return OwnedValue::Text(format!("k{row}"));
                }
                if dataset.id_column.as_ref() == Some(&of.name) {
                    return OwnedValue::Int(row as i64);
                }
                if values.is_some_and(|values| values.key == of.name) {
                    return OwnedValue::Text(format!("k{}", row / PERIODS / 3));
                }
                if values.is_some_and(|values| named(values.hour.as_ref())) {
                    return OwnedValue::Int(row as i64 / PERIODS as i64 % 24);
                }
                if let Some(period) =
                    values.filter(|v| named(v.time.as_ref())).and_then(|v| v.period)
                {
                    return OwnedValue::Text(time_of(period, row));
                }
                match (of.kind, self.filter_texts.get(&(id.clone(), of.name.clone()))) {
                    (Some(LogicalType::Code | LogicalType::Text), Some(filter_texts))
                        if !filter_texts.is_empty() =>
                    {
                        OwnedValue::Text(filter_texts[random.below(filter_texts.len())].clone())
                    }
                    _ => value(of, row, &mut random),
                }
            };
            let owned: Vec<OwnedValue> = columns.iter().map(one).collect();
            let borrowed: Vec<AttributeValue<'_>> = owned.iter().map(OwnedValue::borrow).collect();
            let shape = match part {
                DatasetPart::Features => geometry(dataset.geometry, row, &mut random),
                DatasetPart::Values => Geometry::default(),
            };
            visitor
                .feature(row as u64, &shape, &borrowed)
                .map_err(|error| fault(error.to_string()))?;
        }
        Ok(())
    }

    fn id_column(&self, id: &DatasetId) -> Option<String> {
        self.dataset(id).id_column.clone()
    }

    fn digest(&self, id: &DatasetId, part: DatasetPart) -> Result<ContentDigest, InputError> {
        Ok(ContentDigest::new(id.as_str().len() as u128 * 2 + part as u128))
    }
}

/// Number of values of a column that are data.
fn known(result: &LayerMeasures, name: &str) -> usize {
    let at = result.columns.iter().position(|column| column.name == name);
    let slices = 0..result.slices.len();
    at.map_or(0, |at| {
        slices.map(|s| result.values[at].of_slice(s).iter().filter(|&&id| id != 0).count()).sum()
    })
}

#[test]
fn every_layer_of_the_catalog_has_measures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog");
    let mut catalog = Catalog::load(&folder).unwrap();
    catalog.district.stats_areas = Some(DatasetId::new("admin_dong").unwrap());
    let inputs = RandomRows::new(&catalog);
    let audiences = |visibility| match visibility {
        Visibility::Public => vec![ResultAudience::Full, ResultAudience::Public],
        Visibility::Staff => vec![ResultAudience::Full],
    };
    let coming = catalog.layers.iter().flat_map(|layer| {
        audiences(layer.visibility).into_iter().map(move |audience| (layer, audience))
    });
    let coming: Vec<_> = coming.collect();
    let mut evaluator = MeasureEvaluator::new(&catalog, &inputs, coming.iter().copied());
    let key = ContentDigest::new(7);
    let (mut faults, mut measures) = (String::new(), 0);
    for &(layer, audience) in &coming {
        let mut fault = |what: &str| writeln!(faults, "{} {audience:?}: {what}", layer.id).unwrap();
        if let Some(DeclaredMeasures { set, .. }) = DeclaredMeasures::of(layer, audience) {
            measures += 1;
            assert!(measures_key(layer, audience, &catalog, &inputs).unwrap().is_some());
            match evaluator.evaluate(layer, audience) {
                Err(error) => fault(&error.to_string()),
                Ok(result) => {
                    // All random small numbers may be suppressed.
                    if known(&result, &set.value) == 0 && audience == ResultAudience::Full {
                        fault(&format!("no data of {} in {:?}", set.value, result.slices));
                    }
                    let timed = set.period.is_some()
                        && set.measures.iter().any(|measure| {
                            !matches!(measure.operation, MeasureOperation::CarrierColumn(_))
                        });
                    if timed && result.slices[0].is_empty() {
                        fault("there are no slices");
                    }
                    let again = LayerMeasures::from_bytes(&result.to_bytes(key), key).unwrap();
                    assert_eq!(again.as_ref(), Some(&result));
                }
            }
        }
        match evaluator.stats(layer, audience) {
            Err(error) => fault(&format!("stats: {error}")),
            Ok(None) => assert_eq!(stats_key(layer, audience, &catalog, &inputs).unwrap(), None),
            Ok(Some(result)) => {
                assert_eq!(result.features.len(), FEATURES);
                assert!(stats_key(layer, audience, &catalog, &inputs).unwrap().is_some());
            }
        }
    }
    assert!(faults.is_empty(), "of {measures} layers with measures:\n{faults}");
    assert!(measures > 100, "{measures}");
}
