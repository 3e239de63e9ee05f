//! Plane geometry in metres around the centre of the district.
//!
//! Only `+ - * /`, square roots and comparisons are used: these are exact in IEEE 754, so
//! every machine draws the same district. Sines and the like differ between C libraries.

/// A position or direction: metres east and north of [`ORIGIN`].
pub(crate) type PlanePoint = [f64; 2];

/// Longitude and latitude in degrees on WGS 84.
pub(crate) type LonLat = [f64; 2];

/// Longitude and latitude of the plane's origin.
pub(crate) const ORIGIN: LonLat = [127.04, 37.55];

/// Metres in a degree of longitude and latitude at 37.55° N on WGS 84.
pub(crate) const METRES: [f64; 2] = [88_366.0, 110_988.0];

/// Converts degrees to metres.
#[must_use]
pub(crate) fn from_degrees(lon_lat: LonLat) -> PlanePoint {
    [(lon_lat[0] - ORIGIN[0]) * METRES[0], (lon_lat[1] - ORIGIN[1]) * METRES[1]]
}

/// Converts metres to degrees, rounded to 1e-7 (about a centimetre), so that equal
/// positions are equal numbers in the file.
#[must_use]
pub(crate) fn to_degrees(p: PlanePoint) -> LonLat {
    let round = |v: f64| (v * 1e7).round() / 1e7;
    [round(p[0] / METRES[0] + ORIGIN[0]), round(p[1] / METRES[1] + ORIGIN[1])]
}

/// `a + b * t`.
#[must_use]
pub(crate) fn add_scaled(a: PlanePoint, b: PlanePoint, t: f64) -> PlanePoint {
    [a[0] + b[0] * t, a[1] + b[1] * t]
}

/// `a - b`.
#[must_use]
pub(crate) fn sub(a: PlanePoint, b: PlanePoint) -> PlanePoint {
    [a[0] - b[0], a[1] - b[1]]
}

/// Position at the share `t` of the way from `a` to `b`.
#[must_use]
pub(crate) fn lerp(a: PlanePoint, b: PlanePoint, t: f64) -> PlanePoint {
    add_scaled(a, sub(b, a), t)
}

/// Scalar product.
#[must_use]
pub(crate) fn dot(a: PlanePoint, b: PlanePoint) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// Cross product: positive where `b` lies left of `a`.
#[must_use]
pub(crate) fn cross(a: PlanePoint, b: PlanePoint) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// Distance in metres.
#[must_use]
pub(crate) fn distance(a: PlanePoint, b: PlanePoint) -> f64 {
    let d = sub(a, b);
    dot(d, d).sqrt()
}

/// Direction of `v`, one metre long; east if the length is zero.
#[must_use]
pub(crate) fn unit(v: PlanePoint) -> PlanePoint {
    let length = dot(v, v).sqrt();
    if length > 0.0 { [v[0] / length, v[1] / length] } else { [1.0, 0.0] }
}

/// `v` turned left by a right angle.
#[must_use]
pub(crate) const fn left_normal(v: PlanePoint) -> PlanePoint {
    [-v[1], v[0]]
}

/// Distance from `p` to the segment `a`–`b`.
#[must_use]
pub(crate) fn distance_to_segment(p: PlanePoint, a: PlanePoint, b: PlanePoint) -> f64 {
    let d = sub(b, a);
    let square = dot(d, d);
    let t = if square > 0.0 { (dot(sub(p, a), d) / square).clamp(0.0, 1.0) } else { 0.0 };
    distance(p, add_scaled(a, d, t))
}

/// Whether two segments cross or touch.
#[must_use]
pub(crate) fn segments_cross(a: PlanePoint, b: PlanePoint, c: PlanePoint, d: PlanePoint) -> bool {
    let side = |o: PlanePoint, p: PlanePoint, q: PlanePoint| cross(sub(p, o), sub(q, o));
    let (s1, s2) = (side(a, b, c), side(a, b, d));
    let (s3, s4) = (side(c, d, a), side(c, d, b));
    (s1 <= 0.0) != (s2 <= 0.0) && (s3 <= 0.0) != (s4 <= 0.0)
}

/// Distance between two segments; zero where they cross.
#[must_use]
pub(crate) fn segment_distance(a: PlanePoint, b: PlanePoint, c: PlanePoint, d: PlanePoint) -> f64 {
    if segments_cross(a, b, c, d) {
        return 0.0;
    }
    let ends = [
        distance_to_segment(a, c, d),
        distance_to_segment(b, c, d),
        distance_to_segment(c, a, b),
        distance_to_segment(d, a, b),
    ];
    ends.into_iter().fold(f64::INFINITY, f64::min)
}

/// Length of a line in metres.
#[must_use]
pub(crate) fn length(line: &[PlanePoint]) -> f64 {
    line.windows(2).map(|w| distance(w[0], w[1])).sum()
}

/// Area of an open ring in square metres, positive where it runs
/// counter-clockwise.
#[must_use]
pub(crate) fn area(ring: &[PlanePoint]) -> f64 {
    ring_sides(ring).map(|(a, b)| cross(a, b)).sum::<f64>() / 2.0
}

