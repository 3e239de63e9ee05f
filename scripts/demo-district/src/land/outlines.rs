//! Hand-drawn outlines of areas: around a centre, without overlaps.

use crate::geometry::plane::{PlanePoint, add_scaled, dot, sub};
use crate::land::district::District;
use crate::numbers::rng::Rng;

/// Number of corners of the finest outline.
const CORNERS: usize = 84;

/// Cosine and sine of the angle between corners: machines compute them differently.
const TURN: PlanePoint = [0.997_203_797_181_180_1, 0.074_730_093_586_424_24];

/// Wavy ring of `84 / coarse` corners at about `reach` metres around `middles[own]`.
///
/// The ring reaches at most half-way to the other centres, on dry ground of the district.
#[must_use]
pub(crate) fn wavy_outline(
    district: &District,
    middles: &[PlanePoint],
    own: usize,
    reach: f64,
    coarse: usize,
    rng: &mut Rng,
) -> Vec<PlanePoint> {
    let middle = middles[own];
    // Twelve random radii; the corners between them interpolate.
    let radii: [f64; 12] = std::array::from_fn(|_| reach * rng.range(0.72, 1.18));
    let mut direction = [1.0, 0.0];
    let mut ring = Vec::with_capacity(CORNERS / coarse);
    for k in 0..CORNERS {
        if k % coarse == 0 {
            let at = k as f64 * 12.0 / CORNERS as f64;
            let (i, t) = (at as usize, at - at.floor());
            let wish = radii[i] * (1.0 - t) + radii[(i + 1) % 12] * t;
            let wish = wish * rng.range(0.96, 1.04);
            let reach = middles.iter().enumerate().filter(|(k, _)| *k != own).fold(
                wish,
                |reach, (_, other)| {
                    let way = sub(*other, middle);
                    let ahead = dot(way, direction);
                    if ahead > 0.0 { reach.min(0.49 * dot(way, way) / ahead) } else { reach }
                },
            );
            ring.push(add_scaled(
                middle,
                direction,
                distance_on_land(district, middle, direction, reach),
            ));
        }
        let [x, y] = direction;
        direction = [x * TURN[0] - y * TURN[1], x * TURN[1] + y * TURN[0]];
    }
    ring
}

/// Distance from `from` in a direction on dry ground of the district, at most `reach` and
/// at least 10 metres.
fn distance_on_land(
    district: &District,
    from: PlanePoint,
    direction: PlanePoint,
    reach: f64,
) -> f64 {
    let dry = |t: f64| {
        let p = add_scaled(from, direction, t);
        district.division.dong_at(p).is_some() && !district.nature.in_river(p)
    };
    let steps = (reach / 12.0).ceil().max(1.0) as usize;
    let step = reach / steps as f64;
    let far = (1..=steps).take_while(|k| dry(*k as f64 * step)).count();
    (far as f64 * step).max(10.0)
}
