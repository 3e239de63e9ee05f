//! Continuity of geometry across the borders of neighbouring tiles.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;

use data_model::TileCoord;
use rstest::rstest;
use testing::decode::{DecodedFeature, DecodedLayer};
use testing::district::{AREA, FeatureKind, RandomNumbers};
use testing::outline::{Segment, distance, segments};
use testing::stores::{AllStores, StoreKind, sample};

/// Tile units along a tile's edge.
const EDGE: f64 = 4096.0;
/// Range along the border within which both tiles are complete.
///
/// At the corners of the buffered tile, the parts cut off at one side are cut at the other
/// as well.
const COMPARED: std::ops::RangeInclusive<f64> = -62.0..=EDGE + 62.0;

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(4326)]
#[case(3857)]
#[case(5186)]
#[case(5179)]
#[case(5174)]
fn lines_and_rings_cross_a_border_at_the_same_place_in_both_tiles(#[case] srid: u32) {
    let name = "lines_and_rings_cross_a_border_at_the_same_place_in_both_tiles";
    let Some(stores) = AllStores::new(name, &[srid]) else { return };
    for store in [StoreKind::File, StoreKind::Loaded, StoreKind::Live] {
        for kind in [FeatureKind::Lines, FeatureKind::Polygons, FeatureKind::Coverage] {
            let source = stores.source(store, kind, srid);
            for zoom in [13, 14, 15, 16] {
                let mut crossings = 0;
                for tile in sample(zoom) {
                    let here = by_id(stores.layer(&source, tile));
                    for axis in [0, 1] {
                        let Some(next) = neighbour(tile, axis) else { continue };
                        let there = by_id(stores.layer(&source, next));
                        let context = format!("{store:?} {kind:?} {tile} and {next}");
                        crossings += compare(&here, &there, axis, &context);
                    }
                }
                assert!(crossings > 10, "{store:?} {kind:?} zoom {zoom}: {crossings}");
            }
        }
    }
}

/// The adjacent tile to the east (`axis` 0) or to the south.
fn neighbour(tile: TileCoord, axis: usize) -> Option<TileCoord> {
    let (x, y) = if axis == 0 { (tile.x() + 1, tile.y()) } else { (tile.x(), tile.y() + 1) };
    TileCoord::new(tile.zoom().get(), x, y).ok()
}

fn by_id(layer: Option<DecodedLayer>) -> BTreeMap<u64, Vec<Segment>> {
    let features = layer.into_iter().flat_map(|layer| layer.features);
    features.map(|feature| (feature.id.unwrap(), segments(&feature))).collect()
}

/// Asserts that both tiles have the same crossings of the border; returns the number
/// compared.
fn compare(
    here: &BTreeMap<u64, Vec<Segment>>,
    there: &BTreeMap<u64, Vec<Segment>>,
    axis: usize,
    context: &str,
) -> usize {
    let nothing = Vec::new();
    let mut compared = 0;
    let ids: std::collections::BTreeSet<&u64> = here.keys().chain(there.keys()).collect();
    for id in ids {
        let of = |features: &BTreeMap<u64, Vec<Segment>>, border| {
            crossings(features.get(id).unwrap_or(&nothing), axis, border)
        };
        let (here, there) = (of(here, EDGE), of(there, 0.0));
        for (some, others) in [(&here, &there), (&there, &here)] {
            for place in some.iter().filter(|place| COMPARED.contains(*place)) {
                let near = others.iter().any(|other| (other - place).abs() <= 1.0);
                assert!(near, "{context}: feature {id} crosses at {place}: {here:?} {there:?}");
                compared += 1;
            }
        }
    }
    compared
}

