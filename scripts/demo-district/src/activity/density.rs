//! Density of homes, work, shops and night life over the district, smooth over space so
//! that neighbouring cells are alike.

use crate::geometry::plane::{PlanePoint, distance, from_degrees};
use crate::land::district::District;
use crate::numbers::rng::noise;
use crate::registers::grid::NationalGrid;

/// Kind of density.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DensityKind {
    /// Homes.
    Homes,
    /// Offices, factories and other places of work.
    Work,
    /// Shops and restaurants.
    Shops,
    /// Bars and other evening venues.
    Night,
    /// Homes of younger people.
    Young,
    /// Homes of older people.
    Old,
    /// Homes of people on low incomes.
    Poor,
}

/// Every kind.
const KINDS: [DensityKind; 7] = [
    DensityKind::Homes,
    DensityKind::Work,
    DensityKind::Shops,
    DensityKind::Night,
    DensityKind::Young,
    DensityKind::Old,
    DensityKind::Poor,
];

/// Busy places: longitude, latitude, reach in metres, shops, night life.
const HUBS: [(f64, f64, f64, f64, f64); 12] = [
    // Seongsu's cafés and the streets around its station.
    (127.0560, 37.5446, 330.0, 1.0, 0.8),
    (127.0545, 37.5418, 280.0, 1.0, 0.9),
    (127.0480, 37.5478, 260.0, 0.7, 0.7),
    (127.0437, 37.5448, 240.0, 0.7, 0.5),
    // Wangsimni: station, alley of restaurants, university quarter.
    (127.0372, 37.5612, 300.0, 0.95, 1.0),
    (127.0440, 37.5578, 240.0, 0.7, 0.85),
    (127.0290, 37.5643, 220.0, 0.55, 0.4),
    // Markets and stations elsewhere.
    (127.0405, 37.5665, 230.0, 0.6, 0.35),
    (127.0560, 37.5600, 210.0, 0.5, 0.3),
    (127.0188, 37.5415, 220.0, 0.5, 0.35),
    (127.0205, 37.5480, 200.0, 0.5, 0.3),
    (127.0297, 37.5573, 200.0, 0.45, 0.25),
];

/// The densities of every cell of the grid.
#[derive(Debug, Clone)]
pub(crate) struct DensityMap {
    shares: Vec<Vec<f64>>,
    peaks: Vec<f64>,
    neighbours: Vec<[Option<usize>; 9]>,
}

impl DensityMap {
    /// Computes the densities of the district.
    #[must_use]
    pub(crate) fn new(seed: u64, district: &District, grid: &NationalGrid) -> Self {
        let neighbours: Vec<[Option<usize>; 9]> = grid
            .cells
            .iter()
            .map(|cell| {
                let mut around = [None; 9];
                for (k, slot) in around.iter_mut().enumerate() {
                    let (u, v) = (k as i64 % 3 - 1, k as i64 / 3 - 1);
                    *slot = grid.find(cell.east + u, cell.north + v);
                }
                around
            })
            .collect();
        let mut homes = vec![0.0; grid.cells.len()];
        let mut work = vec![0.0; grid.cells.len()];
        let mut shops = vec![0.0; grid.cells.len()];
        for building in &district.town.buildings {
            let Some(cell) = grid.at(building.ring[0]) else { continue };
            match building.usage {
                "단독주택" | "공동주택" => homes[cell] += building.floor_area,
                "근린생활시설" => {
                    shops[cell] += building.floor_area;
                    work[cell] += 0.4 * building.floor_area;
                }
                _ => work[cell] += building.floor_area,
            }
        }
        let mut density = Self { shares: Vec::new(), peaks: Vec::new(), neighbours };
        let homes = density.smooth_over_neighbours(&homes);
        let work = density.smooth_over_neighbours(&work);
        let shops = density.smooth_over_neighbours(&shops);
        for kind in KINDS {
            let cells = grid.cells.iter().enumerate();
            let raw = cells.map(|(i, cell)| {
                let p = cell.centre;
                let wave = |label: &str, size: f64| 1.0 + 0.5 * noise(seed, label, p, size);
                let (by_shops, by_night) = hub_closeness(p);
                match kind {
                    DensityKind::Homes => homes[i],
                    DensityKind::Work => work[i] * wave("work", 600.0),
                    DensityKind::Shops => shops[i] * (0.15 + 1.6 * by_shops) * wave("shops", 300.0),
                    DensityKind::Night => shops[i] * (0.05 + 1.8 * by_night) * wave("night", 250.0),
                    DensityKind::Young => homes[i] * (0.4 + by_night) * wave("young", 500.0),
                    DensityKind::Old => homes[i] * wave("old", 700.0) * (1.2 - 0.6 * by_shops),
                    DensityKind::Poor => {
                        let wave = (0.75 + noise(seed, "poor", p, 550.0)).max(0.05);
                        homes[i] * wave * wave
                    }
                }
            });
            let raw: Vec<f64> = raw.collect();
            let sum: f64 = raw.iter().sum();
            let shares: Vec<f64> = raw.iter().map(|value| value / sum.max(1.0)).collect();
            density.peaks.push(shares.iter().copied().fold(0.0, f64::max));
            density.shares.push(shares);
        }
        density
    }

    /// Share of the whole district in each cell.
    #[must_use]
    pub(crate) fn shares(&self, kind: DensityKind) -> &[f64] {
        &self.shares[kind as usize]
    }

    /// Level of a cell from 0 to 1, where 1 is the densest cell.
    #[must_use]
    pub(crate) fn level(&self, kind: DensityKind, cell: usize) -> f64 {
        self.shares[kind as usize][cell] / self.peaks[kind as usize].max(1e-12)
    }

    /// Weighted mean of each cell and its neighbours; the cell itself has weight four.
    #[must_use]
    pub(crate) fn smooth_over_neighbours(&self, values: &[f64]) -> Vec<f64> {
        let cells = self.neighbours.iter().enumerate();
        cells
            .map(|(i, around)| {
                let found = around.iter().flatten();
                let (sum, count) = found.fold((0.0, 0.0), |(s, n), k| (s + values[*k], n + 1.0));
                (sum + 3.0 * values[i]) / (count + 3.0)
            })
            .collect()
    }
}

/// Closeness of `p` to the busy places, for shops and for night life.
///
/// 0 to about 1.
#[must_use]
pub(crate) fn hub_closeness(p: PlanePoint) -> (f64, f64) {
    let mut sums = (0.0, 0.0);
    for (lon, lat, reach, shops, night) in HUBS {
        let t = distance(p, from_degrees([lon, lat])) / reach;
        let near = 1.0 / (1.0 + t * t);
        let near = near * near;
        sums = (sums.0 + shops * near, sums.1 + night * near);
    }
    (sums.0.min(1.2), sums.1.min(1.2))
}
