//! Tests of polygons that are cut, and of those that clipping leaves whole.

use super::*;
use crate::mvt::clip::clip_ring;
use proptest::prelude::*;

const CLIP: ClipBox = ClipBox { min: 0, max: 100 };

/// The rings of a polygon within the box.
fn cut(rings: &[&[TileUnit]]) -> Vec<Vec<TileUnit>> {
    cut_with(rings, true, |ring| !CLIP.holds_all_off_border(ring))
}

fn cut_with(
    rings: &[&[TileUnit]],
    keeps_edges: bool,
    by_border: impl Fn(&[TileUnit]) -> bool,
) -> Vec<Vec<TileUnit>> {
    let mut polygon = CutPolygon::default();
    for ring in rings {
        let by_border = by_border(ring);
        let mut ring = ring.to_vec();
        clip_ring(&mut ring, &mut Vec::new(), CLIP);
        ring.dedup();
        polygon.add(&ring, by_border, CLIP);
    }
    polygon.make_sound(CLIP, keeps_edges);
    let area: i64 = polygon.rings().map(doubled_area).sum();
    assert_eq!(polygon.doubled_area, area);
    polygon.rings().map(<[TileUnit]>::to_vec).collect()
}

fn areas(rings: &[Vec<TileUnit>]) -> Vec<i64> {
    rings.iter().map(|ring| doubled_area(ring) / 2).collect()
}

#[test]
fn a_ring_around_the_box_leaves_nothing() {
    // Around three of its sides.
    let around = [
        [-50, -50],
        [150, -50],
        [150, -20],
        [-20, -20],
        [-20, 120],
        [150, 120],
        [150, 150],
        [-50, 150],
    ];
    assert_eq!(cut(&[&around]), Vec::<Vec<TileUnit>>::new());
}

#[test]
fn a_box_within_a_hole_holds_nothing() {
    let exterior = [[-90, -90], [190, -90], [190, 190], [-90, 190]];
    let hole = [[-50, -50], [-50, 150], [150, 150], [150, -50]];
    assert_eq!(cut(&[&exterior, &hole]), Vec::<Vec<TileUnit>>::new());
    // Of a hole that ends in the box, the rest of the box is left.
    let hole = [[-50, -50], [-50, 150], [40, 150], [40, -50]];
    assert_eq!(areas(&cut(&[&exterior, &hole])), [6000]);
}

#[test]
fn teeth_that_reach_into_the_box_are_polygons_of_their_own() {
    let comb = [
        [150, 0],
        [150, 99],
        [50, 99],
        [50, 80],
        [120, 80],
        [120, 60],
        [50, 60],
        [50, 40],
        [120, 40],
        [120, 20],
        [50, 20],
        [50, 0],
    ];
    let mut areas = areas(&cut(&[&comb]));
    areas.sort_unstable();
    assert_eq!(areas, [950, 1000, 1000]);
}

#[test]
fn a_ring_that_is_left_once_keeps_every_vertex() {
    let ring = [[50, 10], [150, 10], [150, 90], [50, 90]];
    assert_eq!(cut(&[&ring]), [[[50, 10], [100, 10], [100, 90], [50, 90]]]);
}

#[test]
fn a_band_through_the_box_keeps_every_vertex() {
    let band = [[-50, 10], [150, 10], [150, 20], [-50, 20]];
    assert_eq!(areas(&cut(&[&band])), [1000]);
    let all = [[-50, -50], [150, -50], [150, 150], [-50, 150]];
    assert_eq!(areas(&cut(&[&all])), [10_000]);
}

#[test]
fn lobes_that_even_out_are_both_there() {
    let bow_tie = [[-20, 20], [40, 80], [40, 20], [-20, 80]];
    let rings = cut(&[&bow_tie]);
    assert!(rings.iter().all(|ring| doubled_area(ring) > 0), "{rings:?}");
    assert_eq!(areas(&rings).iter().sum::<i64>(), 1000);
}

#[test]
fn a_scribble_of_a_hundred_thousand_edges_does_not_hold_its_tile_up() {
    // Each edge crosses a third of the others: rebuilding it would take 3·10⁹ vertices.
    let mut state = 1u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % 140 - 20
    };
    let ring: Vec<TileUnit> = (0..100_000).map(|_| [random(), random()]).collect();
    let reversed: Vec<TileUnit> = ring.iter().rev().copied().collect();
    for ring in [&ring, &reversed] {
        let rings = cut(&[ring]);
        assert_eq!(rings.len(), 1);
        assert!(doubled_area(&rings[0]) > 0);
    }
}

#[test]
fn many_edges_that_cross_seldom_are_rebuilt_all_the_same() {
    // A comb of 600 teeth whose back lies beyond the box.
    let mut comb: Vec<TileUnit> = vec![[700, 0], [700, 601]];
    for tooth in (0..300).rev() {
        let at = 2 * tooth;
        comb.extend([[10, at + 1], [10, at], [650, at], [650, at - 1]]);
    }
    let clip = ClipBox { min: 0, max: 600 };
    let mut polygon = CutPolygon::default();
    let mut ring = comb.clone();
    clip_ring(&mut ring, &mut Vec::new(), clip);
    ring.dedup();
    polygon.add(&ring, true, clip);
    assert!(ring.len() > FEW_EDGES, "{} edges", ring.len());
    polygon.make_sound(clip, true);
    assert!(polygon.rings().count() > 200, "{} rings", polygon.rings().count());
}

/// Corners about the box, often on its border or just beside it.
fn corner() -> impl Strategy<Value = TileUnit> {
    let along =
        prop_oneof![-60i64..160, 1i64..100, prop::sample::select(vec![-1, 0, 1, 99, 100, 101])];
    (along.clone(), along).prop_map(|(x, y)| [x, y])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Compares with a search of the border for every ring.
    #[test]
    fn rings_off_the_border_are_the_same_without_a_look_at_the_border(
        exterior in prop::collection::vec(corner(), 3..12),
        holes in prop::collection::vec(prop::collection::vec(corner(), 3..6), 0..3),
        keeps_edges in any::<bool>(),
    ) {
        let rings: Vec<&[TileUnit]> =
            std::iter::once(&exterior[..]).chain(holes.iter().map(|hole| &hole[..])).collect();
        let looked_at = cut_with(&rings, keeps_edges, |_| true);
        let told = cut_with(&rings, keeps_edges, |ring| !CLIP.holds_all_off_border(ring));
        prop_assert_eq!(told, looked_at);
    }
}

#[test]
fn a_ring_that_ends_on_the_border_is_not_taken_for_a_whole_one() {
    let inner = [[1, 1], [99, 1], [99, 99], [1, 99]];
    assert!(CLIP.holds_all_off_border(&inner));
    for on_border in [[0, 50], [100, 50], [50, 0], [50, 100]] {
        assert!(!CLIP.holds_all_off_border(&[inner[0], on_border]));
    }
    // Two rings that share a piece of the border are one polygon less a hole.
    let (exterior, hole) =
        ([[0, 0], [50, 0], [50, 50], [0, 50]], [[0, 10], [0, 40], [40, 40], [40, 10]]);
    let rings = cut_with(&[&exterior, &hole], false, |ring| !CLIP.holds_all_off_border(ring));
    assert_eq!(areas(&rings).iter().sum::<i64>(), 2500 - 1200);
    assert_eq!(rings.len(), 1);
}
