//! Cuts a polygon into pieces that tile it.
//!
//! Neighbours share every vertex of their borders, so there is neither gap nor overlap.
//!
//! A cut runs between two existing vertices and gets vertices of its own, at which later
//! cuts may end. So no vertex ever lies on another's side.

use std::collections::BTreeMap;

use crate::geometry::plane::{
    self, PlanePoint, add_scaled, cross, distance, left_normal, lerp, segments_cross, sub, unit,
};
use crate::numbers::rng::Rng;

/// Position by the bits of its coordinates: equal vertices are equal numbers.
type VertexKey = (u64, u64);

/// Position and weight of a share of the divided quantity.
pub(crate) type WeightedPoint = (PlanePoint, f64);

/// Distance between the vertices of a cut, in metres.
const CUT_STEP: f64 = 40.0;

/// Cuts `ring` (open, counter-clockwise) into `count` pieces of about the same weight.
///
/// `weights` lie in the ring; the area of a piece counts a little too.
#[must_use]
pub(crate) fn split_polygon(
    ring: &[PlanePoint],
    weights: &[WeightedPoint],
    count: usize,
    rng: &mut Rng,
) -> Vec<Vec<PlanePoint>> {
    let mut pieces = Vec::with_capacity(count);
    split_recursively(ring.to_vec(), weights.to_vec(), count, rng, &mut pieces);
    pieces
}

fn split_recursively(
    ring: Vec<PlanePoint>,
    weights: Vec<WeightedPoint>,
    count: usize,
    rng: &mut Rng,
    out: &mut Vec<Vec<PlanePoint>>,
) {
    if count <= 1 {
        out.push(ring);
        return;
    }
    let first = count / 2;
    let Some((a, b)) = best_cut(&ring, &weights, first as f64 / count as f64, rng) else {
        // Nothing can be cut any more: the piece stays whole.
        out.push(ring);
        return;
    };
    let (inside, outside): (Vec<WeightedPoint>, Vec<WeightedPoint>) =
        weights.into_iter().partition(|w| plane::ring_contains(&a, w.0));
    split_recursively(a, inside, first, rng, out);
    split_recursively(b, outside, count - first, rng, out);
}

