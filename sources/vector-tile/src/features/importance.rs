//! Importance of vertices: the lowest zoom at which each is drawn.
//!
//! A Douglas–Peucker pass computes every vertex's distance from the line without it. The
//! tolerance is a quarter of a tile unit (at extent 4096), so that simplification moves a
//! line by less than half of what snapping to the tile's grid does. Computed once, when a
//! table is built.

use data_model::tile::WorldPoint;

/// Importance of a vertex on the line between its neighbours, which is never drawn.
pub const NEVER: u8 = u8::MAX;

/// Maximum number of vertices of one pass. Bounds the time for a hostile line to its
/// length times this; the ends of passes are kept at every zoom.
const MAX_RUN: usize = 1024;

/// The lowest zoom at which a vertex `distance` world units (2⁻³² of the
/// world) off the line is more than a quarter of a unit of a 4096-unit tile off it.
fn zoom_of(distance: f64) -> u8 {
    // A quarter of a unit at zoom z is 2^(18 - z) world units.
    if distance <= 0.0 {
        return NEVER;
    }
    let zoom = (18.0 - distance.log2()).floor() + 1.0;
    zoom.clamp(0.0, f64::from(NEVER)) as u8
}

/// Computes the importance of an open line's vertices; its ends are always drawn.
///
/// Both slices have the same length. The result depends on the points in this order only.
pub fn line(points: &[WorldPoint], importance: &mut [u8]) {
    debug_assert_eq!(points.len(), importance.len());
    if points.is_empty() {
        return;
    }
    importance.fill(NEVER);
    let last = points.len() - 1;
    importance[0] = 0;
    importance[last] = 0;
    let mut spans = Vec::new();
    let mut start = 0;
    while start < last {
        let end = last.min(start + MAX_RUN);
        importance[end] = 0;
        spans.push((start, end, 0));
        while let Some((first, second, limit)) = spans.pop() {
            let Some((at, distance)) = farthest(points, first, second) else {
                continue;
            };
            // Never more important than the vertices that the span hangs on.
            let zoom = zoom_of(distance).max(limit);
            importance[at] = zoom;
            spans.push((first, at, zoom));
            spans.push((at, second, zoom));
        }
        start = end;
    }
}

/// Computes the importance of a ring's vertices (first vertex not repeated).
///
/// Its smallest vertex and the one farthest from it are always drawn, so the result does
/// not depend on the ring's start or winding.
pub fn ring(points: &[WorldPoint], importance: &mut [u8]) {
    let Some((smallest, _)) = points.iter().enumerate().min_by_key(|(_, point)| **point) else {
        return;
    };
    let count = points.len();
    let at = |step: usize| (smallest + step) % count;
    // Walk towards the smaller neighbour first: the same walk for both windings.
    let forward = points[at(1)] <= points[at(count - 1)];
    let order = |step: usize| {
        if forward { at(step) } else { at(count - step % count) }
    };
    let walk: Vec<WorldPoint> = (0..=count).map(|step| points[order(step)]).collect();
    let mut found = vec![0; count + 1];
    line(&walk, &mut found);
    for step in 0..count {
        importance[order(step)] = found[step];
    }
}

/// The vertex strictly between `first` and `last` that is farthest from the
/// segment between them.
fn farthest(points: &[WorldPoint], first: usize, last: usize) -> Option<(usize, f64)> {
    let position = |point: WorldPoint| (f64::from(point.x), f64::from(point.y));
    let (ax, ay) = position(points[first]);
    let (bx, by) = position(points[last]);
    let (dx, dy) = (bx - ax, by - ay);
    let length_squared = dx * dx + dy * dy;
    let mut best: Option<(usize, f64)> = None;
    for (i, &point) in points.iter().enumerate().take(last).skip(first + 1) {
        let (px, py) = position(point);
        let (rx, ry) = (px - ax, py - ay);
        let along = if length_squared > 0.0 {
            ((rx * dx + ry * dy) / length_squared).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (ex, ey) = (rx - along * dx, ry - along * dy);
        let distance = ex * ex + ey * ey;
        if best.is_none_or(|(_, most)| distance > most) {
            best = Some((i, distance));
        }
    }
    best.map(|(i, squared)| (i, squared.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(list: &[(u32, u32)]) -> Vec<WorldPoint> {
        list.iter().map(|&(x, y)| WorldPoint { x, y }).collect()
    }

    #[test]
    fn a_vertex_matters_from_the_zoom_at_which_it_is_a_quarter_of_a_unit_off() {
        // 3 world units off: 0.19 of a unit at zoom 16, 0.375 at zoom 17.
        let line_points = points(&[(0, 0), (500, 3), (1000, 0)]);
        let mut importance = [9; 3];
        line(&line_points, &mut importance);
        assert_eq!(importance, [0, 17, 0]);
    }

    #[test]
    fn a_vertex_on_the_line_never_matters() {
        let mut importance = [9; 3];
        line(&points(&[(0, 0), (500, 500), (1000, 1000)]), &mut importance);
        assert_eq!(importance[1], NEVER);
    }

    #[test]
    fn a_hostile_zigzag_ends() {
        let zigzag: Vec<WorldPoint> =
            (0..200_000u32).map(|i| WorldPoint { x: i, y: i % 2 * 1000 }).collect();
        let mut importance = vec![0; zigzag.len()];
        line(&zigzag, &mut importance);
        assert!(importance.iter().all(|&zoom| zoom < NEVER));
    }

    proptest! {
        #[test]
        fn a_ring_is_the_same_wherever_it_starts_and_whichever_way_it_winds(
            list in prop::collection::hash_set((0u32..5000, 0u32..5000), 3..40), turn in 0usize..40,
        ) {
            let base: Vec<WorldPoint> =
                list.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
            let mut expected = vec![0; base.len()];
            ring(&base, &mut expected);
            let mut turned = base.clone();
            turned.rotate_left(turn % base.len());
            turned.reverse();
            let mut found = vec![0; turned.len()];
            ring(&turned, &mut found);
            for (point, zoom) in turned.iter().zip(&found) {
                let i = base.iter().position(|p| p == point).unwrap();
                prop_assert_eq!(expected[i], *zoom);
            }
        }

        #[test]
        fn what_is_left_out_lies_within_a_quarter_of_a_unit(
            list in prop::collection::vec((0u32..1 << 20, 0u32..1 << 20), 2..60), zoom in 8u8..20,
        ) {
            let all = points(&list);
            let mut importance = vec![0; all.len()];
            line(&all, &mut importance);
            let quarter = 2f64.powi(18 - i32::from(zoom));
            let kept: Vec<usize> = (0..all.len()).filter(|&i| importance[i] <= zoom).collect();
            for pair in kept.windows(2) {
                if let Some((_, distance)) = farthest(&all, pair[0], pair[1]) {
                    prop_assert!(distance <= quarter * 1.000_001, "{} > {}", distance, quarter);
                }
            }
        }
    }
}
