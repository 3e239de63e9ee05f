//! The generated district with everything that the datasets are drawn from.
//!
//! Costly parts are computed on first use. Everything is a function of the seed alone;
//! the scale changes how many features of a kind are drawn.

use std::sync::OnceLock;

use crate::addresses::Addresses;
use crate::areas::OutputAreas;
use crate::density::Density;
use crate::district::District;
use crate::fields::economy::ESTABLISHMENTS;
use crate::fields::education::routes::{Route, routes};
use crate::fields::education::schools::Schools;
use crate::firms::Firms;
use crate::grid::Grid;
use crate::legal::LegalDongs;
use crate::links::{Links, height};
use crate::parcels::Parcels;
use crate::people::People;
use crate::places::Places;
use crate::plane::P;
use crate::rng::Rng;
use crate::streets::RoadIndex;
use crate::walk::Network;

/// The district and its derived data.
#[derive(Debug)]
pub struct World {
    /// Seed of the district.
    pub seed: u64,
    /// Factor on the usual number of point features and events.
    pub scale: f64,
    /// Dongs, water, roads, buildings.
    pub district: District,
    grid: OnceLock<Grid>,
    density: OnceLock<Density>,
    areas: OnceLock<OutputAreas>,
    legal: OnceLock<LegalDongs>,
    places: OnceLock<Places>,
    links: OnceLock<Links>,
    parcels: OnceLock<Parcels>,
    addresses: OnceLock<Addresses>,
    main_roads: OnceLock<RoadIndex>,
    network: OnceLock<Network>,
    schools: OnceLock<Schools>,
    routes: OnceLock<Vec<Route>>,
    people: OnceLock<People>,
    firms: OnceLock<Firms>,
}

impl World {
    /// Generates the district of `seed`.
    #[must_use]
    pub fn new(seed: u64, scale: f64) -> Self {
        Self {
            seed,
            scale,
            district: District::new(seed),
            grid: OnceLock::new(),
            density: OnceLock::new(),
            areas: OnceLock::new(),
            legal: OnceLock::new(),
            places: OnceLock::new(),
            links: OnceLock::new(),
            parcels: OnceLock::new(),
            addresses: OnceLock::new(),
            main_roads: OnceLock::new(),
            network: OnceLock::new(),
            schools: OnceLock::new(),
            routes: OnceLock::new(),
            people: OnceLock::new(),
            firms: OnceLock::new(),
        }
    }

    /// Random stream called `label`; every dataset has its own.
    #[must_use]
    pub fn rng(&self, label: &str) -> Rng {
        Rng::new(self.seed, label)
    }

    /// Number of features at this scale, from the number `typical` at scale 1; at least 1.
    #[must_use]
    pub fn count(&self, typical: usize) -> usize {
        ((typical as f64 * self.scale).round() as usize).max(1)
    }

    /// The 100 m grid.
    pub fn grid(&self) -> &Grid {
        self.grid.get_or_init(|| Grid::new(&self.district.division))
    }

    /// Density of homes, work, shops and night life.
    pub fn density(&self) -> &Density {
        self.density.get_or_init(|| Density::new(self.seed, &self.district, self.grid()))
    }

    /// Census output areas.
    pub fn output_areas(&self) -> &OutputAreas {
        self.areas.get_or_init(|| OutputAreas::new(self.seed, &self.district))
    }

    /// Legal dongs.
    pub fn legal_dongs(&self) -> &LegalDongs {
        self.legal.get_or_init(|| LegalDongs::new(self.output_areas()))
    }

    /// Random places for features.
    pub fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::new(&self.district, self.density()))
    }

    /// Links and nodes of the road network.
    pub fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::new(self.seed, &self.district))
    }

    /// Cadastral parcels.
    pub fn parcels(&self) -> &Parcels {
        self.parcels.get_or_init(|| {
            Parcels::new(self.seed, &self.district, self.output_areas(), self.legal_dongs())
        })
    }

    /// Road-name addresses of buildings.
    pub fn addresses(&self) -> &Addresses {
        self.addresses.get_or_init(|| Addresses::new(&self.district))
    }

    /// Spatial index of the main roads.
    pub fn main_roads(&self) -> &RoadIndex {
        let roads = &self.district.roads[..self.district.main_roads];
        self.main_roads.get_or_init(|| RoadIndex::new(roads))
    }

    /// Network of streets and trails for walking and driving.
    pub fn network(&self) -> &Network {
        self.network.get_or_init(|| {
            let district = &self.district;
            let mut network = Network::new(&district.roads, &district.trails, &district.nature);
            network.climb(|p| height(self.seed, district, p));
            network
        })
    }

    /// Schools and their catchments.
    pub fn schools(&self) -> &Schools {
        self.schools.get_or_init(|| Schools::new(self))
    }

    /// Ways to elementary school.
    pub fn school_routes(&self) -> &[Route] {
        self.routes.get_or_init(|| routes(self))
    }

    /// Residents and homes, month by month.
    pub fn people(&self) -> &People {
        self.people.get_or_init(|| People::new(self))
    }

    /// Establishments, year by year.
    pub fn firms(&self) -> &Firms {
        self.firms.get_or_init(|| Firms::new(self, self.count(ESTABLISHMENTS)))
    }

    /// Dong at `p`, or the nearest if `p` is a little outside.
    #[must_use]
    pub fn dong_at(&self, p: P) -> usize {
        let division = &self.district.division;
        division
            .dong_at(p)
            .or_else(|| Some(self.grid().cells[self.grid().at(p)?].dong))
            .unwrap_or(0)
    }

    /// Code of a dong by Statistics Korea: `1104052`.
    #[must_use]
    pub fn statistics_code(&self, dong: usize) -> &'static str {
        self.district.division.dongs[dong].facts.code
    }

    /// Code of a dong by the Interior Ministry: `1120052000`.
    #[must_use]
    pub fn ministry_code(&self, dong: usize) -> &'static str {
        self.district.division.dongs[dong].facts.ministry_code
    }
}

/// Distributes `total` by weights as whole numbers that add up to it (largest remainders first).
#[must_use]
pub fn share_out(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| w / sum * total as f64).collect();
    let mut shares: Vec<i64> = exact.iter().map(|e| e.floor() as i64).collect();
    let left = total - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let rest = |i: usize| exact[i] - exact[i].floor();
    order.sort_by(|a, b| rest(*b).total_cmp(&rest(*a)).then(a.cmp(b)));
    for i in order.into_iter().take(left.max(0) as usize) {
        shares[i] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(share_out(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(share_out(7, &[0.0, 2.0, 5.0]), [0, 2, 5]);
        assert_eq!(share_out(5, &[0.0, 0.0]), [0, 0]);
    }
}
