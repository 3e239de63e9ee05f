//! Venues, sports facilities, trails, and brick buildings of Seongsu.

use std::io;

use crate::activity::density::hub_closeness;
use crate::fields::facility_names::FacilityNames;
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::{line, point, polygon};
use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{self, LonLat, PlanePoint, distance, from_degrees};
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Centre of Seongsu's old factories, now galleries and cafés.
pub(super) const SEONGSU: LonLat = [127.0555, 37.5430];

/// Closeness of `p` to the centre of Seongsu.
///
/// 1 there, one half at a distance of 450 m.
pub(super) fn closeness_to_seongsu(p: PlanePoint) -> f64 {
    let t = distance(p, from_degrees(SEONGSU)) / 450.0;
    1.0 / (1.0 + t * t)
}

/// Venue type.
///
/// Weight, name, name suffix, range of seats, range of floor area in square metres.
type VenueKind = (f64, &'static str, &'static str, [i64; 2], [f64; 2]);

#[rustfmt::skip]
const VENUES: [VenueKind; 6] = [
    (16.0, "공연장", " 소극장", [60, 420], [180.0, 1_900.0]),
    (48.0, "갤러리·미술관", " 갤러리", [0, 0], [60.0, 640.0]),
    (5.0, "박물관", " 박물관", [0, 40], [300.0, 1_800.0]),
    (5.0, "영화관", " 시네마", [420, 1_600], [1_800.0, 6_200.0]),
    (26.0, "복합문화공간", " 스튜디오", [0, 180], [220.0, 2_400.0]),
    (10.0, "문화원·문화센터", " 문화센터", [40, 320], [400.0, 3_000.0]),
];

