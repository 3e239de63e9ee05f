//! Datasets of population and households.

mod footfall;
mod people_present;

use std::io;

use crate::calendar::{last_half_years, last_quarters, last_years};
use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::polygon;
use crate::numbers::draws::{jitter, random_count};
use crate::numbers::rounding::apportion;
use crate::numbers::rounding::rounded;
use crate::society::population::{MoveEnd, OTHER_DISTRICTS};
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        values("resident_pop_dong", resident_pop_dong),
        values("household_dong", household_dong),
        values("pop_grid_100m", pop_grid_100m),
        features("census_output_area", census_output_area),
        values("census_output_area", census_output_area_values),
        values("living_pop_hourly", people_present::living_pop_hourly),
        values("floating_pop_grid", footfall::floating_pop_grid),
        values("pop_migration_flow", pop_migration_flow),
        values("birth_death_dong", birth_death_dong),
        values("foreign_resident_dong", foreign_resident_dong),
    ];
    MAKERS
}

fn resident_pop_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (month, dongs) in people.months.iter().zip(&people.dongs) {
        let label = month.to_string();
        for (d, r) in dongs.iter().enumerate() {
            let counts = [r.total, r.men, r.women, r.to_5, r.to_17, r.working_age, r.from_65];
            let area = world.district.division.dongs[d].area() / 1e6;
            let mut cells: Vec<CellValue<'_>> =
                vec![world.ministry_code(d).into(), (&label).into()];
            cells.extend(counts.map(CellValue::Int));
            cells.push(rounded(area, 3).into());
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

fn household_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (m, month) in people.months.iter().enumerate() {
        let label = month.to_string();
        for (d, households) in people.households_by_dong(m).into_iter().enumerate() {
            let size = people.dongs[m][d].total as f64 / households.all.max(1) as f64;
            table.write_row(
                None,
                &[
                    world.statistics_code(d).into(),
                    (&label).into(),
                    households.all.into(),
                    households.single.into(),
                    households.single_65.into(),
                    rounded(size, 2).into(),
                ],
            )?;
        }
    }
    Ok(())
}

fn pop_grid_100m(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (_, month) in last_half_years(4) {
        let label = month.to_string();
        let ages = people.ages_by_cell(people.month_index(month));
        for (cell, ages) in world.grid().cells.iter().zip(ages) {
            let [to_5, to_11, _, working, old] = ages;
            let counts = [ages.iter().sum(), to_5, to_11, working, old];
            let mut cells: Vec<CellValue<'_>> = vec![(&cell.id).into(), (&label).into()];
            cells.extend(counts.map(CellValue::Int));
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

fn census_output_area(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for area in &world.output_areas().list {
        let cells = [(&area.code).into(), world.statistics_code(area.dong).into()];
        table.write_row(Some(&polygon(&area.ring)), &cells)?;
    }
    Ok(())
}

/// Writes five years; the areas of a dong add up to its residents and households.
fn census_output_area_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let areas = &world.output_areas().list;
    for year in last_years(5) {
        let label = year.to_string();
        // The census counts on 1 November, so October's residents apply. Years
        // before the first month are extrapolated.
        let month = people.month_index(crate::calendar::YearMonth::new(year, 10));
        let before = (2024 - year).max(0) as f64;
        for (d, households) in people.households_by_dong(month).into_iter().enumerate() {
            let mine: Vec<usize> = (0..areas.len()).filter(|k| areas[*k].dong == d).collect();
            let lean = |k: usize| 1.0 + 0.12 * jitter(world.seed, "people of output areas", k, 0);
            let homes: Vec<f64> =
                mine.iter().map(|k| areas[*k].homes.max(1.0) * lean(*k)).collect();
            let drift = (people.dongs[23][d].total - people.dongs[0][d].total) as f64 / 2.0;
            let total = people.dongs[month][d].total - (drift * before).round() as i64;
            let persons = apportion(total, &homes);
            let size = |k: usize| 1.0 + 0.10 * jitter(world.seed, "households", k, 0);
            let weights: Vec<f64> =
                persons.iter().zip(&mine).map(|(n, k)| *n as f64 * size(*k)).collect();
            let living = apportion(households.all, &weights);
            let old = people.dongs[month][d].from_65 as f64 / people.dongs[month][d].total as f64;
            for (i, k) in mine.iter().enumerate() {
                // A house with several households is one dwelling.
                let split = 0.86 + 0.09 * jitter(world.seed, "dwellings", *k, 0);
                let age =
                    36.5 + 42.0 * old + 3.4 * jitter(world.seed, "age", *k, 0) - 0.25 * before;
                table.write_row(
                    None,
                    &[
                        (&areas[*k].code).into(),
                        (&label).into(),
                        persons[i].into(),
                        living[i].into(),
                        ((living[i] as f64 * split).round() as i64).into(),
                        // Empty areas have no mean age.
                        (persons[i] > 0).then(|| rounded(age, 1)).into(),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// Writes rows in the order dongs to dongs, dongs to districts, districts to dongs.
fn pop_migration_flow(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let code = |end: MoveEnd| match end {
        MoveEnd::Dong(d) => world.statistics_code(d),
        MoveEnd::District(k) => OTHER_DISTRICTS[k].0,
    };
    for (month, events) in people.months.iter().zip(&people.events) {
        let label = month.to_string();
        for flow in &events.flows {
            let net = events.movers_between(flow.to, flow.from) - flow.movers;
            table.write_row(
                None,
                &[
                    code(flow.from).into(),
                    code(flow.to).into(),
                    (&label).into(),
                    flow.movers.into(),
                    flow.young.into(),
                    net.into(),
                ],
            )?;
        }
    }
    Ok(())
}

fn birth_death_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    for (month, events) in people.months.iter().zip(&people.events) {
        let label = month.to_string();
        for (d, (births, deaths)) in events.births.iter().zip(&events.deaths).enumerate() {
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    (*births).into(),
                    (*deaths).into(),
                    (births - deaths).into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// Foreigners by dong: share of residents, leading nationality.
///
/// Students live by the university in Sageun and Haengdang, workers in Yongdap and Seongsu.
const FOREIGNERS_BY_DONG: [(f64, &str); 17] = [
    (0.026, "중국"),
    (0.034, "한국계 중국인"),
    (0.066, "중국"),
    (0.038, "중국"),
    (0.014, "한국계 중국인"),
    (0.012, "한국계 중국인"),
    (0.015, "베트남"),
    (0.013, "미국"),
    (0.017, "미국"),
    (0.031, "한국계 중국인"),
    (0.036, "한국계 중국인"),
    (0.040, "한국계 중국인"),
    (0.030, "베트남"),
    (0.052, "한국계 중국인"),
    (0.033, "중국"),
    (0.012, "베트남"),
    (0.016, "미국"),
];

fn foreign_resident_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("foreign_resident_dong");
    let marriages: Vec<f64> =
        (0..FOREIGNERS_BY_DONG.len()).map(|_| rng.range(0.035, 0.10)).collect();
    for (q, (quarter, end)) in last_quarters(8).into_iter().enumerate() {
        for (d, residents) in people.dongs[people.month_index(end)].iter().enumerate() {
            // Terms begin in March and September.
            let students = if d == 2 || d == 3 { end.season(4, 0.06) } else { 1.0 };
            let expected =
                residents.total as f64 * FOREIGNERS_BY_DONG[d].0 * (0.95 + 0.008 * q as f64);
            let total = (expected * students * rng.range(0.985, 1.015)).round() as i64;
            // Hillside dongs have few, so that small numbers occur.
            let married = match d {
                5 | 7 => random_count(&mut rng, 4.0),
                _ => (total as f64 * marriages[d] * rng.range(0.97, 1.03)).round() as i64,
            };
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&quarter).into(),
                    total.into(),
                    FOREIGNERS_BY_DONG[d].1.into(),
                    married.into(),
                ],
            )?;
        }
    }
    Ok(())
}
