//! Random places for features: at buildings of a kind, along streets, at corners.

use crate::activity::density::hub_closeness;
use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{
    self, PlanePoint, add_scaled, distance, left_normal, lerp, sub, unit,
};
use crate::land::district::District;
use crate::numbers::rng::{Rng, noise};
use crate::numbers::weighted_sampler::WeightedSampler;

/// Random place of a feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BuildingPosition {
    /// Position in metres.
    pub(crate) at: PlanePoint,
    /// Building, as a position in the town's list.
    pub(crate) building: usize,
}

/// Samplers over the whole district.
#[derive(Debug, Clone)]
pub(crate) struct PlaceSampler {
    homes: WeightedSampler,
    shops: WeightedSampler,
    work: WeightedSampler,
    factories: WeightedSampler,
    bars: WeightedSampler,
    streets: WeightedSampler,
    main: WeightedSampler,
    /// Corners where streets meet.
    pub(crate) corners: Vec<PlanePoint>,
}

impl PlaceSampler {
    /// Weighs the buildings and roads of the district.
    #[must_use]
    pub(crate) fn new(district: &District) -> Self {
        let buildings = &district.town.buildings;
        let of = |weight: &dyn Fn(&str, PlanePoint, f64) -> f64| {
            let weights =
                buildings.iter().map(|b| weight(b.usage, bounds_centre(&b.ring), b.floor_area));
            WeightedSampler::new(weights)
        };
        let length = |road: &crate::land::roads::Road| {
            if road.bridge { 0.0 } else { plane::length(&road.line) }
        };
        let main_roads = district.main_roads;
        let wave = |p: PlanePoint, label: &str| 1.0 + 0.6 * noise(7, label, p, 350.0);
        Self {
            homes: of(&|usage, _, area| match usage {
                "단독주택" | "공동주택" => area,
                _ => 0.0,
            }),
            shops: of(&|usage, p, area| match usage {
                "근린생활시설" => {
                    area.sqrt() * (0.25 + 2.0 * hub_closeness(p).0) * wave(p, "shops")
                }
                "업무시설" => 0.3 * area.sqrt() * (0.25 + 2.0 * hub_closeness(p).0),
                "단독주택" => 0.05 * hub_closeness(p).0,
                _ => 0.0,
            }),
            work: of(&|usage, p, area| match usage {
                "업무시설" | "공장" => area.sqrt(),
                "근린생활시설" => 0.6 * area.sqrt() * wave(p, "work"),
                _ => 0.0,
            }),
            factories: of(&|usage, _, area| if usage == "공장" { area.sqrt() } else { 0.0 }),
            bars: of(&|usage, p, area| match usage {
                "근린생활시설" => {
                    area.sqrt() * (0.08 + 2.0 * hub_closeness(p).1) * wave(p, "night")
                }
                _ => 0.0,
            }),
            streets: WeightedSampler::new(
                district.roads.iter().enumerate().map(
                    |(i, r)| {
                        if i < main_roads { 0.0 } else { length(r) }
                    },
                ),
            ),
            main: WeightedSampler::new(district.roads[..main_roads].iter().map(length)),
            corners: district.corners.clone(),
        }
    }

    /// A random home, weighted by floor area.
    pub(crate) fn random_home(&self, district: &District, rng: &mut Rng) -> BuildingPosition {
        position_in_building(district, self.homes.draw(rng), rng)
    }

    /// A random shop; shops cluster around the busy places.
    pub(crate) fn random_shop(&self, district: &District, rng: &mut Rng) -> BuildingPosition {
        position_in_building(district, self.shops.draw(rng), rng)
    }

    /// A random place of work.
    pub(crate) fn random_workplace(&self, district: &District, rng: &mut Rng) -> BuildingPosition {
        position_in_building(district, self.work.draw(rng), rng)
    }

    /// A random factory.
    pub(crate) fn random_factory(&self, district: &District, rng: &mut Rng) -> BuildingPosition {
        position_in_building(district, self.factories.draw(rng), rng)
    }

    /// A random evening venue.
    pub(crate) fn random_bar(&self, district: &District, rng: &mut Rng) -> BuildingPosition {
        position_in_building(district, self.bars.draw(rng), rng)
    }

    /// A random position at the edge of a side street.
    pub(crate) fn beside_street(&self, district: &District, rng: &mut Rng) -> PlanePoint {
        position_beside_road(district, self.streets.draw(rng), rng)
    }

    /// A random position at the edge of a main road.
    pub(crate) fn beside_main_road(&self, district: &District, rng: &mut Rng) -> PlanePoint {
        position_beside_road(district, self.main.draw(rng), rng)
    }

    /// A random street corner.
    pub(crate) fn random_corner(&self, rng: &mut Rng) -> PlanePoint {
        let last = self.corners.len() as i64 - 1;
        self.corners[rng.whole(0, last.max(0)) as usize]
    }
}

/// A random position inside the building's footprint.
fn position_in_building(district: &District, building: usize, rng: &mut Rng) -> BuildingPosition {
    let ring = &district.town.buildings[building].ring;
    // Close to a side: inside an L-shaped footprint too.
    let at = lerp(ring[0], ring[1], rng.range(0.15, 0.85));
    let inward = left_normal(unit(sub(ring[1], ring[0])));
    BuildingPosition { at: add_scaled(at, inward, rng.range(0.8, 2.2)), building }
}

/// A random position beside a road, on either side.
fn position_beside_road(district: &District, road: usize, rng: &mut Rng) -> PlanePoint {
    let road = &district.roads[road];
    let mut rest = rng.unit() * plane::length(&road.line);
    let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
    for w in road.line.windows(2) {
        let long = distance(w[0], w[1]);
        if rest <= long && long > 0.0 {
            let at = lerp(w[0], w[1], rest / long);
            let across = left_normal(unit(sub(w[1], w[0])));
            return add_scaled(at, across, side * (road.width / 2.0 - 0.8 + rng.range(0.0, 1.2)));
        }
        rest -= long;
    }
    road.line[0]
}
