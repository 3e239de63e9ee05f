//! The district is plausible: nothing stands in the water or on another thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::*;
use crate::geometry::plane::{self, PlanePoint, cross, sub};

const SEED: u64 = 11_200;

fn district() -> &'static District {
    static DISTRICT: OnceLock<District> = OnceLock::new();
    DISTRICT.get_or_init(|| District::new(SEED))
}

#[test]
fn residents_add_up() {
    let all = &district().residents;
    assert_eq!(all.iter().map(|r| r.total).sum::<i64>(), residents::TOTAL_RESIDENTS);
    for dong in all {
        assert_eq!(dong.men + dong.women, dong.total);
        let parts = [dong.men, dong.women, dong.to_5, dong.to_17, dong.working_age, dong.from_65];
        assert!(parts.iter().all(|part| (1..dong.total).contains(part)), "{dong:?}");
        assert!(dong.total > 3_000, "{dong:?}");
    }
}

/// Whether two convex rings overlap (separating-axis test).
fn overlap(a: &[PlanePoint], b: &[PlanePoint]) -> bool {
    let parted = |a: &[PlanePoint], b: &[PlanePoint]| {
        plane::ring_sides(a).any(|(p, q)| b.iter().all(|r| cross(sub(q, p), sub(*r, p)) <= 1e-6))
    };
    !parted(a, b) && !parted(b, a)
}

/// Bounding corner rectangle of a footprint.
fn hull(ring: &[PlanePoint]) -> Vec<PlanePoint> {
    match ring {
        [a, b, .., d] if ring.len() == 6 => {
            vec![*a, *b, plane::add_scaled(*b, sub(*d, *a), 1.0), *d]
        }
        ring => ring.to_vec(),
    }
}

#[test]
fn buildings_stand_apart_in_one_dong_and_on_dry_open_ground() {
    let district = district();
    let mut squares: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, building) in district.town.buildings.iter().enumerate() {
        let dong = district.division.dong_at(building.ring[0]).unwrap();
        for p in &building.ring {
            assert!(district.division.dongs[dong].contains(*p), "building {i} crosses a border");
            assert!(!district.nature.is_wet(*p, 5.0), "building {i} stands in water");
            assert!(district.nature.green_at(*p, 0.0).is_none(), "building {i} in a park");
        }
        let [west, south, east, north] = plane::bounds(&building.ring);
        let square = |v: f64| (v / 50.0).floor() as i64;
        for x in square(west)..=square(east) {
            for y in square(south)..=square(north) {
                squares.entry((x, y)).or_default().push(i);
            }
        }
    }
    for list in squares.values() {
        for (k, &i) in list.iter().enumerate() {
            for &j in &list[k + 1..] {
                let [a, b] = [i, j].map(|n| hull(&district.town.buildings[n].ring));
                assert!(!overlap(&a, &b), "buildings {i} and {j} overlap");
            }
        }
    }
}

#[test]
fn no_building_stands_on_a_road() {
    let district = district();
    let index = streets::RoadIndex::new(&district.roads);
    for (i, building) in district.town.buildings.iter().enumerate() {
        for (p, q) in plane::ring_sides(&building.ring) {
            let middle = plane::lerp(p, q, 0.5);
            let free = [p, middle, q].iter().all(|at| index.distance_to_kerb(*at) > 0.0);
            assert!(free, "building {i} near {:?}", plane::to_degrees(p));
        }
    }
}

#[test]
fn only_bridges_cross_rivers() {
    let district = district();
    for road in &district.roads {
        let wet = road.line.windows(2).any(|w| {
            [0.3, 0.5, 0.7].iter().any(|t| district.nature.in_river(plane::lerp(w[0], w[1], *t)))
        });
        assert!(road.bridge || !wet, "{} runs into a river", road.name);
    }
    let bridges: BTreeSet<_> =
        district.roads.iter().filter(|r| r.bridge).map(|r| r.name.as_str()).collect();
    for name in ["성수대교", "동호대교", "성동교", "응봉교"] {
        assert!(bridges.contains(name), "{name} is missing from {bridges:?}");
    }
}

#[test]
fn cameras_stand_on_land_and_serve_every_purpose() {
    let district = district();
    let mut purposes: BTreeMap<&str, usize> = BTreeMap::new();
    for camera in &district.cameras {
        *purposes.entry(camera.purpose).or_default() += 1;
        assert!(!district.nature.in_river(camera.at));
    }
    for purpose in ["방범", "어린이보호", "쓰레기무단투기", "교통", "공원"] {
        assert!(purposes[purpose] > 30, "{purposes:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_district() {
    let (again, first) = (District::new(SEED), district());
    let rings = |d: &District| d.town.buildings.iter().map(|b| b.ring.clone()).collect::<Vec<_>>();
    assert_eq!(rings(&again), rings(first));
    let other = District::new(SEED + 1);
    assert_ne!(other.cameras[0].at, district().cameras[0].at);
}
