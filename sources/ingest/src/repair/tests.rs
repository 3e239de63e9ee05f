use crate::repair::*;
use korean_text::bilingual::Bilingual;
use proptest::prelude::*;
use vector_tile::repair::ring_area;

/// A polygon with loose rings, as in a Shapefile.
fn loose(rings: &[&[[f64; 2]]]) -> RawGeometry {
    let mut raw = RawGeometry { loose_rings: true, ..RawGeometry::default() };
    raw.geometry.kind = Some(ShapeKind::Polygon);
    for ring in rings {
        raw.geometry.coordinates.extend_from_slice(ring);
        raw.geometry.end_part();
    }
    raw
}

fn polygon(rings: &[&[[f64; 2]]]) -> RawGeometry {
    let mut raw = loose(rings);
    raw.loose_rings = false;
    raw.geometry.end_polygon();
    raw
}

fn area(geometry: &Geometry) -> f64 {
    geometry.parts().map(ring_area).sum()
}

/// A clockwise square, as a Shapefile's exterior.
fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    vec![[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]]
}

fn reversed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ring.reverse();
    ring
}

#[test]
fn a_sound_shape_keeps_every_vertex() {
    let hole = reversed(square(2.0, 2.0, 1.0));
    let mut raw = loose(&[&square(0.1, 0.3, 10.7), &hole, &square(20.0, 0.0, 3.3)]);
    assert_eq!(repair(&mut raw), Ok(GeometryRepairs::default()));
    assert_eq!(raw.geometry.polygon_ends, [2, 3]);
    assert_eq!(raw.geometry.coordinates[..5], reversed(square(0.1, 0.3, 10.7)));
    // A hole runs clockwise, an exterior counter-clockwise.
    assert_eq!(raw.geometry.coordinates[5..10], square(2.0, 2.0, 1.0));
}

#[test]
fn an_island_in_a_hole_is_a_polygon_of_its_own() {
    let hole = reversed(square(1.0, 1.0, 8.0));
    let mut raw = loose(&[&square(3.0, 3.0, 1.0), &hole, &square(0.0, 0.0, 10.0)]);
    assert_eq!(repair(&mut raw), Ok(GeometryRepairs::default()));
    assert_eq!((&raw.geometry.polygon_ends[..], area(&raw.geometry)), (&[2, 3][..], 37.0));
}

#[test]
fn a_hole_that_touches_its_exterior_stays_a_hole() {
    let hole = [[0.0, 0.0], [4.0, 2.0], [2.0, 4.0], [0.0, 0.0]];
    let mut raw = loose(&[&square(0.0, 0.0, 10.0), &hole]);
    assert_eq!(repair(&mut raw), Ok(GeometryRepairs::default()));
    assert_eq!((&raw.geometry.polygon_ends[..], area(&raw.geometry)), (&[2][..], 94.0));
}

#[test]
fn rings_wound_the_wrong_way_are_told_apart_by_how_they_lie() {
    let mut raw = loose(&[&reversed(square(0.0, 0.0, 10.0)), &square(2.0, 2.0, 1.0)]);
    assert_eq!(
        repair(&mut raw),
        Ok(GeometryRepairs { rewound: true, ..GeometryRepairs::default() })
    );
    assert_eq!((&raw.geometry.polygon_ends[..], area(&raw.geometry)), (&[2][..], 99.0));
}

#[test]
fn open_rings_are_closed_and_rings_without_area_left_out() {
    let open = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [4.0, 4.0], [0.0, 4.0]];
    let mut raw = polygon(&[&open, &[[1.0, 1.0], [2.0, 1.0], [1.0, 1.0]]]);
    let fixes = GeometryRepairs { closed: true, dropped_parts: true, ..GeometryRepairs::default() };
    assert_eq!(repair(&mut raw), Ok(fixes));
    assert_eq!(raw.geometry.ends, [5]);
    assert_eq!(raw.geometry.coordinates.first(), raw.geometry.coordinates.last());
    assert_eq!(area(&raw.geometry), 16.0);
}

