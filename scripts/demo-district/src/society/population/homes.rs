//! Homes of each grid cell: floor area, age, and need of support.

use crate::activity::density::{DensityKind, DensityMap, hub_closeness};
use crate::geometry::plane::distance;
use crate::land::district::District;
use crate::numbers::draws::jitter;
use crate::numbers::rng::noise;
use crate::registers::grid::NationalGrid;

/// Homes in one cell of the grid.
#[derive(Debug, Clone, Default)]
pub(crate) struct CellHomes {
    /// Floor area in square metres.
    pub(crate) area: f64,
    /// Share of the floor area in houses rather than flats.
    pub(crate) houses: f64,
    /// Share of the floor area in high flats.
    pub(crate) towers: f64,
    /// Mean year of construction; 0 without homes.
    pub(crate) built: f64,
    /// Frequency of old residents, relative to elsewhere.
    pub(crate) old: f64,
    /// Frequency of children, relative to elsewhere.
    pub(crate) children: f64,
    /// Share of households of one person.
    pub(crate) single: f64,
    /// Persons per household.
    pub(crate) size: f64,
    /// Share of households that need support.
    pub(crate) need: f64,
    /// Residential buildings, as positions in the town's list.
    pub(crate) buildings: Vec<usize>,
}

/// Factor of each dong on the need of support that its homes let expect.
///
/// The old works' dongs beyond the Jungnangcheon and Majang are poorer, the Han's bank is richer.
const NEED_BY_DONG: [f64; 17] =
    [0.95, 1.4, 1.25, 0.9, 0.85, 0.95, 1.1, 1.05, 0.6, 0.8, 0.8, 0.9, 1.2, 1.25, 1.1, 1.15, 0.5];

/// Homes of every cell.
#[must_use]
pub(super) fn homes_by_cell(
    seed: u64,
    district: &District,
    grid: &NationalGrid,
    density: &DensityMap,
) -> Vec<CellHomes> {
    let mut cells = vec![CellHomes::default(); grid.cells.len()];
    for (i, building) in district.town.buildings.iter().enumerate() {
        let lived_in = matches!(building.usage, "단독주택" | "공동주택");
        let Some(k) = grid.at(building.ring[0]) else { continue };
        if lived_in {
            let (cell, area) = (&mut cells[k], building.floor_area);
            cell.area += area;
            cell.built += area * building.built as f64;
            cell.buildings.push(i);
            if building.usage == "단독주택" {
                cell.houses += area;
            } else if building.floors > 9 {
                cell.towers += area;
            }
        }
    }
    for (k, cell) in cells.iter_mut().enumerate() {
        if cell.area > 0.0 {
            cell.built /= cell.area;
            cell.houses /= cell.area;
            cell.towers /= cell.area;
        }
        let place = &grid.cells[k];
        let p = place.centre;
        let homes = density.shares(DensityKind::Homes)[k].max(1e-9);
        let age = ((2012.0 - cell.built) / 24.0).clamp(0.25, 1.7);
        let old = (density.shares(DensityKind::Old)[k] / homes).clamp(0.5, 1.6);
        let (_, night) = hub_closeness(p);
        cell.old = old * (0.55 + 0.5 * age);
        cell.children = (1.5 - 0.75 * cell.houses - 0.4 * night + 0.35 * cell.towers).max(0.3);
        let single = 0.36 + 0.17 * cell.houses + 0.18 * night - 0.11 * cell.towers;
        cell.single = (single + 0.05 * noise(seed, "single", p, 400.0)).clamp(0.15, 0.76);
        cell.size = 1.0 + (1.0 - cell.single) * (1.70 + 0.1 * cell.towers);
        let wave = 1.0 + 0.75 * noise(seed, "need", p, 420.0);
        let poor = 0.052 * (0.3 + 1.1 * cell.houses - 0.15 * cell.towers) * age * wave;
        // Rents are lowest at the rims of dongs, away from their markets and offices.
        let centre = district.division.dongs[place.dong].centre;
        let rim = 0.7 + 0.6 * (distance(p, centre) / 800.0).min(1.3);
        let own = rim * (1.0 + 0.25 * jitter(seed, "need", k, 0));
        cell.need =
            (poor * cell.old * cell.old * NEED_BY_DONG[place.dong] * own).clamp(0.002, 0.30);
    }
    cells
}
