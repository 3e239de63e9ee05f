//! Accidents, and protection zones.

use std::io;

use super::roads::{TRAFFIC, junctions};
use crate::activity::density::hub_closeness;
use crate::calendar::{Day, TODAY, YearMonth, random_hour};
use crate::geometry::feature_shapes::{point, polygon};
use crate::geometry::plane::{PlanePoint, add_scaled, distance};
use crate::numbers::rng::Rng;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// A random day of the five years up to today.
///
/// Fewer accidents every year, most in autumn.
fn random_accident_day(rng: &mut Rng, months: &[(f64, YearMonth)]) -> Day {
    let month = rng.pick(months, months[0].1);
    let day = month.day(1 + rng.whole(0, month.days() - 1));
    day.min(TODAY)
}

fn accident_months(peak: i64, swing: f64, yearly: f64) -> Vec<(f64, YearMonth)> {
    let first = YearMonth::constant(2022, 1);
    let mut year_weight = 1.0;
    let months = (0..58).map(|k| {
        let month = first.plus(k);
        if k > 0 && month.month() == 1 {
            year_weight *= yearly;
        }
        (year_weight * month.season(peak, swing), month)
    });
    months.collect()
}

/// Kind of road user that is hurt.
fn random_victim(rng: &mut Rng) -> &'static str {
    rng.pick(
        &[
            (27.0, "보행자"),
            (40.0, "차량"),
            (18.0, "이륜차"),
            (11.0, "자전거"),
            (4.0, "개인형이동장치"),
        ],
        "차량",
    )
}

/// Age of a victim in years; every third pedestrian is 65 or over.
fn random_age(rng: &mut Rng, victim: &str) -> i64 {
    match victim {
        "보행자" if rng.chance(0.36) => rng.whole(65, 91),
        "보행자" => rng.whole(6, 64),
        "차량" => rng.whole(20, 79),
        _ => rng.whole(16, 70),
    }
}

fn random_severity(rng: &mut Rng, victim: &str, age: i64) -> &'static str {
    // Old victims are hurt worse.
    let old = if age >= 65 { 2.2 } else { 1.0 };
    let on_foot = if victim == "보행자" { 1.6 } else { 1.0 };
    rng.pick(
        &[
            (0.5 * old * on_foot, "사망"),
            (17.0 * old * on_foot, "중상"),
            (68.0, "경상"),
            (13.0, "부상신고"),
        ],
        "경상",
    )
}

fn random_violation(rng: &mut Rng, victim: &str) -> &'static str {
    if victim == "보행자" {
        rng.pick(
            &[
                (45.0, "안전운전의무 불이행"),
                (34.0, "보행자보호의무 위반"),
                (14.0, "신호위반"),
                (3.0, "중앙선침범"),
                (4.0, "기타"),
            ],
            "기타",
        )
    } else {
        rng.pick(
            &[
                (52.0, "안전운전의무 불이행"),
                (17.0, "신호위반"),
                (18.0, "안전거리 미확보"),
                (5.0, "중앙선침범"),
                (8.0, "기타"),
            ],
            "기타",
        )
    }
}

pub(super) fn traffic_accident(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("traffic_accident");
    let links = world.links();
    let junctions = junctions(links);
    // Accidents cluster: a few bad junctions have most of them.
    let mut bad = world.rng("bad junctions");
    let weights = junctions.iter().map(|(n, w)| {
        let badness = bad.unit();
        w * (0.4 + hub_closeness(links.nodes[*n]).0) * (0.25 + 2.5 * badness * badness * badness)
    });
    let sampler = WeightedSampler::new(weights.collect::<Vec<_>>());
    let months = accident_months(10, 0.12, 0.95);
    for i in 0..world.count(6_300) {
        let at = if rng.chance(0.72) {
            let node = links.nodes[junctions[sampler.draw(&mut rng)].0];
            [node[0] + rng.range(-14.0, 14.0), node[1] + rng.range(-14.0, 14.0)]
        } else if rng.chance(0.6) {
            world.places().beside_main_road(&world.district, &mut rng)
        } else {
            world.places().beside_street(&world.district, &mut rng)
        };
        let victim = random_victim(&mut rng);
        let age = random_age(&mut rng, victim);
        let severity = random_severity(&mut rng, victim, age);
        let violation = random_violation(&mut rng, victim);
        let hour = random_hour(&mut rng, &TRAFFIC);
        table.write_row(
            Some(&point(at)),
            &[
                format!("A{:06}", i + 1).into(),
                random_accident_day(&mut rng, &months).to_string().into(),
                hour.into(),
                severity.into(),
                victim.into(),
                age.into(),
                violation.into(),
            ],
        )?;
    }
    Ok(())
}