#[test]
fn a_bow_tie_becomes_two_triangles() {
    let bow = [[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0], [0.0, 0.0]];
    let mut raw = polygon(&[&bow]);
    assert_eq!(ring_area(&bow), 0.0, "its halves cancel out");
    assert_eq!(
        repair(&mut raw),
        Ok(GeometryRepairs { rebuilt: true, ..GeometryRepairs::default() })
    );
    assert_eq!(raw.geometry.polygon_ends.len(), 2);
    assert!(raw.geometry.parts().all(|ring| ring_area(ring) > 0.0));
    assert!((area(&raw.geometry) - 8.0).abs() < 1e-6);
}

#[test]
fn a_bow_tie_through_a_vertex_is_found_too() {
    let bow = [[0.0, 0.0], [2.0, 2.0], [4.0, 4.0], [4.0, 0.0], [2.0, 2.0], [0.0, 5.0], [0.0, 0.0]];
    let mut raw = polygon(&[&bow]);
    assert_eq!(
        repair(&mut raw),
        Ok(GeometryRepairs { rebuilt: true, ..GeometryRepairs::default() })
    );
    assert_eq!(area(&raw.geometry), 4.0 + 5.0);
}

#[test]
fn a_hole_that_crosses_its_exterior_is_cut_off() {
    let mut raw = polygon(&[&square(0.0, 0.0, 10.0), &square(8.0, 4.0, 4.0)]);
    assert_eq!(
        repair(&mut raw),
        Ok(GeometryRepairs { rebuilt: true, ..GeometryRepairs::default() })
    );
    assert!((area(&raw.geometry) - (100.0 - 8.0)).abs() < 1e-6);
}

#[test]
fn what_has_no_extent_can_not_be_kept() {
    let mut raw = polygon(&[&[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 0.0]]]);
    assert!(repair(&mut raw).unwrap_err().en().contains("no area"));
    let mut raw = RawGeometry::default();
    raw.geometry.kind = Some(ShapeKind::Line);
    raw.geometry.coordinates = vec![[1.0, 1.0]; 3];
    raw.geometry.end_part();
    assert!(repair(&mut raw).unwrap_err().en().contains("no length"));
    let mut raw = RawGeometry::default();
    raw.geometry.kind = Some(ShapeKind::Point);
    raw.geometry.coordinates = vec![[1.0, f64::NAN]];
    assert!(repair(&mut raw).unwrap_err().en().contains("position 1"));
}

#[test]
fn a_point_at_the_origin_is_no_position() {
    let mut raw = RawGeometry::default();
    raw.geometry.kind = Some(ShapeKind::Point);
    raw.geometry.coordinates = vec![[0.0, 0.0]];
    assert_eq!(
        repair(&mut raw),
        Ok(GeometryRepairs { nowhere: true, ..GeometryRepairs::default() })
    );
    assert!(raw.geometry.is_empty());
}

#[test]
fn a_comb_that_crosses_itself_a_million_times_is_refused() {
    // 1,500 long strokes up and down against 1,500 to and fro.
    let mut ring = Vec::new();
    for n in 0..1500 {
        let x = f64::from(n);
        ring.push([x, if n % 2 == 0 { -10.0 } else { 2000.0 }]);
    }
    for n in 0..1500 {
        let y = f64::from(n);
        ring.push([if n % 2 == 0 { -10.0 } else { 2000.0 }, y]);
    }
    assert!(repair(&mut polygon(&[&ring])).unwrap_err().en().contains("too often"));
}

#[test]
fn what_a_ring_runs_around_twice_is_inside() {
    let corner = |n: i32| {
        let angle = f64::from(n) * 0.8 * std::f64::consts::PI;
        [10.0 * angle.sin(), 10.0 * angle.cos()]
    };
    let star: Vec<[f64; 2]> = (0..5).map(corner).collect();
    let mut raw = polygon(&[&star]);
    assert!(repair(&mut raw).unwrap().rebuilt);
    assert_eq!(raw.geometry.ends.len(), 1, "its centre is no hole");
    let points = &raw.geometry.coordinates;
    assert_eq!(points.len(), 11, "five tips, five crossings, closed: {points:?}");
}