/// Positions along a border at which edges cross it.
fn crossings(edges: &[Segment], axis: usize, border: f64) -> Vec<f64> {
    let crossing = |&[a, b]: &Segment| {
        // A vertex on the border is on its far side: touching is not crossing.
        ((a[axis] < border) != (b[axis] < border)).then(|| {
            let part = (border - a[axis]) / (b[axis] - a[axis]);
            a[1 - axis] + (b[1 - axis] - a[1 - axis]) * part
        })
    };
    edges.iter().filter_map(crossing).collect()
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(4326)]
#[case(3857)]
#[case(5186)]
#[case(5179)]
#[case(5174)]
fn a_coverage_fills_its_tiles_without_gaps_and_overlaps(#[case] srid: u32) {
    let name = "a_coverage_fills_its_tiles_without_gaps_and_overlaps";
    let Some(stores) = AllStores::new(name, &[srid]) else { return };
    let within = inner_tiles();
    assert!(within.len() > 20, "{}", within.len());
    for store in [StoreKind::File, StoreKind::Loaded, StoreKind::Live] {
        let source = stores.source(store, FeatureKind::Coverage, srid);
        for &tile in &within {
            let layer = stores.layer(&source, tile).unwrap();
            let context = format!("{store:?} {tile}");
            let area: f64 = layer.features.iter().map(clipped_area).sum();
            assert!((area - EDGE * EDGE).abs() < 1.0, "{context}: {area} of {}", EDGE * EDGE);
            every_place_is_in_one_cell(&layer, &context);
        }
    }
}

/// Tiles at zooms 14 to 16 that lie within the coverage together with their buffers.
fn inner_tiles() -> Vec<TileCoord> {
    // The outer cells are shaken by a quarter of their size at most.
    let [west, south, east, north] = AREA;
    let inset = [(east - west) / 30.0, (north - south) / 30.0];
    let fits = |tile: &TileCoord| {
        let tiles = f64::from(1u32 << tile.zoom().get());
        let lon = |x: f64| x / tiles * 360.0 - 180.0;
        let lat =
            |y: f64| (std::f64::consts::PI * (1.0 - 2.0 * y / tiles)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(tile.x()), f64::from(tile.y()));
        lon(x) > west + inset[0]
            && lon(x + 1.0) < east - inset[0]
            && lat(y) < north - inset[1]
            && lat(y + 1.0) > south + inset[1]
    };
    [14, 15, 16].into_iter().flat_map(sample).filter(fits).collect()
}

/// Area of a polygon within the tile's bounds, in square tile units.
fn clipped_area(feature: &DecodedFeature) -> f64 {
    let ring_area = |ring: &Vec<[i64; 2]>| {
        let mut ring: Vec<[f64; 2]> = ring.iter().map(|&[x, y]| [x as f64, y as f64]).collect();
        for axis in [0, 1] {
            for (border, sign) in [(0.0, 1.0), (EDGE, -1.0)] {
                ring = clipped(&ring, axis, border, sign);
            }
        }
        let corners = ring.iter().zip(ring.iter().cycle().skip(1));
        corners.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
    };
    feature.parts.iter().map(ring_area).sum()
}

/// The part of a ring on one side of a border, by Sutherland–Hodgman clipping.
fn clipped(ring: &[[f64; 2]], axis: usize, border: f64, sign: f64) -> Vec<[f64; 2]> {
    let depth = |at: &[f64; 2]| (at[axis] - border) * sign;
    let mut kept = Vec::new();
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (from, to) = (depth(a), depth(b));
        if from >= 0.0 {
            kept.push(*a);
        }
        if (from >= 0.0) != (to >= 0.0) {
            let part = from / (from - to);
            kept.push([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]);
        }
    }
    kept
}

/// Asserts that random positions lie in exactly one cell; total area alone would not reveal
/// gaps that overlaps balance.
fn every_place_is_in_one_cell(layer: &DecodedLayer, context: &str) {
    let mut random = RandomNumbers(7);
    let edges: Vec<Vec<Segment>> = layer.features.iter().map(segments).collect();
    let all: Vec<Segment> = edges.iter().flatten().copied().collect();
    for _ in 0..200 {
        let at = [random.between(0.0, EDGE), random.between(0.0, EDGE)];
        // Snapped borders of a unit's width may fold over.
        if distance(at, &all) <= 1.0 {
            continue;
        }
        let cells = edges.iter().filter(|edges| holds(edges, at)).count();
        assert_eq!(cells, 1, "{context}: {at:?}");
    }
}

/// Whether a position is inside a polygon, by a ray to the west.
fn holds(edges: &[Segment], [x, y]: [f64; 2]) -> bool {
    let places = crossings(edges, 1, y);
    places.iter().filter(|&&place| place < x).count() % 2 == 1
}
