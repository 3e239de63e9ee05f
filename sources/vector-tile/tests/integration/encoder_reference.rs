//! Compares the encoder with the `mvt` crate, which shares no code with it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;

use data_model::feature::{Column, GeometryKind, ShapeKind};
use data_model::tile::{TileGrid, WorldPoint};
use data_model::{Extent, TileCoord};
use mvt::{GeomEncoder, GeomType, Tile};
use rstest::rstest;
use testing::decode::{self, DecodedFeature};
use testing::encode::{SEOUL, covering, encode};
use testing::{OwnedValue, TestFeature, all_types, assorted, table};
use vector_tile::features::TableOptions;

/// The same features encoded by the `mvt` crate: snapped to our grid, nothing left out.
fn reference(
    columns: &[Column],
    features: &[TestFeature],
    tile: TileCoord,
) -> BTreeMap<u64, DecodedFeature> {
    let grid = TileGrid::new(tile, Extent::DEFAULT);
    let most = 1_u64 << 53;
    let is_wide = |column: usize| {
        features.iter().any(|feature| match feature.values[column] {
            OwnedValue::Int(value) => value.unsigned_abs() > most,
            OwnedValue::UInt(value) => value > most,
            _ => false,
        })
    };
    let wide: Vec<bool> = (0..columns.len()).map(is_wide).collect();
    let mut out = Tile::new(4096);
    let mut layer = out.create_layer("test");
    for (row, feature) in features.iter().enumerate() {
        let Some(kind) = feature.geometry.kind else { continue };
        let geometry_type = match kind {
            ShapeKind::Point => GeomType::Point,
            ShapeKind::Line => GeomType::Linestring,
            ShapeKind::Polygon => GeomType::Polygon,
        };
        let mut encoder = GeomEncoder::<f64>::new(geometry_type);
        let geometry = &feature.geometry;
        let parts: Vec<&[[f64; 2]]> = match kind {
            ShapeKind::Point => vec![&geometry.coordinates],
            _ => geometry.parts().collect(),
        };
        for part in parts {
            // The crate closes rings itself.
            let closed = kind == ShapeKind::Polygon && part.first() == part.last();
            let part = if closed { &part[..part.len() - 1] } else { part };
            // Exterior rings of the input wind as GeoJSON asks, the other way round.
            for &[lon, lat] in part.iter().rev() {
                let (x, y) = grid.to_tile(WorldPoint::from_lon_lat(lon, lat));
                encoder.add_point(x as f64, y as f64).unwrap();
            }
            encoder.complete_geom().unwrap();
        }
        let mut out = layer.into_feature(encoder.encode().unwrap());
        out.set_id(row as u64);
        for ((column, value), wide) in columns.iter().zip(&feature.values).zip(&wide) {
            match value {
                // A column with an integer that no browser holds is text throughout.
                OwnedValue::Int(v) if *wide => out.add_tag_string(&column.name, &v.to_string()),
                OwnedValue::UInt(v) if *wide => out.add_tag_string(&column.name, &v.to_string()),
                OwnedValue::Null => {}
                OwnedValue::Bool(v) => out.add_tag_bool(&column.name, *v),
                OwnedValue::Int(v) => out.add_tag_sint(&column.name, *v),
                OwnedValue::UInt(v) => out.add_tag_uint(&column.name, *v),
                OwnedValue::Float(v) => out.add_tag_float(&column.name, *v),
                OwnedValue::Double(v) => out.add_tag_double(&column.name, *v),
                OwnedValue::Text(v) => out.add_tag_string(&column.name, v),
                OwnedValue::Binary(v) => {
                    let hex: String = v.iter().map(|byte| format!("{byte:02x}")).collect();
                    out.add_tag_string(&column.name, &hex);
                }
            }
        }
        layer = out.into_layer();
    }
    out.add_layer(layer).unwrap();
    let bytes = out.to_bytes().unwrap();
    let layer = decode::tile(&bytes).remove(0);
    layer.features.into_iter().map(|feature| (feature.id.unwrap(), feature)).collect()
}

/// Vertices in one order, independent of a part's start and direction: the reference
/// keeps the winding of the input.
fn normalized(mut features: BTreeMap<u64, DecodedFeature>) -> BTreeMap<u64, DecodedFeature> {
    for feature in features.values_mut() {
        for ring in &mut feature.parts {
            if feature.kind != 3 {
                ring.sort_unstable();
                continue;
            }
            if decode::doubled_area(ring) < 0 {
                ring.reverse();
            }
            let first = (0..ring.len()).min_by_key(|&i| ring[i]).unwrap();
            ring.rotate_left(first);
        }
    }
    features
}

#[rstest]
#[case(GeometryKind::Point)]
#[case(GeometryKind::Line)]
#[case(GeometryKind::Polygon)]
#[case(GeometryKind::Mixed)]
fn a_tile_holds_what_the_reference_encoder_puts_in_it(#[case] kind: GeometryKind) {
    // All of the features lie in this tile; its grid is fine enough to keep every vertex.
    let tile = covering(8, SEOUL);
    let features = assorted(kind);
    let table = table(all_types(), &features, TableOptions::default());
    let expected = normalized(reference(&all_types(), &features, tile));
    assert_eq!(expected.len(), features.len() - 1, "all but the one without geometry");
    assert_eq!(normalized(encode(&table, tile, 4096)), expected);
}
