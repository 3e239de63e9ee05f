//! The geometry stage: command integers and zigzag steps (MVT 2.1, section 4.3).
//!
//! Every function appends commands to the open geometry field and moves the
//! cursor, which runs through all parts of one feature. Callers have reserved
//! room: [`room`] says how much.

use super::buffer::{Cursor, MAX_VARINT, zigzag};
use super::generalize::Unit;
use crate::features::Part;
use crate::tile::TileGrid;

/// The commands (section 4.3.1).
const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

const fn command(id: u32, count: u32) -> u64 {
    (id | (count << 3)) as u64
}

/// The most bytes that the commands of a part with `points` vertices take.
pub(super) const fn room(points: usize) -> usize {
    // Two steps of at most five bytes each a vertex, three commands, and the
    // overhang of the last short write.
    points * 10 + 4 * MAX_VARINT
}

/// Where the pen is: steps are relative to it across all parts of a feature.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pen {
    x: i32,
    y: i32,
}

impl Pen {
    #[inline(always)]
    fn step(&mut self, [x, y]: [i32; 2], out: &mut Cursor<'_>) {
        out.small_varints(zigzag(x.wrapping_sub(self.x)), zigzag(y.wrapping_sub(self.y)));
        *self = Self { x, y };
    }

    /// One point.
    #[inline(always)]
    pub(super) fn point(&mut self, point: [i32; 2], out: &mut Cursor<'_>) {
        out.byte(command(MOVE_TO, 1) as u8);
        self.step(point, out);
    }

    /// One or more points.
    pub(super) fn points(&mut self, points: &[Unit], out: &mut Cursor<'_>) {
        out.small_varint(command(MOVE_TO, points.len() as u32));
        for &point in points {
            self.step(near(point), out);
        }
    }

    /// A line of two or more vertices, no two neighbours equal.
    pub(super) fn line(&mut self, points: &[Unit], out: &mut Cursor<'_>) {
        self.point(near(points[0]), out);
        out.small_varint(command(LINE_TO, points.len() as u32 - 1));
        for &point in &points[1..] {
            self.step(near(point), out);
        }
    }

    /// A ring of three or more vertices, the first not repeated.
    pub(super) fn ring(&mut self, points: &[Unit], out: &mut Cursor<'_>) {
        self.line(points, out);
        out.byte(command(CLOSE_PATH, 1) as u8);
    }

    /// Generalizes and writes a line that lies inside the buffered tile. `Err`
    /// with its only position, and nothing written, where it collapses.
    pub(super) fn line_inside(
        &mut self,
        part: &Part<'_>,
        threshold: u8,
        grid: TileGrid,
        snapped: &mut Vec<[i32; 2]>,
        out: &mut Cursor<'_>,
    ) -> Result<(), [i32; 2]> {
        let Some(rest) = snap_near(part, threshold, grid, snapped) else { return Err([0, 0]) };
        let (first, vertices) = (snapped[0], &snapped[1..]);
        let start = (*self, out.at);
        self.point(first, out);
        let count_field = out.open(if rest.len() > 15 { 2 } else { 1 });
        let run = self.run(vertices, rest, threshold, out);
        if run.count == 0 {
            (*self, out.at) = start;
            return Err(first);
        }
        out.fill(count_field, command(LINE_TO, run.count));
        Ok(())
    }

