//! The generated district with everything that the datasets are drawn from.
//!
//! Costly parts are computed on first use. Everything is a function of the seed alone;
//! the scale changes how many features of a kind are drawn.

use std::sync::OnceLock;

use crate::activity::density::DensityMap;
use crate::activity::place_sampler::PlaceSampler;
use crate::activity::street_danger::StreetDanger;
use crate::geometry::plane::PlanePoint;
use crate::land::district::District;
use crate::land::height::ground_height;
use crate::land::streets::RoadIndex;
use crate::numbers::rng::Rng;
use crate::registers::addresses::AddressRegister;
use crate::registers::grid::NationalGrid;
use crate::registers::legal_dongs::LegalDongs;
use crate::registers::output_areas::OutputAreas;
use crate::registers::parcels::ParcelRegister;
use crate::society::firms::{self, FirmGround, FirmRegister};
use crate::society::population::Population;
use crate::society::school_routes::{RouteGround, SchoolRoute, school_routes};
use crate::society::schools::{SchoolGround, SchoolRegister};
use crate::travel::StreetNetwork;
use crate::travel::links::LinkNetwork;

/// The district and its derived data.
#[derive(Debug)]
pub(crate) struct World {
    /// Seed of the district.
    pub(crate) seed: u64,
    /// Factor on the usual number of point features and events.
    pub(crate) scale: f64,
    /// Dongs, water, roads, buildings.
    pub(crate) district: District,
    grid: OnceLock<NationalGrid>,
    density: OnceLock<DensityMap>,
    areas: OnceLock<OutputAreas>,
    legal: OnceLock<LegalDongs>,
    places: OnceLock<PlaceSampler>,
    links: OnceLock<LinkNetwork>,
    parcels: OnceLock<ParcelRegister>,
    addresses: OnceLock<AddressRegister>,
    main_roads: OnceLock<RoadIndex>,
    network: OnceLock<StreetNetwork>,
    schools: OnceLock<SchoolRegister>,
    routes: OnceLock<Vec<SchoolRoute>>,
    people: OnceLock<Population>,
    firms: OnceLock<FirmRegister>,
}

impl World {
    /// Generates the district of `seed`.
    #[must_use]
    pub(crate) fn new(seed: u64, scale: f64) -> Self {
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
    pub(crate) fn rng(&self, label: &str) -> Rng {
        Rng::new(self.seed, label)
    }

    /// Number of features at this scale, from the number `typical` at scale 1.
    ///
    /// At least 1.
    #[must_use]
    pub(crate) fn count(&self, typical: usize) -> usize {
        ((typical as f64 * self.scale).round() as usize).max(1)
    }

    /// The 100 m grid.
    pub(crate) fn grid(&self) -> &NationalGrid {
        let district = &self.district;
        self.grid.get_or_init(|| NationalGrid::new(&district.division, &district.nature))
    }

    /// Density of homes, work, shops and night life.
    pub(crate) fn density(&self) -> &DensityMap {
        self.density.get_or_init(|| DensityMap::new(self.seed, &self.district, self.grid()))
    }

    /// Census output areas.
    pub(crate) fn output_areas(&self) -> &OutputAreas {
        self.areas.get_or_init(|| OutputAreas::new(self.seed, &self.district))
    }

    /// Legal dongs.
    pub(crate) fn legal_dongs(&self) -> &LegalDongs {
        self.legal.get_or_init(|| LegalDongs::new(self.output_areas()))
    }

    /// Random places for features.
    pub(crate) fn places(&self) -> &PlaceSampler {
        self.places.get_or_init(|| PlaceSampler::new(&self.district))
    }

    /// Links and nodes of the road network.
    pub(crate) fn links(&self) -> &LinkNetwork {
        self.links.get_or_init(|| LinkNetwork::new(self.seed, &self.district))
    }

    /// Cadastral parcels.
    pub(crate) fn parcels(&self) -> &ParcelRegister {
        self.parcels.get_or_init(|| {
            ParcelRegister::new(self.seed, &self.district, self.output_areas(), self.legal_dongs())
        })
    }

    /// Road-name addresses of buildings.
    pub(crate) fn addresses(&self) -> &AddressRegister {
        self.addresses.get_or_init(|| AddressRegister::new(&self.district))
    }

    /// Spatial index of the main roads.
    pub(crate) fn main_roads(&self) -> &RoadIndex {
        let roads = &self.district.roads[..self.district.main_roads];
        self.main_roads.get_or_init(|| RoadIndex::new(roads))
    }

    /// Network of streets and trails for walking and driving.
    pub(crate) fn network(&self) -> &StreetNetwork {
        self.network.get_or_init(|| {
            let district = &self.district;
            let mut network =
                StreetNetwork::new(&district.roads, &district.trails, &district.nature);
            network.set_slopes(|p| ground_height(self.seed, district, p));
            network
        })
    }

    /// Schools and their catchments.
    pub(crate) fn schools(&self) -> &SchoolRegister {
        self.schools.get_or_init(|| {
            SchoolRegister::new(SchoolGround {
                seed: self.seed,
                district: &self.district,
                areas: self.output_areas(),
                grid: self.grid(),
                density: self.density(),
                network: self.network(),
            })
        })
    }

    /// Ways to elementary school.
    pub(crate) fn school_routes(&self) -> &[SchoolRoute] {
        self.routes.get_or_init(|| {
            school_routes(RouteGround {
                seed: self.seed,
                district: &self.district,
                network: self.network(),
                areas: self.output_areas(),
                schools: self.schools(),
                danger: self.street_danger(),
            })
        })
    }

    /// Residents and homes, month by month.
    pub(crate) fn population(&self) -> &Population {
        self.people
            .get_or_init(|| Population::new(self.seed, &self.district, self.grid(), self.density()))
    }

    /// Establishments, year by year.
    pub(crate) fn firms(&self) -> &FirmRegister {
        self.firms.get_or_init(|| {
            let ground =
                FirmGround { district: &self.district, grid: self.grid(), places: self.places() };
            FirmRegister::new(self.seed, ground, self.count(firms::COUNT))
        })
    }

    /// Danger of cars to children on the streets.
    pub(crate) fn street_danger(&self) -> StreetDanger<'_> {
        StreetDanger {
            seed: self.seed,
            main_roads: self.main_roads(),
            grid: self.grid(),
            density: self.density(),
        }
    }

    /// Dong at `p`, or the nearest if `p` is a little outside.
    #[must_use]
    pub(crate) fn dong_at(&self, p: PlanePoint) -> usize {
        self.grid().dong_at(&self.district.division, p)
    }

    /// Common name of the part of town at `p`.
    #[must_use]
    pub(crate) fn quarter_at(&self, p: PlanePoint) -> &'static str {
        self.district.division.dongs[self.dong_at(p)].facts.quarter()
    }

    /// Code of a dong by Statistics Korea: `1104052`.
    #[must_use]
    pub(crate) fn statistics_code(&self, dong: usize) -> &'static str {
        self.district.division.dongs[dong].facts.code
    }

    /// Code of a dong by the Interior Ministry: `1120052000`.
    #[must_use]
    pub(crate) fn ministry_code(&self, dong: usize) -> &'static str {
        self.district.division.dongs[dong].facts.ministry_code
    }
}
