//! Danger of cars to children on the streets.

use super::density::{DensityKind, DensityMap};
use crate::geometry::plane::PlanePoint;
use crate::land::streets::RoadIndex;
use crate::numbers::rng::noise;
use crate::registers::grid::NationalGrid;

/// Danger of cars to children.
///
/// The sum of main roads, shops with cars in front of them, and chance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreetDanger<'a> {
    /// Seed of the district.
    pub(crate) seed: u64,
    /// Main roads.
    pub(crate) main_roads: &'a RoadIndex,
    /// Grid of the densities.
    pub(crate) grid: &'a NationalGrid,
    /// Density of shops.
    pub(crate) density: &'a DensityMap,
}

impl StreetDanger<'_> {
    /// Danger on the street at `p`, 0 to 1.
    #[must_use]
    pub(crate) fn at(&self, p: PlanePoint) -> f64 {
        let kerb = self.main_roads.distance_to_kerb(p);
        let main = (1.0 - kerb.max(0.0) / 45.0).clamp(0.0, 1.0);
        let cell = self.grid.at(p).unwrap_or(0);
        let shops = (2.0 * self.density.level(DensityKind::Shops, cell)).min(1.0);
        let chance = 0.5 + 0.5 * noise(self.seed, "danger", p, 240.0);
        (0.38 * main + 0.27 * shops + 0.35 * chance).clamp(0.0, 1.0)
    }
}