    /// Generalizes and writes a ring that lies inside the buffered tile. `Err`
    /// with a position of it, and nothing written, where its area vanishes or
    /// changes sign on the grid.
    pub(super) fn ring_inside(
        &mut self,
        part: &Part<'_>,
        threshold: u8,
        grid: TileGrid,
        snapped: &mut Vec<[i32; 2]>,
        out: &mut Cursor<'_>,
    ) -> Result<(), [i32; 2]> {
        let Some(mut rest) = snap_near(part, threshold, grid, snapped) else {
            return Err([0, 0]);
        };
        let (first, mut vertices) = (snapped[0], &snapped[1..]);
        // ClosePath draws the last edge: no vertex at the end may lie on the first.
        while let ([others @ .., last], [levels @ .., level]) = (vertices, rest) {
            if *last != first && *level <= threshold {
                break;
            }
            (vertices, rest) = (others, levels);
        }
        let start = (*self, out.at);
        self.point(first, out);
        let count_field = out.open(if rest.len() > 15 { 2 } else { 1 });
        let run = self.run(vertices, rest, threshold, out);
        let area = run.doubled_area.wrapping_add(cross([self.x, self.y], first) as i32);
        let sound = if part.exterior { area > 0 } else { area < 0 };
        if !sound || run.count < 2 {
            (*self, out.at) = start;
            return Err(first);
        }
        out.fill(count_field, command(LINE_TO, run.count));
        out.byte(command(CLOSE_PATH, 1) as u8);
        Ok(())
    }

    /// Writes the steps to the vertices that matter and differ from the one
    /// before. A function of its own, so that its few variables stay in
    /// registers: this is the hottest loop of all.
    #[inline(never)]
    fn run(
        &mut self,
        vertices: &[[i32; 2]],
        importance: &[u8],
        threshold: u8,
        out: &mut Cursor<'_>,
    ) -> Run {
        let Self { mut x, mut y } = *self;
        let mut steps = out.steps();
        let mut count = 0;
        let mut doubled_area = 0i32;
        for (&[next_x, next_y], &importance) in vertices.iter().zip(importance) {
            let (dx, dy) = (next_x.wrapping_sub(x), next_y.wrapping_sub(y));
            if (importance > threshold) | ((dx | dy) == 0) {
                continue;
            }
            let slice = x.wrapping_mul(dy).wrapping_sub(y.wrapping_mul(dx));
            doubled_area = doubled_area.wrapping_add(slice);
            steps.small_varints(zigzag(dx), zigzag(dy));
            (x, y) = (next_x, next_y);
            count += 1;
        }
        out.at = steps.at;
        *self = Self { x, y };
        Run { count, doubled_area }
    }
}

/// What [`Pen::run`] has written.
struct Run {
    /// How many steps.
    count: u32,
    /// Twice the area between the steps and the tile's corner, modulo 2³². Twice
    /// the whole area of a ring inside the largest buffered tile is below 2²⁹,
    /// so the sum with the closing edge is exact, whatever wrapped before.
    doubled_area: i32,
}

/// Snaps a part from its first vertex that matters on, and returns the
/// importance of the vertices after it; `None` where no vertex matters. Apart
/// from the loop that writes, so that the compiler does several at a time.
fn snap_near<'a>(
    part: &Part<'a>,
    threshold: u8,
    grid: TileGrid,
    snapped: &mut Vec<[i32; 2]>,
) -> Option<&'a [u8]> {
    let first = part.importance.iter().position(|&zoom| zoom <= threshold)?;
    snapped.clear();
    snapped.extend(part.points[first..].iter().map(|&point| grid.to_tile_near(point)));
    Some(&part.importance[first + 1..])
}

/// A clipped position: within 16,384 units of the tile.
#[inline(always)]
fn near([x, y]: Unit) -> [i32; 2] {
    [x as i32, y as i32]
}

#[inline(always)]
fn cross([ax, ay]: [i32; 2], [bx, by]: [i32; 2]) -> i64 {
    i64::from(ax) * i64::from(by) - i64::from(bx) * i64::from(ay)
}

/// Twice the area of a ring, positive for exterior rings (section 4.3.4.4).
///
/// Vertices are clipped, so the sum of products fits 64 bits for any ring that
/// fits memory.
pub(super) fn doubled_area(ring: &[Unit]) -> i64 {
    let Some(&last) = ring.last() else { return 0 };
    let mut previous = last;
    let mut sum = 0;
    for &point in ring {
        sum += cross(near(previous), near(point));
        previous = point;
    }
    sum
}
