//! Population of the district over two years.
//!
//! Residents by dong and month, and the same residents by grid cell.
//!
//! Births, deaths and moves explain the change from month to month.

mod ages;
mod homes;
mod moves;

pub(crate) use ages::AGE_GROUPS;
pub(crate) use homes::CellHomes;
pub(crate) use moves::{MonthlyEvents, MoveEnd, OTHER_DISTRICTS};

use crate::activity::density::DensityMap;
use crate::calendar::{self, YearMonth};
use crate::land::district::District;
use crate::land::residents::ResidentCounts;
use crate::numbers::rounding::apportion;
use crate::registers::grid::NationalGrid;

/// Numbers of households of a cell or dong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct HouseholdCounts {
    /// All households.
    pub(crate) all: i64,
    /// Households of one person.
    pub(crate) single: i64,
    /// Households of one person of 50 to 64.
    pub(crate) single_50_64: i64,
    /// Households of one person of 65 and over.
    pub(crate) single_65: i64,
}

impl HouseholdCounts {
    /// Sum of both.
    #[must_use]
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            single: self.single + other.single,
            single_50_64: self.single_50_64 + other.single_50_64,
            single_65: self.single_65 + other.single_65,
        }
    }
}

/// Residents, households, and the events that changed them.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    /// The 24 months.
    pub(crate) months: Vec<YearMonth>,
    /// Residents by month and dong; the last month is the published one.
    pub(crate) dongs: Vec<Vec<ResidentCounts>>,
    /// Births, deaths and moves of each month.
    pub(crate) events: Vec<MonthlyEvents>,
    /// Homes of every grid cell.
    pub(crate) homes: Vec<CellHomes>,
    /// Cells with homes of each dong.
    cells: Vec<Vec<usize>>,
}

impl Population {
    /// Computes the population of the district.
    #[must_use]
    pub(crate) fn new(
        seed: u64,
        district: &District,
        grid: &NationalGrid,
        density: &DensityMap,
    ) -> Self {
        let months = calendar::data_months();
        let events = moves::draw_monthly_events(seed, district, &months);
        let homes = homes::homes_by_cell(seed, district, grid, density);
        let mut cells = vec![Vec::new(); district.division.dongs.len()];
        for (k, cell) in grid.cells.iter().enumerate() {
            if homes[k].area > 0.0 {
                cells[cell.dong].push(k);
            }
        }
        let now = &district.residents;
        let mut totals: Vec<i64> = now.iter().map(|r| r.total).collect();
        let mut dongs = Vec::with_capacity(months.len());
        for (back, events) in events.iter().rev().enumerate() {
            let then = now
                .iter()
                .zip(&totals)
                .map(|(now, total)| residents_before(now, *total, back as f64));
            dongs.push(then.collect());
            for (d, total) in totals.iter_mut().enumerate() {
                *total -= events.growth(d);
            }
        }
        dongs.reverse();
        Self { months, dongs, events, homes, cells }
    }

    /// Position of a month among the 24; the first for an earlier month.
    #[must_use]
    pub(crate) fn month_index(&self, month: YearMonth) -> usize {
        self.months.iter().rposition(|m| *m <= month).unwrap_or(0)
    }

    /// Residents of every cell in a month.
    ///
    /// The cells of a dong add up to its residents.
    #[must_use]
    pub(crate) fn residents_by_cell(&self, month: usize) -> Vec<i64> {
        let mut totals = vec![0; self.homes.len()];
        for (residents, cells) in self.dongs[month].iter().zip(&self.cells) {
            // Flats in towers are larger, but so are the families in them.
            let room = |cell: &CellHomes| cell.area * (0.8 + 0.35 * cell.houses) * cell.size;
            let weights: Vec<f64> = cells.iter().map(|k| room(&self.homes[*k])).collect();
            for (k, share) in cells.iter().zip(apportion(residents.total, &weights)) {
                totals[*k] = share;
            }
        }
        totals
    }