/// Weights of the hours in which children travel: to school, back, to academies.
const CHILD_HOURS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 1.4, 4.0, 0.8, 0.7, 0.9, 1.6, 3.2, 5.0, 6.5, 6.0, 5.2, 3.6,
    2.2, 1.3, 0.5, 0.1, 0.0,
];

pub(super) fn child_accident(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("child_accident");
    let links = world.links();
    let schools = &world.district.town.schools;
    let weights = links.nodes.iter().enumerate().map(|(n, p)| {
        let near = schools.iter().map(|s| distance(*s, *p)).fold(f64::INFINITY, f64::min);
        let lanes: f64 = links.links_at[n].iter().map(|l| links.list[*l].lanes as f64).sum();
        let walk = links.links_at[n].iter().any(|l| links.list[*l].walk);
        let near = 1.0 / (1.0 + (near / 140.0) * (near / 140.0));
        // Uses the danger that school routes are rated by.
        let danger = world.street_danger().at(*p);
        let danger = 0.05 + danger * danger * danger;
        if walk && links.links_at[n].len() > 2 {
            lanes * danger * (0.02 + near * near)
        } else {
            0.0
        }
    });
    let sampler = WeightedSampler::new(weights);
    let months = accident_months(5, 0.25, 0.93);
    for i in 0..world.count(310) {
        let node = links.nodes[sampler.draw(&mut rng)];
        let at = [node[0] + rng.range(-10.0, 10.0), node[1] + rng.range(-10.0, 10.0)];
        let day = random_accident_day(&mut rng, &months);
        let month = day.year_month().month();
        let severity =
            rng.pick(&[(0.3, "사망"), (21.0, "중상"), (62.0, "경상"), (17.0, "부상신고")], "경상");
        table.write_row(
            Some(&point(at)),
            &[
                format!("K{:05}", i + 1).into(),
                day.to_string().into(),
                random_hour(&mut rng, &CHILD_HOURS).into(),
                rng.whole(6, 12).into(),
                severity.into(),
                matches!(month, 1 | 2 | 8).into(),
            ],
        )?;
    }
    Ok(())
}

/// Cosine and sine of a sixteenth of a circle.
const TURN: PlanePoint = [0.923_879_532_511_286_7, 0.382_683_432_365_089_8];

pub(super) fn school_zone(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("school_zone");
    let district = &world.district;
    let mut centres: Vec<PlanePoint> = Vec::new();
    for i in 0..world.count(74) {
        let at = match district.town.schools.get(i) {
            Some(school) => *school,
            None => {
                // Apart from other zones, if a few tries find such a place.
                let mut at = world.places().random_home(district, &mut rng).at;
                for _ in 0..40 {
                    if centres.iter().all(|c| distance(*c, at) > 230.0) {
                        break;
                    }
                    at = world.places().random_home(district, &mut rng).at;
                }
                at
            }
        };
        centres.push(at);
        let (kind, word, reach) = match i {
            i if i < district.town.schools.len() => {
                ("어린이보호구역", "초등학교", rng.range(95.0, 150.0))
            }
            i if i % 20 == 3 => ("장애인보호구역", "복지관", rng.range(60.0, 90.0)),
            i if i % 2 == 0 => ("어린이보호구역", "어린이집", rng.range(55.0, 85.0)),
            _ => ("노인보호구역", "경로당", rng.range(55.0, 95.0)),
        };
        let mut direction = [1.0, 0.0];
        let mut ring = Vec::with_capacity(16);
        for _ in 0..16 {
            ring.push(add_scaled(at, direction, reach * rng.range(0.93, 1.05)));
            direction = [
                direction[0] * TURN[0] - direction[1] * TURN[1],
                direction[0] * TURN[1] + direction[1] * TURN[0],
            ];
        }
        let name = crate::names::random_facility(&mut rng, word, 0);
        let limit: i64 = rng.pick(&[(8.0, 30), (1.0, 20), (1.0, 50)], 30);
        let cameras = rng.whole(0, if word == "초등학교" { 6 } else { 2 });
        let since = YearMonth::new(rng.whole(2006, 2025), rng.whole(1, 12)).day(rng.whole(1, 28));
        table.write_row(
            Some(&polygon(&ring)),
            &[
                format!("Z{:03}", i + 1).into(),
                name.into(),
                kind.into(),
                cameras.into(),
                limit.into(),
                since.to_string().into(),
            ],
        )?;
    }
    Ok(())
}
