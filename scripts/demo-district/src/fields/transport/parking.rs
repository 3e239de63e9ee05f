//! Parking spaces and illegal parking.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{YearMonth, data_months, random_hour, random_timestamp};
use crate::geometry::feature_shapes::{point, polygon};
use crate::geometry::lines::divide_line;
use crate::geometry::plane::{
    self, PlanePoint, add_scaled, distance, left_normal, lerp, sub, unit,
};
use crate::land::district::District;
use crate::numbers::rng::{Rng, noise};
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::tables::writer::TableWriter;
use crate::world::World;

const PARKING_LOTS: usize = 6_900;

/// Bays along a street: outline, whether they are public, number of spaces.
type StreetBays = (Vec<PlanePoint>, bool, i64);

/// Bays along the streets: public ones along the wider streets, resident bays along the others.
fn street_bays(district: &District, rng: &mut Rng) -> Vec<StreetBays> {
    let mut bays = Vec::new();
    for (r, road) in district.roads[district.main_roads..].iter().enumerate() {
        if road.width < 3.4 {
            continue;
        }
        let pieces = (plane::length(&road.line) / 15.0).floor() as usize;
        for piece in divide_line(&road.line, pieces.max(1)) {
            let (a, b) = (piece[0], piece[piece.len() - 1]);
            let long = distance(a, b);
            if long < 9.0 {
                continue;
            }
            let along = unit(sub(b, a));
            let count = if long > 12.5 && rng.chance(0.6) { 2 } else { 1 };
            let side = if r % 2 == 0 { 1.0 } else { -1.0 };
            let outer = side * (road.width / 2.0 - 0.2);
            let inner = side * (road.width / 2.0 - 2.0).max(0.3);
            let start = add_scaled(lerp(a, b, 0.5), along, -2.6 * f64::from(count));
            let end = add_scaled(start, along, 5.2 * f64::from(count));
            let across = left_normal(along);
            let mut ring = vec![
                add_scaled(start, across, inner),
                add_scaled(end, across, inner),
                add_scaled(end, across, outer),
                add_scaled(start, across, outer),
            ];
            if plane::area(&ring) < 0.0 {
                ring.reverse();
            }
            bays.push((ring, road.width > 7.0 && r % 7 == 0, i64::from(count)));
        }
    }
    bays
}

pub(super) fn parking_lot(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("parking_lot");
    let district = &world.district;
    let mut number = 0;
    let mut row = |ring: &[PlanePoint], kind: &str, spaces: i64, fee: Option<i64>, share: bool| {
        number += 1;
        let id = format!("P{number:05}");
        table.write_row(
            Some(&polygon(ring)),
            &[id.into(), kind.into(), spaces.into(), fee.into(), share.into()],
        )
    };
    // Car parks on parcels of their own.
    let parcels = world.parcels().list.iter().filter(|parcel| parcel.category == "주차장");
    let mut left_over = PARKING_LOTS;
    for (i, parcel) in parcels.take(190).enumerate() {
        let spaces = (plane::area(&parcel.ring) / 26.0).round().max(3.0) as i64;
        let storeys = if i % 9 == 0 { 4 } else { 1 };
        let kind = if i % 5 == 0 { "부설개방" } else { "노외공영" };
        let fee = if hub_closeness(parcel.ring[0]).0 > 0.5 { 3_000 } else { 1_800 };
        row(&parcel.ring, kind, spaces * storeys, Some(fee), rng.chance(0.3))?;
        left_over -= 1;
    }
    let mut bays = street_bays(district, &mut rng);
    rng.shuffle(&mut bays);
    bays.truncate(left_over);
    for (ring, public, count) in bays {
        if public {
            let fee = if hub_closeness(ring[0]).0 > 0.5 { 3_600 } else { 2_400 };
            row(&ring, "노상공영", count, Some(fee), false)?;
        } else {
            let share = rng.chance(0.08 + 0.2 * hub_closeness(ring[0]).0.min(1.0));
            row(&ring, "거주자우선", count, share.then_some(1_200), share)?;
        }
    }
    Ok(())
}

