//! Synthetic inputs that the benches share.
//!
//! All inputs are made from a fixed seed, so two runs measure the same work.

#![forbid(unsafe_code)]

use data_model::TileCoord;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, GeometryKind,
    ShapeKind,
};
use data_model::tile::WorldPoint;
use vector_tile::features::{FeatureTable, TableBuilder, TableOptions};

/// Tile that contains all features of the inputs.
#[must_use]
pub fn tile() -> TileCoord {
    let zoom = data_model::Zoom::new(14).expect("14 is a zoom");
    TileCoord::covering(zoom, WorldPoint::from_lon_lat(127.0369, 37.5634))
}

/// Deterministic pseudo-random generator (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A random fraction from 0 up to 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Attributes of one feature: two numbers, two categories, one name.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// Name, distinct for most features.
    pub name: String,
    /// One of 12 categories.
    pub category: String,
    /// Count below 30.
    pub count: i64,
    /// Score, any double.
    pub score: f64,
    /// Flag.
    pub open: bool,
}

/// One feature of a bench: its attributes and its shape in degrees.
#[derive(Debug, Clone)]
pub struct BenchFeature {
    /// Attributes.
    pub attributes: Attributes,
    /// Vertices; one for a point, an open ring for a polygon.
    pub vertices: Vec<[f64; 2]>,
}

fn attributes(random: &mut Random) -> Attributes {
    Attributes {
        name: format!("성수이로 {}", random.next_u64() % 5000),
        category: format!("업종 {}", random.next_u64() % 12),
        count: (random.next_u64() % 30) as i64,
        score: (random.fraction() * 1000.0).round() / 10.0,
        open: random.next_u64().is_multiple_of(2),
    }
}

/// A random position inside the tile, at least `margin` (a fraction of the tile) off its edges.
fn inside(random: &mut Random, margin: f64) -> [f64; 2] {
    let tile = tile();
    let side = 1u64 << (32 - tile.zoom().get());
    let mut along = |origin: u32| {
        let fraction = margin + random.fraction() * (1.0 - 2.0 * margin);
        (u64::from(origin) * side + (fraction * side as f64) as u64) as u32
    };
    let (lon, lat) = WorldPoint { x: along(tile.x()), y: along(tile.y()) }.to_lon_lat();
    [lon, lat]
}

/// Points spread over the tile.
#[must_use]
pub fn points(count: usize) -> Vec<BenchFeature> {
    let mut random = Random(1);
    (0..count)
        .map(|_| BenchFeature {
            attributes: attributes(&mut random),
            vertices: vec![inside(&mut random, 0.01)],
        })
        .collect()
}

/// Round, wobbly polygons of `vertices` vertices spread over the tile.
#[must_use]
pub fn polygons(count: usize, vertices: usize) -> Vec<BenchFeature> {
    let mut random = Random(2);
    (0..count)
        .map(|_| {
            let [lon, lat] = inside(&mut random, 0.1);
            let ring = (0..vertices)
                .map(|i| {
                    let angle = i as f64 / vertices as f64 * std::f64::consts::TAU;
                    let radius = 0.0008 * (1.0 + 0.3 * random.fraction());
                    [lon + radius * angle.cos(), lat + radius * angle.sin() * 0.8]
                })
                .collect();
            BenchFeature { attributes: attributes(&mut random), vertices: ring }
        })
        .collect()
}

/// The feature table of a list of features of one kind.
#[must_use]
pub fn table(features: &[BenchFeature], kind: GeometryKind) -> FeatureTable {
    table_with(features, kind, TableOptions::default())
}

/// The feature table of a list of features of one kind, built with these options.
#[must_use]
pub fn table_with(
    features: &[BenchFeature],
    kind: GeometryKind,
    options: TableOptions,
) -> FeatureTable {
    let column =
        |name: &str, kind| Column { name: name.to_owned(), kind, title: None, description: None };
    let mut builder = TableBuilder::new(options);
    builder.begin(&FeatureSchema {
        columns: vec![
            column("name", ColumnType::Text),
            column("category", ColumnType::Text),
            column("count", ColumnType::Int),
            column("score", ColumnType::Double),
            column("open", ColumnType::Bool),
        ],
        ..FeatureSchema::default()
    });
    let mut geometry = Geometry::default();
    for (row, feature) in features.iter().enumerate() {
        geometry.clear();
        geometry.coordinates.extend_from_slice(&feature.vertices);
        if kind == GeometryKind::Polygon {
            geometry.kind = Some(ShapeKind::Polygon);
            geometry.end_part();
            geometry.end_polygon();
        } else {
            geometry.kind = Some(ShapeKind::Point);
        }
        let attributes = &feature.attributes;
        let values = [
            AttributeValue::Text(&attributes.name),
            AttributeValue::Text(&attributes.category),
            AttributeValue::Int(attributes.count),
            AttributeValue::Double(attributes.score),
            AttributeValue::Bool(attributes.open),
        ];
        builder.feature(row as u64, &geometry, &values).expect("the input fits a table");
    }
    builder.finish().expect("the input fits a table")
}
