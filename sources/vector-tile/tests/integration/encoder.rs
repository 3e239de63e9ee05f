//! Tests that the encoder's tiles are valid and complete at every zoom.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::time::Instant;

use data_model::feature::{Column, ColumnType, Geometry, GeometryKind, ShapeKind};
use data_model::tile::{TileGrid, WorldPoint};
use data_model::{Extent, LayerId, TileCoord};
use proptest::prelude::*;
use rstest::rstest;
use testing::decode;
use testing::encode::{SEOUL, covering, encode, soon, view};
use testing::{
    OwnedValue, TestFeature, all_types, assorted, column, lines, points, polygons, table,
};
use vector_tile::features::{NO_ID, TableOptions};
use vector_tile::mvt::{EncodeError, EncoderScratch, LayerView, encode_layer};

/// A position within about two tiles of Seoul's at zoom 14.
fn position() -> impl Strategy<Value = [f64; 2]> {
    (126.99..127.08f64, 37.53..37.60f64).prop_map(|(lon, lat)| [lon, lat])
}

fn shape() -> impl Strategy<Value = Geometry> {
    let ring = |count: std::ops::Range<usize>| {
        (position(), 0.00001..0.05f64, count).prop_map(|([lon, lat], radius, count)| {
            (0..count)
                .map(|i| {
                    let angle = i as f64 / count as f64 * std::f64::consts::TAU;
                    let radius = radius * (1.0 + 0.3 * (angle * 5.0).sin());
                    [lon + radius * angle.cos(), lat + radius * angle.sin()]
                })
                .collect::<Vec<_>>()
        })
    };
    prop_oneof![
        position().prop_map(|p| points(&[p])),
        prop::collection::vec(position(), 2..5).prop_map(|list| points(&list)),
        prop::collection::vec(position(), 2..40).prop_map(|list| lines(&[&list])),
        ring(3..60).prop_map(|ring| polygons(&[&[&ring]])),
        (ring(3..60), ring(3..20)).prop_map(|(a, b)| polygons(&[&[&a], &[&b]])),
    ]
}

fn names(count: usize) -> Vec<TestFeature> {
    (0..count)
        .map(|i| TestFeature {
            geometry: Geometry::default(),
            values: vec![OwnedValue::Text(format!("이름 {}", i % 7)), OwnedValue::Int(i as i64)],
        })
        .collect()
}

fn two_columns() -> Vec<Column> {
    vec![column("name", ColumnType::Text), column("n", ColumnType::Int)]
}

/// Whether a segment has a point in the square from -`reach` to 4096 + `reach`.
fn crosses([a, b]: [[f64; 2]; 2], reach: f64) -> bool {
    let (mut enters, mut leaves) = (0f64, 1f64);
    for axis in 0..2 {
        let (start, step) = (a[axis], b[axis] - a[axis]);
        let (low, high) = (-reach - start, 4096.0 + reach - start);
        if step == 0.0 {
            if low > 0.0 || high < 0.0 {
                return false;
            }
        } else {
            let (one, two) = (low / step, high / step);
            enters = enters.max(one.min(two));
            leaves = leaves.min(one.max(two));
        }
    }
    enters <= leaves
}

