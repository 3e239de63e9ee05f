//! Datasets of the economy and industry.

mod areas;
mod licences;
mod makers;
mod sales;

use std::collections::BTreeMap;
use std::io;

use crate::fields::maker::{TableMaker, features, values};
use crate::geometry::shapes::point;
use crate::numbers::rounding::rounded;
use crate::society::firms::{SEOUL, YEARS};
use crate::tables::sheet::TableWriter;
use crate::world::World;

/// Sheet makers of this field.
#[must_use]
pub(crate) fn sheets() -> &'static [TableMaker] {
    const SHEETS: &[TableMaker] = &[
        features("business_establishment", business_establishment),
        values("business_establishment", business_establishment_values),
        values("business_stats_dong", business_stats_dong),
        features("license_food", licences::license_food),
        features("license_open_close", licences::license_open_close),
        features("commercial_area", areas::commercial_area),
        values("commercial_area", areas::commercial_area_values),
        values("card_sales_grid", sales::card_sales_grid),
        features("traditional_market", areas::traditional_market),
        features("factory_registered", makers::factory_registered),
        features("knowledge_industry_center", areas::knowledge_industry_center),
        features("social_economy_org", makers::social_economy_org),
        features("win_win_store", makers::win_win_store),
        features("gift_voucher_merchant", makers::gift_voucher_merchant),
    ];
    SHEETS
}

fn number(firm: usize) -> String {
    format!("B{:07}", firm + 1)
}

fn business_establishment(world: &World, sheet: &mut TableWriter<'_>) -> io::Result<()> {
    for (k, firm) in world.firms().list.iter().enumerate() {
        let trade = firm.trade();
        sheet.row(
            Some(&point(firm.spot.at)),
            &[
                number(k).into(),
                trade.code.into(),
                trade.name.into(),
                firm.opened.to_string().into(),
                world.statistics_code(firm.dong).into(),
            ],
        )?;
    }
    Ok(())
}

/// Writes a row for each year in which an establishment existed.
fn business_establishment_values(world: &World, sheet: &mut TableWriter<'_>) -> io::Result<()> {
    let firms = world.firms();
    for year in YEARS.0..=YEARS.1 {
        let label = year.to_string();
        for (k, firm) in firms.list.iter().enumerate() {
            if firm.is_there(year) {
                let cells = [number(k).into(), (&label).into(), firms.workers(k, year).into()];
                sheet.row(None, &cells)?;
            }
        }
    }
    Ok(())
}

/// Writes counts of the same establishments by dong.
fn business_stats_dong(world: &World, sheet: &mut TableWriter<'_>) -> io::Result<()> {
    let firms = world.firms();
    for year in YEARS.0..=YEARS.1 {
        let label = year.to_string();
        let mut counts: BTreeMap<(usize, &str), (i64, i64)> = BTreeMap::new();
        let mut all = [0_i64; 17];
        for (k, firm) in firms.list.iter().enumerate().filter(|(_, firm)| firm.is_there(year)) {
            let workers = firms.workers(k, year);
            let entry = counts.entry((firm.dong, firm.trade().section)).or_default();
            *entry = (entry.0 + 1, entry.1 + workers);
            all[firm.dong] += workers;
        }
        for ((dong, section), (establishments, workers)) in counts {
            let seoul = SEOUL.iter().find(|s| s.0 == section).map(|s| s.1);
            let share = workers as f64 / all[dong].max(1) as f64;
            sheet.row(
                None,
                &[
                    world.statistics_code(dong).into(),
                    (&label).into(),
                    section.into(),
                    establishments.into(),
                    workers.into(),
                    seoul.map(|seoul| rounded(share / seoul, 2)).into(),
                ],
            )?;
        }
    }
    Ok(())
}
