//! Card sales by cell and sector.

use std::io;

use crate::activity::density::{DensityKind, hub_closeness};
use crate::numbers::draws::jitter;
use crate::numbers::rng::noise;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Sectors: name, merchants in the district, won per merchant and month, won per
/// purchase, peak month, seasonal swing.
#[rustfmt::skip]
const SECTORS: [(&str, f64, f64, f64, i64, f64); 6] = [
    ("음식", 8_500.0, 10_400_000.0, 21_000.0, 12, 0.05),
    ("소매", 6_200.0, 13_100_000.0, 27_000.0, 12, 0.08),
    ("생활서비스", 3_000.0, 5_200_000.0, 38_000.0, 5, 0.03),
    ("의료", 1_050.0, 21_000_000.0, 31_000.0, 1, 0.06),
    ("교육", 920.0, 9_600_000.0, 165_000.0, 3, 0.12),
    ("여가·숙박", 1_150.0, 7_100_000.0, 36_000.0, 8, 0.14),
];

/// Minimum number of merchants; cells with fewer are left empty to protect their sales.
const MIN_MERCHANTS: i64 = 3;

/// Writes 24 months of sales.
///
/// The previous-year column is the same month's sales a year before.
pub(super) fn card_sales_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let months = &world.population().months;
    let density = world.density();
    let grid = &world.grid().cells;
    for (m, month) in months.iter().enumerate() {
        let label = month.to_string();
        for (k, cell) in grid.iter().enumerate() {
            let (shops, night) = hub_closeness(cell.centre);
            let homes = density.shares(DensityKind::Homes)[k];
            // Yearly change of a cell's sales: Seongsu grows, old markets shrink.
            let trend = 0.10 * (shops - 0.35)
                + 0.11 * noise(world.seed, "trend", cell.centre, 450.0)
                - 0.02;
            for (s, (sector, all, each, ticket, peak, swing)) in SECTORS.into_iter().enumerate() {
                let kind = if s == 5 { DensityKind::Night } else { DensityKind::Shops };
                // Clinics and schools stand near homes too.
                let share = match s {
                    2..=4 => 0.55 * density.shares(kind)[k] + 0.45 * homes,
                    _ => density.shares(kind)[k],
                };
                let lean = 0.5 * jitter(world.seed, sector, k, 0);
                let merchants = (all * share + lean).round() as i64;
                if merchants < 1 {
                    continue;
                }
                let at = |t: i64| {
                    let years = t as f64 / 12.0;
                    let own = 1.0 + 0.07 * jitter(world.seed, sector, k, (t + 100) as usize);
                    let level = 0.6 + 0.5 * shops + 0.25 * night;
                    let growth = (1.0 + trend * years) * month.season(peak, swing);
                    let sales = merchants as f64 * each * level * growth * own;
                    (sales / 1000.0).round() as i64 * 1000
                };
                let shown = merchants >= MIN_MERCHANTS;
                let sales = at(m as i64);
                table.write_row(
                    None,
                    &[
                        (&cell.id).into(),
                        (&label).into(),
                        sector.into(),
                        merchants.into(),
                        shown.then_some(sales).into(),
                        shown.then_some((sales as f64 / ticket).round() as i64).into(),
                        shown.then(|| at(m as i64 - 12)).into(),
                    ],
                )?;
            }
        }
    }
    Ok(())
}