/// Cuts between two vertices with their cost, the cheapest first.
///
/// A cut is cheap if it is short and leaves about the share `share` on its first side.
fn cut_candidates(
    ring: &[PlanePoint],
    weights: &[WeightedPoint],
    share: f64,
) -> Vec<(f64, usize, usize)> {
    let n = ring.len();
    let area = plane::area(ring);
    let weight: f64 = weights.iter().map(|w| w.1).sum();
    // Twice the area under the ring up to each vertex.
    let mut sums = vec![0.0; n + 1];
    for i in 0..n {
        sums[i + 1] = sums[i] + cross(ring[i], ring[(i + 1) % n]);
    }
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for i in 0..n {
        for j in i + 2..n {
            if i == 0 && j == n - 1 {
                continue;
            }
            // The first side is i..=j closed by the cut.
            let side = (sums[j] - sums[i] + cross(ring[j], ring[i])) / 2.0;
            let by_area = side / area;
            if !(0.08..=0.92).contains(&by_area) {
                continue;
            }
            let by_weight = if weight > 0.0 && weights.len() > 4 {
                let along = sub(ring[j], ring[i]);
                // The chain i..=j is counter-clockwise, so it lies right of the cut.
                let mine = weights.iter().filter(|w| cross(along, sub(w.0, ring[i])) < 0.0);
                mine.map(|w| w.1).sum::<f64>() / weight
            } else {
                by_area
            };
            let got = 0.7 * by_weight + 0.3 * by_area;
            for (wanted, i, j) in [(share, i, j), (1.0 - share, j, i)] {
                let off = (got - wanted).abs() / share.min(1.0 - share);
                let long = distance(ring[i], ring[j]) / area.sqrt();
                found.push((off * 1.6 + long, i, j));
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    found
}

/// Both sides of the best cut that leaves the share `share` on the first side.
fn best_cut(
    ring: &[PlanePoint],
    weights: &[WeightedPoint],
    share: f64,
    rng: &mut Rng,
) -> Option<(Vec<PlanePoint>, Vec<PlanePoint>)> {
    let n = ring.len();
    for (_, i, j) in cut_candidates(ring, weights, share).into_iter().take(4000) {
        if !cut_is_inside(ring, i, j) {
            continue;
        }
        for wiggle in [0.05, 0.0] {
            let way = wavy_cut(ring[i], ring[j], wiggle, rng);
            if wiggle > 0.0 && !cut_is_clear(ring, &way, i, j) {
                continue;
            }
            let chain = |from: usize, to: usize| {
                let count = (to + n - from) % n;
                (0..=count).map(move |k| ring[(from + k) % n])
            };
            // `i` may come after `j`: the first side is always the one from i to j.
            let mut a: Vec<PlanePoint> = chain(i, j).collect();
            a.extend(way.iter().rev().skip(1).take(way.len() - 2));
            let mut b: Vec<PlanePoint> = chain(j, i).collect();
            b.extend(way.iter().skip(1).take(way.len() - 2));
            return Some((a, b));
        }
    }
    None
}

/// Line from `a` to `b`, both included, with vertices in between.
fn wavy_cut(a: PlanePoint, b: PlanePoint, wiggle: f64, rng: &mut Rng) -> Vec<PlanePoint> {
    let long = distance(a, b);
    let pieces = (long / CUT_STEP).round().max(1.0);
    let across = left_normal(unit(sub(b, a)));
    let mut way = vec![a];
    for k in 1..pieces as usize {
        let p = lerp(a, b, k as f64 / pieces);
        way.push(add_scaled(p, across, rng.range(-wiggle, wiggle) * CUT_STEP));
    }
    way.push(b);
    way
}

/// Whether the straight cut from vertex `i` to `j` runs inside the ring.
fn cut_is_inside(ring: &[PlanePoint], i: usize, j: usize) -> bool {
    let (a, b) = (ring[i], ring[j]);
    let middle = [lerp(a, b, 0.5), lerp(a, b, 0.03), lerp(a, b, 0.97)];
    middle.iter().all(|p| plane::ring_contains(ring, *p)) && cut_is_clear(ring, &[a, b], i, j) && {
        // No vertex so near that two borders would nearly touch.
        let others = ring.iter().enumerate().filter(|(k, _)| *k != i && *k != j);
        others.into_iter().all(|(_, p)| plane::distance_to_segment(*p, a, b) > 4.0)
    }
}

/// Whether a line between the vertices `i` and `j` meets no other sides than those at its ends.
fn cut_is_clear(ring: &[PlanePoint], way: &[PlanePoint], i: usize, j: usize) -> bool {
    let n = ring.len();
    way.windows(2).enumerate().all(|(k, w)| {
        (0..n).all(|s| {
            let ends = [s, (s + 1) % n];
            let touches =
                (k == 0 && ends.contains(&i)) || (k + 2 == way.len() && ends.contains(&j));
            touches || !segments_cross(w[0], w[1], ring[s], ring[(s + 1) % n])
        })
    })
}

/// Borders of a union of rings of one tiling, without the sides that two of them share.
///
/// Outer rings run counter-clockwise, holes clockwise.
#[must_use]
pub(crate) fn union_rings<'a>(
    rings: impl IntoIterator<Item = &'a [PlanePoint]>,
) -> Vec<Vec<PlanePoint>> {
    let key = |p: PlanePoint| (p[0].to_bits(), p[1].to_bits());
    let mut sides: BTreeMap<(VertexKey, VertexKey), (PlanePoint, PlanePoint)> = BTreeMap::new();
    for ring in rings {
        for (a, b) in plane::ring_sides(ring) {
            if sides.remove(&(key(b), key(a))).is_none() {
                sides.insert((key(a), key(b)), (a, b));
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((&first, _)) = sides.iter().next() {
        let Some((start, mut end)) = sides.remove(&first) else { break };
        let mut ring = vec![start];
        while key(end) != key(start) {
            ring.push(end);
            let from = (key(end), (0, 0))..=(key(end), (u64::MAX, u64::MAX));
            let Some((&next, _)) = sides.range(from).next() else { break };
            let Some(side) = sides.remove(&next) else { break };
            end = side.1;
        }
        rings.push(ring);
    }
    rings.sort_by(|a, b| plane::area(b).total_cmp(&plane::area(a)));
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_tile_a_bent_polygon_and_unite_to_it() {
        let corners = [
            [0.0, 0.0],
            [900.0, 0.0],
            [900.0, 500.0],
            [500.0, 460.0],
            [480.0, 900.0],
            [0.0, 900.0],
        ];
        let ring: Vec<PlanePoint> = plane::ring_sides(&corners)
            .flat_map(|(a, b)| (0..8).map(move |k| lerp(a, b, f64::from(k) / 8.0)))
            .collect();
        let mut rng = Rng::new(1, "split");
        let pieces = split_polygon(&ring, &[], 40, &mut rng);
        assert_eq!(pieces.len(), 40);
        let sum: f64 = pieces.iter().map(|piece| plane::area(piece)).sum();
        assert!((sum - plane::area(&ring)).abs() < 1e-3);
        let mean = sum / 40.0;
        for piece in &pieces {
            let area = plane::area(piece);
            assert!((0.25 * mean..3.0 * mean).contains(&area), "{area} of {mean}");
        }
        let whole = union_rings(pieces.iter().map(Vec::as_slice));
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].len(), ring.len());
    }
}