/// Writes cultural venues; two of three lie in and around Seongsu.
pub(super) fn culture_facility(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("culture");
    let mut signs = FacilityNames::default();
    let choices: Vec<(f64, usize)> = (0..VENUES.len()).map(|k| (VENUES[k].0, k)).collect();
    for _ in 0..world.count(118) {
        let (_, kind, ending, seats, area) = VENUES[rng.pick(&choices, 1)];
        let mut at = world.places().random_shop(&world.district, &mut rng).at;
        if matches!(kind, "갤러리·미술관" | "복합문화공간" | "공연장") && rng.chance(0.75)
        {
            for _ in 0..6 {
                let other = world.places().random_workplace(&world.district, &mut rng).at;
                if closeness_to_seongsu(other) > closeness_to_seongsu(at) {
                    at = other;
                }
            }
        }
        let cells = [
            signs.new_name(world, &mut rng, at, ending).into(),
            kind.into(),
            rng.whole(seats[0], seats[1]).into(),
            rounded(rng.range(area[0], area[1]), 1).into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Sports facility type.
///
/// Weight, name, name suffix, share of public ones, range of area in square metres.
type SportKind = (f64, &'static str, &'static str, f64, [f64; 2]);

#[rustfmt::skip]
const SPORTS: [SportKind; 9] = [
    (118.0, "체력단련장", " 휘트니스", 0.06, [120.0, 900.0]),
    (72.0, "체육도장", " 태권도장", 0.0, [70.0, 220.0]),
    (64.0, "당구장", " 당구클럽", 0.0, [90.0, 260.0]),
    (52.0, "골프연습장", " 골프연습장", 0.02, [110.0, 700.0]),
    (11.0, "수영장", " 수영장", 0.5, [350.0, 1_900.0]),
    (17.0, "체육관", " 체육관", 0.7, [400.0, 3_200.0]),
    (22.0, "테니스·배드민턴장", " 배드민턴장", 0.75, [260.0, 1_700.0]),
    (30.0, "축구·농구장", " 농구장", 0.95, [420.0, 7_000.0]),
    (154.0, "야외운동기구", " 운동기구", 1.0, [25.0, 160.0]),
];

/// Maker of [`sports_facility`], which other datasets are drawn from.
pub(in crate::fields) const SPORTS_FACILITY: TableMaker =
    features("sports_facility", sports_facility);

/// Writes sports facilities: clubs upstairs from shops, open-air facilities in parks and
/// along the rivers.
fn sports_facility(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("sports");
    let mut signs = FacilityNames::default();
    let choices: Vec<(f64, usize)> = (0..SPORTS.len()).map(|k| (SPORTS[k].0, k)).collect();
    for _ in 0..world.count(540) {
        let (_, kind, ending, public, area) = SPORTS[rng.pick(&choices, 0)];
        let outside = matches!(kind, "야외운동기구" | "축구·농구장" | "테니스·배드민턴장");
        let at = if outside && rng.chance(0.8) {
            random_beside_trail(world, &mut rng)
        } else if rng.chance(0.6) {
            world.places().random_shop(&world.district, &mut rng).at
        } else {
            world.places().random_home(&world.district, &mut rng).at
        };
        let cells = [
            signs.new_name(world, &mut rng, at, ending).into(),
            kind.into(),
            if rng.chance(public) { "공공" } else { "민간" }.into(),
            rounded(rng.range(area[0], area[1]), 1).into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// A random position beside a trail.
#[must_use]
pub(crate) fn random_beside_trail(world: &World, rng: &mut Rng) -> PlanePoint {
    let trails = &world.district.trails;
    for _ in 0..20 {
        let trail = one_of(rng, trails);
        let at = *one_of(rng, &trail.line);
        let p = [at[0] + rng.range(-9.0, 9.0), at[1] + rng.range(-9.0, 9.0)];
        if !world.district.nature.is_wet(p, 1.0) && world.district.division.dong_at(p).is_some() {
            return p;
        }
    }
    world.places().beside_street(&world.district, rng)
}

/// Writes the walking trails as features.
pub(super) fn walking_trail(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for trail in &world.district.trails {
        let cells = [
            (&trail.name).into(),
            rounded(plane::length(&trail.line) / 1000.0, 2).into(),
            trail.surface.into(),
            trail.slope.into(),
            trail.barrier_free.into(),
        ];
        table.write_row(Some(&line(&trail.line)), &cells)?;
    }
    Ok(())
}

/// Dongs of Seongsu.
const SEONGSU_DONGS: [usize; 4] = [8, 9, 10, 11];

/// Writes houses and works of brick in Seongsu.
///
/// Those near its centre have become cafés and shops, and the district helps with the
/// upkeep of some.
pub(super) fn red_brick_building(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("red bricks");
    let buildings = &world.district.town.buildings;
    let brick: Vec<usize> = (0..buildings.len())
        .filter(|b| {
            let building = &buildings[*b];
            building.structure == "벽돌구조"
                && building.built < 2000
                && SEONGSU_DONGS.contains(&world.dong_at(bounds_centre(&building.ring)))
        })
        .collect();
    let sampler = WeightedSampler::new(brick.iter().map(|b| {
        let at = bounds_centre(&buildings[*b].ring);
        let old = (2005 - buildings[*b].built) as f64 / 40.0;
        (0.1 + closeness_to_seongsu(at) + 0.6 * hub_closeness(at).0) * old.max(0.1)
    }));
    let wanted = 248.min(brick.len());
    let mut chosen = std::collections::BTreeSet::new();
    // Drawn without replacement: repeated draws are ignored.
    for _ in 0..100_000 {
        if chosen.len() == wanted {
            break;
        }
        chosen.insert(brick[sampler.draw(&mut rng)]);
    }
    for b in chosen {
        let building = &buildings[b];
        let at = bounds_centre(&building.ring);
        let busy = (closeness_to_seongsu(at) + 0.5 * hub_closeness(at).0).min(1.0);
        let uses = [
            (0.9 * busy, "카페·음식점"),
            (0.6 * busy, "상점"),
            (0.12 * busy, "문화공간"),
            (0.25, "공방·공장"),
            (0.12, "사무실"),
            (1.3 * (1.0 - busy) + 0.1, "주택"),
        ];
        let cells = [
            format!("SD{:06}", b + 1).into(),
            building.built.to_string().into(),
            rng.chance(0.18 + 0.3 * busy).into(),
            rng.pick(&uses, "주택").into(),
        ];
        table.write_row(Some(&polygon(&building.ring)), &cells)?;
    }
    Ok(())
}
