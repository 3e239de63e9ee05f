//! The geometry stage: command integers and zigzag steps (MVT 2.1, section 4.3).
//!
//! Every function appends commands to the open geometry field and moves the
//! cursor, which runs through all parts of one feature. Callers have reserved
//! room: [`room`] says how much.

use super::buffer::{Buffer, MAX_VARINT, zigzag};
use super::generalize::Unit;

/// The commands (section 4.3.3.1).
const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

const fn command(id: u32, count: u32) -> u32 {
    id | count << 3
}

/// The most bytes that the commands of a part with `points` vertices take.
pub(super) const fn room(points: usize) -> usize {
    // Two steps of at most five bytes each a vertex, and three commands.
    points * 10 + 3 * MAX_VARINT
}

/// Where the pen is: steps are relative to it across all parts of a feature.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pen {
    x: i32,
    y: i32,
}

impl Pen {
    #[inline]
    fn step(&mut self, to: Unit, out: &mut Buffer) {
        // Clipped positions lie within 16,384 units of the tile.
        let (x, y) = (to[0] as i32, to[1] as i32);
        out.small_varint(zigzag(x - self.x));
        out.small_varint(zigzag(y - self.y));
        *self = Self { x, y };
    }

    /// One or more points.
    #[inline]
    pub(super) fn points(&mut self, points: &[Unit], out: &mut Buffer) {
        out.small_varint(command(MOVE_TO, points.len() as u32));
        for &point in points {
            self.step(point, out);
        }
    }

    /// A line of two or more vertices, no two neighbours equal.
    #[inline]
    pub(super) fn line(&mut self, points: &[Unit], out: &mut Buffer) {
        out.small_varint(command(MOVE_TO, 1));
        self.step(points[0], out);
        out.small_varint(command(LINE_TO, points.len() as u32 - 1));
        for &point in &points[1..] {
            self.step(point, out);
        }
    }

    /// A ring of three or more vertices, the first not repeated.
    #[inline]
    pub(super) fn ring(&mut self, points: &[Unit], out: &mut Buffer) {
        self.line(points, out);
        out.byte(command(CLOSE_PATH, 1) as u8);
    }
}

/// Twice the area of a ring, positive for exterior rings (section 4.3.3.3).
///
/// Vertices are clipped, so the sum of products fits 64 bits for any ring that
/// fits memory.
#[inline]
pub(super) fn doubled_area(ring: &[Unit]) -> i64 {
    let Some(&[mut px, mut py]) = ring.last() else {
        return 0;
    };
    let mut sum = 0;
    for &[x, y] in ring {
        sum += px * y - x * py;
        (px, py) = (x, y);
    }
    sum
}
