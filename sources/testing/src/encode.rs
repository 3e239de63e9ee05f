//! Encodes tiles of test tables, and decodes them again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use data_model::feature::{ColumnType, Geometry};
use data_model::tile::WorldPoint;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use vector_tile::features::{FeatureTable, TableOptions};
use vector_tile::mvt::{EncoderScratch, LayerView, encode_layer};

use super::decode::{self, DecodedFeature};
use super::{OwnedValue, TestFeature, column, table};

pub const SEOUL: [f64; 2] = [127.0369, 37.5634];

pub fn covering(zoom: u8, [lon, lat]: [f64; 2]) -> TileCoord {
    TileCoord::covering(Zoom::new(zoom).unwrap(), WorldPoint::from_lon_lat(lon, lat))
}

pub fn view(table: &FeatureTable, extent: u32) -> LayerView {
    LayerView::new(&LayerId::new("test").unwrap(), table, None, Extent::new(extent).unwrap(), 64)
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// A table of shapes, each with its number as attribute `n`.
pub fn table_of(shapes: Vec<Geometry>, options: TableOptions) -> FeatureTable {
    let features: Vec<TestFeature> = shapes
        .into_iter()
        .enumerate()
        .map(|(n, geometry)| TestFeature { geometry, values: vec![OwnedValue::Int(n as i64)] })
        .collect();
    table(vec![column("n", ColumnType::Int)], &features, options)
}

/// The features of a tile by our encoder, by id.
pub fn encode(table: &FeatureTable, tile: TileCoord, extent: u32) -> BTreeMap<u64, DecodedFeature> {
    let mut scratch = EncoderScratch::default();
    let view = view(table, extent);
    let bytes = encode_layer(table, &view, tile, soon(), &mut scratch).unwrap();
    let layers = decode::tile(bytes);
    let Some(layer) = layers.into_iter().next() else { return BTreeMap::new() };
    assert_eq!((layer.name.as_str(), layer.extent), ("test", u64::from(extent)));
    let count = layer.features.len();
    let by_id: BTreeMap<u64, DecodedFeature> =
        layer.features.into_iter().map(|feature| (feature.id.unwrap(), feature)).collect();
    assert_eq!(by_id.len(), count, "a feature stands twice");
    by_id
}
