//! Comparison of tiles with those that PostGIS makes of the same rows.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

use data_model::TileCoord;
use rstest::rstest;
use testing::decode::{self, DecodedFeature, DecodedValue};
use testing::district::{COLUMNS, DrawnFeature, FeatureKind};
use testing::outline::{Segment, farthest, segments, within};
use testing::stores::{AllStores, StoreKind, ZOOMS, sample, table_name};

/// Bounds of the tile without its buffer, in tile units.
const EDGES: [f64; 2] = [0.0, 4096.0];
/// Tile units by which rounding moves a vertex.
///
/// In a feature table, vertices are rounded beforehand to steps of a sixteenth of a unit at the
/// deepest zoom here.
const ROUNDED: f64 = FRAC_1_SQRT_2 * (1.0 + 1.0 / 16.0);

/// Tile units by which simplification moves an outline; live tables are not simplified.
fn left_out(store: StoreKind) -> f64 {
    if store == StoreKind::Live { 0.0 } else { 0.25 }
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(4326, StoreKind::Loaded)]
#[case(5186, StoreKind::Live)]
fn a_tile_holds_all_that_st_as_mvt_makes_of_the_same_rows(
    #[case] srid: u32,
    #[case] store: StoreKind,
) {
    let name = "a_tile_holds_all_that_st_as_mvt_makes_of_the_same_rows";
    let Some(stores) = AllStores::new(name, &[srid]) else { return };
    for kind in [FeatureKind::Points, FeatureKind::Lines, FeatureKind::Polygons] {
        let drawn: BTreeMap<u64, DrawnFeature> =
            kind.features().into_iter().map(|drawn| (drawn.id as u64, drawn)).collect();
        let source = stores.source(store, kind, srid);
        let mut dropped = 0;
        for zoom in ZOOMS {
            let mut compared = 0;
            for tile in sample(zoom) {
                let theirs = as_mvt(&stores, kind, srid, tile);
                let ours = by_id(stores.layer(&source, tile).map(|layer| layer.features));
                for (id, expected) in &theirs {
                    let context = format!("{kind:?} {tile} {id}");
                    let found = ours.get(id).unwrap_or_else(|| panic!("{context} is missing"));
                    assert_same_attributes(expected, found, &context);
                    // All that they have is in ours.
                    let theirs = within(&segments(expected), EDGES);
                    let apart = farthest(&theirs, &segments(found));
                    // Both were rounded to the grid, by up to 0.71 units each, and ours simplified.
                    let most = 1.5;
                    assert!(apart <= most, "{context}: theirs is {apart} off {found:?}");
                    compared += 1;
                }
                // What it leaves out and meets the tile is in ours.
                for id in meeting(&stores, kind, srid, tile) {
                    dropped += usize::from(!theirs.contains_key(&id));
                    assert!(ours.contains_key(&id), "{kind:?} {tile} {id} is missing");
                }
                // Theirs leaves out what has no width once it is rounded; ours is what
                // was drawn.
                for (id, found) in &ours {
                    let [exact, wide] =
                        [0.0, 2.0].map(|hole| outline(&drawn[id], kind, tile, hole));
                    let found = segments(found);
                    // What has no length or area any more is drawn as a unit or its square.
                    let widened = if is_smallest(&found) { SQRT_2 } else { 0.0 };
                    let most = ROUNDED + left_out(store) + widened;
                    // A hole narrower than two units may have no area once it is rounded.
                    let apart = farthest(&within(&found, EDGES), &exact);
                    let apart = apart.max(farthest(&within(&wide, EDGES), &found));
                    assert!(apart <= most, "{kind:?} {tile} {id}: {apart} off {found:?} {exact:?}");
                }
            }
            assert!(compared > 30, "{kind:?} zoom {zoom}: {compared}");
        }
        eprintln!("{srid} {kind:?}: ST_AsMVT drops {dropped}");
        // Small lines and polygons at zoom 10; a point has no size to be too small.
        assert_eq!(dropped > 0, kind != FeatureKind::Points, "{kind:?}: {dropped}");
    }
}

