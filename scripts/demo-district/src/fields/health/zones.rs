//! No-smoking zones around protected places, and smoking booths.

use std::io;

use super::clinics::clinics;
use crate::fields::education::care::{DAYCARE, KINDERGARTEN};
use crate::fields::environment::green::PARK_GREEN;
use crate::fields::made_features::MadeFeatures;
use crate::fields::transport::riders::{BUS_STOP, SUBWAY_STATION};
use crate::geometry::feature_shapes::polygon;
use crate::geometry::plane::{self, PlanePoint, add_scaled, left_normal, lerp, sub, unit};
use crate::numbers::rng::Rng;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// One zone: name, type, ring.
struct SmokingZone {
    name: String,
    kind: &'static str,
    ring: Vec<PlanePoint>,
}

impl SmokingZone {
    fn around(name: String, kind: &'static str, at: PlanePoint, radius: f64) -> Self {
        Self { name, kind, ring: decagon(at, radius) }
    }

    fn law_and_fine(&self) -> (&'static str, i64) {
        match self.kind {
            "학교" | "어린이집·유치원" | "의료기관" => {
                ("국민건강증진법 제9조", 100_000)
            }
            "공동주택" => ("국민건강증진법 제9조제5항", 50_000),
            "흡연시설" => ("성동구 간접흡연 피해방지 조례 제6조", 0),
            _ => ("성동구 간접흡연 피해방지 조례 제5조", 100_000),
        }
    }
}

/// Cosine and sine of a tenth of a circle.
const TURN: PlanePoint = [0.809_016_994_374_947_5, 0.587_785_252_292_473_1];

fn decagon(at: PlanePoint, radius: f64) -> Vec<PlanePoint> {
    let mut out = [radius, 0.0];
    (0..10)
        .map(|_| {
            let p = add_scaled(at, out, 1.0);
            out = [out[0] * TURN[0] - out[1] * TURN[1], out[0] * TURN[1] + out[1] * TURN[0]];
            p
        })
        .collect()
}

/// Writes the zones as features.
///
/// Those required by law first, then apartment buildings that chose to be smoke-free, up to
/// the known number.
pub(super) fn smoking_zone(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("smoking zones");
    let mut zones = mandatory_zones(world, &mut rng)?;
    zones.truncate(world.count(1_900));
    let mut slabs: Vec<usize> = (0..world.district.town.buildings.len()).collect();
    slabs.retain(|b| world.district.town.buildings[*b].usage == "공동주택");
    rng.shuffle(&mut slabs);
    let missing = world.count(1_900) - zones.len();
    for building in slabs.into_iter().take(missing) {
        let ring = &world.district.town.buildings[building].ring;
        let at = plane::bounds_centre(ring);
        let name = format!("{} 공동주택 금연구역", world.quarter_at(at));
        zones.push(SmokingZone { name, kind: "공동주택", ring: grown_footprint(ring, 5.0) });
    }
    for zone in zones {
        let (law, fine) = zone.law_and_fine();
        let booth = zone.kind == "흡연시설";
        let cells =
            [zone.name.as_str().into(), zone.kind.into(), law.into(), fine.into(), booth.into()];
        table.write_row(Some(&polygon(&zone.ring)), &cells)?;
    }
    Ok(())
}

