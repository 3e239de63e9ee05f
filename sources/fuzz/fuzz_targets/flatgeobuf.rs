//! Any bytes as a FlatGeobuf file: a table or an error, and then a tile.
#![no_main]

use std::path::Path;
use std::time::{Duration, Instant};

use data_model::tile::WorldPoint;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use flatgeobuf_store::scan;
use libfuzzer_sys::fuzz_target;
use vector_tile::features::{TableBuilder, TableOptions};
use vector_tile::mvt::{LayerView, EncoderScratch, encode_layer};

fuzz_target!(|bytes: &[u8]| {
    let coverage = bytes.last().is_some_and(|byte| byte & 1 == 1);
    let mut builder = TableBuilder::new(TableOptions { coverage, ..TableOptions::default() });
    if scan(bytes, bytes.len() as u64, Path::new("fuzz.fgb"), &mut builder).is_err() {
        return;
    }
    let Ok(table) = builder.finish() else { return };
    let (Ok(id), Ok(zoom)) = (LayerId::new("fuzz"), Zoom::new(14)) else { return };
    let view = LayerView::new(&id, &table, None, Extent::DEFAULT, 64);
    let tile = TileCoord::covering(zoom, WorldPoint::from_lon_lat(127.04, 37.55));
    let deadline = Instant::now() + Duration::from_secs(60);
    let _ = encode_layer(&table, &view, tile, deadline, &mut EncoderScratch::default());
});