/// Features of the tile by PostGIS, with timestamps as the same text as in our tiles.
fn as_mvt(
    stores: &AllStores,
    kind: FeatureKind,
    srid: u32,
    tile: TileCoord,
) -> BTreeMap<u64, DecodedFeature> {
    let columns = COLUMNS.map(|(name, kind)| match kind {
        "timestamp" => format!("to_char({name}, 'YYYY-MM-DD\"T\"HH24:MI:SS') AS {name}"),
        _ => format!("\"{name}\""),
    });
    let (z, x, y) = (tile.zoom().get(), tile.x(), tile.y());
    let bytes: Vec<u8> = stores.scratch.ask(&format!(
        "SELECT ST_AsMVT(rows.*, 'theirs', 4096, 'mvt', 'id') FROM (
             SELECT id, {columns}, ST_AsMVTGeom(
                 ST_Transform(geom, 3857), ST_TileEnvelope({z}, {x}, {y}), 4096, 64, true
             ) AS mvt FROM {table}
         ) rows WHERE mvt IS NOT NULL",
        columns = columns.join(", "),
        table = table_name(kind, srid),
    ));
    let mut layers = decode::tile(&bytes);
    by_id(layers.pop().map(|layer| layer.features))
}

/// Ids of the features that intersect the tile, by PostGIS.
fn meeting(stores: &AllStores, kind: FeatureKind, srid: u32, tile: TileCoord) -> Vec<u64> {
    let (z, x, y) = (tile.zoom().get(), tile.x(), tile.y());
    let rows = stores.scratch.rows(&format!(
        "SELECT id FROM {} WHERE ST_Intersects(ST_Transform(geom, 3857), \
         ST_TileEnvelope({z}, {x}, {y}))",
        table_name(kind, srid)
    ));
    rows.iter().map(|row| row.get::<_, i64>(0) as u64).collect()
}

fn by_id(features: Option<Vec<DecodedFeature>>) -> BTreeMap<u64, DecodedFeature> {
    let features = features.into_iter().flatten();
    features.map(|feature| (feature.id.unwrap(), feature)).collect()
}

fn assert_same_attributes(theirs: &DecodedFeature, ours: &DecodedFeature, context: &str) {
    assert_eq!(theirs.kind, ours.kind, "{context}");
    let keys = |feature: &DecodedFeature| feature.tags.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(theirs), keys(ours), "{context}");
    for (key, value) in &theirs.tags {
        let found = &ours.tags[key];
        // The database keeps integers that no browser holds; ours are text, digit for digit.
        let alike = match (key.as_str(), value) {
            ("count", DecodedValue::Int(count)) => *found == DecodedValue::Text(count.to_string()),
            _ => same(value, found),
        };
        assert!(alike, "{context} {key}: {value:?} {found:?}");
    }
}

/// Whether an outline lies within a square of one unit around its first vertex.
fn is_smallest(edges: &[Segment]) -> bool {
    let [first, _] = edges[0];
    let near = |at: &[f64; 2]| (at[0] - first[0]).abs() <= 1.0 && (at[1] - first[1]).abs() <= 1.0;
    edges.iter().flatten().all(near)
}

/// Outline of a feature as drawn, in tile units and not rounded, without holes narrower
/// than `hole`.
fn outline(drawn: &DrawnFeature, kind: FeatureKind, tile: TileCoord, hole: f64) -> Vec<Segment> {
    let tiles = f64::from(1u32 << tile.zoom().get());
    let placed = |&[lon, lat]: &[f64; 2]| {
        let x = (lon + 180.0) / 360.0 * tiles - f64::from(tile.x());
        let north = lat.to_radians().tan().asinh() / std::f64::consts::PI;
        let y = (1.0 - north) / 2.0 * tiles - f64::from(tile.y());
        [x * 4096.0, y * 4096.0]
    };
    let mut edges = Vec::new();
    for (n, part) in drawn.parts.iter().enumerate() {
        let part: Vec<[f64; 2]> = part.iter().map(placed).collect();
        if n > 0 && width(&part) < hole {
            continue;
        }
        match kind {
            FeatureKind::Points => edges.push([part[0], part[0]]),
            _ => edges.extend(part.windows(2).map(|pair| [pair[0], pair[1]])),
        }
    }
    edges
}

/// Shorter side of a ring's bounding box.
fn width(ring: &[[f64; 2]]) -> f64 {
    let side = |axis: usize| {
        let along = || ring.iter().map(|at| at[axis]);
        along().fold(f64::MIN, f64::max) - along().fold(f64::MAX, f64::min)
    };
    side(0).min(side(1))
}

/// Whether two values are equal, numbers regardless of type.
fn same(one: &DecodedValue, other: &DecodedValue) -> bool {
    let number = |value: &DecodedValue| match *value {
        DecodedValue::Number(number) => Some(number),
        // An integer that a double can't hold is not equal to one.
        DecodedValue::Int(int) => Some(int as f64).filter(|&number| number as i128 == int),
        DecodedValue::Text(_) | DecodedValue::Bool(_) => None,
    };
    one == other || number(one).is_some_and(|one| number(other) == Some(one))
}
