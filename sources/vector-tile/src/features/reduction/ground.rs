//! Lengths and areas on the ellipsoid, of shapes so small that its curvature does not matter.

use data_model::tile::WorldPoint;

/// Semi-major axis of WGS 84 in metres.
const AXIS: f64 = 6_378_137.0;
/// Square of the eccentricity of WGS 84.
const ECCENTRICITY: f64 = 0.006_694_379_990_14;
/// Mercator metres of one world unit.
const UNIT: f64 = 2.0 * std::f64::consts::PI * AXIS / 4_294_967_296.0;

/// Metres on the ground of one world unit, at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GroundScale {
    east: f64,
    north: f64,
}

impl GroundScale {
    /// The scale at a world row.
    pub(super) fn at(y: u32) -> Self {
        let (_, latitude) = WorldPoint { x: 0, y }.to_lon_lat();
        let (sin, cos) = latitude.to_radians().sin_cos();
        // Radii of curvature along the parallel and the meridian.
        let flat = 1.0 - ECCENTRICITY * sin * sin;
        let east = AXIS / flat.sqrt();
        let north = AXIS * (1.0 - ECCENTRICITY) / flat.powf(1.5);
        Self { east: UNIT * cos * east / AXIS, north: UNIT * cos * north / AXIS }
    }

    /// Square metres of one square world unit.
    pub(super) fn area(self) -> f64 {
        self.east * self.north
    }

    /// Metres along a line.
    pub(super) fn length(line: &[WorldPoint]) -> f64 {
        let stretch = |ends: &[WorldPoint]| {
            let scale = Self::at(ends[0].y);
            let east = f64::from(ends[0].x.abs_diff(ends[1].x)) * scale.east;
            let north = f64::from(ends[0].y.abs_diff(ends[1].y)) * scale.north;
            east.hypot(north)
        };
        line.windows(2).map(stretch).sum()
    }
}

/// Area of a ring in square world units, by its winding negative for a hole.
pub(super) fn ring_area(ring: &[WorldPoint]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let from = |point: &WorldPoint| {
        [f64::from(point.x) - f64::from(origin.x), f64::from(point.y) - f64::from(origin.y)]
    };
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| {
            let ([ax, ay], [bx, by]) = (from(a), from(b));
            ax * by - bx * ay
        })
        .sum();
    twice / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_on_the_ellipsoid() {
        let at = |lon, lat| WorldPoint::from_lon_lat(lon, lat);
        // A degree of latitude is 110,996 m at 37.5°, one of longitude 88,466 m (Vincenty).
        let north = GroundScale::length(&[at(127.0, 37.495), at(127.0, 37.505)]);
        let east = GroundScale::length(&[at(127.0, 37.5), at(127.01, 37.5)]);
        assert!((north - 1109.96).abs() < 0.2 && (east - 884.1).abs() < 1.0, "{north} {east}");
        let ring = [(127.0, 37.505), (127.01, 37.505), (127.01, 37.495), (127.0, 37.495)];
        let ring = ring.map(|(lon, lat)| at(lon, lat));
        let area = ring_area(&ring) * GroundScale::at(ring[0].y).area();
        assert!((area / (north * east) - 1.0).abs() < 1e-3, "{area}");
    }
}
