//! Height of the ground.

use crate::geometry::plane::PlanePoint;
use crate::land::district::District;
use crate::numbers::rng::noise;

/// Approximate height of the ground in metres above the rivers.
#[must_use]
pub(crate) fn ground_height(seed: u64, district: &District, p: PlanePoint) -> f64 {
    let hills = district.nature.greens.iter().filter(|green| green.hill).map(|green| {
        let x = (p[0] - green.centre[0]) / (green.reach[0] * 1.7);
        let y = (p[1] - green.centre[1]) / (green.reach[1] * 1.7);
        72.0 / (1.0 + 2.2 * (x * x + y * y))
    });
    let top = hills.fold(0.0, f64::max);
    12.0 + top + 4.0 * noise(seed, "height", p, 600.0)
}
