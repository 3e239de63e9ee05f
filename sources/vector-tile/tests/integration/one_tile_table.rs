//! Tests that a table built for one tile gives the tile of the whole table.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, FeatureVisitor};
use data_model::{Extent, TileCoord};
use proptest::prelude::*;
use testing::encode::{SEOUL, covering, soon, view};
use testing::{column, points};
use vector_tile::features::{FeatureTable, TableBuilder, TableOptions, TileScope};
use vector_tile::mvt::{EncoderScratch, encode_layer};

/// A position within about a tile of Seoul's at zoom 13.
fn position() -> impl Strategy<Value = [f64; 2]> {
    (126.99..127.08f64, 37.53..37.60f64).prop_map(|(lon, lat)| [lon, lat])
}

/// A table of points with ids: for one tile, or whole.
fn numbered(rows: &[(u64, [f64; 2])], tile: Option<TileCoord>) -> FeatureTable {
    let options = TableOptions::default();
    let mut builder = match tile {
        Some(tile) => {
            let scope = TileScope::new(tile, Extent::DEFAULT, 64, false, soon());
            TableBuilder::for_tile(options, scope)
        }
        None => TableBuilder::new(options),
    };
    let columns = vec![column("n", ColumnType::Int)];
    builder.begin(&FeatureSchema { columns, ..FeatureSchema::default() });
    for &(id, place) in rows {
        let value = AttributeValue::Int((place[0] * 1e6) as i64);
        builder.feature(id, &points(&[place]), &[value]).unwrap();
    }
    builder.finish().unwrap()
}

proptest! {
    #[test]
    fn rows_in_any_order_give_the_tile_of_the_whole_table(
        rows in prop::collection::vec((0u64..60, position()), 1..40),
        turn in 0usize..40,
    ) {
        let tile = covering(13, SEOUL);
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let bytes = |table: &FeatureTable| {
            let mut scratch = EncoderScratch::default();
            encode_layer(table, &view(table, 4096), tile, soon(), &mut scratch).map(<[u8]>::to_vec)
        };
        let whole = bytes(&numbered(&rows, None));
        prop_assert_eq!(whole, bytes(&numbered(&turned, Some(tile))));
    }
}
