//! Test helpers: features, stores, servers and the conformance suite.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::panic,
    reason = "a failed check fails the test that runs it"
)]

pub mod archive;
pub mod areas;
pub mod conformance;
pub mod database;
pub mod district;
pub mod encode;
pub mod foreign_tiles;
pub mod import_folder;
pub mod library;
pub mod live;
pub mod loads;
pub mod measure_queries;
pub mod measured;
pub mod outline;
pub mod pmtiles;
pub mod pooler;
pub mod proxy;
pub mod replace_file;
pub mod shapefile;
pub mod sound;
pub mod stores;
pub mod tables;
pub mod test_datasets;

pub use conformance::decode;
use data_model::VisitError;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
    ShapeKind,
};
use vector_tile::features::{FeatureTable, TableBuilder, TableOptions};

/// A value that owns its text.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnedValue {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f32),
    Double(f64),
    Text(String),
    Binary(Vec<u8>),
}

impl OwnedValue {
    pub fn borrow(&self) -> AttributeValue<'_> {
        match self {
            Self::Null => AttributeValue::Null,
            Self::Bool(v) => AttributeValue::Bool(*v),
            Self::Int(v) => AttributeValue::Int(*v),
            Self::UInt(v) => AttributeValue::UInt(*v),
            Self::Float(v) => AttributeValue::Float(*v),
            Self::Double(v) => AttributeValue::Double(*v),
            Self::Text(v) => AttributeValue::Text(v),
            Self::Binary(v) => AttributeValue::Binary(v),
        }
    }
}

impl From<AttributeValue<'_>> for OwnedValue {
    fn from(value: AttributeValue<'_>) -> Self {
        match value {
            AttributeValue::Null => Self::Null,
            AttributeValue::Bool(v) => Self::Bool(v),
            AttributeValue::Int(v) => Self::Int(v),
            AttributeValue::UInt(v) => Self::UInt(v),
            AttributeValue::Float(v) => Self::Float(v),
            AttributeValue::Double(v) => Self::Double(v),
            AttributeValue::Text(v) => Self::Text(v.to_owned()),
            AttributeValue::Binary(v) => Self::Binary(v.to_vec()),
        }
    }
}

/// One feature of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct TestFeature {
    pub geometry: Geometry,
    pub values: Vec<OwnedValue>,
}

/// Collects all features of a scan.
#[derive(Debug, Default)]
pub struct FeatureCollector {
    pub schema: FeatureSchema,
    pub features: Vec<TestFeature>,
}

impl FeatureVisitor for FeatureCollector {
    fn begin(&mut self, schema: &FeatureSchema) {
        self.schema = schema.clone();
    }

    fn feature(
        &mut self,
        _: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        self.features.push(TestFeature {
            geometry: geometry.clone(),
            values: values.iter().map(|&value| value.into()).collect(),
        });
        Ok(())
    }
}

pub fn column(name: &str, kind: ColumnType) -> Column {
    Column { name: name.to_owned(), kind, title: None, description: None }
}

pub fn points(positions: &[[f64; 2]]) -> Geometry {
    Geometry {
        kind: Some(ShapeKind::Point),
        coordinates: positions.to_vec(),
        ..Geometry::default()
    }
}

pub fn lines(parts: &[&[[f64; 2]]]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
    for part in parts {
        geometry.coordinates.extend_from_slice(part);
        geometry.end_part();
    }
    geometry
}

/// Polygons, each a list of rings.
pub fn polygons(polygons: &[&[&[[f64; 2]]]]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    for rings in polygons {
        for ring in *rings {
            geometry.coordinates.extend_from_slice(ring);
            geometry.end_part();
        }
        geometry.end_polygon();
    }
    geometry
}

