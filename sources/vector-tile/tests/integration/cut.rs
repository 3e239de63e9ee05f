//! Polygons that leave their tile: their drawn parts are the true ones, and valid.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::feature::{Geometry, ShapeKind};
use data_model::tile::{TileGrid, WorldPoint};
use data_model::{Extent, TileCoord};
use proptest::prelude::*;
use testing::encode::{SEOUL, covering, encode, table_of};
use testing::sound::{area, area_within, fault};
use testing::{lines, polygons};
use vector_tile::features::{FeatureTable, TableOptions};

fn tables(shape: &Geometry) -> Vec<FeatureTable> {
    let options = |coverage, keep_every_vertex| TableOptions {
        coverage,
        keep_every_vertex,
        ..TableOptions::default()
    };
    [options(false, false), options(true, false), options(false, true)]
        .map(|options| table_of(vec![shape.clone()], options))
        .into()
}

/// A polygon around an empty middle, open to the east.
fn concave() -> Vec<[f64; 2]> {
    vec![
        [125.0, 35.0],
        [129.0, 35.0],
        [129.0, 35.5],
        [125.5, 35.5],
        [125.5, 38.5],
        [129.0, 38.5],
        [129.0, 39.0],
        [125.0, 39.0],
    ]
}

/// All tiles of a zoom about Seoul.
fn around_seoul(zoom: u8) -> impl Iterator<Item = TileCoord> {
    let (first, last) = (covering(zoom, [124.0, 40.0]), covering(zoom, [130.5, 34.0]));
    (first.x()..=last.x())
        .flat_map(move |x| (first.y()..=last.y()).map(move |y| TileCoord::new(zoom, x, y).unwrap()))
}

/// The rings in units of a tile, exactly.
fn in_units(shape: &Geometry, tile: TileCoord) -> Vec<Vec<[f64; 2]>> {
    let unit = f64::from(32 - i32::from(tile.zoom().get()) - 12).exp2();
    let place = |world: u32, tile: u32| f64::from(world) / unit - f64::from(tile) * 4096.0;
    let place = |&[lon, lat]: &[f64; 2]| {
        let WorldPoint { x, y } = WorldPoint::from_lon_lat(lon, lat);
        [place(x, tile.x()), place(y, tile.y())]
    };
    shape.parts().map(|ring| ring.iter().map(place).collect()).collect()
}

/// Whether an edge comes as near to the buffered tile as this.
fn comes_near(rings: &[Vec<[f64; 2]>], reach: f64) -> bool {
    let crosses = |a: [f64; 2], b: [f64; 2]| {
        let (mut enters, mut leaves) = (0f64, 1f64);
        for axis in 0..2 {
            let (start, step) = (a[axis], b[axis] - a[axis]);
            let (low, high) = (-64.0 - reach - start, 4160.0 + reach - start);
            if step == 0.0 {
                if low > 0.0 || high < 0.0 {
                    return false;
                }
            } else {
                enters = enters.max((low / step).min(high / step));
                leaves = leaves.min((low / step).max(high / step));
            }
        }
        enters <= leaves
    };
    rings.iter().any(|ring| (0..ring.len()).any(|i| crosses(ring[i], ring[(i + 1) % ring.len()])))
}

/// Compares the tiles of some zooms with the polygon's true parts; returns how many are
/// empty among those that the polygon's bounding rectangle intersects.
fn compare(shape: &Geometry, zooms: std::ops::RangeInclusive<u8>) -> usize {
    let mut empty = 0;
    for table in tables(shape) {
        for tile in zooms.clone().flat_map(around_seoul) {
            let rings = in_units(shape, tile);
            let found = encode(&table, tile, 4096);
            let inside = area_within(&rings, -64.0, 4160.0);
            if !comes_near(&rings, 2.0) && inside == 0.0 {
                assert!(found.is_empty(), "{tile}: {:?}", found[&0].parts);
                empty += 1;
                continue;
            }
            if comes_near(&rings, -2.0) || inside > 10_000.0 {
                let drawn = area(&found[&0]);
                assert!((drawn - inside).abs() <= 40_000.0, "{tile}: {drawn} of {inside}");
                assert_eq!(fault(&found[&0].parts), None, "{tile}: {:?}", found[&0].parts);
            }
        }
    }
    empty
}

#[test]
fn a_polygon_that_does_not_touch_the_tile_is_not_in_it() {
    let ring = concave();
    let inside_the_concavity = TileCoord::new(8, 218, 99).unwrap();
    for table in tables(&polygons(&[&[&ring]])) {
        assert!(encode(&table, inside_the_concavity, 4096).is_empty());
    }
    assert!(compare(&polygons(&[&[&ring]]), 6..=9) > 50);
}

