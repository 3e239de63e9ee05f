//! The whole made-up district, generated from one seed.

use crate::arterials::{self, Road};
use crate::buildings::{self, Town};
use crate::cameras::{self, Camera};
use crate::dongs::Division;
use crate::pieces;
use crate::plane::P;
use crate::residents::{self, Residents};
use crate::streets::{self, Block};
use crate::trails::{self, Trail};
use crate::water::Nature;

/// Number of segments of named road in the district.
pub const ROADS: usize = 1_900;

/// Everything in the district.
#[derive(Debug, Clone)]
pub struct District {
    /// Outline and dongs.
    pub division: Division,
    /// Water and green places.
    pub nature: Nature,
    /// Main roads first, then side streets.
    pub roads: Vec<Road>,
    /// Number of main roads: the first entries of `roads`.
    pub main_roads: usize,
    /// Blocks between side streets.
    pub blocks: Vec<Block>,
    /// Corners where side streets meet.
    pub corners: Vec<P>,
    /// Buildings and schools.
    pub town: Town,
    /// CCTV cameras.
    pub cameras: Vec<Camera>,
    /// Walking trails.
    pub trails: Vec<Trail>,
    /// Residents of each dong.
    pub residents: Vec<Residents>,
}

impl District {
    /// Generates the district from `seed`, the same on every machine.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let division = Division::new(seed);
        let nature = Nature::new(seed, &division);
        let main = arterials::arterials(&division, &nature);
        let streets = streets::streets(seed, &division, &nature, &main);
        let town = buildings::build(seed, &division, &nature, &main, &streets.blocks);
        let cameras = cameras::cameras(seed, &division, &nature, &main, &streets, &town.schools);
        let trails = trails::trails(seed, &division, &nature);
        let dwellings = dwellings(&division, &town);
        let residents = residents::residents(seed, &division, &dwellings);
        let main_roads = main.len();
        let streets_wanted = ROADS.saturating_sub(main_roads);
        let streets_kept = pieces::to_count(streets.roads, streets_wanted);
        let roads = main.into_iter().chain(streets_kept).collect();
        let (blocks, corners) = (streets.blocks, streets.corners);
        Self {
            division,
            nature,
            roads,
            main_roads,
            blocks,
            corners,
            town,
            cameras,
            trails,
            residents,
        }
    }
}

/// Residential floor area by dong.
fn dwellings(division: &Division, town: &Town) -> Vec<f64> {
    let mut dwellings = vec![0.0; division.dongs.len()];
    for building in &town.buildings {
        if let "단독주택" | "공동주택" = building.usage
            && let Some(dong) = division.dong_at(building.ring[0])
        {
            dwellings[dong] += building.floor_area;
        }
    }
    dwellings
}

#[cfg(test)]
#[path = "district_tests.rs"]
mod tests;
