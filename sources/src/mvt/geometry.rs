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

    /// Generalizes and writes a line that lies inside the buffered tile, in one
    /// pass. `Err` with its only position, and nothing written, where it
    /// collapses.
    pub(super) fn line_inside(
        &mut self,
        part: &Part<'_>,
        threshold: u8,
        grid: TileGrid,
        out: &mut Cursor<'_>,
    ) -> Result<(), [i32; 2]> {
        let start = (*self, out.at);
        let run = self.run(part, threshold, grid, out);
        if run.count < 2 {
            (*self, out.at) = start;
            return Err(run.first);
        }
        out.fill(run.count_field, command(LINE_TO, run.count - 1));
        Ok(())
    }

    /// Generalizes and writes a ring that lies inside the buffered tile, in one
    /// pass. `Err` with a position of it, and nothing written, where its area
    /// vanishes or changes sign on the grid.
    pub(super) fn ring_inside(
        &mut self,
        part: &Part<'_>,
        threshold: u8,
        grid: TileGrid,
        out: &mut Cursor<'_>,
    ) -> Result<(), [i32; 2]> {
        let start = (*self, out.at);
        let mut run = self.run(part, threshold, grid, out);
        let [x, y] = run.first;
        if run.count > 1 && (self.x, self.y) == (x, y) {
            // The last vertex has come to lie on the first, which ClosePath draws.
            (*self, out.at) = run.before_last;
            run.count -= 1;
        } else {
            run.doubled_area += cross([self.x, self.y], run.first);
        }
        let sound = if part.exterior { run.doubled_area > 0 } else { run.doubled_area < 0 };
        if !sound || run.count < 3 {
            (*self, out.at) = start;
            return Err(run.first);
        }
        out.fill(run.count_field, command(LINE_TO, run.count - 1));
        out.byte(command(CLOSE_PATH, 1) as u8);
        Ok(())
    }

    /// Writes the vertices of a part that matter and differ from the one
    /// before. Every step is written and the cursor moves on if it is to stay,
    /// so there is no branch to mispredict.
    #[inline(always)]
    fn run(&mut self, part: &Part<'_>, threshold: u8, grid: TileGrid, out: &mut Cursor<'_>) -> Run {
        let mut vertices = part.points.iter().zip(part.importance);
        // The first vertex that matters; a ring's smallest and a line's ends do.
        let first = loop {
            match vertices.next() {
                Some((&point, &importance)) if importance <= threshold => {
                    break grid.to_tile_near(point);
                }
                Some(_) => {}
                None => return Run::empty(*self, out),
            }
        };
        self.point(first, out);
        let count_field = out.open(if part.points.len() > 16 { 2 } else { 1 });
        let mut count = 1;
        let mut doubled_area = 0;
        let mut before_last = (*self, out.at);
        let Self { mut x, mut y } = *self;
        for (&point, &importance) in vertices {
            let [next_x, next_y] = grid.to_tile_near(point);
            let (dx, dy) = (next_x.wrapping_sub(x), next_y.wrapping_sub(y));
            if (importance > threshold) | ((dx | dy) == 0) {
                continue;
            }
            before_last = (Self { x, y }, out.at);
            doubled_area += cross([x, y], [next_x, next_y]);
            out.small_varints(zigzag(dx), zigzag(dy));
            (x, y) = (next_x, next_y);
            count += 1;
        }
        *self = Self { x, y };
        Run { first, count, doubled_area, count_field, before_last }
    }
}

/// What [`Pen::run`] has written.
struct Run {
    first: [i32; 2],
    /// Vertices, the first too.
    count: u32,
    /// Twice the area so far, without the closing edge.
    doubled_area: i64,
    /// Where the LineTo command goes.
    count_field: super::buffer::Opened,
    /// Pen and cursor before the last vertex.
    before_last: (Pen, usize),
}

impl Run {
    fn empty(pen: Pen, out: &mut Cursor<'_>) -> Self {
        Self {
            first: [pen.x, pen.y],
            count: 0,
            doubled_area: 0,
            count_field: out.open(1),
            before_last: (pen, out.at),
        }
    }
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