#[test]
fn a_ring_that_is_there_twice_is_one() {
    let mut ring = square(0.0, 0.0, 10.0);
    let twin = reversed(vec![ring[2], ring[3], ring[0], ring[1], ring[2]]);
    ring.reverse();
    let mut raw = loose(&[&square(0.0, 0.0, 10.0), &ring, &twin, &square(20.0, 0.0, 1.0)]);
    assert!(repair(&mut raw).unwrap().duplicates);
    assert_eq!((&raw.geometry.polygon_ends[..], area(&raw.geometry)), (&[1, 2][..], 101.0));
}

#[test]
fn nested_rings_that_run_the_same_way_are_two_polygons() {
    // Both clockwise, as exteriors: GDAL has them so too. The inner one has a hole.
    let hole = reversed(square(3.0, 3.0, 1.0));
    let mut raw = loose(&[&square(0.0, 0.0, 10.0), &square(2.0, 2.0, 4.0), &hole]);
    assert_eq!(repair(&mut raw), Ok(GeometryRepairs::default()));
    assert_eq!((&raw.geometry.polygon_ends[..], area(&raw.geometry)), (&[1, 3][..], 115.0));
}

#[test]
fn a_hole_that_takes_all_leaves_no_polygon() {
    let ring = square(0.0, 0.0, 10.0);
    assert!(
        repair(&mut polygon(&[&ring, &reversed(ring.clone())])).unwrap_err().en().contains("area")
    );
    assert!(repair(&mut polygon(&[&ring, &square(-1.0, -1.0, 12.0)])).is_err());
    // Without its exterior a hole is no polygon.
    assert!(repair(&mut polygon(&[&[], &ring])).unwrap_err().en().contains("no area"));
}

#[test]
fn a_comb_of_long_teeth_is_sound() {
    let mut ring = Vec::new();
    for n in 0..6001 {
        let y = f64::from(n);
        let teeth = [[1000.0, y], [0.5, y]];
        ring.extend(if n % 2 == 0 { teeth } else { [teeth[1], teeth[0]] });
    }
    ring.extend([[0.0, 6000.0], [0.0, 0.0]]);
    assert!(!repair(&mut polygon(&[&ring])).unwrap().rebuilt);
}

#[test]
fn a_large_star_is_sound() {
    let corners = 50_000;
    let ring: Vec<[f64; 2]> = (0..corners)
        .map(|n| {
            let angle = f64::from(n) / f64::from(corners) * std::f64::consts::TAU;
            let radius = if n % 2 == 0 { 1000.0 } else { 990.0 };
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect();
    assert!(!repair(&mut polygon(&[&ring])).unwrap().rebuilt);
}

proptest! {
    // Whatever the corners, what comes out is closed, wound and stays as it is.
    #[test]
    fn a_repaired_polygon_needs_no_repair(
        corners in prop::collection::vec((0i32..40, 0i32..40), 3..24),
        hole in prop::collection::vec((0i32..40, 0i32..40), 0..8),
        // Grid steps, metres of a Korean belt, degrees: they round differently.
        (scale, east, north) in prop::sample::select(
            vec![(1.0, 0.0, 0.0), (17.3, 203_333.3, 551_234.7), (1e-5, 127.04, 37.55)],
        ),
    ) {
        let ring = |corners: &[(i32, i32)]| -> Vec<[f64; 2]> {
            let position = |x, y| [east + scale * f64::from(x), north + scale * f64::from(y)];
            corners.iter().map(|&(x, y)| position(x, y)).collect()
        };
        let (ring, hole) = (ring(&corners), ring(&hole));
        let mut raw = loose(&[&ring, &hole]);
        if repair(&mut raw).is_ok() {
            let mut start = 0;
            for (index, part) in raw.geometry.parts().enumerate() {
                prop_assert_eq!(part.first(), part.last());
                let exterior = start == index as u32;
                prop_assert_eq!(ring_area(part) > 0.0, exterior);
                if raw.geometry.polygon_ends.contains(&(index as u32 + 1)) {
                    start = index as u32 + 1;
                }
            }
            let once = raw.geometry.clone();
            prop_assert_eq!(repair(&mut raw), Ok(GeometryRepairs::default()), "{:?}", once);
            prop_assert_eq!(raw.geometry, once);
        }
    }
}
