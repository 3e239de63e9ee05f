//! Polygons that cross themselves are drawn as the area that they run around.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use data_model::TileCoord;
use data_model::feature::Geometry;
use rstest::rstest;
use testing::encode::{SEOUL, covering, encode, table_of};
use testing::polygons;
use testing::sound::{area, area_within, fault};
use vector_tile::features::TableOptions;

type Rings = &'static [&'static [[f64; 2]]];

const TWO_EQUAL_LOBES: Rings = &[&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]]];
const THROUGH_A_VERTEX: Rings =
    &[&[[0.0, 0.0], [2.0, 2.0], [4.0, 4.0], [4.0, 0.0], [2.0, 2.0], [0.0, 4.0]]];
const UNEQUAL_LOBES: Rings = &[&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [1.0, 3.0]]];
const SPIKE_THROUGH_THE_OTHER_SIDE: Rings =
    &[&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [3.0, 4.0], [2.0, -2.0], [1.0, 4.0], [0.0, 4.0]]];
const HOLE_THAT_CROSSES_ITS_EXTERIOR: Rings = &[
    &[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]],
    &[[3.0, 1.0], [3.0, 3.0], [5.0, 3.0], [5.0, 1.0]],
];
const RUN_AROUND_TWICE: Rings = &[&[
    [0.0, 0.0],
    [4.0, 0.0],
    [4.0, 4.0],
    [0.0, 4.0],
    [0.0, 0.0],
    [4.0, 0.0],
    [4.0, 4.0],
    [0.0, 4.0],
]];

fn small(rings: Rings) -> Geometry {
    let place = |&[x, y]: &[f64; 2]| [SEOUL[0] + x * 0.001, SEOUL[1] + y * 0.001];
    let rings: Vec<Vec<[f64; 2]>> =
        rings.iter().map(|ring| ring.iter().map(place).collect()).collect();
    let rings: Vec<&[[f64; 2]]> = rings.iter().map(Vec::as_slice).collect();
    polygons(&[&rings])
}

/// The area of a small polygon in a tile, in squares of its sides' unit.
fn squares(area: f64, zoom: u8) -> f64 {
    let unit = 360.0 / f64::from(zoom).exp2() / 4096.0;
    let side: f64 = 0.001 / unit;
    area / side.powi(2) * SEOUL[1].to_radians().cos()
}

/// Polygons that cross themselves, and the area that they run around.
#[rstest]
#[case(TWO_EQUAL_LOBES, 8.0)]
#[case(THROUGH_A_VERTEX, 8.0)]
#[case(UNEQUAL_LOBES, 6.0)]
#[case(SPIKE_THROUGH_THE_OTHER_SIDE, 16.0 - 16.0 / 3.0 + 2.0 / 3.0)]
#[case(HOLE_THAT_CROSSES_ITS_EXTERIOR, 14.0)]
#[case(RUN_AROUND_TWICE, 16.0)]
fn a_polygon_that_crosses_itself_is_drawn_as_an_import_repairs_it(
    #[case] rings: Rings,
    #[case] expected: f64,
) {
    let shape = small(rings);
    for keep_every_vertex in [false, true] {
        let options = TableOptions { keep_every_vertex, ..TableOptions::default() };
        let table = table_of(vec![shape.clone()], options);
        let found = encode(&table, covering(13, SEOUL), 4096);
        assert_eq!(fault(&found[&0].parts), None, "{:?}", found[&0].parts);
        let drawn = squares(area(&found[&0]), 13);
        assert!((drawn - expected).abs() < 0.3, "{drawn} of {expected}");
        // All of it is in the tiles that cut it too.
        let mut sum = 0.0;
        for tile in around(&covering(18, SEOUL), 8) {
            let part = encode(&table, tile, 4096);
            let Some(part) = part.get(&0) else { continue };
            assert_eq!(fault(&part.parts), None, "{tile}: {:?}", part.parts);
            let rings: Vec<Vec<[f64; 2]>> = part
                .parts
                .iter()
                .map(|ring| ring.iter().map(|&[x, y]| [x as f64, y as f64]).collect())
                .collect();
            sum += area_within(&rings, 0.0, 4096.0);
        }
        assert!((squares(sum, 18) - drawn).abs() < 0.3, "{sum} of {drawn}");
    }
}

#[rstest]
#[case(TWO_EQUAL_LOBES)]
#[case(THROUGH_A_VERTEX)]
fn lobes_that_even_out_are_drawn_in_a_coverage_too(#[case] rings: Rings) {
    let options = TableOptions { coverage: true, ..TableOptions::default() };
    let table = table_of(vec![small(rings)], options);
    let found = encode(&table, covering(13, SEOUL), 4096);
    assert!((squares(area(&found[&0]), 13) - 8.0).abs() < 0.3, "{:?}", found[&0].parts);
}

fn around(tile: &TileCoord, reach: u32) -> Vec<TileCoord> {
    let (x, y) = (tile.x() - reach..=tile.x() + reach, tile.y() - reach..=tile.y() + reach);
    x.flat_map(|x| y.clone().map(move |y| (x, y)))
        .map(|(x, y)| TileCoord::new(tile.zoom().get(), x, y).unwrap())
        .collect()
}

/// Random corners: each edge crosses a third of the others.
fn scribble(corners: usize, seed: u64) -> Geometry {
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 40) as f64 / f64::from(1 << 24) * 0.2 - 0.1
    };
    let ring: Vec<[f64; 2]> =
        (0..corners).map(|_| [SEOUL[0] + random(), SEOUL[1] + random()]).collect();
    polygons(&[&[&ring]])
}

#[test]
fn a_polygon_too_tangled_to_be_repaired_is_drawn_as_it_is_and_in_time() {
    for (keep_every_vertex, seed) in [(false, 1), (true, 1), (false, 2), (true, 3)] {
        let options = TableOptions { keep_every_vertex, ..TableOptions::default() };
        let table = table_of(vec![scribble(20_000, seed)], options);
        for zoom in [9, 12, 14] {
            let found = encode(&table, covering(zoom, SEOUL), 4096);
            assert!(area(&found[&0]) > 0.0, "zoom {zoom}");
        }
    }
}

#[test]
fn a_polygon_of_many_edges_that_crosses_itself_once_is_repaired() {
    // Two lobes of 30,000 corners each.
    let ring: Vec<[f64; 2]> = (0..60_000)
        .map(|n| {
            let turn = f64::from(n) / 60_000.0 * std::f64::consts::TAU;
            [SEOUL[0] + 0.1 * turn.sin(), SEOUL[1] + 0.1 * (2.0 * turn).sin()]
        })
        .collect();
    let table = table_of(vec![polygons(&[&[&ring]])], TableOptions::default());
    let found = encode(&table, covering(9, SEOUL), 4096);
    assert_eq!(fault(&found[&0].parts), None);
    assert_eq!(found[&0].parts.len(), 2, "two lobes");
}
