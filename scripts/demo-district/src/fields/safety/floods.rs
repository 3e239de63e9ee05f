//! Flooded areas and flood forecasts.

use std::io;

use crate::calendar::Day;
use crate::geometry::feature_shapes::polygon;
use crate::geometry::plane::{PlanePoint, add_scaled, distance, left_normal, sub, unit};
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Flood or forecast: name, day, weight among all areas, severity from 0 to 1.
type FloodEvent = (&'static str, Day, f64, f64);

const EVENTS: [FloodEvent; 6] = [
    ("2010년 9월 집중호우", Day::constant(2010, 9, 21), 14.0, 0.8),
    ("2011년 7월 집중호우", Day::constant(2011, 7, 27), 17.0, 0.9),
    ("2018년 8월 집중호우", Day::constant(2018, 8, 28), 9.0, 0.55),
    ("2022년 8월 집중호우", Day::constant(2022, 8, 8), 15.0, 0.75),
    ("2025년 7월 집중호우", Day::constant(2025, 7, 17), 6.0, 0.5),
    ("침수예상도(100년 빈도)", Day::constant(2024, 5, 31), 39.0, 1.0),
];

/// Cosine and sine of a 48th of a circle.
const TURN: PlanePoint = [0.991_444_861_373_810_4, 0.130_526_192_220_051_6];

/// Origins of floods with weights.
///
/// Along the streams outside their banks, at the ponds that take the rain, and in random
/// hollows.
fn flood_origins(world: &World) -> Vec<(PlanePoint, f64)> {
    let nature = &world.district.nature;
    let mut origins = Vec::new();
    for stream in &nature.streams {
        for w in stream.course.windows(2) {
            let across = left_normal(unit(sub(w[1], w[0])));
            for side in [-1.0, 1.0] {
                for out in [70.0, 130.0, 210.0] {
                    let at = add_scaled(w[0], across, side * (stream.half_width + out));
                    origins.push((at, 90.0 / (out + 20.0)));
                }
            }
        }
    }
    for pond in &nature.waters[3..] {
        let at = crate::geometry::plane::bounds_centre(&pond.ring);
        for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            origins.push(([at[0] + 150.0 * x, at[1] + 130.0 * y], 0.7));
        }
    }
    origins.retain(|(p, _)| can_flood(world, *p, 24.0));
    origins
}

/// Whether the ground at `p` is in the district, dry and not a hill.
fn can_flood(world: &World, p: PlanePoint, margin: f64) -> bool {
    let hill = world.district.nature.green_at(p, 30.0).is_some_and(|green| green.hill);
    !hill
        && world.district.division.dong_at(p).is_some()
        && !world.district.nature.is_wet(p, margin)
}

/// Wavy ring around `at`, cut back from the river and from hills.
fn flood_ring(world: &World, rng: &mut Rng, at: PlanePoint, radius: f64) -> Vec<PlanePoint> {
    let mut out = [1.0, 0.0];
    let mut swell = 1.0;
    let squeeze = rng.range(0.65, 1.3);
    let mut ring = Vec::with_capacity(48);
    for k in 0..48 {
        // Drifts away from a circle and back to it at the end.
        swell = (swell + rng.range(-0.14, 0.14)).clamp(0.62, 1.4);
        let near_end = f64::from(48 - k) / 12.0;
        let share = if near_end < 1.0 { 1.0 + (swell - 1.0) * near_end } else { swell };
        let mut reach = radius * share;
        while reach > 6.0 {
            let p = [at[0] + out[0] * reach * squeeze, at[1] + out[1] * reach / squeeze];
            if can_flood(world, p, 3.0) {
                break;
            }
            reach *= 0.8;
        }
        ring.push([at[0] + out[0] * reach * squeeze, at[1] + out[1] * reach / squeeze]);
        out = [out[0] * TURN[0] - out[1] * TURN[1], out[0] * TURN[1] + out[1] * TURN[0]];
    }
    ring
}

/// Writes the flood areas as features.
pub(super) fn flood_trace(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("floods");
    let origins = flood_origins(world);
    let choices: Vec<(f64, usize)> =
        origins.iter().enumerate().map(|(i, origin)| (origin.1, i)).collect();
    let events = EVENTS.map(|event| (event.2, event));
    let mut areas: Vec<(FloodEvent, PlanePoint, f64)> = Vec::new();
    let mut tries = 0;
    while areas.len() < world.count(340) && tries < 40_000 {
        tries += 1;
        let event = rng.pick(&events, EVENTS[0]);
        let (near, weight) = origins[rng.pick(&choices, 0)];
        let at = [near[0] + rng.range(-35.0, 35.0), near[1] + rng.range(-35.0, 35.0)];
        let radius = rng.range(18.0, 78.0) * (0.55 + 0.45 * event.3) * (0.75 + 0.4 * weight);
        // Two areas of one event do not run into each other.
        let apart = |other: &(FloodEvent, PlanePoint, f64)| {
            other.0.0 != event.0 || distance(other.1, at) > 1.05 * (other.2 + radius)
        };
        let crowded = tries > 20_000;
        if can_flood(world, at, 24.0) && (crowded || areas.iter().all(apart)) {
            areas.push((event, at, radius));
        }
    }
    areas.sort_by_key(|area| area.0.1);
    for (i, ((event, day, _, severe), at, radius)) in areas.into_iter().enumerate() {
        let ring = flood_ring(world, &mut rng, at, radius);
        let depth = 0.12 + severe * rng.range(0.05, 0.85) * (radius / 60.0).min(1.4);
        let grade = match depth {
            d if d >= 0.9 => "매우 높음",
            d if d >= 0.55 => "높음",
            d if d >= 0.3 => "보통",
            _ => "낮음",
        };
        let cells = [
            format!("FL{:04}", i + 1).into(),
            event.into(),
            rounded(depth, 2).into(),
            day.to_string().into(),
            grade.into(),
        ];
        table.write_row(Some(&polygon(&ring)), &cells)?;
    }
    Ok(())
}
