//! Sales and leases of homes.

use std::io;

use super::land_price::price_factor;
use crate::calendar::{LAST_MONTH, random_day_by_month};
use crate::geometry::feature_shapes::point;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Usual floor areas of flats, in square metres.
const FLATS: [f64; 5] = [39.6, 59.9, 74.5, 84.9, 114.8];

/// Usual price of a kind of home in won per square metre.
fn price_by_kind(kind: &str) -> f64 {
    match kind {
        "아파트" => 11_200_000.0,
        "오피스텔" => 8_200_000.0,
        "연립다세대" => 6_900_000.0,
        _ => 8_000_000.0,
    }
}

/// Share of the price that a kind of deal costs.
fn share_by_deal(deal: &str) -> f64 {
    match deal {
        "매매" => 1.0,
        "전세" => 0.54,
        _ => 0.13,
    }
}

pub(super) fn apt_trade(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("apt_trade");
    let (district, places) = (&world.district, world.places());
    for i in 0..world.count(11_500) {
        let office = rng.chance(0.06);
        let spot = if office {
            places.random_workplace(district, &mut rng)
        } else {
            places.random_home(district, &mut rng)
        };
        let building = &district.town.buildings[spot.building];
        let kind = match building.usage {
            "공동주택" if building.floors > 6 => "아파트",
            "공동주택" => "연립다세대",
            "단독주택" => "단독다가구",
            _ => "오피스텔",
        };
        let area = match kind {
            "아파트" => FLATS[rng.whole(0, 4) as usize],
            "오피스텔" => rounded(rng.range(18.0, 45.0), 1),
            "연립다세대" => rounded(rng.range(29.0, 75.0), 1),
            _ => rounded(rng.range(60.0, 190.0), 1),
        };
        let deal = rng.pick(&[(3.0, "매매"), (4.0, "전세"), (3.6, "월세")], "전세");
        // Moves are in spring and autumn.
        let day = random_day_by_month(&mut rng, |month| {
            month.season(4, 0.12)
                * month.season(10, 0.12)
                * if month.month() % 6 == 4 { 1.15 } else { 1.0 }
        });
        let by_month = 1.0 - 0.0055 * LAST_MONTH.months_since(day.year_month()) as f64;
        let age = 1.0 - 0.004 * (2026 - building.built).clamp(0, 40) as f64;
        let (by_kind, by_deal) = (price_by_kind(kind), share_by_deal(deal));
        let per_metre = by_kind * price_factor(world, spot.at) * age * by_month * by_deal;
        let price = (per_metre * area * rng.range(0.92, 1.08) / 1e6).round() * 1e6;
        table.write_row(
            Some(&point(spot.at)),
            &[
                format!("T{:06}", i + 1).into(),
                deal.into(),
                kind.into(),
                day.to_string().into(),
                (price as i64).into(),
                area.into(),
                ((price / area).round() as i64).into(),
            ],
        )?;
    }
    Ok(())
}
