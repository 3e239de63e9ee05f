//! The geometry stage: command integers and zigzag steps (MVT 2.1, section 4.3).
//!
//! Every function appends commands to the open geometry field and moves the [`GeometryCursor`],
//! which persists through all parts of one feature. The caller reserves the number of
//! bytes that [`room`] returns.

use super::buffer::{Cursor, MAX_VARINT, SHORT, short_varints, zigzag};
use super::generalize::TileUnit;
use crate::features::GeometryPart;
use data_model::tile::{TileGrid, WorldPoint};

/// The commands (section 4.3.1).
const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

const fn command(id: u32, count: u32) -> u64 {
    (id | (count << 3)) as u64
}

/// Maximum number of bytes of the commands of a part with `points` vertices.
pub(super) const fn room(points: usize) -> usize {
    // Two steps of at most five bytes each a vertex, three commands, and the
    // overhang of the last short write.
    points * 10 + 4 * MAX_VARINT
}

/// The cursor: steps are relative to it across all parts of a feature.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GeometryCursor {
    x: i32,
    y: i32,
}

impl GeometryCursor {
    #[inline(always)]
    fn step(&mut self, [x, y]: [i32; 2], out: &mut Cursor<'_>) {
        out.small_varints(zigzag(x.wrapping_sub(self.x)), zigzag(y.wrapping_sub(self.y)));
        *self = Self { x, y };
    }

    /// Writes one point.
    #[inline(always)]
    pub(super) fn point(&mut self, point: [i32; 2], out: &mut Cursor<'_>) {
        out.byte(command(MOVE_TO, 1) as u8);
        self.step(point, out);
    }

    /// Writes one or more points.
    pub(super) fn points(&mut self, points: &[TileUnit], out: &mut Cursor<'_>) {
        out.small_varint(command(MOVE_TO, points.len() as u32));
        for &point in points {
            self.step(near(point), out);
        }
    }

    /// Writes a line of two or more vertices, no two neighbours equal.
    pub(super) fn line(&mut self, points: &[TileUnit], out: &mut Cursor<'_>) {
        self.point(near(points[0]), out);
        out.small_varint(command(LINE_TO, points.len() as u32 - 1));
        for &point in &points[1..] {
            self.step(near(point), out);
        }
    }

    /// Writes a ring of three or more vertices, the first not repeated.
    pub(super) fn ring(&mut self, points: &[TileUnit], out: &mut Cursor<'_>) {
        self.line(points, out);
        out.byte(command(CLOSE_PATH, 1) as u8);
    }

    /// Generalizes and writes a line that lies inside the buffered tile; writes nothing
    /// if it collapses.
    pub(super) fn line_inside(
        &mut self,
        part: &GeometryPart<'_>,
        threshold: u8,
        grid: TileGrid,
        lane: &mut VertexLane,
        out: &mut Cursor<'_>,
    ) {
        let Some((first, points, rest)) = first_kept(part, threshold, grid) else { return };
        let start = (*self, out.at);
        self.point(first, out);
        let count_field = out.open(if rest.len() > 15 { 2 } else { 1 });
        let run = self.run(points, rest, grid, threshold, lane, out);
        if run.count == 0 {
            (*self, out.at) = start;
            return;
        }
        out.fill(count_field, command(LINE_TO, run.count));
    }

    /// Generalizes and writes a ring that lies inside the buffered tile, and returns
    /// twice its area. Writes nothing and returns `None` if its area vanishes or changes
    /// sign on the grid.
    pub(super) fn ring_inside(
        &mut self,
        part: &GeometryPart<'_>,
        threshold: u8,
        grid: TileGrid,
        lane: &mut VertexLane,
        out: &mut Cursor<'_>,
    ) -> Option<i32> {
        let (first, mut points, mut rest) = first_kept(part, threshold, grid)?;
        // ClosePath draws the last edge: no vertex at the end may lie on the first.
        while let ([others @ .., last], [levels @ .., level]) = (points, rest) {
            if *level <= threshold && grid.to_tile_near(*last) != first {
                break;
            }
            (points, rest) = (others, levels);
        }
        let start = (*self, out.at);
        self.point(first, out);
        let count_field = out.open(if rest.len() > 15 { 2 } else { 1 });
        let run = self.run(points, rest, grid, threshold, lane, out);
        let area = run.doubled_area.wrapping_add(cross([self.x, self.y], first) as i32);
        let sound = if part.exterior { area > 0 } else { area < 0 };
        if !sound || run.count < 2 {
            (*self, out.at) = start;
            return None;
        }
        out.fill(count_field, command(LINE_TO, run.count));
        out.byte(command(CLOSE_PATH, 1) as u8);
        Some(area)
    }

    /// Writes the steps to the kept vertices that differ from the preceding one.
    fn run(
        &mut self,
        points: &[WorldPoint],
        importance: &[u8],
        grid: TileGrid,
        threshold: u8,
        lane: &mut VertexLane,
        out: &mut Cursor<'_>,
    ) -> Run {
        let count = lane.keep(*self, points, importance, grid, threshold);
        let (doubled_area, short) = lane.steps(count);
        let mut steps = out.steps();
        if short {
            for (&word, &width) in lane.words[..count].iter().zip(&lane.widths[..count]) {
                steps.up_to_four(word, width as usize);
            }
        } else {
            for index in 0..count {
                let dx = lane.xs[index + 1].wrapping_sub(lane.xs[index]);
                let dy = lane.ys[index + 1].wrapping_sub(lane.ys[index]);
                steps.small_varints(zigzag(dx), zigzag(dy));
            }
        }
        out.at = steps.at;
        *self = Self { x: lane.xs[count], y: lane.ys[count] };
        Run { count: count as u32, doubled_area }
    }
}

