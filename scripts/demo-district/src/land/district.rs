//! The whole made-up district, generated from one seed.

use crate::geometry::lines::fit_to_count;
use crate::geometry::plane::PlanePoint;
use crate::land::buildings::{self, Town};
use crate::land::cameras::{self, Camera};
use crate::land::dongs::DongDivision;
use crate::land::residents::{self, ResidentCounts};
use crate::land::roads::{self, Road};
use crate::land::streets::{self, CityBlock};
use crate::land::trails::{self, Trail};
use crate::land::water::NaturalAreas;

/// Number of segments of named road in the district.
pub(crate) const ROAD_COUNT: usize = 1_900;

/// Everything in the district.
#[derive(Debug, Clone)]
pub(crate) struct District {
    /// Outline and dongs.
    pub(crate) division: DongDivision,
    /// Water and green places.
    pub(crate) nature: NaturalAreas,
    /// Main roads first, then side streets.
    pub(crate) roads: Vec<Road>,
    /// Number of main roads: the first entries of `roads`.
    pub(crate) main_roads: usize,
    /// Blocks between side streets.
    pub(crate) blocks: Vec<CityBlock>,
    /// Corners where side streets meet.
    pub(crate) corners: Vec<PlanePoint>,
    /// Buildings and schools.
    pub(crate) town: Town,
    /// CCTV cameras.
    pub(crate) cameras: Vec<Camera>,
    /// Walking trails.
    pub(crate) trails: Vec<Trail>,
    /// Residents of each dong.
    pub(crate) residents: Vec<ResidentCounts>,
}

impl District {
    /// Generates the district from `seed`, the same on every machine.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        let division = DongDivision::new();
        let nature = NaturalAreas::new(seed, &division);
        let main = roads::main_roads(&division, &nature);
        let streets = streets::lay_out_streets(seed, &division, &nature, &main);
        let town = buildings::build_town(seed, &division, &nature, &main, &streets);
        let cameras =
            cameras::place_cameras(seed, &division, &nature, &main, &streets, &town.schools);
        let trails = trails::lay_out_trails(seed, &division, &nature);
        let dwellings = floor_area_of_homes(&division, &town);
        let residents = residents::draw_residents(seed, &division, &dwellings);
        let main_roads = main.len();
        let streets_wanted = ROAD_COUNT.saturating_sub(main_roads);
        let streets_kept = fit_to_count(streets.roads, streets_wanted);
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
fn floor_area_of_homes(division: &DongDivision, town: &Town) -> Vec<f64> {
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
mod tests;