#[test]
fn a_polygon_around_a_corner_of_the_tile_is_not_in_it() {
    // Along two sides of tiles, a wedge that points at their corners.
    let wedge = [[125.0, 35.0], [130.0, 35.0], [125.2, 35.2], [125.0, 39.0]];
    assert!(compare(&polygons(&[&[&wedge]]), 6..=9) > 50);
}

#[test]
fn polygons_of_one_feature_around_a_tile_are_not_in_it() {
    let (south, north) = (
        [[125.0, 35.0], [129.0, 35.0], [129.0, 35.5], [125.0, 35.5]],
        [[125.0, 38.5], [129.0, 38.5], [129.0, 39.0], [125.0, 39.0]],
    );
    assert!(compare(&polygons(&[&[&south], &[&north]]), 6..=9) > 50);
}

#[test]
fn a_tile_within_a_hole_has_nothing_of_the_polygon() {
    let exterior = [[125.0, 35.0], [130.0, 35.0], [130.0, 39.0], [125.0, 39.0]];
    let hole = [[125.5, 35.5], [125.5, 38.5], [129.5, 38.5], [129.5, 35.5]];
    let shape = polygons(&[&[&exterior, &hole]]);
    for table in tables(&shape) {
        assert!(encode(&table, TileCoord::new(8, 218, 99).unwrap(), 4096).is_empty());
    }
    assert!(compare(&shape, 6..=9) > 50);
    // Two holes with a strip between them.
    let west = [[125.5, 35.5], [125.5, 38.5], [127.0, 38.5], [127.0, 35.5]];
    let east = [[127.02, 35.5], [127.02, 38.5], [129.5, 38.5], [129.5, 35.5]];
    assert!(compare(&polygons(&[&[&exterior, &west, &east]]), 6..=9) > 50);
}

#[test]
fn a_line_around_a_tile_is_not_in_it() {
    let line = [[125.5, 35.2], [125.5, 38.8], [129.5, 38.8]];
    let shape = lines(&[&line]);
    for table in tables(&shape) {
        assert!(encode(&table, TileCoord::new(8, 218, 99).unwrap(), 4096).is_empty());
        assert!(!encode(&table, covering(8, [125.5, 37.0]), 4096).is_empty());
    }
}

#[test]
fn a_hole_as_large_as_its_exterior_on_the_grid_leaves_the_smallest_shape() {
    let square = |lon: f64, lat: f64, half: f64| {
        let [w, s, e, n] = [lon - half, lat - half, lon + half, lat + half];
        [[w, s], [e, s], [e, n], [w, n]]
    };
    let (exterior, hole) = (square(127.0, 37.5, 0.1), square(127.0, 37.5, 0.099_999_9));
    let shape = polygons(&[&[&exterior, &hole]]);
    for table in tables(&shape) {
        // Whole in the tile, and cut by it.
        for tile in [covering(7, [127.0, 37.5]), covering(12, [126.9, 37.5])] {
            let found = encode(&table, tile, 4096);
            assert_eq!(area(&found[&0]), 1.0, "{tile}: {:?}", found[&0].parts);
        }
        assert!(encode(&table, covering(12, [127.0, 37.5]), 4096).is_empty());
    }
}

#[test]
fn what_is_small_and_on_the_border_is_drawn_all_the_same() {
    let tile = covering(10, SEOUL);
    let tiles = f64::from(1u32 << 10);
    let west = f64::from(tile.x()) / tiles * 360.0 - 180.0;
    let mercator = std::f64::consts::PI * (1.0 - 2.0 * f64::from(tile.y()) / tiles);
    let north = mercator.sinh().atan().to_degrees();
    // At the end of the buffer: 64 units of 360° / 2¹⁰ / 4096.
    let edge = west - 64.0 * 360.0 / tiles / 4096.0;
    let at = |dx: f64, dy: f64| [edge + dx, north - 0.1 + dy];
    let shapes = vec![
        polygons(&[&[&[at(-1e-6, 0.0), at(1e-6, 0.0), at(1e-6, 1e-6)]]]),
        lines(&[&[at(-1e-6, 0.0), at(1e-6, 1e-7)]]),
        // Flat: a line to and fro across the border.
        polygons(&[&[&[at(-0.01, 0.0), at(0.01, 0.0), at(0.0, 1e-8)]]]),
    ];
    let table = table_of(shapes, TableOptions::default());
    assert_eq!(encode(&table, tile, 4096).len(), 3);
}

#[test]
fn teeth_of_a_comb_are_not_joined_along_the_border() {
    let mut comb = vec![[130.0, 39.0], [130.0, 35.0]];
    for tooth in 0..20 {
        let south = 35.0 + 0.2 * f64::from(tooth);
        comb.extend([
            [126.0, south],
            [126.0, south + 0.1],
            [129.5, south + 0.1],
            [129.5, south + 0.2],
        ]);
    }
    comb.pop();
    let shape = polygons(&[&[&comb]]);
    compare(&shape, 6..=8);
}

