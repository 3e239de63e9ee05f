//! Figures agree with each other, and the named maps show their intended patterns.

use std::collections::BTreeMap;

use super::{rows, world};
use crate::geometry::plane::{distance, from_degrees};
use crate::tables::cell::CellValue;
use crate::tables::schema::DatasetPart;

/// Rows of a part, read by column name.
struct NamedRows {
    columns: Vec<String>,
    rows: Vec<crate::tables::writer::TableRow>,
}

impl NamedRows {
    fn of(id: &str, part: DatasetPart) -> Self {
        let (table, rows) = rows(world(), id, part);
        Self { columns: table.columns.iter().map(|column| column.name.clone()).collect(), rows }
    }

    fn at(&self, column: &str) -> usize {
        self.columns.iter().position(|name| name == column).unwrap()
    }

    /// Sums of `number` by the text of `key`, over rows whose `time` column has this prefix.
    fn sums(&self, key: &str, number: &str, time: (&str, &str)) -> BTreeMap<String, f64> {
        let (key, number, when) = (self.at(key), self.at(number), self.at(time.0));
        let mut sums = BTreeMap::new();
        for (_, cells) in self.rows.iter().filter(|row| text(&row.1[when]).starts_with(time.1)) {
            *sums.entry(text(&cells[key]).to_owned()).or_insert(0.0) += value(&cells[number]);
        }
        sums
    }

    fn total(&self, number: &str, time: (&str, &str)) -> f64 {
        self.sums(time.0, number, time).values().sum()
    }
}

fn text<'a>(cell: &'a CellValue<'_>) -> &'a str {
    match cell {
        CellValue::Text(text) => text,
        _ => "",
    }
}

fn value(cell: &CellValue<'_>) -> f64 {
    match cell {
        CellValue::Int(number) => *number as f64,
        CellValue::Double(number) => *number,
        _ => 0.0,
    }
}

#[test]
fn people_of_dongs_cells_and_output_areas_add_up() {
    let dongs = NamedRows::of("resident_pop_dong", DatasetPart::Values);
    let cells = NamedRows::of("pop_grid_100m", DatasetPart::Values);
    let areas = NamedRows::of("census_output_area", DatasetPart::Values);
    let households = NamedRows::of("household_dong", DatasetPart::Values);
    let alone = NamedRows::of("single_household_grid", DatasetPart::Values);
    assert_eq!(dongs.total("pop_total", ("base_ym", "202610")), 280_000.0);
    for month in ["202412", "202506", "202512", "202606"] {
        for column in ["pop_total", "pop_0_5", "pop_15_64", "pop_65p"] {
            let time = ("base_ym", month);
            assert_eq!(cells.total(column, time), dongs.total(column, time), "{column} {month}");
        }
    }
    assert_eq!(areas.total("pop_total", ("base_yr", "2026")), 280_000.0);
    let time = ("base_ym", "202610");
    let living = areas.total("hh_total", ("base_yr", "2026"));
    assert_eq!(living, households.total("hh_total", time));
    let time = ("base_ym", "202609");
    let single = alone.total("hh_single", ("base_q", "20263"));
    assert_eq!(single, households.total("hh_single", time));
}

/// A dong grows by births less deaths plus net migration.
#[test]
fn a_dong_changes_by_births_deaths_and_moves() {
    let people = NamedRows::of("resident_pop_dong", DatasetPart::Values);
    let vital = NamedRows::of("birth_death_dong", DatasetPart::Values);
    let moves = NamedRows::of("pop_migration_flow", DatasetPart::Values);
    let before = people.sums("dong_cd", "pop_total", ("base_ym", "202609"));
    let after = people.sums("dong_cd", "pop_total", ("base_ym", "202610"));
    let born = vital.sums("dong_cd", "natural_increase", ("base_ym", "202610"));
    let net = moves.sums("from_cd", "net", ("base_ym", "202610"));
    for (d, dong) in world().district.division.dongs.iter().enumerate() {
        let (here, there) = (world().ministry_code(d), world().statistics_code(d));
        let change = after[here] - before[here];
        assert_eq!(change, born[here] + net[there], "{}", dong.facts.name);
    }
}