/// Weights of the hours of patrols by day, and of reports.
const PATROLS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 2.2, 3.4, 4.4, 5.6, 6.2, 4.0, 4.6, 6.4, 6.6, 6.2, 5.4, 4.2,
    2.6, 1.6, 0.9, 0.1, 0.0,
];
const REPORTS: [f64; 24] = [
    0.9, 0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 2.6, 3.4, 3.0, 3.0, 3.6, 4.4, 3.8, 3.6, 3.6, 3.9, 4.6, 5.8,
    6.2, 5.4, 4.2, 2.8, 1.6,
];

/// Position of an illegally parked car: in front of a shop, or beside a road.
fn random_illegal_position(world: &World, rng: &mut Rng) -> PlanePoint {
    let (places, district) = (world.places(), &world.district);
    match rng.whole(0, 9) {
        // In front of shops.
        0..=5 => {
            let spot = places.random_shop(district, rng);
            let door = world.addresses().of(spot.building).entrance;
            [door[0] + rng.range(-7.0, 7.0), door[1] + rng.range(-7.0, 7.0)]
        }
        6 | 7 => places.beside_main_road(district, rng),
        _ => {
            let mut at = places.beside_street(district, rng);
            if noise(world.seed, "parking", at, 300.0) < 0.0 {
                at = places.beside_street(district, rng);
            }
            at
        }
    }
}

/// Place that an offence is recorded for.
fn random_offence_place(rng: &mut Rng, near_school: bool, report: bool) -> &'static str {
    if near_school && rng.chance(0.6) {
        "어린이보호구역"
    } else if report {
        rng.pick(
            &[
                (24.0, "횡단보도"),
                (22.0, "인도"),
                (19.0, "교차로모퉁이"),
                (12.0, "소화전"),
                (11.0, "버스정류소"),
                (12.0, "일반"),
            ],
            "일반",
        )
    } else {
        rng.pick(
            &[
                (70.0, "일반"),
                (9.0, "교차로모퉁이"),
                (8.0, "버스정류소"),
                (7.0, "횡단보도"),
                (6.0, "인도"),
            ],
            "일반",
        )
    }
}

pub(super) fn illegal_parking(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("illegal_parking");
    let district = &world.district;
    let months = data_months();
    // Most in spring and autumn, fewer in the holidays, growing by month.
    let weights = months.iter().enumerate().map(|(k, month)| {
        let holidays = if matches!(month.month(), 1 | 2 | 8) { 0.88 } else { 1.0 };
        month.season(10, 0.08) * holidays * (1.0 + 0.004 * k as f64)
    });
    let by_month = WeightedSampler::new(weights);
    let schools = &district.town.schools;
    for i in 0..world.count(132_000) {
        let month: YearMonth = months[by_month.draw(&mut rng)];
        let mut day = month.day(1 + rng.whole(0, month.days() - 1));
        if day.is_weekend() && rng.chance(0.45) {
            day = month.day(1 + rng.whole(0, month.days() - 1));
        }
        let at = random_illegal_position(world, &mut rng);
        let near_school = schools.iter().any(|school| distance(*school, at) < 130.0);
        let method = rng.pick(
            &[(34.0, "고정형CCTV"), (26.0, "이동형CCTV"), (31.0, "주민신고"), (9.0, "현장단속")],
            "현장단속",
        );
        let report = method == "주민신고";
        let hour = random_hour(&mut rng, if report { &REPORTS } else { &PATROLS });
        let place = random_offence_place(&mut rng, near_school, report);
        let complaint = report || rng.chance(0.12);
        table.write_row(
            Some(&point(at)),
            &[
                format!("IP{:07}", i + 1).into(),
                random_timestamp(&mut rng, day, hour).into(),
                method.into(),
                place.into(),
                complaint.into(),
            ],
        )?;
    }
    Ok(())
}
