//! People present in each output area by hour.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::last_days;
use crate::geometry::plane::{PlanePoint, bounds};
use crate::numbers::draws::jitter;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

use super::footfall::{AT_HOME, AT_WORK, OUT_WEEKDAY, OUT_WEEKEND};

/// Shares of one output area in the people of the district.
struct AreaPresence {
    residents: f64,
    workers: f64,
    visitors: f64,
    old: f64,
    foreign: f64,
}

/// Writes 28 days of 24 hours.
///
/// As in the real data, an hour's estimate of foreigners is missing if it is too small to
/// be published.
pub(super) fn living_pop_hourly(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let areas = &world.output_areas().list;
    let present = presence_by_area(world);
    let days = last_days(28);
    let mut rng = world.rng("living_pop_hourly");
    for (n, day) in days.iter().enumerate() {
        let date = day.to_string();
        let off = day.is_weekend();
        for hour in 0..24 {
            let home = if off { 0.45 + 0.55 * AT_HOME[hour] } else { AT_HOME[hour] };
            let work = AT_WORK[hour] * if off { 0.28 } else { 1.0 };
            let out = if off { OUT_WEEKEND[hour] } else { OUT_WEEKDAY[hour] };
            for (k, (area, here)) in areas.iter().zip(&present).enumerate() {
                let of_day = 1.0 + 0.03 * jitter(world.seed, "day", k, n);
                let noise = of_day * rng.range(0.985, 1.015);
                let (living, working) = (here.residents * home, here.workers * work);
                let visiting = here.visitors * out;
                let total = (living + working + visiting) * noise;
                // The old are at home by day, and seldom out at night.
                let at_home = here.residents * (0.35 + 0.65 * home);
                let old = (at_home * here.old + 0.05 * working + 0.08 * visiting) * noise;
                let foreign = total * here.foreign * rng.range(0.9, 1.1);
                table.write_row(
                    None,
                    &[
                        (&area.code).into(),
                        (&date).into(),
                        hour.into(),
                        rounded(total, 2).into(),
                        rounded(old.min(total), 2).into(),
                        (foreign >= 0.8).then(|| rounded(foreign, 2)).into(),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

fn presence_by_area(world: &World) -> Vec<AreaPresence> {
    let people = world.population();
    let last = people.months.len() - 1;
    let areas = &world.output_areas().list;
    let dongs = world.district.division.dongs.len();
    let mut homes = vec![0.0; dongs];
    for area in areas {
        homes[area.dong] += area.homes.max(1.0);
    }
    areas
        .iter()
        .enumerate()
        .map(|(k, area)| {
            let dong = &people.dongs[last][area.dong];
            let middle = middle(&area.ring);
            let (shops, night) = hub_closeness(middle);
            let lean = |label: &str, by: f64| 1.0 + by * jitter(world.seed, label, k, 0);
            // One worker to about 33 square metres.
            let workers = area.work / 33.0 * lean("workers", 0.3);
            AreaPresence {
                residents: dong.total as f64 * area.homes.max(1.0) / homes[area.dong],
                workers,
                visitors: (20.0 + workers * 0.7) * (0.1 + shops + 0.6 * night),
                old: dong.from_65 as f64 / dong.total as f64 * lean("old", 0.25),
                foreign: (0.010 + 0.035 * night) * lean("foreign", 0.6),
            }
        })
        .collect()
}

fn middle(ring: &[PlanePoint]) -> PlanePoint {
    let [west, south, east, north] = bounds(ring);
    [(west + east) / 2.0, (south + north) / 2.0]
}