    /// Residents of every cell by age (0–5, 6–11, 12–14, 15–64, 65 and over).
    #[must_use]
    pub(crate) fn ages_by_cell(&self, month: usize) -> Vec<[i64; AGE_GROUPS]> {
        let totals = self.residents_by_cell(month);
        let mut ages = vec![[0; AGE_GROUPS]; totals.len()];
        for (r, cells) in self.dongs[month].iter().zip(&self.cells) {
            let people: Vec<i64> = cells.iter().map(|k| totals[*k]).collect();
            let to_14 = r.to_17 * 3 / 4;
            let to_11 = r.to_17 / 2;
            let groups = [r.to_5, to_11, to_14 - to_11, r.working_age, r.from_65];
            let lean = |k: &usize| {
                let CellHomes { children, old, .. } = &self.homes[*k];
                [*children, *children, 0.5 + 0.5 * children, 1.0, *old]
            };
            let lean: Vec<[f64; AGE_GROUPS]> = cells.iter().map(lean).collect();
            for (k, row) in cells.iter().zip(ages::distribute_by_age(&people, groups, &lean)) {
                ages[*k] = row;
            }
        }
        ages
    }

    /// Households of every cell in a month.
    #[must_use]
    pub(crate) fn households_by_cell(&self, month: usize) -> Vec<HouseholdCounts> {
        let back = (self.months.len() - 1 - month) as f64;
        let cells = self.residents_by_cell(month).into_iter().zip(&self.homes);
        cells
            .map(|(people, homes)| {
                if people == 0 {
                    return HouseholdCounts::default();
                }
                // The share of one-person households rises over time.
                let single = homes.single * (1.0 - 0.0022 * back);
                let part = |of: i64, share: f64| (of as f64 * share).round() as i64;
                let all = part(people, 1.0 / homes.size).max(1);
                let single = part(all, single);
                let old = (0.23 * homes.old).clamp(0.05, 0.6);
                HouseholdCounts {
                    all,
                    single,
                    single_50_64: part(single, 0.13 + 0.13 * homes.houses),
                    single_65: part(single, old),
                }
            })
            .collect()
    }

    /// Households of every dong in a month.
    #[must_use]
    pub(crate) fn households_by_dong(&self, month: usize) -> Vec<HouseholdCounts> {
        let cells = self.households_by_cell(month);
        let sum = |list: &Vec<usize>| {
            list.iter().fold(HouseholdCounts::default(), |sum, k| sum.plus(cells[*k]))
        };
        self.cells.iter().map(sum).collect()
    }

    /// Mean of a property of a dong's homes, weighted by floor area.
    #[must_use]
    pub(crate) fn mean_of_homes(&self, dong: usize, of: impl Fn(&CellHomes) -> f64) -> f64 {
        let cells = self.cells[dong].iter().map(|k| &self.homes[*k]);
        let (sum, area) =
            cells.fold((0.0, 0.0), |(s, a), cell| (s + of(cell) * cell.area, a + cell.area));
        if area > 0.0 { sum / area } else { 0.0 }
    }
}

/// Residents of a dong `back` months ago, when `total` lived there.
///
/// Younger, and with more children.
fn residents_before(now: &ResidentCounts, total: i64, back: f64) -> ResidentCounts {
    let then = |count: i64, drift: f64| {
        let share = count as f64 / now.total.max(1) as f64;
        (share * (1.0 + drift * back) * total as f64).round() as i64
    };
    let men = then(now.men, 0.0002);
    let (to_5, to_17) = (then(now.to_5, 0.004), then(now.to_17, 0.0015));
    let from_65 = then(now.from_65, -0.0021);
    let working_age = total - to_5 - to_17 * 3 / 4 - from_65;
    ResidentCounts { total, men, women: total - men, to_5, to_17, working_age, from_65 }
}
