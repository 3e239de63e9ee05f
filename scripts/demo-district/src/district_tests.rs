//! The district is plausible: nothing stands in the water or on another thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::*;
use crate::datasets::{Cell, datasets};
use crate::plane::{self, P, cross, sub};

const SEED: u64 = 11_200;

fn district() -> &'static District {
    static DISTRICT: OnceLock<District> = OnceLock::new();
    DISTRICT.get_or_init(|| District::new(SEED))
}

#[test]
fn counts_are_those_of_the_district() {
    let counts: BTreeMap<_, _> =
        datasets(district()).iter().map(|dataset| (dataset.id, dataset.rows.len())).collect();
    assert_eq!(counts["admin_dong"], 17);
    assert_eq!(counts["resident_pop_dong"], 17);
    assert_eq!(counts["building"], 22_400);
    assert_eq!(counts["cctv"], 3_066);
    assert_eq!(counts["walking_trail"], 68);
    assert!((1_700..=2_100).contains(&counts["road_centerline"]), "{counts:?}");
    assert!((6..=38).contains(&counts["river_water"]), "{counts:?}");
}

#[test]
fn rows_fit_their_columns_and_keys_are_unique() {
    for dataset in datasets(district()) {
        let mut keys = BTreeSet::new();
        for (geometry, cells) in &dataset.rows {
            assert_eq!(cells.len(), dataset.columns.len(), "{}", dataset.id);
            assert!(!geometry.is_empty(), "{}", dataset.id);
            for [lon, lat] in &geometry.coordinates {
                let near = (127.0..127.08).contains(lon) && (37.52..37.58).contains(lat);
                assert!(near, "{} has {lon} {lat}", dataset.id);
            }
            if let Cell::Text(key) = &cells[0] {
                let fresh = keys.insert(key.clone());
                // A river has several parts, a road several segments.
                let parts = ["river_water", "road_centerline"].contains(&dataset.id);
                assert!(fresh || parts, "{} twice in {}", key, dataset.id);
            }
        }
    }
}

#[test]
fn residents_add_up() {
    let all = &district().residents;
    assert_eq!(all.iter().map(|r| r.total).sum::<i64>(), residents::TOTAL);
    for dong in all {
        assert_eq!(dong.men + dong.women, dong.total);
        let parts = [dong.men, dong.women, dong.to_5, dong.to_17, dong.working_age, dong.from_65];
        assert!(parts.iter().all(|part| (1..dong.total).contains(part)), "{dong:?}");
        assert!(dong.total > 3_000, "{dong:?}");
    }
}

/// Whether two convex rings overlap: no side parts them (separating axes).
fn overlap(a: &[P], b: &[P]) -> bool {
    let parted = |a: &[P], b: &[P]| {
        plane::sides(a).any(|(p, q)| b.iter().all(|r| cross(sub(q, p), sub(*r, p)) <= 1e-6))
    };
    !parted(a, b) && !parted(b, a)
}

/// The corner rectangle of a footprint, which holds the whole of it.
fn hull(ring: &[P]) -> Vec<P> {
    match ring {
        [a, b, .., d] if ring.len() == 6 => {
            vec![*a, *b, plane::add(*b, sub(*d, *a), 1.0), *d]
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
        for (p, q) in plane::sides(&building.ring) {
            let middle = plane::lerp(p, q, 0.5);
            let free = [p, middle, q].iter().all(|at| index.kerb(*at) > 0.0);
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
    let again = datasets(&District::new(SEED));
    for (a, b) in again.iter().zip(datasets(district())) {
        assert!(a.rows == b.rows, "{} differs", a.id);
    }
    let other = District::new(SEED + 1);
    assert_ne!(other.cameras[0].at, district().cameras[0].at);
}

#[test]
fn the_catalog_declares_what_is_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sources/catalog");
    let catalog = sources::Catalog::load(&folder).unwrap();
    for dataset in datasets(district()) {
        let declared = catalog.dataset(dataset.id).unwrap();
        assert_eq!(declared.geometry, dataset.kind, "{}", dataset.id);
        let names = |list: Vec<(String, String)>| list;
        assert_eq!(
            names(declared.columns.iter().map(|c| (c.name.clone(), c.title.ko.clone())).collect()),
            names(
                dataset
                    .columns
                    .iter()
                    .map(|c| (c.name.clone(), c.title.clone().unwrap()))
                    .collect()
            ),
            "{}",
            dataset.id
        );
        assert!(catalog.layers.iter().any(|layer| layer.dataset == declared.id));
    }
    let on_disk = |sub: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder.join(sub)).unwrap();
        entries.map(|e| format!("{sub}/{}", e.unwrap().file_name().to_str().unwrap())).collect()
    };
    let mut found = on_disk("datasets");
    found.extend(on_disk("layers"));
    found.insert("district.toml".to_owned());
    let built_in = crate::catalog::FILES.iter().map(|file| file.0.to_owned()).collect();
    assert_eq!(found, built_in, "the program carries the whole catalog");
}

#[test]
fn a_road_name_has_one_code_and_a_code_one_name() {
    let all = datasets(district());
    let roads = all.iter().find(|dataset| dataset.id == "road_centerline").unwrap();
    let mut pairs = BTreeSet::new();
    for (_, cells) in &roads.rows {
        let [Cell::Text(code), Cell::Text(name), ..] = &cells[..] else {
            unreachable!("{cells:?}")
        };
        assert!(code.len() == 12 && code.starts_with("11200"), "{code}");
        pairs.insert((code, name));
    }
    let codes: BTreeSet<_> = pairs.iter().map(|pair| pair.0).collect();
    let names: BTreeSet<_> = pairs.iter().map(|pair| pair.1).collect();
    assert_eq!((codes.len(), names.len()), (pairs.len(), pairs.len()));
    assert!(names.len() < roads.rows.len(), "no road has two segments");
}
