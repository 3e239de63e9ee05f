//! Datasets of the economy and industry.

mod businesses;
mod licences;
mod sales;
mod trade_areas;

use std::collections::BTreeMap;
use std::io;

use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::point;
use crate::numbers::rounding::rounded;
use crate::society::firms::{CENSUS_YEARS, SEOUL_SHARES};
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("business_establishment", business_establishment),
        values("business_establishment", business_establishment_values),
        values("business_stats_dong", business_stats_dong),
        features("license_food", licences::license_food),
        features("license_open_close", licences::license_open_close),
        features("commercial_area", trade_areas::commercial_area),
        values("commercial_area", trade_areas::commercial_area_values),
        values("card_sales_grid", sales::card_sales_grid),
        features("traditional_market", trade_areas::traditional_market),
        features("factory_registered", businesses::factory_registered),
        features("knowledge_industry_center", trade_areas::knowledge_industry_center),
        features("social_economy_org", businesses::social_economy_org),
        features("win_win_store", businesses::win_win_store),
        features("gift_voucher_merchant", businesses::gift_voucher_merchant),
    ];
    MAKERS
}

fn firm_number(firm: usize) -> String {
    format!("B{:07}", firm + 1)
}

fn business_establishment(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (k, firm) in world.firms().list.iter().enumerate() {
        let trade = firm.trade();
        table.write_row(
            Some(&point(firm.spot.at)),
            &[
                firm_number(k).into(),
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
fn business_establishment_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let firms = world.firms();
    for year in CENSUS_YEARS.0..=CENSUS_YEARS.1 {
        let label = year.to_string();
        for (k, firm) in firms.list.iter().enumerate() {
            if firm.exists_in(year) {
                let cells =
                    [firm_number(k).into(), (&label).into(), firms.workers_in(k, year).into()];
                table.write_row(None, &cells)?;
            }
        }
    }
    Ok(())
}

/// Writes counts of the same establishments by dong.
fn business_stats_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let firms = world.firms();
    for year in CENSUS_YEARS.0..=CENSUS_YEARS.1 {
        let label = year.to_string();
        let mut counts: BTreeMap<(usize, &str), (i64, i64)> = BTreeMap::new();
        let mut all = [0_i64; 17];
        for (k, firm) in firms.list.iter().enumerate().filter(|(_, firm)| firm.exists_in(year)) {
            let workers = firms.workers_in(k, year);
            let entry = counts.entry((firm.dong, firm.trade().section)).or_default();
            *entry = (entry.0 + 1, entry.1 + workers);
            all[firm.dong] += workers;
        }
        for ((dong, section), (establishments, workers)) in counts {
            let seoul = SEOUL_SHARES.iter().find(|s| s.0 == section).map(|s| s.1);
            let share = workers as f64 / all[dong].max(1) as f64;
            table.write_row(
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