/// A table of features.
pub fn table(
    columns: Vec<Column>,
    features: &[TestFeature],
    options: TableOptions,
) -> FeatureTable {
    let mut builder = TableBuilder::new(options);
    builder.begin(&FeatureSchema { columns, ..FeatureSchema::default() });
    for (row, feature) in features.iter().enumerate() {
        let values: Vec<AttributeValue<'_>> =
            feature.values.iter().map(OwnedValue::borrow).collect();
        builder.feature(row as u64, &feature.geometry, &values).unwrap();
    }
    builder.finish().unwrap()
}

/// One column of every type.
pub fn all_types() -> Vec<Column> {
    [
        ("이름", ColumnType::Text),
        ("flag", ColumnType::Bool),
        ("int", ColumnType::Int),
        ("uint", ColumnType::UInt),
        ("float", ColumnType::Float),
        ("double", ColumnType::Double),
        ("json", ColumnType::Json),
        ("time", ColumnType::DateTime),
        ("bytes", ColumnType::Binary),
    ]
    .into_iter()
    .map(|(name, kind)| column(name, kind))
    .collect()
}

/// Features of one geometry kind with every column type, extremes and nulls.
pub fn assorted(kind: GeometryKind) -> Vec<TestFeature> {
    let shapes: Vec<Geometry> = match kind {
        GeometryKind::Point => vec![
            points(&[[127.03, 37.55]]),
            points(&[[127.04, 37.56]]),
            points(&[[127.05, 37.54], [127.051, 37.541]]),
        ],
        GeometryKind::Line => vec![
            lines(&[&[[127.03, 37.55], [127.04, 37.551], [127.05, 37.56]]]),
            lines(&[&[[127.01, 37.53], [127.02, 37.54]], &[[127.06, 37.55], [127.07, 37.56]]]),
        ],
        GeometryKind::Polygon => vec![
            polygons(&[&[
                &[
                    [127.03, 37.55],
                    [127.04, 37.55],
                    [127.04, 37.56],
                    [127.03, 37.56],
                    [127.03, 37.55],
                ],
                &[[127.033, 37.553], [127.036, 37.553], [127.036, 37.556], [127.033, 37.553]],
            ]]),
            polygons(&[
                &[&[[127.01, 37.53], [127.02, 37.53], [127.02, 37.54], [127.01, 37.53]]],
                &[&[[127.06, 37.53], [127.07, 37.53], [127.07, 37.54], [127.06, 37.53]]],
            ]),
        ],
        GeometryKind::Mixed => vec![
            points(&[[127.03, 37.55]]),
            lines(&[&[[127.03, 37.55], [127.05, 37.56]]]),
            polygons(&[&[&[[127.01, 37.53], [127.02, 37.53], [127.02, 37.54], [127.01, 37.53]]]]),
        ],
    };
    let values = [
        vec![
            OwnedValue::Text("왕십리2동".to_owned()),
            OwnedValue::Bool(true),
            OwnedValue::Int(i64::MIN),
            OwnedValue::UInt(u64::MAX),
            OwnedValue::Float(1.25),
            OwnedValue::Double(0.1),
            OwnedValue::Text("{\"a\":[1]}".to_owned()),
            OwnedValue::Text("2026-06-01T09:00:00".to_owned()),
            OwnedValue::Binary(vec![0, 255, 16]),
        ],
        vec![OwnedValue::Null; 9],
        vec![
            OwnedValue::Text(String::new()),
            OwnedValue::Bool(false),
            OwnedValue::Int(9_007_199_254_740_993),
            OwnedValue::UInt(0),
            OwnedValue::Float(-0.5),
            OwnedValue::Double(-1e300),
            OwnedValue::Null,
            OwnedValue::Null,
            OwnedValue::Binary(Vec::new()),
        ],
    ];
    let mut features: Vec<TestFeature> = shapes
        .into_iter()
        .zip(values.iter().cycle())
        .map(|(geometry, values)| TestFeature { geometry, values: values.clone() })
        .collect();
    features.push(TestFeature { geometry: Geometry::default(), values: values[0].clone() });
    features
}
