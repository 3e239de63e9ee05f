//! Official land prices.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::last_years;
use crate::geometry::plane::{self, PlanePoint, lerp};
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Number of parcels with an official price.
const PRICED_PARCELS: usize = 29_600;

/// Yearly price changes of the whole district from 2022 to 2026, in per cent.
const YEARLY_CHANGES: [f64; 5] = [9.6, -5.9, 1.4, 3.8, 4.7];

/// Price per square metre at `p`, as a multiple of a quiet street's.
pub(super) fn price_factor(world: &World, p: PlanePoint) -> f64 {
    let (shops, _) = hub_closeness(p);
    let river = world.district.nature.bank.iter().map(|b| plane::distance(*b, p));
    let river = river.fold(f64::INFINITY, f64::min);
    let by_river = 0.35 / (1.0 + (river / 400.0) * (river / 400.0));
    1.0 + 1.1 * shops + by_river + 0.18 * noise(world.seed, "prices", p, 450.0)
}

/// Writes five years of prices.
///
/// Each year changes by the district's rate and a local one.
pub(super) fn land_price(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let years = last_years(5);
    let labels: Vec<String> = years.iter().map(ToString::to_string).collect();
    let parcels = &world.parcels().list;
    // The newest streets have no price yet.
    let roads = parcels.iter().filter(|parcel| parcel.category == "도로").count();
    let mut unpriced = parcels.len().saturating_sub(PRICED_PARCELS).min(roads);
    let mut rng = world.rng("land_price");
    for parcel in parcels.iter().rev() {
        if unpriced > 0 && parcel.category == "도로" {
            unpriced -= 1;
            continue;
        }
        let p = lerp(parcel.ring[0], parcel.ring[parcel.ring.len() / 2], 0.5);
        let share = match parcel.category {
            "대" => 1.0,
            "공장용지" => 0.9,
            "주차장" | "잡종지" => 0.7,
            "학교용지" => 0.6,
            "공원" => 0.4,
            _ => 0.33,
        };
        let own = rng.range(-0.8, 0.8);
        let local =
            1.6 * noise(world.seed, "price growth", p, 700.0) + 2.2 * hub_closeness(p).0 + own;
        let mut price = 3_900_000.0 * price_factor(world, p) * share * rng.range(0.92, 1.08);
        let mut rows: Vec<[CellValue<'_>; 4]> = Vec::with_capacity(5);
        for (label, change) in labels.iter().zip(YEARLY_CHANGES).rev() {
            let change = change + local - 1.0;
            let shown = ((price / 1000.0).round() * 1000.0) as i64;
            let cells =
                [(&parcel.pnu).into(), label.into(), shown.into(), rounded(change, 2).into()];
            rows.push(cells);
            price /= 1.0 + change / 100.0;
        }
        for cells in rows.iter().rev() {
            table.write_row(None, cells)?;
        }
    }
    Ok(())
}
