//! Spikes: parts of a ring that run out and back on one line, enclosing nothing.

/// Removes the tips of all spikes of an open ring; `false` if it has none.
///
/// A spike is no wider than `tolerance`, within which positions are equal. A ring that
/// consists of spikes only stays unchanged: it has no extent, or crosses itself.
pub(super) fn remove_spikes(points: &mut Vec<[f64; 2]>, tolerance: f64) -> bool {
    let count = points.len();
    let at = |index: usize| points[index % count];
    if !(0..count).any(|i| is_spike(at(i), at(i + 1), at(i + 2), tolerance)) {
        return false;
    }
    let mut kept: Vec<[f64; 2]> = Vec::with_capacity(count);
    for &point in &*points {
        kept.push(point);
        while shorten(&mut kept, tolerance) {}
    }
    // The ring closes from its last point to its first.
    while kept.len() > 3 {
        let last = kept.len() - 1;
        if kept[last] == kept[0] || is_spike(kept[last - 1], kept[last], kept[0], tolerance) {
            kept.pop();
        } else if is_spike(kept[last], kept[0], kept[1], tolerance) {
            kept.remove(0);
        } else {
            break;
        }
    }
    let is_ring = kept.len() > 2;
    if is_ring {
        *points = kept;
    }
    is_ring
}

/// Removes the last point but one if it is the tip of a spike, and a point that then
/// repeats the preceding one.
fn shorten(points: &mut Vec<[f64; 2]>, tolerance: f64) -> bool {
    let &mut [.., before, tip, after] = points.as_mut_slice() else { return false };
    if !is_spike(before, tip, after, tolerance) {
        return false;
    }
    points.truncate(points.len() - 2);
    if before != after {
        points.push(after);
    }
    true
}

/// Whether the path from `a` over `b` to `c` turns back at `b` on the same line.
fn is_spike(a: [f64; 2], b: [f64; 2], c: [f64; 2], tolerance: f64) -> bool {
    let (out, back) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    let turns_back = out[0] * back[0] + out[1] * back[1] < 0.0;
    let doubled = (out[0] * back[1] - out[1] * back[0]).abs();
    turns_back && doubled <= tolerance * out[0].hypot(out[1]).max(back[0].hypot(back[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const SQUARE: [[f64; 2]; 4] = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];

    /// The square with these points after its corner at 4, 0.
    fn with(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
        [&SQUARE[..2], points, &SQUARE[2..]].concat()
    }

    #[rstest]
    #[case::out_of_a_corner(&[[9.0, 0.0], [4.0, 0.0]])]
    #[case::out_of_an_edge(&[[4.0, 2.0], [9.0, 2.0], [4.0, 2.0]])]
    #[case::inwards(&[[4.0, 2.0], [1.0, 2.0], [4.0, 2.0]])]
    #[case::slanting(&[[7.3, 1.1], [4.0, 0.0]])]
    #[case::with_a_stop_on_the_way(&[[9.0, 0.0], [6.0, 0.0], [4.0, 0.0]])]
    #[case::bent(&[[9.0, 0.0], [9.0, 5.0], [9.0, 0.0], [4.0, 0.0]])]
    #[case::along_the_edge(&[[4.0, 6.0]])]
    fn a_spike_was_kept(#[case] points: &[[f64; 2]]) {
        for start in 0..points.len() + 4 {
            let mut ring = with(points);
            ring.rotate_left(start);
            assert!(remove_spikes(&mut ring, 1e-12));
            ring.retain(|point| *point != [4.0, 2.0]);
            assert_eq!(ring.len(), 4, "{ring:?}");
            assert!(SQUARE.iter().all(|corner| ring.contains(corner)), "{ring:?}");
        }
    }

    #[rstest]
    #[case::none(&[])]
    #[case::a_point_on_an_edge(&[[4.0, 2.0]])]
    #[case::a_narrow_triangle(&[[9.0, 0.000_001]])]
    fn a_ring_without_spikes_stays_as_it_is(#[case] points: &[[f64; 2]]) {
        let mut ring = with(points);
        assert!(!remove_spikes(&mut ring, 1e-12));
        assert_eq!(ring, with(points));
    }
}
