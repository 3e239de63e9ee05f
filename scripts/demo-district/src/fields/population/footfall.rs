//! Footfall by cell, hour and kind of day, and daily profiles shared with other datasets.

use std::io;

use crate::activity::density::DensityKind;
use crate::numbers::draws::jitter;
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Share of residents at home, by hour of a weekday.
#[rustfmt::skip]
pub(super) const AT_HOME: [f64; 24] = [
    0.97, 0.98, 0.99, 0.99, 0.99, 0.98, 0.93, 0.80, 0.64, 0.55, 0.51, 0.49,
    0.48, 0.48, 0.48, 0.49, 0.52, 0.57, 0.65, 0.73, 0.80, 0.86, 0.91, 0.95,
];

/// Share of workers at work, by hour of a weekday.
#[rustfmt::skip]
pub(super) const AT_WORK: [f64; 24] = [
    0.03, 0.03, 0.03, 0.03, 0.03, 0.04, 0.08, 0.26, 0.66, 0.90, 0.95, 0.96,
    0.92, 0.93, 0.97, 0.97, 0.95, 0.86, 0.55, 0.32, 0.20, 0.13, 0.08, 0.05,
];

/// Activity of shops and restaurants on a weekday, by hour; 1 at noon.
#[rustfmt::skip]
pub(super) const OUT_WEEKDAY: [f64; 24] = [
    0.16, 0.09, 0.06, 0.04, 0.03, 0.04, 0.08, 0.16, 0.26, 0.38, 0.52, 0.80,
    1.00, 0.88, 0.70, 0.66, 0.70, 0.82, 1.05, 1.15, 1.00, 0.74, 0.48, 0.28,
];

/// Activity of shops and restaurants at weekends, by hour: later and longer.
#[rustfmt::skip]
pub(super) const OUT_WEEKEND: [f64; 24] = [
    0.24, 0.15, 0.09, 0.05, 0.04, 0.04, 0.06, 0.10, 0.18, 0.34, 0.62, 0.96,
    1.22, 1.38, 1.46, 1.48, 1.44, 1.36, 1.28, 1.18, 0.98, 0.74, 0.52, 0.34,
];

/// Pedestrians on their way to and from home and work, by hour.
#[rustfmt::skip]
const COMMUTE: [f64; 24] = [
    0.08, 0.05, 0.03, 0.03, 0.05, 0.12, 0.36, 0.88, 1.00, 0.56, 0.38, 0.42,
    0.56, 0.48, 0.42, 0.46, 0.56, 0.80, 1.02, 0.78, 0.56, 0.44, 0.32, 0.18,
];

/// Attraction of a cell, in persons per hour at the busiest time.
struct CellAttraction {
    homes: f64,
    work: f64,
    shops: f64,
    night: f64,
    green: f64,
    young: f64,
    old: f64,
}

/// Writes 24 months of 24 hours, on weekdays and at weekends.
pub(super) fn floating_pop_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let draws = cell_attractions(world);
    let mut rng = world.rng("floating_pop_grid");
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        // People are out in spring and autumn; Seongsu draws more every month.
        let out = month.season(5, 0.04) * month.season(10, 0.07);
        let outdoors = month.season(7, 0.38);
        let boom = 0.9 + 0.006 * m as f64;
        for (k, (cell, draw)) in world.grid().cells.iter().zip(&draws).enumerate() {
            let own = 1.0 + 0.05 * jitter(world.seed, "footfall", k, m);
            for (day_type, off) in [("평일", false), ("주말", true)] {
                let shape = if off { &OUT_WEEKEND } else { &OUT_WEEKDAY };
                for hour in 0..24 {
                    let evening = if (18..24).contains(&hour) || hour < 3 { 1.0 } else { 0.25 };
                    let ways = COMMUTE[hour] * if off { 0.62 } else { 1.0 };
                    let work = if off { 0.2 } else { 1.0 };
                    let daylight = if (7..20).contains(&hour) { 1.0 } else { 0.2 };
                    let leisure = if off { 1.9 } else { 0.8 };
                    let homes = draw.homes * ways;
                    let shops = draw.shops * shape[hour] * boom;
                    let night = draw.night * shape[hour] * evening;
                    let total = homes
                        + draw.work * (0.75 * ways + 0.3 * AT_WORK[hour]) * work
                        + (shops + night) * out
                        + draw.green * daylight * leisure * outdoors;
                    let total = (total * own + 0.2) * rng.range(0.96, 1.04);
                    let gay = (shops + night) / (total + 1.0);
                    let women = 0.475 + 0.06 * gay.min(1.0);
                    let young = (draw.young + 0.26 * gay.min(1.0)).min(0.8);
                    let old = draw.old
                        * if (8..18).contains(&hour) { 1.25 } else { 0.6 }
                        * (1.0 - 0.55 * gay.min(1.0));
                    table.write_row(
                        None,
                        &[
                            (&cell.id).into(),
                            (&label).into(),
                            hour.into(),
                            day_type.into(),
                            rounded(total, 1).into(),
                            rounded(total * women, 1).into(),
                            rounded(total * young, 1).into(),
                            rounded(total * old, 1).into(),
                        ],
                    )?;
                }
            }
        }
    }
    Ok(())
}

fn cell_attractions(world: &World) -> Vec<CellAttraction> {
    let density = world.density();
    let homes = &world.population().homes;
    let cells = world.grid().cells.iter().enumerate();
    cells
        .map(|(k, cell)| {
            let share = |kind| density.shares(kind)[k];
            let p = cell.centre;
            let lean = 1.0 + 0.35 * noise(world.seed, "footfall", p, 260.0);
            let nature = &world.district.nature;
            let green = if nature.green_at(p, 20.0).is_some() {
                46.0
            } else if nature.is_wet(p, 55.0) && !nature.is_wet(p, 0.0) {
                // The ways along the rivers.
                22.0
            } else {
                0.0
            };
            CellAttraction {
                homes: 92_000.0 * share(DensityKind::Homes) * lean,
                work: 88_000.0 * share(DensityKind::Work) * lean,
                shops: 118_000.0 * share(DensityKind::Shops) * lean,
                night: 64_000.0 * share(DensityKind::Night) * lean,
                green: green * lean,
                young: 0.25 + 0.1 * homes[k].single,
                old: (0.14 * homes[k].old.max(0.6)).min(0.3),
            }
        })
        .collect()
}