/// Whether a geometry has a point in the buffered tile; `None` if it is too close to the
/// border to decide.
fn meets(geometry: &Geometry, tile: TileCoord) -> Option<bool> {
    let grid = TileGrid::new(tile, Extent::DEFAULT);
    let place = |&[lon, lat]: &[f64; 2]| {
        let (x, y) = grid.to_tile(WorldPoint::from_lon_lat(lon, lat));
        [x as f64, y as f64]
    };
    let mut segments: Vec<[[f64; 2]; 2]> = Vec::new();
    if geometry.kind == Some(ShapeKind::Point) {
        segments.extend(geometry.coordinates.iter().map(place).map(|point| [point, point]));
    }
    for part in geometry.parts() {
        let mut part: Vec<_> = part.iter().map(place).collect();
        if geometry.kind == Some(ShapeKind::Polygon) {
            part.push(part[0]);
        }
        segments.extend(part.windows(2).map(|pair| [pair[0], pair[1]]));
    }
    if segments.iter().any(|&segment| crosses(segment, 64.0 - 3.0)) {
        Some(true)
    } else if segments.iter().any(|&segment| crosses(segment, 64.0 + 40.0)) {
        None
    } else {
        // A ring around the whole tile has no edge near it.
        (geometry.kind != Some(ShapeKind::Polygon)).then_some(false)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// For any features, the tile is valid (checked by the decoder), holds every feature
    /// that has a point in it, with all attributes, no other feature, and no vertex
    /// outside the buffer.
    #[test]
    fn tiles_are_valid_and_complete_at_every_zoom(
        shapes in prop::collection::vec(shape(), 1..30),
        zoom in 0u8..=22, log2 in 9u32..=13, coverage in any::<bool>(),
    ) {
        let mut features = names(shapes.len());
        for (feature, shape) in features.iter_mut().zip(&shapes) {
            feature.geometry = shape.clone();
        }
        let options = TableOptions { coverage, ..TableOptions::default() };
        let table = table(two_columns(), &features, options);
        let tile = covering(zoom, shapes[0].coordinates[0]);
        let extent = 1 << log2;
        let found = encode(&table, tile, extent);
        for feature in found.values() {
            let row = &features[feature.id.unwrap() as usize];
            let (OwnedValue::Text(name), OwnedValue::Int(n)) = (&row.values[0], &row.values[1]) else {
                panic!("the columns of this test")
            };
            prop_assert_eq!(&feature.tags["name"], &decode::DecodedValue::Text(name.clone()));
            prop_assert_eq!(&feature.tags["n"], &decode::DecodedValue::Int((*n).into()));
            let reach = -64..=i64::from(extent) + 64;
            for [x, y] in feature.parts.iter().flatten() {
                prop_assert!(reach.contains(x) && reach.contains(y), "{} {}", x, y);
            }
        }
        if extent == 4096 {
            for (row, feature) in features.iter().enumerate() {
                match meets(&feature.geometry, tile) {
                    Some(true) => {
                        prop_assert!(found.contains_key(&(row as u64)), "feature {} is lost", row);
                    }
                    Some(false) => prop_assert!(!found.contains_key(&(row as u64))),
                    None => {}
                }
            }
        }
    }

    /// The vertices that two neighbouring tiles both hold are the same.
    #[test]
    fn lines_meet_at_the_border_of_two_tiles(list in prop::collection::vec(position(), 2..30)) {
        let mut features = names(1);
        features[0].geometry = lines(&[&list]);
        let table = table(two_columns(), &features, TableOptions::default());
        let west = covering(14, SEOUL);
        let east = TileCoord::new(14, west.x() + 1, west.y()).unwrap();
        let vertices = |tile, shift: i64| -> std::collections::BTreeSet<[i64; 2]> {
            encode(&table, tile, 4096)
                .values()
                .flat_map(|feature| feature.parts.concat())
                .map(|[x, y]| [x + shift, y])
                // Inside both buffers, off their borders where lines are cut.
                .filter(|[x, y]| (4096 - 60..4096 + 60).contains(x) && (-60..4156).contains(y))
                .collect()
        };
        prop_assert_eq!(vertices(west, 0), vertices(east, 4096));
    }
}

/// A grid of square cells, each a polygon of its own with wobbly common sides.
fn cells(side: usize, detail: usize) -> Vec<TestFeature> {
    let corner = |i: usize, j: usize| [127.0 + 0.01 * i as f64, 37.5 + 0.01 * j as f64];
    // The same wobble whichever cell asks: it depends on the position alone.
    let wobble = |[lon, lat]: [f64; 2]| {
        let at = |n: f64| ((lon * 917.0 + lat * 521.0) * n).sin() * 0.0012;
        [lon + at(31.0), lat + at(47.0)]
    };
    let mut features = names(side * side);
    for (n, feature) in features.iter_mut().enumerate() {
        let (i, j) = (n % side, n / side);
        let corners = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
        let mut ring = Vec::new();
        for k in 0..4 {
            let (mut a, mut b) = (corners[k], corners[(k + 1) % 4]);
            // Both cells must compute the very same doubles.
            let turned = a > b;
            if turned {
                (a, b) = (b, a);
            }
            let mut part: Vec<[f64; 2]> = (0..=detail)
                .map(|step| {
                    let t = step as f64 / detail as f64;
                    wobble([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
                })
                .collect();
            if turned {
                part.reverse();
            }
            part.pop();
            ring.extend(part);
        }
        feature.geometry = polygons(&[&[&ring]]);
    }
    features
}

#[rstest]
fn neighbours_of_a_coverage_share_every_border_at_every_zoom(
    #[values(4, 8, 9, 10, 11, 12, 13)] zoom: u8,
) {
    let features = cells(5, 60);
    let table =
        table(two_columns(), &features, TableOptions { coverage: true, ..TableOptions::default() });
    let tile = covering(zoom, [127.025, 37.525]);
    let tile_units = encode(&table, tile, 4096);
    // Every edge of an inner cell is walked once each way: by it and a neighbour.
    let mut edges: BTreeMap<([i64; 2], [i64; 2]), i32> = BTreeMap::new();
    let mut inner = Vec::new();
    let mut vertices = 0;
    for (&id, feature) in &tile_units {
        for ring in &feature.parts {
            vertices += ring.len();
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                let edge = (a.min(b), a.max(b));
                *edges.entry(edge).or_default() += if a < b { 1 } else { -1 };
                if (1..=3).contains(&(id % 5)) && (1..=3).contains(&(id / 5)) {
                    inner.push(edge);
                }
            }
        }
    }
    let inside = |[x, y]: [i64; 2]| (0..=4096).contains(&x) && (0..=4096).contains(&y);
    let inner: Vec<_> = inner.into_iter().filter(|&(a, b)| inside(a) && inside(b)).collect();
    assert!(inner.len() > 20, "{} edges are too few to tell", inner.len());
    let parted: Vec<_> = inner.iter().filter(|edge| edges[edge] != 0).collect();
    assert_eq!(parted, Vec::<&([i64; 2], [i64; 2])>::new());
    assert!(zoom > 4 || vertices < 25 * 4 * 60 / 3, "{vertices} vertices are left");
}

#[test]
fn what_collapses_is_drawn_as_the_smallest_valid_shape() {
    let mut features = names(3);
    let tiny = |d: f64| [SEOUL[0] + d, SEOUL[1] + d];
    features[0].geometry = lines(&[&[tiny(0.0), tiny(1e-7)]]);
    features[1].geometry =
        polygons(&[&[&[tiny(0.0), [SEOUL[0] + 1e-7, SEOUL[1]], tiny(1e-7), tiny(0.0)]]]);
    features[2].geometry = polygons(&[&[&[tiny(0.0), tiny(0.001), tiny(0.0)]]]);
    let table = table(two_columns(), &features, TableOptions::default());
    for zoom in 0..=16 {
        let found = encode(&table, covering(zoom, SEOUL), 4096);
        assert_eq!(found.len(), 3, "zoom {zoom}");
    }
}

#[test]
fn positions_at_the_ends_of_the_world_are_in_a_tile() {
    let mut features = names(4);
    for (feature, position) in
        features.iter_mut().zip([[-180.0, 85.06], [180.0, -85.06], [180.0, 0.0], [0.0, 90.0]])
    {
        feature.geometry = points(&[position]);
    }
    let table = table(two_columns(), &features, TableOptions::default());
    assert_eq!(encode(&table, TileCoord::new(0, 0, 0).unwrap(), 4096).len(), 4);
    for zoom in 1..=24u8 {
        let last = (1u32 << zoom) - 1;
        let corner = encode(&table, TileCoord::new(zoom, last, last).unwrap(), 4096);
        assert!(corner.contains_key(&1), "zoom {zoom}");
    }
}

#[test]
fn a_passed_deadline_ends_the_work() {
    let features = assorted(GeometryKind::Point);
    let table = table(all_types(), &features, TableOptions::default());
    let mut scratch = EncoderScratch::default();
    let view = view(&table, 4096);
    let late = Instant::now();
    let result = encode_layer(&table, &view, covering(8, SEOUL), late, &mut scratch);
    assert_eq!(result, Err(EncodeError::Deadline));
}

#[test]
fn only_published_columns_are_in_the_tile() {
    let features = assorted(GeometryKind::Point);
    let table = table(all_types(), &features, TableOptions::default());
    let columns = ["flag".to_owned(), "이름".to_owned(), "missing".to_owned()];
    let id = LayerId::new("test").unwrap();
    let view = LayerView::new(&id, &table, Some(&columns), Extent::DEFAULT, 64);
    let mut scratch = EncoderScratch::default();
    let bytes = encode_layer(&table, &view, covering(8, SEOUL), soon(), &mut scratch).unwrap();
    let layer = decode::tile(bytes).remove(0);
    let keys: std::collections::BTreeSet<&str> =
        layer.features.iter().flat_map(|feature| feature.tags.keys()).map(String::as_str).collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["flag", "이름"]);
    assert!(!String::from_utf8_lossy(bytes).contains("double"));
}

#[test]
fn declared_ids_are_the_feature_ids() {
    let mut features = names(2);
    features[0].geometry = points(&[SEOUL]);
    features[1].geometry = points(&[[SEOUL[0] + 0.001, SEOUL[1]]]);
    features[1].values[1] = OwnedValue::Int(9_007_199_254_740_991);
    let options = TableOptions { id_column: Some("n".to_owned()), ..TableOptions::default() };
    let table = table(two_columns(), &features, options);
    let found = encode(&table, covering(12, SEOUL), 4096);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [0, 9_007_199_254_740_991]);
}

