//! The clip stage: clips lines and rings to the buffered tile.
//!
//! Only features that leave the buffered tile are clipped. Positions are snapped already;
//! the crossing of a segment with the border is rounded to the grid, less than one unit
//! off the true line and outside the visible tile.

use super::generalize::TileUnit;

/// The buffered tile in its own units, border included.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClipBox {
    pub(super) min: i64,
    pub(super) max: i64,
}

impl ClipBox {
    pub(super) fn new(extent: u32, buffer: u32) -> Self {
        Self { min: -i64::from(buffer), max: i64::from(extent) + i64::from(buffer) }
    }

    #[inline]
    pub(super) fn holds(self, [x, y]: TileUnit) -> bool {
        self.min <= x && x <= self.max && self.min <= y && y <= self.max
    }

    /// Whether all of `points` lie inside.
    #[cfg(test)]
    pub(super) fn holds_all(self, points: &[TileUnit]) -> bool {
        points.iter().all(|&point| self.holds(point))
    }

    /// Length of the border.
    pub(super) fn border_length(self) -> i64 {
        4 * (self.max - self.min)
    }

    /// Distance of a position along the border from its first corner; `None` off the
    /// border.
    #[inline]
    pub(super) fn along_border(self, [x, y]: TileUnit) -> Option<i64> {
        let side = self.max - self.min;
        if y == self.min {
            Some(x - self.min)
        } else if x == self.max {
            Some(side + y - self.min)
        } else if y == self.max {
            Some(2 * side + self.max - x)
        } else if x == self.min {
            Some(3 * side + self.max - y)
        } else {
            None
        }
    }

    /// Whether two points of the border lie on the same side of the box.
    #[inline]
    pub(super) fn on_one_side(self, a: TileUnit, b: TileUnit) -> bool {
        (0..2).any(|axis| a[axis] == b[axis] && (a[axis] == self.min || a[axis] == self.max))
    }

    /// The first point of a line that lies inside; `None` if there is none.
    pub(super) fn first_inside(self, line: &[TileUnit]) -> Option<TileUnit> {
        match line {
            [only] => Some(*only).filter(|&only| self.holds(only)),
            _ => line
                .windows(2)
                .find_map(|pair| clip_segment(pair[0], pair[1], self))
                .map(|(from, _)| from),
        }
    }
}

/// The smallest and largest coordinates of a ring.
#[derive(Debug, Clone, Copy)]
pub(super) struct RingExtent {
    low: TileUnit,
    high: TileUnit,
}

impl RingExtent {
    pub(super) fn of(ring: &[TileUnit]) -> Self {
        let mut extent = Self { low: [i64::MAX; 2], high: [i64::MIN; 2] };
        for &[x, y] in ring {
            extent.low = [extent.low[0].min(x), extent.low[1].min(y)];
            extent.high = [extent.high[0].max(x), extent.high[1].max(y)];
        }
        extent
    }

    /// Whether a vertex lies on the border of `clip` or outside.
    pub(super) fn reaches_border(&self, clip: ClipBox) -> bool {
        self.low.iter().any(|&low| low <= clip.min)
            || self.high.iter().any(|&high| high >= clip.max)
    }

    /// Whether a vertex lies outside of `clip`.
    pub(super) fn leaves(&self, clip: ClipBox) -> bool {
        self.low.iter().any(|&low| low < clip.min) || self.high.iter().any(|&high| high > clip.max)
    }
}

/// The point at which the segment from `a` to `b` has coordinate `axis` equal to `at`.
fn crossing(a: TileUnit, b: TileUnit, axis: usize, at: i64) -> TileUnit {
    let other = 1 - axis;
    // Doubles are exact here: coordinates stay below 2^38.
    let along = (at - a[axis]) as f64 / (b[axis] - a[axis]) as f64;
    let value = a[other] as f64 + along * (b[other] - a[other]) as f64;
    let mut point = [0; 2];
    point[axis] = at;
    point[other] = value.round() as i64;
    point
}

/// Clips a ring (first vertex not repeated) by the borders it passes, one after the other
/// (Sutherland–Hodgman). The result is in `ring`; `spare` is overwritten.
///
/// A ring that leaves and returns is joined along the border, outside the visible tile.
pub(super) fn clip_ring(
    ring: &mut Vec<TileUnit>,
    extent: &RingExtent,
    spare: &mut Vec<TileUnit>,
    clip: ClipBox,
) {
    for (axis, border, keep_below) in
        [(0, clip.min, false), (0, clip.max, true), (1, clip.min, false), (1, clip.max, true)]
    {
        // Most rings pass one border: the other three passes would copy them.
        let passes =
            if keep_below { extent.high[axis] > border } else { extent.low[axis] < border };
        if !passes {
            continue;
        }
        let inside = |point: TileUnit| {
            if keep_below { point[axis] <= border } else { point[axis] >= border }
        };
        spare.clear();
        let Some(&last) = ring.last() else { return };
        let mut previous = last;
        for &point in ring.iter() {
            match (inside(previous), inside(point)) {
                (true, true) => spare.push(point),
                (true, false) => spare.push(crossing(previous, point, axis, border)),
                (false, true) => {
                    spare.push(crossing(previous, point, axis, border));
                    spare.push(point);
                }
                (false, false) => {}
            }
            previous = point;
        }
        std::mem::swap(ring, spare);
    }
}

