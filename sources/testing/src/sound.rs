//! Validity of polygons in a tile, and the area of a polygon in a tile, by comparison of
//! all edges; shares no code with the encoder.

use super::decode::{DecodedFeature, doubled_area};

type Unit = [i64; 2];

fn side([x, y]: Unit, a: Unit, b: Unit) -> i64 {
    ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])).signum()
}

fn on(p: Unit, a: Unit, b: Unit) -> bool {
    let between = |axis: usize| p[axis] >= a[axis].min(b[axis]) && p[axis] <= a[axis].max(b[axis]);
    side(p, a, b) == 0 && between(0) && between(1)
}

fn edges(ring: &[Unit]) -> Vec<[Unit; 2]> {
    (0..ring.len()).map(|i| [ring[i], ring[(i + 1) % ring.len()]]).collect()
}

/// Whether two edges cross, or overlap along a line.
fn cross([a, b]: [Unit; 2], [c, d]: [Unit; 2]) -> bool {
    let (s, t) = (side(a, c, d) * side(b, c, d), side(c, a, b) * side(d, a, b));
    if s < 0 && t < 0 {
        return true;
    }
    // On one line with more than a point in common.
    let flat = side(a, c, d) == 0 && side(b, c, d) == 0;
    let axis = usize::from(a[0] == b[0]);
    let low = a[axis].min(b[axis]).max(c[axis].min(d[axis]));
    let high = a[axis].max(b[axis]).min(c[axis].max(d[axis]));
    flat && low < high
}

/// The reason why a ring is not simple: a vertex on another edge, or edges that cross;
/// `None` if it is simple.
pub fn ring_fault(ring: &[Unit]) -> Option<String> {
    let edges = edges(ring);
    let count = edges.len();
    for i in 0..count {
        for j in 0..i {
            let next = j + 1 == i || (j == 0 && i == count - 1);
            let ([a, b], [c, d]) = (edges[i], edges[j]);
            let touch = !next && (on(a, c, d) || on(b, c, d) || on(c, a, b) || on(d, a, b));
            if touch || cross(edges[i], edges[j]) {
                return Some(format!("edges {:?} and {:?}", edges[i], edges[j]));
            }
        }
    }
    None
}

/// The reason why the rings of a polygon are invalid: not simple, or crossing; `None` if
/// they are valid. Rings may touch in points.
pub fn fault(rings: &[Vec<Unit>]) -> Option<String> {
    for (i, ring) in rings.iter().enumerate() {
        if let Some(fault) = ring_fault(ring) {
            return Some(format!("ring {i}: {fault}"));
        }
        for other in &rings[..i] {
            for one in edges(ring) {
                if let Some(two) = edges(other).into_iter().find(|&two| cross(one, two)) {
                    return Some(format!("ring {i}: {one:?} and {two:?} of another"));
                }
            }
        }
    }
    None
}

/// The area of a feature's polygons.
pub fn area(feature: &DecodedFeature) -> f64 {
    feature.parts.iter().map(|ring| doubled_area(ring)).sum::<i64>() as f64 / 2.0
}

/// The area of the rings' interior (even-odd rule) in the square from `low` to `high`:
/// exact, strip by strip.
pub fn area_within(rings: &[Vec<[f64; 2]>], low: f64, high: f64) -> f64 {
    let edges: Vec<[[f64; 2]; 2]> = rings
        .iter()
        .flat_map(|ring| (0..ring.len()).map(|i| [ring[i], ring[(i + 1) % ring.len()]]))
        .collect();
    // Between these heights no edge begins, ends or meets a side of the square.
    let mut heights = vec![low, high];
    for [a, b] in &edges {
        heights.extend([a[1], b[1]]);
        for x in [low, high] {
            if (a[0] < x) != (b[0] < x) {
                heights.push(a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]));
            }
        }
    }
    heights.retain(|height| (low..=high).contains(height));
    heights.sort_by(f64::total_cmp);
    let mut sum = 0.0;
    for pair in heights.windows(2) {
        let middle = f64::midpoint(pair[0], pair[1]);
        let mut places: Vec<f64> = edges
            .iter()
            .filter(|[a, b]| (a[1] < middle) != (b[1] < middle))
            .map(|[a, b]| a[0] + (b[0] - a[0]) * (middle - a[1]) / (b[1] - a[1]))
            .collect();
        places.sort_by(f64::total_cmp);
        let inside = places.chunks_exact(2);
        let width: f64 = inside.map(|p| p[1].clamp(low, high) - p[0].clamp(low, high)).sum();
        sum += width * (pair[1] - pair[0]);
    }
    sum
}