#[test]
fn rows_of_one_id_do_not_share_it_in_a_tile() {
    let mut features: Vec<TestFeature> = [7, 8, 7, 7]
        .iter()
        .enumerate()
        .map(|(n, &id)| TestFeature {
            geometry: points(&[[SEOUL[0] + 0.0001 * n as f64, SEOUL[1]]]),
            values: vec![OwnedValue::Int(id), OwnedValue::Int(n as i64)],
        })
        .collect();
    let columns = || vec![column("id", ColumnType::Int), column("n", ColumnType::Int)];
    let options = || TableOptions { id_column: Some("id".to_owned()), ..TableOptions::default() };
    let ids = |features: &[TestFeature]| {
        let table = table(columns(), features, options());
        let mut scratch = EncoderScratch::default();
        let view = view(&table, 4096);
        let bytes = encode_layer(&table, &view, covering(12, SEOUL), soon(), &mut scratch).unwrap();
        let mut found: Vec<_> = decode::tile(bytes)
            .remove(0)
            .features
            .iter()
            .map(|feature| (feature.tags["n"].clone(), feature.id))
            .collect();
        found.sort_by_key(|(n, _)| format!("{n:?}"));
        found.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    let found = ids(&features);
    assert_eq!(found.len(), 4);
    assert_eq!(found.iter().filter(|&&id| id == Some(7)).count(), 1);
    assert_eq!(found.iter().filter(|&&id| id == Some(8)).count(), 1);
    // Whatever order the store has.
    features.reverse();
    assert_eq!(ids(&features), found);
}

#[test]
fn features_of_a_table_without_ids_have_none() {
    let mut features = names(2);
    for feature in &mut features {
        feature.geometry = points(&[SEOUL]);
    }
    features[1].geometry = lines(&[&[SEOUL, [SEOUL[0] + 0.01, SEOUL[1]]]]);
    let options = TableOptions { omit_ids: true, ..TableOptions::default() };
    let table = table(two_columns(), &features, options);
    assert_eq!((table.tile_ids(), table.ids()), (&[NO_ID; 2][..], &[1, 0][..]));
    let mut scratch = EncoderScratch::default();
    let view = view(&table, 4096);
    let bytes = encode_layer(&table, &view, covering(12, SEOUL), soon(), &mut scratch).unwrap();
    let found = decode::tile(bytes).remove(0).features;
    assert_eq!(found.iter().map(|feature| feature.id).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn every_vertex_is_kept_where_that_is_asked_for() {
    let mut features = names(1);
    // The middle vertex is on the line between its neighbours.
    let step = |n: f64| [SEOUL[0] + 0.01 * n, SEOUL[1]];
    features[0].geometry = lines(&[&[step(0.0), step(1.0), step(2.0)]]);
    for (keep_every_vertex, vertices) in [(false, 2), (true, 3)] {
        let options = TableOptions { keep_every_vertex, ..TableOptions::default() };
        let table = table(two_columns(), &features, options);
        let found = encode(&table, covering(10, SEOUL), 4096);
        assert_eq!(found[&0].parts[0].len(), vertices);
    }
}