/// Clips a line segment by segment (Liang–Barsky) and passes each connected piece to
/// `piece`. `spare` is overwritten.
pub(super) fn clip_line(
    line: &[TileUnit],
    spare: &mut Vec<TileUnit>,
    clip: ClipBox,
    mut piece: impl FnMut(&mut Vec<TileUnit>),
) {
    spare.clear();
    if let [only] = line {
        if clip.holds(*only) {
            spare.push(*only);
            piece(spare);
        }
        return;
    }
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], clip) else {
            continue;
        };
        if spare.last() != Some(&from) {
            if !spare.is_empty() {
                piece(spare);
                spare.clear();
            }
            spare.push(from);
        }
        if to != from {
            spare.push(to);
        }
        // The segment leaves the tile: what follows is another piece.
        if to != pair[1] {
            piece(spare);
            spare.clear();
        }
    }
    if !spare.is_empty() {
        piece(spare);
        spare.clear();
    }
}

/// The part of a segment inside the box; `None` if there is none.
#[inline]
fn clip_segment(a: TileUnit, b: TileUnit, clip: ClipBox) -> Option<(TileUnit, TileUnit)> {
    if clip.holds(a) && clip.holds(b) {
        return Some((a, b));
    }
    // Most segments that are not inside lie beyond one border: no division for these.
    let beyond = |axis: usize| {
        (a[axis] < clip.min && b[axis] < clip.min) || (a[axis] > clip.max && b[axis] > clip.max)
    };
    if beyond(0) || beyond(1) { None } else { clip_crossing(a, b, clip) }
}

