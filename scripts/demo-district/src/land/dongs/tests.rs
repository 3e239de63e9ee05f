//! The division is a true tiling. Checked on the rounded coordinates as integers (1e-7
//! degrees), so every comparison is exact.

use std::collections::BTreeMap;

use super::*;

type Q = (i64, i64);

fn whole(p: PlanePoint) -> Q {
    let degrees = plane::to_degrees(p);
    ((degrees[0] * 1e7).round() as i64, (degrees[1] * 1e7).round() as i64)
}

fn twice_area(ring: &[Q]) -> i128 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i128::from(a.0) * i128::from(b.1) - i128::from(a.1) * i128::from(b.0))
        .sum()
}

fn edges(ring: &[Q]) -> impl Iterator<Item = (Q, Q)> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (*a, *b))
}

fn rounded() -> (Vec<Q>, Vec<Vec<Q>>) {
    let division = DongDivision::new();
    let rings = division.dongs.iter();
    (
        division.outline.iter().map(|p| whole(*p)).collect(),
        rings.map(|dong| dong.ring.iter().map(|p| whole(*p)).collect()).collect(),
    )
}

#[test]
fn the_dongs_tile_the_district_exactly() {
    let (outline, rings) = rounded();
    let sum: i128 = rings.iter().map(|ring| twice_area(ring)).sum();
    assert_eq!(sum, twice_area(&outline).abs(), "areas add up to the outline's");

    // Each directed edge occurs once; its reverse belongs to one neighbour, or
    // the edge lies on the outline.
    let mut seen: BTreeMap<(Q, Q), usize> = BTreeMap::new();
    for (i, ring) in rings.iter().enumerate() {
        for edge in edges(ring) {
            assert_ne!(edge.0, edge.1, "a zero-length edge");
            assert_eq!(seen.insert(edge, i), None, "an edge used twice");
        }
    }
    let outer: BTreeSet<(Q, Q)> = edges(&outline).collect();
    for &(a, b) in seen.keys() {
        let shared = seen.contains_key(&(b, a));
        assert!(shared != outer.contains(&(b, a)), "an edge neither shared nor outer");
    }
    let met = outer.iter().filter(|(a, b)| seen.contains_key(&(*b, *a))).count();
    assert_eq!(met, outer.len(), "the whole outline is some dong's border");
}

#[test]
fn no_border_crosses_another() {
    let (_, rings) = rounded();
    let side = |o: Q, p: Q, q: Q| {
        i128::from(p.0 - o.0) * i128::from(q.1 - o.1)
            - i128::from(p.1 - o.1) * i128::from(q.0 - o.0)
    };
    let all: Vec<(Q, Q)> = rings.iter().flat_map(|ring| edges(ring)).collect();
    for (i, &(a, b)) in all.iter().enumerate() {
        for &(c, d) in &all[i + 1..] {
            if [c, d].contains(&a) || [c, d].contains(&b) {
                continue;
            }
            let apart = side(a, b, c).signum() * side(a, b, d).signum() > 0
                || side(c, d, a).signum() * side(c, d, b).signum() > 0;
            assert!(apart || (side(a, b, c) == 0 && side(a, b, d) == 0), "{a:?}-{b:?} {c:?}-{d:?}");
        }
    }
}

#[test]
fn centres_lie_in_their_dongs_and_the_facts_hold() {
    let division = DongDivision::new();
    assert_eq!(division.dongs.len(), 17);
    for (i, dong) in division.dongs.iter().enumerate() {
        assert!(dong.contains(dong.centre), "{}", dong.facts.name);
        assert_eq!(division.dong_at(dong.centre), Some(i));
        assert!(dong.area() > 200_000.0, "{} is tiny", dong.facts.name);
    }
    let square_km = plane::area(&division.outline).abs() / 1e6;
    assert!((square_km / 16.85 - 1.0).abs() < 0.03, "{square_km} km²");
    let degrees: Vec<PlanePoint> = division.outline.iter().map(|p| plane::to_degrees(*p)).collect();
    let bounds = plane::bounds(&degrees).map(|v| (v * 1e4).round() / 1e4);
    assert_eq!(bounds, [127.0082, 37.5283, 127.0737, 37.573]);
}