/// The sides of an open ring, the closing one included.
pub(crate) fn ring_sides(ring: &[PlanePoint]) -> impl Iterator<Item = (PlanePoint, PlanePoint)> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (*a, *b))
}

/// Whether `p` lies inside an open ring (even-odd rule).
#[must_use]
pub(crate) fn ring_contains(ring: &[PlanePoint], p: PlanePoint) -> bool {
    let mut odd = false;
    for (a, b) in ring_sides(ring) {
        if (a[1] > p[1]) != (b[1] > p[1]) {
            let x = a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
            odd ^= p[0] < x;
        }
    }
    odd
}

/// West, south, east and north bounds of positions.
#[must_use]
pub(crate) fn bounds(points: &[PlanePoint]) -> [f64; 4] {
    let mut box_ = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for p in points {
        box_ = [box_[0].min(p[0]), box_[1].min(p[1]), box_[2].max(p[0]), box_[3].max(p[1])];
    }
    box_
}

/// Centre of a ring's bounding box; accurate enough for a building.
#[must_use]
pub(crate) fn bounds_centre(ring: &[PlanePoint]) -> PlanePoint {
    let [west, south, east, north] = bounds(ring);
    [(west + east) / 2.0, (south + north) / 2.0]
}

/// A smooth line through all of `points` (uniform Catmull–Rom spline) with a
/// vertex every `step` metres or so.
#[must_use]
pub(crate) fn smooth_line(points: &[PlanePoint], step: f64) -> Vec<PlanePoint> {
    let Some(last) = points.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut line = Vec::new();
    for i in 0..last {
        let (p1, p2) = (points[i], points[i + 1]);
        let p0 = if i == 0 { p1 } else { points[i - 1] };
        let p3 = if i + 2 > last { p2 } else { points[i + 2] };
        let pieces = ((distance(p1, p2) / step).round() as usize).max(1);
        line.push(p1);
        for k in 1..pieces {
            let t = k as f64 / pieces as f64;
            let axis = |j: usize| {
                let (a, b, c, d) = (p0[j], p1[j], p2[j], p3[j]);
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            line.push([axis(0), axis(1)]);
        }
    }
    line.push(points[last]);
    line
}

/// The line moved to its left by `offset` metres (right where negative).
#[must_use]
pub(crate) fn offset_line(line: &[PlanePoint], offset: f64) -> Vec<PlanePoint> {
    let last = line.len().saturating_sub(1);
    (0..line.len())
        .map(|i| {
            let before = line[i.saturating_sub(1)];
            let after = line[(i + 1).min(last)];
            add_scaled(line[i], left_normal(unit(sub(after, before))), offset)
        })
        .collect()
}

/// Cuts a line into pieces of `piece` metres (the last one shorter).
#[must_use]
pub(crate) fn cut_line(line: &[PlanePoint], piece: f64) -> Vec<Vec<PlanePoint>> {
    let mut pieces = Vec::new();
    let mut current: Vec<PlanePoint> = line.first().copied().into_iter().collect();
    let mut left_over = piece;
    for w in line.windows(2) {
        let (mut from, to) = (w[0], w[1]);
        let mut rest = distance(from, to);
        while rest > left_over {
            from = lerp(from, to, left_over / rest);
            rest -= left_over;
            current.push(from);
            pieces.push(std::mem::replace(&mut current, vec![from]));
            left_over = piece;
        }
        left_over -= rest;
        if current.last() != Some(&to) {
            current.push(to);
        }
    }
    if current.len() > 1 {
        pieces.push(current);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_survive_the_plane() {
        for lon_lat in [[127.0083, 37.5291], [127.0737, 37.573], ORIGIN] {
            assert_eq!(to_degrees(from_degrees(lon_lat)), lon_lat);
        }
    }

    #[test]
    fn pieces_add_up_to_the_line() {
        let line = [[0.0, 0.0], [100.0, 0.0], [100.0, 55.0]];
        let pieces = cut_line(&line, 40.0);
        assert_eq!(pieces.len(), 4);
        let total: f64 = pieces.iter().map(|piece| length(piece)).sum();
        assert!((total - 155.0).abs() < 1e-9);
    }

    #[test]
    fn a_spline_passes_through_its_points() {
        let points = [[0.0, 0.0], [100.0, 40.0], [200.0, -10.0]];
        let line = smooth_line(&points, 10.0);
        for p in points {
            assert!(line.contains(&p));
        }
        assert!(line.len() > 20);
    }

    #[test]
    fn segments_cross_or_keep_their_distance() {
        let cross = segment_distance([0.0, 0.0], [2.0, 2.0], [0.0, 2.0], [2.0, 0.0]);
        assert_eq!(cross, 0.0);
        let apart = segment_distance([0.0, 0.0], [2.0, 0.0], [0.0, 3.0], [2.0, 4.0]);
        assert_eq!(apart, 3.0);
    }
}
