//! Households that need support, by grid cell, and households found in a crisis.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{TODAY, YearMonth, last_quarters};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, add_scaled, lerp, sub};
use crate::numbers::draws::{jitter, one_of, random_count};
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::society::population::CellHomes;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Rounds `exact` to a whole number that changes as slowly as `exact` does.
fn steady_count(world: &World, label: &str, cell: usize, exact: f64) -> i64 {
    let own = 0.5 + 0.5 * jitter(world.seed, label, cell, 0);
    (exact + own).floor().max(0.0) as i64
}

/// Writes 24 months; a cell without homes has no households on support, and no share.
pub(super) fn basic_livelihood_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        // The income limit for support rises every January.
        let january = if m >= 14 {
            1.035
        } else if m >= 2 {
            1.015
        } else {
            1.0
        };
        let trend = january * (0.97 + 0.0015 * m as f64);
        let households = people.households_by_cell(m);
        for (k, cell) in world.grid().cells.iter().enumerate() {
            let homes = &people.homes[k];
            let all = households[k].all;
            let exact = all as f64 * homes.need * 1.05 * trend;
            let found =
                if all > 0 { steady_count(world, "livelihood", k, exact).min(all) } else { 0 };
            let part =
                |share: f64, label: &str| steady_count(world, label, k, found as f64 * share);
            let single = part(0.52 + 0.25 * homes.single, "livelihood single").min(found);
            let persons = single
                + part(2.4, "livelihood persons").max(2 * found) * (found - single) / found.max(1);
            let share = (all > 0).then(|| rounded(100.0 * found as f64 / all as f64, 1));
            table.write_row(
                None,
                &[
                    (&cell.id).into(),
                    (&label).into(),
                    found.into(),
                    persons.into(),
                    single.into(),
                    share.into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// Relief programmes.
///
/// Name, households helped per month as a share of those in need, won per household.
const PROGRAMMES: [(&str, f64, f64); 2] =
    [("국가 긴급복지", 0.020, 980_000.0), ("서울형 긴급복지", 0.009, 620_000.0)];

/// YearMonth after the Jungnangcheon rose in a made-up rain.
const FLOOD: YearMonth = YearMonth::constant(2025, 8);

pub(super) fn emergency_relief_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("emergency_relief_grid");
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        let households = people.households_by_cell(m);
        for (k, cell) in world.grid().cells.iter().enumerate() {
            let need = people.homes[k].need;
            let in_need = households[k].all as f64 * need;
            let mut row = |program: &str, expected: f64, each: f64, poor: f64| {
                let helped = random_count(&mut rng, expected).min(households[k].all);
                if helped == 0 {
                    return Ok(());
                }
                let below = (helped as f64 * poor * rng.range(0.85, 1.1)).round() as i64;
                let amount = helped as f64 * each * rng.range(0.7, 1.35);
                table.write_row(
                    None,
                    &[
                        (&cell.id).into(),
                        program.into(),
                        (&label).into(),
                        helped.into(),
                        below.min(helped).into(),
                        ((amount / 1000.0).round() as i64 * 1000).into(),
                    ],
                )
            };
            for (program, share, each) in PROGRAMMES {
                row(program, in_need * share * month.season(1, 0.3), each, 0.86)?;
            }
            let low = world.district.nature.is_wet(cell.centre, 60.0);
            if (*month == FLOOD || *month == FLOOD.plus(1)) && (low || cell.dong == 13) {
                let share = if *month == FLOOD { 0.10 } else { 0.03 };
                let hit = households[k].all as f64 * share * (0.3 + people.homes[k].houses);
                row("재난긴급생활비", hit, 1_000_000.0, 0.45)?;
            }
        }
    }
    Ok(())
}

/// Most common kind of dwelling of people who live alone.
fn dwelling(homes: &CellHomes, at: PlanePoint) -> Option<&'static str> {
    let (_, night) = hub_closeness(at);
    if homes.area <= 0.0 {
        None
    } else if night > 0.55 && homes.towers < 0.5 {
        Some(if homes.houses > 0.6 { "고시원 등" } else { "오피스텔" })
    } else if homes.towers > 0.5 {
        Some("아파트")
    } else if homes.houses > 0.5 {
        Some("단독·다가구")
    } else {
        Some("다세대·연립")
    }
}

pub(super) fn single_household_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (quarter, end) in last_quarters(8) {
        let households = people.households_by_cell(people.month_index(end));
        for (k, cell) in world.grid().cells.iter().enumerate() {
            let alone = households[k];
            table.write_row(
                None,
                &[
                    (&cell.id).into(),
                    (&quarter).into(),
                    alone.single.into(),
                    alone.single_50_64.into(),
                    alone.single_65.into(),
                    dwelling(&people.homes[k], cell.centre).into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// Writes crisis households, found every second month where people live alone, poor and
/// far from help.
pub(super) fn crisis_household(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("crisis_household");
    let last = people.months.len() - 1;
    let households = people.households_by_cell(last);
    let weight = |k: usize| {
        let homes = &people.homes[k];
        let far = if matches!(world.grid().cells[k].dong, 1 | 12 | 13) { 1.25 } else { 1.0 };
        households[k].single as f64 * homes.need * far
    };
    let cells = WeightedSampler::new((0..people.homes.len()).map(weight));
    let rounds: Vec<YearMonth> =
        people.months.iter().copied().filter(|m| m.month() % 2 == 0).collect();
    for n in 0..world.count(750) {
        let k = cells.draw(&mut rng);
        let homes = &people.homes[k];
        let month = *one_of(&mut rng, &rounds);
        let score = 38.0 + 150.0 * homes.need + rng.range(0.0, 34.0) * rng.range(0.3, 1.0);
        let score = score.min(99.4);
        let signals = (score / 11.0 + rng.range(-1.5, 2.0)).round().max(1.0) as i64;
        let recent = month.plus(2).day(1) > TODAY;
        let status = if recent {
            rng.pick(&[(5.0, "발굴"), (4.0, "상담"), (1.0, "지원 연계")], "발굴")
        } else {
            rng.pick(&[(0.5, "발굴"), (2.0, "상담"), (4.0, "지원 연계"), (4.0, "종결")], "종결")
        };
        let visit = month.day(1).plus(rng.whole(6, 55)).min(TODAY);
        table.write_row(
            Some(&point(random_in_home(world, homes, &mut rng))),
            &[
                format!("CR{}{:05}", month.year(), n + 1).into(),
                month.to_string().into(),
                rounded(score, 1).into(),
                signals.into(),
                status.into(),
                // Households that were only found have no visit yet.
                (status != "발굴").then(|| visit.to_string()).into(),
            ],
        )?;
    }
    Ok(())
}

/// A random position in one of the cell's homes.
fn random_in_home(world: &World, homes: &CellHomes, rng: &mut Rng) -> PlanePoint {
    let ring = &world.district.town.buildings[*one_of(rng, &homes.buildings)].ring;
    let edge = lerp(ring[0], ring[1], rng.range(0.2, 0.8));
    add_scaled(edge, sub(ring[2], ring[1]), rng.range(0.1, 0.3))
}