fn mandatory_zones(world: &World, rng: &mut Rng) -> io::Result<Vec<SmokingZone>> {
    let mut zones = Vec::new();
    for school in &world.schools().list {
        let name = format!("{} 금연구역", school.name);
        zones.push(SmokingZone::around(name, "학교", school.at, rng.range(52.0, 70.0)));
    }
    for (dataset, column) in [(DAYCARE, "dc_nm"), (KINDERGARTEN, "kg_nm")] {
        let sites = MadeFeatures::make(world, &dataset)?;
        for (row, at) in sites.first_positions().into_iter().enumerate() {
            let name = format!("{} 금연구역", sites.text(row, column));
            // 30 m from the border of the premises since 2024.
            zones.push(SmokingZone::around(name, "어린이집·유치원", at, rng.range(34.0, 40.0)));
        }
    }
    let stops = MadeFeatures::make(world, &BUS_STOP)?;
    for (row, at) in stops.first_positions().into_iter().enumerate() {
        let name = format!("{} 정류소 금연구역", stops.text(row, "stop_nm"));
        zones.push(SmokingZone::around(name, "버스정류소", at, 10.0));
    }
    let stations = MadeFeatures::make(world, &SUBWAY_STATION)?;
    for (row, at) in stations.first_positions().into_iter().enumerate() {
        for exit in 1..=rng.whole(2, 6) {
            let p = [at[0] + rng.range(-85.0, 85.0), at[1] + rng.range(-45.0, 45.0)];
            let name = format!("{} {exit}번 출입구 금연구역", stations.text(row, "stn_nm"));
            zones.push(SmokingZone::around(name, "지하철역 출입구", p, 10.0));
        }
    }
    let parks = MadeFeatures::make(world, &PARK_GREEN)?;
    for row in 0..parks.rows.len() {
        let mut ring = parks.positions(row);
        ring.dedup();
        if ring.first() == ring.last() {
            ring.pop();
        }
        let single = parks.rows[row].0.as_ref().is_some_and(|g| g.ends.len() == 1);
        if single && ring.len() > 2 {
            let name = format!("{} 금연구역", parks.text(row, "park_nm"));
            zones.push(SmokingZone { name, kind: "공원", ring });
        }
    }
    for clinic in clinics(world).into_iter().filter(|clinic| clinic.kind.ends_with("병원")) {
        let name = format!("{} 금연구역", clinic.name);
        zones.push(SmokingZone::around(name, "의료기관", clinic.at, 28.0));
    }
    for k in 0..40 {
        let road = street_of_bars(world, rng);
        let name = format!("{} 음식점 금연거리 {}", road.0, k + 1);
        zones.push(SmokingZone { name, kind: "음식점 밀집거리", ring: road.1 });
    }
    zones.extend((1..=64).map(|number| smoking_booth(world, rng, number)));
    Ok(zones)
}

/// A booth beside a random place of work.
fn smoking_booth(world: &World, rng: &mut Rng, number: usize) -> SmokingZone {
    let spot = world.places().random_workplace(&world.district, rng);
    let at = plane::bounds_centre(&world.district.town.buildings[spot.building].ring);
    let side = [at[0] + 9.0, at[1] + 9.0];
    let ring = vec![
        side,
        add_scaled(side, [4.0, 0.0], 1.0),
        add_scaled(side, [4.0, 2.5], 1.0),
        add_scaled(side, [0.0, 2.5], 1.0),
    ];
    let name = format!("{} 흡연부스 {}", world.quarter_at(side), number);
    SmokingZone { name, kind: "흡연시설", ring }
}

/// Part of town and outline of a street with bars.
fn street_of_bars(world: &World, rng: &mut Rng) -> (&'static str, Vec<PlanePoint>) {
    let bar = world.places().random_bar(&world.district, rng).at;
    let streets = &world.district.roads[world.district.main_roads..];
    let away = |line: &[PlanePoint]| {
        let gaps = line.windows(2).map(|w| plane::distance_to_segment(bar, w[0], w[1]));
        gaps.fold(f64::INFINITY, f64::min)
    };
    let nearest = streets.iter().min_by(|a, b| away(&a.line).total_cmp(&away(&b.line)));
    let line = nearest.map_or_else(|| vec![bar, [bar[0] + 50.0, bar[1]]], |road| road.line.clone());
    let half = nearest.map_or(3.0, |road| road.width / 2.0);
    let mut ring = plane::offset_line(&line, -half);
    ring.extend(plane::offset_line(&line, half).into_iter().rev());
    (world.quarter_at(bar), ring)
}

/// Bounding box of a footprint along its first side, grown by `margin` metres, with cut corners.
fn grown_footprint(ring: &[PlanePoint], margin: f64) -> Vec<PlanePoint> {
    let along = unit(sub(ring[1], ring[0]));
    let across = left_normal(along);
    let turned: Vec<PlanePoint> =
        ring.iter().map(|p| [plane::dot(*p, along), plane::dot(*p, across)]).collect();
    let [west, south, east, north] = plane::bounds(&turned);
    let at = |u: f64, v: f64| [along[0] * u + across[0] * v, along[1] * u + across[1] * v];
    let corners = [
        at(west - margin, south - margin),
        at(east + margin, south - margin),
        at(east + margin, north + margin),
        at(west - margin, north + margin),
    ];
    let mut ring = Vec::with_capacity(8);
    for (a, b) in plane::ring_sides(&corners) {
        // Cut corners, as a strip of equal width has.
        ring.push(lerp(a, b, 0.08));
        ring.push(lerp(a, b, 0.92));
    }
    ring
}