/// Job supply and demand: jobs are in Seongsu, job seekers live elsewhere.
#[test]
fn jobs_are_in_seongsu_and_seekers_elsewhere() {
    let posts = NamedRows::of("job_opening", DatasetPart::Features);
    let weeks = NamedRows::of("job_opening", DatasetPart::Values);
    let seekers = NamedRows::of("job_seeker_dong", DatasetPart::Values);
    let (number, mut dong_of) = (posts.at("post_no"), BTreeMap::new());
    for (geometry, cells) in &posts.rows {
        let at = from_degrees(geometry.as_ref().unwrap().coordinates[0]);
        dong_of.insert(text(&cells[number]).to_owned(), world().dong_at(at));
    }
    let mut openings = [0.0; 17];
    for (post, count) in weeks.sums("post_no", "openings", ("post_date", "2026")) {
        openings[dong_of[&post]] += count;
    }
    let looking = seekers.sums("dong_cd", "seekers", ("base_ym", "2026"));
    let ratio: Vec<f64> =
        (0..17).map(|d| openings[d] / looking[world().ministry_code(d)]).collect();
    for (d, dong) in world().district.division.dongs.iter().enumerate() {
        match d {
            9..=11 => assert!(ratio[d] > 1.2, "{} {}", dong.facts.name, ratio[d]),
            8 | 13 => {}
            _ => assert!(ratio[d] < 0.9, "{} {}", dong.facts.name, ratio[d]),
        }
    }
    let whole = openings.iter().sum::<f64>() / looking.values().sum::<f64>();
    assert!((0.5..1.1).contains(&whole), "{whole}");
}

/// Welfare blind spots: help is far where need is greatest.
#[test]
fn help_is_far_where_need_is_great() {
    let help = NamedRows::of("welfare_facility", DatasetPart::Features);
    let helpers: Vec<_> =
        help.rows.iter().map(|row| from_degrees(row.0.as_ref().unwrap().coordinates[0])).collect();
    let need = NamedRows::of("basic_livelihood_grid", DatasetPart::Values);
    let need = need.sums("cell_id", "hh_recip", ("base_ym", "202610"));
    let (mut far, mut near) = ((0.0, 0.0), (0.0, 0.0));
    let people = world().population().households_by_cell(23);
    for (k, cell) in world().grid().cells.iter().enumerate() {
        let nearest = helpers.iter().map(|at| distance(*at, cell.centre));
        let away = nearest.fold(f64::INFINITY, f64::min);
        let sums = if away > 500.0 { &mut far } else { &mut near };
        *sums = (sums.0 + need[&cell.id], sums.1 + people[k].all as f64);
    }
    assert!(far.1 > 8_000.0, "hardly anybody lives far from help: {far:?}");
    assert!(far.0 / far.1 > 1.15 * near.0 / near.1, "far {far:?}, near {near:?}");
    // Numbers that must not be shown occur, and those that may.
    assert!(need.values().filter(|n| (1.0..5.0).contains(*n)).count() > 200);
    assert!(need.values().filter(|n| **n >= 5.0).count() > 150);
}

/// Old residents and low incomes coincide in the same cells.
#[test]
fn age_and_need_go_together() {
    let people = world().population();
    let ages = people.ages_by_cell(23);
    let cells: Vec<(f64, f64)> = ages
        .iter()
        .zip(&people.homes)
        .filter(|(ages, _)| ages.iter().sum::<i64>() > 100)
        .map(|(ages, homes)| (ages[4] as f64 / ages.iter().sum::<i64>() as f64, homes.need))
        .collect();
    let mean =
        |of: &dyn Fn(&(f64, f64)) -> f64| cells.iter().map(of).sum::<f64>() / cells.len() as f64;
    let (age, need) = (mean(&|c| c.0), mean(&|c| c.1));
    let both = mean(&|c| (c.0 - age) * (c.1 - need));
    let spread = mean(&|c| (c.0 - age) * (c.0 - age)) * mean(&|c| (c.1 - need) * (c.1 - need));
    let together = both / spread.sqrt();
    assert!(together > 0.45, "{together}");
}