/// The part inside the box of a segment that may cross its border.
fn clip_crossing(a: TileUnit, b: TileUnit, clip: ClipBox) -> Option<(TileUnit, TileUnit)> {
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let step = (b[axis] - a[axis]) as f64;
        let to_min = (clip.min - a[axis]) as f64;
        let to_max = (clip.max - a[axis]) as f64;
        if step == 0.0 {
            if to_min > 0.0 || to_max < 0.0 {
                return None;
            }
            continue;
        }
        let (near, far) = if step > 0.0 {
            (to_min / step, to_max / step)
        } else {
            (to_max / step, to_min / step)
        };
        enter = enter.max(near);
        leave = leave.min(far);
    }
    if enter > leave {
        return None;
    }
    let at = |along: f64, axis: usize| {
        let value = a[axis] as f64 + along * (b[axis] - a[axis]) as f64;
        (value.round() as i64).clamp(clip.min, clip.max)
    };
    // The ends themselves are kept exactly, so that pieces join.
    let point = |along: f64| match along {
        along if along <= 0.0 => a,
        along if along >= 1.0 => b,
        along => [at(along, 0), at(along, 1)],
    };
    Some((point(enter), point(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const CLIP: ClipBox = ClipBox { min: 0, max: 100 };

    fn pieces(line: &[TileUnit]) -> Vec<Vec<TileUnit>> {
        let mut found = Vec::new();
        clip_line(line, &mut Vec::new(), CLIP, |piece| found.push(piece.clone()));
        found
    }

    #[rstest]
    #[case::inside(&[[1, 1], [50, 50]], &[vec![[1, 1], [50, 50]]])]
    #[case::outside(&[[-10, -10], [-5, 200]], &[])]
    #[case::through(&[[-100, 50], [200, 50]], &[vec![[0, 50], [100, 50]]])]
    #[case::leaves_and_returns(
        &[[50, 50], [150, 50], [150, 60], [50, 60]],
        &[vec![[50, 50], [100, 50]], vec![[100, 60], [50, 60]]]
    )]
    #[case::passes_a_corner_outside(&[[-10, 95], [15, 120]], &[])]
    #[case::one_point(&[[5, 5]], &[vec![[5, 5]]])]
    fn lines_are_cut_into_pieces(#[case] line: &[TileUnit], #[case] expected: &[Vec<TileUnit>]) {
        assert_eq!(pieces(line), expected);
    }

    #[rstest]
    #[case::inside(&[[1, 1], [9, 1], [9, 9]], &[[1, 1], [9, 1], [9, 9]])]
    #[case::around(
        &[[-50, -50], [150, -50], [150, 150], [-50, 150]],
        &[[0, 0], [100, 0], [100, 100], [0, 100]]
    )]
    #[case::outside(&[[200, 0], [300, 0], [300, 50]], &[])]
    fn rings_are_cut_to_the_box(#[case] ring: &[TileUnit], #[case] expected: &[TileUnit]) {
        let mut ring = ring.to_vec();
        let extent = RingExtent::of(&ring);
        clip_ring(&mut ring, &extent, &mut Vec::new(), CLIP);
        let start = ring.iter().position(|p| Some(p) == expected.first()).unwrap_or(0);
        ring.rotate_left(start);
        assert_eq!(ring, expected);
    }

    fn doubled_area(ring: &[TileUnit]) -> i64 {
        (0..ring.len())
            .map(|i| {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                a[0] * b[1] - b[0] * a[1]
            })
            .sum()
    }

    proptest! {
        #[test]
        fn clipped_pieces_stay_inside_and_on_the_line(
            list in prop::collection::vec((-300i64..400, -300i64..400), 2..30),
        ) {
            let line: Vec<TileUnit> = list.iter().map(|&(x, y)| [x, y]).collect();
            for piece in pieces(&line) {
                prop_assert!(CLIP.holds_all(&piece));
                for point in piece {
                    let near = line.windows(2).any(|pair| {
                        let (a, b) = (pair[0], pair[1]);
                        let (dx, dy) = ((b[0] - a[0]) as f64, (b[1] - a[1]) as f64);
                        let (px, py) = ((point[0] - a[0]) as f64, (point[1] - a[1]) as f64);
                        let length = dx.hypot(dy);
                        let along =
                            if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, length) } else { 0.0 };
                        let (cx, cy) = if length > 0.0 {
                            (dx / length * along, dy / length * along)
                        } else {
                            (0.0, 0.0)
                        };
                        (px - cx).hypot(py - cy) <= 0.71
                    });
                    prop_assert!(near, "{:?} is off the line", point);
                }
            }
        }

        /// The extent of the whole plane makes every border a pass.
        #[test]
        fn a_ring_is_clipped_the_same_without_the_passes_of_borders_it_does_not_reach(
            list in prop::collection::vec((-60i64..160, -60i64..160), 0..12),
        ) {
            let ring: Vec<TileUnit> = list.iter().map(|&(x, y)| [x, y]).collect();
            let (mut quick, mut whole) = (ring.clone(), ring.clone());
            clip_ring(&mut quick, &RingExtent::of(&ring), &mut Vec::new(), CLIP);
            let plane = RingExtent { low: [i64::MIN; 2], high: [i64::MAX; 2] };
            clip_ring(&mut whole, &plane, &mut Vec::new(), CLIP);
            prop_assert_eq!(quick, whole);
        }

        #[test]
        fn a_clipped_triangle_has_the_area_of_the_intersection(
            a in (-200i64..300, -200i64..300), b in (-200i64..300, -200i64..300), c in (-200i64..300, -200i64..300),
        ) {
            let triangle = [[a.0, a.1], [b.0, b.1], [c.0, c.1]];
            let mut ring = triangle.to_vec();
            let extent = RingExtent::of(&ring);
            clip_ring(&mut ring, &extent, &mut Vec::new(), CLIP);
            prop_assert!(CLIP.holds_all(&ring));
            // Sample the box: a point is in the clipped ring if it is in the triangle.
            let side = |p: [f64; 2], q: TileUnit, r: TileUnit| {
                (r[0] - q[0]) as f64 * (p[1] - q[1] as f64) - (r[1] - q[1]) as f64 * (p[0] - q[0] as f64)
            };
            let mut hits = 0;
            let steps = 50;
            for i in 0..steps {
                for j in 0..steps {
                    let p = [(f64::from(i) + 0.5) * 2.0, (f64::from(j) + 0.5) * 2.0];
                    let sides =
                        [side(p, triangle[0], triangle[1]), side(p, triangle[1], triangle[2]), side(p, triangle[2], triangle[0])];
                    if sides.iter().all(|&s| s >= 0.0) || sides.iter().all(|&s| s <= 0.0) {
                        hits += 1;
                    }
                }
            }
            let area = doubled_area(&ring).abs() as f64 / 2.0;
            // Each sample stands for 4 square units; the border is uncertain by its length.
            prop_assert!((area - f64::from(hits) * 4.0).abs() <= 700.0, "{} against {}", area, hits * 4);
        }
    }
}