/// Ragged shapes, larger than a tile or about as large.
fn ragged() -> impl Strategy<Value = Geometry> {
    let star = (
        prop::collection::vec(0.1..1.0f64, 5..40),
        -0.3..0.3f64,
        -0.3..0.3f64,
        0.05..1.5f64,
        prop::option::of(0.3..0.9f64),
    )
        .prop_map(|(radii, dx, dy, size, hole)| {
            let ring = |part: f64, turned: bool| {
                let mut ring: Vec<[f64; 2]> = radii
                    .iter()
                    .enumerate()
                    .map(|(i, radius)| {
                        let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
                        let radius = radius * size * part;
                        [SEOUL[0] + dx + radius * angle.cos(), SEOUL[1] + dy + radius * angle.sin()]
                    })
                    .collect();
                if turned {
                    ring.reverse();
                }
                ring
            };
            let (exterior, hole) = (ring(1.0, false), hole.map(|part| ring(part, true)));
            match &hole {
                Some(hole) => polygons(&[&[&exterior, hole]]),
                None => polygons(&[&[&exterior]]),
            }
        });
    // Walls of a maze: teeth from both sides, of any length.
    let maze = (prop::collection::vec((-0.5..1.5f64, 0.05..0.5f64), 3..16), 0.02..0.5f64).prop_map(
        |(teeth, size)| {
            let at = |x: f64, y: f64| [SEOUL[0] + size * (x - 0.5), SEOUL[1] + size * (y - 2.0)];
            let mut ring = Vec::new();
            let mut y = 0.0;
            for (x, high) in teeth {
                ring.extend([at(2.0, y), at(x, y), at(x, y + high), at(2.0, y + high)]);
                y += 1.5 * high;
            }
            ring.extend([at(3.0, y), at(3.0, 0.0)]);
            polygons(&[&[&ring]])
        },
    );
    prop_oneof![star, maze]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Compares with a reference without clipping: the area, whether there is any, and
    /// whether it is valid if it is valid on the tile's grid.
    #[test]
    fn what_is_drawn_is_what_lies_in_the_tile(
        shape in ragged(), zoom in 6u8..=13, dx in -1i64..=1, dy in -1i64..=1,
    ) {
        let middle = covering(zoom, SEOUL);
        let step = |at: u32, by: i64| (i64::from(at) + by) as u32;
        let tile = TileCoord::new(zoom, step(middle.x(), dx), step(middle.y(), dy)).unwrap();
        let options = TableOptions { keep_every_vertex: true, ..TableOptions::default() };
        let table = table_of(vec![shape.clone()], options);
        let found = encode(&table, tile, 4096);
        let rings = in_units(&shape, tile);
        let inside = area_within(&rings, -64.0, 4160.0);
        let Some(drawn) = found.get(&0) else {
            prop_assert!(!comes_near(&rings, -2.0) && inside < 4.0, "{} units are lost", inside);
            return Ok(());
        };
        prop_assert!(comes_near(&rings, 2.0) || inside > 0.0, "{:?}", drawn.parts);
        // Each position is off by less than a unit.
        let length: f64 = drawn
            .parts
            .iter()
            .flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])))
            .map(|(a, b)| ((b[0] - a[0]) as f64).hypot((b[1] - a[1]) as f64))
            .sum();
        let off = (area(drawn) - inside).abs();
        prop_assert!(off <= 2.0 * length + 8.0, "{} of {}: {:?}", area(drawn), inside, drawn.parts);
        let grid = TileGrid::new(tile, Extent::DEFAULT);
        let snapped: Vec<Vec<[i64; 2]>> = shape
            .parts()
            .map(|ring| {
                let place = |&[lon, lat]: &[f64; 2]| {
                    let (x, y) = grid.to_tile(WorldPoint::from_lon_lat(lon, lat));
                    [x, y]
                };
                let mut ring: Vec<_> = ring.iter().map(place).collect();
                ring.dedup();
                ring
            })
            .collect();
        if snapped.iter().all(|ring| ring.len() > 2) && fault(&snapped).is_none() {
            prop_assert_eq!(fault(&drawn.parts), None, "{:?}", drawn.parts);
        }
    }
}

#[test]
fn a_kind_of_shape_has_no_say_in_whether_it_is_there() {
    // The same outline as a line and as a polygon: in a tile that neither meets is neither.
    let ring = concave();
    let shapes = vec![polygons(&[&[&ring]]), lines(&[&ring])];
    assert_eq!(shapes[1].kind, Some(ShapeKind::Line));
    let table = table_of(shapes, TableOptions::default());
    for tile in around_seoul(8) {
        let rings = in_units(&polygons(&[&[&ring]]), tile);
        let found = encode(&table, tile, 4096);
        if !comes_near(&rings, 2.0) && area_within(&rings, -64.0, 4160.0) == 0.0 {
            assert!(found.is_empty(), "{tile}");
        }
    }
}
