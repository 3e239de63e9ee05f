//! Curved line of a flow between two places.

/// Straight segments of a curve.
const SEGMENTS: u32 = 16;
/// Distance of the curve's middle from the straight line, as a share of its length.
const BULGE: f64 = 0.14;

/// Vertices of a flow's line in degrees, from origin to destination.
///
/// A quadratic Bézier curve that bends to the right of its direction: flows back and forth
/// between two places lie beside each other. Both ends are the places exactly.
pub(crate) fn flow_curve(from: [f64; 2], to: [f64; 2]) -> impl Iterator<Item = [f64; 2]> {
    // A degree of longitude is shorter than one of latitude.
    let narrow = f64::midpoint(from[1], to[1]).to_radians().cos().max(1e-6);
    let (east, north) = ((to[0] - from[0]) * narrow, to[1] - from[1]);
    // The curve reaches half as far as its control point.
    let control = [
        f64::midpoint(from[0], to[0]) + 2.0 * BULGE * north / narrow,
        f64::midpoint(from[1], to[1]) - 2.0 * BULGE * east,
    ];
    (0..=SEGMENTS).map(move |vertex| {
        if vertex == SEGMENTS {
            return to;
        }
        let part = f64::from(vertex) / f64::from(SEGMENTS);
        let rest = 1.0 - part;
        let at = |axis: usize| {
            rest * rest * from[axis] + 2.0 * rest * part * control[axis] + part * part * to[axis]
        };
        [at(0), at(1)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_bends_to_the_right_and_ends_at_its_places() {
        let (from, to) = ([127.0, 37.5], [127.0, 37.6]);
        let curve: Vec<_> = flow_curve(from, to).collect();
        assert_eq!((curve.len(), curve[0], curve[16]), (17, from, to));
        // North-bound: the right is the east, and 14 % of the length off at the middle.
        let off = (curve[8][0] - 127.0) * 37.55f64.to_radians().cos();
        assert!((off - 0.014).abs() < 1e-9, "{off}");
        assert!(curve.windows(2).all(|pair| pair[0][1] < pair[1][1]));
    }

    #[test]
    fn the_way_back_lies_on_the_other_side() {
        let (one, other) = ([127.0, 37.5], [127.05, 37.52]);
        let there: Vec<_> = flow_curve(one, other).collect();
        let back: Vec<_> = flow_curve(other, one).collect();
        let straight = [f64::midpoint(one[0], other[0]), f64::midpoint(one[1], other[1])];
        for axis in 0..2 {
            let (right, left) = (there[8][axis] - straight[axis], back[8][axis] - straight[axis]);
            assert!((right + left).abs() < 1e-9 && right.abs() > 1e-4);
        }
    }
}