/// The vertices of a part in arrays that are processed in passes: this is the hottest
/// work of all, and the compiler vectorizes a pass that carries nothing from one vertex
/// to the next.
#[derive(Debug, Default)]
pub(super) struct VertexLane {
    /// The pen's position and then the kept vertices, in tile units.
    xs: Vec<i32>,
    ys: Vec<i32>,
    /// Bytes of the step to each kept vertex, and their count.
    words: Vec<u32>,
    widths: Vec<u32>,
}

impl VertexLane {
    /// Snaps the vertices, keeps the important ones that differ from the preceding kept
    /// one, and returns their number.
    #[inline(never)]
    fn keep(
        &mut self,
        pen: GeometryCursor,
        points: &[WorldPoint],
        importance: &[u8],
        grid: TileGrid,
        threshold: u8,
    ) -> usize {
        let length = points.len() + 1;
        if self.xs.len() < length {
            self.xs.resize(length, 0);
            self.ys.resize(length, 0);
            self.words.resize(length, 0);
            self.widths.resize(length, 0);
        }
        let (xs, ys) = (&mut self.xs[..length], &mut self.ys[..length]);
        (xs[0], ys[0]) = (pen.x, pen.y);
        for ((&point, x), y) in points.iter().zip(&mut xs[1..]).zip(&mut ys[1..]) {
            [*x, *y] = grid.to_tile_near(point);
        }
        // Moves kept vertices forward without a branch on whether.
        let (mut kept, mut last) = (1, [pen.x, pen.y]);
        for (index, &importance) in importance[..length - 1].iter().enumerate() {
            let here = [xs[index + 1], ys[index + 1]];
            let keep =
                (importance <= threshold) & (((here[0] ^ last[0]) | (here[1] ^ last[1])) != 0);
            (xs[kept], ys[kept]) = (here[0], here[1]);
            kept += usize::from(keep);
            last = if keep { here } else { last };
        }
        kept - 1
    }

    /// Encodes the steps to the first `count` kept vertices. Returns twice the area
    /// between them and the tile's corner, and whether every step is short: otherwise the
    /// bytes are invalid.
    #[inline(never)]
    fn steps(&mut self, count: usize) -> (i32, bool) {
        let (xs, next_xs) = (&self.xs[..count], &self.xs[1..=count]);
        let (ys, next_ys) = (&self.ys[..count], &self.ys[1..=count]);
        let (words, widths) = (&mut self.words[..count], &mut self.widths[..count]);
        let (mut bits, mut doubled_area) = (0, 0i32);
        for index in 0..count {
            let (x, y) = (xs[index], ys[index]);
            let (dx, dy) = (next_xs[index].wrapping_sub(x), next_ys[index].wrapping_sub(y));
            let slice = x.wrapping_mul(dy).wrapping_sub(y.wrapping_mul(dx));
            doubled_area = doubled_area.wrapping_add(slice);
            let (first, second) = (zigzag(dx), zigzag(dy));
            bits |= first | second;
            (words[index], widths[index]) = short_varints(first, second);
        }
        (doubled_area, bits < SHORT)
    }
}

/// Result of [`GeometryCursor::run`].
struct Run {
    /// Number of steps.
    count: u32,
    /// Twice the area between the steps and the tile's corner, modulo 2³². Twice the
    /// whole area of a ring inside the largest buffered tile is below 2²⁹, so the sum
    /// with the closing edge is exact, whatever wrapped before.
    doubled_area: i32,
}

/// The first kept vertex of a part on the tile's grid, and the vertices after it with
/// their importance; `None` if no vertex is kept.
fn first_kept<'a>(
    part: &GeometryPart<'a>,
    threshold: u8,
    grid: TileGrid,
) -> Option<([i32; 2], &'a [WorldPoint], &'a [u8])> {
    let at = part.importance.iter().position(|&zoom| zoom <= threshold)?;
    let first = grid.to_tile_near(part.points[at]);
    Some((first, &part.points[at + 1..], &part.importance[at + 1..]))
}

/// A clipped position, which is within 16,384 units of the tile.
#[inline(always)]
fn near([x, y]: TileUnit) -> [i32; 2] {
    [x as i32, y as i32]
}

#[inline(always)]
fn cross([ax, ay]: [i32; 2], [bx, by]: [i32; 2]) -> i64 {
    i64::from(ax) * i64::from(by) - i64::from(bx) * i64::from(ay)
}

/// Twice the area of a ring, positive for exterior rings (section 4.3.4.4).
///
/// Vertices are clipped, so the sum of products fits 64 bits for any ring that fits
/// memory.
pub(super) fn doubled_area(ring: &[TileUnit]) -> i64 {
    let Some(&last) = ring.last() else { return 0 };
    let mut previous = last;
    let mut sum = 0;
    for &point in ring {
        sum += cross(near(previous), near(point));
        previous = point;
    }
    sum
}
